//! Evidence that is kept for ever, since a report, an alert or a failed release points at it.

use std::path::Path;

use crate::analysis::stats::quantile::type7;
use crate::model::{Metric, VisitRow};
use crate::store::{OpenMode, Store};

use super::clock;

/// The measured visit nearest the median of a metric, the oldest of equals.
#[must_use]
pub fn typical(rows: &[&VisitRow], metric: Metric) -> Option<i64> {
    let values: Vec<f64> = rows.iter().filter_map(|r| r.value(metric)).collect();
    let centre = type7(&values, 0.5)?;
    let distance = |r: &&VisitRow| Some(((r.value(metric)? - centre).abs(), r.id));
    let nearest = rows.iter().filter_map(distance);
    nearest
        .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))
        .map(|(_, id)| id)
}

/// Keeps the evidence of visits. What points at them is made already, so a database that cannot be
/// written to is said and nothing more.
pub fn keep(database: &Path, visits: &[i64], why: &str) {
    if visits.is_empty() {
        return;
    }
    let kept = Store::open(database, OpenMode::ReadWrite)
        .and_then(|mut store| store.pin_evidence(visits, why, clock::now()));
    if let Err(error) = kept {
        tracing::warn!(%error, why, "evidence could not be pinned and goes with its time");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Values, VisitState};

    fn row(id: i64, lcp: Option<f64>) -> VisitRow {
        let mut values = Values::default();
        values.set(Metric::Lcp, lcp);
        VisitRow {
            id,
            run: 1,
            round: 1,
            warm_up: false,
            target: "own".to_owned(),
            page: "home".to_owned(),
            region: "here".to_owned(),
            profile: "phone".to_owned(),
            night: jiff::civil::date(2026, 11, 1),
            started_at: None,
            duration_ms: None,
            state: if lcp.is_some() {
                VisitState::Ok
            } else {
                VisitState::Failed
            },
            reason: None,
            flags: Vec::new(),
            environment: None,
            values,
        }
    }

    #[test]
    fn the_typical_visit_is_a_measured_one_in_the_middle() {
        let rows = [
            row(1, Some(900.0)),
            row(2, None),
            row(3, Some(1_000.0)),
            row(4, Some(4_000.0)),
        ];
        let all: Vec<&VisitRow> = rows.iter().collect();
        assert_eq!(typical(&all, Metric::Lcp), Some(3));
        assert_eq!(typical(&all[1..2], Metric::Lcp), None, "nothing measured");
        assert_eq!(typical(&[], Metric::Lcp), None);
    }
}
