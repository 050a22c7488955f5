//! The results of analysis: summaries, comparisons, the benchmark and the field.
//!
//! Plain data, so that report, terminal and export read the same figures. How they are come by is
//! in the modules beside this one; methods and defaults are those of `statistics.md` (c) and (d).

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::model::Metric;

/// A point with its lower and upper bound at a level such as 0.95.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The estimate.
    pub point: f64,
    /// Lower bound.
    pub lower: f64,
    /// Upper bound.
    pub upper: f64,
    /// Nominal coverage, 0.80 or 0.95.
    pub level: f64,
}

impl Interval {
    /// Whether zero lies outside.
    #[must_use]
    pub fn excludes_zero(&self) -> bool {
        self.lower > 0.0 || self.upper < 0.0
    }
}

/// What a field is about: one page kind and metric, one profile, seen from some regions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scope {
    /// Page kind.
    pub page: String,
    /// Region ids whose visits are pooled, such as those of the home market.
    pub regions: Vec<String>,
    /// Own-market view: target id -> the regions of its own market, which may be none. A target
    /// is then seen from these alone, and pairs are made by night, whatever the region. Empty in
    /// the view of the home market's customers, where all are seen from `regions`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub own_market: BTreeMap<String, Vec<String>>,
    /// Profile id.
    pub profile: String,
    /// Metric.
    pub metric: Metric,
}

impl Scope {
    /// The regions from which a target is seen.
    #[must_use]
    pub fn regions_of(&self, target: &str) -> &[String] {
        if self.own_market.is_empty() {
            return &self.regions;
        }
        self.own_market.get(target).map_or(&[], Vec::as_slice)
    }

    /// What a target's region is paired by: its place in the scope, or one and the same for all
    /// where each is seen from another place.
    pub(crate) fn pair_key(&self, region: usize) -> usize {
        if self.own_market.is_empty() {
            region
        } else {
            0
        }
    }
}

/// How many visits were planned (warm-up left out) and what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All but warm-up visits.
    pub attempted: u32,
    /// Measured.
    pub valid: u32,
    /// Failed.
    pub failed: u32,
    /// Blocked: unknown, never fast.
    pub blocked: u32,
    /// Not made.
    pub missed: u32,
}

/// One target in a scope: all of its visits in the period, summed up.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// What became of the visits.
    pub counts: Counts,
    /// Values that the figures rest on.
    pub n: u32,
    /// Nights with at least one value.
    pub nights: u32,
    /// Median in the metric's unit (Harrell-Davis from 5 values on, else type 7), absent without values.
    pub median: Option<f64>,
    /// 75th percentile (Harrell-Davis from 40 values on, else type 7).
    pub p75: Option<f64>,
    /// 95th percentile (type 7).
    pub p95: Option<f64>,
    /// 95 % interval of the median (delete-one-night jackknife); absent under 6 nights.
    pub interval95: Option<Interval>,
    /// 80 % interval of the median, likewise.
    pub interval80: Option<Interval>,
}

/// What may be said of one sample against another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The interval of the paired difference excludes zero, and it is at least 5 % and 100 ms
    /// (for times) in favour of the candidate. Between two sites that are both ranked, the ranking
    /// has to be as sure of it.
    Faster,
    /// The same against the candidate.
    Slower,
    /// An interval exists, and the above does not hold.
    Level,
    /// No interval can be had from so few pairs or nights, or it excludes zero and the ranking of
    /// all sites at once leaves it open.
    CannotTell,
}

/// Candidate against baseline, paired by night (a period) or by round and region (one night).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Comparison {
    /// Pairs: nights, or rounds x regions of a single night.
    pub pairs: u32,
    /// Difference of the two medians, candidate minus baseline, in the metric's unit.
    pub difference: f64,
    /// The same as a share of the baseline: Hodges-Lehmann of the paired ln differences, as
    /// `exp(h) - 1`; absent without pairs or for metrics that may be 0.
    pub relative: Option<f64>,
    /// 95 % interval of that share; absent where too few pairs cannot give one.
    pub relative95: Option<Interval>,
    /// 95 % interval of the difference in the metric's unit: `relative95` times the baseline's median.
    pub difference95: Option<Interval>,
    /// What may be said.
    pub relation: Relation,
}

