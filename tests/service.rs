//! `outpace schedule` through the program, against a WebDriver stub and by a clock of its own: what
//! has come is made once, late or not at all, and killing the service loses and doubles nothing.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::fake::{Fake, Page};
use common::{Project, Ran, config};
use jiff::{SignedDuration, Timestamp};

const FAST: Duration = Duration::from_millis(3);
const NIGHTLY: &str = "\n[schedule]\nnightly = \"0 2 * * *\"\ndisk_free_min_mb = 0\n";

/// `outpace` with its arguments, at a moment.
fn at(project: &Project, clock: &str, args: &[&str]) -> Ran {
    let mut command = project.command(args);
    command.env("OUTPACE_CLOCK", clock);
    Ran::from(command.output().unwrap())
}

fn once(project: &Project, moment: &str) -> Ran {
    at(project, &format!("{moment}@1"), &["schedule", "--once"])
}

fn service(project: &Project, clock: &str) -> Child {
    project
        .command(&["schedule", "-v"])
        .env("OUTPACE_CLOCK", clock)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn signal(child: &Child, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(pid, signal).unwrap();
}

/// Waits until `done` says so; a minute is for a machine with other work.
fn until(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// One value by SQL, or `None` while there is no such row, table or file yet.
fn look<T: rusqlite::types::FromSql>(project: &Project, sql: &str) -> Option<T> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let database = rusqlite::Connection::open_with_flags(project.file("outpace.db"), flags).ok()?;
    database.query_row(sql, [], |r| r.get(0)).ok()
}

fn nights(project: &Project) -> String {
    project.ask(
        "SELECT coalesce(group_concat(local || ' ' || state || coalesce(' ' || reason, ''), '; '),
         '') FROM (SELECT * FROM night WHERE job = 'night' ORDER BY due_at)",
    )
}

#[test]
fn what_has_come_due_since_the_last_call_is_made_once() {
    let fake = Fake::start(&[], FAST);
    let project = Project::new(&format!("{}{NIGHTLY}", config(&fake.url(), 1)));
    once(&project, "2026-11-23T00:00:00Z").code(0);
    assert_eq!(nights(&project), "", "nothing was watched before");
    once(&project, "2026-11-23T02:30:00Z").code(0);
    once(&project, "2026-11-23T02:40:00Z").code(0);
    assert_eq!(nights(&project), "2026-11-23T02:00:00 done");
    assert_eq!(
        project.ask::<i64>("SELECT count(*) FROM visit WHERE state = 'ok'"),
        8
    );
    assert_eq!(project.ask::<i64>("SELECT run FROM night"), 1);
    let status = at(&project, "2026-11-23T03:00:00Z@1", &["status"]).code(0);
    assert!(
        status.out.contains("Next night: 2026-11-24 02:00"),
        "{}",
        status.out
    );
    assert!(
        status
            .out
            .contains("Night 2026-11-23 02:00 nightly: done, run 1"),
        "{}",
        status.out
    );
    // Three days later: the last night is too late, the others have a later one.
    once(&project, "2026-11-26T09:00:00Z").code(0);
    assert!(
        nights(&project).ends_with("2026-11-26T02:00:00 missed nothing could start it for 7.0 h"),
        "{}",
        nights(&project)
    );
    let status = at(&project, "2026-11-26T09:00:00Z@1", &["status"]).code(5);
    assert!(
        status
            .out
            .contains("Wrong: night `nightly` of 2026-11-26T02:00:00"),
        "{}",
        status.out
    );
    // And when nobody calls at all, status says so too.
    once(&project, "2026-11-27T02:10:00Z").code(0);
    at(&project, "2026-11-27T09:00:00Z@1", &["status"]).code(0);
    let status = at(&project, "2026-11-28T09:00:00Z@1", &["status"]).code(5);
    assert!(
        status.out.contains("is missing: is the service running?"),
        "{}",
        status.out
    );
}

