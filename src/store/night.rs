//! The starts of the schedule and what became of each: view `night`.
//!
//! When a start is due is decided elsewhere; here each is there once, by job, plan and civil time.

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Row, params};

use super::error::StoreError;
use super::open::Store;
use super::read::ResumableRun;

/// A start that has come.
#[derive(Debug, Clone, PartialEq)]
pub struct NewNight {
    /// `night`, `report`, `prune` or `backup`.
    pub job: String,
    /// Plan id.
    pub plan: String,
    /// The civil time that names it.
    pub local: DateTime,
    /// The instant of it.
    pub start: Timestamp,
    /// When it is to be made.
    pub due: Timestamp,
}

/// Where a start stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum NightState {
    /// To be made.
    Due,
    /// Being made.
    Running,
    /// Made.
    Done,
    /// Tried, and could not be made.
    Failed,
    /// Not made.
    Missed,
}

impl NightState {
    /// The word in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            NightState::Due => "due",
            NightState::Running => "running",
            NightState::Done => "done",
            NightState::Failed => "failed",
            NightState::Missed => "missed",
        }
    }

    fn of(name: &str) -> Option<NightState> {
        [
            NightState::Due,
            NightState::Running,
            NightState::Done,
            NightState::Failed,
            NightState::Missed,
        ]
        .into_iter()
        .find(|s| s.name() == name)
    }
}

/// One row of view `night`.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct NightRow {
    /// Id.
    pub id: i64,
    /// `night`, `report`, `prune` or `backup`.
    pub job: String,
    /// Plan id.
    pub plan: String,
    /// The civil time that names it.
    pub local: DateTime,
    /// When it is or was to be made.
    pub due: Timestamp,
    /// Where it stands.
    pub state: NightState,
    /// First try.
    pub started: Option<Timestamp>,
    /// End.
    pub ended: Option<Timestamp>,
    /// The run that it made.
    pub run: Option<i64>,
    /// Tries begun.
    pub tries: u32,
    /// Why it failed or was missed.
    pub reason: Option<String>,
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq)]
pub enum NightEnd {
    /// Made; a note if something about it is worth knowing.
    Done(Option<String>),
    /// Given up.
    Failed(String),
    /// Never made.
    Missed(String),
    /// To be tried again from this moment on.
    Again(Timestamp, String),
}

const COLUMNS: &str = "id, job, plan, local, due_ms, state, started_ms, ended_ms, run_id, tries, \
                       reason";

