//! After each night, and while one runs: what is worth a message, from the database.
//!
//! Brings store and `alerts` together. The service starts it as a process of its own, so that a
//! year of figures never lives in the service; outages alone are looked at by the service itself.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::digest;
use super::disk::{self, Room};
use super::schedule::view;
use super::slower::{self, LaneB};
use super::{clock, gather};
use crate::alerts::{
    self, Changes, ControlMoved, LastNight, Muted, NightMedians, Open, OwnVisit, RegionVisits,
    Setting, TargetVisits, Verdict,
};
use crate::cli::Global;
use crate::config::Config;
use crate::exit::Exit;
use crate::model::{BlackoutEffect, Budget, Condition, Lane, Role, RunRow, VisitRow, VisitState};
use crate::store::{Decided, NightRow, NightState, OpenMode, Store, VisitFilter};

/// Fewest valid visits of a target in a night whose median is held against a budget.
const LEAST_VISITS: usize = 3;

/// The hidden verb: decides after the nights that have ended since.
///
/// # Errors
/// What the database says.
pub fn main(global: &Global) -> anyhow::Result<Exit> {
    let loaded = super::load(global)?;
    let config = &loaded.config;
    let mut store = Store::open(&config.project.database, OpenMode::ReadWrite)?;
    let now = clock::now();
    let nights = store.undecided_nights()?;
    let runs = store.runs()?;
    let measured = nights.iter().rev().find_map(|n| n.run);
    let run = measured.and_then(|id| runs.iter().find(|r| r.id == id));
    let (mut holding, mut judged) = (Vec::new(), Vec::new());
    let lost = last_nights(config, &store)?;
    judged.extend(lost.iter().map(|n| format!("D:night:{}", n.plan)));
    let mut about = (Vec::new(), Vec::new(), Vec::new());
    let mut lane_b = LaneB::default();
    if let Some(run) = run {
        let rows = rows_of(config, &store, run.id)?;
        sort_out(
            alerts::outages(&own_visits(config, &rows)),
            &mut holding,
            &mut judged,
        );
        about = (
            regions(config, &rows, run, &runs),
            targets(config, &rows),
            control_moves(config, &store, (run.id, now))?,
        );
        let kinds = ["region", "browser", "calibration", "control", "blocked"];
        judged.extend(kinds.map(|kind| format!("D:{kind}")));
        for budget in &budgets(config) {
            let nights = night_medians(config, &store, budget, Some(now))?;
            if nights.last().is_some_and(|n| n.own.is_some()) {
                judged.push(alerts::budget_key(budget));
            }
            holding.extend(alerts::broken(budget, &nights));
        }
        let of_nights = |r: &&RunRow| nights.iter().any(|n| n.run == Some(r.id));
        lane_b = slower::after(config, &store, runs.iter().filter(of_nights))?;
        holding.append(&mut lane_b.holding);
        judged.append(&mut lane_b.over);
    }
    judged.push("D:disk".to_owned());
    let full = disk_is_full(config);
    holding.extend(alerts::instrument(
        &lost,
        &about.0,
        (&about.1, &about.2),
        full,
    ));
    let mut decided = settled(config, &store, (&holding, &judged), now)?;
    decided.nights = nights.iter().map(|n| n.id).collect();
    decided.logged.append(&mut lane_b.logged);
    decided.opened.append(&mut lane_b.joined);
    decided.recovered.append(&mut lane_b.closed);
    digest::add(config, &store, &mut decided, now)?;
    store.store_decision(&decided, now)?;
    Ok(Exit::Ok)
}

/// What is wrong with the disk, in a line.
fn disk_is_full(config: &Config) -> Option<String> {
    (disk::room(config) != Room::Enough).then(|| {
        let said = disk::too_full(config);
        said.lines().next().unwrap_or_default().to_owned()
    })
}

/// Outages by the run that is going on.
///
/// # Errors
/// What the database says.
pub fn outages(config: &Config, store: &mut Store, now: Timestamp) -> anyhow::Result<()> {
    let open = store.open_nights()?;
    let running = open
        .iter()
        .find(|n| n.state == NightState::Running && n.job == "night");
    let Some(run) = running.and_then(|n| n.run) else {
        return Ok(());
    };
    let rows = rows_of(config, store, run)?;
    let (mut holding, mut judged) = (Vec::new(), Vec::new());
    sort_out(
        alerts::outages(&own_visits(config, &rows)),
        &mut holding,
        &mut judged,
    );
    let decided = settled(config, store, (&holding, &judged), now)?;
    Ok(store.store_decision(&decided, now)?)
}

/// A channel does not take its messages: the others are told.
///
/// # Errors
/// What the database says.
pub fn channel_fails(
    config: &Config,
    store: &mut Store,
    condition: &Condition,
    now: Timestamp,
) -> anyhow::Result<()> {
    let key = condition.key.clone();
    if store.open_alerts()?.iter().any(|a| a.key == key) {
        return Ok(());
    }
    let decided = settled(
        config,
        store,
        (std::slice::from_ref(condition), &[key]),
        now,
    )?;
    Ok(store.store_decision(&decided, now)?)
}

