//! The verdict of every marked release, from the nights before it and those up to the next one.
//!
//! The same test as `check --baseline release:…` makes, with the same refusals: under 14 sessions
//! before it nothing is said. The sessions before are those since the release before. Releases that
//! no run parts share their sessions and their verdict, as in the report.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::history::{Cell, History, Only, Sessions, lines};
use super::interleaved::GATES;
use super::question::own;
use super::result::{CheckResult, Line, Word};
use crate::analysis::check::{HISTORY_FROM, Options};
use crate::config::Config;
use crate::model::{Metric, Release, RunRow, format};
use crate::store::Store;

/// What may be said of a release.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::commands) struct Judged {
    /// `regressed`, `improved`, `no_regression` or `cannot_tell`.
    verdict: Word,
    /// The same for people, with the size of the largest change where there is one.
    pub(in crate::commands) words: String,
    /// Sessions before it and with it.
    sessions: (usize, usize),
    /// One sentence a place, the worst first.
    summary: Vec<String>,
}

/// The verdict of each release, in the order given.
///
/// # Errors
/// What the database says.
pub(in crate::commands) fn judged(
    config: &Config,
    store: &Store,
    (releases, zone): (&[Release], &TimeZone),
) -> anyhow::Result<Vec<Judged>> {
    if releases.is_empty() {
        return Ok(Vec::new());
    }
    let own = own(config)?;
    let runs = store.runs()?;
    let history = History::read(store, zone, &GATES)?;
    let of = |release: &Release| {
        let group = together(releases, &runs, release);
        let sessions = around(releases, &runs, &group);
        let mut cells = history.cells(config, own, &Only::default(), &sessions);
        // A page that nobody visited, such as one that was added since, says nothing of the release.
        cells.retain(Cell::is_measured);
        let mut result = CheckResult {
            baseline: Some(sessions.words),
            lines: lines(&cells, &Options::default()),
            ..CheckResult::default()
        };
        result.close(false.into());
        let others = group.iter().copied().filter(|r| r.id != release.id);
        let words = words(&result, (sessions.old.len(), sessions.new.len()));
        Judged {
            verdict: result.verdict,
            words: match group.len() {
                1 => words,
                _ => format!("{words}, with {}", versions(others)),
            },
            sessions: (sessions.old.len(), sessions.new.len()),
            summary: result.summary,
        }
    };
    Ok(releases.iter().map(of).collect())
}

/// The releases that no run parts from one, itself included, oldest first.
fn together<'r>(releases: &'r [Release], runs: &[RunRow], release: &Release) -> Vec<&'r Release> {
    let since = |at: Timestamp| runs.iter().filter(|r| r.started_at >= at).count();
    let here = since(release.at);
    let mut of: Vec<&Release> = releases.iter().filter(|r| since(r.at) == here).collect();
    of.sort_by_key(|r| (r.at, r.id));
    of
}

/// Runs since the release before and runs up to the release after those of a group.
fn around(releases: &[Release], runs: &[RunRow], group: &[&Release]) -> Sessions {
    let times = || releases.iter().map(|r| r.at);
    let first = group.first().map_or(Timestamp::MIN, |r| r.at);
    let last = group.last().map_or(Timestamp::MAX, |r| r.at);
    let from = times().filter(|at| *at < first).max();
    let to = times().filter(|at| *at > last).min();
    let between = |from: Timestamp, to: Timestamp| -> Vec<i64> {
        let mut of: Vec<&RunRow> = runs
            .iter()
            .filter(|r| r.started_at >= from && r.started_at < to)
            .collect();
        of.sort_by_key(|r| r.started_at);
        of.iter().map(|r| r.id).collect()
    };
    Sessions {
        old: between(from.unwrap_or(Timestamp::MIN), first),
        new: between(last, to.unwrap_or(Timestamp::MAX)),
        words: format!("before {}", versions(group.iter().copied())),
    }
}

fn versions<'r>(releases: impl Iterator<Item = &'r Release>) -> String {
    let versions: Vec<&str> = releases.map(|r| r.version.as_str()).collect();
    format::list(&versions)
}

fn words(result: &CheckResult, (old, new): (usize, usize)) -> String {
    if new == 0 {
        return "not measured yet".to_owned();
    }
    let largest = result
        .lines
        .iter()
        .filter(|l| l.verdict == result.verdict)
        .filter_map(|l| Some((l, l.estimate?)))
        // Of main content where that moved: what customers see comes before what explains it.
        .max_by(|a, b| {
            let shown = |line: &Line| line.metric == Metric::Lcp;
            (shown(a.0).cmp(&shown(b.0))).then(a.1.abs().total_cmp(&b.1.abs()))
        });
    let sized = |word: &str| match largest {
        Some((line, share)) => format!("{word} {:+.0} % ({})", share * 100.0, place(line)),
        None => word.to_owned(),
    };
    match result.verdict {
        Word::Regressed => sized("slower"),
        Word::Improved => sized("faster"),
        Word::NoRegression => "no regression".to_owned(),
        Word::CannotTell if old < HISTORY_FROM => {
            format!("cannot tell: {old} of {} sessions before it", HISTORY_FROM)
        }
        Word::CannotTell | Word::NotMeasured => "cannot tell".to_owned(),
    }
}

fn place(line: &Line) -> String {
    match line.metric {
        Metric::Lcp => line.page.clone(),
        metric => format!("{}, {metric}", line.page),
    }
}
