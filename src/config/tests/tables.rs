//! Values that are unfit by themselves, what is not built yet, secrets and the environment.

use insta::assert_snapshot;

use super::{GOOD, changed, loaded, read, said};
use crate::model::ReportLanguage;

#[test]
fn an_address_that_is_none() {
    assert_snapshot!(said("\"https://rival.example/p/9\"", "\"rival.example/p/9\""), @r#"
    error: `rival.example/p/9` is no address
      --> targets.toml:29:11
       |
    29 | product = "rival.example/p/9"
       |           ^^^^^^^^^^^^^^^^^^^ no `https://` before it
       = hint: write the whole address, such as `https://www.example.com/`

    1 error in targets.toml
    "#);
    assert_snapshot!(said("\"https://rival.example/p/9\"", "\"ftp://rival.example/\""), @r#"
    error: `ftp://rival.example/` is not loaded over http or https
      --> targets.toml:29:11
       |
    29 | product = "ftp://rival.example/"
       |           ^^^^^^^^^^^^^^^^^^^^^^ its scheme is `ftp`
       = hint: write the whole address, such as `https://www.example.com/`

    1 error in targets.toml
    "#);
    assert_snapshot!(said("\"https://rival.example/p/9\"", "\"https://rival example/\""), @r#"
    error: `https://rival example/` is no address
      --> targets.toml:29:11
       |
    29 | product = "https://rival example/"
       |           ^^^^^^^^^^^^^^^^^^^^^^^^ invalid international domain name
       = hint: write the whole address, such as `https://www.example.com/`

    1 error in targets.toml
    "#);
    assert_snapshot!(said("\"https://www.example.com/bench\"", "\"bench@example.com\""), @r#"
    error: `bench@example.com` is no address
     --> targets.toml:5:11
      |
    5 | contact = "bench@example.com"
      |           ^^^^^^^^^^^^^^^^^^^ no `https://` before it
      = hint: write a page or a mailbox, such as `https://www.example.com/bench` or `mailto:bench@example.com`

    1 error in targets.toml
    "#);
    assert_snapshot!(said("\"static.rival.example\"", "\"https://static.rival.example/\""), @r#"
    error: `https://static.rival.example/` is no host
      --> targets.toml:26:16
       |
    26 | first_party = ["https://static.rival.example/"]
       |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ a whole address
       = hint: write the host alone, such as `static.example.com`

    1 error in targets.toml
    "#);
    assert_snapshot!(said("driver = \"local\"", "driver = \"locale\""), @r#"
    error: `locale` is no address
      --> targets.toml:35:10
       |
    35 | driver = "locale"
       |          ^^^^^^^^ no `https://` before it
       = hint: write `local` for a browser on this machine, or the address of a driver, such as `https://grid.example.net:4444`

    1 error in targets.toml
    "#);
}

#[test]
fn a_duration_that_is_none() {
    assert_snapshot!(said("quiet = \"1s\"", "quiet = \"1 sec\""), @r#"
    error: `1 sec` is no duration
     --> targets.toml:9:9
      |
    9 | quiet = "1 sec"
      |         ^^^^^^^ not a unit: `ms`, `s`, `m`, `h` and `d` are
      = hint: write a whole number and its unit, such as `500ms`, `2s`, `1m` or `6h`

    1 error in targets.toml
    "#);
    assert_snapshot!(said("quiet = \"1s\"", "quiet = \"1.5s\""), @r#"
    error: `1.5s` is no duration
     --> targets.toml:9:9
      |
    9 | quiet = "1.5s"
      |         ^^^^^^ not a whole number
      = hint: write a whole number and its unit, such as `500ms`, `2s`, `1m` or `6h`

    1 error in targets.toml
    "#);
}

#[test]
fn a_zone_that_is_not_known() {
    assert_snapshot!(said("Australia/Sydney", "Australia/Sidney"), @r#"
    error: unknown time zone `Australia/Sidney`
     --> targets.toml:3:12
      |
    3 | timezone = "Australia/Sidney"
      |            ^^^^^^^^^^^^^^^^^^ not in the IANA time zone database
      = hint: did you mean `Australia/Sydney`?

    1 error in targets.toml
    "#);
    assert_snapshot!(said("Australia/Sydney", "AEST"), @r#"
    error: unknown time zone `AEST`
     --> targets.toml:3:12
      |
    3 | timezone = "AEST"
      |            ^^^^^^ not in the IANA time zone database
      = hint: write continent and city, such as `Australia/Sydney`, or `UTC`

    1 error in targets.toml
    "#);
}

#[test]
fn a_cron_expression_that_is_none() {
    let nightly = |cron: &str| {
        let text = format!("{GOOD}\n[schedule]\nnightly = \"{cron}\"\n");
        read(&text).unwrap_err()
    };
    assert_snapshot!(nightly("0 25 * * *"), @r#"
    error: `0 25 * * *` is no cron expression
      --> targets.toml:56:11
       |
    56 | nightly = "0 25 * * *"
       |           ^^^^^^^^^^^^ value must be in range 0..=23; found 25
       = hint: minute, hour, day of month, month, day of week: `0 2 * * *` is every night at two

    1 error in targets.toml
    "#);
    assert_snapshot!(nightly("at two"), @r#"
    error: `at two` is no cron expression
      --> targets.toml:56:11
       |
    56 | nightly = "at two"
       |           ^^^^^^^^ 2 fields where five are needed
       = hint: minute, hour, day of month, month, day of week: `0 2 * * *` is every night at two

    1 error in targets.toml
    "#);
}

#[test]
fn an_id_that_is_none() {
    assert_snapshot!(said("id = \"rival\"", "id = \"Rival & Sons\""), @r#"
    error: `Rival & Sons` is no id
      --> targets.toml:22:6
       |
    22 | id = "Rival & Sons"
       |      ^^^^^^^^^^^^^^ `R` may not be in it
       = hint: use small letters, digits, `-` and `_`, such as `rival-sons`

    1 error in targets.toml
    "#);
    assert_snapshot!(said("product = \"https://rival", "\"Product page\" = \"https://rival"), @r#"
    error: `Product page` is no page kind
      --> targets.toml:29:1
       |
    29 | "Product page" = "https://rival.example/p/9"
       | ^^^^^^^^^^^^^^ `P` may not be in it
       = hint: use small letters, digits, `-` and `_`, such as `product-page`

    1 error in targets.toml
    "#);
}

#[test]
fn absurd_values() {
    assert_snapshot!(said("rounds = 3", "rounds = 0"), @"
    error: `rounds` cannot be `0`
     --> targets.toml:8:10
      |
    8 | rounds = 0
      |          ^ from 1 to 1000
      = hint: the default is `5`

    1 error in targets.toml
    ");
    assert_snapshot!(said("rounds = 3", "rounds = 1001"), @"
    error: `rounds` cannot be `1001`
     --> targets.toml:8:10
      |
    8 | rounds = 1001
      |          ^^^^ from 1 to 1000
      = hint: the default is `5`

    1 error in targets.toml
    ");
    assert_snapshot!(said("rounds = 3", "rounds = 99999999999999999999"), @"
    error: `rounds` cannot be `99999999999999999999`
     --> targets.toml:8:10
      |
    8 | rounds = 99999999999999999999
      |          ^^^^^^^^^^^^^^^^^^^^ from 1 to 1000
      = hint: the default is `5`

    1 error in targets.toml
    ");
    assert_snapshot!(said("quiet = \"1s\"", "quiet = \"20s\""), @r#"
    error: `quiet` (`20s`) is not less than `timeout` (`20s`)
     --> targets.toml:9:9
      |
    9 | quiet = "20s"
      |         ^^^^^ every page would be cut off before it counts as complete

    1 error in targets.toml
    "#);
    assert_snapshot!(said("timeout = \"20s\"", "timeout = \"2h\""), @r#"
    error: `timeout` cannot be `2h`
      --> targets.toml:10:11
       |
    10 | timeout = "2h"
       |           ^^^^ from `1s` to `10m`
       = hint: the default is `"60s"`

    1 error in targets.toml
    "#);
    assert_snapshot!(said("leaders = \"1500ms\"", "leaders = \"4s\""), @r#"
    error: `leaders` (`4s`) is slower than `expectation` (`3s`)
      --> targets.toml:53:11
       |
    53 | leaders = "4s"
       |           ^^^^ leaders are the faster line

    1 error in targets.toml
    "#);
}

#[test]
fn a_language_of_the_report_is_built_in_or_a_file_beside_the_config() {
    let line = "leaders = \"1500ms\"";
    let with = |more: &str| changed(line, &format!("{line}\n{more}"));
    let of = |text: &str| loaded(text).config.report;
    assert_eq!(of(GOOD).language, ReportLanguage::default());
    let file = ReportLanguage::File("/srv/bench/words/de.ftl".into());
    assert_eq!(of(&with("language = \"words/de.ftl\"")).language, file);
    let url = of(&with("url = \"https://bench.example/reports\"")).url;
    assert_eq!(url.unwrap().path(), "/reports");
    assert_snapshot!(said(line, "language = \"fr\""), @r#"
    error: `fr` is no language of the report
      --> targets.toml:53:12
       |
    53 | language = "fr"
       |            ^^^^ known: `en`
       = hint: name a language file, such as `de.ftl`: `outpace report --print-language > de.ftl` writes one to translate

    1 error in targets.toml
    "#);
}

#[test]
fn a_word_that_is_not_known() {
    assert_snapshot!(said("role = \"rival\"", "role = \"rivals\""), @r#"
    error: unknown role `rivals`
      --> targets.toml:24:8
       |
    24 | role = "rivals"
       |        ^^^^^^^^ known: `own` and `rival`
       = hint: did you mean `rival`?

    1 error in targets.toml
    "#);
    assert_snapshot!(said("device = \"phone\"", "device = \"watch\""), @r#"
    error: unknown device `watch`
      --> targets.toml:47:10
       |
    47 | device = "watch"
       |          ^^^^^^^ known: `desktop`, `phone` and `tablet`

    1 error in targets.toml
    "#);
}

#[test]
fn what_is_not_built_yet_is_refused_by_name() {
    let device = "device = \"phone\"";
    assert_snapshot!(said(device, "device = \"tabelt\""), @r#"
    error: unknown device `tabelt`
      --> targets.toml:47:10
       |
    47 | device = "tabelt"
       |          ^^^^^^^^ known: `desktop`, `phone` and `tablet`
       = hint: did you mean `tablet`?

    1 error in targets.toml
    "#);
    assert_snapshot!(said(device, "device = \"phone\"\nnetwork = \"5g\""), @r#"
    error: unknown network `5g`
      --> targets.toml:48:11
       |
    48 | network = "5g"
       |           ^^^^ known: `none`, `cable`, `dsl`, `4g`, `3g` and `slow3g`

    1 error in targets.toml
    "#);
    assert_snapshot!(said(device, "device = \"phone\"\nbrowser = \"firefox\""), @r#"
    error: browser `firefox` is not built yet
      --> targets.toml:48:11
       |
    48 | browser = "firefox"
       |           ^^^^^^^^^ `chrome` is the only one
       = hint: write `browser = "chrome"`

    1 error in targets.toml
    "#);
}

#[test]
fn keys_and_addresses_that_are_not_built_yet_are_refused_by_name() {
    let local = "driver = \"local\"";
    assert_snapshot!(said(local, "driver = \"local\"\nexit = \"sydney\""), @r#"
    error: `exit` in `[[region]]` is not built yet
      --> targets.toml:36:1
       |
    36 | exit = "sydney"
       | ^^^^ the browser would go out directly, and not from there
       = hint: write a proxy at that place: `proxy = "socks5://…"`

    1 error in targets.toml
    "#);
    assert_snapshot!(said(local, "driver = \"local\"\ncapabilities = { a = 1 }"), @r#"
    error: `capabilities` of a local driver are not built yet
      --> targets.toml:36:1
       |
    36 | capabilities = { a = 1 }
       | ^^^^^^^^^^^^ the browser on this machine would not get them
       = hint: take them out, or write the address of a Grid: `driver = "https://…"`

    1 error in targets.toml
    "#);
    assert_snapshot!(said("capabilities = { platformName = \"linux\" }", "latency = { US = \"9ms\", AU = \"9ms\" }"), @r#"
    error: `latency` of a remote driver is not built yet
      --> targets.toml:43:1
       |
    43 | latency = { US = "9ms", AU = "9ms" }
       | ^^^^^^^ round trips are added on this machine only
       = hint: take it out: a driver at that place has its own round trips

    1 error in targets.toml
    "#);
    assert_snapshot!(said("https://rival.example/p/9", "https://me:${GRID_PASSWORD}@rival.example/p/9"), @r#"
    error: a page behind a user and password is not built yet
      --> targets.toml:29:11
       |
    29 | product = "https://me:${GRID_PASSWORD}@rival.example/p/9"
       |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ addresses are stored and shown as they are
       = hint: measure a page that needs no log-in

    1 error in targets.toml
    "#);
}

#[test]
fn a_secret_in_the_file_is_refused_and_not_shown() {
    let said_of = |from: &str, to: &str, secret: &str| {
        let said = said(from, to);
        assert!(!said.contains(secret), "{said}");
        said
    };
    assert_snapshot!(said_of("${GRID_PASSWORD}", "hunter2", "hunter2"), @r#"
    error: a password is written in the file
      --> targets.toml:42:25
       |
    42 | driver = "https://bench:*******@grid.example.net:4444"
       |                         ^^^^^^^ whoever reads the file can use it
       = hint: put it in the environment: `https://user:${GRID_PASSWORD}@…`

    1 error in targets.toml
    "#);
    assert_snapshot!(said_of("platformName = \"linux\"", "accessKey = \"abc123\"", "abc123"), @r#"
    error: `accessKey` is a secret written in the file
      --> targets.toml:43:30
       |
    43 | capabilities = { accessKey = ******** }
       |                              ^^^^^^^^ whoever reads the file can use it
       = hint: put it in the environment and write `accessKey = "${GRID_ACCESSKEY}"`

    1 error in targets.toml
    "#);
    assert_snapshot!(said_of("rounds = 3", "rounds = 3\napi_token = \"abc123\"", "abc123"), @r#"
    error: unknown key `api_token` in `[measure]`
     --> targets.toml:9:1
      |
    9 | api_token = ********
      | ^^^^^^^^^ known: `rounds`, `quiet`, `timeout` and `calm`

    error: `api_token` is a secret written in the file
     --> targets.toml:9:13
      |
    9 | api_token = ********
      |             ^^^^^^^^ whoever reads the file can use it
      = hint: put it in the environment and write `api_token = "${GRID_API_TOKEN}"`

    2 errors in targets.toml
    "#);
    let token = "9f86d081884c7d659a2feaa0c55ad015";
    let to = format!("\"x:y\" = \"{token}\"");
    assert_snapshot!(said_of("platformName = \"linux\"", &to, token), @r#"
    error: this looks like a secret written in the file
      --> targets.toml:43:27
       |
    43 | capabilities = { "x:y" = "********************************" }
       |                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ whoever reads the file can use it
       = hint: put it in the environment, such as `"${GRID_TOKEN}"`

    1 error in targets.toml
    "#);
    let to = format!("https://grid.example.net/wd/hub?key={token}\"");
    assert_snapshot!(said_of("https://bench:${GRID_PASSWORD}@grid.example.net:4444\"", &to, token), @r#"
    error: this looks like a secret written in the file
      --> targets.toml:42:47
       |
    42 | driver = "https://grid.example.net/wd/hub?key=********************************"
       |                                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ whoever reads the file can use it
       = hint: put it in the environment, such as `"${GRID_TOKEN}"`

    1 error in targets.toml
    "#);
}

#[test]
fn a_secret_in_an_unfit_address_is_not_shown_either() {
    let driver = "\"https://bench:${GRID_PASSWORD}@grid.example.net:4444\"";
    for bad in [
        "\"https://bench:hunter2@grid example\"",
        "\"https://bench:hunter2/x@grid.example\"",
        "\"ftp://bench:hunter2@grid.example\"",
        "\"https://grid example/?token=hunter2\"",
        "\"https://bench:hunter2@grid.example",
    ] {
        let said = said(driver, bad);
        assert!(said.contains(":42:"), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn a_page_kind_may_be_called_after_a_password() {
    let text = GOOD.replace("product = ", "password-reset = ");
    assert!(read(&text).is_ok());
}

#[test]
fn a_variable_that_is_not_set() {
    assert_snapshot!(said("GRID_PASSWORD", "GRID_PASSWROD"), @r#"
    error: environment variable `GRID_PASSWROD` is not set
      --> targets.toml:42:25
       |
    42 | driver = "https://bench:${GRID_PASSWROD}@grid.example.net:4444"
       |                         ^^^^^^^^^^^^^^^^ needed here
       = hint: set it before the start: `export GRID_PASSWROD=…`

    1 error in targets.toml
    "#);
    let twice = said("platformName = \"linux\"", "os = \"${OS} ${OS}\"");
    assert!(twice.ends_with("\n1 error in targets.toml\n"), "{twice}");
    assert_snapshot!(said("platformName = \"linux\"", "os = [\"${OS}\", \"${}\"]"), @r#"
    error: environment variable `OS` is not set
      --> targets.toml:43:25
       |
    43 | capabilities = { os = ["${OS}", "${}"] }
       |                         ^^^^^ needed here
       = hint: set it before the start: `export OS=…`

    error: `${}` names no environment variable
      --> targets.toml:43:34
       |
    43 | capabilities = { os = ["${OS}", "${}"] }
       |                                  ^^^
       = hint: write `${NAME}`, or `$${` for a literal `${`

    2 errors in targets.toml
    "#);
}
