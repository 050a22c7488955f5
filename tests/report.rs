//! The report as its readers meet it: the PDF by the tools that take PDFs apart, the page in real
//! Chromium at three widths, and names that would like to be more than text.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails where it stands"
)]

mod common;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use common::Project;
use common::server::Server;
use outpace::browser::{LocalBrowser, LocalDriver, Session, capabilities};
use outpace::measure::probe::plain_spec;
use serde_json::{Value, json};
use url::Url;

const MEGABYTE: usize = 1_000_000;
const AXE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/axe/axe-4.14.1.min.js");

/// The simulated year before November 2026 under a config.
fn year(config: &str) -> Project {
    let project = Project::new(config);
    let demo = "demo --full --history-only --tonight 2026-11-01 --quiet";
    project
        .outpace(&demo.split(' ').collect::<Vec<_>>())
        .code(0);
    project
}

/// Makes the report; returns what was said besides.
fn report(project: &Project, flags: &[&str]) -> String {
    let verb = ["report", "--month", "2026-10"];
    project.outpace(&[&verb[..], flags].concat()).code(0).err
}

fn program(name: &str, args: &[&str]) -> String {
    let output = Command::new(name).args(args).output().unwrap();
    assert!(output.status.success(), "{name} failed: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A page of Chromium's on a file.
struct Open {
    session: Session,
    driver: LocalDriver,
}

impl Open {
    async fn file(page: &Path) -> Self {
        Open::new(&Url::from_file_path(page).unwrap()).await
    }

    async fn new(page: &Url) -> Self {
        let own = Path::new(env!("CARGO_BIN_EXE_outpace"));
        let local = LocalBrowser::find(&|name| std::env::var(name).ok()).unwrap();
        let driver = LocalDriver::start(own, &local.driver).await.unwrap();
        let spec = plain_spec(Some(local.browser));
        let session = Session::open(driver.url(), capabilities::printing(&spec))
            .await
            .unwrap();
        session.goto(page).await.unwrap();
        Open { session, driver }
    }

    async fn ask(&self, script: &str) -> Value {
        self.session.execute(script, Vec::new()).await.unwrap()
    }

    async fn wide(&self, width: u32) {
        let size =
            json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false });
        let set = self.session.cdp("Emulation.setDeviceMetricsOverride", size);
        set.await.unwrap();
    }

    /// What stands out to the right of the window, in pixels.
    async fn overhang(&self) -> i64 {
        let script = "return document.documentElement.scrollWidth - window.innerWidth";
        self.ask(script).await.as_i64().unwrap()
    }

    /// Errors on the console so far.
    async fn errors(&self) -> Vec<Value> {
        self.session.log("browser").await.unwrap()
    }

    async fn close(self) {
        self.session.close().await.unwrap();
        self.driver.stop().await;
    }
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(work)
}

/// Titles of a PDF's bookmarks, children before their parent as qpdf writes them, sorted.
fn bookmarks(pdf: &str) -> Vec<String> {
    let told = program("qpdf", &["--json", "--json-key=outlines", pdf]);
    let told: Value = serde_json::from_str(&told).unwrap();
    let mut titles = Vec::new();
    let mut left = vec![told["outlines"].clone()];
    while let Some(list) = left.pop() {
        for entry in list.as_array().unwrap() {
            titles.push(entry["title"].as_str().unwrap().trim().to_owned());
            left.push(entry["kids"].clone());
        }
    }
    titles.sort();
    titles
}

/// Every font is in the file, and has a name: of a variable font Chromium writes drawings without.
fn has_named_outlines(fonts: &str) {
    for name in ["Inter-Regular", "Inter-Medium", "Inter-SemiBold"] {
        assert!(fonts.contains(&format!("+{name}")), "{fonts}");
    }
    assert!(!fonts.contains("Type 3"), "{fonts}");
    for line in fonts.lines().skip(2) {
        let columns: Vec<&str> = line.split_whitespace().collect();
        // ... emb sub uni object ID
        assert_eq!(columns[columns.len() - 5], "yes", "not embedded: {line}");
    }
}

