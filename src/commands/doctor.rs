//! `outpace doctor`: is everything there that a night needs?
//!
//! Config, database, browser and driver of this machine, and every region's browser. It measures
//! nothing and visits no target.

use jiff::Timestamp;
use serde_json::json;

use super::table::{self, Side};
use crate::cli::{Format, Global};
use crate::config::Config;
use crate::exit::Exit;
use crate::measure::{Probes, probe};
use crate::model::format;
use crate::network::HostMap;
use crate::store::{self, OpenMode, Store};

/// One thing that was looked at.
struct Finding {
    what: String,
    sound: bool,
    says: String,
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
        }
    }
}

/// The verb.
///
/// # Errors
/// Exit 2 for a wrong config.
pub fn main(global: &Global) -> anyhow::Result<Exit> {
    let loaded = super::load(global)?;
    let config = &loaded.config;
    let targets = format!("{} targets", config.targets.len());
    let mut findings = vec![
        Finding::of(global.config.display().to_string(), Ok(targets)),
        Finding::of("database", database(config)),
    ];
    for (region, probed) in probes(config)? {
        let says = probed.map(|p| format!("{}, driver {}", p.browser, p.driver_version));
        findings.push(Finding::of(format!("region {region}"), says));
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

fn probes(config: &Config) -> anyhow::Result<Probes> {
    let around = super::surroundings(HostMap::new(), &config.profiles)?;
    let runtime = super::runtime()?;
    Ok(runtime.block_on(async {
        let probes = probe::all(&config.regions, &around).await;
        probe::stop(&probes).await;
        probes
    }))
}

fn say(global: &Global, findings: &[Finding]) -> anyhow::Result<Exit> {
    if global.format == Format::Json {
        let all: Vec<_> = findings
            .iter()
            .map(|f| json!({ "what": f.what, "sound": f.sound, "says": f.says }))
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
