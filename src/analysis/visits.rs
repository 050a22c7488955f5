//! An index over the rows of a period, so that many scopes are read without going through all
//! rows each time, and the counts of what became of visits.
//!
//! Warm-up visits are left out here, once and for all.

use std::collections::HashMap;

use jiff::civil::Date;

use super::types::{Counts, Scope};
use crate::model::{Target, VisitRow, VisitState};

type Key<'a> = (&'a str, &'a str, &'a str, &'a str);

/// The visits of a period by target, page kind, region and profile. Looked up and never walked,
/// so that the order of a hash map cannot reach a figure.
#[derive(Debug, Clone, Default)]
pub struct Visits<'a> {
    cells: HashMap<Key<'a>, Vec<&'a VisitRow>>,
}

impl<'a> Visits<'a> {
    /// Indexes rows; their order does not matter.
    #[must_use]
    pub fn new(rows: &'a [VisitRow]) -> Self {
        let mut cells: HashMap<Key<'a>, Vec<&'a VisitRow>> = HashMap::new();
        for row in rows.iter().filter(|r| !r.warm_up) {
            cells
                .entry((&row.target, &row.page, &row.region, &row.profile))
                .or_default()
                .push(row);
        }
        for cell in cells.values_mut() {
            cell.sort_by_key(|r| (r.night, r.run, r.round, r.id));
        }
        Visits { cells }
    }

    /// Visits of one cell in the order of time, whatever became of them.
    #[must_use]
    pub fn cell<'s>(
        &'s self,
        target: &'s str,
        page: &'s str,
        region: &'s str,
        profile: &'s str,
    ) -> &'s [&'a VisitRow] {
        self.cells
            .get(&(target, page, region, profile))
            .map_or(&[], Vec::as_slice)
    }

    /// Visits of a target in a scope, a slice a region, in the order of the scope's regions.
    pub fn of<'s>(
        &'s self,
        target: &'s str,
        scope: &'s Scope,
    ) -> impl Iterator<Item = &'s [&'a VisitRow]> + 's {
        scope
            .regions_of(target)
            .iter()
            .map(move |region| self.cell(target, &scope.page, region, &scope.profile))
    }

    /// What became of the visits of one target in a scope.
    #[must_use]
    pub fn counts(&self, target: &str, scope: &Scope) -> Counts {
        let mut counts = Counts::default();
        for row in self.of(target, scope).flatten() {
            counts.add(row.state);
        }
        counts
    }

    /// Nights on which any of the targets has a counting visit in a scope, in order.
    #[must_use]
    pub fn nights(&self, targets: &[&Target], scope: &Scope) -> Vec<Date> {
        let mut nights: Vec<Date> = targets
            .iter()
            .flat_map(|t| self.of(&t.id, scope))
            .flatten()
            .filter(|r| r.counts())
            .map(|r| r.night)
            .collect();
        nights.sort_unstable();
        nights.dedup();
        nights
    }
}

impl Counts {
    /// Counts one visit that is no warm-up.
    pub fn add(&mut self, state: VisitState) {
        self.attempted += 1;
        match state {
            VisitState::Ok => self.valid += 1,
            VisitState::Failed => self.failed += 1,
            VisitState::Blocked => self.blocked += 1,
            VisitState::Missed => self.missed += 1,
        }
    }

    /// Blocked or failed.
    #[must_use]
    pub fn lost(&self) -> u32 {
        self.blocked + self.failed
    }
}

/// What became of the visits of all targets in a scope together.
#[must_use]
pub fn scope_counts(visits: &Visits<'_>, targets: &[Target], scope: &Scope) -> Counts {
    let mut all = Counts::default();
    for target in targets {
        let one = visits.counts(&target.id, scope);
        all.attempted += one.attempted;
        all.valid += one.valid;
        all.failed += one.failed;
        all.blocked += one.blocked;
        all.missed += one.missed;
    }
    all
}
