//! The results of a check as plain data: one line a cell, the site as a whole, one verdict.
//!
//! Shares are such as 0.08 for 8 %; absolute effects are in the metric's unit. Terminal, JSON,
//! JUnit and Markdown are made of this by others.

use serde::Serialize;

use super::cell::{Decision, Look};
use super::options::standard_of;
use super::reliability::Reliability;
use super::sequence::{Cell, Check, Closed, Gate, State};
use crate::analysis::scale::Scale;
use crate::analysis::stats::power::pairs_needed;

/// What may be said.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Verdict {
    /// The candidate is slower, or fails more often.
    Regressed {
        /// By what.
        grounds: Grounds,
    },
    /// It is faster; a pass.
    Improved,
    /// A slow-down of the margin or more is ruled out; a pass.
    NoRegression {
        /// Share, or the metric's unit for absolute ones.
        margin: f64,
    },
    /// Neither.
    CannotTell {
        /// Why not.
        why: WhyNot,
        /// Pairs that it would take to see a slow-down of the margin, where that can be said.
        takes_pairs: Option<usize>,
    },
    /// Too many pairs were lost on our side or failed on both.
    NotMeasured,
}

/// What a regression rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grounds {
    /// Times of this cell.
    Slower,
    /// Failed loads.
    FailsMore,
    /// Only all cells together.
    SiteWide,
}

/// Why it cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyNot {
    /// The values scatter too much for these pairs.
    Noise,
    /// The loads fail too often to be timed.
    FailsTooOften,
    /// It was ended before its last look.
    StoppedEarly,
    /// Two sessions that had to agree did not.
    Disagree,
    /// No cell could fail the check.
    NothingGates,
}

/// How many pairs there were and what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Pairs {
    /// All that were tried, warm-up left out.
    pub attempted: u32,
    /// Dropped because we failed.
    pub lost: u32,
    /// Dropped because both sides failed.
    pub both_failed: u32,
}

/// Candidate against baseline.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Effect {
    /// Whether the figures are shares of the baseline or in the metric's unit.
    pub relative: bool,
    /// Hodges-Lehmann estimate; absent when failures are too many.
    pub estimate: Option<f64>,
    /// 95 % interval, widened for autocorrelation; an open end is absent.
    pub interval95: (Option<f64>, Option<f64>),
    /// The interval that the verdict rests on: it covers over all looks.
    pub repeated: (Option<f64>, Option<f64>),
    /// Slow-down seen with 80 % power.
    pub detectable: Option<f64>,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CellReport {
    /// Which.
    #[serde(flatten)]
    pub cell: Cell,
    /// What may be said of it; absent while it is open.
    #[serde(flatten)]
    pub verdict: Option<Verdict>,
    /// Pairs with a difference that the last look rests on, or that there are before the first.
    pub n: usize,
    /// All pairs.
    pub pairs: Pairs,
    /// Failed loads.
    pub reliability: Reliability,
    /// Size; absent before the first look.
    pub effect: Option<Effect>,
    /// Sequential p of a slow-down; absent before the first look.
    pub p_seq: Option<f64>,
    /// Slow-down that a pass rules out: a share, or in the metric's unit.
    pub margin: f64,
    /// Neighbouring pairs resemble each other: to be repeated in a second session.
    pub autocorrelated: bool,
}

/// All gating cells together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SiteWide {
    /// Whether the site as a whole became slower.
    pub slower: bool,
    /// Blocks at the last look.
    pub n: usize,
    /// Size.
    pub effect: Effect,
    /// Sequential p.
    pub p_seq: f64,
}

/// A whole check.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The one that counts.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The cells in their order.
    pub cells: Vec<CellReport>,
    /// The pooled test, with several cells.
    pub site_wide: Option<SiteWide>,
}

impl Check {
    /// Where the check stands; final once it is [`finished`](Check::finished).
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let cells: Vec<CellReport> = self.states.iter().map(|s| self.cell_report(s)).collect();
        let site_wide = self.pooled.as_ref().and_then(|p| {
            let look = p.looks.last()?;
            Some(SiteWide {
                slower: self.site_wide_slower,
                n: look.n,
                effect: effect(look, Scale::Log),
                p_seq: look.p_seq,
            })
        });
        let gating: Vec<Verdict> = cells
            .iter()
            .filter(|c| c.cell.gate == Gate::Gating)
            .map(|c| c.verdict.unwrap_or(stopped()))
            .collect();
        let verdict = match overall(&gating) {
            v @ Verdict::Regressed { .. } => v,
            _ if self.site_wide_slower => Verdict::Regressed {
                grounds: Grounds::SiteWide,
            },
            v => v,
        };
        Outcome {
            verdict,
            cells,
            site_wide,
        }
    }

    fn cell_report(&self, s: &State) -> CellReport {
        let scale = Scale::of(s.cell.metric);
        let look = s.series.looks.last();
        let margin = shown(scale, standard_of(&self.options, s.cell.metric).margin);
        CellReport {
            cell: s.cell.clone(),
            verdict: s.closed.map(|c| verdict(s, c, margin)),
            n: look.map_or(s.series.differences.len(), |l| l.n),
            pairs: s.pairs,
            reliability: s.reliability,
            effect: look.map(|l| effect(l, scale)),
            p_seq: look.map(|l| l.p_seq),
            margin,
            autocorrelated: look.is_some_and(|l| l.factor > 1.0),
        }
    }
}

