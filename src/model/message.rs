//! What is told to people and to other systems, and the alerts that it comes from.
//!
//! One event, in words for marketing and in words for engineers. The JSON of a [`Message`] is what a
//! webhook gets; its schema is `src/notify/message.schema.json`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Lane;

/// A message, the same for every channel and on every try.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Id: the same on every try, so that a receiver can tell a repeat.
    pub id: String,
    /// Version of this shape.
    pub version: u32,
    /// What it is about.
    pub lane: Lane,
    /// What happened.
    pub event: Event,
    /// Name of the benchmark.
    pub project: String,
    /// When it was decided.
    pub at: Timestamp,
    /// One line.
    pub title: String,
    /// For marketing.
    pub plain: String,
    /// For engineers.
    pub technical: String,
    /// When we look again.
    pub next_look: Option<Timestamp>,
    /// The conditions that it tells of.
    pub alerts: Vec<Condition>,
    /// A file that goes with it by e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<String>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Event {
    /// Something began.
    Opened,
    /// It is over.
    Recovered,
    /// A digest or a report.
    Digest,
    /// `outpace notify test`.
    Test,
}

/// Something that holds at present.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// Name of it: the same as long as it holds.
    pub key: String,
    /// Lane.
    pub lane: Lane,
    /// Why it is likely so; conditions of one cause are one message.
    pub cause: String,
    /// One line.
    pub what: String,
    /// For engineers.
    pub detail: String,
    /// Where, how much, since when, who else, suspects: as numbers and names.
    pub facts: Facts,
}

/// The facts of a condition; what is not known is absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// Target id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Page kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// Step of a journey.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Region id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Profile id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// Value now, in the metric's unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Value before, or the line of a budget.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<f64>,
    /// Relative change and its interval: 0.12 is 12 %.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<[f64; 3]>,
    /// First night or moment of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Nearest release before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// Others that moved at the same time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also_moved: Vec<String>,
    /// Suspected causes, likeliest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suspects: Vec<String>,
    /// Visits that show it, the bad one first, then the last good one; `outpace visit ID` shows
    /// each, and its evidence is kept for ever.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub visits: Vec<i64>,
    /// Run that showed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<i64>,
}
