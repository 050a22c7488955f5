//! What can go wrong with the database, in words that say what to do next.
//!
//! Decided by SQLite's result codes and never by the text of a message. Every variant leaves the
//! database as it was before the call: a transaction that fails is rolled back whole.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{ErrorCode, ffi};

/// Why the database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file has migrations that this program does not know.
    #[error(
        "database `{}` was made by a newer outpace (schema {found}; this one knows {known})\n\
         hint: update outpace; nothing was changed", path.display()
    )]
    NewerSchema {
        /// The database.
        path: PathBuf,
        /// Its schema version.
        found: i64,
        /// The newest one known here.
        known: i64,
    },
    /// Opened read-only, and its schema is not the newest.
    #[error(
        "database `{}` was made by an older outpace (schema {found}, now {known}) and is opened \
         for reading only\nhint: `outpace run` brings it up to date", path.display()
    )]
    OlderSchema {
        /// The database.
        path: PathBuf,
        /// Its schema version.
        found: i64,
        /// The newest one known here.
        known: i64,
    },
    /// Some other file: another program's database, or no database at all.
    #[error(
        "`{}` is no database of outpace\nhint: name another file under `database` in targets.toml; \
         this one was left as it is", path.display()
    )]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// Nothing there to read.
    #[error("there is no database `{}`\nhint: `outpace run` makes it", path.display())]
    NoDatabase {
        /// The missing file.
        path: PathBuf,
    },
    /// The directory that should hold it does not exist.
    #[error(
        "there is no directory `{}` to keep the database in\nhint: make it, or name another place \
         under `database` in targets.toml", directory.display()
    )]
    NoSuchDirectory {
        /// The missing directory.
        directory: PathBuf,
    },
    /// The file may be read and not written.
    #[error(
        "database `{}` is read-only\nhint: allow this user to write the file and its directory",
        path.display()
    )]
    ReadOnly {
        /// The database.
        path: PathBuf,
    },
    /// SQLite could not open the file or one of the files it keeps beside it.
    #[error(
        "cannot open database `{}`\nhint: this user must be able to read the file, and to write \
         its directory: SQLite keeps `-wal` and `-shm` files beside it", path.display()
    )]
    CannotOpen {
        /// The database.
        path: PathBuf,
        /// SQLite's own words.
        source: rusqlite::Error,
    },
    /// No space left.
    #[error(
        "disk is full: database `{}` cannot grow; what was stored is whole\n\
         hint: free space and run again: `outpace run` goes on with what is left", path.display()
    )]
    Full {
        /// The database.
        path: PathBuf,
    },
    /// Another process holds the writer lock.
    #[error(
        "another outpace is writing database `{}` ({})\nhint: wait until it has ended, or stop it",
        path.display(), holder(*pid, *since)
    )]
    Locked {
        /// The database.
        path: PathBuf,
        /// The process that holds it, where it could be read.
        pid: Option<u32>,
        /// Since when.
        since: Option<Timestamp>,
    },
    /// Another program kept the database locked for longer than we wait.
    #[error(
        "database `{}` is in use by another program\nhint: close the tool that holds a transaction \
         open and run again; nothing was lost", path.display()
    )]
    Busy {
        /// The database.
        path: PathBuf,
    },
    /// The file is damaged.
    #[error(
        "database `{}` is damaged: {what}\nhint: keep a copy of it, then put a backup in its place \
         or save what can be read with `sqlite3 FILE .recover`", path.display()
    )]
    Corrupt {
        /// The database.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// The system could not read or write.
    #[error(
        "reading or writing database `{}` failed\nhint: look at the disk, its quota and its mount",
        path.display()
    )]
    Disk {
        /// The database.
        path: PathBuf,
        /// SQLite's own words.
        source: rusqlite::Error,
    },
    /// A file beside the database (the writer lock) could not be used.
    #[error("cannot use `{}`", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's own words.
        source: io::Error,
    },
    /// This visit already has its outcome; the one that was stored first stays.
    #[error("visit {seq} of run {run} is already stored")]
    AlreadyStored {
        /// Run id.
        run: i64,
        /// Number within the run.
        seq: u32,
    },
    /// The run never planned this visit.
    #[error("visit {seq} of run {run} was never planned")]
    NotPlanned {
        /// Run id.
        run: i64,
        /// Number within the run.
        seq: u32,
    },
    /// A run with visits left cannot be called finished.
    #[error("run {run} has {left} visits left")]
    VisitsLeft {
        /// Run id.
        run: i64,
        /// Planned visits without an outcome.
        left: u32,
    },
    /// No such run, or one that has ended.
    #[error("run {run} is not an unfinished run")]
    NoSuchRun {
        /// Run id.
        run: i64,
    },
    /// A version can be marked once.
    #[error(
        "release `{0}` is marked already\nhint: `outpace release remove` takes a mark back that was \
         a mistake; `outpace release list` shows them"
    )]
    ReleaseKnown(String),
    /// A plan names a target that was not handed over with it.
    #[error("the plan names target `{0}`, which is not among the targets")]
    UnknownTarget(String),
    /// A stored value does not read back.
    #[error("{what} in the database does not read back")]
    Content {
        /// Which value, such as `host of run 3`.
        what: String,
        /// Why not.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A migration failed; it was rolled back.
    #[error("database `{}` could not be brought to the newest schema", path.display())]
    Migration {
        /// The database.
        path: PathBuf,
        /// Why.
        source: Box<rusqlite_migration::Error>,
    },
    /// Anything else that SQLite says.
    #[error("database `{}` refused a request", path.display())]
    Sqlite {
        /// The database.
        path: PathBuf,
        /// SQLite's own words.
        source: rusqlite::Error,
    },
}

