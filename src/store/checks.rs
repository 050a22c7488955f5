//! Release checks: begun, filled load by load, gone on with, finished.
//!
//! A pair is stored in one transaction, so a killed check goes on with whole pairs. What the
//! loads say is left to `analysis`.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, params};

use super::error::StoreError;
use super::open::Store;
use crate::model::{Attribution, Metric, RequestFact, Values};

/// zstd's own default.
const ZSTD_LEVEL: i32 = 3;

/// One load of a check.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckLoad {
    /// Page kind.
    pub page: String,
    /// Region id.
    pub region: String,
    /// Profile id.
    pub profile: String,
    /// Number of the pair at its place, from 0.
    pub pair: u32,
    /// `baseline` or `candidate`.
    pub side: String,
    /// Left out of every figure.
    pub warm_up: bool,
    /// Start.
    pub started_at: Timestamp,
    /// Session start to session end, ms.
    pub duration_ms: f64,
    /// `measured`, `failed` or `lost`.
    pub counts: String,
    /// Why it was not measured.
    pub reason: Option<String>,
    /// Metrics.
    pub values: Values,
    /// Explanations.
    pub attribution: Attribution,
    /// Requests.
    pub requests: Vec<RequestFact>,
}

/// A check that can be gone on with.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenCheck {
    /// Id.
    pub id: i64,
    /// Seed.
    pub seed: u64,
    /// Loads so far, in the order of storing.
    pub loads: Vec<CheckLoad>,
}

impl Store {
    /// Begins a check; an unfinished one of the same question is left behind.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn begin_check(
        &mut self,
        question: &str,
        seed: u64,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        self.transact(|tx| {
            tx.execute(
                "UPDATE checks SET state = 'abandoned', finished_ms = ?2
                 WHERE question = ?1 AND state = 'unfinished'",
                params![question, now.as_millisecond()],
            )?;
            tx.execute(
                "INSERT INTO checks (started_ms, state, seed, question)
                 VALUES (?1, 'unfinished', ?2, ?3)",
                params![now.as_millisecond(), seed.cast_signed(), question],
            )?;
            Ok(tx.last_insert_rowid())
        })
    }

    /// The newest unfinished check of this question that is younger than `max_age`.
    ///
    /// # Errors
    /// What SQLite says, or [`StoreError::Content`].
    pub fn open_check(
        &self,
        question: &str,
        now: Timestamp,
        max_age: SignedDuration,
    ) -> Result<Option<OpenCheck>, StoreError> {
        let since = now.as_millisecond() - max_age.as_millis().clamp(0, i64::MAX.into()) as i64;
        let found: Option<(i64, i64)> = self
            .conn
            .query_row(
                "SELECT id, seed FROM checks
                 WHERE question = ?1 AND state = 'unfinished' AND started_ms > ?2
                 ORDER BY id DESC LIMIT 1",
                params![question, since],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()
            .map_err(|e| self.error(e))?;
        found
            .map(|(id, seed)| {
                Ok(OpenCheck {
                    id,
                    seed: seed.cast_unsigned(),
                    loads: self.check_loads(id)?,
                })
            })
            .transpose()
    }

    /// Stores the loads of a pair, all or none.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn add_pair(&mut self, check: i64, loads: &[CheckLoad]) -> Result<(), StoreError> {
        let packed: Vec<Packed> = loads.iter().map(pack).collect::<Result<_, _>>()?;
        self.transact(|tx| {
            let mut insert = tx.prepare_cached(
                "INSERT INTO check_loads (check_id, page, region, profile, pair, side, warm_up,
                     started_ms, duration_ms, counts, reason, metrics, attribution, requests)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            )?;
            for (l, p) in loads.iter().zip(&packed) {
                insert.execute(params![
                    check,
                    l.page,
                    l.region,
                    l.profile,
                    l.pair,
                    l.side,
                    l.warm_up,
                    l.started_at.as_millisecond(),
                    l.duration_ms,
                    l.counts,
                    l.reason,
                    p.metrics,
                    p.attribution,
                    p.requests
                ])?;
            }
            Ok(())
        })
    }

    /// Ends a check with its result as JSON.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn finish_check(
        &mut self,
        check: i64,
        result: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.transact(|tx| {
            tx.execute(
                "UPDATE checks SET state = 'finished', finished_ms = ?2, result = ?3
                 WHERE id = ?1",
                params![check, now.as_millisecond(), result],
            )?;
            Ok(())
        })
    }

    /// The loads of a check, in the order of storing.
    ///
    /// # Errors
    /// What SQLite says, or [`StoreError::Content`].
    pub fn check_loads(&self, check: i64) -> Result<Vec<CheckLoad>, StoreError> {
        let sql = |e| self.error(e);
        let of = |what: &str| format!("{what} of check {check}");
        let mut statement = self
            .conn
            .prepare(
                "SELECT page, region, profile, pair, side, warm_up, started_ms, duration_ms,
                        counts, reason, metrics, attribution, requests
                 FROM check_loads WHERE check_id = ?1 ORDER BY id",
            )
            .map_err(sql)?;
        let mut rows = statement.query([check]).map_err(sql)?;
        let mut loads = Vec::new();
        while let Some(row) = rows.next().map_err(sql)? {
            let text = |i: usize| row.get::<_, String>(i).map_err(sql);
            let body: Vec<u8> = row.get(12).map_err(sql)?;
            let body = zstd::stream::decode_all(body.as_slice())
                .map_err(|e| StoreError::content(of("requests"), e))?;
            loads.push(CheckLoad {
                page: text(0)?,
                region: text(1)?,
                profile: text(2)?,
                pair: row.get(3).map_err(sql)?,
                side: text(4)?,
                warm_up: row.get(5).map_err(sql)?,
                started_at: Timestamp::from_millisecond(row.get(6).map_err(sql)?)
                    .map_err(|e| StoreError::content(of("start"), e))?,
                duration_ms: row.get(7).map_err(sql)?,
                counts: text(8)?,
                reason: row.get(9).map_err(sql)?,
                values: read_values(&text(10)?)
                    .map_err(|e| StoreError::content(of("metrics"), e))?,
                attribution: serde_json::from_str(&text(11)?)
                    .map_err(|e| StoreError::content(of("explanations"), e))?,
                requests: serde_json::from_slice(&body)
                    .map_err(|e| StoreError::content(of("requests"), e))?,
            });
        }
        Ok(loads)
    }
}