/// The first words of each sheet.
fn first_words(text: &str) -> Vec<String> {
    let sheets = text.trim_end_matches('\u{c}').split('\u{c}');
    let words = |sheet: &str| {
        let first: Vec<&str> = sheet.split_whitespace().take(6).collect();
        first.join(" ")
    };
    sheets.map(words).collect()
}

#[test]
fn the_pdf_has_bookmarks_tags_fonts_and_as_many_pages_as_it_says() {
    let project = year(include_str!("../targets.toml"));
    let said = report(&project, &[]);
    assert!(!said.contains("warning"), "{said}");
    let path = project.file("reports/2026-10.pdf");
    let pdf = path.to_str().unwrap();
    program("qpdf", &["--check", pdf]);
    let bytes = std::fs::read(&path).unwrap();
    assert!(bytes.len() < 5 * MEGABYTE);
    report(&project, &[]);
    assert!(
        std::fs::read(&path).unwrap() == bytes,
        "the same data, the same file"
    );

    let headings = run(async {
        let open = Open::file(&project.file("reports/2026-10.html")).await;
        let script = "return [...document.querySelectorAll('h1, h2, h3')]\
                      .map(h => h.textContent.replaceAll('\\u00a0', ' ').trim())";
        let told = open.ask(script).await;
        open.close().await;
        told
    });
    let mut headings: Vec<String> = serde_json::from_value(headings).unwrap();
    headings.sort();
    let found: Vec<String> = bookmarks(pdf)
        .iter()
        .map(|t| t.replace('\u{a0}', " "))
        .collect();
    assert_eq!(found, headings);

    let info = program("pdfinfo", &[pdf]);
    let fact = |name: &str| {
        let line = info.lines().find_map(|l| l.strip_prefix(name));
        line.unwrap_or_else(|| panic!("no `{name}` in {info}"))
            .trim()
            .to_owned()
    };
    assert_eq!(fact("Tagged:"), "yes");
    assert!(fact("Page size:").ends_with("(A4)"), "{info}");
    let pages: usize = fact("Pages:").parse().unwrap();
    assert!((12..30).contains(&pages), "{pages} pages");
    let text = program("pdftotext", &["-layout", pdf, "-"]);
    let sheets: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
    for (i, sheet) in sheets.iter().enumerate() {
        let foot = format!("page {} of {pages}", i + 1);
        assert!(sheet.contains(&foot), "no `{foot}` in {sheet}");
        assert!(sheet.contains("all data simulated"), "page {}", i + 1);
    }
    has_named_outlines(&program("pdffonts", &[pdf]));

    report(&project, &["--paper", "letter"]);
    let path = project.file("reports/2026-10-letter.pdf");
    let pdf = path.to_str().unwrap();
    let info = program("pdfinfo", &[pdf]);
    assert!(info.contains("(letter)"), "{info}");
    let letter = program("pdftotext", &["-layout", pdf, "-"]);
    assert_eq!(
        first_words(&letter),
        first_words(&text),
        "Letter breaks where A4 does"
    );
}

#[test]
fn the_page_stays_within_every_window_asks_for_nothing_and_is_legible() {
    let project = year(include_str!("../targets.toml"));
    report(&project, &[]);
    run(async {
        let open = Open::file(&project.file("reports/2026-10.html")).await;
        let asked = "return performance.getEntriesByType('resource')\
                     .map(e => e.name).filter(n => !n.startsWith('data:'))";
        assert_eq!(open.ask(asked).await, json!([]));
        assert_eq!(open.errors().await, Vec::<Value>::new());
        for width in [360, 820, 1366] {
            open.wide(width).await;
            assert!(open.overhang().await <= 0, "wider than {width}");
            contrast(&open, width).await;
        }
        // The log that was empty is one that would have told.
        open.ask("console.error('a test')").await;
        assert_eq!(open.errors().await.len(), 1);
        open.close().await;
    });
}

