//! What is no TOML, what is not known and what is of the wrong kind.

use insta::assert_snapshot;

use super::{GOOD, read, said};

#[test]
fn a_string_without_its_end() {
    assert_snapshot!(said("\"Rival\"", "\"Rival"), @r#"
    error: not TOML: invalid basic string
      --> targets.toml:23:14
       |
    23 | name = "Rival
       |              ^ expected `"`

    1 error in targets.toml
    "#);
}

#[test]
fn a_string_without_quotes() {
    assert_snapshot!(said("quiet = \"1s\"", "quiet = 1s"), @"
    error: not TOML: string values must be quoted
     --> targets.toml:9:9
      |
    9 | quiet = 1s
      |         ^^ expected literal string

    1 error in targets.toml
    ");
}

#[test]
fn a_key_without_a_value_hides_nothing_after_it() {
    let text = GOOD.replace("rounds = 3", "rounds").replace(
        "\"phone\"\ndevice = \"phone\"",
        "\"phone\"\ndevice = \"fone\"",
    );
    assert_snapshot!(read(&text).unwrap_err(), @r#"
    error: not TOML: key with no value
     --> targets.toml:8:7
      |
    8 | rounds
      |       ^ expected `=`

    error: unknown device `fone`
      --> targets.toml:47:10
       |
    47 | device = "fone"
       |          ^^^^^^ known: `desktop`, `phone` and `tablet`

    2 errors in targets.toml
    "#);
}

#[test]
fn a_table_written_twice() {
    assert_snapshot!(said("[report]", "[measure]\n[report]"), @"
    error: not TOML: duplicate key
      --> targets.toml:52:2
       |
    52 | [measure]
       |  ^^^^^^^

    1 error in targets.toml
    ");
}

#[test]
fn a_header_without_its_end_does_not_make_its_keys_missing() {
    let said = said("[project]", "[project");
    assert!(!said.contains("missing"), "{said}");
}

#[test]
fn an_unknown_key_lists_the_known_ones() {
    assert_snapshot!(said("quiet = ", "quite = "), @r#"
    error: unknown key `quite` in `[measure]`
     --> targets.toml:9:1
      |
    9 | quite = "1s"
      | ^^^^^ known: `rounds`, `quiet`, `timeout` and `calm`
      = hint: did you mean `quiet`?

    1 error in targets.toml
    "#);
    assert_snapshot!(said("rounds = 3", "rounds = 3\n\"a\\u001bb\" = 1"), @r#"
    error: unknown key `a␛b` in `[measure]`
     --> targets.toml:9:1
      |
    9 | "a\u001bb" = 1
      | ^^^^^^^^^^ known: `rounds`, `quiet`, `timeout` and `calm`

    1 error in targets.toml
    "#);
}

#[test]
fn a_key_in_the_wrong_table() {
    assert_snapshot!(said("[manners]\n", "[manners]\nquiet = \"2s\"\n"), @r#"
    error: unknown key `quiet` in `[manners]`
      --> targets.toml:50:1
       |
    50 | quiet = "2s"
       | ^^^^^ known: `distance`, `daily_page_views`, `daily_bytes`, `block_beacons` and `beacons`
       = hint: it is a key of `[measure]`

    1 error in targets.toml
    "#);
    assert_snapshot!(said("[project]\n", "rounds = 4\n[project]\n"), @"
    error: unknown key `rounds` in the file
     --> targets.toml:1:1
      |
    1 | rounds = 4
      | ^^^^^^ known: `project`, `measure`, `target`, `region`, `profile`, `device`, `network`, `manners`, `schedule`, `notify`, `alerts`, `report`, `business`, `budget`, `evidence` and `control`
      = hint: it is a key of `[measure]`

    1 error in targets.toml
    ");
}

#[test]
fn an_unknown_table() {
    assert_snapshot!(said("[manners]", "[maners]"), @"
    error: unknown table `maners`
      --> targets.toml:49:2
       |
    49 | [maners]
       |  ^^^^^^ known: `project`, `measure`, `target`, `region`, `profile`, `device`, `network`, `manners`, `schedule`, `notify`, `alerts`, `report`, `business`, `budget`, `evidence` and `control`
       = hint: did you mean `manners`?

    1 error in targets.toml
    ");
    assert_snapshot!(said("expect = ", "expects = "), @r##"
    error: unknown key `expects` in a page
      --> targets.toml:19:50
       |
    19 | product = { url = "https://www.example.com/p/1", expects = "#add" }
       |                                                  ^^^^^^^ known: `url` and `expect`
       = hint: did you mean `expect`?

    1 error in targets.toml
    "##);
}

#[test]
fn a_value_of_the_wrong_kind() {
    assert_snapshot!(said("rounds = 3", "rounds = \"3\""), @r#"
    error: `rounds` must be an integer
     --> targets.toml:8:10
      |
    8 | rounds = "3"
      |          ^^^ found a string
      = hint: write `3` without quotes

    1 error in targets.toml
    "#);
    assert_snapshot!(said("\"1s\"", "1"), @r#"
    error: `quiet` must be a duration
     --> targets.toml:9:9
      |
    9 | quiet = 1
      |         ^ found an integer
      = hint: write it in quotes and with its unit: `"1s"`

    1 error in targets.toml
    "#);
    assert_snapshot!(said("[\"static.rival.example\"]", "\"static.rival.example\""), @r#"
    error: `first_party` must be a list of hosts
      --> targets.toml:26:15
       |
    26 | first_party = "static.rival.example"
       |               ^^^^^^^^^^^^^^^^^^^^^^ found a string
       = hint: write `first_party = ["static.rival.example"]`

    1 error in targets.toml
    "#);
    assert_snapshot!(said("home = \"https://rival.example/\"", "home = 7"), @"
    error: `home` must be an address or `{ url = …, expect = … }`
      --> targets.toml:28:8
       |
    28 | home = 7
       |        ^ found an integer

    1 error in targets.toml
    ");
    assert_snapshot!(said("[manners]\ndistance = \"60s\"", "[[manners]]\ndistance = \"60s\""), @"
    error: `manners` must be a table
      --> targets.toml:49:1
       |
    49 | [[manners]]
       | ^^^^^^^^^^^ found a list
       = hint: write `[manners]`, not `[[manners]]`

    1 error in targets.toml
    ");
    assert_snapshot!(said("[[profile]]", "[profile]"), @"
    error: `profile` must be a list of tables
      --> targets.toml:45:1
       |
    45 | [profile]
       | ^^^^^^^^^ found a table
       = hint: write `[[profile]]`, not `[profile]`

    1 error in targets.toml
    ");
}

#[test]
fn a_key_that_must_be_there() {
    assert_snapshot!(said("name = \"Rival\"\n", ""), @"
    error: missing `name` in `[[target]]`
      --> targets.toml:21:1
       |
    21 | [[target]]
       | ^^^^^^^^^^ needs a line `name = …`

    1 error in targets.toml
    ");
    assert_snapshot!(said("url = \"https://www.example.com/p/1\", ", ""), @r##"
    error: missing `url` in a page
      --> targets.toml:19:1
       |
    19 | product = { expect = "#add" }
       | ^^^^^^^ needs a line `url = …`

    1 error in targets.toml
    "##);
}

#[test]
fn an_empty_file() {
    assert_snapshot!(read("").unwrap_err(), @"
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
fn empty_lists_and_strings() {
    assert_snapshot!(said("name = \"Rival\"", "name = \" \""), @r#"
    error: `name` is empty
      --> targets.toml:23:8
       |
    23 | name = " "
       |        ^^^ nothing in it

    1 error in targets.toml
    "#);
    let pages = "home = \"https://rival.example/\"\nproduct = \"https://rival.example/p/9\"\n";
    assert_snapshot!(said(pages, ""), @r#"
    error: a target without pages
      --> targets.toml:27:1
       |
    27 | [target.pages]
       | ^^^^^^^^^^^^^^ nothing would be measured
       = hint: write a line such as `home = "https://www.example.com/"`

    1 error in targets.toml
    "#);
    let text = GOOD.replace("[[profile]]\nid = \"phone\"\ndevice = \"phone\"\n", "");
    assert_snapshot!(read(&format!("profile = []\n{text}")).unwrap_err(), @"
    error: `profile` is an empty list
     --> targets.toml:1:11
      |
    1 | profile = []
      |           ^^ nothing in it
      = hint: write at least one `[[profile]]`

    1 error in targets.toml
    ");
}

#[test]
fn a_file_of_windows_with_a_byte_order_mark_is_read() {
    let text = format!("\u{feff}{}", GOOD.replace('\n', "\r\n"));
    assert!(read(&text).is_ok());
    let said = read(&text.replace("rounds = 3", "rounds = 0")).unwrap_err();
    assert!(said.contains("targets.toml:8:10"), "{said}");
    assert!(!said.contains('\r'));
}
