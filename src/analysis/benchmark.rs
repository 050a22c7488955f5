//! Choosing the best overseas target, the benchmark.
//!
//! The best of a month looks better than it is, so the benchmark of a month is chosen on the month
//! before, where that has 14 nights. In a first month it is chosen on odd and on even blocks of
//! three nights; where these disagree, the one of the two that is ahead over the whole month is
//! taken, and the gap keeps part of the winner's curse (some .2 to .7 % by simulation).
//!
//! Hysteresis: whoever was the benchmark before (`incumbent`) is only replaced by one that was
//! surely faster on the month before, or was ahead on it and on the month before that; of several,
//! by the one ahead. All of this is judged on the months before and never on this one: to change to
//! whoever is surely faster now would bring the winner's curse back. That the benchmark was
//! overtaken is told beside it instead ([`super::types::Benchmark::is_ruled_out`]). Without a known
//! incumbent the leader is chosen.
//!
//! A reference that the config names comes before all of this, on pages where it has values.
//!
//! Over 20 % blocked or failed, or without values in this period, nobody is the benchmark: the next
//! one is, and whose place it takes is kept.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::compare::Pairing;
use super::ranking::{Entry, NIGHTS, Tested, too_many_lost, why_not};
use super::sample::{Sample, mean};
use super::stats::hodges_lehmann::centre;
use super::stats::month::INTERVAL_FROM;
use super::types::{ChosenBy, Incumbent};

/// Nights of a block in cross-fitting: more than one, since neighbouring nights are alike.
const BLOCK: usize = 3;

/// This period and the one before; the same targets in the same order.
pub(crate) struct Periods<'a> {
    pub(crate) now: &'a [Entry<'a>],
    pub(crate) nights: &'a [Date],
    pub(crate) before: &'a [Entry<'a>],
    pub(crate) nights_before: &'a [Date],
}

/// What is known before the data are looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    /// The market that is home.
    pub(crate) home_market: &'a str,
    /// The benchmark of the period before.
    pub(crate) incumbent: Option<&'a Incumbent>,
    /// The benchmark that the config names, if it is seen in this view at all.
    pub(crate) reference: Option<&'a str>,
}

/// The benchmark among the entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chosen {
    /// Its index.
    pub(crate) at: usize,
    /// How it was chosen.
    pub(crate) by: ChosenBy,
    /// Index of the one that would be the benchmark, had it been measured well enough.
    pub(crate) instead_of: Option<usize>,
}

/// Chooses the benchmark; `None` where nobody overseas was measured well enough.
pub(crate) fn choose(periods: &Periods<'_>, known: Known<'_>) -> Option<Chosen> {
    let now = periods.now;
    let overseas = overseas(now, known.home_market);
    let is_fit = |i: usize| now[i].summary.n > 0 && !too_many_lost(&now[i].summary.counts);
    let fit = only(&overseas, is_fit);
    let named = |i: &&usize| known.reference == Some(now[**i].target.id.as_str());
    let reference = overseas.iter().find(named).copied();
    if let Some(at) = reference.filter(|&i| is_fit(i)) {
        return Some(Chosen {
            at,
            by: ChosenBy::Reference,
            instead_of: None,
        });
    }
    let (needed, mut instead_of) = (NIGHTS as usize, reference);
    if periods.nights_before.len() >= needed {
        let steady = only(&overseas, |i| why_not(&periods.before[i].summary).is_none());
        let of = |from: &[usize]| on_previous(periods.before, from, known.incumbent);
        let lost = of(&steady).filter(|&i| !is_fit(i));
        instead_of = instead_of.or(lost);
        if let Some(at) = of(&only(&steady, is_fit)) {
            return Some(Chosen {
                at,
                by: ChosenBy::PreviousMonth,
                instead_of,
            });
        }
    }
    let cross_fitted = (periods.nights.len() >= needed)
        .then(|| only(&fit, |i| now[i].summary.nights >= NIGHTS))
        .and_then(|steady| cross_fit(now, &steady, periods.nights));
    let (at, by) = match cross_fitted {
        Some(at) => (at, ChosenBy::CrossFit),
        None => (lowest_median(now, &fit)?, ChosenBy::LowestMedian),
    };
    Some(Chosen { at, by, instead_of })
}

