//! `outpace plan`: what a night costs us and every rival. Starts no browser, asks nobody.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::manners;
use super::table::{self, Side};
use crate::cli::{Format, Global};
use crate::config::Config;
use crate::exit::Exit;
use crate::measure::{self, Standing};
use crate::model::{Metric, VisitState, format};
use crate::plan::{self, Estimate, Known, Plan};
use crate::schedule;
use crate::store::{OpenMode, Store, StoreError, VisitFilter};

/// Flags of `plan`.
#[derive(Debug, clap::Args)]
pub struct PlanArgs {
    /// Print every visit in its order
    #[arg(long)]
    pub visits: bool,
    /// Seed of the visiting order
    #[arg(long, value_name = "HEX", value_parser = super::run::seed)]
    pub seed: Option<u64>,
}

/// The verb.
///
/// # Errors
/// Exit 2 for a wrong config.
pub fn main(global: &Global, args: &PlanArgs) -> anyhow::Result<Exit> {
    let loaded = super::load(global)?;
    let config = &loaded.config;
    let seed = args.seed.unwrap_or_else(|| rand::random::<u64>() & 0xffff);
    let plan = plan::make(config, seed);
    let now = Timestamp::now();
    let store = store(config)?;
    let standing = match &store {
        Some(store) => super::manners::standing(config, store, now)?,
        None => Standing::default(),
    };
    let measured = match &store {
        Some(store) => measured(config, store)?,
        None => BTreeMap::new(),
    };
    let known = |target: &str, page: &str| {
        let key = (target.to_owned(), page.to_owned());
        Known {
            refused: standing.refused.contains_key(&key),
            distance: host(config, target, page)
                .map(|host| measure::distance(&config.manners, &standing, host)),
            ..measured.get(&key).copied().unwrap_or_default()
        }
    };
    let estimate = plan::estimate(&plan, config, &known);
    let nights = nights_a_year(config)?;
    match global.format {
        Format::Json => {
            let mut out = as_json(&plan, &estimate, nights, args);
            out["manners"] = manners::as_json(config, &standing);
            super::say(&out.to_string())
        }
        Format::Text => {
            let lines = manners::lines(config, &standing);
            let text = as_text(config, &plan, &estimate, (nights, args, &lines));
            super::say(text.trim_end())
        }
    }
}

/// The database, if there is one yet.
fn store(config: &Config) -> anyhow::Result<Option<Store>> {
    let path = &config.project.database;
    if !path.exists() {
        return Ok(None);
    }
    match Store::open(path, OpenMode::ReadOnly) {
        // A file without anything in it yet.
        Err(StoreError::NoDatabase { .. }) => Ok(None),
        opened => Ok(Some(opened?)),
    }
}

/// Host of a page.
fn host<'c>(config: &'c Config, target: &str, page: &str) -> Option<&'c str> {
    let target = config.targets.iter().find(|t| t.id == target)?;
    target.page(page)?.url.host_str()
}

/// What earlier runs measured, by target and page kind.
fn measured(config: &Config, store: &Store) -> anyhow::Result<BTreeMap<(String, String), Known>> {
    let since = Timestamp::now() - jiff::SignedDuration::from_hours(24 * 30);
    let filter = VisitFilter {
        since: Some(since),
        ..VisitFilter::default()
    };
    let rows = store.visits(&filter, &super::zone(config)?)?;
    let mut values: BTreeMap<(String, String), (Vec<f64>, Vec<f64>)> = BTreeMap::new();
    for row in rows.iter().filter(|r| r.state == VisitState::Ok) {
        let key = (row.target.clone(), row.page.clone());
        let entry = values.entry(key).or_default();
        entry.0.extend(row.duration_ms);
        entry.1.extend(row.values.get(Metric::TransferBytes));
    }
    let known = |(durations, bytes): (Vec<f64>, Vec<f64>)| Known {
        visit: middle(durations).map(|ms| Duration::from_secs_f64(ms / 1000.0)),
        bytes: middle(bytes),
        ..Known::default()
    };
    Ok(values.into_iter().map(|(k, v)| (k, known(v))).collect())
}

/// The middle value, the lower of two: an estimate of cost needs no better.
fn middle(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len().checked_sub(1)? / 2).copied()
}

/// Nights in the next 365 days by `[schedule] nightly`, or 365.
fn nights_a_year(config: &Config) -> anyhow::Result<u32> {
    let Some(nightly) = &config.schedule.nightly else {
        return Ok(365);
    };
    let now = Timestamp::now();
    let until = now + jiff::SignedDuration::from_hours(24 * 365);
    Ok(schedule::nights(
        nightly,
        &config.project.timezone,
        now,
        until,
    )?)
}

