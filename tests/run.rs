//! `outpace run` through the program, against a WebDriver stub: order, exactly once, failures,
//! manners, and what is left behind.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::Duration;

use common::fake::{Fake, Page};
use common::{Project, Ran, config};

const FAST: Duration = Duration::from_millis(5);

fn signal(child: &Child, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(pid, signal).unwrap();
}

/// Starts a run and waits until it has said that so many visits have ended.
fn start(project: &Project, visits: usize) -> Child {
    let mut child = project
        .command(&["run"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.as_mut().unwrap()).lines();
    let seen = lines
        .map_while(Result::ok)
        .filter(|l| l.starts_with('['))
        .take(visits)
        .count();
    assert_eq!(seen, visits, "the run ended early");
    child
}

#[test]
fn a_remote_driver_is_used_like_a_local_one_and_everything_is_visited_once_a_round() {
    let fake = Fake::start(&[("own.example", Page::Loads(2400.0))], FAST);
    let project = Project::new(&config(&fake.url(), 2));
    let ran = project.outpace(&["run", "--seed", "2a"]).code(0);
    assert!(
        ran.out.starts_with("Run 1: 12 visits measured in "),
        "{}",
        ran.out
    );
    assert!(ran.err.contains("seed 002a"), "{}", ran.err);
    assert!(ran.err.contains("[12/12] sydney: "), "{}", ran.err);
    assert_eq!(fake.open_sessions(), 0, "a session was left open");
    assert_eq!(fake.most_sessions_at_once(), 1);
    let each: i64 = project.ask(
        "SELECT count(*) FROM (SELECT 1 FROM visit WHERE state = 'ok'
         GROUP BY target, page, round HAVING count(*) = 1)",
    );
    assert_eq!(each, 12);
    assert_eq!(
        project.ask::<f64>("SELECT max(lcp) FROM visit WHERE target = 'own'"),
        2400.0
    );
    assert_eq!(
        project.ask::<i64>("SELECT count(*) FROM visit WHERE warm_up"),
        4
    );
    assert_eq!(project.ask::<f64>("SELECT min(requests) FROM visit"), 1.0);
    assert_eq!(project.ask::<String>("SELECT state FROM run"), "finished");
}

#[test]
fn twenty_kills_at_random_moments_lose_and_double_nothing() {
    let fake = Fake::start(&[], Duration::from_millis(15));
    let project = Project::new(&config(&fake.url(), 40));
    let planned = 4 * 41;
    for kill in 0..20_u64 {
        let mut child = project
            .command(&["run"])
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // The moment is the point: spread over start-up, planning, visits and storing.
        std::thread::sleep(Duration::from_millis(20 + (kill * 7919) % 230));
        let _ = child.kill();
        child.wait().unwrap();
    }
    let ran = project.outpace(&["run"]).code(0);
    assert!(
        ran.err.contains("goes on after") || ran.err.contains("Run "),
        "{}",
        ran.err
    );
    assert_eq!(
        project.ask::<i64>("SELECT count(*) FROM run"),
        1,
        "one run was gone on with"
    );
    assert_eq!(project.ask::<i64>("SELECT count(*) FROM visit"), planned);
    assert_eq!(
        project.ask::<i64>("SELECT count(*) FROM (SELECT DISTINCT round, target, page FROM visit)"),
        planned
    );
    assert_eq!(
        project.ask::<i64>("SELECT count(*) FROM visit WHERE state <> 'ok'"),
        0
    );
    assert_eq!(project.ask::<String>("PRAGMA integrity_check"), "ok");
}

#[test]
fn ctrl_c_stops_after_the_visit_in_hand_and_the_next_run_goes_on() {
    let fake = Fake::start(&[], Duration::from_millis(60));
    let project = Project::new(&config(&fake.url(), 10));
    let child = start(&project, 3);
    signal(&child, rustix::process::Signal::INT);
    let ran = Ran::from(child.wait_with_output().unwrap()).code(1);
    assert!(
        ran.err.contains("hint: `outpace run` goes on with it"),
        "{}",
        ran.err
    );
    assert_eq!(fake.open_sessions(), 0, "the visit in hand was finished");
    let done: i64 = project.ask("SELECT count(*) FROM visit");
    assert!((3..44).contains(&done), "{done}");
    let ran = project.outpace(&["run"]).code(0);
    assert!(
        ran.err.contains(&format!("goes on after {done} visits")),
        "{}",
        ran.err
    );
    assert_eq!(project.ask::<i64>("SELECT count(*) FROM visit"), 44);
}

