//! Releases of ours as the report tells them: which there are, which of them no night tells apart,
//! and which runs lie before and after.
//!
//! A release has the date on which it went live. Nights are parted by when their runs began, so that
//! a release in the afternoon lies after the night of its date and one before dawn ahead of it.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::model::Release;
use crate::report::more::Marked;

/// Days on either side of a release.
const AROUND: i32 = 14;

/// Releases that no night of ours tells apart, and when the runs began that lie around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parted {
    /// One or more of them, oldest first.
    pub(super) marked: Vec<Marked>,
    /// Runs before.
    pub(super) before: Range<Timestamp>,
    /// Runs after.
    pub(super) after: Range<Timestamp>,
}

/// The date of a moment in the project's zone.
pub(super) fn date(at: Timestamp, zone: &TimeZone) -> Date {
    zone.to_datetime(at).date()
}

/// Releases from the first run of the data up to a day, oldest first. One from before that run is
/// not told: no night knows what was before it.
pub(super) fn known(
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
pub(super) fn parted(
    releases: &[Release],
    seen: &BTreeSet<Timestamp>,
    zone: &TimeZone,
) -> Vec<Parted> {
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
            marked: group.iter().map(|r| marked(r, zone)).collect(),
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
            let versions: Vec<&str> = p.marked.iter().map(|m| m.version.as_str()).collect();
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
        assert_eq!(parted[0].marked[0].date, jiff::civil::date(2026, 10, 15));
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
            let known = known(releases, first, (&zone(), until));
            known.iter().map(|r| r.id).collect()
        };
        assert_eq!(ids(all.clone(), first), [3, 4]);
        assert_eq!(ids(all, None), Vec::<i64>::new(), "no run at all");
    }
}
