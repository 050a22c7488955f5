//! Messages on their way: stored before they are sent, kept until they are, with one id.
//!
//! At least once: a message that was sent and whose sending could not be noted is sent again, under
//! the same id. Sending is left to `notify`.

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use super::error::StoreError;
use super::night::time;
use super::open::Store;
use crate::model::Message;

/// A message for one channel that is to be sent now.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Row.
    pub id: i64,
    /// Channel id.
    pub channel: String,
    /// Tries so far.
    pub tries: u32,
    /// The message.
    pub message: Message,
}

/// What waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Queue {
    /// Messages not sent yet.
    pub waiting: u32,
    /// Of these, tried at least once.
    pub failing: u32,
}

impl Store {
    /// Puts a message out for each of the channels; one that is there already stays as it is.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn put_out(
        &mut self,
        message: &Message,
        channels: &[String],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.transact(|tx| Ok(insert(tx, message, channels, now)?))
    }

    /// Messages whose time has come, oldest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn to_send(&self, now: Timestamp, limit: u32) -> Result<Vec<Outgoing>, StoreError> {
        let read = || -> rusqlite::Result<Vec<(i64, String, u32, String)>> {
            self.conn
                .prepare_cached(
                    "SELECT id, channel, tries, body FROM outbox
                     WHERE sent_ms IS NULL AND next_ms <= ?1 ORDER BY next_ms, id LIMIT ?2",
                )?
                .query_map(params![now.as_millisecond(), limit], |r| {
                    Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))
                })?
                .collect()
        };
        let rows = read().map_err(|e| self.error(e))?;
        rows.into_iter()
            .map(|(id, channel, tries, body)| {
                let message = serde_json::from_str(&body)
                    .map_err(|e| StoreError::content(format!("message {id}"), e))?;
                Ok(Outgoing {
                    id,
                    channel,
                    tries,
                    message,
                })
            })
            .collect()
    }

    /// A message was taken by its channel.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn sent(&mut self, id: i64, now: Timestamp) -> Result<(), StoreError> {
        self.transact(|tx| {
            tx.execute(
                "UPDATE outbox SET sent_ms = ?2, tries = tries + 1, last_error = NULL
                 WHERE id = ?1 AND sent_ms IS NULL",
                params![id, now.as_millisecond()],
            )?;
            Ok(())
        })
    }

    /// A message was not taken; it is tried again at `next`.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn not_sent(&mut self, id: i64, next: Timestamp, why: &str) -> Result<(), StoreError> {
        self.transact(|tx| {
            tx.execute(
                "UPDATE outbox SET tries = tries + 1, next_ms = ?2, last_error = ?3 WHERE id = ?1",
                params![id, next.as_millisecond(), why],
            )?;
            Ok(())
        })
    }

    /// What waits in the outbox.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn queue(&self) -> Result<Queue, StoreError> {
        self.conn
            .query_row(
                "SELECT count(*), count(*) FILTER (WHERE tries > 0) FROM outbox
                 WHERE sent_ms IS NULL",
                [],
                |r| {
                    Ok(Queue {
                        waiting: r.get(0)?,
                        failing: r.get(1)?,
                    })
                },
            )
            .map_err(|e| self.error(e))
    }

    /// When the last message of a channel was sent.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn last_sent(&self, channel: &str) -> Result<Option<Timestamp>, StoreError> {
        let ms: Option<i64> = self
            .conn
            .query_row(
                "SELECT max(sent_ms) FROM outbox WHERE channel = ?1",
                [channel],
                |r| r.get(0),
            )
            .map_err(|e| self.error(e))?;
        ms.map(|ms| time(ms, "a sending")).transpose()
    }
}

pub(super) fn insert(
    tx: &Transaction<'_>,
    message: &Message,
    channels: &[String],
    now: Timestamp,
) -> rusqlite::Result<()> {
    let body = serde_json::to_string(message).expect("a message is plain data");
    for channel in channels {
        tx.execute(
            "INSERT INTO outbox (message, channel, lane, body, created_ms, next_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5) ON CONFLICT DO NOTHING",
            params![
                message.id,
                channel,
                message.lane.name(),
                body,
                now.as_millisecond()
            ],
        )?;
    }
    Ok(())
}
