//! What an archive keeps and a page says when a report is made again of other data, behind other
//! data, under other settings or flags.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

mod common;

use common::october::{OCTOBER, config, holds, note, page, pages, reclassify, sql, year};
use serde_json::Value;

#[test]
fn what_lies_behind_the_month_is_restated_and_the_old_page_kept() {
    let project = year();
    let plain = page(&project, &OCTOBER);
    assert_eq!(note(&plain), None);
    let mut kept = pages(&project, "reports/2026-10");
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].1, plain);
    let mut changed = |reason: &str, change: &dyn Fn()| {
        change();
        let now = page(&project, &OCTOBER);
        let said = note(&now).unwrap_or_default();
        assert!(said.contains(reason), "`{reason}`: {said}");
        assert_eq!(page(&project, &OCTOBER), now, "the same bytes again");
        holds(&project, "reports/2026-10", &kept);
        let archived = pages(&project, "reports/2026-10");
        assert_eq!(archived.len(), kept.len() + 1, "{reason}");
        assert!(archived.iter().any(|(_, page)| *page == now));
        // The name that page 1 tells is that of the page before.
        let name = said.split(['(', ')']).nth(1).unwrap();
        let last = archived.iter().find(|(n, _)| *n == format!("{name}.html"));
        assert!(kept.contains(last.unwrap()), "{said}");
        kept = archived;
    };
    changed("other visits of September 2026.", &|| {
        reclassify(&project, "harbour", ("2026-09-02", "2026-09-20", 20));
    });
    changed("It knew other releases.", &|| {
        sql(
            &project,
            &[
                "INSERT INTO releases (version, at_ms, created_ms) SELECT '4.4', started_ms - 3600000, 0 FROM runs WHERE id = 357",
            ],
        );
    });
    changed("other settings in targets.toml: [[target]].", &|| {
        config(&project, |t| {
            t.replace("\"Harbour Home\"", "\"Harbor House\"")
        });
    });
    changed("the same counts, other values.", &|| {
        sql(
            &project,
            &["UPDATE runs SET seed = seed + 1 WHERE id = 357"],
        );
    });
}

#[test]
fn nothing_is_restated_where_no_figure_is_another() {
    let project = year();
    let first = page(&project, &OCTOBER);
    let english = project.outpace(&["report", "--print-language"]).code(0).out;
    let words = english.replacen("[10] October", "[10] Oktober", 1);
    std::fs::write(project.file("own.ftl"), words).unwrap();
    let report = "\n[report]\nlanguage = \"own.ftl\"\n";
    config(&project, |t| t.to_owned() + report);
    let words = page(&project, &OCTOBER);
    assert_ne!(first, words);
    assert_eq!(note(&words), None, "words are no figures");
    let kept = pages(&project, "reports/2026-10");
    assert_eq!(kept.len(), 2);
    assert!(kept.iter().any(|(_, page)| *page == first));
    // Of the year behind, the headline's page is looked back on.
    sql(
        &project,
        &[
            "UPDATE visits SET lcp = lcp + 1 WHERE run_id = 90 AND cell_id IN (SELECT id FROM cells WHERE page = 'search')",
        ],
    );
    assert_eq!(page(&project, &OCTOBER), words);
}

#[test]
fn another_version_is_told_by_its_figures_only() {
    let project = year();
    page(&project, &OCTOBER);
    let list = "reports/2026-10/reports.json";
    let version = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    let older = project
        .read(list)
        .replace(&version, "\"version\":\"0.0.9\"");
    std::fs::write(project.file(list), &older).unwrap();
    assert_eq!(note(&page(&project, &OCTOBER)), None);
    assert_eq!(project.read(list).matches("\"page\":").count(), 2);
    let entries: Value = serde_json::from_str(&older).unwrap();
    let was = entries[0]["figures"]["home harbour"].as_str().unwrap();
    let other = older.replace(was, "9999 1-1");
    std::fs::write(project.file(list), other).unwrap();
    let said = note(&page(&project, &OCTOBER)).unwrap();
    assert!(
        said.ends_with("Version 0.0.9 of outpace made other figures of the same data."),
        "{said}"
    );
}