#[test]
fn what_serve_shows_stays_within_every_window_asks_for_nothing_and_is_legible() {
    let project = year(include_str!("../targets.toml"));
    let demo = project.file("reports/demo.db");
    std::fs::copy(demo, project.file("outpace.db")).unwrap();
    let server = Server::start(&project);
    run(async {
        for path in ["/", "/run/356", "/run/9999"] {
            let page = format!("http://{}{path}", server.address);
            let open = Open::new(&page.parse().unwrap()).await;
            let asked = "return performance.getEntriesByType('resource').map(e => e.name)\
                         .filter(n => !n.startsWith('data:'))";
            assert_eq!(open.ask(asked).await, json!([]), "{path}");
            for width in [360, 820, 1366] {
                open.wide(width).await;
                assert!(open.overhang().await <= 0, "{path} is wider than {width}");
                contrast(&open, width).await;
            }
            let missing = path == "/run/9999";
            let errors = open.errors().await;
            assert_eq!(errors.len(), usize::from(missing), "{path}: {errors:?}");
            open.close().await;
        }
    });
}

/// Colours and names by axe-core, where `.ci/setup-axe` has brought it.
async fn contrast(open: &Open, width: u32) {
    let Ok(axe) = std::fs::read_to_string(AXE) else {
        eprintln!("not checked: contrast, since there is no {AXE}; `.ci/setup-axe` brings it");
        return;
    };
    open.ask(&axe).await;
    let script = "const done = arguments[arguments.length - 1];\
        axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'] }).then(r => done({\
        passed: r.passes.map(p => p.id),\
        broken: r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')) }))";
    let told = open
        .session
        .execute_async(script, Vec::new(), Duration::from_secs(60))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(told["broken"], json!([]), "at {width} pixels");
    let passed = told["passed"].as_array().unwrap();
    assert!(passed.contains(&json!("color-contrast")), "{passed:?}");
}

#[test]
fn hostile_names_stay_text() {
    let long = "Lang".repeat(75);
    let config = include_str!("../targets.toml")
        .replace(
            "name = \"Kyoto Loft\"",
            "name = '<img src=x onerror=\"pwned=1\"><script>pwned=1</script>'",
        )
        .replace(
            "name = \"Maison Claire\"",
            "name = '</title></svg></style><svg onload=pwned=1>'",
        )
        .replace("name = \"Northfield\"", &format!("name = \"{long}\""))
        .replace(
            "name = \"Southern Cross Living\"",
            "name = \"\\u202Eدكان </bdi>\"",
        );
    // A character of nobody's, so of no font.
    let config = config.replace("Kookaburra & Sons", "Kookaburra \u{e621}");
    assert!(config.contains("onerror") && config.contains('\u{e621}'));
    assert!(config.contains("onload"));
    assert!(config.contains(&long) && config.contains("202E"));
    let project = year(&config);
    let said = report(&project, &[]);
    assert!(
        said.contains("no font on this machine has 1 character of the report"),
        "{said}"
    );
    run(async {
        let open = Open::file(&project.file("reports/2026-10.html")).await;
        assert_eq!(open.ask("return typeof pwned").await, "undefined");
        let made = "return document.querySelectorAll('script, img, [onload], [onerror]').length";
        assert_eq!(open.ask(made).await, 0);
        let said = open.ask("return document.body.textContent").await;
        let said = said.as_str().unwrap();
        assert!(said.contains("<script>pwned=1</script>"), "said as text");
        assert!(said.contains("دكان </bdi>") && !said.contains('\u{202e}'));
        assert!(!said.contains(&long), "cut to a length that can be set");
        for width in [360, 1366] {
            open.wide(width).await;
            assert!(open.overhang().await <= 0, "wider than {width}");
        }
        assert_eq!(open.errors().await, Vec::<Value>::new());
        open.close().await;
    });
    let pdf = project.file("reports/2026-10.pdf");
    program("qpdf", &["--check", pdf.to_str().unwrap()]);
}
