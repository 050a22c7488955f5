//! Lane B from the database: the scan of the last nights, what was released about then, and what
//! the visits before and since say of the cause.
//!
//! `alerts::slower` decides; here is what it needs, and the suspects, which need evidence.

use anyhow::Context;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::{diff, pins};
use crate::alerts::{self, Nights, Slower};
use crate::analysis::causes::{CauseKind, Causes};
use crate::analysis::trend::{self, WINDOW};
use crate::config::Config;
use crate::model::{Condition, Metric, Role, RunRow, VisitRow};
use crate::store::{AlertRow, Store, VisitFilter};

/// Of shifts that are none half are for the better, and these are not told.
const BOTH_WAYS: f64 = 2.0;
/// Days that are read: a window before the oldest alert that is still looked at.
const DAYS: i64 = 2 * WINDOW as i64;
/// Nights after which a new level is the usual one.
const USUAL_DAYS: i32 = WINDOW as i32;
/// Nights within which shifts of one site are one.
const TOGETHER_DAYS: i32 = 2;
/// Days before a night within which a release is named.
const NEAR_DAYS: i64 = 7;
/// Days before a shift whose visits are compared with those since.
const COMPARED_DAYS: i64 = 7;
/// Causes that a message names.
const SUSPECTS: usize = 3;

/// What lane B says after a run.
#[derive(Debug, Default)]
pub struct LaneB {
    /// Begun.
    pub holding: Vec<Condition>,
    /// Kept and not told, with why.
    pub logged: Vec<(Condition, String)>,
    /// Keys that are over.
    pub over: Vec<String>,
    /// Rows that are closed without a message, with why.
    pub closed: Vec<(i64, String)>,
    /// Begun, and part of what was told before: with the word of that.
    pub joined: Vec<(Condition, String)>,
}

/// What the nights of some runs say: each is asked as the last one, so that a shift that only an
/// earlier one reveals is not lost when several are decided at once.
///
/// # Errors
/// What the database says.
pub fn after<'r>(
    config: &Config,
    store: &Store,
    runs: impl Iterator<Item = &'r RunRow>,
) -> anyhow::Result<LaneB> {
    let mut runs: Vec<&RunRow> = runs.collect();
    runs.sort_by_key(|r| r.started_at);
    let mut all = LaneB::default();
    for run in runs {
        let mut one = lane_b(config, store, run)?;
        let told = |all: &LaneB, key: &str| all.holding.iter().any(|h| h.key == key);
        one.holding.retain(|c| !told(&all, &c.key));
        all.holding.append(&mut one.holding);
        all.logged.append(&mut one.logged);
        all.joined.append(&mut one.joined);
        (all.over, all.closed) = (one.over, one.closed);
    }
    Ok(all)
}

/// What the last nights say, as of the run of the last one.
fn lane_b(config: &Config, store: &Store, run: &RunRow) -> anyhow::Result<LaneB> {
    let zone = super::zone(config)?;
    let night = run.started_at.to_zoned(zone.clone()).date();
    let filter = VisitFilter {
        since: Some(run.started_at - SignedDuration::from_hours(24 * DAYS)),
        until: Some(run.started_at + SignedDuration::from_secs(1)),
        run: None,
    };
    let nights = trend::groups(&store.points(&filter, &zone, Metric::Lcp)?);
    let own: Vec<&str> = config
        .targets
        .iter()
        .filter(|t| t.role == Role::Own)
        .map(|t| t.id.as_str())
        .collect();
    let budget = budget(config.alerts.false_a_month, &nights, &own);
    let found = trend::last_night(&window(&nights), budget);
    let Slower {
        holding,
        mut logged,
    } = alerts::slower(&found, &nights, &own, run.id);
    let known = store.last_alerts(1000)?;
    logged.retain(|(c, _)| !known.iter().any(|k| k.key == c.key));
    let open = known.iter().filter(|k| k.state == "open");
    let open: Vec<&AlertRow> = open.filter(|k| alerts::is_slower_key(&k.key)).collect();
    let mut lane = LaneB {
        logged,
        ..LaneB::default()
    };
    for condition in holding {
        match open.iter().find(|o| same_shift(&o.facts, &condition)) {
            Some(told) if told.key == condition.key => {}
            Some(told) => lane.joined.push((condition, told.told.clone())),
            None => lane.holding.push(condition),
        }
    }
    let releases = store.releases()?;
    for condition in &mut lane.holding {
        let since = starts(store, condition, &zone)?;
        condition.facts.release = releases
            .iter()
            .filter(|r| r.at <= since && since.duration_since(r.at).as_hours() <= 24 * NEAR_DAYS)
            .max_by_key(|r| r.at)
            .map(|r| r.version.clone());
        suspect(store, condition, (since, run.started_at), &zone)?;
    }
    name_causes(config, &mut lane.holding);
    for alert in open {
        ended(alert, &nights, night, &mut lane);
    }
    Ok(lane)
}

