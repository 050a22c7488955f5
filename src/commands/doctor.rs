//! `outpace doctor`: is everything there that a night needs?
//!
//! Config, database, browser and driver of this machine, every region's browser, and how far each
//! target is from there. It measures nothing and loads no page of a target: from this machine it
//! only connects; a browser elsewhere asks for robots.txt.

use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::json;
use url::Url;

use super::night::TOOL;
use super::table::{self, Side};
use super::{doctor_database, gather, slower};
use crate::analysis::trend::NIGHT_FROM;
use crate::browser::capabilities::user_agent;
use crate::browser::driver::major;
use crate::cli::{Format, Global};
use crate::config::Config;
use crate::exit::Exit;
use crate::measure::probe::Afar;
use crate::measure::survey::{Questions, Survey};
use crate::measure::{self, Probed, probe, survey};
use crate::model::{Device, DriverEndpoint, Region, Role, format};
use crate::network::HostMap;
use crate::store::{self, OpenMode, Store};

/// Flags of `doctor`.
#[derive(Debug, Clone, clap::Args)]
pub struct DoctorArgs {
    /// Look at the database alone, or at this FILE: whole? how large, how fast does it grow?
    // The same id as the flag that every verb knows: a FILE is taken by both.
    #[arg(id = "database", long = "database", value_name = "FILE", num_args = 0..=1)]
    pub database: Option<Option<PathBuf>>,
}

/// One thing that was looked at.
struct Finding {
    what: String,
    sound: bool,
    says: String,
    /// Milliseconds, where it is a time.
    ms: Option<f64>,
}

impl Finding {
    fn of(what: impl Into<String>, result: Result<String, String>) -> Self {
        let (sound, says) = match result {
            Ok(says) => (true, says),
            Err(says) => (false, says),
        };
        Finding {
            what: what.into(),
            sound,
            says,
            ms: None,
        }
    }

    /// A time, and what is to be said of it.
    fn time(what: String, ms: Result<f64, String>, how: &str) -> Self {
        let said = ms.clone().map(|ms| format!("{ms:.1} ms{how}"));
        Finding {
            ms: ms.ok(),
            ..Finding::of(what, said)
        }
    }
}

/// The verb.
///
/// # Errors
/// Exit 2 for a wrong config.
pub fn main(global: &Global, args: &DoctorArgs) -> anyhow::Result<Exit> {
    if args.database.is_some() {
        return doctor_database::main(global);
    }
    let loaded = super::load(global)?;
    let config = &loaded.config;
    let targets = format!("{} targets", config.targets.len());
    let mut findings = vec![
        Finding::of(global.config.display().to_string(), Ok(targets)),
        Finding::of("database", database(config)),
        Finding::of("report", language(config)),
    ];
    if let Err(too_few) = alerts(config) {
        findings.push(Finding::of("alerts", Err(too_few)));
    }
    for (region, probed, survey) in regions(config)? {
        let afar = probed.as_ref().ok().and_then(|p| p.afar.clone());
        let says = probed.map(|p| format!("{}, driver {}", p.browser, p.driver_version));
        findings.push(Finding::of(format!("region {}", region.id), says));
        if let Some(afar) = afar {
            findings.extend(afar_findings(&region.id, &afar, region.sessions.max(1)));
        }
        findings.extend(way_findings(config, region, survey));
    }
    say(global, &findings)?;
    let region_down = findings
        .iter()
        .any(|f| !f.sound && f.what.starts_with("region "));
    Ok(match (region_down, findings.iter().all(|f| f.sound)) {
        (true, _) => Exit::Unavailable,
        (false, true) => Exit::Ok,
        (false, false) => Exit::Unexpected,
    })
}

/// Clocks that differ by more make a night's visits look as if made at another time.
const CLOCK_MS: f64 = 2_000.0;

/// What a remote region has besides a browser, and what a night would miss there.
fn afar_findings(region: &str, afar: &Afar, sessions: u32) -> Vec<Finding> {
    let devtools = afar.devtools.clone().ok_or_else(|| {
        "does not answer, so there is no network log, no slowed CPU and no shaped line\n\
         hint: use Chrome or Chromium with ChromeDriver there"
            .to_owned()
    });
    let clock = match afar.clock_ms {
        None => Err("did not say what time it is".to_owned()),
        Some(ms) if ms.abs() > CLOCK_MS => Err(format!(
            "{ms:.0} ms ahead of ours\nhint: let a time service set both clocks"
        )),
        Some(ms) => Ok(format!("{ms:.0} ms ahead of ours")),
    };
    let mut findings = vec![
        Finding::of(format!("region {region}: DevTools"), devtools),
        Finding::of(format!("region {region}: clock"), clock),
    ];
    if let Some(grid) = &afar.grid {
        let slots = format!(
            "{} up, {} down or draining; {}, {} in use; we take {sessions}",
            format::count(grid.nodes as u64, "node", "nodes"),
            grid.nodes_out,
            format::count(grid.slots as u64, "slot", "slots"),
            grid.sessions.len(),
        );
        let enough = grid.slots as u64 >= u64::from(sessions);
        findings.push(Finding::of(
            format!("region {region}: Grid"),
            if enough {
                Ok(slots)
            } else {
                Err(format!("{slots}\nhint: lower `sessions`, or add nodes"))
            },
        ));
    }
    findings
}

