//! Whose file it is, how old it is, who else writes it.

use std::fs;

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::super::migrations::{MIGRATIONS, NEWEST};
use super::*;
use crate::model::{RunState, VisitState};

/// Data as each schema held it, oldest first: SQL that only that schema and later ones know.
const FIXTURES: &[&str] = &[
    include_str!("../fixtures/0001.sql"),
    include_str!("../fixtures/0002.sql"),
    include_str!("../fixtures/0003.sql"),
    include_str!("../fixtures/0004.sql"),
    include_str!("../fixtures/0005.sql"),
    include_str!("../fixtures/0006.sql"),
    include_str!("../fixtures/0007.sql"),
];

fn refused(path: &std::path::Path, mode: OpenMode) -> StoreError {
    Store::open(path, mode).unwrap_err()
}

#[test]
fn settings_that_keep_data_whole_are_on() {
    let (_directory, path) = place();
    let store = open(&path);
    let text = |what: &str| -> String {
        store
            .conn
            .pragma_query_value(None, what, |r| r.get(0))
            .unwrap()
    };
    let number = |what: &str| -> i64 {
        store
            .conn
            .pragma_query_value(None, what, |r| r.get(0))
            .unwrap()
    };
    assert_eq!(text("journal_mode"), "wal");
    assert_eq!(number("synchronous"), 2, "FULL");
    assert_eq!(number("foreign_keys"), 1);
    assert_eq!(number("user_version"), NEWEST);
    assert_eq!(number("application_id"), 0x6f75_7470);
    assert_eq!(number("journal_size_limit"), 16 * 1024 * 1024);
    assert_eq!(number("busy_timeout"), 10_000);
}

#[test]
fn migrations_are_sound() {
    MIGRATIONS.validate().unwrap();
}

/// When this fails for a released file, put the old text back and write a new migration.
#[test]
fn a_released_migration_is_never_edited() {
    let released = [
        (
            include_str!("../migrations/0001_runs_and_visits.sql"),
            "959a16cb73c60484",
        ),
        (
            include_str!("../migrations/0002_releases.sql"),
            "666495fa51f07c15",
        ),
        (
            include_str!("../migrations/0003_pins.sql"),
            "086b30017a9f4c03",
        ),
        (
            include_str!("../migrations/0004_manners.sql"),
            "1694df03768bbb05",
        ),
        (
            include_str!("../migrations/0005_main_index.sql"),
            "3613a477813de1b7",
        ),
        (
            include_str!("../migrations/0006_service.sql"),
            "1fcef378d8415502",
        ),
        (
            include_str!("../migrations/0007_checks.sql"),
            "71124ae8781ac4c2",
        ),
    ];
    assert_eq!(released.len(), FIXTURES.len());
    for (sql, known) in released {
        let hash = Sha256::digest(sql);
        let hex: String = hash[..8].iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, known);
    }
}

#[test]
fn every_older_schema_is_brought_up_to_date_with_its_data() {
    let newest = schema(&Store::in_memory().unwrap().conn);
    assert_eq!(FIXTURES.len() as i64, NEWEST, "one fixture a schema");
    for (i, fixture) in FIXTURES.iter().enumerate() {
        let (_directory, path) = place();
        let mut old = Connection::open(&path).unwrap();
        MIGRATIONS.to_version(&mut old, i + 1).unwrap();
        old.execute_batch(fixture).unwrap();
        drop(old);

        let mut store = open(&path);
        assert_eq!(schema(&store.conn), newest, "from schema {}", i + 1);
        store.integrity_check().unwrap();
        holds_the_fixture(&mut store);
    }
}