#[test]
fn a_night_whose_run_is_whole_is_not_made_again_when_that_was_not_noted() {
    let fake = Fake::start(&[], FAST);
    let project = Project::new(&format!("{}{NIGHTLY}", config(&fake.url(), 1)));
    once(&project, "2026-11-23T00:00:00Z").code(0);
    once(&project, "2026-11-23T02:00:30Z").code(0);
    // As a kill between the end of the run and the note of it leaves the database.
    let database = rusqlite::Connection::open(project.file("outpace.db")).unwrap();
    let killed = "UPDATE nights SET state = 'running', ended_ms = NULL";
    assert_eq!(database.execute(killed, []).unwrap(), 1);
    drop(database);
    once(&project, "2026-11-23T02:10:00Z").code(0);
    assert_eq!(nights(&project), "2026-11-23T02:00:00 done");
    assert_eq!(project.ask::<i64>("SELECT count(*) FROM run"), 1);
}

#[test]
fn a_plan_measures_its_part_and_a_wrong_name_is_said_with_the_right_ones() {
    let fake = Fake::start(&[], FAST);
    let plan = "\n[schedule]\ndisk_free_min_mb = 0\n[[schedule.plan]]\nid = \"checkout\"\n\
                cron = \"0 12 * * *\"\npages = [\"product\"]\nrounds = 2\n";
    let project = Project::new(&format!("{}{plan}", config(&fake.url(), 1)));
    once(&project, "2026-11-23T00:00:00Z").code(0);
    once(&project, "2026-11-23T12:01:00Z").code(0);
    assert_eq!(
        project.ask::<String>("SELECT DISTINCT page FROM visit"),
        "product"
    );
    assert_eq!(project.ask::<i64>("SELECT count(*) FROM visit"), 6);
    let ran = project.outpace(&["run", "--plan", "chekout"]).code(2);
    assert!(
        ran.err.contains("there is no plan `chekout`"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("hint: known: `checkout`"), "{}", ran.err);
}

#[test]
fn a_second_service_is_told_who_has_the_database() {
    let fake = Fake::start(&[], FAST);
    let project = Project::new(&format!("{}{NIGHTLY}", config(&fake.url(), 1)));
    let mut first = service(&project, "2026-11-23T00:00:00Z@1");
    until("no database", || {
        look::<i64>(&project, "SELECT id FROM journal").is_some()
    });
    let ran = once(&project, "2026-11-23T00:00:00Z").code(1);
    assert!(ran.err.contains(&first.id().to_string()), "{}", ran.err);
    signal(&first, rustix::process::Signal::TERM);
    assert_eq!(first.wait().unwrap().code(), Some(0));
    once(&project, "2026-11-23T00:00:00Z").code(0);
}

#[test]
fn being_stopped_gives_back_the_visit_in_hand_and_the_next_service_goes_on() {
    let fake = Fake::start(&[], Duration::from_millis(150));
    let project = Project::new(&format!("{}{NIGHTLY}", config(&fake.url(), 5)));
    let mut child = service(&project, "2026-11-23T01:59:58Z@1");
    until("no visit", || {
        look(&project, "SELECT count(*) FROM visit") > Some(2)
    });
    let asked = Instant::now();
    signal(&child, rustix::process::Signal::INT);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(asked.elapsed() < Duration::from_secs(30));
    assert_eq!(
        nights(&project),
        "2026-11-23T02:00:00 due the service was stopped"
    );
    assert_eq!(fake.open_sessions(), 0);
    once(&project, "2026-11-23T02:10:00Z").code(0);
    assert_eq!(project.ask::<i64>("SELECT count(*) FROM run"), 1);
    assert_eq!(
        project.ask::<i64>("SELECT count(*) FROM visit WHERE state = 'ok'"),
        24
    );
    assert_eq!(nights(&project), "2026-11-23T02:00:00 done");
}

#[test]
fn a_changed_config_is_taken_when_it_is_right_and_said_when_it_is_wrong() {
    let fake = Fake::start(&[], FAST);
    let good = format!("{}{NIGHTLY}", config(&fake.url(), 1));
    let project = Project::new(&good);
    let mut child = service(&project, "2026-11-23T00:00:00Z@1");
    let notes = "SELECT group_concat(what, '; ') FROM journal WHERE kind = 'reload'";
    until("no journal", || {
        look::<i64>(&project, "SELECT id FROM journal").is_some()
    });
    std::fs::write(
        project.file("targets.toml"),
        good.replace("0 2 * * *", "0 25 * * *"),
    )
    .unwrap();
    until("not refused", || {
        look::<String>(&project, notes).is_some_and(|n| n.contains("the old one still holds"))
    });
    std::fs::write(
        project.file("targets.toml"),
        good.replace("0 2 * * *", "30 3 * * *"),
    )
    .unwrap();
    until("not taken", || {
        look::<String>(&project, notes).is_some_and(|n| n.ends_with("the new config holds"))
    });
    signal(&child, rustix::process::Signal::HUP);
    until("no SIGHUP", || {
        look::<String>(&project, notes).is_some_and(|n| n.contains("SIGHUP"))
    });
    signal(&child, rustix::process::Signal::TERM);
    child.wait().unwrap();
    let mut said = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert!(said.contains("value must be in range 0..=23"), "{said}");
    let cron: String = project.ask("SELECT cron FROM schedule_plans");
    assert_eq!(cron, "30 3 * * *");
}

#[test]
fn fifty_kills_of_the_service_lose_and_double_nothing() {
    let fake = Fake::start(
        &[("own.example", Page::Status(500))],
        Duration::from_millis(8),
    );
    let receiver = Receiver::start();
    let base = config(&fake.url(), 12);
    let more = format!(
        "{NIGHTLY}backup = \"5 2 * * *\"\noverlap = \"wait\"\n[[notify]]\nid = \"hook\"\n\
         kind = \"webhook\"\nurl = \"{}\"\nsecret = \"${{HOOK}}\"\n",
        receiver.url
    );
    let project = Project::new(&format!("{base}{more}"));
    let started = |moment: &str, words: &[&str]| {
        project
            .command(words)
            .env("OUTPACE_CLOCK", format!("{moment}@60"))
            .env("HOOK", "key")
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let start = |moment: &str| started(moment, &["schedule"]);
    // Watched from before the night on, however slow the machine is to start the lives below.
    let watching = &["schedule", "--once"];
    started("2026-11-23T01:50:00Z", watching).wait().unwrap();
    for kill in 0..50_u64 {
        // The clock goes on by what a real one would: a few minutes a life.
        let minute = 59 + kill;
        let moment = format!("2026-11-23T{:02}:{:02}:00Z", 1 + minute / 60, minute % 60);
        let mut child = start(&moment);
        // The moment is the point: spread over start-up, night, deciding, sending and copying.
        std::thread::sleep(Duration::from_millis(60 + (kill * 7919) % 700));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    finish(&project, start("2026-11-23T02:55:00Z"));
    let planned = 4 * 13;
    assert_eq!(nights(&project), "2026-11-23T02:00:00 done");
    assert_eq!(project.ask::<i64>("SELECT count(*) FROM run"), 1);
    assert_eq!(project.ask::<i64>("SELECT count(*) FROM visit"), planned);
    assert_eq!(
        project.ask::<i64>("SELECT count(*) FROM (SELECT DISTINCT round, target, page FROM visit)"),
        planned
    );
    assert_eq!(
        project.ask::<i64>("SELECT count(*) FROM visit WHERE state = 'missed'"),
        0
    );
    assert_eq!(project.ask::<String>("PRAGMA integrity_check"), "ok");
    assert_eq!(
        project.ask::<String>("SELECT state FROM night WHERE job = 'backup'"),
        "done"
    );
    // Our pages answered 500 all night: told at least once, each message under one id.
    let messages: i64 = project.ask("SELECT count(*) FROM message WHERE lane = 'A'");
    let got = receiver.ids();
    assert!(messages >= 1);
    let ids: std::collections::BTreeSet<_> = got.iter().collect();
    assert_eq!(
        ids.len() as i64,
        project.ask::<i64>("SELECT count(*) FROM message")
    );
    let alerts: i64 = project.ask("SELECT count(*) FROM alert WHERE lane = 'A'");
    assert_eq!(alerts, 2, "home and product, each once");
}

/// Round, state, begin and end of the visits of a page of ours. Visits are timed by the real clock
/// in a rehearsal too.
fn own_visits(project: &Project, page: &str) -> Vec<(i64, String, Timestamp, Timestamp)> {
    let database = project.database();
    let sql = "SELECT v.round, v.state, v.started_at, v.duration_ms FROM visit AS v
               WHERE v.target = 'own' AND v.page = ?1 ORDER BY v.round";
    let mut rows = database.prepare(sql).unwrap();
    let all = rows.query_map([page], |r| {
        let at: String = r.get(2)?;
        let begun: Timestamp = at.parse().unwrap();
        let took = SignedDuration::from_secs_f64(r.get::<_, f64>(3)? / 1000.0);
        Ok((r.get(0)?, r.get(1)?, begun, begun + took))
    });
    all.unwrap().map(Result::unwrap).collect()
}

#[test]
fn an_outage_that_begins_in_the_middle_of_a_night_is_told_within_two_rounds() {
    // The warm-up and two rounds are good.
    let pages = [("own.example", Page::Breaks(3, 500))];
    let fake = Fake::start(&pages, Duration::from_millis(250));
    let receiver = Receiver::start();
    let hook = format!(
        "{NIGHTLY}[[notify]]\nid = \"hook\"\nkind = \"webhook\"\nurl = \"{}\"\n",
        receiver.url
    );
    let project = Project::new(&format!("{}{hook}", config(&fake.url(), 8)));
    let (moment, speed) = ("2026-11-23T01:59:50Z", 20.0);
    let before = Timestamp::now();
    let mut child = service(&project, &format!("{moment}@{speed}"));
    until("no message", || receiver.first("A").is_some());
    let last = "SELECT max(round) FROM visit";
    until("no end of the night", || {
        look::<i64>(&project, last) == Some(8)
    });
    signal(&child, rustix::process::Signal::TERM);
    child.wait().unwrap();

    let (got, message) = receiver.first("A").unwrap();
    let page = message["alerts"][0]["facts"]["page"].as_str().unwrap();
    let visits = own_visits(&project, page);
    let bad = visits.iter().position(|v| v.1 == "failed").unwrap();
    let (first_bad, second_bad) = (&visits[bad], &visits[bad + 1]);
    assert_eq!((first_bad.0, second_bad.0), (3, 4), "{visits:?}");
    // One bad visit is no outage: the message is decided on after the second, of the next round.
    let decided: Timestamp = message["at"].as_str().unwrap().parse().unwrap();
    let lived = decided
        .duration_since(moment.parse().unwrap())
        .as_secs_f64()
        / speed;
    let decided = before + SignedDuration::from_secs_f64(lived);
    assert!(decided <= got, "{decided} {got}");
    assert!(got > second_bad.3, "{got} {visits:?}");
    let round_end: String = project.ask(
        "SELECT max(strftime('%Y-%m-%dT%H:%M:%fZ', started_at,
                printf('+%f seconds', duration_ms / 1000.0))) FROM visit WHERE round = 5",
    );
    let round_end: Timestamp = round_end.parse().unwrap();
    assert!(
        got < round_end,
        "{got} is after round 5, {round_end}: {visits:?}"
    );
}

/// A mail server that takes no password and says again which one it was.
fn refusing_mail() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        stream.write_all(b"220 mail.test\r\n").unwrap();
        while let Some(Ok(line)) = lines.next() {
            let reply = match line.split_whitespace().next() {
                Some("EHLO") => "250-mail.test\r\n250 AUTH PLAIN\r\n".to_owned(),
                Some("AUTH") => format!("535 not hunter-2-hunter: {line}\r\n"),
                _ => "250 ok\r\n".to_owned(),
            };
            stream.write_all(reply.as_bytes()).unwrap();
        }
    });
    port
}

