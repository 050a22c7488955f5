//! What the pages after the third are made from: the year behind, releases, regions, losses, parts.
//!
//! Plain data beside [`super::ReportInput`]'s fields; each part may be empty, and its page then
//! says so.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::analysis::Effect;
use crate::analysis::types::{Comparison, Counts, Field, NotRanked, RankRange};
use crate::model::{Business, Metric};

/// For whom a report is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Audience {
    /// Without the parts of the page and the machinery of the appendix.
    Marketing,
    /// Without the revenue panel.
    Engineering,
    /// All of it.
    #[default]
    Both,
}

/// Whether a report may leave the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// For our own people.
    #[default]
    Internal,
    /// With disclosures and without pictures of others' pages.
    External,
}

/// Three quartiles of some values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quartiles {
    /// Values.
    pub n: u32,
    /// 25th percentile, in the metric's unit.
    pub lower: f64,
    /// Median.
    pub median: f64,
    /// 75th percentile.
    pub upper: f64,
}

/// Seven nights.
#[derive(Debug, Clone, PartialEq)]
pub struct Week {
    /// The first of them.
    pub first: Date,
    /// Target id -> its quartiles; absent without values.
    pub sites: BTreeMap<String, Quartiles>,
}

/// A site in a month.
#[derive(Debug, Clone, PartialEq)]
pub struct MonthSite {
    /// What became of its visits.
    pub counts: Counts,
    /// Median, in the metric's unit.
    pub median: Option<f64>,
    /// Its place, or why there is none.
    pub rank: Result<RankRange, NotRanked>,
}

/// A calendar month of the headline's scope.
#[derive(Debug, Clone, PartialEq)]
pub struct Month {
    /// Its first day.
    pub first: Date,
    /// Target id -> what it was like.
    pub sites: BTreeMap<String, MonthSite>,
}

/// What a mark on our line of time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkKind {
    /// A release of ours.
    Release,
    /// A night on which a fifth of our visits or more failed.
    Incident,
    /// The instrument changed: from here on others measure.
    Method,
}

/// A mark on a line of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The night; of a release, its own date.
    pub date: Date,
    /// What it is.
    pub kind: MarkKind,
    /// Version, or a word.
    pub label: String,
}

/// A release of ours, as it was marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// The date on which it went live, in the project's zone.
    pub date: Date,
    /// Version.
    pub version: String,
    /// What it was, by whoever marked it.
    pub note: String,
}

/// A release of ours, or several that no night tells apart, and what the nights after say against
/// those before.
#[derive(Debug, Clone, PartialEq)]
pub struct Released {
    /// One or more, oldest first.
    pub marked: Vec<Marked>,
    /// Nights after against nights before; absent where either has none.
    pub effect: Option<Effect>,
    /// Valid visits before and after.
    pub visits: (u32, u32),
    /// Whether the instrument changed between the first night before and the last after.
    pub across_method: bool,
}

impl Released {
    /// How the nights after differ from those before.
    pub(crate) fn change(&self) -> Option<Comparison> {
        self.effect.map(|e| e.change)
    }
}

/// A site seen from one region in one profile, on the headline's page.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Target id.
    pub target: String,
    /// Region id.
    pub region: String,
    /// Profile id.
    pub profile: String,
    /// What became of the visits.
    pub counts: Counts,
    /// Median, in the metric's unit.
    pub median: Option<f64>,
}

/// What became of a site's visits, over all pages, regions and profiles.
#[derive(Debug, Clone, PartialEq)]
pub struct Reliability {
    /// Target id.
    pub target: String,
    /// Over the period.
    pub counts: Counts,
    /// By night, in order.
    pub nights: Vec<(Date, Counts)>,
    /// Quartiles of the headline's values.
    pub spread: Option<Quartiles>,
}

/// One metric of ours beside the benchmark's, on the headline's page.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Metric.
    pub metric: Metric,
    /// Our median and its values.
    pub own: (f64, u32),
    /// The benchmark's.
    pub best: (f64, u32),
}

