//! Whether our own site keeps its budgets, over whatever period the rows are from.
//!
//! Pure. A median over its limit breaks the budget. One that is held rests on data: with too few
//! visits, too many lost, no benchmark or no month before, it cannot be told, and that is never a
//! pass. Reading the rows, showing the results and telling people are left to others.

use std::collections::BTreeSet;

use serde::Serialize;

use super::field::{FieldInput, field};
use super::summary::summary;
use super::types::{Scope, Summary};
use crate::model::{Budget, Limit, Region, Role, Target, format};

/// Counting visits that a median needs to hold or break a budget.
pub const VISITS_FROM: u32 = 3;
/// Over one lost visit in so many, a budget is not called held: the slow ones may be missing.
const LOST_ONE_IN: u32 = 5;

/// What became of a budget at one page.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum BudgetState {
    /// Within the limit.
    Held,
    /// Over it.
    Broken,
    /// No verdict, and why.
    CannotTell {
        /// Such as `no visit was measured`.
        why: String,
    },
}

/// One budget at one page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BudgetResult {
    /// The budget.
    pub budget: Budget,
    /// Page kind it was held against.
    pub page: String,
    /// Region ids that were taken together.
    pub regions: Vec<String>,
    /// Profile id.
    pub profile: String,
    /// The figure that is limited: the median, its distance to the best overseas, or its growth
    /// in percent. Absent without data.
    pub actual: Option<f64>,
    /// The limit, in the same unit.
    pub limit: f64,
    /// The best overseas that it was held against.
    pub best: Option<String>,
    /// Visits that the median rests on.
    pub visits: u32,
    /// What became of it.
    #[serde(flatten)]
    pub state: BudgetState,
}

/// Where budgets are held.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// Targets in the order of the file.
    pub targets: &'a [Target],
    /// Regions in the order of the file.
    pub regions: &'a [Region],
    /// Ids of profiles; the first is the one that counts.
    pub profile: &'a str,
    /// The home market.
    pub home_market: &'a str,
}

/// Every budget at every page it is about, in their order. `input` has the period's rows and, for
/// `over_last_month`, those of the month before.
#[must_use]
pub fn budgets(
    budgets: &[Budget],
    input: &FieldInput<'_>,
    ground: &Ground<'_>,
) -> Vec<BudgetResult> {
    let own = ground.targets.iter().find(|t| t.role == Role::Own);
    let Some(own) = own else { return Vec::new() };
    let mut results = Vec::new();
    for budget in budgets {
        let pages = own.pages.iter().map(|p| p.kind.as_str());
        for page in pages.filter(|p| budget.page.as_deref().is_none_or(|b| b == *p)) {
            results.push(one(budget, &own.id, &scope(budget, page, ground), input));
        }
    }
    results
}

fn scope(budget: &Budget, page: &str, ground: &Ground<'_>) -> Scope {
    let ids = |keep: &dyn Fn(&Region) -> bool| -> Vec<String> {
        let kept = ground.regions.iter().filter(|r| keep(r));
        kept.map(|r| r.id.clone()).collect()
    };
    let regions = match &budget.region {
        Some(region) => vec![region.clone()],
        None => ids(&|r| r.market == ground.home_market),
    };
    Scope {
        page: page.to_owned(),
        regions: if regions.is_empty() {
            ids(&|_| true)
        } else {
            regions
        },
        profile: budget
            .profile
            .clone()
            .unwrap_or_else(|| ground.profile.to_owned()),
        own_market: std::collections::BTreeMap::new(),
        metric: budget.metric,
    }
}

fn one(budget: &Budget, own: &str, scope: &Scope, input: &FieldInput<'_>) -> BudgetResult {
    let ours = summary(input.visits(), own, scope);
    let mut best = None;
    let figure = match budget.limit {
        Limit::AtMost(_) => enough(&ours, "").map(|m| (m, None)),
        Limit::BehindBest(_) => behind(&ours, scope, input, &mut best),
        Limit::OverLastMonth(_) => grown(&ours, own, scope, input),
    };
    let (Limit::AtMost(limit) | Limit::BehindBest(limit) | Limit::OverLastMonth(limit)) =
        budget.limit;
    let (actual, state) = match figure {
        Err(why) => (None, BudgetState::CannotTell { why }),
        Ok((actual, _)) if actual > limit => (Some(actual), BudgetState::Broken),
        Ok((actual, Some(why))) => (Some(actual), BudgetState::CannotTell { why }),
        Ok((actual, None)) => match too_many_lost(&ours) {
            Some(why) => (Some(actual), BudgetState::CannotTell { why }),
            None => (Some(actual), BudgetState::Held),
        },
    };
    BudgetResult {
        budget: budget.clone(),
        page: scope.page.clone(),
        regions: scope.regions.clone(),
        profile: scope.profile.clone(),
        actual,
        limit,
        best,
        visits: ours.n,
        state,
    }
}

