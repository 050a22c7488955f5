//! After a run: did the control page move? Then the run is marked.

use jiff::{SignedDuration, Timestamp};

use crate::analysis::control::{self, Moved};
use crate::config::Config;
use crate::model::{self, Metric, format};
use crate::store::{ScopeFilter, Store};

/// How far back is looked.
const BACK: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What the control page says of a run, for people.
///
/// # Errors
/// When the database cannot be read.
pub(super) fn marks(config: &Config, store: &Store, run: i64) -> anyhow::Result<Vec<String>> {
    let moves = moves(config, store, (run, Timestamp::now()))?;
    Ok(moves.iter().map(said).collect())
}

/// Where the control page of a run that has ended by `now` moved.
///
/// # Errors
/// When the database cannot be read.
pub(super) fn moves(
    config: &Config,
    store: &Store,
    (run, now): (i64, Timestamp),
) -> anyhow::Result<Vec<Moved>> {
    if config.control.is_none() {
        return Ok(Vec::new());
    }
    let zone = super::zone(config)?;
    let regions: Vec<String> = config.regions.iter().map(|r| r.id.clone()).collect();
    let mut moves = Vec::new();
    for profile in &config.profiles {
        let scope = ScopeFilter {
            page: model::control::ID,
            regions: &regions,
            profile: &profile.id,
            metric: Metric::Load,
            since: now - BACK,
            until: now,
        };
        let rows = store.scope_visits(&scope, &zone)?;
        moves.extend(control::moved(&rows, run, Metric::Load));
    }
    Ok(moves)
}

/// One move in words.
pub(super) fn said(moved: &Moved) -> String {
    let [now, usual] = [moved.now, moved.usual].map(|ms| format::value(Metric::Load, ms));
    format!(
        "the control page took {now} instead of {usual} (region {}, profile {}): the instrument moved, \
         not the sites",
        moved.region, moved.profile
    )
}
