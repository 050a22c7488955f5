//! Hostile pages in real Chromium: whatever a page does, its visit ends in a named state within
//! its deadline, and no process and no profile is left behind.
//!
//! All pages are visited in one run, so that each is also the next one's neighbour. The server is
//! written by hand, byte for byte: half of the pages are what no framework would send.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails where it stands"
)]

#[path = "../common/mod.rs"]
mod common;
mod tls;

use std::path::{Path, PathBuf};
use std::time::Duration;

use common::{Project, Ran};
use outpace::browser::{LocalBrowser, LocalDriver, SessionSpec};
use outpace::measure::probe::plain_spec;
use outpace::measure::visit::{Attempt, Filming, Load, attempt};
use outpace::model::{Outcome, Page, Role, Target};
use tls::Secure;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Page kind, and how its visit may end: `ok`, or the begin of its reason.
const PAGES: &[(&str, &[&str])] = &[
    ("plain", &["ok"]),
    ("never", &["timeout:"]),
    ("slow-byte", &["timeout:"]),
    ("redirects", &["navigation: net::ERR_TOO_MANY_REDIRECTS"]),
    // It may reload itself while it is read: what then does not fit together is refused.
    ("reload", &["timeout:", "ok", "invalid:"]),
    // Each is dismissed when the driver next looks: on a busy machine that takes its time.
    ("dialogs", &["ok", "timeout:"]),
    ("beforeunload", &["ok"]),
    ("download", &["timeout:", "navigation:"]),
    ("popups", &["ok"]),
    ("elements", &["ok", "timeout:"]),
    ("requests", &["ok", "timeout:"]),
    ("huge", &["ok", "timeout:"]),
    ("endless-script", &["timeout:", "instrument:"]),
    ("charset", &["ok"]),
    // Its own clock says that no load event came: refused, never believed.
    ("faked", &["timeout:", "invalid:"]),
    ("title-html", &["ok"]),
    ("title-sql", &["ok"]),
    ("title-long", &["ok"]),
    ("worker", &["ok"]),
    ("url-html", &["ok"]),
    ("ipv6", &["ok"]),
    ("http2", &["ok"]),
    ("gzip", &["ok"]),
    ("brotli", &["ok"]),
    (
        "certificate",
        &["navigation: net::ERR_CERT_AUTHORITY_INVALID"],
    ),
];

/// Where the pages are served.
struct Servers {
    plain: u16,
    ipv6: u16,
    trusted: Secure,
    untrusted: Secure,
}

impl Servers {
    fn url(&self, kind: &str) -> String {
        let (plain, trusted) = (self.plain, self.trusted.port);
        match kind {
            "url-html" => format!(
                "http://own.localhost:{plain}/plain/%3Cscript%3Ealert(1)%3C/script%3E?q=%27);DROP%20TABLE%20visits;--"
            ),
            "ipv6" => format!("http://[::1]:{}/plain", self.ipv6),
            "http2" | "gzip" | "brotli" => format!("https://own.localhost:{trusted}/{kind}"),
            "certificate" => format!("https://own.localhost:{}/", self.untrusted.port),
            kind => format!("http://own.localhost:{plain}/{kind}"),
        }
    }
}

const HEAD: &str = "<!doctype html><link rel=icon href='data:,'><h1>Hostile</h1>";

/// What is answered for a page that needs nothing but a body.
fn body(path: &str) -> String {
    let more = match path {
        "/reload" => "<script>setTimeout(() => location.reload(), 50)</script>".to_owned(),
        "/dialogs" => "<script>alert(1); confirm(2); prompt(3)</script>".to_owned(),
        "/beforeunload" => "<script>onbeforeunload = e => { e.preventDefault(); return 'x' }</script>".to_owned(),
        "/popups" => "<script>for (let i = 0; i < 5; i++) open('/plain?' + i)</script>".to_owned(),
        "/elements" => "<i>x</i>".repeat(100_000),
        "/requests" => "<script>for (let i = 0; i < 5000; i++) { const s = new Image(); s.src = '/dot?' + i }</script>".to_owned(),
        "/endless-script" => "<script>for (;;) {}</script>".to_owned(),
        "/faked" => "<script>
            performance.getEntriesByType = () => [{ loadEventEnd: 1, responseStart: 1, startTime: 1 }];
            performance.getEntriesByName = () => [{ startTime: 1 }];
            performance.now = () => 1;
            PerformanceObserver.prototype.takeRecords = () => [];
            </script>".to_owned(),
        "/title-html" => "<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>".to_owned(),
        "/title-sql" => "<title>'); DROP TABLE visits; --</title>".to_owned(),
        "/title-long" => format!("<title>{}</title>", "long ".repeat(200_000)),
        "/worker" => "<script>navigator.serviceWorker.register('/sw.js')</script>".to_owned(),
        _ => String::new(),
    };
    format!("{HEAD}{more}")
}

