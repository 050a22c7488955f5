//! One result in every format: text, JSON, JUnit XML, Markdown, GitHub annotations.
//!
//! All of it comes from the one model of `result`; nothing is decided here.

use std::io::Write;

use anyhow::Context;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::result::{CheckResult, Explained, Word};
use crate::analysis::BudgetState;
use crate::cli::{Global, Shape};
use crate::commands::say;
use crate::commands::table::{self, Side};
use crate::model::{Metric, Unit};

pub(super) fn show(shape: Shape, global: &Global, result: &CheckResult) -> anyhow::Result<()> {
    match shape {
        Shape::Json => {
            let json = serde_json::to_string(result).context("a result is plain data")?;
            say(&json)?;
        }
        Shape::Junit => {
            let xml = junit(result)
                .to_string()
                .context("could not write JUnit XML")?;
            say(xml.trim_end())?;
        }
        Shape::Markdown => {
            say(markdown(result).trim_end())?;
        }
        Shape::Github => github(result)?,
        Shape::Text => {
            say(text(result, global.quiet.into()).trim_end())?;
        }
    }
    Ok(())
}

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    Whole,
    Summary,
}

impl From<bool> for Length {
    fn from(quiet: bool) -> Self {
        if quiet {
            Length::Summary
        } else {
            Length::Whole
        }
    }
}

fn text(result: &CheckResult, length: Length) -> String {
    let mut out = String::new();
    for sentence in &result.summary {
        out += &table::wrapped(sentence);
    }
    if length == Length::Summary {
        return out;
    }
    for at in &result.causes {
        out += &format!(
            "\nWhat changed: {}, {}, {}\n",
            at.page, at.profile, at.region
        );
        for sentence in &at.sentences {
            out += &table::wrapped(sentence);
        }
        if let Some(rows) = cause_rows(at) {
            out += &table::set(
                &[
                    ("what", Side::Left),
                    ("change", Side::Left),
                    ("explains", Side::Right),
                ],
                &rows,
            );
        }
    }
    let others: Vec<Vec<String>> = result
        .lines
        .iter()
        .filter(|l| !l.gating)
        .map(|l| {
            let change = shown(l.estimate, l.relative, l.metric);
            vec![
                l.place(),
                l.metric.label().to_owned(),
                change,
                l.verdict.words().to_owned(),
            ]
        })
        .collect();
    if !others.is_empty() {
        out += "\nOnly told, never a reason to fail:\n";
        out += &table::set(
            &[
                ("where", Side::Left),
                ("metric", Side::Left),
                ("change", Side::Right),
                ("", Side::Left),
            ],
            &others,
        );
    }
    out
}

fn shown(value: Option<f64>, relative: bool, metric: Metric) -> String {
    match value {
        None => "-".to_owned(),
        Some(v) if relative => format!("{:+.1} %", v * 100.0),
        Some(v) => match metric.unit() {
            Unit::Milliseconds => format!("{v:+.0} ms"),
            Unit::Bytes => format!("{v:+.0} bytes"),
            Unit::Count => format!("{v:+.0}"),
            Unit::Score => format!("{v:+.3}"),
        },
    }
}

pub(in crate::commands) fn rows_of(causes: &crate::analysis::causes::Causes) -> Vec<Vec<String>> {
    causes
        .causes
        .iter()
        .map(|c| {
            let explains = match c.share {
                Some(share) if c.explains_ms != 0.0 => format!("{:.0} %", share * 100.0),
                _ => "-".to_owned(),
            };
            vec![c.what.clone(), c.change.clone(), explains]
        })
        .collect()
}

fn cause_rows(at: &Explained) -> Option<Vec<Vec<String>>> {
    let rows = rows_of(&at.causes);
    (!rows.is_empty()).then_some(rows)
}

