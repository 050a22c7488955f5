//! Where we are against the lines that people name, and what there is to decide.

use std::time::Duration;

use crate::analysis::types::{Comparison, Field, NotRanked};
use crate::model::Metric;

use super::super::language::{Language, Sentence, say};
use super::super::scene::{Scene, measured};
use super::Block;
use super::failing::failing;
use super::gap::{best_name, widest};

/// Medians against expectation and leaders, which are lines of main content shown only.
pub(in super::super) fn expectation(scene: &Scene<'_>) -> Option<Block> {
    let lang = scene.lang;
    let field = &scene.headline()?.field;
    if field.scope.metric != Metric::Lcp {
        return None;
    }
    let (expected, leaders) = (
        scene.input.settings.expectation,
        scene.input.settings.leaders,
    );
    let medians: Vec<f64> = measured(field).filter_map(|s| s.summary.median).collect();
    if medians.is_empty() {
        return None;
    }
    let mut sentences = Vec::new();
    if let Some(median) = scene.own_median(field) {
        sentences.push(say!(
            lang,
            "expectation-ours",
            side = key(side(median, expected)),
            figure = text(lang.value(Metric::Lcp, median)),
            expected = text(lang.duration(expected))
        ));
    }
    let within = |line: Duration| -> String {
        let inside = medians.iter().filter(|m| side(**m, line) != "over");
        match inside.count() {
            0 => lang.word("expectation-none"),
            n => lang.number_word(n),
        }
    };
    sentences.push(say!(
        lang,
        "expectation-sites",
        sites = text(lang.number_word(medians.len())),
        within = text(within(expected)),
        leaders = text(lang.duration(leaders)),
        leading = text(within(leaders))
    ));
    Some(Block {
        title: lang.word("expectation-title"),
        sentences,
    })
}

fn millis(d: Duration) -> f64 {
    d.as_secs_f64() * 1000.0
}

/// On which side of a line a median lies, at the precision that is printed.
fn side(median: f64, line: Duration) -> &'static str {
    let tenths = |ms: f64| (ms / 100.0).round();
    let (ours, line) = (tenths(median), tenths(millis(line)));
    if ours < line {
        "within"
    } else if ours > line {
        "over"
    } else {
        "at"
    }
}

/// A decision: what fails too often, then a gap that ranked data show; else what more nights will
/// tell. Eyes outside are not asked for decisions.
pub(in super::super) fn outlook(scene: &Scene<'_>) -> Option<Block> {
    let lang = scene.lang;
    let own: Vec<&Field> = scene
        .input
        .fields
        .iter()
        .map(|f| &f.field)
        .filter(|f| scene.own_standing(f).is_some())
        .collect();
    if own.iter().all(|f| scene.own_median(f).is_none()) {
        return to_decide(scene, say!(lang, "outlook-ours-unmeasured"));
    }
    if let Some((field, counts)) = failing(scene) {
        return to_decide(
            scene,
            say!(
                lang,
                "outlook-mend",
                page = text(lang.page(&field.scope.page)),
                failed = number(counts.failed),
                tried = number(counts.failed + counts.valid)
            ),
        );
    }
    let ranked = ranked_gaps(scene);
    if let Some((field, c)) = widest(&ranked) {
        return to_decide(scene, decision(scene, field, c, ranked.len()));
    }
    match unplaced(scene, &own) {
        Some(sentence) => Some(Block {
            title: lang.word("outlook-more-nights"),
            sentences: vec![sentence],
        }),
        None => to_decide(scene, say!(lang, "outlook-nothing")),
    }
}

/// Our gaps on the pages on which we have a place: what decisions are asked on, here, on page 11 and
/// in the letter.
pub(super) fn ranked_gaps<'a>(scene: &Scene<'a>) -> Vec<(&'a Field, Comparison)> {
    let fields = scene.input.fields.iter().map(|f| &f.field);
    fields
        .filter(|f| scene.own_standing(f).is_some_and(|s| s.rank.is_ok()))
        .filter_map(|f| Some((f, scene.gap(f)?)))
        .collect()
}

/// What keeps us from a place: too few nights, or what is said of our headline.
fn unplaced(scene: &Scene<'_>, own: &[&Field]) -> Option<Sentence> {
    let lang = scene.lang;
    let few = own.iter().find_map(|f| match f.not_ranked {
        Some(NotRanked::TooFewNights { nights, needed }) => Some((nights, needed)),
        _ => None,
    });
    if let Some((nights, needed)) = few {
        return Some(more_nights(lang, nights, needed));
    }
    let field = &scene.headline()?.field;
    let why = scene.own_standing(field)?.rank.as_ref().err()?;
    Some(say!(
        lang,
        "outlook-not-ranked",
        page = text(lang.page(&field.scope.page)),
        why = text(lang.not_ranked(why))
    ))
}

fn to_decide(scene: &Scene<'_>, asked: Sentence) -> Option<Block> {
    (!scene.is_external()).then(|| Block {
        title: scene.lang.word("outlook-decide"),
        sentences: vec![asked],
    })
}

fn decision(scene: &Scene<'_>, field: &Field, c: Comparison, pages: usize) -> Sentence {
    let lang = scene.lang;
    say!(
        lang,
        "outlook-work-first",
        n = number(pages),
        page = text(lang.page(&field.scope.page)),
        size = text(lang.value(field.scope.metric, c.difference.abs())),
        best = name(best_name(scene, field))
    )
}

fn more_nights(lang: &Language, nights: u32, needed: u32) -> Sentence {
    const INTERVAL: u32 = 6;
    if nights < INTERVAL {
        say!(
            lang,
            "outlook-interval-needs",
            n = number(nights),
            interval = number(INTERVAL),
            needed = number(needed)
        )
    } else {
        say!(
            lang,
            "outlook-place-needs",
            n = number(nights),
            needed = number(needed)
        )
    }
}
