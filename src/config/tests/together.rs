//! What values mean together: ids, roles, markets, page kinds; and ten problems at once.

use insta::assert_snapshot;

use super::{GOOD, changed, loaded, read, said, warned};

#[test]
fn two_with_one_id() {
    assert_snapshot!(said("id = \"rival\"", "id = \"own\""), @r#"
    error: two targets have the id `own`
      --> targets.toml:22:6
       |
    22 | id = "own"
       |      ^^^^^ first used at line 13

    1 error in targets.toml
    "#);
    assert_snapshot!(said("id = \"paris\"", "id = \"sydney\""), @r#"
    error: two regions have the id `sydney`
      --> targets.toml:39:6
       |
    39 | id = "sydney"
       |      ^^^^^^^^ first used at line 32

    1 error in targets.toml
    "#);
    let twice = "device = \"phone\"\n[[profile]]\nid = \"phone\"\ndevice = \"desktop\"";
    assert_snapshot!(said("device = \"phone\"", twice), @r#"
    error: two profiles have the id `phone`
      --> targets.toml:49:6
       |
    49 | id = "phone"
       |      ^^^^^^^ first used at line 46

    1 error in targets.toml
    "#);
}

#[test]
fn no_own_target_and_a_second_one() {
    assert_snapshot!(said("role = \"own\"", "role = \"rival\""), @r#"
    error: no target is our own
      --> targets.toml:12:1
       |
    12 | [[target]]
       | ^^^^^^^^^^ none of the targets has `role = "own"`
       = hint: write `role = "own"` for the site that the report is about

    1 error in targets.toml
    "#);
    assert_snapshot!(said("role = \"rival\"", "role = \"own\""), @r#"
    error: a second own target
      --> targets.toml:24:8
       |
    24 | role = "own"
       |        ^^^^^ the first is at line 15
       = hint: a report is about one site: write a file for each

    1 error in targets.toml
    "#);
}

#[test]
fn a_slip_in_a_page_kind() {
    assert_snapshot!(said("product = \"https://rival", "prodcut = \"https://rival"), @r#"
    error: unknown page kind `prodcut`
      --> targets.toml:29:1
       |
    29 | prodcut = "https://rival.example/p/9"
       | ^^^^^^^ no other target has it, so it would be compared with nothing
       = hint: did you mean `product`?

    1 error in targets.toml
    "#);
}

#[test]
fn a_page_kind_that_one_target_has() {
    let to = "basket = \"https://rival.example/b\"\nproduct = \"https://rival";
    assert_snapshot!(warned("product = \"https://rival", to), @r#"
    warning: only Rival has a page of kind `basket`
      --> targets.toml:29:1
       |
    29 | basket = "https://rival.example/b"
       | ^^^^^^ no other target has it, so it would be compared with nothing
       = hint: give another target a page of this kind, or take it out
    "#);
}

#[test]
fn a_kind_beside_one_that_is_spelt_alike_is_no_slip() {
    let to = "product2 = \"https://rival.example/b\"\nproduct = \"https://rival";
    assert!(warned("product = \"https://rival", to).starts_with("warning: only Rival has"));
}

#[test]
fn only_one_target() {
    let start = GOOD.find("[[target]]\nid = \"rival\"").unwrap();
    let end = GOOD.find("[[region]]").unwrap();
    let text = format!("{}{}", &GOOD[..start], &GOOD[end..]).replace(", US = \"150ms\"", "");
    assert_snapshot!(loaded(&text).rendered_warnings(), @r#"
    warning: only one target
      --> targets.toml:12:1
       |
    12 | [[target]]
       | ^^^^^^^^^^ there is nobody to compare it with
       = hint: write a `[[target]]` with `role = "rival"`
    "#);
}

#[test]
fn no_overseas_target() {
    let text = changed("market = \"US\"", "market = \"AU\"").replace(", US = \"150ms\"", "");
    assert_snapshot!(loaded(&text).rendered_warnings(), @r#"
    warning: no overseas target
     --> targets.toml:4:15
      |
    4 | home_market = "AU"
      |               ^^^^ every rival is at home in this market
      = hint: add the best site you know in another market: it is the benchmark
    "#);
}

#[test]
fn our_own_target_away_from_home() {
    let text = changed("home_market = \"AU\"", "home_market = \"NZ\"");
    assert_snapshot!(loaded(&text).rendered_warnings(), @r#"
    warning: our own target is not at home in `NZ`
      --> targets.toml:16:10
       |
    16 | market = "AU"
       |          ^^^^ `home_market` is `NZ`
    "#);
}

#[test]
fn one_market_spelt_in_two_ways() {
    assert_snapshot!(said("home_market = \"AU\"", "home_market = \"au\""), @r#"
    error: market `AU` is also written `au`
      --> targets.toml:16:10
       |
    16 | market = "AU"
       |          ^^^^ `au` at line 4
       = hint: write `au` everywhere

    error: market `AU` is also written `au`
      --> targets.toml:34:10
       |
    34 | market = "AU"
       |          ^^^^ `au` at line 4
       = hint: write `au` everywhere

    2 errors in targets.toml
    "#);
}

#[test]
fn latency_of_a_market_that_no_target_has() {
    assert_snapshot!(said("US = \"150ms\"", "us = \"150ms\", JP = \"9ms\""), @r#"
    warning: no round trip to `US`
      --> targets.toml:36:11
       |
    36 | latency = { AU = "8ms", us = "150ms", JP = "9ms" }
       |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ their targets get none, and look faster than the others

    error: no target is at home in market `us`
      --> targets.toml:36:25
       |
    36 | latency = { AU = "8ms", us = "150ms", JP = "9ms" }
       |                         ^^ markets of the targets: `AU` and `US`
       = hint: did you mean `US`?

    error: no target is at home in market `JP`
      --> targets.toml:36:39
       |
    36 | latency = { AU = "8ms", us = "150ms", JP = "9ms" }
       |                                       ^^ markets of the targets: `AU` and `US`

    2 errors and 1 warning in targets.toml
    "#);
    assert_snapshot!(warned(", US = \"150ms\"", ""), @r#"
    warning: no round trip to `US`
      --> targets.toml:36:11
       |
    36 | latency = { AU = "8ms" }
       |           ^^^^^^^^^^^^^^ their targets get none, and look faster than the others
    "#);
}

#[test]
fn rivals_visited_in_haste() {
    assert_snapshot!(warned("distance = \"60s\"", "distance = \"0s\""), @r#"
    warning: a rival's public site would be loaded in quick succession
      --> targets.toml:50:12
       |
    50 | distance = "0s"
       |            ^^^^ `rival.example` is not on this machine
       = hint: the default is `"60s"`, and good manners
    "#);
}

#[test]
#[expect(clippy::too_many_lines, reason = "ten problems take their lines")]
fn ten_problems_are_reported_in_the_order_of_the_file() {
    let text = GOOD
        .replace("Australia/Sydney", "Australia/Sidney")
        .replace(
            "contact = \"https://www.example.com/bench\"",
            "contact = \"bench\"",
        )
        .replace("rounds = 3", "rounds = 0")
        .replace("quiet = \"1s\"", "quite = \"1s\"")
        .replace("timeout = \"20s\"", "timeout = 20s")
        .replace("expect = ", "expects = ")
        .replace("id = \"rival\"", "id = \"own\"")
        .replace("product = \"https://rival", "prodcut = \"https://rival")
        .replace("GRID_PASSWORD", "NOT_SET")
        .replace("device = \"phone\"", "device = \"tabelt\"");
    assert_snapshot!(read(&text).unwrap_err(), @r##"
    error: unknown time zone `Australia/Sidney`
     --> targets.toml:3:12
      |
    3 | timezone = "Australia/Sidney"
      |            ^^^^^^^^^^^^^^^^^^ not in the IANA time zone database
      = hint: did you mean `Australia/Sydney`?

    error: `bench` is no address
     --> targets.toml:5:11
      |
    5 | contact = "bench"
      |           ^^^^^^^ no `https://` before it
      = hint: write a page or a mailbox, such as `https://www.example.com/bench` or `mailto:bench@example.com`

    error: `rounds` cannot be `0`
     --> targets.toml:8:10
      |
    8 | rounds = 0
      |          ^ from 1 to 1000
      = hint: the default is `5`

    error: unknown key `quite` in `[measure]`
     --> targets.toml:9:1
      |
    9 | quite = "1s"
      | ^^^^^ known: `rounds`, `quiet`, `timeout` and `calm`
      = hint: did you mean `quiet`?

    error: not TOML: string values must be quoted
      --> targets.toml:10:11
       |
    10 | timeout = 20s
       |           ^^^ expected literal string

    error: unknown key `expects` in a page
      --> targets.toml:19:50
       |
    19 | product = { url = "https://www.example.com/p/1", expects = "#add" }
       |                                                  ^^^^^^^ known: `url` and `expect`
       = hint: did you mean `expect`?

    error: two targets have the id `own`
      --> targets.toml:22:6
       |
    22 | id = "own"
       |      ^^^^^ first used at line 13

    error: unknown page kind `prodcut`
      --> targets.toml:29:1
       |
    29 | prodcut = "https://rival.example/p/9"
       | ^^^^^^^ no other target has it, so it would be compared with nothing
       = hint: did you mean `product`?

    error: environment variable `NOT_SET` is not set
      --> targets.toml:42:25
       |
    42 | driver = "https://bench:${NOT_SET}@grid.example.net:4444"
       |                         ^^^^^^^^^^ needed here
       = hint: set it before the start: `export NOT_SET=…`

    error: unknown device `tabelt`
      --> targets.toml:47:10
       |
    47 | device = "tabelt"
       |          ^^^^^^^^ known: `desktop`, `phone` and `tablet`
       = hint: did you mean `tablet`?

    10 errors in targets.toml
    "##);
}
