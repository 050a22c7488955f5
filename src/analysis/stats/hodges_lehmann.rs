//! The Hodges-Lehmann estimate of a centre with the interval that inverts the signed-rank test.
//!
//! Hodges and Lehmann 1963; the interval is Tukey's (Hollander, Wolfe and Chicken,
//! *Nonparametric Statistical Methods*, 3rd ed., section 3.4), with the table without ties.
//! Failures may come as infinite differences.

use super::distribution::normal_isf;
use super::signed_rank::{EXACT_UP_TO, subset_sums};
use super::sorted;

/// Estimate and interval, of one sample here or of a shift in `rank_sum`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HodgesLehmann {
    /// Median of the Walsh averages (of one sample) or of all differences (of two); infinite where failures are too many to time.
    pub estimate: f64,
    /// Lower bound.
    pub lower: f64,
    /// Upper bound.
    pub upper: f64,
    /// Order statistic of these that bounds the interval, from 1; 0 if not attained.
    pub k: usize,
    /// Whether so few values can give the level at all. If not, the bounds are the extremes.
    pub attained: bool,
}

impl HodgesLehmann {
    /// The interval with each arm `sqrt(factor)` times as long: for values that follow one another
    /// in time and resemble their neighbours (see `autocorrelation`).
    #[must_use]
    pub fn widened(self, factor: f64) -> Self {
        let stretch = factor.sqrt();
        HodgesLehmann {
            lower: self.estimate - (self.estimate - self.lower) * stretch,
            upper: self.estimate + (self.upper - self.estimate) * stretch,
            ..self
        }
    }

    /// The estimate, unless failures are so many that it is not a number of time.
    #[must_use]
    pub fn finite_estimate(&self) -> Option<f64> {
        Some(self.estimate).filter(|h| h.is_finite())
    }
}

/// Estimate and two-sided interval with `tail` left at each side (0.025 for 95 %). `None` without
/// differences. Zeros count.
#[must_use]
pub fn hodges_lehmann(d: &[f64], tail: f64) -> Option<HodgesLehmann> {
    if d.is_empty() {
        return None;
    }
    let mut walsh = Walsh::of(d);
    let k = interval_rank(d.len(), tail);
    let (first, last) = (k.max(1) - 1, walsh.len() - k.max(1));
    Some(HodgesLehmann {
        estimate: walsh.middle(),
        lower: walsh.nth(first),
        upper: walsh.nth(last),
        k,
        attained: k > 0,
    })
}

/// The estimate alone.
#[must_use]
pub fn centre(d: &[f64]) -> Option<f64> {
    (!d.is_empty()).then(|| Walsh::of(d).middle())
}

/// From so many values on the averages are not all written down.
const LISTED_UP_TO: usize = 60;
/// Times that a bracket is halved at most: then it holds two neighbouring numbers.
const HALVINGS: usize = 2_100;

/// The averages of all pairs, each value with itself too.
enum Walsh {
    /// All of them, in no order.
    Listed(Vec<f64>),
    /// The values in ascending order, of which averages are taken as they are needed.
    Sorted(Vec<f64>),
}

impl Walsh {
    /// A year of nights has 66,795 averages a pair of sites, of which a few are asked for.
    /// Infinite values are listed: opposite ones balance to 0, which is in no order.
    fn of(d: &[f64]) -> Self {
        if d.len() <= LISTED_UP_TO || d.iter().any(|v| !v.is_finite()) {
            Walsh::Listed(walsh_averages(d))
        } else {
            Walsh::Sorted(sorted(d))
        }
    }

    fn len(&self) -> usize {
        match self {
            Walsh::Listed(all) => all.len(),
            Walsh::Sorted(d) => d.len() * (d.len() + 1) / 2,
        }
    }

    /// The average that would stand at `index` if all were sorted.
    fn nth(&mut self, index: usize) -> f64 {
        match self {
            Walsh::Listed(all) => nth(all, index),
            Walsh::Sorted(d) => nth_average(d, index),
        }
    }

    /// Median.
    fn middle(&mut self) -> f64 {
        let n = self.len();
        mean_of_two(self.nth((n - 1) / 2), self.nth(n / 2))
    }
}

/// The average at `index` among those of ascending finite values: a bracket is halved until few
/// averages lie in it, and these are listed. Averages rise with either value, rounded ones too, so
/// counting them takes one walk along a staircase (Monahan 1984 counts in this way).
fn nth_average(d: &[f64], index: usize) -> f64 {
    // At most `index` averages are under `low`, more than that are not above `high`.
    let (mut low, mut high) = (d[0], d[d.len() - 1]);
    let (mut below, mut upto) = (0, d.len() * (d.len() + 1) / 2);
    for _ in 0..HALVINGS {
        let half = f64::midpoint(low, high);
        if upto - below <= 4 * d.len() || half <= low || half >= high {
            break;
        }
        let under = count(d, |average| average < half);
        if under <= index {
            (low, below) = (half, under);
        } else {
            (high, upto) = (half, count(d, |average| average <= half));
        }
    }
    let mut inside: Vec<f64> = Vec::with_capacity(upto - below);
    let (mut from, mut to) = (d.len(), d.len());
    for (i, a) in d.iter().enumerate() {
        // The larger `a`, the earlier its averages reach the bracket.
        while from > 0 && mean_of_two(*a, d[from - 1]) >= low {
            from -= 1;
        }
        while to > 0 && mean_of_two(*a, d[to - 1]) > high {
            to -= 1;
        }
        let partners = d.get(from.max(i)..to).unwrap_or_default();
        inside.extend(partners.iter().map(|b| mean_of_two(*a, *b)));
    }
    nth(&mut inside, index - below)
}