/// A figure, and why it does not show that the budget is held although it is within the limit.
type Figure = Result<(f64, Option<String>), String>;

fn enough(summary: &Summary, of: &str) -> Result<f64, String> {
    match summary.median {
        Some(median) if summary.n >= VISITS_FROM => Ok(median),
        Some(_) => Err(format!(
            "only {} measured{of}, {VISITS_FROM} are needed",
            format::count(summary.n.into(), "visit was", "visits were")
        )),
        None => Err(format!("no visit was measured{of}")),
    }
}

fn behind(
    ours: &Summary,
    scope: &Scope,
    input: &FieldInput<'_>,
    best: &mut Option<String>,
) -> Figure {
    let ours = enough(ours, "")?;
    let whole = field(input, scope);
    let Some(benchmark) = &whole.benchmark else {
        return Err("no overseas site was measured".to_owned());
    };
    *best = Some(benchmark.target.clone());
    let theirs = summary(input.visits(), &benchmark.target, scope);
    let of = format!(" of `{}`", benchmark.target);
    let median = enough(&theirs, &of)?;
    // A benchmark of which much is missing may look slower than it is, or faster.
    Ok((ours - median, too_many_lost(&theirs).map(|w| w + &of)))
}

fn grown(ours: &Summary, own: &str, scope: &Scope, input: &FieldInput<'_>) -> Figure {
    let now = enough(ours, "")?;
    let before = enough(
        &summary(input.previous(), own, scope),
        " in the month before",
    )?;
    if before <= 0.0 {
        return Err("it was 0 in the month before, of which nothing is a share".to_owned());
    }
    Ok(((now / before - 1.0) * 100.0, None))
}

fn too_many_lost(summary: &Summary) -> Option<String> {
    let made = summary.counts.valid + summary.counts.lost();
    let lost = summary.counts.lost();
    (lost * LOST_ONE_IN > made).then(|| format!("{lost} of {made} visits failed or were blocked"))
}

