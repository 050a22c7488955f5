//! What a plan costs: minutes for us, page views and bytes for each rival, a night and a year.
//!
//! The minutes come from trying the plan out against the runner's own rules with the durations
//! that are known; where nothing was measured yet, stated assumptions stand in.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Gate, Plan};
use crate::config::Config;
use crate::model::{DriverEndpoint, PlannedVisit, Role};

/// Until a page was measured: what a visit takes besides its quiet window.
pub const ASSUMED_VISIT: Duration = Duration::from_secs(5);
/// Until a page was measured: bytes of a page view, about the median page of the web (HTTP
/// Archive, State of the Web 2024: 2.6 MB).
pub const ASSUMED_BYTES: f64 = 2_600_000.0;

/// What earlier runs measured of a target's page.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Known {
    /// Median duration of a whole visit.
    pub visit: Option<Duration>,
    /// Median bytes of a page view.
    pub bytes: Option<f64>,
    /// Distance to its host, where it is another than the file's.
    pub distance: Option<Duration>,
    /// Whether manners forbid it.
    pub refused: bool,
}

/// What one rival bears.
#[derive(Debug, Clone, PartialEq)]
pub struct RivalCost {
    /// Target id.
    pub target: String,
    /// Page views a night.
    pub views: u32,
    /// Bytes a night.
    pub bytes: f64,
    /// Whether the bytes rest on an assumption.
    pub assumed: bool,
}

/// What a plan costs.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Visits, warm-up included.
    pub visits: u32,
    /// Start to end.
    pub duration: Duration,
    /// Whether the duration rests on an assumption.
    pub assumed: bool,
    /// Each rival, in the order of the file.
    pub rivals: Vec<RivalCost>,
}

/// Tries a plan out. `known` says what earlier runs measured of (target, page kind).
#[must_use]
pub fn estimate(plan: &Plan, config: &Config, known: &dyn Fn(&str, &str) -> Known) -> Estimate {
    let assumed = plan
        .visits
        .iter()
        .any(|v| known(&v.target, &v.page).visit.is_none());
    Estimate {
        visits: u32::try_from(plan.visits.len()).unwrap_or(u32::MAX),
        duration: try_out(plan, config, known),
        assumed,
        rivals: rivals(plan, config, known),
    }
}

fn rivals(plan: &Plan, config: &Config, known: &dyn Fn(&str, &str) -> Known) -> Vec<RivalCost> {
    let of = |id: &str| {
        let mut cost = RivalCost {
            target: id.to_owned(),
            views: 0,
            bytes: 0.0,
            assumed: false,
        };
        let made = |v: &&PlannedVisit| v.target == id && !known(id, &v.page).refused;
        for visit in plan.visits.iter().filter(made) {
            let bytes = known(id, &visit.page).bytes;
            cost.views += 1;
            cost.bytes += bytes.unwrap_or(ASSUMED_BYTES);
            cost.assumed |= bytes.is_none();
        }
        cost
    };
    config
        .targets
        .iter()
        .filter(|t| t.role == Role::Rival)
        .map(|t| of(&t.id))
        .collect()
}

/// One worker of the try-out: a region and what it still has to do.
struct Lane<'a> {
    local: bool,
    left: Vec<&'a PlannedVisit>,
    free_at: Duration,
}

/// The end of the last visit. Local regions share one machine and go one at a time.
fn try_out(plan: &Plan, config: &Config, known: &dyn Fn(&str, &str) -> Known) -> Duration {
    let takes = |v: &PlannedVisit| {
        known(&v.target, &v.page)
            .visit
            .unwrap_or(ASSUMED_VISIT + config.measure.quiet)
    };
    let mut gate = Gate::default();
    let distances = distances(config);
    let mut machine = Duration::ZERO;
    let mut lanes: Vec<Lane<'_>> = config
        .regions
        .iter()
        .map(|r| Lane {
            local: r.driver == DriverEndpoint::Local,
            left: plan
                .visits
                .iter()
                .filter(|v| v.region == r.id && !known(&v.target, &v.page).refused)
                .collect(),
            free_at: Duration::ZERO,
        })
        .collect();
    // Whoever can start first goes first; a visit is finished in one step, so hosts are never
    // seen busy here and their end stands in for it.
    while let Some((lane, index, start)) = next_start(&lanes, &gate, machine) {
        let visit = lanes[lane].left.remove(index);
        let end = start + takes(visit);
        let distance = distances.get(visit.target.as_str()).map(|&file| {
            let grown = known(&visit.target, &visit.page).distance;
            grown.unwrap_or(file)
        });
        let apart = distance.unwrap_or_default().max(end - start);
        gate.give_back(visit.host(), start, apart);
        lanes[lane].free_at = end;
        if lanes[lane].local {
            machine = end;
        }
    }
    lanes.iter().map(|l| l.free_at).max().unwrap_or_default()
}

fn next_start(
    lanes: &[Lane<'_>],
    gate: &Gate,
    machine: Duration,
) -> Option<(usize, usize, Duration)> {
    lanes
        .iter()
        .enumerate()
        .filter_map(|(lane, l)| {
            let round = l.left.first()?.round;
            let hosts = l
                .left
                .iter()
                .take_while(|v| v.round == round)
                .map(|v| v.host());
            let (index, at) = gate.soonest(hosts)?;
            let ready = if l.local {
                l.free_at.max(machine)
            } else {
                l.free_at
            };
            Some((lane, index, at.max(ready)))
        })
        .min_by_key(|&(lane, _, start)| (start, lane))
}

fn distances(config: &Config) -> BTreeMap<&str, Duration> {
    config
        .targets
        .iter()
        .filter(|t| t.role == Role::Rival)
        .map(|t| (t.id.as_str(), config.manners.distance))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{make, tests::config};

    #[test]
    fn distance_to_rivals_decides_how_long_a_polite_night_is() {
        let config = config();
        let plan = make(&config, 1);
        let e = estimate(&plan, &config, &|_, _| Known::default());
        assert_eq!(e.visits, 36);
        assert!(e.assumed);
        // Each rival is loaded 12 times, 60 s apart: the last start is 11 minutes after the first.
        let minutes = e.duration.as_secs_f64() / 60.0;
        assert!((11.0..14.0).contains(&minutes), "{minutes}");
        assert_eq!(e.rivals.len(), 2);
        assert_eq!((e.rivals[0].views, e.rivals[0].assumed), (12, true));
    }

    #[test]
    fn without_distance_one_machine_does_one_visit_after_the_other() {
        let mut config = config();
        config.manners.distance = Duration::ZERO;
        config.regions.truncate(1);
        let plan = make(&config, 1);
        let known = |_: &str, _: &str| Known {
            visit: Some(Duration::from_secs(3)),
            bytes: Some(500_000.0),
            ..Known::default()
        };
        let e = estimate(&plan, &config, &known);
        assert_eq!(e.duration, Duration::from_secs(3 * 18));
        assert!(!e.assumed);
        assert!((e.rivals[0].bytes - 6.0 * 500_000.0).abs() < 1e-6);
    }

    #[test]
    fn what_manners_forbid_costs_nothing_and_a_grown_distance_takes_longer() {
        let config = config();
        let plan = make(&config, 1);
        let plain = estimate(&plan, &config, &|_, _| Known::default());
        let e = estimate(&plan, &config, &|target, _| Known {
            refused: target == "far",
            distance: Some(Duration::from_secs(600)),
            ..Known::default()
        });
        assert_eq!((e.rivals[0].views, e.rivals[1].views), (12, 0));
        assert!(e.duration > plain.duration * 8);
    }
}
