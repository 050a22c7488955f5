//! Whether an earlier report of the same nights was told otherwise, and by what: other visits of
//! these nights, other data behind them, other settings, or another way of counting.
//!
//! Pure: entries come from [`super::archive`], what is so now from [`super::basis`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::archive::{Entry, Night};
use crate::report::more::{Earlier, Reason, Restated};
use crate::store::RowHash;

/// In another zone other visits make a night, so that nights say nothing of each other.
pub(super) const ZONE: &str = "[project] timezone";

/// What a report rests on now.
#[derive(Debug, Clone, Default)]
pub struct Basis {
    /// As it is noted.
    pub entry: Entry,
    /// The visits of each night, by id.
    pub rows: BTreeMap<Date, Vec<RowHash>>,
    /// Ids of the targets, in the order of the file.
    pub targets: Vec<String>,
}

/// SHA-256 in hexadecimal.
#[must_use]
pub fn hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The first half of a hash: enough where nobody looks for two of one hash.
pub(super) fn short(bytes: &[u8]) -> String {
    hash(bytes)[..32].to_owned()
}

/// The hash of some visits, in order of their ids.
pub(super) fn of_rows<'a>(rows: impl Iterator<Item = &'a RowHash>) -> String {
    let all: Vec<u8> = rows.flat_map(|r| r.hash).collect();
    short(&all)
}

/// What is to be said of a report whose nights earlier ones of the same flags told otherwise: of
/// the latest that did, of the latest that counted otherwise (a change of settings must not hide
/// it), and how many more did. Nothing where the data only went on.
#[must_use]
pub fn restated(entries: &[Entry], now: &Basis) -> Option<Restated> {
    let same = |e: &&Entry| e.flags == now.entry.flags;
    let differing = entries.iter().rev().filter(same).filter_map(|then| {
        let reasons = reasons(then, now);
        (!reasons.is_empty()).then(|| Earlier {
            kept: then.copy(),
            reasons,
        })
    });
    let mut differing: Vec<Earlier> = differing.collect();
    if differing.is_empty() {
        return None;
    }
    let counted = |r: &Reason| matches!(r, Reason::Data { .. });
    let at = differing.iter().position(|e| e.reasons.iter().any(counted));
    let mut told = vec![differing.remove(0)];
    if let Some(at) = at.and_then(|at| at.checked_sub(1)) {
        let mut earlier = differing.remove(at);
        // What else differs is told of the latest.
        earlier.reasons.retain(counted);
        told.push(earlier);
    }
    Some(Restated {
        told,
        more: u32::try_from(differing.len()).unwrap_or(u32::MAX),
    })
}

fn reasons(then: &Entry, now: &Basis) -> Vec<Reason> {
    if then.nights.is_empty() {
        return of_before(then, &now.entry).into_iter().collect();
    }
    let settings = differing(&then.settings, &now.entry.settings);
    let mut reasons = Vec::new();
    if !settings.iter().any(|part| part == ZONE) {
        reasons.extend(data(then, now));
        reasons.extend(behind(then, &now.entry));
    }
    if !settings.is_empty() {
        reasons.push(Reason::Settings(settings));
    }
    // Of the same data a version may say the same in other words: only figures count.
    if reasons.is_empty()
        && then.version != now.entry.version
        && then.data == now.entry.data
        && !differing(&then.figures, &now.entry.figures).is_empty()
    {
        reasons.push(Reason::Version(then.version.clone()));
    }
    reasons
}

