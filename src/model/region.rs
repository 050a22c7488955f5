//! From where (regions) and as whom (profiles) pages are visited.
//!
//! Every label has its numbers here, so that wherever a label is named the numbers can stand
//! beside it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use super::line::{Network, ShapedBy};

/// Where the WebDriver of a region is.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DriverEndpoint {
    /// A ChromeDriver that outpace starts on this machine.
    #[default]
    Local,
    /// A WebDriver or Selenium Grid at this address. May hold a user and password from the
    /// environment: print it only by [`DriverEndpoint::shown`].
    Remote(Url),
}

/// Never with its secret: what is debugged ends up in logs.
impl fmt::Debug for DriverEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

impl DriverEndpoint {
    /// The endpoint without its secret.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            DriverEndpoint::Local => "local".to_owned(),
            DriverEndpoint::Remote(url) => {
                let mut url = url.clone();
                if url.password().is_some() {
                    // Cannot fail for a URL that already has a password.
                    let _ = url.set_password(Some("***"));
                }
                url.to_string()
            }
        }
    }
}

/// A value from the environment that is never shown, written or stored.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// How a proxy is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProxyKind {
    /// SOCKS version 5 (RFC 1928), names resolved by the proxy.
    Socks5,
    /// HTTP CONNECT (RFC 9110, 9.3.6).
    Http,
}

/// A proxy through which a region's browser goes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upstream {
    /// How it is spoken to.
    pub kind: ProxyKind,
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// User and password, where it asks for them.
    #[serde(skip)]
    pub login: Option<(String, Secret)>,
}

impl fmt::Display for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.kind {
            ProxyKind::Socks5 => "socks5",
            ProxyKind::Http => "http",
        };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

/// From where: a driver endpoint, its market, and lab latency.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Region {
    /// Short id, unique in the file.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Market whose customers it stands for.
    pub market: String,
    /// Where its browser is.
    pub driver: DriverEndpoint,
    /// Capabilities merged into the session request (Grid routing).
    pub capabilities: serde_json::Map<String, serde_json::Value>,
    /// Lab only: round-trip time added by a target's market; empty means none.
    pub latency: BTreeMap<String, Duration>,
    /// Most sessions that are asked of a remote driver at a time; 0 and 1 are one.
    pub sessions: u32,
    /// How long a remote driver that gives no browser is waited for; while other regions are
    /// measured, it is in any case.
    pub wait: Duration,
    /// Proxy through which its browser goes out.
    pub proxy: Option<Upstream>,
    /// Certificate authority of a remote driver, a PEM file; otherwise the system's are trusted.
    pub ca: Option<PathBuf>,
    /// Bearer token for a remote driver.
    #[serde(skip)]
    pub token: Option<Secret>,
}

/// Browser of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Browser {
    /// Chrome or Chromium.
    Chrome,
}

/// A device of `[[device]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnDevice {
    /// Its id.
    pub id: String,
    /// Its numbers.
    pub numbers: DeviceNumbers,
    /// Its user agent, to which our token is added; otherwise Chrome's on such a device.
    pub user_agent: Option<String>,
}

/// Device class of a profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Device {
    /// A desktop screen.
    Desktop,
    /// A phone: small viewport, touch, phone user agent.
    Phone,
    /// A tablet: larger viewport, touch, tablet user agent.
    Tablet,
    /// One of the file's own.
    Own(Box<OwnDevice>),
}

/// The numbers behind a device label.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DeviceNumbers {
    /// Viewport width, CSS pixels.
    pub width: u32,
    /// Viewport height, CSS pixels.
    pub height: u32,
    /// Device pixels a CSS pixel.
    pub scale: f64,
    /// Whether it has touch and a phone's user agent.
    pub mobile: bool,
    /// CPU slow-down factor asked of the browser; 1 is none.
    pub cpu: f64,
}

impl Device {
    /// Viewport, scale, touch and CPU of the label. The phone's are those of Lighthouse's mobile
    /// preset (Moto G Power: 412 x 823 at 1.75, CPU 4x), the desktop's those of its desktop preset,
    /// the tablet's those of DevTools' "iPad Mini" (768 x 1024 at 2) with half the phone's slow-down.
    #[must_use]
    pub fn numbers(&self) -> DeviceNumbers {
        match self {
            Device::Desktop => DeviceNumbers {
                width: 1350,
                height: 940,
                scale: 1.0,
                mobile: false,
                cpu: 1.0,
            },
            Device::Phone => DeviceNumbers {
                width: 412,
                height: 823,
                scale: 1.75,
                mobile: true,
                cpu: 4.0,
            },
            Device::Tablet => DeviceNumbers {
                width: 768,
                height: 1024,
                scale: 2.0,
                mobile: true,
                cpu: 2.0,
            },
            Device::Own(own) => own.numbers,
        }
    }

    /// The user agent that `[[device]]` gives it.
    #[must_use]
    pub fn own_user_agent(&self) -> Option<&str> {
        match self {
            Device::Own(own) => own.user_agent.as_deref(),
            _ => None,
        }
    }

    /// Plural for sentences: "phones".
    #[must_use]
    pub fn plural(&self) -> &'static str {
        match self {
            Device::Desktop => "desktops",
            Device::Phone => "phones",
            Device::Tablet => "tablets",
            Device::Own(_) => "devices",
        }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Device::Desktop => "desktop",
            Device::Phone => "phone",
            Device::Tablet => "tablet",
            Device::Own(own) => &own.id,
        })
    }
}

/// As whom: browser, device, network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Short id, unique in the file.
    pub id: String,
    /// Browser.
    pub browser: Browser,
    /// Device class.
    pub device: Device,
    /// Network shaping.
    pub network: Network,
}

impl Profile {
    /// The label with its numbers, such as
    /// `phone: 412 x 823 at 1.75, touch, CPU 4x slower, network not shaped`.
    #[must_use]
    pub fn described(&self) -> String {
        let n = self.device.numbers();
        let touch = if n.mobile { ", touch" } else { "" };
        let cpu = if n.cpu > 1.0 {
            format!(", CPU {}x slower", n.cpu)
        } else {
            ", CPU as it is".to_owned()
        };
        format!(
            "{}: {} x {} at {}{touch}{cpu}, {}",
            self.device,
            n.width,
            n.height,
            n.scale,
            self.network.described()
        )
    }
}

/// What of a profile was applied to a browser, as stored with the run. A label that shapes
/// nothing is a lie, so the numbers are kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AppliedProfile {
    /// Profile id.
    pub profile: String,
    /// Device numbers asked of the browser; the processor as it was slowed on this machine.
    pub device: DeviceNumbers,
    /// User agent that was sent.
    pub user_agent: String,
    /// Round-trip added by lab latency, milliseconds.
    pub added_rtt_ms: f64,
    /// Network label with its numbers.
    #[serde(default)]
    pub network: String,
    /// By what the network is made.
    #[serde(default)]
    pub shaped_by: ShapedBy,
    /// Region id; empty in runs of an older version.
    #[serde(default)]
    pub region: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_never_shown_with_its_password() {
        let url = Url::parse("https://me:secret@grid.example:4444/").unwrap();
        let endpoint = DriverEndpoint::Remote(url);
        assert_eq!(endpoint.shown(), "https://me:***@grid.example:4444/");
        assert_eq!(format!("{endpoint:?}"), endpoint.shown());
    }
}
