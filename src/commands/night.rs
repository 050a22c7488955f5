//! One night: config, store, plan, browsers and progress brought together. `run` and `demo` use it.

use std::collections::BTreeMap;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{mpsc, watch};

use super::book::Book;
pub use super::book::Ended;
use super::clock;
use super::control;
use super::disk::{self, Room};
use super::failure::Failure;
use super::instrument::{calibrations, environments, host_facts};
use super::lines;
use super::progress::{Progress, Style};
use super::signals;
use crate::cli::Global;
use crate::config::{self, Config};
use crate::measure::probe::Surroundings;
use crate::measure::{self, Job, Probes, RunEvent, probe};
use crate::model::{
    DriverEndpoint, HostFacts, HostStop, PlannedVisit, Region, Secrets, Target, format,
};
use crate::network::HostMap;
use crate::plan;
use crate::store::{self, NewRun, OpenMode, Store};

/// How old an unfinished run may be to be gone on with.
const RESUME_WITHIN: SignedDuration = SignedDuration::from_hours(12);
/// Version of outpace, in the user agent and in environment ids.
pub const TOOL: &str = env!("CARGO_PKG_VERSION");

/// What to measure, and how.
#[derive(Debug)]
pub struct Night<'a> {
    /// Global flags.
    pub global: &'a Global,
    /// What `targets.toml` means.
    pub config: &'a Config,
    /// Where the demo's sites really listen.
    pub hosts: HostMap,
    /// Whether an interrupted run is left behind.
    pub fresh: bool,
    /// Seed of the order; drawn when absent.
    pub seed: Option<u64>,
    /// The night of the schedule that this is; its service watches over it.
    pub night: Option<i64>,
}

/// A run that is stored and has visits left.
pub(super) struct Begun {
    pub(super) id: i64,
    pub(super) seed: u64,
    pub(super) remaining: Vec<PlannedVisit>,
    /// What measures, as stored.
    pub(super) host: HostFacts,
    /// Region id -> (planned, done before).
    pub(super) extent: BTreeMap<String, (u64, u64)>,
}

/// Measures a night. Every finished visit is stored at once, in a transaction of its own.
///
/// # Errors
/// When the database cannot be used, or no region has a browser.
pub fn measure(night: &Night<'_>) -> anyhow::Result<Ended> {
    let started = std::time::Instant::now();
    let database = &night.config.project.database;
    disk::make_directory(database)?;
    let _lock = store::writer_lock(database, Timestamp::now())?;
    let mut store = Store::open(database, OpenMode::ReadWrite)?;
    disk::make_room(night.config, &mut store, clock::now())?;
    if disk::room(night.config) == Room::None {
        anyhow::bail!("{}", disk::too_full(night.config));
    }
    // The service was killed between the end of the run and noting it.
    if let Some(night) = night.night
        && let Some(run) = store.finished_run_of_night(night)?
    {
        return Ok(Ended {
            run,
            ..Ended::default()
        });
    }
    let runtime = super::runtime()?;
    let mut ended = runtime.block_on(async {
        let around = surroundings(night)?;
        let probes = probe_regions(night).await?;
        let now = Timestamp::now();
        super::manners::refresh_robots(night.config, &night.hosts, &mut store, now).await?;
        let lines = lines::probe(night).await?;
        let calibration = calibrations(night.config, &probes, &store)?;
        let facts = host_facts(night.config, &probes, lines, calibration);
        let begun = begin(night, &mut store, facts)?;
        carry_out(night, &mut store, (&probes, around), begun).await
    })?;
    if ended.left == 0 {
        for mark in control::marks(night.config, &store, ended.run)? {
            if !night.global.quiet {
                note!("warning: {mark}; the run is marked");
            }
            store.add_mark(ended.run, &mark)?;
        }
        if let Some(load) = measure::calm::load_average() {
            store.note_load_after(ended.run, load)?;
        }
        store.finish_run(ended.run, clock::now())?;
        store.ease_hosts(ended.run)?;
    }
    ended.seconds = started.elapsed().as_secs();
    Ok(ended)
}

fn surroundings(night: &Night<'_>) -> anyhow::Result<Surroundings> {
    Ok(Surroundings {
        alone: true,
        ..super::surroundings(night.hosts.clone(), night.config)?
    })
}

/// Tries every region's browser; at least one must answer.
pub(super) async fn probe_regions(night: &Night<'_>) -> anyhow::Result<Probes> {
    let around = surroundings(night)?;
    let probes = probe::all(&night.config.regions, &around).await;
    if probes.values().all(Result::is_err) {
        let first = probes.values().find_map(|p| p.as_ref().err());
        let why = first.map_or("there is no region", String::as_str);
        return Err(Failure::Unavailable(format!("no region has a browser: {why}")).into());
    }
    Ok(probes)
}

