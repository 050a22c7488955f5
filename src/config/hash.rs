//! A short name for what is measured, so that figures of two different files are not taken for
//! figures of one.
//!
//! Names, report lines, manners, the database and the contact do not go in, and no secret does.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::Config;
use super::secret::{looks_random, names_secret};
use crate::model::{Consent, DriverEndpoint, Region, Target};

/// SHA-256, in hexadecimal, of the targets, pages, regions, profiles and settings that decide
/// what is measured. People are shown the first 12 characters.
#[must_use]
pub fn measuring_hash(config: &Config) -> String {
    let targets: Vec<Value> = config.visited().map(target).collect();
    let regions: Vec<Value> = config.regions.iter().map(region).collect();
    let measured = json!({
        "targets": targets,
        "regions": regions,
        "profiles": config.profiles,
        "measure": measure(config),
    });
    sha256(&measured)
}

/// What a report tells of the config, part by part with its hash: unlike what is measured, names
/// and lines drawn go in. How long things wait and where they lie is left out, as no figure is
/// others for it.
#[must_use]
pub fn told_hashes(config: &Config) -> BTreeMap<&'static str, String> {
    let named = |parts: Value, name: &str| json!([parts, name]);
    let targets = config.targets.iter().map(|t| named(target(t), &t.name));
    let regions = config.regions.iter().map(|r| named(region(r), &r.name));
    let (project, manners, report) = (&config.project, &config.manners, &config.report);
    let parts = [
        (
            "[project]",
            json!([project.name, project.home_market, project.reference]),
        ),
        ("[project] timezone", json!(project.timezone)),
        ("[[target]]", targets.collect()),
        ("[[region]]", regions.collect()),
        ("[[profile]]", json!(config.profiles)),
        ("[measure]", measure(config)),
        ("[control]", config.control.as_ref().map(target).into()),
        (
            "[manners]",
            json!([
                manners.distance,
                manners.daily_page_views,
                manners.daily_bytes,
                manners.block_beacons,
                manners.beacons,
            ]),
        ),
        ("[report]", json!([report.expectation, report.leaders])),
        ("[business]", json!(config.business)),
    ];
    let hashed = parts.iter().map(|(name, part)| (*name, sha256(part)));
    hashed.collect()
}

fn sha256(value: &Value) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(value.to_string().as_bytes()) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

fn target(target: &Target) -> Value {
    let mut parts = json!({
        "id": target.id, "role": target.role, "market": target.market,
        "first_party": target.first_party, "pages": target.pages,
    });
    // Only where there is one: a file that has none keeps its hash of before.
    if target.consent != Consent::default() {
        parts["consent"] = json!(target.consent);
    }
    parts
}

fn measure(config: &Config) -> Value {
    // How long a visit waits beforehand changes nothing of what is measured.
    json!({
        "rounds": config.measure.rounds,
        "quiet": config.measure.quiet,
        "timeout": config.measure.timeout,
    })
}

fn region(region: &Region) -> Value {
    let mut parts = json!({
        "id": region.id,
        "market": region.market,
        "driver": endpoint(&region.driver),
        "capabilities": without_secrets(&region.capabilities),
        "latency": region.latency,
    });
    // Only where there is one: a file that has none keeps its hash of before.
    if let Some(proxy) = &region.proxy {
        parts["proxy"] = json!(proxy.to_string());
    }
    parts
}

/// Scheme, host, port and path: user, password and query may be secrets.
fn endpoint(driver: &DriverEndpoint) -> String {
    match driver {
        DriverEndpoint::Local => "local".to_owned(),
        DriverEndpoint::Remote(url) => {
            let host = url.host_str().unwrap_or_default();
            let port = url.port_or_known_default().unwrap_or_default();
            format!("{}://{host}:{port}{}", url.scheme(), url.path())
        }
    }
}

fn without_secrets(table: &Map<String, Value>) -> Value {
    let kept = table
        .iter()
        .filter(|(key, _)| !names_secret(key))
        .map(|(key, value)| (key.clone(), without_random(value)));
    // Sorted: the order of capabilities means nothing.
    json!(kept.collect::<BTreeMap<String, Value>>())
}

fn without_random(value: &Value) -> Value {
    match value {
        Value::String(s) if looks_random(s) => Value::Null,
        Value::Array(items) => items.iter().map(without_random).collect(),
        Value::Object(table) => without_secrets(table),
        other => other.clone(),
    }
}
