//! What the store promises, held by tests; this file has the plan and the records they share.

mod contract;
mod crash;
mod lifecycle;
mod manners;
mod opening;
mod processes;
mod prune;

use std::path::PathBuf;

use jiff::Timestamp;
use tempfile::TempDir;
use url::Url;

use super::*;
use crate::model::{
    Artefact, Attribution, Failure, FailureKind, HostFacts, Measurement, Metric, Outcome,
    PlannedVisit, Role, Target, Values, VisitRecord,
};

const START: &str = "2026-11-23T01:02:03.456Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn target(id: &str, role: Role, market: &str) -> Target {
    Target {
        id: id.to_owned(),
        name: format!("The {id} Store"),
        role,
        market: market.to_owned(),
        first_party: vec![],
        robots_override: None,
        consent: Default::default(),
        pages: vec![],
    }
}

fn targets() -> Vec<Target> {
    vec![
        target("own", Role::Own, "AU"),
        target("rival", Role::Rival, "AU"),
        target("abroad", Role::Rival, "US"),
    ]
}

/// `rounds` rounds (the first is warm-up) over the targets and two pages each.
fn plan(rounds: u32) -> Vec<PlannedVisit> {
    let mut plan = Vec::new();
    for round in 0..rounds {
        for target in targets() {
            for page in ["home", "product"] {
                plan.push(PlannedVisit {
                    seq: u32::try_from(plan.len()).unwrap(),
                    round,
                    target: target.id.clone(),
                    page: page.to_owned(),
                    region: "sydney".to_owned(),
                    profile: "phone".to_owned(),
                    url: Url::parse(&format!("https://{}.example/{page}", target.id)).unwrap(),
                });
            }
        }
    }
    plan
}

fn new_run(started_at: Timestamp) -> NewRun {
    NewRun {
        started_at,
        seed: 0xfedc_ba98_7654_3210,
        config_hash: "cfg".to_owned(),
        config_json: "{}".to_owned(),
        rounds: 1,
        host: HostFacts {
            tool: "0.1.0".to_owned(),
            platform: "linux x86_64".to_owned(),
            cores: 2,
            host: "h-1".to_owned(),
            ..HostFacts::default()
        },
    }
}

/// Every metric has a value of its own, some with a fraction, some whole.
fn all_values(seq: u32) -> Values {
    let mut values = Values::default();
    for (i, &metric) in Metric::ALL.iter().enumerate() {
        let value = 1_000.0 * f64::from(seq) + i as f64 + 0.1 * (i % 2) as f64;
        values.set(metric, Some(value));
    }
    values
}

fn measured(seq: u32, values: Values) -> VisitRecord {
    VisitRecord {
        seq,
        started_at: at(START) + jiff::SignedDuration::from_secs(i64::from(seq)),
        duration_ms: 4_321.5 + f64::from(seq),
        outcome: Outcome::Measured(Box::new(Measurement {
            values,
            attribution: Attribution {
                lcp_element: Some("main > div.hero > img:nth-child(2)".to_owned()),
                lcp_url: Some("https://cdn.example/hero.avif?w=*".to_owned()),
                custom: [("mark:hero".to_owned(), 812.25)].into(),
                scripts: std::collections::BTreeMap::new(),
                errors: vec!["TypeError: x is undefined".to_owned()],
            },
            flags: vec!["never_quiet".to_owned(), "busy_host".to_owned()],
            final_url: Some("https://www.own.example/home?ref=*".to_owned()),
            title: Some("Own Store – home".to_owned()),
        })),
        environment: "env-8a41".to_owned(),
        artefacts: vec![],
        caused: crate::model::Caused {
            page_views: 1,
            ..Default::default()
        },
    }
}

fn not_measured(seq: u32, kind: FailureKind, reason: &str) -> VisitRecord {
    VisitRecord {
        outcome: Outcome::failed(Failure::new(kind, reason)),
        ..measured(seq, Values::default())
    }
}

fn artefact(kind: &'static str, media_type: &'static str, body: Vec<u8>) -> Artefact {
    Artefact {
        kind,
        media_type,
        body,
    }
}

/// A directory of its own with the path of a database that is not there yet.
fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("outpace.db");
    (directory, path)
}

fn open(path: &std::path::Path) -> Store {
    Store::open(path, OpenMode::ReadWrite).unwrap()
}

/// The database at `path`, with a run of `rounds` rounds just begun.
fn begun(path: &std::path::Path, rounds: u32) -> (Store, i64) {
    let mut store = open(path);
    let run = store
        .begin_run(&new_run(at(START)), &plan(rounds), &targets())
        .unwrap();
    (store, run)
}

fn in_memory(rounds: u32) -> (Store, i64) {
    let mut store = Store::in_memory().unwrap();
    let run = store
        .begin_run(&new_run(at(START)), &plan(rounds), &targets())
        .unwrap();
    (store, run)
}

/// A message as a person reads it, with the directory taken out.
fn message(error: &StoreError, directory: &TempDir) -> String {
    error
        .to_string()
        .replace(directory.path().to_str().unwrap(), "DIR")
}