/// The last nights of a window: enough for the scan, and a quarter of the work.
fn window(nights: &Nights) -> Nights {
    let last = nights.values().flatten().map(|n| n.night).max();
    let from = last.map(|l| l.saturating_sub((WINDOW as i64).days()));
    let keep = |of: &Vec<trend::Nightly>| {
        let of = of.iter().filter(|n| Some(n.night) > from);
        of.cloned().collect()
    };
    nights.iter().map(|(g, of)| (g.clone(), keep(of))).collect()
}

/// The budget of our own series as the scan takes it, over all series and both ways: what rivals do
/// and what is for the better is watched and not told.
#[must_use]
pub fn budget(false_a_month: f64, nights: &Nights, own: &[&str]) -> f64 {
    let (mut all, mut ours) = (0, 0);
    for of in nights.values() {
        let mut targets: Vec<&str> = of.iter().map(|n| n.target.as_str()).collect();
        targets.sort_unstable();
        targets.dedup();
        all += targets.len();
        ours += targets.iter().filter(|t| own.contains(t)).count();
    }
    false_a_month * BOTH_WAYS * all as f64 / (ours.max(1)) as f64
}

/// What of `[alerts] false_a_month` cannot be kept with so many series of ours, whatever is written.
#[must_use]
pub fn least_budget(ours: usize) -> f64 {
    trend::least_a_month(ours) / BOTH_WAYS
}

fn same_shift(facts: &crate::model::Facts, condition: &Condition) -> bool {
    let near = |a: &Option<String>, b: &Option<String>| -> Option<bool> {
        let (a, b): (Date, Date) = (a.as_ref()?.parse().ok()?, b.as_ref()?.parse().ok()?);
        Some(a.until(b).ok()?.get_days().abs() <= TOGETHER_DAYS)
    };
    facts.target == condition.facts.target
        && near(&facts.since, &condition.facts.since) == Some(true)
}

/// When the first run of a condition's first night began.
fn starts(store: &Store, condition: &Condition, zone: &TimeZone) -> anyhow::Result<Timestamp> {
    let since = condition.facts.since.as_deref().unwrap_or_default();
    let date: Date = since.parse().context("an alert's night")?;
    let runs = store.runs()?;
    let of_night = runs
        .iter()
        .map(|r| r.started_at)
        .filter(|at| at.to_zoned(zone.clone()).date() == date);
    match of_night.min() {
        Some(at) => Ok(at),
        None => super::gather::midnight(date, zone),
    }
}

/// Three suspected causes: what differs between the visits before and since.
fn suspect(
    store: &Store,
    condition: &mut Condition,
    (since, until): (Timestamp, Timestamp),
    zone: &TimeZone,
) -> anyhow::Result<()> {
    let facts = &condition.facts;
    let of = |r: &VisitRow| {
        r.counts()
            && facts.target.as_ref() == Some(&r.target)
            && facts.page.as_ref() == Some(&r.page)
            && facts.region.as_ref() == Some(&r.region)
            && facts.profile.as_ref() == Some(&r.profile)
    };
    let read = |since, until| -> anyhow::Result<Vec<VisitRow>> {
        let filter = VisitFilter {
            since: Some(since),
            until: Some(until),
            run: None,
        };
        let mut rows = store.visits(&filter, zone)?;
        rows.retain(of);
        Ok(rows)
    };
    let week = SignedDuration::from_hours(24 * COMPARED_DAYS);
    let (before, after) = (
        read(since - week, since)?,
        read(since, until + SignedDuration::from_secs(1))?,
    );
    let newest = |rows: &'_ [VisitRow]| rows.len().saturating_sub(diff::MOST);
    let (a, b): (Vec<&VisitRow>, Vec<&VisitRow>) = (
        before[newest(&before)..].iter().collect(),
        after[newest(&after)..].iter().collect(),
    );
    if a.is_empty() || b.is_empty() {
        return Ok(());
    }
    let shown = [&b, &a].map(|of| pins::typical(of, Metric::Lcp));
    condition.facts.visits = shown.into_iter().flatten().collect();
    let causes = diff::compare(store, (&a, &b), Metric::Lcp)?;
    condition.facts.suspects = suspects(&causes);
    if let Some(third) = third_party(&causes) {
        condition.cause = format!("third party {third}");
    }
    Ok(())
}