#[test]
fn a_refused_password_is_said_with_its_channel_and_without_itself() {
    let mail = format!(
        "[[notify]]\nid = \"post\"\nkind = \"email\"\nfrom = \"a@example.com\"\n\
         to = [\"b@example.com\"]\nsmtp = \"smtp://me:${{WORD}}@127.0.0.1:{}\"\n",
        refusing_mail()
    );
    let project = Project::new(&format!("{}{mail}", config("http://127.0.0.1:1/", 1)));
    let mut command = project.command(&["notify", "test"]);
    let ran = Ran::from(command.env("WORD", "hunter-2-hunter").output().unwrap()).code(1);
    let words = "post: not sent: the mail server refused user and password: ";
    assert!(ran.out.starts_with(words), "{}", ran.out);
    // The second one is \0me\0hunter-2-hunter in base64.
    for secret in ["hunter-2-hunter", "AG1lAGh1bnRlci0yLWh1bnRlcg=="] {
        assert!(!ran.out.contains(secret), "{}", ran.out);
        assert!(!ran.err.contains(secret), "{}", ran.err);
    }
}

/// Lets the service do what is left, and stops it.
fn finish(project: &Project, mut child: Child) {
    let open = "SELECT (SELECT count(*) FROM nights WHERE state IN ('due', 'running')
                OR decided = 0 AND job = 'night')
                + (SELECT count(*) FROM outbox WHERE sent_ms IS NULL)";
    until("work is left", || look(project, open) == Some(0));
    signal(&child, rustix::process::Signal::TERM);
    child.wait().unwrap();
}

