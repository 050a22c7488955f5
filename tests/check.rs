//! `outpace check` through the program, with a real browser against two versions of a page.
//!
//! Large effects and few pairs; how often it errs is shown by the simulations, and what `standard`
//! takes by the bench `check`.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

mod common;

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::get;
use common::fake::{Fake, Page};
use common::serving::Serving;
use common::{Project, config};
use serde_json::Value;

/// One version of a shop: how long the server thinks, and how long its script keeps the page busy.
#[derive(Clone, Copy)]
struct Version {
    server: Duration,
    busy_ms: u32,
}

const USUAL: Version = Version {
    server: Duration::from_millis(30),
    busy_ms: 0,
};

async fn page(State(version): State<Version>) -> Html<&'static str> {
    tokio::time::sleep(version.server).await;
    Html("<!doctype html><title>Shop</title><script src=/app.js></script><h1>Shop</h1><p>Lamps</p>")
}

async fn script(State(version): State<Version>) -> ([(&'static str, &'static str); 1], String) {
    let code = format!(
        "const until = performance.now() + {}; while (performance.now() < until) {{}}",
        version.busy_ms
    );
    ([("content-type", "text/javascript")], code)
}

/// Both versions on ports of their own; they end with the test.
struct Shops {
    _serving: Serving,
    urls: [String; 2],
}

fn serve(versions: [Version; 2]) -> Shops {
    let serving = Serving::new();
    let urls = versions.map(|version| {
        let app = Router::new()
            .route("/", get(page))
            .route("/app.js", get(script))
            .with_state(version);
        let port = serving.start(|listener| async move { axum::serve(listener, app).await });
        format!("http://127.0.0.1:{port}/")
    });
    Shops {
        _serving: serving,
        urls,
    }
}

fn checked(shops: &Shops, more: &[&str]) -> (i32, Value) {
    let project =
        Project::new(&config("local", 1).replace("device = \"phone\"", "device = \"desktop\""));
    let [old, new] = &shops.urls;
    let mut args = vec![
        "check",
        "--baseline",
        old,
        "--candidate",
        new,
        "--page",
        "home",
        "--preset",
        "quick",
        "--gap",
        "0s",
        "--seed",
        "7",
        "--format",
        "json",
    ];
    args.extend(more);
    let ran = project.outpace(&args);
    let visits: i64 = project.ask("SELECT count(*) FROM visit");
    assert_eq!(visits, 0, "a check is no night");
    let json =
        serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}\n{}\n{}", ran.out, ran.err));
    (ran.code, json)
}

#[test]
fn a_slower_server_is_found_and_named() {
    let slow = Version {
        server: Duration::from_millis(430),
        ..USUAL
    };
    let (code, found) = checked(&serve([USUAL, slow]), &[]);
    assert_eq!(code, 3, "{found:#}");
    assert_eq!(found["verdict"], "regressed");
    let cause = &found["causes"][0]["causes"][0];
    assert_eq!(cause["kind"], "server_time", "{found:#}");
}

#[test]
fn a_busy_script_is_found_and_named() {
    let busy = Version {
        busy_ms: 500,
        ..USUAL
    };
    let (code, found) = checked(&serve([USUAL, busy]), &[]);
    assert_eq!(code, 3, "{found:#}");
    let cause = &found["causes"][0]["causes"][0];
    assert_eq!(cause["what"], "/app.js", "{found:#}");
    assert!(cause["busy_ms"].as_f64().unwrap() > 300.0, "{found:#}");
}

#[test]
fn questions_without_an_answer_are_refused_plainly() {
    let project = Project::new(&config("local", 1));
    let ran = project.outpace(&["check"]).code(2);
    assert!(ran.err.contains("nothing to compare"), "{}", ran.err);
    let ran = project.outpace(&["check", "--baseline", "https://a.example/"]);
    assert!(ran.code(2).err.contains("a baseline without a candidate"));
    let ran = project.outpace(&["check", "--budgets"]).code(2);
    assert!(ran.err.contains("no `[[budget]]`"), "{}", ran.err);
    let ran = project.outpace(&["status", "--format", "junit"]).code(2);
    assert!(ran.err.contains("`outpace check` only"), "{}", ran.err);
    let ran = project.outpace(&["schema", "check"]).code(0);
    assert!(ran.out.contains("Result of outpace check"));
}