fn suspects(causes: &Causes) -> Vec<String> {
    let explain = causes.causes.iter().filter(|c| c.explains_ms > 0.0);
    let mut named: Vec<String> = explain.take(SUSPECTS).map(|c| c.phrase()).collect();
    // Nothing explains it: what changed besides is the best there is to say.
    if named.is_empty() {
        let besides = causes.causes.iter().take(SUSPECTS);
        named.extend(besides.map(|c| c.phrase()));
    }
    if named.len() < SUSPECTS {
        let mut parts: Vec<_> = causes.parts.iter().filter(|p| p.b > p.a).collect();
        parts.sort_by(|x, y| (y.b / y.a.max(1.0)).total_cmp(&(x.b / x.a.max(1.0))));
        let value = crate::model::format::value;
        let words = parts.iter().map(|p| {
            let (a, b) = (value(p.metric, p.a), value(p.metric, p.b));
            format!("{} {a} before, {b} since", p.metric.label())
        });
        named.extend(words.take(SUSPECTS - named.len()));
    }
    named
}

/// Host of the third party that explains the most, when it explains half.
fn third_party(causes: &Causes) -> Option<String> {
    let first = causes.causes.first()?;
    let third = matches!(
        first.kind,
        CauseKind::ThirdPartyScript | CauseKind::ThirdPartyRequest
    );
    let half = first.explains_ms > 0.0 && first.share.is_some_and(|s| s >= 0.5);
    let host = url::Url::parse(&first.what).ok()?.host_str()?.to_owned();
    (third && half).then_some(host)
}

/// One message per cause: a release before a third party before one region of several; what has
/// none of them shares its site and its night.
fn name_causes(config: &Config, holding: &mut [Condition]) {
    let regions: Vec<Option<String>> = holding.iter().map(|c| c.facts.region.clone()).collect();
    let one_region = regions.windows(2).all(|pair| pair[0] == pair[1]);
    for condition in holding {
        if let Some(version) = &condition.facts.release {
            condition.cause = format!("release {version}");
        } else if condition.cause.starts_with("third party") {
        } else if let Some(region) = &condition.facts.region
            && one_region
            && config.regions.len() > 1
        {
            condition.cause = format!("{} in {region}", condition.cause);
        }
    }
}

fn ended(alert: &AlertRow, nights: &Nights, night: Date, lane: &mut LaneB) {
    let condition = Condition {
        key: alert.key.clone(),
        lane: alert.lane,
        cause: String::new(),
        what: alert.what.clone(),
        detail: String::new(),
        facts: alert.facts.clone(),
    };
    if alerts::is_over(&condition, nights) == Some(true) {
        lane.over.push(alert.key.clone());
        return;
    }
    let since: Option<Date> = alert.facts.since.as_ref().and_then(|s| s.parse().ok());
    let days = since
        .and_then(|s| s.until(night).ok())
        .map(|s| s.get_days());
    if days.is_some_and(|d| d >= USUAL_DAYS) {
        let why = format!("not sent: {USUAL_DAYS} days old, it is the usual level now");
        lane.closed.push((alert.id, why));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::analysis::trend::{Budget, Group, Nightly, p_star};

    /// Three nights of ten sites with so many groups, the first site ours.
    fn nights(groups: usize) -> Nights {
        let night = |target: usize, day: i8| Nightly {
            night: jiff::civil::date(2026, 10, day),
            target: format!("t{target}"),
            n: 5,
            x: 7.6,
        };
        let of = || (0..10).flat_map(|t| (1..=3).map(move |d| (t, d)));
        let of = || of().map(|(t, d)| night(t, d)).collect();
        let group = |g: usize| Group {
            page: format!("p{g}"),
            region: "r".to_owned(),
            profile: "f".to_owned(),
        };
        (0..groups)
            .map(|g| (group(g), of()))
            .collect::<BTreeMap<_, _>>()
    }

    fn limit(false_a_month: f64, nights: &Nights) -> f64 {
        let a_month = budget(false_a_month, nights, &["t0"]);
        let series = 10 * nights.len();
        p_star(Budget { series, a_month }).0
    }

    #[test]
    fn a_smaller_budget_of_false_alarms_is_a_smaller_limit_on_p() {
        let nights = nights(4);
        let limits = [1.0, 0.3, 0.1, 0.05].map(|b| limit(b, &nights));
        assert!(limits.windows(2).all(|w| w[0] > w[1]), "{limits:?}");
    }

    #[test]
    fn the_budget_is_for_what_of_ours_is_told() {
        // Ten sites, of which one is ours, and half of what never was is for the better.
        assert_eq!(budget(0.5, &nights(4), &["t0"]), 10.0);
        assert_eq!(budget(0.5, &nights(4), &["t0", "t1"]), 5.0);
    }
}
