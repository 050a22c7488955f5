//! Both versions answer: pairs are loaded until every cell is decided.
//!
//! Each finished pair is stored, and a check that was stopped or killed goes on with the pairs
//! that it has. Order and loads are `measure::pairs`'s, the test is `analysis::check`'s.

use std::collections::BTreeMap;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use super::CheckArgs;
use super::progress::Shown;
use super::question::{Versions, own};
use super::result::{CheckResult, Explained, Line, Word};
use crate::analysis::causes::{Seen, causes};
use crate::analysis::check::{Cell, Check, Gate, Load, Options, Place};
use crate::cli::{Global, Shape};
use crate::commands::night::{self, Night};
use crate::commands::{disk, instrument, signals};
use crate::config::{self, Config};
use crate::measure::Probes;
use crate::measure::pairs::{self, Counts, Side};
use crate::model::{Calibration, Metric, Outcome, PlannedVisit, RequestFact, Target, VisitRecord};
use crate::network::HostMap;
use crate::store::{self, CheckLoad, OpenMode, Store};

/// How old an unfinished check may be to be gone on with.
const RESUME_WITHIN: SignedDuration = SignedDuration::from_hours(12);
/// What can fail a check when nothing is said.
pub(super) const GATES: [Metric; 2] = [Metric::Lcp, Metric::Ttfb];
/// What is told besides.
const ADVISORY: [Metric; 7] = [
    Metric::Fcp,
    Metric::SpeedIndex,
    Metric::Cls,
    Metric::Tbt,
    Metric::Load,
    Metric::TransferBytes,
    Metric::Requests,
];
/// The longest gap is this much of the shortest.
const GAP_STRETCH: f64 = 2.5;

pub(super) fn options(args: &CheckArgs) -> Options {
    let usual = if args.sensitive {
        Options::sensitive()
    } else {
        Options {
            preset: args.preset,
            ..Options::default()
        }
    };
    Options {
        margin: args.margin.unwrap_or(usual.margin),
        min_effect: args.min_effect.unwrap_or(usual.min_effect),
        ..usual
    }
}

pub(super) fn gates(args: &CheckArgs) -> Vec<Metric> {
    if args.metric.is_empty() {
        GATES.to_vec()
    } else {
        args.metric.clone()
    }
}

/// Everything that is the same for all pairs.
pub(super) struct Asked<'a> {
    pub(super) night: Night<'a>,
    pub(super) args: &'a CheckArgs,
    pub(super) places: Vec<Place>,
    pub(super) seed: u64,
}

pub(super) fn answer(
    (global, shape): (&Global, Shape),
    config: &Config,
    args: &CheckArgs,
    pages: &[Versions],
    result: &mut CheckResult,
) -> anyhow::Result<()> {
    let two = two_targets(config, pages)?;
    let places = places(&two, args);
    let cells = cells(&places, args);
    let question = question(&two, args, &places);
    let database = &config.project.database;
    disk::make_directory(database)?;
    let _lock = store::writer_lock(database, Timestamp::now())?;
    let mut store = Store::open(database, OpenMode::ReadWrite)?;
    let now = Timestamp::now();
    let old = if args.fresh {
        None
    } else {
        store.open_check(&question, now, RESUME_WITHIN)?
    };
    let old = old.filter(|o| args.seed.is_none_or(|s| s == o.seed));
    let (id, seed, loads) = match old {
        Some(old) => (old.id, old.seed, old.loads),
        None => {
            let seed = args.seed.unwrap_or_else(|| rand::random::<u64>() & 0xffff);
            (store.begin_check(&question, seed, now)?, seed, Vec::new())
        }
    };
    let asked = Asked {
        night: Night {
            global,
            config: &two,
            hosts: HostMap::new(),
            fresh: false,
            seed: Some(seed),
            night: None,
        },
        args,
        places,
        seed,
    };
    let mut going = Going::new(Check::new(options(args), cells), id, loads);
    let shown = Shown::new(global, shape, &asked, &going);
    let ended = crate::commands::runtime()?.block_on(go(&asked, &mut store, &mut going, &shown))?;
    shown.end();
    if ended == Ended::Stopped {
        anyhow::bail!(
            "the check was stopped after {} pairs\nhint: the same command goes on with it within \
             12 hours",
            going.loads.len() / 2
        );
    }
    let outcome = going.check.outcome();
    result.baseline = Some("interleaved".to_owned());
    result.seed = Some(format!("{seed:04x}"));
    result.site_wide = outcome.site_wide;
    result.lines = outcome.cells.iter().map(Line::of).collect();
    result.causes = explained(&result.lines, &going.loads);
    let json = serde_json::to_string(result).context("a result is plain data")?;
    store.finish_check(id, &json, Timestamp::now())?;
    Ok(())
}

