//! Which processes belong to a driver, and their end.
//!
//! A browser is a tree of processes, some of which leave the tree. All of them inherit the
//! environment of the driver, in which a temporary folder made for this one driver is named: a
//! process is ours if it descends from the driver or carries that folder's name. Never by name of
//! program. Linux only (`/proc`); elsewhere only the driver itself is ended.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

/// The environment variable that marks a driver's processes.
pub const MARK: &str = "TMPDIR";

/// Every process that descends from `root` or whose environment names `mark` as its temporary
/// folder; never this process itself.
#[must_use]
pub fn owned(root: u32, mark: &Path) -> BTreeSet<u32> {
    let all = parents();
    let mut found: BTreeSet<u32> = all
        .iter()
        .map(|&(pid, _)| pid)
        .filter(|&pid| pid == root || names_mark(pid, mark.as_os_str()))
        .collect();
    loop {
        let more: Vec<u32> = all
            .iter()
            .filter(|(pid, parent)| found.contains(parent) && !found.contains(pid))
            .map(|&(pid, _)| pid)
            .collect();
        if more.is_empty() {
            break;
        }
        found.extend(more);
    }
    found.remove(&std::process::id());
    found
}

/// Ends processes at once. One that is gone already is no error.
pub fn end(pids: &BTreeSet<u32>) {
    for &pid in pids {
        if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
            // Fails only where the process is gone or was never ours to end.
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

/// (pid, parent) of every process.
fn parents() -> Vec<(u32, u32)> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok())
        .filter_map(|pid| Some((pid, parent_of(pid)?)))
        .collect()
}

/// Parent from `/proc/PID/stat`: the second field after the last `)` (proc(5)).
fn parent_of(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_ascii_whitespace().nth(1)?.parse().ok()
}

fn names_mark(pid: u32, mark: &OsStr) -> bool {
    let Ok(environ) = fs::read(format!("/proc/{pid}/environ")) else {
        return false;
    };
    let wanted = [MARK.as_bytes(), b"=", mark.as_bytes()].concat();
    environ.split(|&b| b == 0).any(|entry| entry == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn a_grandchild_that_left_the_tree_is_found_by_its_mark_and_a_stranger_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let mut stranger = Command::new("sleep").arg("60").spawn().unwrap();
        let mut shell = Command::new("sh")
            .args(["-c", "sleep 60 & echo $!; exit 0"])
            .env(MARK, dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = String::new();
        {
            use std::io::{BufRead, BufReader};
            BufReader::new(shell.stdout.take().unwrap())
                .read_line(&mut out)
                .unwrap();
        }
        let grandchild: u32 = out.trim().parse().unwrap();
        shell.wait().unwrap();
        let found = owned(u32::MAX, dir.path());
        assert_eq!(found, BTreeSet::from([grandchild]));
        end(&found);
        end(&BTreeSet::from([stranger.id()]));
        stranger.wait().unwrap();
    }
}
