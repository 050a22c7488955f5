//! Before the first visit: does each region's browser start, and what is it?

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::browser::capabilities::{self, Sandbox, SessionSpec};
use crate::browser::{BrowserError, LocalBrowser, Session};
use crate::model::{Device, DriverEndpoint, Region};
use crate::network::{HostMap, LabProxy};

use super::site::{Machine, Place};

/// A region whose browser answered.
#[derive(Debug, Clone)]
pub struct Probed {
    /// Where it is.
    pub place: Place,
    /// Browser name and version, such as `chrome 156.0.8078.79`.
    pub browser: String,
    /// Browser version.
    pub browser_version: String,
    /// Driver version.
    pub driver_version: String,
    /// The switches of its browser.
    pub switches: Vec<String>,
}

/// Why a region cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// Its browser or driver.
    #[error(transparent)]
    Browser(#[from] BrowserError),
    /// Its lab proxy.
    #[error("the lab proxy did not start: {0}")]
    Proxy(#[from] std::io::Error),
}

/// Every region, by id.
pub type Probes = BTreeMap<String, Result<Probed, String>>;

/// What probing needs to know of its surroundings.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// This program's own path.
    pub outpace: PathBuf,
    /// Ports of `.localhost` names that are served elsewhere (the demo's sites).
    pub hosts: HostMap,
    /// Browser and driver of this machine, or why there are none; looked for once.
    pub local: Result<LocalBrowser, String>,
}

/// Tries every region. Local ones share a machine, so it is tried once.
pub async fn all(regions: &[Region], around: &Surroundings) -> Probes {
    let mut machine: Option<Result<Arc<Machine>, String>> = None;
    let mut probes = Probes::new();
    for region in regions {
        let probed = match &region.driver {
            DriverEndpoint::Local => {
                if machine.is_none() {
                    machine = Some(try_machine(around).await);
                }
                let shared = machine.clone().expect("it was tried above");
                match shared {
                    Ok(machine) => local(region, machine, around).await,
                    Err(why) => Err(why),
                }
            }
            DriverEndpoint::Remote(_) => remote(region).await.map_err(|e| e.to_string()),
        };
        probes.insert(region.id.clone(), probed);
    }
    probes
}

/// Starts the driver and one browser, and keeps the driver.
async fn try_machine(around: &Surroundings) -> Result<Arc<Machine>, String> {
    let browser = around.local.clone()?;
    let machine = Machine::new(around.outpace.clone(), browser);
    let tried = async {
        let mut held = machine.hold().await;
        let url = held.url().await?;
        let spec = plain_spec(Some(machine.browser().browser.clone()));
        let opened = Session::open(&url, capabilities::printing(&spec)).await;
        match opened {
            Ok(session) => session.close().await,
            Err(error) => {
                held.discard().await;
                Err(error)
            }
        }
    };
    let tried: Result<(), BrowserError> = tried.await;
    tried.map_err(|e| e.to_string())?;
    Ok(Arc::new(machine))
}

async fn local(
    region: &Region,
    machine: Arc<Machine>,
    around: &Surroundings,
) -> Result<Probed, String> {
    let needs_proxy = !region.latency.is_empty() || !around.hosts.is_empty();
    let proxy = if needs_proxy {
        let started = LabProxy::start(around.hosts.clone()).await;
        Some(Arc::new(
            started.map_err(|e| ProbeError::Proxy(e).to_string())?,
        ))
    } else {
        None
    };
    let browser = machine.browser().clone();
    let mut spec = plain_spec(Some(browser.browser.clone()));
    spec.proxy = proxy.as_ref().map(|p| p.address());
    Ok(Probed {
        browser: format!("chrome {}", browser.browser_version),
        browser_version: browser.browser_version,
        driver_version: browser.driver_version,
        switches: stable(&capabilities::switches(&spec)),
        place: Place::Local { machine, proxy },
    })
}

async fn remote(region: &Region) -> Result<Probed, ProbeError> {
    let DriverEndpoint::Remote(url) = &region.driver else {
        unreachable!("only remote regions come here")
    };
    let mut spec = plain_spec(None);
    spec.extra.clone_from(&region.capabilities);
    let session = Session::open(url, capabilities::measuring(&spec)).await?;
    let name = session
        .capability(&["browserName"])
        .unwrap_or_else(|| "browser".to_owned());
    let version = session.capability(&["browserVersion"]).unwrap_or_default();
    let driver = session
        .capability(&["chrome", "chromedriverVersion"])
        .unwrap_or_default();
    session.close().await?;
    Ok(Probed {
        place: Place::Remote(url.clone()),
        browser: format!("{name} {version}"),
        browser_version: version,
        driver_version: driver
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned(),
        switches: stable(&capabilities::switches(&spec)),
    })
}

/// A session spec for a browser of which nothing but its place is known yet.
#[must_use]
pub fn plain_spec(binary: Option<PathBuf>) -> SessionSpec {
    let sandbox = if binary.is_some() && rustix::process::geteuid().is_root() {
        Sandbox::OffForRoot
    } else {
        Sandbox::On
    };
    SessionSpec {
        device: Device::Desktop.numbers(),
        user_agent: "Mozilla/5.0 outpace".to_owned(),
        binary,
        sandbox,
        proxy: None,
        blocked: Vec::new(),
        extra: serde_json::Map::new(),
        script_timeout: Duration::from_secs(60),
    }
}

/// Switches without the port of a proxy, which is another each time.
fn stable(switches: &[String]) -> Vec<String> {
    switches
        .iter()
        .map(|s| match s.strip_prefix("--proxy-server=") {
            Some(_) => "--proxy-server=<lab proxy on loopback>".to_owned(),
            None => s.clone(),
        })
        .collect()
}

/// Ends the driver of this machine, if probing started one.
pub async fn stop(probes: &Probes) {
    for probed in probes.values().flatten() {
        if let Place::Local { machine, .. } = &probed.place {
            machine.stop().await;
        }
    }
}
