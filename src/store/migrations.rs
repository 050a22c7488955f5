//! The schema, as a list of steps that only ever grows.
//!
//! `PRAGMA user_version` counts the steps that a database has seen. A released file under
//! `migrations/` is never edited: a change of the schema is a new file and a new line here.

use rusqlite_migration::{M, Migrations};

const STEPS: &[M<'static>] = &[
    M::up(include_str!("migrations/0001_runs_and_visits.sql")),
    M::up(include_str!("migrations/0002_releases.sql")),
    M::up(include_str!("migrations/0003_pins.sql")),
    M::up(include_str!("migrations/0004_manners.sql")),
    M::up(include_str!("migrations/0005_main_index.sql")),
    M::up(include_str!("migrations/0006_service.sql")),
    M::up(include_str!("migrations/0007_checks.sql")),
];

/// Every step, oldest first.
pub(super) const MIGRATIONS: Migrations<'static> = Migrations::from_slice(STEPS);

/// Version of the newest schema.
pub(super) const NEWEST: i64 = STEPS.len() as i64;

/// `PRAGMA application_id` of our databases: `outp` in ASCII.
pub(super) const APPLICATION_ID: i64 = 0x6f75_7470;
