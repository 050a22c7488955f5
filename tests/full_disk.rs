//! A disk that is full at every step of the way: runs, reports, backups. Nothing stored is lost,
//! no file is half a file, and the next call goes on.
//!
//! The small disk is a tmpfs, which takes the right to mount; without it the tests say so and
//! check what needs none.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::fake::Fake;
use common::{Project, Ran, config};
use rusqlite::Connection;

const FAST: std::time::Duration = std::time::Duration::from_millis(3);

/// A small disk of its own.
struct SmallDisk {
    at: PathBuf,
}

impl SmallDisk {
    fn mount(at: PathBuf, kilobytes: u32) -> Option<SmallDisk> {
        std::fs::create_dir_all(&at).unwrap();
        let size = format!("size={kilobytes}k");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(&at)
            .output()
            .is_ok_and(|o| o.status.success());
        if !mounted {
            eprintln!("not checked: this user may not mount a tmpfs");
        }
        mounted.then_some(SmallDisk { at })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.at.join(name)
    }

    fn free(&self) -> u64 {
        let stat = rustix::fs::statvfs(&self.at).unwrap();
        stat.f_bavail * stat.f_frsize
    }

    /// Fills it until no more than so many bytes are free.
    fn fill(&self, leave: u64) {
        let over = self.free().saturating_sub(leave);
        std::fs::write(self.file("filler"), vec![b'x'; over as usize]).unwrap();
    }

    fn unfill(&self) {
        std::fs::remove_file(self.file("filler")).unwrap();
    }

    /// Names of files that are left in it.
    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.at).unwrap();
        let name = |e: std::io::Result<std::fs::DirEntry>| e.unwrap().file_name();
        let mut names: Vec<String> = entries
            .map(|e| name(e).to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.at).output();
    }
}

fn project(fake: &Fake, database: &Path) -> Project {
    let text = config(&fake.url(), 2).replace(
        "[measure]",
        &format!("database = \"{}\"\n[measure]", database.display()),
    );
    Project::new(&format!("{text}\n[schedule]\ndisk_free_min_mb = 0\n"))
}

fn whole(database: &Path) -> Option<(i64, i64)> {
    if !database.exists() {
        return None;
    }
    let db = Connection::open(database).unwrap();
    let sound: String = db
        .query_row("PRAGMA integrity_check", [], |r| r.get(0))
        .unwrap();
    assert_eq!(sound, "ok");
    let tables: i64 = db
        .query_row(
            "SELECT count(*) FROM sqlite_master WHERE name = 'visits'",
            [],
            |r| r.get(0),
        )
        .unwrap();
    if tables == 0 {
        return None;
    }
    // A measured visit has its figures: no row is half written.
    let half: i64 = db
        .query_row(
            "SELECT count(*) FROM visit WHERE state = 'ok' AND (lcp IS NULL OR load IS NULL)",
            [],
            |r| r.get(0),
        )
        .unwrap();
    assert_eq!(half, 0, "half a row");
    let count = |sql: &str| db.query_row(sql, [], |r| r.get(0)).unwrap();
    Some((
        count("SELECT count(*) FROM visit WHERE state = 'ok'"),
        count("SELECT count(*) FROM run"),
    ))
}

#[test]
fn a_run_that_meets_a_full_disk_says_so_and_the_next_goes_on() {
    let fake = Fake::start(&[], FAST);
    let place = tempfile::tempdir().unwrap();
    let mut met = 0;
    // From no room for the schema to room for all but the last visits.
    for leave in (0..=640).step_by(32) {
        let Some(disk) = SmallDisk::mount(place.path().join(format!("d{leave}")), 2_048) else {
            return;
        };
        let database = disk.file("outpace.db");
        let project = project(&fake, &database);
        disk.fill(leave * 1_024);
        let ran = project.outpace(&["run"]);
        if ran.code != 0 {
            met += 1;
            assert!(
                ran.err.contains("disk is full") && ran.err.contains("hint: "),
                "{leave} kB: {}",
                ran.err
            );
        }
        disk.unfill();
        let before = whole(&database).map_or(0, |(visits, _)| visits);
        project.outpace(&["run", "--quiet"]).code(0);
        let (visits, runs) = whole(&database).unwrap();
        // 4 pages, a warm-up round and two more; what was stored stays, and nothing comes twice.
        if ran.code == 0 {
            assert_eq!((visits, runs), (24, 2), "{leave} kB");
        } else {
            assert_eq!(
                (visits, runs),
                (12, 1),
                "{leave} kB, {before} stored before"
            );
        }
        assert!(before <= visits);
    }
    assert!(met >= 5, "the disk was full {met} times only");
}

#[test]
fn a_report_or_backup_that_does_not_fit_leaves_the_old_one_whole() {
    let fake = Fake::start(&[], FAST);
    let place = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(place.path().join("disk"), 4_096) else {
        return;
    };
    let project = project(&fake, &place.path().join("outpace.db"));
    project.outpace(&["run", "--quiet"]).code(0);
    let out = disk.at.to_str().unwrap();
    let report = |code: i32| {
        let mut command = project.command(&["report", "--out", out]);
        Ran::from(command.env("PATH", "").output().unwrap()).code(code)
    };
    report(5);
    let backup = ["backup", "--to", out];
    project.outpace(&backup).code(0);
    let kept = disk.names();
    let page = kept.iter().find(|n| n.ends_with(".html")).unwrap();
    let old = std::fs::read(disk.file(page)).unwrap();
    for leave in [0, 16, 64, 128] {
        disk.fill(leave * 1_024);
        let ran = report(1);
        assert!(
            ran.err.contains("No space left on device") && ran.err.contains(page.as_str()),
            "{}",
            ran.err
        );
        let ran = project.outpace(&backup).code(1);
        assert!(ran.err.contains("disk is full"), "{}", ran.err);
        disk.unfill();
        assert_eq!(disk.names(), kept, "nothing half and nothing gone");
        assert_eq!(std::fs::read(disk.file(page)).unwrap(), old);
    }
    report(5);
}

#[test]
fn evidence_goes_first_then_measuring_stops_and_figures_and_pins_stay() {
    let fake = Fake::start(&[], FAST);
    let plain = config(&fake.url(), 1);
    let project = Project::new(&plain);
    project.outpace(&["run", "--quiet"]).code(0);
    let count = |sql: &str| project.ask::<i64>(sql);
    let pieces = count("SELECT count(*) FROM evidence");
    let visits = count("SELECT count(*) FROM visit");
    assert!(pieces > 0);
    project
        .outpace(&["visit", "1", "--pin", "--why", "shown to the board"])
        .code(0);
    // Two days later on a disk that is never empty enough.
    let aged = Connection::open(project.file("outpace.db")).unwrap();
    aged.execute("UPDATE visits SET started_ms = started_ms - 172800000", [])
        .unwrap();
    drop(aged);
    let least = "\n[schedule]\ndisk_free_min_mb = 100000000\n";
    std::fs::write(project.file("targets.toml"), format!("{plain}{least}")).unwrap();
    let ran = project.outpace(&["run"]).code(1);
    assert!(
        ran.err.contains("disk low") && ran.err.contains("disk_free_min_mb"),
        "{}",
        ran.err
    );
    assert_eq!(count("SELECT count(*) FROM visit"), visits, "figures stay");
    assert_eq!(
        count("SELECT count(DISTINCT visit_id) FROM evidence"),
        1,
        "only the pinned visit's evidence stays"
    );
    assert_eq!(count("SELECT count(*) FROM run"), 1, "nothing was begun");
}
