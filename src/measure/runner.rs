//! Carries a plan out: regions in parallel, each in its own order; one visit at a time on this
//! machine and on each host; rivals a distance apart; instrument failures tried once more.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::{Notify, mpsc};

use super::absence::{Browser, FirstTime, Noted, OfRegion};
use super::calm::Calm;
use super::job::{Job, RunEvent, Stop};
use super::manners::Courtesy;
use super::probe::{Probed, Probes, plain_spec};
use super::record::{flag, is_instrument, missed_record, wall_time};
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

struct Shared {
    job: Job,
    begun: Instant,
    gate: Mutex<Inner>,
    freed: Notify,
    events: mpsc::Sender<RunEvent>,
    stop: Stop,
}

struct Inner {
    gate: Gate,
    courtesy: Courtesy,
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
            let told = self.missed(&visit, &reason).await;
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

    /// The visit, tried once more in a fresh browser when the instrument failed, and when its site
    /// was last asked. `None`: asked to stop while waiting for the machine, or nobody listens.
    async fn carry_out(&self, visit: &PlannedVisit) -> Option<(VisitRecord, Duration, Browser)> {
        let place = self.probed.place.clone();
        let mut held = match &place {
            Place::Local { machine, .. } => Some(machine.hold().await),
            Place::Remote { .. } => None,
        };
        let calm = match &held {
            Some(held) => self.calm(held).await,
            None => Calm::Unknown,
        };
        if self.stopped() {
            return None;
        }
        let event = RunEvent::Started(visit.clone());
        self.shared.events.send(event).await.ok()?;
        let started = self.shared.begun.elapsed();
        let started_at = Timestamp::now();
        let (mut last, asked) = self.attempts(&place, &mut held, visit).await;
        if calm == Calm::No {
            flag(&mut last.outcome, "busy_host");
        }
        last.outcome = validity::held_to_usual(last.outcome, self.usual(visit));
        let caused = Caused {
            asked_at: asked.map(wall_time),
            page_views: last.page_views,
            bytes: last.bytes,
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

    /// Waits for a calm machine, or to be asked to stop.
    async fn calm(&self, held: &super::site::Held<'_>) -> Calm {
        let mut stop = self.shared.stop.clone();
        tokio::select! {
            calm = held.calm(self.shared.job.measure.calm) => calm,
            _ = stop.wait_for(|&s| s) => Calm::Unknown,
        }
    }

    /// Tries once, and once more in a fresh browser when the instrument failed. Gives the last
    /// attempt, with what both asked of the site, and when it was last asked.
    async fn attempts(
        &self,
        place: &Place,
        held: &mut Option<super::site::Held<'_>>,
        visit: &PlannedVisit,
    ) -> (Attempt, Option<Instant>) {
        let first = self.attempt_at(place, held, visit).await;
        let asked = first.asked;
        if !is_instrument(&first.outcome) || !self.may_try_again(visit, asked).await {
            return (first, asked);
        }
        lock(&self.shared.gate)
            .courtesy
            .count_views(&visit.target, 1);
        let mut last = self.attempt_at(place, held, visit).await;
        last.page_views += first.page_views;
        last.bytes += first.bytes;
        flag(&mut last.outcome, "retried");
        let asked = last.asked.or(asked);
        (last, asked)
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
        let mut numbers = device.numbers();
        if let Some(calibration) = job.calibration.get(&self.region.id) {
            numbers.cpu = calibration.throttle(numbers.cpu);
        }
        SessionSpec {
            device: numbers,
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
fn lock<T>(gate: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    gate.lock().unwrap_or_else(PoisonError::into_inner)
}
