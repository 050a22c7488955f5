//! From the store to what analysis and report take: which nights, which rows, which fields.
//! `status`, `history`, `report` and `demo` read the same figures through here.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::background::{self, Ground};
use super::failure::Failure;
use super::steps::Steps;
use crate::analysis::{
    self, ChosenBy, Counts, Field, FieldInput, Incumbent, PointsInput, Scope, Visits,
};
use crate::config::{self, Config};
use crate::model::{ConsentState, Metric, Points, Role, RunRow, VisitRow, VisitState};
use crate::report::more::Worth;
use crate::report::{AppendixRow, Lost, PageField, Paper, Period, PeriodKind, ReportInput};
use crate::store::{Store, VisitFilter};

/// Nights from which a stretch is compared with as many before it: an interval needs six.
const COMPARED_FROM: i32 = 6;

/// Which nights, by flags.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Span {
    /// One month, such as 2026-10
    #[arg(long, value_name = "YYYY-MM", conflicts_with_all = ["since", "until"])]
    pub month: Option<String>,
    /// From this night on
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub since: Option<Date>,
    /// Up to and with this night
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: Option<Date>,
}

impl Span {
    /// First night and the day after the last; `None` where the flags leave it open.
    fn dates(&self) -> anyhow::Result<(Option<Date>, Option<Date>)> {
        if let Some(month) = &self.month {
            let first = month_start(month)?;
            return Ok((Some(first), Some(first.saturating_add(1.month()))));
        }
        let until = self.until.map(|d| d.saturating_add(1.day()));
        if let (Some(since), Some(until)) = (self.since, until)
            && since >= until
        {
            return Err(Failure::Usage(format!(
                "`--since {since}` is after `--until {}`\nhint: swap them",
                self.until.unwrap_or(since)
            ))
            .into());
        }
        Ok((self.since, until))
    }
}

fn month_start(month: &str) -> anyhow::Result<Date> {
    format!("{month}-01").parse().map_err(|_| {
        Failure::Usage(format!(
            "`--month {month}` is no month\nhint: write year and month, such as 2026-10"
        ))
        .into()
    })
}

/// The stored visits that the flags mean; all by default.
///
/// # Errors
/// Exit 2 for a month that is none.
pub fn filter(span: &Span, zone: &TimeZone) -> anyhow::Result<VisitFilter> {
    let (since, until) = span.dates()?;
    Ok(VisitFilter {
        since: since.map(|d| midnight(d, zone)).transpose()?,
        until: until.map(|d| midnight(d, zone)).transpose()?,
        run: None,
    })
}

pub(super) fn midnight(date: Date, zone: &TimeZone) -> anyhow::Result<Timestamp> {
    let start = date
        .to_zoned(zone.clone())
        .with_context(|| format!("{date} cannot be placed in the project's zone"))?;
    Ok(start.timestamp())
}

/// The period that a report is about. By default the month of the last night; when that is the
/// only night of its month, that night.
///
/// # Errors
/// Exit 4 when there are no nights.
pub fn period(span: &Span, store: &Store, zone: &TimeZone) -> anyhow::Result<Period> {
    let (since, until) = span.dates()?;
    let nights: BTreeSet<Date> = store
        .runs()?
        .iter()
        .map(|r| r.started_at.to_zoned(zone.clone()).date())
        .filter(|d| since.is_none_or(|s| *d >= s) && until.is_none_or(|u| *d < u))
        .collect();
    let (Some(&first), Some(&last)) = (nights.first(), nights.last()) else {
        return Err(Failure::CannotTell(
            "there is no night to report on\nhint: `outpace history` lists the nights, `outpace run` measures one".to_owned(),
        )
        .into());
    };
    if span.month.is_some() || (since.is_none() && until.is_none()) {
        let start = last.first_of_month();
        let of_month = nights.range(start..).count();
        if span.month.is_none() && of_month == 1 {
            return Ok(night(last));
        }
        return Ok(month(start));
    }
    let (since, until) = (
        since.unwrap_or(first),
        until.unwrap_or(last.saturating_add(1.day())),
    );
    if since.saturating_add(1.day()) == until {
        return Ok(night(since));
    }
    let days = since.until(until).map_or(0, |s| s.get_days());
    Ok(Period {
        since,
        until,
        label: format!(
            "{} to {}",
            long_date(since),
            long_date(until.saturating_sub(1.day()))
        ),
        // Fewer could not be compared, whatever they say.
        before: (days >= COMPARED_FROM).then(|| format!("the {days} nights before")),
        kind: PeriodKind::Span,
    })
}

