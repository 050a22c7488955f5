//! The Mann-Whitney rank-sum test with exact null, Cliff's delta, and the Hodges-Lehmann shift.
//!
//! Mann and Whitney 1947 for the recursion of the null distribution, here on probabilities so that
//! nothing is subtracted; Hollander, Wolfe and Chicken, section 4.3, for the shift and its interval.

use std::sync::{LazyLock, OnceLock};

use super::distribution::{normal_isf, normal_sf};
use super::doubled_mid_ranks;
use super::hodges_lehmann::{HodgesLehmann, nth};

/// Above this many values on either side the exact table gives way to the normal approximation.
pub const EXACT_UP_TO: usize = 60;

/// The statistic and its p-values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankSum {
    /// Pairs in which the new value is the larger, ties as a half.
    pub u: f64,
    /// Exact one-sided p that the new values tend to be larger. With ties `u` is rounded down,
    /// which is on the safe side.
    pub p_greater: f64,
    /// The same for smaller.
    pub p_less: f64,
    /// Two-sided: twice the smaller, at most 1.
    pub p_two: f64,
    /// Normal deviate of `u`, variance corrected for ties, without continuity correction.
    pub z: f64,
    /// `2U/(mn) - 1`: -1 to 1.
    pub cliffs_delta: f64,
}

/// New values against a base. `None` if either is empty.
#[must_use]
pub fn rank_sum(new: &[f64], base: &[f64]) -> Option<RankSum> {
    let (m, n) = (new.len(), base.len());
    if m == 0 || n == 0 {
        return None;
    }
    let both: Vec<f64> = new.iter().chain(base).copied().collect();
    let ranks = doubled_mid_ranks(&both);
    // Twice U, a whole number: the rank sum of the new values less its least.
    let u2 = ranks[..m].iter().sum::<usize>() - m * (m + 1);
    let z = deviate(u2, (m, n), &ranks);
    let (p_greater, p_less) = if m > EXACT_UP_TO || n > EXACT_UP_TO {
        (normal_sf(z), normal_sf(-z))
    } else {
        let null = null_distribution(m, n);
        let upper = |from: usize| null[from..].iter().rev().sum::<f64>().min(1.0);
        (upper(u2 / 2), upper((2 * m * n - u2) / 2))
    };
    Some(RankSum {
        u: u2 as f64 / 2.0,
        p_greater,
        p_less,
        p_two: (2.0 * p_greater.min(p_less)).min(1.0),
        z,
        cliffs_delta: u2 as f64 / (m * n) as f64 - 1.0,
    })
}

/// Normal deviate of U with the variance of the mid-ranks.
fn deviate(u2: usize, (m, n): (usize, usize), ranks: &[usize]) -> f64 {
    let (m, n) = (m as f64, n as f64);
    let all = m + n;
    let centre = (all + 1.0) / 2.0;
    let spread: f64 = ranks
        .iter()
        .map(|&r| (r as f64 / 2.0 - centre).powi(2))
        .sum();
    let variance = m * n * spread / (all * (all - 1.0));
    if variance > 0.0 {
        (u2 as f64 / 2.0 - m * n / 2.0) / variance.sqrt()
    } else {
        0.0
    }
}

/// Twice the part of U that one new value has against base values.
#[must_use]
pub(crate) fn doubled_u(x: f64, base: &[f64]) -> usize {
    base.iter()
        .map(|y| 2 * usize::from(x > *y) + usize::from(x == *y))
        .sum()
}

/// The smaller exact tail of a doubled U of `m` new values against `n`, as [`rank_sum`] has it,
/// from tables that are kept: a nightly scan asks for the same few sizes again and again. Both are
/// from 1 to [`EXACT_UP_TO`].
#[must_use]
pub(crate) fn smaller_tail(u2: usize, (m, n): (usize, usize)) -> f64 {
    let upper = &UPPER_TAILS[m * (EXACT_UP_TO + 1) + n];
    let upper = upper.get_or_init(|| {
        let mut tail = null_distribution(m, n);
        let mut above = 0.0;
        for p in tail.iter_mut().rev() {
            above += *p;
            *p = above;
        }
        tail
    });
    upper[u2 / 2].min(upper[(2 * m * n - u2) / 2]).min(1.0)
}

