//! Releases of ours as the report and `release list` tell them: which there are, which of them no
//! night tells apart, which runs lie before and after, and what followed.
//!
//! A release has the date on which it went live. Nights are parted by when their runs began, so that
//! a release in the afternoon lies after the night of its date and one before dawn ahead of it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::background::Ground;
use super::views;
use crate::analysis::{self, Effect, Scope};
use crate::config::Config;
use crate::model::{Release, Role, RunRow, VisitRow};
use crate::report::more::{Marked, Released};
use crate::store::{ScopeFilter, Store};

/// Days on either side of a release.
const AROUND: i32 = 14;

/// Releases that no night of ours tells apart, and when the runs began that lie around them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Parted {
    /// One or more of them, oldest first.
    releases: Vec<Release>,
    /// Runs before.
    before: Range<Timestamp>,
    /// Runs after.
    after: Range<Timestamp>,
}

/// The date of a moment in the project's zone.
pub(super) fn date(at: Timestamp, zone: &TimeZone) -> Date {
    zone.to_datetime(at).date()
}

/// Releases from the first run of the data up to a day, oldest first. One from before that run is
/// not told: no night knows what was before it.
fn since_first(
    mut releases: Vec<Release>,
    first: Option<Timestamp>,
    (zone, until): (&TimeZone, Date),
) -> Vec<Release> {
    releases.retain(|r| first.is_some_and(|f| r.at >= f) && date(r.at, zone) < until);
    releases.sort_by_key(|r| (r.at, r.id));
    releases
}

/// The releases, those together that have no run of ours between them; `seen` is when the runs
/// began that measured our page. Up to fourteen days a side, never across another release.
fn parted(releases: &[Release], seen: &BTreeSet<Timestamp>, zone: &TimeZone) -> Vec<Parted> {
    let together =
        |a: &Release, b: &Release| a.at == b.at || seen.range(a.at..b.at).next().is_none();
    let groups: Vec<&[Release]> = releases.chunk_by(together).collect();
    let ends = |group: &[Release]| Some((group.first()?.at, group.last()?.at));
    let spans: Vec<(Timestamp, Timestamp)> = groups.iter().filter_map(|g| ends(g)).collect();
    let around = |at: Timestamp, days: i32| {
        let there = at.to_zoned(zone.clone()).checked_add(days.days());
        there.map_or(at, |z| z.timestamp())
    };
    let of = |(i, group): (usize, &&[Release])| {
        let (first, last) = spans[i];
        let earlier = i.checked_sub(1).and_then(|k| spans.get(k)).map(|s| s.1);
        let later = spans.get(i + 1).map(|s| s.0);
        let (from, to) = (around(first, -AROUND), around(last, AROUND));
        Parted {
            releases: group.to_vec(),
            before: earlier.map_or(from, |e| from.max(e))..first,
            after: last..later.map_or(to, |l| to.min(l)),
        }
    };
    groups.iter().enumerate().map(of).collect()
}

fn marked(release: &Release, zone: &TimeZone) -> Marked {
    Marked {
        date: date(release.at, zone),
        version: release.version.clone(),
        note: release.note.clone().unwrap_or_default(),
    }
}

/// What the nights after a release, or after several that no night tells apart, say against those
/// before.
pub(super) struct Followed {
    /// One or more, oldest first.
    pub(super) releases: Vec<Release>,
    /// Absent where ours was not measured on both sides.
    pub(super) effect: Option<Effect>,
    /// Our valid visits before and after.
    visits: (u32, u32),
    /// Our first night after it.
    first: Option<Date>,
    /// The first night of any site before it, and the last after.
    nights: Option<(Date, Date)>,
}

