//! The nights of all series, walked in their order as they would have been watched.
//!
//! A group is a page kind, region and profile: its sites are each other's control group. With
//! under three others a site is scanned as it is. An accepted shift starts a new history.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::events::{Incident, Moved, Suspect, Trend, What, days, grouped};
use super::panel::{Panel, WINDOW};
use super::scan::{Budget, MIN_SHIFT, PRE_MIN, Scan, confirms, p_star, scan};
use crate::analysis::parallel::in_parallel;
use crate::analysis::scale::Scale;
use crate::analysis::stats::autocorrelation::{MAD_TO_SIGMA, median_and_mad};
use crate::analysis::stats::quantile::{HD_MEDIAN_FROM, HarrellDavis, type7};
use crate::analysis::summary::small;
use crate::analysis::types::Interval;
use crate::model::Points;

/// From this p on a series is under suspicion.
const SUSPECT: f64 = 1e-3;
/// Limit on p of a region's event, where that of the sites is not smaller: it speaks of all sites
/// at once and silences them, so it has to be surer.
const REGION_P: f64 = 5e-5;
/// Nights after an alert without another of the same series.
const SUPPRESS: usize = 5;
/// Robust sigma from which a single night is an incident.
const INCIDENT: f64 = 4.0;
/// Values a night has to have.
pub const NIGHT_FROM: u32 = 5;
/// Days within which a region's event explains a site's.
const EXPLAINS_DAYS: i32 = 2;

/// Where a series lies: sites of one group control each other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group {
    /// Page kind.
    pub page: String,
    /// Region id.
    pub region: String,
    /// Profile id.
    pub profile: String,
}

/// The night of one site in one group.
#[derive(Debug, Clone, PartialEq)]
pub struct Nightly {
    /// Target id.
    pub target: String,
    /// Date on which the run started.
    pub night: Date,
    /// Values that night; with under 5 it is a missing night.
    pub n: u32,
    /// Harrell-Davis median of their natural logarithms.
    pub x: f64,
}

/// Nightly values of columns, by group.
#[must_use]
pub fn groups(points: &Points) -> BTreeMap<Group, Vec<Nightly>> {
    let scale = Scale::of(points.metric);
    let mut hd = HarrellDavis::new(0.5);
    let mut groups: BTreeMap<Group, Vec<Nightly>> = BTreeMap::new();
    for (place, points) in &points.places {
        let group = Group {
            page: place.page.clone(),
            region: place.region.clone(),
            profile: place.profile.clone(),
        };
        let nights = groups.entry(group).or_default();
        for night in points.chunk_by(|a, b| a.night == b.night) {
            let mut x: Vec<f64> = night
                .iter()
                .filter_map(|p| p.value)
                .map(|v| scale.apply(v))
                .collect();
            x.sort_by(f64::total_cmp);
            if let Some(median) = hd.from_n(HD_MEDIAN_FROM, &x) {
                nights.push(Nightly {
                    target: place.target.clone(),
                    night: night[0].night,
                    n: small(x.len()),
                    x: median,
                });
            }
        }
    }
    groups
}

/// Everything that changed in some groups, with so many false alerts a month at most.
#[must_use]
pub fn trend(groups: &BTreeMap<Group, Vec<Nightly>>, false_a_month: f64) -> Trend {
    walked(groups, false_a_month, Incidents::OfAllNights)
}

fn walked(
    groups: &BTreeMap<Group, Vec<Nightly>>,
    false_a_month: f64,
    incidents: Incidents,
) -> Trend {
    let tables: Vec<(&Group, Table)> = groups.iter().map(|(g, n)| (g, Table::of(n))).collect();
    let series = tables.iter().map(|(_, t)| t.targets.len()).sum();
    let (p_star, false_a_month) = p_star(Budget {
        series,
        a_month: false_a_month,
    });
    let of_groups = in_parallel(&tables, |(group, table)| {
        let mut found = Found::default();
        Walk::new(group, table, p_star).run(incidents, &mut found);
        found
    });
    let mut found = Found::default();
    for of_group in of_groups {
        found.shifts.extend(of_group.shifts);
        found.incidents.extend(of_group.incidents);
        found.suspects.extend(of_group.suspects);
    }
    let mut incidents = found.incidents;
    incidents.sort_by_key(|i| std::cmp::Reverse(i.night));
    Trend {
        events: grouped(found.shifts),
        incidents,
        suspects: found.suspects,
        p_star,
        false_a_month,
    }
}

