//! What a broken `targets.toml` gets to hear, word for word, through the program: the place, what
//! is wrong, and what to write instead. Nothing is started and nothing is written.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

mod common;

use std::time::Duration;

use common::fake::Fake;
use common::{Project, Ran, config};
use insta::assert_snapshot;

/// A file without a fault.
fn good() -> String {
    config("local", 1).replace("distance = \"0s\"", "distance = \"60s\"")
}

/// The good file with one thing changed.
fn changed(from: &str, to: &str) -> String {
    let good = good();
    assert_eq!(good.matches(from).count(), 1, "`{from}` must be there once");
    good.replace(from, to)
}

fn without_browser(project: &Project, verb: &str) -> Ran {
    let mut command = project.command(&[verb]);
    let command = command.env("PATH", "").env_remove("GRID_PASSWORD");
    Ran::from(command.output().unwrap())
}

/// What `plan` says of a file that it refuses. `run` must say the same, and leave nothing.
#[track_caller]
fn refused(text: &str) -> String {
    let project = Project::new(text);
    let plan = without_browser(&project, "plan").code(2);
    let run = without_browser(&project, "run").code(2);
    assert_eq!(plan.out, "");
    assert_eq!((run.out, run.err), (String::new(), plan.err.clone()));
    assert_eq!(project.files(), ["targets.toml"]);
    plan.err
}

#[track_caller]
fn said(from: &str, to: &str) -> String {
    refused(&changed(from, to))
}

/// What `plan` warns of, with a file that it takes.
#[track_caller]
fn warned(text: &str) -> String {
    let project = Project::new(text);
    let plan = without_browser(&project, "plan").code(0);
    assert!(plan.out.starts_with("A night: "), "{}", plan.out);
    let mut quiet = project.command(&["plan", "--quiet"]);
    assert_eq!(Ran::from(quiet.output().unwrap()).code(0).err, "");
    plan.err
}

const OWN: &str = "role = \"own\"";
const OWN_PRODUCT: &str = "product = \"http://own.example/product\"";
const FAR_PRODUCT: &str = "product = \"http://far.example/product\"";

