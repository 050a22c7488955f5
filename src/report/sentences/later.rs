//! Titles and sentences of the pages after the third: the year, places, losses, parts.
//!
//! As everywhere, a comparative needs a [`Relation`] that says so; medians side by side are told as
//! what they are.

use jiff::civil::Date;

use crate::analysis::types::{Counts, RankRange, Relation};
use crate::model::{Metric, Unit};

use super::super::charts::ranked;
use super::super::language::{Arg, Dated, Language, Sentence, say, text};
use super::super::more::{MarkKind, Part, Reliability};
use super::super::scene::{Scene, best_standing};

/// Share of visits that were answered, of those that could tell: valid / (valid + failed). Blocked
/// and not made are unknown. Absent where nothing could tell.
pub(in super::super) fn availability(lang: &Language, c: Counts) -> Option<String> {
    let told = c.valid + c.failed;
    if told == 0 {
        return None;
    }
    let share = f64::from(c.valid) / f64::from(told) * 100.0;
    // Never rounded up to a perfection that was not there.
    Some(if c.failed > 0 && share > 99.9 {
        lang.figure("99.9 %")
    } else if c.failed == 0 {
        lang.figure("100 %")
    } else {
        lang.figure(&format!("{share:.1} %"))
    })
}

/// Title of page 5.
pub(in super::super) fn year_title(scene: &Scene<'_>) -> Sentence {
    let lang = scene.lang;
    let more = &scene.input.more;
    let Some(page) = scene.headline() else {
        return say!(lang, "year-title-nothing");
    };
    let kind = lang.page(&page.field.scope.page);
    let own = scene.own_id().unwrap_or_default();
    let mut told = more.months.iter().filter_map(|m| {
        let site = m.sites.get(own)?;
        Some((m.first, site.median?))
    });
    let (first, last) = (told.next(), told.next_back());
    let metric = page.field.scope.metric;
    match (first, last) {
        (Some((a, x)), Some((b, y))) => say!(
            lang,
            "year-title",
            page = text(kind),
            first = own(lang.value(metric, x)),
            first_month = text(lang.date(a, Dated::MonthYear)),
            last = own(lang.value(metric, y)),
            last_month = text(lang.date(b, Dated::MonthYear))
        ),
        (Some(_), None) => say!(lang, "year-title-one-month", page = text(kind)),
        _ => say!(lang, "year-title-nothing-of-ours"),
    }
}

