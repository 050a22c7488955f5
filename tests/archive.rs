//! What an archive keeps and a page says when a report is made again of other data, behind other
//! data, under other settings or flags; and what `--verify` finds in a file that was changed.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

mod common;

use std::path::PathBuf;
use std::sync::OnceLock;

use common::{Project, Ran};
use serde_json::Value;

/// The simulated year before November 2026, made once.
fn year() -> Project {
    static YEAR: OnceLock<Project> = OnceLock::new();
    let config = include_str!("../targets.toml");
    let made = YEAR.get_or_init(|| {
        let project = Project::new(config);
        let demo = "demo --full --history-only --tonight 2026-11-01 --quiet";
        let demo: Vec<&str> = demo.split(' ').collect();
        project.outpace(&demo).code(0);
        sql(&project, &["PRAGMA wal_checkpoint(TRUNCATE)"]);
        project
    });
    let project = Project::new(config);
    std::fs::create_dir(project.file("reports")).unwrap();
    std::fs::copy(made.file(DATABASE), project.file(DATABASE)).unwrap();
    project
}

const DATABASE: &str = "reports/demo.db";
const OCTOBER: [&str; 2] = ["--month", "2026-10"];

fn sql(project: &Project, statements: &[&str]) {
    let db = rusqlite::Connection::open(project.file(DATABASE)).unwrap();
    for statement in statements {
        db.execute_batch(statement).unwrap();
    }
}

/// Blocks some measured visits of a site between two days, or measures them again.
fn reclassify(project: &Project, site: &str, (since, until, visits): (&str, &str, u32)) {
    let of = format!(
        "SELECT v.id FROM visit AS v JOIN run AS r ON r.id = v.run WHERE v.target = '{site}' AND \
         v.page = 'home' AND v.region = 'sydney' AND v.state = 'ok' AND v.warm_up = 0 AND \
         r.started_at >= '{since}' AND r.started_at < '{until}' ORDER BY v.id LIMIT {visits}"
    );
    let block = format!("UPDATE visits SET state = 'blocked', lcp = NULL WHERE id IN ({of})");
    sql(project, &[&block]);
}

/// Makes a report without a browser; says where its page is.
fn made(project: &Project, flags: &[&str]) -> PathBuf {
    let mut command = project.command(&["report", "--format", "json"]);
    let ran = Ran::from(command.args(flags).env("PATH", "").output().unwrap()).code(5);
    let said: Value = serde_json::from_str(&ran.out).unwrap();
    said["html"].as_str().unwrap().into()
}

fn page(project: &Project, flags: &[&str]) -> String {
    std::fs::read_to_string(made(project, flags)).unwrap()
}

/// Page 1's note, without tags.
fn note(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("<h3>Restated</h3>")?;
    let note = rest.split("</div>").next()?.split("<h").next()?;
    let words = note.split('<').filter_map(|part| part.split_once('>'));
    let words: String = words.map(|(_, words)| words).collect();
    let words = words.replace('\u{a0}', " ");
    Some(words.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The pages in a folder, in order of their names, with what is in them.
fn pages(project: &Project, folder: &str) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(project.file(folder)).unwrap();
    let names = entries.map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|n| n.ends_with(".html")).collect();
    names.sort();
    let read = |name: String| {
        let page = project.read(&format!("{folder}/{name}"));
        (name, page)
    };
    names.into_iter().map(read).collect()
}

/// Every page that was archived is still there as it was.
fn holds(project: &Project, folder: &str, before: &[(String, String)]) {
    let now = pages(project, folder);
    for page in before {
        assert!(now.contains(page), "{} was overwritten", page.0);
    }
}

fn config(project: &Project, change: impl Fn(&str) -> String) {
    let text = project.read("targets.toml");
    let changed = change(&text);
    assert_ne!(text, changed);
    std::fs::write(project.file("targets.toml"), changed).unwrap();
}

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
fn the_note_is_looked_up_beside_the_file() {
    let project = year();
    let out = [&OCTOBER[..], &["--out", "elsewhere"]].concat();
    page(&project, &out);
    reclassify(&project, "harbour", ("2026-10-10", "2026-10-20", 1));
    assert!(note(&page(&project, &out)).is_some());
    let verify = |file: &str| project.outpace(&["report", "--verify", file]);
    verify("elsewhere/2026-10.html").code(0);
    let latest = project.read("elsewhere/2026-10.html");
    let archived = pages(&project, "elsewhere/2026-10");
    let (name, _) = archived.iter().find(|(_, page)| *page == latest).unwrap();
    verify(&format!("elsewhere/2026-10/{name}")).code(0);
    // With a folder that is given, or from a place of its own, it is held to that archive.
    let given = [
        "report",
        "--verify",
        "elsewhere/2026-10.html",
        "--out",
        "reports",
    ];
    project.outpace(&given).code(1);
    std::fs::write(project.file("mailed.html"), &latest).unwrap();
    let given = ["report", "--verify", "mailed.html", "--out", "elsewhere"];
    project.outpace(&given).code(0);
}

