//! All targets that have a page kind, compared: figures, ranks, the best overseas, and what
//! changed since the period before.
//!
//! Puts together what the modules beside it compute. Blocked and failed visits never enter a
//! figure and are always counted. The same rows give the same field, whatever their order.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::benchmark::{self, Known, Periods};
use super::compare::{Pairing, Shown, gap_change, paired, unpaired};
use super::ranking::{Entry, Ranking};
use super::sample::Sample;
use super::summary::of_sample;
use super::types::{
    Benchmark, ChosenBy, Comparison, Field, Incumbent, Nights, Relation, Scope, Standing,
};
use super::visits::Visits;
use crate::model::{Metric, Points, Role, Target, VisitRow};

/// What fields are made from. Rows are indexed once, so make one input for all scopes of a report.
#[derive(Debug, Clone)]
pub struct FieldInput<'a> {
    visits: Visits<'a>,
    previous: Visits<'a>,
    targets: &'a [Target],
    home_market: &'a str,
    incumbents: Option<&'a BTreeMap<String, Incumbent>>,
    reference: Option<&'a str>,
}

impl<'a> FieldInput<'a> {
    /// Rows of the period and of the period before (which may be empty), targets in the order of
    /// the file, and the market that is home.
    #[must_use]
    pub fn new(
        rows: &'a [VisitRow],
        previous: &'a [VisitRow],
        targets: &'a [Target],
        home_market: &'a str,
    ) -> Self {
        FieldInput {
            visits: Visits::new(rows),
            previous: Visits::new(previous),
            targets,
            home_market,
            incumbents: None,
            reference: None,
        }
    }

    /// Names the benchmarks of the period before by page kind, as customers of the home market
    /// meet it. Each stays unless another was surely faster then, or ahead twice running.
    #[must_use]
    pub fn with_incumbents(mut self, by_page: &'a BTreeMap<String, Incumbent>) -> Self {
        self.incumbents = Some(by_page);
        self
    }

    fn incumbent(&self, scope: &Scope) -> Option<&'a Incumbent> {
        let at_home = scope.own_market.is_empty();
        self.incumbents
            .filter(|_| at_home)
            .and_then(|by_page| by_page.get(&scope.page))
    }

    /// Names the overseas target that is the benchmark, whoever is fastest, where it has values.
    #[must_use]
    pub fn with_reference(mut self, target: Option<&'a str>) -> Self {
        self.reference = target;
        self
    }

    /// The rows of the period.
    #[must_use]
    pub fn visits(&self) -> &Visits<'a> {
        &self.visits
    }

    /// The rows of the period before.
    #[must_use]
    pub fn previous(&self) -> &Visits<'a> {
        &self.previous
    }
}

/// The same from columns, for periods too long for rows.
#[derive(Debug, Clone, Copy)]
pub struct PointsInput<'a> {
    /// The period; of the metric of the scopes.
    pub now: &'a Points,
    /// The period before.
    pub before: &'a Points,
    /// Targets in the order of the file.
    pub targets: &'a [Target],
    /// The market that is home.
    pub home_market: &'a str,
    /// The benchmark of the period before.
    pub incumbent: Option<&'a Incumbent>,
    /// The benchmark that the config names.
    pub reference: Option<&'a str>,
}

/// The field of a scope. Ours is the first target of the file with the role `own` and the page
/// kind; targets without the page kind are not in it.
#[must_use]
pub fn field(input: &FieldInput<'_>, scope: &Scope) -> Field {
    let targets = having(input.targets, scope);
    let of = |visits: &Visits<'_>| {
        let entries = entries(&targets, scope, |t| Sample::gather(visits, t, scope));
        (entries, visits.nights(&targets, scope))
    };
    of_periods(
        (of(&input.visits), of(&input.previous)),
        Known {
            home_market: input.home_market,
            incumbent: input.incumbent(scope),
            reference: input
                .reference
                .filter(|id| !scope.regions_of(id).is_empty()),
        },
        scope,
    )
}

/// The overseas target that is ahead in a period by the centre of its nights, whether surely or
/// not; `None` under 14 nights.
#[must_use]
pub fn leader_of_points(
    points: &Points,
    targets: &[Target],
    home_market: &str,
    scope: &Scope,
) -> Option<String> {
    let targets = having(targets, scope);
    let entries = entries(&targets, scope, |t| Sample::of_points(points, t, scope));
    let at = benchmark::ahead(&entries, home_market)?;
    Some(entries[at].target.id.clone())
}

/// The field of a scope from columns; the same figures as [`field`] has from rows.
#[must_use]
pub fn field_of_points(input: &PointsInput<'_>, scope: &Scope) -> Field {
    let targets = having(input.targets, scope);
    let of = |points: &Points| {
        let entries = entries(&targets, scope, |t| Sample::of_points(points, t, scope));
        let nights: BTreeSet<Date> = entries
            .iter()
            .flat_map(|e| e.sample.nights.keys().copied())
            .collect();
        (entries, nights.into_iter().collect())
    };
    of_periods(
        (of(input.now), of(input.before)),
        Known {
            home_market: input.home_market,
            incumbent: input.incumbent,
            reference: input
                .reference
                .filter(|id| !scope.regions_of(id).is_empty()),
        },
        scope,
    )
}

fn having<'a>(targets: &'a [Target], scope: &Scope) -> Vec<&'a Target> {
    let there = targets.iter().filter(|t| t.page(&scope.page).is_some());
    there.collect()
}

/// The entries of a period, and its nights.
type PeriodOf<'a> = (Vec<Entry<'a>>, Vec<Date>);

