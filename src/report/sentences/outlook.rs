//! Where we are against the lines that people name, and what there is to decide.

use std::time::Duration;

use crate::analysis::types::{Comparison, Field, NotRanked};
use crate::model::Metric;
use crate::model::format::value;

use super::super::scene::{Scene, measured};
use super::super::text::{capital, number_word, page_words};
use super::gap::{best_name, widest};
use super::{Block, Sentence, duration};

/// Medians against expectation and leaders, which are lines of main content shown only.
pub(in super::super) fn expectation(scene: &Scene<'_>) -> Option<Block> {
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
        sentences.push(Sentence::new(format!(
            "Our {} {} the {} that people expect.",
            value(Metric::Lcp, median),
            side(median, expected),
            duration(expected)
        )));
    }
    let within = |line: Duration| medians.iter().filter(|m| **m <= millis(line)).count();
    sentences.push(Sentence::new(format!(
        "Sites measured: {}; within what people expect: {}; within the {} of leaders: {}.",
        number_word(medians.len()),
        number_word(within(expected)),
        duration(leaders),
        number_word(within(leaders)),
    )));
    Some(Block {
        title: "Against what people expect".to_owned(),
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
        "is within"
    } else if ours > line {
        "is over"
    } else {
        "is at"
    }
}

/// A decision, only where ranked data show a gap; else what more nights will tell.
pub(in super::super) fn outlook(scene: &Scene<'_>) -> Block {
    let own: Vec<&Field> = scene
        .input
        .fields
        .iter()
        .map(|f| &f.field)
        .filter(|f| scene.own_standing(f).is_some())
        .collect();
    let ranked: Vec<(&Field, Comparison)> = own
        .iter()
        .filter(|f| scene.own_standing(f).is_some_and(|s| s.rank.is_ok()))
        .filter_map(|f| Some((*f, scene.gap(f)?)))
        .collect();
    if let Some((field, c)) = widest(&ranked) {
        return Block {
            title: "To decide".to_owned(),
            sentences: vec![decision(scene, field, c, ranked.len())],
        };
    }
    if own.iter().all(|f| scene.own_median(f).is_none()) {
        return Block {
            title: "To decide".to_owned(),
            sentences: vec![Sentence::new(
                "Nothing on these data. First comes the question why our pages could not be measured.",
            )],
        };
    }
    let few = own.iter().find_map(|f| match f.not_ranked {
        Some(NotRanked::TooFewNights { nights, needed }) => Some((nights, needed)),
        _ => None,
    });
    match few {
        Some((nights, needed)) => Block {
            title: "What more nights will tell".to_owned(),
            sentences: vec![more_nights(nights, needed)],
        },
        None => Block {
            title: "To decide".to_owned(),
            sentences: vec![Sentence::new(
                "The data ask for no decision: no ranked page is proven to be behind.",
            )],
        },
    }
}

fn decision(scene: &Scene<'_>, field: &Field, c: Comparison, pages: usize) -> Sentence {
    let page = page_words(&field.scope.page);
    let size = value(field.scope.metric, c.difference.abs());
    let among = match pages {
        1 => String::new(),
        n => format!(", the largest gap of {} pages", number_word(n)),
    };
    Sentence::new(format!(
        "Is the {page} the one to work on first? It is {size} behind "
    ))
    .name(best_name(scene, field))
    .text(format!("{among}."))
}

fn more_nights(nights: u32, needed: u32) -> Sentence {
    const INTERVAL: u32 = 6;
    let there = match nights {
        1 => "is one night so far".to_owned(),
        n => format!("are {} nights so far", number_word(n as usize)),
    };
    let steps = if nights < INTERVAL {
        format!("An interval needs {INTERVAL} nights, a place {needed}")
    } else {
        format!("A place needs {needed} nights")
    };
    Sentence::new(capital(&format!("{steps}; there {there}.")))
}
