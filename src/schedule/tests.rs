//! A whole year minute by minute in zones that change their clocks, and what becomes of starts.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::model::{Blackout, BlackoutEffect, Overlap};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn local(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn cron(expression: &str, zone: &str) -> Cron {
    Cron::parse(expression, &TimeZone::get(zone).unwrap()).unwrap()
}

#[test]
fn a_nightly_plan_has_365_nights_and_a_weekly_one_52() {
    let (from, until) = (at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
    let of = |e: &str| nights(e, "Australia/Sydney", from, until).unwrap();
    assert_eq!(of("0 2 * * *"), 365);
    assert_eq!(of("0 2 * * 1"), 52);
    assert!(nights("0 2 * *", "UTC", from, until).is_err());
    assert!(nights("0 2 * * *", "Nowhere/Town", from, until).is_err());
}

/// Ticks of a service through a year, by an injected clock: what it took at each.
fn a_year(expression: &str, zone: &str, minutes: i64) -> Vec<Start> {
    let mut now = at("2026-01-01T00:00:00Z");
    let mut table = Timetable::default();
    table.add(Job::Night, "nightly", cron(expression, zone), now);
    let mut taken = Vec::new();
    while now < at("2027-01-01T00:00:00Z") {
        now += SignedDuration::from_mins(minutes);
        for (_, _, start) in table.take(now) {
            assert!(
                start.at <= now
                    && now.duration_since(start.at) < SignedDuration::from_mins(minutes)
            );
            taken.push(start);
        }
    }
    taken
}

#[test]
fn a_night_within_a_change_of_the_clock_is_neither_doubled_nor_skipped_all_year() {
    // 2026: Sydney goes back on 5 April at 03:00 and forward on 4 October at 02:00; London
    // forward on 29 March at 01:00 and back on 25 October at 02:00.
    for (zone, expression, odd) in [
        (
            "Australia/Sydney",
            "30 2 * * *",
            [
                ("2026-04-05T02:30", "2026-04-04T15:30:00Z"),
                ("2026-10-04T02:30", "2026-10-03T16:30:00Z"),
            ],
        ),
        (
            "Europe/London",
            "30 1 * * *",
            [
                ("2026-03-29T01:30", "2026-03-29T01:30:00Z"),
                ("2026-10-25T01:30", "2026-10-25T00:30:00Z"),
            ],
        ),
    ] {
        let starts = a_year(expression, zone, 1);
        let mut by_date: BTreeMap<Date, u32> = BTreeMap::new();
        for start in &starts {
            *by_date.entry(start.local.date()).or_default() += 1;
        }
        assert_eq!(by_date.len(), 365, "{zone}");
        assert!(by_date.values().all(|n| *n == 1), "{zone}");
        for (civil, instant) in odd {
            let found = starts.iter().find(|s| s.local == local(civil)).unwrap();
            assert_eq!(found.at, at(instant), "{zone} {civil}");
        }
        // On every other night the clock on the wall says what the expression says.
        let zone = TimeZone::get(zone).unwrap();
        let moved = starts.iter().filter(|s| zone.to_datetime(s.at) != s.local);
        assert_eq!(moved.count(), 1);
    }
}

#[test]
fn midnight_and_the_end_of_a_change_are_once_a_day_too() {
    for zone in [
        "Australia/Sydney",
        "Europe/London",
        "Australia/Lord_Howe",
        "America/Santiago",
    ] {
        for expression in ["0 0 * * *", "0 2 * * *", "0 3 * * *", "59 1 * * *"] {
            assert_eq!(
                a_year(expression, zone, 20).len(),
                365,
                "{zone} {expression}"
            );
        }
    }
}

#[test]
fn two_times_that_a_change_throws_together_start_once() {
    let cron = cron("30 2,3 * * *", "Australia/Sydney");
    let before = at("2026-10-03T12:00:00Z");
    let first = cron.next_after(before).unwrap();
    assert_eq!(first.at, at("2026-10-03T16:30:00Z"));
    let second = cron.next_after(first.at).unwrap();
    assert_eq!(second.local, local("2026-10-05T02:30"));
}

#[test]
fn what_never_comes_has_no_start() {
    assert_eq!(
        cron("0 2 30 2 *", "UTC").next_after(at("2026-01-01T00:00:00Z")),
        None
    );
}

const RULES: Rules<'static> = Rules {
    catch_up: Duration::from_secs(6 * 3600),
    overlap: Overlap::Skip,
    blackouts: &[],
};

fn night(plan: &str, day: &str) -> Waiting {
    Waiting {
        job: Job::Night,
        plan: plan.to_owned(),
        local: local(&format!("{day}T02:00")),
        due: at(&format!("{day}T02:00:00Z")),
    }
}

