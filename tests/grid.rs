//! A real Selenium Grid 4, hub and two nodes as two regions: a run over both, evidence through it, a
//! node that is killed, a Grid that restarts, a full queue, sessions that were left behind.
//!
//! Run by `make test-grid`, which brings Java's runtime and the jar; ignored otherwise.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails where it stands"
)]

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use common::grid::{Grid, run};
use common::serving::Shops;
use common::{Project, Ran};
use outpace::network::grid::{Status, close_left_behind};
use serde_json::Value;

/// Two shops, one page each, from the regions given.
fn config(shops: &Shops, grid: &str, regions: &[&str], rounds: u32) -> String {
    let port = shops.port;
    let mut text = format!(
        "[project]\nname = \"Grid\"\ntimezone = \"UTC\"\nhome_market = \"AU\"\n\
         contact = \"https://www.example.com/bench\"\n\
         [measure]\nrounds = {rounds}\nquiet = \"500ms\"\ntimeout = \"20s\"\n\
         [[target]]\nid = \"own\"\nname = \"Own\"\nrole = \"own\"\nmarket = \"AU\"\n\
         [target.pages]\nlamp = \"http://kookaburra.localhost:{port}/product/oak-lamp\"\n\
         [[target]]\nid = \"far\"\nname = \"Far\"\nrole = \"rival\"\nmarket = \"FR\"\n\
         robots_override = \"the shop is ours, served by the test\"\n\
         [target.pages]\nlamp = \"http://harbour-home.localhost:{port}/product/oak-lamp\"\n\
         [[profile]]\nid = \"phone\"\ndevice = \"phone\"\nnetwork = \"4g\"\n\
         [manners]\ndistance = \"0s\"\n"
    );
    for region in regions {
        text.push_str(&format!(
            "[[region]]\nid = \"{region}\"\nname = \"{region}\"\nmarket = \"AU\"\n\
             driver = \"{grid}\"\nsessions = 2\n\
             [region.capabilities]\n\"outpace:region\" = \"{region}\"\n\
             \"goog:chromeOptions\" = {{ args = [\"--no-sandbox\"] }}\n"
        ));
    }
    text
}

fn start(project: &Project) -> (Child, impl Iterator<Item = String>) {
    let mut child = project
        .command(&["run"])
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    (child, lines.map_while(Result::ok))
}

#[test]
#[ignore = "needs Java and the Grid's jar: make test-grid"]
fn two_regions_of_one_grid_are_measured_with_all_evidence_and_an_orphan_is_closed() {
    let shops = Shops::start();
    let grid = Grid::start(&[("paris", 2), ("tokyo", 2)]);
    let project = Project::new(&config(&shops, &grid.url(), &["paris", "tokyo"], 1));
    // A run that is killed leaves its session behind; a stranger's is in use.
    let (mut child, mut lines) = start(&project);
    lines.find(|l| l.starts_with('[')).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let stranger = grid.session("paris", "somebody else's test");
    let ours = |s: &Status| {
        let named = s.sessions.iter().filter_map(|(_, name)| name.as_ref());
        named.filter(|n| n.starts_with("outpace Grid [")).count()
    };
    let ran = project.outpace(&["run"]).code(0);
    let after = grid.status().unwrap();
    assert_eq!(ours(&after), 0, "{}", ran.err);
    assert_eq!(after.sessions.len(), 1, "only the stranger's is left");
    assert_eq!(after.sessions[0].0, stranger);
    let each: String = project.ask(
        "SELECT group_concat(region || ' ' || state || ' ' || n, ', ')
         FROM (SELECT region, state, count(*) AS n FROM visit GROUP BY 1, 2 ORDER BY 1)",
    );
    assert_eq!(each, "paris ok 4, tokyo ok 4", "{}", ran.err);
    let whole: i64 =
        project.ask("SELECT count(*) FROM visit WHERE lcp > 170 AND requests > 3 AND load > 170");
    assert_eq!(whole, 8, "the network log came through, on a 4g line");
    let evidence: i64 =
        project.ask("SELECT count(DISTINCT visit_id) FROM evidence WHERE kind = 'requests'");
    assert_eq!(evidence, 8);
    let by: String = project.ask("SELECT json_extract(host, '$.applied[0].shaped_by') FROM runs");
    assert_eq!(by, "devtools");
    filmed(&project, &["paris", "tokyo"]);
    told(&project);
    archived(&project);
}

