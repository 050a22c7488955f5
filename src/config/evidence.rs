//! `[evidence]`: how long it is kept.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::defaults;
use super::keys;
use super::walk::{Table, Walk};
use crate::model::EvidenceSettings;

/// A day.
const DAY: Duration = Duration::from_secs(24 * 3600);
/// How short and how long evidence may be kept.
pub const KEPT: RangeInclusive<Duration> = DAY..=Duration::from_secs(3650 * 24 * 3600);

/// Reads the table.
pub(super) fn read(walk: &mut Walk<'_>, root: &Table<'_>) -> Option<EvidenceSettings> {
    let table = walk.section(root, &keys::EVIDENCE)?;
    let default = ("keep", defaults::KEEP);
    let keep = walk.duration_or(&table, default, KEPT)?;
    Some(EvidenceSettings { keep: keep.value })
}
