//! What a HAR file says of visits, strictly after the format.

use serde_json::Value;

use super::*;
use crate::model::{Attribution, Kept, Metric, Timing, Values, VisitRow, VisitState};

fn visit(requests: Vec<RequestFact>) -> WholeVisit {
    let mut values = Values::default();
    values.set(Metric::DomContentLoaded, Some(400.5));
    values.set(Metric::Load, Some(905.0));
    values.set(Metric::Lcp, Some(1000.0));
    values.set(Metric::Cls, Some(0.05));
    WholeVisit {
        row: VisitRow {
            id: 7,
            run: 1,
            round: 1,
            warm_up: false,
            target: "own".into(),
            page: "home".into(),
            region: "sydney".into(),
            profile: "phone".into(),
            night: "2026-11-23".parse().unwrap(),
            started_at: Some("2026-11-23T01:02:03.456Z".parse().unwrap()),
            duration_ms: Some(4000.0),
            state: VisitState::Ok,
            reason: None,
            flags: vec![],
            environment: None,
            values,
        },
        target_name: "Own Store".into(),
        url: "https://own.example/".into(),
        final_url: None,
        title: Some("<b>\"Own\"</b>".into()),
        attribution: Attribution::default(),
        browser: Some("chrome 156.0.1.2".into()),
        tool: "0.1.0".into(),
        requests,
        console: vec![],
        kept: Vec::<Kept>::new(),
        pinned: None,
    }
}

fn fetched() -> RequestFact {
    RequestFact {
        url: "https://own.example/a?k=*&*".into(),
        method: "GET".into(),
        kind: "Script".into(),
        status: Some(200),
        start_ms: 100.0,
        end_ms: Some(400.0004),
        bytes: 5_200.0,
        detail: Some(Box::new(RequestDetail {
            wall_ms: Some(1_795_399_323_556.25),
            protocol: Some("h2".into()),
            remote: Some("2001:db8::1".into()),
            connection: Some("17".into()),
            priority: Some("High".into()),
            mime: Some("text/javascript".into()),
            header_bytes: 200.0,
            decoded_bytes: 20_000.0,
            initiator: Initiator {
                kind: "parser".into(),
                url: Some("https://own.example/".into()),
                line: Some(12),
            },
            response_headers: vec![
                Header {
                    name: "Set-Cookie".into(),
                    value: "*".into(),
                },
                Header {
                    name: "content-encoding".into(),
                    value: "br".into(),
                },
            ],
            timing: Some(Timing {
                dns: Some((110.0, 120.333)),
                connect: Some((120.333, 180.0)),
                tls: Some((150.0, 180.0)),
                send: (182.0, 183.0),
                headers: 300.0,
            }),
            ..RequestDetail::default()
        })),
        ..RequestFact::default()
    }
}

fn written(visits: &[WholeVisit]) -> Value {
    let mut out = Vec::new();
    let mut har = Har::begin(&mut out, "0.1.0").unwrap();
    for visit in visits {
        har.visit(visit).unwrap();
    }
    har.end().unwrap();
    let file: Value = serde_json::from_slice(&out).unwrap();
    let schema: Value =
        serde_json::from_str(include_str!("../../../tests/data/har-1.2.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> = validator
        .iter_errors(&file)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert_eq!(wrong, [""; 0]);
    file
}

#[test]
fn an_entry_has_its_phases_and_they_add_up() {
    let file = written(&[visit(vec![fetched()])]);
    let entry = &file["log"]["entries"][0];
    assert_eq!(
        entry["timings"].to_string(),
        r#"{"blocked":12.0,"dns":10.333,"connect":59.667,"ssl":30.0,"send":1.0,"wait":117.0,"receive":100.0}"#
    );
    assert_eq!(entry["time"], 300.0);
    // By the browser's clock, not ours.
    assert_eq!(entry["startedDateTime"], "2026-11-23T02:02:03.556Z");
    let page = &file["log"]["pages"][0];
    let at = |v: &Value| v.as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let offset = at(&entry["startedDateTime"]).duration_since(at(&page["startedDateTime"]));
    assert_eq!(offset.as_millis(), 100);
    assert_eq!(page["pageTimings"]["onLoad"], 905.0);
    assert_eq!(page["pageTimings"]["_lcp"], 1000.0);
    assert_eq!(entry["response"]["content"]["compression"], 15_000);
    assert_eq!(entry["response"]["bodySize"], 5_000);
    assert_eq!(entry["_initiator"]["lineNumber"], 11);
    assert_eq!(entry["_priority"], "High");
    assert_eq!(entry["request"]["httpVersion"], "http/2.0");
    assert_eq!(file["log"]["browser"]["version"], "156.0.1.2");
}

#[test]
fn failures_redirects_and_old_evidence_are_entries_too() {
    let failed = RequestFact {
        url: "https://third.example/t.js".into(),
        method: "POST".into(),
        kind: "Fetch".into(),
        status: None,
        start_ms: 50.0,
        end_ms: Some(60.0),
        third_party: true,
        error: Some("net::ERR_NAME_NOT_RESOLVED".into()),
        ..RequestFact::default()
    };
    let mut redirect = fetched();
    redirect.status = Some(301);
    redirect.detail.as_mut().unwrap().redirect = Some("https://own.example/b".into());
    let endless = RequestFact {
        end_ms: None,
        ..failed.clone()
    };
    let file = written(&[visit(vec![failed, redirect]), visit(vec![endless])]);
    let entries = &file["log"]["entries"];
    assert_eq!(entries[0]["response"]["status"], 0);
    assert_eq!(
        entries[0]["response"]["_error"],
        "net::ERR_NAME_NOT_RESOLVED"
    );
    assert_eq!(entries[0]["timings"]["blocked"], 10.0);
    assert_eq!(entries[0]["timings"]["dns"], -1);
    assert_eq!(
        entries[1]["response"]["redirectURL"],
        "https://own.example/b"
    );
    assert_eq!(entries[2]["time"], 0.0);
    assert_eq!(file["log"]["pages"].as_array().unwrap().len(), 2);
}

#[test]
fn no_visit_is_still_a_file() {
    let file = written(&[]);
    assert_eq!(file["log"]["entries"], serde_json::json!([]));
}