impl Store {
    /// Up to when the starts of a plan are known: since it is watched, or its last recorded start.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn watch_plan(
        &mut self,
        (job, plan): (&str, &str),
        cron: &str,
        now: Timestamp,
    ) -> Result<Timestamp, StoreError> {
        let known = self.transact(|tx| {
            tx.execute(
                "INSERT INTO schedule_plans (job, plan, cron, seen_ms) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (job, plan) DO UPDATE SET cron = excluded.cron,
                     seen_ms = excluded.seen_ms WHERE cron <> excluded.cron",
                params![job, plan, cron, now.as_millisecond()],
            )?;
            let known: i64 = tx.query_row(
                "SELECT max(p.seen_ms, coalesce((SELECT max(n.start_ms) FROM nights AS n
                     WHERE n.job = p.job AND n.plan = p.plan), 0))
                 FROM schedule_plans AS p WHERE p.job = ?1 AND p.plan = ?2",
                params![job, plan],
                |row| row.get(0),
            )?;
            Ok(known)
        })?;
        time(known, "a start")
    }

    /// The same without watching; `None` for a plan that nobody watches.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn known_until(&self, job: &str, plan: &str) -> Result<Option<Timestamp>, StoreError> {
        let known: Option<i64> = self
            .conn
            .query_row(
                "SELECT max(p.seen_ms, coalesce((SELECT max(n.start_ms) FROM nights AS n
                     WHERE n.job = p.job AND n.plan = p.plan), 0))
                 FROM schedule_plans AS p WHERE p.job = ?1 AND p.plan = ?2",
                params![job, plan],
                |row| row.get(0),
            )
            .optional()
            .map_err(|e| self.error(e))?;
        known.map(|ms| time(ms, "a start")).transpose()
    }

    /// Mean of main content shown by target, page, region and profile in a run, milliseconds.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn run_means(&self, run: i64) -> Result<Vec<([String; 4], f64)>, StoreError> {
        let read = || -> rusqlite::Result<Vec<_>> {
            self.conn
                .prepare_cached(
                    "SELECT c.target, c.page, c.region, c.profile, avg(v.lcp)
                     FROM visits AS v JOIN cells AS c ON c.id = v.cell_id
                     WHERE v.run_id = ?1 AND v.state = 'ok' AND v.round > 0 AND v.lcp IS NOT NULL
                     GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
                )?
                .query_map([run], |r| {
                    Ok(([r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?], r.get(4)?))
                })?
                .collect()
        };
        read().map_err(|e| self.error(e))
    }

    /// Records starts that have come; those that are known already stay as they are.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn record_starts(&mut self, starts: &[NewNight]) -> Result<(), StoreError> {
        self.transact(|tx| {
            for s in starts {
                tx.execute(
                    "INSERT INTO nights (job, plan, local, start_ms, due_ms)
                     VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
                    params![
                        s.job,
                        s.plan,
                        s.local.to_string(),
                        s.start.as_millisecond(),
                        s.due.as_millisecond()
                    ],
                )?;
            }
            Ok(())
        })
    }

    /// Starts that are due or running, oldest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn open_nights(&self) -> Result<Vec<NightRow>, StoreError> {
        self.night_rows("WHERE state IN ('due', 'running') ORDER BY due_ms, id", [])
    }

    /// The newest starts that have come, newest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn last_nights(&self, count: u32) -> Result<Vec<NightRow>, StoreError> {
        self.night_rows("ORDER BY start_ms DESC, id DESC LIMIT ?1", [count])
    }

    /// One start.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn night(&self, id: i64) -> Result<Option<NightRow>, StoreError> {
        Ok(self.night_rows("WHERE id = ?1", [id])?.pop())
    }

    /// Ended nights of measuring after which no alerts were decided yet, oldest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn undecided_nights(&self) -> Result<Vec<NightRow>, StoreError> {
        self.night_rows(
            "WHERE decided = 0 AND state IN ('done', 'failed', 'missed') ORDER BY id",
            [],
        )
    }

    fn night_rows<P: rusqlite::Params>(
        &self,
        rest: &str,
        params: P,
    ) -> Result<Vec<NightRow>, StoreError> {
        let read = || -> rusqlite::Result<Vec<_>> {
            self.conn
                .prepare_cached(&format!("SELECT {COLUMNS} FROM nights {rest}"))?
                .query_map(params, night_row)?
                .collect()
        };
        let rows = read().map_err(|e| self.error(e))?;
        rows.into_iter().collect()
    }

    /// A try begins.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn start_night(&mut self, id: i64, now: Timestamp) -> Result<(), StoreError> {
        self.transact(|tx| {
            tx.execute(
                "UPDATE nights SET state = 'running', tries = tries + 1, reason = NULL,
                     started_ms = coalesce(started_ms, ?2) WHERE id = ?1",
                params![id, now.as_millisecond()],
            )?;
            Ok(())
        })
    }

    /// A try has ended, or there will be none.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn end_night(&mut self, id: i64, now: Timestamp, end: &NightEnd) -> Result<(), StoreError> {
        let (state, due, reason) = match end {
            NightEnd::Done(note) => ("done", None, note.as_deref()),
            NightEnd::Failed(why) => ("failed", None, Some(why.as_str())),
            NightEnd::Missed(why) => ("missed", None, Some(why.as_str())),
            NightEnd::Again(due, why) => ("due", Some(due.as_millisecond()), Some(why.as_str())),
        };
        let ended = due.is_none().then(|| now.as_millisecond());
        self.transact(|tx| {
            tx.execute(
                "UPDATE nights SET state = ?2, due_ms = coalesce(?3, due_ms), reason = ?4,
                     ended_ms = ?5 WHERE id = ?1 AND state IN ('due', 'running')",
                params![id, state, due, reason, ended],
            )?;
            Ok(())
        })
    }

    /// Notes something that the service noticed.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn note(&mut self, kind: &str, what: &str, now: Timestamp) -> Result<(), StoreError> {
        self.transact(|tx| {
            tx.execute(
                "INSERT INTO journal (at_ms, kind, what) VALUES (?1, ?2, ?3)",
                params![now.as_millisecond(), kind, what],
            )?;
            Ok(())
        })
    }

    /// The run that a night has begun already, if it can be gone on with.
    ///
    /// # Errors
    /// What SQLite says, or [`StoreError::Content`].
    pub fn run_of_night(
        &self,
        night: i64,
        config_hash: &str,
        now: Timestamp,
    ) -> Result<Option<ResumableRun>, StoreError> {
        let Some(run) = self.night(night)?.and_then(|n| n.run) else {
            return Ok(None);
        };
        // A night's own run is gone on with however old it is.
        let newest = self.find_resumable(config_hash, now, SignedDuration::MAX)?;
        Ok(newest.filter(|r| r.id == run))
    }
}

fn night_row(row: &Row<'_>) -> rusqlite::Result<Result<NightRow, StoreError>> {
    let (local, state): (String, String) = (row.get(3)?, row.get(5)?);
    let due: i64 = row.get(4)?;
    let (started, ended): (Option<i64>, Option<i64>) = (row.get(6)?, row.get(7)?);
    let id: i64 = row.get(0)?;
    let (job, plan) = (row.get(1)?, row.get(2)?);
    let (run, tries, reason) = (row.get(8)?, row.get(9)?, row.get(10)?);
    let build = || {
        let of = |what: &str| format!("{what} of night {id}");
        Ok(NightRow {
            id,
            job,
            plan,
            local: local
                .parse()
                .map_err(|e: jiff::Error| StoreError::content(of("start"), e))?,
            due: time(due, "a start")?,
            state: NightState::of(&state)
                .ok_or_else(|| StoreError::content(of("state"), state.clone()))?,
            started: started.map(|ms| time(ms, "a start")).transpose()?,
            ended: ended.map(|ms| time(ms, "an end")).transpose()?,
            run,
            tries,
            reason,
        })
    };
    Ok(build())
}

pub(super) fn time(ms: i64, what: &str) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(ms).map_err(|e| StoreError::content(what, e))
}