fn schema(conn: &Connection) -> Vec<String> {
    conn.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name")
        .unwrap()
        .query_map([], |r| r.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

fn holds_the_fixture(store: &mut Store) {
    let runs = store.runs().unwrap();
    assert_eq!(runs.len(), 2);
    assert_eq!(
        (runs[1].seed, runs[1].state),
        (u64::MAX, RunState::Finished)
    );
    assert_eq!(runs[1].host.tool, "0.1.0");
    let rows = store
        .visits(&VisitFilter::default(), &jiff::tz::TimeZone::UTC)
        .unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].values.get(Metric::Lcp), Some(2_100.25));
    assert_eq!(rows[0].flags, ["never_quiet", "retried"]);
    assert_eq!(rows[1].state, VisitState::Blocked);
    let explained = store.attribution(1).unwrap().unwrap();
    assert_eq!(explained.lcp_element.as_deref(), Some("img"));
    let (_, body) = store.evidence(1, "requests").unwrap().unwrap();
    assert_eq!(body, b"[]");
    let found = store
        .find_resumable(
            "cfg",
            runs[0].started_at,
            jiff::SignedDuration::from_hours(12),
        )
        .unwrap()
        .unwrap();
    assert_eq!(found.remaining.len(), 2);
    store.finish_visit(2, &measured(0, all_values(0))).unwrap();
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let (directory, path) = place();
    let (store, _) = begun(&path, 1);
    store
        .conn
        .pragma_update(None, "user_version", NEWEST + 41)
        .unwrap();
    drop(store);
    let before = fs::read(&path).unwrap();
    for mode in [OpenMode::ReadWrite, OpenMode::ReadOnly] {
        let error = refused(&path, mode);
        assert!(matches!(error, StoreError::NewerSchema { .. }), "{error:?}");
        insta::allow_duplicates! {
            let text = message(&error, &directory)
                .replace(&(NEWEST + 41).to_string(), "THEIRS")
                .replace(&format!("knows {NEWEST}"), "knows OURS");
            insta::assert_snapshot!(text, @"
            database `DIR/outpace.db` was made by a newer outpace (schema THEIRS; this one knows OURS)
            hint: update outpace; nothing was changed
            ");
        }
    }
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_file_of_another_program_is_refused_and_left_alone() {
    let (directory, path) = place();
    fs::write(
        &path,
        "a shopping list, long enough to be a header of a database: ".repeat(9),
    )
    .unwrap();
    let other = directory.path().join("other.db");
    let conn = Connection::open(&other).unwrap();
    conn.execute_batch("CREATE TABLE runs (id INTEGER); PRAGMA user_version = 1;")
        .unwrap();
    drop(conn);
    // No table yet, and still another program's by its application id.
    let marked = directory.path().join("marked.db");
    let conn = Connection::open(&marked).unwrap();
    conn.pragma_update(None, "application_id", 7).unwrap();
    drop(conn);
    for path in [path, other, marked] {
        let before = fs::read(&path).unwrap();
        for mode in [OpenMode::ReadWrite, OpenMode::ReadOnly] {
            let error = refused(&path, mode);
            assert!(matches!(error, StoreError::NotOurs { .. }), "{error:?}");
        }
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}

#[test]
fn a_missing_file_or_directory_is_named() {
    let (directory, path) = place();
    let error = refused(&path, OpenMode::ReadOnly);
    insta::assert_snapshot!(message(&error, &directory), @"
    there is no database `DIR/outpace.db`
    hint: `outpace run` makes it
    ");
    assert!(!path.exists(), "reading makes no file");
    let nowhere = directory.path().join("no/such/outpace.db");
    let error = refused(&nowhere, OpenMode::ReadOnly);
    assert!(matches!(error, StoreError::NoDatabase { .. }), "{error:?}");
    let error = refused(&nowhere, OpenMode::ReadWrite);
    insta::assert_snapshot!(message(&error, &directory), @"
    there is no directory `DIR/no/such` to keep the database in
    hint: make it, or name another place under `database` in targets.toml
    ");
    let error = writer_lock(&nowhere, at(START)).unwrap_err();
    assert!(matches!(error, StoreError::NoSuchDirectory { .. }));
    let error = refused(directory.path(), OpenMode::ReadWrite);
    assert!(matches!(error, StoreError::CannotOpen { .. }), "{error:?}");
}

#[test]
fn an_empty_file_becomes_a_database_only_when_written() {
    let (_directory, path) = place();
    fs::write(&path, "").unwrap();
    let error = refused(&path, OpenMode::ReadOnly);
    assert!(matches!(error, StoreError::NoDatabase { .. }));
    assert_eq!(open(&path).runs().unwrap(), []);
}

#[test]
fn a_reader_reads_while_a_run_writes_and_cannot_write() {
    let (directory, path) = place();
    let (mut writer, run) = begun(&path, 1);
    let mut reader = Store::open(&path, OpenMode::ReadOnly).unwrap();
    writer
        .finish_visit(run, &measured(0, all_values(0)))
        .unwrap();
    assert_eq!(reader.runs().unwrap()[0].ok, 1);
    let error = reader
        .finish_visit(run, &measured(1, all_values(1)))
        .unwrap_err();
    insta::assert_snapshot!(message(&error, &directory), @"
    database `DIR/outpace.db` is read-only
    hint: allow this user to write the file and its directory
    ");
    assert_eq!(writer.runs().unwrap()[0].ok, 1);
}

#[test]
fn another_programs_transaction_is_waited_for_and_then_named() {
    let (directory, path) = place();
    let (mut store, run) = begun(&path, 1);
    store.conn.busy_timeout(std::time::Duration::ZERO).unwrap();
    let tool = Connection::open(&path).unwrap();
    tool.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store
        .finish_visit(run, &measured(0, all_values(0)))
        .unwrap_err();
    insta::assert_snapshot!(message(&error, &directory), @"
    database `DIR/outpace.db` is in use by another program
    hint: close the tool that holds a transaction open and run again; nothing was lost
    ");
    tool.execute_batch("ROLLBACK").unwrap();
    store
        .finish_visit(run, &measured(0, all_values(0)))
        .unwrap();
}

#[test]
fn a_second_writer_is_told_who_writes() {
    let (directory, path) = place();
    let first = writer_lock(&path, at(START)).unwrap();
    let error = writer_lock(&path, at(START)).unwrap_err();
    let text = message(&error, &directory).replace(&std::process::id().to_string(), "PID");
    insta::assert_snapshot!(text, @"
    another outpace is writing database `DIR/outpace.db` (process PID, since 2026-11-23T01:02:03.456Z)
    hint: wait until it has ended, or stop it
    ");
    // Another name of the same file is the same lock.
    open(&path);
    let alias = directory.path().join("alias.db");
    std::os::unix::fs::symlink(&path, &alias).unwrap();
    let error = writer_lock(&alias, at(START)).unwrap_err();
    assert!(matches!(error, StoreError::Locked { pid: Some(_), .. }));
    drop(first);
    let text = fs::read_to_string(directory.path().join("outpace.db.lock")).unwrap();
    assert_eq!(text, "", "nobody holds it");
    writer_lock(&alias, at(START)).unwrap();
}
