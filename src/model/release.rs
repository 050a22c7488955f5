//! A release of our own site, as a mark in time.
//!
//! Who made it slower is asked elsewhere; here is only what was marked.

use jiff::Timestamp;
use serde::Serialize;

/// One row of view `release`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Release {
    /// Id in the database.
    pub id: i64,
    /// Version, as it was marked; unique.
    pub version: String,
    /// When it went live, UTC.
    pub at: Timestamp,
    /// Commit it was built from.
    pub commit_id: Option<String>,
    /// A word on it.
    pub note: Option<String>,
}
