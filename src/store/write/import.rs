//! Whole runs at once, from elsewhere than a browser: a simulated history.

use rusqlite::params;

use super::{NewRun, Store, StoreError, fill_row, insert_plan, to_json};
use crate::model::{Measurement, Outcome, PlannedVisit, Target, VisitRecord};

/// A run that is over, with the outcome of each of its visits.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedRun {
    /// The run.
    pub run: NewRun,
    /// Its plan.
    pub plan: Vec<PlannedVisit>,
    /// An outcome for each planned visit.
    pub records: Vec<VisitRecord>,
}

impl Store {
    /// Stores finished runs in one transaction and says how many visits there were. Artefacts of
    /// the records are left out.
    ///
    /// # Errors
    /// [`StoreError::UnknownTarget`], [`StoreError::NotPlanned`], [`StoreError::VisitsLeft`], or
    /// what SQLite says; nothing is stored then.
    pub fn import_runs(
        &mut self,
        runs: impl IntoIterator<Item = ImportedRun>,
        targets: &[Target],
    ) -> Result<u32, StoreError> {
        self.transact(|tx| {
            let mut visits = 0;
            for one in runs {
                let started = one.run.started_at.as_millisecond();
                let host = to_json("host of the run", &one.run.host).map_err(super::Stop::Ours)?;
                tx.prepare_cached(
                    "INSERT INTO runs (started_ms, finished_ms, state, seed, config_hash, config,
                                       rounds, host)
                     VALUES (?1, ?2, 'finished', ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![
                    started,
                    one.records
                        .iter()
                        .map(|r| r.started_at.as_millisecond())
                        .max()
                        .unwrap_or(started),
                    one.run.seed.cast_signed(),
                    one.run.config_hash,
                    one.run.config_json,
                    one.run.rounds,
                    host
                ])?;
                let run = tx.last_insert_rowid();
                insert_plan(tx, run, &one.plan, targets)?;
                let empty = Measurement::default();
                for record in &one.records {
                    let facts = match &record.outcome {
                        Outcome::Measured(m) => (m.as_ref(), None),
                        Outcome::NotMeasured(f, _) => (&empty, Some(f.reason.as_str())),
                    };
                    fill_row(tx, run, record, facts)?;
                }
                let left = one.plan.len().saturating_sub(one.records.len());
                if left > 0 {
                    let left = u32::try_from(left).unwrap_or(u32::MAX);
                    return Err(super::Stop::Ours(StoreError::VisitsLeft { run, left }));
                }
                visits += u32::try_from(one.records.len()).unwrap_or(u32::MAX);
            }
            Ok(visits)
        })
    }
}
