//! One visit carried out: the machine held and calm, the banner answered, the browser told what to
//! be, tried again when the instrument failed. When it may be made is the runner's business.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use url::Url;

use super::absence::Browser;
use super::calm::Calm;
use super::consent::{Answered, Banner, Lesson, learn};
use super::job::RunEvent;
use super::probe::plain_spec;
use super::record::{flag, is_instrument, wall_time};
use super::runner::Worker;
use super::shared::lock;
use super::site::{Held, Place, added_rtt, session_prefix, shaped_by, through_proxy};
use super::visit::{Attempt, Filming, Load, SETTLE, Trust, attempt, instrument_failure};
use crate::browser::BrowserError;
use crate::browser::capabilities::{self, SessionSpec};
use crate::browser::driver::major;
use crate::model::{
    Calibration, Caused, ConsentState, FailureKind, Outcome, PlannedVisit, Profile, Role, ShapedBy,
    Target, VisitRecord,
};
use crate::vitals::validity;

/// What became of a visit.
pub(super) enum Carried {
    /// It ended, the site was last asked at this time of the run, and this was its browser.
    Out(Box<VisitRecord>, Duration, Browser),
    /// Its site's banner was answered, by a load that began at this time of the run; the visit is
    /// still to be made.
    Learnt(Duration),
    /// We were asked to stop before, or nobody listens.
    Stopped,
}

impl Worker {
    /// The visit, tried once more in a fresh browser when the instrument failed.
    pub(super) async fn carry_out(&self, visit: &PlannedVisit) -> Carried {
        let place = self.probed.place.clone();
        let mut held = match &place {
            Place::Local { machine, .. } => Some(machine.hold().await),
            Place::Remote { .. } => None,
        };
        let calm = match &held {
            Some(held) => self.calm(held).await,
            None => Calm::Unknown,
        };
        let event = RunEvent::Started(visit.clone());
        if self.stopped() || self.shared.events.send(event).await.is_err() {
            return Carried::Stopped;
        }
        let started = self.shared.begun.elapsed();
        let started_at = Timestamp::now();
        let (mut last, asked) = if self.banner(visit) == Banner::ToLearn {
            let lesson = self.learn(&place, &mut held, visit).await;
            let asked = lesson.asked;
            let answers = &self.of_region.answers;
            match answers.note(self.target(visit), &visit.profile, lesson) {
                None => {
                    let asked = asked.map(|at| at.duration_since(self.shared.begun));
                    return Carried::Learnt(asked.unwrap_or(started));
                }
                Some(failure) => (Attempt::not_made(failure), asked),
            }
        } else {
            self.attempts(&place, &mut held, visit).await
        };
        if calm == Calm::No {
            flag(&mut last.outcome, "busy_host");
        }
        last.outcome = validity::held_to_usual(last.outcome, self.usual(visit));
        let remote = matches!(place, Place::Remote { .. });
        let browser = match (is_instrument(&last.outcome), last.asked) {
            (true, None) if remote => Browser::None,
            _ => Browser::Given,
        };
        self.count_failure(browser, &last.outcome);
        let record = self.record(visit, last, (started_at, asked));
        let asked = asked.map_or(started, |at| at.duration_since(self.shared.begun));
        Carried::Out(Box::new(record), asked, browser)
    }

    /// What is stored of a visit: its last attempt, and what all of them asked of the site.
    fn record(
        &self,
        visit: &PlannedVisit,
        mut last: Attempt,
        (started_at, asked): (Timestamp, Option<Instant>),
    ) -> VisitRecord {
        let target = self.target(visit);
        let state = target.consent.state;
        if state != ConsentState::Untouched {
            flag(&mut last.outcome, &format!("consent_{}", state.name()));
        }
        let (views, bytes) = self.of_region.answers.take_debt(target, &visit.profile);
        VisitRecord {
            seq: visit.seq,
            started_at,
            duration_ms: last.duration.as_secs_f64() * 1000.0,
            outcome: last.outcome,
            environment: self.environment(visit),
            artefacts: last.artefacts,
            caused: Caused {
                asked_at: asked.map(wall_time),
                page_views: last.page_views + views,
                bytes: last.bytes + bytes,
            },
        }
    }

