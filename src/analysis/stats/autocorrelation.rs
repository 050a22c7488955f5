//! How much neighbouring values resemble one another, and what that does to p and to intervals.
//!
//! Values that follow one another in time carry less news than as many independent ones. The
//! factor is the variance inflation of a mean under an AR(1) process, `(1 + r)/(1 - r)`, with `r`
//! estimated robustly (clipped at two robust sigma) and corrected for its small-sample bias
//! (Kendall 1954: about `-(1 + 3r)/n`). It never makes anything more certain.

use super::distribution::{normal_isf, normal_sf};
use super::quantile::type7_sorted;
use super::sorted;

/// Threshold, in units of `1/sqrt(n)`, under which tests take `r` for zero.
pub const FOR_TESTS: f64 = 1.0;
/// The same for intervals: every positive `r` widens.
pub const FOR_INTERVALS: f64 = 0.0;

/// Robust sigma of a MAD: the MAD of a normal distribution is 1/1.4826 of its sigma.
pub(crate) const MAD_TO_SIGMA: f64 = 1.4826;

/// Lag-1 autocorrelation and its inflation factor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Autocorrelation {
    /// Bias-corrected lag-1 autocorrelation of the clipped values.
    pub r: f64,
    /// Variance inflation, at least 1.
    pub factor: f64,
}

/// Autocorrelation of values in the order of time, with `threshold` [`FOR_TESTS`] or
/// [`FOR_INTERVALS`]. Infinite values are clipped like others. Without spread the factor is 1.
#[must_use]
pub fn autocorrelation(x: &[f64], threshold: f64) -> Autocorrelation {
    let none = Autocorrelation {
        r: 0.0,
        factor: 1.0,
    };
    let Some((median, mad)) = median_and_mad(x) else {
        return none;
    };
    if mad <= 0.0 || !mad.is_finite() || !median.is_finite() {
        return none;
    }
    let sigma = MAD_TO_SIGMA * mad;
    let mut z: Vec<f64> = x
        .iter()
        .map(|v| ((v - median) / sigma).clamp(-2.0, 2.0))
        .collect();
    let n = z.len() as f64;
    let mean = z.iter().sum::<f64>() / n;
    z.iter_mut().for_each(|v| *v -= mean);
    let square: f64 = z.iter().map(|v| v * v).sum();
    let neighbours: f64 = z.windows(2).map(|w| w[0] * w[1]).sum();
    let raw = neighbours / square;
    let r = raw + (1.0 + 3.0 * raw) / n;
    let factor = if r <= threshold / n.sqrt() {
        1.0
    } else {
        let capped = r.min(0.8);
        (1.0 + capped) / (1.0 - capped)
    };
    Autocorrelation { r, factor }
}

/// Median and median absolute deviation from it (not scaled); `None` without values.
pub(crate) fn median_and_mad(x: &[f64]) -> Option<(f64, f64)> {
    let median = type7_sorted(&sorted(x), 0.5)?;
    let deviations: Vec<f64> = x.iter().map(|v| (v - median).abs()).collect();
    Some((median, type7_sorted(&sorted(&deviations), 0.5)?))
}

/// A one-sided p that rests on `factor` times too many values, as it would be on the right number.
#[must_use]
pub fn adjusted_p(p: f64, factor: f64) -> f64 {
    if factor <= 1.0 {
        return p;
    }
    normal_sf(normal_isf(p) / factor.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_spread_or_values_nothing_is_inflated() {
        assert_eq!(autocorrelation(&[], FOR_INTERVALS).factor, 1.0);
        assert_eq!(autocorrelation(&[3.0; 12], FOR_INTERVALS).factor, 1.0);
        // More than half are equal: MAD 0.
        assert_eq!(
            autocorrelation(&[1.0, 1.0, 1.0, 9.0], FOR_INTERVALS).factor,
            1.0
        );
    }

    #[test]
    fn failures_are_clipped_and_do_not_break_it() {
        let x = [1.0, 2.0, 1.5, f64::INFINITY, 1.2, 1.9, 1.1, 2.2];
        assert!(autocorrelation(&x, FOR_INTERVALS).r.is_finite());
    }

    #[test]
    fn a_certain_p_stays_a_number() {
        assert_eq!(adjusted_p(1.0, 3.0), 1.0);
        assert_eq!(adjusted_p(0.0, 3.0), 0.0);
    }
}