/// A frame of a filmstrip: what had been painted at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// Milliseconds after navigation start.
    pub at_ms: f64,
    /// JPEG, in base64.
    pub jpeg: String,
}

/// The filmed visit of a site that lies nearest its median.
#[derive(Debug, Clone, PartialEq)]
pub struct Film {
    /// Target id.
    pub target: String,
    /// Id of the visit.
    pub visit: i64,
    /// Its night.
    pub night: Date,
    /// Region id.
    pub region: String,
    /// Profile id.
    pub profile: String,
    /// Pixels of a frame.
    pub size: (u32, u32),
    /// First content, milliseconds.
    pub fcp: Option<f64>,
    /// Main content, milliseconds.
    pub lcp: Option<f64>,
    /// Frames in order of time.
    pub frames: Vec<Frame>,
}

/// What the revenue panel may be made from.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Worth {
    /// There is no `[business]`.
    #[default]
    NotGiven,
    /// The field is seen with another's eyes, whose business nobody told.
    OfAnother,
    /// `[business]`.
    Given(Business),
}

/// How much of the data was simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Simulated {
    /// Visits of the period, warm-up left out.
    pub now: u32,
    /// Visits of the year behind, the period's own included.
    pub behind: u32,
}

/// Earlier reports that told the same nights otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restated {
    /// The latest that did, and the latest that counted otherwise, with that alone, where it is
    /// another.
    pub told: Vec<Earlier>,
    /// How many did so besides.
    pub more: u32,
}

/// An earlier report that told the same nights otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// The name of its copy in the archive.
    pub kept: String,
    /// By what it differs: one or more.
    pub reasons: Vec<Reason>,
}

/// Why an earlier report says otherwise. Counts are of valid, failed, blocked and not made visits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Visits of these nights.
    Data {
        /// What it counted.
        before: [u32; 4],
        /// What is counted of the same nights now.
        now: [u32; 4],
        /// Target id, with its counts then and now, the largest change first; empty where the
        /// earlier one kept none.
        sites: Vec<(String, [u32; 4], [u32; 4])>,
    },
    /// Visits of months that are looked back on: their first days.
    Months(Vec<Date>),
    /// Releases.
    Releases,
    /// Parts of the settings.
    Settings(Vec<String>),
    /// Figures of the same data, by another version of outpace.
    Version(String),
}

/// What the pages after the third are made from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct More {
    /// For whom.
    pub audience: Audience,
    /// For whose eyes.
    pub reach: Reach,
    /// The year behind by week, oldest first, the period's last night in the last.
    pub weeks: Vec<Week>,
    /// The year behind by month, oldest first, the period's last month last.
    pub months: Vec<Month>,
    /// Marks on our line, in order.
    pub marks: Vec<Mark>,
    /// Releases of the period, in order.
    pub releases: Vec<Released>,
    /// Nights of the period and of the one before it from which on the instrument is another, in
    /// order, the first of all left out; none where there is no period before.
    pub methods: Vec<Date>,
    /// The headline's page with each site seen from its own market; absent where no two sites
    /// have a region there, or where that is the view of the home market again.
    pub own_market: Option<Field>,
    /// Regions and profiles.
    pub places: Vec<Place>,
    /// Losses, in the order of the file.
    pub reliability: Vec<Reliability>,
    /// Ours beside the benchmark.
    pub parts: Vec<Part>,
    /// A film a site, in the order of the headline's field.
    pub films: Vec<Film>,
    /// The revenue panel's inputs.
    pub worth: Worth,
    /// Measured visits of the period that are left out, since another answer had been given to
    /// consent banners.
    pub other_consent: u32,
    /// Visits of the period that are left out, since the settings no longer have their site, page,
    /// region or profile.
    pub gone: u32,
    /// Whether there are nights before the period in the data.
    pub earlier: bool,
    /// What was simulated.
    pub simulated: Simulated,
    /// What a report of this period said before, if its data have changed since.
    pub restated: Option<Restated>,
}
