//! What the report tells of our releases: when each went live, and what the nights before and since
//! say of it.

use jiff::ToSpan;
use jiff::civil::Date;

use super::background::{Ground, count, of, own};
use crate::analysis::Scope;
use crate::model::{RunRow, VisitRow};
use crate::report::more::Released;

/// Nights on either side of a release.
const AROUND: i32 = 14;

/// A release of ours, and the first night that it was live in.
pub(super) struct Marked {
    /// When it went live.
    at: jiff::Timestamp,
    /// The date of that in the project's zone.
    pub(super) date: Date,
    /// The night of the first run that began after it; none where nothing was measured since.
    night: Option<Date>,
    pub(super) version: String,
    note: String,
}

/// Every release of ours, oldest first.
pub(super) fn marked(ground: &Ground<'_>, runs: &[RunRow]) -> anyhow::Result<Vec<Marked>> {
    let date = |at: jiff::Timestamp| ground.zone.to_datetime(at).date();
    let told = ground.store.releases()?.into_iter().map(|release| {
        // Runs come newest first.
        let mut later = runs.iter().rev().filter(|r| r.started_at >= release.at);
        Marked {
            at: release.at,
            date: date(release.at),
            night: later.next().map(|r| date(r.started_at)),
            version: release.version,
            note: release.note.unwrap_or_default(),
        }
    });
    Ok(told.collect())
}

/// The releases of the period: nights after against nights before, up to fourteen each, never
/// across another release that another night met first. Releases that met the same night first
/// cannot be told apart by nights, so they share what is said.
pub(super) fn releases(
    ground: &Ground<'_>,
    year: &[VisitRow],
    (scope, runs): (&Scope, &[RunRow]),
) -> anyhow::Result<Vec<Released>> {
    let all = marked(ground, runs)?;
    let id = own(ground.config).map(|t| t.id.clone());
    let valid = |rows: &[VisitRow]| {
        let ours = rows.iter().filter(|r| Some(&r.target) == id.as_ref());
        count(ours.filter(|r| r.counts()))
    };
    let within = |a: Date, b: Date| -> Vec<VisitRow> {
        let kept = year.iter().filter(|r| r.night >= a && r.night < b);
        kept.cloned().collect()
    };
    let mut told = Vec::new();
    for release in &all {
        if release.date < ground.period.since || release.date >= ground.period.until {
            continue;
        }
        // Without a night since there is nothing after it, and all before is before.
        let split = release.night.unwrap_or(ground.period.until);
        let mut from = split.saturating_sub(AROUND.days());
        let mut to = split.saturating_add(AROUND.days());
        for night in all.iter().filter_map(|r| r.night) {
            if night < split {
                from = from.max(night);
            } else if night > split {
                to = to.min(night);
            }
        }
        let (before, after) = (within(from, split), within(split, to));
        let field = of(ground.config, &after, &before, scope);
        let together = |r: &&Marked| r.night == release.night && r.at != release.at;
        told.push(Released {
            date: release.date,
            version: release.version.clone(),
            note: release.note.clone(),
            effect: field.own_change,
            visits: (valid(&before), valid(&after)),
            together: all
                .iter()
                .filter(together)
                .map(|r| r.version.clone())
                .collect(),
        });
    }
    Ok(told)
}