/// How many averages of ascending values are small in a sense that holds for all smaller ones too.
fn count(d: &[f64], small: impl Fn(f64) -> bool) -> usize {
    let mut to = d.len();
    let mut counted = 0;
    for (i, a) in d.iter().enumerate() {
        while to > 0 && !small(mean_of_two(*a, d[to - 1])) {
            to -= 1;
        }
        counted += to.saturating_sub(i);
    }
    counted
}

/// Averages of all pairs, each value with itself too, in no order.
fn walsh_averages(d: &[f64]) -> Vec<f64> {
    let mut walsh = Vec::with_capacity(d.len() * (d.len() + 1) / 2);
    for (i, a) in d.iter().enumerate() {
        walsh.extend(d[i..].iter().map(|b| mean_of_two(*a, *b)));
    }
    walsh
}

/// The value that would stand at `index` if `x` were sorted: a year of nights has 66,795 averages
/// a pair of sites, and three of them are asked for.
pub(super) fn nth(x: &mut [f64], index: usize) -> f64 {
    *x.select_nth_unstable_by(index, f64::total_cmp).1
}

/// Mean of two values; opposite infinities (each side failed once) balance to 0.
fn mean_of_two(a: f64, b: f64) -> f64 {
    let mean = f64::midpoint(a, b);
    if mean.is_nan() { 0.0 } else { mean }
}

/// Largest `k` with `P(W+ <= k - 1) <= tail` for `n` values without ties.
fn interval_rank(n: usize, tail: f64) -> usize {
    if n > EXACT_UP_TO {
        let (n, pairs) = (n as f64, (n * (n + 1) / 2) as f64);
        let sd = (n * (n + 1.0) * (2.0 * n + 1.0) / 24.0).sqrt();
        return (pairs / 2.0 - normal_isf(tail) * sd).max(0.0) as usize;
    }
    let density = subset_sums(&(1..=n).collect::<Vec<_>>());
    let mut below = 0.0;
    density
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
    use proptest::strategy::Strategy as _;

    #[test]
    fn five_values_cannot_give_95_percent_and_six_can() {
        let five = hodges_lehmann(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.025).unwrap();
        assert!(!five.attained);
        assert_eq!((five.lower, five.upper), (1.0, 5.0));
        let six = hodges_lehmann(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 0.025).unwrap();
        assert!(six.attained);
        assert_eq!((six.k, six.lower, six.upper), (1, 1.0, 6.0));
    }

    proptest::proptest! {
        #[test]
        fn an_average_found_by_counting_is_the_one_in_the_sorted_list(
            // Ties, far values and plain ones; sizes on both sides of where the way changes.
            d in proptest::collection::vec(
                proptest::prop_oneof![
                    (-9i32..9).prop_map(|v| f64::from(v) / 8.0),
                    -1.0..1.0f64,
                    -1e9..1e9f64,
                ],
                1..150,
            ),
            share in 0.0..1.0f64,
        ) {
            let mut all = walsh_averages(&d);
            all.sort_by(f64::total_cmp);
            let ascending = sorted(&d);
            let any = (share * all.len() as f64) as usize;
            for index in [0, any, all.len() / 2, all.len() - 1] {
                proptest::prop_assert_eq!(nth_average(&ascending, index), all[index]);
            }
        }
    }

    #[test]
    fn nothing_has_no_centre() {
        assert_eq!(hodges_lehmann(&[], 0.025), None);
        assert_eq!(centre(&[]), None);
    }

    #[test]
    fn each_arm_is_stretched_by_itself() {
        let h = hodges_lehmann(&[1.0, 2.0, 3.0, 4.0, 5.0, 12.0], 0.025).unwrap();
        let w = h.widened(4.0);
        assert!((w.estimate - w.lower - 2.0 * (h.estimate - h.lower)).abs() < 1e-12);
        assert!((w.upper - w.estimate - 2.0 * (h.upper - h.estimate)).abs() < 1e-12);
    }

    #[test]
    fn the_approximate_rank_meets_the_exact_one_where_it_takes_over() {
        let exact = interval_rank(EXACT_UP_TO, 0.025);
        let next = interval_rank(EXACT_UP_TO + 1, 0.025);
        // One more value moves the exact rank by about a quarter of n plus a little.
        assert!(next > exact && next - exact < 60, "{exact} {next}");
    }
}