/// Keys of both with another value: what only one of them has, its version did not know.
fn differing(then: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<String> {
    let other = |(key, value): (&String, &String)| {
        let differs = now.get(key).is_some_and(|v| v != value);
        differs.then(|| key.clone())
    };
    then.iter().filter_map(other).collect()
}

/// By an entry that kept no nights: only one that ends with the same night can be compared.
fn of_before(then: &Entry, now: &Entry) -> Option<Reason> {
    if then.data == now.data || then.until != now.until {
        return None;
    }
    let sites = then.sites.iter();
    Some(Reason::Data {
        before: then.visits,
        now: now.visits,
        sites: largest_first(
            sites
                .filter_map(|(id, before)| Some((id.clone(), *before, *now.sites.get(id)?)))
                .collect(),
        ),
    })
}

/// A site's counts then and now.
type Site = (String, [u32; 4], [u32; 4]);

/// Those that changed, the largest change first.
fn largest_first(mut sites: Vec<Site>) -> Vec<Site> {
    sites.retain(|(_, then, now)| then != now);
    let size = |(_, then, now): &Site| -> u32 {
        let pairs = then.iter().zip(now);
        pairs.map(|(a, b)| a.abs_diff(*b)).sum()
    };
    sites.sort_by_key(|site| std::cmp::Reverse(size(site)));
    sites
}

/// Nights of the earlier report, and any put between them since, that are other visits now.
fn data(then: &Entry, now: &Basis) -> Option<Reason> {
    let (&last, _) = then.nights.last_key_value()?;
    let dates: BTreeSet<Date> = then.nights.keys().chain(now.rows.keys()).copied().collect();
    let dates: Vec<Date> = dates.into_iter().filter(|d| *d <= last).collect();
    let changed: BTreeSet<Date> = dates
        .iter()
        .copied()
        .filter(|d| is_other(then, now, *d))
        .collect();
    if changed.is_empty() {
        return None;
    }
    let counts = |entry: &Entry, date: Date, id: &str| -> [u32; 4] {
        let night = entry.nights.get(&date);
        let counts = night.and_then(|n| n.sites.get(id));
        counts.copied().unwrap_or_default()
    };
    let of = |id: &String| -> Site {
        let (mut before, mut after) = ([0; 4], [0; 4]);
        for &date in &dates {
            let was = counts(then, date, id);
            add(&mut before, was);
            // What a night went on by is no change of what it was.
            let is = match changed.contains(&date) {
                true => counts(&now.entry, date, id),
                false => was,
            };
            add(&mut after, is);
        }
        (id.clone(), before, after)
    };
    let sites: Vec<Site> = now.targets.iter().map(of).collect();
    let (mut before, mut after) = ([0; 4], [0; 4]);
    for (_, was, is) in &sites {
        add(&mut before, *was);
        add(&mut after, *is);
    }
    Some(Reason::Data {
        before,
        now: after,
        sites: largest_first(sites),
    })
}

fn add(sum: &mut [u32; 4], more: [u32; 4]) {
    for (sum, more) in sum.iter_mut().zip(more) {
        *sum += more;
    }
}

/// Whether a night is another than it was; one that only went on is not.
fn is_other(then: &Entry, now: &Basis, date: Date) -> bool {
    let nothing = Night::default();
    let was = then.nights.get(&date).unwrap_or(&nothing);
    let is = now.entry.nights.get(&date).unwrap_or(&nothing);
    let rows = now.rows.get(&date).map_or(&[][..], Vec::as_slice);
    let known = |r: &&RowHash| {
        let within = |&(first, last): &(i64, i64)| (first..=last).contains(&r.visit);
        was.ids.iter().any(within)
    };
    let (kept, more): (Vec<&RowHash>, Vec<&RowHash>) = rows.iter().partition(known);
    let runs_are_other = was
        .runs
        .iter()
        .any(|(id, run)| run.is_some() && is.runs.get(id) != Some(run));
    of_rows(kept.into_iter()) != then_hash(was)
        || runs_are_other
        || more.iter().any(|r| !may_come(then, date, r.run))
}

/// The hash of a night; of none, that of no visits.
fn then_hash(night: &Night) -> String {
    match night.ids.is_empty() {
        true => of_rows(std::iter::empty()),
        false => night.hash.clone(),
    }
}

/// Whether visits of a run may have come since: it was unfinished, or is later than all there were.
fn may_come(then: &Entry, date: Date, run: i64) -> bool {
    let mut runs = then.nights.values().flat_map(|n| &n.runs);
    match runs.clone().find(|(id, _)| **id == run) {
        Some((_, known)) => known.is_none(),
        None => {
            let is_last = then.nights.keys().next_back() == Some(&date);
            is_last && runs.all(|(id, _)| *id < run)
        }
    }
}

/// Months before and releases that are others than they were.
fn behind(then: &Entry, now: &Entry) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let (was, is) = (&then.behind, &now.behind);
    // Another scope looks back on other visits, whatever became of them: settings say that.
    if was.scope == is.scope {
        let months: BTreeSet<Date> = was.months.keys().chain(is.months.keys()).copied().collect();
        let other = months
            .into_iter()
            .filter(|m| was.months.get(m) != is.months.get(m));
        let other: Vec<Date> = other.collect();
        if !other.is_empty() {
            reasons.push(Reason::Months(other));
        }
    }
    // A release after the last run of then is told by nights that were not there yet.
    let until = match then.last == now.last {
        true => None,
        false => then.last,
    };
    let known = |all: &[(jiff::Timestamp, String)]| -> Vec<(jiff::Timestamp, String)> {
        let told = all.iter().filter(|(at, _)| until.is_none_or(|u| *at <= u));
        told.cloned().collect()
    };
    if known(&was.releases) != known(&is.releases) {
        reasons.push(Reason::Releases);
    }
    reasons
}

#[cfg(test)]
#[path = "restate_tests.rs"]
mod tests;
