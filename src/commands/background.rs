//! What the report's later pages look back on: the year, releases, regions, losses, parts, films.
//!
//! The year is read a metric of a scope at a time; the period's own rows come from `gather`.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::gather::{self, midnight};
use super::released;
use crate::analysis::{self, Counts, Field, FieldInput, Scope};
use crate::config::Config;
use crate::model::{self, Metric, Role, RunRow, Target, VisitRow, VisitState};
use crate::report::more::{
    Film, Frame, Mark, MarkKind, Month, MonthSite, More, Part, Place, Quartiles, Reliability,
    Simulated, Week,
};
use crate::report::{Period, PeriodKind};
use crate::sites::history::ENVIRONMENT as SIMULATED;
use crate::store::{ScopeFilter, Store, VisitFilter};

/// Months and weeks that the report looks back.
const MONTHS: i32 = 12;
const WEEKS: i32 = 52;
/// What of the benchmark explains its lead, in the order of printing.
const PARTS: [Metric; 13] = [
    Metric::LcpTtfb,
    Metric::LcpLoadDelay,
    Metric::LcpLoadTime,
    Metric::LcpRenderDelay,
    Metric::Wait,
    Metric::Tbt,
    Metric::TransferBytes,
    Metric::JsBytes,
    Metric::ImageBytes,
    Metric::FontBytes,
    Metric::Requests,
    Metric::ThirdPartyRequests,
    Metric::ThirdPartyBytes,
];

/// What all parts are gathered from.
pub struct Ground<'a> {
    /// The config.
    pub config: &'a Config,
    /// The database.
    pub store: &'a Store,
    /// The project's zone.
    pub zone: &'a TimeZone,
    /// The period.
    pub period: &'a Period,
    /// Its rows.
    pub rows: &'a [VisitRow],
    /// Fields are made from this.
    pub input: &'a FieldInput<'a>,
    /// The headline's field.
    pub headline: Option<&'a Field>,
    /// All runs, the newest first.
    pub runs: &'a [RunRow],
}

/// All that looks back, with the year behind.
///
/// # Errors
/// When the database cannot be read.
pub fn more(ground: &Ground<'_>, year: &[VisitRow]) -> anyhow::Result<More> {
    let Some(field) = ground.headline else {
        return Ok(More::default());
    };
    let runs = ground.runs;
    let weeks = weeks(ground, year, field.scope.metric);
    let mut marks = marks(ground, year, runs)?;
    // Their line begins with the first week: what lies before it has no place on it.
    marks.retain(|m| weeks.first().is_some_and(|w| m.date >= w.first));
    let methods = marks.iter().filter(|m| m.kind == MarkKind::Method);
    let methods: Vec<Date> = methods.map(|m| m.date).collect();
    let now = ground.rows.iter().filter(|r| !r.warm_up);
    let since = ground.period.since;
    let simulated = |r: &&VisitRow| r.environment.as_deref() == Some(SIMULATED);
    Ok(More {
        weeks,
        months: months(ground, year, &field.scope),
        releases: released::told(ground, year, (&field.scope, runs, &methods))?,
        methods: between(ground, &field.scope, &methods),
        marks,
        own_market: gather::own_market(ground.config, &field.scope.page)
            .map(|scope| analysis::field(ground.input, &scope)),
        places: places(ground, field),
        reliability: reliability(ground, field),
        parts: parts(ground, field),
        films: films(ground, field)?,
        simulated: Simulated {
            now: count(now.filter(simulated)),
            behind: count(year.iter().filter(|r| r.night < since).filter(simulated)),
        },
        earlier: runs
            .iter()
            .any(|r| ground.zone.to_datetime(r.started_at).date() < since),
        ..More::default()
    })
}

fn count<T>(items: impl Iterator<Item = T>) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}

/// The night after the period's last that is in the data.
fn end(ground: &Ground<'_>) -> Date {
    let last = ground.rows.iter().map(|r| r.night).max();
    let last = last.unwrap_or(ground.period.since);
    match ground.period.kind {
        PeriodKind::Month => ground.period.until,
        _ => last.saturating_add(1.day()),
    }
}

