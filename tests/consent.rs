//! Real Chromium: consent banners left alone, clicked away and answered by cookies, the environment
//! that figures belong to, the control page that rides along, and beacons that are never sent.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails where it stands"
)]

mod common;

use common::Project;
use common::serving::Shops;

/// Maison Claire asks for consent over the whole page, which is the largest thing on its
/// checkout; Harbour Home asks for nothing.
fn config(shops: &Shops, own: &str, rival: &str) -> String {
    let port = shops.port;
    format!(
        "[project]\nname = \"Consent\"\ntimezone = \"UTC\"\nhome_market = \"AU\"\n\
         contact = \"https://www.example.com/bench\"\n\
         [measure]\ncalm = \"0s\"\nrounds = 1\nquiet = \"300ms\"\ntimeout = \"20s\"\n\
         [[target]]\nid = \"own\"\nname = \"Own\"\nrole = \"own\"\nmarket = \"AU\"\n{own}\
         [target.pages]\nhome = \"http://harbour-home.localhost:{port}/\"\n\
         [[target]]\nid = \"claire\"\nname = \"Claire\"\nrole = \"rival\"\nmarket = \"FR\"\n\
         robots_override = \"the shop is ours, served by the test\"\n{rival}\
         [target.pages]\nhome = \"http://maison-claire.localhost:{port}/checkout\"\n\
         [manners]\ndistance = \"0s\"\n"
    )
}

/// Flags of a target's measured visit, its environment, and whether its main content is the banner.
fn seen(project: &Project, target: &str) -> (String, String, bool) {
    let ask = |what: &str| -> String {
        project.ask(&format!(
            "SELECT {what} FROM visit
             WHERE target = '{target}' AND state = 'ok' AND NOT warm_up ORDER BY id DESC LIMIT 1"
        ))
    };
    let flags = ask("coalesce(flags, '')");
    let banner = flags.contains("lcp_is_banner");
    (flags, ask("environment"), banner)
}

fn page_views(project: &Project) -> i64 {
    project.ask("SELECT page_views FROM ledger WHERE target = 'claire'")
}

#[test]
fn a_banner_is_left_alone_clicked_away_or_answered_by_a_cookie() {
    let shops = Shops::start();
    let untouched = Project::new(&config(&shops, "", ""));
    untouched.outpace(&["run"]).code(0);
    let (flags, first_visitor, banner) = seen(&untouched, "claire");
    assert!(banner, "the banner is the largest thing there: {flags}");
    assert!(!flags.contains("consent_"), "{flags}");
    let (_, own, _) = seen(&untouched, "own");
    assert_eq!(own, first_visitor, "one environment for all");
    assert_eq!(page_views(&untouched), 2);

    let asks_nothing = "consent = { state = \"accepted\" }\n";
    let click = "consent = { state = \"accepted\", click = \"[data-answer=accept]\" }\n";
    let clicked = Project::new(&config(&shops, asks_nothing, click));
    clicked.outpace(&["run"]).code(0);
    let (flags, customer, banner) = seen(&clicked, "claire");
    assert!(!banner, "it was clicked away: {flags}");
    assert!(flags.contains("consent_accepted"), "{flags}");
    assert_eq!(customer, format!("{first_visitor}-accepted"));
    assert_eq!(page_views(&clicked), 3, "one load more, for both visits");

    let refuses = "consent = { state = \"rejected\" }\n";
    let cookie = "consent = { state = \"rejected\", cookies = { consent = \"refuse\" } }\n";
    let told = Project::new(&config(&shops, refuses, cookie));
    told.outpace(&["run"]).code(0);
    let (flags, customer, banner) = seen(&told, "claire");
    assert!(!banner && flags.contains("consent_rejected"), "{flags}");
    assert_eq!(customer, format!("{first_visitor}-rejected"));
    assert_eq!(page_views(&told), 2, "a cookie costs no load");
}