fn of_periods(
    ((now, nights), (before, nights_before)): (PeriodOf<'_>, PeriodOf<'_>),
    known: Known<'_>,
    scope: &Scope,
) -> Field {
    let periods = Periods {
        now: &now,
        nights: &nights,
        before: &before,
        nights_before: &nights_before,
    };
    let chosen = benchmark::choose(&periods, known);
    let best = chosen.map(|c| c.at);
    let own = now.iter().position(|e| e.target.role == Role::Own);
    let ranking = Ranking::of(&now, nights.len());
    let open = chosen.map_or_else(Vec::new, |c| could_be_best(&periods, &ranking, c, known));
    let id = |i: usize| now[i].target.id.clone();
    Field {
        scope: scope.clone(),
        not_ranked: ranking.nobody.clone(),
        benchmark: chosen.map(|c| Benchmark {
            target: id(c.at),
            chosen_by: c.by,
            instead_of: c.instead_of.map(id),
            could_be_best: open.iter().copied().map(id).collect(),
        }),
        own_change: own.and_then(|o| change(&now[o], &before[o], scope.metric)),
        gap_change: own.zip(best).and_then(|(o, b)| {
            let now = (shown(&now[o])?, shown(&now[b])?);
            let before = (shown(&before[o])?, shown(&before[b])?);
            Some(gap_change(now, before, scope.metric))
        }),
        standings: standings(&periods, &ranking, (own, best), &open, scope.metric),
        nights: Nights { dates: nights },
    }
}

fn standings(
    periods: &Periods<'_>,
    ranking: &Ranking,
    (own, best): (Option<usize>, Option<usize>),
    open: &[usize],
    metric: Metric,
) -> Vec<Standing> {
    let (now, pairing) = (periods.now, Pairing::of(periods.nights.len()));
    let against = |i: usize, baseline: Option<usize>| {
        let baseline = baseline.filter(|&b| b != i)?;
        let shown = (shown(&now[i])?, shown(&now[baseline])?);
        let c = paired(shown.0, shown.1, pairing, metric);
        Some(as_ranked(c, ranking, (i, baseline)))
    };
    let mut standings: Vec<Standing> = now
        .iter()
        .zip(&ranking.ranks)
        .enumerate()
        .map(|(i, (entry, rank))| Standing {
            target: entry.target.id.clone(),
            summary: entry.summary.clone(),
            rank: rank.clone(),
            could_be_best: open.contains(&i),
            versus_own: against(i, own),
            versus_best: against(i, best),
        })
        .collect();
    by_median(&mut standings);
    standings
}

fn entries<'a>(
    targets: &[&'a Target],
    scope: &Scope,
    gather: impl Fn(&str) -> Sample,
) -> Vec<Entry<'a>> {
    targets
        .iter()
        .map(|&target| {
            let sample = gather(&target.id);
            let summary = of_sample(&sample, scope.metric);
            Entry {
                target,
                sample,
                summary,
            }
        })
        .collect()
}

/// Entries that could be the best overseas: the benchmark first, unless it is ruled out, then the
/// others that the data leave open, by median, then those of which nothing is known now.
fn could_be_best(
    periods: &Periods<'_>,
    ranking: &Ranking,
    chosen: benchmark::Chosen,
    known: Known<'_>,
) -> Vec<usize> {
    let now = periods.now;
    let mut overseas = benchmark::overseas(now, known.home_market);
    overseas.retain(|&i| now[i].summary.n > 0);
    let pairing = Pairing::of(periods.nights.len());
    let mut open = ranking.could_be_best(now, &overseas, pairing);
    if open.is_empty() {
        // Each surely slower than another, in a ring: nobody is told apart.
        open = overseas;
    }
    // The lowest of a few nights is the best so far and no more; nothing rules it out yet.
    if chosen.by == ChosenBy::LowestMedian && !open.contains(&chosen.at) {
        open.push(chosen.at);
    }
    open.sort_by(|&a, &b| {
        let key = |i: usize| {
            (
                i != chosen.at,
                now[i].summary.median.unwrap_or(f64::INFINITY),
            )
        };
        let ((a_rest, a), (b_rest, b)) = (key(a), key(b));
        a_rest.cmp(&b_rest).then(a.total_cmp(&b))
    });
    open.extend(benchmark::unknown(periods, known));
    open
}

/// A comparison of two entries as it may be said beside their places: "faster" and "slower" of two
/// ranked ones need the ranking's own test too, which is corrected for the number of pairs. Without
/// it they are not level either.
fn as_ranked(
    c: Comparison,
    ranking: &Ranking,
    (candidate, baseline): (usize, usize),
) -> Comparison {
    let agrees = match c.relation {
        Relation::Faster => ranking.surely_slower(baseline, candidate),
        Relation::Slower => ranking.surely_slower(candidate, baseline),
        Relation::Level | Relation::CannotTell => None,
    };
    Comparison {
        relation: match agrees {
            Some(false) => Relation::CannotTell,
            _ => c.relation,
        },
        ..c
    }
}

fn shown<'e>(entry: &'e Entry<'_>) -> Option<Shown<'e>> {
    Some(Shown {
        sample: &entry.sample,
        median: entry.summary.median?,
    })
}

fn change(now: &Entry<'_>, before: &Entry<'_>, metric: Metric) -> Option<Comparison> {
    Some(unpaired(shown(now)?, shown(before)?, metric))
}

/// By median, those without values last; otherwise the order of the file is kept.
fn by_median(standings: &mut [Standing]) {
    standings.sort_by(|a, b| {
        let median = |s: &Standing| s.summary.median.unwrap_or(f64::INFINITY);
        median(a).total_cmp(&median(b))
    });
}

#[cfg(test)]
mod tests;