/// The year behind in the headline's scope, the period in it: one metric, no warm-up.
///
/// # Errors
/// When the database cannot be read.
pub fn year(ground: &Ground<'_>) -> anyhow::Result<Vec<VisitRow>> {
    let Some(scope) = ground.headline.map(|f| &f.scope) else {
        return Ok(Vec::new());
    };
    let until = end(ground);
    let month = until.saturating_sub(1.day()).first_of_month();
    let by_week = until.saturating_sub((WEEKS * 7).days());
    let since = by_week.min(month.saturating_sub((MONTHS - 1).months()));
    let filter = ScopeFilter {
        page: &scope.page,
        regions: &scope.regions,
        profile: &scope.profile,
        metric: scope.metric,
        since: midnight(since, ground.zone)?,
        until: midnight(until, ground.zone)?,
    };
    Ok(ground.store.scope_visits(&filter, ground.zone)?)
}

fn quartiles(values: &[f64], metric: Metric) -> Option<Quartiles> {
    let [lower, median, upper] = analysis::quartiles(values, metric)?;
    Some(Quartiles {
        n: u32::try_from(values.len()).unwrap_or(u32::MAX),
        lower,
        median,
        upper,
    })
}

fn weeks(ground: &Ground<'_>, year: &[VisitRow], metric: Metric) -> Vec<Week> {
    let until = end(ground);
    let first = until.saturating_sub((WEEKS * 7).days());
    let mut values: Vec<BTreeMap<String, Vec<f64>>> = (0..WEEKS).map(|_| BTreeMap::new()).collect();
    for row in year {
        let Some(v) = row.value(metric) else { continue };
        let days = first.until(row.night).map_or(-1, |s| s.get_days());
        let Ok(week) = usize::try_from(days.div_euclid(7)) else {
            continue;
        };
        if let Some(week) = values.get_mut(week) {
            week.entry(row.target.clone()).or_default().push(v);
        }
    }
    let all: Vec<Week> = values
        .iter()
        .zip(0..)
        .map(|(sites, i)| Week {
            first: first.saturating_add((i * 7).days()),
            sites: sites
                .iter()
                .filter_map(|(t, v)| Some((t.clone(), quartiles(v, metric)?)))
                .collect(),
        })
        .collect();
    let begins = all.iter().position(|w| !w.sites.is_empty());
    begins.map_or_else(Vec::new, |i| all[i..].to_vec())
}

/// The months behind, each ranked for itself.
fn months(ground: &Ground<'_>, year: &[VisitRow], scope: &Scope) -> Vec<Month> {
    let last = end(ground).saturating_sub(1.day()).first_of_month();
    let oldest = last.saturating_sub((MONTHS - 1).months());
    let mut by_month: BTreeMap<Date, Vec<VisitRow>> = BTreeMap::new();
    for row in year.iter().filter(|r| r.night >= oldest) {
        let month = row.night.first_of_month();
        by_month.entry(month).or_default().push(row.clone());
    }
    by_month
        .into_iter()
        .map(|(first, rows)| {
            let field = of(ground.config, &rows, &[], scope);
            Month {
                first,
                sites: field
                    .standings
                    .into_iter()
                    .map(|s| {
                        let site = MonthSite {
                            counts: s.summary.counts,
                            median: s.summary.median,
                            rank: s.rank,
                        };
                        (s.target, site)
                    })
                    .collect(),
            }
        })
        .collect()
}

fn of(config: &Config, now: &[VisitRow], before: &[VisitRow], scope: &Scope) -> Field {
    let input = FieldInput::new(now, before, &config.targets, &config.project.home_market)
        .with_reference(config.project.reference.as_deref());
    analysis::field(&input, scope)
}

fn own(config: &Config) -> Option<&Target> {
    config.targets.iter().find(|t| t.role == Role::Own)
}