/// What the last night alone says, as after a run: shifts that it reveals, an incident of that
/// night, series under suspicion. The nights of the last [`WINDOW`] are enough; changes that were
/// accepted within them are found again, so that a shift is revealed once.
#[must_use]
pub fn last_night(groups: &BTreeMap<Group, Vec<Nightly>>, false_a_month: f64) -> Trend {
    let last = groups.values().flatten().map(|n| n.night).max();
    let mut found = walked(groups, false_a_month, Incidents::OfLastNight);
    for event in &mut found.events {
        event.cells.retain(|c| Some(c.seen) == last);
    }
    found.events.retain(|e| !e.cells.is_empty());
    found.incidents.retain(|i| Some(i.night) == last);
    found
}

/// Nights whose incidents are looked for. They are no part of what a walk remembers.
#[derive(Clone, Copy, PartialEq)]
enum Incidents {
    OfAllNights,
    OfLastNight,
}

#[derive(Default)]
struct Found {
    shifts: Vec<(What, Moved)>,
    incidents: Vec<Incident>,
    suspects: Vec<Suspect>,
}

/// Sites by nights.
struct Table {
    targets: Vec<String>,
    nights: Vec<Date>,
    x: Vec<Vec<Option<f64>>>,
}

impl Table {
    fn of(nightly: &[Nightly]) -> Self {
        let there = || nightly.iter().filter(|n| n.n >= NIGHT_FROM);
        let mut targets: Vec<String> = there().map(|n| n.target.clone()).collect();
        targets.sort_unstable();
        targets.dedup();
        let mut nights: Vec<Date> = there().map(|n| n.night).collect();
        nights.sort_unstable();
        nights.dedup();
        let mut x = vec![vec![None; nights.len()]; targets.len()];
        for n in there() {
            if let (Ok(i), Ok(t)) = (
                targets.binary_search(&n.target),
                nights.binary_search(&n.night),
            ) {
                x[i][t] = Some(n.x);
            }
        }
        Table { targets, nights, x }
    }
}

/// What is remembered of a series while it is walked.
#[derive(Clone, Copy, Default)]
struct Memory {
    /// Night of the last accepted change.
    last: usize,
    /// No alert before this night.
    quiet_until: usize,
}

struct Walk<'a> {
    group: &'a Group,
    table: &'a Table,
    p_star: f64,
    sites: Vec<Memory>,
    region: Memory,
    region_shifts: Vec<Date>,
}

/// A window's values of one series, with the night of each.
struct Window {
    nights: Vec<usize>,
    z: Vec<f64>,
}

impl Window {
    /// First index whose night is not before `last`.
    fn since(&self, last: usize) -> usize {
        self.nights.partition_point(|t| *t < last)
    }
}

impl<'a> Walk<'a> {
    fn new(group: &'a Group, table: &'a Table, p_star: f64) -> Self {
        Walk {
            group,
            table,
            p_star,
            sites: vec![Memory::default(); table.targets.len()],
            region: Memory::default(),
            region_shifts: Vec::new(),
        }
    }

    fn run(mut self, incidents: Incidents, found: &mut Found) {
        for now in PRE_MIN..self.table.nights.len() {
            let is_last = now + 1 == self.table.nights.len();
            let with_incidents = is_last || incidents == Incidents::OfAllNights;
            let from = (now + 1).saturating_sub(WINDOW);
            let sites: Vec<&[Option<f64>]> = self.table.x.iter().map(|x| &x[from..=now]).collect();
            let panel = Panel::of(&sites);
            let enough = panel.enough();
            if enough {
                let (nights, z) = panel
                    .whole()
                    .into_iter()
                    .map(|(t, v)| (t + from, v))
                    .unzip();
                self.scan_region(now, &Window { nights, z }, found);
            }
            for (i, x) in sites.iter().enumerate() {
                if x.last().copied().flatten().is_none() {
                    continue;
                }
                let (nights, z) = x
                    .iter()
                    .enumerate()
                    .filter_map(|(t, v)| {
                        let off = if enough { panel.others(i, t)? } else { 0.0 };
                        Some((t + from, (*v)? - off))
                    })
                    .unzip();
                let window = Window { nights, z };
                if with_incidents {
                    self.incident((i, now), &window, found);
                }
                self.scan_site((i, now), &window, found);
            }
        }
    }

