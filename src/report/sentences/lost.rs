//! What could not be measured, and why.

use std::collections::BTreeMap;

use crate::analysis::types::Counts;
use crate::model::VisitState;
use crate::model::format::{count, list, thousands};

use super::super::scene::Scene;
use super::super::text::{capital, clean, page_words, shorten};
use super::{Block, Sentence, gap_note};

/// How many sites are named before the rest is left to the appendix.
const NAMED: usize = 2;

/// Sites with lost visits, pages without a counterpart, or that all went well.
pub(in super::super) fn lost(scene: &Scene<'_>) -> Block {
    let totals = totals(scene);
    let mut losers: Vec<(&str, Counts)> = scene
        .input
        .targets
        .iter()
        .filter_map(|t| Some((t.id.as_str(), *totals.get(t.id.as_str())?)))
        .filter(|(_, c)| c.attempted > c.valid)
        .collect();
    losers.sort_by_key(|(_, c)| std::cmp::Reverse(u64::from(c.attempted - c.valid)));
    let mut sentences: Vec<Sentence> = losers
        .iter()
        .take(NAMED)
        .map(|(id, counts)| loser(scene, id, *counts))
        .collect();
    if losers.len() > NAMED {
        let more: u64 = losers[NAMED..]
            .iter()
            .map(|(_, c)| u64::from(c.attempted - c.valid))
            .sum();
        sentences.push(Sentence::new(format!(
            "{} more at {} are in the appendix.",
            thousands(more),
            count((losers.len() - NAMED) as u64, "other site", "other sites")
        )));
    }
    if losers.iter().any(|(_, c)| c.blocked > 0) {
        sentences.push(Sentence::new("Blocked is unknown, not a speed."));
    }
    sentences.extend(no_counterpart(scene));
    if sentences.is_empty() {
        sentences.push(Sentence::new(match scene.input.visits.attempted {
            0 => "No visit was made.".to_owned(),
            n => format!(
                "Nothing is missing: each of the {} gave a value.",
                count(u64::from(n), "visit", "visits")
            ),
        }));
    }
    Block {
        title: "What we could not measure".to_owned(),
        sentences,
    }
}

/// Counts of a target over all fields.
fn totals<'a>(scene: &Scene<'a>) -> BTreeMap<&'a str, Counts> {
    let mut totals: BTreeMap<&str, Counts> = BTreeMap::new();
    for s in scene.input.fields.iter().flat_map(|f| &f.field.standings) {
        let sum = totals.entry(s.target.as_str()).or_default();
        sum.attempted += s.summary.counts.attempted;
        sum.valid += s.summary.counts.valid;
        sum.failed += s.summary.counts.failed;
        sum.blocked += s.summary.counts.blocked;
        sum.missed += s.summary.counts.missed;
    }
    totals
}

/// `Kyoto Loft: 18 of 150 visits blocked, answered with status 403.`
fn loser(scene: &Scene<'_>, id: &str, counts: Counts) -> Sentence {
    let attempted = u64::from(counts.attempted);
    let parts: Vec<String> = [
        (counts.blocked, VisitState::Blocked, "blocked"),
        (counts.failed, VisitState::Failed, "failed"),
        (counts.missed, VisitState::Missed, "not made"),
    ]
    .into_iter()
    .filter(|(n, _, _)| *n > 0)
    .map(|(n, state, word)| {
        let cause = main_cause(scene, id, state).map_or_else(String::new, |c| format!(" ({c})"));
        match n == counts.attempted {
            true if n == 1 => format!("the only visit {word}{cause}"),
            true if n == 2 => format!("both visits {word}{cause}"),
            true => format!("all {} {word}{cause}", count(attempted, "visit", "visits")),
            false => format!("{} {word}{cause}", thousands(n.into())),
        }
    })
    .collect();
    let whole = counts.valid == 0 && parts.len() == 1;
    let of = match whole {
        true => String::new(),
        false => format!("of {}, ", count(attempted, "visit", "visits")),
    };
    let name = Sentence::default().name(scene.name(id));
    name.text(format!(": {of}{}.", list(&parts)))
}

/// The most frequent reason of a state at a target.
fn main_cause(scene: &Scene<'_>, id: &str, state: VisitState) -> Option<String> {
    scene
        .input
        .lost
        .get(id)?
        .iter()
        .filter(|l| l.state == state)
        .max_by_key(|l| l.visits)
        .map(|l| cause_words(&l.reason))
}

/// A stored reason in words, shortened; one that is not known stays as it was stored.
pub(in super::super) fn cause_words(reason: &str) -> String {
    let (word, rest) = reason.split_once(':').unwrap_or((reason, ""));
    let rest = clean(rest);
    let said = match word {
        "status" => format!("answered with status {rest}"),
        "timeout" if rest.is_empty() => "no load event in time".to_owned(),
        "timeout" => rest,
        _ if rest.is_empty() => clean(&word.replace('_', " ")),
        _ => format!("{}: {rest}", clean(&word.replace('_', " "))),
    };
    shorten(&said, 60)
}

/// Page kinds of ours that no overseas site has.
fn no_counterpart(scene: &Scene<'_>) -> Option<Sentence> {
    if !scene.has_overseas() {
        return None;
    }
    let pages: Vec<String> = scene
        .input
        .fields
        .iter()
        .filter(|f| gap_note(scene, &f.field).is_some_and(|note| note.starts_with("no comparable")))
        .map(|f| page_words(&f.field.scope.page))
        .collect();
    (!pages.is_empty()).then(|| {
        let has = if pages.len() == 1 { "has" } else { "have" };
        Sentence::new(capital(&format!(
            "{} {has} no counterpart overseas.",
            list(&pages)
        )))
    })
}