/// Goes on with an interrupted run of the same config, or stores a new one with its plan.
fn begin(night: &Night<'_>, store: &mut Store, host: HostFacts) -> anyhow::Result<Begun> {
    let hash = config::measuring_hash(night.config);
    let now = clock::now();
    let found = match night.night {
        _ if night.fresh => None,
        Some(id) => store.run_of_night(id, &hash, now)?,
        None => store.find_resumable(&hash, now, RESUME_WITHIN)?,
    };
    if let Some(old) = found {
        if night.seed.is_some_and(|s| s != old.seed) && !night.global.quiet {
            note!(
                "run {} goes on in the order of its own seed; `--fresh` begins anew",
                old.id
            );
        }
        store.set_host_facts(old.id, &host)?;
        let mut extent = extent(&plan::make(night.config, old.seed).visits);
        for (region, (planned, done)) in &mut extent {
            let left = old.remaining.iter().filter(|v| &v.region == region).count() as u64;
            *done = planned.saturating_sub(left);
        }
        announce(night, old.id, old.seed, Some(old.done));
        return Ok(Begun {
            id: old.id,
            seed: old.seed,
            remaining: old.remaining,
            host,
            extent,
        });
    }
    let lost = (hash.as_str(), now - RESUME_WITHIN);
    store.abandon_unfinished(lost, "abandoned: a newer run was begun", now)?;
    // Short enough to be read out and typed.
    let seed = night.seed.unwrap_or_else(|| rand::random::<u64>() & 0xffff);
    let secrets = &night.config.secrets;
    let mut plan = plan::make(night.config, seed);
    for visit in &mut plan.visits {
        // The address that is loaded is the config's; this one is stored.
        if let Ok(clean) = secrets.clean(visit.url.as_str()).parse() {
            visit.url = clean;
        }
    }
    let new = NewRun {
        started_at: now,
        seed,
        config_hash: hash,
        config_json: secrets.clean(&config_json(night.config)).into_owned(),
        rounds: plan.rounds,
        host: host.clone(),
    };
    let targets: Vec<Target> = night.config.visited().cloned().collect();
    let id = match night.night {
        Some(of) => store.begin_night_run(&new, &plan.visits, &targets, of)?,
        None => store.begin_run(&new, &plan.visits, &targets)?,
    };
    announce(night, id, seed, None);
    Ok(Begun {
        id,
        seed,
        host,
        extent: extent(&plan.visits),
        remaining: plan.visits,
    })
}

/// The config as it is stored: endpoints without their secrets.
pub fn config_json(config: &Config) -> String {
    let mut copy = config.clone();
    for region in &mut copy.regions {
        if let crate::model::DriverEndpoint::Remote(url) = &mut region.driver {
            // Both fail only for URLs that can hold neither.
            let _ = url.set_password(None);
            let _ = url.set_username("");
            url.set_query(None);
        }
        region.capabilities.clear();
    }
    serde_json::to_string(&copy).expect("a config is plain data")
}

fn extent(visits: &[PlannedVisit]) -> BTreeMap<String, (u64, u64)> {
    let mut extent = BTreeMap::new();
    for visit in visits {
        extent.entry(visit.region.clone()).or_insert((0, 0)).0 += 1;
    }
    extent
}

fn announce(night: &Night<'_>, run: i64, seed: u64, done: Option<u32>) {
    if night.global.quiet || Style::of(night.global) == Style::Json {
        return;
    }
    let config = night.config;
    let pages: std::collections::BTreeSet<&str> = config
        .targets
        .iter()
        .flat_map(|t| t.pages.iter().map(|p| p.kind.as_str()))
        .collect();
    let rounds = format::count(u64::from(config.measure.rounds) + 1, "round", "rounds");
    let counted = |n: usize, one, many| format::count(n as u64, one, many);
    let goes_on = done.map_or(String::new(), |n| format!("\n goes on after {n} visits"));
    note!(
        "Run {run} · {} x {} x {} · {rounds} · seed {seed:04x}{goes_on}",
        counted(config.targets.len(), "target", "targets"),
        counted(pages.len(), "page", "pages"),
        counted(config.regions.len(), "region", "regions"),
    );
}

