//! The demo's October 2026 with the year behind it, its reports without a browser, and what may
//! happen to the visits they rest on.

use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::Value;

use super::{Project, Ran};

/// The simulated year before November 2026, made once.
pub(crate) fn year() -> Project {
    static YEAR: OnceLock<Project> = OnceLock::new();
    let config = include_str!("../../targets.toml");
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

pub(crate) const DATABASE: &str = "reports/demo.db";
pub(crate) const OCTOBER: [&str; 2] = ["--month", "2026-10"];

pub(crate) fn sql(project: &Project, statements: &[&str]) {
    let db = rusqlite::Connection::open(project.file(DATABASE)).unwrap();
    for statement in statements {
        db.execute_batch(statement).unwrap();
    }
}

/// Blocks some measured visits of a site between two days, or measures them again.
pub(crate) fn reclassify(project: &Project, site: &str, (since, until, visits): (&str, &str, u32)) {
    let of = format!(
        "SELECT v.id FROM visit AS v JOIN run AS r ON r.id = v.run WHERE v.target = '{site}' AND \
         v.page = 'home' AND v.region = 'sydney' AND v.state = 'ok' AND v.warm_up = 0 AND \
         r.started_at >= '{since}' AND r.started_at < '{until}' ORDER BY v.id LIMIT {visits}"
    );
    let block = format!("UPDATE visits SET state = 'blocked', lcp = NULL WHERE id IN ({of})");
    sql(project, &[&block]);
}

/// Makes a report without a browser; says where its page is.
pub(crate) fn made(project: &Project, flags: &[&str]) -> PathBuf {
    let mut command = project.command(&["report", "--format", "json"]);
    let ran = Ran::from(command.args(flags).env("PATH", "").output().unwrap()).code(5);
    let said: Value = serde_json::from_str(&ran.out).unwrap();
    said["html"].as_str().unwrap().into()
}

pub(crate) fn page(project: &Project, flags: &[&str]) -> String {
    std::fs::read_to_string(made(project, flags)).unwrap()
}

/// Page 1's note, without tags.
pub(crate) fn note(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("<h3>Restated</h3>")?;
    let note = rest.split("</div>").next()?.split("<h").next()?;
    let words = note.split('<').filter_map(|part| part.split_once('>'));
    let words: String = words.map(|(_, words)| words).collect();
    let words = words.replace('\u{a0}', " ");
    Some(words.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The pages in a folder, in order of their names, with what is in them.
pub(crate) fn pages(project: &Project, folder: &str) -> Vec<(String, String)> {
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
pub(crate) fn holds(project: &Project, folder: &str, before: &[(String, String)]) {
    let now = pages(project, folder);
    for page in before {
        assert!(now.contains(page), "{} was overwritten", page.0);
    }
}

pub(crate) fn config(project: &Project, change: impl Fn(&str) -> String) {
    let text = project.read("targets.toml");
    let changed = change(&text);
    assert_ne!(text, changed);
    std::fs::write(project.file("targets.toml"), changed).unwrap();
}
