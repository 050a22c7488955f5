//! Page 11: what followed each release, and what is asked to be decided.

use crate::analysis::types::{Comparison, Relation};
use crate::model::Metric;

use super::super::language::{Arg, Dated, Language, Sentence, say, text};
use super::super::more::{Marked, Released};
use super::super::scene::Scene;
use super::super::text::{capital, clean, shorten};
use super::failing::failing;
use super::figures::interval95;
use super::gap::size;
use super::later::{lcp_part, widest_part};
use super::outlook::ranked_gaps;
use super::toward;

/// Versions that are named at once; of more, the rest is counted.
const NAMED: usize = 3;

/// `0.2 s faster`, `level`, `cannot tell (+0.1 s)`.
pub(in super::super) fn effect_words(lang: &Language, metric: Metric, c: &Comparison) -> String {
    text!(
        lang,
        "release-effect",
        relation = relation(c.relation),
        size = text(size(lang, metric, c))
    )
}

fn version(m: &Marked) -> String {
    shorten(&clean(&m.version), 24)
}

/// `4.3`, `4.3 and 5.0`, `4.3, 5.0 and 7 more`.
pub(in super::super) fn versions(lang: &Language, marked: &[Marked]) -> Sentence {
    let name = |m: &Marked| Sentence::default().name(version(m));
    first_of(lang, marked.iter().map(name).collect())
}

fn first_of(lang: &Language, mut items: Vec<Sentence>) -> Sentence {
    if items.len() > NAMED {
        let more = items.len() - (NAMED - 1);
        items.truncate(NAMED - 1);
        items.push(say!(lang, "release-more", n = number(more)));
    }
    lang.listed(items)
}

/// `4.3 (0.2 s faster)`.
pub(super) fn version_with_effect(
    lang: &Language,
    metric: Metric,
    (r, c): (&Released, &Comparison),
) -> Sentence {
    say!(
        lang,
        "release-moved",
        versions = said(versions(lang, &r.marked)),
        effect = text(effect_words(lang, metric, c))
    )
}

/// Releases that were followed by a proven change.
pub(in super::super) fn proven<'a>(scene: &Scene<'a>) -> Vec<(&'a Released, Comparison)> {
    let releases = scene.releases().iter();
    releases
        .filter_map(|r| Some((r, r.change()?)))
        .filter(|(_, c)| matches!(c.relation, Relation::Faster | Relation::Slower))
        .collect()
}

/// Title of page 11.
pub(in super::super) fn changed_title(scene: &Scene<'_>) -> Sentence {
    let lang = scene.lang;
    if scene.is_external() {
        return say!(lang, "changed-title-outside");
    }
    let metric = scene.metric();
    match proven(scene).as_slice() {
        [] => nothing_proven(scene),
        [(r, c)] => say!(
            lang,
            "changed-title-one",
            n = number(r.marked.len()),
            versions = said(versions(lang, &r.marked)),
            effect = own(effect_words(lang, metric, c))
        ),
        many => {
            let effects = many.iter();
            let effects = effects.map(|(r, c)| version_with_effect(lang, metric, (r, c)));
            say!(
                lang,
                "changed-title-many",
                effects = said(lang.listed(effects.collect()))
            )
        }
    }
}

/// The title where no release is proven to have moved us: a release that no interval could judge is
/// none after which nothing changed.
fn nothing_proven(scene: &Scene<'_>) -> Sentence {
    let lang = scene.lang;
    let count = |compared: bool| -> usize {
        let is_level = |r: &Released| r.change().is_some_and(|c| c.relation == Relation::Level);
        let releases = scene.releases().iter();
        let releases = releases.filter(|r| is_level(r) == compared);
        releases.map(|r| r.marked.len()).sum()
    };
    let (compared, not) = (count(true), count(false));
    match (compared, not) {
        (0, 0) => say!(lang, "changed-title-no-release"),
        (0, n) => say!(lang, "changed-title-not-compared", n = number(n)),
        (n, 0) => say!(lang, "changed-title-no-change", n = number(n)),
        (n, not) => say!(
            lang,
            "changed-title-some-compared",
            n = number(n),
            all = text(lang.number_word(n + not))
        ),
    }
}

