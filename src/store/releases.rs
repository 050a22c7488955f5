//! Releases: marked, listed, and taken back where the mark was a mistake.
//!
//! What a release did to the figures is left to `analysis`.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::error::StoreError;
use super::open::Store;
use super::write::Stop;
use crate::model::Release;

/// What is known of a release when it is marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRelease {
    /// Version; unique.
    pub version: String,
    /// When it went live, UTC.
    pub at: Timestamp,
    /// Commit it was built from.
    pub commit_id: Option<String>,
    /// A word on it.
    pub note: Option<String>,
}

impl Store {
    /// Stores a release and gives it back as it is stored; times are kept to the millisecond.
    ///
    /// # Errors
    /// [`StoreError::ReleaseKnown`] when the version is marked already, or what SQLite says.
    pub fn mark_release(
        &mut self,
        release: &NewRelease,
        now: Timestamp,
    ) -> Result<Release, StoreError> {
        let id = self.transact(|tx| {
            let inserted = tx.execute(
                "INSERT INTO releases (version, at_ms, commit_id, note, created_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
                params![
                    release.version,
                    release.at.as_millisecond(),
                    release.commit_id,
                    release.note,
                    now.as_millisecond()
                ],
            )?;
            if inserted == 0 {
                let known = release.version.clone();
                return Err(Stop::Ours(StoreError::ReleaseKnown(known)));
            }
            Ok(tx.last_insert_rowid())
        })?;
        Ok(Release {
            id,
            version: release.version.clone(),
            at: at(release.at.as_millisecond(), &release.version)?,
            commit_id: release.commit_id.clone(),
            note: release.note.clone(),
        })
    }

    /// Takes a mark back; says whether there was one.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn remove_release(&mut self, version: &str) -> Result<bool, StoreError> {
        self.transact(|tx| {
            let removed = tx.execute("DELETE FROM releases WHERE version = ?1", [version])?;
            Ok(removed > 0)
        })
    }

    /// Every release, oldest first.
    ///
    /// # Errors
    /// What SQLite says, or [`StoreError::Content`].
    pub fn releases(&self) -> Result<Vec<Release>, StoreError> {
        let read = || {
            self.conn
                .prepare(
                    "SELECT id, version, at_ms, commit_id, note FROM releases ORDER BY at_ms, id",
                )?
                .query_map([], fields)?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        let rows = read().map_err(|e| self.error(e))?;
        rows.into_iter().map(release).collect()
    }

    /// The release of a version.
    ///
    /// # Errors
    /// What SQLite says, or [`StoreError::Content`].
    pub fn release(&self, version: &str) -> Result<Option<Release>, StoreError> {
        self.conn
            .query_row(
                "SELECT id, version, at_ms, commit_id, note FROM releases WHERE version = ?1",
                [version],
                fields,
            )
            .optional()
            .map_err(|e| self.error(e))?
            .map(release)
            .transpose()
    }
}

type Fields = (i64, String, i64, Option<String>, Option<String>);

fn fields(row: &Row<'_>) -> rusqlite::Result<Fields> {
    Ok((
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
    ))
}

fn release((id, version, at_ms, commit_id, note): Fields) -> Result<Release, StoreError> {
    Ok(Release {
        id,
        at: at(at_ms, &version)?,
        version,
        commit_id,
        note,
    })
}

fn at(ms: i64, version: &str) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(ms)
        .map_err(|e| StoreError::content(format!("time of release `{version}`"), e))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(version: &str, at: &str) -> NewRelease {
        NewRelease {
            version: version.to_owned(),
            at: at.parse().unwrap(),
            commit_id: None,
            note: Some("the new basket".to_owned()),
        }
    }

    #[test]
    fn a_version_is_marked_once_and_listed_by_time() {
        let mut store = Store::in_memory().unwrap();
        let now = "2026-11-25T00:00:00Z".parse().unwrap();
        let later = store
            .mark_release(&new("v2", "2026-11-20T10:00:00Z"), now)
            .unwrap();
        let first = store
            .mark_release(&new("v1", "2026-11-01T10:00:00Z"), now)
            .unwrap();
        assert_eq!(store.releases().unwrap(), [first.clone(), later]);
        let again = store.mark_release(&new("v1", "2026-11-02T10:00:00Z"), now);
        assert!(matches!(again, Err(StoreError::ReleaseKnown(v)) if v == "v1"));
        assert_eq!(store.release("v1").unwrap(), Some(first));
        assert!(store.remove_release("v1").unwrap());
        assert!(!store.remove_release("v1").unwrap());
        assert_eq!(store.release("v1").unwrap(), None);
    }
}
