//! What is asked of a browser at the start of a session: switches, device, user agent, logs.
//!
//! Pure: the same spec gives the same capabilities. Shapes: W3C WebDriver "New Session" and
//! ChromeDriver's `goog:chromeOptions`.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value, json};
use url::Url;

use crate::model::{Device, DeviceNumbers, LineNumbers};

/// Whether the browser's own sandbox can be used: Chromium refuses it to root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sandbox {
    /// As the browser does by itself.
    On,
    /// `--no-sandbox`, because we are root.
    OffForRoot,
}

/// All that makes one session differ from another.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionSpec {
    /// Viewport, scale, touch.
    pub device: DeviceNumbers,
    /// User agent with our token.
    pub user_agent: String,
    /// The browser's program, for a driver of this machine.
    pub binary: Option<PathBuf>,
    /// Sandbox of a browser of this machine.
    pub sandbox: Sandbox,
    /// Proxy that every connection goes through, loopback included, as Chromium writes it:
    /// `socks5://127.0.0.1:1080`.
    pub proxy: Option<String>,
    /// A line that the browser itself makes, where no proxy of ours can.
    pub throttle: Option<LineNumbers>,
    /// Name of the session on a Grid (`se:name`).
    pub name: Option<String>,
    /// Patterns of addresses that the page may not load (`Network.setBlockedURLs`).
    pub blocked: Vec<String>,
    /// Capabilities of the region, merged last.
    pub extra: Map<String, Value>,
    /// Longest time one script may wait, given to the driver.
    pub script_timeout: Duration,
}

/// Chromium features that talk to the network or change pages by themselves. One list, since
/// Chromium takes only the last `--disable-features`.
///
/// The loading predictor stays on: it begins to connect to the page's host a few ms before the time
/// origin (`tests/chromium.rs` says how many), as it does for visitors. The one thing that turns it
/// off, the preference `net.network_prediction_options`, also ignores `<link rel=preconnect>`.
const DISABLED_FEATURES: &[&str] = &[
    "Translate",
    "MediaRouter",
    "OptimizationHints",
    "OptimizationGuideModelDownloading",
    "InterestFeedContentSuggestions",
    "CertificateTransparencyComponentUpdater",
    "AutofillServerCommunication",
    "DialMediaRouteProvider",
    "Prewarm",
];

const SWITCHES: &[&str] = &[
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-component-extensions-with-background-pages",
    "--disable-sync",
    "--disable-domain-reliability",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-client-side-phishing-detection",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--mute-audio",
    "--password-store=basic",
    "--use-mock-keychain",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    "--disable-hang-monitor",
    "--disable-prompt-on-repost",
    "--disable-search-engine-choice-screen",
];

/// The browser's switches, as they are stored with the run.
#[must_use]
pub fn switches(spec: &SessionSpec) -> Vec<String> {
    let mut all: Vec<String> = SWITCHES.iter().map(|&s| s.to_owned()).collect();
    all.push(format!(
        "--disable-features={}",
        DISABLED_FEATURES.join(",")
    ));
    if spec.sandbox == Sandbox::OffForRoot {
        all.push("--no-sandbox".to_owned());
    }
    if let Some(proxy) = &spec.proxy {
        all.push(format!("--proxy-server={proxy}"));
        // Without this Chromium sends loopback addresses past the proxy.
        all.push("--proxy-bypass-list=<-loopback>".to_owned());
        // QUIC cannot pass a SOCKS proxy of ours.
        all.push("--disable-quic".to_owned());
    }
    all
}

/// From this viewport side on (CSS pixels) Chrome on Android takes a device for a tablet.
const TABLET_SIDE: u32 = 600;

fn is_phone(device: &DeviceNumbers) -> bool {
    device.mobile && device.width.min(device.height) < TABLET_SIDE
}

/// User agent of the real browser's shape, or the device's own, with the token
/// `outpace/<version> (+<contact>)` behind.
#[must_use]
pub fn user_agent(browser_major: &str, device: &Device, tool: &str, contact: &Url) -> String {
    if let Some(own) = device.own_user_agent() {
        return format!("{own} outpace/{tool} (+{contact})");
    }
    let numbers = device.numbers();
    let platform = if numbers.mobile {
        "Linux; Android 10; K"
    } else {
        "X11; Linux x86_64"
    };
    let mobile = if is_phone(&numbers) { " Mobile" } else { "" };
    format!(
        "Mozilla/5.0 ({platform}) AppleWebKit/537.36 (KHTML, like Gecko) \
         Chrome/{browser_major}.0.0.0{mobile} Safari/537.36 outpace/{tool} (+{contact})"
    )
}

/// Capabilities of a measuring session.
#[must_use]
pub fn measuring(spec: &SessionSpec) -> Map<String, Value> {
    let mut capabilities = printing(spec);
    let millis = u64::try_from(spec.script_timeout.as_millis()).unwrap_or(u64::MAX);
    let measure = json!({
        "pageLoadStrategy": "none",
        "unhandledPromptBehavior": "dismiss",
        "timeouts": { "script": millis, "pageLoad": millis },
        "goog:loggingPrefs": { "performance": "ALL", "browser": "ALL" },
        "goog:chromeOptions": {
            "perfLoggingPrefs": { "enableNetwork": true, "enablePage": true },
            "mobileEmulation": emulation(spec),
        },
    });
    merge(&mut capabilities, measure);
    merge(&mut capabilities, Value::Object(spec.extra.clone()));
    capabilities
}

