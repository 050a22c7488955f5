//! Shares of visits: Wilson's interval, Newcombe's for a difference, Fisher's exact test.
//!
//! Wilson 1927; Newcombe 1998, method 10 (hybrid score); Fisher 1935, one-sided.

use statrs::function::factorial::ln_binomial;

use super::distribution::normal_isf;

/// `hits` of `of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// How many were hit.
    pub hits: u64,
    /// Of how many.
    pub of: u64,
}

impl Share {
    /// The plain share; `None` of nothing.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| self.hits as f64 / self.of as f64)
    }

    /// Wilson's interval with `tail` left at each side; 0 to 1 of nothing.
    #[must_use]
    pub fn wilson(self, tail: f64) -> (f64, f64) {
        let Some(p) = self.value() else {
            return (0.0, 1.0);
        };
        let (n, z) = (self.of as f64, normal_isf(tail));
        let z2 = z * z;
        let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let half = z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
        ((centre - half).max(0.0), (centre + half).min(1.0))
    }
}

/// Newcombe's interval for `first - second`, with `tail` left at each side.
#[must_use]
pub fn newcombe(first: Share, second: Share, tail: f64) -> (f64, f64) {
    let (Some(p1), Some(p2)) = (first.value(), second.value()) else {
        return (-1.0, 1.0);
    };
    let ((l1, u1), (l2, u2)) = (first.wilson(tail), second.wilson(tail));
    let d = p1 - p2;
    (
        d - ((p1 - l1).powi(2) + (u2 - p2).powi(2)).sqrt(),
        d + ((u1 - p1).powi(2) + (p2 - l2).powi(2)).sqrt(),
    )
}

/// Fisher's exact one-sided p that the first share is the larger.
#[must_use]
pub fn fisher_greater(first: Share, second: Share) -> f64 {
    let hits = first.hits + second.hits;
    let all = ln_binomial(first.of + second.of, hits);
    let p: f64 = (first.hits..=hits.min(first.of))
        .filter(|x| hits - x <= second.of)
        .map(|x| (ln_binomial(first.of, x) + ln_binomial(second.of, hits - x) - all).exp())
        .sum();
    p.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_tried_says_nothing() {
        let none = Share { hits: 0, of: 0 };
        assert_eq!(none.wilson(0.025), (0.0, 1.0));
        assert_eq!(newcombe(none, none, 0.025), (-1.0, 1.0));
        assert!((fisher_greater(none, none) - 1.0).abs() < 1e-12);
    }
}
