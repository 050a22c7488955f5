//! Choosing the best overseas target, the benchmark.
//!
//! The best of a month looks better than it is, so the benchmark of a month is chosen on the month
//! before, where that has 14 nights. In a first month it is chosen on odd and on even blocks of
//! three nights; where these disagree, the one of the two that is ahead over the whole month is
//! taken, and the gap keeps part of the winner's curse (some .2 to .7 % by simulation).
//!
//! Hysteresis: whoever was the benchmark before (`incumbent`) stays unless another was surely
//! faster on the month before, or was ahead on it and on the month before that. Without a known
//! incumbent the leader is chosen.
//!
//! A reference that the config names comes before all of this, on pages where it has values.
//!
//! Over 20 % blocked or failed, or without values in this period, nobody is the benchmark.

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
    /// The benchmark that the config names.
    pub(crate) reference: Option<&'a str>,
}

/// Index of the benchmark among the entries, and how it was chosen.
pub(crate) fn choose(periods: &Periods<'_>, known: Known<'_>) -> Option<(usize, ChosenBy)> {
    let now = periods.now;
    let fit: Vec<usize> = (0..now.len())
        .filter(|&i| now[i].target.is_overseas(known.home_market))
        .filter(|&i| now[i].summary.n > 0 && !too_many_lost(&now[i].summary.counts))
        .collect();
    let named = |i: &&usize| known.reference == Some(now[**i].target.id.as_str());
    if let Some(&reference) = fit.iter().find(named) {
        return Some((reference, ChosenBy::Reference));
    }
    let needed = NIGHTS as usize;
    if periods.nights_before.len() >= needed {
        let steady = only(&fit, |i| why_not(&periods.before[i].summary).is_none());
        if let Some(chosen) = on_previous(periods.before, &steady, known.incumbent) {
            return Some((chosen, ChosenBy::PreviousMonth));
        }
    }
    if periods.nights.len() >= needed {
        let steady = only(&fit, |i| now[i].summary.nights >= NIGHTS);
        if let Some(chosen) = cross_fit(now, &steady, periods.nights) {
            return Some((chosen, ChosenBy::CrossFit));
        }
    }
    lowest_median(now, &fit).map(|i| (i, ChosenBy::LowestMedian))
}

/// Index of the overseas entry that is ahead in a period, where it has nights and visits enough.
pub(crate) fn ahead(entries: &[Entry<'_>], home_market: &str) -> Option<usize> {
    let all: Vec<usize> = (0..entries.len()).collect();
    let steady = only(&all, |i| {
        let entry = &entries[i];
        entry.target.is_overseas(home_market) && why_not(&entry.summary).is_none()
    });
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
    if incumbent.led_before.as_deref() == Some(before[leader].target.id.as_str()) {
        return Some(leader);
    }
    let tested = Tested::pairs(
        before,
        candidates.to_vec(),
        Pairing::ByNight,
        NIGHTS as usize,
    );
    let beaten = candidates
        .iter()
        .any(|&c| tested.surely_slower(held, c) == Some(true));
    Some(if beaten { leader } else { held })
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
