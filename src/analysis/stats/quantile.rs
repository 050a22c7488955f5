//! Quantiles: Harrell-Davis where there are values enough for it, else Hyndman and Fan's type 7.
//!
//! Harrell and Davis 1982 weigh all order statistics by a beta distribution, which makes medians
//! of few values steadier. With a heavy tail it is biased for the upper quantiles of small
//! samples, hence the limits in [`median`] and [`p75`].

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use statrs::function::beta::beta_reg;

use super::sorted;

/// Least number of values for a Harrell-Davis median.
pub const HD_MEDIAN_FROM: usize = 5;
/// Least number of values for a Harrell-Davis 75th percentile.
pub const HD_P75_FROM: usize = 40;

/// Harrell-Davis weights of one quantile by sample size, kept because they are dear and samples
/// of equal size are common.
#[derive(Debug, Clone)]
pub struct HarrellDavis {
    p: f64,
    weights: HashMap<usize, Arc<Weights>>,
}

/// The weights that are not zero: `kept[i]` belongs to the order statistic at `first + i`.
#[derive(Debug)]
struct Weights {
    first: usize,
    kept: Vec<f64>,
}

/// By quantile (its bits) and sample size.
type Known = HashMap<(u64, usize), Arc<Weights>>;

/// Weights for all threads: the series of a year have few sizes, and each size costs hundreds of
/// beta functions.
static WEIGHTS: LazyLock<RwLock<Known>> = LazyLock::new(RwLock::default);

/// Sizes kept at most; a process that sees more starts anew.
const SIZES_KEPT: usize = 4_096;

impl HarrellDavis {
    /// Weights for quantile `p`, with `0 < p < 1`.
    #[must_use]
    pub fn new(p: f64) -> Self {
        HarrellDavis {
            p,
            weights: HashMap::new(),
        }
    }

    /// The quantile of values in ascending order; `None` without values.
    pub fn of_sorted(&mut self, x: &[f64]) -> Option<f64> {
        if x.is_empty() {
            return None;
        }
        let weights = self.weights(x.len());
        let weighed = weights.kept.iter().zip(&x[weights.first..]);
        Some(weighed.map(|(w, v)| w * v).sum())
    }

    /// The quantile of ascending values of which some are left out: `without` holds their places
    /// in ascending order. `None` if none is left.
    pub(crate) fn of_sorted_without(&mut self, x: &[f64], without: &[usize]) -> Option<f64> {
        let left = x.len().checked_sub(without.len()).filter(|n| *n > 0)?;
        let weights = self.weights(left);
        let (first, last) = (weights.first, weights.first + weights.kept.len());
        let terms = stretches(x.len(), without).flat_map(|(skipped, stretch)| {
            // Places among those that are left, cut to those with a weight.
            let from = (stretch.start - skipped).clamp(first, last);
            let to = (stretch.end - skipped).clamp(first, last);
            let values = &x[from + skipped..to + skipped];
            weights.kept[from - first..to - first].iter().zip(values)
        });
        Some(terms.map(|(w, v)| w * v).sum())
    }

    fn weights(&mut self, n: usize) -> Arc<Weights> {
        let p = self.p;
        Arc::clone(self.weights.entry(n).or_insert_with(|| shared(p, n)))
    }

    /// The quantile of values in any order.
    pub fn of(&mut self, x: &[f64]) -> Option<f64> {
        self.of_sorted(&sorted(x))
    }

    /// Harrell-Davis from `from` values on, type 7 under that; values in ascending order.
    pub fn from_n(&mut self, from: usize, x: &[f64]) -> Option<f64> {
        if x.len() >= from {
            self.of_sorted(x)
        } else {
            type7_sorted(x, self.p)
        }
    }
}

/// The stretches between places that are left out, each with how many were left out before it.
fn stretches(n: usize, without: &[usize]) -> impl Iterator<Item = (usize, Range<usize>)> {
    (0..=without.len()).map(move |k| {
        let start = k.checked_sub(1).map_or(0, |before| without[before] + 1);
        (k, start..without.get(k).copied().unwrap_or(n))
    })
}

/// Weights from the table of all threads.
fn shared(p: f64, n: usize) -> Arc<Weights> {
    let key = (p.to_bits(), n);
    let known = WEIGHTS.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = known.get(&key) {
        return Arc::clone(found);
    }
    drop(known);
    let all = weights(p, n);
    let first = all.iter().position(|w| *w != 0.0).unwrap_or(0);
    let end = all.iter().rposition(|w| *w != 0.0).map_or(n, |i| i + 1);
    let made = Arc::new(Weights {
        first,
        kept: all[first..end].to_vec(),
    });
    let mut known = WEIGHTS.write().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= SIZES_KEPT {
        known.clear();
    }
    Arc::clone(known.entry(key).or_insert(made))
}

