//! The nouns of outpace: targets, pages, regions, profiles, metrics, visits and runs.
//!
//! Nothing here does anything but hold, name and print; every other layer may import it and it
//! imports none of them. What a figure means is said once, in [`metric`].

pub mod budget;
pub mod calibration;
pub mod control;
pub mod datum;
pub mod film;
pub mod format;
pub mod line;
pub mod manners;
pub mod message;
pub mod metric;
pub mod points;
pub mod region;
pub mod release;
pub mod request;
pub mod run;
pub mod secrets;
pub mod service;
pub mod settings;
pub mod target;
pub mod visit;
pub mod whole;

pub use budget::{Budget, Limit};
pub use calibration::Calibration;
pub use datum::{Datum, Table};
pub use film::{Film, Frame, Shot};
pub use line::{LineNumbers, LineProbe, Network, OwnNetwork, ShapedBy};
pub use manners::{Caused, Consent, ConsentState, HostMemory, HostStop, RobotsCopy};
pub use message::{Condition, Event, Facts, Message};
pub use metric::{Change, Direction, Metric, Unit, Values};
pub use points::{Point, PointPlace, Points};
pub use region::{
    AppliedProfile, Browser, Device, DeviceNumbers, DriverEndpoint, OwnDevice, Profile, ProxyKind,
    Region, Secret, Upstream,
};
pub use release::Release;
pub use request::{
    ConsoleLine, Header, Initiator, Phase, RequestDetail, RequestFact, Segment, Timing,
};
pub use run::{HostFacts, RunRow, RunState};
pub use secrets::Secrets;
pub use service::{
    Blackout, BlackoutEffect, ChannelConfig, ChannelKind, Lane, NightPlan, Overlap, Schedule,
};
pub use settings::{
    AlertSettings, Business, EvidenceSettings, Manners, Measure, Project, ReportLanguage,
    ReportSettings,
};
pub use target::{Page, Role, Target};
pub use visit::{
    Artefact, Attribution, Failure, FailureKind, Measurement, Outcome, PlannedVisit, Series,
    VisitRecord, VisitRow, VisitState,
};
pub use whole::{Kept, WholeVisit};
