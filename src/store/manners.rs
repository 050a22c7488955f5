//! What was caused at sites and what is remembered of their hosts: robots.txt, stops, distances.
//!
//! What follows from it (who is left alone, for how long) is decided by `commands` and `measure`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use url::Url;

use super::error::StoreError;
use super::open::Store;
use crate::model::{HostMemory, HostStop, RobotsCopy};

/// The distance grows no further than this many times.
const LARGEST_FACTOR: u32 = 16;

impl Store {
    /// The robots.txt of an origin as it was last fetched.
    ///
    /// # Errors
    /// What SQLite says, or [`StoreError::Content`].
    pub fn robots(&self, origin: &str) -> Result<Option<RobotsCopy>, StoreError> {
        let row = self
            .conn
            .query_row(
                "SELECT fetched_ms, status, error, body FROM robots WHERE origin = ?1",
                [origin],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
            )
            .optional()
            .map_err(|e| self.error(e))?;
        let Some((fetched, status, error, body)) = row else {
            return Ok(None);
        };
        Ok(Some(RobotsCopy {
            origin: origin.to_owned(),
            fetched_at: self.time(fetched, "the fetch of a robots.txt")?,
            status,
            error,
            body,
        }))
    }

    /// Keeps a robots.txt in the place of the one before.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn save_robots(&mut self, copy: &RobotsCopy) -> Result<(), StoreError> {
        self.transact(|tx| {
            tx.execute(
                "INSERT OR REPLACE INTO robots (origin, fetched_ms, status, error, body)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    copy.origin,
                    copy.fetched_at.as_millisecond(),
                    copy.status,
                    copy.error,
                    copy.body
                ],
            )?;
            Ok(())
        })
    }

    /// Stores that a host told us to wait, and doubles the distance to it.
    ///
    /// # Errors
    /// What SQLite says; nothing is changed then.
    pub fn stop_host(&mut self, run: i64, stop: &HostStop) -> Result<(), StoreError> {
        self.transact(|tx| {
            tx.execute(
                "INSERT INTO host_stops (run_id, host, target, at_ms, until_ms, reason)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    run,
                    stop.host,
                    stop.target,
                    stop.at.as_millisecond(),
                    stop.until.as_millisecond(),
                    stop.reason
                ],
            )?;
            tx.execute(
                "INSERT INTO host_distances (host, factor) VALUES (?1, 2)
                 ON CONFLICT (host) DO UPDATE SET factor = min(factor * 2, ?2)",
                params![stop.host, LARGEST_FACTOR],
            )?;
            Ok(())
        })
    }

    /// Halves the distance to every host that a run loaded and that did not tell it to wait, back
    /// to the distance of the file.
    ///
    /// # Errors
    /// What SQLite says, or [`StoreError::Content`]; nothing is changed then.
    pub fn ease_hosts(&mut self, run: i64) -> Result<(), StoreError> {
        let urls: Vec<String> = self.texts(
            "SELECT DISTINCT c.url FROM visits AS v JOIN cells AS c ON c.id = v.cell_id
             WHERE v.run_id = ?1 AND v.asked_ms IS NOT NULL",
            run,
        )?;
        let stopped: Vec<String> =
            self.texts("SELECT host FROM host_stops WHERE run_id = ?1", run)?;
        let hosts: BTreeSet<String> = urls.iter().filter_map(|u| host_of(u)).collect();
        self.transact(|tx| {
            for host in hosts.iter().filter(|h| !stopped.contains(h)) {
                tx.execute(
                    "UPDATE host_distances SET factor = factor / 2 WHERE host = ?1 AND factor > 1",
                    [host],
                )?;
            }
            tx.execute("DELETE FROM host_distances WHERE factor <= 1", [])?;
            Ok(())
        })
    }

    /// What is remembered of rivals' hosts: last loads since `since`, stops that hold at `now`,
    /// distances that have grown.
    ///
    /// # Errors
    /// What SQLite says, or [`StoreError::Content`].
    pub fn hosts(
        &self,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<BTreeMap<String, HostMemory>, StoreError> {
        let fresh = || HostMemory {
            factor: 1,
            ..HostMemory::default()
        };
        let mut hosts: BTreeMap<String, HostMemory> = BTreeMap::new();
        for (url, ms) in self.last_loads(since)? {
            let Some(host) = host_of(&url) else { continue };
            let at = self.time(ms, "a load")?;
            let memory = hosts.entry(host).or_insert_with(fresh);
            memory.last_load = memory.last_load.max(Some(at));
        }
        for (host, until, reason) in self.stops(now)? {
            let until = self.time(until, "the end of a stop")?;
            hosts.entry(host).or_insert_with(fresh).stopped = Some((until, reason));
        }
        let mut statement = self
            .conn
            .prepare("SELECT host, factor FROM host_distances")
            .map_err(|e| self.error(e))?;
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .map_err(|e| self.error(e))?;
        for row in rows {
            let (host, factor): (String, u32) = row.map_err(|e| self.error(e))?;
            hosts.entry(host).or_insert_with(fresh).factor = factor;
        }
        Ok(hosts)
    }

    /// Bytes that visits caused a target since a time, for its daily cap.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn bytes_since(&self, target: &str, since: Timestamp) -> Result<f64, StoreError> {
        self.conn
            .prepare_cached(
                "SELECT coalesce(sum(coalesce(v.bytes, v.transfer_bytes, 0)), 0.0)
                 FROM cells AS c JOIN visits AS v ON v.cell_id = c.id
                 WHERE c.target = ?1 AND v.started_ms >= ?2
                   AND v.state IN ('ok', 'failed', 'blocked')",
            )
            .and_then(|mut s| {
                s.query_row(params![target, since.as_millisecond()], |row| row.get(0))
            })
            .map_err(|e| self.error(e))
    }

    /// Median bytes of earlier measured visits since a time, by target, page, region and profile;
    /// nothing where there were fewer than five.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn usual_bytes(&self, since: Timestamp) -> Result<BTreeMap<[String; 4], f64>, StoreError> {
        let read = || {
            self.conn
                .prepare(
                    "WITH ordered AS (
                         SELECT c.target, c.page, c.region, c.profile, v.transfer_bytes AS bytes,
                                row_number() OVER w AS place, count(*) OVER (
                                    PARTITION BY c.target, c.page, c.region, c.profile) AS n
                         FROM cells AS c JOIN visits AS v ON v.cell_id = c.id
                         WHERE v.started_ms >= ?1 AND v.state = 'ok'
                           AND v.transfer_bytes IS NOT NULL
                         WINDOW w AS (PARTITION BY c.target, c.page, c.region, c.profile
                                      ORDER BY v.transfer_bytes))
                     SELECT target, page, region, profile, avg(bytes) FROM ordered
                     WHERE n >= 5 AND place IN ((n + 1) / 2, (n + 2) / 2)
                     GROUP BY target, page, region, profile",
                )?
                .query_map([since.as_millisecond()], |row| {
                    let cell = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?];
                    Ok((cell, row.get(4)?))
                })?
                .collect::<rusqlite::Result<_>>()
        };
        read().map_err(|e| self.error(e))
    }

    /// Addresses of rivals and when each was last asked for.
    fn last_loads(&self, since: Timestamp) -> Result<Vec<(String, i64)>, StoreError> {
        self.conn
            .prepare(
                "SELECT c.url, max(coalesce(v.asked_ms, v.started_ms))
                 FROM cells AS c JOIN visits AS v ON v.cell_id = c.id
                 WHERE c.role = 'rival' AND v.started_ms >= ?1 GROUP BY c.url",
            )
            .and_then(|mut s| {
                s.query_map([since.as_millisecond()], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?
                .collect()
            })
            .map_err(|e| self.error(e))
    }

    /// Stops that hold, the longest of each host last.
    fn stops(&self, now: Timestamp) -> Result<Vec<(String, i64, String)>, StoreError> {
        self.conn
            .prepare(
                "SELECT host, until_ms, reason FROM host_stops WHERE until_ms > ?1
                 ORDER BY host, until_ms",
            )
            .and_then(|mut s| {
                s.query_map([now.as_millisecond()], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })?
                .collect()
            })
            .map_err(|e| self.error(e))
    }

    fn texts(&self, sql: &str, run: i64) -> Result<Vec<String>, StoreError> {
        self.conn
            .prepare(sql)
            .and_then(|mut s| s.query_map([run], |row| row.get(0))?.collect())
            .map_err(|e| self.error(e))
    }

    fn time(&self, ms: i64, what: &str) -> Result<Timestamp, StoreError> {
        Timestamp::from_millisecond(ms).map_err(|e| StoreError::content(what, e))
    }
}

fn host_of(url: &str) -> Option<String> {
    Url::parse(url).ok()?.host_str().map(str::to_owned)
}
