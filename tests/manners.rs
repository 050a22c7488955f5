//! Manners through the program: robots.txt of a site made by the test, hosts that tell us to wait,
//! caps, and the distance between runs, against a WebDriver stub.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::IntoResponse;
use common::fake::{Fake, Page};
use common::{Project, config};

const FAST: Duration = Duration::from_millis(5);
const OVERRIDE: &str = "robots_override = \"a made-up site, served nowhere\"\n";

/// What a site answers for robots.txt.
#[derive(Clone)]
enum Robots {
    Says(String),
    Status(u16),
    /// So many redirects before the text.
    Redirects(usize, String),
}

/// A site on a free port that keeps a log of who asked it for what.
struct Site {
    port: u16,
    log: Arc<Mutex<Vec<(String, String)>>>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Site {
    fn with(robots: Robots) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&log);
        let app = Router::new().fallback(move |uri: Uri, headers: HeaderMap| {
            let agent = headers.get(header::USER_AGENT).map(|v| v.to_str().unwrap());
            let agent = agent.unwrap_or_default().to_owned();
            seen.lock().unwrap().push((uri.to_string(), agent));
            std::future::ready(answer(&robots, &uri))
        });
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let port = listener.local_addr().unwrap().port();
        runtime.spawn(async move { axum::serve(listener, app).await });
        Site {
            port,
            log,
            runtime: Some(runtime),
        }
    }

    /// A config whose rival is this site.
    fn config(&self, fake: &Fake, rounds: u32) -> String {
        config(&fake.url(), rounds)
            .replace("far.example", &format!("far.localhost:{}", self.port))
            .replace(OVERRIDE, "")
    }

    fn log(&self) -> Vec<(String, String)> {
        self.log.lock().unwrap().clone()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn answer(robots: &Robots, uri: &Uri) -> axum::response::Response {
    match robots {
        Robots::Says(text) => text.clone().into_response(),
        Robots::Status(status) => StatusCode::from_u16(*status).unwrap().into_response(),
        Robots::Redirects(hops, text) => {
            let hop = uri.query().and_then(|q| q.parse().ok()).unwrap_or(0);
            if hop == *hops {
                return text.clone().into_response();
            }
            let to = format!("/robots.txt?{}", hop + 1);
            (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
        }
    }
}

/// How visits of the rival ended: `page state reason`, once each.
fn ends(project: &Project) -> String {
    project.ask(
        "SELECT group_concat(page || ' ' || state || coalesce(' ' || reason, ''), '; ') FROM
         (SELECT DISTINCT page, state, reason FROM visit WHERE target = 'far' ORDER BY page)",
    )
}

fn after_a_run(robots: Robots) -> (String, Vec<(String, String)>) {
    let fake = Fake::start(&[], FAST);
    let site = Site::with(robots);
    let project = Project::new(&site.config(&fake, 1));
    project.outpace(&["run"]).code(0);
    (ends(&project), site.log())
}

#[test]
fn a_robots_txt_is_obeyed_for_our_token_and_fetched_in_our_name() {
    let text =
        "User-agent: *\nDisallow: /\n\nUser-agent: outpace\nDisallow: /prod*t\nCrawl-delay: 0.01\n";
    let (ends, log) = after_a_run(Robots::Says(text.to_owned()));
    assert_eq!(
        ends,
        "home ok; product missed robots: `/robots.txt` disallows this page"
    );
    let [(path, agent)] = log.as_slice() else {
        panic!("{log:?}")
    };
    assert_eq!(path, "/robots.txt");
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        *agent,
        format!("outpace/{version} (+https://www.example.com/bench)")
    );
}

#[test]
fn everybodys_rules_hold_where_there_are_none_for_us() {
    let (ends, _) = after_a_run(Robots::Says("User-agent: *\nDisallow: /product\n".into()));
    assert!(
        ends.starts_with("home ok; product missed robots:"),
        "{ends}"
    );
}

#[test]
fn a_missing_robots_txt_allows_and_a_failing_one_does_not() {
    assert_eq!(after_a_run(Robots::Status(404)).0, "home ok; product ok");
    assert_eq!(
        after_a_run(Robots::Status(503)).0,
        "home missed robots: status 503 for `/robots.txt`; \
         product missed robots: status 503 for `/robots.txt`"
    );
}

#[test]
fn five_redirects_are_followed_and_six_are_as_good_as_none() {
    let text = "User-agent: *\nDisallow: /product\n".to_owned();
    let (ends, log) = after_a_run(Robots::Redirects(5, text.clone()));
    assert!(ends.contains("product missed"), "{ends}");
    assert_eq!(log.len(), 6);
    let (ends, log) = after_a_run(Robots::Redirects(6, text));
    assert_eq!(ends, "home ok; product ok");
    assert_eq!(log.len(), 6);
}

#[test]
fn of_a_huge_robots_txt_the_beginning_counts() {
    let mut text = "User-agent: *\nDisallow: /product\n".to_owned();
    text.push_str(&"# filler\n".repeat(400_000));
    text.push_str("Disallow: /\n");
    let (ends, _) = after_a_run(Robots::Says(text));
    assert!(ends.starts_with("home ok; product missed"), "{ends}");
}

#[test]
fn nobody_there_is_no_permission() {
    let fake = Fake::start(&[], FAST);
    // A port that was free a moment ago and on which nobody listens.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let text = config(&fake.url(), 1)
        .replace("far.example", &format!("far.localhost:{port}"))
        .replace(OVERRIDE, "");
    let project = Project::new(&text);
    project.outpace(&["run"]).code(0);
    let ends = ends(&project);
    assert!(
        ends.starts_with("home missed robots: `/robots.txt` cannot be had: "),
        "{ends}"
    );
}

#[test]
fn a_copy_holds_for_a_day_and_an_override_is_shown_and_kept() {
    let fake = Fake::start(&[], FAST);
    let site = Site::with(Robots::Says("User-agent: *\nDisallow: /\n".into()));
    let obeying = site.config(&fake, 1);
    let project = Project::new(&obeying);
    project.outpace(&["run"]).code(0);
    project.outpace(&["run"]).code(0);
    assert_eq!(site.log().len(), 1, "the second run had the copy");
    assert!(
        fake.navigations()
            .iter()
            .all(|(url, _)| !url.contains("far"))
    );
    let plan = project.outpace(&["plan"]).code(0).out;
    assert!(
        plan.contains("Far Store, home: not visited; robots: `/robots.txt` disallows this page"),
        "{plan}"
    );
    let reason = "agreed with their Jo Bloggs by mail of 2026-11-02";
    let overriding = obeying.replace(
        "id = \"far\"",
        &format!("id = \"far\"\nrobots_override = \"{reason}\""),
    );
    std::fs::write(project.file("targets.toml"), overriding).unwrap();
    let plan = project.outpace(&["plan"]).code(0).out.replace('\n', " ");
    assert!(
        plan.contains(&format!(
            "Far Store: robots.txt is not obeyed, because: {reason}"
        )),
        "{plan}"
    );
    project.outpace(&["run"]).code(0);
    let (views, refused, kept): (i64, i64, String) = project
        .database()
        .query_row(
            "SELECT sum(page_views), sum(robots_refused), max(robots_override) FROM ledger
             WHERE target = 'far'",
            [],
            |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)),
        )
        .unwrap();
    assert_eq!((views, refused, kept.as_str()), (4, 8, reason));
}