#[test]
fn flags_have_pages_of_their_own_and_restate_nothing() {
    let project = year();
    let plain = page(&project, &OCTOBER);
    let of: [(&str, &[&str]); 6] = [
        ("2026-10-external", &["--external"]),
        ("2026-10-marketing", &["--audience", "marketing"]),
        ("2026-10-engineering", &["--audience", "engineering"]),
        ("2026-10-letter", &["--paper", "letter"]),
        ("2026-10-as-kyoto", &["--target", "kyoto"]),
        (
            "2026-10-external-as-kyoto",
            &["--target", "kyoto", "--external"],
        ),
    ];
    for (stem, flags) in of {
        let page = page(&project, &[&OCTOBER[..], flags].concat());
        let name = format!("reports/{stem}.html");
        assert_eq!(project.read(&name), page);
        assert_eq!(note(&page), None, "{stem}");
        assert_eq!(project.read("reports/2026-10.html"), plain, "{stem}");
        // By its own flags, from the file alone.
        let verify = ["report", "--verify", &name];
        project.outpace(&verify).code(0);
    }
    assert_eq!(pages(&project, "reports/2026-10").len(), of.len() + 1);
    // Each is restated by an earlier one of its own flags only.
    reclassify(&project, "claire", ("2026-10-05", "2026-10-20", 3));
    let external = page(&project, &[&OCTOBER[..], &["--external"]].concat());
    let said = note(&external).unwrap();
    assert!(said.contains("It counted otherwise: valid "), "{said}");
    let marketing = [&OCTOBER[..], &["--audience", "marketing", "--external"]].concat();
    assert_eq!(
        note(&page(&project, &marketing)),
        None,
        "the first of its kind"
    );
    assert_eq!(project.read("reports/2026-10.html"), plain);
}

/// Puts a night aside, and back.
const ASIDE: &[&str] = &[
    "CREATE TABLE kept_visits AS SELECT * FROM visits WHERE run_id = 365",
    "CREATE TABLE kept_runs AS SELECT * FROM runs WHERE id = 365",
    "DELETE FROM visits WHERE run_id = 365",
    "DELETE FROM runs WHERE id = 365",
];
const BACK: &[&str] = &[
    "INSERT INTO runs SELECT * FROM kept_runs",
    "INSERT INTO visits SELECT * FROM kept_visits",
    "DROP TABLE kept_runs",
    "DROP TABLE kept_visits",
];

#[test]
fn a_reclassification_while_nights_go_on_is_restated() {
    let project = year();
    sql(&project, ASIDE);
    assert_eq!(note(&page(&project, &OCTOBER)), None);
    sql(&project, BACK);
    assert_eq!(note(&page(&project, &OCTOBER)), None, "the data went on");
    // Every night a report: nights of before are others, and one more is there.
    sql(&project, ASIDE);
    let gone = note(&page(&project, &OCTOBER)).unwrap();
    assert!(gone.contains("counted otherwise: valid 4,"), "{gone}");
    reclassify(&project, "northfield", ("2026-10-05", "2026-10-20", 11));
    sql(&project, BACK);
    let now = page(&project, &OCTOBER);
    let said = note(&now).unwrap();
    assert!(said.contains("Northfield: valid "), "{said}");
    assert!(said.contains("blocked 0, now 11"), "{said}");
    assert_eq!(page(&project, &OCTOBER), now);
}

#[test]
fn a_change_that_was_taken_back_is_restated_again() {
    let project = year();
    let set = |state: &str| {
        let of = "SELECT v.id FROM visits AS v JOIN cells AS c ON c.id = v.cell_id WHERE \
                  v.run_id = 350 AND v.round = 1 AND c.target = 'harbour' AND c.page = 'home' AND \
                  c.region = 'sydney'";
        sql(
            &project,
            &[&format!(
                "UPDATE visits SET state = '{state}' WHERE id IN ({of})"
            )],
        );
    };
    let first = page(&project, &OCTOBER);
    set("failed");
    let second = page(&project, &OCTOBER);
    assert!(note(&second).unwrap().contains("failed "));
    set("ok");
    let third = page(&project, &OCTOBER);
    assert!(note(&third).is_some(), "it was another in between");
    assert_eq!(pages(&project, "reports/2026-10").len(), 3);
    assert_eq!(page(&project, &OCTOBER), third);
    // The first is in the archive and is held to what it could know.
    for (name, page) in pages(&project, "reports/2026-10") {
        let holds = page == first || page == third;
        let file = format!("reports/2026-10/{name}");
        let ran = project.outpace(&["report", "--verify", &file]);
        let ran = ran.code(i32::from(!holds));
        assert!(
            holds || ran.out.contains("the database has changed since"),
            "{}",
            ran.out
        );
    }
}

