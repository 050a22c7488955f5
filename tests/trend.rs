//! What is read from many nights: `history --changes`, and that columns say what rows say.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

#[path = "common/history.rs"]
mod history;

use std::path::Path;
use std::process::Command;

use history::Shape;
use jiff::tz::TimeZone;
use outpace::analysis::{FieldInput, PointsInput, Scope, field, field_of_points};
use outpace::config;
use outpace::model::Metric;
use outpace::store::{OpenMode, Store, VisitFilter};
use serde_json::Value;

const SHAPE: Shape = Shape {
    targets: 6,
    pages: 2,
    regions: 2,
    profiles: 1,
    nights: 45,
    rounds: 5,
};

/// Ours becomes 20 % slower on the 31st night, 2026-01-31.
fn project() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("targets.toml"), SHAPE.config()).unwrap();
    let database = dir.path().join("outpace.db");
    Store::open(&database, OpenMode::ReadWrite).unwrap();
    SHAPE.fill(&database, |target, night| {
        if target == 0 && night >= 30 {
            0.18
        } else {
            0.0
        }
    });
    dir
}

fn outpace(dir: &Path, args: &[&str]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_outpace"))
        .args(args)
        .current_dir(dir)
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(0), "{err}");
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn a_slower_release_is_listed_once_with_its_version() {
    let dir = project();
    outpace(
        dir.path(),
        &["release", "mark", "v2.0", "--at", "2026-01-31T10:00:00Z"],
    );
    let text = outpace(dir.path(), &["history", "--changes"]);
    let lines: Vec<&str> = text.lines().filter(|l| l.contains("Store 0")).collect();
    assert_eq!(lines.len(), 1, "{text}");
    assert!(
        lines[0].starts_with("2026-01-31") || lines[0].starts_with("2026-01-30"),
        "{text}"
    );
    assert!(
        lines[0].contains("Store 0") && lines[0].contains("v2.0"),
        "{text}"
    );
    assert!(lines[0].contains("+3"), "four cells in one event: {text}");

    let json: Value = serde_json::from_str(&outpace(
        dir.path(),
        &["history", "--changes", "--format", "json"],
    ))
    .unwrap();
    let changes = json["changes"].as_array().unwrap();
    let change = changes
        .iter()
        .find(|c| c["event"]["target"] == "t0")
        .unwrap();
    assert_eq!(change["release"]["version"], "v2.0");
    assert_eq!(change["event"]["cells"].as_array().unwrap().len(), 4);
    let share = change["event"]["share"].as_f64().unwrap();
    assert!((share - 0.197).abs() < 0.05, "{share}");

    let later = outpace(
        dir.path(),
        &["history", "--changes", "--since", "2026-02-05"],
    );
    assert!(!later.contains("Store 0"), "{later}");
}

