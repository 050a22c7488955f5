//! What may be said of one sample against another.
//!
//! Within a period the pairs are nights (6 or more for an interval), within a single night rounds
//! and regions; both by the Hodges-Lehmann estimate with its signed-rank interval. Two periods
//! have no pairs: there the nights of one stand against those of the other. Which targets are
//! compared is decided elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::sample::{Sample, mean};
use super::scale::Scale;
use super::stats::autocorrelation::{FOR_INTERVALS, autocorrelation};
use super::stats::hodges_lehmann::{HodgesLehmann, hodges_lehmann};
use super::stats::month::INTERVAL_FROM;
use super::stats::quantile::type7;
use super::stats::rank_sum::shift;
use super::summary::small;
use super::types::{Comparison, Interval, Relation};
use crate::model::{Metric, Unit};

/// Share left at each side of a 95 % interval.
const TAIL: f64 = 0.025;
/// Least share that is worth the words "faster" and "slower".
const LEAST_SHARE: f64 = 0.05;
/// Least time that is, milliseconds.
const LEAST_MS: f64 = 100.0;

/// How the values of two targets in one period belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pairing {
    /// The period has several nights: a night is a pair.
    ByNight,
    /// The period is a single night: a round in a region is a pair.
    ByRound,
}

impl Pairing {
    /// The pairing of a period with so many nights.
    pub(crate) fn of(nights: usize) -> Pairing {
        if nights == 1 {
            Pairing::ByRound
        } else {
            Pairing::ByNight
        }
    }

    /// Paired differences, candidate minus baseline, on the metric's scale.
    pub(crate) fn differences(self, candidate: &Sample, baseline: &Sample) -> Vec<f64> {
        match self {
            Pairing::ByNight => candidate
                .nightly_differences(baseline)
                .into_values()
                .collect(),
            Pairing::ByRound => candidate.round_differences(baseline),
        }
    }
}

/// A sample with the median that is shown for it, in the metric's unit.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(crate) sample: &'a Sample,
    pub(crate) median: f64,
}

/// Candidate against baseline in the same period.
pub(crate) fn paired(
    candidate: Shown<'_>,
    baseline: Shown<'_>,
    pairing: Pairing,
    metric: Metric,
) -> Comparison {
    let d = pairing.differences(candidate.sample, baseline.sample);
    let (factor, least) = match pairing {
        Pairing::ByNight => (autocorrelation(&d, FOR_INTERVALS).factor, INTERVAL_FROM),
        Pairing::ByRound => (1.0, 1),
    };
    let estimate = hodges_lehmann(&d, TAIL).map(|h| HodgesLehmann {
        attained: h.attained && d.len() >= least,
        ..h.widened(factor)
    });
    judged(
        estimate,
        d.len(),
        (candidate.median, baseline.median),
        metric,
    )
}

/// Candidate against baseline in two periods that share no night. `pairs` of the result is the
/// smaller number of nights; both have to have 6 for an interval. The estimate is the median
/// difference of all nights of one to all of the other, its interval the exact one of the rank-sum
/// test, widened by the larger of the two autocorrelation factors.
pub(crate) fn unpaired(candidate: Shown<'_>, baseline: Shown<'_>, metric: Metric) -> Comparison {
    let (estimate, nights) = between_periods(candidate.sample.cells(), baseline.sample.cells());
    judged(
        estimate,
        nights,
        (candidate.median, baseline.median),
        metric,
    )
}

/// The gap between two targets (first less second) in one period against that in a period before,
/// in the metric's unit. A night is the mean over regions of the difference of both nightly medians;
/// the nights of one period stand against those of the other as in [`unpaired`], so what slowed both
/// sites in a night is in no gap. Worth a word from 100 ms and 5 % of our median before on.
pub(crate) fn gap_change(
    now: (Shown<'_>, Shown<'_>),
    before: (Shown<'_>, Shown<'_>),
    metric: Metric,
) -> Comparison {
    let scale = Scale::of(metric);
    let gaps = |(ours, theirs): (Shown<'_>, Shown<'_>)| -> Cells {
        let ours = ours.sample.cells().iter();
        ours.filter_map(|(cell, x)| {
            let y = theirs.sample.cells().get(cell)?;
            Some((*cell, scale.undo(*x) - scale.undo(*y)))
        })
        .collect()
    };
    let (estimate, nights) = between_periods(&gaps(now), &gaps(before));
    let gap = |(ours, theirs): (Shown<'_>, Shown<'_>)| ours.median - theirs.median;
    let difference = gap(now) - gap(before);
    let difference95 = estimate.filter(|h| h.attained).map(|h| interval(h, |x| x));
    Comparison {
        pairs: small(nights),
        difference,
        relative: None,
        relative95: None,
        difference95,
        relation: relation(difference, difference95, before.0.median, metric),
    }
}

