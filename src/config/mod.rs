//! `targets.toml`: what was written, what it means, and what is wrong with it.

mod budgets;
mod courtesy;
pub mod defaults;
pub mod diagnostic;
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
    Budget, Manners, Measure, Profile, Project, Region, ReportSettings, Schedule, Secrets, Target,
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
    /// What `${NAME}` stood for in the file, so that it is written nowhere.
    #[serde(skip)]
    pub secrets: Secrets,
}
