//! One visit, as `measurement.md` has it: a fresh browser, the profile, the load, the evidence,
//! and always the close.

use std::time::{Duration, Instant};

use base64::Engine;
use serde_json::{Value, json};
use tokio::time::timeout;
use url::Url;

use crate::browser::capabilities::{self, SessionSpec};
use crate::browser::complete::{self, Completion};
use crate::browser::{BrowserError, Session, scripts};
use crate::model::{Artefact, Failure, FailureKind, LineNumbers, Outcome, Page, Target};
use crate::vitals::{self, Evidence, network_log};

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
                in_session(session, spec, load, (&mut asked, &mut bytes)).await
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
    spec: &SessionSpec,
    load: Load<'_>,
    (asked, bytes): (&mut Option<Instant>, &mut f64),
) -> (Outcome, Vec<Artefact>, Trust) {
    let seen = see(&session, spec, load, asked).await;
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
        Ok((evidence, screenshot)) => {
            let (outcome, requests) = vitals::measure(&evidence, load.target, load.page);
            *bytes = requests.iter().map(|r| r.bytes).sum();
            let mut artefacts: Vec<Artefact> = screenshot.into_iter().collect();
            artefacts.extend(as_json("requests", &requests));
            let console = vitals::console::lines(&evidence.console_log);
            artefacts.extend(as_json("console", &console));
            (outcome, artefacts, trust)
        }
    }
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
) -> Result<(Evidence, Option<Artefact>), BrowserError> {
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
    let prepare = json!({ "source": scripts::PREPARE });
    session
        .cdp("Page.addScriptToEvaluateOnNewDocument", prepare)
        .await?;
    let sent = session.goto(&load.page.url).await;
    // The driver has passed it on by now, also when it then lost the browser.
    *asked = Some(Instant::now());
    sent?;
    let loading = Instant::now();
    let waited = complete::wait(session, load.quiet, load.timeout, network_log::in_flight).await?;
    tracing::debug!(
        ms = millis(loading),
        page_ms = waited.now_ms,
        "page complete"
    );
    let collecting = Instant::now();
    let mut evidence = Evidence {
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
    let text = error.to_string();
    let reason = text.lines().next().unwrap_or_default();
    Outcome::failed(Failure::new(
        FailureKind::Instrument,
        format!("instrument: {reason}"),
    ))
}
