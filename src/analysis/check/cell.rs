//! One series of paired differences and what each look at it says.
//!
//! Differences are candidate minus baseline on the metric's scale; a load that failed on one side
//! is infinite. A look takes exactly the first `n` pairs, as the tables of the sequential test
//! suppose. Which looks are made and what several cells make of them is left to `sequence`.

use serde::Serialize;

use super::options::{Options, Standard};
use crate::analysis::stats::autocorrelation::{FOR_TESTS, adjusted_p, autocorrelation};
use crate::analysis::stats::hodges_lehmann::{HodgesLehmann, hodges_lehmann};
use crate::analysis::stats::power::minimum_detectable_effect;
use crate::analysis::stats::sequential::Table;
use crate::analysis::stats::signed_rank::signed_rank;

/// Share left at each side of the interval that is shown.
const TAIL: f64 = 0.025;
/// No pass before the last look while the p of a slow-down is at most this.
const GUARD: f64 = 0.10;
/// Level of the claim "no regression".
const PASS_ALPHA: f64 = 0.05;

/// What a look decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Slower, and by enough.
    Regression,
    /// Faster, and by enough; it is a pass as well.
    Improvement,
    /// A slow-down of the margin is ruled out.
    Pass,
    /// Not yet; more pairs.
    Continue,
    /// That was the last look.
    Inconclusive,
}

/// One look at a cell.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Look {
    /// Pairs it rests on.
    pub n: usize,
    /// One-sided p of "slower", adjusted for autocorrelation.
    pub p_regress: f64,
    /// One-sided p of "less than the margin slower", likewise.
    pub p_pass: f64,
    /// One-sided p of "faster", likewise.
    pub p_improve: f64,
    /// Autocorrelation factor of the differences, at least 1.
    pub factor: f64,
    /// Hodges-Lehmann estimate on the scale of computation; infinite when failures are too many.
    pub estimate: f64,
    /// 95 % interval, not widened.
    pub ci95: (f64, f64),
    /// Whether so few pairs can give it.
    pub attained: bool,
    /// Interval at the look's own level, widened by the factor: it covers over all looks.
    pub repeated: (f64, f64),
    /// p that a regression needs at this look.
    pub limit_regress: f64,
    /// p that a pass needs at this look.
    pub limit_pass: f64,
    /// Least p over weight so far.
    pub m: f64,
    /// Sequential p of a slow-down so far.
    pub p_seq: f64,
    /// Additive effect seen with 80 % power at the last look's level with these pairs; `None` where
    /// the interval is not finite.
    pub detectable: Option<f64>,
}

/// Differences of one cell and the looks made at them.
#[derive(Debug, Clone)]
pub(super) struct Series {
    pub(super) standard: Standard,
    pub(super) differences: Vec<f64>,
    pub(super) looks: Vec<Look>,
    look_p: Vec<f64>,
}

impl Series {
    pub(super) fn new(standard: Standard) -> Self {
        Series {
            standard,
            differences: Vec::new(),
            looks: Vec::new(),
            look_p: Vec::new(),
        }
    }

    /// Makes the next look; there have to be pairs enough for it.
    pub(super) fn look(&mut self, options: &Options) -> Look {
        let table = options.preset.table();
        let at = self.looks.len();
        let d = &self.differences[..table.looks[at]];
        let factor = autocorrelation(d, FOR_TESTS).factor;
        let test = signed_rank(d);
        let p = adjusted_p(test.p_greater, factor);
        self.look_p.push(p);
        let m = table.min_p(&self.look_p).unwrap_or(1.0);
        let below: Vec<f64> = d.iter().map(|v| self.standard.margin - v).collect();
        let limit = |look, alpha| table.limit(look, alpha).unwrap_or(0.0);
        let limit_regress = limit(at, options.alpha);
        let shown = hodges_lehmann(d, TAIL).expect("a look has pairs");
        let repeated = hodges_lehmann(d, limit_regress)
            .expect("a look has pairs")
            .widened(factor);
        let last = limit(table.looks.len() - 1, options.alpha);
        let look = Look {
            n: d.len(),
            p_regress: p,
            p_pass: adjusted_p(signed_rank(&below).p_greater, factor),
            p_improve: adjusted_p(test.p_less, factor),
            factor,
            estimate: shown.estimate,
            ci95: (shown.lower, shown.upper),
            attained: shown.attained,
            repeated: (repeated.lower, repeated.upper),
            limit_regress,
            limit_pass: limit(at, PASS_ALPHA),
            m,
            p_seq: table.p_seq(m),
            detectable: detectable(&shown, factor, last),
        };
        self.looks.push(look);
        look
    }

    /// What the last look decides, given whether the test of a slow-down rejects there.
    pub(super) fn decide(&self, table: &Table, rejects: Rejects) -> Decision {
        let Some(look) = self.looks.last() else {
            return Decision::Continue;
        };
        let last = self.looks.len() == table.looks.len();
        let slower = look.estimate >= self.standard.min_effect;
        let building = !last && look.p_regress <= GUARD && slower;
        if rejects == Rejects::Yes && slower {
            Decision::Regression
        } else if look.p_pass <= look.limit_pass && !building {
            if look.p_improve <= look.limit_regress && look.estimate <= -self.standard.min_effect {
                Decision::Improvement
            } else {
                Decision::Pass
            }
        } else if last {
            Decision::Inconclusive
        } else {
            Decision::Continue
        }
    }
}

/// Whether the test of "slower" rejects: at the look's own limit for one cell, after adjustment
/// for the number of cells otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rejects {
    Yes,
    No,
}

impl Rejects {
    pub(super) fn when(reached: std::cmp::Ordering) -> Self {
        if reached.is_le() {
            Rejects::Yes
        } else {
            Rejects::No
        }
    }
}

fn detectable(shown: &HodgesLehmann, factor: f64, level: f64) -> Option<f64> {
    let found = minimum_detectable_effect((shown.lower, shown.upper), factor, level).ln_1p();
    found.is_finite().then_some(found)
}
