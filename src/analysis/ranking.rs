//! Who may be ranked, the places of those who may, and who is surely slower than whom.
//!
//! Departs from one word of the design: the cells of a night are those that both sites of a pair
//! have, not those that all sites have, so that one site with gaps does not cost the others their
//! nights. A pair with too few common nights counts as tested without result.

use super::compare::Pairing;
use super::sample::Sample;
use super::stats::month::INTERVAL_FROM;
use super::stats::ranks::{RankSets, all_pairs, rank_sets};
use super::summary::small;
use super::types::{Counts, NotRanked, RankRange, Summary};
use crate::model::Target;

/// Nights needed for a rank: with fewer, Holm over many pairs can reject nothing.
pub(crate) const NIGHTS: u32 = 14;
/// Values needed.
const VISITS: u32 = 30;
/// One in so many may be blocked or failed.
const LOST_ONE_IN: u32 = 5;
/// Simultaneous level of ranks.
const ALPHA: f64 = 0.05;

/// A target that has the page kind, with its values in one period.
pub(crate) struct Entry<'a> {
    pub(crate) target: &'a Target,
    pub(crate) sample: Sample,
    pub(crate) summary: Summary,
}

/// Over 20 % of the attempted visits blocked or failed: what is left may be the easy part.
pub(crate) fn too_many_lost(counts: &Counts) -> bool {
    counts.lost() * LOST_ONE_IN > counts.attempted
}

/// Why a target cannot be ranked on its own figures. `valid` counts the visits with a value of the
/// metric.
pub(crate) fn why_not(summary: &Summary) -> Option<NotRanked> {
    if summary.n == 0 {
        Some(NotRanked::NoData)
    } else if too_many_lost(&summary.counts) {
        Some(NotRanked::TooManyLost {
            lost: summary.counts.lost(),
            attempted: summary.counts.attempted,
        })
    } else if summary.nights < NIGHTS {
        Some(too_few_nights(summary.nights))
    } else if summary.n < VISITS {
        Some(NotRanked::TooFewVisits {
            valid: summary.n,
            needed: VISITS,
        })
    } else {
        None
    }
}

fn too_few_nights(nights: u32) -> NotRanked {
    NotRanked::TooFewNights {
        nights,
        needed: NIGHTS,
    }
}

/// Places of a field.
pub(crate) struct Ranking {
    /// One an entry.
    pub(crate) ranks: Vec<Result<RankRange, NotRanked>>,
    /// Why nobody is ranked, if so.
    pub(crate) nobody: Option<NotRanked>,
    /// The ranked entries and their sets; empty where nobody is ranked.
    tested: Tested,
}

impl Ranking {
    /// Ranks the entries of a period with so many nights.
    pub(crate) fn of(entries: &[Entry<'_>], nights: usize) -> Ranking {
        let why: Vec<Option<NotRanked>> = entries
            .iter()
            .map(|e| why_not_here(e, entries.len(), nights))
            .collect();
        let ranked: Vec<usize> = (0..entries.len()).filter(|&i| why[i].is_none()).collect();
        if ranked.len() < 2 {
            return Ranking {
                nobody: Some(why_nobody(entries, &why)),
                ranks: why
                    .into_iter()
                    .map(|w| Err(w.unwrap_or(NotRanked::NoOther)))
                    .collect(),
                tested: Tested::default(),
            };
        }
        let tested = Tested::pairs(entries, ranked, Pairing::ByNight, NIGHTS as usize);
        let ranks = why
            .into_iter()
            .enumerate()
            .map(|(i, w)| match w {
                Some(w) => Err(w),
                None => tested.range(i).ok_or(NotRanked::NoData),
            })
            .collect();
        Ranking {
            ranks,
            nobody: None,
            tested,
        }
    }

    /// Whether entry `a` is surely slower than entry `b`; `None` if not both are ranked.
    pub(crate) fn surely_slower(&self, a: usize, b: usize) -> Option<bool> {
        self.tested.surely_slower(a, b)
    }

    /// Overseas entries with values that the data cannot rule out as the best of them. Two ranked
    /// ones are told apart by the ranking's own tests; otherwise by the same tests on the overseas
    /// entries alone, from 6 pairs on, also corrected for their number. One that lost too much rules
    /// nobody out: what is left of it may be the easy part.
    pub(crate) fn could_be_best(
        &self,
        entries: &[Entry<'_>],
        overseas: &[usize],
        pairing: Pairing,
    ) -> Vec<usize> {
        let thin = Tested::pairs(entries, overseas.to_vec(), pairing, INTERVAL_FROM);
        let slower = |a: usize, b: usize| {
            self.surely_slower(a, b)
                .or_else(|| thin.surely_slower(a, b))
                .is_some_and(|slower| slower && !too_many_lost(&entries[b].summary.counts))
        };
        overseas
            .iter()
            .copied()
            .filter(|&a| !overseas.iter().any(|&b| slower(a, b)))
            .collect()
    }
}

/// A short period is everybody's reason; being alone comes before what one lacks oneself.
fn why_not_here(entry: &Entry<'_>, entries: usize, nights: usize) -> Option<NotRanked> {
    if entry.summary.n == 0 {
        Some(NotRanked::NoData)
    } else if entries == 1 {
        Some(NotRanked::Alone)
    } else if small(nights) < NIGHTS {
        Some(too_few_nights(small(nights)))
    } else {
        why_not(&entry.summary)
    }
}

/// The reason for a field: that of ours, or else of the first target, that has values.
fn why_nobody(entries: &[Entry<'_>], why: &[Option<NotRanked>]) -> NotRanked {
    if why.iter().any(Option::is_none) {
        return NotRanked::NoOther;
    }
    let with_values = || (0..entries.len()).filter(|&i| entries[i].summary.n > 0);
    with_values()
        .find(|&i| entries[i].target.role == crate::model::Role::Own)
        .or_else(|| with_values().next())
        .and_then(|i| why[i].clone())
        .unwrap_or(NotRanked::NoData)
}

/// Rank sets of some entries.
#[derive(Default)]
pub(crate) struct Tested {
    /// Indices into the entries.
    of: Vec<usize>,
    sets: Option<RankSets>,
}

impl Tested {
    /// Tests all pairs of some entries that have `least` paired values.
    pub(crate) fn pairs(
        entries: &[Entry<'_>],
        of: Vec<usize>,
        pairing: Pairing,
        least: usize,
    ) -> Tested {
        let pairs = all_pairs(of.len(), |a, b| {
            let d = pairing.differences(&entries[of[a]].sample, &entries[of[b]].sample);
            if d.len() < least { Vec::new() } else { d }
        });
        let sets = rank_sets(of.len(), pairs, ALPHA);
        Tested {
            of,
            sets: Some(sets),
        }
    }

    fn place(&self, entry: usize) -> Option<usize> {
        self.of.iter().position(|&i| i == entry)
    }

    /// Whether entry `a` is surely slower than entry `b`; `None` if not both were tested.
    pub(crate) fn surely_slower(&self, a: usize, b: usize) -> Option<bool> {
        let (a, b) = (self.place(a)?, self.place(b)?);
        Some(self.sets.as_ref()?.surely_slower(a, b))
    }

    fn range(&self, entry: usize) -> Option<RankRange> {
        let (at, sets) = (self.place(entry)?, self.sets.as_ref()?);
        Some(RankRange {
            lo: small(sets.lo[at]),
            hi: small(sets.hi[at]),
            of: small(self.of.len()),
        })
    }
}
