//! `outpace doctor --database`: is the database whole, how large is it, how does it grow?
//!
//! Read only and without the lock of a writer: a night that goes on is not disturbed.

use std::path::Path;

use serde_json::{Value, json};

use super::disk;
use super::table;
use crate::cli::{Format, Global};
use crate::exit::Exit;
use crate::model::format;
use crate::store::{Health, OpenMode, Store, StoreError};

/// The verb with its flag `--database`.
///
/// # Errors
/// Exit 2 for a wrong config, or a file that cannot be opened as a database of outpace.
pub(super) fn main(global: &Global) -> anyhow::Result<Exit> {
    let loaded = super::load(global)?;
    let path = &loaded.config.project.database;
    let zone = super::zone(&loaded.config)?;
    let store = Store::open(path, OpenMode::ReadOnly)?;
    let damage = match store.integrity_check() {
        Ok(()) => None,
        Err(e @ StoreError::Corrupt { .. }) => Some(e.to_string()),
        Err(e) => return Err(e.into()),
    };
    // What is broken may still say how large it is.
    let health = match (store.health(), &damage) {
        (Ok(health), _) => Some(health),
        (Err(_), Some(_)) => None,
        (Err(e), None) => return Err(e.into()),
    };
    let log = log_bytes(path);
    let free = disk::free(path);
    if global.format == Format::Json {
        super::say(&as_json(path, (&health, &damage), (log, free)).to_string())?;
    } else {
        let date = |t: jiff::Timestamp| t.to_zoned(zone.clone()).date().to_string();
        super::say(as_text(path, (&health, &damage), (log, free), &date).trim_end())?;
    }
    Ok(match damage {
        None => Exit::Ok,
        Some(_) => Exit::Unexpected,
    })
}

type Looked<'h> = (&'h Option<Health>, &'h Option<String>);

fn as_json(path: &Path, (health, damage): Looked<'_>, (log, free): (u64, Option<u64>)) -> Value {
    json!({
        "database": path, "sound": damage.is_none(), "damage": damage, "health": health,
        "bytes_a_night": health.as_ref().and_then(bytes_a_night), "log_bytes": log,
        "disk_free_bytes": free,
    })
}

/// Bytes that a run adds, over the life of the database; `None` before there are two.
fn bytes_a_night(health: &Health) -> Option<f64> {
    (health.runs >= 2).then(|| (health.bytes - health.free_bytes) as f64 / health.runs as f64)
}

fn as_text(
    path: &Path,
    (health, damage): Looked<'_>,
    (log, free): (u64, Option<u64>),
    date: &dyn Fn(jiff::Timestamp) -> String,
) -> String {
    let bytes = |n: u64| format::bytes(n as f64);
    let mut out = match damage {
        None => table::wrapped(&format!("sound: {}", path.display())),
        Some(what) => format!("{what}\n"),
    };
    let Some(health) = health else {
        return out;
    };
    let mut line = |name: &str, says: String| out.push_str(&format!("{name:<9} {says}\n"));
    line(
        "size",
        format!(
            "{}, {} of it free for new rows, log {}",
            bytes(health.bytes),
            bytes(health.free_bytes),
            bytes(log)
        ),
    );
    let runs = format::count(health.runs, "run", "runs");
    line(
        "nights",
        match health.span {
            Some((first, last)) => format!("{runs}, {} to {}", date(first), date(last)),
            None => runs,
        },
    );
    line(
        "growth",
        match (bytes_a_night(health), health.bytes_a_day()) {
            (Some(night), Some(day)) => format!(
                "{} a night, {} a day over its life",
                format::bytes(night),
                format::bytes(day)
            ),
            (Some(night), None) => format!("{} a night", format::bytes(night)),
            (None, _) => "not known before there are two nights".to_owned(),
        },
    );
    let pieces = format::count(health.evidence, "piece", "pieces");
    let evidence = format!("{pieces}, {}", bytes(health.evidence_bytes));
    line(
        "evidence",
        match health.oldest_evidence {
            Some(oldest) => format!("{evidence}, the oldest of {}", date(oldest)),
            None => evidence,
        },
    );
    if let Some(free) = free {
        line("disk", format!("{} free", bytes(free)));
    }
    out
}

/// Bytes of the write-ahead log beside a database.
fn log_bytes(database: &Path) -> u64 {
    let mut log = database.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(Path::new(&log)).map_or(0, |m| m.len())
}
