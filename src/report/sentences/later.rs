//! Titles and sentences of the pages after the third: the year, places, losses, parts.
//!
//! As everywhere, a comparative needs a [`Relation`] that says so; medians side by side are told as
//! what they are.

use crate::analysis::types::{Counts, Relation};
use crate::model::format::{count, value};
use crate::model::{Metric, Unit};

use super::super::charts::ranked;
use super::super::more::{MarkKind, Month, Part, Reliability};
use super::super::scene::{Scene, best_standing};
use super::super::text::{number_word, page_words};
use super::{Sentence, range};

/// Share of visits that were answered, of those that could tell: valid / (valid + failed). Blocked
/// and not made are unknown. Absent where nothing could tell.
pub(in super::super) fn availability(c: Counts) -> Option<String> {
    let told = c.valid + c.failed;
    if told == 0 {
        return None;
    }
    let share = f64::from(c.valid) / f64::from(told) * 100.0;
    // Never rounded up to a perfection that was not there.
    Some(if c.failed > 0 && share > 99.9 {
        "99.9 %".to_owned()
    } else if c.failed == 0 {
        "100 %".to_owned()
    } else {
        format!("{share:.1} %")
    })
}

/// Title of page 5.
pub(in super::super) fn year_title(scene: &Scene<'_>) -> Sentence {
    let more = &scene.input.more;
    let Some(page) = scene.headline() else {
        return Sentence::new("There is no history yet");
    };
    let kind = page_words(&page.field.scope.page);
    let own = scene.own_id().unwrap_or_default();
    let mut told = more.months.iter().filter_map(|m| {
        let site = m.sites.get(own)?;
        Some((m, site.median?))
    });
    let (first, last) = (told.next(), told.next_back());
    let metric = page.field.scope.metric;
    match (first, last) {
        (Some((a, x)), Some((b, y))) => {
            let name = |m: &Month| m.first.strftime("%B %Y").to_string();
            Sentence::new(format!("Our {kind} took "))
                .own(value(metric, x))
                .text(format!(" in {} and ", name(a)))
                .own(value(metric, y))
                .text(format!(" in {}", name(b)))
        }
        (Some(_), None) => Sentence::new(format!("One month of our {kind}: the line begins here")),
        _ => Sentence::new("There is no history of ours yet"),
    }
}

/// What the marks of page 5 are, and what was simulated.
pub(in super::super) fn year_notes(scene: &Scene<'_>) -> Vec<Sentence> {
    let more = &scene.input.more;
    let mut notes = Vec::new();
    let has = |kind: MarkKind| more.marks.iter().any(|m| m.kind == kind);
    if has(MarkKind::Release) {
        notes.push(Sentence::new("Versions stand where our releases were."));
    }
    if has(MarkKind::Incident) {
        notes.push(Sentence::new(
            "A cross is a night on which a fifth of our visits or more failed.",
        ));
    }
    if has(MarkKind::Method) {
        notes.push(Sentence::new(
            "At “method” another browser or another instrument took over: a step there may be its own.",
        ));
    }
    notes.extend(simulated(scene));
    notes
}

/// Says of simulated data what they are.
fn simulated(scene: &Scene<'_>) -> Option<Sentence> {
    let s = scene.input.more.simulated;
    if s.now == 0 && s.behind == 0 {
        return None;
    }
    let of = scene.input.visits.attempted;
    let now = match s.now {
        0 => "none".to_owned(),
        n if n == of => "all".to_owned(),
        n => crate::model::format::thousands(n.into()),
    };
    Some(Sentence::new(format!(
        "Simulated, not measured: {now} of this period’s visits{}.",
        if s.behind > 0 {
            ", and the history behind them"
        } else {
            ""
        }
    )))
}

