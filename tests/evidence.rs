//! Evidence through the program: secrets reach nothing that is written, HAR files are whole, and
//! what has passed its time goes unless it is pinned.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

mod common;

use std::time::Duration;

use common::fake::{Fake, Page};
use common::{Project, config};
use serde_json::{Value, json};

const FAST: Duration = Duration::from_millis(5);

/// What is planted, and by where it is planted.
const PLANTED: &[&str] = &[
    "pl4nted-in-query",
    "pl4nted-in-fragment",
    "pl4nted-user",
    "pl4nted-password",
    "pl4nted-authorization",
    "pl4nted-cookie",
    "pl4nted-set-cookie",
    "pl4nted-proxy-auth",
    "pl4nted-api-key",
    "pl4nted-csrf",
    "pl4nted-wire-cookie",
    "pl4nted-wire-set-cookie",
    "pl4nted-referer",
    "pl4nted-location",
    "pl4nted-initiator",
    "pl4nted-console-url",
    "pl4nted-console-token",
    "pl4nted-console-bearer",
    "pl4nted-title-url",
    "pl4nted-final-url",
    "pl4nted-path-parameter",
    // Known to the config only, and so to be found wherever they turn up.
    "grid-pass/w\"ord",
    "grid-pass%2Fw%22ord",
    "gridtokengridtoken",
    "previewkey",
];

fn event(method: &str, params: Value) -> Value {
    json!({ "method": method, "params": params })
}

/// A page that says a secret wherever a page can.
fn telling() -> &'static str {
    let url = "http://pl4nted-user:pl4nted-password@own.example/a;jsessionid=pl4nted-path-parameter?sid=pl4nted-in-query#pl4nted-in-fragment";
    let sent = |id: &str, url: &str, redirect: Value| {
        let mut params = json!({
            "requestId": id, "frameId": "f", "type": "Fetch", "timestamp": 10.1, "wallTime": 1_795_399_323.5,
            "request": { "url": url, "method": "POST", "hasPostData": true, "initialPriority": "High", "headers": {
                "Authorization": "Bearer pl4nted-authorization", "Cookie": "a=pl4nted-cookie",
                "Proxy-Authorization": "Basic pl4nted-proxy-auth", "X-Api-Key": "pl4nted-api-key",
                "X-CSRF-Token": "pl4nted-csrf", "X-Echo": "grid-pass/w\"ord",
                "Referer": "http://own.example/?q=pl4nted-referer" } },
            "initiator": { "type": "script", "stack": { "callFrames": [
                { "url": "http://own.example/app.js?v=pl4nted-initiator", "lineNumber": 4 } ] } },
        });
        if redirect.is_object() {
            params["redirectResponse"] = redirect;
            params["redirectHasExtraInfo"] = json!(true);
        }
        event("Network.requestWillBeSent", params)
    };
    let response = json!({
        "status": 302, "statusText": "Found", "encodedDataLength": 180, "protocol": "http/1.1",
        "mimeType": "text/html", "remoteIPAddress": "[::1]", "connectionId": 12,
        "headers": { "Location": "http://own.example/next?code=pl4nted-location",
                     "Set-Cookie": "s=pl4nted-set-cookie\nt=pl4nted-set-cookie", "X-Token": "gridtokengridtoken" },
        "timing": { "requestTime": 10.11, "dnsStart": 0, "dnsEnd": 4, "connectStart": 4, "connectEnd": 12,
                    "sslStart": -1, "sslEnd": -1, "sendStart": 12.5, "sendEnd": 12.75,
                    "receiveHeadersStart": 40, "receiveHeadersEnd": 41 },
    });
    let mut last = response.clone();
    last["status"] = json!(200);
    let told = json!({
        "title": "Shop previewkey grid-pass/w\"ord http://own.example/?t=pl4nted-title-url",
        "href": "http://own.example/?session=pl4nted-final-url&preview=previewkey",
        "events": [
            sent("x", url, Value::Null),
            event("Network.requestWillBeSentExtraInfo", json!({ "requestId": "x", "headers": {
                ":path": "/a?sid=pl4nted-in-query", "cookie": "a=pl4nted-wire-cookie", "accept": "*/*" } })),
            event("Network.responseReceivedExtraInfo", json!({ "requestId": "x", "statusCode": 302, "headers": {
                "location": "/next?code=pl4nted-location", "set-cookie": "pl4nted-wire-set-cookie" } })),
            sent("x", "http://own.example/next?code=pl4nted-location", response),
            event("Network.responseReceived", json!({ "requestId": "x", "type": "Fetch", "response": last, "hasExtraInfo": false })),
            event("Network.dataReceived", json!({ "requestId": "x", "dataLength": 900, "encodedDataLength": 300 })),
            event("Network.loadingFinished", json!({ "requestId": "x", "timestamp": 10.3, "encodedDataLength": 480 })),
            sent("y", "https://third.example/beacon?id=pl4nted-in-query", Value::Null),
            event("Network.loadingFailed", json!({ "requestId": "y", "timestamp": 10.2, "errorText": "net::ERR_NAME_NOT_RESOLVED" })),
        ],
        "console": [
            { "level": "SEVERE", "source": "javascript", "timestamp": 1_795_399_323_600_i64,
              "message": "http://own.example/?k=pl4nted-console-url 1:2 Uncaught Error: token=pl4nted-console-token grid-pass/w\"ord" },
            { "level": "INFO", "source": "console-api", "timestamp": 1_795_399_323_601_i64,
              "message": "sent Authorization: Bearer pl4nted-console-bearer gridtokengridtoken" },
        ],
    });
    Box::leak(told.to_string().into_boxed_str())
}

