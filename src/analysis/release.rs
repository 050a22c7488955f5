//! What followed a release of ours: nights after it against nights before, with what the other
//! sites did in the same nights taken off.
//!
//! What moved most sites at once was the line, the region or the measuring host, no release
//! (`statistics.md` (a2) and (b)). Which nights lie on which side is decided elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::compare::{Cells, judged_shift};
use super::sample::Sample;
use super::stats::month::INTERVAL_FROM;
use super::stats::quantile::type7;
use super::summary::of_sample;
use super::trend::PANEL_FROM;
use super::types::{Comparison, Scope};
use super::visits::Visits;
use crate::model::{Role, Target, VisitRow};

/// What followed a release.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Effect {
    /// The nights after (candidate) against those before (baseline). The difference is the estimate
    /// that its interval is about, in the metric's unit.
    pub change: Comparison,
    /// Whether what the other sites did was taken off. It takes three of them that were measured on
    /// both sides; otherwise what moved everybody is in the change.
    pub is_adjusted: bool,
}

/// What followed a release in a scope, from the rows before and after it. `None` where ours was not
/// measured on both sides.
///
/// A night and region of ours is its nightly median less the median, over three or more other
/// sites, of theirs less their own level; a site's level is the mean of its medians before and
/// after, so that it weighs the same on both sides. Both sides are then compared as two periods
/// that share no night: exact rank-sum interval of the Hodges-Lehmann shift.
#[must_use]
pub fn release_effect(
    (before, after): (&[VisitRow], &[VisitRow]),
    targets: &[Target],
    scope: &Scope,
) -> Option<Effect> {
    let (before, after) = (Visits::new(before), Visits::new(after));
    let having = || targets.iter().filter(|t| t.page(&scope.page).is_some());
    let own = having().find(|t| t.role == Role::Own)?;
    let of = |visits: &Visits<'_>, target: &Target| Sample::gather(visits, &target.id, scope);
    let old = of(&before, own);
    let baseline = of_sample(&old, scope.metric).median?;
    let ours = (old.cells().clone(), of(&after, own).cells().clone());
    let others: Vec<(Cells, Cells)> = having()
        .filter(|t| t.role != Role::Own)
        .map(|t| {
            (
                of(&before, t).cells().clone(),
                of(&after, t).cells().clone(),
            )
        })
        .collect();
    let adjusted = less_panel(&ours, &panel(&others));
    let is_adjusted = adjusted.is_some();
    let (old, new) = adjusted.unwrap_or(ours);
    Some(Effect {
        change: judged_shift((&new, &old), baseline, scope.metric)?,
        is_adjusted,
    })
}

/// What the others did in each night and region, where three of them tell.
fn panel(others: &[(Cells, Cells)]) -> Cells {
    let mut moved: BTreeMap<_, Vec<f64>> = BTreeMap::new();
    for (before, after) in others {
        for region in regions(before).intersection(&regions(after)) {
            let here = |cells: &Cells| -> Vec<f64> {
                let here = cells.iter().filter(|((_, r), _)| r == region);
                here.map(|(_, x)| *x).collect()
            };
            let middle = |cells| type7(&here(cells), 0.5);
            let Some((old, new)) = middle(before).zip(middle(after)) else {
                continue;
            };
            let level = f64::midpoint(old, new);
            for (cell, x) in before.iter().chain(after) {
                if cell.1 == *region {
                    moved.entry(*cell).or_default().push(x - level);
                }
            }
        }
    }
    moved
        .into_iter()
        .filter(|(_, moved)| moved.len() >= PANEL_FROM)
        .filter_map(|(cell, moved)| Some((cell, type7(&moved, 0.5)?)))
        .collect()
}

fn regions(cells: &Cells) -> BTreeSet<usize> {
    cells.keys().map(|(_, region)| *region).collect()
}

