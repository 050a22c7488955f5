//! Where everything goes that the runner says of a night, and how the night ended.

use std::collections::BTreeMap;

use super::disk::{self, Room};
use super::instrument::{calibrations, environments, host_facts};
use super::progress::Progress;
use crate::config::Config;
use crate::measure::{Probed, Probes, RunEvent};
use crate::model::{
    ConsentState, HostFacts, HostStop, Outcome, PlannedVisit, VisitRecord, VisitState,
};
use crate::store::Store;

/// How a run ended.
#[derive(Debug, Default)]
pub struct Ended {
    /// Run id.
    pub run: i64,
    /// Visits by state, this process's only.
    pub ok: u32,
    /// Failed.
    pub failed: u32,
    /// Blocked.
    pub blocked: u32,
    /// Missed.
    pub missed: u32,
    /// Planned and without a state: the run was stopped.
    pub left: u32,
    /// How long it took.
    pub seconds: u64,
    /// Regions that could not be used, with the reason.
    pub down: BTreeMap<String, String>,
    /// Reasons of blocked, failed and missed visits, with how many.
    pub reasons: BTreeMap<String, u32>,
}

impl Ended {
    fn count(&mut self, state: VisitState, target: &str, reason: Option<&str>) {
        let n = match state {
            VisitState::Ok => &mut self.ok,
            VisitState::Failed => &mut self.failed,
            VisitState::Blocked => &mut self.blocked,
            VisitState::Missed => &mut self.missed,
        };
        *n += 1;
        if let Some(reason) = reason {
            let key = format!("{target}: {state} ({reason})");
            *self.reasons.entry(key).or_default() += 1;
        }
    }
}

/// Where everything goes that the runner says: the store, the terminal, the closing lines.
pub(super) struct Book<'a> {
    pub(super) config: &'a Config,
    pub(super) store: &'a mut Store,
    pub(super) progress: Progress,
    pub(super) ended: Ended,
    pub(super) probes: Probes,
    pub(super) host: HostFacts,
    /// Environment ids of regions that came late, by region and profile.
    pub(super) late: BTreeMap<(String, String), String>,
}

impl Book<'_> {
    /// Stores and shows.
    pub(super) fn take(&mut self, event: RunEvent) -> anyhow::Result<()> {
        match event {
            RunEvent::Started(visit) => self.progress.started(&visit),
            RunEvent::RegionDown { region, reason } => {
                self.progress.say(&format!("region `{region}`: {reason}"));
                self.ended.down.insert(region, reason);
            }
            RunEvent::RegionBack { region, probed } => {
                self.progress.say(&format!("region `{region}` is back"));
                self.ended.down.remove(&region);
                if let Some(probed) = probed {
                    self.came(region, *probed)?;
                }
            }
            RunEvent::HostStopped(stop) => {
                self.store.stop_host(self.ended.run, &stop)?;
                let HostStop { host, reason, .. } = &stop;
                self.progress.say(&format!(
                    "`{host}` told us to wait ({reason}): left alone tonight"
                ));
            }
            RunEvent::Finished(visit, record) => self.finished(&visit, *record)?,
        }
        Ok(())
    }

    /// A region came after the run had begun: what it is stands with the run as if it had been there.
    fn came(&mut self, region: String, probed: Probed) -> anyhow::Result<()> {
        self.probes.insert(region.clone(), Ok(probed));
        let lines = std::mem::take(&mut self.host.lines);
        let calibration = calibrations(self.config, &self.probes, self.store)?;
        self.host = host_facts(self.config, &self.probes, lines, calibration);
        self.store.set_host_facts(self.ended.run, &self.host)?;
        let mut all = environments(self.config, &self.probes);
        all.retain(|(of, _), _| *of == region);
        self.late.extend(all);
        Ok(())
    }

    fn finished(&mut self, visit: &PlannedVisit, mut record: VisitRecord) -> anyhow::Result<()> {
        let room = disk::room(self.config);
        if room != Room::Enough {
            record.artefacts.clear();
        }
        let key = (visit.region.clone(), visit.profile.clone());
        if let (Some(id), false) = (self.late.get(&key), record.environment.is_empty()) {
            let answer = ConsentState::of_environment(&record.environment);
            record.environment = answer.within(id);
        }
        let id = self.store.finish_visit(self.ended.run, &record)?;
        let state = record.outcome.state();
        tracing::info!(
            run = self.ended.run,
            visit = id,
            target = visit.target,
            ?state,
            "stored"
        );
        self.progress.finished(visit, &record);
        self.ended.left -= 1;
        let reason = match &record.outcome {
            Outcome::Measured(_) => None,
            Outcome::NotMeasured(failure, _) => Some(failure.reason.as_str()),
        };
        self.ended.count(state, &visit.target, reason);
        if room == Room::None {
            anyhow::bail!("{}", disk::too_full(self.config));
        }
        Ok(())
    }
}