/// `I_(i/n)(a, b) - I_((i-1)/n)(a, b)` with `a = p(n + 1)`, `b = (1 - p)(n + 1)`.
fn weights(p: f64, n: usize) -> Vec<f64> {
    let size = n as f64;
    let (a, b) = (p * (size + 1.0), (1.0 - p) * (size + 1.0));
    let mut below = 0.0;
    (1..=n)
        .map(|i| {
            let x = i as f64 / size;
            let upto = if i == n || beyond(x, p, size) {
                f64::from(u8::from(x > p))
            } else {
                beta_reg(a, b, x)
            };
            let weight = upto - below;
            below = upto;
            weight
        })
        .collect()
}

/// Where a tail of the beta distribution is under 1e-21 and need not be computed: it is
/// sub-Gaussian with a variance of at most `1/(4(a + b + 1))` (Marchal and Arbel 2017).
fn beyond(x: f64, p: f64, size: f64) -> bool {
    2.0 * (size + 2.0) * (x - p).powi(2) > 50.0
}

/// Harrell-Davis quantile; `None` without values.
#[must_use]
pub fn harrell_davis(x: &[f64], p: f64) -> Option<f64> {
    HarrellDavis::new(p).of(x)
}

/// Type 7 quantile (linear between order statistics, the default of R); `None` without values.
#[must_use]
pub fn type7(x: &[f64], p: f64) -> Option<f64> {
    type7_sorted(&sorted(x), p)
}

/// Type 7 quantile of values in ascending order. Next to an infinite value it is infinite.
pub(crate) fn type7_sorted(x: &[f64], p: f64) -> Option<f64> {
    let last = x.len().checked_sub(1)?;
    let at = p * last as f64;
    let low = at.floor() as usize;
    let (a, b) = (x[low], x[(low + 1).min(last)]);
    let share = at - low as f64;
    Some(if share == 0.0 || a == b {
        a
    } else {
        a + share * (b - a)
    })
}

/// Median as this project has it: Harrell-Davis from 5 values on, else type 7.
#[must_use]
pub fn median(x: &[f64]) -> Option<f64> {
    median_sorted(&sorted(x))
}

/// The same of values in ascending order.
pub(crate) fn median_sorted(x: &[f64]) -> Option<f64> {
    HarrellDavis::new(0.5).from_n(HD_MEDIAN_FROM, x)
}

/// 75th percentile as this project has it: Harrell-Davis from 40 values on, else type 7.
#[must_use]
pub fn p75(x: &[f64]) -> Option<f64> {
    p75_sorted(&sorted(x))
}

/// The same of values in ascending order.
pub(crate) fn p75_sorted(x: &[f64]) -> Option<f64> {
    HarrellDavis::new(0.75).from_n(HD_P75_FROM, x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_take_type_7() {
        assert_eq!(median(&[4.0, 1.0, 2.0, 30.0]), Some(3.0));
        assert_eq!(median(&[]), None);
        let x: Vec<f64> = (0..39).map(f64::from).collect();
        assert_eq!(p75(&x), type7(&x, 0.75));
    }

    #[test]
    fn weights_sum_to_one_in_large_samples() {
        let sum: f64 = weights(0.5, 1_500).iter().sum();
        assert!((sum - 1.0).abs() < 1e-12);
    }

    #[test]
    fn tails_that_are_not_computed_would_not_have_shown() {
        for (p, n) in [(0.5, 400), (0.75, 400), (0.95, 1_500)] {
            let size = f64::from(n);
            let (a, b) = (p * (size + 1.0), (1.0 - p) * (size + 1.0));
            let skipped: Vec<f64> = (1..n)
                .map(|i| f64::from(i) / size)
                .filter(|x| beyond(*x, p, size))
                .collect();
            assert!(skipped.len() > 100);
            for x in skipped {
                let expected = f64::from(u8::from(x > p));
                assert!((beta_reg(a, b, x) - expected).abs() < 1e-12, "{p} {n} {x}");
            }
        }
    }

    #[test]
    fn kept_weights_give_what_fresh_ones_give() {
        let mut hd = HarrellDavis::new(0.5);
        let (a, b) = ([1.0, 5.0, 2.0, 9.0, 3.0], [8.0, 5.0, 2.0, 9.0, 3.0]);
        assert_eq!(hd.of(&a), harrell_davis(&a, 0.5));
        assert_eq!(hd.of(&b), harrell_davis(&b, 0.5));
    }
}
