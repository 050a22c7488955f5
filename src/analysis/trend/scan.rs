//! The scan of one series at one night: the most telling split of its last nights.
//!
//! For 3 to 14 nights after a split against up to 42 before it, the exact rank-sum p, adjusted for
//! the autocorrelation of the nights before. The limit on the smallest p is set by the number of
//! series that are watched, from false-alarm rates that were simulated for the design.

use crate::analysis::stats::autocorrelation::{FOR_TESTS, adjusted_p, autocorrelation};
use crate::analysis::stats::hodges_lehmann::HodgesLehmann;
use crate::analysis::stats::quantile::type7;
use crate::analysis::stats::rank_sum::{exact_tails, shift};

/// Nights after a split.
const POST: std::ops::RangeInclusive<usize> = 3..=14;
/// Most nights before a split.
const PRE_MAX: usize = 42;
/// Least nights before a split.
pub(super) const PRE_MIN: usize = 10;
/// Least shift that is told, as a share.
pub const MIN_SHIFT: f64 = 0.05;
/// Nights at the end that have to confirm a shift.
const CONFIRM: usize = 3;

/// The most telling split.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scan {
    /// Index of the first night after the split.
    pub tau: usize,
    /// Nights after it.
    pub post: usize,
    /// Nights before it that were used.
    pub pre: usize,
    /// Rank-sum statistic of the nights after.
    pub u: f64,
    /// Smaller tail, adjusted for autocorrelation.
    pub p: f64,
    /// Autocorrelation factor of the nights before.
    pub factor: f64,
}

impl Scan {
    /// Values before and after the split.
    #[must_use]
    pub fn sides<'a>(&self, z: &'a [f64]) -> (&'a [f64], &'a [f64]) {
        (&z[self.tau - self.pre..self.tau], &z[self.tau..])
    }

    /// Size of the shift with its 95 % interval, on the scale of the values.
    #[must_use]
    pub fn size(&self, z: &[f64]) -> Option<HodgesLehmann> {
        let (pre, post) = self.sides(z);
        Some(shift(post, pre, 0.025)?.widened(self.factor))
    }
}

/// The split with the smallest p at the last night of `z`, where no night before index `last` (the
/// last accepted change) is used. Splits whose p is not under `ceiling` are not looked for; 1.1
/// finds one always. `None` where no split has nights enough.
#[must_use]
pub fn scan(z: &[f64], last: usize, ceiling: f64) -> Option<Scan> {
    let n = z.len();
    let mut best: Option<Scan> = None;
    let mut least = ceiling;
    for post in POST {
        let Some(tau) = n.checked_sub(post) else {
            break;
        };
        let pre = tau.saturating_sub(last).min(PRE_MAX);
        if pre < PRE_MIN {
            break;
        }
        let (before, after) = (&z[tau - pre..tau], &z[tau..]);
        let (u, p) = exact_tails(after, before);
        // Adjusting only makes a p larger.
        if p >= least {
            continue;
        }
        let factor = autocorrelation(before, FOR_TESTS).factor;
        let p = adjusted_p(p, factor);
        if p < least {
            least = p;
            best = Some(Scan {
                tau,
                post,
                pre,
                u,
                p,
                factor,
            });
        }
    }
    best
}

/// Whether a scan is an alert: a p that reaches the limit, a shift worth telling, and last nights
/// that stand at least half-way at the new level.
#[must_use]
pub fn confirms(scan: &Scan, z: &[f64], p_star: f64) -> bool {
    if scan.p > p_star {
        return false;
    }
    let (pre, post) = scan.sides(z);
    let Some(size) = shift(post, pre, 0.025).map(|s| s.estimate) else {
        return false;
    };
    let moved = type7(&z[z.len() - CONFIRM..], 0.5)
        .zip(type7(pre, 0.5))
        .map_or(0.0, |(now, before)| now - before);
    size.abs() >= MIN_SHIFT.ln_1p() && moved * size.signum() >= size.abs() / 2.0
}

/// False alarms that are put up with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// Series that are watched.
    pub series: usize,
    /// False alerts wanted at most, a month.
    pub a_month: f64,
}

/// Limit on p, and false alarms of one series in a year with autocorrelation of .3, 3 % of bad
/// nights and weekends (simulated for the design).
const RATES: [(f64, f64); 4] = [(1e-3, 2.3), (2e-4, 0.95), (5e-5, 0.36), (1e-5, 0.19)];

/// The largest limit that keeps the budget, and the false alerts a month to expect with it; the
/// smallest limit there is when none does.
#[must_use]
pub fn p_star(budget: Budget) -> (f64, f64) {
    let expected = |rate: f64| budget.series as f64 * rate / 12.0;
    RATES
        .iter()
        .find(|(_, rate)| expected(*rate) <= budget.a_month)
        .or(RATES.last())
        .map_or((1e-5, 0.0), |(p, rate)| (*p, expected(*rate)))
}
