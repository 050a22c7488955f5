//! One controller and 1,000 sessions at once over 20 regions, against a WebDriver that is a stub of
//! this bench: memory and processor of the outpace process, how late a visit starts when its slot is
//! free, and whether a kill and a restart leave a session behind.
//! `OUTPACE_BENCH_SECONDS=10` holds them for a shorter while, `OUTPACE_BENCH_SESSIONS=5` takes so many
//! in each region. Nothing is asserted.

#![expect(
    clippy::unwrap_used,
    reason = "a bench that cannot go on may panic as tests may"
)]

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use axum::extract::{Path as At, State};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

const REGIONS: usize = 20;
/// Of each region.
const SESSIONS: u64 = 50;
/// How long a visit loads, milliseconds: pages differ, and so their visits do not end together.
const LOAD: std::ops::Range<u64> = 10_000..20_000;
/// Longest wait for 1,000 sessions to be open, and for the end.
const PATIENCE: Duration = Duration::from_secs(120);

fn main() {
    if std::env::args().any(|a| a == "--list" || a == "--test") {
        return;
    }
    let given = |name: &str, default: u64| {
        let given = std::env::var(name).ok().and_then(|n| n.parse().ok());
        given.unwrap_or(default)
    };
    let seconds = given("OUTPACE_BENCH_SECONDS", 60);
    let sessions = given("OUTPACE_BENCH_SESSIONS", SESSIONS) as usize;
    let all = REGIONS * sessions;
    let stub = Stub::start();
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("targets.toml"), config(&stub.url, sessions)).unwrap();
    hold(&stub, dir.path(), all, Duration::from_secs(seconds));
    restart(&stub, dir.path(), all);
}

fn config(driver: &str, sessions: usize) -> String {
    let mut text = String::from(
        "[project]\nname = \"Controller\"\ntimezone = \"UTC\"\nhome_market = \"AU\"\n\
         contact = \"https://www.example.com/bench\"\n[measure]\nrounds = 1\nquiet = \"1s\"\n\
         [[target]]\nid = \"own\"\nname = \"Own\"\nrole = \"own\"\nmarket = \"AU\"\n[target.pages]\n",
    );
    // A host is visited by one browser at a time: each page has its own, and there are some more.
    for page in 0..REGIONS * sessions * 21 / 20 {
        writeln!(text, "page{page} = \"http://h{page}.example/\"").unwrap();
    }
    for region in 0..REGIONS {
        write!(
            text,
            "[[region]]\nid = \"r{region}\"\nname = \"Region {region}\"\nmarket = \"AU\"\n\
             driver = \"{driver}r{region}/\"\nsessions = {sessions}\n"
        )
        .unwrap();
    }
    text.push_str("[[profile]]\nid = \"desktop\"\ndevice = \"desktop\"\n");
    text
}

