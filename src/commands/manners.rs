//! How we stand with rivals before a run: what the database remembers, and their robots.txt,
//! fetched where the copy is older than a day.
//!
//! What follows from it during the run is `measure`'s.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::night::TOOL;
use crate::config::Config;
use crate::measure::{self, Standing};
use crate::model::{RobotsCopy, Role, Target, format};
use crate::network::robots::{self, Verdict};
use crate::network::{HostMap, beacons};
use crate::store::{Store, StoreError};

/// Caps count what was caused in so long.
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// A robots.txt is asked for again after so long (RFC 9309, 2.4).
const FRESH: SignedDuration = SignedDuration::from_hours(24);
/// An older copy that holds while the site cannot be reached, and no longer.
const STALE: SignedDuration = SignedDuration::from_hours(24 * 30);
/// No distance is longer than this: older loads are of no account.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(48);

/// Brings the copies of rivals' robots.txt up to date.
///
/// # Errors
/// When the database cannot be used. That a site does not answer is no error: it is stored.
pub(super) async fn refresh_robots(
    config: &Config,
    hosts: &HostMap,
    store: &mut Store,
    now: Timestamp,
) -> Result<(), StoreError> {
    let agent = format!("outpace/{TOOL} (+{})", config.project.contact);
    let mut fetches = tokio::task::JoinSet::new();
    let mut held: BTreeMap<String, RobotsCopy> = BTreeMap::new();
    for origin in origins(config) {
        let old = store.robots(&origin)?;
        let fresh = |c: &RobotsCopy| answered(c) && now.duration_since(c.fetched_at) < FRESH;
        if old.as_ref().is_some_and(fresh) {
            continue;
        }
        if let Some(old) = old {
            held.insert(origin.clone(), old);
        }
        let (agent, hosts) = (agent.clone(), hosts.clone());
        fetches.spawn(async move { robots::fetch(&origin, &agent, &hosts, now).await });
    }
    while let Some(fetched) = fetches.join_next().await {
        let Ok(copy) = fetched else { continue };
        let kept = held
            .get(&copy.origin)
            .filter(|old| answered(old) && now.duration_since(old.fetched_at) < STALE);
        match kept {
            // The site cannot be reached: what it said last holds (RFC 9309, 2.4).
            Some(old) if !answered(&copy) => {
                tracing::info!(origin = %old.origin, "robots.txt cannot be had: the last one holds");
            }
            _ => store.save_robots(&copy)?,
        }
    }
    Ok(())
}

/// What rivals' pages may not load.
pub(super) fn blocked(config: &Config) -> Vec<String> {
    if config.manners.block_beacons {
        beacons::patterns(&config.manners.beacons)
    } else {
        Vec::new()
    }
}

/// Whether it says what the site wants, and not that it cannot say.
fn answered(copy: &RobotsCopy) -> bool {
    copy.status.is_some_and(|s| s < 500 && s != 429)
}

/// Origins of the pages of rivals whose robots.txt is obeyed.
fn origins(config: &Config) -> BTreeSet<String> {
    let obeyed = config
        .targets
        .iter()
        .filter(|t| t.role == Role::Rival && t.robots_override.is_none());
    let pages = obeyed.flat_map(|t| &t.pages);
    pages.map(|p| robots::origin(&p.url)).collect()
}

/// What is known of rivals now.
///
/// # Errors
/// When the database cannot be used.
pub(super) fn standing(
    config: &Config,
    store: &Store,
    now: Timestamp,
) -> Result<Standing, StoreError> {
    let mut standing = Standing {
        hosts: store.hosts(now - REMEMBERED, now)?,
        ..Standing::default()
    };
    for target in config.targets.iter().filter(|t| t.role == Role::Rival) {
        let views = store.page_views_since(&target.id, now - DAY)?;
        standing.views.insert(target.id.clone(), views);
        let bytes = store.bytes_since(&target.id, now - DAY)?;
        standing.bytes.insert(target.id.clone(), bytes);
        if target.robots_override.is_none() {
            obey(target, store, &mut standing)?;
        }
    }
    Ok(standing)
}

