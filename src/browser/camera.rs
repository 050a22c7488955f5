//! Films a page while it loads: pictures of the viewport as the browser draws them
//! (`Page.startScreencast`), each with its time.
//!
//! A page that never stands still would fill the memory: when the pictures are too many, every
//! other one is let go. What the film amounts to is for `vitals`.

use std::time::Duration;

use base64::Engine;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use url::Url;

use super::devtools::DevTools;
use super::error::BrowserError;
use super::session::Session;
use crate::model::Shot;

/// Largest sides of a picture, pixels.
const LARGEST: (u32, u32) = (600, 800);
/// JPEG quality of a picture.
const QUALITY: u32 = 50;
/// Pictures of one film are at most so many bytes together (an evening's 12 targets of 6 pages are
/// under 100 MB).
const MOST_BYTES: usize = 1_200_000;
/// And at most so many.
const MOST_SHOTS: usize = 240;
const END_DEADLINE: Duration = Duration::from_secs(5);

/// A camera that runs. Dropped, it stops.
#[derive(Debug)]
pub struct Camera {
    stop: oneshot::Sender<()>,
    filming: JoinHandle<Vec<Shot>>,
}

impl Camera {
    /// Starts to film the page of a session, which was opened at `driver`.
    ///
    /// # Errors
    /// When the browser has no DevTools socket or does not film.
    pub async fn start(session: &Session, driver: &Url) -> Result<Self, BrowserError> {
        let mut devtools = DevTools::connect(session, driver).await?;
        let how = json!({
            "format": "jpeg", "quality": QUALITY,
            "maxWidth": LARGEST.0, "maxHeight": LARGEST.1,
        });
        devtools.command("Page.startScreencast", how).await?;
        let (stop, stopped) = oneshot::channel();
        let filming = tokio::spawn(film(devtools, stopped));
        Ok(Camera { stop, filming })
    }

    /// Stops, and gives the pictures in order of time.
    pub async fn stop(self) -> Vec<Shot> {
        // A camera whose socket was lost has stopped by itself.
        let _ = self.stop.send(());
        timeout(END_DEADLINE, self.filming)
            .await
            .ok()
            .and_then(Result::ok)
            .unwrap_or_default()
    }
}

async fn film(mut devtools: DevTools, mut stopped: oneshot::Receiver<()>) -> Vec<Shot> {
    let mut reel = Reel::default();
    loop {
        let event = tokio::select! {
            _ = &mut stopped => break,
            event = devtools.event() => event,
        };
        let Ok(event) = event else { break };
        if event["method"] != "Page.screencastFrame" {
            continue;
        }
        let params = &event["params"];
        let seen = json!({ "sessionId": params["sessionId"] });
        if devtools
            .send("Page.screencastFrameAck", seen)
            .await
            .is_err()
        {
            break;
        }
        if let Some(shot) = shot(params) {
            reel.take(shot);
        }
    }
    // A browser that is gone needs no stopping.
    let _ = devtools.send("Page.stopScreencast", json!({})).await;
    reel.shots
}

fn shot(params: &Value) -> Option<Shot> {
    let jpeg = base64::engine::general_purpose::STANDARD
        .decode(params["data"].as_str()?)
        .ok()?;
    Some(Shot {
        epoch_ms: params["metadata"]["timestamp"].as_f64()? * 1000.0,
        jpeg,
    })
}

/// Pictures within bounds, none the same as the one before.
#[derive(Debug, Default)]
struct Reel {
    shots: Vec<Shot>,
    bytes: usize,
}

impl Reel {
    fn take(&mut self, shot: Shot) {
        if self.shots.last().is_some_and(|last| last.jpeg == shot.jpeg) {
            return;
        }
        self.bytes += shot.jpeg.len();
        self.shots.push(shot);
        while self.shots.len() > 3 && (self.bytes > MOST_BYTES || self.shots.len() > MOST_SHOTS) {
            self.thin();
        }
    }

    /// Lets every other picture go; the first and the last stay.
    fn thin(&mut self) {
        let last = self.shots.len() - 1;
        let mut index = 0;
        self.shots.retain(|_| {
            let keep = index % 2 == 0 || index == last;
            index += 1;
            keep
        });
        self.bytes = self.shots.iter().map(|s| s.jpeg.len()).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shot(i: usize, bytes: usize) -> Shot {
        let mut jpeg = vec![0; bytes];
        jpeg[..8].copy_from_slice(&i.to_le_bytes());
        Shot {
            epoch_ms: i as f64,
            jpeg,
        }
    }

    #[test]
    fn a_picture_that_shows_nothing_new_is_not_kept() {
        let mut reel = Reel::default();
        for i in [1, 1, 2, 2, 1] {
            reel.take(shot(i, 100));
        }
        let times: Vec<f64> = reel.shots.iter().map(|s| s.epoch_ms).collect();
        assert_eq!(times, [1.0, 2.0, 1.0]);
    }

    #[test]
    fn a_page_that_never_stands_still_fills_no_memory_and_keeps_both_ends() {
        let mut reel = Reel::default();
        for i in 0..5_000 {
            reel.take(shot(i, 20_000));
            assert!(reel.bytes <= MOST_BYTES && reel.shots.len() <= MOST_SHOTS);
        }
        assert_eq!(reel.shots[0].epoch_ms, 0.0);
        assert_eq!(reel.shots.last().unwrap().epoch_ms, 4_999.0);
        assert!(reel.shots.len() > 20);
    }
}