#[test]
fn a_budget_without_data_is_no_pass_and_a_short_history_has_no_verdict() {
    let budget = "\n[[budget]]\nmetric = \"lcp\"\nat_most = \"3s\"\n";
    let project = Project::new(&(config("local", 1) + budget));
    let ran = project.outpace(&["check", "--budgets"]).code(4);
    // Lines are broken to the terminal's width.
    let words = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("no visit was measured"), "{}", ran.out);
    let mark = ["release", "mark", "v1", "--at", "2026-11-01T00:00:00Z"];
    project.outpace(&mark).code(0);
    let ran = project
        .outpace(&["check", "--baseline", "release:v1"])
        .code(4);
    assert!(ran.out.contains("Cannot tell"), "{}", ran.out);
    let ran = project
        .outpace(&["check", "--baseline", "release:v2"])
        .code(2);
    assert!(ran.err.contains("there are v1"), "{}", ran.err);
}

/// A question of two made-up hosts.
const ASKED: [&str; 13] = [
    "check",
    "--baseline",
    "http://old.example/",
    "--candidate",
    "http://new.example/",
    "--page",
    "home",
    "--preset",
    "quick",
    "--gap",
    "0s",
    "--format",
    "json",
];

#[test]
fn a_killed_check_goes_on_with_whole_pairs_and_the_same_seed() {
    let fake = Fake::start(
        &[
            ("old.example", Page::Slows(1000.0, 1.0)),
            ("new.example", Page::Slows(1002.0, 1.0)),
        ],
        Duration::from_millis(30),
    );
    let project = Project::new(&config(&fake.url(), 1));
    let mut first = project
        .command(&ASKED)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let loads = || -> i64 {
        let path = project.file("outpace.db");
        let open = rusqlite::Connection::open(path).unwrap();
        let sql = "SELECT count(*) FROM check_loads";
        open.query_row(sql, [], |r| r.get(0)).unwrap_or(0)
    };
    let begun = std::time::Instant::now();
    while loads() < 8 {
        assert!(begun.elapsed() < Duration::from_secs(60), "no pair came");
        std::thread::sleep(Duration::from_millis(5));
    }
    first.kill().unwrap();
    first.wait().unwrap();
    let before = loads();
    let seed: i64 = project.ask("SELECT seed FROM checks");
    let ran = project.outpace(&ASKED);
    let found: Value = serde_json::from_str(&ran.out).unwrap();
    // Which of the two hangs on the order that the seed gave.
    assert!(matches!(ran.code, 0 | 4), "{found:#}");
    assert_eq!(
        found["seed"],
        format!("{seed:04x}"),
        "gone on with, not begun anew"
    );
    assert_eq!(project.ask::<i64>("SELECT count(*) FROM checks"), 1);
    let whole = "SELECT count(*) FROM (SELECT pair FROM check_loads GROUP BY pair
                 HAVING count(*) = 2 AND count(DISTINCT side) = 2)";
    let pairs: i64 = project.ask(whole);
    assert_eq!(pairs * 2, loads(), "whole pairs only");
    assert!(loads() > before);
    assert_eq!(
        project.ask::<i64>("SELECT max(pair) + 1 FROM check_loads"),
        pairs,
        "numbered on"
    );
    // The first pair of each process warms up; what was measured before the kill counts.
    let warm: i64 = project.ask("SELECT count(DISTINCT pair) FROM check_loads WHERE warm_up");
    assert_eq!(warm, 2);
    let lcp = found["lines"].as_array().unwrap();
    let lcp = lcp.iter().find(|l| l["metric"] == "lcp").unwrap();
    assert_eq!(lcp["n"], pairs - warm, "{found:#}");
}
