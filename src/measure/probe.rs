//! Before the first visit: does each region's browser start, and what is it?

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::browser::capabilities::{self, Sandbox, SessionSpec};
use crate::browser::{BrowserError, LocalBrowser, Session, scripts};
use crate::model::{Device, DriverEndpoint, LineProbe, Network, Profile, Region, Target};
use crate::network::relay::{Relay, RelayError};
use crate::network::{self, HostMap, LineProxy, Routes, grid};

use super::site::{Machine, Place, added_rtt, session_prefix, through_proxy};

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
    /// What only a remote driver has to be asked for.
    pub afar: Option<Afar>,
    /// Median of nine fixed computations in its browser, milliseconds; `None` when it gave none.
    pub speed_ms: Option<f64>,
}

/// What a remote region says of itself.
#[derive(Debug, Clone, Default)]
pub struct Afar {
    /// The Grid; `None` when it is a single driver.
    pub grid: Option<grid::Status>,
    /// How far its clock is ahead of ours, milliseconds; known to half a round trip to its driver.
    pub clock_ms: Option<f64>,
    /// Version that DevTools gives, where it answers.
    pub devtools: Option<String>,
}

/// How long the machine of a browser takes for a fixed computation: median of nine.
async fn speed(session: &Session) -> Option<f64> {
    let answer = session.execute(scripts::CALIBRATE, Vec::new()).await.ok()?;
    let times: Vec<f64> = answer
        .as_array()?
        .iter()
        .filter_map(|t| t.as_f64())
        .collect();
    middle(times)
}

/// The median of an odd number of positive times.
fn middle(mut times: Vec<f64>) -> Option<f64> {
    times.sort_by(f64::total_cmp);
    let median = *times.get(times.len() / 2)?;
    (median.is_finite() && median > 0.0).then_some(median)
}

/// Asks a fresh session what a night would need of it.
async fn afar(url: &url::Url, session: &Session) -> Afar {
    let before = jiff::Timestamp::now();
    let theirs = session.execute("return Date.now()", Vec::new()).await.ok();
    let after = jiff::Timestamp::now();
    let ours = (before.as_millisecond() + after.as_millisecond()) as f64 / 2.0;
    let version = session
        .cdp("Browser.getVersion", serde_json::json!({}))
        .await;
    Afar {
        grid: grid::status(url).await.filter(|s| s.slots > 0),
        clock_ms: theirs.and_then(|t| t.as_f64()).map(|t| t - ours),
        devtools: version.ok().and_then(|v| {
            let product = v["product"].as_str()?;
            Some(product.to_owned())
        }),
    }
}

/// Why a region cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// Its browser or driver.
    #[error(transparent)]
    Browser(#[from] BrowserError),
    /// Its proxy on this machine.
    #[error("the proxy for its lines did not start: {0}")]
    Proxy(#[from] std::io::Error),
    /// Its relay on this machine.
    #[error(transparent)]
    Relay(#[from] RelayError),
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
    /// Networks of the profiles.
    pub networks: Vec<Network>,
    /// What the names of our sessions on a Grid begin with.
    pub owner: String,
    /// Whether no other process writes to our database: then what has our name on a Grid was left
    /// there by a run that was killed, and is ended.
    pub alone: bool,
    /// Browser and driver of this machine, or why there are none; looked for once.
    pub local: Result<LocalBrowser, String>,
}

/// Tries every region. Local ones share a machine, so it is tried once.
pub async fn all(regions: &[Region], around: &Surroundings) -> Probes {
    let mut machine: Option<Result<Tried, String>> = None;
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
            DriverEndpoint::Remote(_) => remote(region, around).await.map_err(|e| e.to_string()),
        };
        probes.insert(region.id.clone(), probed);
    }
    probes
}

/// This machine, whose browser answered.
#[derive(Debug, Clone)]
struct Tried {
    machine: Arc<Machine>,
    speed_ms: Option<f64>,
}

/// Starts the driver and one browser, and keeps the driver.
async fn try_machine(around: &Surroundings) -> Result<Tried, String> {
    let browser = around.local.clone()?;
    let machine = Machine::new(around.outpace.clone(), browser);
    let tried = async {
        let mut held = machine.hold().await;
        let url = held.url().await?;
        let spec = plain_spec(Some(machine.browser().browser.clone()));
        let opened = Session::open(&url, capabilities::printing(&spec)).await;
        match opened {
            Ok(session) => {
                let speed = speed(&session).await;
                session.close().await?;
                Ok(speed)
            }
            Err(error) => {
                held.discard().await;
                Err(error)
            }
        }
    };
    let tried: Result<Option<f64>, BrowserError> = tried.await;
    let speed_ms = tried.map_err(|e| e.to_string())?;
    Ok(Tried {
        machine: Arc::new(machine),
        speed_ms,
    })
}