fn outpace(dir: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_outpace"))
        .args(["run", "--quiet"])
        .current_dir(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until the stub has so many sessions open; says whether it came to that.
fn wait_for(stub: &Stub, enough: impl Fn(usize) -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if enough(stub.open()) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    false
}

/// All sessions at once, held for so long; then the process is killed.
fn hold(stub: &Stub, dir: &Path, all: usize, long: Duration) {
    let mut child = outpace(dir);
    let full = wait_for(stub, |open| open >= all);
    let (before, begun) = (cpu_seconds(&child), Instant::now());
    stub.seen.lock().unwrap().late.clear();
    std::thread::sleep(long);
    let cpu = (cpu_seconds(&child) - before) / begun.elapsed().as_secs_f64();
    let megabytes = peak_bytes(&child) / 1e6;
    let (most, mut late) = {
        let seen = stub.seen.lock().unwrap();
        (seen.most, seen.late.clone())
    };
    child.kill().unwrap();
    child.wait().unwrap();
    late.sort_by(f64::total_cmp);
    let at = |p: f64| late.get((late.len() as f64 * p) as usize).copied();
    println!(
        "controller: {most} sessions at once over {REGIONS} regions{}; at most {megabytes:.1} MB \
         (limit 150), {cpu:.2} of a core (limit 1)",
        if full { "" } else { " (fewer than were asked)" },
    );
    println!(
        "controller: {} visits started when a slot was free; late by {:.0} ms at the median, {:.0} ms \
         at the 99th percentile (limit 1000)",
        late.len(),
        at(0.5).unwrap_or(f64::NAN),
        at(0.99).unwrap_or(f64::NAN),
    );
}

/// What a killed run left is closed by the next; that one is asked to stop, and leaves nothing.
fn restart(stub: &Stub, dir: &Path, all: usize) {
    let left = stub.open();
    let orphans = stub.names();
    let mut child = outpace(dir);
    let closed = wait_for(stub, |_| {
        let now = stub.seen.lock().unwrap();
        !orphans.iter().any(|id| now.open.contains_key(id))
    });
    let full = wait_for(stub, |open| open >= all);
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    child.wait().unwrap();
    println!(
        "controller: {left} sessions were open after a kill; the next run {}, {}, and left {} when \
         it was asked to stop",
        if closed {
            "closed them all"
        } else {
            "did not close them all"
        },
        if full {
            "opened as many"
        } else {
            "opened fewer"
        },
        stub.open(),
    );
}

/// User and system time of a process (`/proc/PID/stat`, fields 14 and 15).
fn cpu_seconds(child: &Child) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
    let after = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks = after.split(' ').skip(11).take(2);
    let ticks: f64 = ticks.filter_map(|t| t.parse::<f64>().ok()).sum();
    ticks / rustix::param::clock_ticks_per_second() as f64
}

/// The most that was resident (`VmHWM` of `/proc/PID/status`).
fn peak_bytes(child: &Child) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let kib = text.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kib = kib.and_then(|l| l.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kib.unwrap_or_default() * 1024.0
}

#[derive(Debug, Default)]
struct Session {
    region: String,
    name: String,
    url: String,
    /// Whether its log was read.
    read: bool,
}

#[derive(Debug, Default)]
struct Seen {
    /// By id.
    open: BTreeMap<String, Session>,
    opened: u64,
    most: usize,
    /// Region -> since when its slots are free, the longest first.
    free: BTreeMap<String, VecDeque<Instant>>,
    /// For how long a slot had been free when it was asked for again, milliseconds.
    late: Vec<f64>,
}

type Shared = Arc<Mutex<Seen>>;

/// A WebDriver below a path for each region, which says of its sessions what a Grid says.
struct Stub {
    url: String,
    seen: Shared,
    _runtime: tokio::runtime::Runtime,
}

impl Stub {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let seen = Shared::default();
        let app = Router::new()
            .route("/{region}/status", get(status))
            .route("/{region}/session", post(open))
            .route("/{region}/session/{id}", delete(close))
            .route("/{region}/session/{id}/url", post(navigate))
            .route("/{region}/session/{id}/execute/async", post(load))
            .route("/{region}/session/{id}/execute/sync", post(collect))
            .route("/{region}/session/{id}/goog/cdp/execute", post(devtools))
            .route("/{region}/session/{id}/se/log", post(log))
            .with_state(Arc::clone(&seen));
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        runtime.spawn(async move { axum::serve(listener, app).await });
        Stub {
            url,
            seen,
            _runtime: runtime,
        }
    }

    fn open(&self) -> usize {
        self.seen.lock().unwrap().open.len()
    }

    fn names(&self) -> Vec<String> {
        self.seen.lock().unwrap().open.keys().cloned().collect()
    }
}

fn ok(value: &Value) -> Json<Value> {
    Json(json!({ "value": value }))
}

async fn status(State(seen): State<Shared>, At(region): At<String>) -> Json<Value> {
    let seen = seen.lock().unwrap();
    let of = seen.open.iter().filter(|(_, s)| s.region == region);
    let slots: Vec<Value> = of
        .map(
            |(id, s)| json!({ "session": { "sessionId": id, "capabilities": { "se:name": s.name } } }),
        )
        .collect();
    let node = json!({ "availability": "UP", "slots": slots });
    ok(&json!({ "ready": true, "nodes": [node] }))
}

async fn open(
    State(seen): State<Shared>,
    At(region): At<String>,
    Json(body): Json<Value>,
) -> Json<Value> {
    let name = &body["capabilities"]["alwaysMatch"]["se:name"];
    let name = name.as_str().unwrap_or_default().to_owned();
    let mut seen = seen.lock().unwrap();
    seen.opened += 1;
    let id = format!("s{}", seen.opened);
    let since = seen.free.entry(region.clone()).or_default().pop_front();
    if let Some(since) = since {
        seen.late.push(since.elapsed().as_secs_f64() * 1000.0);
    }
    let session = Session {
        region,
        name,
        ..Session::default()
    };
    seen.open.insert(id.clone(), session);
    seen.most = seen.most.max(seen.open.len());
    ok(&json!({ "sessionId": id, "capabilities": {
        "browserName": "chrome", "browserVersion": "156.0.1.2",
        "chrome": { "chromedriverVersion": "156.0.1.2 (abc)" } } }))
}

async fn close(State(seen): State<Shared>, At((region, id)): At<(String, String)>) -> Json<Value> {
    let mut seen = seen.lock().unwrap();
    if seen.open.remove(&id).is_some() {
        seen.free
            .entry(region)
            .or_default()
            .push_back(Instant::now());
    }
    ok(&Value::Null)
}

