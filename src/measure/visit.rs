//! One visit, as `measurement.md` has it: a fresh browser, the profile, the load, the evidence,
//! and always the close.

use std::time::{Duration, Instant};

use base64::Engine;
use serde_json::{Value, json};
use tokio::time::timeout;
use url::Url;

use super::calm::Gate;
use super::consent::Answered;
use crate::browser::capabilities::{self, SessionSpec};
use crate::browser::complete::{self, Awaited, Completion};
use crate::browser::{BrowserError, Camera, Session, scripts};
use crate::model::{Artefact, Failure, FailureKind, Film, LineNumbers, Outcome, Page, Target};
use crate::vitals::{self, Evidence, Filmed, network_log};

/// What a driver is given to collect what it has after a page never loaded.
const GRACE: Duration = Duration::from_secs(3);

/// What to load, and how long it may take.
#[derive(Debug, Clone, Copy)]
pub struct Load<'a> {
    /// Whose page.
    pub target: &'a Target,
    /// Which page.
    pub page: &'a Page,
    /// Quiet window.
    pub quiet: Duration,
    /// Cap on the load.
    pub timeout: Duration,
    /// How long at most is waited until the browser's own start is over; zero on another machine,
    /// where nobody can tell.
    pub settle: Duration,
    /// Whether it is filmed.
    pub filming: Filming,
    /// What the browser starts with where the site's consent banner was answered.
    pub answered: Option<&'a Answered>,
}

/// How long a browser may take to come to rest before its page is asked for.
pub const SETTLE: Duration = Duration::from_secs(2);

/// Whether a visit is filmed. Filming takes part of the processor: a filmed visit's timings are
/// no good beside those of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filming {
    /// As most visits.
    Off,
    /// As those of the warm-up round.
    On,
}

/// What came of one attempt.
#[derive(Debug)]
pub struct Attempt {
    /// Values or why there are none.
    pub outcome: Outcome,
    /// Evidence.
    pub artefacts: Vec<Artefact>,
    /// Session start to session end.
    pub duration: Duration,
    /// When the site was asked for its page; `None` when it never was. The distance to the next
    /// load counts from here: a session may take long to open, and the next one not.
    pub asked: Option<Instant>,
    /// Loads that the site was asked for.
    pub page_views: u32,
    /// Bytes on the wire of all that the page requested.
    pub bytes: f64,
    /// Whether the driver is to be trusted with another visit.
    pub driver: Trust,
}

impl Attempt {
    /// One that asked nothing of the site; an instrument that failed is not to be trusted.
    #[must_use]
    pub fn not_made(failure: Failure) -> Self {
        let driver = match failure.kind {
            FailureKind::Instrument => Trust::Suspect,
            _ => Trust::Sound,
        };
        Attempt {
            outcome: Outcome::failed(failure),
            artefacts: Vec::new(),
            duration: Duration::ZERO,
            asked: None,
            page_views: 0,
            bytes: 0.0,
            driver,
        }
    }
}

/// Whether a driver did all it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// It did.
    Sound,
    /// It did not, and is to be ended.
    Suspect,
}

/// Visits a page once.
pub async fn attempt(driver: &Url, spec: &SessionSpec, load: Load<'_>) -> Attempt {
    let begun = Instant::now();
    let mut asked = None;
    let mut bytes = 0.0;
    let (outcome, artefacts, driver) =
        match Session::open(driver, capabilities::measuring(spec)).await {
            Err(error) => (instrument(&error), Vec::new(), Trust::Suspect),
            Ok(session) => {
                tracing::debug!(ms = millis(begun), "session opened");
                in_session(session, driver, spec, load, (&mut asked, &mut bytes)).await
            }
        };
    Attempt {
        outcome,
        artefacts,
        duration: begun.elapsed(),
        page_views: u32::from(asked.is_some()),
        asked,
        bytes,
        driver,
    }
}

