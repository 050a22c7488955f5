//! The keeper: a small process between outpace and a ChromeDriver that outlives neither.
//!
//! outpace may be killed at any moment and cannot then end its browsers, and a driver that is
//! killed leaves its browser running. So outpace starts its own binary again as a keeper and holds
//! the other end of its standard input; when that closes, for whatever reason, the keeper ends the
//! driver and every process of it, reaps them (it is their subreaper), removes the temporary
//! folder and goes.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rustix::process::{WaitOptions, set_child_subreaper, wait};

use super::processes;

/// The hidden verb by which outpace starts itself as a keeper.
pub const VERB: &str = "__keep";

/// Runs `program` with `args` until it ends or `lifeline` closes; `temporary` is its temporary
/// folder and is removed afterwards. Returns when nothing of it is left.
///
/// # Errors
/// When the program cannot be started.
pub fn keep(
    program: &Path,
    args: &[String],
    temporary: PathBuf,
    lifeline: impl Read + Send + 'static,
) -> std::io::Result<()> {
    if let Some(me) = rustix::process::Pid::from_raw(1) {
        // Any non-zero value means "yes" (prctl(2)); without it orphans go to process 1.
        let _ = set_child_subreaper(Some(me));
    }
    let driver = Command::new(program)
        .args(args)
        .env(processes::MARK, &temporary)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()?;
    let root = driver.id();
    let (ended, wait_ended) = mpsc::channel();
    let lifeline_end = ended.clone();
    std::thread::spawn(move || {
        let mut lifeline = lifeline;
        let mut sink = [0_u8; 64];
        while matches!(lifeline.read(&mut sink), Ok(n) if n > 0) {}
        let _ = lifeline_end.send(());
    });
    std::thread::spawn(move || {
        reap_until(root);
        let _ = ended.send(());
    });
    let _ = wait_ended.recv();
    end_all(root, &temporary);
    let _ = std::fs::remove_dir_all(&temporary);
    Ok(())
}

/// Reaps whatever ends, until the driver itself has.
fn reap_until(root: u32) {
    while let Ok(Some((pid, _))) = wait(WaitOptions::empty()) {
        if u32::try_from(pid.as_raw_nonzero().get()) == Ok(root) {
            return;
        }
    }
}

/// Ends and reaps until nothing of the driver is left: a browser may be starting a process while
/// its others are being ended. As subreaper we are the parent of every orphan among them, so
/// having no child left means that all are gone.
fn end_all(root: u32, temporary: &Path) {
    for _ in 0..300 {
        processes::end(&processes::owned(root, temporary));
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(_) => return,
            }
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}
