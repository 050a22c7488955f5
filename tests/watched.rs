//! The service as its watchers see it: `/healthz`, `/metrics`, the heartbeat, and logs for programs.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

mod common;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use common::fake::Fake;
use common::{Project, config};
use serde_json::Value;

const SECRET: &str = "hush-7f3a";

/// A service whose log is read as it comes.
struct Service {
    child: Child,
    log: Receiver<String>,
    seen: Vec<Value>,
}

impl Service {
    fn start(project: &Project, moment: &str) -> Service {
        let mut child = project
            .command(&["schedule", "-vv"])
            .env("OUTPACE_CLOCK", format!("{moment}@60"))
            .env("OUTPACE_LOG_FORMAT", "json")
            .env("BEAT", SECRET)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (send, log) = channel();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = send.send(line);
            }
        });
        Service {
            child,
            log,
            seen: Vec::new(),
        }
    }

    /// Reads the log up to the first line that `wanted` takes something from.
    fn wait<T>(&mut self, what: &str, wanted: impl Fn(&Value) -> Option<T>) -> T {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(60) {
            let Ok(line) = self.log.recv_timeout(Duration::from_secs(60)) else {
                break;
            };
            assert!(!line.contains(SECRET), "a secret is in the log: {line}");
            // What is said to people (warnings of the config, progress) has no format.
            if !line.starts_with('{') {
                continue;
            }
            let json: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
            let found = wanted(&json);
            self.seen.push(json);
            if let Some(found) = found {
                return found;
            }
        }
        panic!("{what} never came: {:#?}", self.seen);
    }
}

/// The service ends with the test, also with one that fails.
impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Status line, head and body of one request.
fn get(address: &str, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

/// Samples by name and labels, of a text that OpenMetrics 1.0 allows.
fn open_metrics(text: &str) -> BTreeMap<String, f64> {
    let body = text.strip_suffix("# EOF\n").expect("it ends with its end");
    let (mut families, mut samples) = (BTreeMap::new(), BTreeMap::new());
    let mut family = "";
    for line in body.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(["gauge", "counter", "info"].contains(&kind), "{line}");
            assert!(
                families.insert(name, kind).is_none(),
                "declared twice: {name}"
            );
            family = name;
        } else if let Some(rest) = line.strip_prefix("# HELP ") {
            assert!(rest.starts_with(&format!("{family} ")), "{line}");
        } else {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let name = series.split('{').next().unwrap();
            let base = match families.get(family) {
                Some(&"counter") => name.strip_suffix("_total").unwrap(),
                _ => name,
            };
            assert_eq!(base, family, "samples stand below their family: {line}");
            if let Some((_, labels)) = series.split_once('{') {
                let labels = labels.strip_suffix('}').unwrap();
                assert!(labels.split(',').all(|l| l.contains("=\"")), "{line}");
            }
            let value: f64 = value.parse().unwrap();
            assert!(samples.insert(series.to_owned(), value).is_none(), "{line}");
        }
    }
    samples
}

#[test]
fn a_watched_service_says_how_it_is_and_logs_for_programs() {
    let fake = Fake::start(&[], Duration::from_millis(3));
    let beats = TcpListener::bind("127.0.0.1:0").unwrap();
    let more = format!(
        "\n[schedule]\nnightly = \"0 2 * * *\"\ndisk_free_min_mb = 0\n\
         listen = \"127.0.0.1:0\"\nheartbeat = \"http://{}/${{BEAT}}\"\n",
        beats.local_addr().unwrap()
    );
    let project = Project::new(&format!("{}{more}", config(&fake.url(), 1)));
    let mut service = Service::start(&project, "2026-11-23T01:58:00Z");
    let address = service.wait("the address", |line| {
        line["address"].as_str().map(str::to_owned)
    });
    let (head, body) = get(&address, "/healthz");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert_eq!(body, "ok\n");

    // The heartbeat comes after the good night, with its secret in the address only.
    let (mut stream, _) = beats.accept().unwrap();
    let mut line = String::new();
    BufReader::new(stream.try_clone().unwrap())
        .read_line(&mut line)
        .unwrap();
    stream
        .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        .unwrap();
    assert!(line.contains(&format!("/{SECRET} HTTP/1.1")), "{line}");
    assert_eq!(
        project.ask::<String>("SELECT state FROM night WHERE job = 'night'"),
        "done",
        "after the night, not before"
    );

    let begun = Instant::now();
    let metrics = loop {
        let (head, body) = get(&address, "/metrics");
        assert!(
            head.contains("application/openmetrics-text; version=1.0.0"),
            "{head}"
        );
        let metrics = open_metrics(&body);
        if metrics.contains_key("outpace_last_success_timestamp_seconds") {
            break metrics;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{body}");
        std::thread::sleep(Duration::from_millis(50));
    };
    let start = "outpace_next_start_timestamp_seconds{job=\"night\",plan=\"nightly\"}";
    let next: jiff::Timestamp = "2026-11-24T02:00:00Z".parse().unwrap();
    assert_eq!(metrics[start], next.as_second() as f64);
    assert_eq!(metrics["outpace_outbox_messages"], 0.0);
    let with = |name: &str| metrics.iter().filter(|(k, _)| k.contains(name)).count();
    assert!(with("target=\"own\"") >= 1, "{metrics:?}");
    assert!(with("state=\"ok\"") >= 1, "{metrics:?}");

    every_visit_is_logged(&project, &mut service);
}

/// Every visit of the night has its line, with the ids that the database has.
fn every_visit_is_logged(project: &Project, service: &mut Service) {
    let visits: i64 = project.ask("SELECT count(*) FROM visit");
    let of_visit = |l: &Value| l["run"].as_i64().zip(l["visit"].as_i64());
    let mut logged: Vec<(i64, i64)> = service.seen.iter().filter_map(of_visit).collect();
    while (logged.len() as i64) < visits {
        logged.push(service.wait("a line of a visit", of_visit));
    }
    assert!(visits >= 8, "{visits}");
    for (run, visit) in logged {
        let sql = format!("SELECT run FROM visit WHERE id = {visit}");
        assert_eq!(project.ask::<i64>(&sql), run);
    }
}

#[test]
fn healthz_says_what_is_wrong_with_503() {
    let fake = Fake::refusing();
    let more = "\n[schedule]\nnightly = \"0 2 * * *\"\ndisk_free_min_mb = 0\n\
                catch_up = \"10m\"\nlisten = \"127.0.0.1:0\"\n";
    let project = Project::new(&format!("{}{more}", config(&fake.url(), 1)));
    let mut service = Service::start(&project, "2026-11-23T01:59:00Z");
    let address = service.wait("the address", |line| {
        line["address"].as_str().map(str::to_owned)
    });
    let begun = Instant::now();
    let (head, body) = loop {
        let (head, body) = get(&address, "/healthz");
        if !head.starts_with("HTTP/1.1 200") {
            break (head, body);
        }
        assert!(begun.elapsed() < Duration::from_secs(90), "still healthy");
        std::thread::sleep(Duration::from_millis(100));
    };
    assert!(head.starts_with("HTTP/1.1 503"), "{head}");
    assert!(
        body.contains("night `nightly` of 2026-11-23T02:00:00"),
        "{body}"
    );
}
