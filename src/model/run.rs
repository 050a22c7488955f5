//! One execution of a plan: when, with what, on which host, and how far it came.

use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::visit::UnknownState;

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// Begun, with visits left.
    Unfinished,
    /// Every planned visit has a state.
    Finished,
    /// Left behind: a newer run was begun in its place.
    Abandoned,
}

impl RunState {
    /// The word in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            RunState::Unfinished => "unfinished",
            RunState::Finished => "finished",
            RunState::Abandoned => "abandoned",
        }
    }
}

impl FromStr for RunState {
    type Err = UnknownState;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        [Self::Unfinished, Self::Finished, Self::Abandoned]
            .into_iter()
            .find(|v| v.name() == s)
            .ok_or_else(|| UnknownState(s.to_owned()))
    }
}

/// What measured: stored with a run, hashed into environment ids.
/// A fact that is new in a later version is empty in a run of an older one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HostFacts {
    /// Version of outpace.
    pub tool: String,
    /// Operating system and architecture.
    pub platform: String,
    /// Processor cores.
    pub cores: u32,
    /// Host name, hashed, so that two probes differ and nothing is told.
    pub host: String,
    /// Region id -> browser name and version.
    pub browsers: std::collections::BTreeMap<String, String>,
    /// Region id -> driver version.
    pub drivers: std::collections::BTreeMap<String, String>,
    /// Region id -> the final browser switches.
    pub switches: std::collections::BTreeMap<String, Vec<String>>,
    /// Per region and profile, what was applied.
    pub applied: Vec<super::region::AppliedProfile>,
    /// What a probe found of every line that our proxy makes.
    pub lines: Vec<super::line::LineProbe>,
    /// Region id -> how fast its browser's machine is.
    pub calibration: std::collections::BTreeMap<String, super::Calibration>,
    /// Load average of this machine's last minute when the run began; absent where the system
    /// does not say.
    pub load_before: Option<f64>,
    /// The same when it ended.
    pub load_after: Option<f64>,
    /// What a reader of this run's figures must know, such as a line that is not what was asked.
    pub marks: Vec<String>,
}

/// One row of view `run`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunRow {
    /// Id.
    pub id: i64,
    /// Start.
    pub started_at: Timestamp,
    /// End; absent while unfinished.
    pub finished_at: Option<Timestamp>,
    /// Where it stands.
    pub state: RunState,
    /// Seed of the order, printed as hexadecimal.
    pub seed: u64,
    /// Hash of the measuring part of the config.
    pub config_hash: String,
    /// Rounds besides the warm-up round.
    pub rounds: u32,
    /// Visits planned.
    pub planned: u32,
    /// Visits measured, warm-up included.
    pub ok: u32,
    /// Visits failed.
    pub failed: u32,
    /// Visits blocked.
    pub blocked: u32,
    /// Visits missed.
    pub missed: u32,
    /// What measured.
    pub host: HostFacts,
}
