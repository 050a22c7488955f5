//! The demo's simulated year: stored once, before the first night, marked in every visit.

use anyhow::Context;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};

use super::night;
use crate::config::{self, Config};
use crate::model::{Caused, HostFacts, VisitRecord};
use crate::sites::history::{self, Story};
use crate::store::{ImportedRun, NewRelease, NewRun, OpenMode, Store};

/// Seed of the story; another would tell it with other chance.
const SEED: u64 = 0x5eed;

/// Stores the year before `tonight` where the database has no run yet. Says how many visits were
/// stored.
///
/// # Errors
/// When the database cannot be written.
pub fn store(config: &Config, tonight: Option<Date>) -> anyhow::Result<Option<u32>> {
    let zone = super::zone(config)?;
    let tonight = tonight.unwrap_or_else(|| jiff::Timestamp::now().to_zoned(zone.clone()).date());
    if let Some(folder) = config.project.database.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("could not make the folder `{}`", folder.display()))?;
    }
    let mut store = Store::open(&config.project.database, OpenMode::ReadWrite)?;
    if !store.runs()?.is_empty() {
        return Ok(None);
    }
    let story = Story {
        seed: SEED,
        targets: &config.targets,
        regions: &config.regions,
        profiles: &config.profiles,
        rounds: config.measure.rounds.max(2),
        tonight,
    };
    let hash = config::measuring_hash(config);
    let json = night::config_json(config);
    let runs: Vec<ImportedRun> = history::nights(story)
        .map(|night| imported(night, &zone, (&hash, &json)))
        .collect::<anyhow::Result<_>>()?;
    let visits = store.import_runs(runs, &config.targets)?;
    for release in history::releases(tonight) {
        mark(&mut store, &release, &zone)?;
    }
    Ok(Some(visits))
}

fn imported(
    night: history::Night,
    zone: &TimeZone,
    (hash, json): (&str, &str),
) -> anyhow::Result<ImportedRun> {
    let start = night
        .date
        .at(2, 0, 0, 0)
        .to_zoned(zone.clone())
        .with_context(|| format!("{} cannot be placed in the project's zone", night.date))?
        .timestamp();
    let mut clock = start;
    let mut records = Vec::with_capacity(night.plan.len());
    for (planned, (outcome, duration_ms)) in night.plan.iter().zip(night.outcomes) {
        records.push(VisitRecord {
            seq: planned.seq,
            started_at: clock,
            duration_ms,
            outcome,
            environment: history::ENVIRONMENT.to_owned(),
            artefacts: Vec::new(),
            caused: Caused {
                page_views: 1,
                ..Caused::default()
            },
        });
        clock += SignedDuration::from_millis(3_000);
    }
    let rounds = night.plan.iter().map(|p| p.round).max().unwrap_or(1);
    Ok(ImportedRun {
        run: NewRun {
            started_at: start,
            seed: SEED,
            config_hash: hash.to_owned(),
            config_json: json.to_owned(),
            rounds,
            host: HostFacts {
                tool: history::ENVIRONMENT.to_owned(),
                platform: history::ENVIRONMENT.to_owned(),
                ..HostFacts::default()
            },
        },
        plan: night.plan,
        records,
    })
}

/// Marks a release in the evening before the night that first has it.
fn mark(store: &mut Store, release: &history::Release, zone: &TimeZone) -> anyhow::Result<()> {
    let night = release.date.at(2, 0, 0, 0).to_zoned(zone.clone())?;
    let at = night.saturating_sub(8.hours()).timestamp();
    let release = NewRelease {
        version: release.version.to_owned(),
        at,
        commit_id: None,
        note: Some(format!("simulated: {}", release.note)),
    };
    store.mark_release(&release, at)?;
    Ok(())
}
