//! Lane A: our own pages cannot be used.
//!
//! A failed visit of a fresh browser says little; a second one from another region or in another
//! round, with no good one since, is an outage. Two good ones in a row end it. A refusal is unknown
//! and counts as neither; a browser's own failure is not the site's.

use std::collections::BTreeMap;

use crate::model::{Condition, Facts, Lane, VisitState};

/// A visit of our own site, in the order of ending.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnVisit {
    /// Id in the database.
    pub id: i64,
    /// Target id.
    pub target: String,
    /// Page kind.
    pub page: String,
    /// Region id.
    pub region: String,
    /// Round.
    pub round: u32,
    /// How it ended.
    pub state: VisitState,
    /// Why it did not measure.
    pub reason: Option<String>,
    /// When it began, for people.
    pub at: String,
    /// Run.
    pub run: i64,
}

/// What the visits of a page say.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It cannot be used.
    Out(Box<Condition>),
    /// It can.
    Usable(String),
}

/// A verdict for each page of which enough is known; keys are `A:<page>`.
#[must_use]
pub fn outages(visits: &[OwnVisit]) -> Vec<Verdict> {
    let mut by_page: BTreeMap<&str, Vec<&OwnVisit>> = BTreeMap::new();
    for visit in visits.iter().filter(|v| counts(v)) {
        by_page.entry(&visit.page).or_default().push(visit);
    }
    let verdicts = by_page.into_iter();
    verdicts
        .filter_map(|(page, of)| verdict(page, &of))
        .collect()
}

fn counts(visit: &OwnVisit) -> bool {
    match visit.state {
        VisitState::Ok => true,
        VisitState::Failed => {
            let reason = visit.reason.as_deref().unwrap_or_default();
            !reason.starts_with("instrument")
        }
        VisitState::Blocked | VisitState::Missed => false,
    }
}

fn verdict(page: &str, visits: &[&OwnVisit]) -> Option<Verdict> {
    let good = visits
        .iter()
        .rev()
        .take_while(|v| v.state == VisitState::Ok);
    if good.count() >= 2 {
        return Some(Verdict::Usable(key(page)));
    }
    let bad: Vec<&&OwnVisit> = visits
        .iter()
        .rev()
        .take_while(|v| v.state == VisitState::Failed)
        .collect();
    let first = bad.last()?;
    let confirmed = bad
        .iter()
        .any(|v| v.region != first.region || v.round != first.round);
    let last_good = visits.iter().rev().find(|v| v.state == VisitState::Ok);
    confirmed.then(|| {
        let mut condition = condition(page, first, &bad);
        condition.facts.visits = [first.id]
            .into_iter()
            .chain(last_good.map(|v| v.id))
            .collect();
        Verdict::Out(Box::new(condition))
    })
}

fn condition(page: &str, first: &OwnVisit, bad: &[&&OwnVisit]) -> Condition {
    let mut regions: Vec<&str> = bad.iter().map(|v| v.region.as_str()).collect();
    regions.sort_unstable();
    regions.dedup();
    let reason = first.reason.as_deref().unwrap_or("no reason");
    let list = regions.join(", ");
    Condition {
        key: key(page),
        lane: Lane::A,
        cause: "the site".to_owned(),
        what: format!("customers cannot use our page `{page}`, as seen from {list}"),
        detail: format!(
            "`{page}` of `{}`: {} visits in a row failed since {}, first: {reason}",
            first.target,
            bad.len(),
            first.at
        ),
        facts: Facts {
            target: Some(first.target.clone()),
            page: Some(page.to_owned()),
            region: Some(list),
            since: Some(first.at.clone()),
            suspects: vec![reason.to_owned()],
            run: Some(first.run),
            ..Facts::default()
        },
    }
}

fn key(page: &str) -> String {
    format!("A:{page}")
}