fn night(date: Date) -> Period {
    Period {
        since: date,
        until: date.saturating_add(1.day()),
        label: format!("night of {}", long_date(date)),
        before: None,
        kind: PeriodKind::Night,
    }
}

fn month(start: Date) -> Period {
    let before = start.saturating_sub(1.month());
    Period {
        since: start,
        until: start.saturating_add(1.month()),
        label: start.strftime("%B %Y").to_string(),
        before: Some(before.strftime("%B").to_string()),
        kind: PeriodKind::Month,
    }
}

fn long_date(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// Rows of a period and of the one before it.
pub struct Rows {
    /// The period.
    pub now: Vec<VisitRow>,
    /// The period before; empty when there is none.
    pub before: Vec<VisitRow>,
    /// Measured visits of the period that are left out of `now`, since another answer had been
    /// given to consent banners than is now: these are never mixed.
    pub other_consent: u32,
    /// Page kind -> who was the benchmark of the month before; empty where that is not known.
    pub incumbents: BTreeMap<String, Incumbent>,
}

/// Reads both periods.
///
/// # Errors
/// When the database cannot be read.
pub fn rows(
    config: &Config,
    period: &mut Period,
    store: &Store,
    zone: &TimeZone,
) -> anyhow::Result<Rows> {
    let read = |since: Date, until: Date| -> anyhow::Result<Vec<VisitRow>> {
        let filter = VisitFilter {
            since: Some(midnight(since, zone)?),
            until: Some(midnight(until, zone)?),
            run: None,
        };
        Ok(store.visits(&filter, zone)?)
    };
    let mut now = read(period.since, period.until)?;
    let planned = now.len();
    one_consent(config, &mut now);
    let other_consent = u32::try_from(planned - now.len()).unwrap_or(u32::MAX);
    let mut before = match period.kind {
        PeriodKind::Month => read(period.since.saturating_sub(1.month()), period.since)?,
        PeriodKind::Span if period.before.is_some() => {
            let nights = period.since.until(period.until)?;
            read(period.since.checked_sub(nights)?, period.since)?
        }
        PeriodKind::Night | PeriodKind::Span => Vec::new(),
    };
    one_consent(config, &mut before);
    if before.is_empty() {
        period.before = None;
    }
    let incumbents = match period.kind {
        PeriodKind::Month if !before.is_empty() => incumbents(config, period, store, zone)?,
        _ => BTreeMap::new(),
    };
    Ok(Rows {
        now,
        before,
        other_consent,
        incumbents,
    })
}

/// Keeps what was measured with the answer to consent banners that the config gives today, and what
/// was not measured.
fn one_consent(config: &Config, rows: &mut Vec<VisitRow>) {
    let state = |id: &str| {
        let target = config.targets.iter().find(|t| t.id == id);
        target.map(|t| t.consent.state)
    };
    rows.retain(|row| {
        let id = row.environment.as_deref().unwrap_or_default();
        row.state != VisitState::Ok
            || state(&row.target).is_none_or(|s| s == ConsentState::of_environment(id))
    });
}

/// Who was the benchmark of the month before a month, chosen on the month before that one.
fn incumbents(
    config: &Config,
    period: &Period,
    store: &Store,
    zone: &TimeZone,
) -> anyhow::Result<BTreeMap<String, Incumbent>> {
    let month = |back: i32| -> anyhow::Result<Points> {
        let since = period.since.saturating_sub(back.months());
        let filter = VisitFilter {
            since: Some(midnight(since, zone)?),
            until: Some(midnight(since.saturating_add(1.month()), zone)?),
            run: None,
        };
        Ok(store.points(&filter, zone, Metric::Lcp)?)
    };
    let (last, earlier) = (month(1)?, month(2)?);
    let (targets, home_market) = (&config.targets, config.project.home_market.as_str());
    let input = PointsInput {
        now: &last,
        before: &earlier,
        targets,
        home_market,
        incumbent: None,
        reference: config.project.reference.as_deref(),
    };
    let of = |kind: String| {
        let scope = scope(config, &kind);
        let chosen = analysis::field_of_points(&input, &scope).benchmark;
        // A lowest median of a few nights was never the benchmark.
        let chosen = chosen.filter(|b| b.chosen_by != ChosenBy::LowestMedian)?;
        let incumbent = Incumbent {
            target: chosen.target,
            led_before: analysis::leader_of_points(&earlier, targets, home_market, &scope),
        };
        Some((kind, incumbent))
    };
    Ok(page_kinds(config).into_iter().filter_map(of).collect())
}

/// Page kinds, ours first, in the order of the file.
#[must_use]
pub fn page_kinds(config: &Config) -> Vec<String> {
    let mut kinds: Vec<String> = Vec::new();
    let own = config.targets.iter().filter(|t| t.role == Role::Own);
    let rivals = config.targets.iter().filter(|t| t.role == Role::Rival);
    for page in own.chain(rivals).flat_map(|t| &t.pages) {
        if !kinds.contains(&page.kind) {
            kinds.push(page.kind.clone());
        }
    }
    kinds
}

/// A page kind as customers of the home market meet it: main content shown, first profile, regions
/// of the home market (all regions where none is there).
#[must_use]
pub fn scope(config: &Config, page: &str) -> Scope {
    let home = &config.project.home_market;
    let ids = |keep: &dyn Fn(&str) -> bool| -> Vec<String> {
        let kept = config.regions.iter().filter(|r| keep(&r.market));
        kept.map(|r| r.id.clone()).collect()
    };
    let mut regions = ids(&|market| market == home);
    if regions.is_empty() {
        regions = ids(&|_| true);
    }
    Scope {
        page: page.to_owned(),
        regions,
        own_market: BTreeMap::new(),
        profile: config
            .profiles
            .first()
            .map(|p| p.id.clone())
            .unwrap_or_default(),
        metric: Metric::Lcp,
    }
}

/// From where each target is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum View {
    /// All from the regions of our home market: what our customers meet
    #[default]
    Home,
    /// Each from the regions of its own market: what its customers meet
    OwnMarket,
}

