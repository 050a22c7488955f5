//! What a run is asked for and what it says while it works. How it is carried out is in `runner`.

use std::collections::BTreeMap;

use tokio::sync::watch;

use super::manners::Standing;
use super::probe::{Probed, Surroundings};
use crate::model::{
    Calibration, HostStop, Manners, Measure, PlannedVisit, Profile, Region, Target, VisitRecord,
};

/// What the runner says while it works.
#[derive(Debug)]
pub enum RunEvent {
    /// A visit begins.
    Started(PlannedVisit),
    /// A visit has ended, one way or another.
    Finished(PlannedVisit, Box<VisitRecord>),
    /// A rival's host told us to wait; its visits that are left are missed.
    HostStopped(HostStop),
    /// A region is given up; its visits that are left are missed.
    RegionDown {
        /// Region id.
        region: String,
        /// Why.
        reason: String,
    },
    /// A region that gave no browser gives one again.
    RegionBack {
        /// Region id.
        region: String,
        /// What it is, where it is heard of for the first time.
        probed: Option<Box<Probed>>,
    },
}

/// Asks a run to stop after the visits in hand.
pub type Stop = watch::Receiver<bool>;

/// All that a run needs to know.
#[derive(Debug)]
pub struct Job {
    /// Targets by id.
    pub targets: BTreeMap<String, Target>,
    /// Regions.
    pub regions: Vec<Region>,
    /// Profiles by id.
    pub profiles: BTreeMap<String, Profile>,
    /// Rounds, quiet, timeout.
    pub measure: Measure,
    /// Distance and caps.
    pub manners: Manners,
    /// Contact that goes into the user agent.
    pub contact: url::Url,
    /// Version that goes into the user agent and the environment.
    pub tool: String,
    /// Visits to make, in order.
    pub visits: Vec<PlannedVisit>,
    /// How we stand with rivals.
    pub standing: Standing,
    /// Addresses that rivals' pages may not load, as the browser is told them.
    pub blocked: Vec<String>,
    /// Median bytes of earlier visits, by target, page, region and profile.
    pub usual: BTreeMap<[String; 4], f64>,
    /// Seed of the jitter.
    pub seed: u64,
    /// What the names of our sessions on a Grid begin with.
    pub owner: String,
    /// With what regions that gave no browser before the run are tried again; `None`: they are not.
    pub late: Option<Surroundings>,
    /// Whether the demo's sites are served on this machine, which only our proxy finds.
    pub served_here: bool,
    /// How fast the machines of the regions' browsers are, by region.
    pub calibration: BTreeMap<String, Calibration>,
    /// Environment id by (region, profile).
    pub environments: BTreeMap<(String, String), String>,
}
