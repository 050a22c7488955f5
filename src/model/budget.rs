//! `[[budget]]`: how slow our own site may be, said in advance.
//!
//! What a budget is held against, and whether it is, is `analysis::budget`'s.

use serde::{Deserialize, Serialize};

use super::format;
use super::metric::Metric;

/// What may not be exceeded. Values are in the metric's unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// The figure itself.
    AtMost(f64),
    /// How far behind the best overseas.
    BehindBest(f64),
    /// How much over the month before, in percent of it.
    OverLastMonth(f64),
}

/// One `[[budget]]`, for our own site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    /// What is limited.
    pub metric: Metric,
    /// Page kind; every page of ours when absent.
    pub page: Option<String>,
    /// Region id; the regions of the home market together when absent.
    pub region: Option<String>,
    /// Profile id; the first when absent.
    pub profile: Option<String>,
    /// The limit.
    pub limit: Limit,
}

impl Budget {
    /// What it demands, such as `main content shown (LCP) at most 1.0 s behind the best overseas`.
    #[must_use]
    pub fn demand(&self) -> String {
        let name = self.metric.label();
        match self.limit {
            Limit::AtMost(v) => format!("{name} at most {}", format::value(self.metric, v)),
            Limit::BehindBest(v) => format!(
                "{name} at most {} behind the best overseas",
                format::value(self.metric, v)
            ),
            Limit::OverLastMonth(percent) => {
                format!("{name} at most {percent} % over the month before")
            }
        }
    }
}
