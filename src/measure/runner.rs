//! Carries a plan out: regions in parallel, each in its own order; one visit at a time on this
//! machine and on each host; rivals a distance apart; instrument failures tried once more.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::{Notify, mpsc};

use super::absence::{FirstTime, Noted, OfRegion};
use super::carry::Carried;
use super::job::{Job, RunEvent, Stop};
use super::manners::Courtesy;
use super::probe::{Probed, Probes};
use super::record::missed_record;
use super::site::Place;
use crate::model::{Outcome, PlannedVisit, Region, Target, VisitRecord};
use crate::plan::Gate;

/// A region that gives no browser this many times in a row is down.
const DOWN_AFTER: u32 = 3;

pub(super) struct Shared {
    pub(super) job: Job,
    pub(super) begun: Instant,
    pub(super) gate: Mutex<Inner>,
    freed: Notify,
    pub(super) events: mpsc::Sender<RunEvent>,
    pub(super) stop: Stop,
}

pub(super) struct Inner {
    gate: Gate,
    pub(super) courtesy: Courtesy,
}

/// Runs the job until every visit has ended or `stop` says so. Events go to `events`; when its
/// receiver is gone, the run stops as well. Drivers are ended before it returns.
pub async fn run(job: Job, probes: &Probes, events: mpsc::Sender<RunEvent>, stop: Stop) {
    let standing = job.standing.clone();
    let mut courtesy = Courtesy::new(job.manners.clone(), standing, job.seed);
    let mut gate = Gate::default();
    let targets: Vec<&Target> = job.targets.values().collect();
    for (host, left) in courtesy.owed(&targets, Timestamp::now()) {
        gate.give_back(&host, Duration::ZERO, left);
    }
    let inner = Inner { gate, courtesy };
    let shared = Arc::new(Shared {
        job,
        begun: Instant::now(),
        gate: Mutex::new(inner),
        freed: Notify::new(),
        events,
        stop,
    });
    let mut workers = tokio::task::JoinSet::new();
    for region in &shared.job.regions {
        let Some(Ok(probed)) = probes.get(&region.id) else {
            continue;
        };
        let visits = shared.job.visits.iter().filter(|v| v.region == region.id);
        let of_region = Arc::new(OfRegion::new(visits.cloned().collect()));
        // More than one only where a driver elsewhere has room for them.
        let sessions = match probed.place {
            Place::Local { .. } => 1,
            Place::Remote { .. } => region.sessions.max(1),
        };
        for _ in 0..sessions {
            let worker = Worker {
                shared: Arc::clone(&shared),
                region: region.clone(),
                probed: probed.clone(),
                of_region: Arc::clone(&of_region),
            };
            workers.spawn(worker.work());
        }
    }
    while workers.join_next().await.is_some() {}
    super::probe::tidy(probes, &shared.job.owner).await;
    super::probe::stop(probes).await;
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
            if !self.one(visit).await {
                break;
            }
            if self.of_region.failures.load(Ordering::Relaxed) >= DOWN_AFTER {
                let left = std::mem::take(&mut *lock(&self.of_region.left));
                if !left.is_empty() {
                    self.give_up(left).await;
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
        let told = match self.of_region.absence.note(browser) {
            Noted::There => true,
            Noted::Back => {
                let region = self.region.id.clone();
                let event = RunEvent::RegionBack { region };
                self.shared.events.send(event).await.is_ok()
            }
            Noted::Away { first, wait } => {
                lock(&self.of_region.left).insert(0, visit);
                return self.wait_for_browser(record, first, wait).await;
            }
            Noted::TooLong => {
                self.of_region.failures.store(DOWN_AFTER, Ordering::Relaxed);
                lock(&self.of_region.left).insert(0, visit);
                return true;
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
        if let (FirstTime::Yes, Outcome::NotMeasured(why, _)) = (first, &record.outcome) {
            let event = RunEvent::RegionDown {
                region: self.region.id.clone(),
                reason: format!("no browser, waiting for it: {}", why.reason),
            };
            if self.shared.events.send(event).await.is_err() {
                return false;
            }
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

    async fn give_up(&self, left: Vec<PlannedVisit>) {
        let region = self.region.id.clone();
        let reason = format!("region down: no browser {DOWN_AFTER} times in a row");
        let event = RunEvent::RegionDown {
            region,
            reason: reason.clone(),
        };
        let mut told = self.shared.events.send(event).await.is_ok();
        for visit in left {
            told = told && self.missed(&visit, &reason).await;
        }
    }

    async fn missed(&self, visit: &PlannedVisit, reason: &str) -> bool {
        let record = missed_record(visit, reason);
        let event = RunEvent::Finished(visit.clone(), Box::new(record));
        self.shared.events.send(event).await.is_ok()
    }
}

/// The gate holds no half-done state that a panic elsewhere could leave behind.
pub(super) fn lock<T>(gate: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    gate.lock().unwrap_or_else(PoisonError::into_inner)
}
