//! What is looked at: the page kinds, and from where each target is seen.

use std::collections::BTreeMap;

use super::failure::Failure;
use crate::analysis::Scope;
use crate::config::Config;
use crate::model::{Metric, Role, format};

/// Page kinds, ours first, in the order of the file.
#[must_use]
pub fn page_kinds(config: &Config) -> Vec<String> {
    let mut kinds: Vec<String> = Vec::new();
    let own = config.targets.iter().filter(|t| t.role == Role::Own);
    let rivals = config.targets.iter().filter(|t| t.role == Role::Rival);
    for page in own.chain(rivals).flat_map(|t| &t.pages) {
        if !kinds.contains(&page.kind) {
            kinds.push(page.kind.clone());
        }
    }
    kinds
}

/// A page kind as customers of the home market meet it: main content shown, first profile, regions
/// of the home market (all regions where none is there).
#[must_use]
pub fn scope(config: &Config, page: &str) -> Scope {
    let home = &config.project.home_market;
    let ids = |keep: &dyn Fn(&str) -> bool| -> Vec<String> {
        let kept = config.regions.iter().filter(|r| keep(&r.market));
        kept.map(|r| r.id.clone()).collect()
    };
    let mut regions = ids(&|market| market == home);
    if regions.is_empty() {
        regions = ids(&|_| true);
    }
    Scope {
        page: page.to_owned(),
        regions,
        own_market: BTreeMap::new(),
        profile: config
            .profiles
            .first()
            .map(|p| p.id.clone())
            .unwrap_or_default(),
        metric: Metric::Lcp,
    }
}

/// From where each target is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum View {
    /// All from the regions of our home market: what our customers meet
    #[default]
    Home,
    /// Each from the regions of its own market: what its customers meet
    OwnMarket,
}

/// A page kind in a view.
///
/// # Errors
/// Exit 4 where no two targets have a region in their own market.
pub fn scope_of(config: &Config, page: &str, view: View) -> anyhow::Result<Scope> {
    match view {
        View::Home => Ok(scope(config, page)),
        View::OwnMarket => own_market(config, page).ok_or_else(|| {
            Failure::CannotTell(
                "fewer than two targets have a region in their own market\nhint: give a \
                 `[[region]]` the `market` of an overseas target"
                    .to_owned(),
            )
            .into()
        }),
    }
}

/// A page kind with each target seen from its own market; `None` where fewer than two targets
/// have a region there, or where that is the view from the home market again.
#[must_use]
pub fn own_market(config: &Config, page: &str) -> Option<Scope> {
    let home = scope(config, page);
    let targets = config.targets.iter().filter(|t| t.page(page).is_some());
    let of = |market: &str| -> Vec<String> {
        let there = config.regions.iter().filter(|r| r.market == market);
        there.map(|r| r.id.clone()).collect()
    };
    let own_market: BTreeMap<String, Vec<String>> =
        targets.map(|t| (t.id.clone(), of(&t.market))).collect();
    let seen = own_market.values().filter(|r| !r.is_empty());
    if seen.clone().count() < 2 || seen.clone().all(|r| *r == home.regions) {
        return None;
    }
    let regions = config.regions.iter().map(|r| r.id.clone());
    Some(Scope {
        regions: regions
            .filter(|id| own_market.values().any(|r| r.contains(id)))
            .collect(),
        own_market,
        ..home
    })
}

/// The config with another target in our place; `None` without one.
///
/// # Errors
/// Exit 2 for a target that is none.
pub fn seen_by(config: &Config, target: Option<&str>) -> anyhow::Result<Option<Config>> {
    let Some(id) = target else { return Ok(None) };
    if !config.targets.iter().any(|t| t.id == id) {
        let known: Vec<&str> = config.targets.iter().map(|t| t.id.as_str()).collect();
        return Err(Failure::Usage(format!(
            "`--target {id}` is no target\nhint: there are {}",
            format::list(&known)
        ))
        .into());
    }
    let mut seen = config.clone();
    for t in &mut seen.targets {
        t.role = if t.id == id { Role::Own } else { Role::Rival };
    }
    Ok(Some(seen))
}
