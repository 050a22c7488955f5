//! Did the instrument move? The control page never changes; when its figures do, it is the browser,
//! the machine or the line.

use std::collections::BTreeMap;

use super::stats::{outlier, quantile};
use crate::model::{Metric, VisitRow};

/// Earlier runs that are looked at, the newest first.
const EARLIER: usize = 14;
/// Without as many nothing is said.
const LEAST: usize = 5;
/// Of an outlier so much is said at least: a small page moves by a few percent on its own.
const SHARE: f64 = 0.10;

/// A move of the control page in one region and profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// Region id.
    pub region: String,
    /// Profile id.
    pub profile: String,
    /// Median of the run, in the metric's unit.
    pub now: f64,
    /// Median of the runs before.
    pub usual: f64,
}

/// Where the control page of a run is not what it was in the runs before it with the same
/// environment. `rows` are its visits, of any runs and of one profile.
#[must_use]
pub fn moved(rows: &[VisitRow], run: i64, metric: Metric) -> Vec<Moved> {
    // Region and environment -> run -> values.
    type Runs = BTreeMap<i64, Vec<f64>>;
    let mut all: BTreeMap<(&str, Option<&str>), Runs> = BTreeMap::new();
    for row in rows {
        if let Some(value) = row.value(metric).filter(|v| *v > 0.0) {
            let place = (row.region.as_str(), row.environment.as_deref());
            let runs = all.entry(place).or_default();
            runs.entry(row.run).or_default().push(value);
        }
    }
    let profile = rows.first().map(|r| r.profile.clone()).unwrap_or_default();
    let mut found = Vec::new();
    for ((region, _), runs) in all {
        let Some(now) = runs.get(&run).and_then(|v| quantile::median(v)) else {
            continue;
        };
        let before = runs.range(..run).rev().take(EARLIER);
        let mut medians: Vec<f64> = before
            .filter_map(|(_, values)| quantile::median(values))
            .collect();
        if medians.len() < LEAST {
            continue;
        }
        let Some(usual) = quantile::median(&medians) else {
            continue;
        };
        medians.push(now);
        let stands_out = outlier::outliers(&medians).last() == Some(&true);
        if stands_out && (now / usual).ln().abs() > (1.0 + SHARE).ln() {
            found.push(Moved {
                region: region.to_owned(),
                profile: profile.clone(),
                now,
                usual,
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Values, VisitState};

    fn row(run: i64, load: f64, environment: &str) -> VisitRow {
        let mut values = Values::default();
        values.set(Metric::Load, Some(load));
        VisitRow {
            id: 0,
            run,
            round: 1,
            warm_up: false,
            target: "control".into(),
            page: "control".into(),
            region: "sydney".into(),
            profile: "phone".into(),
            night: jiff::civil::date(2026, 11, 1),
            started_at: None,
            duration_ms: None,
            state: VisitState::Ok,
            reason: None,
            flags: Vec::new(),
            environment: Some(environment.into()),
            values,
        }
    }

    fn nights(last: f64, environment: &str) -> Vec<VisitRow> {
        let steady = [200.0, 204.0, 198.0, 202.0, 199.0, 201.0];
        let before = steady.iter().zip(1..).map(|(ms, run)| row(run, *ms, "a"));
        before.chain([row(9, last, environment)]).collect()
    }

    #[test]
    fn a_control_page_that_stands_says_nothing_and_one_that_moves_is_named() {
        assert_eq!(moved(&nights(206.0, "a"), 9, Metric::Load), []);
        assert_eq!(
            moved(&nights(219.0, "a"), 9, Metric::Load),
            [],
            "under 10 %"
        );
        let found = moved(&nights(240.0, "a"), 9, Metric::Load);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].region, "sydney");
        assert!((found[0].usual - 200.5).abs() < 0.1, "{found:?}");
        assert_eq!(
            moved(&nights(170.0, "a"), 9, Metric::Load).len(),
            1,
            "faster too"
        );
    }

    #[test]
    fn another_environment_is_no_move_and_few_nights_are_none() {
        assert_eq!(moved(&nights(240.0, "b"), 9, Metric::Load), []);
        let few = nights(240.0, "a").split_off(2);
        assert_eq!(moved(&few, 9, Metric::Load), []);
    }
}
