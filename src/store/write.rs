//! Runs, plans and outcomes go in here; each function is one transaction.
//!
//! A plan is stored whole when its run begins. The end of a visit fills its planned row once: the
//! condition `state = 'planned'` and the transaction make "stored" and "not stored" the only two
//! outcomes, wherever the process is killed.

mod import;

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};

use super::error::StoreError;
use super::open::Store;
use crate::model::{
    Artefact, HostFacts, Measurement, Metric, Outcome, PlannedVisit, Target, VisitRecord,
    VisitState,
};

pub use import::ImportedRun;

/// zstd's own default: screenshots do not shrink further, request lists do at any level.
const ZSTD_LEVEL: i32 = 3;

/// What is known of a run when it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRun {
    /// Start.
    pub started_at: Timestamp,
    /// Seed of the order.
    pub seed: u64,
    /// Hash of the measuring part of the config.
    pub config_hash: String,
    /// The config as JSON. The caller has taken every secret out.
    pub config_json: String,
    /// Rounds besides the warm-up round.
    pub rounds: u32,
    /// What measures, as far as it is known before the first browser has started.
    pub host: HostFacts,
}

static FINISH: LazyLock<String> = LazyLock::new(|| {
    use std::fmt::Write as _;
    let mut sql = String::from(
        "UPDATE visits SET state = ?3, started_ms = ?4, duration_ms = ?5, reason = ?6, \
         flags = ?7, environment_id = ?8, final_url = ?9, title = ?10, attribution = ?11, \
         asked_ms = ?12, page_views = ?13, bytes = ?14",
    );
    for (i, metric) in Metric::ALL.iter().enumerate() {
        write!(sql, ", \"{metric}\" = ?{}", i + 15).expect("a String takes any text");
    }
    sql.push_str(" WHERE run_id = ?1 AND seq = ?2 AND state = 'planned' RETURNING id");
    sql
});

impl Store {
    /// Stores a run with its whole plan and gives the run's id.
    ///
    /// # Errors
    /// [`StoreError::UnknownTarget`] when the plan names a target that is not in `targets`; else
    /// what SQLite says. Nothing is stored then.
    pub fn begin_run(
        &mut self,
        run: &NewRun,
        plan: &[PlannedVisit],
        targets: &[Target],
    ) -> Result<i64, StoreError> {
        self.begin(run, (plan, targets), None)
    }

    /// The same for a night of the schedule: the night knows its run from the same moment on, so
    /// that a night is never begun twice.
    ///
    /// # Errors
    /// As [`Store::begin_run`].
    pub fn begin_night_run(
        &mut self,
        run: &NewRun,
        plan: &[PlannedVisit],
        targets: &[Target],
        night: i64,
    ) -> Result<i64, StoreError> {
        self.begin(run, (plan, targets), Some(night))
    }

    fn begin(
        &mut self,
        run: &NewRun,
        (plan, targets): (&[PlannedVisit], &[Target]),
        night: Option<i64>,
    ) -> Result<i64, StoreError> {
        let host = to_json("host of the run", &run.host)?;
        self.transact(|tx| {
            tx.execute(
                "INSERT INTO runs (started_ms, state, seed, config_hash, config, rounds, host)
                 VALUES (?1, 'unfinished', ?2, ?3, ?4, ?5, ?6)",
                params![
                    run.started_at.as_millisecond(),
                    run.seed.cast_signed(),
                    run.config_hash,
                    run.config_json,
                    run.rounds,
                    host
                ],
            )?;
            let id = tx.last_insert_rowid();
            insert_plan(tx, id, plan, targets)?;
            if let Some(night) = night {
                tx.execute("UPDATE nights SET run_id = ?2 WHERE id = ?1", [night, id])?;
            }
            Ok(id)
        })
    }