impl BudgetResult {
    /// Such as `budget broken: product, main content shown (LCP) at most 3.0 s: 3.4 s, 25 visits`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let word = match self.state {
            BudgetState::Held => "held",
            BudgetState::Broken => "broken",
            BudgetState::CannotTell { .. } => "cannot be told",
        };
        let mut text = format!("budget {word}: {}, {}", self.page, self.budget.demand());
        if let Some(actual) = self.actual {
            text += &format!(": {}", self.shown(actual));
            text += &format!(", {}", format::count(self.visits.into(), "visit", "visits"));
        }
        if let BudgetState::CannotTell { why } = &self.state {
            text += &format!(" ({why})");
        }
        text
    }

    /// A figure as people read it.
    #[must_use]
    pub fn shown(&self, figure: f64) -> String {
        let metric = self.budget.metric;
        match self.budget.limit {
            Limit::AtMost(_) => format::value(metric, figure),
            Limit::BehindBest(_) if figure < 0.0 => {
                format!("{} ahead", format::value(metric, -figure))
            }
            Limit::BehindBest(_) => format!("{} behind", format::value(metric, figure)),
            Limit::OverLastMonth(_) => format!("{figure:+.1} %"),
        }
    }

    /// A name that stays the same from night to night, for alerts that are not repeated.
    #[must_use]
    pub fn key(&self) -> String {
        let what = match self.budget.limit {
            Limit::AtMost(_) => "at_most",
            Limit::BehindBest(_) => "behind_best",
            Limit::OverLastMonth(_) => "over_last_month",
        };
        let regions: BTreeSet<&str> = self.regions.iter().map(String::as_str).collect();
        let regions: Vec<&str> = regions.into_iter().collect();
        format!(
            "{}/{}/{}/{}/{what}",
            self.page,
            regions.join("+"),
            self.profile,
            self.budget.metric
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Metric, Page, Values, VisitRow, VisitState};

    fn target(id: &str, role: Role, market: &str) -> Target {
        Target {
            id: id.into(),
            name: id.into(),
            role,
            market: market.into(),
            first_party: vec![],
            robots_override: None,
            consent: Default::default(),
            pages: vec![Page {
                kind: "home".into(),
                url: format!("https://{id}.example/").parse().unwrap(),
                expect: None,
            }],
        }
    }

    fn row(target: &str, round: u32, lcp: Option<f64>) -> VisitRow {
        let mut values = Values::default();
        values.set(Metric::Lcp, lcp);
        VisitRow {
            id: i64::from(round),
            run: 1,
            round,
            warm_up: false,
            target: target.into(),
            page: "home".into(),
            region: "here".into(),
            profile: "phone".into(),
            night: "2026-11-20".parse().unwrap(),
            started_at: None,
            duration_ms: None,
            state: if lcp.is_some() {
                VisitState::Ok
            } else {
                VisitState::Failed
            },
            reason: None,
            flags: vec![],
            environment: None,
            values,
        }
    }

    fn rows(target: &str, values: &[Option<f64>]) -> Vec<VisitRow> {
        (1..).zip(values).map(|(i, v)| row(target, i, *v)).collect()
    }

    fn judged(limit: Limit, now: &[VisitRow], before: &[VisitRow]) -> BudgetResult {
        let targets = [
            target("own", Role::Own, "AU"),
            target("far", Role::Rival, "US"),
        ];
        let regions = [Region {
            id: "here".into(),
            name: "Here".into(),
            market: "AU".into(),
            ..Region::default()
        }];
        let ground = Ground {
            targets: &targets,
            regions: &regions,
            profile: "phone",
            home_market: "AU",
        };
        let budget = Budget {
            metric: Metric::Lcp,
            page: None,
            region: None,
            profile: None,
            limit,
        };
        let input = FieldInput::new(now, before, &targets, "AU");
        let mut all = budgets(&[budget], &input, &ground);
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    fn why(result: &BudgetResult) -> &str {
        match &result.state {
            BudgetState::CannotTell { why } => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_median_is_held_against_its_limit() {
        let now = rows("own", &[Some(2_900.0), Some(3_000.0), Some(3_100.0)]);
        let held = judged(Limit::AtMost(3_000.0), &now, &[]);
        assert_eq!(held.state, BudgetState::Held);
        let broken = judged(Limit::AtMost(2_500.0), &now, &[]);
        assert_eq!(broken.state, BudgetState::Broken);
        assert_eq!(
            broken.sentence(),
            "budget broken: home, main content shown (LCP) at most 2.5 s: 3.0 s, 3 visits"
        );
        assert_eq!(broken.key(), "home/here/phone/lcp/at_most");
    }

    #[test]
    fn without_data_it_cannot_be_told() {
        let none = judged(Limit::AtMost(3_000.0), &[], &[]);
        assert_eq!(why(&none), "no visit was measured");
        let few = rows("own", &[Some(1.0), Some(1.0)]);
        let few = judged(Limit::AtMost(3_000.0), &few, &[]);
        assert!(why(&few).starts_with("only 2 visits were measured"));
        let lost = rows("own", &[Some(1.0), Some(1.0), Some(1.0), None]);
        let lost = judged(Limit::AtMost(3_000.0), &lost, &[]);
        assert_eq!(why(&lost), "1 of 4 visits failed or were blocked");
        let now = rows("own", &[Some(1.0), Some(1.0), Some(1.0)]);
        let alone = judged(Limit::BehindBest(1.0), &now, &[]);
        assert_eq!(why(&alone), "no overseas site was measured");
        let first = judged(Limit::OverLastMonth(5.0), &now, &[]);
        assert_eq!(why(&first), "no visit was measured in the month before");
    }

    #[test]
    fn the_gap_to_the_best_overseas_and_the_growth_are_limited_too() {
        let mut now = rows("own", &[Some(3_000.0); 4]);
        now.extend(rows("far", &[Some(1_800.0); 4]));
        let behind = judged(Limit::BehindBest(1_000.0), &now, &[]);
        assert_eq!(behind.state, BudgetState::Broken);
        assert_eq!(behind.best.as_deref(), Some("far"));
        assert!((behind.actual.unwrap() - 1_200.0).abs() < 1.0);
        let before = rows("own", &[Some(2_800.0); 4]);
        let grown = judged(Limit::OverLastMonth(10.0), &now, &before);
        assert_eq!(grown.state, BudgetState::Held);
        assert!((grown.actual.unwrap() - 7.14).abs() < 0.01);
    }
}