/// Each visit of the warm-up round of these regions has a film of several frames that get as far as
/// the page does, and its figure; no other visit has one.
#[track_caller]
fn filmed(project: &Project, regions: &[&str]) {
    for region in regions {
        let flags: String = project.ask(&format!(
            "SELECT group_concat(flags) FROM visit WHERE region = '{region}'"
        ));
        assert!(!flags.contains("film_missing"), "{region}: {flags}");
        let films: i64 = project.ask(&format!(
            "SELECT count(*) FROM evidence JOIN visit ON visit.id = visit_id
             WHERE kind = 'film' AND warm_up AND region = '{region}' AND speed_index > 170"
        ));
        assert_eq!(films, 2, "{region}");
    }
    let all: i64 = project.ask("SELECT count(*) FROM evidence WHERE kind = 'film'");
    assert_eq!(all, 2 * regions.len() as i64, "the warm-up round only");
    let film: Vec<u8> = project.ask("SELECT body FROM evidence WHERE kind = 'film' LIMIT 1");
    let film = zstd::stream::decode_all(film.as_slice()).unwrap_or(film);
    let film: outpace::model::Film = serde_json::from_slice(&film).unwrap();
    assert!(film.frames.len() >= 2, "{} frames", film.frames.len());
    for frame in &film.frames {
        let picture = image::load_from_memory(&frame.jpeg).unwrap();
        assert_eq!(
            (picture.width(), picture.height()),
            (film.width, film.height)
        );
    }
    assert!(film.frames.last().unwrap().at_ms > 100.0);
}

/// The page whose script throws: its error is counted, and its console is kept.
#[track_caller]
fn told(project: &Project) {
    let errors: String = project.ask(
        "SELECT group_concat(DISTINCT js_errors || ' ' || console_errors) FROM visit
         WHERE target = 'own'",
    );
    assert_eq!(errors, "1.0 1.0");
    let console: Vec<u8> =
        project.ask("SELECT body FROM evidence WHERE kind = 'console' ORDER BY id LIMIT 1");
    let console = zstd::stream::decode_all(console.as_slice()).unwrap_or(console);
    let console = String::from_utf8(console).unwrap();
    for line in ["reviews: no rating feed", "Cannot read properties"] {
        assert!(console.contains(line), "`{line}` is not in {console}");
    }
}

/// A visit and the whole run as HTTP archives, with what only the network log knows.
#[track_caller]
fn archived(project: &Project) {
    let har = |args: &[&str]| -> Value {
        let ran: Ran = project
            .outpace(&[&["export", "har"], args].concat())
            .code(0);
        serde_json::from_str(&ran.out).unwrap()
    };
    let id: i64 = project.ask("SELECT max(id) FROM visit WHERE target = 'own'");
    let one = har(&["--visit", &id.to_string()]);
    let entries = one["log"]["entries"].as_array().unwrap();
    let requests: f64 = project.ask(&format!("SELECT requests FROM visit WHERE id = {id}"));
    assert_eq!(entries.len() as f64, requests);
    for entry in entries {
        assert_eq!(entry["response"]["status"], 200, "{entry}");
        assert!(entry["timings"]["wait"].as_f64().unwrap() > 0.0, "{entry}");
        assert!(!entry["request"]["headers"].as_array().unwrap().is_empty());
    }
    let run = har(&["--run", "1"]);
    assert_eq!(run["log"]["pages"].as_array().unwrap().len(), 8);
}

#[test]
#[ignore = "needs Java and the Grid's jar: make test-grid"]
fn a_grid_that_asks_for_a_login_gets_it_and_films_come_through_it_too() {
    let shops = Shops::start();
    let grid = Grid::guarded(&[("paris", 1)], Some(("bench", "pa:ss word")));
    let url = grid
        .url()
        .replace("http://", "http://bench:${GRID_PASSWORD}@");
    let project = Project::new(&config(&shops, &url, &["paris"], 1));
    let run = |password: &str| {
        let mut command = project.command(&["run"]);
        Ran::from(command.env("GRID_PASSWORD", password).output().unwrap())
    };
    let refused = run("another").code(5);
    assert!(
        refused.err.contains("no region has a browser"),
        "{}",
        refused.err
    );
    run("pa:ss word").code(0);
    let ok: i64 = project.ask("SELECT count(*) FROM visit WHERE state = 'ok'");
    assert_eq!(ok, 4);
    filmed(&project, &["paris"]);
}