#[test]
fn releases_are_listed_with_what_the_nights_say_of_them() {
    let dir = project();
    for (version, at) in [
        ("v1.8", "2026-01-04T10:00:00Z"),
        ("v1.9", "2026-01-14T23:00:00Z"),
        ("v2.0", "2026-01-30T23:00:00Z"),
        ("v2.1", "2026-05-01T10:00:00Z"),
    ] {
        outpace(dir.path(), &["release", "mark", version, "--at", at]);
    }
    let json = outpace(dir.path(), &["release", "list", "--format", "json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    let said: Vec<String> = json
        .as_array()
        .unwrap()
        .iter()
        .map(|r| format!("{} {}", r["version"], r["judged"]["words"]).replace('"', ""))
        .collect();
    assert_eq!(said.len(), 4);
    let of = |version: &str| said.iter().find(|s| s.starts_with(version)).unwrap();
    assert!(
        of("v1.8").contains("cannot tell: 3 of 14 sessions before it"),
        "{said:?}"
    );
    assert!(of("v1.9").contains("cannot tell: 11 of 14"), "{said:?}");
    assert!(
        of("v2.0").contains("slower +") && of("v2.0").contains("(page"),
        "{said:?}"
    );
    assert!(of("v2.1").contains("not measured yet"), "{said:?}");
    // What followed on our own page, less what the other sites did in the same nights.
    let effect = |i: usize| json[i]["effect"].clone();
    assert_eq!(effect(2)["change"]["relation"], "slower", "{json}");
    assert_eq!(effect(2)["is_adjusted"], true, "{json}");
    assert!(effect(3).is_null(), "{json}");
    // Without the marks between, v2.0 is judged on all nights before it, and so is v1.9.
    outpace(dir.path(), &["release", "remove", "v1.8"]);
    let text = outpace(dir.path(), &["release", "list"]);
    let line = |version: &str| text.lines().find(|l| l.starts_with(version)).unwrap();
    assert!(line("v1.9").contains("no regression"), "{text}");
    assert!(line("v2.0").contains("slower +2"), "{text}");
    assert!(text.lines().all(|l| l.chars().count() <= 80), "{text}");
    // Two before the same night are judged as one, and a night between them parts them again.
    let verdict = |at: &str, version: &str| {
        outpace(dir.path(), &["release", "mark", "v2.0.1", "--at", at]);
        let text = outpace(dir.path(), &["release", "list"]);
        outpace(dir.path(), &["release", "remove", "v2.0.1"]);
        let (_, line) = text.split_once(&format!("\n{version} ")).unwrap();
        let line = line.split("\nv2").next().unwrap();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (same, next) = ("2026-01-30T23:30:00Z", "2026-01-31T23:30:00Z");
    let said = verdict(same, "v2.0");
    assert!(
        said.contains("slower +2") && said.contains("with v2.0.1"),
        "{said}"
    );
    let said = verdict(same, "v2.0.1");
    assert!(
        said.contains("slower +2") && said.contains("with v2.0"),
        "{said}"
    );
    let said = verdict(next, "v2.0.1");
    assert!(!said.contains("with v"), "{said}");
}

#[test]
fn columns_say_what_rows_say() {
    let dir = project();
    let store = Store::open(&dir.path().join("outpace.db"), OpenMode::ReadOnly).unwrap();
    let all = VisitFilter::default();
    let rows = store.visits(&all, &TimeZone::UTC).unwrap();
    let loaded = config::load(&dir.path().join("targets.toml"), &|_| None, None).unwrap();
    let targets = &loaded.config.targets;
    let scope = Scope {
        page: "page1".to_owned(),
        regions: vec!["r0".to_owned(), "r1".to_owned()],
        profile: "f0".to_owned(),
        own_market: std::collections::BTreeMap::new(),
        metric: Metric::Lcp,
    };
    let expected = field(&FieldInput::new(&rows, &[], targets, "AU"), &scope);
    let points = store.points(&all, &TimeZone::UTC, Metric::Lcp).unwrap();
    let none = VisitFilter {
        run: Some(-1),
        ..all
    };
    let before = store.points(&none, &TimeZone::UTC, Metric::Lcp).unwrap();
    let input = PointsInput {
        now: &points,
        before: &before,
        targets,
        home_market: "AU",
        incumbent: None,
        reference: None,
    };
    assert_eq!(field_of_points(&input, &scope), expected);
    // So it is where each site is seen from its own market, be that one region or two.
    let mut at_home = scope.clone();
    for (i, target) in targets.iter().enumerate() {
        let seen = [vec!["r0"], vec!["r1"], vec!["r0", "r1"]][i % 3].clone();
        let seen = seen.into_iter().map(str::to_owned).collect();
        at_home.own_market.insert(target.id.clone(), seen);
    }
    let there = field(&FieldInput::new(&rows, &[], targets, "AU"), &at_home);
    assert_eq!(field_of_points(&input, &at_home), there);
    assert_ne!(there.standings, expected.standings);
    // A metric that the index does not hold is read from the table.
    let empty = store.points(&all, &TimeZone::UTC, Metric::Cls).unwrap();
    assert_eq!(empty.places.len(), 24);
    assert!(
        empty
            .places
            .iter()
            .all(|(_, p)| p.iter().all(|p| p.value.is_none()))
    );
}