async fn local(
    region: &Region,
    Tried { machine, speed_ms }: Tried,
    around: &Surroundings,
) -> Result<Probed, String> {
    let shaped = around.networks.iter().any(|n| through_proxy(region, n));
    let proxy = if shaped || !around.hosts.is_empty() {
        let routes = Routes {
            hosts: around.hosts.clone(),
            upstream: region.proxy.clone(),
        };
        let started = LineProxy::start(routes).await;
        Some(Arc::new(
            started.map_err(|e| ProbeError::Proxy(e).to_string())?,
        ))
    } else {
        None
    };
    let browser = machine.browser().clone();
    let mut spec = plain_spec(Some(browser.browser.clone()));
    spec.proxy = proxy.as_ref().map(|p| format!("socks5://{}", p.address()));
    Ok(Probed {
        browser: format!("chrome {}", browser.browser_version),
        browser_version: browser.browser_version,
        driver_version: browser.driver_version,
        switches: stable(&capabilities::switches(&spec)),
        afar: None,
        speed_ms,
        place: Place::Local { machine, proxy },
    })
}

pub(super) async fn remote(region: &Region, around: &Surroundings) -> Result<Probed, ProbeError> {
    let DriverEndpoint::Remote(url) = &region.driver else {
        unreachable!("only remote regions come here")
    };
    let relay = if Relay::needed(region) {
        Some(Arc::new(Relay::start(url, region).await?))
    } else {
        None
    };
    let url = relay.as_ref().map_or(url, |r| r.url()).clone();
    let prefix = session_prefix(&around.owner, &region.id);
    if around.alone {
        grid::close_left_behind(&url, &prefix).await;
    }
    let mut spec = plain_spec(None);
    spec.extra.clone_from(&region.capabilities);
    spec.proxy = region.proxy.as_ref().map(ToString::to_string);
    spec.name = Some(format!("{prefix}probe"));
    let session = Session::open(&url, capabilities::measuring(&spec)).await?;
    let name = session
        .capability(&["browserName"])
        .unwrap_or_else(|| "browser".to_owned());
    let version = session.capability(&["browserVersion"]).unwrap_or_default();
    let driver = session
        .capability(&["chrome", "chromedriverVersion"])
        .unwrap_or_default();
    let afar = afar(&url, &session).await;
    let speed_ms = speed(&session).await;
    session.close().await?;
    Ok(Probed {
        afar: Some(afar),
        speed_ms,
        place: Place::Remote { url, relay },
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
        throttle: None,
        name: None,
        extra: serde_json::Map::new(),
        script_timeout: Duration::from_secs(60),
    }
}

/// Switches without the port of a proxy, which is another each time.
fn stable(switches: &[String]) -> Vec<String> {
    switches
        .iter()
        .map(|s| match s.strip_prefix("--proxy-server=") {
            Some(proxy) if proxy.starts_with("socks5://127.0.0.1:") => {
                "--proxy-server=<our own on loopback>".to_owned()
            }
            _ => s.clone(),
        })
        .collect()
}

/// Measures every line that our proxy makes for these regions, each once, all at the same time.
///
/// # Errors
/// When loopback cannot be used.
pub async fn lines(
    regions: &[Region],
    profiles: &[Profile],
    targets: &[Target],
) -> std::io::Result<Vec<LineProbe>> {
    let mut asked: Vec<(Network, Duration)> = Vec::new();
    let local = regions.iter().filter(|r| r.driver == DriverEndpoint::Local);
    for region in local {
        for profile in profiles {
            for beyond in targets.iter().map(|t| added_rtt(region, t)) {
                let line = (profile.network.clone(), beyond);
                let shaped = line.0.numbers().is_some() || !beyond.is_zero();
                if shaped && !asked.contains(&line) {
                    asked.push(line);
                }
            }
        }
    }
    let mut probes = tokio::task::JoinSet::new();
    for (network, beyond) in asked {
        probes.spawn(async move { network::probe::line(&network, beyond).await });
    }
    let mut found = Vec::new();
    while let Some(probed) = probes.join_next().await {
        found.push(probed.map_err(std::io::Error::other)??);
    }
    found.sort_by(|a, b| {
        let by_latency = a.added_rtt_ms.total_cmp(&b.added_rtt_ms);
        a.network.cmp(&b.network).then(by_latency)
    });
    Ok(found)
}

/// Ends what has our name on the drivers of these regions, such as a session that was asked for,
/// not waited for, and came all the same.
pub async fn tidy(probes: &Probes, owner: &str) {
    for (region, probed) in probes {
        if let Ok(Probed {
            place: Place::Remote { url, .. },
            ..
        }) = probed
        {
            grid::close_left_behind(url, &session_prefix(owner, region)).await;
        }
    }
}

/// Ends the driver of this machine, if probing started one.
pub async fn stop(probes: &Probes) {
    for probed in probes.values().flatten() {
        if let Place::Local { machine, .. } = &probed.place {
            machine.stop().await;
        }
    }
}
