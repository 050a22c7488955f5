//! How much room the disk of the database has, against the least that `[schedule]` leaves free.
//!
//! Below `disk_free_min_mb` old evidence is ended before a night and new is no longer stored; below
//! half of it nothing is measured. So the figures outlive the pictures, and other programs on the
//! machine outlive both.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};

use crate::config::Config;
use crate::store::{self, Store, StoreError};

/// Evidence younger than this is not ended for room.
const SHORTEST: Duration = Duration::from_secs(3_600);

/// What there is room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// Everything.
    Enough,
    /// Figures, without evidence.
    Figures,
    /// Nothing.
    None,
}

/// What there is room for where the database is.
#[must_use]
pub fn room(config: &Config) -> Room {
    let least = u64::from(config.schedule.disk_free_min_mb) * 1_000_000;
    match free(&config.project.database) {
        Some(free) if free < least / 2 => Room::None,
        Some(free) if free < least => Room::Figures,
        _ => Room::Enough,
    }
}

/// Bytes free for this user on the disk of a file; `None` when the system does not say.
#[must_use]
pub fn free(file: &Path) -> Option<u64> {
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty());
    let stat = rustix::fs::statvfs(folder.unwrap_or(Path::new("."))).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Ends evidence until there is room again, the oldest first: what is older than half of the time
/// for which it is kept, then than a quarter, down to an hour. Figures and pinned evidence stay.
///
/// # Errors
/// What the database says.
pub fn make_room(config: &Config, store: &mut Store, now: Timestamp) -> Result<(), StoreError> {
    let mut keep = config.evidence.keep;
    while room(config) != Room::Enough && keep > SHORTEST {
        keep /= 2;
        let keep = SignedDuration::try_from(keep).unwrap_or(SignedDuration::MAX);
        let pruned = store.prune(store::horizon(now, keep))?;
        if pruned.pieces > 0 {
            let (visits, bytes) = (pruned.visits, pruned.bytes);
            tracing::warn!(
                visits,
                bytes,
                "the disk is low: old evidence is ended early"
            );
        }
    }
    Ok(())
}

/// Why nothing is measured.
#[must_use]
pub fn too_full(config: &Config) -> String {
    let free = free(&config.project.database).unwrap_or(0) / 1_000_000;
    format!(
        "disk low: {free} MB free beside `{}`, and {} MB are to stay free\n\
         hint: free space, or set `disk_free_min_mb` under `[schedule]`",
        config.project.database.display(),
        config.schedule.disk_free_min_mb / 2
    )
}

/// Makes the folder of a database.
///
/// # Errors
/// When it cannot be made.
pub(super) fn make_directory(database: &Path) -> anyhow::Result<()> {
    let Some(directory) = database.parent().filter(|d| !d.as_os_str().is_empty()) else {
        return Ok(());
    };
    std::fs::create_dir_all(directory)
        .with_context(|| format!("could not make the folder `{}`", directory.display()))
}
