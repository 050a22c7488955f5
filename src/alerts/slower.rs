//! Lane B: our own site became slower, and is as it was again.
//!
//! The scan of the nights says that a series moved by itself. Here the other sites are asked once
//! more where they are too few for the scan to take off what they did: what moved everybody is
//! kept and not told. A shift ends when three nights in a row stand on the near side of half-way.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::analysis::stats::quantile::type7;
use crate::analysis::stats::rank_sum::rank_sum;
use crate::analysis::trend::{Event, Group, MIN_SHIFT, Moved, Nightly, PANEL_FROM, Trend, What};
use crate::model::{Condition, Facts, Lane, Metric, format};

/// Nights before a shift that are its usual level.
const BEFORE: usize = 42;
/// Fewest of them.
const BEFORE_LEAST: usize = 5;
/// Nights in a row that end a shift.
const BACK: usize = 3;
/// Limit on p for naming another site that moved as well.
const MOVED_P: f64 = 0.01;
/// Beginning of the keys.
const KEY: &str = "B:slower:";
/// Values a night has to have, as in the scan.
const NIGHT_FROM: u32 = 5;

/// Nightly values by group, as the scan takes them.
pub type Nights = BTreeMap<Group, Vec<Nightly>>;

/// What the last night says of our own sites.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Slower {
    /// Begun: to be told.
    pub holding: Vec<Condition>,
    /// What moved everybody, with why it is not told.
    pub logged: Vec<(Condition, String)>,
}

/// Conditions of what a scan reveals. `own`: ids of our targets; `run`: the run of the last night.
#[must_use]
pub fn slower(found: &Trend, nights: &Nights, own: &[&str], run: i64) -> Slower {
    let mut out = Slower::default();
    for event in &found.events {
        for cell in event.cells.iter().filter(|c| c.share.point > 0.0) {
            let group = Group {
                page: cell.page.clone(),
                region: cell.region.clone(),
                profile: cell.profile.clone(),
            };
            let of = nights.get(&group).map_or(&[][..], Vec::as_slice);
            match &event.what {
                What::Region { .. } => out.logged.push((
                    everybody(event, cell, run),
                    "not sent: all sites moved together: the region, the line or the browser"
                        .to_owned(),
                )),
                What::Site { target } if own.contains(&target.as_str()) => {
                    let condition = condition(target, event, (cell, of), run);
                    match explained(of, target, cell) {
                        Some(why) => out.logged.push((condition, why)),
                        None => out.holding.push(condition),
                    }
                }
                What::Site { .. } => {}
            }
        }
    }
    out
}

/// Whether a condition of [`slower`] is over: by the last nights, what the others did taken off.
/// `None` when there are not nights enough to say.
#[must_use]
pub fn is_over(open: &Condition, nights: &Nights) -> Option<bool> {
    let facts = &open.facts;
    let group = Group {
        page: facts.page.clone()?,
        region: facts.region.clone()?,
        profile: facts.profile.clone()?,
    };
    let since: Date = facts.since.as_ref()?.parse().ok()?;
    let [size, ..] = facts.change?;
    let of = nights.get(&group)?;
    let levels = Levels::of(of, facts.target.as_deref()?, since)?;
    let last = levels.after.len().checked_sub(BACK)?;
    let half = size.ln_1p() / 2.0;
    Some(levels.after[last..].iter().all(|off| *off < half))
}

/// Whether a key is one of these.
#[must_use]
pub fn is_slower_key(key: &str) -> bool {
    key.starts_with(KEY)
}

/// What conditions of one shift share, of their keys: target and night.
#[must_use]
pub fn slower_cause(key: &str) -> Option<String> {
    let rest = key.strip_prefix(KEY)?;
    let mut parts = rest.splitn(3, ':');
    let (target, night) = (parts.next()?, parts.next()?);
    Some(format!("{KEY}{target}:{night}"))
}

/// A site's nights from a date on, as what they stand off its level before, in natural logarithm.
struct Levels {
    after: Vec<f64>,
}

impl Levels {
    fn of(nights: &[Nightly], target: &str, since: Date) -> Option<Levels> {
        let others: Vec<(f64, BTreeMap<Date, f64>)> = others(nights, target)
            .into_iter()
            .filter_map(|other| {
                let all = by_date(nights, other);
                Some((level_before(&all, since)?, all))
            })
            .collect();
        let mut own = by_date(nights, target);
        for (night, x) in &mut own {
            let off: Vec<f64> = others
                .iter()
                .filter_map(|(level, all)| Some(all.get(night)? - level))
                .collect();
            *x -= type7(&off, 0.5).unwrap_or(0.0);
        }
        let level = level_before(&own, since)?;
        Some(Levels {
            after: own.range(since..).map(|(_, x)| x - level).collect(),
        })
    }
}

