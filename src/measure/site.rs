//! The place a region's browser runs: this machine, shared by all local regions, or a remote
//! WebDriver; with its proxy where lines are shaped, and what shapes them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};
use url::Url;

use super::calm::{self, Calm};
use crate::browser::{BrowserError, LocalBrowser, LocalDriver};
use crate::model::{DriverEndpoint, Network, Region, ShapedBy, Target};
use crate::network::{LineProxy, Relay};

/// This machine: one driver, used by one visit at a time whatever the region, so that visits never
/// compete for the processor. A driver that is suspect is ended and started anew.
#[derive(Debug)]
pub struct Machine {
    outpace: PathBuf,
    browser: LocalBrowser,
    driver: Mutex<Option<LocalDriver>>,
    gate: Mutex<calm::Gate>,
}

/// The machine, held for one visit.
#[derive(Debug)]
pub struct Held<'a> {
    machine: &'a Machine,
    driver: MutexGuard<'a, Option<LocalDriver>>,
}

impl Machine {
    /// `outpace` is this program's own path: it is started again to keep the driver.
    #[must_use]
    pub fn new(outpace: PathBuf, browser: LocalBrowser) -> Self {
        Machine {
            outpace,
            browser,
            driver: Mutex::new(None),
            gate: Mutex::new(calm::Gate::default()),
        }
    }

    /// Its browser.
    #[must_use]
    pub fn browser(&self) -> &LocalBrowser {
        &self.browser
    }

    /// Waits for the machine, first come, first served.
    pub async fn hold(&self) -> Held<'_> {
        Held {
            machine: self,
            driver: self.driver.lock().await,
        }
    }

    /// Ends the driver, if one runs.
    pub async fn stop(&self) {
        self.hold().await.discard().await;
    }
}

impl Held<'_> {
    /// Where the driver answers; it is started if need be.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn url(&mut self) -> Result<Url, BrowserError> {
        if self.driver.is_none() {
            let started =
                LocalDriver::start(&self.machine.outpace, &self.machine.browser.driver).await?;
            *self.driver = Some(started);
        }
        let driver = self.driver.as_ref().expect("it was started above");
        Ok(driver.url().clone())
    }

    /// Waits until the machine has nothing else to do, at most for `longest`.
    pub async fn calm(&self, longest: Duration) -> Calm {
        self.machine.gate.lock().await.wait(longest).await
    }

    /// Ends the driver with everything of it; the next visit starts another.
    pub async fn discard(&mut self) {
        if let Some(driver) = self.driver.take() {
            driver.stop().await;
        }
    }
}

/// Where a region's browser is.
#[derive(Debug, Clone)]
pub enum Place {
    /// On this machine.
    Local {
        /// Shared with every other local region.
        machine: Arc<Machine>,
        /// Makes the lines, and goes on to the region's own proxy.
        proxy: Option<Arc<LineProxy>>,
    },
    /// Behind a WebDriver URL.
    Remote {
        /// Where we talk to it: itself, or our relay.
        url: Url,
        /// Adds TLS and the log-in.
        relay: Option<Arc<Relay>>,
    },
}

/// The round-trip that a region's lab latency adds to a target's market.
#[must_use]
pub fn added_rtt(region: &Region, target: &Target) -> Duration {
    region
        .latency
        .get(&target.market)
        .copied()
        .unwrap_or_default()
}

/// Whether the browser of a visit goes out through our proxy. Where nothing asks for it, it goes
/// out as a customer's does, QUIC included.
#[must_use]
pub fn through_proxy(region: &Region, network: &Network) -> bool {
    region.proxy.is_some() || !region.latency.is_empty() || network.numbers().is_some()
}

/// By what a network is made in a region: our proxy on this machine, the browser itself elsewhere.
#[must_use]
pub fn shaped_by(region: &Region, network: &Network) -> ShapedBy {
    match (&region.driver, network.numbers()) {
        (DriverEndpoint::Local, Some(_)) => ShapedBy::Proxy,
        (DriverEndpoint::Local, None) if !region.latency.is_empty() => ShapedBy::Proxy,
        (DriverEndpoint::Remote(_), Some(_)) => ShapedBy::DevTools,
        _ => ShapedBy::Nothing,
    }
}

/// What the names of our sessions in a region begin with. `owner` tells our runs from those of
/// others on the same Grid.
#[must_use]
pub fn session_prefix(owner: &str, region: &str) -> String {
    format!("{owner} region {region} ")
}