fn verdict(s: &State, closed: Closed, margin: f64) -> Verdict {
    match closed {
        Closed::FailsMore { .. } => Verdict::Regressed {
            grounds: Grounds::FailsMore,
        },
        Closed::NotMeasured => Verdict::NotMeasured,
        Closed::Decided(Decision::Regression) => Verdict::Regressed {
            grounds: Grounds::Slower,
        },
        Closed::Decided(Decision::Improvement) => Verdict::Improved,
        Closed::Decided(Decision::Pass) => Verdict::NoRegression { margin },
        Closed::Decided(Decision::Continue) | Closed::Stopped => Verdict::CannotTell {
            why: WhyNot::StoppedEarly,
            takes_pairs: takes_pairs(s),
        },
        Closed::Decided(Decision::Inconclusive) => {
            let timed = s
                .series
                .looks
                .last()
                .is_some_and(|l| l.estimate.is_finite());
            Verdict::CannotTell {
                why: if timed {
                    WhyNot::Noise
                } else {
                    WhyNot::FailsTooOften
                },
                takes_pairs: takes_pairs(s),
            }
        }
    }
}

/// The variance of a mean goes with the number of pairs, on whatever scale.
fn takes_pairs(s: &State) -> Option<usize> {
    let look = s.series.looks.last()?;
    let detectable = look.detectable?;
    Some(pairs_needed(
        look.n,
        detectable.exp_m1(),
        s.series.standard.margin.exp_m1(),
    ))
}

fn effect(look: &Look, scale: Scale) -> Effect {
    let finite = |x: f64| x.is_finite().then(|| shown(scale, x));
    let stretch = look.factor.sqrt();
    let arm = |bound: f64| look.estimate + (bound - look.estimate) * stretch;
    Effect {
        relative: scale == Scale::Log,
        estimate: finite(look.estimate),
        interval95: (finite(arm(look.ci95.0)), finite(arm(look.ci95.1))),
        repeated: (finite(look.repeated.0), finite(look.repeated.1)),
        detectable: look.detectable.map(|d| shown(scale, d)),
    }
}

fn shown(scale: Scale, x: f64) -> f64 {
    match scale {
        Scale::Log => x.exp_m1(),
        Scale::Raw => x,
    }
}

fn stopped() -> Verdict {
    Verdict::CannotTell {
        why: WhyNot::StoppedEarly,
        takes_pairs: None,
    }
}

/// The verdict of several: the worst. A regression comes before what could not be measured, that
/// before what cannot be told, and a single improvement is told only if nothing but passes stands
/// beside it.
#[must_use]
pub fn overall(verdicts: &[Verdict]) -> Verdict {
    let badness = |v: &Verdict| match v {
        Verdict::Regressed { .. } => 4,
        Verdict::NotMeasured => 3,
        Verdict::CannotTell { .. } => 2,
        Verdict::Improved => 1,
        Verdict::NoRegression { .. } => 0,
    };
    let worst = verdicts.iter().max_by_key(|v| badness(v)).copied();
    let all_pairs = verdicts
        .iter()
        .filter_map(|v| match v {
            Verdict::CannotTell { takes_pairs, .. } => *takes_pairs,
            _ => None,
        })
        .max();
    match worst {
        Some(Verdict::CannotTell { why, .. }) => Verdict::CannotTell {
            why,
            takes_pairs: all_pairs,
        },
        Some(v) => v,
        None => Verdict::CannotTell {
            why: WhyNot::NothingGates,
            takes_pairs: None,
        },
    }
}

/// Two sessions of an autocorrelated cell: both have to say the same, or it cannot be told.
#[must_use]
pub fn agreed(first: Verdict, second: Verdict) -> Verdict {
    if std::mem::discriminant(&first) == std::mem::discriminant(&second) {
        return second;
    }
    let passes = |v| matches!(v, Verdict::Improved | Verdict::NoRegression { .. });
    if passes(first) && passes(second) {
        return if matches!(first, Verdict::Improved) {
            second
        } else {
            first
        };
    }
    Verdict::CannotTell {
        why: WhyNot::Disagree,
        takes_pairs: None,
    }
}