#[test]
fn fresh_leaves_an_interrupted_run_behind() {
    let fake = Fake::start(&[], Duration::from_millis(40));
    let project = Project::new(&config(&fake.url(), 2));
    let mut child = start(&project, 1);
    child.kill().unwrap();
    child.wait().unwrap();
    project.outpace(&["run", "--fresh"]).code(0);
    let states: String =
        project.ask("SELECT group_concat(state, ' ') FROM (SELECT state FROM run ORDER BY id)");
    assert_eq!(states, "abandoned finished");
    let missed: i64 = project.ask(
        "SELECT count(*) FROM visit WHERE run = 1 AND state = 'missed' AND reason LIKE 'abandoned:%'",
    );
    assert!(missed > 0);
}

#[test]
fn the_instrument_gets_one_more_try_and_the_site_none() {
    let fake = Fake::start(
        &[
            ("own.example", Page::LosesBrowserOnce),
            ("far.example", Page::Status(500)),
        ],
        FAST,
    );
    let project = Project::new(&config(&fake.url(), 1));
    let ran = project.outpace(&["run"]).code(0);
    let own: String = project.ask(
        "SELECT group_concat(state || ' ' || flags) FROM (
             SELECT state, flags FROM visit WHERE target = 'own' ORDER BY id)",
    );
    // The first round is to be filmed, and this driver has no socket to film by.
    let unfilmed = "film_missing: the driver failed at `DevTools socket`: the session offers none";
    assert_eq!(
        own,
        format!("ok {unfilmed},retried,ok {unfilmed},retried,ok ,ok ")
    );
    assert_eq!(
        project.ask::<String>(
            "SELECT group_concat(DISTINCT state || ' ' || reason) FROM visit WHERE target = 'far'"
        ),
        "failed status: 500"
    );
    let to = |host: &str| {
        let all = fake.navigations();
        all.iter().filter(|(url, _)| url.contains(host)).count()
    };
    assert_eq!((to("own.example"), to("far.example")), (6, 4));
    assert!(
        ran.out.contains("4 x far: failed (status: 500)"),
        "{}",
        ran.out
    );
}

#[test]
fn a_refusal_is_blocked_and_a_page_that_never_loads_is_a_timeout() {
    let fake = Fake::start(
        &[
            ("own.example", Page::Hangs),
            ("far.example", Page::Status(403)),
        ],
        FAST,
    );
    let project = Project::new(&config(&fake.url(), 1));
    project.outpace(&["run"]).code(0);
    assert_eq!(
        project.ask::<String>(
            "SELECT group_concat(DISTINCT state || ' ' || reason) FROM visit WHERE target = 'own'"
        ),
        "failed timeout: no load event within 2 s"
    );
    assert_eq!(
        project.ask::<String>(
            "SELECT group_concat(DISTINCT state || ' ' || reason) FROM visit WHERE target = 'far'"
        ),
        "blocked status: 403"
    );
    assert_eq!(
        project.ask::<i64>("SELECT count(lcp) FROM visit"),
        0,
        "blocked is unknown, never fast"
    );
    assert_eq!(fake.open_sessions(), 0);
}

#[test]
fn a_region_without_a_browser_is_exit_5_and_nothing_is_stored() {
    let fake = Fake::refusing();
    let project = Project::new(&config(&fake.url(), 1));
    let ran = project.outpace(&["run"]).code(5);
    assert!(
        ran.err.contains("no region has a browser: the driver at")
            && ran.err.contains("gave no session: no browser here"),
        "{}",
        ran.err
    );
    assert_eq!(project.ask::<i64>("SELECT count(*) FROM run"), 0);
    let project = Project::new(&config("http://127.0.0.1:9/", 1));
    let ran = project.outpace(&["run"]).code(5);
    assert!(
        ran.err
            .contains("no WebDriver answers at `http://127.0.0.1:9/`"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("hint: is it running"), "{}", ran.err);
}

/// A second region, and how long it is waited for.
fn with_tokyo(config: &str, driver: &Fake, wait: &str) -> String {
    let region = format!(
        "[[region]]\nid = \"tokyo\"\nname = \"Tokyo\"\nmarket = \"JP\"\ndriver = \"{}\"\n\
         wait = \"{wait}\"\n\n[[profile]]",
        driver.url()
    );
    config.replace("[[profile]]", &region)
}

/// Visits by region and state.
fn by_region(project: &Project) -> String {
    project.ask(
        "SELECT group_concat(region || ' ' || state || ' ' || n, ', ')
         FROM (SELECT region, state, count(*) AS n FROM visit GROUP BY 1, 2 ORDER BY 1)",
    )
}

#[test]
fn a_region_that_comes_up_during_a_run_is_taken_up_within_it() {
    let good = Fake::start(&[], FAST);
    let late = Fake::refusing();
    let project = Project::new(&with_tokyo(&config(&good.url(), 1), &late, "60s"));
    let mut child = project
        .command(&["run"])
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap())
        .lines()
        .map_while(Result::ok);
    lines.find(|l| l.contains("waiting for it")).unwrap();
    // The others do not wait for it.
    lines.find(|l| l.contains("/16] sydney: ")).unwrap();
    late.refuse(false);
    let said: Vec<String> = lines.collect();
    assert!(child.wait().unwrap().success(), "{said:#?}");
    assert!(
        said.iter().any(|l| l.contains("region `tokyo` is back")),
        "{said:#?}"
    );
    assert_eq!(by_region(&project), "sydney ok 8, tokyo ok 8");
    // What it is stands with the run as if it had been there from the start.
    let browser: String = project.ask("SELECT json_extract(host, '$.browsers.tokyo') FROM runs");
    assert_eq!(browser, "chrome 156.0.1.2");
    let one: i64 = project.ask("SELECT count(DISTINCT environment) FROM visit");
    assert_eq!(one, 1, "the same browser, driver and profile in both");
    assert_eq!((good.open_sessions(), late.open_sessions()), (0, 0));
}