async fn in_session(
    session: Session,
    driver: &Url,
    spec: &SessionSpec,
    load: Load<'_>,
    (asked, bytes): (&mut Option<Instant>, &mut f64),
) -> (Outcome, Vec<Artefact>, Trust) {
    let camera = camera(&session, driver, load.filming).await;
    let seen = see(&session, spec, load, asked, camera).await;
    let closing = Instant::now();
    let loaded = matches!(&seen, Ok((evidence, _)) if evidence.loaded);
    let closed = if loaded {
        session.close().await.is_ok()
    } else {
        // A page that never loaded may hold its driver up: close, but do not wait for long.
        timeout(GRACE, session.close())
            .await
            .is_ok_and(|c| c.is_ok())
    };
    tracing::debug!(ms = millis(closing), "session closed");
    let trust = if closed { Trust::Sound } else { Trust::Suspect };
    match seen {
        Err(error) => (instrument(&error), Vec::new(), Trust::Suspect),
        // A node that vanished answers nothing at all, which is not the site's doing. On this machine
        // the driver is there, and a page can keep it from answering.
        Ok((evidence, _)) if spec.name.is_some() && says_nothing(&evidence) => {
            let why = "instrument: the driver answers neither for the page nor for its log";
            let failure = Failure::new(FailureKind::Instrument, why);
            (Outcome::failed(failure), Vec::new(), Trust::Suspect)
        }
        Ok((evidence, screenshot)) => {
            let (mut outcome, requests) = vitals::measure(&evidence, load.target, load.page);
            *bytes = requests.iter().map(|r| r.bytes).sum();
            let mut artefacts: Vec<Artefact> = screenshot.into_iter().collect();
            artefacts.extend(as_json("requests", &requests));
            let console = vitals::console::lines(&evidence.console_log);
            artefacts.extend(as_json("console", &console));
            artefacts.extend(film(evidence, &mut outcome).await);
            (outcome, artefacts, trust)
        }
    }
}

/// Whether nothing was heard of a page, not even what it asked for.
fn says_nothing(evidence: &Evidence) -> bool {
    !evidence.loaded && evidence.network_log.is_empty()
}

/// A list as evidence; an empty one is none.
fn as_json<T: serde::Serialize>(kind: &'static str, list: &[T]) -> Option<Artefact> {
    (!list.is_empty()).then(|| Artefact {
        kind,
        media_type: "application/json",
        body: serde_json::to_vec(list).expect("evidence is plain data"),
    })
}

/// Loads the page and collects what the browser says of it.
async fn see(
    session: &Session,
    spec: &SessionSpec,
    load: Load<'_>,
    asked: &mut Option<Instant>,
    camera: Option<Result<Camera, String>>,
) -> Result<(Evidence, Option<Artefact>), BrowserError> {
    prepare(session, spec).await?;
    if let Some(answered) = load.answered {
        answered.apply(session).await?;
    }
    let prepare = json!({ "source": scripts::PREPARE });
    session
        .cdp("Page.addScriptToEvaluateOnNewDocument", prepare)
        .await?;
    // A browser goes on starting after it has given a session, on the processors that its first
    // page needs: without this wait load times scatter two to five times as much.
    Gate::default().wait(load.settle).await;
    let sent = session.goto(&load.page.url).await;
    // The driver has passed it on by now, also when it then lost the browser.
    *asked = Some(Instant::now());
    sent?;
    let loading = Instant::now();
    let waited = complete::wait(session, load.quiet, load.timeout, awaited).await?;
    tracing::debug!(
        ms = millis(loading),
        page_ms = waited.now_ms,
        "page complete"
    );
    let collecting = Instant::now();
    let filmed = match camera {
        None => Filmed::NotAsked,
        Some(Err(why)) => Filmed::Missing(why),
        Some(Ok(camera)) => Filmed::Shots(camera.stop().await),
    };
    let mut evidence = Evidence {
        filmed,
        loaded: waited.completion != Completion::NoLoad,
        quiet: waited.completion == Completion::Quiet,
        end_ms: waited.now_ms,
        network_log: waited.network_log,
        timeout: load.timeout,
        ..Evidence::default()
    };
    if !evidence.loaded {
        evidence.network_log.extend(rest_of_log(session).await);
        return Ok((evidence, None));
    }
    if spec.device.cpu > 1.0 {
        // What is measured is over; collecting need not be slowed down as well.
        let rate = json!({ "rate": 1 });
        session.cdp("Emulation.setCPUThrottlingRate", rate).await?;
    }
    let expected = load.page.expect.as_ref().map_or(Value::Null, |e| json!(e));
    evidence.page = session.execute(&scripts::collect(), vec![expected]).await?;
    evidence.console_log = session.log("browser").await?;
    let screenshot = screenshot(session).await;
    tracing::debug!(ms = millis(collecting), "evidence collected");
    Ok((evidence, screenshot))
}

