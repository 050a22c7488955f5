//! One visit: planned, carried out, stored and read back.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use url::Url;

use super::manners::Caused;
use super::metric::{Metric, Values};

/// One load that a plan asks for. `seq` is its number within the run and stays its name for ever.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedVisit {
    /// Number within the run, from 0.
    pub seq: u32,
    /// Round, 0 being the warm-up round.
    pub round: u32,
    /// Target id.
    pub target: String,
    /// Page kind.
    pub page: String,
    /// Region id.
    pub region: String,
    /// Profile id.
    pub profile: String,
    /// Address that is loaded.
    pub url: Url,
}

impl PlannedVisit {
    /// Warm-up visits are stored and marked, and left out of every figure.
    #[must_use]
    pub fn warm_up(&self) -> bool {
        self.round == 0
    }

    /// The host that is loaded; empty for an address without one.
    #[must_use]
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }
}

/// How a visit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VisitState {
    /// Measured.
    Ok,
    /// The site or the instrument failed.
    Failed,
    /// Refused or not the right page: unknown, never fast.
    Blocked,
    /// Planned and not made.
    Missed,
}

impl VisitState {
    /// The word in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            VisitState::Ok => "ok",
            VisitState::Failed => "failed",
            VisitState::Blocked => "blocked",
            VisitState::Missed => "missed",
        }
    }
}

impl fmt::Display for VisitState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that is no state of a visit or a run.
#[derive(Debug, thiserror::Error)]
#[error("unknown state `{0}`")]
pub struct UnknownState(pub String);

impl FromStr for VisitState {
    type Err = UnknownState;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        [Self::Ok, Self::Failed, Self::Blocked, Self::Missed]
            .into_iter()
            .find(|v| v.name() == s)
            .ok_or_else(|| UnknownState(s.to_owned()))
    }
}

/// Whose doing it is that a visit gave no values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailureKind {
    /// Browser, driver or probe: retried once in a fresh browser.
    Instrument,
    /// The site: never retried.
    Site,
    /// A refusal or the wrong page: unknown.
    Blocked,
    /// Not made (region down, cap reached, stopped).
    Missed,
}

impl FailureKind {
    /// The visit state that it leads to.
    #[must_use]
    pub fn state(self) -> VisitState {
        match self {
            FailureKind::Instrument | FailureKind::Site => VisitState::Failed,
            FailureKind::Blocked => VisitState::Blocked,
            FailureKind::Missed => VisitState::Missed,
        }
    }
}

/// Why there are no values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// Whose doing.
    pub kind: FailureKind,
    /// Short, stable word followed by the particulars, such as `status: 403` or
    /// `timeout: no load event within 60 s`. Never holds a secret.
    pub reason: String,
}

impl Failure {
    /// A failure of this kind and reason.
    #[must_use]
    pub fn new(kind: FailureKind, reason: impl Into<String>) -> Self {
        Failure {
            kind,
            reason: reason.into(),
        }
    }
}

/// What the site itself reports and what explains the figures.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attribution {
    /// CSS path of the LCP element.
    pub lcp_element: Option<String>,
    /// Address of the LCP resource, query values replaced.
    pub lcp_url: Option<String>,
    /// `server_timing:NAME`, `mark:NAME`, `measure:NAME` in milliseconds.
    pub custom: BTreeMap<String, f64>,
    /// Script address -> milliseconds on the main thread in frames over 50 ms.
    pub scripts: BTreeMap<String, f64>,
    /// Messages of uncaught exceptions and console errors, shortened.
    pub errors: Vec<String>,
}

/// All values of one visit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// The metrics.
    pub values: Values,
    /// Explanations.
    pub attribution: Attribution,
    /// Marks such as `never_quiet`, `retried`.
    pub flags: Vec<String>,
    /// Address at the end, query values replaced.
    pub final_url: Option<String>,
    /// Title at the end, shortened.
    pub title: Option<String>,
}

/// Why there is a measurement, or why there is none.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Measured.
    Measured(Box<Measurement>),
    /// Not measured. What the browser still said is kept (final URL, title, flags).
    NotMeasured(Failure, Box<Measurement>),
}

impl Outcome {
    /// A failure with nothing else known.
    #[must_use]
    pub fn failed(failure: Failure) -> Self {
        Outcome::NotMeasured(failure, Box::default())
    }

    /// The visit state.
    #[must_use]
    pub fn state(&self) -> VisitState {
        match self {
            Outcome::Measured(_) => VisitState::Ok,
            Outcome::NotMeasured(f, _) => f.kind.state(),
        }
    }
}

/// A piece of evidence of one visit, ready to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Artefact {
    /// `screenshot`, `requests` (JSON, `Vec<RequestFact>`), `console` (JSON, `Vec<ConsoleLine>`) or
    /// `film` (JSON).
    pub kind: &'static str,
    /// Media type of the uncompressed body.
    pub media_type: &'static str,
    /// The body, uncompressed.
    pub body: Vec<u8>,
}

/// A finished visit, as `measure` hands it to whoever stores it.
#[derive(Debug, Clone, PartialEq)]
pub struct VisitRecord {
    /// Number within the run.
    pub seq: u32,
    /// When the session was asked for.
    pub started_at: Timestamp,
    /// The whole visit, session start to session end, milliseconds.
    pub duration_ms: f64,
    /// Values or why there are none.
    pub outcome: Outcome,
    /// Environment id: no test compares across a change of it without saying so.
    pub environment: String,
    /// Evidence.
    pub artefacts: Vec<Artefact>,
    /// What it caused at its site.
    pub caused: Caused,
}

/// Target x page x region x profile x metric: what a figure belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Series {
    /// Target id.
    pub target: String,
    /// Page kind.
    pub page: String,
    /// Region id.
    pub region: String,
    /// Profile id.
    pub profile: String,
    /// Metric.
    pub metric: Metric,
}

/// One row of view `visit`, as analysis, report and export read it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VisitRow {
    /// Id in the database.
    pub id: i64,
    /// Run id.
    pub run: i64,
    /// Round, 0 being the warm-up round.
    pub round: u32,
    /// Left out of every figure.
    pub warm_up: bool,
    /// Target id.
    pub target: String,
    /// Page kind.
    pub page: String,
    /// Region id.
    pub region: String,
    /// Profile id.
    pub profile: String,
    /// The night it belongs to: the date, in the project's zone, on which its run started.
    pub night: Date,
    /// When it started; absent for a visit that was not made.
    pub started_at: Option<Timestamp>,
    /// Session start to session end, milliseconds.
    pub duration_ms: Option<f64>,
    /// How it ended.
    pub state: VisitState,
    /// Why it has no values.
    pub reason: Option<String>,
    /// Marks.
    pub flags: Vec<String>,
    /// Environment id.
    pub environment: Option<String>,
    /// The metrics.
    pub values: Values,
}

impl VisitRow {
    /// Whether it counts in figures: measured, and not a warm-up.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.state == VisitState::Ok && !self.warm_up
    }

    /// The value of a metric if the visit counts.
    #[must_use]
    pub fn value(&self, metric: Metric) -> Option<f64> {
        if self.counts() {
            self.values.get(metric)
        } else {
            None
        }
    }
}
