//! A quantile of many nights' values with an interval that takes the night as its unit.
//!
//! Values of one night share that night's weather, so the interval deletes whole nights (the
//! jackknife of Quenouille and Tukey over clusters) and widens by the autocorrelation of the
//! nights. Nothing is drawn at random. On scale ln(ms); exponentiate afterwards.

use super::autocorrelation::{Autocorrelation, FOR_INTERVALS, autocorrelation};
use super::distribution::t_quantile;
use super::quantile::{HarrellDavis, type7_sorted};
use super::sorted;

/// Least number of nights for an interval.
pub const INTERVAL_FROM: usize = 6;

/// The estimate, and what its interval is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MonthSummary {
    /// Harrell-Davis quantile of the pooled values.
    pub estimate: f64,
    /// Standard error and nights; absent under [`INTERVAL_FROM`] nights.
    pub spread: Option<Spread>,
}

/// Uncertainty over nights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Delete-one-night jackknife standard error.
    pub se: f64,
    /// Autocorrelation of the nightly medians.
    pub nightly: Autocorrelation,
    /// Nights with values.
    pub nights: usize,
}

impl MonthSummary {
    /// Interval with `tail` left at each side, by Student's t over nights.
    #[must_use]
    pub fn interval(&self, tail: f64) -> Option<(f64, f64)> {
        let s = self.spread?;
        let half = t_quantile(1.0 - tail, s.nights - 1) * s.se * s.nightly.factor.sqrt();
        Some((self.estimate - half, self.estimate + half))
    }
}

/// Quantile `p` of the values of nights in the order of time. `None` without values.
#[must_use]
pub fn month_summary(nights: &[Vec<f64>], p: f64) -> Option<MonthSummary> {
    let nights: Vec<Vec<f64>> = nights
        .iter()
        .filter(|n| !n.is_empty())
        .map(|n| sorted(n))
        .collect();
    let mut pooled: Vec<(f64, usize)> = nights
        .iter()
        .enumerate()
        .flat_map(|(night, values)| values.iter().map(move |v| (*v, night)))
        .collect();
    pooled.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut hd = HarrellDavis::new(p);
    let all: Vec<f64> = pooled.iter().map(|(v, _)| *v).collect();
    let estimate = hd.of_sorted(&all)?;
    if nights.len() < INTERVAL_FROM {
        return Some(MonthSummary {
            estimate,
            spread: None,
        });
    }
    let mut places: Vec<Vec<usize>> = nights.iter().map(|n| Vec::with_capacity(n.len())).collect();
    for (place, (_, night)) in pooled.iter().enumerate() {
        places[*night].push(place);
    }
    let without: Vec<f64> = places
        .iter()
        .map(|of_night| {
            hd.of_sorted_without(&all, of_night)
                .expect("five nights with values are left")
        })
        .collect();
    let spread = Spread {
        se: jackknife_se(&without),
        nightly: autocorrelation(&nightly_medians(&nights), FOR_INTERVALS),
        nights: nights.len(),
    };
    Some(MonthSummary {
        estimate,
        spread: Some(spread),
    })
}

fn jackknife_se(without: &[f64]) -> f64 {
    let n = without.len() as f64;
    let mean = without.iter().sum::<f64>() / n;
    let square: f64 = without.iter().map(|v| (v - mean).powi(2)).sum();
    ((n - 1.0) / n * square).sqrt()
}

/// Plain medians: they only show how nights follow one another.
fn nightly_medians(nights: &[Vec<f64>]) -> Vec<f64> {
    nights.iter().filter_map(|n| type7_sorted(n, 0.5)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::strategy::Strategy as _;

    #[test]
    fn five_nights_have_no_interval_and_empty_ones_do_not_count() {
        let mut nights = vec![vec![1.0, 2.0]; 5];
        nights.push(Vec::new());
        let got = month_summary(&nights, 0.5).unwrap();
        assert_eq!(got.spread, None);
        assert_eq!(got.interval(0.025), None);
        assert_eq!(month_summary(&[Vec::new()], 0.5), None);
    }

    /// The jackknife as it is defined: each night in turn taken out and the rest taken anew.
    fn se_by_definition(nights: &[Vec<f64>], p: f64) -> f64 {
        let without: Vec<f64> = (0..nights.len())
            .map(|out| {
                let kept = nights.iter().enumerate().filter(|(i, _)| *i != out);
                let rest: Vec<f64> = kept.flat_map(|(_, n)| n).copied().collect();
                HarrellDavis::new(p).of(&rest).unwrap()
            })
            .collect();
        jackknife_se(&without)
    }

    proptest::proptest! {
        #[test]
        fn the_jackknife_is_the_one_that_takes_each_night_out(
            // Few distinct values, so that nights share them, and nights of all sizes.
            nights in proptest::collection::vec(
                proptest::collection::vec((0i32..40).prop_map(|v| f64::from(v) / 8.0), 1..12),
                6..60,
            ),
            p in proptest::sample::select(vec![0.5, 0.75]),
        ) {
            let got = month_summary(&nights, p).unwrap().spread.unwrap().se;
            let wanted = se_by_definition(&nights, p);
            proptest::prop_assert!((got - wanted).abs() < 1e-12, "{got} {wanted}");
        }
    }

    #[test]
    fn the_order_of_values_within_a_night_does_not_matter() {
        let a: Vec<Vec<f64>> = (0..8).map(|n| vec![f64::from(n % 3), 7.0, 2.0]).collect();
        let b: Vec<Vec<f64>> = a
            .iter()
            .map(|n| n.iter().rev().copied().collect())
            .collect();
        assert_eq!(month_summary(&a, 0.5), month_summary(&b, 0.5));
    }
}
