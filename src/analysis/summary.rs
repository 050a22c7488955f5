//! Summing up the visits of one target in a scope, and the table of all series for an appendix.
//!
//! Quantiles of the pooled values on the metric's [`Scale`], turned back; interval of the median
//! over nights (`stats::month`). Of raw-scale metrics the interval is not kept above 0: it is
//! shown as it is.

use super::sample::Sample;
use super::scale::Scale;
use super::stats::month::{MonthSummary, month_summary};
use super::stats::quantile::{median, p75, type7};
use super::types::{Interval, Scope, Summary};
use super::visits::Visits;
use crate::model::{Metric, Profile, Region, Series, Target};

/// Nominal coverage and the share left at each side.
const LEVELS: [(f64, f64); 2] = [(0.95, 0.025), (0.80, 0.10)];

/// Summary of a target's visits in a scope.
#[must_use]
pub fn summary(visits: &Visits<'_>, target: &str, scope: &Scope) -> Summary {
    of_sample(&Sample::gather(visits, target, scope), scope.metric)
}

pub(crate) fn of_sample(sample: &Sample, metric: Metric) -> Summary {
    let scale = Scale::of(metric);
    let nights: Vec<Vec<f64>> = sample.nights.values().cloned().collect();
    let pooled: Vec<f64> = nights.iter().flatten().copied().collect();
    let month = month_summary(&nights, 0.5);
    let [interval95, interval80] = LEVELS.map(|level| interval(month, scale, level));
    Summary {
        counts: sample.counts,
        n: small(pooled.len()),
        nights: small(nights.len()),
        median: median(&pooled).map(|x| scale.undo(x)),
        p75: p75(&pooled).map(|x| scale.undo(x)),
        p95: type7(&pooled, 0.95).map(|x| scale.undo(x)),
        interval95,
        interval80,
    }
}

fn interval(
    month: Option<MonthSummary>,
    scale: Scale,
    (level, tail): (f64, f64),
) -> Option<Interval> {
    let month = month?;
    let (lower, upper) = month.interval(tail)?;
    Some(Interval {
        point: scale.undo(month.estimate),
        lower: scale.undo(lower),
        upper: scale.undo(upper),
        level,
    })
}

/// A count for a result; periods are far smaller than `u32::MAX`.
pub(crate) fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Every series of a metric with any visit but warm-ups, summed up: targets and their pages in the
/// order of the file, then regions and profiles in the order given.
#[must_use]
pub fn series_table(
    visits: &Visits<'_>,
    targets: &[Target],
    regions: &[Region],
    profiles: &[Profile],
    metric: Metric,
) -> Vec<(Series, Summary)> {
    let mut table = Vec::new();
    for (target, page) in targets.iter().flat_map(|t| t.pages.iter().map(move |p| (t, p))) {
        for (region, profile) in regions
            .iter()
            .flat_map(|r| profiles.iter().map(move |p| (r, p)))
        {
            let scope = Scope {
                page: page.kind.clone(),
                regions: vec![region.id.clone()],
                profile: profile.id.clone(),
                metric,
            };
            let figures = summary(visits, &target.id, &scope);
            if figures.counts.attempted > 0 {
                table.push((series(&target.id, scope), figures));
            }
        }
    }
    table
}

fn series(target: &str, scope: Scope) -> Series {
    Series {
        target: target.to_owned(),
        page: scope.page,
        region: scope.regions.concat(),
        profile: scope.profile,
        metric: scope.metric,
    }
}