#[test]
#[ignore = "needs Java and the Grid's jar: make test-grid"]
fn a_node_that_is_killed_and_a_grid_that_restarts_cost_no_visit() {
    let shops = Shops::start();
    let mut grid = Grid::start(&[("paris", 1), ("tokyo", 1)]);
    let project = Project::new(&config(&shops, &grid.url(), &["paris", "tokyo"], 3));
    let (mut child, mut lines) = start(&project);
    lines.find(|l| l.starts_with("[2/")).unwrap();
    // Tokyo's node goes in the middle of a visit, and another comes.
    grid.nodes[1].kill();
    grid.add_node("tokyo", 1);
    lines.find(|l| l.starts_with("[6/")).unwrap();
    // The whole Grid is started again.
    for node in &mut grid.nodes {
        node.kill();
    }
    grid.nodes.clear();
    grid.restart_hub();
    grid.add_node("paris", 1);
    grid.add_node("tokyo", 1);
    let said: Vec<String> = lines.collect();
    let status = child.wait().unwrap();
    let counts: String = project.ask(
        "SELECT group_concat(state || ' ' || n, ', ')
         FROM (SELECT state, count(*) AS n FROM visit GROUP BY 1 ORDER BY 1)",
    );
    assert_eq!(counts, "ok 16", "{said:#?}");
    assert!(status.success(), "{said:#?}");
    assert!(said.iter().any(|l| l.contains("is back")), "{said:#?}");
}

#[test]
#[ignore = "needs Java and the Grid's jar: make test-grid"]
fn a_region_that_loses_half_of_its_nodes_goes_on_with_the_other_half() {
    let shops = Shops::start();
    let mut grid = Grid::start(&[("paris", 1), ("paris", 1)]);
    let project = Project::new(&config(&shops, &grid.url(), &["paris"], 3));
    let (mut child, mut lines) = start(&project);
    lines.find(|l| l.starts_with("[2/")).unwrap();
    grid.nodes[0].kill();
    let said: Vec<String> = lines.collect();
    assert!(child.wait().unwrap().success(), "{said:#?}");
    let ok: i64 = project.ask("SELECT count(*) FROM visit WHERE state = 'ok'");
    assert_eq!(ok, 8, "{said:#?}");
}

#[test]
#[ignore = "needs Java and the Grid's jar: make test-grid"]
fn a_region_whose_grid_comes_up_after_the_run_has_begun_is_measured_in_it() {
    let shops = Shops::start();
    let mut grid = Grid::start(&[("paris", 1)]);
    // Nobody has Tokyo: the Grid's queue gives up after a few seconds.
    let project = Project::new(&config(&shops, &grid.url(), &["paris", "tokyo"], 1));
    let (mut child, mut lines) = start(&project);
    lines
        .find(|l| l.contains("region `tokyo`: no browser, waiting for it"))
        .unwrap();
    grid.add_node("tokyo", 1);
    let said: Vec<String> = lines.collect();
    assert!(child.wait().unwrap().success(), "{said:#?}");
    let each: String = project.ask(
        "SELECT group_concat(region || ' ' || n, ', ')
         FROM (SELECT region, count(*) AS n FROM visit WHERE state = 'ok' GROUP BY 1 ORDER BY 1)",
    );
    assert_eq!(each, "paris 4, tokyo 4", "{said:#?}");
}

#[test]
#[ignore = "needs Java and the Grid's jar: make test-grid"]
fn a_full_queue_is_waited_for_and_no_more_than_our_share_is_taken() {
    let shops = Shops::start();
    let grid = Grid::start(&[("paris", 1)]);
    let project = Project::new(&config(&shops, &grid.url(), &["paris"], 1));
    let (mut child, mut lines) = start(&project);
    lines.find(|l| l.starts_with("[1/")).unwrap();
    // A stranger takes the only slot as soon as it is free, for longer than the queue waits.
    let stranger = grid.session("paris", "somebody else's test");
    let news = lines.find(|l| l.contains("waiting for it")).unwrap();
    assert!(news.contains("region `paris`"), "{news}");
    let held = grid.status().unwrap().sessions;
    assert!(held.iter().any(|(id, _)| *id == stranger), "{held:?}");
    let url: url::Url = grid.url().parse().unwrap();
    assert_eq!(run(close_left_behind(&url, "somebody else")), 1);
    let said: Vec<String> = lines.collect();
    assert!(child.wait().unwrap().success(), "{said:#?}");
    assert_eq!(
        project.ask::<i64>("SELECT count(*) FROM visit WHERE state = 'ok'"),
        4
    );
}