/// Title of page 6.
pub(in super::super) fn rank_title(scene: &Scene<'_>) -> Sentence {
    let months = ranked(&scene.input.more.months);
    let own = scene.own_id().unwrap_or_default();
    let mut told = months.iter().filter_map(|m| {
        let rank = m.sites.get(own)?.rank.as_ref().ok()?;
        Some((m.first, *rank))
    });
    let (first, last) = (told.next(), told.next_back());
    match (first, last) {
        (Some((a, x)), Some((b, y))) => {
            let (before, now) = (range(x), range(y));
            let name = |d: jiff::civil::Date| d.strftime("%B %Y").to_string();
            if before == now && x.of == y.of {
                Sentence::new(format!(
                    "We are {now} of {}, as in {}",
                    number_word(y.of as usize),
                    name(a)
                ))
            } else {
                Sentence::new(format!(
                    "We were {before} of {} in {} and are {now} of {} in {}",
                    number_word(x.of as usize),
                    name(a),
                    number_word(y.of as usize),
                    name(b)
                ))
            }
        }
        (Some((a, x)), None) => Sentence::new(format!(
            "In {} we are {} of {}: the first month with a place",
            a.strftime("%B %Y"),
            range(x),
            number_word(x.of as usize)
        )),
        _ => Sentence::new("We have no place in any month yet"),
    }
}

/// Title of page 8.
pub(in super::super) fn places_title(scene: &Scene<'_>) -> Sentence {
    let Some(page) = scene.headline() else {
        return Sentence::new("No region has measured yet");
    };
    let own = scene.own_id().unwrap_or_default();
    let profile = &page.field.scope.profile;
    let mut seen: Vec<(&str, f64)> = scene
        .input
        .more
        .places
        .iter()
        .filter(|p| p.target == own && p.profile == *profile)
        .filter_map(|p| Some((p.region.as_str(), p.median?)))
        .collect();
    seen.sort_by(|a, b| a.1.total_cmp(&b.1));
    let metric = page.field.scope.metric;
    match seen.as_slice() {
        [] => Sentence::new("No region could measure our page"),
        [(region, v)] => Sentence::new("Seen from ")
            .name(scene.region(region))
            .text(" alone our page takes ")
            .own(value(metric, *v)),
        [(near, a), .., (far, b)] => Sentence::new("Our page takes ")
            .own(value(metric, *a))
            .text(" seen from ")
            .name(scene.region(near))
            .text(" and ")
            .own(value(metric, *b))
            .text(" from ")
            .name(scene.region(far)),
    }
}

/// Title of page 9.
pub(in super::super) fn reliability_title(scene: &Scene<'_>) -> Sentence {
    let own = scene.own_id().unwrap_or_default();
    let site = scene
        .input
        .more
        .reliability
        .iter()
        .find(|s| s.target == own);
    let Some(site) = site else {
        return Sentence::new("Nothing was tried, so nothing failed");
    };
    let Some(share) = availability(site.counts) else {
        return Sentence::new("Whether our pages were available is not known");
    };
    let bad = bad_nights(site);
    let words = match bad {
        0 => " of our visits were answered, without a failed one",
        1 => " of our visits were answered; one night had failed ones",
        _ => "",
    };
    let sentence = Sentence::default().own(share);
    match bad {
        0 | 1 => sentence.text(words),
        n => sentence.text(format!(
            " of our visits were answered; {} nights had failed ones",
            number_word(n)
        )),
    }
}

/// Nights with a failed visit.
pub(in super::super) fn bad_nights(site: &Reliability) -> usize {
    site.nights.iter().filter(|(_, c)| c.failed > 0).count()
}

/// Sites that were refused, or that no region reached, with how often.
pub(in super::super) fn reliability_notes(scene: &Scene<'_>) -> Vec<Sentence> {
    let sites = &scene.input.more.reliability;
    let mut notes = vec![Sentence::new(
        "Available = valid / (valid + failed), over all pages and regions; blocked and not made are unknown and left out.",
    )];
    for s in sites.iter().filter(|s| s.counts.blocked > 0) {
        let nights = s.nights.iter().filter(|(_, c)| c.blocked > 0).count();
        notes.push(
            Sentence::default()
                .name(scene.name(&s.target))
                .text(format!(
                    " was blocked on {}.",
                    count(nights as u64, "night", "nights")
                )),
        );
    }
    notes
}

/// Words for a metric of page 10, without its abbreviation.
pub(in super::super) fn part_words(metric: Metric) -> &'static str {
    match metric {
        Metric::LcpTtfb => "until the first byte",
        Metric::LcpLoadDelay => "until its load begins",
        Metric::LcpLoadTime => "its load",
        Metric::LcpRenderDelay => "until it is painted",
        Metric::Wait => "server’s thinking",
        Metric::Tbt => "busy time",
        Metric::TransferBytes => "all bytes",
        Metric::JsBytes => "scripts",
        Metric::ImageBytes => "images",
        Metric::FontBytes => "fonts",
        Metric::CssBytes => "styles",
        Metric::ThirdPartyBytes => "third parties",
        Metric::Requests => "all requests",
        Metric::ThirdPartyRequests => "to third parties",
        other => other.label(),
    }
}

