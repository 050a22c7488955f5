//! `outpace backup`: a checked copy of the database, while it is in use.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::json;

use super::clock;
use crate::cli::{Format, Global};
use crate::exit::Exit;
use crate::model::format;
use crate::store;

/// Flags of `backup`.
#[derive(Debug, clap::Args)]
pub struct BackupArgs {
    /// Folder of the copies; by default `backup_to` under `[schedule]`
    #[arg(long, value_name = "FOLDER")]
    pub to: Option<PathBuf>,
}

/// The verb.
///
/// # Errors
/// When the copy cannot be made or is not sound; older copies stay then.
pub fn main(global: &Global, args: &BackupArgs) -> anyhow::Result<Exit> {
    let loaded = super::load(global)?;
    let config = &loaded.config;
    let folder = args.to.as_ref().unwrap_or(&config.schedule.backup_to);
    std::fs::create_dir_all(folder)
        .with_context(|| format!("could not make the folder `{}`", folder.display()))?;
    let database = &config.project.database;
    let stem = database.file_stem().unwrap_or_default().to_string_lossy();
    let name = format!("{stem}-{}.db", clock::now().strftime("%Y%m%dT%H%M%SZ"));
    let copy = folder.join(name);
    let bytes = store::backup(database, &copy)?;
    let dropped = drop_old(folder, &stem, config.schedule.backup_keep)?;
    if global.format == Format::Json {
        let line = json!({ "event": "backup", "file": copy, "bytes": bytes, "dropped": dropped });
        return super::say(&line.to_string());
    }
    if global.quiet {
        return Ok(Exit::Ok);
    }
    let bytes = format::bytes(bytes as f64);
    super::say(&format!("{}: {bytes}, checked", copy.display()))
}

/// Removes all but the newest copies; their names sort as their times do.
fn drop_old(folder: &Path, stem: &str, keep: u32) -> anyhow::Result<usize> {
    let read = || -> std::io::Result<Vec<PathBuf>> {
        let entries = std::fs::read_dir(folder)?;
        entries.map(|e| e.map(|e| e.path())).collect()
    };
    let all = read().with_context(|| format!("could not read `{}`", folder.display()))?;
    let mut copies: Vec<&PathBuf> = all.iter().filter(|p| is_copy(p, stem)).collect();
    copies.sort();
    let old = copies.len().saturating_sub(keep as usize);
    for path in &copies[..old] {
        std::fs::remove_file(path)
            .with_context(|| format!("could not remove `{}`", path.display()))?;
    }
    Ok(old)
}

/// Only files that this verb named are ever removed.
fn is_copy(path: &Path, stem: &str) -> bool {
    let name = path
        .file_name()
        .and_then(|n| n.to_str())
        .unwrap_or_default();
    let time = name
        .strip_prefix(stem)
        .and_then(|n| n.strip_prefix('-'))
        .and_then(|n| n.strip_suffix(".db"));
    time.is_some_and(|t| jiff::fmt::strtime::parse("%Y%m%dT%H%M%SZ", t).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_copies_are_counted() {
        let is = |name: &str| is_copy(Path::new(name), "outpace");
        assert!(is("backups/outpace-20261123T020000Z.db"));
        for other in [
            "outpace.db",
            "outpace-mine.db",
            "other-20261123T020000Z.db",
            "x.db.part",
        ] {
            assert!(!is(other), "{other}");
        }
    }
}