/// Overseas entries that were measured in the period before (or are the reference) and not in this
/// one: how fast they are now is unknown.
pub(crate) fn unknown(periods: &Periods<'_>, known: Known<'_>) -> Vec<usize> {
    let overseas = overseas(periods.now, known.home_market);
    only(&overseas, |i| {
        let entry = &periods.now[i];
        let was_there =
            periods.before[i].summary.n > 0 || known.reference == Some(entry.target.id.as_str());
        entry.summary.n == 0 && was_there
    })
}

/// Entries of another market than that of home.
pub(crate) fn overseas(entries: &[Entry<'_>], home_market: &str) -> Vec<usize> {
    let all: Vec<usize> = (0..entries.len()).collect();
    only(&all, |i| entries[i].target.is_overseas(home_market))
}

/// Index of the overseas entry that is ahead in a period, where it has nights and visits enough.
pub(crate) fn ahead(entries: &[Entry<'_>], home_market: &str) -> Option<usize> {
    let overseas = overseas(entries, home_market);
    let steady = only(&overseas, |i| why_not(&entries[i].summary).is_none());
    leader(entries, &steady, |s| s.clone())
}

fn only(from: &[usize], keep: impl Fn(usize) -> bool) -> Vec<usize> {
    from.iter().copied().filter(|&i| keep(i)).collect()
}

fn on_previous(
    before: &[Entry<'_>],
    candidates: &[usize],
    incumbent: Option<&Incumbent>,
) -> Option<usize> {
    let leader = leader(before, candidates, |s| s.clone())?;
    let Some((held, incumbent)) = incumbent.and_then(|incumbent| {
        let is = |i: &usize| before[*i].target.id == incumbent.target;
        Some((candidates.iter().copied().find(is)?, incumbent))
    }) else {
        return Some(leader);
    };
    // Ahead twice running, however little.
    if incumbent.led_before.as_deref() == Some(before[leader].target.id.as_str()) {
        return Some(leader);
    }
    let tested = Tested::pairs(
        before,
        candidates.to_vec(),
        Pairing::ByNight,
        NIGHTS as usize,
    );
    let faster = only(candidates, |c| tested.surely_slower(held, c) == Some(true));
    // Whoever leads may itself not be surely faster than the incumbent: then it takes no place.
    Some(self::leader(before, &faster, |s| s.clone()).unwrap_or(held))
}

fn cross_fit(now: &[Entry<'_>], candidates: &[usize], nights: &[Date]) -> Option<usize> {
    let block: BTreeMap<Date, usize> = nights
        .iter()
        .enumerate()
        .map(|(i, night)| (*night, i / BLOCK))
        .collect();
    let half = |parity: usize| {
        leader(now, candidates, |s| {
            s.only(|night| block.get(night).is_some_and(|b| b % 2 == parity))
        })
    };
    let mut chosen: Vec<usize> = [half(0)?, half(1)?].into();
    chosen.sort_unstable();
    chosen.dedup();
    leader(now, &chosen, |s| s.clone())
}

/// The candidate with the lowest level: the Hodges-Lehmann centre of its nightly values over the
/// cells that all candidates share. With under 6 shared nights, the lowest median. On a tie the
/// first in the file.
fn leader(
    entries: &[Entry<'_>],
    candidates: &[usize],
    part: impl Fn(&Sample) -> Sample,
) -> Option<usize> {
    let parts: Vec<Sample> = candidates
        .iter()
        .map(|&i| part(&entries[i].sample))
        .collect();
    let levels: Vec<Vec<f64>> = parts.iter().map(|s| shared_nightly(s, &parts)).collect();
    if levels.iter().any(|l| l.len() < INTERVAL_FROM) {
        return lowest_median(entries, candidates);
    }
    candidates
        .iter()
        .zip(&levels)
        .filter_map(|(i, level)| Some((*i, centre(level)?)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(i, _)| i)
}

/// Nightly means over the cells that all samples have.
fn shared_nightly(sample: &Sample, all: &[Sample]) -> Vec<f64> {
    let mut nights: BTreeMap<Date, Vec<f64>> = BTreeMap::new();
    for (cell, x) in sample.cells() {
        if all.iter().all(|s| s.cells().contains_key(cell)) {
            nights.entry(cell.0).or_default().push(*x);
        }
    }
    nights.values().map(|x| mean(x)).collect()
}

fn lowest_median(entries: &[Entry<'_>], candidates: &[usize]) -> Option<usize> {
    candidates
        .iter()
        .filter_map(|&i| Some((i, entries[i].summary.median?)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(i, _)| i)
}
