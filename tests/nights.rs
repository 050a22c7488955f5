//! Weeks of nights in fast time: made-up visits with drift, decided on night by night as the service
//! would, and what of it goes into the outbox.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

#[path = "common/history.rs"]
mod history;

use std::path::Path;
use std::process::Command;

use history::{DAY_MS, FIRST_MS, Shape};
use outpace::store::{OpenMode, Store};
use rusqlite::Connection;
use serde_json::Value;

const SHAPE: Shape = Shape {
    targets: 6,
    pages: 1,
    regions: 2,
    profiles: 1,
    nights: 75,
    rounds: 5,
};
const NOTIFY: &str = "\n[schedule]\nnightly = \"0 22 * * *\"\ndisk_free_min_mb = 0\n\
    [[notify]]\nid = \"hook\"\nkind = \"command\"\ncommand = [\"true\"]\n";

/// A project with a history; `shift` as in [`Shape::fill`].
fn project(shape: &Shape, shift: impl Fn(usize, usize) -> f64) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let config = format!("{}{NOTIFY}", shape.config());
    std::fs::write(dir.path().join("targets.toml"), config).unwrap();
    let database = dir.path().join("outpace.db");
    Store::open(&database, OpenMode::ReadWrite).unwrap();
    shape.fill(&database, shift);
    dir
}

fn open(dir: &Path) -> Connection {
    Connection::open(dir.join("outpace.db")).unwrap()
}

fn moment(night: usize) -> String {
    let at = FIRST_MS + night as i64 * DAY_MS + 3_600_000;
    jiff::Timestamp::from_millisecond(at).unwrap().to_string()
}

fn outpace(dir: &Path, night: usize, args: &[&str]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_outpace"))
        .args(args)
        .env("OUTPACE_CLOCK", format!("{}@1", moment(night)))
        .current_dir(dir)
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(0), "{args:?}: {err}");
    String::from_utf8(out.stdout).unwrap()
}

/// The night's run is over, and the service decides.
fn decide(dir: &Path, night: usize) {
    let local = moment(night)[..10].to_owned() + "T22:00:00";
    let at = FIRST_MS + night as i64 * DAY_MS;
    open(dir)
        .execute(
            "INSERT INTO nights (job, plan, local, start_ms, due_ms, state, started_ms, ended_ms,
             run_id) VALUES ('night', 'nightly', ?1, ?2, ?2, 'done', ?2, ?2, ?3)",
            (local, at, night as i64 + 1),
        )
        .unwrap();
    outpace(dir, night, &["__decide"]);
}