#[test]
fn a_region_that_goes_during_a_run_is_waited_for_as_long_as_others_are_measured() {
    let good = Fake::start(&[], Duration::from_millis(150));
    let goes = Fake::start(&[], FAST);
    let project = Project::new(&with_tokyo(&config(&good.url(), 5), &goes, "0s"));
    let mut child = project
        .command(&["run"])
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap())
        .lines()
        .map_while(Result::ok);
    lines.find(|l| l.contains("] tokyo: ")).unwrap();
    goes.refuse(true);
    lines.find(|l| l.contains("waiting for it")).unwrap();
    goes.refuse(false);
    let said: Vec<String> = lines.collect();
    assert!(child.wait().unwrap().success(), "{said:#?}");
    assert_eq!(by_region(&project), "sydney ok 24, tokyo ok 24");
}

#[test]
fn a_region_that_is_down_does_not_stop_the_others_and_its_visits_are_missed() {
    let good = Fake::start(&[], FAST);
    let bad = Fake::refusing();
    let project = Project::new(&with_tokyo(&config(&good.url(), 1), &bad, "0s"));
    let ran = project.outpace(&["run"]).code(5);
    assert!(
        ran.err
            .contains("region `tokyo`: no browser, waiting for it: the driver at"),
        "{}",
        ran.err
    );
    let reason: String = project.ask("SELECT DISTINCT reason FROM visit WHERE state = 'missed'");
    assert!(
        reason.starts_with("region down: the driver at")
            && reason.ends_with("gave no session: no browser here"),
        "{reason}"
    );
    assert_eq!(by_region(&project), "sydney ok 8, tokyo missed 8");
    assert_eq!(project.ask::<String>("SELECT state FROM run"), "finished");
}

#[test]
fn a_browser_that_is_lost_again_and_again_gives_its_region_up() {
    let fake = Fake::start(
        &[
            ("own.example", Page::LosesBrowser),
            ("far.example", Page::LosesBrowser),
        ],
        FAST,
    );
    let project = Project::new(&config(&fake.url(), 2));
    let ran = project.outpace(&["run"]).code(5);
    let counts: String = project.ask(
        "SELECT group_concat(state || ' ' || n, ', ')
         FROM (SELECT state, count(*) AS n FROM visit GROUP BY 1 ORDER BY 1)",
    );
    assert_eq!(counts, "failed 3, missed 9", "{}", ran.err);
}

/// Times between the loads of a host, by the driver's own log.
fn gaps(fake: &Fake, host: &str) -> Vec<Duration> {
    let all = fake.navigations();
    let loads: Vec<_> = all.iter().filter(|(url, _)| url.contains(host)).collect();
    loads.windows(2).map(|pair| pair[1].1 - pair[0].1).collect()
}

#[test]
fn rivals_are_kept_at_a_distance_by_their_own_log_and_under_their_daily_cap() {
    let fake = Fake::start(&[], FAST);
    let polite = config(&fake.url(), 1).replace(
        "distance = \"0s\"",
        "distance = \"250ms\"\ndaily_page_views = 3",
    );
    let project = Project::new(&polite);
    project.outpace(&["run"]).code(0);
    let gaps = gaps(&fake, "far.example");
    assert_eq!(gaps.len() + 1, 3, "the cap is 3");
    assert!(
        gaps.iter().all(|g| *g >= Duration::from_millis(245)),
        "{gaps:?}"
    );
    assert_eq!(
        project.ask::<String>("SELECT DISTINCT reason FROM visit WHERE state = 'missed'"),
        "daily cap: 3 page views in 24 hours"
    );
    // The next run of the same day finds the cap used up.
    project.outpace(&["run"]).code(0);
    assert_eq!(
        project.ask::<i64>(
            "SELECT count(*) FROM visit WHERE run = 2 AND target = 'far' AND state = 'missed'"
        ),
        4
    );
}