/// Ours less what the others did, in the nights of which that is known; `None` where these are too
/// few for an interval that all nights would give, or none.
fn less_panel((before, after): &(Cells, Cells), panel: &Cells) -> Option<(Cells, Cells)> {
    let less = |cells: &Cells| -> Cells {
        let known = cells.iter();
        let known = known.filter_map(|(cell, x)| Some((*cell, x - panel.get(cell)?)));
        known.collect()
    };
    let nights = |cells: &Cells| -> usize {
        let nights: BTreeSet<_> = cells.keys().map(|(night, _)| *night).collect();
        nights.len()
    };
    let enough = |all: &Cells, left: &Cells| {
        nights(left) >= nights(all).min(INTERVAL_FROM) && !left.is_empty()
    };
    let left = (less(before), less(after));
    (enough(before, &left.0) && enough(after, &left.1)).then_some(left)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;

    use super::super::types::Relation;
    use super::*;
    use crate::model::{Metric, Page, Values, VisitState};

    const SITES: [&str; 5] = ["own", "a", "b", "c", "d"];

    fn targets(sites: &[&str]) -> Vec<Target> {
        let target = |id: &&str| Target {
            id: (*id).to_owned(),
            name: (*id).to_owned(),
            role: if *id == "own" { Role::Own } else { Role::Rival },
            market: "AU".to_owned(),
            first_party: Vec::new(),
            robots_override: None,
            consent: Default::default(),
            pages: vec![Page {
                kind: "home".to_owned(),
                url: "https://site.example/".parse().unwrap(),
                expect: None,
            }],
        };
        sites.iter().map(target).collect()
    }

    /// Rows of so many nights from a day on: 2 s a site, times what `moved` says of site and night,
    /// and a scatter of 2 % that is another for each site.
    fn rows(nights: i64, first: i64, moved: impl Fn(&str, i64) -> f64) -> Vec<VisitRow> {
        let mut rows = Vec::new();
        for night in first..first + nights {
            for (k, site) in (0_i64..).zip(SITES) {
                let scatter = ((night * 7 + k * 5) % 11 - 5) as f64 * 0.004;
                let mut values = Values::default();
                let lcp = 2_000.0 * moved(site, night) * (1.0 + scatter);
                values.set(Metric::Lcp, Some(lcp));
                rows.push(VisitRow {
                    id: 0,
                    run: night,
                    round: 1,
                    warm_up: false,
                    target: site.to_owned(),
                    page: "home".to_owned(),
                    region: "sydney".to_owned(),
                    profile: "phone".to_owned(),
                    night: date(2026, 3, 1).saturating_add(night.days()),
                    started_at: None,
                    duration_ms: None,
                    state: VisitState::Ok,
                    reason: None,
                    flags: Vec::new(),
                    environment: None,
                    values,
                });
            }
        }
        rows
    }

    fn scope() -> Scope {
        Scope {
            page: "home".to_owned(),
            regions: vec!["sydney".to_owned()],
            profile: "phone".to_owned(),
            own_market: BTreeMap::new(),
            metric: Metric::Lcp,
        }
    }

    /// What followed, with fourteen nights a side and so many other sites.
    fn effect(others: usize, moved: impl Fn(&str, i64) -> f64) -> Effect {
        let (before, after) = (rows(14, 0, &moved), rows(14, 14, &moved));
        let targets = targets(&SITES[..=others]);
        release_effect((&before, &after), &targets, &scope()).unwrap()
    }

    #[test]
    fn what_moved_everybody_is_no_release_of_ours() {
        let line = |_: &str, night: i64| if night < 14 { 1.0 } else { 1.15 };
        let found = effect(4, line);
        assert!(found.is_adjusted);
        assert_eq!(found.change.relation, Relation::Level, "{found:?}");
        assert!(found.change.difference.abs() < 20.0, "{found:?}");
        // With two others it cannot be told from a release, and says so.
        let alone = effect(2, line);
        assert!(!alone.is_adjusted);
        assert_eq!(alone.change.relation, Relation::Slower, "{alone:?}");
    }

    #[test]
    fn what_moved_us_alone_is_found_in_full_also_under_a_line_that_moved() {
        let ours = |site: &str, night: i64| {
            let line = if night < 14 { 1.0 } else { 1.15 };
            if site == "own" && night >= 14 {
                line * 1.1
            } else {
                line
            }
        };
        let found = effect(4, ours);
        assert_eq!(found.change.relation, Relation::Slower, "{found:?}");
        let interval = found.change.difference95.unwrap();
        assert!((interval.point - 200.0).abs() < 20.0, "{interval:?}");
        assert!((found.change.difference - interval.point).abs() < 1e-9);
        // A line that slowed the others hides nothing of ours, and a line that did not slow us
        // makes us faster than they are: that is told of us.
        let spared = |site: &str, night: i64| match site {
            "own" => 1.0,
            _ if night < 14 => 1.0,
            _ => 1.1,
        };
        assert_eq!(effect(4, spared).change.relation, Relation::Faster);
    }

    #[test]
    fn one_rival_that_changed_itself_moves_nothing_of_ours() {
        let redesign = |site: &str, night: i64| if site == "a" && night >= 14 { 0.5 } else { 1.0 };
        let found = effect(4, redesign);
        assert!(found.is_adjusted);
        assert_eq!(found.change.relation, Relation::Level, "{found:?}");
        // A median of four moves by the distance to the next, not by what the one did.
        assert!(found.change.difference.abs() < 40.0, "{found:?}");
    }

    #[test]
    fn a_side_without_our_nights_has_no_effect_and_few_nights_have_no_interval() {
        let still = |_: &str, _: i64| 1.0;
        let targets = targets(&SITES);
        let (before, after) = (rows(14, 0, still), rows(5, 14, still));
        let none = release_effect((&before, &[]), &targets, &scope());
        assert_eq!(none, None);
        assert_eq!(
            release_effect((&[], &after), &targets, &scope()),
            None,
            "nothing before"
        );
        let few = release_effect((&before, &after), &targets, &scope()).unwrap();
        assert_eq!(few.change.pairs, 5);
        assert_eq!(few.change.difference95, None);
        assert_eq!(few.change.relation, Relation::CannotTell);
        let six = rows(6, 14, still);
        let six = release_effect((&before, &six), &targets, &scope()).unwrap();
        assert!(six.change.difference95.is_some(), "{six:?}");
    }

    #[test]
    fn nights_that_too_few_others_shared_are_left_out_unless_too_few_are_left() {
        let still = |_: &str, _: i64| 1.0;
        let targets = targets(&SITES);
        let before = rows(14, 0, still);
        let mut after = rows(14, 14, still);
        // Two of four others were not measured on the last eight nights.
        let blocked = |r: &VisitRow| r.run >= 20 && ["a", "b"].contains(&r.target.as_str());
        after.retain(|r| !blocked(r));
        let six = release_effect((&before, &after), &targets, &scope()).unwrap();
        assert!(six.is_adjusted);
        assert_eq!(six.change.pairs, 6);
        let blocked = |r: &VisitRow| r.run >= 19 && ["a", "b"].contains(&r.target.as_str());
        after.retain(|r| !blocked(r));
        let raw = release_effect((&before, &after), &targets, &scope()).unwrap();
        assert!(!raw.is_adjusted);
        assert_eq!(raw.change.pairs, 14);
    }
}