    fn scan_region(&mut self, now: usize, w: &Window, found: &mut Found) {
        if now < self.region.quiet_until || w.nights.last() != Some(&now) {
            return;
        }
        let since = w.since(self.region.last);
        let limit = REGION_P.min(self.p_star);
        let Some(s) = scan(&w.z, since, SUSPECT).filter(|s| confirms(s, &w.z, limit)) else {
            return;
        };
        let tau = w.nights[s.tau];
        self.region = Memory {
            last: tau,
            quiet_until: now + SUPPRESS,
        };
        self.region_shifts.push(self.table.nights[tau]);
        let what = What::Region {
            region: self.group.region.clone(),
        };
        let levels = {
            let (pre, post) = s.sides(&w.z);
            (type7(pre, 0.5), type7(post, 0.5))
        };
        found
            .shifts
            .extend(self.moved((&s, w, now), levels).map(|m| (what, m)));
    }

    fn scan_site(&mut self, (i, now): (usize, usize), w: &Window, found: &mut Found) {
        if w.nights.last() != Some(&now) {
            return;
        }
        let (memory, target) = (self.sites[i], &self.table.targets[i]);
        let since = w.since(memory.last);
        let Some(s) = scan(&w.z, since, SUSPECT.max(self.p_star)) else {
            return;
        };
        let tau = w.nights[s.tau];
        let night = self.table.nights[tau];
        let explained = self
            .region_shifts
            .iter()
            .any(|r| days(*r, night).abs() <= EXPLAINS_DAYS);
        if !confirms(&s, &w.z, self.p_star) || explained {
            if now + 1 == self.table.nights.len() && !explained {
                found.suspects.push(self.suspect(target, night, s.p));
            }
            return;
        }
        if now < memory.quiet_until {
            return;
        }
        self.sites[i] = Memory {
            last: tau,
            quiet_until: now + SUPPRESS,
        };
        // The first nights of a new level are no incidents.
        found
            .incidents
            .retain(|x| x.target != *target || !self.is_here(x) || x.night < night);
        let raw = |from: usize, to: usize| {
            let x: Vec<f64> = self.table.x[i][from..to]
                .iter()
                .copied()
                .flatten()
                .collect();
            type7(&x, 0.5)
        };
        let before = w.nights[s.tau - s.pre];
        let levels = (raw(before, tau), raw(tau, now + 1));
        let what = What::Site {
            target: target.clone(),
        };
        found
            .shifts
            .extend(self.moved((&s, w, now), levels).map(|m| (what, m)));
    }

    fn is_here(&self, x: &Incident) -> bool {
        x.page == self.group.page
            && x.region == self.group.region
            && x.profile == self.group.profile
    }

    fn moved(
        &self,
        (s, w, now): (&Scan, &Window, usize),
        (before, after): (Option<f64>, Option<f64>),
    ) -> Option<Moved> {
        let size = s.size(&w.z)?;
        let level = |x: Option<f64>| x.map_or(f64::NAN, f64::exp);
        Some(Moved {
            page: self.group.page.clone(),
            region: self.group.region.clone(),
            profile: self.group.profile.clone(),
            night: self.table.nights[w.nights[s.tau]],
            seen: self.table.nights[now],
            share: Interval {
                point: size.estimate.exp_m1(),
                lower: size.lower.exp_m1(),
                upper: size.upper.exp_m1(),
                level: 0.95,
            },
            before: level(before),
            after: level(after),
            p: s.p,
        })
    }

    fn incident(&self, (i, now): (usize, usize), w: &Window, out: &mut Found) {
        if w.nights.last() != Some(&now) {
            return;
        }
        let (since, target) = (w.since(self.sites[i].last), &self.table.targets[i]);
        let Some((x, before)) = w.z[since.min(w.z.len())..].split_last() else {
            return;
        };
        if before.len() < PRE_MIN {
            return;
        }
        let Some((median, mad)) = median_and_mad(before) else {
            return;
        };
        let (off, sigma) = (x - median, MAD_TO_SIGMA * mad);
        if off.abs() >= INCIDENT * sigma && off.abs() >= MIN_SHIFT.ln_1p() {
            out.incidents.push(Incident {
                target: target.clone(),
                page: self.group.page.clone(),
                region: self.group.region.clone(),
                profile: self.group.profile.clone(),
                night: self.table.nights[now],
                share: off.exp_m1(),
                sigma: if sigma > 0.0 { off / sigma } else { f64::MAX },
            });
        }
    }

    fn suspect(&self, target: &str, night: Date, p: f64) -> Suspect {
        Suspect {
            target: target.to_owned(),
            page: self.group.page.clone(),
            region: self.group.region.clone(),
            profile: self.group.profile.clone(),
            night,
            p,
        }
    }
}
