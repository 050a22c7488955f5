//! What was stored, read back as the nouns of `model`.
//!
//! Reads the tables by position and index rather than the views: a report reads every visit of a
//! year. That both say the same is held by a test. Rows for export and hashes are left to `table`.

mod scope;

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Row, params};
use url::Url;

use super::error::StoreError;
use super::open::Store;
use crate::model::{
    Attribution, HostFacts, Metric, PlannedVisit, RunRow, RunState, Values, VisitRow,
};

pub use scope::{BriefVisit, ScopeFilter};

/// Which visits: those of the runs that started from `since` until before `until`, so that a
/// night is never cut in two. Everything by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VisitFilter {
    /// The run started at this time or later.
    pub since: Option<Timestamp>,
    /// The run started before this time.
    pub until: Option<Timestamp>,
    /// The run has this id.
    pub run: Option<i64>,
}

impl VisitFilter {
    /// Values of `?1`, `?2` and `?3` in [`RUN_MATCHES`].
    pub(super) fn bounds(&self) -> (i64, i64, Option<i64>) {
        (
            self.since.map_or(i64::MIN, |t| t.as_millisecond()),
            self.until.map_or(i64::MAX, |t| t.as_millisecond()),
            self.run,
        )
    }
}

/// Condition on table `runs` as `r`.
pub(super) const RUN_MATCHES: &str =
    "r.started_ms >= ?1 AND r.started_ms < ?2 AND (?3 IS NULL OR r.id = ?3)";

/// An unfinished run that may be gone on with.
#[derive(Debug, Clone, PartialEq)]
pub struct ResumableRun {
    /// Run id.
    pub id: i64,
    /// Seed of its order.
    pub seed: u64,
    /// Start.
    pub started_at: Timestamp,
    /// Rounds besides the warm-up round.
    pub rounds: u32,
    /// What measured so far.
    pub host: HostFacts,
    /// Visits without an outcome, in their planned order. Empty when the process was killed
    /// between the last visit and the end of the run.
    pub remaining: Vec<PlannedVisit>,
    /// Visits that have an outcome.
    pub done: u32,
}

static SELECT_VISITS: LazyLock<String> = LazyLock::new(|| {
    let metrics: Vec<String> = Metric::ALL.iter().map(|m| format!("v.\"{m}\"")).collect();
    // Ids grow with runs and, within a run, with `seq`.
    format!(
        "SELECT v.id, v.run_id, v.round, v.cell_id, v.started_ms, v.duration_ms, v.state, \
         v.reason, v.flags, e.name, {} \
         FROM runs AS r JOIN visits AS v ON v.run_id = r.id \
         LEFT JOIN environments AS e ON e.id = v.environment_id \
         WHERE v.state <> 'planned' AND {RUN_MATCHES} ORDER BY v.id",
        metrics.join(", ")
    )
});

/// Columns of [`SELECT_VISITS`] before the first metric.
const FIRST_METRIC: usize = 10;

/// Target, page, region and profile of a cell.
pub(super) type Place = [String; 4];

