//! What could not be measured, and why.

use std::collections::BTreeMap;

use crate::analysis::types::Counts;
use crate::model::VisitState;

use super::super::language::{Arg, Language, Sentence, say, text};
use super::super::scene::Scene;
use super::super::text::{capital, clean, shorten};
use super::{Block, gap_note};

/// How many sites are named before the rest is left to the appendix.
pub(in super::super) const NAMED: usize = 2;

/// Sites with lost visits, pages without a counterpart, or that all went well.
pub(in super::super) fn lost(scene: &Scene<'_>) -> Block {
    let lang = scene.lang;
    let losers = losers(scene);
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
        sentences.push(say!(
            lang,
            "losses-more",
            n = number(more),
            sites = number(losers.len() - NAMED)
        ));
    }
    if losers.iter().any(|(_, c)| c.blocked > 0) {
        sentences.push(say!(lang, "losses-blocked-unknown"));
    }
    sentences.extend(no_counterpart(scene));
    if sentences.is_empty() {
        let Counts {
            attempted, valid, ..
        } = scene.input.visits;
        // The first pages are seen from home; visits from elsewhere may be missing all the same.
        sentences.push(if attempted == valid {
            say!(lang, "losses-none", n = number(attempted))
        } else {
            say!(
                lang,
                "losses-elsewhere",
                n = number(attempted - valid),
                of = number(attempted)
            )
        });
    }
    Block {
        title: lang.word("losses-title"),
        sentences,
    }
}

/// Sites that lost visits over all fields, those that lost most first.
pub(in super::super) fn losers<'a>(scene: &Scene<'a>) -> Vec<(&'a str, Counts)> {
    let totals = totals(scene);
    let of = |id: &'a str| Some((id, *totals.get(id)?));
    let targets = scene.input.targets.iter();
    let mut losers: Vec<(&str, Counts)> = targets
        .filter_map(|t| of(t.id.as_str()))
        .filter(|(_, c)| c.attempted > c.valid)
        .collect();
    losers.sort_by_key(|(_, c)| std::cmp::Reverse(u64::from(c.attempted - c.valid)));
    losers
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

/// `Kyoto Loft: of 150 visits, 18 blocked (answered with status 403).`
fn loser(scene: &Scene<'_>, id: &str, counts: Counts) -> Sentence {
    let lang = scene.lang;
    let parts: Vec<Sentence> = [
        (counts.blocked, VisitState::Blocked, "blocked"),
        (counts.failed, VisitState::Failed, "failed"),
        (counts.missed, VisitState::Missed, "missed"),
    ]
    .into_iter()
    .filter(|(n, _, _)| *n > 0)
    .map(|(n, state, word)| {
        let part = match n == counts.attempted {
            true => say!(lang, "losses-all", state = key(word), n = number(n)),
            false => say!(lang, "losses-some", state = key(word), n = number(n)),
        };
        match main_cause(scene, id, state) {
            Some((cause, visits)) if visits < n => say!(
                lang,
                "losses-cause-most",
                lost = said(part),
                n = number(visits),
                cause = text(cause)
            ),
            Some((cause, _)) => {
                say!(lang, "losses-cause", lost = said(part), cause = text(cause))
            }
            None => part,
        }
    })
    .collect();
    let whole = counts.valid == 0 && parts.len() == 1;
    let with = [
        ("site", Arg::name(scene.name(id))),
        ("lost", Arg::said(lang.listed(parts))),
    ];
    match whole {
        true => say!(lang, "losses-site-whole", ..with),
        false => say!(
            lang,
            "losses-site",
            ..with,
            attempted = number(counts.attempted)
        ),
    }
}

/// The most frequent reason of a state at a target, and of how many visits it is the reason.
fn main_cause(scene: &Scene<'_>, id: &str, state: VisitState) -> Option<(String, u32)> {
    scene
        .input
        .lost
        .get(id)?
        .iter()
        .filter(|l| l.state == state)
        .max_by_key(|l| l.visits)
        .map(|l| (cause_words(scene.lang, &l.reason), l.visits))
}

/// A stored reason in words, shortened; one that is not known stays as it was stored.
pub(in super::super) fn cause_words(lang: &Language, reason: &str) -> String {
    let (word, rest) = reason.split_once(':').unwrap_or((reason, ""));
    let rest = clean(rest);
    let said = match word {
        "status" => text!(lang, "cause-status", status = text(rest)),
        "timeout" if rest.is_empty() => lang.word("cause-timeout"),
        // The rest is a sentence of its own.
        "timeout" | "region" if !rest.is_empty() => rest,
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
    let lang = scene.lang;
    let pages: Vec<String> = scene
        .input
        .fields
        .iter()
        .filter(|f| gap_note(scene, &f.field).is_some_and(|why| why.is_no_counterpart()))
        .map(|f| lang.page(&f.field.scope.page))
        .collect();
    (!pages.is_empty()).then(|| {
        let words = text!(
            lang,
            "losses-no-counterpart",
            n = number(pages.len()),
            pages = text(lang.list(&pages))
        );
        Sentence::new(capital(&words))
    })
}
