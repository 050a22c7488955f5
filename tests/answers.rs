//! Answers that could mislead: what is compared with what, what cannot be told, flags that would do
//! harm, and a reader who has gone.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

mod common;

use common::{Project, config};
use serde_json::Value;

/// The simulated year before November 2026: release 4.1 slowed us, 4.2 and 4.3 helped.
fn year() -> Project {
    let project = Project::new(include_str!("../targets.toml"));
    let demo = "demo --full --history-only --tonight 2026-11-01 --quiet";
    let demo: Vec<&str> = demo.split(' ').collect();
    project.outpace(&demo).code(0);
    project
}

#[test]
fn a_release_is_held_against_what_is_live_and_judged_by_the_pages_that_were_visited() {
    let project = year();
    // 1.7 s with 4.0, 2.1 s with 4.1, 1.5 s today.
    let check =
        "check --baseline release:4.0 --page home --region sydney --metric lcp --format json";
    let check: Vec<&str> = check.split(' ').collect();
    let ran = project.outpace(&check).code(0);
    let said: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(said["baseline"], "release 4.0 (now 4.3)");
    assert_eq!(said["verdict"], "improved", "{}", ran.out);

    let list = |project: &Project| project.outpace(&["release", "list"]).code(0).out;
    let before = list(&project);
    let line = |list: &str| -> String {
        let line = list
            .lines()
            .find(|l| l.contains(" 4.2 ") || l.starts_with("4.2 "));
        line.unwrap_or_else(|| panic!("{list}")).to_owned()
    };
    assert!(line(&before).contains("faster"), "{before}");
    // A page that was added today says nothing of it.
    let added = project.read("targets.toml").replacen(
        "[target.pages]\n",
        "[target.pages]\nhelp = \"http://harbour-home.localhost:4780/\"\n",
        1,
    );
    assert!(added.contains("help = "));
    std::fs::write(project.file("targets.toml"), added).unwrap();
    assert_eq!(line(&list(&project)), line(&before));
}

#[test]
fn nothing_found_is_said_only_where_something_could_be() {
    let project = year();
    // Two rounds a night.
    let ran = project.outpace(&["history", "--changes"]).code(4);
    assert!(
        ran.err.contains("nights with 5 valid visits") && ran.err.contains("more than 2"),
        "{}",
        ran.err
    );
}

#[test]
fn flags_that_would_do_harm_or_nothing_are_refused() {
    let project = Project::new(&config("local", 1));
    for (flags, why) in [
        ("prune --older-than 0d", "evidence stays for 1d to 3650d"),
        ("prune --older-than 12h", "evidence stays for 1d to 3650d"),
        ("mute Z --for 3h --reason x", "no lane"),
        ("mute B: --for 0h --reason x", "is no duration"),
        ("mute B: --for 3h --reason=", "value is required"),
        (
            "check --baseline since:2026-10-01 --min-effect 20",
            "lower `--min-effect`",
        ),
    ] {
        let flags: Vec<&str> = flags.split(' ').collect();
        let ran = project.outpace(&flags).code(2);
        assert!(ran.err.contains(why), "{flags:?}: {}", ran.err);
    }
}

#[test]
fn mutes_are_listed_and_can_be_ended() {
    let project = Project::new(&config("local", 1));
    let mute = |flags: &str| {
        let flags = flags.split(' ').filter(|f| !f.is_empty());
        project.outpace(&["mute"].into_iter().chain(flags).collect::<Vec<_>>())
    };
    mute("").code(4);
    mute("B: --for 8h --reason deploy").code(0);
    mute("D:region:tokyo --for 2d --reason maintenance").code(0);
    let listed = mute("").code(0).out;
    let lines: Vec<&str> = listed.lines().skip(2).collect();
    assert!(
        lines[0].starts_with("B: ") && lines[0].ends_with("deploy"),
        "{listed}"
    );
    assert!(lines[1].starts_with("D:region:tokyo "), "{listed}");
    assert!(mute("B: --end").code(0).out.contains("are sent again"));
    let listed: Value = serde_json::from_str(&mute("--format json").code(0).out).unwrap();
    assert_eq!(listed.as_array().map(Vec::len), Some(1), "{listed}");
    assert_eq!(listed[0]["reason"], "maintenance");
    assert!(
        mute("B: --end")
            .code(2)
            .err
            .contains("no mute of `B:` holds")
    );
    for (flags, why) in [
        ("B:", "--for"),
        ("B: --for 3h", "--reason"),
        ("--for 3h --reason x", "<KEY>"),
        ("B: --for 3h --reason x --end", "cannot be used"),
    ] {
        let ran = mute(flags).code(2);
        assert!(ran.err.contains(why), "{flags}: {}", ran.err);
    }
}

#[test]
fn a_reader_who_has_gone_changes_no_exit_code() {
    // A rival's public site loaded in haste: a warning.
    let project = Project::new(&config("local", 1));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut plan = project.command(&["plan"]);
    let output = plan.stderr(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(!output.stdout.is_empty());
}