/// Releases, failed nights and changes of the instrument in the year behind.
fn marks(ground: &Ground<'_>, year: &[VisitRow], runs: &[RunRow]) -> anyhow::Result<Vec<Mark>> {
    let mut marks = Vec::new();
    for release in released::known(ground, runs, end(ground))? {
        marks.push(Mark {
            date: released::date(release.at, ground.zone),
            kind: MarkKind::Release,
            label: release.version,
        });
    }
    let own = own(ground.config).map(|t| t.id.as_str());
    let mut nights: BTreeMap<Date, Counts> = BTreeMap::new();
    for row in year.iter().filter(|r| Some(r.target.as_str()) == own) {
        nights.entry(row.night).or_default().add(row.state);
    }
    for (date, counts) in nights {
        let tried = counts.valid + counts.failed;
        if counts.failed >= 2 && counts.failed * 5 >= tried {
            marks.push(Mark {
                date,
                kind: MarkKind::Incident,
                label: "failed".to_owned(),
            });
        }
    }
    marks.extend(methods(year, runs));
    marks.sort_by_key(|m| m.date);
    Ok(marks)
}

/// Nights from which on the instrument is another: other browsers, or another environment (device,
/// line, distance, answer to consent banners) in a region than when it was last measured from.
fn methods(year: &[VisitRow], runs: &[RunRow]) -> Vec<Mark> {
    let mut seen: BTreeMap<i64, (Date, BTreeMap<&str, &str>)> = BTreeMap::new();
    for row in year {
        let (_, places) = seen.entry(row.run).or_insert((row.night, BTreeMap::new()));
        if let (VisitState::Ok, Some(environment)) = (row.state, &row.environment) {
            places.insert(&row.region, environment);
        }
    }
    let mut marks = Vec::new();
    let mut known: BTreeMap<&str, &str> = BTreeMap::new();
    let mut before: Option<BTreeSet<&str>> = None;
    for run in runs.iter().rev() {
        let Some((date, places)) = seen.get(&run.id) else {
            continue;
        };
        let browsers: BTreeSet<&str> = run.host.browsers.values().map(String::as_str).collect();
        let other = |(region, id): (&&str, &&str)| known.get(*region).is_some_and(|k| k != id);
        let moved = places.iter().any(other);
        if moved || before.as_ref().is_some_and(|b| *b != browsers) {
            marks.push(Mark {
                date: *date,
                kind: MarkKind::Method,
                label: "method".to_owned(),
            });
        }
        // A region that was down says nothing of itself.
        known.extend(places);
        before = Some(browsers);
    }
    marks
}

/// Those of the nights with another instrument that part the nights which are compared with the
/// period before.
fn between(ground: &Ground<'_>, scope: &Scope, methods: &[Date]) -> Vec<Date> {
    let targets: Vec<&Target> = ground.config.targets.iter().collect();
    let before = ground.input.previous().nights(&targets, scope);
    let Some(first) = before.first() else {
        return Vec::new();
    };
    let until = ground.period.until;
    let within = methods.iter().filter(|d| *d > first && **d < until);
    within.copied().collect()
}

/// Every site from every region in every profile, on the headline's page.
fn places(ground: &Ground<'_>, field: &Field) -> Vec<Place> {
    let config = ground.config;
    let mut places = Vec::new();
    for standing in &field.standings {
        for region in &config.regions {
            for profile in &config.profiles {
                let scope = Scope {
                    regions: vec![region.id.clone()],
                    profile: profile.id.clone(),
                    ..field.scope.clone()
                };
                let summary = analysis::summary(ground.input.visits(), &standing.target, &scope);
                places.push(Place {
                    target: standing.target.clone(),
                    region: region.id.clone(),
                    profile: profile.id.clone(),
                    counts: summary.counts,
                    median: summary.median,
                });
            }
        }
    }
    places
}