/// What followed each release, in order: up to fourteen days a side, never across another release.
/// Rows are those of a scope, of any time.
fn followed(
    (config, zone): (&Config, &TimeZone),
    rows: &[VisitRow],
    (releases, runs): (&[Release], &[RunRow]),
    scope: &Scope,
) -> Vec<Followed> {
    let own = config.targets.iter().find(|t| t.role == Role::Own);
    let own = own.map(|t| t.id.as_str());
    let began: BTreeMap<i64, Timestamp> = runs.iter().map(|r| (r.id, r.started_at)).collect();
    let at = |r: &VisitRow| began.get(&r.run).copied();
    let ours = |r: &&VisitRow| Some(r.target.as_str()) == own && r.counts();
    let seen: BTreeSet<Timestamp> = rows.iter().filter(ours).filter_map(at).collect();
    let of = |parted: Parted| {
        let within = |span: &Range<Timestamp>| -> Vec<VisitRow> {
            let of_span = |r: &&VisitRow| at(r).is_some_and(|t| span.contains(&t));
            rows.iter().filter(of_span).cloned().collect()
        };
        let (before, after) = (within(&parted.before), within(&parted.after));
        let valid = |rows: &[VisitRow]| small(rows.iter().filter(ours).count());
        let night = |r: &VisitRow| r.night;
        let ends = before.iter().map(night).min();
        Followed {
            effect: analysis::release_effect((&before, &after), &config.targets, scope),
            visits: (valid(&before), valid(&after)),
            first: after.iter().filter(ours).map(night).min(),
            nights: ends.zip(after.iter().map(night).max()),
            releases: parted.releases,
        }
    };
    parted(releases, &seen, zone).into_iter().map(of).collect()
}

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// What followed each release of all that is stored, on our first page kind that was measured: as
/// the report has it, whose headline that is.
///
/// # Errors
/// When the database cannot be read.
pub(super) fn all(
    config: &Config,
    store: &Store,
    (releases, zone): (&[Release], &TimeZone),
) -> anyhow::Result<Vec<Followed>> {
    let runs = store.runs()?;
    let starts = || runs.iter().map(|r| r.started_at);
    let Some((first, last)) = starts().min().zip(starts().max()) else {
        return Ok(Vec::new());
    };
    let known = since_first(releases.to_vec(), Some(first), (zone, Date::MAX));
    let own = config.targets.iter().find(|t| t.role == Role::Own);
    for page in own.iter().flat_map(|t| &t.pages) {
        let scope = views::scope(config, &page.kind);
        let filter = ScopeFilter {
            page: &scope.page,
            regions: &scope.regions,
            profile: &scope.profile,
            metric: scope.metric,
            since: first,
            until: last.saturating_add(SignedDuration::from_secs(1))?,
        };
        let rows = store.scope_visits(&filter, zone)?;
        let ours = |r: &VisitRow| own.is_some_and(|t| t.id == r.target) && r.counts();
        if rows.iter().any(ours) {
            return Ok(followed((config, zone), &rows, (&known, &runs), &scope));
        }
    }
    Ok(Vec::new())
}

/// The releases of a report's period. Of the period is also one whose first night is in it: what it
/// did is known from then on.
///
/// # Errors
/// When the database cannot be read.
pub(super) fn told(
    ground: &Ground<'_>,
    year: &[VisitRow],
    (scope, runs, methods): (&Scope, &[RunRow], &[Date]),
) -> anyhow::Result<Vec<Released>> {
    let (since, until) = (ground.period.since, ground.period.until);
    let known = known(ground, runs, until)?;
    let place = (ground.config, ground.zone);
    let mut followed = followed(place, year, (&known, runs), scope);
    let live = |r: &Release| date(r.at, ground.zone);
    followed.retain(|f| {
        let mut dates = f.releases.iter().map(live).chain(f.first);
        dates.any(|d| d >= since && d < until)
    });
    let of = |f: Followed| Released {
        effect: f.effect,
        visits: f.visits,
        across_method: f
            .nights
            .is_some_and(|(first, last)| methods.iter().any(|d| *d > first && *d <= last)),
        marked: f.releases.iter().map(|r| marked(r, ground.zone)).collect(),
    };
    Ok(followed.into_iter().map(of).collect())
}

