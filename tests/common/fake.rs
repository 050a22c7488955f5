//! A WebDriver server that drives no browser: it answers as ChromeDriver does, from what a test
//! tells it, so that runs take milliseconds and every failure can be had at will.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, post};
use axum::{Json, Router};
use serde_json::{Value, json};

/// How pages of a host behave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Page {
    /// Loads; main content after so many milliseconds.
    Loads(f64),
    /// Loads; the first load of each address takes so many milliseconds, and each later one so many
    /// more than the one before.
    Slows(f64, f64),
    /// Is answered with this status.
    Status(u16),
    /// Is answered with this status and this `Retry-After`.
    Waits(u16, &'static str),
    /// Never has a load event.
    Hangs,
    /// The browser is lost on the first visit of each address, and not on the second.
    LosesBrowserOnce,
    /// Loads, and says what stands in this JSON: `events` of the network, entries of the `console`,
    /// `title` and `href`.
    Tells(&'static str),
    /// Loads so many times, and is answered with this status from then on.
    Breaks(usize, u16),
    /// The browser is lost whenever it is visited.
    LosesBrowser,
}

impl Page {
    fn told(self) -> Value {
        match self {
            Page::Tells(text) => serde_json::from_str(text).unwrap(),
            _ => Value::Null,
        }
    }
}

#[derive(Debug, Default)]
struct Seen {
    /// Open sessions and where they are.
    sessions: BTreeMap<String, String>,
    opened: u32,
    most_at_once: usize,
    navigations: Vec<(String, std::time::Instant)>,
    lost_once: Vec<String>,
}

/// A stub that runs until dropped.
pub(crate) struct Fake {
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    refuse: Arc<AtomicBool>,
    runtime: Option<tokio::runtime::Runtime>,
}

#[derive(Clone)]
struct Stub {
    hosts: Arc<BTreeMap<String, Page>>,
    pause: Duration,
    refuse: Arc<AtomicBool>,
    seen: Arc<Mutex<Seen>>,
}

impl Fake {
    /// `hosts`: how the pages of each host behave; others load after 1,000 ms. `pause`: how long a
    /// page load takes.
    pub(crate) fn start(hosts: &[(&str, Page)], pause: Duration) -> Self {
        Self::serve(hosts, pause, false)
    }

    /// A driver that gives no sessions.
    pub(crate) fn refusing() -> Self {
        Self::serve(&[], Duration::ZERO, true)
    }

    fn serve(hosts: &[(&str, Page)], pause: Duration, refuse: bool) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let refuse = Arc::new(AtomicBool::new(refuse));
        let stub = Stub {
            hosts: Arc::new(hosts.iter().map(|&(h, p)| (h.to_owned(), p)).collect()),
            pause,
            refuse: Arc::clone(&refuse),
            seen: Arc::clone(&seen),
        };
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new()
            .route("/session", post(new_session))
            .route("/session/{id}", delete(end_session))
            .route("/session/{id}/url", post(navigate))
            .route("/session/{id}/execute/async", post(wait))
            .route("/session/{id}/execute/sync", post(collect))
            .route("/session/{id}/goog/cdp/execute", post(cdp))
            .route("/session/{id}/se/log", post(log))
            .with_state(stub);
        runtime.spawn(async move { axum::serve(listener, app).await });
        Fake {
            address,
            seen,
            refuse,
            runtime: Some(runtime),
        }
    }

    /// Whether it gives no sessions from now on.
    pub(crate) fn refuse(&self, refuse: bool) {
        self.refuse.store(refuse, Ordering::SeqCst);
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// How many sessions were ever asked for and given.
    pub(crate) fn sessions_given(&self) -> u32 {
        self.seen.lock().unwrap().opened
    }

    pub(crate) fn open_sessions(&self) -> usize {
        self.seen.lock().unwrap().sessions.len()
    }

    pub(crate) fn most_sessions_at_once(&self) -> usize {
        self.seen.lock().unwrap().most_at_once
    }

    /// Every address that was navigated to, and when.
    pub(crate) fn navigations(&self) -> Vec<(String, std::time::Instant)> {
        self.seen.lock().unwrap().navigations.clone()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

type Answer = (StatusCode, Json<Value>);

fn ok(value: Value) -> Answer {
    (StatusCode::OK, Json(json!({ "value": value })))
}

fn error(status: StatusCode, name: &str, message: &str) -> Answer {
    let value = json!({ "error": name, "message": message, "stacktrace": "" });
    (status, Json(json!({ "value": value })))
}

async fn new_session(State(stub): State<Stub>) -> Answer {
    if stub.refuse.load(Ordering::SeqCst) {
        return error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "session not created",
            "no browser here",
        );
    }
    let mut seen = stub.seen.lock().unwrap();
    seen.opened += 1;
    let id = format!("s{}", seen.opened);
    seen.sessions.insert(id.clone(), String::new());
    seen.most_at_once = seen.most_at_once.max(seen.sessions.len());
    ok(json!({
        "sessionId": id,
        "capabilities": {
            "browserName": "chrome", "browserVersion": "156.0.1.2",
            "chrome": { "chromedriverVersion": "156.0.1.2 (abc)" },
        },
    }))
}

async fn end_session(State(stub): State<Stub>, Path(id): Path<String>) -> Answer {
    stub.seen.lock().unwrap().sessions.remove(&id);
    ok(Value::Null)
}

async fn navigate(
    State(stub): State<Stub>,
    Path(id): Path<String>,
    Json(body): Json<Value>,
) -> Answer {
    let url = body["url"].as_str().unwrap_or_default().to_owned();
    let mut seen = stub.seen.lock().unwrap();
    seen.navigations
        .push((url.clone(), std::time::Instant::now()));
    let lose = match stub.page(&url) {
        Page::LosesBrowser => true,
        Page::LosesBrowserOnce if !seen.lost_once.contains(&url) => {
            seen.lost_once.push(url.clone());
            true
        }
        _ => false,
    };
    if lose {
        seen.sessions.remove(&id);
        return error(
            StatusCode::NOT_FOUND,
            "invalid session id",
            "the tab crashed",
        );
    }
    seen.sessions.insert(id, url);
    ok(Value::Null)
}

impl Stub {
    fn page(&self, url: &str) -> Page {
        let host = url.split('/').nth(2).unwrap_or_default();
        self.hosts.get(host).copied().unwrap_or(Page::Loads(1000.0))
    }

    /// How often an address was navigated to.
    fn loads(&self, url: &str) -> usize {
        let seen = self.seen.lock().unwrap();
        seen.navigations.iter().filter(|(to, _)| to == url).count()
    }

    fn place(&self, id: &str) -> Option<(String, Page)> {
        let url = self.seen.lock().unwrap().sessions.get(id).cloned()?;
        let page = self.page(&url);
        Some((url, page))
    }
}

fn gone() -> Answer {
    error(
        StatusCode::NOT_FOUND,
        "invalid session id",
        "no such session",
    )
}

async fn wait(State(stub): State<Stub>, Path(id): Path<String>, Json(body): Json<Value>) -> Answer {
    let Some((url, page)) = stub.place(&id) else {
        return gone();
    };
    if page == Page::Hangs {
        let cap = body["args"][1].as_f64().unwrap_or_default();
        tokio::time::sleep(Duration::from_secs_f64(cap / 1000.0)).await;
        return ok(json!({ "state": "no_load", "href": url, "load": 0, "last": 0, "now": cap }));
    }
    tokio::time::sleep(stub.pause).await;
    ok(json!({ "state": "quiet", "href": url, "load": 1200.0, "last": 1200.0, "now": 1300.0 }))
}

async fn collect(
    State(stub): State<Stub>,
    Path(id): Path<String>,
    Json(body): Json<Value>,
) -> Answer {
    let script = body["script"].as_str().unwrap_or_default();
    if script.contains("n.connectStart") {
        return match stub.place(&id) {
            None => gone(),
            Some((url, _)) => ok(json!({
                "ready": true, "href": url, "host": url.split('/').nth(2), "text": "203.0.113.7\n",
                "start": 2.0, "end": 10.5, "secure": 0.0,
            })),
        };
    }
    if script == "return Date.now()" {
        return ok(json!(jiff::Timestamp::now().as_millisecond()));
    }
    let Some((url, page)) = stub.place(&id) else {
        return gone();
    };
    let lcp = match page {
        Page::Loads(ms) => ms,
        Page::Slows(first, more) => first + more * (stub.loads(&url) - 1) as f64,
        _ => 50.0,
    };
    let told = page.told();
    let href = told["href"].as_str().unwrap_or(&url);
    let title = told["title"].as_str().unwrap_or("A page");
    ok(json!({
        "navigation": {
            "redirectStart": 0, "redirectEnd": 0, "domainLookupStart": 1, "domainLookupEnd": 2,
            "connectStart": 2, "connectEnd": 10, "secureConnectionStart": 0, "requestStart": 10,
            "responseStart": 40, "responseEnd": 45, "domContentLoadedEventEnd": 60,
            "loadEventStart": lcp + 100.0, "loadEventEnd": lcp + 101.0, "redirectCount": 0,
        },
        "fcp": 45.0,
        "lcp": { "time": lcp, "url": "", "element": "h1" },
        "layout_shifts": [], "long_tasks": [], "custom": {},
        "identity": { "href": href, "title": title, "found": null },
    }))
}

/// A version, and a picture of two bytes: the start of a JPEG.
async fn cdp() -> Answer {
    ok(json!({ "data": "/9g=", "product": "Chrome/156.0.1.2" }))
}

async fn log(State(stub): State<Stub>, Path(id): Path<String>, Json(body): Json<Value>) -> Answer {
    let Some((url, page)) = stub.place(&id) else {
        return gone();
    };
    let told = page.told();
    if body["type"] != "performance" {
        return ok(told["console"].as_array().map_or(json!([]), |c| json!(c)));
    }
    let status = match page {
        Page::Status(status) | Page::Waits(status, _) => status,
        Page::Breaks(loads, status) if stub.loads(&url) > loads => status,
        _ => 200,
    };
    let headers = match page {
        Page::Waits(_, after) => json!({ "Retry-After": after }),
        _ => json!({}),
    };
    let events = [
        json!({ "method": "Network.requestWillBeSent", "params": {
            "requestId": "d", "frameId": "f", "type": "Document", "timestamp": 10.0,
            "request": { "url": url, "method": "GET" }, "initiator": { "type": "other" } } }),
        json!({ "method": "Network.responseReceived", "params": {
            "requestId": "d", "type": "Document", "response": {
                "status": status, "encodedDataLength": 150, "headers": headers,
                "timing": { "requestTime": 10.0, "receiveHeadersStart": 40.0 } } } }),
        json!({ "method": "Network.loadingFinished", "params": {
            "requestId": "d", "timestamp": 10.045, "encodedDataLength": 5150 } }),
    ];
    let more = told["events"].as_array().cloned().unwrap_or_default();
    let entries: Vec<Value> = events
        .iter()
        .chain(&more)
        .map(|e| json!({ "level": "INFO", "message": json!({ "message": e }).to_string() }))
        .collect();
    ok(json!(entries))
}
