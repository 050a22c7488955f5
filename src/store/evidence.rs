//! Evidence of visits: one visit read whole, visits whose evidence is kept for ever, and the end of
//! what is older than it is kept for.
//!
//! Which evidence may go is decided by `retention`; metrics stay for ever.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{Connection, OptionalExtension, params};

use super::error::StoreError;
use super::open::Store;
use super::read::VisitFilter;
use super::retention::{self, Held};
use crate::model::{Attribution, HostFacts, Kept, VisitRow, WholeVisit};

/// What the tables say of a visit besides its row.
struct Facts {
    target_name: String,
    url: String,
    final_url: Option<String>,
    title: Option<String>,
    attribution: Option<String>,
    host: String,
}

/// Evidence that goes, or would go.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Pruned {
    /// Visits whose evidence goes.
    pub visits: u64,
    /// Pieces of evidence that go.
    pub pieces: u64,
    /// Their bytes, compressed.
    pub bytes: u64,
    /// Visits that are old enough and pinned, so that their evidence stays.
    pub pinned: u64,
}

/// A visit whose evidence is kept for ever.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Pin {
    /// Visit id.
    pub visit: i64,
    /// Why, such as `report 2026-10`.
    pub why: String,
    /// Since when.
    pub since: Timestamp,
}

impl Store {
    /// One visit's row; `None` for an unknown one, or one that has no outcome yet.
    ///
    /// # Errors
    /// What SQLite says, or [`StoreError::Content`].
    pub fn visit(&self, id: i64, zone: &TimeZone) -> Result<Option<VisitRow>, StoreError> {
        let run: Option<i64> = self
            .conn
            .query_row("SELECT run_id FROM visits WHERE id = ?1", [id], |row| {
                row.get(0)
            })
            .optional()
            .map_err(|e| self.error(e))?;
        if run.is_none() {
            return Ok(None);
        }
        let filter = VisitFilter {
            run,
            ..VisitFilter::default()
        };
        let rows = self.visits(&filter, zone)?;
        Ok(rows.into_iter().find(|row| row.id == id))
    }

    /// All that is known of a visit but its pictures.
    ///
    /// # Errors
    /// What SQLite says, or [`StoreError::Content`].
    pub fn whole(&self, row: VisitRow) -> Result<WholeVisit, StoreError> {
        let facts = self.facts(row.id)?;
        let host: HostFacts = self.parsed(&facts.host, &row)?;
        let attribution: Attribution = match &facts.attribution {
            Some(text) => self.parsed(text, &row)?,
            None => Attribution::default(),
        };
        Ok(WholeVisit {
            requests: self.list(&row, "requests")?,
            console: self.list(&row, "console")?,
            kept: self.kept(row.id)?,
            pinned: self.pin_of(row.id)?,
            browser: host.browsers.get(&row.region).cloned(),
            tool: host.tool,
            target_name: facts.target_name,
            url: facts.url,
            final_url: facts.final_url,
            title: facts.title,
            attribution,
            row,
        })
    }

    /// Keeps the evidence of visits for ever: a report, an alert or a failed release points at it.
    /// A visit that is pinned already keeps its first reason. Gives how many were pinned now.
    ///
    /// # Errors
    /// What SQLite says; nothing is changed then.
    pub fn pin_evidence(
        &mut self,
        visits: &[i64],
        why: &str,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.transact(|tx| {
            let mut pinned = 0;
            for visit in visits {
                pinned += pin(tx, *visit, why, now)?;
            }
            Ok(pinned as u64)
        })
    }

    /// Lets the evidence of a visit go when its time has come. `false`: it was not pinned.
    ///
    /// # Errors
    /// What SQLite says; nothing is changed then.
    pub fn unpin_evidence(&mut self, visit: i64) -> Result<bool, StoreError> {
        self.transact(|tx| Ok(tx.execute("DELETE FROM pins WHERE visit_id = ?1", [visit])? > 0))
    }

    /// Visits whose evidence is kept for ever, and why.
    ///
    /// # Errors
    /// What SQLite says, or [`StoreError::Content`].
    pub fn pins(&self) -> Result<Vec<Pin>, StoreError> {
        let read = || {
            self.conn
                .prepare("SELECT visit_id, why, since_ms FROM pins ORDER BY visit_id")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect::<Result<Vec<(i64, String, i64)>, _>>()
        };
        let rows = read().map_err(|e| self.error(e))?;
        rows.into_iter()
            .map(|(visit, why, since)| {
                let since = Timestamp::from_millisecond(since).map_err(|e| {
                    StoreError::content(format!("time of the pin of visit {visit}"), e)
                })?;
                Ok(Pin { visit, why, since })
            })
            .collect()
    }

