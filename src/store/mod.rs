//! History for ever in one SQLite file: runs, plans, visits and their evidence.
//!
//! A run's plan is stored when it starts; the end of a visit stores everything about it in one
//! transaction. Killed at any moment, no finished visit is lost or doubled and the run can be gone
//! on with. What a value means is left to `model` and `vitals`; what it says, to `analysis`.
//!
//! # For analysts
//! Open the file with any SQLite tool (reading does not disturb a run) and use the views:
//!
//! - `visit`: one row a visit that has an outcome: id, run, round, warm_up, target, role, market,
//!   page, step, region, profile, started_at, duration_ms, state (`ok`, `failed`, `blocked`,
//!   `missed`), reason, flags (separated by commas), environment, then one column a metric, NULL
//!   where absent. Only `ok` visits have metrics. For any figure take `state = 'ok' AND
//!   warm_up = 0`.
//! - `run`: one row a run: id, started_at, finished_at, state (`unfinished`, `finished`,
//!   `abandoned`), seed, config_hash, rounds, then visits planned, ok, failed, blocked and missed
//!   (warm-up included), then tool, platform, cores and host of what measured.
//! - `release`: one row a release of our own site: id, version, at, commit_id, note.
//!
//! Times are UTC in ISO 8601 with milliseconds (`2026-11-23T01:02:03.456Z`), so texts compare as
//! times do. The tables behind the views may change with a version; the views are the contract.
//!
//! ```sql
#![doc = include_str!("queries/median_lcp.sql")]
//! ```
//! ```sql
#![doc = include_str!("queries/share_blocked.sql")]
//! ```
//! ```sql
#![doc = include_str!("queries/slowest_pages.sql")]
//! ```

mod alert;
mod backup;
mod checks;
mod error;
mod evidence;
mod lock;
mod manners;
mod migrations;
mod night;
mod open;
mod outbox;
mod points;
mod read;
mod releases;
mod retention;
mod table;
#[cfg(test)]
mod tests;
mod write;

pub use alert::{AlertRow, Decided, Mute};
pub use backup::{Health, backup};
pub use checks::{CheckLoad, OpenCheck};
pub use error::StoreError;
pub use evidence::{Pin, Pruned};
pub use lock::{WriterLock, is_scheduled, schedule_lock, writer_lock};
pub use night::{NewNight, NightEnd, NightRow, NightState};
pub use open::{OpenMode, Store};
pub use outbox::{Outgoing, Queue};
pub use read::{BriefVisit, ResumableRun, ScopeFilter, VisitFilter};
pub use releases::NewRelease;
pub use retention::horizon;
pub use table::{RowHash, VisitTable};
pub use write::{ImportedRun, NewRun};
