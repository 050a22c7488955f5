//! What is remembered of rivals' hosts, and the ledger of what was caused.

use super::*;
use crate::model::{Caused, HostStop, RobotsCopy};

fn stop(host: &str, at: Timestamp) -> HostStop {
    HostStop {
        host: host.to_owned(),
        target: "rival".to_owned(),
        at,
        until: at + jiff::SignedDuration::from_hours(12),
        reason: "status: 429".to_owned(),
    }
}

#[test]
fn a_stop_doubles_the_distance_and_a_clean_night_halves_it_again() {
    let (mut store, run) = in_memory(2);
    let now = at(START);
    let factor = |store: &Store| {
        let hosts = store.hosts(now, now).unwrap();
        hosts.get("h.example").map_or(1, |h| h.factor)
    };
    store.stop_host(run, &stop("h.example", now)).unwrap();
    assert_eq!(factor(&store), 2);
    store.stop_host(run, &stop("h.example", now)).unwrap();
    assert_eq!(factor(&store), 4);
    for _ in 0..9 {
        store.stop_host(run, &stop("h.example", now)).unwrap();
    }
    assert_eq!(factor(&store), 16, "it does not grow for ever");
    let later = now + jiff::SignedDuration::from_hours(13);
    let held = store.hosts(now, now).unwrap();
    assert_eq!(held["h.example"].stopped.as_ref().unwrap().1, "status: 429");
    assert!(
        store.hosts(now, later).unwrap()["h.example"]
            .stopped
            .is_none()
    );
    store.ease_hosts(run).unwrap();
    assert_eq!(factor(&store), 16, "the night of a stop is not clean");
}

#[test]
fn the_ledger_counts_what_was_caused_whatever_came_of_it() {
    let (mut store, run) = in_memory(2);
    let asked = at(START) + jiff::SignedDuration::from_secs(5);
    let caused = |page_views, bytes| Caused {
        asked_at: Some(asked),
        page_views,
        bytes,
    };
    for (seq, views, bytes) in [(0, 1, 500.0), (1, 2, 70.0)] {
        let mut record = not_measured(seq, FailureKind::Blocked, "status: 403");
        record.caused = caused(views, bytes);
        store.finish_visit(run, &record).unwrap();
    }
    let (views, bytes, blocked): (i64, f64, i64) = store
        .conn
        .query_row(
            "SELECT sum(page_views), sum(bytes), sum(blocked) FROM ledger",
            [],
            |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)),
        )
        .unwrap();
    assert_eq!((views, bytes, blocked), (3, 570.0, 2));
}

#[test]
fn a_robots_txt_is_kept_and_replaced() {
    let mut store = Store::in_memory().unwrap();
    assert!(store.robots("https://h.example").unwrap().is_none());
    let mut copy = RobotsCopy {
        origin: "https://h.example".to_owned(),
        fetched_at: at(START),
        status: Some(200),
        error: None,
        body: b"User-agent: *\n".to_vec(),
    };
    store.save_robots(&copy).unwrap();
    assert_eq!(
        store.robots("https://h.example").unwrap(),
        Some(copy.clone())
    );
    copy.status = None;
    copy.error = Some("gone".to_owned());
    store.save_robots(&copy).unwrap();
    assert_eq!(store.robots("https://h.example").unwrap(), Some(copy));
}