/// What became of every site's visits.
fn reliability(ground: &Ground<'_>, field: &Field) -> Vec<Reliability> {
    /// All visits, those of each night, and the headline's values.
    type Tally = (Counts, BTreeMap<Date, Counts>, Vec<f64>);
    let metric = field.scope.metric;
    let mut by_site: BTreeMap<&str, Tally> = BTreeMap::new();
    for row in ground.rows.iter().filter(|r| !r.warm_up) {
        let site = by_site.entry(&row.target).or_default();
        site.0.add(row.state);
        site.1.entry(row.night).or_default().add(row.state);
        let headline = row.page == field.scope.page
            && row.profile == field.scope.profile
            && field.scope.regions.contains(&row.region);
        if headline {
            site.2.extend(row.value(metric));
        }
    }
    // As everywhere in the report by median, then those that are not on the headline's page.
    let on_page = field.standings.iter().map(|s| s.target.as_str());
    let others = ground.config.targets.iter().map(|t| t.id.as_str());
    let others = others.filter(|id| field.standings.iter().all(|s| s.target != *id));
    on_page
        .chain(others)
        .filter_map(|id| {
            let (counts, nights, values) = by_site.get(id)?;
            Some(Reliability {
                target: id.to_owned(),
                counts: *counts,
                nights: nights.iter().map(|(d, c)| (*d, *c)).collect(),
                spread: quartiles(values, metric),
            })
        })
        .collect()
}

/// Ours beside the benchmark, metric by metric where both have values.
fn parts(ground: &Ground<'_>, field: &Field) -> Vec<Part> {
    let (Some(own), Some(best)) = (own(ground.config), &field.benchmark) else {
        return Vec::new();
    };
    PARTS
        .iter()
        .filter_map(|&metric| {
            let scope = Scope {
                metric,
                ..field.scope.clone()
            };
            let of = |id: &str| {
                let summary = analysis::summary(ground.input.visits(), id, &scope);
                Some((summary.median?, summary.n))
            };
            Some(Part {
                metric,
                own: of(&own.id)?,
                best: of(&best.target)?,
            })
        })
        .collect()
}

/// The filmed visit nearest each site's median, where there is one.
fn films(ground: &Ground<'_>, field: &Field) -> anyhow::Result<Vec<Film>> {
    let filter = VisitFilter {
        since: Some(midnight(ground.period.since, ground.zone)?),
        until: Some(midnight(ground.period.until, ground.zone)?),
        run: None,
    };
    let filmed: BTreeSet<i64> = ground
        .store
        .visits_with_evidence("film", &filter)?
        .into_iter()
        .collect();
    let mut films = Vec::new();
    for standing in &field.standings {
        let Some(centre) = standing.summary.median else {
            continue;
        };
        // Films are of warm-up rounds, whose figures count nowhere else: filming takes its time.
        let metric = field.scope.metric;
        let distance = |r: &VisitRow| r.values.get(metric).map(|v| (v - centre).abs());
        let nearest = gather::in_place(ground.rows, &field.scope)
            .filter(|r| r.target == standing.target && filmed.contains(&r.id))
            .filter(|r| r.state == VisitState::Ok)
            .filter_map(|r| Some((distance(r)?, r)))
            .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.id.cmp(&b.1.id)));
        let Some((_, row)) = nearest else { continue };
        if let Some(film) = film(ground, row)? {
            films.push(film);
        }
    }
    Ok(films)
}

/// The film of a visit; nothing where it cannot be read.
fn film(ground: &Ground<'_>, row: &VisitRow) -> anyhow::Result<Option<Film>> {
    let Some((_, body)) = ground.store.evidence(row.id, "film")? else {
        return Ok(None);
    };
    let Ok(stored) = serde_json::from_slice::<model::Film>(&body) else {
        tracing::warn!(visit = row.id, "a film could not be read");
        return Ok(None);
    };
    let mut frames: Vec<Frame> = stored
        .frames
        .iter()
        .map(|f| Frame {
            at_ms: f.at_ms,
            jpeg: base64::engine::general_purpose::STANDARD.encode(&f.jpeg),
        })
        .collect();
    frames.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
    Ok((!frames.is_empty()).then(|| Film {
        target: row.target.clone(),
        visit: row.id,
        night: row.night,
        region: row.region.clone(),
        profile: row.profile.clone(),
        size: (stored.width, stored.height),
        fcp: row.values.get(Metric::Fcp),
        lcp: row.values.get(Metric::Lcp),
        frames,
    }))
}
