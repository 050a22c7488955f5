//! Turns of phrase that several rules share: ranges, places, reasons, the lab's warning.

use std::time::Duration;

use crate::analysis::types::{Counts, Interval, NotRanked, RankRange, Relation};
use crate::model::format::{count, list, ordinal, thousands, value};
use crate::model::{Metric, Unit};

use super::super::language::{Sentence, say};
use super::super::scene::Scene;

/// What stands between the two ends of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Between {
    /// `1.8 to 2.0 s`, for sentences.
    Word,
    /// `1.8–2.0 s`, for tables.
    Dash,
}

/// Both ends of an interval with the unit once where both have the same.
pub(in super::super) fn between(metric: Metric, interval: Interval, how: Between) -> String {
    let minus = |v: f64| value(metric, v).replace('-', "−");
    let (lower, upper) = (minus(interval.lower), minus(interval.upper));
    let joint = match how {
        Between::Word => " to ",
        Between::Dash => "–",
    };
    match (lower.split_once(' '), upper.split_once(' ')) {
        (Some((figure, a)), Some((_, b))) if a == b => format!("{figure}{joint}{upper}"),
        _ => format!("{lower}{joint}{upper}"),
    }
}

/// The interval of a difference as its words are: a lead is told as a positive figure.
pub(in super::super) fn toward(relation: Relation, i: Interval) -> Interval {
    match relation {
        Relation::Faster => Interval {
            point: -i.point,
            lower: -i.upper,
            upper: -i.lower,
            level: i.level,
        },
        _ => i,
    }
}

/// `+1.2 s`, `−0.3 s`; nothing before a figure that rounds to nothing.
pub(in super::super) fn signed(metric: Metric, difference: f64) -> String {
    let figure = value(metric, difference.abs());
    if is_nothing(metric, difference) {
        figure
    } else if difference < 0.0 {
        format!("−{figure}")
    } else {
        format!("+{figure}")
    }
}

/// Whether a difference is too small to be called one in print.
pub(in super::super) fn is_nothing(metric: Metric, difference: f64) -> bool {
    let step = match metric.unit() {
        Unit::Milliseconds => 50.0,
        Unit::Bytes => 500.0,
        Unit::Count => 0.5,
        Unit::Score => 0.005,
    };
    difference.abs() < step
}

/// `4th or 5th`, `2nd to 4th`, `1st`.
pub(in super::super) fn range(rank: RankRange) -> String {
    let (lo, hi) = (ordinal(rank.lo as usize), ordinal(rank.hi as usize));
    match rank.hi.saturating_sub(rank.lo) {
        0 => lo,
        1 => format!("{lo} or {hi}"),
        _ => format!("{lo} to {hi}"),
    }
}

/// Why there is no rank, after "not ranked yet: ".
pub(in super::super) fn not_ranked(why: &NotRanked) -> String {
    match why {
        NotRanked::TooFewNights { nights, needed } => {
            format!("{nights} of the {needed} nights needed")
        }
        NotRanked::TooFewVisits { valid, needed } => {
            format!("{valid} of the {needed} valid visits needed")
        }
        NotRanked::TooManyLost { lost, attempted } => {
            format!("{lost} of {attempted} visits blocked or failed")
        }
        NotRanked::NoData => "nothing measured".to_owned(),
        NotRanked::Alone => "no other site has this page".to_owned(),
        NotRanked::NoOther => "no other site has data enough".to_owned(),
    }
}

/// The same in a word or two, for a narrow cell.
pub(in super::super) fn not_ranked_short(why: &NotRanked) -> &'static str {
    match why {
        NotRanked::TooFewNights { .. } | NotRanked::TooFewVisits { .. } => "few",
        NotRanked::TooManyLost { .. } => "lost",
        NotRanked::NoData => "–",
        NotRanked::Alone | NotRanked::NoOther => "alone",
    }
}

/// Why a target has no figures, from its counts: `blocked on all 10 visits`.
pub(in super::super) fn unmeasured(counts: Counts) -> String {
    let Counts {
        attempted,
        failed,
        blocked,
        missed,
        ..
    } = counts;
    let parts: Vec<String> = [
        (blocked, "blocked"),
        (failed, "failed"),
        (missed, "not made"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, word)| {
        if n == attempted {
            let visits = count(u64::from(n), "visit", "visits");
            match n {
                1 => format!("{word} on the only visit"),
                2 => format!("{word} on both visits"),
                _ => format!("{word} on all {visits}"),
            }
        } else {
            format!(
                "{word} on {} of {}",
                thousands(n.into()),
                thousands(attempted.into())
            )
        }
    })
    .collect();
    if parts.is_empty() {
        "no visit gave a value".to_owned()
    } else {
        list(&parts)
    }
}

/// `60 s`, `500 ms`.
pub(in super::super) fn duration(d: Duration) -> String {
    if d.subsec_millis() == 0 {
        format!("{} s", d.as_secs())
    } else if d.as_secs() == 0 {
        format!("{} ms", d.subsec_millis())
    } else {
        format!("{:.1} s", d.as_secs_f64())
    }
}

/// `Sydney`, `Sydney and Melbourne`.
pub(in super::super) fn regions(scene: &Scene<'_>, ids: &[String]) -> String {
    let names: Vec<String> = ids.iter().map(|id| scene.region(id)).collect();
    scene.lang.list(&names)
}

/// Says of a lab that it is one.
pub(in super::super) fn lab(scene: &Scene<'_>) -> Option<Sentence> {
    let names: Vec<String> = scene
        .input
        .regions
        .iter()
        .filter(|r| !r.latency.is_empty())
        .map(|r| scene.region(&r.id))
        .collect();
    if names.is_empty() {
        return None;
    }
    Some(say!(
        scene.lang,
        "lab",
        n = number(names.len()),
        regions = said(scene.lang.names(&names))
    ))
}