fn junit(result: &CheckResult) -> Report {
    let mut report = Report::new("outpace check");
    let mut suite = TestSuite::new("release");
    for line in &result.lines {
        let failed = match (line.gating, line.verdict) {
            (false, _) | (true, Word::NoRegression | Word::Improved) => None,
            (true, Word::Regressed) => Some(NonSuccessKind::Failure),
            (true, Word::CannotTell | Word::NotMeasured) => Some(NonSuccessKind::Error),
        };
        let mut status = match failed {
            Some(kind) => TestCaseStatus::non_success(kind),
            None if line.gating => TestCaseStatus::success(),
            None => TestCaseStatus::skipped(),
        };
        status.set_message(line.sentence.clone());
        let name = format!("{} {}", line.place(), line.metric.name());
        let mut case = TestCase::new(name, status);
        case.set_classname("outpace.check");
        suite.add_test_case(case);
    }
    report.add_test_suite(suite);
    if !result.budgets.is_empty() {
        let mut suite = TestSuite::new("budgets");
        for held in &result.budgets {
            let mut status = match held.result.state {
                BudgetState::Held => TestCaseStatus::success(),
                BudgetState::Broken => TestCaseStatus::non_success(NonSuccessKind::Failure),
                BudgetState::CannotTell { .. } => {
                    TestCaseStatus::non_success(NonSuccessKind::Error)
                }
            };
            status.set_message(held.sentence.clone());
            let mut case = TestCase::new(held.result.key(), status);
            case.set_classname("outpace.budget");
            suite.add_test_case(case);
        }
        report.add_test_suite(suite);
    }
    report
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

fn markdown(result: &CheckResult) -> String {
    let mut out = format!(
        "## outpace check: {}\n\n",
        result.verdict.words().to_lowercase()
    );
    for sentence in &result.summary {
        out += &format!("- {}\n", cell(sentence));
    }
    for at in &result.causes {
        out += &format!(
            "\n### What changed: {}, {}, {}\n\n",
            at.page, at.profile, at.region
        );
        out += &format!("{}\n", at.sentences.join(" "));
        if let Some(rows) = cause_rows(at) {
            out += "\n| what | change | can explain |\n|---|---|---|\n";
            for row in rows {
                let row: Vec<String> = row.iter().map(|c| cell(c)).collect();
                out += &format!("| {} |\n", row.join(" | "));
            }
        }
    }
    out
}

/// Annotations on standard output, and the step summary where GitHub says it is to be.
fn github(result: &CheckResult) -> anyhow::Result<()> {
    say(annotations(result).trim_end())?;
    let Some(path) = crate::commands::env("GITHUB_STEP_SUMMARY").filter(|p| !p.is_empty()) else {
        return Ok(());
    };
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .with_context(|| format!("could not open the step summary `{path}`"))?;
    file.write_all(markdown(result).as_bytes())
        .with_context(|| format!("could not write the step summary `{path}`"))
}

fn annotations(result: &CheckResult) -> String {
    let mut out = String::new();
    let mut add = |level: &str, title: &str, text: &str| {
        out += &format!("::{level} title={}::{}\n", property(title), escaped(text));
    };
    for line in result.lines.iter().filter(|l| l.gating) {
        let level = match line.verdict {
            Word::Regressed | Word::NotMeasured => "error",
            Word::CannotTell => "warning",
            Word::NoRegression | Word::Improved => "notice",
        };
        add(
            level,
            &format!("{}: {}", line.verdict.words(), line.place()),
            &line.sentence,
        );
    }
    for at in &result.causes {
        let title = format!("What changed: {}", at.page);
        add("notice", &title, &at.sentences.join(" "));
    }
    for held in &result.budgets {
        let level = match held.result.state {
            BudgetState::Held => "notice",
            BudgetState::Broken => "error",
            BudgetState::CannotTell { .. } => "warning",
        };
        add(level, "Budget", &held.sentence);
    }
    out
}

/// GitHub's own escapes of a message.
fn escaped(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// And of a property.
fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::result::tests::{held, line};
    use super::*;

    fn result() -> CheckResult {
        let mut result = CheckResult {
            baseline: Some("interleaved".into()),
            seed: Some("8a41".into()),
            lines: vec![line(Word::Regressed)],
            budgets: vec![held(BudgetState::Broken)],
            ..CheckResult::default()
        };
        result.close(false.into());
        result
    }

    #[test]
    fn the_json_is_what_its_schema_says() {
        let schema = serde_json::from_str(super::super::SCHEMA).unwrap();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let json = serde_json::to_value(result()).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&json)
            .map(|e| e.to_string())
            .collect();
        assert_eq!(errors, Vec::<String>::new());
        let empty = serde_json::json!({});
        assert!(!validator.is_valid(&empty));
    }

    #[test]
    fn each_format_says_the_same() {
        let result = result();
        let xml = junit(&result).to_string().unwrap();
        assert!(xml.contains("failures=\"2\""), "{xml}");
        assert!(xml.contains("+14.0 %"), "{xml}");
        insta::assert_snapshot!(annotations(&result), @r"
        ::error title=Regressed%3A home%2C phone%2C sydney::main content shown (LCP) +14.0 %25 (95 %25 CI +9.0..+19.0), 20 pairs
        ::error title=Budget::budget broken: home, main content shown (LCP) at most 3.0 s: 3.2 s, 10 visits
        ");
        insta::assert_snapshot!(markdown(&result), @r"
        ## outpace check: regressed

        - Regressed: home, phone, sydney: main content shown (LCP) +14.0 % (95 % CI +9.0..+19.0), 20 pairs
        - Budget broken: home, main content shown (LCP) at most 3.0 s: 3.2 s, 10 visits
        ");
        assert!(text(&result, Length::Whole).starts_with("Regressed: home, phone, sydney"));
    }
}
