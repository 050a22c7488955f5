//! Real processes: killed without warning, holding the lock, or without the right to write.
//!
//! This test binary starts itself again with one ignored test, which is the child's `main`. The
//! child speaks on standard error, one line a step, so that nothing waits for time to pass.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

use super::*;

const DATABASE: &str = "OUTPACE_TEST_STORE";
const NOBODY: u32 = 65_534;
const ROUNDS: u32 = 10;

fn command(program: &Path, role: &str, database: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .args(["--exact", &format!("store::tests::processes::{role}")])
        .args(["--ignored", "--nocapture"])
        .env(DATABASE, database)
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

fn start(role: &str, database: &Path) -> (Child, BufReader<ChildStderr>) {
    let program = std::env::current_exe().unwrap();
    let mut child = command(&program, role, database).spawn().unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap());
    (child, lines)
}

/// The path that a parent gave; `None` when someone runs the ignored tests by hand.
fn database() -> Option<std::path::PathBuf> {
    std::env::var_os(DATABASE).map(Into::into)
}

#[test]
#[ignore = "the child of other tests"]
fn child_that_measures() {
    let Some(path) = database() else { return };
    let _lock = writer_lock(&path, at(START)).unwrap();
    let mut store = open(&path);
    let day = jiff::SignedDuration::from_hours(12);
    let (run, left) = match store.find_resumable("cfg", at(START), day).unwrap() {
        Some(found) => (found.id, found.remaining),
        None => {
            let plan = plan(ROUNDS);
            let run = store.begin_run(&new_run(at(START)), &plan, &targets());
            (run.unwrap(), plan)
        }
    };
    eprintln!("begun");
    for visit in left {
        let mut record = measured(visit.seq, all_values(visit.seq));
        let body = visit.seq.to_string().repeat(4_000).into_bytes();
        record.artefacts = vec![artefact("requests", "application/json", body)];
        store.finish_visit(run, &record).unwrap();
        eprintln!("stored {}", visit.seq);
    }
    store.finish_run(run, at(START)).unwrap();
    eprintln!("finished");
}

#[test]
fn a_run_killed_again_and_again_stores_every_visit_once() {
    let (_directory, path) = place();
    let mut said = Vec::new();
    let mut finished = false;
    // Killed after so many lines; 0 is somewhere within opening and migrating.
    for patience in (0..200).map(|i| i % 8) {
        let (mut child, lines) = start("child_that_measures", &path);
        for line in lines.lines().take(patience).map(Result::unwrap) {
            finished |= line == "finished";
            said.extend(
                line.strip_prefix("stored ")
                    .map(|s| s.parse::<u32>().unwrap()),
            );
        }
        child.kill().unwrap();
        child.wait().unwrap();
        if finished {
            break;
        }
    }
    assert!(finished);
    let store = open(&path);
    store.integrity_check().unwrap();
    let runs = store.runs().unwrap();
    assert_eq!(runs.len(), 1, "always the same run was gone on with");
    assert_eq!(runs[0].ok as usize, plan(ROUNDS).len());
    let rows = store
        .visits(&VisitFilter::default(), &jiff::tz::TimeZone::UTC)
        .unwrap();
    for (row, visit) in rows.iter().zip(plan(ROUNDS)) {
        assert_eq!(row.values, all_values(visit.seq));
        let (_, body) = store.evidence(row.id, "requests").unwrap().unwrap();
        assert_eq!(body, visit.seq.to_string().repeat(4_000).into_bytes());
    }
    let times = said.len();
    said.sort_unstable();
    said.dedup();
    assert_eq!(said.len(), times, "no visit was stored twice");
    assert!(times > 1, "children got far enough to store something");
}

#[test]
#[ignore = "the child of other tests"]
fn child_that_holds_the_lock() {
    let Some(path) = database() else { return };
    let _lock = writer_lock(&path, at(START)).unwrap();
    eprintln!("locked");
    // Until the parent kills it.
    loop {
        std::thread::park();
    }
}

#[test]
fn the_lock_of_another_process_names_it_and_ends_with_it() {
    let (_directory, path) = place();
    let (mut child, mut lines) = start("child_that_holds_the_lock", &path);
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    assert_eq!(line, "locked\n");
    let error = writer_lock(&path, at(START)).unwrap_err();
    let pid = Some(child.id());
    assert!(
        matches!(&error, StoreError::Locked { pid: p, since: Some(s), .. } if *p == pid && *s == at(START)),
        "{error:?}"
    );
    child.kill().unwrap();
    child.wait().unwrap();
    writer_lock(&path, at(START)).unwrap();
}

