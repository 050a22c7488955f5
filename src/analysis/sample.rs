//! The values of one target in one scope, in the forms that summaries and comparisons need: all of
//! them, by night and region, and by round and region.
//!
//! Blocked, failed and missed visits are counted and give no value. All values are on the
//! metric's [`Scale`].

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::scale::Scale;
use super::stats::quantile::{HD_MEDIAN_FROM, HarrellDavis};
use super::types::{Counts, Scope};
use super::visits::Visits;
use crate::model::{Point, PointPlace, Points};

/// Values of one target in a scope.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    /// What became of the visits.
    pub(crate) counts: Counts,
    /// All values of each night, nights in order.
    pub(crate) nights: BTreeMap<Date, Vec<f64>>,
    /// Median of each night and region; regions by their place in the scope.
    cells: BTreeMap<(Date, usize), f64>,
    /// Median of each run, round and region (one value, unless a round was made twice).
    rounds: BTreeMap<(i64, u32, usize), f64>,
}

impl Sample {
    /// Gathers the values of a target.
    pub(crate) fn gather(visits: &Visits<'_>, target: &str, scope: &Scope) -> Sample {
        let scale = Scale::of(scope.metric);
        let mut nights: BTreeMap<Date, Vec<f64>> = BTreeMap::new();
        let mut by_cell: BTreeMap<(Date, usize), Vec<f64>> = BTreeMap::new();
        let mut by_round: BTreeMap<(i64, u32, usize), Vec<f64>> = BTreeMap::new();
        for (region, rows) in visits.of(target, scope).enumerate() {
            let region = scope.pair_key(region);
            for row in rows {
                let Some(value) = row.value(scope.metric) else {
                    continue;
                };
                let x = scale.apply(value);
                nights.entry(row.night).or_default().push(x);
                by_cell.entry((row.night, region)).or_default().push(x);
                by_round
                    .entry((row.run, row.round, region))
                    .or_default()
                    .push(x);
            }
        }
        Sample {
            counts: visits.counts(target, scope),
            nights,
            cells: medians(by_cell),
            rounds: medians(by_round),
        }
    }

    /// Gathers the values of a target from columns. Empty unless these are of the scope's metric.
    pub(crate) fn of_points(points: &Points, target: &str, scope: &Scope) -> Sample {
        let scale = Scale::of(scope.metric);
        let mut counts = Counts::default();
        let mut nights: BTreeMap<Date, Vec<f64>> = BTreeMap::new();
        let mut cells: BTreeMap<(Date, usize), f64> = BTreeMap::new();
        let mut by_round: BTreeMap<(i64, u32, usize), Vec<f64>> = BTreeMap::new();
        let mut hd = HarrellDavis::new(0.5);
        let columns = columns(points, target, scope);
        for (region, column) in columns.iter().enumerate() {
            for of_night in column.chunk_by(|a, b| a.night == b.night) {
                let night = of_night[0].night;
                let mut x: Vec<f64> = Vec::with_capacity(of_night.len());
                for point in of_night {
                    counts.add(point.state);
                    x.extend(point.value.map(|v| scale.apply(v)));
                }
                if x.is_empty() {
                    continue;
                }
                nights.entry(night).or_default().extend(&x);
                x.sort_by(f64::total_cmp);
                cells.extend(hd.from_n(HD_MEDIAN_FROM, &x).map(|m| ((night, region), m)));
            }
        }
        if !scope.own_market.is_empty() {
            cells = pooled(&nights, &mut hd);
        }
        // Rounds are pairs in a period of one night only, and then this is that night.
        if nights.len() == 1 {
            for (region, column) in columns.iter().enumerate() {
                for point in *column {
                    let key = (point.run, point.round, scope.pair_key(region));
                    if let Some(v) = point.value {
                        by_round.entry(key).or_default().push(scale.apply(v));
                    }
                }
            }
        }
        Sample {
            counts,
            nights,
            cells,
            rounds: medians(by_round),
        }
    }

    /// Nightly differences to another sample (self minus other): of each night that both have,
    /// the mean over the regions that both have that night.
    pub(crate) fn nightly_differences(&self, other: &Sample) -> BTreeMap<Date, f64> {
        let mut differences: Vec<(Date, f64)> = Vec::with_capacity(self.cells.len());
        // Both are in order, so one walk finds what they share.
        let mut others = other.cells.iter().peekable();
        for (cell, x) in &self.cells {
            while others.next_if(|(at, _)| *at < cell).is_some() {}
            if let Some((_, y)) = others.next_if(|(at, _)| *at == cell) {
                differences.push((cell.0, x - y));
            }
        }
        let of_night = |part: &[(Date, f64)]| {
            let d: Vec<f64> = part.iter().map(|(_, d)| *d).collect();
            (part[0].0, mean(&d))
        };
        let nights = differences.chunk_by(|a, b| a.0 == b.0);
        nights.map(of_night).collect()
    }

    /// Differences to another sample (self minus other) of each run, round and region that both
    /// have, in the order of time.
    pub(crate) fn round_differences(&self, other: &Sample) -> Vec<f64> {
        self.rounds
            .iter()
            .filter_map(|(key, x)| other.rounds.get(key).map(|y| x - y))
            .collect()
    }

    /// Night and region of each nightly median.
    pub(crate) fn cells(&self) -> &BTreeMap<(Date, usize), f64> {
        &self.cells
    }

    /// The part of it that lies on some nights.
    pub(crate) fn only(&self, keep: impl Fn(&Date) -> bool) -> Sample {
        Sample {
            counts: self.counts,
            nights: filtered(&self.nights, &keep),
            cells: filtered(&self.cells, |(night, _)| keep(night)),
            rounds: BTreeMap::new(),
        }
    }
}

/// The median of each night over all regions as one.
fn pooled(
    nights: &BTreeMap<Date, Vec<f64>>,
    hd: &mut HarrellDavis,
) -> BTreeMap<(Date, usize), f64> {
    let of_night = |(night, x): (&Date, &Vec<f64>)| {
        let mut x = x.clone();
        x.sort_by(f64::total_cmp);
        Some(((*night, 0), hd.from_n(HD_MEDIAN_FROM, &x)?))
    };
    nights.iter().filter_map(of_night).collect()
}

/// The visits of each region of a scope; none where the columns are of another metric.
fn columns<'p>(points: &'p Points, target: &str, scope: &Scope) -> Vec<&'p [Point]> {
    let regions = scope.regions_of(target).iter();
    regions
        .filter(|_| points.metric == scope.metric)
        .map(|region| {
            points.at(&PointPlace {
                target: target.to_owned(),
                page: scope.page.clone(),
                region: region.clone(),
                profile: scope.profile.clone(),
            })
        })
        .collect()
}

fn filtered<K: Ord + Clone, V: Clone>(
    map: &BTreeMap<K, V>,
    keep: impl Fn(&K) -> bool,
) -> BTreeMap<K, V> {
    map.iter()
        .filter(|(k, _)| keep(k))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect()
}

fn medians<K: Ord>(groups: BTreeMap<K, Vec<f64>>) -> BTreeMap<K, f64> {
    let mut hd = HarrellDavis::new(0.5);
    groups
        .into_iter()
        .filter_map(|(key, mut x)| {
            x.sort_by(f64::total_cmp);
            Some((key, hd.from_n(HD_MEDIAN_FROM, &x)?))
        })
        .collect()
}

pub(crate) fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}
