//! What is told, when, and once.

use jiff::Timestamp;

use super::*;
use crate::model::{Budget, Calibration, Condition, Event, Facts, Lane, Limit, Metric, VisitState};

fn visit(page: &str, region: &str, round: u32, state: VisitState) -> OwnVisit {
    OwnVisit {
        id: i64::from(round),
        target: "own".to_owned(),
        page: page.to_owned(),
        region: region.to_owned(),
        round,
        state,
        reason: (state != VisitState::Ok).then(|| "status: 500".to_owned()),
        at: format!("round {round}"),
        run: 7,
    }
}

fn out(verdicts: &[Verdict]) -> Vec<&str> {
    let keys = verdicts.iter().filter_map(|v| match v {
        Verdict::Out(c) => Some(c.key.as_str()),
        Verdict::Usable(_) => None,
    });
    keys.collect()
}

#[test]
fn an_outage_is_confirmed_by_a_second_region_or_round_and_ends_with_two_good_visits() {
    use VisitState::{Blocked, Failed, Ok};
    let mut visits = vec![
        visit("home", "sydney", 1, Ok),
        visit("home", "sydney", 2, Failed),
    ];
    assert!(outages(&visits).is_empty(), "one failure says little");
    visits.push(visit("home", "perth", 2, Failed));
    assert_eq!(out(&outages(&visits)), ["A:home"], "seen from two regions");
    visits.truncate(2);
    visits.push(visit("home", "sydney", 3, Blocked));
    assert!(outages(&visits).is_empty(), "a refusal is unknown");
    visits.push(visit("home", "sydney", 3, Failed));
    let verdicts = outages(&visits);
    let Verdict::Out(condition) = &verdicts[0] else {
        panic!("{verdicts:?}");
    };
    assert_eq!(condition.facts.since.as_deref(), Some("round 2"));
    assert_eq!(condition.facts.run, Some(7));
    assert_eq!(condition.facts.visits, [2, 1], "the bad and the last good");
    visits.push(visit("home", "sydney", 4, Ok));
    assert!(outages(&visits).is_empty(), "one good visit neither");
    visits.push(visit("home", "sydney", 5, Ok));
    assert_eq!(outages(&visits), [Verdict::Usable("A:home".to_owned())]);
}

#[test]
fn a_browser_that_fails_is_not_the_sites_doing() {
    let mut visits = vec![
        visit("home", "sydney", 1, VisitState::Failed),
        visit("home", "sydney", 2, VisitState::Failed),
    ];
    for visit in &mut visits {
        visit.reason = Some("instrument: the session was lost".to_owned());
    }
    assert!(outages(&visits).is_empty());
}

fn condition(key: &str, cause: &str) -> Condition {
    Condition {
        key: key.to_owned(),
        lane: Lane::D,
        cause: cause.to_owned(),
        what: format!("{key} holds"),
        detail: "detail".to_owned(),
        facts: Facts::default(),
    }
}

fn setting<'a>(mutes: &'a [Muted], blackout: Option<&'a str>) -> Setting<'a> {
    Setting {
        project: "Test",
        now: "2026-11-23T02:00:00Z".parse::<Timestamp>().unwrap(),
        next_look: None,
        mutes,
        blackout,
    }
}

/// What is open after a change.
fn opened(changes: &Changes) -> Vec<Open> {
    let all = changes.opened.iter().zip(1..);
    all.map(|((condition, told), id)| Open {
        id,
        condition: condition.clone(),
        told: told.clone(),
    })
    .collect()
}

#[test]
fn a_condition_is_told_once_and_once_more_when_it_is_over() {
    let all = |_: &str| true;
    let holding = [condition("D:region:tokyo", "region tokyo")];
    let first = settle(&[], &holding, &all, &setting(&[], None));
    assert_eq!(first.messages.len(), 1);
    assert_eq!(first.messages[0].event, Event::Opened);
    let open = opened(&first);
    let again = settle(&open, &holding, &all, &setting(&[], None));
    assert_eq!(
        again,
        Changes::default(),
        "the same state again says nothing"
    );
    let unseen = settle(&open, &[], &|_| false, &setting(&[], None));
    assert_eq!(unseen, Changes::default(), "not looked at is not over");
    let over = settle(&open, &[], &all, &setting(&[], None));
    assert_eq!(over.messages[0].event, Event::Recovered);
    assert!(over.messages[0].title.starts_with("Over: "));
    assert_eq!(over.recovered, [(1, over.messages[0].id.clone())]);
    assert_ne!(over.messages[0].id, first.messages[0].id);
}

#[test]
fn conditions_of_one_cause_are_one_message() {
    let holding = [
        condition("A:home", "the site"),
        condition("A:product", "the site"),
        condition("D:region:tokyo", "region tokyo"),
    ];
    let changes = settle(&[], &holding, &|_| true, &setting(&[], None));
    assert_eq!(changes.opened.len(), 3);
    let sizes: Vec<usize> = changes.messages.iter().map(|m| m.alerts.len()).collect();
    assert_eq!(sizes, [1, 2]);
    assert!(changes.messages[1].title.ends_with("(and 1 more)"));
}