/// `P(U >= u)` by the sizes of both sides, made when first asked for.
static UPPER_TAILS: LazyLock<Vec<OnceLock<Vec<f64>>>> = LazyLock::new(|| {
    (0..(EXACT_UP_TO + 1) * (EXACT_UP_TO + 1))
        .map(|_| OnceLock::new())
        .collect()
});

/// Probability of each U of `m` against `n` values under no difference and without ties: the
/// largest of all values is a new one with probability `m/(m+n)` and then beats all `n`.
fn null_distribution(m: usize, n: usize) -> Vec<f64> {
    // table[j] is the distribution of i against j values, for the i of the round.
    let mut table: Vec<Vec<f64>> = vec![vec![1.0]; n + 1];
    for i in 1..=m {
        let mut next: Vec<Vec<f64>> = Vec::with_capacity(n + 1);
        next.push(vec![1.0]);
        for j in 1..=n {
            let new_is_largest = i as f64 / (i + j) as f64;
            let mut row = vec![0.0; i * j + 1];
            for (u, p) in table[j].iter().enumerate() {
                row[u + j] += new_is_largest * p;
            }
            for (u, p) in next[j - 1].iter().enumerate() {
                row[u] += (1.0 - new_is_largest) * p;
            }
            next.push(row);
        }
        table = next;
    }
    table.pop().expect("the table has n + 1 rows")
}

/// Hodges-Lehmann shift: the median of all differences, new minus base, with `tail` left at each
/// side of the interval. `None` if either is empty.
#[must_use]
pub fn shift(new: &[f64], base: &[f64], tail: f64) -> Option<HodgesLehmann> {
    let mut differences: Vec<f64> = new
        .iter()
        .flat_map(|x| base.iter().map(move |y| x - y))
        .collect();
    if differences.is_empty() {
        return None;
    }
    let count = differences.len();
    let k = interval_rank(new.len(), base.len(), tail);
    let mut at = |index| nth(&mut differences, index);
    Some(HodgesLehmann {
        estimate: f64::midpoint(at((count - 1) / 2), at(count / 2)),
        lower: at(k.max(1) - 1),
        upper: at(count - k.max(1)),
        k,
        attained: k > 0,
    })
}

/// Largest `k` with `P(U <= k - 1) <= tail`.
fn interval_rank(m: usize, n: usize, tail: f64) -> usize {
    if m > EXACT_UP_TO || n > EXACT_UP_TO {
        let (m, n) = (m as f64, n as f64);
        let sd = (m * n * (m + n + 1.0) / 12.0).sqrt();
        return (m * n / 2.0 - normal_isf(tail) * sd).max(0.0) as usize;
    }
    let mut below = 0.0;
    null_distribution(m, n)
        .iter()
        .take_while(|p| {
            below += **p;
            below <= tail
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_null_is_counted_by_hand() {
        // 2 against 2: the six orders give U = 0, 1, 2, 2, 3, 4.
        let null = null_distribution(2, 2);
        let expected = [1.0, 1.0, 2.0, 1.0, 1.0].map(|c| c / 6.0);
        assert_eq!(null.len(), expected.len());
        for (a, b) in null.iter().zip(expected) {
            assert!((a - b).abs() < 1e-15);
        }
    }

    #[test]
    fn ties_are_rounded_to_the_safe_side() {
        let got = rank_sum(&[1.0, 2.0], &[1.0, 0.0]).unwrap();
        assert_eq!(got.u, 3.5);
        // P(U >= 3) and P(U <= 4) of the null above.
        assert!((got.p_greater - 2.0 / 6.0).abs() < 1e-15);
        assert!((got.p_less - 1.0).abs() < 1e-15);
    }

    #[test]
    fn nothing_is_compared_with_nothing() {
        assert_eq!(rank_sum(&[], &[1.0]), None);
        assert_eq!(shift(&[1.0], &[], 0.025), None);
    }

    #[test]
    fn equal_values_do_not_divide_by_zero() {
        let got = rank_sum(&[1.0, 1.0], &[1.0, 1.0]).unwrap();
        assert_eq!((got.z, got.cliffs_delta), (0.0, 0.0));
    }
}