/// The config with the two versions as two targets of our own, so that nothing keeps a distance
/// and both get the same latency in the lab.
fn two_targets(config: &Config, pages: &[Versions]) -> anyhow::Result<Config> {
    let own = own(config)?;
    let target = |side: Side| Target {
        id: side.name().to_owned(),
        name: side.name().to_owned(),
        pages: pages
            .iter()
            .map(|p| match side {
                Side::Baseline => p.baseline.clone(),
                Side::Candidate => p.candidate.clone(),
            })
            .collect(),
        ..own.clone()
    };
    let mut two = config.clone();
    two.targets = vec![target(Side::Baseline), target(Side::Candidate)];
    Ok(two)
}

fn places(config: &Config, args: &CheckArgs) -> Vec<Place> {
    let wanted = |given: &[String], id: &String| given.is_empty() || given.contains(id);
    let mut places = Vec::new();
    let pages = config.targets.first().map_or(&[][..], |t| &t.pages);
    for page in pages {
        for region in config
            .regions
            .iter()
            .filter(|r| wanted(&args.region, &r.id))
        {
            for profile in config
                .profiles
                .iter()
                .filter(|p| wanted(&args.profile, &p.id))
            {
                places.push(Place {
                    page: page.kind.clone(),
                    region: region.id.clone(),
                    profile: profile.id.clone(),
                });
            }
        }
    }
    places
}

fn cells(places: &[Place], args: &CheckArgs) -> Vec<Cell> {
    let gates = gates(args);
    let advisory = ADVISORY.iter().chain(&GATES).filter(|m| !gates.contains(m));
    let metrics: Vec<(Metric, Gate)> = gates
        .iter()
        .map(|m| (*m, Gate::Gating))
        .chain(advisory.map(|m| (*m, Gate::Advisory)))
        .collect();
    places
        .iter()
        .flat_map(|place| {
            metrics.iter().map(move |&(metric, gate)| Cell {
                place: place.clone(),
                metric,
                gate,
            })
        })
        .collect()
}

/// Hash of everything that the answer depends on.
fn question(two: &Config, args: &CheckArgs, places: &[Place]) -> String {
    let options = options(args);
    let parts = serde_json::json!([
        config::measuring_hash(two),
        places,
        gates(args),
        options.preset.name(),
        options.margin,
        options.min_effect,
        night::TOOL,
    ]);
    let digest = Sha256::digest(parts.to_string());
    digest.iter().map(|b| format!("{b:02x}")).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Decided,
    Stopped,
}

/// A check under way, with what is stored of it.
pub(super) struct Going {
    pub(super) check: Check,
    pub(super) id: i64,
    pub(super) loads: Vec<CheckLoad>,
    /// Next pair of each place.
    pub(super) next: BTreeMap<Place, u32>,
    /// Places that have had their warm-up in this process.
    pub(super) warm: std::collections::BTreeSet<Place>,
    /// Region id -> how fast its browser's machine is.
    calibration: BTreeMap<String, Calibration>,
}

impl Going {
    /// Adds what is stored, pair by pair in the order in which it was.
    fn new(check: Check, id: i64, loads: Vec<CheckLoad>) -> Going {
        let mut going = Going {
            check,
            id,
            loads: Vec::new(),
            next: BTreeMap::new(),
            warm: std::collections::BTreeSet::new(),
            calibration: BTreeMap::new(),
        };
        for pair in loads.chunks(2) {
            going.take(pair.to_vec());
        }
        going
    }

    fn take(&mut self, pair: Vec<CheckLoad>) {
        let Some(first) = pair.first() else { return };
        let place = Place {
            page: first.page.clone(),
            region: first.region.clone(),
            profile: first.profile.clone(),
        };
        self.next.insert(place.clone(), first.pair + 1);
        let of = |side: Side| {
            let load = pair.iter().find(|l| l.side == side.name());
            load.map_or(Load::Lost, counted)
        };
        if !first.warm_up {
            let (a, b) = (of(Side::Baseline), of(Side::Candidate));
            self.check.add(&place, &a, &b);
            self.check.advance();
        }
        self.loads.extend(pair);
    }
}

fn counted(load: &CheckLoad) -> Load {
    match load.counts.as_str() {
        "measured" => Load::Measured(Box::new(load.values.clone())),
        "failed" => Load::Failed,
        _ => Load::Lost,
    }
}

async fn go(
    asked: &Asked<'_>,
    store: &mut Store,
    going: &mut Going,
    shown: &Shown,
) -> anyhow::Result<Ended> {
    let probes = night::probe_regions(&asked.night).await?;
    going.calibration = instrument::calibrations(asked.night.config, &probes, store)?;
    let (stop, stopped) = watch::channel(false);
    let watcher = tokio::spawn(signals::watch(stop));
    let mut ended = Ended::Decided;
    'all: while !going.check.finished() {
        let wanted = going.check.wanted();
        if wanted.is_empty() && going.check.advance().is_none() {
            break;
        }
        for place in wanted {
            let Some(pair) = one_pair(asked, (store, &probes), going, &place, &stopped).await?
            else {
                ended = Ended::Stopped;
                break 'all;
            };
            store.add_pair(going.id, &pair)?;
            going.take(pair);
            shown.after(going);
        }
    }
    watcher.abort();
    Ok(ended)
}

