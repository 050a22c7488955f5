//! `outpace prune`: ends evidence that is older than it is kept for, and gives the space back.
//! Metrics stay for ever, and so does the evidence of pinned visits.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::table::{self, Side};
use crate::cli::{Format, Global};
use crate::config;
use crate::exit::Exit;
use crate::model::format;
use crate::store::{self, OpenMode, Pin, Pruned, Store};

/// Pinned visits that are listed.
const LISTED: usize = 20;

/// Flags of `prune`.
#[derive(Debug, clap::Args)]
pub struct PruneArgs {
    /// End evidence older than this, such as 30d; what `[evidence] keep` says by default
    #[arg(long, value_name = "AGE", value_parser = age)]
    pub older_than: Option<Duration>,
    /// Only say what would go
    #[arg(long)]
    pub dry_run: bool,
}

/// The bounds of `[evidence] keep`: what is younger than a day is the last night's.
fn age(text: &str) -> Result<Duration, String> {
    let age = config::duration(text)?;
    if config::EVIDENCE_KEPT.contains(&age) {
        return Ok(age);
    }
    let days = |d: &Duration| d.as_secs() / 86_400;
    let (least, most) = (config::EVIDENCE_KEPT.start(), config::EVIDENCE_KEPT.end());
    Err(format!(
        "evidence stays for {}d to {}d",
        days(least),
        days(most)
    ))
}

/// The verb.
///
/// # Errors
/// When there is no database, or another outpace writes it.
pub fn main(global: &Global, args: &PruneArgs) -> anyhow::Result<Exit> {
    let loaded = super::load(global)?;
    let zone = super::zone(&loaded.config)?;
    let database = &loaded.config.project.database;
    let keep = args.older_than.unwrap_or(loaded.config.evidence.keep);
    let now = Timestamp::now();
    let keep = SignedDuration::try_from(keep).context("this age is longer than time")?;
    let before = store::horizon(now, keep);
    let size = file_size(database);
    let (pruned, pins) = if args.dry_run {
        let store = Store::open(database, OpenMode::ReadOnly)?;
        (store.prunable(before)?, store.pins()?)
    } else {
        // Reading first: a file that is not there is not made.
        drop(Store::open(database, OpenMode::ReadOnly)?);
        let _lock = store::writer_lock(database, now)?;
        let mut store = Store::open(database, OpenMode::ReadWrite)?;
        (store.prune(before)?, store.pins()?)
    };
    let sizes = (size, file_size(database));
    if global.format == Format::Json {
        let json = json!({
            "before": before, "dry_run": args.dry_run, "pruned": pruned,
            "file_bytes_before": sizes.0, "file_bytes_after": sizes.1, "pins": pins,
        });
        return super::say(&json.to_string());
    }
    let day = before.to_zoned(zone).date();
    let verb = if args.dry_run { "would end" } else { "ended" };
    let mut out = table::wrapped(&said(verb, &pruned, day));
    if !args.dry_run && pruned.pieces > 0 {
        let [was, is] = [sizes.0, sizes.1].map(|s| format::bytes(s as f64));
        out.push_str(&format!("the database was {was} and is {is}\n"));
    }
    out.push_str(&pinned(&pins));
    super::say(out.trim_end())
}

fn said(verb: &str, pruned: &Pruned, day: jiff::civil::Date) -> String {
    if pruned.pieces == 0 {
        return format!("no evidence from before {day} is left that may go");
    }
    format!(
        "{verb} the evidence of {} from before {day}: {}, {}",
        format::count(pruned.visits, "visit", "visits"),
        format::count(pruned.pieces, "piece", "pieces"),
        format::bytes(pruned.bytes as f64)
    )
}

fn pinned(pins: &[Pin]) -> String {
    if pins.is_empty() {
        return String::new();
    }
    let header = [
        ("pinned visit", Side::Right),
        ("since", Side::Left),
        ("why", Side::Left),
    ];
    let rows: Vec<Vec<String>> = pins
        .iter()
        .rev()
        .take(LISTED)
        .map(|p| {
            let day = p.since.strftime("%Y-%m-%d").to_string();
            vec![p.visit.to_string(), day, p.why.clone()]
        })
        .collect();
    let more = match pins.len().saturating_sub(LISTED) {
        0 => String::new(),
        n => format!("and {n} more\n"),
    };
    format!("\n{}{more}", table::set(&header, &rows))
}

/// Bytes of the database with its log; 0 when there is none.
fn file_size(database: &Path) -> u64 {
    let mut log = database.as_os_str().to_owned();
    log.push("-wal");
    [database, Path::new(&log)]
        .into_iter()
        .filter_map(|path| std::fs::metadata(path).ok())
        .map(|meta| meta.len())
        .sum()
}