#[test]
fn an_unknown_key_is_named_with_the_one_that_was_meant() {
    assert_snapshot!(said("quiet = ", "quite = "), @r#"
    error: unknown key `quite` in `[measure]`
      --> targets.toml:10:1
       |
    10 | quite = "100ms"
       | ^^^^^ known: `rounds`, `quiet`, `timeout` and `calm`
       = hint: did you mean `quiet`?

    1 error in targets.toml
    "#);
    assert_snapshot!(said("[manners]", "[maners]"), @"
    error: unknown table `maners`
      --> targets.toml:43:2
       |
    43 | [maners]
       |  ^^^^^^ known: `project`, `measure`, `target`, `region`, `profile`, `device`, `network`, `manners`, `schedule`, `notify`, `alerts`, `report`, `business`, `budget`, `evidence` and `control`
       = hint: did you mean `manners`?

    1 error in targets.toml
    ");
}

#[test]
fn a_key_that_is_planned_is_refused_by_name() {
    assert_snapshot!(said(OWN, "role = \"own\"\njourney = \"buy\""), @r#"
    error: `journey` in `[[target]]` is not built yet
      --> targets.toml:17:1
       |
    17 | journey = "buy"
       | ^^^^^^^ no journey would be walked
       = hint: take it out, and list its pages under `[target.pages]`

    1 error in targets.toml
    "#);
}

#[test]
fn a_value_of_the_wrong_type() {
    assert_snapshot!(said("rounds = 1", "rounds = \"1\""), @r#"
    error: `rounds` must be an integer
     --> targets.toml:9:10
      |
    9 | rounds = "1"
      |          ^^^ found a string
      = hint: write `1` without quotes

    1 error in targets.toml
    "#);
    assert_snapshot!(said("quiet = \"100ms\"", "quiet = 2"), @r#"
    error: `quiet` must be a duration
      --> targets.toml:10:9
       |
    10 | quiet = 2
       |         ^ found an integer
       = hint: write it in quotes and with its unit: `"2s"`

    1 error in targets.toml
    "#);
}

#[test]
fn an_address_that_is_none() {
    assert_snapshot!(said("\"http://own.example/\"", "\"own.example\""), @r#"
    error: `own.example` is no address
      --> targets.toml:19:8
       |
    19 | home = "own.example"
       |        ^^^^^^^^^^^^^ no `https://` before it
       = hint: write the whole address, such as `https://www.example.com/`

    1 error in targets.toml
    "#);
    assert_snapshot!(said("\"http://own.example/\"", "\"ftp://own.example/\""), @r#"
    error: `ftp://own.example/` is not loaded over http or https
      --> targets.toml:19:8
       |
    19 | home = "ftp://own.example/"
       |        ^^^^^^^^^^^^^^^^^^^^ its scheme is `ftp`
       = hint: write the whole address, such as `https://www.example.com/`

    1 error in targets.toml
    "#);
}

#[test]
fn a_duration_that_is_none() {
    assert_snapshot!(said("timeout = \"2s\"", "timeout = \"2 sec\""), @r#"
    error: `2 sec` is no duration
      --> targets.toml:11:11
       |
    11 | timeout = "2 sec"
       |           ^^^^^^^ not a unit: `ms`, `s`, `m`, `h` and `d` are
       = hint: write a whole number and its unit, such as `500ms`, `2s`, `1m` or `6h`

    1 error in targets.toml
    "#);
    assert_snapshot!(said("quiet = \"100ms\"", "quiet = \"3s\""), @r#"
    error: `quiet` (`3s`) is not less than `timeout` (`2s`)
      --> targets.toml:10:9
       |
    10 | quiet = "3s"
       |         ^^^^ every page would be cut off before it counts as complete

    1 error in targets.toml
    "#);
}

#[test]
fn a_cron_expression_that_is_none() {
    let hour = "[schedule]\nnightly = \"0 25 * * *\"\n[manners]";
    assert_snapshot!(said("[manners]", hour), @r#"
    error: `0 25 * * *` is no cron expression
      --> targets.toml:44:11
       |
    44 | nightly = "0 25 * * *"
       |           ^^^^^^^^^^^^ value must be in range 0..=23; found 25
       = hint: minute, hour, day of month, month, day of week: `0 2 * * *` is every night at two

    1 error in targets.toml
    "#);
    let words = "[schedule]\nnightly = \"every night\"\n[manners]";
    assert_snapshot!(said("[manners]", words), @r#"
    error: `every night` is no cron expression
      --> targets.toml:44:11
       |
    44 | nightly = "every night"
       |           ^^^^^^^^^^^^^ 2 fields where five are needed
       = hint: minute, hour, day of month, month, day of week: `0 2 * * *` is every night at two

    1 error in targets.toml
    "#);
}

#[test]
fn two_targets_with_one_id() {
    assert_snapshot!(said("id = \"far\"", "id = \"own\""), @r#"
    error: two targets have the id `own`
      --> targets.toml:23:6
       |
    23 | id = "own"
       |      ^^^^^ first used at line 14

    1 error in targets.toml
    "#);
}

#[test]
fn no_target_of_ours_or_two() {
    assert_snapshot!(said(OWN, "role = \"rival\""), @r#"
    error: no target is our own
      --> targets.toml:13:1
       |
    13 | [[target]]
       | ^^^^^^^^^^ none of the targets has `role = "own"`
       = hint: write `role = "own"` for the site that the report is about

    1 error in targets.toml
    "#);
    assert_snapshot!(said("role = \"rival\"", "role = \"own\""), @r#"
    error: a second own target
      --> targets.toml:25:8
       |
    25 | role = "own"
       |        ^^^^^ the first is at line 16
       = hint: a report is about one site: write a file for each

    1 error in targets.toml
    "#);
}

#[test]
fn words_that_a_region_or_a_profile_does_not_know() {
    assert_snapshot!(said("device = \"phone\"", "device = \"fone\""), @r#"
    error: unknown device `fone`
      --> targets.toml:40:10
       |
    40 | device = "fone"
       |          ^^^^^^ known: `desktop`, `phone` and `tablet`

    1 error in targets.toml
    "#);
    assert_snapshot!(said("network = \"none\"", "network = \"5g\""), @r#"
    error: unknown network `5g`
      --> targets.toml:41:11
       |
    41 | network = "5g"
       |           ^^^^ known: `none`, `cable`, `dsl`, `4g`, `3g` and `slow3g`

    1 error in targets.toml
    "#);
    assert_snapshot!(said("browser = \"chrome\"", "browser = \"firefox\""), @r#"
    error: browser `firefox` is not built yet
      --> targets.toml:39:11
       |
    39 | browser = "firefox"
       |           ^^^^^^^^^ `chrome` is the only one
       = hint: write `browser = "chrome"`

    1 error in targets.toml
    "#);
    assert_snapshot!(said("driver = \"local\"", "driver = \"grid\""), @r#"
    error: `grid` is no address
      --> targets.toml:35:10
       |
    35 | driver = "grid"
       |          ^^^^^^ no `https://` before it
       = hint: write `local` for a browser on this machine, or the address of a driver, such as `https://grid.example.net:4444`

    1 error in targets.toml
    "#);
}

#[test]
fn a_secret_in_the_file_is_refused_and_not_shown() {
    let driver = "driver = \"https://bench:hunter2@grid.example.net:4444\"";
    let text = said("driver = \"local\"", driver);
    assert!(!text.contains("hunter2"), "{text}");
    assert_snapshot!(text, @r#"
    error: a password is written in the file
      --> targets.toml:35:25
       |
    35 | driver = "https://bench:*******@grid.example.net:4444"
       |                         ^^^^^^^ whoever reads the file can use it
       = hint: put it in the environment: `https://user:${GRID_PASSWORD}@…`

    1 error in targets.toml
    "#);
}

#[test]
fn a_variable_that_is_not_set() {
    let driver = "driver = \"https://bench:${GRID_PASSWORD}@grid.example.net:4444\"";
    assert_snapshot!(said("driver = \"local\"", driver), @r#"
    error: environment variable `GRID_PASSWORD` is not set
      --> targets.toml:35:25
       |
    35 | driver = "https://bench:${GRID_PASSWORD}@grid.example.net:4444"
       |                         ^^^^^^^^^^^^^^^^ needed here
       = hint: set it before the start: `export GRID_PASSWORD=…`

    1 error in targets.toml
    "#);
}

#[test]
fn what_is_no_toml() {
    assert_snapshot!(said("id = \"own\"", "id = \"own"), @r#"
    error: not TOML: invalid basic string
      --> targets.toml:14:10
       |
    14 | id = "own
       |          ^ expected `"`

    1 error in targets.toml
    "#);
    assert_snapshot!(said("[[target]]\nid = \"own\"", "[[target]\nid = \"own\""), @"
    error: not TOML: unclosed array table
      --> targets.toml:13:10
       |
    13 | [[target]
       |          ^ expected `]`

    1 error in targets.toml
    ");
}

#[test]
fn a_file_that_is_missing_or_a_folder() {
    let project = Project::new("");
    let missing = project.outpace(&["plan", "--config", "other.toml"]).code(2);
    assert_snapshot!(missing.err, @"
    error: no file `other.toml`
      hint: `outpace init` writes one, and `--config FILE` names another
    ");
    let folder = project.outpace(&["plan", "--config", "."]).code(2);
    assert_snapshot!(folder.err, @"
    error: cannot read `.`
      because: Is a directory (os error 21)
    ");
}

#[test]
fn an_empty_file() {
    assert_snapshot!(refused(""), @"
    error: missing `[project]`
     --> targets.toml:1:1
      |
    1 |
      | ^ the file ends here
      = hint: it needs `name`, `timezone`, `home_market` and `contact`; `outpace init` writes a whole file

    error: missing `[[target]]`
     --> targets.toml:1:1
      |
    1 |
      | ^ the file ends here
      = hint: write one for your own site, and one for each rival

    2 errors in targets.toml
    ");
}

#[test]
fn ten_problems_are_told_in_one_pass_in_the_order_of_the_file() {
    let mut text = good();
    for (from, to) in [
        ("timezone = \"UTC\"", "timezone = \"Sydney\""),
        (
            "contact = \"https://www.example.com/bench\"",
            "contact = \"me\"",
        ),
        ("rounds = 1", "rounds = 0"),
        ("quiet = \"100ms\"", "quiet = \"fast\""),
        (OWN, "role = \"ours\""),
        (OWN_PRODUCT, "prodcut = \"http://own.example/product\""),
        (FAR_PRODUCT, "product = \"far.example\""),
        ("driver = \"local\"", "drivr = \"local\""),
        ("browser = \"chrome\"", "browser = \"safari\""),
        ("distance = \"60s\"", "distance = \"25h\""),
    ] {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    let all = refused(&text);
    let heads: Vec<&str> = all.lines().filter(|l| l.starts_with("error: ")).collect();
    assert_snapshot!(heads.join("\n"), @"
    error: unknown time zone `Sydney`
    error: `me` is no address
    error: `rounds` cannot be `0`
    error: `fast` is no duration
    error: unknown role `ours`
    error: unknown page kind `product`
    error: `far.example` is no address
    error: unknown key `drivr` in `[[region]]`
    error: browser `safari` is not built yet
    error: `distance` cannot be `25h`
    ");
    let lines: Vec<u32> = all
        .lines()
        .filter_map(|l| l.trim_start().strip_prefix("--> targets.toml:"))
        .map(|place| place.split(':').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(lines.len(), 10);
    assert!(lines.is_sorted(), "{lines:?}");
    assert!(all.ends_with("\n\n10 errors in targets.toml\n"), "{all}");
}

#[test]
fn warnings_do_not_stop_anything() {
    let alone = changed(FAR_PRODUCT, "checkout = \"http://far.example/checkout\"");
    assert_snapshot!(warned(&alone), @r#"
    warning: only Own Store has a page of kind `product`
      --> targets.toml:20:1
       |
    20 | product = "http://own.example/product"
       | ^^^^^^^ no other target has it, so it would be compared with nothing
       = hint: give another target a page of this kind, or take it out

    warning: only Far Store has a page of kind `checkout`
      --> targets.toml:30:1
       |
    30 | checkout = "http://far.example/checkout"
       | ^^^^^^^^ no other target has it, so it would be compared with nothing
       = hint: give another target a page of this kind, or take it out
    "#);
    let good = good();
    let (start, end) = (
        good.find("[[target]]\nid = \"far\""),
        good.find("[[region]]"),
    );
    let only = format!("{}{}", &good[..start.unwrap()], &good[end.unwrap()..]);
    assert_snapshot!(warned(&only), @r#"
    warning: only one target
      --> targets.toml:13:1
       |
    13 | [[target]]
       | ^^^^^^^^^^ there is nobody to compare it with
       = hint: write a `[[target]]` with `role = "rival"`
    "#);
    let home = changed("market = \"US\"", "market = \"AU\"");
    assert_snapshot!(warned(&home), @r#"
    warning: no overseas target
     --> targets.toml:5:15
      |
    5 | home_market = "AU"
      |               ^^^^ every rival is at home in this market
      = hint: add the best site you know in another market: it is the benchmark
    "#);
    let close = changed("distance = \"60s\"", "distance = \"1s\"");
    assert_snapshot!(warned(&close), @r#"
    warning: a rival's public site would be loaded in quick succession
      --> targets.toml:44:12
       |
    44 | distance = "1s"
       |            ^^^^ `far.example` is not on this machine
       = hint: the default is `"60s"`, and good manners
    "#);
    assert_eq!(warned(&good), "");
}

#[test]
fn a_broken_file_asks_no_driver() {
    let fake = Fake::start(&[], Duration::ZERO);
    let good = config(&fake.url(), 1);
    let project = Project::new(&good);
    let broken = good.replace("rounds = 1", "rounds = -1");
    std::fs::write(project.file("broken.toml"), broken).unwrap();
    for verb in ["run", "doctor", "status", "report"] {
        let ran = project.outpace(&[verb, "--config", "broken.toml"]).code(2);
        assert!(ran.err.contains("--> broken.toml:"), "{}", ran.err);
    }
    assert_eq!(fake.sessions_given(), 0);
    assert_eq!(project.files(), ["broken.toml", "targets.toml"]);
    project.outpace(&["run"]).code(0);
    assert_ne!(fake.sessions_given(), 0, "the stub counts");
}