/// The shift of a target's nights from one side to the other (new, then old) as a comparison, in the
/// unit of a median that is known for the old side. The difference is the estimate itself. `None`
/// where a side has no nights.
pub(crate) fn judged_shift(
    (new, old): (&Cells, &Cells),
    baseline: f64,
    metric: Metric,
) -> Option<Comparison> {
    let (estimate, nights) = between_periods(new, old);
    let estimate = estimate?;
    let difference = match Scale::of(metric) {
        Scale::Log => estimate.estimate.exp_m1() * baseline,
        Scale::Raw => estimate.estimate,
    };
    let shown = (baseline + difference, baseline);
    Some(judged(Some(estimate), nights, shown, metric))
}

/// A value of each night and region.
pub(crate) type Cells = BTreeMap<(Date, usize), f64>;

/// The shift between two periods that share no night, and the smaller number of their nights.
fn between_periods(new: &Cells, old: &Cells) -> (Option<HodgesLehmann>, usize) {
    let (new, old) = levels(new, old);
    let factor = [&new, &old]
        .map(|x| autocorrelation(x, FOR_INTERVALS).factor)
        .into_iter()
        .fold(1.0, f64::max);
    let nights = new.len().min(old.len());
    let estimate = shift(&new, &old, TAIL).map(|s| HodgesLehmann {
        attained: s.attained && nights >= INTERVAL_FROM,
        ..s.widened(factor)
    });
    (estimate, nights)
}

/// Nightly values of both in the order of nights, over the regions that both have. Each region is
/// taken relative to its own median over both periods first, so that a night without a far region
/// does not look fast.
fn levels(candidate: &Cells, baseline: &Cells) -> (Vec<f64>, Vec<f64>) {
    let regions = |cells: &Cells| -> BTreeSet<usize> { cells.keys().map(|(_, r)| *r).collect() };
    let both = regions(candidate);
    let shared: BTreeSet<usize> = both.intersection(&regions(baseline)).copied().collect();
    let centre: BTreeMap<usize, f64> = shared
        .into_iter()
        .filter_map(|region| {
            let of_region = |cells: &Cells| -> Vec<f64> {
                cells
                    .iter()
                    .filter(|((_, r), _)| *r == region)
                    .map(|(_, x)| *x)
                    .collect()
            };
            let (new, old) = (of_region(candidate), of_region(baseline));
            // Mean of the two medians: both periods weigh the same, however many nights they have.
            let middle = f64::midpoint(type7(&new, 0.5)?, type7(&old, 0.5)?);
            Some((region, middle))
        })
        .collect();
    let nightly = |cells: &Cells| -> Vec<f64> {
        let mut nights: BTreeMap<Date, Vec<f64>> = BTreeMap::new();
        for ((night, region), x) in cells {
            if let Some(c) = centre.get(region) {
                nights.entry(*night).or_default().push(x - c);
            }
        }
        nights.values().map(|x| mean(x)).collect()
    };
    (nightly(candidate), nightly(baseline))
}

/// From an estimate on the metric's scale to what may be said; an interval that was not attained
/// is no interval.
fn judged(
    estimate: Option<HodgesLehmann>,
    pairs: usize,
    (candidate, baseline): (f64, f64),
    metric: Metric,
) -> Comparison {
    let difference = candidate - baseline;
    let (relative, relative95, difference95) = match Scale::of(metric) {
        Scale::Log => {
            let share = estimate.map(|h| interval(h, f64::exp_m1));
            let whole = estimate.map(|h| interval(h, |x| x.exp_m1() * baseline));
            (share.map(|i| i.point), share, whole)
        }
        Scale::Raw => (None, None, estimate.map(|h| interval(h, |x| x))),
    };
    let attained = estimate.is_some_and(|h| h.attained);
    let difference95 = difference95.filter(|_| attained);
    Comparison {
        pairs: small(pairs),
        difference,
        relative,
        relative95: relative95.filter(|_| attained),
        difference95,
        relation: relation(difference, difference95, baseline, metric),
    }
}

fn interval(h: HodgesLehmann, to_unit: impl Fn(f64) -> f64) -> Interval {
    Interval {
        point: to_unit(h.estimate),
        lower: to_unit(h.lower),
        upper: to_unit(h.upper),
        level: 0.95,
    }
}

/// "Faster" and "slower" need an interval that excludes zero, and a size worth the word: of the
/// paired estimate and of the difference of medians that is printed beside it, so that no sentence
/// contradicts its own figures.
fn relation(
    difference: f64,
    difference95: Option<Interval>,
    baseline: f64,
    metric: Metric,
) -> Relation {
    let Some(interval) = difference95 else {
        return Relation::CannotTell;
    };
    let least = match metric.unit() {
        Unit::Milliseconds => LEAST_MS.max(LEAST_SHARE * baseline),
        Unit::Bytes | Unit::Count | Unit::Score => LEAST_SHARE * baseline,
    };
    let worth = |x: f64| x.abs() >= least && x != 0.0;
    let agree = difference.signum() == interval.point.signum();
    if !(interval.excludes_zero() && agree && worth(interval.point) && worth(difference)) {
        Relation::Level
    } else if interval.point < 0.0 {
        Relation::Faster
    } else {
        Relation::Slower
    }
}