/// Messages of a lane, oldest first: the night after which each was made, and its body.
fn messages(dir: &Path, lane: &str) -> Vec<(i64, Value)> {
    open(dir)
        .prepare("SELECT created_ms, body FROM outbox WHERE lane = ?1 ORDER BY id")
        .unwrap()
        .query_map([lane], |r| {
            let (at, body): (i64, String) = (r.get(0)?, r.get(1)?);
            Ok((
                (at - FIRST_MS) / DAY_MS,
                serde_json::from_str(&body).unwrap(),
            ))
        })
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

fn texts(dir: &Path, sql: &str) -> Vec<String> {
    let conn = open(dir);
    let mut rows = conn.prepare(sql).unwrap();
    let all = rows.query_map([], |r| r.get(0)).unwrap();
    all.map(Result::unwrap).collect()
}

#[test]
fn what_is_ours_is_told_and_what_slows_everybody_is_kept() {
    let dir = project(&SHAPE, |target, night| match (target, night) {
        // One night on which everything slowed down together.
        (_, 36) => 0.25,
        // A release of ours, taken back ten nights later; then the line gets slower for good.
        (0, 40..=49) => 0.18,
        (_, 60..) => 0.20,
        _ => 0.0,
    });
    let dir = dir.path();
    outpace(
        dir,
        40,
        &["release", "mark", "v2.0", "--at", "2026-02-10T10:00:00Z"],
    );
    // What the release did: the server waits longer, and more script comes.
    let released = "UPDATE visits SET wait = iif(run_id BETWEEN 41 AND 50, 180, 100),
                    js_bytes = iif(run_id BETWEEN 41 AND 50, 512000, 300000)
                    WHERE cell_id IN (SELECT id FROM cells WHERE target = 't0')";
    open(dir).execute(released, []).unwrap();
    for night in 30..SHAPE.nights {
        decide(dir, night);
    }
    let told = messages(dir, "B");
    let titles: Vec<(i64, &str)> = told
        .iter()
        .map(|(night, m)| (*night, m["title"].as_str().unwrap()))
        .collect();
    assert_eq!(told.len(), 2, "{titles:?}");
    let ((began, first), (ended, last)) = (&told[0], &told[1]);
    assert!((42..=48).contains(began), "{titles:?}");
    assert!((52..=54).contains(ended), "{titles:?}");
    assert_eq!(
        (&first["event"], &last["event"]),
        (&"opened".into(), &"recovered".into())
    );
    release_is_told(first);
    // What shows it is kept: a typical visit since, and one before.
    let shown: Vec<i64> =
        serde_json::from_value(first["alerts"][0]["facts"]["visits"].clone()).unwrap();
    let run = |visit: &i64| -> i64 {
        let sql = "SELECT v.run_id FROM visits AS v JOIN pins AS p ON p.visit_id = v.id
                   WHERE v.id = ?1 AND p.why LIKE 'alert B:slower:t0%'";
        open(dir).query_row(sql, [visit], |r| r.get(0)).unwrap()
    };
    let [since, before] = shown.as_slice() else {
        panic!("{shown:?}");
    };
    assert!(
        (41..=50).contains(&run(since)) && run(before) < 41,
        "{shown:?}"
    );
    // Both regions are there, in the message or as part of it.
    let ours = "SELECT DISTINCT json_extract(facts, '$.region') FROM alert WHERE key LIKE
                'B:slower:%' ORDER BY 1";
    assert_eq!(texts(dir, ours), ["r0", "r1"]);
    let open = "SELECT key FROM alert WHERE key LIKE 'B:slower:%' AND state <> 'recovered'";
    assert_eq!(texts(dir, open), [""; 0]);
    // The line that got slower for good is kept with the reason, and nobody was told.
    let kept = "SELECT state || ' ' || told FROM alert WHERE key LIKE 'B:everybody:%'";
    let kept = texts(dir, kept);
    assert!(!kept.is_empty());
    assert!(
        kept.iter()
            .all(|k| k.starts_with("logged not sent: all sites")),
        "{kept:?}"
    );
}

/// The message of what the release did: where, since when, how much, and why.
fn release_is_told(first: &Value) {
    let alert = &first["alerts"][0];
    assert_eq!(alert["facts"]["target"], "t0");
    assert_eq!(alert["facts"]["release"], "v2.0");
    assert_eq!(alert["cause"], "release v2.0");
    assert!(alert["facts"]["also_moved"].is_null(), "{alert}");
    let since = alert["facts"]["since"].as_str().unwrap();
    assert!(
        ["2026-02-09", "2026-02-10", "2026-02-11"].contains(&since),
        "{since}"
    );
    let change: Vec<f64> = serde_json::from_value(alert["facts"]["change"].clone()).unwrap();
    assert!(change[1] < 0.197 && 0.197 < change[2], "{change:?}");
    let suspects = &alert["facts"]["suspects"];
    assert_eq!(
        suspects[0], "server time +80 ms (can explain 20 % of it)",
        "{alert}"
    );
    assert_eq!(
        suspects[1], "script bytes 300 kB before, 512 kB since",
        "{alert}"
    );
    let plain = first["plain"].as_str().unwrap();
    for says in [
        "slower",
        "v2.0",
        "Since 2026-02",
        "Suspected: ",
        "We look again at 2026-02",
    ] {
        assert!(plain.contains(says), "`{says}` is missing: {plain}");
    }
}

#[test]
fn the_digest_of_the_field_comes_once_a_week_and_says_what_is_new() {
    // The best overseas, t1, becomes slower on the 50th night, 2026-02-20, and its pages heavier.
    let dir = project(&SHAPE, |target, night| match (target, night) {
        (1, 50..) => 0.2,
        _ => 0.0,
    });
    let dir = dir.path();
    let heavier = "UPDATE visits SET requests = iif(run_id > 50, 90, 40),
                   transfer_bytes = iif(run_id > 50, 2000000, 900000)
                   WHERE cell_id IN (SELECT id FROM cells WHERE target = 't1')";
    open(dir).execute(heavier, []).unwrap();
    for night in 40..SHAPE.nights {
        decide(dir, night);
    }
    let told = messages(dir, "C");
    let first = &told[0].1;
    assert_eq!(told.len(), 1, "{told:?}");
    // The week from Monday 2026-02-16 on has three such nights, the next one has seven.
    assert_eq!(first["id"], "digest-2026-03-02", "{first}");
    let plain = first["plain"].as_str().unwrap();
    assert!(
        plain.contains("The best overseas on `page0`, `t1`, became 18 % slower"),
        "{plain}"
    );
    assert!(plain.contains("`t1` looks rebuilt: "), "{plain}");
    let weeks = "SELECT key || ' ' || told FROM alert WHERE key LIKE 'C:digest:%' ORDER BY id";
    let weeks = texts(dir, weeks);
    assert_eq!(weeks.len(), 6, "{weeks:?}");
    let silent = weeks
        .iter()
        .filter(|w| w.ends_with("not sent: nothing to tell of the field"));
    assert_eq!(silent.count(), 5, "{weeks:?}");
}