fn loads_of(fake: &Fake, host: &str) -> Vec<std::time::Instant> {
    let all = fake.navigations();
    let of = all.iter().filter(|(url, _)| url.contains(host));
    of.map(|(_, at)| *at).collect()
}

#[test]
fn a_host_that_says_wait_is_left_alone_for_the_night_and_kept_further_away_afterwards() {
    for page in [
        Page::Waits(429, "60"),
        Page::Status(503),
        Page::Waits(200, "120"),
    ] {
        let fake = Fake::start(&[("far.example", page)], FAST);
        let project = Project::new(&config(&fake.url(), 1));
        let ran = project.outpace(&["run"]).code(0);
        assert_eq!(loads_of(&fake, "far.example").len(), 1, "{page:?}");
        assert!(
            ran.err.contains("`far.example` told us to wait"),
            "{}",
            ran.err
        );
        assert_eq!(
            project.ask::<i64>(
                "SELECT count(*) FROM visit WHERE target = 'far' AND state = 'missed'
                 AND reason LIKE 'told to wait: %'"
            ),
            3
        );
        assert_eq!(loads_of(&fake, "own.example").len(), 4);
        // A second start of the same night finds it still left alone.
        project.outpace(&["run"]).code(0);
        assert_eq!(loads_of(&fake, "far.example").len(), 1);
        assert_eq!(
            project.ask::<i64>("SELECT factor FROM host_distances WHERE host = 'far.example'"),
            2
        );
        assert_eq!(
            project.ask::<i64>("SELECT sum(stops) FROM ledger WHERE target = 'far'"),
            1
        );
        let plan = project.outpace(&["plan"]).code(0).out;
        assert!(plan.contains("`far.example`: left alone until "), "{plan}");
    }
}

#[test]
fn bytes_have_a_daily_cap_that_counts_refused_pages_too() {
    let fake = Fake::start(&[("far.example", Page::Status(403))], FAST);
    let capped = config(&fake.url(), 1).replace(
        "distance = \"0s\"",
        "distance = \"0s\"\ndaily_bytes = \"10kB\"",
    );
    let project = Project::new(&capped);
    project.outpace(&["run"]).code(0);
    // A page of the stub has 5,150 bytes: the second load goes over the cap, and is the last.
    assert_eq!(loads_of(&fake, "far.example").len(), 2);
    assert_eq!(
        project.ask::<f64>("SELECT sum(bytes) FROM ledger WHERE target = 'far'"),
        10_300.0
    );
    assert_eq!(
        project.ask::<i64>(
            "SELECT count(*) FROM visit WHERE state = 'missed' AND reason LIKE 'daily cap: 10%'"
        ),
        2
    );
}

#[test]
fn the_distance_holds_from_one_run_to_the_next() {
    let fake = Fake::start(&[], FAST);
    let polite = config(&fake.url(), 1).replace("distance = \"0s\"", "distance = \"600ms\"");
    let project = Project::new(&polite);
    project.outpace(&["run"]).code(0);
    project.outpace(&["run"]).code(0);
    let loads = loads_of(&fake, "far.example");
    assert_eq!(loads.len(), 8);
    for pair in loads.windows(2) {
        assert!(pair[1] - pair[0] >= Duration::from_millis(590), "{loads:?}");
    }
}
