//! The committed sample is what the program writes today from the demo's simulated year, and a
//! report holds against its own appendix and database.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

mod common;

use std::collections::BTreeMap;

use common::{Project, Ran, again, ask};
use outpace::commands::verify;

/// The simulated year before November 2026, without a browser.
fn year() -> Project {
    let example = include_str!("../targets.toml");
    let project = Project::new(example);
    project
        .outpace(&[
            "demo",
            "--full",
            "--history-only",
            "--tonight",
            "2026-11-01",
            "--quiet",
        ])
        .code(0);
    project
}

/// The page that a report says it wrote.
fn report(project: &Project, flags: &[&str]) -> String {
    let mut command = project.command(&["report", "--month", "2026-10", "--format", "json"]);
    let ran = Ran::from(command.args(flags).env("PATH", "").output().unwrap()).code(5);
    let said: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    std::fs::read_to_string(said["html"].as_str().unwrap()).unwrap()
}

/// Hashes left out: they change with what is no part of a page.
fn told(html: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for c in html.chars() {
        if c.is_ascii_hexdigit() {
            word.push(c);
            continue;
        }
        out.push_str(if word.len() >= 12 { "#" } else { &word });
        word.clear();
        out.push(c);
    }
    out
}

#[test]
fn the_sample_is_what_the_program_says_today() {
    let project = year();
    let html = report(&project, &[]);
    let sample = include_str!("../reports/sample/report.html");
    assert!(
        told(&html) == told(sample),
        "reports/sample is out of step: `outpace demo --full --history-only --tonight 2026-11-01`, \
         then `outpace report --month 2026-10`, and copy HTML, PDF and the first page"
    );
    assert!(html.contains("all data simulated"), "marked on every page");
    assert_eq!(report(&project, &[]), html, "the same bytes again");
}

#[test]
fn a_report_is_verified_and_a_forged_figure_is_found() {
    let project = year();
    let html = report(&project, &[]);
    let verify = ["report", "--month", "2026-10", "--verify", "forged.html"];
    std::fs::write(project.file("forged.html"), &html).unwrap();
    project.outpace(&verify).code(0);
    // Without flags it is held to those with which it says that it was made.
    let marketing = report(&project, &["--audience", "marketing"]);
    std::fs::write(project.file("marketing.html"), marketing).unwrap();
    let plain = ["report", "--verify", "marketing.html"];
    project.outpace(&plain).code(0);
    project
        .outpace(&[&plain[..], &["--month", "2026-09"]].concat())
        .code(1);
    let forged = html.replacen("Our home page", "Their home page", 1);
    std::fs::write(project.file("forged.html"), forged).unwrap();
    let ran = project.outpace(&verify).code(1);
    assert!(
        ran.out.contains("does not say what the database says"),
        "{}",
        ran.out
    );
    let at = html.find("0.8 s\n</text>").unwrap();
    let forged = format!("{}0.2{}", &html[..at], &html[at + 3..]);
    std::fs::write(project.file("forged.html"), forged).unwrap();
    let ran = project.outpace(&verify).code(1);
    assert!(ran.out.contains("0.2 s"), "in a chart: {}", ran.out);
}

const BUSINESS: &str = r#"
[business]
visits_per_month = 120000
conversion = 0.0245
order_value = 85.5
currency = "AUD"
per_second = [0.01, 0.084]
cap = "350ms"
source = "our own test of March"
"#;

#[test]
fn what_it_may_be_worth_is_told_with_the_whole_table_only_and_holds_against_the_appendix() {
    let project = year();
    let without = report(&project, &[]);
    assert!(without.contains("[business] in targets.toml") && !without.contains("AUD "));
    let config = project.read("targets.toml") + BUSINESS;
    std::fs::write(project.file("targets.toml"), config).unwrap();
    let html = report(&project, &[]).replace('\u{a0}', " ");
    let (_, said) = html.split_once("What it may be worth").unwrap();
    assert!(said.contains("a month, on 120,000 visits, 2.45 % conversion and AUD 85.50 an order. No more than 0.35 s of it are counted"));
    assert!(said.contains("at most AUD "), "what failed visits may cost");
    let verify = [
        "report",
        "--month",
        "2026-10",
        "--verify",
        "reports/2026-10.html",
    ];
    project.outpace(&verify).code(0);
    let external = report(&project, &["--external"]);
    assert!(!external.contains("AUD "), "our orders stay in the house");
    let theirs = report(&project, &["--target", "claire"]);
    assert!(!theirs.contains("AUD "), "not their business");
}

