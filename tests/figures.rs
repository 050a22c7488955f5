//! The same figures everywhere: what the rows of view `visit` say, `export`, `status`, `history`
//! and the report say too, in text and in JSON.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

mod common;

use std::time::Duration;

use common::fake::{Fake, Page};
use common::{Project, Ran, again, ask, config};
use rusqlite::types::Value as Sql;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

/// A night of three rounds: ours takes 2.0 s in the warm-up round, then 2.3, 2.6 and 2.9 s; the
/// overseas rival 1.5 s, then 1.6, 1.7 and 1.8 s; the home rival refuses.
fn night() -> (Fake, Project) {
    let pages = [
        ("own.example", Page::Slows(2000.0, 300.0)),
        ("far.example", Page::Slows(1500.0, 100.0)),
        ("near.example", Page::Status(403)),
    ];
    let fake = Fake::start(&pages, Duration::ZERO);
    let near = "[[target]]\nid = \"near\"\nname = \"The Nearest Rival With Quite A Long Name\"\n\
                role = \"rival\"\nmarket = \"AU\"\nrobots_override = \"the stub serves no robots.txt\"\n\
                pages.home = \"http://near.example/\"\n\n[[region]]";
    let text = config(&fake.url(), 3).replace("[[region]]", near);
    let project = Project::new(&text);
    project.outpace(&["run", "--quiet"]).code(0);
    // So that what is read below is not mixed with a warning about the tests' own haste.
    let calm = text.replace("distance = \"0s\"", "distance = \"60s\"");
    std::fs::write(project.file("targets.toml"), calm).unwrap();
    (fake, project)
}

/// Prints the page, and finds no browser for the PDF.
fn report(project: &Project) -> String {
    let mut command = project.command(&["report"]);
    let ran = Ran::from(command.env("PATH", "").output().unwrap()).code(5);
    let page = ran.out.lines().next().unwrap();
    project.read(page.strip_prefix("Page: ").unwrap())
}

fn narrow(text: &str) {
    for line in text.lines() {
        assert!(line.width() <= 80, "{} columns: {line}", line.width());
    }
}

fn json(project: &Project, verb: &str) -> Value {
    let ran = project.outpace(&[verb, "--format", "json"]).code(0);
    serde_json::from_str(&ran.out).unwrap()
}

/// The line of a table that begins with `start`, its cells apart by two spaces or more.
fn cells(table: &str, start: &str) -> Vec<String> {
    let line = table.lines().find(|l| l.starts_with(start));
    let line = line.unwrap_or_else(|| panic!("no line `{start}` in\n{table}"));
    let cells = line.split("  ").map(str::trim).filter(|c| !c.is_empty());
    cells.map(str::to_owned).collect()
}

/// The middle of three valid visits, warm-up left out, as an analyst asks for it.
fn median(project: &Project, target: &str) -> f64 {
    project.ask(&format!(
        "SELECT lcp FROM visit WHERE target = '{target}' AND page = 'home' AND state = 'ok'
         AND warm_up = 0 ORDER BY lcp LIMIT 1 OFFSET 1"
    ))
}

#[test]
fn medians_are_the_same_in_every_place() {
    let (_fake, project) = night();
    assert_eq!(median(&project, "own"), 2600.0);
    assert_eq!(median(&project, "far"), 1700.0);

    let status = project.outpace(&["status"]).code(0);
    narrow(&status.out);
    let own = cells(&status.out, "Own Store");
    let us = "Own Store, 2.6 s, 2.7 s, +0.9 s, us, -, 3 of 3";
    assert_eq!(own.join(", "), us, "{}", status.out);
    let far = cells(&status.out, "Far Store").join(", ");
    assert_eq!(far, "Far Store, 1.7 s, 1.7 s, best, cannot tell, -, 3 of 3");
    let near = cells(&status.out, "The Nearest").join(", ");
    assert_eq!(
        near,
        "The Nearest Rival With …, -, -, -, blocked, -, 0 of 3"
    );

    let fields = &json(&project, "status")["fields"];
    let home = &fields[0];
    assert_eq!(home["scope"]["page"], "home");
    let of = |id: &str| {
        let all = home["standings"].as_array().unwrap();
        let one = all.iter().find(|s| s["target"] == id).unwrap();
        one["summary"]["median"].as_f64()
    };
    assert!(close(of("own"), 2600.0) && close(of("far"), 1700.0));
    assert_eq!(of("near"), None, "blocked is unknown");

    let history = project.outpace(&["history"]).code(0);
    narrow(&history.out);
    let night = cells(&history.out, "20");
    assert_eq!(
        night[1..5],
        ["2.6 s", "1.7 s", "Far Store", "+0.9 s"],
        "{}",
        history.out
    );
    let nights = json(&project, "history");
    assert_eq!(nights.as_array().unwrap().len(), 1);
    assert!(close(nights[0]["own_ms"].as_f64(), 2600.0));
    assert!(close(nights[0]["best_overseas_ms"].as_f64(), 1700.0));

    let page = report(&project);
    assert_eq!(in_page(&page, "Own Store", "Median"), "2.6 s");
    assert_eq!(in_page(&page, "Far Store", "Median"), "1.7 s");
}

