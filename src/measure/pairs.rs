//! Two versions of a page, loaded in pairs: which goes first, and how long to wait in between.
//!
//! Permuted blocks of two pairs, one baseline-first and one candidate-first, in random order: with
//! a fixed order, whatever the second load of a pair gains from shared caches would look like an
//! improvement. The same seed gives the same order, also for a check that is gone on with. A load
//! is a visit of the runner's, with all of its rules. What the pairs say is left to `analysis`.

use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tokio::sync::mpsc;

use super::Probes;
use super::job::{Job, RunEvent, Stop};
use super::runner::run;
use crate::model::{FailureKind, Outcome, VisitRecord};

/// Random wait between two loads of our own site, so that no load meets the state the last left.
pub const GAP: std::ops::RangeInclusive<Duration> = Duration::from_secs(2)..=Duration::from_secs(5);

/// One of the two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// What it was.
    Baseline,
    /// What it shall be.
    Candidate,
}

impl Side {
    /// Word in the database, and id of its target.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Side::Baseline => "baseline",
            Side::Candidate => "candidate",
        }
    }
}

/// The order of the two loads of a pair, counted from 0, at a place. Pure.
#[must_use]
pub fn order(seed: u64, place: &str, pair: u32) -> [Side; 2] {
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ hash(place));
    rng.set_stream(u64::from(pair / 2));
    let first_in_block: u32 = rng.random_range(0..2);
    if (first_in_block + pair).is_multiple_of(2) {
        [Side::Baseline, Side::Candidate]
    } else {
        [Side::Candidate, Side::Baseline]
    }
}

/// FNV-1a: places get streams of their own, the same on every machine.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| {
        (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Waits between two loads; `false` when asked to stop meanwhile.
pub async fn gap(range: &std::ops::RangeInclusive<Duration>, stop: &mut Stop) -> bool {
    let wait = rand::rng().random_range(range.clone());
    tokio::select! {
        () = tokio::time::sleep(wait) => true,
        _ = stop.wait_for(|&s| s) => false,
    }
}

/// Makes the one visit of a job. `None`: asked to stop before it was made.
pub async fn load(job: Job, probes: &Probes, stop: Stop) -> Option<VisitRecord> {
    let (events, mut told) = mpsc::channel(4);
    let listen = async {
        let mut record = None;
        while let Some(event) = told.recv().await {
            if let RunEvent::Finished(_, done) = event {
                record = Some(*done);
            }
        }
        record
    };
    let ((), record) = tokio::join!(run(job, probes, events, stop), listen);
    record
}

/// What a load counts as in a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    /// It was measured.
    Measured,
    /// The site failed.
    Failed,
    /// We failed, or it was not the right page: the pair is dropped.
    Lost,
}

/// What an outcome counts as. An answer of 5xx is the site's failure, also where a rival's 503
/// would be a refusal: this is our own site.
#[must_use]
pub fn counts(outcome: &Outcome) -> Counts {
    match outcome {
        Outcome::Measured(_) => Counts::Measured,
        Outcome::NotMeasured(f, _) if f.kind == FailureKind::Site => Counts::Failed,
        Outcome::NotMeasured(f, _) if f.reason.starts_with("status: 5") => Counts::Failed,
        Outcome::NotMeasured(..) => Counts::Lost,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_block_of_two_pairs_has_both_orders() {
        let mut firsts = Vec::new();
        for block in 0..40 {
            let [one, other] = [0, 1].map(|i| order(7, "home/sydney/phone", block * 2 + i));
            assert_ne!(one, other, "block {block}");
            assert_ne!(one[0], one[1]);
            firsts.push(one[0]);
        }
        let ahead = firsts.iter().filter(|s| **s == Side::Baseline).count();
        assert!((8..=32).contains(&ahead), "random: {ahead} of 40");
        let again: Vec<Side> = (0..40)
            .map(|b| order(7, "home/sydney/phone", b * 2)[0])
            .collect();
        assert_eq!(firsts, again, "the seed makes the order");
        let other: Vec<Side> = (0..40)
            .map(|b| order(8, "home/sydney/phone", b * 2)[0])
            .collect();
        assert_ne!(firsts, other);
    }
}