/// A page kind in a view.
///
/// # Errors
/// Exit 4 where no two targets have a region in their own market.
pub fn scope_of(config: &Config, page: &str, view: View) -> anyhow::Result<Scope> {
    match view {
        View::Home => Ok(scope(config, page)),
        View::OwnMarket => own_market(config, page).ok_or_else(|| {
            Failure::CannotTell(
                "fewer than two targets have a region in their own market\nhint: give a \
                 `[[region]]` the `market` of an overseas target"
                    .to_owned(),
            )
            .into()
        }),
    }
}

/// A page kind with each target seen from its own market; `None` where fewer than two targets
/// have a region there, or where that is the view from the home market again.
#[must_use]
pub fn own_market(config: &Config, page: &str) -> Option<Scope> {
    let home = scope(config, page);
    let targets = config.targets.iter().filter(|t| t.page(page).is_some());
    let of = |market: &str| -> Vec<String> {
        let there = config.regions.iter().filter(|r| r.market == market);
        there.map(|r| r.id.clone()).collect()
    };
    let own_market: BTreeMap<String, Vec<String>> =
        targets.map(|t| (t.id.clone(), of(&t.market))).collect();
    let seen = own_market.values().filter(|r| !r.is_empty());
    if seen.clone().count() < 2 || seen.clone().all(|r| *r == home.regions) {
        return None;
    }
    let regions = config.regions.iter().map(|r| r.id.clone());
    Some(Scope {
        regions: regions
            .filter(|id| own_market.values().any(|r| r.contains(id)))
            .collect(),
        own_market,
        ..home
    })
}

/// What fields are made from; make one for all page kinds, since it indexes the rows.
#[must_use]
pub fn input<'a>(config: &'a Config, rows: &'a Rows) -> FieldInput<'a> {
    FieldInput::new(
        &rows.now,
        &rows.before,
        &config.targets,
        &config.project.home_market,
    )
    .with_reference(config.project.reference.as_deref())
    .with_incumbents(&rows.incumbents)
}

/// The field of one page kind from the home market.
#[must_use]
pub fn field(config: &Config, input: &FieldInput<'_>, page: &str) -> Field {
    analysis::field(input, &scope(config, page))
}

