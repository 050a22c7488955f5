//! Does the candidate fail more often than the baseline? Fisher's exact test on counts of loads.
//!
//! Dropping the failures would hide it, and ranks alone see it late. Both the p and Newcombe's
//! interval of the difference have to speak.

use serde::Serialize;

use crate::analysis::stats::proportion::{Share, fisher_greater, newcombe};

/// Level of Fisher's test.
const LEVEL: f64 = 0.01;
/// Share left at each side of the intervals.
const TAIL: f64 = 0.025;

/// Failed loads of both sides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Reliability {
    /// Failed loads of the baseline.
    pub baseline_failed: u64,
    /// Loads of the baseline.
    pub baseline: u64,
    /// Failed loads of the candidate.
    pub candidate_failed: u64,
    /// Loads of the candidate.
    pub candidate: u64,
}

impl Reliability {
    fn shares(self) -> (Share, Share) {
        let share = |hits, of| Share { hits, of };
        (
            share(self.candidate_failed, self.candidate),
            share(self.baseline_failed, self.baseline),
        )
    }

    /// One-sided p that the candidate fails more often.
    #[must_use]
    pub fn p(self) -> f64 {
        let (new, old) = self.shares();
        fisher_greater(new, old)
    }

    /// 95 % interval of the candidate's failure rate less the baseline's.
    #[must_use]
    pub fn difference95(self) -> (f64, f64) {
        let (new, old) = self.shares();
        newcombe(new, old, TAIL)
    }

    /// 95 % intervals of the failure rates of candidate and baseline.
    #[must_use]
    pub fn rates95(self) -> ((f64, f64), (f64, f64)) {
        let (new, old) = self.shares();
        (new.wilson(TAIL), old.wilson(TAIL))
    }

    /// Whether the candidate fails more often, given its p after adjustment for the cells.
    #[must_use]
    pub fn worse_at(self, adjusted_p: f64) -> bool {
        adjusted_p <= LEVEL && self.difference95().0 > 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(baseline_failed: u64, candidate_failed: u64, loads: u64) -> Reliability {
        Reliability {
            baseline_failed,
            baseline: loads,
            candidate_failed,
            candidate: loads,
        }
    }

    /// The sixth failure in 20 loads against none has p = 38760/3838380 = .0101, the seventh
    /// 77520/18643560 = .0042 (drawing 20 of 40 without replacement).
    #[test]
    fn the_gate_falls_between_six_and_seven_failures_in_twenty() {
        let (six, seven) = (of(0, 6, 20), of(0, 7, 20));
        assert!((six.p() - 38_760.0 / 3_838_380.0).abs() < 1e-12);
        assert!((seven.p() - 77_520.0 / 18_643_560.0).abs() < 1e-12);
        assert!(!six.worse_at(six.p()), "{}", six.p());
        assert!(seven.worse_at(seven.p()), "{}", seven.p());
        // The same p at and just over the level.
        assert!(six.worse_at(0.01) && !six.worse_at(0.010_000_1));
    }

    #[test]
    fn a_side_that_fails_less_or_as_often_is_never_worse() {
        for r in [of(7, 0, 20), of(7, 7, 20), of(0, 0, 20)] {
            assert!(!r.worse_at(r.p()), "{r:?}");
        }
        // The interval has to speak too, whatever the p.
        assert!(
            !of(0, 1, 20).worse_at(0.0),
            "{:?}",
            of(0, 1, 20).difference95()
        );
    }
}
