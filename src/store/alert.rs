//! Alerts from their beginning to their recovery, and mutes: view `alert`.
//!
//! What holds is decided elsewhere; here a change and its messages are stored in one transaction,
//! so that nothing is told twice and nothing is forgotten, wherever the process is killed.

use jiff::Timestamp;
use rusqlite::params;

use super::error::StoreError;
use super::evidence;
use super::night::time;
use super::open::Store;
use super::outbox;
use crate::model::{Condition, Facts, Lane, Message};

/// An alert.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct AlertRow {
    /// Row.
    pub id: i64,
    /// Name of the condition.
    pub key: String,
    /// Lane.
    pub lane: Lane,
    /// `open`, `recovered` or `logged`.
    pub state: String,
    /// Beginning.
    pub opened: Timestamp,
    /// End.
    pub recovered: Option<Timestamp>,
    /// One line.
    pub what: String,
    /// Id of its message, or why there was none.
    pub told: String,
    /// The facts at its beginning.
    pub facts: Facts,
}

/// A mute that has not expired.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Mute {
    /// Row.
    pub id: i64,
    /// Beginning of the keys that it holds for.
    pub pattern: String,
    /// When it ends.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
}

/// All that one decision changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decided {
    /// Conditions that begin, with the id of their message or why there is none.
    pub opened: Vec<(Condition, String)>,
    /// Rows whose message is sent only now, with its id.
    pub told_late: Vec<(i64, String)>,
    /// Rows that are over, with the id of their message or why there is none.
    pub recovered: Vec<(i64, String)>,
    /// What is kept and never sent.
    pub logged: Vec<(Condition, String)>,
    /// Messages, each with its channels.
    pub messages: Vec<(Message, Vec<String>)>,
    /// Nights after which it was decided.
    pub nights: Vec<i64>,
}

impl Store {
    /// Stores a decision: changes of alerts, their messages, and that it was made. The evidence of
    /// visits that an alert names is pinned.
    ///
    /// # Errors
    /// What SQLite says; nothing is changed then.
    pub fn store_decision(&mut self, made: &Decided, now: Timestamp) -> Result<(), StoreError> {
        let ms = now.as_millisecond();
        self.transact(|tx| {
            let opened = made.opened.iter().map(|o| (o, "open"));
            let logged = made.logged.iter().map(|o| (o, "logged"));
            for ((condition, told), state) in opened.chain(logged) {
                let facts = serde_json::to_string(&condition.facts).expect("plain data");
                tx.execute(
                    "INSERT INTO alerts (key, lane, state, opened_ms, what, facts, told)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
                    params![
                        condition.key,
                        condition.lane.name(),
                        state,
                        ms,
                        condition.what,
                        facts,
                        told
                    ],
                )?;
                for visit in &condition.facts.visits {
                    let why = format!("alert {}", condition.key);
                    evidence::pin(tx, *visit, &why, now)?;
                }
            }
            for (id, told) in &made.told_late {
                tx.execute(
                    "UPDATE alerts SET told = ?2 WHERE id = ?1",
                    params![id, told],
                )?;
            }
            for (id, told) in &made.recovered {
                tx.execute(
                    "UPDATE alerts SET state = 'recovered', recovered_ms = ?2, told_end = ?3
                     WHERE id = ?1 AND state = 'open'",
                    params![id, ms, told],
                )?;
            }
            for (message, channels) in &made.messages {
                outbox::insert(tx, message, channels, now)?;
            }
            for night in &made.nights {
                tx.execute("UPDATE nights SET decided = 1 WHERE id = ?1", [night])?;
            }
            Ok(())
        })
    }

    /// Alerts that are open, oldest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn open_alerts(&self) -> Result<Vec<AlertRow>, StoreError> {
        self.alert_rows("WHERE state = 'open' ORDER BY id", [])
    }

    /// The newest alerts, newest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn last_alerts(&self, count: u32) -> Result<Vec<AlertRow>, StoreError> {
        self.alert_rows("ORDER BY id DESC LIMIT ?1", [count])
    }

    fn alert_rows<P: rusqlite::Params>(
        &self,
        rest: &str,
        params: P,
    ) -> Result<Vec<AlertRow>, StoreError> {
        let sql = format!(
            "SELECT id, key, lane, state, opened_ms, recovered_ms, what, told, facts FROM alerts \
             {rest}"
        );
        let mut statement = self.conn.prepare_cached(&sql).map_err(|e| self.error(e))?;
        let mut rows = statement.query(params).map_err(|e| self.error(e))?;
        let mut all = Vec::new();
        while let Some(row) = rows.next().map_err(|e| self.error(e))? {
            let text = |i| row.get::<_, String>(i).map_err(|e| self.error(e));
            let id: i64 = row.get(0).map_err(|e| self.error(e))?;
            let opened: i64 = row.get(4).map_err(|e| self.error(e))?;
            let recovered: Option<i64> = row.get(5).map_err(|e| self.error(e))?;
            let bad = |e: String| StoreError::content(format!("alert {id}"), e);
            all.push(AlertRow {
                id,
                key: text(1)?,
                lane: text(2)?.parse().map_err(bad)?,
                state: text(3)?,
                opened: time(opened, "an alert")?,
                recovered: recovered.map(|ms| time(ms, "an alert")).transpose()?,
                what: text(6)?,
                told: text(7)?,
                facts: serde_json::from_str(&text(8)?).map_err(|e| bad(e.to_string()))?,
            });
        }
        Ok(all)
    }

    /// Mutes every alert whose key begins with `pattern` until a time.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn mute(
        &mut self,
        pattern: &str,
        until: Timestamp,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.transact(|tx| {
            tx.execute(
                "INSERT INTO mutes (pattern, until_ms, reason, created_ms) VALUES (?1, ?2, ?3, ?4)",
                params![
                    pattern,
                    until.as_millisecond(),
                    reason,
                    now.as_millisecond()
                ],
            )?;
            Ok(())
        })
    }

    /// Ends the mutes of a beginning that hold at `now`; returns how many they were.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn end_mutes(&mut self, pattern: &str, now: Timestamp) -> Result<usize, StoreError> {
        self.transact(|tx| {
            let ended = tx.execute(
                "UPDATE mutes SET until_ms = ?2 WHERE pattern = ?1 AND until_ms > ?2",
                params![pattern, now.as_millisecond()],
            )?;
            Ok(ended)
        })
    }

    /// Mutes that hold at `now`, those that end first before others.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn mutes(&self, now: Timestamp) -> Result<Vec<Mute>, StoreError> {
        let read = || -> rusqlite::Result<Vec<(i64, String, i64, String)>> {
            self.conn
                .prepare_cached(
                    "SELECT id, pattern, until_ms, reason FROM mutes WHERE until_ms > ?1
                     ORDER BY until_ms, id",
                )?
                .query_map([now.as_millisecond()], |r| {
                    Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))
                })?
                .collect()
        };
        let rows = read().map_err(|e| self.error(e))?;
        rows.into_iter()
            .map(|(id, pattern, until, reason)| {
                Ok(Mute {
                    id,
                    pattern,
                    until: time(until, "a mute")?,
                    reason,
                })
            })
            .collect()
    }
}
