//! What measures a night: host, browsers, switches, lines, and the environment ids made from them.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::lines;
use super::night::TOOL;
use crate::browser::capabilities;
use crate::browser::driver::major;
use crate::config::Config;
use crate::measure::{self, Probes, site};
use crate::model::{
    AppliedProfile, Calibration, HostFacts, LineProbe, Region, RunState, calibration,
};
use crate::store::{Store, StoreError};

/// What measures: versions, switches, lines and what of each profile is applied.
pub(super) fn host_facts(
    config: &Config,
    probes: &Probes,
    probed: Vec<LineProbe>,
    calibration: BTreeMap<String, Calibration>,
) -> HostFacts {
    let mut marks: Vec<String> = probed.iter().filter_map(lines::off).collect();
    marks.extend(too_slow(config, &calibration));
    let mut facts = HostFacts {
        marks,
        lines: probed,
        calibration,
        load_before: measure::calm::load_average(),
        tool: TOOL.to_owned(),
        platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        cores: std::thread::available_parallelism()
            .map_or(1, |n| u32::try_from(n.get()).unwrap_or(u32::MAX)),
        host: host_hash(),
        ..HostFacts::default()
    };
    for region in &config.regions {
        let Some(Ok(probed)) = probes.get(&region.id) else {
            continue;
        };
        let id = &region.id;
        facts.browsers.insert(id.clone(), probed.browser.clone());
        facts
            .drivers
            .insert(id.clone(), probed.driver_version.clone());
        facts.switches.insert(id.clone(), probed.switches.clone());
        let calibration = facts.calibration.get(id);
        facts
            .applied
            .extend(applied(config, region, probed, calibration));
    }
    facts
}

/// What of each profile is applied in a region, once for each round-trip that is added there.
fn applied(
    config: &Config,
    region: &Region,
    probed: &measure::Probed,
    calibration: Option<&Calibration>,
) -> Vec<AppliedProfile> {
    let mut rtts: Vec<std::time::Duration> = config
        .targets
        .iter()
        .map(|t| site::added_rtt(region, t))
        .collect();
    rtts.sort_unstable();
    rtts.dedup();
    let version = major(&probed.browser_version);
    let mut all = Vec::new();
    for profile in &config.profiles {
        let mut device = profile.device.numbers();
        if let Some(calibration) = calibration {
            device.cpu = calibration.throttle(device.cpu);
        }
        for rtt in &rtts {
            all.push(AppliedProfile {
                profile: profile.id.clone(),
                device,
                user_agent: capabilities::user_agent(
                    version,
                    &profile.device,
                    TOOL,
                    &config.project.contact,
                ),
                added_rtt_ms: rtt.as_secs_f64() * 1000.0,
                network: profile.network.described(),
                shaped_by: site::shaped_by(region, &profile.network),
                region: region.id.clone(),
            });
        }
    }
    all
}

/// Environment id of every region and profile: browser, driver, host, tool, device, latency.
pub(super) fn environments(config: &Config, probes: &Probes) -> BTreeMap<(String, String), String> {
    let facts = host_facts(config, probes, Vec::new(), BTreeMap::new());
    let mut all = BTreeMap::new();
    for region in &config.regions {
        for profile in &config.profiles {
            let mut parts = serde_json::json!([
                facts.tool,
                facts.platform,
                facts.host,
                facts.browsers.get(&region.id),
                facts.drivers.get(&region.id),
                profile.device.numbers(),
                region.latency,
            ]);
            if let (Some(numbers), Some(parts)) = (profile.network.numbers(), parts.as_array_mut())
            {
                let by = site::shaped_by(region, &profile.network);
                parts.push(serde_json::json!([numbers, by]));
            }
            // Only where it is not as it is unless something else is said.
            let beacons = (&config.manners.block_beacons, &config.manners.beacons);
            if beacons != (&true, &Vec::new())
                && let Some(parts) = parts.as_array_mut()
            {
                parts.push(serde_json::json!(beacons));
            }
            let id = short_hash(parts.to_string().as_bytes());
            all.insert((region.id.clone(), profile.id.clone()), id);
        }
    }
    all
}

/// How fast the machine of each region's browser is: this probe's figure among those of the last
/// runs with the same machine, browser and driver.
///
/// # Errors
/// When the database cannot be read.
pub(super) fn calibrations(
    config: &Config,
    probes: &Probes,
    store: &Store,
) -> Result<BTreeMap<String, Calibration>, StoreError> {
    let runs = store.runs()?;
    let here = host_hash();
    let mut all = BTreeMap::new();
    for region in &config.regions {
        let id = &region.id;
        let Some(Ok(probed)) = probes.get(id) else {
            continue;
        };
        let Some(measured) = probed.speed_ms else {
            continue;
        };
        let same = |host: &HostFacts| {
            host.host == here
                && host.browsers.get(id) == Some(&probed.browser)
                && host.drivers.get(id) == Some(&probed.driver_version)
        };
        let earlier: Vec<f64> = runs
            .iter()
            .filter(|run| run.state != RunState::Unfinished && same(&run.host))
            .filter_map(|run| run.host.calibration.get(id))
            .map(|c| c.measured_ms)
            .take(calibration::LAST)
            .collect();
        all.insert(id.clone(), Calibration::of(measured, &earlier));
    }
    Ok(all)
}

/// Regions whose machine cannot be slowed down to a device, because it is slower already.
fn too_slow(config: &Config, calibration: &BTreeMap<String, Calibration>) -> Vec<String> {
    let mut marks = Vec::new();
    for (region, found) in calibration {
        for profile in &config.profiles {
            let asked = profile.device.numbers().cpu;
            if found.too_slow(asked) {
                marks.push(format!(
                    "the machine of region {region} is slower than device {}: its processor took \
                     {:.0} ms for what should take at most {:.0}",
                    profile.device,
                    found.used_ms,
                    asked * calibration::REFERENCE_MS
                ));
            }
        }
    }
    marks
}

/// Host name, hashed.
fn host_hash() -> String {
    short_hash(rustix::system::uname().nodename().to_bytes())
}

fn short_hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().take(6).map(|b| format!("{b:02x}")).collect()
}