#[test]
fn a_later_change_of_the_same_nights_is_restated_and_the_old_page_kept() {
    let project = year();
    let before = report(&project, &[]);
    assert!(!before.contains("Restated"));
    let changed = rusqlite::Connection::open(project.file("reports/demo.db"))
        .unwrap()
        .execute(
            "UPDATE visits SET state = 'blocked', lcp = NULL WHERE id IN (
                 SELECT v.id FROM visits AS v JOIN runs AS r ON r.id = v.run_id
                 JOIN cells AS c ON c.id = v.cell_id
                 WHERE c.target = 'claire' AND v.state = 'ok' ORDER BY v.id DESC LIMIT 9)",
            [],
        )
        .unwrap();
    assert_eq!(changed, 9);
    let after = report(&project, &[]);
    assert!(after.contains("Restated") && after.contains("counted otherwise"));
    assert!(
        after.contains("Maison Claire</bdi>: valid "),
        "at which site"
    );
    assert_eq!(report(&project, &[]), after, "said again when made again");
    let kept = std::fs::read_dir(project.file("reports/2026-10")).unwrap();
    assert_eq!(kept.count(), 4, "two pages, the list and the letter");
}

#[test]
fn whom_it_is_for_decides_what_is_left_out() {
    let project = year();
    let marketing = report(&project, &["--audience", "marketing"]);
    assert!(!marketing.contains("id=\"parts\"") && !marketing.contains("<h3>Runs</h3>"));
    let engineering = report(&project, &["--audience", "engineering"]);
    assert!(engineering.contains("id=\"parts\"") && !engineering.contains("may be worth"));
    let external = report(&project, &["--external"]);
    assert!(external.contains("external version") && external.contains("For readers outside"));
    let letter = || project.read("reports/2026-10/letter.json");
    let ours = letter();
    std::fs::write(project.file("reports/2026-10/letter.json"), "ours").unwrap();
    let theirs = report(&project, &["--target", "claire"]);
    assert_eq!(letter(), "ours", "the mail is about our own site");
    letter_holds(&ours, &engineering);
    assert!(theirs.contains("--target claire"));
    let ran = project.outpace(&["report", "--target", "nobody"]).code(2);
    assert!(
        ran.err.contains("`--target nobody` is no target"),
        "{}",
        ran.err
    );
}

/// Marks a release in the database, at a time in Sydney.
fn mark(project: &Project, version: &str, local: &str) {
    let at: jiff::civil::DateTime = local.parse().unwrap();
    let at = at.in_tz("Australia/Sydney").unwrap().timestamp();
    let sql = "INSERT INTO releases (version, at_ms, created_ms) VALUES (?1, ?2, ?2)";
    rusqlite::Connection::open(project.file("reports/demo.db"))
        .unwrap()
        .execute(sql, rusqlite::params![version, at.as_millisecond()])
        .unwrap();
}

/// The nights are at two in the morning; 4.3 went live on the evening of 14 October.
#[test]
fn a_release_has_its_own_date_and_the_nights_that_began_on_either_side_of_it() {
    let project = year();
    mark(&project, "before-all", "2025-10-30 12:00");
    mark(&project, "september", "2026-09-29 20:00");
    mark(&project, "eve", "2026-09-30 20:00");
    mark(&project, "twin", "2026-10-14 09:00");
    mark(&project, "late", "2026-10-31 12:00");
    let html = report(&project, &[]);
    let sections = verify::sections(&html, verify::Drawings::Read);
    let of = |anchor: &str| &sections.iter().find(|(a, _)| a == anchor).unwrap().1;
    let changed = of("changed");
    for said in [
        "Release eve (30 September):",
        "(2 visits before, 28 after)",
        "Releases twin (14 October) and 4.3 (14 October, simulated: ",
        "together: 0.1 s faster, 95 % interval 0.1 to 0.2 s (28 visits before, 28 after)",
        "Release late (31 October): no nights on both sides to compare (28 visits before, 0 after).",
    ] {
        assert!(changed.contains(said), "`{said}` in {changed}");
    }
    for other in ["before-all", "september"] {
        assert!(!changed.contains(other), "{other} is not of this period");
    }
    let year = of("year");
    assert!(
        year.contains("4.0") && !year.contains("before-all"),
        "{year}"
    );
    let letter = project.read("reports/2026-10/letter.json");
    assert!(letter.contains("twin and 4.3 (0.1 s faster)"), "{letter}");
    letter_holds(&letter, &html);
    let mut verify = vec![
        "report",
        "--month",
        "2026-10",
        "--verify",
        "reports/2026-10.html",
    ];
    project.outpace(&verify).code(0);
    let external = report(&project, &["--external"]);
    for internal in ["twin", "0.2 s faster", "To decide", "Decisions asked"] {
        let said = external.replace('\u{a0}', " ");
        assert!(!said.contains(internal), "{internal}");
    }
    verify.pop();
    verify.extend(["reports/2026-10-external.html", "--external"]);
    project.outpace(&verify).code(0);
}