fn part(parts: &[Part], metric: Metric) -> Option<&Part> {
    parts.iter().find(|p| p.metric == metric)
}

const LCP_PARTS: [Metric; 4] = [
    Metric::LcpTtfb,
    Metric::LcpLoadDelay,
    Metric::LcpLoadTime,
    Metric::LcpRenderDelay,
];

/// The part of the main content time with the largest difference to ours, if ours is the larger.
pub(super) fn widest_part(parts: &[Part]) -> Option<(&Part, f64)> {
    LCP_PARTS
        .iter()
        .filter_map(|m| part(parts, *m))
        .map(|p| (p, p.own.0 - p.best.0))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .filter(|(_, d)| *d >= 50.0)
}

/// Title of page 10: "why" only where the gap is proven.
pub(in super::super) fn parts_title(scene: &Scene<'_>) -> Sentence {
    let field = scene.headline().map(|p| &p.field);
    let best = field.and_then(best_standing);
    let (Some(field), Some(best)) = (field, best) else {
        return Sentence::new("There is no overseas site to compare the parts with");
    };
    let name = scene.name(&best.target);
    let proven = scene
        .gap(field)
        .is_some_and(|c| c.relation == Relation::Slower);
    match widest_part(&scene.input.more.parts) {
        Some((p, d)) if proven => {
            let what = match p.metric {
                Metric::LcpTtfb => "before the first byte",
                Metric::LcpLoadDelay => "before the main content’s load begins",
                Metric::LcpLoadTime => "in loading the main content",
                _ => "between load and paint",
            };
            Sentence::default()
                .best(name)
                .text(format!(" gains most {what}: {}", value(p.metric, d)))
        }
        _ => Sentence::new("What our page and that of ")
            .best(name)
            .text(" are made of"),
    }
}

/// At most three sentences under the bars.
pub(in super::super) fn parts_notes(scene: &Scene<'_>) -> Vec<Sentence> {
    let parts = &scene.input.more.parts;
    let field = scene.headline().map(|p| &p.field);
    let Some(best) = field.and_then(best_standing) else {
        return Vec::new();
    };
    let name = scene.name(&best.target);
    let mut notes = Vec::new();
    if let Some(p) = part(parts, Metric::Wait) {
        notes.push(
            Sentence::new(format!(
                "Our server takes {} to answer, that of ",
                value(p.metric, p.own.0)
            ))
            .name(&name)
            .text(format!(" {}.", value(p.metric, p.best.0))),
        );
    }
    if let (Some(all), Some(js)) = (
        part(parts, Metric::TransferBytes),
        part(parts, Metric::JsBytes),
    ) {
        notes.push(
            Sentence::new(format!(
                "Our page weighs {}, of which scripts {}; that of ",
                value(all.metric, all.own.0),
                value(js.metric, js.own.0)
            ))
            .name(&name)
            .text(format!(
                " {}, of which scripts {}.",
                value(all.metric, all.best.0),
                value(js.metric, js.best.0)
            )),
        );
    }
    if let (Some(all), Some(third)) = (
        part(parts, Metric::Requests),
        part(parts, Metric::ThirdPartyRequests),
    ) {
        let words = |own: f64| match own.round() {
            v if v < 0.5 => "none to third parties".to_owned(),
            v => format!("{v:.0} to third parties"),
        };
        notes.push(
            Sentence::new(format!(
                "Our page asks for {} things, {}; that of ",
                value(all.metric, all.own.0),
                words(third.own.0)
            ))
            .name(&name)
            .text(format!(
                " for {}, {}.",
                value(all.metric, all.best.0),
                words(third.best.0)
            )),
        );
    }
    notes
}

/// The unit's word for a heading: `time`, `weight`.
pub(in super::super) fn unit_note(metric: Metric) -> &'static str {
    match metric.unit() {
        Unit::Milliseconds => "seconds",
        Unit::Bytes => "bytes",
        Unit::Count => "a count",
        Unit::Score => "a score",
    }
}
