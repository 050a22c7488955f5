//! The runner: carries a plan out, politely and without leaving anything behind, and says what
//! happened. It stores nothing: whoever listens to its [`RunEvent`]s does.
//!
//! Layer: imports `model`, `plan`, `browser`, `network` and `vitals`.

mod absence;
pub mod calm;
mod carry;
pub mod consent;
pub mod job;
mod late;
pub mod manners;
pub mod pairs;
pub mod probe;
pub mod record;
pub mod runner;
mod shared;
pub mod site;
pub mod survey;
pub mod visit;

pub use job::{Job, RunEvent, Stop};
pub use manners::{Standing, distance};
pub use probe::{ProbeError, Probed, Probes};
pub use runner::run;
pub use site::{Machine, Place};
