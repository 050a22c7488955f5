//! Real Chromium: the whole demo, kills with a browser at work, pages that never end, and what is
//! left behind. One at a time, since browsers compete for the processor.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails where it stands"
)]

mod common;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use common::serving::Serving;
use common::{Project, config};
use outpace::sites::truth::{Expected, Truth, truth};

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Folders that drivers of this folder's runs were given and that are still there.
///
/// Runs get a temporary folder of the test's own, so that whatever carries its name in its
/// environment, or lies in it, was left behind by this test and no other.
struct Traces {
    temporary: tempfile::TempDir,
}

impl Traces {
    fn new() -> Self {
        Traces {
            temporary: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> &Path {
        self.temporary.path()
    }

    /// Runs the program with this temporary folder; it must end well and leave nothing in it.
    #[track_caller]
    fn outpace(&self, project: &Project, verb: &str) -> common::Ran {
        let output = project
            .command(&verb.split(' ').collect::<Vec<_>>())
            .env("TMPDIR", self.path())
            .output()
            .unwrap();
        let ran = common::Ran::from(output).code(0);
        self.gone();
        ran
    }

    /// Command lines of processes that carry the folder's name.
    fn processes(&self) -> Vec<String> {
        let mark = self.path().to_str().unwrap().to_owned();
        let mut found = Vec::new();
        for entry in std::fs::read_dir("/proc").unwrap().flatten() {
            let environ = std::fs::read(entry.path().join("environ")).unwrap_or_default();
            if String::from_utf8_lossy(&environ).contains(&mark) {
                let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
                found.push(String::from_utf8_lossy(&line).replace('\0', " "));
            }
        }
        found
    }

    fn files(&self) -> usize {
        std::fs::read_dir(self.path()).unwrap().count()
    }

    /// Waits for the keeper to have tidied up: it needs a moment after a kill.
    #[track_caller]
    fn gone(&self) {
        for _ in 0..100 {
            if self.processes().is_empty() && self.files() == 0 {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!(
            "left behind: {} files, processes {:#?}",
            self.files(),
            self.processes()
        );
    }
}

fn program(name: &str, args: &[&str]) -> String {
    let output = Command::new(name).args(args).output().unwrap();
    assert!(output.status.success(), "{name} failed: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_whole_demo_names_the_right_site_and_never_ranks_the_blocked_one() {
    let _alone = alone();
    let traces = Traces::new();
    let project = Project::new("");
    std::fs::remove_file(project.file("targets.toml")).unwrap();
    let ran = traces.outpace(&project, "demo --no-history");
    let lines: Vec<&str> = ran.out.lines().collect();
    let named = |label: &str| {
        let line = lines.iter().find_map(|l| l.strip_prefix(label));
        project.file(
            line.unwrap_or_else(|| panic!("no `{label}` in {}", ran.out))
                .trim(),
        )
    };
    let (html, pdf) = (named("Page:"), named("PDF:"));
    let result = lines.last().unwrap();
    assert!(
        result.starts_with("Result: Harbour Home ")
            && result.contains("best overseas: Northfield "),
        "{result}"
    );
    assert!(result.contains("not ranked yet"), "{result}");
    every_cell_was_measured_twice_besides_the_warm_up(&project);
    the_shops_were_seen_as_they_are(&project);
    the_report_is_whole(&std::fs::read_to_string(html).unwrap(), &pdf);
    let pinned = "SELECT count(*) FROM pins AS p JOIN evidence AS e ON e.visit_id = p.visit_id
                  WHERE p.why LIKE 'report %' AND e.kind = 'film'";
    let films: i64 = demo_database(&project)
        .query_row(pinned, [], |r| r.get(0))
        .unwrap();
    assert!(
        (4..=5).contains(&films),
        "what the report shows is kept: {films}"
    );
}

fn demo_database(project: &Project) -> rusqlite::Connection {
    rusqlite::Connection::open(project.file("reports/demo.db")).unwrap()
}

fn every_cell_was_measured_twice_besides_the_warm_up(project: &Project) {
    let db = demo_database(project);
    let (cells, fewest, most): (i64, i64, i64) = db
        .query_row(
            "SELECT count(*), min(n), max(n) FROM (
                 SELECT count(*) FILTER (WHERE NOT warm_up) AS n FROM visit
                 GROUP BY target, page, region)",
            [],
            |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)),
        )
        .unwrap();
    assert!(cells >= 5 * 2 * 3, "{cells} cells");
    assert_eq!((fewest, most), (2, 2));
    let lost: String = db
        .query_row(
            "SELECT coalesce(group_concat(DISTINCT target || ': ' || reason), '') FROM visit
             WHERE state <> 'ok'",
            [],
            |r| r.get(0),
        )
        .unwrap();
    assert_eq!(lost, "kyoto: status: 403");
}

/// Sydney's added round-trip by target (targets.toml), ms.
const SYDNEY_RTT: &[(&str, f64)] = &[
    ("harbour", 8.0),
    ("kookaburra", 8.0),
    ("northfield", 150.0),
    ("claire", 270.0),
];

/// The demo's true timings against what Chromium found from Sydney. Lower bounds are the server's
/// own delays and the added distance; above them a busy machine may add, so the upper bounds are
/// wide and only catch a figure of another kind.
fn the_shops_were_seen_as_they_are(project: &Project) {
    let db = demo_database(project);
    let mut early = Vec::new();
    let shops: BTreeMap<&str, &str> = BTreeMap::from([
        ("harbour", "harbour-home"),
        ("kookaburra", "kookaburra"),
        ("northfield", "northfield"),
        ("claire", "maison-claire"),
    ]);
    for (target, rtt) in SYDNEY_RTT {
        for page in ["home", "product"] {
            let truth = truth()
                .iter()
                .find(|t| t.shop == shops[target] && t.page == page)
                .unwrap();
            assert!(matches!(truth.expected, Expected::Ok));
            let mut read = db
                .prepare(
                    "SELECT ttfb, lcp, requests, third_party_requests, js_errors, cls, load, wait
                     FROM visit WHERE target = ?1 AND page = ?2 AND region = 'sydney'",
                )
                .unwrap();
            let rows = read
                .query_map([target, page], |r| {
                    let mut values = [0.0; 8];
                    for (i, v) in values.iter_mut().enumerate() {
                        *v = r.get(i)?;
                    }
                    Ok(values)
                })
                .unwrap();
            for row in rows {
                let row = row.unwrap();
                check(truth, *rtt, row);
                early.push(truth.server_ms as f64 + 2.0 * rtt - row[0]);
            }
        }
    }
    early.sort_by(f64::total_cmp);
    let middle = early[early.len() / 2];
    assert!(middle <= EARLY_CONNECT, "{early:?}");
}

/// How much of the connection may lie before the time origin in the middle visit, ms. Chromium's
/// loading predictor begins to connect while the navigation is still being set up: 1 to 7 ms before
/// the time origin at rest, 17 ms was seen on a busy machine. No switch turns only that off; the
/// preference that does (`net.network_prediction_options`) also turns off the page's own
/// `<link rel=preconnect>`, which would measure another page.
const EARLY_CONNECT: f64 = 15.0;

fn check(truth: &Truth, rtt: f64, row: [f64; 8]) {
    let [ttfb, lcp, requests, third, errors, cls, load, wait] = row;
    let (server, hero) = (truth.server_ms as f64, truth.hero_ms as f64);
    let of = format!("{} {}: {row:?}", truth.shop, truth.page);
    // A connection and an exchange are a round-trip each, and all of the exchange is after the
    // time origin; how much of the connection is, the caller sees over all visits.
    assert!(wait >= server + rtt - 5.0 && wait <= ttfb, "{of}");
    assert!(ttfb < server + 2.0 * rtt + 1_500.0, "{of}");
    assert!(lcp >= ttfb && lcp >= server + hero, "{of}");
    assert!(load >= ttfb && load < 15_000.0, "{of}");
    assert_eq!(requests, f64::from(truth.requests), "{of}");
    assert_eq!(third, f64::from(truth.third_party), "{of}");
    assert_eq!(errors, f64::from(truth.script_errors), "{of}");
    assert!(cls < 0.1 || truth.layout_shift(), "{of}");
}

fn the_report_is_whole(html: &str, pdf: &Path) {
    assert!(html.contains("Northfield") && html.contains("Kyoto Loft"));
    assert!(!html.contains("<script"), "the page needs no script");
    let pdf = pdf.to_str().unwrap();
    let text = program("pdftotext", &["-layout", pdf, "-"]);
    for wanted in [
        "Our home page showed its",
        "Harbour Home",
        "Kyoto Loft",
        "Not ranked yet",
        "How we measured",
        "page 1 of",
    ] {
        assert!(
            text.contains(wanted),
            "`{wanted}` is not in the PDF:\n{text}"
        );
    }
    let info = program("pdfinfo", &[pdf]);
    assert!(info.contains("Tagged:          yes"), "{info}");
    assert!(info.contains("(A4)"), "{info}");
    let pages: u32 = info
        .lines()
        .find_map(|l| l.strip_prefix("Pages:"))
        .and_then(|n| n.trim().parse().ok())
        .unwrap();
    // Twelve pages by plan, of which empty ones share a sheet, and the appendix.
    assert!((5..=18).contains(&pages), "{pages} pages");
    let fonts = program("pdffonts", &[pdf]);
    let column = fonts.lines().next().unwrap().find("emb").unwrap();
    let embedded: Vec<&str> = fonts
        .lines()
        .skip(2)
        .map(|l| l[column..].split_whitespace().next().unwrap())
        .collect();
    assert!(!embedded.is_empty(), "{fonts}");
    assert!(embedded.iter().all(|&e| e == "yes"), "{fonts}");
    assert!(fonts.contains("+Inter-Regular"), "{fonts}");
    let pictures = program("pdfimages", &["-list", pdf]);
    // Two lines of heads, then a line a picture: the films of the warm-up round.
    assert!(pictures.lines().count() > 8, "films are seen: {pictures}");
    program("qpdf", &["--check", pdf]);
}

/// Serves one page on a free port until dropped: `/` has its first byte after 300 ms and an image
/// 700 ms after that is asked for; `/never` never answers.
struct Page {
    port: u16,
    _serving: Serving,
}

impl Page {
    fn serve() -> Self {
        use axum::Router;
        use axum::http::header::CONTENT_TYPE;
        use axum::routing::get;
        let image = any_image();
        let page = "<!doctype html><title>T</title><link rel=icon href='data:,'><h1>T</h1><img src=/late width=400 height=300>";
        let app = Router::new()
            .route(
                "/",
                get(move || async move {
                    tokio::time::sleep(Duration::from_millis(300)).await;
                    ([(CONTENT_TYPE, "text/html")], page)
                }),
            )
            .route(
                "/late",
                get(move || async move {
                    tokio::time::sleep(Duration::from_millis(700)).await;
                    ([(CONTENT_TYPE, "image/jpeg")], image)
                }),
            )
            .route("/never", get(std::future::pending::<&str>));
        let serving = Serving::new();
        Page {
            port: serving.start(|listener| async move { axum::serve(listener, app).await }),
            _serving: serving,
        }
    }

    /// A config with two sites on this server, measured by this machine's browser.
    fn config(&self, path: &str, rounds: u32) -> String {
        config("local", rounds)
            .replace(
                "http://own.example/product",
                &format!("http://own.localhost:{}{path}", self.port),
            )
            .replace(
                "http://own.example/",
                &format!("http://own.localhost:{}/", self.port),
            )
            .replace(
                "http://far.example/product",
                &format!("http://far.localhost:{}/", self.port),
            )
            .replace(
                "http://far.example/",
                &format!("http://far.localhost:{}/", self.port),
            )
            .replace("device = \"phone\"", "device = \"desktop\"")
    }
}

/// The largest picture of the demo's shops.
fn any_image() -> Vec<u8> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sites/assets/northfield");
    let mut all: Vec<_> = std::fs::read_dir(dir).unwrap().flatten().collect();
    all.sort_by_key(|e| e.metadata().unwrap().len());
    std::fs::read(all.last().unwrap().path()).unwrap()
}

#[test]
fn first_byte_and_load_are_what_the_server_did() {
    let _alone = alone();
    let traces = Traces::new();
    let page = Page::serve();
    let project = Project::new(&page.config("/", 2));
    traces.outpace(&project, "run");
    let median = |metric: &str| -> f64 {
        project.ask(&format!(
            "SELECT {metric} FROM visit WHERE NOT warm_up ORDER BY {metric} LIMIT 1 OFFSET 4"
        ))
    };
    let (ttfb, load) = (median("ttfb"), median("load"));
    // Never under the server's delay; over it what a browser and a busy machine need.
    assert!((300.0..600.0).contains(&ttfb), "ttfb {ttfb}");
    assert!((1_000.0..1_800.0).contains(&load), "load {load}");
    assert_eq!(median("requests"), 2.0);
    let kinds: String =
        project.ask("SELECT group_concat(DISTINCT state || ' ' || flags) FROM visit");
    assert_eq!(kinds, "ok ");
}

#[test]
fn a_page_that_never_answers_is_a_timeout_and_leaves_nothing() {
    let _alone = alone();
    let traces = Traces::new();
    let page = Page::serve();
    let project = Project::new(&page.config("/never", 1));
    traces.outpace(&project, "run");
    let states: String = project.ask(
        "SELECT group_concat(page || ' ' || state || ' ' || coalesce(reason, '') || ' ' || n, ', ')
         FROM (SELECT page, state, reason, count(*) AS n FROM visit WHERE target = 'own'
               GROUP BY 1, 2, 3 ORDER BY 1)",
    );
    assert_eq!(
        states,
        "home ok  2, product failed timeout: no load event within 2 s 2"
    );
}

#[test]
fn kills_with_a_browser_at_work_leave_no_process_and_lose_no_visit() {
    let _alone = alone();
    let traces = Traces::new();
    let page = Page::serve();
    let project = Project::new(&page.config("/", 1));
    for kill in 0..4_u64 {
        let mut child = project
            .command(&["run"])
            .env("TMPDIR", traces.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(700 + kill * 900));
        let _ = child.kill();
        child.wait().unwrap();
        traces.gone();
    }
    traces.outpace(&project, "run");
    assert_eq!(project.ask::<i64>("SELECT count(*) FROM run"), 1);
    assert_eq!(
        project.ask::<i64>("SELECT count(*) FROM (SELECT DISTINCT target, page, round FROM visit WHERE state = 'ok')"),
        8
    );
    assert_eq!(project.ask::<i64>("SELECT count(*) FROM visit"), 8);
}
