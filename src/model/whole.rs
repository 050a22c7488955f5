//! One visit whole: its row, what explains it, and the evidence that is still kept of it.

use serde::Serialize;

use super::request::{ConsoleLine, RequestFact};
use super::visit::{Attribution, VisitRow};

/// All that is known of a visit but its pictures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WholeVisit {
    /// Its row.
    pub row: VisitRow,
    /// Name of its target, for people.
    pub target_name: String,
    /// Address that was loaded.
    pub url: String,
    /// Address at the end, redacted; absent when no page answered.
    pub final_url: Option<String>,
    /// Title at the end, redacted.
    pub title: Option<String>,
    /// What explains the figures.
    pub attribution: Attribution,
    /// Browser name and version.
    pub browser: Option<String>,
    /// Version of outpace that measured.
    pub tool: String,
    /// Requests in the order in which they were sent; empty when they are not kept.
    pub requests: Vec<RequestFact>,
    /// The console; empty when it said nothing or is not kept.
    pub console: Vec<ConsoleLine>,
    /// Evidence that is kept.
    pub kept: Vec<Kept>,
    /// Why its evidence is kept for ever, if it is.
    pub pinned: Option<String>,
}

/// A piece of evidence that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// Its kind: `requests`, `screenshot`, ...
    pub kind: String,
    /// Media type of the body.
    pub media_type: String,
    /// Bytes in the database, compressed.
    pub stored_bytes: u64,
}

impl WholeVisit {
    /// Whether evidence of a kind is kept.
    #[must_use]
    pub fn keeps(&self, kind: &str) -> bool {
        self.kept.iter().any(|k| k.kind == kind)
    }
}