/// A channel took a message.
///
/// # Errors
/// What the database says.
pub fn channel_works(
    config: &Config,
    store: &mut Store,
    channel: &str,
    now: Timestamp,
) -> anyhow::Result<()> {
    let key = format!("D:channel:{channel}");
    if !store.open_alerts()?.iter().any(|a| a.key == key) {
        return Ok(());
    }
    let decided = settled(config, store, (&[], &[key]), now)?;
    Ok(store.store_decision(&decided, now)?)
}

fn sort_out(verdicts: Vec<Verdict>, holding: &mut Vec<Condition>, judged: &mut Vec<String>) {
    for verdict in verdicts {
        match verdict {
            Verdict::Out(condition) => {
                judged.push(condition.key.clone());
                holding.push(*condition);
            }
            Verdict::Usable(key) => judged.push(key),
        }
    }
}

/// What changes against what is open, with its messages put to their channels.
fn settled(
    config: &Config,
    store: &Store,
    (holding, judged): (&[Condition], &[String]),
    now: Timestamp,
) -> anyhow::Result<Decided> {
    let zone = super::zone(config)?;
    let local = zone.to_datetime(now);
    let blackout =
        crate::schedule::covering(&config.schedule.blackouts, BlackoutEffect::Alerts, local);
    let mutes: Vec<Muted> = store
        .mutes(now)?
        .into_iter()
        .map(|m| Muted {
            why: format!("{} until {}", m.reason, m.until),
            pattern: m.pattern,
        })
        .collect();
    let open: Vec<Open> = store.open_alerts()?.into_iter().map(open).collect();
    let setting = Setting {
        project: &config.project.name,
        now,
        next_look: view::next_night(config, now)?,
        mutes: &mutes,
        blackout: blackout.map(|b| b.name.as_str()),
    };
    // A key, or a family of keys: `A:home` is not `A:home-sale`.
    let is_judged = |key: &str| {
        let mut rest = judged.iter().filter_map(|j| key.strip_prefix(j.as_str()));
        rest.any(|r| r.is_empty() || r.starts_with(':'))
    };
    let changes = alerts::settle(&open, holding, &is_judged, &setting);
    Ok(stored(config, changes))
}

fn open(row: crate::store::AlertRow) -> Open {
    let cause = view::cause(&row.key);
    Open {
        id: row.id,
        condition: Condition {
            cause,
            key: row.key,
            lane: row.lane,
            detail: row.what.clone(),
            what: row.what,
            facts: row.facts,
        },
        told: row.told,
    }
}

fn stored(config: &Config, changes: Changes) -> Decided {
    let messages = changes.messages.into_iter().map(|m| {
        let channels = view::channels_for(config, &m);
        (m, channels)
    });
    Decided {
        opened: changes.opened,
        told_late: changes.told_late,
        recovered: changes.recovered,
        messages: messages.collect(),
        ..Decided::default()
    }
}

fn rows_of(config: &Config, store: &Store, run: i64) -> anyhow::Result<Vec<VisitRow>> {
    let filter = VisitFilter {
        run: Some(run),
        ..VisitFilter::default()
    };
    Ok(store.visits(&filter, &super::zone(config)?)?)
}

fn own_visits(config: &Config, rows: &[VisitRow]) -> Vec<OwnVisit> {
    let own = |id: &str| {
        config
            .targets
            .iter()
            .any(|t| t.id == id && t.role == Role::Own)
    };
    let mut visits: Vec<&VisitRow> = rows.iter().filter(|r| own(&r.target)).collect();
    visits.sort_by_key(|r| r.started_at);
    visits
        .into_iter()
        .map(|r| OwnVisit {
            id: r.id,
            target: r.target.clone(),
            page: r.page.clone(),
            region: r.region.clone(),
            round: r.round,
            state: r.state,
            reason: r.reason.clone(),
            at: r.started_at.map_or_else(String::new, |t| t.to_string()),
            run: r.run,
        })
        .collect()
}

/// The newest ended start of every plan.
fn last_nights(config: &Config, store: &Store) -> anyhow::Result<Vec<LastNight>> {
    let rows = store.last_nights(500)?;
    let ended = |plan: &str| -> Option<LastNight> {
        let of = |n: &&NightRow| n.job == "night" && n.plan == plan;
        let row = rows.iter().filter(of).find(|n| view::tells(n))?;
        Some(LastNight {
            plan: plan.to_owned(),
            local: row.local.to_string(),
            lost: view::lost(row),
        })
    };
    let plans = config.night_plans();
    Ok(plans.iter().filter_map(|p| ended(&p.id)).collect())
}