/// A project whose driver, capabilities and page have secrets from the environment, after a run.
fn measured(rounds: u32) -> (Project, Fake) {
    let fake = Fake::start(&[("own.example", Page::Tells(telling()))], FAST);
    let driver = fake
        .url()
        .replace("http://", "http://bench:${GRID_PASSWORD}@");
    let text = config(&driver, rounds)
        .replace(
            "\"http://own.example/\"",
            "\"http://own.example/?preview=${PREVIEW}\"",
        )
        .replace(
            "driver = ",
            "capabilities = { \"vendor:options\" = { accessKey = \"${GRID_TOKEN}\" } }\ndriver = ",
        );
    let project = Project::new(&text);
    (project, fake)
}

fn outpace(project: &Project, args: &[&str]) -> common::Ran {
    let mut command = project.command(args);
    command
        .env("GRID_PASSWORD", "grid-pass/w\"ord")
        .env("GRID_TOKEN", "gridtokengridtoken")
        .env("PREVIEW", "previewkey");
    common::Ran::from(command.output().unwrap())
}

#[track_caller]
fn clean(what: &str, bytes: &[u8]) {
    for secret in PLANTED {
        let found = bytes
            .windows(secret.len())
            .position(|w| w == secret.as_bytes());
        if let Some(at) = found {
            let from = at.saturating_sub(120);
            let around = String::from_utf8_lossy(&bytes[from..(at + 60).min(bytes.len())]);
            panic!("`{secret}` is in {what}: …{around}…");
        }
    }
}

/// Every body of evidence, unpacked, by what it is.
fn bodies(project: &Project) -> Vec<(String, Vec<u8>)> {
    let database = project.database();
    let mut all = database
        .prepare("SELECT kind, visit_id, encoding, body FROM evidence ORDER BY id")
        .unwrap();
    let rows = all.query_map([], |row| {
        let name = format!(
            "{} of visit {}",
            row.get::<_, String>(0)?,
            row.get::<_, i64>(1)?
        );
        Ok((name, row.get::<_, String>(2)?, row.get::<_, Vec<u8>>(3)?))
    });
    rows.unwrap()
        .map(|row| {
            let (name, encoding, body) = row.unwrap();
            let body = match encoding.as_str() {
                "zstd" => zstd::stream::decode_all(body.as_slice()).unwrap(),
                _ => body,
            };
            (name, body)
        })
        .collect()
}