/// Every figure of the mail is on the page that it carries, in at most 120 words.
fn letter_holds(letter: &str, page: &str) {
    let letter: serde_json::Value = serde_json::from_str(letter).unwrap();
    let said = |key: &str| letter[key].as_str().unwrap().to_owned();
    let (subject, body) = (said("subject"), said("body"));
    assert!(body.split_whitespace().count() <= 118, "{body}");
    assert_eq!(body.matches("- ").count(), 3, "{body}");
    let page = page.replace('\u{a0}', " ").replace("&nbsp;", " ");
    let figures = format!("{subject}\n{body}");
    let figures: Vec<&str> = figures
        .split([' ', ';', '\n'])
        .filter(|w| w.starts_with(|c: char| c.is_ascii_digit()))
        .map(|w| w.trim_end_matches(['.', ',', ':']))
        .collect();
    assert!(figures.len() > 5, "{body}");
    for figure in figures {
        assert!(page.contains(figure), "`{figure}` of\n{subject}\n{body}");
    }
    assert!(
        subject.contains(" of 6") || subject.contains("not ranked"),
        "{subject}"
    );
}

/// A language is one file: figures, dates, plurals and `lang` are its own, and what it leaves out
/// is found before anything is written.
#[test]
fn a_report_is_written_in_the_language_of_a_file_and_holds_against_the_database() {
    let project = year();
    let english = project.outpace(&["report", "--print-language"]).code(0).out;
    let german = english
        .replacen("\nlanguage = en\n", "\nlanguage = de\n", 1)
        .replacen("\ndecimal = .\n", "\ndecimal = ,\n", 1)
        .replacen("\ngroup = ,\n", "\ngroup = .\n", 1)
        .replacen("[10] October", "[10] Oktober", 1)
        .replacen(
            "\nlist-last = { $list } and { $last }\n",
            "\nlist-last = { $list } und { $last }\n",
            1,
        );
    let german = ["st", "nd", "rd", "th"].iter().fold(german, |file, end| {
        file.replace(&format!("{{ $n }}{end}"), "{ $n }.")
    });
    std::fs::write(project.file("de.ftl"), &german).unwrap();
    let config = project.read("targets.toml") + "\n[report]\nlanguage = \"de.ftl\"\n";
    std::fs::write(project.file("targets.toml"), config).unwrap();
    let html = report(&project, &[]);
    assert!(html.contains("<html lang=\"de\">"));
    // The fonts before the body are any letters.
    let said = html.split_once("<body").unwrap().1.replace('\u{a0}', " ");
    for words in [
        "Oktober 2026",
        "1,6 s",
        "Sydney, Paris und Ashburn",
        "4.464",
    ] {
        assert!(said.contains(words), "{words}");
    }
    for foreign in ["1.6 s", "1st", "2nd", "3rd", "4th"] {
        assert!(!said.contains(foreign), "`{foreign}` of another language");
    }
    let verify = [
        "report",
        "--month",
        "2026-10",
        "--verify",
        "reports/2026-10.html",
    ];
    project.outpace(&verify).code(0);
    // The letter is in the archive, in the same language.
    let letter = project.read("reports/2026-10/letter.json");
    assert!(
        letter.contains("Oktober 2026") && letter.contains("1,6 s"),
        "{letter}"
    );

    let unfit = german.replacen("headline-end = { $ours }.", "headline-end = Fertig.", 1);
    std::fs::write(project.file("de.ftl"), unfit).unwrap();
    let ran = project.outpace(&["report", "--month", "2026-10"]).code(2);
    assert!(
        ran.err.contains("`headline-end` leaves out `$ours`"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("line "), "{}", ran.err);
    assert_eq!(report_is(&project), html, "what was written stays");
}

fn report_is(project: &Project) -> String {
    project.read("reports/2026-10.html")
}

fn numbers(list: &str) -> Vec<f64> {
    let listed = list.split(',').filter(|v| !v.is_empty());
    listed.map(|v| v.parse().unwrap()).collect()
}

fn middle(values: &[f64]) -> String {
    outpace::model::format::seconds(outpace::analysis::stats::quantile::median(values).unwrap())
}

/// The report of the simulated October, and what it was made from.
struct October {
    project: Project,
    html: String,
    appendix: String,
    db: rusqlite::Connection,
}

impl October {
    fn new() -> October {
        let project = year();
        let html = report(&project, &[]);
        let sections = verify::sections(&html, verify::Drawings::Left);
        let appendix = sections.into_iter().find(|(a, _)| a == "appendix");
        October {
            db: rusqlite::Connection::open(project.file("reports/demo.db")).unwrap(),
            appendix: appendix.unwrap().1,
            html,
            project,
        }
    }

    fn stands(&self, words: &str) {
        assert!(self.appendix.contains(words), "`{words}` is not there");
    }

    /// The rows that the query under a title gives.
    fn ask(&self, title: &str) -> Vec<Vec<String>> {
        ask(&self.db, &again(&self.html, title))
    }
}

fn ours(row: &&Vec<String>) -> bool {
    row[0] == "harbour"
}

/// Each query and command of the appendix gives the figures that stand in it.
#[test]
fn every_figure_is_got_again_as_the_appendix_says() {
    let october = October::new();
    let rows = october.ask("Counts and values behind each row");
    assert_eq!(rows.len(), 6 * 4 * 3, "a row a cell");
    let home = |r: &&Vec<String>| r[1..4] == ["home", "sydney", "phone"];
    let cell = rows.iter().filter(ours).find(home).unwrap();
    let median = middle(&numbers(&cell[9]));
    october.stands(&format!(
        "home Sydney, phone {} {median} ",
        cell[4..9].join(" ")
    ));
    standings(&october, &median);
    months(&october);
    release(&october);
    losses(&october);
    parts(&october);
}

/// Medians, intervals, gaps and places by the command.
fn standings(october: &October, median: &str) {
    let command = again(&october.html, "Medians, intervals, gaps and places");
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    let said = october.project.outpace(&words).code(0).out;
    let status: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(status["period"]["since"], "2026-10-01");
    assert!(status["night_missing"].is_null(), "October is long gone");
    let standings = status["fields"][0]["standings"].as_array().unwrap();
    let own = standings.iter().find(|s| s["target"] == "harbour").unwrap();
    let seconds = |v: &serde_json::Value| format!("{:.1} s", v.as_f64().unwrap() / 1000.0);
    let between =
        |i: &serde_json::Value| format!("{} to {}", seconds(&i["lower"]), seconds(&i["upper"]));
    let (summary, gap) = (&own["summary"], &own["versus_best"]);
    assert_eq!(seconds(&summary["median"]), median);
    let place = &own["rank"]["Ok"];
    october.stands(&format!(
        "Harbour Home {median} {} {} +{} {} {} {}th–{}th {}",
        seconds(&summary["p75"]),
        between(&summary["interval95"]),
        seconds(&gap["difference"]),
        between(&gap["difference95"]),
        gap["pairs"],
        place["lo"],
        place["hi"],
        summary["n"],
    ));
}

/// Each month of ours from its nights.
fn months(october: &October) {
    let title = "Twelve months, rank over time and releases: the values of each night";
    let nights = october.ask(title);
    let zone = jiff::tz::TimeZone::get("Australia/Sydney").unwrap();
    let of = |month: &str| -> Vec<f64> {
        let nights = nights.iter().filter(ours).filter(|n| {
            let at: jiff::Timestamp = n[1].parse().unwrap();
            zone.to_datetime(at).date().strftime("%b %y").to_string() == month
        });
        nights.flat_map(|n| numbers(&n[3])).collect()
    };
    for month in ["Nov 25", "Mar 26", "Oct 26"] {
        let (_, line) = october.appendix.split_once(&format!("{month} ")).unwrap();
        let ours = line.split(" s · ").nth(5).unwrap();
        let n = line.split(" s · ").nth(6).unwrap();
        let said = format!("{} s", ours.rsplit(' ').next().unwrap());
        let values = of(month);
        let n: usize = n.split(' ').next().unwrap().parse().unwrap();
        assert_eq!((said, n), (middle(&values), values.len()), "{month}");
    }
}

/// What followed a release, from its nights: less the median of what the others did.
fn release(october: &October) {
    use outpace::analysis::stats::quantile::{median, type7};
    let nights =
        october.ask("Twelve months, rank over time and releases: the values of each night");
    let live: jiff::Timestamp = "2026-10-14T07:00:00Z".parse().unwrap();
    let days = |n: i64| jiff::SignedDuration::from_hours(24 * n);
    // Site, then whether after, then the run's values as logarithms.
    let of = |site: &str, after: bool| -> BTreeMap<String, Vec<f64>> {
        let around = nights.iter().filter(|n| n[0] == site).filter(|n| {
            let at: jiff::Timestamp = n[1].parse().unwrap();
            let (from, to) = (live - days(14), live + days(14));
            at >= from && at < to && (at >= live) == after
        });
        let values = |n: &Vec<String>| numbers(&n[3]).iter().map(|v| v.ln()).collect();
        around.map(|n| (n[1].clone(), values(n))).collect()
    };
    let level = |of: &BTreeMap<String, Vec<f64>>| -> BTreeMap<String, f64> {
        let known = of
            .iter()
            .filter_map(|(at, x)| Some((at.clone(), median(x)?)));
        known.collect()
    };
    let mut panel: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for site in ["northfield", "southern", "claire", "kyoto", "kookaburra"] {
        let (before, after) = (level(&of(site, false)), level(&of(site, true)));
        let middle = |x: &BTreeMap<String, f64>| {
            type7(&x.values().copied().collect::<Vec<_>>(), 0.5).unwrap()
        };
        let own = f64::midpoint(middle(&before), middle(&after));
        for (at, x) in before.into_iter().chain(after) {
            panel.entry(at).or_default().push(x - own);
        }
    }
    let ours = |after: bool| -> Vec<f64> {
        let nights = level(&of("harbour", after)).into_iter();
        let less = nights.map(|(at, x)| x - type7(&panel[&at], 0.5).unwrap());
        less.collect()
    };
    let (before, after) = (ours(false), ours(true));
    let differences = after.iter().flat_map(|a| before.iter().map(move |b| a - b));
    let shift = type7(&differences.collect::<Vec<_>>(), 0.5).unwrap();
    let all: Vec<f64> = of("harbour", false).into_values().flatten().collect();
    let faster = -shift.exp_m1() * median(&all).unwrap().exp();
    let (n, m) = (all.len(), of("harbour", true).values().flatten().count());
    october.stands(&format!("4.3 {:.1} s faster ", faster / 1000.0));
    october.stands(&format!(" {} {n} {m} ", before.len().min(after.len())));
}

fn losses(october: &October) {
    let runs = october.ask("Reliability: what became of visits, run by run");
    let sum = |i: usize| -> u64 {
        let ours = runs.iter().filter(ours);
        ours.map(|r| r[i].parse::<u64>().unwrap()).sum()
    };
    let all: u64 = [2, 3, 4, 5].map(sum).iter().sum();
    let sums = [2, 3, 4, 5].map(|i| sum(i).to_string()).join(" ");
    let nights = runs.iter().filter(ours).filter(|r| r[3] != "0").count();
    october.stands(&format!("Harbour Home 99.2 % {sums} {all} {nights} of 31 "));
}

fn parts(october: &October) {
    let visits = october.ask("Why they are where they are: the values of both sites");
    let of = |site: &str, column: usize| -> String {
        let of_site = visits.iter().filter(|v| v[0] == site);
        let values: Vec<f64> = of_site.map(|v| v[column].parse().unwrap()).collect();
        format!("{} {}", middle(&values), values.len())
    };
    for (name, column) in [("Until the first byte", 1), ("Server’s thinking", 5)] {
        let (own, best) = (of("harbour", column), of("northfield", column));
        october.stands(&format!("{name} {own} {best} "));
    }
}
