//! Runs and visits: stored once, read back whole, resumed, left behind, counted.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};

use super::*;
use crate::model::{AppliedProfile, Device, RunState, VisitRow, VisitState};

const HALF_A_DAY: SignedDuration = SignedDuration::from_hours(12);

fn rows(store: &Store) -> Vec<VisitRow> {
    store
        .visits(&VisitFilter::default(), &TimeZone::UTC)
        .unwrap()
}

#[test]
fn a_measured_visit_reads_back_whole() {
    let (mut store, run) = in_memory(2);
    let shot: Vec<u8> = (0..=255_u8).collect();
    let mut record = measured(7, all_values(7));
    record.artefacts = vec![
        artefact("screenshot", "image/png", shot.clone()),
        artefact("requests", "application/json", b"[{}]".repeat(500)),
    ];
    store.finish_visit(run, &record).unwrap();

    let Outcome::Measured(m) = &record.outcome else {
        unreachable!()
    };
    let rows = rows(&store);
    let id = rows[0].id;
    let planned = &plan(2)[7];
    let expected = VisitRow {
        id,
        run,
        round: 1,
        warm_up: false,
        target: planned.target.clone(),
        page: planned.page.clone(),
        region: planned.region.clone(),
        profile: planned.profile.clone(),
        night: "2026-11-23".parse().unwrap(),
        started_at: Some(record.started_at),
        duration_ms: Some(record.duration_ms),
        state: VisitState::Ok,
        reason: None,
        flags: m.flags.clone(),
        environment: Some(record.environment.clone()),
        values: m.values.clone(),
    };
    assert_eq!(rows, [expected]);
    assert_eq!(store.attribution(id).unwrap(), Some(m.attribution.clone()));
    let (url, title): (String, String) = store
        .conn
        .query_row(
            "SELECT final_url, title FROM visits WHERE id = ?1",
            [id],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )
        .unwrap();
    assert_eq!(
        (Some(url), Some(title)),
        (m.final_url.clone(), m.title.clone())
    );
    for a in &record.artefacts {
        let (media_type, body) = store.evidence(id, a.kind).unwrap().unwrap();
        assert_eq!((media_type.as_str(), &body), (a.media_type, &a.body));
    }
    assert_eq!(store.evidence(id, "film").unwrap(), None);
}

