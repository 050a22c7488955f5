//! The scan of one series at one night: the most telling split of its last nights.
//!
//! For 3 to 14 nights after a split against up to 42 before it, the exact rank-sum p, adjusted for
//! the autocorrelation of the nights before. The limit on the smallest p is set by the number of
//! series that are watched, from false-alarm rates that were simulated for the design.

use crate::analysis::stats::autocorrelation::{FOR_TESTS, adjusted_p, autocorrelation};
use crate::analysis::stats::hodges_lehmann::HodgesLehmann;
use crate::analysis::stats::quantile::type7;
use crate::analysis::stats::rank_sum::{doubled_u, shift, smaller_tail};

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
    let mut statistic = Statistic::default();
    for post in POST {
        let Some(tau) = n.checked_sub(post) else {
            break;
        };
        let pre = tau.saturating_sub(last).min(PRE_MAX);
        if pre < PRE_MIN {
            break;
        }
        let before = &z[tau - pre..tau];
        let u2 = statistic.at(z, (tau, pre));
        let p = smaller_tail(u2, (post, pre));
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
                u: u2 as f64 / 2.0,
                p,
                factor,
            });
        }
    }
    best
}

/// Twice the rank-sum statistic of a split that moves back a night at a time: only what a move
/// changes is counted again.
#[derive(Default)]
struct Statistic {
    /// First night after the split, nights before it, and the statistic.
    known: Option<(usize, usize, usize)>,
}

impl Statistic {
    fn at(&mut self, z: &[f64], (tau, pre): (usize, usize)) -> usize {
        let before = &z[tau - pre..tau];
        let u2 = match self.known {
            Some((old, of_old, u2)) if old == tau + 1 => {
                let (moved, after) = (&z[tau], &z[old..]);
                let (start, old_start) = (tau - pre, old - of_old);
                // Of the nights before, one has gone over and one may have come in.
                let (come, gone) = (&z[start..old_start], std::slice::from_ref(moved));
                let against =
                    |base: &[f64]| after.iter().map(|x| doubled_u(*x, base)).sum::<usize>();
                u2 + against(come) - against(gone) + doubled_u(*moved, before)
            }
            _ => z[tau..].iter().map(|x| doubled_u(*x, before)).sum(),
        };
        self.known = Some((tau, pre, u2));
        u2
    }
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

/// False alerts a month that so many series have at the least, whatever budget is asked.
#[must_use]
pub fn least_a_month(series: usize) -> f64 {
    RATES
        .last()
        .map_or(0.0, |(_, rate)| series as f64 * rate / 12.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::stats::rank_sum::rank_sum;
    use proptest::prelude::*;

    /// The scan as it is defined: every split tested by itself.
    fn by_definition(z: &[f64], last: usize) -> Option<(usize, usize, f64, f64)> {
        let mut best: Option<(usize, usize, f64, f64)> = None;
        for post in POST {
            let Some(tau) = z.len().checked_sub(post) else {
                break;
            };
            let pre = tau.saturating_sub(last).min(PRE_MAX);
            if pre < PRE_MIN {
                break;
            }
            let (before, after) = (&z[tau - pre..tau], &z[tau..]);
            let test = rank_sum(after, before).unwrap();
            let factor = autocorrelation(before, FOR_TESTS).factor;
            let p = adjusted_p(test.p_greater.min(test.p_less), factor);
            if best.is_none_or(|b| p < b.3 * (1.0 - 1e-12)) {
                best = Some((tau, pre, test.u, p));
            }
        }
        best
    }

    proptest! {
        #[test]
        fn a_scan_finds_what_testing_every_split_finds(
            // Coarse values, so that ties are common.
            z in proptest::collection::vec((0i32..30).prop_map(|v| f64::from(v) / 16.0), 8..60),
            last in 0usize..20,
            step in prop_oneof![Just(0.0), 0.5..2.0f64],
            at in 2usize..16,
        ) {
            let from = z.len().saturating_sub(at);
            let z: Vec<f64> = z
                .iter()
                .enumerate()
                .map(|(i, v)| if i >= from { v + step } else { *v })
                .collect();
            let got = scan(&z, last, 1.1);
            let wanted = by_definition(&z, last);
            prop_assert_eq!(got.is_some(), wanted.is_some());
            if let (Some(got), Some((tau, pre, u, p))) = (got, wanted) {
                prop_assert!((got.p - p).abs() <= 1e-12 * p.max(1e-300) + 1e-15);
                // Of two splits with equal p either is right.
                if (got.tau, got.pre) == (tau, pre) {
                    prop_assert_eq!(got.u, u);
                }
            }
        }
    }
}