/// Makes a browser what the profile says: its processor, its line, and what a rival's page may not
/// load.
pub(super) async fn prepare(session: &Session, spec: &SessionSpec) -> Result<(), BrowserError> {
    if spec.device.cpu > 1.0 {
        let rate = json!({ "rate": spec.device.cpu });
        session.cdp("Emulation.setCPUThrottlingRate", rate).await?;
    }
    if !spec.blocked.is_empty() {
        let urls = json!({ "urls": spec.blocked });
        session.cdp("Network.setBlockedURLs", urls).await?;
    }
    if let Some(line) = &spec.throttle {
        let conditions = throttle(line);
        session
            .cdp("Network.emulateNetworkConditions", conditions)
            .await?;
    }
    Ok(())
}

/// What a page still waits for, by its network log.
pub(super) fn awaited(log: &[Value]) -> Awaited {
    if network_log::in_flight(log) {
        Awaited::Something
    } else {
        network_log::unread(log).map_or(Awaited::Nothing, Awaited::Bodies)
    }
}

/// A camera that runs, where one is wanted; the reason where there is none.
async fn camera(
    session: &Session,
    driver: &Url,
    filming: Filming,
) -> Option<Result<Camera, String>> {
    match filming {
        Filming::Off => None,
        Filming::On => {
            let started = Camera::start(session, driver).await;
            Some(started.map_err(|e| crate::browser::error::first_line(&e.to_string())))
        }
    }
}

/// The film as it is stored, with its figures put into the outcome.
async fn film(evidence: Evidence, outcome: &mut Outcome) -> Option<Artefact> {
    if matches!(evidence.filmed, Filmed::NotAsked) {
        return None;
    }
    let mut developed = outcome.clone();
    // Decoding pictures is work for a thread that has nothing else to answer.
    let developing = tokio::task::spawn_blocking(move || {
        let film = vitals::develop(
            &evidence.filmed,
            &evidence.page,
            evidence.end_ms,
            &mut developed,
        );
        (film, developed)
    });
    let (film, developed): (Option<Film>, Outcome) = developing.await.ok()?;
    *outcome = developed;
    Some(Artefact {
        kind: "film",
        media_type: "application/json",
        body: serde_json::to_vec(&film?).expect("a film is plain data"),
    })
}

/// A line in DevTools' terms: milliseconds and bytes a second.
fn throttle(line: &LineNumbers) -> Value {
    json!({
        "offline": false,
        "latency": line.rtt_ms,
        "downloadThroughput": line.down_kbps * 1000.0 / 8.0,
        "uploadThroughput": line.up_kbps * 1000.0 / 8.0,
    })
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// What the driver still has to say of a page that never loaded, such as the status of its
/// document; nothing when it does not answer any more.
async fn rest_of_log(session: &Session) -> Vec<Value> {
    let rest = async {
        session.cdp("Page.stopLoading", json!({})).await.ok()?;
        session.log("performance").await.ok()
    };
    timeout(GRACE, rest)
        .await
        .ok()
        .flatten()
        .unwrap_or_default()
}

/// A picture of the viewport; a visit without one is still a visit.
async fn screenshot(session: &Session) -> Option<Artefact> {
    let params = json!({ "format": "jpeg", "quality": 60 });
    let answer = session.cdp("Page.captureScreenshot", params).await.ok()?;
    let body = base64::engine::general_purpose::STANDARD
        .decode(answer["data"].as_str()?)
        .ok()?;
    Some(Artefact {
        kind: "screenshot",
        media_type: "image/jpeg",
        body,
    })
}

fn instrument(error: &BrowserError) -> Outcome {
    Outcome::failed(instrument_failure(error))
}

/// What browser or driver spoilt.
pub(super) fn instrument_failure(error: &BrowserError) -> Failure {
    let text = error.to_string();
    let reason = text.lines().next().unwrap_or_default();
    Failure::new(FailureKind::Instrument, format!("instrument: {reason}"))
}
