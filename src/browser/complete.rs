//! When a page is complete: load event, then a quiet window, capped; by condition, never by a
//! fixed sleep.
//!
//! The page itself says when its responses and long tasks have ended (one waiting call, no
//! polling); what is still in flight only the network log knows, so it is read once when the page
//! says it is quiet, and again only if it says otherwise.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::error::BrowserError;
use super::scripts;
use super::session::Session;

/// How a page load ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Completion {
    /// Load event and a quiet window.
    Quiet,
    /// Load event, but never quiet before the cap.
    Capped,
    /// No load event before the cap.
    NoLoad,
}

/// What of a network log has been asked for and not ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Awaited {
    /// Nothing.
    Nothing,
    /// Only bodies of answers that the page may never read, of which so many bytes have come.
    Bodies(f64),
    /// Something else.
    Something,
}

/// After a page was gone for so long it is asked whether its browser is still there.
const GONE_FOR: Duration = Duration::from_secs(3);

/// What the page said at the end.
#[derive(Debug, Clone, PartialEq)]
pub struct Waited {
    /// How it ended.
    pub completion: Completion,
    /// End of the quiet window on the page's clock, milliseconds; 0 without a page.
    pub now_ms: f64,
    /// Everything the driver's `performance` log held.
    pub network_log: Vec<Value>,
}

#[derive(Deserialize)]
struct Answer {
    state: Completion,
    now: f64,
}

/// Waits until the page that was navigated to is complete. `awaited` says of a network log what in
/// it has not ended. The browser never ends an answer whose body the page does not read: when
/// nothing more of it came for a whole quiet window, it is not waited for.
///
/// # Errors
/// When the driver fails or does not answer.
pub async fn wait(
    session: &Session,
    quiet: Duration,
    cap: Duration,
    awaited: impl Fn(&[Value]) -> Awaited,
) -> Result<Waited, BrowserError> {
    let until = Instant::now() + cap;
    let mut log = Vec::new();
    let mut since = Value::Null;
    let mut before = Awaited::Something;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let (completion, now_ms) = page_says(session, quiet, left, since).await?;
        if completion == Completion::NoLoad {
            return Ok(Waited {
                completion,
                now_ms,
                network_log: log,
            });
        }
        log.extend(session.log("performance").await?);
        let now = awaited(&log);
        let stalled = matches!(now, Awaited::Bodies(_)) && now == before;
        if completion == Completion::Capped || now == Awaited::Nothing || stalled {
            return Ok(Waited {
                completion,
                now_ms,
                network_log: log,
            });
        }
        // Something has been asked for and not answered: another quiet window from now on.
        since = json!(now_ms);
        before = now;
    }
}

/// Asks the page, again whenever a navigation takes the page away under the question.
async fn page_says(
    session: &Session,
    quiet: Duration,
    cap: Duration,
    since: Value,
) -> Result<(Completion, f64), BrowserError> {
    let until = Instant::now() + cap;
    let mut ask = Instant::now() + GONE_FOR;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let args = vec![json!(millis(quiet)), json!(millis(left)), since.clone()];
        let deadline = left + Duration::from_secs(1);
        let answer = match session.execute_async(scripts::WAIT, args, deadline).await {
            Ok(Some(value)) => serde_json::from_value::<Answer>(value).ok(),
            Ok(None) => None,
            // A page that never commits or never yields does not answer either.
            Err(BrowserError::Deadline { .. }) => return Ok((Completion::NoLoad, 0.0)),
            Err(e) => return Err(e),
        };
        match answer {
            Some(a) => return Ok((a.state, a.now)),
            None if Instant::now() >= until => return Ok((Completion::NoLoad, 0.0)),
            // No successor in a while: a page that goes on and on, or a node that has vanished.
            None if Instant::now() >= ask => {
                session.still_there().await?;
                ask = Instant::now() + GONE_FOR;
            }
            // The page that was asked is gone; its successor needs a moment to be there.
            None => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

fn millis(d: Duration) -> f64 {
    d.as_secs_f64() * 1000.0
}
