//! The end of evidence: what goes, what stays, and that the file gets smaller.

use rusqlite::Connection;

use super::super::migrations::MIGRATIONS;
use super::*;

#[test]
fn a_file_of_an_older_outpace_is_made_smaller_too() {
    let (_directory, path) = place();
    // Made before files could be cut.
    let mut old = Connection::open(&path).unwrap();
    MIGRATIONS.to_version(&mut old, 1).unwrap();
    old.execute_batch(include_str!("../fixtures/0001.sql"))
        .unwrap();
    old.execute(
        "INSERT INTO evidence (visit_id, kind, media_type, encoding, body)
         VALUES (2, 'screenshot', 'image/jpeg', 'none', zeroblob(900000))",
        [],
    )
    .unwrap();
    drop(old);
    let mut store = open(&path);
    let now: jiff::Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(store.pin_evidence(&[1, 4711], "report", now).unwrap(), 1);
    assert_eq!(store.pin_evidence(&[1], "alert", now).unwrap(), 0);
    assert_eq!(store.pins().unwrap()[0].why, "report");
    let before = std::fs::metadata(&path).unwrap().len();
    let would = store.prunable(now).unwrap();
    let pruned = store.prune(now).unwrap();
    assert_eq!(would, pruned);
    assert_eq!(
        (pruned.visits, pruned.bytes, pruned.pinned),
        (1, 900_000, 1)
    );
    let after = std::fs::metadata(&path).unwrap().len();
    assert!(after + 800_000 < before, "{before} bytes became {after}");
    assert!(store.evidence(1, "requests").unwrap().is_some(), "pinned");
    assert!(store.evidence(2, "screenshot").unwrap().is_none());
    assert!(store.unpin_evidence(1).unwrap());
    assert_eq!(store.prune(now).unwrap().visits, 1);
    assert_eq!(store.prune(now).unwrap().pieces, 0);
    store.integrity_check().unwrap();
    let zone = jiff::tz::TimeZone::UTC;
    assert_eq!(
        store.visit(1, &zone).unwrap().unwrap().id,
        1,
        "figures stay"
    );
    assert!(store.visit(3, &zone).unwrap().is_none(), "planned only");
}
