//! One writer at a time: an advisory lock on a file beside the database.
//!
//! The operating system drops the lock when its process ends, however it ends, so nothing has to
//! be cleaned up after a crash. The file's text says who holds it; SQLite's own locks, which
//! guard single transactions, are left to SQLite.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::error::StoreError;

/// Holds the right to write one database until it is dropped.
#[derive(Debug)]
pub struct WriterLock {
    file: File,
}

impl Drop for WriterLock {
    fn drop(&mut self) {
        // The text would name a process that no longer writes. The file stays in place, because
        // removing a lock file lets two processes lock two files.
        let _ = self.file.set_len(0);
        // Not left to closing: a program that is being started this moment has the handle too.
        let _ = self.file.unlock();
    }
}

/// Takes the writer lock of the database at `path`, or says who has it.
///
/// # Errors
/// [`StoreError::Locked`] when another handle or process holds it, [`StoreError::NoSuchDirectory`],
/// [`StoreError::ReadOnly`], [`StoreError::Full`], or [`StoreError::File`] when the lock file
/// cannot be used.
pub fn writer_lock(path: &Path, now: Timestamp) -> Result<WriterLock, StoreError> {
    take(path, &lock_path(path, ".lock")?, now)
}

/// The same for the one service of a database, which leaves writing to the runs that it starts.
///
/// # Errors
/// As [`writer_lock`].
pub fn schedule_lock(path: &Path, now: Timestamp) -> Result<WriterLock, StoreError> {
    take(path, &lock_path(path, ".schedule.lock")?, now)
}

/// Whether a service has the database at `path` now.
#[must_use]
pub fn is_scheduled(path: &Path) -> bool {
    let file = lock_path(path, ".schedule.lock").map(File::open);
    let Ok(Ok(file)) = file else { return false };
    // Shared: two that ask do not take each other for a service.
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

fn take(path: &Path, lock: &Path, now: Timestamp) -> Result<WriterLock, StoreError> {
    let failed = |source| unusable(path, lock, source);
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(lock)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(held(path, &mut file)),
        Err(TryLockError::Error(source)) => return Err(failed(source)),
    }
    file.set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| writeln!(file, "{} {now}", std::process::id()))
        .map_err(failed)?;
    Ok(WriterLock { file })
}

/// `outpace.db` -> `outpace.db.lock`, beside the file that a symbolic link leads to, so that two
/// names of one database share one lock.
fn lock_path(path: &Path, suffix: &str) -> Result<PathBuf, StoreError> {
    let real = match path.canonicalize() {
        Ok(real) => real,
        Err(_) => {
            let parent = super::open::directory_of(path);
            let directory = parent
                .canonicalize()
                .map_err(|_| StoreError::NoSuchDirectory {
                    directory: parent.to_owned(),
                })?;
            directory.join(path.file_name().unwrap_or_default())
        }
    };
    let mut name: OsString = real.into_os_string();
    name.push(suffix);
    Ok(PathBuf::from(name))
}

fn unusable(path: &Path, lock: &Path, source: io::Error) -> StoreError {
    let path = path.to_owned();
    match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full { path },
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            StoreError::ReadOnly { path }
        }
        _ => StoreError::File {
            path: lock.to_owned(),
            source,
        },
    }
}

fn held(path: &Path, file: &mut File) -> StoreError {
    let mut text = String::new();
    // The holder may be writing it this moment: then its words are unknown, not wrong.
    let _ = file.read_to_string(&mut text);
    let mut words = text.split_whitespace();
    StoreError::Locked {
        path: path.to_owned(),
        pid: words.next().and_then(|w| w.parse().ok()),
        since: words.next().and_then(|w| w.parse().ok()),
    }
}
