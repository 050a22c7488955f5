//! Budgets: lines that the median of a night of our own page must not cross.
//!
//! Absolute, relative to the 30 nights before, or relative to the best overseas of the same night.
//! A night without enough valid visits breaks nothing: it cannot tell.

use crate::model::{Budget, Condition, Facts, Lane, Limit, format};

/// Nights that a budget relative to last month looks back.
const MONTH: usize = 30;
/// Fewest nights before that make a month.
const LEAST: usize = 7;

/// Medians of one night for one budget, in the metric's unit; `None` where too little was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct NightMedians {
    /// The night, for people.
    pub night: String,
    /// Ours.
    pub own: Option<f64>,
    /// The best overseas.
    pub best: Option<f64>,
}

/// A night on which a budget was broken.
#[derive(Debug, Clone, PartialEq)]
pub struct Broken {
    /// The night.
    pub night: String,
    /// Our median.
    pub value: f64,
    /// The line on that night.
    pub line: f64,
}

/// Every night of a history, oldest first, on which a budget is broken.
#[must_use]
pub fn firings(budget: &Budget, nights: &[NightMedians]) -> Vec<Broken> {
    (0..nights.len())
        .filter_map(|i| {
            let night = &nights[i];
            let (value, line) = (night.own?, line(budget, nights, i)?);
            (value > line).then(|| Broken {
                night: night.night.clone(),
                value,
                line,
            })
        })
        .collect()
}

/// The budget as a condition, if the last night breaks it.
#[must_use]
pub fn broken(budget: &Budget, nights: &[NightMedians]) -> Option<Condition> {
    let last = nights.last()?;
    let firing = firings(budget, nights)
        .pop()
        .filter(|f| f.night == last.night)?;
    let shown = |v| format::value(budget.metric, v);
    let label = budget.metric.label();
    let page = budget.page.as_deref().unwrap_or("every page");
    Some(Condition {
        key: key(budget),
        lane: Lane::B,
        cause: format!("budget of {label}"),
        what: format!(
            "our page `{page}` is over budget: {label} {}, the line is {}",
            shown(firing.value),
            shown(firing.line)
        ),
        detail: format!(
            "{} on {}: {} {} > {}",
            budget.demand(),
            firing.night,
            budget.metric.name(),
            firing.value,
            firing.line
        ),
        facts: Facts {
            page: budget.page.clone(),
            region: budget.region.clone(),
            profile: budget.profile.clone(),
            metric: Some(budget.metric.name().to_owned()),
            value: Some(firing.value),
            before: Some(firing.line),
            since: Some(firing.night),
            ..Facts::default()
        },
    })
}

/// Name of a budget's alert.
#[must_use]
pub fn key(budget: &Budget) -> String {
    let kind = match budget.limit {
        Limit::AtMost(_) => "at_most",
        Limit::BehindBest(_) => "behind_best",
        Limit::OverLastMonth(_) => "over_last_month",
    };
    let part = |name: &Option<String>| name.clone().unwrap_or_else(|| "-".to_owned());
    format!(
        "B:budget:{kind}:{}:{}:{}:{}",
        budget.metric.name(),
        part(&budget.page),
        part(&budget.region),
        part(&budget.profile)
    )
}

fn line(budget: &Budget, nights: &[NightMedians], i: usize) -> Option<f64> {
    match budget.limit {
        Limit::AtMost(line) => Some(line),
        Limit::BehindBest(gap) => Some(nights[i].best? + gap),
        Limit::OverLastMonth(percent) => {
            let month = &nights[i.saturating_sub(MONTH)..i];
            let mut values: Vec<f64> = month.iter().filter_map(|n| n.own).collect();
            values.sort_by(f64::total_cmp);
            let middle = values.len() / 2;
            let median = match values.len() {
                n if n < LEAST => return None,
                n if n % 2 == 1 => values[middle],
                _ => f64::midpoint(values[middle - 1], values[middle]),
            };
            Some(median * (1.0 + percent / 100.0))
        }
    }
}
