//! How much room the disk of the database has, against the least that `[schedule]` leaves free.
//!
//! Below `disk_free_min_mb` evidence is no longer stored; below half of it nothing is measured. So
//! the figures outlive the pictures, and other programs on the machine outlive both.

use std::path::Path;

use anyhow::Context;

use crate::config::Config;

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
