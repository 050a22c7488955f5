//! `targets.toml`: what was written, what it means, and what is wrong with it.

mod budgets;
mod courtesy;
pub mod defaults;
pub mod diagnostic;
mod evidence;
mod hash;
mod keys;
mod load;
mod page_kinds;
mod places;
mod profiles;
mod raw;
mod resolve;
pub mod schema;
mod secret;
pub mod starter;
mod suggest;
mod tree;
mod values;
mod variables;
mod walk;

#[cfg(test)]
mod tests;

pub use diagnostic::{Diagnostic, Severity, Source};
pub use hash::measuring_hash;
pub use load::{Invalid, LoadError, Loaded, load, parse};
pub use schema::SCHEMA;
pub use starter::{Starter, starter};
pub use walk::Env;

use crate::model::{
    Budget, EvidenceSettings, Manners, Measure, Profile, Project, Region, ReportSettings, Schedule,
    Secrets, Target,
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
    /// `[[budget]]`, in the order of the file.
    pub budgets: Vec<Budget>,
    /// `[evidence]`.
    pub evidence: EvidenceSettings,
    /// What `${NAME}` stood for in the file, so that it is written nowhere.
    #[serde(skip)]
    pub secrets: Secrets,
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