/// Equal but for the last bits of a weighted sum.
fn close(a: Option<f64>, b: f64) -> bool {
    a.is_some_and(|a| (a - b).abs() < 1e-6)
}

/// The cell under `label` of the site's row in the table of the report's second page.
fn in_page(page: &str, site: &str, label: &str) -> String {
    let row = page
        .split("<th scope=\"row\"><bdi>")
        .find(|r| r.starts_with(site));
    let row = row.unwrap_or_else(|| panic!("no row of `{site}`"));
    let (_, cell) = row.split_once(&format!("data-label=\"{label}\">")).unwrap();
    cell.split('<').next().unwrap().to_owned()
}

#[test]
fn an_export_is_the_rows_of_the_view() {
    let (_fake, project) = night();
    let database = project.database();
    let mut statement = database.prepare("SELECT * FROM visit ORDER BY id").unwrap();
    let columns: Vec<String> = statement.column_names().iter().map(|&c| c.into()).collect();
    let rows: Vec<Vec<Sql>> = statement
        .query_map([], |row| (0..columns.len()).map(|i| row.get(i)).collect())
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(rows.len(), 20);

    let csv_text = project.outpace(&["export", "csv"]).code(0).out;
    let mut csv = csv::Reader::from_reader(csv_text.as_bytes());
    assert_eq!(csv.headers().unwrap().iter().collect::<Vec<_>>(), columns);
    let records: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
    let json: Vec<Value> =
        serde_json::from_str(&project.outpace(&["export", "json"]).code(0).out).unwrap();
    assert_eq!((records.len(), json.len()), (rows.len(), rows.len()));
    for ((row, record), object) in rows.iter().zip(&records).zip(&json) {
        let object = object.as_object().unwrap();
        assert_eq!(
            object.keys().collect::<Vec<_>>(),
            columns.iter().collect::<Vec<_>>()
        );
        for ((value, text), field) in row.iter().zip(record).zip(object.values()) {
            same(value, text, field);
        }
    }
    project
        .outpace(&["export", "csv", "--out", "visits.csv"])
        .code(0);
    assert_eq!(project.read("visits.csv"), csv_text);
    let none = project
        .outpace(&["export", "json", "--month", "2020-01"])
        .code(0);
    assert_eq!(
        serde_json::from_str::<Value>(&none.out).unwrap(),
        serde_json::json!([])
    );
}

fn same(stored: &Sql, csv: &str, json: &Value) {
    match stored {
        Sql::Null => assert_eq!((csv, json), ("", &Value::Null)),
        Sql::Integer(i) => {
            assert_eq!((csv.parse::<i64>().unwrap(), json.as_i64()), (*i, Some(*i)));
        }
        Sql::Real(v) => {
            assert_eq!((csv.parse::<f64>().unwrap(), json.as_f64()), (*v, Some(*v)));
        }
        Sql::Text(t) => assert_eq!((csv, json.as_str()), (t.as_str(), Some(t.as_str()))),
        Sql::Blob(_) => panic!("the view has no such column"),
    }
}

