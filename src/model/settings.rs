//! What the tables of `targets.toml` besides targets, regions and profiles mean.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

/// `[project]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Project {
    /// Name for people; heads the report.
    pub name: String,
    /// IANA zone in which nights and months are counted.
    pub timezone: String,
    /// Our own market; a target of another market is overseas.
    pub home_market: String,
    /// Id of the overseas target that is the benchmark, whoever is fastest; chosen on the data
    /// when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Absolute path of the SQLite file.
    pub database: PathBuf,
    /// Page that says who measures; goes into the user agent.
    pub contact: Url,
    /// Page that answers with the address it was asked from, for `outpace doctor`.
    #[serde(default)]
    pub egress: Option<Url>,
}

/// `[measure]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// Rounds besides the warm-up round.
    pub rounds: u32,
    /// How long nothing may be in flight and no long task may run before a page is complete.
    pub quiet: Duration,
    /// Cap on one page load, quiet window included.
    pub timeout: Duration,
    /// How long a visit on this machine waits at most for the machine to be calm; zero: it does
    /// not look.
    pub calm: Duration,
}

/// `[manners]` towards rivals; own targets have no distance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manners {
    /// Least time between two loads of one rival host.
    pub distance: Duration,
    /// Cap on page views a rival in 24 hours.
    pub daily_page_views: u32,
    /// Cap on bytes a rival in 24 hours.
    pub daily_bytes: u64,
    /// Whether known analytics beacons of rivals' pages are dropped.
    pub block_beacons: bool,
    /// Beacons besides the known ones: hosts, or a host and the start of a path.
    pub beacons: Vec<String>,
}

/// `[alerts]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertSettings {
    /// False alerts of "slower" (lane B) that are put up with, a month, over all series of our own
    /// sites.
    pub false_a_month: f64,
}

/// `[evidence]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvidenceSettings {
    /// How long evidence is kept that nothing points at.
    pub keep: Duration,
}

/// `[business]`: what a second may be worth, by the user's own figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Business {
    /// Visits of customers a month.
    pub visits_per_month: u64,
    /// Share of visits that order.
    pub conversion: f64,
    /// Value of an order.
    pub order_value: f64,
    /// Currency, as printed.
    pub currency: String,
    /// Share of orders won by a second less, least and most.
    pub per_second: (f64, f64),
    /// Largest difference for which that was measured.
    pub cap: Duration,
    /// Where the range comes from.
    pub source: String,
}

/// `[report]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportSettings {
    /// What people expect, milliseconds of main content shown (default 3 s).
    pub expectation: Duration,
    /// What leaders reach, milliseconds of main content shown (default 2 s).
    pub leaders: Duration,
    /// In which language it is written (default English).
    #[serde(default)]
    pub language: ReportLanguage,
    /// Where the folder `reports` is served, for links in mails (default: a link to the file).
    #[serde(default)]
    pub url: Option<Url>,
}

/// `[report] language`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReportLanguage {
    /// One that comes with the program, by its tag (BCP 47).
    BuiltIn(String),
    /// A language file.
    File(PathBuf),
}

impl ReportLanguage {
    /// Tags of those that come with the program, the default first.
    pub const BUILT_IN: [&'static str; 1] = ["en"];
}

impl Default for ReportLanguage {
    fn default() -> Self {
        ReportLanguage::BuiltIn(Self::BUILT_IN[0].to_owned())
    }
}