fn holder(pid: Option<u32>, since: Option<Timestamp>) -> String {
    match (pid, since) {
        (Some(pid), Some(since)) => format!("process {pid}, since {since}"),
        (Some(pid), None) => format!("process {pid}"),
        (None, _) => "its process id could not be read".to_owned(),
    }
}

impl StoreError {
    /// What SQLite's result code means for the database at `path`.
    pub(crate) fn from_sqlite(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        // SHMSIZE: the `-shm` file could not grow. SQLite does not call that "full", and nothing
        // but a full disk or quota causes it.
        if source.sqlite_extended_error_code() == Some(ffi::SQLITE_IOERR_SHMSIZE) {
            return StoreError::Full { path };
        }
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => StoreError::Full { path },
            Some(ErrorCode::ReadOnly) => StoreError::ReadOnly { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { path },
            Some(ErrorCode::NotADatabase) => StoreError::NotOurs { path },
            Some(ErrorCode::DatabaseCorrupt) => StoreError::Corrupt {
                path,
                what: source.to_string(),
            },
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                StoreError::CannotOpen { path, source }
            }
            Some(ErrorCode::SystemIoFailure) => StoreError::Disk { path, source },
            _ => StoreError::Sqlite { path, source },
        }
    }

    pub(crate) fn from_migration(path: &Path, source: rusqlite_migration::Error) -> Self {
        match source {
            rusqlite_migration::Error::RusqliteError { err, .. }
                if err.sqlite_error_code() != Some(ErrorCode::Unknown) =>
            {
                StoreError::from_sqlite(path, err)
            }
            source => StoreError::Migration {
                path: path.to_owned(),
                source: Box::new(source),
            },
        }
    }

    pub(crate) fn content(
        what: impl Into<String>,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        StoreError::Content {
            what: what.into(),
            source: source.into(),
        }
    }
}

/// Carried through callbacks that write; `io::Error::downcast` gives it back.
impl From<StoreError> for io::Error {
    fn from(error: StoreError) -> Self {
        io::Error::other(error)
    }
}