/// Places that the data leave open, 1 being the best; holds for all targets at once with 95 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RankRange {
    /// Best place.
    pub lo: u32,
    /// Worst place.
    pub hi: u32,
    /// Of how many.
    pub of: u32,
}

/// Why a field or a target has no rank.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum NotRanked {
    /// Under 14 nights.
    TooFewNights {
        /// Nights there are.
        nights: u32,
        /// Nights needed.
        needed: u32,
    },
    /// Under 30 valid visits.
    TooFewVisits {
        /// Valid visits there are.
        valid: u32,
        /// Valid visits needed.
        needed: u32,
    },
    /// Over 20 % blocked or failed.
    TooManyLost {
        /// Blocked or failed.
        lost: u32,
        /// Attempted.
        attempted: u32,
    },
    /// Nothing was measured.
    NoData,
    /// Only one target has this page kind.
    Alone,
    /// Others have the page kind, but none of them has data enough to be ranked against.
    NoOther,
}

/// One target's place in a field.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Standing {
    /// Target id.
    pub target: String,
    /// Its figures.
    pub summary: Summary,
    /// Its rank, or why it has none.
    pub rank: Result<RankRange, NotRanked>,
    /// Whether the data cannot rule it out as the best overseas: see [`Benchmark::could_be_best`].
    pub could_be_best: bool,
    /// This target (candidate) against ours (baseline); absent for ours, or where one has no values.
    pub versus_own: Option<Comparison>,
    /// This target (candidate) against the benchmark (baseline); absent for the benchmark itself,
    /// or where one has no values.
    pub versus_best: Option<Comparison>,
}

/// How the benchmark was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChosenBy {
    /// Named in the config, whoever is fastest.
    Reference,
    /// On the month before (no winner's curse).
    PreviousMonth,
    /// First month: cross-fit over odd and even blocks of three nights.
    CrossFit,
    /// Under 14 nights: the lowest median of what there is. Not yet sure.
    LowestMedian,
}

/// Who was the benchmark of the period before, and what the period before that one said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Incumbent {
    /// Target id.
    pub target: String,
    /// Target id of the overseas site that was ahead two periods before, if one was.
    pub led_before: Option<String>,
}

/// The overseas target that a page kind is held against, with how sure it is that this is the best.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Benchmark {
    /// Target id.
    pub target: String,
    /// How it was chosen.
    pub chosen_by: ChosenBy,
    /// The overseas target that would be the benchmark, named in the config or chosen on the month
    /// before, had it been measured well enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<String>,
    /// All overseas targets that the data cannot rule out as best: the benchmark first, if it is one
    /// of them, then the others by median, then those that were measured in the period before (or
    /// are the reference) and not in this one: what was not measured is unknown, never slow.
    pub could_be_best: Vec<String>,
}

impl Benchmark {
    /// Whether it is the best overseas: the data leave nobody else.
    #[must_use]
    pub fn is_the_best(&self) -> bool {
        !self.is_ruled_out() && self.could_be_best.len() == 1
    }

    /// Whether the data say that another is the best overseas.
    #[must_use]
    pub fn is_ruled_out(&self) -> bool {
        !self.could_be_best.contains(&self.target)
    }
}

/// What the period of a field is made of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Nights {
    /// Nights with at least one counting visit, in order.
    pub dates: Vec<Date>,
}

/// All targets that have a page kind, compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Field {
    /// What it is about.
    pub scope: Scope,
    /// Its nights.
    pub nights: Nights,
    /// Measured targets by median, then those without values in the order of the file.
    pub standings: Vec<Standing>,
    /// The overseas benchmark; absent when no overseas target has values.
    pub benchmark: Option<Benchmark>,
    /// Why nobody is ranked, if so.
    pub not_ranked: Option<NotRanked>,
    /// Ours in this period (candidate) against ours in the period before (baseline).
    pub own_change: Option<Comparison>,
    /// Our gap to the benchmark (ours less its) in this period against that in the period before, in
    /// the metric's unit, without a share: `Faster` means that it narrowed, or our lead grew. Absent
    /// unless the same benchmark was measured in both.
    pub gap_change: Option<Comparison>,
}
