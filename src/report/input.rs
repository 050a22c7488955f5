//! All that the report is made from, gathered by whoever calls it.
//!
//! Plain data: nothing here reads a database, a clock or a file. Everything that is printed comes
//! out of this, so that the same input gives the same bytes.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::language::Language;
use super::more::More;
use crate::analysis::types::{Counts, Field, Summary};
use crate::model::{
    Manners, Measure, Profile, Project, Region, ReportSettings, RunRow, Series, Target, VisitState,
};

/// Size of the printed sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Paper {
    /// 210 x 297 mm.
    #[default]
    A4,
    /// 8.5 x 11 in.
    Letter,
}

/// What kind of stretch a period is, for words such as "this month".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodKind {
    /// A calendar month.
    Month,
    /// One night.
    Night,
    /// Any other stretch of days.
    Span,
}

/// The period before one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// The month that begins on this day.
    Month(Date),
    /// So many nights.
    Nights(u32),
}

/// The stretch of nights that the report is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// First night.
    pub since: Date,
    /// The day after the last night.
    pub until: Date,
    /// The period before, if there is one in the data.
    pub before: Option<Before>,
    /// What kind of stretch it is.
    pub kind: PeriodKind,
}

/// One page kind as customers of the home market meet it, in the first profile.
#[derive(Debug, Clone, PartialEq)]
pub struct PageField {
    /// The comparison.
    pub field: Field,
    /// Target id -> each value of the field's metric. Needed where too few nights give no
    /// interval, so that the chart can show every value; may be empty elsewhere.
    pub values: BTreeMap<String, Vec<f64>>,
}

/// Visits of one target that gave no values, by reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// Failed, blocked or missed.
    pub state: VisitState,
    /// The reason as stored, such as `status: 403`.
    pub reason: String,
    /// Visits.
    pub visits: u32,
}

/// One line of the appendix.
#[derive(Debug, Clone, PartialEq)]
pub struct AppendixRow {
    /// What it is about.
    pub series: Series,
    /// Its figures.
    pub summary: Summary,
    /// Reason -> visits that were failed, blocked or missed for it.
    pub causes: BTreeMap<String, u32>,
}

/// The commands that make figures of a report again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commands {
    /// The report.
    pub report: String,
    /// Medians, intervals, gaps and places, as numbers.
    pub standing: String,
    /// The same, each site in its own home market.
    pub own_market: String,
}

/// All that the report is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportInput {
    /// `[project]`.
    pub project: Project,
    /// Targets in the order of the file.
    pub targets: Vec<Target>,
    /// Regions in the order of the file.
    pub regions: Vec<Region>,
    /// Profiles in the order of the file; the first is that of the fields.
    pub profiles: Vec<Profile>,
    /// `[measure]`.
    pub measure: Measure,
    /// `[manners]`.
    pub manners: Manners,
    /// `[report]`.
    pub settings: ReportSettings,
    /// The stretch of nights.
    pub period: Period,
    /// One field a page kind, our own page kinds first, in the order of the file.
    pub fields: Vec<PageField>,
    /// What the pages after the third are made from.
    pub more: More,
    /// Target id -> what was lost in the scope of the fields.
    pub lost: BTreeMap<String, Vec<Lost>>,
    /// Every target x page x region x profile, in the order in which it is printed.
    pub appendix: Vec<AppendixRow>,
    /// Runs of the period, in order of their start.
    pub runs: Vec<RunRow>,
    /// All visits of the period, warm-up left out.
    pub visits: Counts,
    /// Hash of the measuring part of the config.
    pub config_hash: String,
    /// Hash of the rows that the report rests on.
    pub data_hash: String,
    /// Last night in the data: the date that the report bears.
    pub data_until: Date,
    /// The commands that make its figures again.
    pub commands: Commands,
    /// Sheet to print on.
    pub paper: Paper,
    /// The language it is written in.
    pub language: Language,
}