fn others<'n>(nights: &'n [Nightly], target: &str) -> Vec<&'n str> {
    let mut ids: Vec<&str> = nights
        .iter()
        .map(|n| n.target.as_str())
        .filter(|t| *t != target)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn by_date(nights: &[Nightly], target: &str) -> BTreeMap<Date, f64> {
    let of = nights
        .iter()
        .filter(|n| n.target == target && n.n >= NIGHT_FROM);
    of.map(|n| (n.night, n.x)).collect()
}

fn before(all: &BTreeMap<Date, f64>, since: Date) -> Vec<f64> {
    let of = all.range(..since).rev().take(BEFORE);
    of.map(|(_, x)| *x).collect()
}

fn level_before(all: &BTreeMap<Date, f64>, since: Date) -> Option<f64> {
    let before = before(all, since);
    (before.len() >= BEFORE_LEAST).then(|| type7(&before, 0.5))?
}

/// Shift of every other site at a date: id, natural logarithm, and whether it is more than chance.
fn moves<'n>(nights: &'n [Nightly], target: &str, since: Date) -> Vec<(&'n str, f64, bool)> {
    let of = |other: &'n str| {
        let all = by_date(nights, other);
        let (new, old): (Vec<f64>, Vec<f64>) = (
            all.range(since..).map(|(_, x)| *x).collect(),
            before(&all, since),
        );
        if old.len() < BEFORE_LEAST {
            return None;
        }
        let by = type7(&new, 0.5)? - type7(&old, 0.5)?;
        let sure = rank_sum(&new, &old).is_some_and(|r| r.p_greater <= MOVED_P);
        Some((other, by, sure && by >= MIN_SHIFT.ln_1p()))
    };
    others(nights, target).into_iter().filter_map(of).collect()
}

/// Why a shift is not ours alone, where the scan had too few others to take off what they did.
fn explained(nights: &[Nightly], target: &str, cell: &Moved) -> Option<String> {
    let moves = moves(nights, target, cell.night);
    if moves.len() >= PANEL_FROM {
        return None;
    }
    let by: Vec<f64> = moves.iter().map(|(_, by, _)| *by).collect();
    let together = type7(&by, 0.5)?;
    (together >= cell.share.point.ln_1p() / 2.0).then(|| {
        format!(
            "not sent: the others moved as well, by {:+.0} %: the network or the probe",
            together.exp_m1() * 100.0
        )
    })
}

fn facts(cell: &Moved, run: i64) -> Facts {
    Facts {
        page: Some(cell.page.clone()),
        region: Some(cell.region.clone()),
        profile: Some(cell.profile.clone()),
        metric: Some(Metric::Lcp.name().to_owned()),
        change: Some([cell.share.point, cell.share.lower, cell.share.upper]),
        since: Some(cell.night.to_string()),
        run: Some(run),
        ..Facts::default()
    }
}

fn condition(
    target: &str,
    event: &Event,
    (cell, nights): (&Moved, &[Nightly]),
    run: i64,
) -> Condition {
    let shown = |v| format::value(Metric::Lcp, v);
    let label = Metric::Lcp.label();
    let moves = moves(nights, target, cell.night);
    let also = moves.iter().filter(|(_, _, sure)| *sure);
    let key = format!(
        "{KEY}{target}:{}:{}:{}:{}",
        event.night, cell.page, cell.region, cell.profile
    );
    Condition {
        lane: Lane::B,
        cause: slower_cause(&key).unwrap_or_default(),
        key,
        what: format!(
            "our page `{}` became {:.0} % slower in `{}` ({}): {label} {}, before {}",
            cell.page,
            cell.share.point * 100.0,
            cell.region,
            cell.profile,
            shown(cell.after),
            shown(cell.before),
        ),
        detail: format!(
            "{} of `{target}` {}/{}/{}: {} to {} from the night of {} on, seen on {}, p {:.1e}",
            Metric::Lcp.name(),
            cell.page,
            cell.region,
            cell.profile,
            shown(cell.before),
            shown(cell.after),
            cell.night,
            cell.seen,
            cell.p,
        ),
        facts: Facts {
            target: Some(target.to_owned()),
            value: Some(cell.after),
            before: Some(cell.before),
            also_moved: also.map(|(id, _, _)| (*id).to_owned()).collect(),
            ..facts(cell, run)
        },
    }
}

fn everybody(event: &Event, cell: &Moved, run: i64) -> Condition {
    Condition {
        key: format!(
            "B:everybody:{}:{}:{}:{}",
            cell.region, event.night, cell.page, cell.profile
        ),
        lane: Lane::B,
        cause: format!("region {}", cell.region),
        what: format!(
            "all sites became {:.0} % slower on `{}` in `{}` ({})",
            cell.share.point * 100.0,
            cell.page,
            cell.region,
            cell.profile
        ),
        detail: format!("{} of all sites, seen on {}", Metric::Lcp.name(), cell.seen),
        facts: facts(cell, run),
    }
}

#[cfg(test)]
mod tests;