    /// Stores the outcome of a visit with its evidence, once.
    ///
    /// Metrics of a visit that is not `ok` are left out, so that no average over the table can
    /// take in a refused or failed page; its reason, flags, final URL, title and explanations
    /// stay. A visit that was not made has no start and no duration. Times are kept to the
    /// millisecond; a comma within a flag becomes a semicolon, since commas separate flags. Gives
    /// the visit's id.
    ///
    /// # Errors
    /// [`StoreError::AlreadyStored`], [`StoreError::NotPlanned`], or what SQLite says; nothing is
    /// changed then.
    pub fn finish_visit(&mut self, run: i64, record: &VisitRecord) -> Result<i64, StoreError> {
        let (measurement, reason) = match &record.outcome {
            Outcome::Measured(m) => (m.as_ref(), None),
            Outcome::NotMeasured(failure, m) => (m.as_ref(), Some(failure.reason.as_str())),
        };
        let artefacts = record.artefacts.iter().map(Packed::new).collect::<Vec<_>>();
        self.transact(|tx| {
            let id = fill_row(tx, run, record, (measurement, reason))?;
            let mut insert = tx.prepare_cached(
                "INSERT INTO evidence (visit_id, kind, media_type, encoding, body)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (visit_id, kind) DO UPDATE SET media_type = excluded.media_type,
                     encoding = excluded.encoding, body = excluded.body",
            )?;
            for a in &artefacts {
                insert.execute(params![id, a.kind, a.media_type, a.encoding, a.body])?;
            }
            Ok(id)
        })
    }

    /// Marks planned visits as not made, and says how many were marked. Those that have an
    /// outcome keep it.
    ///
    /// # Errors
    /// What SQLite says; nothing is changed then.
    pub fn miss_visits(&mut self, run: i64, seqs: &[u32], reason: &str) -> Result<u32, StoreError> {
        self.transact(|tx| {
            let mut update = tx.prepare_cached(
                "UPDATE visits SET state = 'missed', reason = ?3
                 WHERE run_id = ?1 AND seq = ?2 AND state = 'planned'",
            )?;
            let mut marked = 0;
            for seq in seqs {
                marked += update.execute(params![run, seq, reason])?;
            }
            Ok(u32::try_from(marked).expect("a plan counts its visits in u32"))
        })
    }

    /// Marks a run as finished.
    ///
    /// # Errors
    /// [`StoreError::VisitsLeft`] when a planned visit has no outcome, [`StoreError::NoSuchRun`]
    /// when it is not an unfinished run, or what SQLite says; nothing is changed then.
    pub fn finish_run(&mut self, run: i64, now: Timestamp) -> Result<(), StoreError> {
        self.transact(|tx| {
            let left: u32 = tx.query_row(
                "SELECT count(*) FROM visits WHERE run_id = ?1 AND state = 'planned'",
                [run],
                |row| row.get(0),
            )?;
            if left > 0 {
                return Err(Stop::Ours(StoreError::VisitsLeft { run, left }));
            }
            let changed = tx.execute(
                "UPDATE runs SET state = 'finished', finished_ms = ?2
                 WHERE id = ?1 AND state = 'unfinished'",
                params![run, now.as_millisecond()],
            )?;
            one_run(changed, run)
        })
    }

    /// Replaces what is known of the measuring host, once browsers and drivers have told their
    /// versions.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRun`], or what SQLite says.
    pub fn set_host_facts(&mut self, run: i64, host: &HostFacts) -> Result<(), StoreError> {
        let host = to_json("host of the run", host)?;
        self.transact(|tx| {
            let changed = tx.execute(
                "UPDATE runs SET host = ?2 WHERE id = ?1 AND state = 'unfinished'",
                params![run, host],
            )?;
            one_run(changed, run)
        })
    }

    /// Adds to what measured: the load average of the machine when the run ended.
    ///
    /// # Errors
    /// As [`Store::set_host_facts`].
    pub fn note_load_after(&mut self, run: i64, load: f64) -> Result<(), StoreError> {
        self.transact(|tx| {
            let changed = tx.execute(
                "UPDATE runs SET host = json_set(host, '$.load_after', ?2)
                 WHERE id = ?1 AND state = 'unfinished'",
                params![run, load],
            )?;
            one_run(changed, run)
        })
    }

