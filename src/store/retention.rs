//! Which evidence may go: what is older than it is kept for, unless something points at it.
//!
//! Pure: the time comes in. Metrics are not evidence and stay for ever.

use jiff::{SignedDuration, Timestamp};

/// A visit that has evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    /// Visit id.
    pub(super) visit: i64,
    /// When it began; when its run began where it was not made.
    pub(super) started_ms: i64,
    /// Pieces of evidence.
    pub(super) pieces: u64,
    /// Their bytes, compressed.
    pub(super) bytes: u64,
    /// Whether a report, an alert or a failed release points at it.
    pub(super) pinned: bool,
}

/// The moment before which evidence goes. Evidence that is exactly as old as it is kept for stays.
#[must_use]
pub fn horizon(now: Timestamp, keep: SignedDuration) -> Timestamp {
    now.checked_sub(keep).unwrap_or(Timestamp::MIN)
}

/// Whether a visit's evidence has passed its time.
pub(super) fn is_old(held: &Held, before: Timestamp) -> bool {
    held.started_ms < before.as_millisecond()
}

/// Visits whose evidence goes.
pub(super) fn outdated(held: &[Held], before: Timestamp) -> impl Iterator<Item = i64> {
    held.iter()
        .filter(move |h| is_old(h, before) && !h.pinned)
        .map(|h| h.visit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_old_and_not_pointed_at_goes() {
        let now: Timestamp = "2026-11-25T00:00:00Z".parse().unwrap();
        let before = horizon(now, SignedDuration::from_hours(30 * 24));
        let at = |visit, time: &str, pinned| Held {
            visit,
            started_ms: time.parse::<Timestamp>().unwrap().as_millisecond(),
            pieces: 2,
            bytes: 10,
            pinned,
        };
        let held = [
            at(1, "2026-10-25T23:59:59.999Z", false),
            at(2, "2026-10-26T00:00:00Z", false),
            at(3, "2025-01-01T00:00:00Z", true),
            at(4, "2025-01-01T00:00:00Z", false),
            // By a clock that was ahead.
            at(5, "2027-01-01T00:00:00Z", false),
        ];
        let gone: Vec<i64> = outdated(&held, before).collect();
        assert_eq!(gone, [1, 4]);
        assert_eq!(horizon(now, SignedDuration::MAX), Timestamp::MIN);
    }
}
