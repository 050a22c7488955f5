//! What a comparison could have seen: the smallest effect, and the pairs that a smaller one takes.
//!
//! The standard error is read back from the 95 % interval, so that it is that of the very data.

use super::distribution::normal_isf;

/// Quantiles of the standard normal at 97.5 % and 80 %, to the digits of the golden vectors.
const Z_975: f64 = 1.959_964;
const Z_80: f64 = 0.841_621_2;

/// Smallest relative slow-down seen with 80 % power by a one-sided test at `level`, such as 0.08
/// for 8 %. `interval95` is that of the mean ln difference, `factor` its autocorrelation factor.
#[must_use]
pub fn minimum_detectable_effect(interval95: (f64, f64), factor: f64, level: f64) -> f64 {
    let se = (interval95.1 - interval95.0) / (2.0 * Z_975) * factor.sqrt();
    ((normal_isf(level) + Z_80) * se).exp_m1()
}

/// Pairs needed to see `delta` where `n` pairs see `mde`, both relative.
#[must_use]
pub fn pairs_needed(n: usize, mde: f64, delta: f64) -> usize {
    (n as f64 * (mde.ln_1p() / delta.ln_1p()).powi(2)).ceil() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_the_effect_takes_about_four_times_the_pairs() {
        assert_eq!(pairs_needed(40, 0.05, 0.05), 40);
        let needed = pairs_needed(40, 0.088, 0.05);
        // The design's own example: "40 pairs see 8.8 %; 5 % needs about 120".
        assert!((118..=122).contains(&needed), "{needed}");
    }
}
