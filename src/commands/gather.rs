//! From the store to what analysis and report take: which nights, which rows, which fields.
//! `status`, `history`, `report` and `demo` read the same figures through here.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::background::{self, Ground};
use super::failure::Failure;
pub(super) use super::period::midnight;
pub use super::period::{Span, filter, period};
use super::steps::Steps;
pub use super::views::{View, own_market, page_kinds, scope, scope_of, seen_by};
use crate::analysis::{self, ChosenBy, Counts, FieldInput, Incumbent, PointsInput, Scope, Visits};
use crate::config::{self, Config};
use crate::model::{
    ConsentState, Metric, Points, ReportLanguage, RunRow, VisitRow, VisitState, format,
};
use crate::report::more::Worth;
use crate::report::{
    AppendixRow, Commands, Language, Lost, PageField, Paper, Period, PeriodKind, ReportInput,
};
use crate::store::{RowHash, Store, VisitFilter};

/// Rows of a period and of the one before it.
pub struct Rows {
    /// The period.
    pub now: Vec<VisitRow>,
    /// The period before; empty when there is none.
    pub before: Vec<VisitRow>,
    /// Measured visits of the period that are left out of `now`, since another answer had been
    /// given to consent banners than is now: these are never mixed.
    pub other_consent: u32,
    /// Visits of the period that are left out, since the config no longer has their target, page,
    /// region or profile.
    pub gone: u32,
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
    let gone = dropped(&mut now, |rows| still_asked(config, rows));
    let other_consent = dropped(&mut now, |rows| one_consent(config, rows));
    let mut before = match period.kind {
        PeriodKind::Month => read(period.since.saturating_sub(1.month()), period.since)?,
        PeriodKind::Span if period.before.is_some() => {
            let nights = period.since.until(period.until)?;
            read(period.since.checked_sub(nights)?, period.since)?
        }
        PeriodKind::Night | PeriodKind::Span => Vec::new(),
    };
    still_asked(config, &mut before);
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
        gone,
        incumbents,
    })
}

/// How many rows something drops.
fn dropped(rows: &mut Vec<VisitRow>, drop: impl FnOnce(&mut Vec<VisitRow>)) -> u32 {
    let before = rows.len();
    drop(rows);
    u32::try_from(before - rows.len()).unwrap_or(u32::MAX)
}

/// Keeps the visits of what the config still asks for, so that totals are those of the tables.
fn still_asked(config: &Config, rows: &mut Vec<VisitRow>) {
    rows.retain(|row| {
        let target = config.targets.iter().find(|t| t.id == row.target);
        target.is_some_and(|t| t.page(&row.page).is_some())
            && config.regions.iter().any(|r| r.id == row.region)
            && config.profiles.iter().any(|p| p.id == row.profile)
    });
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

/// A report's input, with what the archive needs to know of the rows that it rests on.
pub struct Gathered {
    /// What the report is made from.
    pub input: ReportInput,
    /// The hash of each visit of the period.
    pub hashes: Vec<RowHash>,
    /// The year behind on the headline's page.
    pub year: Vec<VisitRow>,
    /// All runs, the newest first.
    pub runs: Vec<RunRow>,
}

/// Everything that a report is made from.
///
/// # Errors
/// When the database cannot be read; exit 2 for a language file that does not fit.
pub fn report_input(
    config: &Config,
    store: &Store,
    mut period: Period,
    (paper, commands): (Paper, Commands),
    steps: &Steps,
) -> anyhow::Result<Gathered> {
    // First what can be wrong without any night being read.
    let (zone, language) = (super::zone(config)?, language(config)?);
    steps.step("Reading the nights");
    let rows = rows(config, &mut period, store, &zone)?;
    steps.step("Comparing sites");
    let input = input(config, &rows);
    let fields: Vec<PageField> = page_kinds(config)
        .iter()
        .map(|kind| page_field(config, &input, &rows.now, kind))
        .collect();
    let runs = store.runs()?;
    let ground = Ground {
        config,
        store,
        zone: &zone,
        period: &period,
        rows: &rows.now,
        input: &input,
        headline: fields.first().map(|f| &f.field),
        runs: &runs,
    };
    let year = background::year(&ground)?;
    let mut more = background::more(&ground, &year)?;
    more.other_consent = rows.other_consent;
    more.gone = rows.gone;
    if let Some(business) = &config.business {
        more.worth = Worth::Given(business.clone());
    }
    let last = rows.now.iter().map(|r| r.night).max();
    let (data_hash, hashes) = store.data_hashes(&within(&period, &zone)?)?;
    let input = ReportInput {
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
        runs: runs_of(&runs, &rows.now),
        visits: counted(&rows.now),
        config_hash: config::measuring_hash(config),
        data_hash,
        data_until: last.unwrap_or(period.since),
        commands,
        paper,
        period,
        language,
    };
    Ok(Gathered {
        input,
        hashes,
        year,
        runs,
    })
}

/// The visits of a period.
fn within(period: &Period, zone: &TimeZone) -> anyhow::Result<VisitFilter> {
    Ok(VisitFilter {
        since: Some(midnight(period.since, zone)?),
        until: Some(midnight(period.until, zone)?),
        run: None,
    })
}

/// What became of the visits, warm-up left out.
fn counted(rows: &[VisitRow]) -> Counts {
    let mut counts = Counts::default();
    for row in rows.iter().filter(|r| !r.warm_up) {
        counts.add(row.state);
    }
    counts
}

/// The language that the report is written in.
///
/// # Errors
/// Exit 2 for a language file that cannot be read, with every place that is wrong in it.
pub(super) fn language(config: &Config) -> anyhow::Result<Language> {
    let file = match &config.report.language {
        ReportLanguage::BuiltIn(tag) => {
            return Language::built_in(tag).map_err(|known| {
                Failure::Usage(format!(
                    "`{tag}` is no language of the report\nhint: known: {}",
                    format::list(&known)
                ))
                .into()
            });
        }
        ReportLanguage::File(file) => file,
    };
    let text = std::fs::read_to_string(file).map_err(|error| {
        Failure::Usage(format!(
            "could not read the language file `{}`: {error}\nhint: `language` of [report] names it; `outpace report --print-language` writes one to begin with",
            file.display()
        ))
    })?;
    Language::read(&text).map_err(|problems| {
        Failure::Usage(format!(
            "the language file `{}` does not fit this version\n{problems}\nhint: `outpace report --print-language` writes the English one, which has every message",
            file.display()
        ))
        .into()
    })
}

fn page_field(config: &Config, input: &FieldInput<'_>, rows: &[VisitRow], kind: &str) -> PageField {
    let field = analysis::field(input, &scope(config, kind));
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
fn runs_of(runs: &[RunRow], rows: &[VisitRow]) -> Vec<RunRow> {
    let ids: BTreeSet<i64> = rows.iter().map(|r| r.run).collect();
    let of_rows = runs.iter().rev().filter(|r| ids.contains(&r.id));
    of_rows.cloned().collect()
}