async fn carry_out(
    night: &Night<'_>,
    store: &mut Store,
    (probes, around): (&Probes, Surroundings),
    mut begun: Begun,
) -> anyhow::Result<Ended> {
    let style = Style::of(night.global);
    let mut ended = Ended {
        run: begun.id,
        left: u32::try_from(begun.remaining.len()).unwrap_or(u32::MAX),
        ..Ended::default()
    };
    miss_regions(night, store, probes, &begun, &mut ended)?;
    // Moved, not copied: a thousand sessions have tens of thousands of visits before them.
    let mut visits = std::mem::take(&mut begun.remaining);
    visits.retain(|v| can_be_made(v, night.config, probes));
    let mut job = job(night, store, probes, (begun.seed, visits))?;
    job.late = Some(around);
    job.calibration.clone_from(&begun.host.calibration);
    let mut book = Book {
        config: night.config,
        store,
        progress: Progress::new(
            style,
            &night.config.targets,
            &night.config.regions,
            &begun.extent,
        ),
        ended,
        probes: probes.clone(),
        host: begun.host,
        late: BTreeMap::new(),
    };
    let (events, mut told) = mpsc::channel(1);
    let (stop, stopped) = watch::channel(false);
    if night.night.is_some() {
        signals::watch_service(stop.clone());
    }
    let watcher = tokio::spawn(signals::watch(stop));
    let mut stopping = stopped.clone();
    let probes_of_run = probes.clone();
    let run = tokio::spawn(async move { measure::run(job, &probes_of_run, events, stopped).await });
    let mut result = Ok(());
    while result.is_ok() {
        tokio::select! {
            event = told.recv() => match event {
                Some(mut event) => {
                    clean(&night.config.secrets, &mut event);
                    result = book.take(event);
                }
                None => break,
            },
            // Once: afterwards the channel is closed or never changes again.
            Ok(()) = stopping.changed() => {
                book.progress.say("stopping after the visits in hand; Ctrl-C once more stops at once");
            }
        }
    }
    drop(told);
    book.progress.end();
    run.await.context("the runner ended unexpectedly")?;
    watcher.abort();
    result.map(|()| book.ended)
}

/// Whether the region of a visit has a browser, or may have one yet.
fn can_be_made(visit: &PlannedVisit, config: &Config, probes: &Probes) -> bool {
    let mut regions = config.regions.iter();
    let region = regions.find(|r| r.id == visit.region);
    region.is_some_and(|r| may_come(r, probes) || matches!(probes.get(&r.id), Some(Ok(_))))
}

/// Whether a region gave no browser and may give one yet: a Grid may come up, this machine gets
/// none by waiting.
fn may_come(region: &Region, probes: &Probes) -> bool {
    matches!(region.driver, DriverEndpoint::Remote(_))
        && matches!(probes.get(&region.id), Some(Err(_)))
}

/// Takes the config's secrets out of what is about to be stored and shown.
fn clean(secrets: &Secrets, event: &mut RunEvent) {
    match event {
        RunEvent::Started(_) | RunEvent::RegionBack { .. } => {}
        RunEvent::HostStopped(HostStop { reason, .. }) | RunEvent::RegionDown { reason, .. } => {
            *reason = secrets.clean(reason).into_owned();
        }
        RunEvent::Finished(_, record) => secrets.clean_record(record),
    }
}

/// Visits of regions whose browser did not answer and will not are missed, with the reason.
fn miss_regions(
    night: &Night<'_>,
    store: &mut Store,
    probes: &Probes,
    begun: &Begun,
    ended: &mut Ended,
) -> anyhow::Result<()> {
    for region in &night.config.regions {
        let Some(Err(why)) = probes.get(&region.id) else {
            continue;
        };
        if may_come(region, probes) {
            continue;
        }
        let line = why.lines().next().unwrap_or_default();
        let line = night.config.secrets.clean(line);
        let of_region = begun.remaining.iter().filter(|v| v.region == region.id);
        let seqs: Vec<u32> = of_region.map(|v| v.seq).collect();
        let missed = store.miss_visits(begun.id, &seqs, &format!("region down: {line}"))?;
        ended.missed += missed;
        ended.left -= missed;
        ended.down.insert(region.id.clone(), line.into_owned());
    }
    Ok(())
}

/// What the runner is to do.
pub(super) fn job(
    night: &Night<'_>,
    store: &Store,
    probes: &Probes,
    (seed, visits): (u64, Vec<PlannedVisit>),
) -> anyhow::Result<Job> {
    let config = night.config;
    Ok(Job {
        targets: config
            .visited()
            .map(|t| (t.id.clone(), t.clone()))
            .collect(),
        regions: config.regions.clone(),
        profiles: config
            .profiles
            .iter()
            .map(|p| (p.id.clone(), p.clone()))
            .collect(),
        measure: config.measure.clone(),
        manners: config.manners.clone(),
        contact: config.project.contact.clone(),
        tool: TOOL.to_owned(),
        visits,
        standing: super::manners::standing(config, store, Timestamp::now())?,
        blocked: super::manners::blocked(config),
        usual: super::manners::usual(store)?,
        seed,
        owner: super::owner(config),
        late: None,
        served_here: !night.hosts.is_empty(),
        calibration: BTreeMap::new(),
        environments: environments(config, probes),
    })
}