#[test]
fn what_is_muted_is_kept_and_told_when_the_mute_ends_while_it_holds() {
    let mutes = [Muted {
        pattern: "D:region".to_owned(),
        why: "moving house".to_owned(),
    }];
    let holding = [condition("D:region:tokyo", "region tokyo")];
    let all = |_: &str| true;
    let muted = settle(&[], &holding, &all, &setting(&mutes, None));
    assert!(muted.messages.is_empty());
    assert_eq!(muted.opened[0].1, "not sent: muted, moving house");
    let open = opened(&muted);
    assert_eq!(
        settle(&open, &holding, &all, &setting(&mutes, None)),
        Changes::default()
    );
    let late = settle(&open, &holding, &all, &setting(&[], None));
    assert_eq!(late.messages.len(), 1);
    assert_eq!(late.told_late, [(1, late.messages[0].id.clone())]);
    let over = settle(&open, &[], &all, &setting(&[], None));
    assert!(over.messages.is_empty(), "nobody was told that it began");
    let blackout = settle(&[], &holding, &all, &setting(&[], Some("sale")));
    assert_eq!(blackout.opened[0].1, "not sent: blackout `sale`");
}

fn budget(limit: Limit) -> Budget {
    Budget {
        metric: Metric::Lcp,
        page: Some("home".to_owned()),
        region: None,
        profile: None,
        limit,
    }
}

fn history(values: &[(f64, f64)]) -> Vec<NightMedians> {
    let all = values.iter().enumerate();
    all.map(|(i, (own, best))| NightMedians {
        night: format!("night {i}"),
        own: own.is_finite().then_some(*own),
        best: best.is_finite().then_some(*best),
    })
    .collect()
}

#[test]
fn budgets_fire_on_the_nights_that_cross_their_line() {
    let nights = history(&[
        (2000.0, 1500.0),
        (2600.0, 1500.0),
        (f64::NAN, 1500.0),
        (2400.0, 1300.0),
    ]);
    let fired = |limit| -> Vec<String> {
        let all = firings(&budget(limit), &nights).into_iter();
        all.map(|f| f.night).collect()
    };
    assert_eq!(fired(Limit::AtMost(2500.0)), ["night 1"]);
    assert_eq!(fired(Limit::BehindBest(1000.0)), ["night 1", "night 3"]);
    assert!(
        fired(Limit::OverLastMonth(10.0)).is_empty(),
        "no month yet: cannot tell"
    );
    assert!(
        broken(&budget(Limit::AtMost(2500.0)), &nights).is_none(),
        "not by the last night"
    );
    let last = broken(&budget(Limit::BehindBest(1000.0)), &nights).unwrap();
    assert_eq!(last.key, "B:budget:behind_best:lcp:home:-:-");
    assert_eq!(
        (last.facts.value, last.facts.before),
        (Some(2400.0), Some(2300.0))
    );
}

#[test]
fn a_budget_over_last_month_looks_at_thirty_nights_and_needs_seven() {
    let mut values = vec![(2000.0, f64::NAN); 40];
    values.push((2250.0, f64::NAN));
    let nights = history(&values);
    let of = |percent| firings(&budget(Limit::OverLastMonth(percent)), &nights).len();
    assert_eq!((of(10.0), of(15.0)), (1, 0));
}

#[test]
fn the_instrument_is_lane_d() {
    let nights = [LastNight {
        plan: "nightly".to_owned(),
        local: "2026-11-23T02:00:00".to_owned(),
        lost: Some("nothing could start it for 7.0 h".to_owned()),
    }];
    let regions = [RegionVisits {
        region: "tokyo".to_owned(),
        planned: 40,
        down: 40,
        browsers: Some(("Chrome 157".to_owned(), "Chrome 156".to_owned())),
        calibrations: None,
    }];
    let moved = [ControlMoved {
        region: "tokyo".to_owned(),
        profile: "phone".to_owned(),
        what: "the control page took 300 ms instead of 200 ms".to_owned(),
    }];
    let refused = |blocked| {
        [TargetVisits {
            target: "far".to_owned(),
            made: 10,
            blocked,
        }]
    };
    let keys = |conditions: Vec<Condition>| -> Vec<String> {
        assert!(conditions.iter().all(|c| c.lane == Lane::D));
        conditions.into_iter().map(|c| c.key).collect()
    };
    let disk = Some("disk low".to_owned());
    let all = instrument(&nights, &regions, (&refused(3), &moved), disk);
    assert_eq!(
        keys(all),
        [
            "D:night:nightly",
            "D:region:tokyo",
            "D:browser:tokyo",
            "D:control:tokyo:phone",
            "D:blocked:far",
            "D:disk"
        ]
    );
    assert!(
        instrument(&[], &[], (&refused(2), &[]), None).is_empty(),
        "20 % is not over 20 %"
    );
}

#[test]
fn a_machine_has_moved_when_two_runs_say_so_in_the_same_direction() {
    let run = |measured_ms, of| Calibration {
        measured_ms,
        used_ms: 10.0,
        of,
    };
    let told = |now, before| {
        let region = RegionVisits {
            region: "tokyo".to_owned(),
            planned: 1,
            down: 0,
            browsers: None,
            calibrations: Some((now, before)),
        };
        let found = instrument(&[], &[region], (&[], &[]), None);
        found.into_iter().map(|c| c.what).next()
    };
    assert_eq!(
        told(run(13.0, 9), run(12.6, 8)).as_deref(),
        Some("the machine in `tokyo` became slower")
    );
    assert_eq!(
        told(run(7.0, 9), run(7.4, 9)).as_deref(),
        Some("the machine in `tokyo` became faster")
    );
    assert_eq!(told(run(13.0, 9), run(12.4, 9)), None, "one busy run");
    assert_eq!(told(run(13.0, 9), run(7.0, 9)), None, "noise");
    assert_eq!(told(run(13.0, 4), run(13.0, 3)), None, "too few to know");
}