#[test]
fn a_night_that_was_cut_off_and_goes_on_is_no_restatement() {
    let project = year();
    sql(
        &project,
        &[
            "CREATE TABLE kept_visits AS SELECT * FROM visits WHERE run_id = 365 AND id > \
             (SELECT min(id) + 99 FROM visits WHERE run_id = 365)",
            "CREATE TABLE kept_runs AS SELECT * FROM runs WHERE id = 365",
            "DELETE FROM visits WHERE id IN (SELECT id FROM kept_visits)",
            "UPDATE runs SET finished_ms = NULL, state = 'unfinished' WHERE id = 365",
        ],
    );
    let cut = page(&project, &OCTOBER);
    assert_eq!(note(&cut), None);
    sql(
        &project,
        &[
            "INSERT INTO visits SELECT * FROM kept_visits",
            "UPDATE runs SET finished_ms = (SELECT finished_ms FROM kept_runs), state = (SELECT state FROM kept_runs) WHERE id = 365",
        ],
    );
    let whole = page(&project, &OCTOBER);
    assert_ne!(cut, whole);
    assert_eq!(note(&whole), None, "it went on");
    reclassify(&project, "claire", ("2026-10-30T12:00", "2026-11-01", 2));
    assert!(note(&page(&project, &OCTOBER)).is_some());
}

#[test]
fn a_stretch_of_nights_has_an_archive_too() {
    let project = year();
    let stretch = ["--since", "2026-10-05", "--until", "2026-10-20"];
    assert_eq!(note(&page(&project, &stretch)), None);
    reclassify(&project, "claire", ("2026-10-06", "2026-10-09", 2));
    let said = note(&page(&project, &stretch)).unwrap();
    assert!(said.contains("Maison Claire: valid "), "{said}");
    let folder = "reports/2026-10-05-to-2026-10-20";
    assert_eq!(pages(&project, folder).len(), 2);
    let verify = ["report", "--verify", &format!("{folder}.html")];
    project.outpace(&verify).code(0);
    let night = ["--since", "2026-10-07", "--until", "2026-10-07"];
    page(&project, &night);
    assert_eq!(pages(&project, "reports/2026-10-07").len(), 1);
}

#[test]
fn an_archive_of_before_is_read_and_its_copies_stay() {
    let project = year();
    page(&project, &OCTOBER);
    let list = "reports/2026-10/reports.json";
    let mut entries: Value = serde_json::from_str(&project.read(list)).unwrap();
    let entry = entries[0].as_object_mut().unwrap();
    let known = ["data", "config", "until", "visits", "sites"];
    entry.retain(|key, _| known.contains(&key.as_str()));
    let data = entry["data"].as_str().unwrap()[..12].to_owned();
    std::fs::write(project.file(list), entries.to_string()).unwrap();
    let (name, copy) = pages(&project, "reports/2026-10").remove(0);
    let old = project.file(&format!("reports/2026-10/{data}.html"));
    std::fs::rename(project.file(&format!("reports/2026-10/{name}")), &old).unwrap();
    // What lists of before did not keep, nothing is concluded from.
    let altered = copy.replacen("<title>", "<title>Best: ", 1);
    std::fs::write(project.file("reports/2026-10.html"), altered).unwrap();
    let verify = ["report", "--verify", "reports/2026-10.html"];
    let out = project.outpace(&verify).code(1).out;
    assert!(out.contains("there is no archive of it"), "{out}");
    reclassify(&project, "claire", ("2026-10-05", "2026-10-20", 3));
    let said = note(&page(&project, &OCTOBER)).unwrap();
    assert!(
        said.contains(&format!("({data}). It counted otherwise: valid ")),
        "{said}"
    );
    assert_eq!(std::fs::read_to_string(&old).unwrap(), copy);
    assert_eq!(pages(&project, "reports/2026-10").len(), 2);
}