/// Two loads, one of each version. `None`: asked to stop.
async fn one_pair(
    asked: &Asked<'_>,
    (store, probes): (&Store, &Probes),
    going: &mut Going,
    place: &Place,
    stopped: &watch::Receiver<bool>,
) -> anyhow::Result<Option<Vec<CheckLoad>>> {
    let number = going.next.get(place).copied().unwrap_or(0);
    // The first of a process: nothing is warm yet, neither here nor there.
    let warm_up = going.warm.insert(place.clone());
    let name = format!("{}/{}/{}", place.page, place.region, place.profile);
    let least = asked.args.gap;
    let gap = least..=least.mul_f64(GAP_STRETCH);
    let mut pair = Vec::new();
    for (i, side) in pairs::order(asked.seed, &name, number)
        .into_iter()
        .enumerate()
    {
        let visit = visit(asked, place, side, number * 2 + u32::from(i == 1));
        let usable = matches!(probes.get(&place.region), Some(Ok(_)));
        let record = if usable {
            if !pairs::gap(&gap, &mut stopped.clone()).await {
                return Ok(None);
            }
            let made = (u64::from(visit.seq), vec![visit]);
            let mut job = night::job(&asked.night, store, probes, made)?;
            job.calibration.clone_from(&going.calibration);
            match pairs::load(job, probes, stopped.clone()).await {
                Some(record) => record,
                None => return Ok(None),
            }
        } else {
            crate::measure::record::missed_record(&visit, "region down")
        };
        pair.push(stored(place, (number, side, warm_up), record));
    }
    Ok(Some(pair))
}

fn visit(asked: &Asked<'_>, place: &Place, side: Side, seq: u32) -> PlannedVisit {
    let target = asked.night.config.targets.iter();
    let target = target.filter(|t| t.id == side.name());
    let page = target
        .flat_map(|t| t.page(&place.page))
        .next()
        .expect("places are made of the targets' pages");
    PlannedVisit {
        seq,
        round: 1,
        target: side.name().to_owned(),
        page: place.page.clone(),
        region: place.region.clone(),
        profile: place.profile.clone(),
        url: page.url.clone(),
    }
}

fn stored(
    place: &Place,
    (pair, side, warm_up): (u32, Side, bool),
    record: VisitRecord,
) -> CheckLoad {
    let counts = match pairs::counts(&record.outcome) {
        Counts::Measured => "measured",
        Counts::Failed => "failed",
        Counts::Lost => "lost",
    };
    let body = record.artefacts.iter().find(|a| a.kind == "requests");
    let requests: Vec<RequestFact> = body
        .and_then(|a| serde_json::from_slice(&a.body).ok())
        .unwrap_or_default();
    let (measurement, reason) = match record.outcome {
        Outcome::Measured(m) => (m, None),
        Outcome::NotMeasured(f, m) => (m, Some(f.reason)),
    };
    CheckLoad {
        page: place.page.clone(),
        region: place.region.clone(),
        profile: place.profile.clone(),
        pair,
        side: side.name().to_owned(),
        warm_up,
        started_at: record.started_at,
        duration_ms: record.duration_ms,
        counts: counts.to_owned(),
        reason,
        values: measurement.values,
        attribution: measurement.attribution,
        requests,
    }
}

/// What changed, at each place where a gating metric moved.
fn explained(lines: &[Line], loads: &[CheckLoad]) -> Vec<Explained> {
    let moved = |l: &&Line| l.gating && matches!(l.verdict, Word::Regressed | Word::Improved);
    let mut all: Vec<Explained> = Vec::new();
    for line in lines.iter().filter(moved) {
        let side = |side: Side| -> Vec<Seen> {
            let of = loads.iter().filter(|l| {
                (&l.page, &l.region, &l.profile) == (&line.page, &line.region, &line.profile)
                    && l.side == side.name()
                    && l.counts == "measured"
                    && !l.warm_up
            });
            of.map(|l| Seen {
                values: l.values.clone(),
                attribution: l.attribution.clone(),
                requests: l.requests.clone(),
            })
            .collect()
        };
        let found = causes(&side(Side::Baseline), &side(Side::Candidate), line.metric);
        all.push(Explained {
            page: line.page.clone(),
            region: line.region.clone(),
            profile: line.profile.clone(),
            sentences: found.sentences(),
            causes: found,
        });
    }
    all
}
