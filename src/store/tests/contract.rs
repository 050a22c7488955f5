//! What analysts rely on: columns, times, rows, example queries, size.

use jiff::ToSpan;
use jiff::tz::TimeZone;
use rusqlite::types::Value;

use super::*;
use crate::export::{Csv, Format, Json};
use crate::model::{Datum, Table};

const EVERYTHING: VisitFilter = VisitFilter {
    since: None,
    until: None,
    run: None,
};

fn columns(store: &Store, view: &str) -> Vec<String> {
    let statement = store
        .conn
        .prepare(&format!("SELECT * FROM {view}"))
        .unwrap();
    statement
        .column_names()
        .into_iter()
        .map(str::to_owned)
        .collect()
}

/// Rows of a query as text, for snapshots.
fn answer(store: &Store, sql: &str) -> String {
    let mut statement = store.conn.prepare(sql).unwrap();
    let width = statement.column_count();
    let mut out = statement.column_names().join(" | ") + "\n";
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let cells: Vec<String> = (0..width)
            .map(|i| match row.get_unwrap::<_, Value>(i) {
                Value::Null => "~".to_owned(),
                Value::Integer(v) => v.to_string(),
                Value::Real(v) => v.to_string(),
                Value::Text(v) => v,
                Value::Blob(_) => "blob".to_owned(),
            })
            .collect();
        out += &(cells.join(" | ") + "\n");
    }
    out
}

#[test]
fn view_visit_has_the_columns_of_the_contract_and_every_metric() {
    let store = Store::in_memory().unwrap();
    let mut expected: Vec<&str> = vec![
        "id",
        "run",
        "round",
        "warm_up",
        "target",
        "role",
        "market",
        "page",
        "step",
        "region",
        "profile",
        "started_at",
        "duration_ms",
        "state",
        "reason",
        "flags",
        "environment",
    ];
    expected.extend(Metric::ALL.iter().map(|m| m.name()));
    assert_eq!(
        columns(&store, "visit"),
        expected,
        "a new metric needs a migration that adds its column to table and view"
    );
}

#[test]
fn view_run_has_the_columns_of_the_contract() {
    let store = Store::in_memory().unwrap();
    insta::assert_snapshot!(
        columns(&store, "run").join(" "),
        @"id started_at finished_at state seed config_hash rounds planned ok failed blocked missed tool platform cores host"
    );
}