/// Capabilities of a session that only prints, or asks for versions.
#[must_use]
pub fn printing(spec: &SessionSpec) -> Map<String, Value> {
    let mut options = Map::new();
    options.insert("args".to_owned(), json!(switches(spec)));
    if let Some(binary) = &spec.binary {
        options.insert("binary".to_owned(), json!(binary));
    }
    let mut capabilities = Map::new();
    capabilities.insert("browserName".to_owned(), json!("chrome"));
    if let Some(name) = &spec.name {
        capabilities.insert("se:name".to_owned(), json!(name));
    }
    capabilities.insert("goog:chromeOptions".to_owned(), Value::Object(options));
    capabilities
}

/// Viewport and user agent by ChromeDriver's emulation, for desktops too: a window's size is not
/// the size of its viewport.
fn emulation(spec: &SessionSpec) -> Value {
    let d = &spec.device;
    json!({
        "deviceMetrics": {
            "width": d.width,
            "height": d.height,
            "pixelRatio": d.scale,
            "touch": d.mobile,
            "mobile": d.mobile,
        },
        "userAgent": spec.user_agent,
        "clientHints": {
            "platform": if d.mobile { "Android" } else { "Linux" },
            "mobile": is_phone(d),
        },
    })
}

/// Merges `from` into `into`: objects key by key, lists appended, all else replaced.
fn merge(into: &mut Map<String, Value>, from: Value) {
    let Value::Object(from) = from else { return };
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(Value::Object(old)), value @ Value::Object(_)) => merge(old, value),
            (Some(Value::Array(old)), Value::Array(new)) => old.extend(new),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(device: Device) -> SessionSpec {
        let contact = Url::parse("https://www.example.com/bench").unwrap();
        SessionSpec {
            user_agent: user_agent("156", &device, "0.1.0", &contact),
            device: device.numbers(),
            binary: None,
            sandbox: Sandbox::On,
            proxy: None,
            throttle: None,
            name: None,
            blocked: vec![],
            extra: Map::new(),
            script_timeout: Duration::from_secs(60),
        }
    }

    #[test]
    fn the_user_agent_says_who_measures() {
        insta::assert_snapshot!(spec(Device::Phone).user_agent, @"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36 outpace/0.1.0 (+https://www.example.com/bench)");
    }

    #[test]
    fn a_tablet_is_no_phone_and_an_own_agent_carries_our_token_too() {
        let agent = spec(Device::Tablet).user_agent;
        assert!(
            agent.contains("Android") && !agent.contains("Mobile"),
            "{agent}"
        );
        let own = Device::Own(Box::new(crate::model::OwnDevice {
            id: "kiosk".to_owned(),
            numbers: Device::Desktop.numbers(),
            user_agent: Some("Kiosk/1".to_owned()),
        }));
        assert_eq!(
            spec(own).user_agent,
            "Kiosk/1 outpace/0.1.0 (+https://www.example.com/bench)"
        );
    }

    #[test]
    fn there_is_one_list_of_disabled_features_and_no_sandbox_switch_unless_root() {
        let all = switches(&spec(Device::Desktop));
        let lists = all.iter().filter(|s| s.starts_with("--disable-features="));
        assert_eq!(lists.count(), 1);
        assert!(!all.contains(&"--no-sandbox".to_owned()));
        assert!(!all.iter().any(|s| s.contains("quic")));
        let mut root = spec(Device::Desktop);
        root.sandbox = Sandbox::OffForRoot;
        root.proxy = Some("socks5://127.0.0.1:1080".to_owned());
        let all = switches(&root);
        for wanted in [
            "--no-sandbox",
            "--proxy-server=socks5://127.0.0.1:1080",
            "--proxy-bypass-list=<-loopback>",
            "--disable-quic",
        ] {
            assert!(all.contains(&wanted.to_owned()), "{wanted}");
        }
    }

    #[test]
    fn capabilities_of_a_region_are_added_to_ours_and_not_put_in_their_place() {
        let mut s = spec(Device::Phone);
        let Value::Object(extra) = json!({
            "goog:chromeOptions": { "args": ["--no-sandbox"] },
            "custom:region": "frankfurt",
        }) else {
            unreachable!()
        };
        s.extra = extra;
        let c = measuring(&s);
        assert_eq!(c["custom:region"], "frankfurt");
        let options = &c["goog:chromeOptions"];
        assert_eq!(options["args"][0], "--headless=new");
        let args = options["args"].as_array().unwrap();
        assert_eq!(args.last().unwrap(), "--no-sandbox");
        assert_eq!(options["mobileEmulation"]["deviceMetrics"]["width"], 412);
        assert_eq!(c["pageLoadStrategy"], "none");
    }
}
