//! Every verb from outside: what it prints, what it leaves, how it ends. The figures have their
//! own tests (`figures`), and so have runs (`run`) and broken files (`config_errors`).

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

mod common;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use common::fake::Fake;
use common::{Project, Ran, config};
use insta::assert_snapshot;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

/// A file without a fault, whose driver is at `url`.
fn good(url: &str) -> String {
    config(url, 1).replace("distance = \"0s\"", "distance = \"60s\"")
}

/// With no program to be found, and so no browser.
fn alone(project: &Project, args: &[&str]) -> Ran {
    let mut command = project.command(args);
    Ran::from(command.env("PATH", "").output().unwrap())
}

fn repository(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

/// With the project's folder, which has another name each time, as `DIR`.
fn placeless(project: &Project, text: &str) -> String {
    text.replace(project.path().to_str().unwrap(), "DIR")
}

const INIT: &[&str] = &[
    "init",
    "--name",
    "Retail",
    "--own",
    "https://www.example.com.au/",
    "--rival",
    "https://www.rival.co.uk/",
    "--home-market",
    "AU",
    "--timezone",
    "Australia/Sydney",
    "--contact",
    "mailto:bench@example.com.au",
];

#[test]
fn init_writes_a_file_that_loads_and_never_writes_over_one() {
    let project = Project::new("");
    std::fs::remove_file(project.file("targets.toml")).unwrap();
    let ran = project.outpace(INIT).code(0);
    assert_eq!(ran.err, "");
    assert_snapshot!(ran.out, @"
    wrote targets.toml
    next: look through it, then `outpace doctor`, `outpace plan` and `outpace run`
    ");
    let written = project.read("targets.toml");
    let plan = alone(&project, &["plan"]).code(0);
    assert_eq!(plan.err, "", "not even a warning");
    let again = project.outpace(INIT).code(2);
    assert_snapshot!(again.err, @"
    error: `targets.toml` is there already
      hint: edit it, or name another with `--config FILE`
    ");
    assert_eq!(project.read("targets.toml"), written);
}

#[test]
fn init_without_a_terminal_names_the_flags_it_lacks_and_writes_nothing() {
    let project = Project::new("");
    std::fs::remove_file(project.file("targets.toml")).unwrap();
    let ran = project.outpace(&INIT[..5]).code(2);
    assert_snapshot!(ran.err, @"
    error: missing --rival URL, --home-market MARKET, --timezone ZONE, --contact URL
      hint: give all of them, or start `outpace init` at a terminal to be asked
    ");
    let mut unfit = INIT.to_vec();
    unfit[4] = "www.example.com.au";
    assert_snapshot!(project.outpace(&unfit).code(2).err, @"
    error: `--own`: `www.example.com.au` is no address (no `https://` before it)
      hint: write the whole address, such as `https://www.example.com/`
    ");
    assert_eq!(project.files(), [""; 0]);
}

#[test]
fn the_schema_takes_the_files_that_the_program_takes() {
    let project = Project::new(&good("local"));
    let ran = project.outpace(&["schema"]).code(0);
    let schema: Value = serde_json::from_str(&ran.out).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for text in [repository("targets.toml"), project.read("targets.toml")] {
        let file: Value = toml::from_str(&text).unwrap();
        let found: Vec<String> = validator
            .iter_errors(&file)
            .map(|e| e.to_string())
            .collect();
        assert_eq!(found, [""; 0]);
    }
    let broken: Value = toml::from_str(&good("local").replace("rounds", "ruonds")).unwrap();
    assert!(!validator.is_valid(&broken));
}

#[test]
fn completions_are_a_script_that_bash_reads() {
    let project = Project::new("");
    let script = project.outpace(&["completions", "bash"]).code(0).out;
    assert!(script.contains("--config") && script.contains("history"));
    assert!(!script.contains("__keep"), "it is not for people");
    std::fs::write(project.file("outpace.bash"), script).unwrap();
    let read = Command::new("bash")
        .arg("-n")
        .arg(project.file("outpace.bash"))
        .output()
        .unwrap();
    assert!(
        read.status.success(),
        "{}",
        String::from_utf8_lossy(&read.stderr)
    );
}

#[test]
fn a_plan_fits_the_terminal_and_needs_no_browser() {
    let fake = Fake::start(&[], Duration::ZERO);
    let long = good(&fake.url()).replace("Far Store", &"A Rival With A Long Name ".repeat(5));
    let project = Project::new(&long);
    let seed = "ffffffffffffffff";
    let plan = alone(&project, &["plan", "--visits", "--seed", seed]).code(0);
    for line in plan.out.lines() {
        assert!(line.width() <= 80, "{} columns: {line}", line.width());
    }
    assert!(plan.out.contains(seed), "{}", plan.out);
    let short = Project::new(&good(&fake.url()));
    assert_snapshot!(alone(&short, &["plan", "--seed", "2a"]).code(0).out, @"
    A night: 8 visits (1 round and a warm-up round, seed 002a), about 4 minutes

    rival      page views a night  a year  bytes a night   a year
    ─────────────────────────────────────────────────────────────
    Far Store                   4   1,460       ~10.4 MB  ~3.8 GB

    A year is 365 nights.
    Not measured yet, so assumed: 5 s a visit besides its quiet window, 2.6 MB a
    page (marked ~). After the first run the measured values are used.

    Loads of one rival's host are at least 1 min 00 s apart; at most 500 page views
    and 2.0 GB a rival in 24 hours.
    Far Store: robots.txt is not obeyed, because: a made-up site, served nowhere
    ");
    assert_eq!(fake.sessions_given(), 0);
    assert_eq!(project.files(), ["targets.toml"]);
}

#[test]
fn a_seed_decides_the_order_and_is_printed_to_be_used_again() {
    let project = Project::new(&good("local"));
    let plan = |args: &[&str]| {
        let args = [&["plan", "--visits", "--format", "json"], args].concat();
        let text = alone(&project, &args).code(0).out;
        serde_json::from_str::<Value>(&text).unwrap()
    };
    let first = plan(&["--seed", "8a41"]);
    assert_eq!(first, plan(&["--seed", "8a41"]));
    assert_eq!(first["seed"], "8a41");
    assert_eq!(first["order"].as_array().unwrap().len(), 8);
    assert_eq!(first["rivals"][0]["page_views_a_night"], 4);
    assert_eq!(first["rivals"][0]["page_views_a_year"], 4 * 365);
    let drawn = plan(&[]);
    let seed = drawn["seed"].as_str().unwrap().to_owned();
    assert_eq!(drawn, plan(&["--seed", &seed]));
    let orders: std::collections::BTreeSet<String> = (0..20)
        .map(|s| plan(&["--seed", &format!("{s:x}")])["order"].to_string())
        .collect();
    assert!(orders.len() > 10, "{}", orders.len());
    let bad = alone(&project, &["plan", "--seed", "nine"]).code(2);
    assert!(
        bad.err.contains("up to 16 hexadecimal digits"),
        "{}",
        bad.err
    );
}

#[test]
fn flags_that_mean_nothing_are_exit_2_and_say_what_would() {
    let project = Project::new(&good("local"));
    let said = |args: &[&str]| alone(&project, args).code(2).err;
    assert_snapshot!(said(&["history", "--page", "basket"]), @"
    error: no target has a page `basket`
      hint: there are home and product
    ");
    assert_snapshot!(said(&["report", "--month", "2026-13"]), @"
    error: `--month 2026-13` is no month
      hint: write year and month, such as 2026-10
    ");
    assert_snapshot!(
        said(&["status", "--page", "home"]).lines().next().unwrap(),
        @"error: unexpected argument '--page' found"
    );
    assert_snapshot!(
        said(&["export", "csv", "--since", "2026-11-02", "--until", "2026-11-01"]),
        @"
    error: `--since 2026-11-02` is after `--until 2026-11-01`
      hint: swap them
    "
    );
}

/// A project after a night.
fn measured() -> (Fake, Project) {
    let fake = Fake::start(&[], Duration::ZERO);
    let project = Project::new(&config(&fake.url(), 1));
    project.outpace(&["run", "--quiet"]).code(0);
    std::fs::write(project.file("targets.toml"), good(&fake.url())).unwrap();
    (fake, project)
}

/// Without the number of our own schema, which grows.
fn ageless(text: &str) -> String {
    let (before, after) = text.split_once("this one knows ").unwrap();
    let after = after.trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{before}this one knows OURS{after}")
}

#[test]
fn a_database_of_a_newer_outpace_is_left_alone() {
    let (fake, project) = measured();
    let database = rusqlite::Connection::open(project.file("outpace.db")).unwrap();
    database.pragma_update(None, "user_version", 999).unwrap();
    drop(database);
    let given = fake.sessions_given();
    for verb in [
        &["status"][..],
        &["history"],
        &["report"],
        &["export", "csv"],
        &["plan"],
        &["run"],
    ] {
        let ran = project.outpace(verb).code(1);
        insta::allow_duplicates! {
            assert_snapshot!(ageless(&placeless(&project, &ran.err)), @"
            error: database `DIR/outpace.db` was made by a newer outpace (schema 999; this one knows OURS)
              hint: update outpace; nothing was changed
            ");
        }
    }
    assert_eq!(
        fake.sessions_given(),
        given,
        "the database is looked at first"
    );
}

#[test]
fn another_programs_file_is_left_alone() {
    let (_fake, project) = measured();
    std::fs::write(
        project.file("notes.db"),
        "not a database, but dear to somebody",
    )
    .unwrap();
    for verb in ["status", "run"] {
        let ran = project.outpace(&[verb, "--database", "notes.db"]).code(1);
        insta::allow_duplicates! {
            assert_snapshot!(placeless(&project, &ran.err), @"
            error: `DIR/notes.db` is no database of outpace
              hint: name another file under `database` in targets.toml; this one was left as it is
            ");
        }
    }
    assert_eq!(
        project.read("notes.db"),
        "not a database, but dear to somebody"
    );
}

#[test]
fn a_database_that_may_not_be_written_can_be_read_and_not_measured_into() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    const NOBODY: u32 = 65_534;
    let (_fake, project) = measured();
    let mode = |path: &Path, bits: u32| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(bits)).unwrap();
    };
    // Root may write anything, so root steps down, to a copy that a stranger can start.
    let copied = Command::new("cp")
        .arg(env!("CARGO_BIN_EXE_outpace"))
        .arg(project.file("program"))
        .status();
    assert!(copied.unwrap().success());
    mode(&project.file("program"), 0o755);
    mode(&project.file("targets.toml"), 0o644);
    mode(&project.file("outpace.db"), 0o444);
    let _ = std::fs::remove_file(project.file("outpace.db.lock"));
    mode(project.path(), 0o555);
    let as_stranger = |verb: &str| {
        let mut command = Command::new(project.file("program"));
        command.arg(verb).current_dir(project.path());
        if rustix::process::geteuid().is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        Ran::from(command.output().unwrap())
    };
    let run = as_stranger("run").code(1);
    let status = as_stranger("status").code(0);
    mode(project.path(), 0o755);
    assert_snapshot!(placeless(&project, &run.err), @"
    error: database `DIR/outpace.db` is read-only
      hint: allow this user to write the file and its directory
    ");
    assert!(status.out.contains("Own Store"), "{}", status.out);
}

#[test]
fn doctor_looks_at_file_database_and_every_region() {
    let fake = Fake::start(&[], Duration::ZERO);
    let text = good(&fake.url()).replace(
        "[measure]",
        "egress = \"https://address.example/\"\n[measure]",
    );
    let project = Project::new(&text);
    let ran = alone(&project, &["doctor"]).code(0);
    assert_eq!(ran.err, "");
    // How much of the path is shown depends on how long it is, and how far a clock is off on how
    // long the answer took.
    let lines = ran.out.lines().map(|l| {
        let l = l.split(" makes it: ").next().unwrap();
        l.split_once(": clock")
            .map_or(l.to_owned(), |(before, _)| format!("{before}: clock"))
    });
    assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"
    ok  targets.toml                2 targets
    ok  database                    not there yet, the first run
    ok  report                      written in `en`
    ok  region sydney               chrome 156.0.1.2, driver 156.0.1.2
    ok  region sydney: DevTools     Chrome/156.0.1.2
    ok  region sydney: clock
    ok  region sydney: goes out as  203.0.113.7
    ok  target own from sydney      8.5 ms to connect, one try by its browser
    ok  target far from sydney      8.5 ms to connect, one try by its browser
    ");
    assert_eq!(fake.open_sessions(), 0);
    let mut asked: Vec<String> = fake.navigations().into_iter().map(|(to, _)| to).collect();
    asked.retain(|to| to != "about:blank");
    let wanted = [
        "https://address.example/",
        "http://own.example/robots.txt",
        "http://far.example/robots.txt",
    ];
    assert_eq!(asked, wanted, "no page of a target is loaded");
    assert_eq!(project.files(), ["targets.toml"]);
    let json = alone(&project, &["doctor", "--format", "json"]).code(0).out;
    let findings: Vec<Value> = serde_json::from_str(&json).unwrap();
    assert!(findings.iter().all(|f| f["sound"] == true), "{json}");
    let times: Vec<&Value> = findings
        .iter()
        .map(|f| &f["ms"])
        .filter(|ms| ms.is_f64())
        .collect();
    assert_eq!(times, [8.5, 8.5]);
}

#[test]
fn status_says_what_made_a_line_and_that_a_run_is_marked() {
    let fake = Fake::start(&[], Duration::ZERO);
    let text = config(&fake.url(), 1).replace("network = \"none\"", "network = \"4g\"");
    let project = Project::new(&text);
    alone(&project, &["run", "--quiet"]).code(0);
    let unmarked = alone(&project, &["status"]).code(0).out;
    assert!(!unmarked.contains("marked"), "{unmarked}");
    // As a probe on a machine that cannot keep up would have it.
    let database = rusqlite::Connection::open(project.file("outpace.db")).unwrap();
    let mark = "network 4g is off: down 8000 kbit/s where 9000 were asked";
    let marked = "UPDATE runs SET host = json_set(host, '$.marks', json_array(?1))";
    assert_eq!(database.execute(marked, [mark]).unwrap(), 1);
    let said = alone(&project, &["status"]).code(0).out;
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(&format!("Run 1 is marked: {mark}")), "{said}");
    assert!(
        said.contains(
            "network 4g (170 ms round trip, 9 Mbit/s down, 9 up); line made by DevTools in sydney"
        ),
        "{said}"
    );
}

#[test]
fn doctor_says_what_a_region_lacks_with_exit_5() {
    let fake = Fake::refusing();
    let project = Project::new(&good(&fake.url()));
    let ran = project.outpace(&["doctor"]).code(5);
    let (_, lacks) = ran.out.split_once("\n\n").unwrap();
    assert_snapshot!(lacks.replace(&fake.url(), "DRIVER"), @"
    region sydney: the driver at `DRIVER` gave no session: no browser here
    hint: can a browser start there? On a Grid: is a node free that fits `capabilities`?
    ");
    for line in ran.out.lines().take_while(|l| !l.is_empty()) {
        assert!(line.width() <= 80, "{line}");
    }
    let local = Project::new(&good("local"));
    let ran = alone(&local, &["doctor"]).code(5);
    let (_, lacks) = ran.out.split_once("\n\n").unwrap();
    assert_snapshot!(lacks, @"
    region sydney: no `Chrome or Chromium` on this machine
    hint: install it (on Debian and Ubuntu: `apt-get install chromium`), or name it in the environment variable `OUTPACE_CHROME`
    ");
    let broken = Project::new(&good("local"));
    std::fs::write(broken.file("outpace.db"), "something else").unwrap();
    let ran = broken.outpace(&["doctor", "--format", "json"]);
    assert!(ran.out.contains("is no database of outpace"), "{}", ran.out);
}

#[test]
fn doctor_says_which_budget_of_false_alerts_cannot_be_kept() {
    let fake = Fake::start(&[], Duration::ZERO);
    let tight = good(&fake.url()) + "\n[alerts]\nfalse_a_month = 0.05\n";
    let kept = alone(&Project::new(&tight), &["doctor"]).code(0).out;
    assert!(!kept.contains("alerts"), "{kept}");
    let seldom = tight.replace("false_a_month = 0.05", "false_a_month = 1.0")
        + "[[notify]]\nid = \"cmd\"\nkind = \"command\"\ncommand = [\"true\"]\n";
    let ran = alone(&Project::new(&seldom), &["doctor"]).code(1).out;
    assert!(ran.contains("that takes 5 valid visits"), "{ran}");
    let many = (0..9).map(|i| format!("[[profile]]\nid = \"p{i}\"\ndevice = \"desktop\"\n"));
    let many = tight + &many.collect::<String>();
    let ran = alone(&Project::new(&many), &["doctor"]).code(1).out;
    let said = ran.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("LACKS alerts"), "{ran}");
    assert!(
        said.contains("hint: `[alerts] false_a_month = 0.1"),
        "{ran}"
    );
}

#[test]
fn a_release_is_marked_once_listed_and_taken_back() {
    let project = Project::new(&good("local"));
    let mark = ["release", "mark", "v1.4", "--at", "2026-11-01T00:30:00Z"];
    let said = alone(&project, &mark).code(0).out;
    assert!(said.contains("Release `v1.4` is marked at"), "{said}");
    assert_snapshot!(alone(&project, &mark).code(2).err, @"
    error: release `v1.4` is marked already
      hint: `outpace release remove` takes a mark back that was a mistake; `outpace release list` shows them
    ");
    let listed = alone(&project, &["release", "list", "--format", "json"])
        .code(0)
        .out;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed[0]["at"], "2026-11-01T00:30:00Z");
    assert_snapshot!(alone(&project, &["release", "remove", "v1.5"]).code(2).err, @"
    error: no release `v1.5` is marked
      hint: there are v1.4
    ");
    alone(&project, &["release", "remove", "v1.4"]).code(0);
    let listed = alone(&project, &["release", "list"]).code(0).out;
    assert!(listed.contains("No release is marked yet"), "{listed}");
}

#[test]
fn doctor_database_looks_at_the_database_alone_and_ends_with_1_when_it_is_broken() {
    let project = Project::new(&good("local"));
    let ran = alone(&project, &["doctor", "--database"]).code(4);
    assert!(ran.err.contains("there is no database"), "{}", ran.err);
    alone(
        &project,
        &["release", "mark", "v1", "--at", "2026-11-01T00:00:00Z"],
    )
    .code(0);
    let ran = alone(&project, &["doctor", "--database"]).code(0);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(lines[0].starts_with("sound: "), "{}", ran.out);
    assert!(ran.out.contains("nights    0 runs"), "{}", ran.out);
    assert!(
        ran.out.contains("growth    not known before there are two"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("evidence  0 pieces, 0 B"), "{}", ran.out);
    let json = alone(&project, &["doctor", "--database", "--format", "json"])
        .code(0)
        .out;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json["sound"], &json["damage"]),
        (&true.into(), &Value::Null)
    );
    assert!(json["health"]["bytes"].as_u64().unwrap() > 0);
    assert!(json["bytes_a_night"].is_null());

    // Evidence of a visit that is not there.
    let conn = rusqlite::Connection::open(project.file("outpace.db")).unwrap();
    conn.execute_batch(
        "PRAGMA foreign_keys = off;
         INSERT INTO evidence (visit_id, kind, media_type, encoding, body)
         VALUES (99, 'x', 'y', 'none', x'00')",
    )
    .unwrap();
    drop(conn);
    let broken = project.file("outpace.db");
    let args = [
        "doctor",
        "--database",
        broken.to_str().unwrap(),
        "--format",
        "json",
    ];
    let json: Value = serde_json::from_str(&alone(&project, &args).code(1).out).unwrap();
    assert_eq!(json["sound"], false);
    assert!(
        json["damage"]
            .as_str()
            .unwrap()
            .contains("refers to nothing"),
        "{json}"
    );
}
