//! `targets.toml`: what was written, what it means, and what is wrong with it.

mod alerts;
mod budgets;
mod business;
mod consent;
mod courtesy;
pub mod defaults;
pub mod diagnostic;
mod evidence;
mod hash;
mod instrument;
mod keys;
mod load;
mod page_kinds;
mod places;
mod profiles;
mod raw;
mod report;
mod resolve;
pub mod schema;
mod secret;
mod service;
pub mod starter;
mod suggest;
mod tree;
mod values;
mod variables;
mod walk;

#[cfg(test)]
mod tests;

pub use diagnostic::{Diagnostic, Severity, Source};
pub use evidence::KEPT as EVIDENCE_KEPT;
pub use hash::{measuring_hash, told_hashes};
pub use load::{Invalid, LoadError, Loaded, load, parse};
pub use schema::SCHEMA;
pub use starter::{Starter, starter};
pub use walk::Env;

use crate::model::{
    AlertSettings, Budget, Business, ChannelConfig, EvidenceSettings, Manners, Measure, NightPlan,
    Profile, Project, Region, ReportSettings, Schedule, Secrets, Target,
};
use serde::Serialize;

/// The meaning of a whole `targets.toml`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Config {
    /// `[project]`.
    pub project: Project,
    /// `[measure]`.
    pub measure: Measure,
    /// `[[target]]`, in the order of the file.
    pub targets: Vec<Target>,
    /// `[[region]]`, in the order of the file.
    pub regions: Vec<Region>,
    /// `[[profile]]`, in the order of the file.
    pub profiles: Vec<Profile>,
    /// `[manners]`.
    pub manners: Manners,
    /// `[schedule]`.
    pub schedule: Schedule,
    /// `[report]`.
    pub report: ReportSettings,
    /// `[business]`. Nobody's but the report's reader's, so it is written nowhere else.
    #[serde(skip)]
    pub business: Option<Business>,
    /// `[[notify]]`. Holds secrets, so it is never written anywhere.
    #[serde(skip)]
    pub channels: Vec<ChannelConfig>,
    /// `[[budget]]`.
    pub budgets: Vec<Budget>,
    /// `[alerts]`.
    pub alerts: AlertSettings,
    /// `[evidence]`.
    pub evidence: EvidenceSettings,
    /// `[control]`: a page that rides in every round and is compared with nothing but itself.
    pub control: Option<Target>,
    /// What `${NAME}` stood for in the file, so that it is written nowhere.
    #[serde(skip)]
    pub secrets: Secrets,
}

impl Config {
    /// The part of everything that a plan measures: a config of its own, with its own hash.
    #[must_use]
    pub fn narrowed(&self, plan: &NightPlan) -> Config {
        let of = |list: &[String], id: &str| list.is_empty() || list.iter().any(|l| l == id);
        let mut part = self.clone();
        part.targets.retain(|t| of(&plan.targets, &t.id));
        for target in &mut part.targets {
            target.pages.retain(|p| of(&plan.pages, &p.kind));
        }
        part.regions.retain(|r| of(&plan.regions, &r.id));
        part.profiles.retain(|p| of(&plan.profiles, &p.id));
        part.measure.rounds = plan.rounds.unwrap_or(part.measure.rounds);
        part
    }

    /// All that is visited: the targets, and the control page.
    pub fn visited(&self) -> impl Iterator<Item = &Target> {
        self.targets.iter().chain(&self.control)
    }

    /// Every night plan: `nightly` first, then `[[schedule.plan]]`.
    #[must_use]
    pub fn night_plans(&self) -> Vec<NightPlan> {
        let nightly = self.schedule.nightly.as_deref().map(NightPlan::nightly);
        nightly
            .into_iter()
            .chain(self.schedule.plans.iter().cloned())
            .collect()
    }
}

/// A duration as the file has it, such as `30d`, for flags.
///
/// # Errors
/// What is wrong with it, in words.
pub fn duration(text: &str) -> Result<std::time::Duration, String> {
    let written = values::Text {
        raw: text.to_owned(),
        value: text.to_owned(),
    };
    values::duration(&written).map_err(|problem| {
        let hint = problem.hint.map_or(String::new(), |h| format!("; {h}"));
        format!("{}{hint}", problem.label)
    })
}
