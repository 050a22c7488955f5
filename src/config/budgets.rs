//! `[[budget]]`: read entry by entry, and checked against pages, regions and profiles.
//!
//! Whether a budget is held is not known here.

use std::time::Duration;

use super::diagnostic::Diagnostic;
use super::keys;
use super::raw::Written;
use super::suggest::{nearest, quoted};
use super::tree::{Entry, Span, Value};
use super::values::{self, Problem, Text};
use super::walk::{At, Table, Walk};
use crate::model::{Budget, Limit, Metric, Role, Unit};

/// The keys of which a budget has exactly one.
const LIMITS: [&str; 3] = ["at_most", "behind_best", "over_last_month"];
/// Greatest share over the month before that is a limit, in percent.
const MOST_PERCENT: f64 = 1_000.0;

/// One `[[budget]]` as written. What is `None` had a problem, which has been noted.
pub(super) struct WrittenBudget {
    header: Span,
    metric: Option<Metric>,
    page: Option<At<String>>,
    region: Option<At<String>>,
    profile: Option<At<String>>,
    limit: Option<Limit>,
}

/// Reads every budget.
pub(super) fn read(walk: &mut Walk<'_>, root: &Table<'_>) -> Vec<WrittenBudget> {
    let tables = walk.tables(root, &keys::BUDGET).unwrap_or_default();
    tables.iter().map(|t| budget(walk, t)).collect()
}

fn budget(walk: &mut Walk<'_>, table: &Table<'_>) -> WrittenBudget {
    let metric = walk.need(table, "metric", metric).map(|a| a.value);
    let mut name = |key| table.get(key).and_then(|e| walk.read(e, values::any));
    WrittenBudget {
        header: table.span.clone(),
        metric,
        page: name("page"),
        region: name("region"),
        profile: name("profile"),
        limit: metric.and_then(|m| limit(walk, table, m)),
    }
}

fn metric(text: &Text) -> Result<Metric, Problem> {
    if let Ok(metric) = text.value.parse() {
        return Ok(metric);
    }
    let problem = Problem::new(
        format!("unknown metric {}", text.shown()),
        "the README lists them all",
    );
    let names = Metric::ALL.iter().map(|m| m.name());
    Err(match nearest(&text.value, names) {
        Some(name) => problem.hint(format!("did you mean `{name}`?")),
        None => problem.hint("`lcp`, `ttfb`, `cls` and `tbt` are the usual ones"),
    })
}

fn limit(walk: &mut Walk<'_>, table: &Table<'_>, metric: Metric) -> Option<Limit> {
    let given: Vec<&Entry> = LIMITS.iter().filter_map(|key| table.get(key)).collect();
    let entry = match given.as_slice() {
        [one] => *one,
        [] => {
            let error =
                Diagnostic::error(table.span.clone(), "a budget without a limit", "of what?");
            walk.absent(error.hint(format!("write one of {}", quoted(&LIMITS))));
            return None;
        }
        [_, second, ..] => {
            let message = "a budget with two limits";
            let error = Diagnostic::error(second.key_span.clone(), message, "one is enough");
            walk.push(error.hint("write a `[[budget]]` for each"));
            return None;
        }
    };
    match entry.key.as_str() {
        "over_last_month" => {
            let percent = number(walk, entry, "a number of percent, such as 10")?;
            let fits = percent > 0.0 && percent <= MOST_PERCENT;
            above_zero(walk, entry, percent, fits).map(Limit::OverLastMonth)
        }
        "behind_best" => figure(walk, entry, metric).map(Limit::BehindBest),
        _ => figure(walk, entry, metric).map(Limit::AtMost),
    }
}

/// A duration for times, a number for anything else; in the metric's unit.
fn figure(walk: &mut Walk<'_>, entry: &Entry, metric: Metric) -> Option<f64> {
    let value = if metric.unit() == Unit::Milliseconds {
        let read: At<Duration> = walk.duration(entry)?;
        read.value.as_secs_f64() * 1000.0
    } else {
        number(walk, entry, "a number: this metric is no time")?
    };
    above_zero(walk, entry, value, value > 0.0)
}

