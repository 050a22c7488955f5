//! Carries a plan out: regions in parallel, each in its own order; one visit at a time on this
//! machine and on each host; rivals a distance apart; instrument failures tried once more.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::{Notify, mpsc};

use super::absence::{Browser, FirstTime, Noted, OfRegion};
use super::carry::Carried;
use super::job::{Job, RunEvent, Stop};
use super::late::{self, Late};
use super::manners::Courtesy;
use super::probe::{Probed, Probes};
use super::record::missed_record;
use super::shared::{Inner, Shared, lock, regions};
use super::site::Place;
use crate::model::{Outcome, PlannedVisit, Region, Target, VisitRecord};
use crate::plan::Gate;

/// A region that gives no browser this many times in a row is down.
const DOWN_AFTER: u32 = 3;

/// Runs the job until every visit has ended or `stop` says so. Events go to `events`; when its
/// receiver is gone, the run stops as well. Drivers are ended before it returns.
pub async fn run(mut job: Job, probes: &Probes, events: mpsc::Sender<RunEvent>, stop: Stop) {
    let standing = job.standing.clone();
    let mut courtesy = Courtesy::new(job.manners.clone(), standing, job.seed);
    let mut gate = Gate::default();
    let targets: Vec<&Target> = job.targets.values().collect();
    for (host, left) in courtesy.owed(&targets, Timestamp::now()) {
        gate.give_back(&host, Duration::ZERO, left);
    }
    let inner = Inner { gate, courtesy };
    let shared = Arc::new(Shared {
        regions: regions(&mut job),
        late: Mutex::default(),
        job,
        begun: Instant::now(),
        gate: Mutex::new(inner),
        freed: Notify::new(),
        events,
        stop,
    });
    let mut workers = tokio::task::JoinSet::new();
    for region in &shared.job.regions {
        match probes.get(&region.id) {
            Some(Ok(probed)) => {
                for worker in staff(&shared, region, probed) {
                    workers.spawn(worker.work());
                }
            }
            Some(Err(why)) if shared.job.late.is_some() => {
                workers.spawn(take_up(Arc::clone(&shared), region.clone(), why.clone()));
            }
            _ => {}
        }
    }
    while workers.join_next().await.is_some() {}
    super::probe::tidy(probes, &shared.job.owner).await;
    let late = std::mem::take(&mut *lock(&shared.late));
    super::probe::tidy(&late, &shared.job.owner).await;
    super::probe::stop(probes).await;
}

/// The workers of a region: more than one only where a driver elsewhere has room for them.
fn staff(shared: &Arc<Shared>, region: &Region, probed: &Probed) -> Vec<Worker> {
    let sessions = match probed.place {
        Place::Local { .. } => 1,
        Place::Remote { .. } => region.sessions.max(1),
    };
    let worker = |_| Worker {
        shared: Arc::clone(shared),
        region: region.clone(),
        probed: probed.clone(),
        of_region: Arc::clone(&shared.regions[&region.id]),
    };
    (0..sessions).map(worker).collect()
}

/// Waits for a region that gave no browser before the run, and measures from it when it is there.
async fn take_up(shared: Arc<Shared>, region: Region, why: String) {
    let of_region = Arc::clone(&shared.regions[&region.id]);
    let (Some(around), false) = (&shared.job.late, lock(&of_region.left).is_empty()) else {
        return;
    };
    let line = why.lines().next().unwrap_or_default();
    if !shared.away(&region.id, line).await {
        return;
    }
    let patience = || shared.patience(&region);
    let absence = (&of_region.absence, patience);
    match late::browser(&region, around, absence, shared.stop.clone(), why).await {
        Late::Stopped => {}
        Late::Gone(why) => shared.give_up(&region.id, Vec::new(), &why).await,
        Late::There(probed) => {
            lock(&shared.late).insert(region.id.clone(), Ok((*probed).clone()));
            let mut workers = tokio::task::JoinSet::new();
            let staff = staff(&shared, &region, &probed);
            let event = RunEvent::RegionBack {
                region: region.id.clone(),
                probed: Some(probed),
            };
            // Whoever listened may be gone: the workers find that out for themselves.
            let _ = shared.events.send(event).await;
            for worker in staff {
                workers.spawn(worker.work());
            }
            while workers.join_next().await.is_some() {}
        }
    }
}

/// One session at a time in one region.
pub(super) struct Worker {
    pub(super) shared: Arc<Shared>,
    pub(super) region: Region,
    pub(super) probed: Probed,
    pub(super) of_region: Arc<OfRegion>,
}

impl Worker {
    async fn work(self) {
        while !self.stopped() {
            let Some(visit) = self.next().await else {
                break;
            };
            let goes_on = self.one(visit).await;
            self.of_region.in_hand.fetch_sub(1, Ordering::Relaxed);
            if !goes_on {
                break;
            }
            if self.of_region.failures.load(Ordering::Relaxed) >= DOWN_AFTER {
                if !lock(&self.of_region.left).is_empty() {
                    let why = format!("no browser {DOWN_AFTER} times in a row");
                    self.shared.give_up(&self.region.id, Vec::new(), &why).await;
                }
                break;
            }
        }
    }

    pub(super) fn stopped(&self) -> bool {
        *self.shared.stop.borrow()
    }