    /// Adds what a reader of a run's figures must know.
    ///
    /// # Errors
    /// As [`Store::set_host_facts`].
    pub fn add_mark(&mut self, run: i64, mark: &str) -> Result<(), StoreError> {
        self.transact(|tx| {
            let changed = tx.execute(
                "UPDATE runs SET host = json_insert(host, '$.marks[#]', ?2)
                 WHERE id = ?1 AND state = 'unfinished'",
                params![run, mark],
            )?;
            one_run(changed, run)
        })
    }

    /// Leaves every unfinished run of this config behind, and those of others that were begun before
    /// `stale`, which nobody can go on with: their planned visits become missed, with `reason`. Gives
    /// the ids of these runs.
    ///
    /// # Errors
    /// What SQLite says; nothing is changed then.
    pub fn abandon_unfinished(
        &mut self,
        (config_hash, stale): (&str, Timestamp),
        reason: &str,
        now: Timestamp,
    ) -> Result<Vec<i64>, StoreError> {
        self.transact(|tx| {
            let runs = tx
                .prepare(
                    "UPDATE runs SET state = 'abandoned', finished_ms = ?2
                     WHERE (config_hash = ?1 OR started_ms < ?3) AND state = 'unfinished'
                     RETURNING id",
                )?
                .query_map(
                    params![config_hash, now.as_millisecond(), stale.as_millisecond()],
                    |row| row.get(0),
                )?
                .collect::<Result<Vec<i64>, _>>()?;
            for run in &runs {
                tx.execute(
                    "UPDATE visits SET state = 'missed', reason = ?2
                     WHERE run_id = ?1 AND state = 'planned'",
                    params![run, reason],
                )?;
            }
            Ok(runs)
        })
    }

    /// Runs `work` in one transaction: all of it is stored, and synced, or none. IMMEDIATE, so
    /// that a second writer is met at the beginning and not half-way.
    pub(super) fn transact<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Stop>,
    ) -> Result<T, StoreError> {
        let path = &self.path;
        let failed = |e| StoreError::from_sqlite(path, e);
        let tx = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failed)?;
        // On an early return the transaction is dropped, which rolls it back.
        let done = work(&tx).map_err(|stop| match stop {
            Stop::Sqlite(e) => failed(e),
            Stop::Ours(e) => e,
        })?;
        tx.commit().map_err(failed)?;
        Ok(done)
    }
}

/// Why a transaction is not committed.
pub(super) enum Stop {
    Sqlite(rusqlite::Error),
    Ours(StoreError),
}

impl From<rusqlite::Error> for Stop {
    fn from(e: rusqlite::Error) -> Self {
        Stop::Sqlite(e)
    }
}

fn insert_plan(
    tx: &Transaction<'_>,
    run: i64,
    plan: &[PlannedVisit],
    targets: &[Target],
) -> Result<(), Stop> {
    let mut cells = HashMap::new();
    let mut insert = tx.prepare_cached(
        "INSERT INTO visits (run_id, seq, round, cell_id) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for visit in plan {
        let key = (
            &visit.target,
            &visit.page,
            &visit.region,
            &visit.profile,
            &visit.url,
        );
        let cell = match cells.get(&key) {
            Some(&cell) => cell,
            None => {
                let target = targets
                    .iter()
                    .find(|t| t.id == visit.target)
                    .ok_or_else(|| Stop::Ours(StoreError::UnknownTarget(visit.target.clone())))?;
                let cell = cell_id(tx, visit, target)?;
                cells.insert(key, cell);
                cell
            }
        };
        insert.execute(params![run, visit.seq, visit.round, cell])?;
    }
    Ok(())
}

fn cell_id(tx: &Transaction<'_>, visit: &PlannedVisit, target: &Target) -> rusqlite::Result<i64> {
    let values = params![
        target.id,
        target.name,
        target.role.to_string(),
        target.market,
        visit.page,
        visit.region,
        visit.profile,
        visit.url.as_str()
    ];
    tx.prepare_cached(
        "INSERT INTO cells (target, target_name, role, market, page, region, profile, url)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
    )?
    .execute(values)?;
    tx.prepare_cached(
        "SELECT id FROM cells WHERE target = ?1 AND target_name = ?2 AND role = ?3
         AND market = ?4 AND page = ?5 AND region = ?6 AND profile = ?7 AND url = ?8",
    )?
    .query_row(values, |row| row.get(0))
}

