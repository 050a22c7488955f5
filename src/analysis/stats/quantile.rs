//! Quantiles: Harrell-Davis where there are values enough for it, else Hyndman and Fan's type 7.
//!
//! Harrell and Davis 1982 weigh all order statistics by a beta distribution, which makes medians
//! of few values steadier. With a heavy tail it is biased for the upper quantiles of small
//! samples, hence the limits in [`median`] and [`p75`].

use std::collections::HashMap;

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
    weights: HashMap<usize, Vec<f64>>,
}

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
        let p = self.p;
        let weights = self
            .weights
            .entry(x.len())
            .or_insert_with(|| weights(p, x.len()));
        Some(weights.iter().zip(x).map(|(w, v)| w * v).sum())
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
    HarrellDavis::new(0.5).from_n(HD_MEDIAN_FROM, &sorted(x))
}

/// 75th percentile as this project has it: Harrell-Davis from 40 values on, else type 7.
#[must_use]
pub fn p75(x: &[f64]) -> Option<f64> {
    HarrellDavis::new(0.75).from_n(HD_P75_FROM, &sorted(x))
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