fn as_json(plan: &Plan, estimate: &Estimate, nights: u32, args: &PlanArgs) -> serde_json::Value {
    let rivals: Vec<_> = estimate
        .rivals
        .iter()
        .map(|r| {
            json!({
                "target": r.target,
                "page_views_a_night": r.views, "bytes_a_night": r.bytes.round(),
                "page_views_a_year": r.views * nights,
                "bytes_a_year": (r.bytes * f64::from(nights)).round(),
                "bytes_assumed": r.assumed,
            })
        })
        .collect();
    let mut out = json!({
        "seed": format!("{:04x}", plan.seed), "rounds": plan.rounds, "visits": estimate.visits,
        "seconds": estimate.duration.as_secs(), "duration_assumed": estimate.assumed,
        "nights_a_year": nights, "rivals": rivals,
    });
    if args.visits {
        out["order"] = json!(plan.visits);
    }
    out
}

fn as_text(
    config: &Config,
    plan: &Plan,
    estimate: &Estimate,
    (nights, args, manners): (u32, &PlanArgs, &[String]),
) -> String {
    let assumed = |yes: bool| if yes { "about " } else { "" };
    let night = format!(
        "A night: {} ({} and a warm-up round, seed {:04x}), {}{}",
        format::count(estimate.visits.into(), "visit", "visits"),
        format::count(plan.rounds.into(), "round", "rounds"),
        plan.seed,
        assumed(estimate.assumed),
        minutes(estimate.duration),
    );
    let mut out = table::wrapped(&night) + "\n";
    out.push_str(&rivals_table(config, estimate, nights));
    let per_night = format::count(nights.into(), "night", "nights");
    out.push_str(&format!("\nA year is {per_night}.\n"));
    if estimate.assumed || estimate.rivals.iter().any(|r| r.assumed) {
        out.push_str(&table::wrapped(&format!(
            "Not measured yet, so assumed: {} a visit besides its quiet window, {} a page \
             (marked ~). After the first run the measured values are used.",
            format::span(plan::estimate::ASSUMED_VISIT.as_secs()),
            format::bytes(plan::estimate::ASSUMED_BYTES),
        )));
    }
    out.push('\n');
    for line in manners {
        out.push_str(&table::wrapped(line));
    }
    if args.visits {
        out.push('\n');
        out.push_str(&order_table(plan));
    }
    out
}

fn rivals_table(config: &Config, estimate: &Estimate, nights: u32) -> String {
    let header = [
        ("rival", Side::Left),
        ("page views a night", Side::Right),
        ("a year", Side::Right),
        ("bytes a night", Side::Right),
        ("a year", Side::Right),
    ];
    let name = |id: &str| {
        let target = config.targets.iter().find(|t| t.id == id);
        target.map_or_else(|| id.to_owned(), |t| t.name.clone())
    };
    let rows: Vec<Vec<String>> = estimate
        .rivals
        .iter()
        .map(|r| {
            let tilde = if r.assumed { "~" } else { "" };
            vec![
                name(&r.target),
                format::thousands(r.views.into()),
                format::thousands(u64::from(r.views) * u64::from(nights)),
                format!("{tilde}{}", format::bytes(r.bytes)),
                format!("{tilde}{}", format::bytes(r.bytes * f64::from(nights))),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "No rival is visited.\n".to_owned();
    }
    table::set(&header, &rows)
}

fn order_table(plan: &Plan) -> String {
    let header = [
        ("visit", Side::Right),
        ("round", Side::Left),
        ("region", Side::Left),
        ("target", Side::Left),
        ("page", Side::Left),
        ("profile", Side::Left),
    ];
    let rows: Vec<Vec<String>> = plan
        .visits
        .iter()
        .map(|v| {
            let round = if v.warm_up() {
                "warm-up".to_owned()
            } else {
                v.round.to_string()
            };
            vec![
                v.seq.to_string(),
                round,
                v.region.clone(),
                v.target.clone(),
                v.page.clone(),
                v.profile.clone(),
            ]
        })
        .collect();
    table::set(&header, &rows)
}

fn minutes(duration: Duration) -> String {
    let minutes = duration.as_secs().div_ceil(60);
    if minutes < 120 {
        format::count(minutes, "minute", "minutes")
    } else {
        format!("{} h {:02} min", minutes / 60, minutes % 60)
    }
}
