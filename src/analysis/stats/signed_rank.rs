//! Wilcoxon's signed-rank test, exact with ties.
//!
//! Null distribution by dynamic programming over doubled mid-ranks (Streitberg and Röhmel's shift
//! algorithm), so that ties stay exact. Failures may come as infinite differences: equal
//! magnitudes share a mid-rank. Estimate and interval that belong to it are in `hodges_lehmann`.

use super::distribution::normal_sf;
use super::doubled_mid_ranks;

/// Above this many non-zero differences the exact table gives way to the normal approximation
/// with the variance of the mid-ranks, which then differs from it by less than 1e-3 of p.
pub const EXACT_UP_TO: usize = 120;

/// The statistic and its p-values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignedRank {
    /// Differences that are not zero.
    pub n: usize,
    /// Sum of the mid-ranks of the positive differences.
    pub w_plus: f64,
    /// One-sided: the differences tend to be positive.
    pub p_greater: f64,
    /// One-sided: the differences tend to be negative.
    pub p_less: f64,
    /// Two-sided: twice the smaller, at most 1.
    pub p_two: f64,
}

/// Wilcoxon's signed-rank test of differences. Zeros are dropped (Wilcoxon 1945); without any
/// other difference every p is 1.
#[must_use]
pub fn signed_rank(d: &[f64]) -> SignedRank {
    let nonzero: Vec<f64> = d.iter().copied().filter(|v| *v != 0.0).collect();
    let magnitudes: Vec<f64> = nonzero.iter().map(|v| v.abs()).collect();
    let ranks = doubled_mid_ranks(&magnitudes);
    let w: usize = ranks
        .iter()
        .zip(&nonzero)
        .filter(|(_, v)| **v > 0.0)
        .map(|(r, _)| r)
        .sum();
    let total: usize = ranks.iter().sum();
    let (p_greater, p_less) = tails(&ranks, w, total);
    SignedRank {
        n: nonzero.len(),
        w_plus: w as f64 / 2.0,
        p_greater,
        p_less,
        p_two: (2.0 * p_greater.min(p_less)).min(1.0),
    }
}

/// `P(S >= w)` and `P(S <= w)` of the sum of independently kept doubled ranks.
fn tails(ranks: &[usize], w: usize, total: usize) -> (f64, f64) {
    if ranks.is_empty() {
        return (1.0, 1.0);
    }
    if ranks.len() > EXACT_UP_TO {
        let variance: f64 = ranks.iter().map(|&r| (r * r) as f64).sum::<f64>() / 4.0;
        let z = |w: usize| (w as f64 - total as f64 / 2.0) / variance.sqrt();
        return (normal_sf(z(w)), normal_sf(-z(w)));
    }
    let density = subset_sums(ranks);
    let upper: f64 = density[w..].iter().rev().sum();
    let lower: f64 = density[..=w].iter().sum();
    (upper.min(1.0), lower.min(1.0))
}

/// Probability of each sum when every rank is kept with probability one half.
pub(crate) fn subset_sums(ranks: &[usize]) -> Vec<f64> {
    let total: usize = ranks.iter().sum();
    let mut density = vec![0.0; total + 1];
    density[0] = 1.0;
    let mut reached = 0;
    for &r in ranks {
        reached += r;
        for s in (0..=reached).rev() {
            let kept = if s >= r { density[s - r] } else { 0.0 };
            density[s] = 0.5 * (density[s] + kept);
        }
    }
    density
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_difference_says_nothing() {
        for d in [&[][..], &[0.0, 0.0][..]] {
            let got = signed_rank(d);
            assert_eq!((got.n, got.p_greater, got.p_two), (0, 1.0, 1.0));
        }
    }

    #[test]
    fn the_normal_tail_meets_the_exact_one_where_it_takes_over() {
        let d: Vec<f64> = (1..=EXACT_UP_TO)
            .map(|i| i as f64 * if i % 5 < 2 { -1.0 } else { 1.0 })
            .collect();
        let exact = signed_rank(&d).p_greater;
        let ranks: Vec<usize> = (1..=EXACT_UP_TO).map(|i| 2 * i).collect();
        let total: usize = ranks.iter().sum();
        let w = (signed_rank(&d).w_plus * 2.0) as usize;
        let z = (w as f64 - total as f64 / 2.0)
            / (ranks.iter().map(|r| (r * r) as f64).sum::<f64>() / 4.0).sqrt();
        assert!((normal_sf(z) - exact).abs() < 1e-3, "{exact}");
        assert!(exact < 0.1 && exact > 0.0);
    }

    fn differences() -> impl Strategy<Value = Vec<f64>> {
        // Few distinct values, so that ties and zeros are common.
        proptest::collection::vec((-6i32..=6).prop_map(|v| f64::from(v) / 4.0), 1..40)
    }

    proptest! {
        #[test]
        fn p_of_d_and_of_minus_d_make_one_and_the_point(d in differences()) {
            let minus: Vec<f64> = d.iter().map(|v| -v).collect();
            let (a, b) = (signed_rank(&d), signed_rank(&minus));
            let point = if a.n == 0 { 1.0 } else {
                let m: Vec<f64> = d.iter().filter(|v| **v != 0.0).map(|v| v.abs()).collect();
                subset_sums(&doubled_mid_ranks(&m))[(2.0 * a.w_plus) as usize]
            };
            prop_assert!((a.p_greater + b.p_greater - 1.0 - point).abs() < 1e-12);
            prop_assert!((a.p_less - b.p_greater).abs() < 1e-12);
        }

        #[test]
        fn more_failures_of_the_candidate_never_lower_the_sum(d in differences(), k in 1usize..5) {
            let before = signed_rank(&d).w_plus;
            let mut more = d;
            more.extend(std::iter::repeat_n(f64::INFINITY, k));
            prop_assert!(signed_rank(&more).w_plus >= before);
        }
    }
}