#[test]
fn a_second_try_keeps_its_distance_as_well() {
    let fake = Fake::start(&[("far.example", Page::LosesBrowserOnce)], FAST);
    let polite = config(&fake.url(), 1).replace("distance = \"0s\"", "distance = \"200ms\"");
    let project = Project::new(&polite);
    project.outpace(&["run"]).code(0);
    let gaps = gaps(&fake, "far.example");
    assert_eq!(gaps.len() + 1, 6, "four visits, two of them tried twice");
    assert!(
        gaps.iter().all(|g| *g >= Duration::from_millis(195)),
        "{gaps:?}"
    );
}

#[test]
fn a_second_writer_is_told_who_is_writing() {
    let fake = Fake::start(&[], Duration::from_millis(100));
    let project = Project::new(&config(&fake.url(), 5));
    let mut child = start(&project, 1);
    let ran = project.outpace(&["run"]).code(1);
    assert!(
        ran.err.contains("another outpace is writing database")
            && ran.err.contains(&child.id().to_string()),
        "{}",
        ran.err
    );
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn progress_for_programs_is_one_json_object_a_line_and_quiet_says_nothing() {
    let fake = Fake::start(&[], FAST);
    let project = Project::new(&config(&fake.url(), 1));
    let ran = project.outpace(&["run", "--format", "json"]).code(0);
    let events: Vec<serde_json::Value> = ran
        .out
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(events.iter().filter(|e| e["event"] == "visit").count(), 8);
    assert_eq!(events.last().unwrap()["event"], "end");
    assert_eq!(events[0]["values"]["lcp"], 1000.0);
    let ran = project.outpace(&["run", "--quiet"]).code(0);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", ""));
}

/// A program that only says a version, unless its script says more.
fn says(project: &Project, name: &str, version: &str) -> std::path::PathBuf {
    program(project, name, &format!("echo '{version}'\n"))
}

fn program(project: &Project, name: &str, script: &str) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = project.file(name);
    std::fs::write(&path, format!("#!/bin/sh\n{script}")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn a_driver_whose_port_was_taken_is_started_again() {
    let fake = Fake::start(&[], FAST);
    let project = Project::new(&config("local", 1));
    let port = fake.url().rsplit(':').next().unwrap().replace('/', "");
    let driver = program(
        &project,
        "driver",
        &format!(
            "case $1 in --version) echo 'ChromeDriver 156.0.9 (abc)'; exit;; esac\n\
             if [ ! -e '{tried}' ]; then touch '{tried}'; echo 'IPv6 port not available. Exiting...'; exit 1; fi\n\
             echo 'ChromeDriver was started successfully on port {port}.'\n\
             exec sleep 300\n",
            tried = project.file("tried").display()
        ),
    );
    let output = project
        .command(&["run"])
        .env(
            "OUTPACE_CHROME",
            says(&project, "browser", "Chromium 156.0.1 built on x"),
        )
        .env("OUTPACE_CHROMEDRIVER", driver)
        .output()
        .unwrap();
    Ran::from(output).code(0);
    assert!(project.file("tried").exists());
    assert_eq!(project.ask::<i64>("SELECT count(*) FROM visit"), 8);
}

#[test]
fn a_driver_that_does_not_fit_its_browser_is_named_before_anything_starts() {
    let project = Project::new(&config("local", 1));
    let run = |driver: &str| {
        let output = project
            .command(&["run"])
            .env(
                "OUTPACE_CHROME",
                says(&project, "browser", "Chromium 156.0.1 built on x"),
            )
            .env("OUTPACE_CHROMEDRIVER", says(&project, "driver", driver))
            .output()
            .unwrap();
        Ran::from(output).code(5).err
    };
    let err = run("ChromeDriver 155.0.2 (abc)");
    assert!(
        err.contains("ChromeDriver is of version 155.0.2 and the browser of version 156.0.1")
            && err.contains("hint: install both from one source"),
        "{err}"
    );
    let err = run("ChromeDriver 156.0.9 (abc)");
    assert!(
        err.contains("did not start: it ended before it listened, 4 times, and said `ChromeDriver 156.0.9 (abc)`"),
        "{err}"
    );
    assert_eq!(project.ask::<i64>("SELECT count(*) FROM run"), 0);
}