#[test]
fn no_secret_reaches_anything_that_is_written() {
    let (project, _fake) = measured(1);
    let ran = outpace(&project, &["run", "-vv"]).code(0);
    clean(
        "what `run` printed",
        format!("{}{}", ran.out, ran.err).as_bytes(),
    );
    let bodies = bodies(&project);
    assert!(
        bodies.len() >= 8,
        "requests, console and screenshot of each visit"
    );
    for (name, body) in &bodies {
        clean(name, body);
    }
    // The evidence is there all the same.
    let of = |kind: &str| {
        let texts = bodies.iter().filter(|(name, _)| name.starts_with(kind));
        let texts = texts.map(|(_, body)| String::from_utf8_lossy(body).into_owned());
        texts.collect::<String>()
    };
    let requests = of("requests");
    for kept in [
        "X-CSRF-Token",
        "own.example/a;*?sid=*",
        "app.js?v=*",
        "\"::1\"",
    ] {
        assert!(requests.contains(kept), "`{kept}` is not in {requests}");
    }
    assert!(
        of("console").contains("Uncaught Error: token=* *"),
        "{}",
        of("console")
    );
    let id = project.ask::<i64>("SELECT min(id) FROM visit WHERE target = 'own' AND page = 'home'");
    let id = id.to_string();
    for args in [
        &["export", "csv"][..],
        &["export", "json"],
        &["export", "har", "--run", "1"],
        &["export", "har", "--visit", &id],
        &["visit", &id],
        &["visit", &id, "--format", "json"],
        &["visit", &id, "--html", "visit.html"],
        &["visit"],
        &["history", "--format", "json"],
    ] {
        let ran = outpace(&project, args);
        let what = format!("`{}`", args.join(" "));
        assert_eq!(ran.code, 0, "{what}: {}", ran.err);
        clean(&what, format!("{}{}", ran.out, ran.err).as_bytes());
    }
    for file in project.files() {
        if file != "targets.toml" {
            clean(&file, &std::fs::read(project.file(&file)).unwrap());
        }
    }
}

