//! What is written of a visit besides its values: that it was missed, made twice, or
//! made on a busy machine.

use std::time::Instant;

use jiff::Timestamp;

use crate::model::{Caused, Failure, FailureKind, Outcome, PlannedVisit, VisitRecord};

/// A visit that was not made.
#[must_use]
pub fn missed_record(visit: &PlannedVisit, reason: &str) -> VisitRecord {
    VisitRecord {
        seq: visit.seq,
        started_at: Timestamp::now(),
        duration_ms: 0.0,
        outcome: Outcome::failed(Failure::new(FailureKind::Missed, reason)),
        environment: String::new(),
        artefacts: Vec::new(),
        caused: Caused::default(),
    }
}

/// Whether browser or driver spoilt a visit.
pub(super) fn is_instrument(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::NotMeasured(f, _) if f.kind == FailureKind::Instrument)
}

/// Marks a visit.
pub(super) fn flag(outcome: &mut Outcome, word: &str) {
    let (Outcome::Measured(m) | Outcome::NotMeasured(_, m)) = outcome;
    m.flags.push(word.to_owned());
}

/// The wall clock's time of a moment of this process.
pub(super) fn wall_time(at: Instant) -> Timestamp {
    let ago = jiff::SignedDuration::try_from(at.elapsed()).unwrap_or_default();
    Timestamp::now() - ago
}