impl Store {
    /// Every run, newest first.
    ///
    /// # Errors
    /// What SQLite says, or [`StoreError::Content`].
    pub fn runs(&self) -> Result<Vec<RunRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare(
                "SELECT r.id, t.started_ms, t.finished_ms, r.state, t.seed, r.config_hash,
                        r.rounds, r.planned, r.ok, r.failed, r.blocked, r.missed, t.host
                 FROM run AS r JOIN runs AS t ON t.id = r.id ORDER BY r.id DESC",
            )
            .map_err(|e| self.error(e))?;
        let mut rows = statement.query([]).map_err(|e| self.error(e))?;
        let mut runs = Vec::new();
        while let Some(row) = rows.next().map_err(|e| self.error(e))? {
            runs.push(self.run_row(row)?);
        }
        Ok(runs)
    }

    /// When each run began; quicker than its counts.
    ///
    /// # Errors
    /// What SQLite says, or [`StoreError::Content`].
    pub fn run_starts(&self) -> Result<Vec<Timestamp>, StoreError> {
        let read = || -> rusqlite::Result<Vec<i64>> {
            let mut statement = self
                .conn
                .prepare("SELECT started_ms FROM runs ORDER BY id")?;
            statement.query_map([], |row| row.get(0))?.collect()
        };
        let starts = read().map_err(|e| self.error(e))?.into_iter();
        let at = |ms| time(ms, || "start of a run".to_owned());
        starts.map(at).collect()
    }

    /// The newest unfinished run of this config that is younger than `max_age` at `now`.
    ///
    /// # Errors
    /// What SQLite says, or [`StoreError::Content`].
    pub fn find_resumable(
        &self,
        config_hash: &str,
        now: Timestamp,
        max_age: SignedDuration,
    ) -> Result<Option<ResumableRun>, StoreError> {
        let Some(run) = self.runs()?.into_iter().find(|run| {
            run.state == RunState::Unfinished
                && run.config_hash == config_hash
                && now.duration_since(run.started_at) < max_age
        }) else {
            return Ok(None);
        };
        Ok(Some(ResumableRun {
            id: run.id,
            seed: run.seed,
            started_at: run.started_at,
            rounds: run.rounds,
            host: run.host,
            remaining: self.remaining(run.id)?,
            done: run.ok + run.failed + run.blocked + run.missed,
        }))
    }

    /// Visits with an outcome, oldest first; a night is the date in `zone` on which the run
    /// started.
    ///
    /// # Errors
    /// What SQLite says, or [`StoreError::Content`].
    pub fn visits(
        &self,
        filter: &VisitFilter,
        zone: &TimeZone,
    ) -> Result<Vec<VisitRow>, StoreError> {
        // One snapshot for the three reads, or a run that begins in between is in one only.
        let _snapshot = self
            .conn
            .unchecked_transaction()
            .map_err(|e| self.error(e))?;
        let places = self.places()?;
        let nights = self.nights(filter, zone)?;
        let mut statement = self
            .conn
            .prepare_cached(&SELECT_VISITS)
            .map_err(|e| self.error(e))?;
        let mut rows = statement
            .query(filter.bounds())
            .map_err(|e| self.error(e))?;
        let mut visits = Vec::new();
        while let Some(row) = rows.next().map_err(|e| self.error(e))? {
            visits.push(self.visit_row(row, &places, &nights)?);
        }
        Ok(visits)
    }

    /// One piece of evidence of a visit: media type and body as they were handed over.
    ///
    /// # Errors
    /// What SQLite says, or [`StoreError::Content`] when the body does not unpack.
    pub fn evidence(
        &self,
        visit: i64,
        kind: &str,
    ) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        let found: Option<(String, String, Vec<u8>)> = self
            .conn
            .query_row(
                "SELECT media_type, encoding, body FROM evidence WHERE visit_id = ?1 AND kind = ?2",
                params![visit, kind],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()
            .map_err(|e| self.error(e))?;
        let Some((media_type, encoding, body)) = found else {
            return Ok(None);
        };
        if encoding == "none" {
            return Ok(Some((media_type, body)));
        }
        let body = zstd::stream::decode_all(body.as_slice())
            .map_err(|e| StoreError::content(format!("evidence `{kind}` of visit {visit}"), e))?;
        Ok(Some((media_type, body)))
    }

    /// What explains the figures of a visit; `None` for an unknown visit or one without any.
    ///
    /// # Errors
    /// What SQLite says, or [`StoreError::Content`].
    pub fn attribution(&self, visit: i64) -> Result<Option<Attribution>, StoreError> {
        let text: Option<String> = self
            .conn
            .query_row(
                "SELECT attribution FROM visits WHERE id = ?1",
                [visit],
                |row| row.get(0),
            )
            .optional()
            .map_err(|e| self.error(e))?
            .flatten();
        text.map(|t| {
            serde_json::from_str(&t)
                .map_err(|e| StoreError::content(format!("explanations of visit {visit}"), e))
        })
        .transpose()
    }

    /// Page views that visits caused a target since a time, for its daily cap: every visit that
    /// was made, whatever came of it, and twice where it was `retried`.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn page_views_since(&self, target: &str, since: Timestamp) -> Result<u32, StoreError> {
        self.conn
            .prepare_cached(
                "SELECT coalesce(sum(coalesce(v.page_views,
                     1 + (',' || v.flags || ',' LIKE '%,retried,%'))), 0)
                 FROM cells AS c JOIN visits AS v ON v.cell_id = c.id
                 WHERE c.target = ?1 AND v.started_ms >= ?2
                   AND v.state IN ('ok', 'failed', 'blocked')",
            )
            .and_then(|mut s| {
                s.query_row(params![target, since.as_millisecond()], |row| row.get(0))
            })
            .map_err(|e| self.error(e))
    }

    /// Reads the whole file and checks that pages, indexes and references are sound.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] with the first finding, or what SQLite says.
    pub fn integrity_check(&self) -> Result<(), StoreError> {
        let damaged = |what| StoreError::Corrupt {
            path: self.path.clone(),
            what,
        };
        let verdict: String = self
            .conn
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(|e| self.error(e))?;
        if verdict != "ok" {
            return Err(damaged(verdict));
        }
        let dangling: Option<String> = self
            .conn
            .query_row("PRAGMA foreign_key_check", [], |row| row.get(0))
            .optional()
            .map_err(|e| self.error(e))?;
        match dangling {
            Some(table) => Err(damaged(format!("a row of `{table}` refers to nothing"))),
            None => Ok(()),
        }
    }

    fn remaining(&self, run: i64) -> Result<Vec<PlannedVisit>, StoreError> {
        let mut statement = self
            .conn
            .prepare(
                "SELECT v.seq, v.round, c.target, c.page, c.region, c.profile, c.url
                 FROM visits AS v JOIN cells AS c ON c.id = v.cell_id
                 WHERE v.run_id = ?1 AND v.state = 'planned' ORDER BY v.seq",
            )
            .map_err(|e| self.error(e))?;
        let mut rows = statement.query([run]).map_err(|e| self.error(e))?;
        let mut visits = Vec::new();
        while let Some(row) = rows.next().map_err(|e| self.error(e))? {
            let url = text(row, 6).map_err(|e| self.error(e))?;
            let url = Url::parse(&url)
                .map_err(|e| StoreError::content(format!("an address of run {run}"), e))?;
            visits.push(planned(row, url).map_err(|e| self.error(e))?);
        }
        Ok(visits)
    }

    fn run_row(&self, row: &Row<'_>) -> Result<RunRow, StoreError> {
        let sql = |e| self.error(e);
        let id: i64 = row.get(0).map_err(sql)?;
        let of = |what: &str| format!("{what} of run {id}");
        let count = |i| row.get::<_, u32>(i).map_err(sql);
        let finished: Option<i64> = row.get(2).map_err(sql)?;
        Ok(RunRow {
            id,
            started_at: time(row.get(1).map_err(sql)?, || of("start"))?,
            finished_at: finished.map(|ms| time(ms, || of("end"))).transpose()?,
            state: text(row, 3)
                .map_err(sql)?
                .parse()
                .map_err(|e| StoreError::content(of("state"), e))?,
            seed: row.get::<_, i64>(4).map_err(sql)?.cast_unsigned(),
            config_hash: text(row, 5).map_err(sql)?,
            rounds: count(6)?,
            planned: count(7)?,
            ok: count(8)?,
            failed: count(9)?,
            blocked: count(10)?,
            missed: count(11)?,
            host: serde_json::from_str(&text(row, 12).map_err(sql)?)
                .map_err(|e| StoreError::content(of("host"), e))?,
        })
    }

    fn visit_row(
        &self,
        row: &Row<'_>,
        places: &HashMap<i64, Place>,
        nights: &HashMap<i64, Date>,
    ) -> Result<VisitRow, StoreError> {
        let sql = |e| self.error(e);
        let id: i64 = row.get(0).map_err(sql)?;
        let of = |what: &str| format!("{what} of visit {id}");
        let run = row.get(1).map_err(sql)?;
        let round = row.get(2).map_err(sql)?;
        let cell = row.get(3).map_err(sql)?;
        let [target, page, region, profile] = lookup(places, cell).clone();
        let started: Option<i64> = row.get(4).map_err(sql)?;
        let state = row.get_ref(6).map_err(sql)?.as_str();
        let state = state.map_err(|e| StoreError::content(of("state"), e))?;
        Ok(VisitRow {
            id,
            run,
            round,
            warm_up: round == 0,
            target,
            page,
            region,
            profile,
            night: *lookup(nights, run),
            started_at: started.map(|ms| time(ms, || of("start"))).transpose()?,
            duration_ms: row.get(5).map_err(sql)?,
            state: state
                .parse()
                .map_err(|e| StoreError::content(of("state"), e))?,
            reason: row.get(7).map_err(sql)?,
            flags: flags(&text(row, 8).map_err(sql)?),
            environment: row.get(9).map_err(sql)?,
            values: values(row).map_err(sql)?,
        })
    }

    pub(super) fn places(&self) -> Result<HashMap<i64, Place>, StoreError> {
        let read = || {
            self.conn
                .prepare("SELECT id, target, page, region, profile FROM cells")?
                .query_map([], |row| {
                    let place = [text(row, 1)?, text(row, 2)?, text(row, 3)?, text(row, 4)?];
                    Ok((row.get(0)?, place))
                })?
                .collect::<rusqlite::Result<_>>()
        };
        read().map_err(|e| self.error(e))
    }

    pub(super) fn nights(
        &self,
        filter: &VisitFilter,
        zone: &TimeZone,
    ) -> Result<HashMap<i64, Date>, StoreError> {
        let read = || {
            self.conn
                .prepare(&format!(
                    "SELECT r.id, r.started_ms FROM runs AS r WHERE {RUN_MATCHES}"
                ))?
                .query_map(filter.bounds(), |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<Vec<(i64, i64)>>>()
        };
        read()
            .map_err(|e| self.error(e))?
            .into_iter()
            .map(|(run, ms)| {
                let start = time(ms, || format!("start of run {run}"))?;
                Ok((run, zone.to_datetime(start).date()))
            })
            .collect()
    }
}

pub(super) fn lookup<T>(map: &HashMap<i64, T>, id: i64) -> &T {
    map.get(&id)
        .expect("foreign keys hold and one snapshot was read")
}

fn planned(row: &Row<'_>, url: Url) -> rusqlite::Result<PlannedVisit> {
    Ok(PlannedVisit {
        seq: row.get(0)?,
        round: row.get(1)?,
        target: row.get(2)?,
        page: row.get(3)?,
        region: row.get(4)?,
        profile: row.get(5)?,
        url,
    })
}

fn values(row: &Row<'_>) -> rusqlite::Result<Values> {
    let mut values = Values::default();
    for (i, &metric) in Metric::ALL.iter().enumerate() {
        values.set(metric, row.get(FIRST_METRIC + i)?);
    }
    Ok(values)
}

fn flags(text: &str) -> Vec<String> {
    text.split(',')
        .filter(|f| !f.is_empty())
        .map(str::to_owned)
        .collect()
}

fn text(row: &Row<'_>, i: usize) -> rusqlite::Result<String> {
    row.get(i)
}

fn time(ms: i64, what: impl Fn() -> String) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(ms).map_err(|e| StoreError::content(what(), e))
}