    /// Takes the visit of this round whose host is free soonest, and waits until it is. `None`:
    /// asked to stop meanwhile.
    async fn next(&self) -> Option<PlannedVisit> {
        let mut stop = self.shared.stop.clone();
        loop {
            let freed = self.shared.freed.notified();
            let taken = {
                let mut inner = lock(&self.shared.gate);
                let mut left = lock(&self.of_region.left);
                let round = left.first()?.round;
                let hosts = left
                    .iter()
                    .take_while(|v| v.round == round)
                    .map(PlannedVisit::host);
                let soonest = inner.gate.soonest(hosts);
                soonest.map(|(index, at)| {
                    let visit = left.remove(index);
                    self.of_region.in_hand.fetch_add(1, Ordering::Relaxed);
                    inner.gate.take(visit.host());
                    (visit, at)
                })
            };
            match taken {
                Some((visit, at)) => {
                    let due = tokio::time::Instant::from_std(self.shared.begun + at);
                    tokio::select! {
                        () = tokio::time::sleep_until(due) => return Some(visit),
                        _ = stop.wait_for(|&s| s) => return None,
                    }
                }
                None => tokio::select! {
                    () = freed => {}
                    _ = stop.wait_for(|&s| s) => return None,
                },
            }
        }
    }

    /// Makes one visit and tells of it. `false`: nobody listens any more, or we were asked to stop.
    async fn one(&self, visit: PlannedVisit) -> bool {
        let shared = Arc::clone(&self.shared);
        let target = &shared.job.targets[&visit.target];
        if let Some(record) = self.not_to_be_made(target, &visit) {
            self.give_back(&visit, self.shared.begun.elapsed(), Duration::ZERO);
            let event = RunEvent::Finished(visit, Box::new(record));
            return self.shared.events.send(event).await.is_ok();
        }
        let (record, asked, browser) = match self.carry_out(&visit).await {
            Carried::Out(record, asked, browser) => (*record, asked, browser),
            Carried::Learnt(asked) => {
                // The visit itself keeps its distance from the load that answered the banner.
                self.give_back(&visit, asked, self.distance(target, &visit));
                lock(&self.of_region.left).insert(0, visit);
                return true;
            }
            Carried::Stopped => {
                self.give_back(&visit, self.shared.begun.elapsed(), Duration::ZERO);
                return false;
            }
        };
        self.give_back(&visit, asked, self.distance(target, &visit));
        let stop = lock(&shared.gate).courtesy.settle(
            target,
            &visit,
            (&record.outcome, &record.caused),
            Timestamp::now(),
        );
        if let Some(stop) = stop {
            let event = RunEvent::HostStopped(stop);
            if shared.events.send(event).await.is_err() {
                return false;
            }
        }
        self.ended(visit, record, browser).await
    }

    /// Tells of a visit that ended; one that got no browser is made later, or given up with its
    /// region. As [`Worker::one`].
    async fn ended(&self, visit: PlannedVisit, record: VisitRecord, browser: Browser) -> bool {
        let shared = &self.shared;
        let absence = &self.of_region.absence;
        let told = match absence.note(browser, shared.patience(&self.region)) {
            Noted::There => true,
            Noted::Back => {
                let region = self.region.id.clone();
                let event = RunEvent::RegionBack {
                    region,
                    probed: None,
                };
                self.shared.events.send(event).await.is_ok()
            }
            Noted::Away { first, wait } => {
                lock(&self.of_region.left).insert(0, visit);
                return self.wait_for_browser(record, first, wait).await;
            }
            Noted::TooLong => {
                let why = match &record.outcome {
                    Outcome::NotMeasured(why, _) => why.reason.as_str(),
                    Outcome::Measured(_) => "no browser",
                };
                shared.give_up(&self.region.id, vec![visit], why).await;
                return false;
            }
        };
        if !told {
            return false;
        }
        let event = RunEvent::Finished(visit, Box::new(record));
        self.shared.events.send(event).await.is_ok()
    }

    /// The region gave no browser: says so the first time, and waits for a while.
    async fn wait_for_browser(
        &self,
        record: VisitRecord,
        first: FirstTime,
        wait: Duration,
    ) -> bool {
        if let (FirstTime::Yes, Outcome::NotMeasured(why, _)) = (first, &record.outcome)
            && !self.shared.away(&self.region.id, &why.reason).await
        {
            return false;
        }
        let mut stop = self.shared.stop.clone();
        tokio::select! {
            () = tokio::time::sleep(wait) => true,
            _ = stop.wait_for(|&s| s) => false,
        }
    }

    /// What is stored of a visit that is not made, where there is a reason for that.
    fn not_to_be_made(&self, target: &Target, visit: &PlannedVisit) -> Option<VisitRecord> {
        let unanswerable = self.unanswerable(visit);
        unanswerable.or_else(|| {
            let reason = self.refused(target, visit)?;
            Some(missed_record(visit, &reason))
        })
    }

    /// Why manners forbid a visit; otherwise counts its page view.
    fn refused(&self, target: &Target, visit: &PlannedVisit) -> Option<String> {
        let courtesy = &mut lock(&self.shared.gate).courtesy;
        let refusal = courtesy.refusal(target, visit);
        if refusal.is_none() {
            courtesy.count_views(&visit.target, 1);
        }
        refusal
    }

    pub(super) fn distance(&self, target: &Target, visit: &PlannedVisit) -> Duration {
        lock(&self.shared.gate)
            .courtesy
            .distance(target, visit.host())
    }

    fn give_back(&self, visit: &PlannedVisit, asked: Duration, distance: Duration) {
        lock(&self.shared.gate)
            .gate
            .give_back(visit.host(), asked, distance);
        self.shared.freed.notify_waiters();
    }
}