#[test]
#[ignore = "the child of other tests"]
fn child_that_may_not_write() {
    let Some(path) = database() else { return };
    if let Err(e) = writer_lock(&path, at(START)) {
        eprintln!("lock: {e}");
    }
    for mode in [OpenMode::ReadWrite, OpenMode::ReadOnly] {
        match Store::open(&path, mode) {
            Ok(store) => eprintln!("{mode:?}: {} visits", store.runs().unwrap()[0].ok),
            Err(e) => eprintln!("{mode:?}: {e}"),
        }
    }
}

/// What a user who is not the owner meets. Root may write anything, so root steps down.
fn as_stranger(directory: &TempDir, path: &Path) -> String {
    let program = std::env::current_exe().unwrap();
    let mut child = if rustix::process::geteuid().is_root() {
        // In a directory that the stranger can reach.
        let copy = directory.path().join("program");
        if !copy.exists() {
            // By a process of its own: a program that a test beside this one starts meanwhile
            // would inherit the handle that writes the copy, which could then not be started.
            let copied = Command::new("cp").arg(&program).arg(&copy).status();
            assert!(copied.unwrap().success());
        }
        let mut child = command(&copy, "child_that_may_not_write", path);
        child.uid(NOBODY).gid(NOBODY);
        child
    } else {
        command(&program, "child_that_may_not_write", path)
    };
    let output = child.current_dir("/").output().unwrap();
    String::from_utf8(output.stderr)
        .unwrap()
        .replace(directory.path().to_str().unwrap(), "DIR")
}

fn mode(path: &Path, bits: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(bits)).unwrap();
}

#[test]
fn a_file_or_directory_that_may_not_be_written_is_named_and_can_be_read() {
    let (directory, _) = place();
    let inner = directory.path().join("data");
    fs::create_dir(&inner).unwrap();
    let path = inner.join("out pace?#%.db");
    let (mut store, run) = begun(&path, 1);
    store
        .finish_visit(run, &measured(0, all_values(0)))
        .unwrap();
    drop(store);
    mode(directory.path(), 0o755);

    mode(&path, 0o444);
    mode(&inner, 0o777);
    insta::assert_snapshot!(as_stranger(&directory, &path), @"
    ReadWrite: database `DIR/data/out pace?#%.db` is read-only
    hint: allow this user to write the file and its directory
    ReadOnly: 1 visits
    ");
    for beside in ["-wal", "-shm", ".lock"] {
        let _ = fs::remove_file(inner.join(format!("out pace?#%.db{beside}")));
    }

    mode(&inner, 0o555);
    insta::assert_snapshot!(as_stranger(&directory, &path), @"
    lock: database `DIR/data/out pace?#%.db` is read-only
    hint: allow this user to write the file and its directory
    ReadWrite: database `DIR/data/out pace?#%.db` is read-only
    hint: allow this user to write the file and its directory
    ReadOnly: 1 visits
    ");

    mode(&path, 0o666);
    insta::assert_snapshot!(as_stranger(&directory, &path), @"
    lock: database `DIR/data/out pace?#%.db` is read-only
    hint: allow this user to write the file and its directory
    ReadWrite: database `DIR/data/out pace?#%.db` is read-only
    hint: allow this user to write the file and its directory
    ReadOnly: 1 visits
    ");

    // A run was killed: its log waits beside the file, and must not be passed over.
    mode(&inner, 0o755);
    let mut store = open(&path);
    store
        .finish_visit(run, &measured(1, all_values(1)))
        .unwrap();
    let log = fs::read(inner.join("out pace?#%.db-wal")).unwrap();
    drop(store);
    fs::write(inner.join("out pace?#%.db-wal"), log).unwrap();
    mode(&inner, 0o555);
    insta::assert_snapshot!(as_stranger(&directory, &path), @"
    lock: database `DIR/data/out pace?#%.db` is read-only
    hint: allow this user to write the file and its directory
    ReadWrite: cannot open database `DIR/data/out pace?#%.db`
    hint: this user must be able to read the file, and to write its directory: SQLite keeps `-wal` and `-shm` files beside it
    ReadOnly: cannot open database `DIR/data/out pace?#%.db`
    hint: this user must be able to read the file, and to write its directory: SQLite keeps `-wal` and `-shm` files beside it
    ");
    mode(&inner, 0o755);
}