#[expect(clippy::too_many_lines, reason = "one arm a page, each a few bytes")]
async fn answer(mut socket: TcpStream) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    while !request.windows(4).any(|w| w == b"\r\n\r\n") {
        match socket.read(&mut chunk).await? {
            0 => return Ok(()),
            n => request.extend_from_slice(&chunk[..n]),
        }
    }
    let text = String::from_utf8_lossy(&request).into_owned();
    let target = text.split(' ').nth(1).unwrap_or("/").to_owned();
    let path = target.split('?').next().unwrap_or("/").to_owned();
    let head = |kind: &str, more: &str| {
        format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n{more}\r\n")
    };
    match path.as_str() {
        "/robots.txt" => {
            let none = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            socket.write_all(none.as_bytes()).await
        }
        "/never" => std::future::pending().await,
        "/slow-byte" => {
            socket.write_all(head("text/html", "").as_bytes()).await?;
            loop {
                socket.write_all(b"<").await?;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        "/redirects" => {
            let hop = target.len();
            let to = format!(
                "HTTP/1.1 302 Found\r\nLocation: /redirects?{}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                "x".repeat(hop)
            );
            socket.write_all(to.as_bytes()).await
        }
        "/download" => {
            let more = "Content-Disposition: attachment; filename=x.bin\r\n";
            let head = head("application/octet-stream", more);
            socket.write_all(head.as_bytes()).await?;
            socket.write_all(&[0; 1000]).await
        }
        "/huge" => {
            socket.write_all(head("text/html", "").as_bytes()).await?;
            socket.write_all(HEAD.as_bytes()).await?;
            socket.write_all(b"<!--").await?;
            let piece = vec![b'x'; 1_000_000];
            for _ in 0..200 {
                socket.write_all(&piece).await?;
            }
            socket.write_all(b"-->").await
        }
        "/charset" => {
            let head = head("text/html; charset=no-such-charset", "");
            socket.write_all(head.as_bytes()).await?;
            socket
                .write_all(&[0xff, 0xfe, b'<', 0, b'p', 0, 0x80, 0x81])
                .await?;
            socket.write_all(HEAD.as_bytes()).await
        }
        "/sw.js" => {
            let script = "onfetch = e => e.respondWith(fetch(e.request))";
            socket
                .write_all(head("text/javascript", "").as_bytes())
                .await?;
            socket.write_all(script.as_bytes()).await
        }
        path => {
            socket
                .write_all(head("text/html; charset=utf-8", "").as_bytes())
                .await?;
            socket.write_all(body(path).as_bytes()).await
        }
    }
}

/// Serves on a free port of an address until the program ends.
fn serve(runtime: &tokio::runtime::Runtime, address: &str) -> u16 {
    let listener = runtime.block_on(TcpListener::bind(address)).unwrap();
    let port = listener.local_addr().unwrap().port();
    runtime.spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(answer(socket));
        }
    });
    port
}

fn config(servers: &Servers) -> String {
    let pages: String = PAGES
        .iter()
        .map(|(kind, _)| format!("{kind} = \"{}\"\n", servers.url(kind)))
        .collect();
    let base = common::config("local", 1);
    let base = base
        .replace("timeout = \"2s\"", "timeout = \"4s\"")
        .replace("device = \"phone\"", "device = \"desktop\"");
    let at = base.find("home = \"http://own.example/\"").unwrap();
    let end = base[at..].find("[[target]]").unwrap() + at;
    let tail = base[end..].find("[[region]]").unwrap() + end;
    format!("{}{pages}\n{}", &base[..at], &base[tail..])
}

/// The browser of this machine, told to trust a key.
fn trusting(project: &Project, spki: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let env = |name: &str| std::env::var(name).ok();
    let browser = LocalBrowser::find(&env).unwrap().browser;
    let script = project.file("browser");
    let text = format!(
        "#!/bin/sh\nexec '{}' --ignore-certificate-errors-spki-list={spki} \"$@\"\n",
        browser.display()
    );
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    script
}

/// Whether a process carries a mark in its environment.
fn left(mark: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let environ = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        if String::from_utf8_lossy(&environ).contains(mark) {
            let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            found.push(String::from_utf8_lossy(&line).replace('\0', " "));
        }
    }
    found
}