/// An HTTP server that takes what it is sent.
struct Receiver {
    url: String,
    /// What it took and when, by the real clock.
    bodies: Arc<Mutex<Vec<(Timestamp, serde_json::Value)>>>,
}

impl Receiver {
    fn start() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let bodies = Arc::<Mutex<Vec<_>>>::default();
        let taken = Arc::clone(&bodies);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if let Some(body) = answer(stream) {
                    taken.lock().unwrap().push((Timestamp::now(), body));
                }
            }
        });
        Receiver { url, bodies }
    }

    /// The first message of a lane.
    fn first(&self, lane: &str) -> Option<(Timestamp, serde_json::Value)> {
        let bodies = self.bodies.lock().unwrap();
        bodies.iter().find(|(_, b)| b["lane"] == lane).cloned()
    }

    fn ids(&self) -> Vec<String> {
        let bodies = self.bodies.lock().unwrap();
        bodies
            .iter()
            .map(|(_, b)| b["id"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// Reads one request and answers 200. `None`: the sender was killed half-way.
fn answer(stream: std::net::TcpStream) -> Option<serde_json::Value> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut length, mut line) = (0, String::new());
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let mut stream = stream;
    let reply = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    stream.write_all(reply).ok()?;
    serde_json::from_slice(&body).ok()
}

#[test]
fn a_night_that_runs_without_a_service_was_cut_off() {
    let fake = Fake::start(&[], FAST);
    let project = Project::new(&format!("{}{NIGHTLY}", config(&fake.url(), 1)));
    once(&project, "2026-11-23T00:00:00Z").code(0);
    once(&project, "2026-11-23T02:00:30Z").code(0);
    let status = || at(&project, "2026-11-23T03:00:00Z@1", &["status"]);
    status().code(0);
    // As a service that is killed leaves it.
    let database = rusqlite::Connection::open(project.file("outpace.db")).unwrap();
    let running = "UPDATE nights SET state = 'running', ended_ms = NULL WHERE job = 'night'";
    assert_eq!(database.execute(running, []).unwrap(), 1);
    let said = status().code(5).out;
    assert!(said.contains("was cut off, and no service is"), "{said}");
    let lock = project.file("outpace.db.schedule.lock");
    let lock = std::fs::File::options().write(true).open(lock).unwrap();
    lock.lock().unwrap();
    status().code(0);
}
