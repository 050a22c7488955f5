//! From where (regions) and as whom (profiles) pages are visited.
//!
//! Every label has its numbers here, so that wherever a label is named the numbers can stand
//! beside it.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

/// Where the WebDriver of a region is.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DriverEndpoint {
    /// A ChromeDriver that outpace starts on this machine.
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

/// From where: a driver endpoint, its market, and lab latency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
}

/// Browser of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Browser {
    /// Chrome or Chromium.
    Chrome,
}

/// Device class of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Device {
    /// A desktop screen.
    Desktop,
    /// A phone: small viewport, touch, phone user agent.
    Phone,
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
    /// preset (Moto G Power: 412 x 823 at 1.75, CPU 4x), the desktop's those of its desktop preset.
    #[must_use]
    pub fn numbers(self) -> DeviceNumbers {
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
        }
    }

    /// Plural for sentences: "phones".
    #[must_use]
    pub fn plural(self) -> &'static str {
        match self {
            Device::Desktop => "desktops",
            Device::Phone => "phones",
        }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Device::Desktop => "desktop",
            Device::Phone => "phone",
        })
    }
}

/// Network of a profile. `none` is the line as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Network {
    /// Nothing is shaped.
    None,
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
            "{}: {} x {} at {}{touch}{cpu}, network not shaped",
            self.device, n.width, n.height, n.scale
        )
    }
}

/// What of a profile was applied to a browser, as stored with the run. A label that shapes
/// nothing is a lie, so the numbers are kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AppliedProfile {
    /// Profile id.
    pub profile: String,
    /// Device numbers asked of the browser.
    pub device: DeviceNumbers,
    /// User agent that was sent.
    pub user_agent: String,
    /// Round-trip added by lab latency, milliseconds.
    pub added_rtt_ms: f64,
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