#[test]
fn every_hostile_page_ends_in_a_named_state_in_time_and_leaves_nothing() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let servers = Servers {
        plain: serve(&runtime, "127.0.0.1:0"),
        ipv6: serve(&runtime, "[::1]:0"),
        trusted: Secure::serve(&runtime),
        untrusted: Secure::serve(&runtime),
    };
    let project = Project::new(&config(&servers));
    let temporary = tempfile::tempdir().unwrap();
    let output = project
        .command(&["run"])
        .env("OUTPACE_CHROME", trusting(&project, &servers.trusted.spki))
        .env("TMPDIR", temporary.path())
        .output()
        .unwrap();
    let ran = Ran::from(output).code(0);
    let mark = temporary.path().to_str().unwrap().to_owned();
    for _ in 0..100 {
        if left(&mark).is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(left(&mark), Vec::<String>::new());
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0);
    let database = project.database();
    let mut statement = database
        .prepare("SELECT page, state, coalesce(reason, 'ok'), duration_ms FROM visit ORDER BY id")
        .unwrap();
    let rows: Vec<(String, String, String, f64)> = statement
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(rows.len(), PAGES.len() * 2, "{}", ran.err);
    let mut wrong = Vec::new();
    for (page, state, reason, ms) in &rows {
        let (_, ends) = PAGES.iter().find(|(kind, _)| kind == page).unwrap();
        let named = ends.iter().any(|end| reason.starts_with(end));
        // Cap, start, what is collected after it, and a driver that must be ended.
        if !named || *ms > 45_000.0 {
            wrong.push(format!("{page}: {state} {reason} after {ms:.0} ms"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let titles: i64 = project.ask("SELECT count(*) FROM visits WHERE length(title) > 300");
    assert_eq!(titles, 0, "a title is cut");
    let packed = |page: &str| -> f64 {
        project.ask(&format!(
            "SELECT transfer_bytes FROM visit WHERE page = '{page}' AND NOT warm_up"
        ))
    };
    // Headers of HTTP/2 are packed as well; the favicon's address is in the page.
    for (page, body) in [("gzip", tls::GZIP), ("brotli", tls::BROTLI)] {
        let (got, sent) = (packed(page), (body.len() / 2) as f64);
        assert!(
            got >= sent && got < sent + 200.0 && got < tls::UNPACKED as f64,
            "{page}: {got} bytes of {sent}"
        );
    }
}

#[test]
fn a_tab_that_crashes_is_the_instruments_failure_and_the_next_visit_is_none_the_worse() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let port = serve(&runtime, "127.0.0.1:0");
    let env = |name: &str| std::env::var(name).ok();
    let browser = LocalBrowser::find(&env).unwrap();
    let ends = runtime.block_on(async {
        let outpace = Path::new(env!("CARGO_BIN_EXE_outpace"));
        let driver = LocalDriver::start(outpace, &browser.driver).await.unwrap();
        let spec = plain_spec(Some(browser.browser.clone()));
        let mut ends = Vec::new();
        for url in [
            "chrome://crash".to_owned(),
            format!("http://own.localhost:{port}/plain"),
        ] {
            let begun = std::time::Instant::now();
            let came = visit(driver.url(), &spec, &url).await;
            assert!(begun.elapsed() < Duration::from_secs(30), "{url}");
            ends.push(match came.outcome {
                Outcome::Measured(_) => "ok".to_owned(),
                Outcome::NotMeasured(failure, _) => failure.reason,
            });
        }
        driver.stop().await;
        ends
    });
    assert!(ends[0].starts_with("instrument:"), "{ends:?}");
    assert_eq!(ends[1], "ok");
}

/// A visit of an address by the library: no file may name one that is not of the web.
async fn visit(driver: &url::Url, spec: &SessionSpec, url: &str) -> Attempt {
    let page = Page {
        kind: "home".into(),
        url: url.parse().unwrap(),
        expect: None,
    };
    let target = Target {
        id: "own".into(),
        name: "Own".into(),
        role: Role::Own,
        market: "AU".into(),
        first_party: vec![],
        consent: Default::default(),
        robots_override: None,
        pages: vec![],
    };
    let load = Load {
        target: &target,
        page: &page,
        quiet: Duration::from_millis(300),
        timeout: Duration::from_secs(10),
        settle: Duration::ZERO,
        filming: Filming::Off,
        answered: None,
    };
    attempt(driver, spec, load).await
}
