//! What `outpace report --verify` finds in a file that was changed, where it looks for its archive,
//! and how it says it.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

mod common;

use common::october::{OCTOBER, note, page, pages, reclassify, year};
use common::{Project, Ran};
use serde_json::Value;

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