/// What the marks of page 5 are, and what was simulated.
pub(in super::super) fn year_notes(scene: &Scene<'_>) -> Vec<Sentence> {
    let lang = scene.lang;
    let mut notes = Vec::new();
    let has = |kind: MarkKind| scene.marks().any(|m| m.kind == kind);
    if has(MarkKind::Release) {
        notes.push(say!(lang, "year-marks-release"));
    }
    if has(MarkKind::Incident) {
        notes.push(say!(lang, "year-marks-incident"));
    }
    if has(MarkKind::Method) {
        notes.push(say!(lang, "year-marks-method"));
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
    let share = match s.now {
        0 => "none",
        n if n == scene.input.visits.attempted => "all",
        _ => "some",
    };
    let with = [("share", Arg::key(share)), ("n", Arg::number(s.now))];
    Some(match s.behind {
        0 => say!(scene.lang, "year-simulated", ..with),
        _ => say!(scene.lang, "year-simulated-history", ..with),
    })
}

/// Title of page 6.
pub(in super::super) fn rank_title(scene: &Scene<'_>) -> Sentence {
    let lang = scene.lang;
    let months = ranked(&scene.input.more.months);
    let own = scene.own_id().unwrap_or_default();
    let mut told = months.iter().filter_map(|m| {
        let rank = m.sites.get(own)?.rank.as_ref().ok()?;
        Some((m.first, *rank))
    });
    let (first, last) = (told.next(), told.next_back());
    let newest = scene.input.more.months.last().map(|m| m.first);
    let month = |date: Date| lang.date(date, Dated::MonthYear);
    let sites = |rank: RankRange| lang.number_word(rank.of as usize);
    match (first, last) {
        // A place of long ago is none of today.
        (Some(first), last) if newest.is_some_and(|n| n > last.unwrap_or(first).0) => {
            let (month_of, rank) = last.unwrap_or(first);
            say!(
                lang,
                "rank-title-past",
                place = text(lang.range(rank)),
                sites = text(sites(rank)),
                month = text(month(month_of))
            )
        }
        (Some((a, x)), Some((_, y))) if x == y => say!(
            lang,
            "rank-title-still",
            place = text(lang.range(y)),
            sites = text(sites(y)),
            month = text(month(a))
        ),
        (Some((a, x)), Some((b, y))) => say!(
            lang,
            "rank-title-moved",
            first = text(lang.range(x)),
            first_sites = text(sites(x)),
            first_month = text(month(a)),
            last = text(lang.range(y)),
            last_sites = text(sites(y)),
            last_month = text(month(b))
        ),
        (Some((a, x)), None) => say!(
            lang,
            "rank-title-first",
            place = text(lang.range(x)),
            sites = text(sites(x)),
            month = text(month(a))
        ),
        _ => say!(lang, "rank-title-none"),
    }
}

/// Title of page 8.
pub(in super::super) fn places_title(scene: &Scene<'_>) -> Sentence {
    let lang = scene.lang;
    let Some(page) = scene.headline() else {
        return say!(lang, "places-title-nothing");
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
    let figure = |v: f64| lang.value(page.field.scope.metric, v);
    match seen.as_slice() {
        [] => say!(lang, "places-title-unmeasured"),
        [(region, v)] => say!(
            lang,
            "places-title-one",
            region = name(scene.region(region)),
            figure = own(figure(*v))
        ),
        [(near, a), .., (far, b)] => say!(
            lang,
            "places-title",
            near_figure = own(figure(*a)),
            near = name(scene.region(near)),
            far_figure = own(figure(*b)),
            far = name(scene.region(far))
        ),
    }
}

/// Title of page 9.
pub(in super::super) fn reliability_title(scene: &Scene<'_>) -> Sentence {
    let lang = scene.lang;
    let own = scene.own_id().unwrap_or_default();
    let site = scene
        .input
        .more
        .reliability
        .iter()
        .find(|s| s.target == own);
    let Some(site) = site else {
        return say!(lang, "reliability-title-nothing");
    };
    let Some(share) = availability(lang, site.counts) else {
        return say!(lang, "reliability-title-unknown");
    };
    say!(
        lang,
        "reliability-title",
        share = own(share),
        n = number(bad_nights(site))
    )
}

/// Nights with a failed visit.
pub(in super::super) fn bad_nights(site: &Reliability) -> usize {
    site.nights.iter().filter(|(_, c)| c.failed > 0).count()
}

/// Sites that were refused, or that no region reached, with how often.
pub(in super::super) fn reliability_notes(scene: &Scene<'_>) -> Vec<Sentence> {
    let lang = scene.lang;
    let sites = &scene.input.more.reliability;
    let mut notes = vec![say!(lang, "reliability-available")];
    for s in sites.iter().filter(|s| s.counts.blocked > 0) {
        let nights = s.nights.iter().filter(|(_, c)| c.blocked > 0).count();
        notes.push(say!(
            lang,
            "reliability-blocked",
            site = name(scene.name(&s.target)),
            n = number(nights)
        ));
    }
    notes
}

/// Words for a metric of page 10, without its abbreviation.
pub(in super::super) fn part_words(lang: &Language, metric: Metric) -> String {
    match metric {
        Metric::LcpTtfb => lang.word("part-first-byte"),
        Metric::LcpLoadDelay => lang.word("part-load-delay"),
        Metric::LcpLoadTime => lang.word("part-load-time"),
        Metric::LcpRenderDelay => lang.word("part-render-delay"),
        Metric::Wait => lang.word("part-wait"),
        Metric::Tbt => lang.word("part-busy"),
        Metric::TransferBytes => lang.word("part-bytes"),
        Metric::JsBytes => lang.word("part-scripts"),
        Metric::ImageBytes => lang.word("part-images"),
        Metric::FontBytes => lang.word("part-fonts"),
        Metric::CssBytes => lang.word("part-styles"),
        Metric::ThirdPartyBytes => lang.word("part-third-parties"),
        Metric::Requests => lang.word("part-requests"),
        Metric::ThirdPartyRequests => lang.word("part-third-party-requests"),
        other => lang.metric(other),
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

/// Medians of parts have no interval, so the second largest difference has to be this much smaller
/// for the largest to be named alone.
const ALONE: f64 = 0.75;

/// The parts of the main content time with the largest differences to ours, where ours is the
/// larger: the largest, and the second where it is nearly as large.
fn widest_parts(parts: &[Part]) -> Vec<(&Part, f64)> {
    let mut all: Vec<(&Part, f64)> = LCP_PARTS
        .iter()
        .filter_map(|m| part(parts, *m))
        .map(|p| (p, p.own.0 - p.best.0))
        .filter(|(_, d)| *d >= 50.0)
        .collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    let least = all.first().map_or(0.0, |(_, d)| d * ALONE);
    all.retain(|(_, d)| *d > least);
    all.truncate(2);
    all
}

/// The part with the largest difference, where it is the largest by far.
pub(super) fn widest_part(parts: &[Part]) -> Option<(&Part, f64)> {
    match widest_parts(parts)[..] {
        [only] => Some(only),
        _ => None,
    }
}

/// The variant of a part of the main content time.
pub(super) fn lcp_part(metric: Metric) -> &'static str {
    match metric {
        Metric::LcpTtfb => "reply",
        Metric::LcpLoadDelay => "delay",
        Metric::LcpLoadTime => "load",
        _ => "paint",
    }
}

/// Title of page 10: "why" only where the gap is proven.
pub(in super::super) fn parts_title(scene: &Scene<'_>) -> Sentence {
    let lang = scene.lang;
    let field = scene.headline().map(|p| &p.field);
    let best = field.and_then(best_standing);
    let (Some(field), Some(best)) = (field, best) else {
        return say!(lang, "parts-title-nothing");
    };
    let best = scene.name(&best.target);
    let proven = scene
        .gap(field)
        .is_some_and(|c| c.relation == Relation::Slower);
    match widest_parts(&scene.input.more.parts)[..] {
        [(p, d)] if proven => say!(
            lang,
            "parts-title-gains",
            part = key(lcp_part(p.metric)),
            best = best(best),
            size = text(lang.value(p.metric, d))
        ),
        [(p, d), (q, e), ..] if proven => say!(
            lang,
            "parts-title-gains-two",
            best = best(best),
            first = text(text!(lang, "parts-where", part = key(lcp_part(p.metric)))),
            size = text(lang.value(p.metric, d)),
            second = text(text!(lang, "parts-where", part = key(lcp_part(q.metric)))),
            also = text(lang.value(q.metric, e))
        ),
        _ => say!(lang, "parts-title", best = best(best)),
    }
}

/// At most three sentences under the bars.
pub(in super::super) fn parts_notes(scene: &Scene<'_>) -> Vec<Sentence> {
    let field = scene.headline().map(|p| &p.field);
    let Some(best) = field.and_then(best_standing) else {
        return Vec::new();
    };
    let site = scene.name(&best.target);
    let notes = [
        wait_note(scene, &site),
        weight_note(scene, &site),
        requests_note(scene, &site),
    ];
    notes.into_iter().flatten().collect()
}

fn wait_note(scene: &Scene<'_>, site: &str) -> Option<Sentence> {
    let lang = scene.lang;
    let p = part(&scene.input.more.parts, Metric::Wait)?;
    Some(say!(
        lang,
        "parts-wait",
        own = text(lang.value(p.metric, p.own.0)),
        site = name(site),
        best = text(lang.value(p.metric, p.best.0))
    ))
}

fn weight_note(scene: &Scene<'_>, site: &str) -> Option<Sentence> {
    let lang = scene.lang;
    let parts = &scene.input.more.parts;
    let all = part(parts, Metric::TransferBytes)?;
    let js = part(parts, Metric::JsBytes)?;
    Some(say!(
        lang,
        "parts-weight",
        own = text(lang.value(all.metric, all.own.0)),
        own_scripts = text(lang.value(js.metric, js.own.0)),
        site = name(site),
        best = text(lang.value(all.metric, all.best.0)),
        best_scripts = text(lang.value(js.metric, js.best.0))
    ))
}

fn requests_note(scene: &Scene<'_>, site: &str) -> Option<Sentence> {
    let lang = scene.lang;
    let parts = &scene.input.more.parts;
    let all = part(parts, Metric::Requests)?;
    let third = part(parts, Metric::ThirdPartyRequests)?;
    // A median of counts may be a half.
    let whole = |v: f64| v.round() as u64;
    Some(say!(
        lang,
        "parts-requests",
        own = number(whole(all.own.0)),
        own_third = number(whole(third.own.0)),
        site = name(site),
        best = number(whole(all.best.0)),
        best_third = number(whole(third.best.0))
    ))
}

/// The unit's word for a heading: `time`, `weight`.
pub(in super::super) fn unit_note(lang: &Language, metric: Metric) -> String {
    match metric.unit() {
        Unit::Milliseconds => lang.word("unit-seconds"),
        Unit::Bytes => lang.word("unit-bytes"),
        Unit::Count => lang.word("unit-count"),
        Unit::Score => lang.word("unit-score"),
    }
}