#[test]
fn a_report_without_a_browser_is_a_whole_page_and_says_how_to_get_the_pdf() {
    let (_fake, project) = night();
    let mut command = project.command(&["report", "--out", "here"]);
    let ran = Ran::from(command.env("PATH", "").output().unwrap()).code(5);
    insta::assert_snapshot!(ran.err, @"
    error: the page was written, the PDF was not: no `Chrome or Chromium` on this machine
      hint: install it (on Debian and Ubuntu: `apt-get install chromium`), or name it in the environment variable `OUTPACE_CHROME`
    ");
    let name = ran
        .out
        .lines()
        .next()
        .unwrap()
        .strip_prefix("Page: ")
        .unwrap();
    assert!(
        name.starts_with("here/") && name.ends_with(".html"),
        "{name}"
    );
    let page = project.read(name);
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    for asked in ["src=\"", "url(", "@import", "<link", "<script"] {
        for (at, _) in page.match_indices(asked) {
            let rest = &page[at + asked.len()..];
            let inside = rest.starts_with("data:") || rest.starts_with('#');
            assert!(inside, "asks for `{asked}{}`", &rest[..rest.len().min(60)]);
        }
    }
    assert!(page.contains("blocked"), "what was refused is said");
    let quiet = project.outpace(&["report", "--month", "2020-01"]).code(4);
    insta::assert_snapshot!(quiet.err, @"
    error: there is no night to report on in 2020-01
      hint: `outpace history` lists the nights, `outpace run` measures one
    ");
    assert_eq!(quiet.out, "");
}

#[test]
fn without_a_night_there_is_a_plain_sentence_and_exit_4() {
    let fake = Fake::refusing();
    let text = config(&fake.url(), 1).replace("distance = \"0s\"", "distance = \"60s\"");
    let project = Project::new(&text);
    for verb in [
        &["status"][..],
        &["history"],
        &["report"],
        &["export", "csv"],
    ] {
        let ran = project.outpace(verb).code(4);
        let said = ran.err.replace(project.path().to_str().unwrap(), "DIR");
        insta::allow_duplicates! {
            insta::assert_snapshot!(said, @"
            error: there is no database `DIR/outpace.db`
              hint: `outpace run` makes it
            ");
        }
        assert_eq!(ran.out, "");
    }
    // A run that found no browser leaves a database without a night.
    project.outpace(&["run"]).code(5);
    let status = project.outpace(&["status"]).code(4);
    insta::assert_snapshot!(status.err, @"
    error: there is no night to report on
      hint: `outpace history` lists the nights, `outpace run` measures one
    ");
    let history = project.outpace(&["history"]).code(4);
    insta::assert_snapshot!(history.err, @"
    error: no night was measured in this time
      hint: `outpace run` measures one
    ");
}

#[test]
fn visits_with_another_answer_to_consent_banners_are_never_mixed_in() {
    let (_fake, project) = night();
    // In the last round our banner had been accepted; then the recipe was taken away.
    let changed = rusqlite::Connection::open(project.file("outpace.db")).unwrap();
    let sql = "INSERT INTO environments (name)
               SELECT name || '-accepted' FROM environments WHERE true;
               UPDATE visits SET environment_id =
                   (SELECT e.id FROM environments AS e WHERE e.name LIKE '%-accepted')
               WHERE round = 3 AND state = 'ok'";
    changed.execute_batch(sql).unwrap();
    drop(changed);
    let status = project.outpace(&["status"]).code(0).out;
    assert!(
        status.contains("4 visits with another answer to consent banners"),
        "{status}"
    );
    // Ours: 2.3 and 2.6 s are left of 2.3, 2.6 and 2.9 s.
    let field = &json(&project, "status")["fields"][0];
    let standings = field["standings"].as_array().unwrap();
    let ours = standings.iter().find(|s| s["target"] == "own").unwrap();
    // Of two values the middle on the scale of computation, which is the logarithm.
    let middle = (2300.0_f64 * 2600.0).sqrt();
    let median = ours["summary"]["median"].as_f64().unwrap();
    assert!((median - middle).abs() < 1e-6, "{ours}");
    let page = report(&project);
    assert!(page.contains("4 visits with another answer to consent banners"));
    let query = again(&page, "Counts and values behind each row");
    let db = rusqlite::Connection::open(project.file("outpace.db")).unwrap();
    let rows = ask(&db, &query);
    let ours = rows.iter().find(|r| r[0] == "own" && r[1] == "home");
    assert_eq!(ours.unwrap()[9], "2300.0,2600.0", "{query}");
}