/// By which address a region goes out, and how far each target is.
fn way_findings(config: &Config, region: &Region, survey: Survey) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(egress) = survey.egress {
        findings.push(Finding::of(
            format!("region {}: goes out as", region.id),
            egress,
        ));
    }
    let how = match (&region.driver, &region.proxy) {
        (DriverEndpoint::Remote(_), _) => " to connect, one try by its browser",
        (DriverEndpoint::Local, Some(_)) => " to connect through its proxy, median of 5",
        (DriverEndpoint::Local, None) => " to connect, median of 5",
    };
    for (target, trip) in config.targets.iter().zip(survey.trips) {
        let added = measure::site::added_rtt(region, target).as_millis();
        let how = match added {
            0 => how.to_owned(),
            added => format!("{how}; {added} ms of the lab come on top"),
        };
        let what = format!("target {} from {}", target.id, region.id);
        findings.push(Finding::time(what, trip, &how));
    }
    findings
}

/// The language of the report.
fn language(config: &Config) -> Result<String, String> {
    let language = gather::language(config).map_err(|error| format!("{error:#}"))?;
    Ok(format!("written in `{}`", language.tag()))
}

/// Whether the false alerts allowed are more than so many series have anyway.
fn alerts(config: &Config) -> Result<(), String> {
    let own = config.targets.iter().filter(|t| t.role == Role::Own);
    let pages: usize = own.map(|t| t.pages.len()).sum();
    let series = pages * config.regions.len() * config.profiles.len();
    let (least, asked) = (slower::least_budget(series), config.alerts.false_a_month);
    let rounds = config.measure.rounds;
    if rounds < NIGHT_FROM && !config.channels.is_empty() {
        return Err(format!(
            "with {} a night nobody is told that our site became slower: that takes {NIGHT_FROM} valid \
             visits\nhint: `rounds` of [measure], best with one or two to spare",
            format::count(rounds.into(), "round", "rounds")
        ));
    }
    if asked >= least {
        return Ok(());
    }
    let least = (least * 100.0).ceil() / 100.0;
    Err(format!(
        "{asked} false a month cannot be kept with {}: about {least} are to be expected\n         hint: `[alerts] false_a_month = {least}`, or fewer pages, regions or profiles",
        format::count(series as u64, "series of ours", "series of ours")
    ))
}

/// Opens the database as a run would, and checks it whole.
fn database(config: &Config) -> Result<String, String> {
    let path = &config.project.database;
    if !path.exists() {
        return Ok(format!(
            "not there yet, the first run makes it: {}",
            path.display()
        ));
    }
    let check = || -> Result<usize, store::StoreError> {
        let _lock = store::writer_lock(path, Timestamp::now())?;
        let store = Store::open(path, OpenMode::ReadWrite)?;
        store.integrity_check()?;
        Ok(store.runs()?.len())
    };
    match check() {
        Ok(runs) => Ok(format!(
            "sound, {}: {}",
            format::count(runs as u64, "run", "runs"),
            path.display()
        )),
        Err(error) => Err(error.to_string()),
    }
}

/// A region, its browser, and its ways.
type Found<'a> = (&'a Region, Result<Probed, String>, Survey);

/// Tries every region, and asks those that answer for their ways.
fn regions(config: &Config) -> anyhow::Result<Vec<Found<'_>>> {
    let mut around = super::surroundings(HostMap::new(), config)?;
    // Not the name of a run's sessions: one may be under way.
    around.owner.push_str(" doctor");
    let runtime = super::runtime()?;
    let sites: Vec<Url> = config
        .targets
        .iter()
        .filter_map(|t| t.pages.first().map(|p| p.url.clone()))
        .collect();
    Ok(runtime.block_on(async {
        let probes = probe::all(&config.regions, &around).await;
        let mut all = Vec::new();
        for region in &config.regions {
            let Some(probed) = probes.get(&region.id).cloned() else {
                continue;
            };
            let survey = match &probed {
                Err(_) => Survey::default(),
                Ok(probed) => {
                    let version = major(&probed.browser_version);
                    let contact = &config.project.contact;
                    let questions = Questions {
                        egress: config.project.egress.as_ref(),
                        sites: &sites,
                        user_agent: &user_agent(version, &Device::Desktop, TOOL, contact),
                        owner: &around.owner,
                    };
                    survey::ask(region, probed, questions).await
                }
            };
            all.push((region, probed, survey));
        }
        probe::stop(&probes).await;
        all
    }))
}

fn say(global: &Global, findings: &[Finding]) -> anyhow::Result<Exit> {
    if global.format == Format::Json {
        let all: Vec<_> = findings
            .iter()
            .map(|f| json!({ "what": f.what, "sound": f.sound, "says": f.says, "ms": f.ms }))
            .collect();
        return super::say(&json!(all).to_string());
    }
    let header = [("", Side::Left), ("", Side::Left), ("", Side::Left)];
    let rows: Vec<Vec<String>> = findings
        .iter()
        .map(|f| {
            let word = if f.sound { "ok" } else { "LACKS" };
            let first = f.says.lines().next().unwrap_or_default();
            vec![word.to_owned(), f.what.clone(), first.to_owned()]
        })
        .collect();
    let table = table::set(&header, &rows);
    let body: Vec<&str> = table.lines().skip(2).collect();
    super::say(&body.join("\n"))?;
    for finding in findings.iter().filter(|f| !f.sound) {
        super::say(&format!("\n{}: {}", finding.what, finding.says))?;
    }
    Ok(Exit::Ok)
}
