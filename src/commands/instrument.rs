//! What measures a night: host, browsers, switches, lines, and the environment ids made from them.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::lines;
use super::night::TOOL;
use crate::browser::capabilities;
use crate::browser::driver::major;
use crate::config::Config;
use crate::measure::{self, Probes, site};
use crate::model::{AppliedProfile, HostFacts, LineProbe, Region};

/// What measures: versions, switches, lines and what of each profile is applied.
pub(super) fn host_facts(config: &Config, probes: &Probes, probed: Vec<LineProbe>) -> HostFacts {
    let mut facts = HostFacts {
        marks: probed.iter().filter_map(lines::off).collect(),
        lines: probed,
        tool: TOOL.to_owned(),
        platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        cores: std::thread::available_parallelism()
            .map_or(1, |n| u32::try_from(n.get()).unwrap_or(u32::MAX)),
        host: short_hash(rustix::system::uname().nodename().to_bytes()),
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
        facts.applied.extend(applied(config, region, probed));
    }
    facts
}

/// What of each profile is applied in a region, once for each round-trip that is added there.
fn applied(config: &Config, region: &Region, probed: &measure::Probed) -> Vec<AppliedProfile> {
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
        let device = profile.device.numbers();
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
    let facts = host_facts(config, probes, Vec::new());
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
            let id = short_hash(parts.to_string().as_bytes());
            all.insert((region.id.clone(), profile.id.clone()), id);
        }
    }
    all
}

fn short_hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().take(6).map(|b| format!("{b:02x}")).collect()
}