/// What a release's interval says, in full.
pub(in super::super) fn effect_sentence(lang: &Language, metric: Metric, r: &Released) -> Sentence {
    let marked = r.marked.iter().map(|m| dated(lang, m)).collect();
    let release = say!(
        lang,
        "release",
        n = number(r.marked.len()),
        releases = said(first_of(lang, marked))
    );
    let with = [
        ("release", Arg::said(release)),
        ("before", Arg::number(r.visits.0)),
        ("after", Arg::number(r.visits.1)),
    ];
    let Some(c) = r.change() else {
        return say!(lang, "release-no-nights", ..with);
    };
    let effect = effect_words(lang, metric, &c);
    let said = match c.difference95 {
        Some(i) => say!(
            lang,
            "release-interval",
            ..with,
            effect = text(effect),
            interval = text(interval95(lang, metric, toward(c.relation, i)))
        ),
        None => say!(
            lang,
            "release-few-nights",
            ..with,
            effect = text(effect),
            nights = number(c.pairs)
        ),
    };
    let said = match r.effect {
        Some(e) if !e.is_adjusted => said.and(say!(lang, "release-not-adjusted")),
        _ => said,
    };
    match r.across_method {
        true => said.and(say!(lang, "release-across-method")),
        false => said,
    }
}

/// `4.3 (14 October, consent script)`.
fn dated(lang: &Language, m: &Marked) -> Sentence {
    let with = [
        ("version", Arg::name(version(m))),
        ("date", Arg::text(lang.date(m.date, Dated::Day))),
    ];
    match clean(&m.note).as_str() {
        "" => say!(lang, "release-dated", ..with),
        note => say!(
            lang,
            "release-noted",
            ..with,
            note = text(shorten(note, 80))
        ),
    }
}

/// What is asked to be decided, from what is proven.
pub(in super::super) fn decisions(scene: &Scene<'_>) -> Vec<Sentence> {
    let lang = scene.lang;
    let mend = failing(scene).map(|(field, counts)| {
        say!(
            lang,
            "decisions-mend",
            page = text(lang.page(&field.scope.page)),
            failed = number(counts.failed),
            tried = number(counts.failed + counts.valid)
        )
    });
    let mut asked: Vec<Sentence> = mend.into_iter().chain(work_on(scene)).collect();
    let hurt = still_slower(scene.releases());
    if !hurt.is_empty() {
        let hurt: Vec<Marked> = hurt.iter().flat_map(|(r, _)| r.marked.clone()).collect();
        asked.push(say!(
            lang,
            "decisions-take-back",
            n = number(hurt.len()),
            versions = said(versions(lang, &hurt))
        ));
    }
    if asked.is_empty() {
        asked.push(say!(lang, "decisions-nothing"));
    }
    asked
}

/// Releases that slowed us, those left out whose cost a later one may have given back: that
/// anything of it is left is then not proven.
pub(in super::super) fn still_slower(releases: &[Released]) -> Vec<(&Released, Comparison)> {
    let mut open: Vec<(&Released, Comparison)> = Vec::new();
    for (r, c) in releases.iter().filter_map(|r| Some((r, r.change()?))) {
        match c.relation {
            Relation::Slower => open.push((r, c)),
            Relation::Faster => give_back(&mut open, &c),
            Relation::Level | Relation::CannotTell => {}
        }
    }
    open
}

/// Takes off what a gain may have given back, the latest first: its upper end has to reach the
/// lower end of the cost. What it gave back to one it does not give to another.
fn give_back(open: &mut Vec<(&Released, Comparison)>, gain: &Comparison) {
    let ends = |c: &Comparison| {
        let i = c.difference95.map(|i| toward(c.relation, i));
        let size = c.difference.abs();
        i.map_or((size, size), |i| (i.lower, i.upper))
    };
    let mut left = ends(gain).1;
    for i in (0..open.len()).rev() {
        let cost = open[i].1;
        if ends(&cost).0 <= left {
            left -= cost.difference;
            open.remove(i);
        }
    }
}

/// The page with the largest proven gap, and where to look first.
fn work_on(scene: &Scene<'_>) -> Option<Sentence> {
    let lang = scene.lang;
    let (field, c) = ranked_gaps(scene)
        .into_iter()
        .filter(|(_, c)| c.relation == Relation::Slower)
        .max_by(|a, b| a.1.difference.total_cmp(&b.1.difference))?;
    let work_on = say!(
        lang,
        "decisions-work-on",
        page = text(capital(&lang.page(&field.scope.page))),
        size = text(lang.value(field.scope.metric, c.difference))
    );
    let part = widest_part(&scene.input.more.parts)
        .filter(|_| Some(&field.scope.page) == scene.headline().map(|h| &h.field.scope.page));
    Some(match part {
        Some((p, d)) => work_on.and(say!(
            lang,
            "decisions-look-first",
            part = key(lcp_part(p.metric)),
            size = text(lang.value(p.metric, d))
        )),
        None => work_on,
    })
}
