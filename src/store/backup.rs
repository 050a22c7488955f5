//! A copy of the database while it is in use, and how healthy the database is.
//!
//! The copy is made by SQLite's online backup, checked whole, and only then given its name: a
//! backup that is there is a backup that opens. Which copies are kept is left to the caller.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::error::StoreError;
use super::night::time;
use super::open::{OpenMode, Store};

/// All pages in one step: a write-ahead log lets others write meanwhile, and a copy in parts would
/// begin anew after each of their writes.
const STEP: i32 = -1;

/// Size, growth and age of a database.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Health {
    /// Bytes of the file, without its log.
    pub bytes: u64,
    /// Of these, free for new rows.
    pub free_bytes: u64,
    /// Bytes of evidence.
    pub evidence_bytes: u64,
    /// Pieces of evidence.
    pub evidence: u64,
    /// When the oldest visit with evidence was made.
    pub oldest_evidence: Option<Timestamp>,
    /// Runs.
    pub runs: u64,
    /// First and last run.
    pub span: Option<(Timestamp, Timestamp)>,
}

impl Health {
    /// Bytes that a day adds, over the life of the database; `None` before there are two days.
    #[must_use]
    pub fn bytes_a_day(&self) -> Option<f64> {
        let (first, last) = self.span?;
        let days = last.duration_since(first).as_secs_f64() / 86_400.0;
        (days >= 1.0).then(|| (self.bytes - self.free_bytes) as f64 / days)
    }
}

/// Copies the database at `from` to `to`, checks the copy, and gives its size in bytes.
///
/// # Errors
/// What SQLite says of either; nothing is left at `to` then.
pub fn backup(from: &Path, to: &Path) -> Result<u64, StoreError> {
    let source = Store::open(from, OpenMode::ReadOnly)?;
    let mut part = to.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let made = copy(&source, &part).and_then(|()| {
        let file = |source| StoreError::File {
            path: to.to_owned(),
            source,
        };
        // Synced before it gets its name: a power cut leaves the old copies or a whole new one.
        std::fs::File::open(&part)
            .and_then(|f| f.sync_all())
            .map_err(file)?;
        std::fs::rename(&part, to).map_err(file)?;
        std::fs::metadata(to).map(|m| m.len()).map_err(file)
    });
    if made.is_err() {
        // It may not even have been made.
        let _ = std::fs::remove_file(&part);
    }
    made
}

fn copy(source: &Store, part: &Path) -> Result<(), StoreError> {
    let failed = |e| StoreError::from_sqlite(part, e);
    // Left by a copy that was killed.
    let _ = std::fs::remove_file(part);
    let mut target = Connection::open(part).map_err(failed)?;
    {
        let backup = Backup::new(&source.conn, &mut target).map_err(failed)?;
        loop {
            match backup.step(STEP).map_err(failed)? {
                StepResult::Done => break,
                StepResult::More => {}
                // Somebody writes this moment.
                _ => std::thread::sleep(std::time::Duration::from_millis(50)),
            }
        }
    }
    // The copy is one file: it keeps no log beside it until somebody writes to it.
    target
        .pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))
        .map_err(failed)?;
    let copy = Store {
        conn: target,
        path: part.to_owned(),
    };
    copy.integrity_check()
}

impl Store {
    /// Size, growth and age.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn health(&self) -> Result<Health, StoreError> {
        let number = |sql: &str| -> Result<u64, StoreError> {
            self.conn
                .query_row(sql, [], |r| r.get::<_, i64>(0))
                .map(|n| u64::try_from(n).unwrap_or(0))
                .map_err(|e| self.error(e))
        };
        let moment = |sql: &str| -> Result<Option<Timestamp>, StoreError> {
            let ms: Option<i64> = self
                .conn
                .query_row(sql, [], |r| r.get(0))
                .map_err(|e| self.error(e))?;
            ms.map(|ms| time(ms, "a moment")).transpose()
        };
        let page = number("PRAGMA page_size")?;
        let first = moment("SELECT min(started_ms) FROM runs")?;
        let last = moment("SELECT max(started_ms) FROM runs")?;
        Ok(Health {
            bytes: page * number("PRAGMA page_count")?,
            free_bytes: page * number("PRAGMA freelist_count")?,
            evidence_bytes: number("SELECT coalesce(sum(length(body)), 0) FROM evidence")?,
            evidence: number("SELECT count(*) FROM evidence")?,
            oldest_evidence: moment(
                "SELECT min(v.started_ms) FROM visits AS v
                 WHERE v.id IN (SELECT visit_id FROM evidence)",
            )?,
            runs: number("SELECT count(*) FROM runs")?,
            span: first.zip(last),
        })
    }
}