#[test]
fn a_start_is_made_up_to_catch_up_late_and_then_missed() {
    let waiting = [night("nightly", "2026-11-23")];
    let when = |now: &str| decide(&waiting, at(now), None, RULES).remove(0);
    assert_eq!(when("2026-11-23T01:59:59Z"), Decision::Hold);
    assert_eq!(when("2026-11-23T02:00:00Z"), Decision::Start);
    assert_eq!(when("2026-11-23T08:00:00Z"), Decision::Start);
    let missed = Decision::Miss("nothing could start it for 6.5 h".to_owned());
    assert_eq!(when("2026-11-23T08:30:00Z"), missed);
}

#[test]
fn after_a_week_down_only_the_last_night_is_made_up_for() {
    let mut table = Timetable::default();
    table.add(
        Job::Night,
        "nightly",
        cron("0 2 * * *", "UTC"),
        at("2026-11-16T03:00:00Z"),
    );
    let now = at("2026-11-23T04:00:00Z");
    let waiting: Vec<Waiting> = table
        .take(now)
        .into_iter()
        .map(|(job, plan, start)| Waiting {
            job,
            plan,
            local: start.local,
            due: start.at,
        })
        .collect();
    assert_eq!(waiting.len(), 7);
    let decided = decide(&waiting, now, None, RULES);
    assert_eq!(decided[6], Decision::Start);
    let later = Decision::Miss("a later start of the same plan has come".to_owned());
    assert!(decided[..6].iter().all(|d| *d == later));
    assert!(table.take(now).is_empty(), "nothing is taken twice");
}

#[test]
fn overlapping_nights_are_skipped_or_wait_and_other_jobs_always_wait() {
    let mut waiting = vec![
        night("nightly", "2026-11-23"),
        night("checkout", "2026-11-23"),
    ];
    waiting.push(Waiting {
        job: Job::Backup,
        ..night("backup", "2026-11-23")
    });
    let now = at("2026-11-23T02:00:10Z");
    let skipped = Decision::Miss("`nightly` was still running".to_owned());
    assert_eq!(
        decide(&waiting, now, None, RULES),
        [Decision::Start, skipped.clone(), Decision::Hold]
    );
    let wait = Rules {
        overlap: Overlap::Wait,
        ..RULES
    };
    assert_eq!(
        decide(&waiting, now, Some("other"), wait),
        [Decision::Hold, Decision::Hold, Decision::Hold]
    );
}

#[test]
fn a_blackout_keeps_nights_from_starting_and_nothing_else() {
    let blackouts = [Blackout {
        name: "sale".to_owned(),
        from: local("2026-11-27T00:00"),
        until: local("2026-11-30T00:00"),
        effect: BlackoutEffect::Measuring,
    }];
    let rules = Rules {
        blackouts: &blackouts,
        ..RULES
    };
    let decided = |day: &str| {
        let waiting = [night("nightly", day)];
        decide(&waiting, waiting[0].due, None, rules).remove(0)
    };
    assert_eq!(decided("2026-11-26"), Decision::Start);
    assert_eq!(
        decided("2026-11-27"),
        Decision::Miss("blackout `sale`".to_owned())
    );
    assert_eq!(
        decided("2026-11-29"),
        Decision::Miss("blackout `sale`".to_owned())
    );
    assert_eq!(decided("2026-11-30"), Decision::Start);
    let backup = Waiting {
        job: Job::Backup,
        ..night("backup", "2026-11-28")
    };
    assert_eq!(
        decide(std::slice::from_ref(&backup), backup.due, None, rules),
        [Decision::Start]
    );
}

#[test]
fn jitter_is_bounded_and_the_same_for_the_same_start() {
    let start = |day: i64| Start {
        at: at("2026-11-23T02:00:00Z") + SignedDuration::from_hours(24 * day),
        local: local("2026-11-23T02:00").saturating_add(SignedDuration::from_hours(24 * day)),
    };
    let spread = Duration::from_secs(600);
    let delays: Vec<i64> = (0..30)
        .map(|d| {
            jittered("nightly", start(d), spread)
                .duration_since(start(d).at)
                .as_secs()
        })
        .collect();
    assert!(delays.iter().all(|s| (0..=600).contains(s)), "{delays:?}");
    assert!(
        delays.iter().max().unwrap() - delays.iter().min().unwrap() > 200,
        "{delays:?}"
    );
    assert_eq!(
        jittered("nightly", start(3), spread),
        jittered("nightly", start(3), spread)
    );
    assert_eq!(jittered("nightly", start(3), Duration::ZERO), start(3).at);
}