/// Fills the planned row of a record and gives its id.
fn fill_row(
    tx: &Transaction<'_>,
    run: i64,
    record: &VisitRecord,
    (measurement, reason): (&Measurement, Option<&str>),
) -> Result<i64, Stop> {
    let state = record.outcome.state();
    let made = state != VisitState::Missed;
    let caused = &record.caused;
    let environment = environment_id(tx, &record.environment)?;
    let attribution = if measurement.attribution == Default::default() {
        None
    } else {
        Some(to_json("explanations of the visit", &measurement.attribution).map_err(Stop::Ours)?)
    };
    let mut update = tx.prepare_cached(&FINISH)?;
    let head = params![
        run,
        record.seq,
        state.name(),
        made.then(|| record.started_at.as_millisecond()),
        made.then_some(record.duration_ms),
        reason,
        flags_text(&measurement.flags),
        environment,
        measurement.final_url,
        measurement.title,
        attribution,
        caused.asked_at.map(|t| t.as_millisecond()),
        made.then_some(caused.page_views),
        made.then_some(caused.bytes)
    ];
    for (i, value) in head.iter().enumerate() {
        update.raw_bind_parameter(i + 1, value)?;
    }
    for (i, &metric) in Metric::ALL.iter().enumerate() {
        let value = measurement.values.get(metric);
        update.raw_bind_parameter(
            i + 1 + head.len(),
            value.filter(|_| state == VisitState::Ok),
        )?;
    }
    let mut rows = update.raw_query();
    if let Some(row) = rows.next()? {
        let id = row.get(0)?;
        // To the end, or the statement stays open and holds the transaction.
        while rows.next()?.is_some() {}
        return Ok(id);
    }
    Err(not_filled(tx, run, record.seq)?)
}

/// Why no planned row could be filled.
fn not_filled(tx: &Transaction<'_>, run: i64, seq: u32) -> rusqlite::Result<Stop> {
    let known = tx
        .query_row(
            "SELECT 1 FROM visits WHERE run_id = ?1 AND seq = ?2",
            params![run, seq],
            |_| Ok(()),
        )
        .optional()?;
    Ok(Stop::Ours(match known {
        Some(()) => StoreError::AlreadyStored { run, seq },
        None => StoreError::NotPlanned { run, seq },
    }))
}

fn environment_id(tx: &Transaction<'_>, name: &str) -> rusqlite::Result<Option<i64>> {
    if name.is_empty() {
        return Ok(None);
    }
    tx.prepare_cached("INSERT INTO environments (name) VALUES (?1) ON CONFLICT DO NOTHING")?
        .execute([name])?;
    tx.prepare_cached("SELECT id FROM environments WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .map(Some)
}

fn flags_text(flags: &[String]) -> String {
    let words: Vec<String> = flags.iter().map(|f| f.replace(',', ";")).collect();
    words.join(",")
}

fn one_run(changed: usize, run: i64) -> Result<(), Stop> {
    if changed == 1 {
        Ok(())
    } else {
        Err(Stop::Ours(StoreError::NoSuchRun { run }))
    }
}

fn to_json<T: serde::Serialize>(what: &str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::content(what, e))
}

/// An artefact as it is stored: compressed where that makes it smaller.
struct Packed<'a> {
    kind: &'a str,
    media_type: &'a str,
    encoding: &'static str,
    body: std::borrow::Cow<'a, [u8]>,
}

impl<'a> Packed<'a> {
    fn new(artefact: &'a Artefact) -> Self {
        let smaller = zstd::bulk::compress(&artefact.body, ZSTD_LEVEL)
            .ok()
            .filter(|packed| packed.len() < artefact.body.len());
        let (encoding, body) = match smaller {
            Some(packed) => ("zstd", packed.into()),
            None => ("none", artefact.body.as_slice().into()),
        };
        Packed {
            kind: artefact.kind,
            media_type: artefact.media_type,
            encoding,
            body,
        }
    }
}