fn regions(config: &Config, rows: &[VisitRow], run: &RunRow, runs: &[RunRow]) -> Vec<RegionVisits> {
    let before = runs
        .iter()
        .find(|r| r.id < run.id && r.config_hash == run.config_hash);
    let of = |region: &crate::model::Region| {
        let mine = || rows.iter().filter(|r| r.region == region.id);
        let down = mine().filter(|r| {
            let reason = r.reason.as_deref().unwrap_or_default();
            r.state == VisitState::Missed && reason.starts_with("region down")
        });
        let browser = |run: &RunRow| run.host.browsers.get(&region.id).cloned();
        let calibrated = |run: &RunRow| run.host.calibration.get(&region.id).copied();
        RegionVisits {
            region: region.id.clone(),
            planned: u32::try_from(mine().count()).unwrap_or(u32::MAX),
            down: u32::try_from(down.count()).unwrap_or(u32::MAX),
            browsers: browser(run).zip(before.and_then(browser)),
            calibrations: calibrated(run).zip(before.and_then(calibrated)),
        }
    };
    config.regions.iter().map(of).collect()
}

fn control_moves(
    config: &Config,
    store: &Store,
    run: (i64, Timestamp),
) -> anyhow::Result<Vec<ControlMoved>> {
    let moves = super::control::moves(config, store, run)?;
    let moved = moves.iter().map(|moved| ControlMoved {
        region: moved.region.clone(),
        profile: moved.profile.clone(),
        what: super::control::said(moved),
    });
    Ok(moved.collect())
}

fn targets(config: &Config, rows: &[VisitRow]) -> Vec<TargetVisits> {
    let of = |target: &crate::model::Target| {
        let made = rows
            .iter()
            .filter(|r| r.target == target.id && r.state != VisitState::Missed);
        let blocked = made.clone().filter(|r| r.state == VisitState::Blocked);
        TargetVisits {
            target: target.id.clone(),
            made: u32::try_from(made.count()).unwrap_or(u32::MAX),
            blocked: u32::try_from(blocked.count()).unwrap_or(u32::MAX),
        }
    };
    config.targets.iter().map(of).collect()
}

/// Every budget, page by page.
#[must_use]
pub fn budgets(config: &Config) -> Vec<Budget> {
    let own = config.targets.iter().filter(|t| t.role == Role::Own);
    let kinds: Vec<&String> = own.flat_map(|t| &t.pages).map(|p| &p.kind).collect();
    let mut all = Vec::new();
    for budget in &config.budgets {
        match budget.page {
            Some(_) => all.push(budget.clone()),
            None => all.extend(kinds.iter().map(|kind| Budget {
                page: Some((*kind).clone()),
                ..budget.clone()
            })),
        }
    }
    all
}

/// Medians by night for a budget: the 31 nights up to `until`, or all there are.
///
/// # Errors
/// What the database says.
pub fn night_medians(
    config: &Config,
    store: &Store,
    budget: &Budget,
    until: Option<Timestamp>,
) -> anyhow::Result<Vec<NightMedians>> {
    let zone = super::zone(config)?;
    let filter = VisitFilter {
        since: until.map(|u| u - SignedDuration::from_hours(24 * 32)),
        ..VisitFilter::default()
    };
    let page = budget.page.as_deref().unwrap_or_default();
    let scope = gather::scope(config, page);
    let regions = match &budget.region {
        Some(region) => vec![region.clone()],
        None => scope.regions.clone(),
    };
    let profile = budget.profile.clone().unwrap_or(scope.profile);
    let mut nights: BTreeMap<_, BTreeMap<String, Vec<f64>>> = BTreeMap::new();
    for row in store.visits(&filter, &zone)? {
        let fits = row.page == page && row.profile == profile;
        if !fits || !regions.contains(&row.region) || !row.counts() {
            continue;
        }
        let night = nights.entry(row.night).or_default();
        if let Some(value) = row.value(budget.metric) {
            night.entry(row.target).or_default().push(value);
        }
    }
    let home = &config.project.home_market;
    let reference = config.project.reference.as_deref();
    let ids = |role: Role| {
        let fits = config.targets.iter().filter(move |t| t.role == role);
        fits.filter(move |t| role == Role::Own || &t.market != home)
    };
    Ok(nights
        .into_iter()
        .map(|(night, of)| NightMedians {
            night: night.to_string(),
            own: ids(Role::Own).find_map(|t| middle(of.get(&t.id)?)),
            best: reference.and_then(|id| middle(of.get(id)?)).or_else(|| {
                let all = ids(Role::Rival).filter_map(|t| middle(of.get(&t.id)?));
                all.min_by(f64::total_cmp)
            }),
        })
        .collect())
}

fn middle(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    match sorted.len() {
        n if n < LEAST_VISITS => None,
        n if n % 2 == 1 => Some(sorted[half]),
        _ => Some(f64::midpoint(sorted[half - 1], sorted[half])),
    }
}

/// Channels that take a lane, by config.
#[must_use]
pub fn lane_channels(config: &Config, lane: Lane) -> Vec<String> {
    let fits = config.channels.iter().filter(|c| c.lanes.contains(&lane));
    fits.map(|c| c.id.clone()).collect()
}