    /// What is stored of a visit that is not made because its site's banner cannot be answered;
    /// `None`: it is to be made.
    pub(super) fn unanswerable(&self, visit: &PlannedVisit) -> Option<VisitRecord> {
        let Banner::Unanswerable(failure) = self.banner(visit) else {
            return None;
        };
        let attempt = Attempt::not_made(failure);
        Some(self.record(visit, attempt, (Timestamp::now(), None)))
    }

    /// The environment id: of region and profile, and of the answer to the banner.
    fn environment(&self, visit: &PlannedVisit) -> String {
        let key = (visit.region.clone(), visit.profile.clone());
        let of_region = self.shared.job.environments.get(&key);
        let of_region = of_region.cloned().unwrap_or_default();
        self.target(visit).consent.state.within(&of_region)
    }

    fn target(&self, visit: &PlannedVisit) -> &Target {
        &self.shared.job.targets[&visit.target]
    }

    fn banner(&self, visit: &PlannedVisit) -> Banner {
        let target = self.target(visit);
        let page = target.page(&visit.page).expect("planned pages exist");
        self.of_region.answers.banner(target, page, &visit.profile)
    }

    /// Has the site's banner answered, for all its visits of this profile.
    async fn learn(
        &self,
        place: &Place,
        held: &mut Option<Held<'_>>,
        visit: &PlannedVisit,
    ) -> Lesson {
        let driver = self.driver(place, held, visit).await;
        let lesson = match driver {
            Ok(url) => learn(&url, &self.spec(visit), self.load(visit, None)).await,
            Err(error) => Lesson::not_made(instrument_failure(&error)),
        };
        let spoilt = matches!(&lesson.answer, Err(f) if f.kind == FailureKind::Instrument);
        if let (true, Some(held)) = (spoilt, held.as_mut()) {
            held.discard().await;
        }
        lesson
    }

    /// Waits for a calm machine, or to be asked to stop.
    async fn calm(&self, held: &Held<'_>) -> Calm {
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
        held: &mut Option<Held<'_>>,
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
        held: &mut Option<Held<'_>>,
        visit: &PlannedVisit,
    ) -> Attempt {
        let answered = match self.banner(visit) {
            Banner::Known(answered) => Some(answered),
            _ => None,
        };
        let load = self.load(visit, answered.as_ref());
        let attempted = match self.driver(place, held, visit).await {
            Ok(url) => attempt(&url, &self.spec(visit), load).await,
            Err(error) => Attempt::not_made(instrument_failure(&error)),
        };
        if let (Trust::Suspect, Some(held)) = (attempted.driver, held.as_mut()) {
            held.discard().await;
        }
        attempted
    }

    /// Where the visit's driver answers, with the line made ready.
    async fn driver(
        &self,
        place: &Place,
        held: &mut Option<Held<'_>>,
        visit: &PlannedVisit,
    ) -> Result<Url, BrowserError> {
        if let Place::Local { proxy: Some(p), .. } = place {
            let network = &self.shared.job.profiles[&visit.profile].network;
            p.set_line(
                network.numbers(),
                added_rtt(&self.region, self.target(visit)),
            );
        }
        match (place, held.as_mut()) {
            (Place::Remote { url, .. }, _) => Ok(url.clone()),
            (Place::Local { .. }, Some(held)) => held.url().await,
            (Place::Local { .. }, None) => unreachable!("a local visit holds the machine"),
        }
    }

    fn load<'a>(&'a self, visit: &PlannedVisit, answered: Option<&'a Answered>) -> Load<'a> {
        let target = self.target(visit);
        let measure = &self.shared.job.measure;
        Load {
            target,
            page: target.page(&visit.page).expect("planned pages exist"),
            quiet: measure.quiet,
            timeout: measure.timeout,
            settle: match self.probed.place {
                Place::Local { .. } => measure.calm.min(SETTLE),
                Place::Remote { .. } => Duration::ZERO,
            },
            filming: if visit.warm_up() {
                Filming::On
            } else {
                Filming::Off
            },
            answered,
        }
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
        // A region that came late has no other figure than its own.
        let late = || Some(Calibration::of(self.probed.speed_ms?, &[]));
        let calibration = job.calibration.get(&self.region.id).copied();
        if let Some(calibration) = calibration.or_else(late) {
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
}