/// Releases of ours from the first run of the data up to a day, oldest first.
///
/// # Errors
/// When the database cannot be read.
pub(super) fn known(
    ground: &Ground<'_>,
    runs: &[RunRow],
    until: Date,
) -> anyhow::Result<Vec<Release>> {
    let first = runs.iter().map(|r| r.started_at).min();
    let all = ground.store.releases()?;
    Ok(since_first(all, first, (ground.zone, until)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYDNEY: &str = "Australia/Sydney";

    fn zone() -> TimeZone {
        TimeZone::get(SYDNEY).unwrap()
    }

    fn at(local: &str) -> Timestamp {
        let local: jiff::civil::DateTime = local.parse().unwrap();
        local.to_zoned(zone()).unwrap().timestamp()
    }

    fn release(id: i64, local: &str) -> Release {
        Release {
            id,
            version: format!("v{id}"),
            at: at(local),
            commit_id: None,
            note: None,
        }
    }

    /// A run at two o'clock on each of these days of October.
    fn nights(days: impl Iterator<Item = i8>) -> BTreeSet<Timestamp> {
        let night = |day| at(&format!("2026-10-{day:02} 02:00"));
        days.map(night).collect()
    }

    /// Versions, with how many nights lie before and after.
    fn told(releases: &[Release], seen: &BTreeSet<Timestamp>) -> Vec<(String, usize, usize)> {
        let within = |span: &Range<Timestamp>| seen.range(span.clone()).count();
        let parted = parted(releases, seen, &zone());
        let all = parted.iter().map(|p| {
            let versions: Vec<&str> = p.releases.iter().map(|m| m.version.as_str()).collect();
            (versions.join("+"), within(&p.before), within(&p.after))
        });
        all.collect()
    }

    fn one(version: &str, before: usize, after: usize) -> (String, usize, usize) {
        (version.to_owned(), before, after)
    }

    #[test]
    fn a_release_is_dated_when_it_went_live_and_parts_the_nights_by_the_hour() {
        let seen = nights(1..=31);
        let before_dawn = [release(1, "2026-10-15 01:00")];
        assert_eq!(told(&before_dawn, &seen), [one("v1", 14, 14)]);
        let as_it_starts = [release(1, "2026-10-15 02:00")];
        assert_eq!(told(&as_it_starts, &seen), [one("v1", 14, 14)]);
        // The night of that date was before it.
        let noon = [release(1, "2026-10-15 12:00")];
        assert_eq!(told(&noon, &seen), [one("v1", 14, 14)]);
        let parted = parted(&noon, &seen, &zone());
        assert_eq!(
            date(parted[0].releases[0].at, &zone()),
            jiff::civil::date(2026, 10, 15)
        );
        assert!(parted[0].before.contains(&at("2026-10-15 02:00")));
        assert!(!parted[0].after.contains(&at("2026-10-15 02:00")));
    }

    #[test]
    fn with_no_run_after_a_release_nothing_is_after_it() {
        let seen = nights(1..=31);
        let late = [release(1, "2026-10-31 12:00")];
        assert_eq!(told(&late, &seen), [one("v1", 14, 0)]);
        let early = [release(1, "2026-10-31 01:00")];
        assert_eq!(told(&early, &seen), [one("v1", 14, 1)]);
        // In a gap it keeps its date, and nights too far away are no comparison.
        let gap: BTreeSet<Timestamp> = nights((1..=5).chain(28..=31));
        let within = [release(1, "2026-10-15 12:00")];
        assert_eq!(told(&within, &gap), [one("v1", 4, 2)]);
    }

    #[test]
    fn releases_without_a_night_between_them_are_judged_together() {
        let seen = nights(1..=31);
        let twice = [
            release(1, "2026-10-14 09:00"),
            release(2, "2026-10-14 15:00"),
        ];
        assert_eq!(told(&twice, &seen), [one("v1+v2", 14, 14)]);
        let a_night_between = [
            release(1, "2026-10-14 01:00"),
            release(2, "2026-10-14 15:00"),
        ];
        assert_eq!(
            told(&a_night_between, &seen),
            [one("v1", 13, 1), one("v2", 1, 14)]
        );
        let same_moment = [
            release(1, "2026-10-14 02:00"),
            release(2, "2026-10-14 02:00"),
        ];
        assert_eq!(told(&same_moment, &seen), [one("v1+v2", 13, 14)]);
        // Never across another: the third begins where the two end.
        let third = [
            release(1, "2026-10-14 09:00"),
            release(2, "2026-10-14 15:00"),
            release(3, "2026-10-20 15:00"),
        ];
        assert_eq!(told(&third, &seen), [one("v1+v2", 14, 6), one("v3", 6, 11)]);
        // The night between was not measured for us.
        let missed = nights((1..=14).chain(16..=31));
        let across = [
            release(1, "2026-10-14 09:00"),
            release(2, "2026-10-15 09:00"),
        ];
        assert_eq!(told(&across, &missed), [one("v1+v2", 14, 14)]);
    }

    #[test]
    fn a_release_from_before_the_first_run_is_not_told() {
        let first = Some(at("2026-10-05 02:00"));
        let all = vec![
            release(1, "2026-10-03 12:00"),
            release(2, "2026-10-05 01:59"),
            release(3, "2026-10-05 02:00"),
            release(4, "2026-10-31 23:59"),
            release(5, "2026-11-01 00:00"),
        ];
        let until = jiff::civil::date(2026, 11, 1);
        let ids = |releases: Vec<Release>, first| -> Vec<i64> {
            let known = since_first(releases, first, (&zone(), until));
            known.iter().map(|r| r.id).collect()
        };
        assert_eq!(ids(all.clone(), first), [3, 4]);
        assert_eq!(ids(all, None), Vec::<i64>::new(), "no run at all");
    }
}