#[test]
fn views_show_words_and_iso_times_and_no_planned_visit() {
    let (mut store, run) = in_memory(1);
    store
        .finish_visit(run, &measured(0, all_values(0)))
        .unwrap();
    store
        .finish_visit(run, &not_measured(1, FailureKind::Blocked, "status: 403"))
        .unwrap();
    store.miss_visits(run, &[2], "cap: daily").unwrap();
    insta::assert_snapshot!(answer(&store, "SELECT id, run, round, warm_up, target, role, market,
        page, step, region, profile, started_at, duration_ms, state, reason, flags, environment,
        ttfb, redirect, console_errors FROM visit"), @"
    id | run | round | warm_up | target | role | market | page | step | region | profile | started_at | duration_ms | state | reason | flags | environment | ttfb | redirect | console_errors
    1 | 1 | 0 | 1 | own | own | AU | home | ~ | sydney | phone | 2026-11-23T01:02:03.456Z | 4321.5 | ok | ~ | never_quiet,busy_host | env-8a41 | 0 | 1.1 | 31.1
    2 | 1 | 0 | 1 | own | own | AU | product | ~ | sydney | phone | 2026-11-23T01:02:04.456Z | 4322.5 | blocked | status: 403 |  | env-8a41 | ~ | ~ | ~
    3 | 1 | 0 | 1 | rival | rival | AU | home | ~ | sydney | phone | ~ | ~ | missed | cap: daily |  | ~ | ~ | ~ | ~
    ");
    insta::assert_snapshot!(answer(&store, "SELECT * FROM run"), @"
    id | started_at | finished_at | state | seed | config_hash | rounds | planned | ok | failed | blocked | missed | tool | platform | cores | host
    1 | 2026-11-23T01:02:03.456Z | ~ | unfinished | fedcba9876543210 | cfg | 1 | 6 | 1 | 0 | 1 | 1 | 0.1.0 | linux x86_64 | 2 | h-1
    ");
}

#[test]
fn every_millisecond_survives_the_view() {
    let (mut store, run) = in_memory(1);
    store
        .finish_visit(run, &measured(0, Values::default()))
        .unwrap();
    // SQLite reckons dates in floating point: no millisecond may be rounded away.
    for ms in (0..1_000).chain([86_399_999, 31_535_999_999]) {
        let expected = at("2026-12-31T23:59:59Z") + jiff::SignedDuration::from_millis(ms);
        store
            .conn
            .execute(
                "UPDATE visits SET started_ms = ?1 WHERE seq = 0",
                [expected.as_millisecond()],
            )
            .unwrap();
        let shown: String = store
            .conn
            .query_row("SELECT started_at FROM visit", [], |r| r.get(0))
            .unwrap();
        assert_eq!(shown, format!("{expected:.3}"));
    }
}

/// A store with three runs, a night apart, every visit of which has some outcome.
fn three_nights() -> Store {
    let mut store = Store::in_memory().unwrap();
    for night in 0..3 {
        let start = at(START) + (24 * night).hours();
        let run = store
            .begin_run(&new_run(start), &plan(2), &targets())
            .unwrap();
        for visit in plan(2) {
            let record = if visit.target == "abroad" && night == 1 {
                not_measured(visit.seq, FailureKind::Blocked, "status: 403")
            } else {
                let mut values = all_values(visit.seq);
                let lcp = 2_000.0 + 100.0 * f64::from(visit.seq) + 10.0 * night as f64;
                values.set(Metric::Lcp, Some(lcp));
                measured(visit.seq, values)
            };
            store.finish_visit(run, &record).unwrap();
        }
        store.finish_run(run, start + 1.hour()).unwrap();
    }
    store
}

#[test]
fn the_example_queries_answer() {
    let store = three_nights();
    insta::assert_snapshot!(answer(&store, include_str!("../queries/median_lcp.sql")), @"
    target | page | visits | median_lcp
    own | home | 3 | 2610
    rival | home | 3 | 2810
    abroad | home | 2 | 3010
    own | product | 3 | 2710
    rival | product | 3 | 2910
    abroad | product | 2 | 3110
    ");
    insta::assert_snapshot!(answer(&store, include_str!("../queries/share_blocked.sql")), @"
    target | made | blocked_percent
    abroad | 6 | 33.3
    own | 6 | 0
    rival | 6 | 0
    ");
    insta::assert_snapshot!(answer(&store, include_str!("../queries/slowest_pages.sql")), @"
    target | page | region | profile | p75_lcp
    abroad | product | sydney | phone | 3120
    abroad | home | sydney | phone | 3020
    rival | product | sydney | phone | 2920
    rival | home | sydney | phone | 2820
    own | product | sydney | phone | 2720
    own | home | sydney | phone | 2620
    ");
}

fn shown(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => "~".to_owned(),
        serde_json::Value::String(text) => text.clone(),
        // As `answer` prints a REAL: 2100, not 2100.0.
        number if number.is_f64() => number.as_f64().unwrap().to_string(),
        other => other.to_string(),
    }
}

#[test]
fn rows_for_export_are_the_rows_of_the_view_and_of_the_model() {
    let store = three_nights();
    let mut csv = Vec::new();
    Csv.write(&mut store.visit_table(&EVERYTHING).unwrap(), &mut csv)
        .unwrap();
    let mut from_csv = String::new();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(csv.as_slice());
    for record in reader.records() {
        from_csv += &(record.unwrap().iter().collect::<Vec<_>>().join(" | ") + "\n");
    }
    let mut json = Vec::new();
    Json.write(&mut store.visit_table(&EVERYTHING).unwrap(), &mut json)
        .unwrap();
    let json: Vec<serde_json::Map<String, serde_json::Value>> =
        serde_json::from_slice(&json).unwrap();
    let mut from_json = columns(&store, "visit").join(" | ") + "\n";
    for row in json {
        let fields: Vec<String> = row.values().map(shown).collect();
        from_json += &(fields.join(" | ") + "\n");
    }
    let from_view = answer(&store, "SELECT * FROM visit ORDER BY id");
    assert_eq!(from_json, from_view);
    assert_eq!(from_csv, from_view.replace('~', ""));

    let rows = store.visits(&EVERYTHING, &TimeZone::UTC).unwrap();
    let mut table = store.visit_table(&EVERYTHING).unwrap();
    let names = table.columns();
    let mut model = rows.iter();
    table
        .each_row(&mut |row| {
            let of = |name: &str| row[names.iter().position(|n| n == name).unwrap()];
            let visit = model.next().unwrap();
            assert_eq!(of("id"), Datum::Integer(visit.id));
            assert_eq!(of("warm_up"), Datum::Integer(visit.warm_up.into()));
            assert_eq!(of("target"), Datum::Text(&visit.target));
            assert_eq!(of("state"), Datum::Text(visit.state.name()));
            for &m in Metric::ALL {
                let value = visit.values.get(m).map_or(Datum::Null, Datum::Real);
                assert_eq!(of(m.name()), value, "{m}");
            }
            Ok(())
        })
        .unwrap();
    assert!(model.next().is_none());
}

#[test]
fn a_filter_takes_whole_runs() {
    let store = three_nights();
    let runs_of = |filter: VisitFilter| {
        let mut runs: Vec<i64> = store
            .visits(&filter, &TimeZone::UTC)
            .unwrap()
            .iter()
            .map(|v| v.run)
            .collect();
        assert_eq!(runs.len() % 12, 0, "no run is cut");
        runs.dedup();
        runs
    };
    let second = at(START) + 24.hours();
    let since = VisitFilter {
        since: Some(second),
        ..EVERYTHING
    };
    let until = VisitFilter {
        until: Some(second),
        ..EVERYTHING
    };
    let one = VisitFilter {
        run: Some(2),
        ..EVERYTHING
    };
    assert_eq!(runs_of(EVERYTHING), [1, 2, 3]);
    assert_eq!(runs_of(since), [2, 3]);
    assert_eq!(runs_of(until), [1]);
    assert_eq!(runs_of(one), [2]);
}

#[test]
fn a_night_is_the_date_on_which_the_run_started_in_the_zone() {
    let sydney = TimeZone::get("Australia/Sydney").unwrap();
    let mut store = Store::in_memory().unwrap();
    // 23:50 in Sydney (daylight saving, UTC+11); the second visit is after midnight.
    let start = at("2026-11-23T12:50:00Z");
    let run = store
        .begin_run(&new_run(start), &plan(1), &targets())
        .unwrap();
    for (seq, minutes) in [(0, 1), (1, 30)] {
        let mut record = measured(seq, all_values(seq));
        record.started_at = start + jiff::SignedDuration::from_mins(minutes);
        store.finish_visit(run, &record).unwrap();
    }
    // 01:10 of the 24th in Sydney is still the 23rd in UTC.
    let next = at("2026-11-23T14:10:00Z");
    let run = store
        .begin_run(&new_run(next), &plan(1), &targets())
        .unwrap();
    store.miss_visits(run, &[0], "cap: daily").unwrap();
    let nights = |zone: &TimeZone| -> Vec<String> {
        let rows = store.visits(&EVERYTHING, zone).unwrap();
        rows.iter().map(|v| v.night.to_string()).collect()
    };
    assert_eq!(nights(&sydney), ["2026-11-23", "2026-11-23", "2026-11-24"]);
    assert_eq!(nights(&TimeZone::UTC), ["2026-11-23"; 3]);
}

#[test]
fn the_data_hash_follows_the_data_and_nothing_else() {
    let hash = |store: &Store| store.data_hash(&EVERYTHING).unwrap();
    let (one, mut other) = (three_nights(), three_nights());
    assert_eq!(hash(&one), hash(&other), "same data, same hash");
    assert_eq!(hash(&one).len(), 64);
    let first = VisitFilter {
        run: Some(1),
        ..EVERYTHING
    };
    let before = other.data_hash(&first).unwrap();
    // A plan is no data, and a column that a later schema adds is NULL in old rows.
    other
        .begin_run(&new_run(at(START)), &plan(1), &targets())
        .unwrap();
    assert_eq!(hash(&one), hash(&other));
    let view: String = other
        .conn
        .query_row(
            "SELECT sql FROM sqlite_schema WHERE name = 'visit'",
            [],
            |r| r.get(0),
        )
        .unwrap();
    let wider = view.replace("v.console_errors", "v.console_errors, v.paint");
    other
        .conn
        .execute_batch(&format!(
            "ALTER TABLE visits ADD COLUMN paint REAL; DROP VIEW visit; {wider}"
        ))
        .unwrap();
    assert!(columns(&other, "visit").contains(&"paint".to_owned()));
    assert_eq!(hash(&one), hash(&other));
    other
        .conn
        .execute(
            "UPDATE visits SET cls = cls + 1e-9 WHERE run_id = 2 AND seq = 0",
            [],
        )
        .unwrap();
    assert_ne!(hash(&one), hash(&other));
    assert_eq!(other.data_hash(&first).unwrap(), before);
}

#[test]
fn each_row_has_a_hash_of_its_own_that_others_do_not_change() {
    let store = three_nights();
    let rows = || store.data_hashes(&EVERYTHING).unwrap().1;
    let before = rows();
    assert!(before.windows(2).all(|w| w[0].visit < w[1].visit));
    let of_second = |r: &&RowHash| r.run == 2;
    assert!(before.iter().filter(of_second).count() > 1);
    store
        .conn
        .execute(
            "UPDATE visits SET cls = cls + 1e-9 WHERE run_id = 2 AND seq = 0",
            [],
        )
        .unwrap();
    let after = rows();
    let changed = before.iter().zip(&after).filter(|(a, b)| a != b);
    assert_eq!(changed.map(|(a, _)| a.run).collect::<Vec<_>>(), [2]);
}

#[test]
fn a_visit_with_every_metric_is_smaller_than_1_kb() {
    let (_directory, path) = place();
    let mut store = open(&path);
    let mut order: Vec<u32> = (0..2_004).collect();
    // Regions finish out of order: a full-cycle step through the plan.
    order.sort_by_key(|seq| (seq * 7) % 2_004);
    let run = store
        .begin_run(&new_run(at(START)), &plan(334), &targets())
        .unwrap();
    for seq in order {
        let mut values = Values::default();
        for &m in Metric::ALL {
            // Fractions, so that no value takes SQLite's short form of whole numbers.
            values.set(m, Some(f64::from(seq) + 0.123));
        }
        store.finish_visit(run, &measured(seq, values)).unwrap();
    }
    let pages = |what: &str| -> i64 {
        store
            .conn
            .pragma_query_value(None, what, |r| r.get(0))
            .unwrap()
    };
    let bytes = pages("page_count") * pages("page_size") / 2_004;
    assert!(bytes < 1_000, "{bytes} bytes a visit");
}
