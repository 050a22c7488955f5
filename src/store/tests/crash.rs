//! Killed, cut off or out of space: what was stored is whole, what was not is still planned.

use std::fs;
use std::path::Path;

use jiff::tz::TimeZone;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::model::VisitState;

/// Checks that every visit of the run is whole or planned, finishes it, and gives how many were
/// whole.
fn whole_or_planned(path: &Path, run: i64, rounds: u32) -> usize {
    let mut store = open(path);
    store.integrity_check().unwrap();
    let stored = store
        .visits(&VisitFilter::default(), &TimeZone::UTC)
        .unwrap();
    for row in &stored {
        let seq = u32::try_from(row.id - 1).unwrap();
        assert_eq!(row.state, VisitState::Ok);
        assert_eq!(row.values, all_values(seq), "visit {seq} is whole");
        assert_eq!(
            store.evidence(row.id, "requests").unwrap().unwrap().1,
            body(seq),
            "and so is its evidence"
        );
    }
    let found = store
        .find_resumable("cfg", at(START), jiff::SignedDuration::from_hours(12))
        .unwrap()
        .unwrap();
    assert_eq!(found.remaining.len() + stored.len(), plan(rounds).len());
    for visit in found.remaining {
        store.finish_visit(run, &record(visit.seq)).unwrap();
    }
    store.finish_run(run, at(START)).unwrap();
    let row = store.runs().unwrap().remove(0);
    assert_eq!(
        (row.ok, row.planned),
        (row.planned, plan(rounds).len() as u32)
    );
    stored.len()
}

fn body(seq: u32) -> Vec<u8> {
    format!("[{seq}]").repeat(300).into_bytes()
}

fn record(seq: u32) -> VisitRecord {
    let mut record = measured(seq, all_values(seq));
    record.artefacts = vec![artefact("requests", "application/json", body(seq))];
    record
}

fn wal(path: &Path) -> std::path::PathBuf {
    path.with_extension("db-wal")
}

/// A power cut leaves the log up to some byte, and perhaps rubbish after it. With no checkpoint
/// the database file does not change, so a cut-off log beside it is what a disk would hold.
#[test]
fn a_log_cut_at_any_byte_has_every_visit_whole_or_planned() {
    const ROUNDS: u32 = 5;
    let (directory, path) = place();
    let (mut store, run) = begun(&path, ROUNDS);
    store
        .conn
        .pragma_update_and_check(None, "wal_checkpoint", "TRUNCATE", |_| Ok(()))
        .unwrap();
    store
        .conn
        .pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))
        .unwrap();
    let mut ends = vec![];
    for visit in plan(ROUNDS) {
        store.finish_visit(run, &record(visit.seq)).unwrap();
        ends.push(fs::metadata(wal(&path)).unwrap().len());
    }
    let (file, log) = (fs::read(&path).unwrap(), fs::read(wal(&path)).unwrap());
    assert_eq!(log.len() as u64, *ends.last().unwrap());

    let mut random = ChaCha8Rng::seed_from_u64(41);
    let copy = directory.path().join("copy.db");
    for round in 0..60 {
        let cut = random.random_range(0..=log.len());
        let mut left = log[..cut].to_vec();
        if round % 2 == 0 {
            left.extend((0..5_000).map(|_| random.random::<u8>()));
        }
        fs::write(&copy, &file).unwrap();
        fs::write(wal(&copy), left).unwrap();
        let _ = fs::remove_file(directory.path().join("copy.db-shm"));
        let stored = whole_or_planned(&copy, run, ROUNDS);
        let finished = ends.iter().filter(|&&end| end <= cut as u64).count();
        assert_eq!(stored, finished, "log cut at byte {cut}");
    }
}

#[test]
fn a_transaction_that_was_never_committed_leaves_no_trace() {
    let (_directory, path) = place();
    let (mut store, run) = begun(&path, 1);
    store.finish_visit(run, &record(0)).unwrap();
    let tx = store.conn.transaction().unwrap();
    tx.execute("UPDATE visits SET state = 'ok', lcp = 1 WHERE seq = 1", [])
        .unwrap();
    // The process ends here: neither commit nor rollback is ever called.
    std::mem::forget(tx);
    drop(store);
    assert_eq!(whole_or_planned(&path, run, 1), 1);
}

#[test]
fn a_full_disk_is_named_and_loses_nothing() {
    let (directory, path) = place();
    let (mut store, run) = begun(&path, 20);
    let pages: i64 = store
        .conn
        .pragma_query_value(None, "page_count", |r| r.get(0))
        .unwrap();
    store
        .conn
        .pragma_update_and_check(None, "max_page_count", pages + 12, |_| Ok(()))
        .unwrap();
    let mut stored = 0;
    let error = loop {
        let mut record = record(stored);
        // Does not shrink, so that the pages run out in the midst of a visit.
        let mut noise = ChaCha8Rng::seed_from_u64(stored.into());
        let shot = (0..9_000).map(|_| noise.random::<u8>()).collect();
        record
            .artefacts
            .push(artefact("screenshot", "image/png", shot));
        match store.finish_visit(run, &record) {
            Ok(_) => stored += 1,
            Err(error) => break error,
        }
    };
    assert!(stored > 0);
    insta::assert_snapshot!(message(&error, &directory), @"
    disk is full: database `DIR/outpace.db` cannot grow; what was stored is whole
    hint: free space and run again: `outpace run` goes on with what is left
    ");
    let again = store.finish_visit(run, &record(stored));
    assert!(!matches!(again, Err(StoreError::AlreadyStored { .. })));
    drop(store);
    let whole = whole_or_planned(&path, run, 20);
    assert!(whole as u32 >= stored);
}

#[test]
fn a_plan_that_does_not_fit_is_not_half_stored() {
    let (_directory, path) = place();
    let mut store = open(&path);
    let pages: i64 = store
        .conn
        .pragma_query_value(None, "page_count", |r| r.get(0))
        .unwrap();
    store
        .conn
        .pragma_update_and_check(None, "max_page_count", pages + 3, |_| Ok(()))
        .unwrap();
    let error = store.begin_run(&new_run(at(START)), &plan(200), &targets());
    assert!(matches!(error, Err(StoreError::Full { .. })));
    assert_eq!(store.runs().unwrap(), []);
    store.integrity_check().unwrap();
}

#[test]
fn damage_is_found_and_said() {
    let (_directory, path) = place();
    let (mut store, run) = begun(&path, 20);
    for visit in plan(20) {
        store.finish_visit(run, &record(visit.seq)).unwrap();
    }
    drop(store);
    let mut file = fs::read(&path).unwrap();
    for page in file.chunks_mut(4096).skip(12).step_by(5) {
        page[..64].fill(0x5a);
    }
    fs::write(&path, file).unwrap();
    let found = Store::open(&path, OpenMode::ReadOnly).and_then(|s| s.integrity_check());
    assert!(
        matches!(found, Err(StoreError::Corrupt { .. })),
        "{found:?}"
    );
}