/// Everything that a report is made from.
///
/// # Errors
/// When the database cannot be read.
pub fn report_input(
    config: &Config,
    store: &Store,
    mut period: Period,
    (paper, command): (Paper, String),
    steps: &Steps,
) -> anyhow::Result<ReportInput> {
    let zone = super::zone(config)?;
    steps.step("Reading the nights");
    let rows = rows(config, &mut period, store, &zone)?;
    steps.step("Comparing sites");
    let input = input(config, &rows);
    let fields: Vec<PageField> = page_kinds(config)
        .iter()
        .map(|kind| page_field(config, &input, &rows.now, kind))
        .collect();
    let mut more = background::more(&Ground {
        config,
        store,
        zone: &zone,
        period: &period,
        rows: &rows.now,
        input: &input,
        headline: fields.first().map(|f| &f.field),
    })?;
    more.other_consent = rows.other_consent;
    if let Some(business) = &config.business {
        more.worth = Worth::Given(business.clone());
    }
    let mut visits = Counts::default();
    for row in rows.now.iter().filter(|r| !r.warm_up) {
        visits.add(row.state);
    }
    let filter = VisitFilter {
        since: Some(midnight(period.since, &zone)?),
        until: Some(midnight(period.until, &zone)?),
        run: None,
    };
    let data_until = rows
        .now
        .iter()
        .map(|r| r.night)
        .max()
        .unwrap_or(period.since);
    Ok(ReportInput {
        project: config.project.clone(),
        targets: config.targets.clone(),
        regions: config.regions.clone(),
        profiles: config.profiles.clone(),
        measure: config.measure.clone(),
        manners: config.manners.clone(),
        settings: config.report.clone(),
        fields,
        more,
        lost: lost(config, &rows.now),
        appendix: appendix(config, input.visits()),
        runs: runs_of(store, &rows.now)?,
        visits,
        config_hash: config::measuring_hash(config),
        data_hash: store.data_hash(&filter)?,
        data_until,
        command,
        paper,
        period,
    })
}

fn page_field(config: &Config, input: &FieldInput<'_>, rows: &[VisitRow], kind: &str) -> PageField {
    let field = field(config, input, kind);
    let mut values: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for row in in_scope(rows, &field.scope) {
        if let Some(v) = row.value(field.scope.metric) {
            values.entry(row.target.clone()).or_default().push(v);
        }
    }
    PageField { field, values }
}

pub(super) fn in_scope<'a>(
    rows: &'a [VisitRow],
    scope: &'a Scope,
) -> impl Iterator<Item = &'a VisitRow> {
    in_place(rows, scope).filter(|r| !r.warm_up)
}

/// All visits of a scope, those of warm-up rounds too.
pub(super) fn in_place<'a>(
    rows: &'a [VisitRow],
    scope: &'a Scope,
) -> impl Iterator<Item = &'a VisitRow> {
    rows.iter().filter(|r| {
        r.page == scope.page && r.profile == scope.profile && scope.regions.contains(&r.region)
    })
}

/// What was lost of each target in the scope of the fields, most frequent first.
fn lost(config: &Config, rows: &[VisitRow]) -> BTreeMap<String, Vec<Lost>> {
    let mut counted: BTreeMap<String, BTreeMap<(VisitState, String), u32>> = BTreeMap::new();
    for kind in page_kinds(config) {
        for row in in_scope(rows, &scope(config, &kind)) {
            if row.state != VisitState::Ok {
                let key = (row.state, row.reason.clone().unwrap_or_default());
                *counted
                    .entry(row.target.clone())
                    .or_default()
                    .entry(key)
                    .or_default() += 1;
            }
        }
    }
    let listed = |of: BTreeMap<(VisitState, String), u32>| {
        let mut all: Vec<Lost> = of
            .into_iter()
            .map(|((state, reason), visits)| Lost {
                state,
                reason,
                visits,
            })
            .collect();
        all.sort_by_key(|l| std::cmp::Reverse(l.visits));
        all
    };
    counted.into_iter().map(|(t, of)| (t, listed(of))).collect()
}

fn appendix(config: &Config, visits: &Visits<'_>) -> Vec<AppendixRow> {
    let table = analysis::series_table(
        visits,
        &config.targets,
        &config.regions,
        &config.profiles,
        Metric::Lcp,
    );
    table
        .into_iter()
        .map(|(series, summary)| {
            let mut causes = BTreeMap::new();
            let cell = visits.cell(
                &series.target,
                &series.page,
                &series.region,
                &series.profile,
            );
            for row in cell.iter().filter(|r| r.state != VisitState::Ok) {
                let reason = row.reason.clone().unwrap_or_default();
                *causes.entry(reason).or_default() += 1;
            }
            AppendixRow {
                series,
                summary,
                causes,
            }
        })
        .collect()
}

/// The runs that the rows come from, in order of their start.
fn runs_of(store: &Store, rows: &[VisitRow]) -> anyhow::Result<Vec<RunRow>> {
    let ids: BTreeSet<i64> = rows.iter().map(|r| r.run).collect();
    let mut runs: Vec<RunRow> = store
        .runs()?
        .into_iter()
        .filter(|r| ids.contains(&r.id))
        .collect();
    runs.reverse();
    Ok(runs)
}