    /// What [`Store::prune`] would do.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn prunable(&self, before: Timestamp) -> Result<Pruned, StoreError> {
        let held = self.held().map_err(|e| self.error(e))?;
        Ok(tally(&held, before))
    }

    /// Ends the evidence of visits that began before a time and are not pinned, and gives the space
    /// back to the file system.
    ///
    /// # Errors
    /// What SQLite says; nothing is changed then.
    pub fn prune(&mut self, before: Timestamp) -> Result<Pruned, StoreError> {
        let pruned = self.transact(|tx| {
            let held = held_in(tx)?;
            let mut delete = tx.prepare_cached("DELETE FROM evidence WHERE visit_id = ?1")?;
            for visit in retention::outdated(&held, before) {
                delete.execute([visit])?;
            }
            Ok(tally(&held, before))
        })?;
        if pruned.pieces > 0 {
            self.give_back().map_err(|e| self.error(e))?;
        }
        Ok(pruned)
    }

    /// Freed pages stay in the file until it is cut, and the write-ahead log beside it until that is.
    /// A file of an older outpace is written anew once, so that it can be cut.
    fn give_back(&self) -> rusqlite::Result<()> {
        let incremental = 2;
        let mode: i64 = self
            .conn
            .pragma_query_value(None, "auto_vacuum", |row| row.get(0))?;
        if mode == incremental {
            // Each step frees one page.
            let mut vacuum = self.conn.prepare("PRAGMA incremental_vacuum")?;
            let mut steps = vacuum.query([])?;
            while steps.next()?.is_some() {}
        } else {
            self.conn
                .execute_batch("PRAGMA auto_vacuum = INCREMENTAL; VACUUM")?;
        }
        self.conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
    }

    fn held(&self) -> rusqlite::Result<Vec<Held>> {
        held_in(&self.conn)
    }

    fn facts(&self, visit: i64) -> Result<Facts, StoreError> {
        self.conn
            .query_row(
                "SELECT c.target_name, c.url, v.final_url, v.title, v.attribution, r.host
                 FROM visits AS v JOIN cells AS c ON c.id = v.cell_id
                 JOIN runs AS r ON r.id = v.run_id WHERE v.id = ?1",
                [visit],
                |row| {
                    Ok(Facts {
                        target_name: row.get(0)?,
                        url: row.get(1)?,
                        final_url: row.get(2)?,
                        title: row.get(3)?,
                        attribution: row.get(4)?,
                        host: row.get(5)?,
                    })
                },
            )
            .map_err(|e| self.error(e))
    }

    fn kept(&self, visit: i64) -> Result<Vec<Kept>, StoreError> {
        let read = || {
            self.conn
                .prepare(
                    "SELECT kind, media_type, length(body) FROM evidence
                     WHERE visit_id = ?1 ORDER BY kind",
                )?
                .query_map([visit], |row| {
                    Ok(Kept {
                        kind: row.get(0)?,
                        media_type: row.get(1)?,
                        stored_bytes: row.get::<_, i64>(2)?.unsigned_abs(),
                    })
                })?
                .collect::<Result<Vec<_>, _>>()
        };
        read().map_err(|e| self.error(e))
    }

    fn pin_of(&self, visit: i64) -> Result<Option<String>, StoreError> {
        let sql = "SELECT why FROM pins WHERE visit_id = ?1";
        self.conn
            .query_row(sql, [visit], |row| row.get(0))
            .optional()
            .map_err(|e| self.error(e))
    }

    fn list<T: serde::de::DeserializeOwned>(
        &self,
        row: &VisitRow,
        kind: &str,
    ) -> Result<Vec<T>, StoreError> {
        match self.evidence(row.id, kind)? {
            None => Ok(Vec::new()),
            Some((_, body)) => serde_json::from_slice(&body).map_err(|e| {
                StoreError::content(format!("evidence `{kind}` of visit {}", row.id), e)
            }),
        }
    }

    fn parsed<T: serde::de::DeserializeOwned>(
        &self,
        text: &str,
        row: &VisitRow,
    ) -> Result<T, StoreError> {
        serde_json::from_str(text)
            .map_err(|e| StoreError::content(format!("facts of visit {}", row.id), e))
    }
}

fn held_in(conn: &rusqlite::Connection) -> rusqlite::Result<Vec<Held>> {
    conn.prepare(
        "SELECT e.visit_id, coalesce(v.started_ms, r.started_ms), count(*), sum(length(e.body)),
                EXISTS (SELECT 1 FROM pins AS p WHERE p.visit_id = e.visit_id)
         FROM evidence AS e JOIN visits AS v ON v.id = e.visit_id
         JOIN runs AS r ON r.id = v.run_id GROUP BY e.visit_id",
    )?
    .query_map([], |row| {
        Ok(Held {
            visit: row.get(0)?,
            started_ms: row.get(1)?,
            pieces: row.get::<_, i64>(2)?.unsigned_abs(),
            bytes: row.get::<_, i64>(3)?.unsigned_abs(),
            pinned: row.get(4)?,
        })
    })?
    .collect()
}

fn tally(held: &[Held], before: Timestamp) -> Pruned {
    let going: Vec<i64> = retention::outdated(held, before).collect();
    let by_id: BTreeMap<i64, &Held> = held.iter().map(|h| (h.visit, h)).collect();
    let of = |what: fn(&Held) -> u64| going.iter().map(|id| what(by_id[id])).sum();
    Pruned {
        visits: going.len() as u64,
        pieces: of(|h| h.pieces),
        bytes: of(|h| h.bytes),
        pinned: held
            .iter()
            .filter(|h| h.pinned && retention::is_old(h, before))
            .count() as u64,
    }
}

/// Pins the evidence of a visit, if there is such a visit. Gives how many were pinned now.
pub(super) fn pin(
    conn: &Connection,
    visit: i64,
    why: &str,
    now: Timestamp,
) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "INSERT INTO pins (visit_id, why, since_ms)
         SELECT id, ?2, ?3 FROM visits WHERE id = ?1 ON CONFLICT DO NOTHING",
    )?
    .execute(params![visit, why, now.as_millisecond()])
}