struct Packed {
    metrics: String,
    attribution: String,
    requests: Vec<u8>,
}

fn pack(load: &CheckLoad) -> Result<Packed, StoreError> {
    let values: serde_json::Map<String, serde_json::Value> = load
        .values
        .iter()
        .map(|(m, v)| (m.name().to_owned(), v.into()))
        .collect();
    let failed = |e| StoreError::content("explanations of a load", e);
    let requests = serde_json::to_vec(&load.requests).map_err(failed)?;
    Ok(Packed {
        metrics: serde_json::Value::Object(values).to_string(),
        attribution: serde_json::to_string(&load.attribution).map_err(failed)?,
        requests: zstd::bulk::compress(&requests, ZSTD_LEVEL)
            .map_err(|e| StoreError::content("requests of a load", e))?,
    })
}

/// A metric that this program does not know is left out.
fn read_values(text: &str) -> serde_json::Result<Values> {
    let map: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text)?;
    let mut values = Values::default();
    for (name, value) in &map {
        if let Ok(metric) = name.parse::<Metric>() {
            values.set(metric, value.as_f64());
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(pair: u32, side: &str) -> CheckLoad {
        let mut values = Values::default();
        values.set(Metric::Lcp, Some(1_234.5));
        CheckLoad {
            page: "home".into(),
            region: "here".into(),
            profile: "phone".into(),
            pair,
            side: side.into(),
            warm_up: pair == 0,
            started_at: "2026-11-25T00:00:01Z".parse().unwrap(),
            duration_ms: 2_000.0,
            counts: "measured".into(),
            reason: None,
            values,
            attribution: Attribution::default(),
            requests: vec![],
        }
    }

    #[test]
    fn a_check_is_gone_on_with_until_it_is_finished_or_old() {
        let mut store = Store::in_memory().unwrap();
        let start: Timestamp = "2026-11-25T00:00:00Z".parse().unwrap();
        let day = SignedDuration::from_hours(12);
        let id = store.begin_check("q", u64::MAX, start).unwrap();
        let pair = [load(0, "candidate"), load(0, "baseline")];
        store.add_pair(id, &pair).unwrap();
        assert!(store.add_pair(id, &pair).is_err(), "a pair is stored once");
        let open = store.open_check("q", start, day).unwrap().unwrap();
        assert_eq!((open.id, open.seed), (id, u64::MAX));
        assert_eq!(open.loads, pair);
        assert_eq!(store.open_check("other", start, day).unwrap(), None);
        let late = start + SignedDuration::from_hours(13);
        assert_eq!(store.open_check("q", late, day).unwrap(), None);
        store.finish_check(id, "{}", start).unwrap();
        assert_eq!(store.open_check("q", start, day).unwrap(), None);
        let visits: i64 = store
            .conn
            .query_row("SELECT count(*) FROM visit", [], |r| r.get(0))
            .unwrap();
        assert_eq!(visits, 0, "a check is no night");
    }
}