#[test]
fn evidence_is_packed_where_that_helps() {
    let (mut store, run) = in_memory(1);
    let mut record = measured(0, Values::default());
    let noise: Vec<u8> = (0..2_000_u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let text = b"the same again, ".repeat(200); // 3,200 bytes
    record.artefacts = vec![
        artefact("screenshot", "image/png", noise[..40].to_vec()),
        artefact("requests", "application/json", text.clone()),
    ];
    store.finish_visit(run, &record).unwrap();
    let stored = |kind: &str| -> (String, u32) {
        store
            .conn
            .query_row(
                "SELECT encoding, length(body) FROM evidence WHERE kind = ?1",
                [kind],
                |r| Ok((r.get(0)?, r.get(1)?)),
            )
            .unwrap()
    };
    assert_eq!(stored("screenshot"), ("none".to_owned(), 40));
    let (encoding, size) = stored("requests");
    assert_eq!(encoding, "zstd");
    assert!(size < 300, "{size} bytes");
}

#[test]
fn a_blocked_or_failed_visit_has_no_metric_to_average() {
    let (mut store, run) = in_memory(1);
    for (seq, kind) in [(0, FailureKind::Blocked), (1, FailureKind::Site)] {
        let known = Measurement {
            values: all_values(seq),
            title: Some("Are you a robot?".to_owned()),
            flags: vec!["retried".to_owned()],
            ..Measurement::default()
        };
        let mut record = measured(seq, Values::default());
        record.outcome = Outcome::NotMeasured(Failure::new(kind, "status: 403"), Box::new(known));
        store.finish_visit(run, &record).unwrap();
    }
    let rows = rows(&store);
    let states: Vec<_> = rows.iter().map(|r| r.state).collect();
    assert_eq!(states, [VisitState::Blocked, VisitState::Failed]);
    for row in rows {
        assert_eq!(row.values, Values::default());
        assert_eq!(row.reason.as_deref(), Some("status: 403"));
        assert_eq!(row.flags, ["retried"]);
        assert!(row.started_at.is_some());
    }
}

#[test]
fn a_missed_visit_has_no_start() {
    let (mut store, run) = in_memory(1);
    let record = not_measured(0, FailureKind::Missed, "region: sydney is down");
    store.finish_visit(run, &record).unwrap();
    store
        .finish_visit(run, &measured(1, all_values(1)))
        .unwrap();
    // 1 is stored and keeps its outcome; 9 was never planned.
    let marked = store.miss_visits(run, &[1, 2, 3, 9], "cap: daily page views");
    assert_eq!(marked.unwrap(), 2);
    let rows = rows(&store);
    let states: Vec<_> = rows.iter().map(|r| r.state).collect();
    use VisitState::{Missed, Ok};
    assert_eq!(states, [Missed, Ok, Missed, Missed]);
    assert_eq!((rows[0].started_at, rows[0].duration_ms), (None, None));
    assert_eq!(rows[3].reason.as_deref(), Some("cap: daily page views"));
}

#[test]
fn a_second_outcome_of_a_visit_is_refused_and_changes_nothing() {
    let (mut store, run) = in_memory(1);
    let mut first = measured(3, all_values(3));
    first.artefacts = vec![artefact("requests", "application/json", b"first".to_vec())];
    store.finish_visit(run, &first).unwrap();
    let before = store.data_hash(&VisitFilter::default()).unwrap();
    let mut second = measured(3, all_values(4));
    second.environment = "env-other".to_owned();
    second.artefacts = vec![artefact("requests", "application/json", b"second".to_vec())];
    let error = store.finish_visit(run, &second).unwrap_err();
    assert!(matches!(error, StoreError::AlreadyStored { seq: 3, .. }));
    assert_eq!(error.to_string(), "visit 3 of run 1 is already stored");
    assert_eq!(store.data_hash(&VisitFilter::default()).unwrap(), before);
    let (_, body) = store
        .evidence(rows(&store)[0].id, "requests")
        .unwrap()
        .unwrap();
    assert_eq!(body, b"first");
    let environments: u32 = store
        .conn
        .query_row("SELECT count(*) FROM environments", [], |r| r.get(0))
        .unwrap();
    assert_eq!(environments, 1);
}

#[test]
fn what_was_not_planned_is_refused() {
    let (mut store, run) = in_memory(1);
    let error = store.finish_visit(run, &measured(6, all_values(6)));
    assert!(matches!(error, Err(StoreError::NotPlanned { seq: 6, .. })));
    let error = store.finish_visit(run + 1, &measured(0, all_values(0)));
    assert!(matches!(error, Err(StoreError::NotPlanned { seq: 0, .. })));
    let stranger = store.begin_run(&new_run(at(START)), &plan(1), &targets()[..2]);
    assert!(matches!(stranger, Err(StoreError::UnknownTarget(id)) if id == "abroad"));
    assert_eq!(
        store.runs().unwrap().len(),
        1,
        "the refused run left nothing"
    );
}

#[test]
fn two_artefacts_of_one_kind_do_not_lose_the_visit() {
    let (mut store, run) = in_memory(1);
    let mut record = measured(0, all_values(0));
    record.artefacts = vec![
        artefact("requests", "application/json", b"[1]".to_vec()),
        artefact("requests", "application/json", b"[2]".to_vec()),
    ];
    store.finish_visit(run, &record).unwrap();
    let id = rows(&store)[0].id;
    let (_, body) = store.evidence(id, "requests").unwrap().unwrap();
    assert_eq!(body, b"[2]");
}

#[test]
fn a_comma_does_not_make_two_flags_of_one() {
    let (mut store, run) = in_memory(1);
    let mut record = measured(0, Values::default());
    if let Outcome::Measured(m) = &mut record.outcome {
        m.flags = vec!["a,b".to_owned(), "c".to_owned()];
    }
    store.finish_visit(run, &record).unwrap();
    assert_eq!(rows(&store)[0].flags, ["a;b", "c"]);
}

#[test]
fn a_run_is_resumed_with_what_is_left() {
    let (mut store, run) = in_memory(2);
    let later = at(START) + 11.hours();
    for seq in [0, 5, 2] {
        store
            .finish_visit(run, &measured(seq, all_values(seq)))
            .unwrap();
    }
    store.miss_visits(run, &[7], "region: down").unwrap();
    let found = store
        .find_resumable("cfg", later, HALF_A_DAY)
        .unwrap()
        .unwrap();
    let mut left = plan(2);
    left.retain(|v| ![0, 2, 5, 7].contains(&v.seq));
    assert_eq!(
        found,
        ResumableRun {
            id: run,
            seed: 0xfedc_ba98_7654_3210,
            started_at: at(START),
            rounds: 1,
            host: new_run(at(START)).host,
            remaining: left,
            done: 4,
        }
    );
    let none = |hash: &str, now| store.find_resumable(hash, now, HALF_A_DAY).unwrap();
    assert_eq!(none("other", later), None);
    assert_eq!(
        none("cfg", at(START) + 12.hours()),
        None,
        "12 h old is too old"
    );
    assert!(none("cfg", at(START) + 719.minutes()).is_some());
}

#[test]
fn a_run_killed_before_its_end_was_marked_is_found_with_nothing_left() {
    let (mut store, run) = in_memory(1);
    let seqs: Vec<u32> = (0..6).collect();
    store.miss_visits(run, &seqs, "stopped").unwrap();
    let found = store
        .find_resumable("cfg", at(START), HALF_A_DAY)
        .unwrap()
        .unwrap();
    assert_eq!((found.remaining.len(), found.done), (0, 6));
    store.finish_run(run, at(START)).unwrap();
    assert_eq!(
        store.find_resumable("cfg", at(START), HALF_A_DAY).unwrap(),
        None
    );
}

#[test]
fn a_run_is_finished_only_when_nothing_is_left() {
    let (mut store, run) = in_memory(1);
    let end = at("2026-11-23T02:00:00.001Z");
    let early = store.finish_run(run, end);
    assert!(matches!(early, Err(StoreError::VisitsLeft { left: 6, .. })));
    assert_eq!(store.runs().unwrap()[0].state, RunState::Unfinished);
    for seq in 0..4 {
        store
            .finish_visit(run, &measured(seq, all_values(seq)))
            .unwrap();
    }
    store
        .finish_visit(
            run,
            &not_measured(4, FailureKind::Site, "timeout: no load event"),
        )
        .unwrap();
    store
        .finish_visit(run, &not_measured(5, FailureKind::Blocked, "status: 429"))
        .unwrap();
    store.finish_run(run, end).unwrap();
    let row = store.runs().unwrap().remove(0);
    assert_eq!(row.seed, 0xfedc_ba98_7654_3210);
    assert_eq!(row.state, RunState::Finished);
    assert_eq!((row.started_at, row.finished_at), (at(START), Some(end)));
    let counts = (row.planned, row.ok, row.failed, row.blocked, row.missed);
    assert_eq!(counts, (6, 4, 1, 1, 0));
    assert_eq!(row.host, new_run(at(START)).host);
    let again = store.finish_run(run, end);
    assert!(matches!(again, Err(StoreError::NoSuchRun { .. })));
}

#[test]
fn a_run_left_behind_says_so_and_keeps_what_it_has() {
    let (mut store, run) = in_memory(1);
    store
        .finish_visit(run, &measured(0, all_values(0)))
        .unwrap();
    let mut other = new_run(at(START));
    other.config_hash = "other".to_owned();
    let kept = store.begin_run(&other, &plan(1), &targets()).unwrap();
    let now = at(START) + 1.hour();
    let asked = "stopped: a fresh run was asked for";
    let left = store.abandon_unfinished(("cfg", at(START)), asked, now);
    assert_eq!(left.unwrap(), [run]);
    let runs = store.runs().unwrap();
    assert_eq!([runs[0].id, runs[1].id], [kept, run], "newest first");
    assert_eq!(runs[0].state, RunState::Unfinished);
    assert_eq!(runs[1].state, RunState::Abandoned);
    assert_eq!((runs[1].ok, runs[1].missed), (1, 5));
    assert_eq!(store.find_resumable("cfg", now, HALF_A_DAY).unwrap(), None);
    let late = store.finish_visit(run, &measured(1, all_values(1)));
    assert!(matches!(late, Err(StoreError::AlreadyStored { .. })));
    // Of another config, and too old for anybody to go on with it.
    let left = store.abandon_unfinished(("cfg", at(START) + 1.second()), asked, now);
    assert_eq!(left.unwrap(), [kept]);
    assert_eq!(store.runs().unwrap()[0].missed, 6);
}

#[test]
fn host_facts_are_replaced_and_read_back() {
    let (mut store, run) = in_memory(1);
    let facts = HostFacts {
        tool: "0.1.0".to_owned(),
        platform: "linux aarch64".to_owned(),
        cores: 8,
        host: "h-2".to_owned(),
        browsers: BTreeMap::from([("sydney".to_owned(), "chrome 156".to_owned())]),
        drivers: BTreeMap::from([("sydney".to_owned(), "156.0".to_owned())]),
        switches: BTreeMap::from([("sydney".to_owned(), vec!["--headless".to_owned()])]),
        applied: vec![AppliedProfile {
            profile: "phone".to_owned(),
            device: Device::Phone.numbers(),
            user_agent: "outpace/0.1".to_owned(),
            added_rtt_ms: 0.0,
            network: "network not shaped".to_owned(),
            shaped_by: crate::model::ShapedBy::Nothing,
            region: "sydney".to_owned(),
        }],
        ..HostFacts::default()
    };
    store.set_host_facts(run, &facts).unwrap();
    assert_eq!(store.runs().unwrap()[0].host, facts);
    store.add_mark(run, "the control page moved").unwrap();
    store.add_mark(run, "and again").unwrap();
    store.note_load_after(run, 0.75).unwrap();
    let noted = &store.runs().unwrap()[0].host;
    assert_eq!(noted.marks, ["the control page moved", "and again"]);
    assert_eq!((noted.load_before, noted.load_after), (None, Some(0.75)));
    let unknown = store.set_host_facts(run + 1, &facts);
    assert!(matches!(unknown, Err(StoreError::NoSuchRun { .. })));
}

#[test]
fn page_views_count_what_a_target_was_asked_for() {
    let (mut store, run) = in_memory(2);
    let of = |store: &Store, since| store.page_views_since("rival", since).unwrap();
    // Visits 2, 3, 8 and 9 go to `rival`; each starts `seq` seconds after the run.
    store
        .finish_visit(run, &measured(2, all_values(2)))
        .unwrap();
    store
        .finish_visit(run, &not_measured(3, FailureKind::Blocked, "status: 429"))
        .unwrap();
    store.miss_visits(run, &[8], "cap").unwrap();
    store
        .finish_visit(run, &measured(0, all_values(0)))
        .unwrap();
    assert_eq!(of(&store, at(START)), 2);
    assert_eq!(of(&store, at(START) + 3.seconds()), 1);
    assert_eq!(of(&store, at(START) + 4.seconds()), 0);
    let mut retried = measured(9, all_values(9));
    retried.caused.page_views = 2;
    if let Outcome::Measured(m) = &mut retried.outcome {
        m.flags = vec!["busy_host".to_owned(), "retried".to_owned()];
    }
    store.finish_visit(run, &retried).unwrap();
    assert_eq!(of(&store, at(START)), 4, "a retry loads the page again");
}
