//! Opening a database: whose it is, how new it is, and the settings that keep it whole.
//!
//! A file is looked at before anything is written to it, so that a file of another program or of
//! a newer outpace is left untouched. What is stored and read is left to `write` and `read`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags};
use url::Url;

use super::error::StoreError;
use super::migrations::{APPLICATION_ID, MIGRATIONS, NEWEST};

/// How long a transaction waits for another program's (an analyst's tool, a backup).
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// What a database is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// Made if missing, migrated if older.
    ReadWrite,
    /// Never changed; must exist and be of the newest schema.
    ReadOnly,
}

/// An open database.
#[derive(Debug)]
pub struct Store {
    pub(super) conn: Connection,
    pub(super) path: PathBuf,
}

impl Store {
    /// Opens the database at `path`.
    ///
    /// # Errors
    /// See [`StoreError`]: another program's file, a newer schema, a read-only file, a full disk,
    /// a missing directory. The file is unchanged after an error.
    pub fn open(path: &Path, mode: OpenMode) -> Result<Store, StoreError> {
        match mode {
            OpenMode::ReadWrite => open_to_write(path),
            OpenMode::ReadOnly => open_to_read(path),
        }
    }

    /// A database that lives as long as this value, for tests of those who store and read.
    ///
    /// # Errors
    /// Only when SQLite cannot get memory.
    pub fn in_memory() -> Result<Store, StoreError> {
        let path = PathBuf::from(":memory:");
        let conn = Connection::open_in_memory().map_err(|e| StoreError::from_sqlite(&path, e))?;
        let mut store = Store { conn, path };
        store.settle()?;
        store.migrate()?;
        Ok(store)
    }

    /// The file, as it was named when it was opened.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn error(&self, source: rusqlite::Error) -> StoreError {
        StoreError::from_sqlite(&self.path, source)
    }

    fn settle(&self) -> Result<(), StoreError> {
        self.conn
            .busy_timeout(BUSY_TIMEOUT)
            .and_then(|()| self.conn.pragma_update(None, "foreign_keys", "ON"))
            .map_err(|e| self.error(e))
    }

    /// A write-ahead log lets an analyst read while a run writes; FULL syncs it at each commit, so
    /// that a stored visit also outlives a power cut.
    fn make_durable(&self) -> Result<(), StoreError> {
        // Before the first page is written; later it would need the whole file written anew.
        self.conn
            .pragma_update(None, "auto_vacuum", "INCREMENTAL")
            .and_then(|()| {
                self.conn
                    .pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
            })
            .and_then(|()| self.conn.pragma_update(None, "synchronous", "FULL"))
            .and_then(|()| {
                let limit = 16 * 1024 * 1024;
                self.conn
                    .pragma_update_and_check(None, "journal_size_limit", limit, |_| Ok(()))
            })
            .map_err(|e| self.error(e))
    }

    fn migrate(&mut self) -> Result<(), StoreError> {
        MIGRATIONS
            .to_latest(&mut self.conn)
            .map_err(|e| StoreError::from_migration(&self.path, e))
    }

    /// Schema version, after making sure that the file is ours; 0 for an empty file.
    fn schema_version(&self) -> Result<i64, StoreError> {
        let number = |pragma: &str| {
            self.conn
                .pragma_query_value(None, pragma, |row| row.get::<_, i64>(0))
                .map_err(|e| self.error(e))
        };
        let (id, version) = (number("application_id")?, number("user_version")?);
        let objects: i64 = self
            .conn
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
            .map_err(|e| self.error(e))?;
        let new = id == 0 && version == 0 && objects == 0;
        if id != APPLICATION_ID && !new {
            return Err(StoreError::NotOurs {
                path: self.path.clone(),
            });
        }
        if version > NEWEST {
            return Err(StoreError::NewerSchema {
                path: self.path.clone(),
                found: version,
                known: NEWEST,
            });
        }
        Ok(version)
    }
}

fn open_to_write(path: &Path) -> Result<Store, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(|e| no_connection(path, e))?;
    let mut store = Store {
        conn,
        path: path.to_owned(),
    };
    store.settle()?;
    store.schema_version()?;
    // SQLite silently opens a file for reading when it may not write it.
    if store
        .conn
        .is_readonly(MAIN_DB)
        .map_err(|e| store.error(e))?
    {
        return Err(StoreError::ReadOnly {
            path: path.to_owned(),
        });
    }
    store.make_durable()?;
    store.migrate()?;
    Ok(store)
}

fn open_to_read(path: &Path) -> Result<Store, StoreError> {
    let store = match connect_to_read(path) {
        Err(StoreError::CannotOpen { .. } | StoreError::ReadOnly { .. })
            if path.exists() && !beside(path, "-wal").exists() =>
        {
            connect_immutable(path)?
        }
        other => other?,
    };
    match store.schema_version()? {
        NEWEST => Ok(store),
        0 => Err(StoreError::NoDatabase {
            path: path.to_owned(),
        }),
        found => Err(StoreError::OlderSchema {
            path: path.to_owned(),
            found,
            known: NEWEST,
        }),
    }
}

fn connect_to_read(path: &Path) -> Result<Store, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn =
        Connection::open_with_flags(path, flags).map_err(|e| match no_connection(path, e) {
            // Whoever only reads has nothing to make a directory for.
            StoreError::CannotOpen { .. } | StoreError::NoSuchDirectory { .. }
                if !path.exists() =>
            {
                let path = path.to_owned();
                StoreError::NoDatabase { path }
            }
            other => other,
        })?;
    probe(Store {
        conn,
        path: path.to_owned(),
    })
}

/// A database in a directory that cannot be written has no place for the `-shm` file, which even
/// a reader of a write-ahead log needs. Without a log beside it nothing is pending, so it may be
/// read as it lies (<https://www.sqlite.org/wal.html#read_only_databases>).
fn connect_immutable(path: &Path) -> Result<Store, StoreError> {
    let absolute = std::path::absolute(path).map_err(|source| StoreError::File {
        path: path.to_owned(),
        source,
    })?;
    let mut url = Url::from_file_path(absolute).expect("an absolute path is a file URL");
    url.set_query(Some("immutable=1"));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let conn =
        Connection::open_with_flags(url.as_str(), flags).map_err(|e| no_connection(path, e))?;
    probe(Store {
        conn,
        path: path.to_owned(),
    })
}

/// SQLite opens lazily: only a read shows whether the file and its log can be read.
fn probe(store: Store) -> Result<Store, StoreError> {
    store.settle()?;
    store
        .conn
        .query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
        .map_err(|e| store.error(e))?;
    Ok(store)
}

/// Why SQLite could not open `path` at all.
fn no_connection(path: &Path, source: rusqlite::Error) -> StoreError {
    let directory = directory_of(path);
    if source.sqlite_error_code() == Some(ErrorCode::CannotOpen) && !directory.is_dir() {
        return StoreError::NoSuchDirectory {
            directory: directory.to_owned(),
        };
    }
    StoreError::from_sqlite(path, source)
}

pub(super) fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
