//! What the workers of a run share: the job, the gate of the hosts, the regions, and who is told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, mpsc};

use super::absence::OfRegion;
use super::job::{Job, RunEvent, Stop};
use super::manners::Courtesy;
use super::probe::Probes;
use super::record::missed_record;
use crate::model::{PlannedVisit, Region};
use crate::plan::Gate;

/// What the workers of a run share.
pub(super) struct Shared {
    pub(super) job: Job,
    pub(super) regions: BTreeMap<String, Arc<OfRegion>>,
    /// Regions that came after the run had begun.
    pub(super) late: Mutex<Probes>,
    pub(super) begun: Instant,
    pub(super) gate: Mutex<Inner>,
    pub(super) freed: Notify,
    pub(super) events: mpsc::Sender<RunEvent>,
    pub(super) stop: Stop,
}

/// Hosts, and how we stand with them.
pub(super) struct Inner {
    pub(super) gate: Gate,
    pub(super) courtesy: Courtesy,
}

impl Shared {
    /// How long a region is waited for: as long as another one is measured, and its own time.
    pub(super) fn patience(&self, region: &Region) -> Duration {
        let mut others = self.regions.iter().filter(|(id, _)| **id != region.id);
        if others.any(|(_, r)| r.at_work()) {
            Duration::MAX
        } else {
            region.wait
        }
    }

    /// Says that a region gives no browser for now. `false`: nobody listens any more.
    pub(super) async fn away(&self, region: &str, why: &str) -> bool {
        let event = RunEvent::RegionDown {
            region: region.to_owned(),
            reason: format!("no browser, waiting for it: {why}"),
        };
        self.events.send(event).await.is_ok()
    }

    /// Says that a region is given up, and that its visits are missed: those in hand, and those left.
    pub(super) async fn give_up(&self, region: &str, in_hand: Vec<PlannedVisit>, why: &str) {
        let left = std::mem::take(&mut *lock(&self.regions[region].left));
        let why = why.lines().next().unwrap_or_default();
        let reason = format!("region down: {why}");
        let event = RunEvent::RegionDown {
            region: region.to_owned(),
            reason: reason.clone(),
        };
        let mut told = self.events.send(event).await.is_ok();
        for visit in in_hand.into_iter().chain(left) {
            told = told && self.missed(visit, &reason).await;
        }
    }

    pub(super) async fn missed(&self, visit: PlannedVisit, reason: &str) -> bool {
        let record = missed_record(&visit, reason);
        let event = RunEvent::Finished(visit, Box::new(record));
        self.events.send(event).await.is_ok()
    }
}

/// The visits of each region, taken out of the job.
pub(super) fn regions(job: &mut Job) -> BTreeMap<String, Arc<OfRegion>> {
    let mut visits: BTreeMap<String, Vec<PlannedVisit>> = BTreeMap::new();
    for visit in std::mem::take(&mut job.visits) {
        match visits.get_mut(&visit.region) {
            Some(list) => list.push(visit),
            None => {
                visits.insert(visit.region.clone(), vec![visit]);
            }
        }
    }
    let regions = job.regions.iter().map(|r| {
        let list = visits.remove(&r.id).unwrap_or_default();
        (r.id.clone(), Arc::new(OfRegion::new(list)))
    });
    regions.collect()
}

/// The gate holds no half-done state that a panic elsewhere could leave behind.
pub(super) fn lock<T>(gate: &Mutex<T>) -> MutexGuard<'_, T> {
    gate.lock().unwrap_or_else(PoisonError::into_inner)
}
