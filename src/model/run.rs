//! One execution of a plan: when, with what, on which host, and how far it came.

use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::line::ShapedBy;
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

impl HostFacts {
    /// By what the line of a profile was made, such as `our proxy in sydney`, one entry each; empty
    /// where nothing was shaped, or not known.
    #[must_use]
    pub fn shaped(&self, profile: &str) -> Vec<String> {
        let said = self.shaped_by(profile).into_iter();
        said.map(|(by, regions)| match regions.as_slice() {
            [] => by.to_string(),
            regions => format!("{by} in {}", super::format::list(regions)),
        })
        .collect()
    }

    /// By what the line of a profile was made, and in which regions, as far as that is known.
    #[must_use]
    pub fn shaped_by(&self, profile: &str) -> Vec<(ShapedBy, Vec<&str>)> {
        let mut by: Vec<(ShapedBy, Vec<&str>)> = Vec::new();
        let of_profile = self.applied.iter().filter(|a| a.profile == profile);
        for applied in of_profile.filter(|a| a.shaped_by != ShapedBy::Nothing) {
            let region = applied.region.as_str();
            match by.iter_mut().find(|(by, _)| *by == applied.shaped_by) {
                Some((_, regions)) if regions.contains(&region) => {}
                Some((_, regions)) => regions.push(region),
                None => by.push((applied.shaped_by, vec![region])),
            }
        }
        for (_, regions) in &mut by {
            regions.retain(|r| !r.is_empty());
        }
        by
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AppliedProfile, Device};

    #[test]
    fn a_line_is_told_with_what_made_it_and_where() {
        let applied = |region: &str, shaped_by, added_rtt_ms| AppliedProfile {
            profile: "phone".to_owned(),
            device: Device::Phone.numbers(),
            user_agent: String::new(),
            added_rtt_ms,
            network: String::new(),
            shaped_by,
            region: region.to_owned(),
        };
        let facts = HostFacts {
            applied: vec![
                applied("sydney", ShapedBy::Proxy, 0.0),
                applied("sydney", ShapedBy::Proxy, 90.0),
                applied("paris", ShapedBy::DevTools, 0.0),
                applied("perth", ShapedBy::Proxy, 0.0),
                applied("rome", ShapedBy::Nothing, 0.0),
            ],
            ..HostFacts::default()
        };
        assert_eq!(
            facts.shaped("phone"),
            ["our proxy in sydney and perth", "DevTools in paris"]
        );
        assert_eq!(facts.shaped("desktop"), [""; 0]);
    }
}