/// Bytes that pages usually have, by what was measured in the last 30 days.
///
/// # Errors
/// When the database cannot be used.
pub(super) fn usual(store: &Store) -> Result<BTreeMap<[String; 4], f64>, StoreError> {
    store.usual_bytes(Timestamp::now() - STALE)
}

fn obey(target: &Target, store: &Store, standing: &mut Standing) -> Result<(), StoreError> {
    for page in &target.pages {
        let Some(copy) = store.robots(&robots::origin(&page.url))? else {
            continue;
        };
        if let Verdict::Refused(why) = robots::verdict(&copy, &page.url) {
            let key = (target.id.clone(), page.kind.clone());
            standing.refused.insert(key, why);
        }
        if let Some(delay) = robots::delay(&copy) {
            let host = page.url.host_str().unwrap_or_default().to_owned();
            let held = standing.delays.entry(host).or_default();
            *held = delay.max(*held);
        }
    }
    Ok(())
}

/// What people should know of manners before a night, one thing a line.
pub(super) fn lines(config: &Config, standing: &Standing) -> Vec<String> {
    let mut lines = vec![format!(
        "Loads of one rival's host are at least {} apart; at most {} page views and {} a rival in \
         24 hours.",
        format::span(config.manners.distance.as_secs()),
        format::thousands(config.manners.daily_page_views.into()),
        format::bytes(config.manners.daily_bytes as f64),
    )];
    let rivals = || config.targets.iter().filter(|t| t.role == Role::Rival);
    for target in rivals() {
        if let Some(reason) = &target.robots_override {
            let name = &target.name;
            lines.push(format!(
                "{name}: robots.txt is not obeyed, because: {reason}"
            ));
        }
        let keys = target
            .pages
            .iter()
            .map(|p| (target.id.clone(), p.kind.clone()));
        for key in keys {
            if let Some(why) = standing.refused.get(&key) {
                lines.push(format!("{}, {}: not visited; {why}", target.name, key.1));
            }
        }
    }
    for host in rivals().flat_map(hosts).collect::<BTreeSet<_>>() {
        let apart = measure::distance(&config.manners, standing, &host);
        if apart != config.manners.distance {
            let span = format::span(apart.as_secs());
            lines.push(format!("`{host}`: {span} apart, as it asked for more"));
        }
        let stopped = standing.hosts.get(&host).and_then(|h| h.stopped.as_ref());
        if let Some((until, why)) = stopped {
            let until = until.strftime("%Y-%m-%d %H:%M UTC");
            lines.push(format!("`{host}`: left alone until {until}; it said {why}"));
        }
    }
    lines
}

fn hosts(target: &Target) -> impl Iterator<Item = String> + '_ {
    let pages = target.pages.iter();
    pages.filter_map(|p| p.url.host_str().map(str::to_owned))
}

/// The same for programs.
pub(super) fn as_json(config: &Config, standing: &Standing) -> serde_json::Value {
    let rivals = config.targets.iter().filter(|t| t.role == Role::Rival);
    let targets: Vec<_> = rivals
        .map(|t| {
            let refused: BTreeMap<&str, &str> = standing
                .refused
                .iter()
                .filter(|((id, _), _)| *id == t.id)
                .map(|((_, page), why)| (page.as_str(), why.as_str()))
                .collect();
            let apart: BTreeMap<String, u64> = hosts(t)
                .map(|h| {
                    let apart = measure::distance(&config.manners, standing, &h);
                    (h, apart.as_secs())
                })
                .collect();
            let stopped: BTreeMap<String, String> = hosts(t)
                .filter_map(|h| {
                    let (until, _) = standing.hosts.get(&h)?.stopped.as_ref()?;
                    Some((h, until.to_string()))
                })
                .collect();
            json!({
                "target": t.id, "robots_override": t.robots_override, "refused": refused,
                "distance_seconds": apart, "stopped_until": stopped,
                "page_views_24h": standing.views.get(&t.id),
                "bytes_24h": standing.bytes.get(&t.id),
            })
        })
        .collect();
    json!({
        "daily_page_views": config.manners.daily_page_views,
        "daily_bytes": config.manners.daily_bytes,
        "block_beacons": config.manners.block_beacons,
        "rivals": targets,
    })
}