/// A page of October and copies of it with one thing changed.
struct Forged {
    project: Project,
    page: String,
}

impl Forged {
    fn new() -> Self {
        let project = year();
        let page = page(&project, &OCTOBER);
        Forged { project, page }
    }

    /// What is said of a copy in which something stands for something else.
    #[track_caller]
    fn said(&self, from: &str, to: &str, flags: &[&str]) -> Ran {
        assert!(self.page.contains(from), "{from}");
        let forged = self.page.replacen(from, to, 1);
        std::fs::write(self.project.file("reports/forged.html"), forged).unwrap();
        let verify = ["report", "--verify", "reports/forged.html"];
        self.project.outpace(&[&verify[..], flags].concat()).code(1)
    }
}

#[test]
fn every_byte_of_a_page_is_verified() {
    let forged = Forged::new();
    for (from, to) in [
        ("<title>", "<title>Best: "),
        ("<footer class=\"running\">", "<footer class=\"hidden\">"),
        ("all data simulated", "all data measured"),
        ("<a href=\"#gap\">", "<a href=\"#year\">"),
        ("<circle cx=\"", "<circle cx=\"1"),
        ("</main>", "<p>We are first.</p></main>"),
        ("</body>", "<script>1</script></body>"),
        ("@page{", "@page{color:red;"),
    ] {
        let out = forged.said(from, to, &[]).out;
        assert!(out.contains("line "), "{from}: {out}");
        assert!(
            out.contains("stands where the report made again has"),
            "{out}"
        );
        assert!(
            out.contains(
                "is the database's, and the archive has no such page: the file was changed, or"
            ),
            "{out}"
        );
        assert_eq!(out.lines().count(), 2, "{out}");
    }
    // Once the database has changed, that is said.
    let before = forged.page.clone();
    reclassify(&forged.project, "claire", ("2026-10-05", "2026-10-20", 1));
    let out = forged.said("Our home page", "Their home page", &[]).out;
    let hash = |page: &str| outpace::commands::verify::data_hash(page).unwrap()[..12].to_owned();
    let said = format!("its data hash is {}, the database's ", hash(&before));
    assert!(out.contains(&said), "{out}");
    let verify = ["report", "--verify", "reports/2026-10.html"];
    let out = forged.project.outpace(&verify).code(1).out;
    assert!(
        out.contains("the file is as it was written: the database has changed since"),
        "{out}"
    );
}

#[test]
fn what_is_found_is_one_document_of_json_and_quiet_is_on_standard_error() {
    let forged = Forged::new();
    let ran = forged.said("Our home page", "Their home page", &["--format", "json"]);
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(told["file"], "reports/forged.html");
    assert_eq!(told["holds"], false);
    assert_eq!(told["data_hash_file"], told["data_hash_database"]);
    let finding = &told["findings"][0];
    assert_eq!(finding["section"], "answer");
    assert!(
        finding["said"]
            .as_str()
            .unwrap()
            .contains("Their home page")
    );
    assert!(
        finding["should"]
            .as_str()
            .unwrap()
            .contains("Our home page")
    );
    let ran = forged.said("Our home page", "Their home page", &["--quiet"]);
    assert_eq!(ran.out, "");
    assert!(ran.err.contains("Their home page"), "{}", ran.err);
    let good = [
        "report",
        "--verify",
        "reports/2026-10.html",
        "--format",
        "json",
    ];
    let told = forged.project.outpace(&good).code(0).out;
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["holds"], true);
    assert_eq!(told["findings"], serde_json::json!([]));
}

#[test]
fn a_name_with_an_ampersand_is_said_as_it_is_read() {
    let forged = Forged::new();
    let at = forged
        .page
        .split_once("<section id=\"standing\"")
        .unwrap()
        .1;
    assert!(at.contains("Kookaburra &#38; Sons"), "it is escaped once");
    let out = forged
        .said("Kookaburra &#38; Sons", "Kookaburra &#38; Co", &[])
        .out;
    assert!(out.contains("Kookaburra & Co"), "{out}");
    assert!(!out.contains("&#38;"), "{out}");
}

#[test]
fn a_pdf_is_refused_with_the_name_of_its_page() {
    let project = year();
    std::fs::write(project.file("reports/2026-10.pdf"), b"%PDF-1.7\n\xff").unwrap();
    let verify = ["report", "--verify", "reports/2026-10.pdf"];
    let ran = project.outpace(&verify).code(2);
    assert!(
        ran.err.contains("`reports/2026-10.pdf` is a PDF"),
        "{}",
        ran.err
    );
    assert!(
        ran.err
            .contains("hint: `outpace report --verify reports/2026-10.html`")
    );
    std::fs::write(project.file("picture.html"), b"\xff\xd8\xff").unwrap();
    let ran = project
        .outpace(&["report", "--verify", "picture.html"])
        .code(2);
    assert!(ran.err.contains("is no page of a report"), "{}", ran.err);
}
