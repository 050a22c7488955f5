//! Carries a plan out: regions in parallel, each in its own order; one visit at a time on this
//! machine and on each host; rivals a distance apart; instrument failures tried once more.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::{Notify, mpsc};

use super::absence::{Browser, FirstTime, Noted, OfRegion};
use super::job::{Job, RunEvent, Stop};
use super::late::{self, Late};
use super::manners::Courtesy;
use super::probe::{Probed, Probes, plain_spec};
use super::record::{flag_retried, is_instrument, wall_time};
use super::shared::{Inner, Shared, lock, regions};
use super::site::{Place, added_rtt, session_prefix, shaped_by, through_proxy};
use super::visit::{Attempt, Filming, Load, Trust, attempt};
use crate::browser::capabilities::{self, SessionSpec};
use crate::browser::driver::major;
use crate::model::{
    Caused, Failure, FailureKind, Outcome, PlannedVisit, Profile, Region, Role, ShapedBy, Target,
    VisitRecord,
};
use crate::plan::Gate;
use crate::vitals::validity;

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

struct Worker {
    shared: Arc<Shared>,
    region: Region,
    probed: Probed,
    of_region: Arc<OfRegion>,
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

    fn stopped(&self) -> bool {
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
        if let Some(reason) = self.refused(target, &visit) {
            let told = shared.missed(visit.clone(), &reason).await;
            self.give_back(&visit, self.shared.begun.elapsed(), Duration::ZERO);
            return told;
        }
        let Some((record, asked, browser)) = self.carry_out(&visit).await else {
            self.give_back(&visit, self.shared.begun.elapsed(), Duration::ZERO);
            return false;
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
        let told = match self
            .of_region
            .absence
            .note(browser, shared.patience(&self.region))
        {
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

    /// The visit, tried once more in a fresh browser when the instrument failed, and when its site
    /// was last asked. `None`: asked to stop while waiting for the machine, or nobody listens.
    async fn carry_out(&self, visit: &PlannedVisit) -> Option<(VisitRecord, Duration, Browser)> {
        let place = self.probed.place.clone();
        let mut held = match &place {
            Place::Local { machine, .. } => Some(machine.hold().await),
            Place::Remote { .. } => None,
        };
        if self.stopped() {
            return None;
        }
        let event = RunEvent::Started(visit.clone());
        self.shared.events.send(event).await.ok()?;
        let started = self.shared.begun.elapsed();
        let started_at = Timestamp::now();
        let mut last = self.attempt_at(&place, &mut held, visit).await;
        let mut asked = last.asked;
        let (mut page_views, mut bytes) = (last.page_views, last.bytes);
        if is_instrument(&last.outcome) && self.may_try_again(visit, asked).await {
            lock(&self.shared.gate)
                .courtesy
                .count_views(&visit.target, 1);
            last = self.attempt_at(&place, &mut held, visit).await;
            asked = last.asked.or(asked);
            page_views += last.page_views;
            bytes += last.bytes;
            flag_retried(&mut last.outcome);
        }
        last.outcome = validity::held_to_usual(last.outcome, self.usual(visit));
        let caused = Caused {
            asked_at: asked.map(wall_time),
            page_views,
            bytes,
        };
        let asked = asked.map_or(started, |at| at.duration_since(self.shared.begun));
        let remote = matches!(place, Place::Remote { .. });
        let browser = match (is_instrument(&last.outcome), last.asked) {
            (true, None) if remote => Browser::None,
            _ => Browser::Given,
        };
        self.count_failure(browser, &last.outcome);
        let key = (visit.region.clone(), visit.profile.clone());
        let record = VisitRecord {
            seq: visit.seq,
            started_at,
            duration_ms: last.duration.as_secs_f64() * 1000.0,
            outcome: last.outcome,
            environment: self
                .shared
                .job
                .environments
                .get(&key)
                .cloned()
                .unwrap_or_default(),
            artefacts: last.artefacts,
            caused,
        };
        Some((record, asked, browser))
    }

    /// Counts what browsers spoil in a row. That there was none is not the visit's fault: it is made
    /// when the region is back.
    fn count_failure(&self, browser: Browser, outcome: &Outcome) {
        let failures = &self.of_region.failures;
        if !is_instrument(outcome) {
            failures.store(0, Ordering::Relaxed);
        } else if browser == Browser::Given {
            failures.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until a second try keeps its distance from a first that reached the site. `false`:
    /// asked to stop meanwhile.
    async fn may_try_again(&self, visit: &PlannedVisit, asked: Option<Instant>) -> bool {
        let Some(asked) = asked else { return true };
        let distance = self.distance(&self.shared.job.targets[&visit.target], visit);
        let mut stop = self.shared.stop.clone();
        tokio::select! {
            () = tokio::time::sleep_until((asked + distance).into()) => true,
            _ = stop.wait_for(|&s| s) => false,
        }
    }

    async fn attempt_at(
        &self,
        place: &Place,
        held: &mut Option<super::site::Held<'_>>,
        visit: &PlannedVisit,
    ) -> Attempt {
        let job = &self.shared.job;
        let target = &job.targets[&visit.target];
        let page = target.page(&visit.page).expect("planned pages exist");
        if let Place::Local { proxy: Some(p), .. } = place {
            let network = &job.profiles[&visit.profile].network;
            p.set_line(network.numbers(), added_rtt(&self.region, target));
        }
        let driver = match (place, held.as_mut()) {
            (Place::Remote { url, .. }, _) => Ok(url.clone()),
            (Place::Local { .. }, Some(held)) => held.url().await,
            (Place::Local { .. }, None) => unreachable!("a local visit holds the machine"),
        };
        let spec = self.spec(visit);
        let load = Load {
            target,
            page,
            quiet: job.measure.quiet,
            timeout: job.measure.timeout,
            filming: if visit.warm_up() {
                Filming::On
            } else {
                Filming::Off
            },
        };
        let attempted = match driver {
            Ok(url) => attempt(&url, &spec, load).await,
            Err(error) => Attempt {
                outcome: Outcome::failed(Failure::new(
                    FailureKind::Instrument,
                    format!("instrument: {error}"),
                )),
                artefacts: Vec::new(),
                duration: Duration::ZERO,
                asked: None,
                page_views: 0,
                bytes: 0.0,
                driver: Trust::Suspect,
            },
        };
        if let (Trust::Suspect, Some(held)) = (attempted.driver, held.as_mut()) {
            held.discard().await;
        }
        attempted
    }

    fn spec(&self, visit: &PlannedVisit) -> SessionSpec {
        let job = &self.shared.job;
        let Profile {
            device, network, ..
        } = &job.profiles[&visit.profile];
        let version = major(&self.probed.browser_version);
        let (binary, proxy) = match &self.probed.place {
            Place::Local { machine, proxy } => {
                let used = job.served_here || through_proxy(&self.region, network);
                let proxy = proxy.as_ref().filter(|_| used);
                (
                    Some(machine.browser().browser.clone()),
                    proxy.map(|p| format!("socks5://{}", p.address())),
                )
            }
            Place::Remote { .. } => (None, self.region.proxy.as_ref().map(ToString::to_string)),
        };
        let by_browser = shaped_by(&self.region, network) == ShapedBy::DevTools;
        SessionSpec {
            device: device.numbers(),
            user_agent: capabilities::user_agent(version, device, &job.tool, &job.contact),
            proxy,
            name: matches!(self.probed.place, Place::Remote { .. }).then(|| {
                let prefix = session_prefix(&job.owner, &self.region.id);
                format!("{prefix}visit {} of {}", visit.seq, visit.target)
            }),
            throttle: network.numbers().filter(|_| by_browser),
            extra: self.region.capabilities.clone(),
            blocked: match job.targets[&visit.target].role {
                Role::Rival => job.blocked.clone(),
                Role::Own => Vec::new(),
            },
            script_timeout: job.measure.timeout + Duration::from_secs(5),
            ..plain_spec(binary)
        }
    }

    fn usual(&self, visit: &PlannedVisit) -> Option<f64> {
        let cell = [&visit.target, &visit.page, &visit.region, &visit.profile];
        self.shared.job.usual.get(&cell.map(String::clone)).copied()
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

    fn distance(&self, target: &Target, visit: &PlannedVisit) -> Duration {
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
