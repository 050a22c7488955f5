//! Summing up the visits of one target in a scope, and the table of all series for an appendix.
//!
//! Quantiles of the pooled values on the metric's [`Scale`], turned back; interval of the median
//! over nights (`stats::month`). Of raw-scale metrics the interval is not kept above 0: it is
//! shown as it is.

use super::sample::Sample;
use super::scale::Scale;
use super::stats::month::{MonthSummary, month_summary};
use super::stats::quantile::{HD_P75_FROM, HarrellDavis, median_sorted, p75_sorted, type7_sorted};
use super::stats::sorted;
use super::types::{Interval, Scope, Summary};
use super::visits::Visits;
use crate::model::{Metric, Points, Profile, Region, Series, Target};

/// Nominal coverage and the share left at each side.
const LEVELS: [(f64, f64); 2] = [(0.95, 0.025), (0.80, 0.10)];

/// Summary of a target's visits in a scope.
#[must_use]
pub fn summary(visits: &Visits<'_>, target: &str, scope: &Scope) -> Summary {
    of_sample(&Sample::gather(visits, target, scope), scope.metric)
}

/// The same from columns of the scope's metric.
#[must_use]
pub fn summary_of_points(points: &Points, target: &str, scope: &Scope) -> Summary {
    of_sample(&Sample::of_points(points, target, scope), scope.metric)
}

pub(crate) fn of_sample(sample: &Sample, metric: Metric) -> Summary {
    let scale = Scale::of(metric);
    let nights: Vec<Vec<f64>> = sample.nights.values().cloned().collect();
    let pooled = sorted(&nights.concat());
    let month = month_summary(&nights, 0.5);
    let [interval95, interval80] = LEVELS.map(|level| interval(month, scale, level));
    Summary {
        counts: sample.counts,
        n: small(pooled.len()),
        nights: small(nights.len()),
        median: median_sorted(&pooled).map(|x| scale.undo(x)),
        p75: p75_sorted(&pooled).map(|x| scale.undo(x)),
        p95: type7_sorted(&pooled, 0.95).map(|x| scale.undo(x)),
        interval95,
        interval80,
    }
}

/// First quartile, median and third quartile of values, in the metric's unit: the estimates of
/// [`summary`], the first quartile by the rule of the third.
#[must_use]
pub fn quartiles(values: &[f64], metric: Metric) -> Option<[f64; 3]> {
    let scale = Scale::of(metric);
    let x: Vec<f64> = values.iter().map(|v| scale.apply(*v)).collect();
    let x = sorted(&x);
    let lower = HarrellDavis::new(0.25).from_n(HD_P75_FROM, &x)?;
    let all = [lower, median_sorted(&x)?, p75_sorted(&x)?];
    Some(all.map(|x| scale.undo(x)))
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
    for (target, page) in targets
        .iter()
        .flat_map(|t| t.pages.iter().map(move |p| (t, p)))
    {
        for (region, profile) in regions
            .iter()
            .flat_map(|r| profiles.iter().map(move |p| (r, p)))
        {
            let scope = Scope {
                page: page.kind.clone(),
                regions: vec![region.id.clone()],
                profile: profile.id.clone(),
                own_market: std::collections::BTreeMap::new(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Browser, Device, Network, Page, Role, Values, VisitRow, VisitState};
    use jiff::civil::date;

    fn row(page: &str, region: &str, round: u32, state: VisitState) -> VisitRow {
        let mut values = Values::default();
        values.set(Metric::Lcp, Some(1_000.0 + f64::from(round)));
        VisitRow {
            id: 0,
            run: 1,
            round,
            warm_up: round == 0,
            target: "own".to_owned(),
            page: page.to_owned(),
            region: region.to_owned(),
            profile: "phone".to_owned(),
            night: date(2026, 3, 1),
            started_at: None,
            duration_ms: None,
            state,
            reason: None,
            flags: Vec::new(),
            environment: None,
            values,
        }
    }

    fn target() -> Target {
        let page = |kind: &str| Page {
            kind: kind.to_owned(),
            url: "https://site.example/".parse().unwrap(),
            expect: None,
        };
        Target {
            id: "own".to_owned(),
            name: "Own".to_owned(),
            role: Role::Own,
            market: "AU".to_owned(),
            first_party: Vec::new(),
            robots_override: None,
            consent: Default::default(),
            pages: vec![page("product"), page("home")],
        }
    }

    fn region(id: &str) -> Region {
        Region {
            id: id.to_owned(),
            name: id.to_owned(),
            market: "AU".to_owned(),
            ..Region::default()
        }
    }

    #[test]
    fn every_series_that_was_attempted_is_listed_in_the_order_of_the_file() {
        let rows = [
            row("home", "sydney", 1, VisitState::Ok),
            row("home", "sydney", 2, VisitState::Ok),
            row("product", "perth", 1, VisitState::Blocked),
            // Warm-ups alone are no attempt.
            row("product", "sydney", 0, VisitState::Ok),
            // A page that the file no longer has.
            row("gone", "sydney", 1, VisitState::Ok),
        ];
        let phone = Profile {
            id: "phone".to_owned(),
            browser: Browser::Chrome,
            device: Device::Phone,
            network: Network::None,
        };
        let table = series_table(
            &Visits::new(&rows),
            &[target()],
            &[region("perth"), region("sydney")],
            &[phone],
            Metric::Lcp,
        );
        let lines: Vec<String> = table
            .iter()
            .map(|(s, f)| {
                let c = f.counts;
                format!(
                    "{} {} {}: {} of {}, {} blocked, {:?}",
                    s.target, s.page, s.region, c.valid, c.attempted, c.blocked, f.p95
                )
            })
            .collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert_eq!(lines[0], "own product perth: 0 of 1, 1 blocked, None");
        assert!(lines[1].starts_with("own home sydney: 2 of 2, 0 blocked, Some(1001.9"));
    }
}