#[test]
fn a_banner_that_is_not_there_makes_visits_unknown_and_costs_one_load() {
    let shops = Shops::start();
    let asks_nothing = "consent = { state = \"accepted\" }\n";
    let wrong = "consent = { state = \"accepted\", click = \"#no-such-button\" }\n";
    let project = Project::new(&config(&shops, asks_nothing, wrong));
    project.outpace(&["run"]).code(0);
    let why: String = project.ask(
        "SELECT group_concat(DISTINCT state || ': ' || reason) FROM visit WHERE target = 'claire'",
    );
    assert_eq!(why, "blocked: consent: the page has no `#no-such-button`");
    assert_eq!(page_views(&project), 1);
}

#[test]
fn the_control_page_rides_in_every_round_and_is_ranked_with_nobody() {
    let shops = Shops::start();
    let control = format!(
        "[control]\nurl = \"http://control.localhost:{}/\"\nexpect = \"Control page\"\n",
        shops.port
    );
    let project = Project::new(&format!("{}{control}", config(&shops, "", "")));
    project.outpace(&["run"]).code(0);
    let each: String = project.ask(
        "SELECT group_concat(target || ' ' || round || ' ' || state, ', ')
         FROM (SELECT target, round, state FROM visit ORDER BY target, round)",
    );
    assert_eq!(
        each,
        "claire 0 ok, claire 1 ok, control 0 ok, control 1 ok, own 0 ok, own 1 ok"
    );
    let status = project.outpace(&["status"]);
    assert!(!status.out.contains("Control"), "{}", status.out);
    project.outpace(&["report", "--out", "out"]).code(0);
    let pages = std::fs::read_dir(project.file("out")).unwrap().flatten();
    let page = pages
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|e| e == "html"))
        .unwrap();
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("Claire"), "a report was made");
    assert!(!page.contains("Control page"), "it is no site of the field");
}

#[test]
fn a_beacon_of_a_rivals_page_is_never_sent_and_ours_is() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
        .unwrap();
    let port = listener.local_addr().unwrap().port();
    let log = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let noted = std::sync::Arc::clone(&log);
    let app = axum::Router::new().fallback(move |request: axum::extract::Request| {
        let host = request.headers()["host"].to_str().unwrap().to_owned();
        let path = request.uri().to_string();
        let of = host.split('.').next().unwrap().to_owned();
        noted.lock().unwrap().push((of.clone(), path));
        let page = format!(
            "<!doctype html><link rel=icon href='data:,'><h1>{of}</h1>\
             <img src='http://beacon.localhost:{port}/collect?by={of}'>"
        );
        std::future::ready(axum::response::Html(page))
    });
    runtime.spawn(async move { axum::serve(listener, app).await });
    let project = Project::new(&format!(
        "[project]\nname = \"Beacons\"\ntimezone = \"UTC\"\nhome_market = \"AU\"\n\
         contact = \"https://www.example.com/bench\"\n\
         [measure]\ncalm = \"0s\"\nrounds = 1\nquiet = \"300ms\"\ntimeout = \"20s\"\n\
         [[target]]\nid = \"own\"\nname = \"Own\"\nrole = \"own\"\nmarket = \"AU\"\n\
         [target.pages]\nhome = \"http://own.localhost:{port}/\"\n\
         [[target]]\nid = \"rival\"\nname = \"Rival\"\nrole = \"rival\"\nmarket = \"FR\"\n\
         robots_override = \"the site is ours, served by the test\"\n\
         [target.pages]\nhome = \"http://rival.localhost:{port}/\"\n\
         [manners]\ndistance = \"0s\"\nbeacons = [\"beacon.localhost/collect\"]\n"
    ));
    project.outpace(&["run"]).code(0);
    let log = log.lock().unwrap().clone();
    let asked = |host: &str, path: &str| {
        let of = log.iter().filter(|(h, p)| h == host && p == path);
        of.count()
    };
    assert_eq!((asked("own", "/"), asked("rival", "/")), (2, 2), "{log:?}");
    assert_eq!(asked("beacon", "/collect?by=own"), 2, "{log:?}");
    assert_eq!(asked("beacon", "/collect?by=rival"), 0, "{log:?}");
    let (flags, _, _) = seen(&project, "rival");
    assert!(flags.contains("beacons_dropped=1"), "{flags}");
}
