//! Page 2: who is faster, level, slower, and what the chart's marks mean.

use crate::analysis::types::{ChosenBy, Field, NotRanked, RankRange, Relation, Standing};

use super::super::input::PageField;
use super::super::language::{Arg, Language, Sentence, say, text};
use super::super::scene::{Scene, measured};
use super::super::text::capital;
use super::benchmark::is_the_one;

/// The title of page 2.
pub(in super::super) fn standing_title(scene: &Scene<'_>, field: &Field) -> Sentence {
    let lang = scene.lang;
    let page = lang.page(&field.scope.page);
    let others: Vec<&Standing> = measured(field)
        .filter(|s| Some(s.target.as_str()) != scene.own_id())
        .collect();
    if scene.own_median(field).is_none() {
        let words = text!(
            lang,
            "standing-title-not-ours",
            n = number(others.len()),
            page = text(page)
        );
        return Sentence::new(capital(&words));
    }
    if others.is_empty() {
        return say!(lang, "standing-title-only-ours", page = text(page));
    }
    let count = |wanted: Relation| {
        others
            .iter()
            .filter(|s| {
                s.versus_own
                    .map_or(wanted == Relation::CannotTell, |c| c.relation == wanted)
            })
            .count()
    };
    let counts = Told {
        faster: count(Relation::Faster),
        level: count(Relation::Level),
        slower: count(Relation::Slower),
        unsure: count(Relation::CannotTell),
    };
    if counts.unsure == others.len() {
        return shown_not_ranked(scene, field);
    }
    Sentence::new(capital(&told(scene, &counts).to_string()))
}

fn shown_not_ranked(scene: &Scene<'_>, field: &Field) -> Sentence {
    let lang = scene.lang;
    if scene.one_night() {
        return say!(lang, "standing-title-one-night");
    }
    match &field.not_ranked {
        Some(why) => say!(
            lang,
            "standing-title-not-ranked",
            why = text(lang.not_ranked(why))
        ),
        None => match scene.own_standing(field).map(|s| &s.rank) {
            Some(Err(why)) => say!(
                lang,
                "standing-title-ours-not-ranked",
                why = text(lang.not_ranked(why))
            ),
            _ => say!(lang, "standing-title-cannot-tell"),
        },
    }
}

/// How many others stand how to ours.
struct Told {
    faster: usize,
    level: usize,
    slower: usize,
    unsure: usize,
}

/// `three sites are faster than ours, one is level and two are slower; of two we cannot tell`.
fn told(scene: &Scene<'_>, counts: &Told) -> Sentence {
    let lang = scene.lang;
    let mut told = match counts {
        Told {
            faster: 0,
            level: 0,
            slower: 2..,
            ..
        } => say!(lang, "standing-all-slower", n = number(counts.slower)),
        _ => by_relation(lang, counts),
    };
    if counts.unsure > 0 {
        let n = counts.unsure;
        told = say!(
            lang,
            "standing-title-doubt",
            told = said(told),
            n = number(n)
        );
    }
    match scene.one_night() {
        true => say!(lang, "standing-title-on-night", told = said(told)),
        false => told,
    }
}

/// The first of them says that it is sites that are counted, and what they are compared with.
fn by_relation(lang: &Language, counts: &Told) -> Sentence {
    let mut parts: Vec<Sentence> = Vec::new();
    for (n, relation) in [
        (counts.faster, Relation::Faster),
        (counts.level, Relation::Level),
        (counts.slower, Relation::Slower),
    ] {
        match (n, parts.is_empty()) {
            (0, _) => {}
            (n, true) => parts.push(say!(
                lang,
                "standing-first",
                relation = relation(relation),
                n = number(n)
            )),
            (n, false) => parts.push(say!(
                lang,
                "standing-next",
                relation = relation(relation),
                n = number(n)
            )),
        }
    }
    lang.listed(parts)
}

/// One word for a site against ours: never a comparative without its relation.
pub(in super::super) fn relation_words(lang: &Language, standing: &Standing) -> String {
    standing
        .versus_own
        .map_or_else(String::new, |c| relation_word(lang, c.relation))
}

/// The word of a relation to us.
pub(super) fn relation_word(lang: &Language, relation: Relation) -> String {
    text!(lang, "relation-to-us", relation = relation(relation))
}

/// A place for a table: `2nd–3rd`, or `not ranked`.
pub(in super::super) fn place_words(
    lang: &Language,
    rank: &Result<RankRange, NotRanked>,
) -> String {
    match rank {
        Ok(rank) => short_range(lang, *rank),
        Err(NotRanked::NoData) => lang.word("place-not-measured"),
        Err(_) => lang.word("place-not-ranked"),
    }
}

/// `2nd–3rd`, `1st`.
pub(super) fn short_range(lang: &Language, rank: RankRange) -> String {
    let (lo, hi) = (
        lang.ordinal(rank.lo as usize),
        lang.ordinal(rank.hi as usize),
    );
    match rank.hi.saturating_sub(rank.lo) {
        0 => lo,
        _ => format!("{lo}–{hi}"),
    }
}

/// What the marks of the chart are.
pub(in super::super) fn chart_note(lang: &Language, field: &PageField) -> String {
    let summaries = || measured(&field.field).map(|s| &s.summary);
    if summaries().any(|s| s.interval95.is_some()) {
        lang.word("standing-marks-intervals")
    } else if field.values.values().any(|v| !v.is_empty()) {
        lang.word("standing-marks-visits")
    } else {
        lang.word("standing-marks-medians")
    }
}

/// What has to be said under the table: how sure the places are, who else may be best, who is not
/// ranked and why.
pub(in super::super) fn standing_notes(scene: &Scene<'_>, field: &Field) -> Vec<Sentence> {
    let lang = scene.lang;
    let mut notes = Vec::new();
    match &field.not_ranked {
        Some(why) => notes.push(say!(
            lang,
            "standing-nobody-ranked",
            why = text(lang.not_ranked(why))
        )),
        None => notes.push(say!(lang, "standing-places-hold")),
    }
    if field.not_ranked.is_none() {
        for s in &field.standings {
            if let Err(why) = &s.rank
                && *why != NotRanked::NoData
            {
                notes.push(say!(
                    lang,
                    "standing-site-not-ranked",
                    site = name(scene.name(&s.target)),
                    why = text(lang.not_ranked(why))
                ));
            }
        }
    }
    notes.extend(first_overseas(scene, field));
    notes
}

/// Who else may be the best overseas, or that it is another than the benchmark.
fn first_overseas(scene: &Scene<'_>, field: &Field) -> Vec<Sentence> {
    let lang = scene.lang;
    let Some(benchmark) = field.benchmark.as_ref() else {
        return Vec::new();
    };
    let (others, unknown) = (scene.other_bests(field), scene.unknown_bests(field));
    let mut notes = Vec::new();
    if !others.is_empty() && benchmark.chosen_by != ChosenBy::LowestMedian {
        let with = [
            ("n", Arg::number(others.len())),
            ("best", Arg::name(scene.name(&benchmark.target))),
            ("sites", Arg::said(lang.names(&scene.names(&others)))),
        ];
        notes.push(match benchmark.is_ruled_out() {
            true if is_the_one(scene, field) => say!(lang, "standing-another-is-first", ..with),
            true => say!(lang, "standing-others-may-be-first", ..with),
            false => say!(lang, "standing-may-be-first", ..with),
        });
    }
    if !unknown.is_empty() {
        notes.push(say!(
            lang,
            "standing-unmeasured-first",
            n = number(unknown.len()),
            sites = said(lang.names(&scene.names(&unknown)))
        ));
    }
    notes
}
