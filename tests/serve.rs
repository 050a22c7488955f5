//! `outpace serve` as a browser meets it: what it shows, whom it answers, and how it ends.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

mod common;

use std::net::TcpListener;
use std::process::Command;

use common::server::Server;
use common::{Project, Ran, config};

fn year() -> Project {
    let project = Project::new(include_str!("../targets.toml"));
    let demo = "demo --full --history-only --tonight 2026-11-01 --quiet";
    let demo: Vec<&str> = demo.split(' ').collect();
    project.outpace(&demo).code(0);
    // As a project of one's own has it.
    std::fs::copy(project.file("reports/demo.db"), project.file("outpace.db")).unwrap();
    project
}

fn links(page: &str) -> Vec<&str> {
    let found = page.split("<a href=\"").skip(1);
    found.map(|l| l.split('"').next().unwrap()).collect()
}

#[test]
fn reports_nights_and_visits_are_shown_as_the_database_has_them() {
    let project = year();
    let server = Server::start(&project);
    let overview = server.page("/");
    assert!(overview.contains("<bdi>365 nights, the last on 31 October 2026</bdi>"));
    assert!(overview.contains("Where we stand: home page, main content shown (LCP), October 2026"));
    assert!(
        !links(&overview).contains(&"/kept/2026-10.html"),
        "none yet"
    );

    let mut command = project.command(&["report", "--month", "2026-10"]);
    Ran::from(command.env("PATH", "").output().unwrap()).code(5);
    let written = project.read("reports/2026-10.html");
    assert!(server.page("/report/2026-10") == written, "the same bytes");
    assert!(links(&server.page("/")).contains(&"/kept/2026-10.html"));
    assert!(server.page("/kept/2026-10.html") == written);

    let all: i64 = project.ask("SELECT count(*) FROM visit WHERE run = 356");
    let failed: i64 =
        project.ask("SELECT count(*) FROM visit WHERE run = 356 AND state = 'failed'");
    assert!(failed > 0, "the simulated night has failed visits");
    let night = server.page("/run/356");
    let visits = |page: &str| -> Vec<String> {
        let all = links(page).into_iter().map(str::to_owned);
        all.filter(|l| l.starts_with("/visit/")).collect()
    };
    assert_eq!(visits(&night).len() as i64, all);
    assert!(links(&night).contains(&"/run/356?state=failed"));
    let some = server.page("/run/356?state=failed");
    assert_eq!(visits(&some).len() as i64, failed);
    let visit = server.page(&visits(&some)[0]);
    assert!(
        visit.contains("no load event within the time allowed"),
        "its reason"
    );

    // A night that comes while it runs is there at once.
    project.outpace(&["release", "mark", "v5"]).code(0);
    assert!(server.page("/").contains("<bdi>v5</bdi>"));
}

#[test]
fn who_does_not_name_this_machine_or_what_is_not_there_gets_nothing() {
    let project = year();
    std::fs::write(project.file("reports/letter.json"), "{}").unwrap();
    let server = Server::start(&project);
    for path in [
        "/nope",
        "/run/9999",
        "/run/x",
        "/visit/x",
        "/visit/99999999",
        "/report/2026-13",
        "/report/2031-01",
        "/kept/2026-10.pdf",
        "/kept/demo.db",
        "/kept/letter.json",
        "/kept/..%2ftargets.toml",
        "/kept/../targets.toml",
    ] {
        let (status, page) = server.get(path);
        assert_eq!(status, 404, "{path}");
        assert!(
            page.contains("<h1>") && links(&page).contains(&"/"),
            "{path}"
        );
    }
    let status = |method: &str, host: &str| server.ask(method, "/", host).0;
    for name in ["localhost:1", "127.0.0.1", "[::1]:80", "a.localhost"] {
        assert_eq!(status("GET", name), 200, "{name}");
    }
    for name in ["rebound.example", "10.0.0.1", "localhost.example", ""] {
        assert_eq!(status("GET", name), 421, "{name}");
    }
    assert_eq!(status("POST", "localhost"), 405);
    let (_, head, body) = server.ask("HEAD", "/", "localhost");
    assert!(body.is_empty());
    for line in [
        "content-security-policy: default-src 'none'",
        "x-content-type-options: nosniff",
        "cache-control: no-store",
    ] {
        assert!(head.contains(line), "{head}");
    }
}

#[test]
fn it_begins_without_a_night_ends_when_asked_and_says_what_is_in_its_way() {
    let project = Project::new(&config("local", 1));
    let mut server = Server::start(&project);
    assert!(server.page("/").contains("No night was measured yet"));
    assert_eq!(server.get("/run/1").0, 404);
    let (taken, pid) = (server.address.clone(), server.child.id().to_string());
    let ran = project.outpace(&["serve", "--listen", &taken]).code(1);
    assert!(
        ran.err
            .contains("hint: `--listen 127.0.0.1:0` takes a free port"),
        "{}",
        ran.err
    );
    let killed = Command::new("kill").arg(&pid).status().unwrap();
    assert!(killed.success());
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    assert!(TcpListener::bind(&taken).is_ok(), "the port is free again");
    assert_eq!(project.files(), ["targets.toml"], "nothing was written");

    let everywhere = ["serve", "--listen", "nowhere"];
    project.outpace(&everywhere).code(2);
    std::fs::write(project.file("targets.toml"), "nonsense").unwrap();
    project.outpace(&["serve"]).code(2);
}