async fn navigate(
    State(seen): State<Shared>,
    At((_, id)): At<(String, String)>,
    Json(body): Json<Value>,
) -> Json<Value> {
    if let Some(session) = seen.lock().unwrap().open.get_mut(&id) {
        body["url"]
            .as_str()
            .unwrap_or_default()
            .clone_into(&mut session.url);
    }
    ok(&Value::Null)
}

fn place(seen: &Shared, id: &str) -> String {
    let seen = seen.lock().unwrap();
    seen.open.get(id).map(|s| s.url.clone()).unwrap_or_default()
}

async fn load(State(seen): State<Shared>, At((_, id)): At<(String, String)>) -> Json<Value> {
    // The same each time, and another for each visit (Knuth's multiplicative hash).
    let number: u64 = id.trim_start_matches('s').parse().unwrap_or_default();
    let spread = number.wrapping_mul(2_654_435_761) % (LOAD.end - LOAD.start);
    tokio::time::sleep(Duration::from_millis(LOAD.start + spread)).await;
    let url = place(&seen, &id);
    ok(&json!({ "state": "quiet", "href": url, "load": 1200.0, "last": 1200.0, "now": 2300.0 }))
}

async fn collect(
    State(seen): State<Shared>,
    At((_, id)): At<(String, String)>,
    Json(body): Json<Value>,
) -> Json<Value> {
    if body["script"] == "return Date.now()" {
        return ok(&json!(jiff::Timestamp::now().as_millisecond()));
    }
    let url = place(&seen, &id);
    ok(&json!({
        "navigation": {
            "redirectStart": 0, "redirectEnd": 0, "domainLookupStart": 1, "domainLookupEnd": 2,
            "connectStart": 2, "connectEnd": 10, "secureConnectionStart": 0, "requestStart": 10,
            "responseStart": 40, "responseEnd": 45, "domContentLoadedEventEnd": 60,
            "loadEventStart": 1100.0, "loadEventEnd": 1101.0, "redirectCount": 0,
        },
        "fcp": 45.0, "lcp": { "time": 1000.0, "url": "", "element": "h1" },
        "layout_shifts": [], "long_tasks": [], "custom": {},
        "identity": { "href": url, "title": "A page", "found": null },
    }))
}

/// A version, and a picture of a usual size.
async fn devtools(Json(body): Json<Value>) -> Json<Value> {
    if body["cmd"] == "Page.captureScreenshot" {
        return ok(&json!({ "data": format!("/9g{}", "A".repeat(40_001)) }));
    }
    ok(&json!({ "product": "Chrome/156.0.1.2" }))
}

/// The log of a page of 80 requests, once: reading it empties it.
async fn log(
    State(seen): State<Shared>,
    At((_, id)): At<(String, String)>,
    Json(body): Json<Value>,
) -> ([(&'static str, &'static str); 1], String) {
    static IMAGES: LazyLock<String> = LazyLock::new(|| {
        let images =
            (1..80).map(|n| request(n, "Image", &format!("http://images.example/{n}.jpg")));
        images.collect::<Vec<_>>().join(",")
    });
    let mut seen = seen.lock().unwrap();
    let session = seen.open.get_mut(&id).filter(|s| !s.read);
    let entries = match session {
        Some(session) if body["type"] == "performance" => {
            session.read = true;
            format!("{},{}", request(0, "Document", &session.url), *IMAGES)
        }
        _ => String::new(),
    };
    let json = [("content-type", "application/json; charset=utf-8")];
    (json, format!("{{\"value\":[{entries}]}}"))
}

/// The entries of one request.
fn request(n: usize, kind: &str, url: &str) -> String {
    let id = format!("q{n}");
    let events = [
        json!({ "method": "Network.requestWillBeSent", "params": {
            "requestId": id, "frameId": "f", "type": kind, "timestamp": 10.0,
            "request": { "url": url, "method": "GET" }, "initiator": { "type": "other" } } }),
        json!({ "method": "Network.responseReceived", "params": {
            "requestId": id, "type": kind, "response": {
                "status": 200, "encodedDataLength": 150, "headers": {},
                "timing": { "requestTime": 10.0, "receiveHeadersStart": 40.0 } } } }),
        json!({ "method": "Network.loadingFinished", "params": {
            "requestId": id, "timestamp": 10.045, "encodedDataLength": 5150 } }),
    ];
    let entry =
        |e: &Value| json!({ "level": "INFO", "message": json!({ "message": e }).to_string() });
    let entries: Vec<String> = events.iter().map(|e| entry(e).to_string()).collect();
    entries.join(",")
}