pub(super) fn number(walk: &mut Walk<'_>, entry: &Entry, wanted: &str) -> Option<f64> {
    match entry.node.value {
        // Exact for any limit that makes sense.
        Value::Integer(Some(n)) => Some(n as f64),
        Value::Float(f) if f.is_finite() => Some(f),
        _ => {
            walk.wrong_kind(entry, wanted, None);
            None
        }
    }
}

fn above_zero(walk: &mut Walk<'_>, entry: &Entry, value: f64, fits: bool) -> Option<f64> {
    if !fits {
        let message = format!("`{}` cannot be {value}", entry.key);
        let error = Diagnostic::error(entry.node.span.clone(), message, "out of bounds");
        walk.push(error.hint("write a limit above 0"));
        return None;
    }
    Some(value)
}

/// Names that a budget uses must exist, and a best overseas for those who are held against it.
pub(super) fn check(walk: &mut Walk<'_>, written: &Written) {
    let targets = written.targets.as_deref().unwrap_or_default();
    let own = targets
        .iter()
        .filter(|t| t.role.as_ref().is_none_or(|r| r.value == Role::Own));
    let pages: Vec<&str> = own
        .flat_map(|t| t.pages.iter().map(|p| p.kind.value.as_str()))
        .collect();
    let home = written
        .project
        .as_ref()
        .and_then(|p| p.home_market.as_ref());
    let abroad = targets.iter().any(|t| {
        let rival = t.role.as_ref().is_none_or(|r| r.value == Role::Rival);
        let away = t.market.as_ref().zip(home);
        rival && away.is_none_or(|(m, h)| m.value != h.value)
    });
    // The lists are there with their defaults when the file has none.
    let regions = written.regions.as_ref().map(|all| {
        let ids = all.iter().filter_map(|r| r.id.as_ref());
        ids.map(|id| id.value.as_str()).collect::<Vec<_>>()
    });
    let profiles = written.profiles.as_ref().map(|all| {
        let ids = all.iter().filter_map(|p| p.id.as_ref());
        ids.map(|id| id.value.as_str()).collect::<Vec<_>>()
    });
    let regions = regions.unwrap_or_else(|| vec!["local"]);
    let profiles = profiles.unwrap_or_else(|| vec!["desktop"]);
    for budget in &written.budgets {
        known(walk, "page of ours", budget.page.as_ref(), &pages);
        known(walk, "region", budget.region.as_ref(), &regions);
        known(walk, "profile", budget.profile.as_ref(), &profiles);
        if matches!(budget.limit, Some(Limit::BehindBest(_))) && !abroad {
            let message = "no overseas target to be behind";
            let label = "`behind_best` needs one";
            let error = Diagnostic::error(budget.header.clone(), message, label);
            walk.absent(error.hint("add a `[[target]]` of another market, or use `at_most`"));
        }
    }
}

fn known(walk: &mut Walk<'_>, what: &str, name: Option<&At<String>>, names: &[&str]) {
    let Some(name) = name.filter(|n| !names.contains(&n.value.as_str())) else {
        return;
    };
    let message = format!("there is no {what} `{}`", name.value);
    let label = format!("known: {}", quoted(names));
    let mut error = Diagnostic::error(name.span.clone(), message, label);
    if let Some(name) = nearest(&name.value, names.iter().copied()) {
        error = error.hint(format!("did you mean `{name}`?"));
    }
    walk.absent(error);
}

impl WrittenBudget {
    /// What it means, if every part of it is fit.
    pub(super) fn budget(self) -> Option<Budget> {
        let name = |at: Option<At<String>>| at.map(|a| a.value);
        Some(Budget {
            metric: self.metric?,
            page: name(self.page),
            region: name(self.region),
            profile: name(self.profile),
            limit: self.limit?,
        })
    }
}
