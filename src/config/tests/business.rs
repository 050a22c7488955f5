//! `[business]`: what it means, and what is said of one that lacks a part.

use std::time::Duration;

use insta::assert_snapshot;

use super::{GOOD, loaded, read};
use crate::config::measuring_hash;

const WHOLE: &str = r#"[business]
visits_per_month = 120000
conversion = 0.024
order_value = 85
currency = "AUD"
per_second = [0, 0.05]
cap = "1s"
source = "our own test of March"
"#;

fn changed(from: &str, to: &str) -> String {
    assert_eq!(
        WHOLE.matches(from).count(),
        1,
        "`{from}` must be there once"
    );
    format!("{GOOD}\n{}", WHOLE.replace(from, to))
}

fn unfit(from: &str, to: &str) -> String {
    read(&changed(from, to)).expect_err("must be refused")
}

#[test]
fn the_whole_table_is_read_and_none_is_none() {
    assert_eq!(loaded(GOOD).config.business, None);
    let config = loaded(&format!("{GOOD}\n{WHOLE}")).config;
    let business = config.business.unwrap();
    assert_eq!(business.visits_per_month, 120_000);
    assert_eq!((business.conversion, business.order_value), (0.024, 85.0));
    assert_eq!(business.currency, "AUD");
    assert_eq!(business.per_second, (0.0, 0.05));
    assert_eq!(business.cap, Duration::from_secs(1));
    assert_eq!(business.source, "our own test of March");
}

#[test]
fn it_changes_nothing_of_what_is_measured_and_is_written_nowhere() {
    let without = loaded(GOOD).config;
    let with = loaded(&format!("{GOOD}\n{WHOLE}")).config;
    assert_eq!(measuring_hash(&with), measuring_hash(&without));
    let written = serde_json::to_string(&with).unwrap();
    assert_eq!(written, serde_json::to_string(&without).unwrap());
}

#[test]
fn every_part_is_needed() {
    for line in WHOLE.lines().skip(1) {
        let key = line.split(' ').next().unwrap();
        let said = unfit(&format!("{line}\n"), "");
        assert!(
            said.contains(&format!("missing `{key}` in `[business]`")),
            "{said}"
        );
        assert!(said.contains("\n1 error in"), "{said}");
    }
}

#[test]
fn both_sides_of_every_edge() {
    for (from, good, bad) in [
        ("= 120000", "= 1", "= 0"),
        ("= 120000", "= 1000000000000", "= 1000000000001"),
        ("= 0.024", "= 1", "= 1.01"),
        ("= 0.024", "= 0.0001", "= 0"),
        ("= 85", "= 0.01", "= 0"),
        ("= 85", "= 1000000000", "= 1000000001"),
        ("\"AUD\"", "\"12345678\"", "\"123456789\""),
        ("[0, 0.05]", "[0.05, 0.05]", "[0.06, 0.05]"),
        ("[0, 0.05]", "[0, 1]", "[0, 1.1]"),
        ("[0, 0.05]", "[0, 0.01]", "[0, 0]"),
        ("[0, 0.05]", "[0.0, 0.01]", "[-0.1, 0.01]"),
        ("[0, 0.05]", "[0.01, 0.02]", "[0.01, 0.02, 0.03]"),
        ("\"1s\"", "\"1ms\"", "\"0s\""),
        ("\"1s\"", "\"60s\"", "\"61s\""),
    ] {
        loaded(&changed(from, good));
        let said = unfit(from, bad);
        assert!(said.ends_with("1 error in targets.toml\n"), "{bad}: {said}");
    }
}

#[test]
fn percent_is_not_a_share() {
    assert_snapshot!(unfit("= 0.024", "= 2.4"), @"
    error: `conversion` cannot be 2.4
      --> targets.toml:57:14
       |
    57 | conversion = 2.4
       |              ^^^ a share is above 0 and at most 1
       = hint: 2.4 % is `0.024`

    1 error in targets.toml
    ");
    let said = unfit("[0, 0.05]", "[0.01, 8.4]");
    assert!(
        said.contains("a share in `per_second` cannot be 8.4"),
        "{said}"
    );
    assert!(said.contains("hint: 8.4 % is `0.084`"), "{said}");
}

#[test]
fn what_is_no_number_is_told_what_to_write() {
    assert_snapshot!(unfit("= 85", "= \"85\""), @r#"
    error: `order_value` must be a number
      --> targets.toml:58:15
       |
    58 | order_value = "85"
       |               ^^^^ found a string
       = hint: write `85` without quotes

    1 error in targets.toml
    "#);
    for (from, to, expected) in [
        ("= 120000", "= 1.5", "`visits_per_month` must be an integer"),
        (
            "= \"1s\"",
            "= 1",
            "write it in quotes and with its unit: `\"1s\"`",
        ),
        (
            "[0, 0.05]",
            "0.05",
            "`per_second` must be a list of two shares",
        ),
        ("[0, 0.05]", "[0.05, 0.01]", "hint: write `[0.01, 0.05]`"),
        (
            "[0, 0.05]",
            "[0, \"5 %\"]",
            "`per_second` must be a list of two shares",
        ),
        (
            "[business]",
            "[[business]]",
            "write `[business]`, not `[[business]]`",
        ),
    ] {
        let said = unfit(from, to);
        assert!(said.contains(expected), "{to}: {said}");
    }
}