/// The strict schema, and what a schema cannot say: phases add up, and entries are of their page.
fn sound(har: &Value) {
    let schema = include_str!("data/har-1.2.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> = validator
        .iter_errors(har)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert_eq!(wrong, [""; 0]);
    let pages: Vec<&Value> = har["log"]["pages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| &p["id"])
        .collect();
    for entry in har["log"]["entries"].as_array().unwrap() {
        assert!(pages.contains(&&entry["pageref"]));
        let phases = ["blocked", "dns", "connect", "send", "wait", "receive"];
        let micros = |v: &Value| (v.as_f64().unwrap() * 1000.0).round();
        let sum: f64 = phases
            .iter()
            .map(|p| micros(&entry["timings"][p]).max(0.0))
            .sum();
        assert!((sum - micros(&entry["time"])).abs() < 0.5, "{entry}");
    }
}

#[test]
fn a_visit_or_a_run_is_a_har_file() {
    let (project, _fake) = measured(1);
    outpace(&project, &["run"]).code(0);
    let ran = outpace(&project, &["export", "har", "--quiet"]).code(2);
    insta::assert_snapshot!(ran.err, @"
    error: `export har` needs a visit or a run
      hint: give `--visit ID` or `--run ID`; `outpace visit` lists the newest visits
    ");
    outpace(&project, &["export", "csv", "--visit", "1"]).code(2);
    outpace(&project, &["export", "har", "--visit", "99"]).code(2);
    let id = project.ask::<i64>("SELECT min(id) FROM visit WHERE target = 'own' AND page = 'home'");
    let id = id.to_string();
    outpace(
        &project,
        &["export", "har", "--visit", &id, "--out", "one.har"],
    )
    .code(0);
    let one: Value = serde_json::from_str(&project.read("one.har")).unwrap();
    sound(&one);
    let shown: Vec<String> = one["log"]["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| {
            format!(
                "{} {} {} -> {} {} {} {}",
                e["response"]["status"],
                e["request"]["method"],
                e["request"]["url"],
                e["response"]["redirectURL"],
                e["_priority"],
                e["_initiator"]["type"],
                e["response"]["_error"]
            )
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    200 "GET" "http://own.example/?preview=*" -> "" null "other" null
    302 "POST" "http://own.example/a;*?sid=*" -> "/next" "High" "script" null
    200 "POST" "http://own.example/next?code=*" -> "" "High" "script" null
    0 "POST" "https://third.example/beacon?id=*" -> "" "High" "script" "net::ERR_NAME_NOT_RESOLVED"
    "#);
    outpace(
        &project,
        &["export", "har", "--run", "1", "--out", "run.har"],
    )
    .code(0);
    let run: Value = serde_json::from_str(&project.read("run.har")).unwrap();
    sound(&run);
    assert_eq!(run["log"]["pages"].as_array().unwrap().len(), 8);
}

/// As if all visits but one had been made two months ago, some with large evidence.
fn age(project: &Project) {
    // As if it had been measured two months ago, one visit of it yesterday.
    let database = rusqlite::Connection::open(project.file("outpace.db")).unwrap();
    let day = 24 * 3600 * 1000;
    database
        .execute(
            "UPDATE visits SET started_ms = started_ms - 60 * ?1 WHERE id <> 8",
            [day],
        )
        .unwrap();
    let large = vec![7_u8; 400_000];
    let insert = "INSERT INTO evidence (visit_id, kind, media_type, encoding, body) VALUES (?1, 'x', 'y', 'none', ?2)";
    for visit in [1, 2, 3] {
        database
            .execute(insert, rusqlite::params![visit, large])
            .unwrap();
    }
    drop(database);
}

#[test]
fn what_has_passed_its_time_goes_and_what_is_pinned_stays() {
    let (project, _fake) = measured(1);
    outpace(&project, &["run"]).code(0);
    age(&project);
    let pin = outpace(
        &project,
        &["visit", "3", "--pin", "--why", "report 2026-09"],
    )
    .code(0);
    assert_eq!(pin.out, "pinned: its evidence stays\n");
    let left = || project.ask::<String>("SELECT group_concat(DISTINCT visit_id) FROM evidence");
    let all = left();

    let ran = outpace(&project, &["prune", "--dry-run", "--format", "json"]).code(0);
    let said: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (&said["pruned"]["visits"], &said["pruned"]["pinned"]),
        (&json!(6), &json!(1))
    );
    assert_eq!(left(), all, "a dry run changes nothing");

    let before = std::fs::metadata(project.file("outpace.db")).unwrap().len();
    let ran = outpace(&project, &["prune"]).code(0);
    assert!(
        ran.out
            .starts_with("ended the evidence of 6 visits from before "),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("3  2"), "the pin is listed: {}", ran.out);
    assert!(ran.out.contains("report 2026-09"), "{}", ran.out);
    assert_eq!(left(), "3,8");
    let after = std::fs::metadata(project.file("outpace.db")).unwrap().len();
    assert!(after + 700_000 < before, "{before} bytes became {after}");
    assert_eq!(
        project.ask::<i64>("SELECT count(*) FROM visit"),
        8,
        "figures stay"
    );
    outpace(&project, &["export", "har", "--visit", "1", "--quiet"]).code(4);
    let bare = outpace(&project, &["visit", "1"]).code(0);
    assert!(
        bare.out.contains("No evidence is kept of it."),
        "{}",
        bare.out
    );

    outpace(&project, &["visit", "3", "--unpin"]).code(0);
    outpace(&project, &["prune", "--older-than", "7d"]).code(0);
    assert_eq!(left(), "8");
    let ran = outpace(&project, &["prune", "--older-than", "7 days"]).code(2);
    assert!(ran.err.contains("not a unit"), "{}", ran.err);
}

#[test]
fn a_visit_is_shown_whole_and_hostile_titles_reach_no_terminal_or_page() {
    let told = json!({
        "title": "\u{1b}[31m<script>alert(1)</script>",
        "href": "http://own.example/<img src=x onerror=alert(1)>",
        "console": [{ "level": "SEVERE", "source": "javascript", "message": "<b>\u{1b}]0;x\u{7}boom</b>" }],
    });
    let told: &'static str = Box::leak(told.to_string().into_boxed_str());
    let fake = Fake::start(&[("own.example", Page::Tells(told))], FAST);
    let project = Project::new(&config(&fake.url(), 1));
    project.outpace(&["run"]).code(0);
    let id = project.ask::<i64>("SELECT max(id) FROM visit WHERE target = 'own' AND page = 'home'");
    let id = id.to_string();
    let text = project.outpace(&["visit", &id]).code(0).out;
    assert!(
        text.lines()
            .all(|l| unicode_width::UnicodeWidthStr::width(l) <= 80),
        "{text}"
    );
    assert!(
        !text.contains('\u{1b}') && !text.contains('\u{7}'),
        "{text}"
    );
    assert!(text.contains("<script>alert(1)</script>"), "{text}");
    for words in [
        "Own Store, home",
        "main content shown (LCP)",
        "1 request",
        "boom",
        "Kept: ",
    ] {
        assert!(text.contains(words), "`{words}`\n{text}");
    }
    project
        .outpace(&["visit", &id, "--html", "visit.html"])
        .code(0);
    let html = project.read("visit.html");
    assert!(!html.contains("<script") && !html.contains("<img src=x") && !html.contains('\u{1b}'));
    let ran = project.outpace(&["visit", "4711"]).code(2);
    assert!(ran.err.contains("there is no visit `4711`"), "{}", ran.err);
    let list = project
        .outpace(&["visit", "--target", "far", "--state", "ok"])
        .code(0)
        .out;
    assert_eq!(list.matches("  far  ").count(), 4, "{list}");
}
