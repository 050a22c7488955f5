//! `[[profile]]`, and the `[[device]]` and `[[network]]` of the file's own that it may name.

use super::diagnostic::Diagnostic;
use super::keys;
use super::suggest::quoted;
use super::tree::{Entry, Value};
use super::values::{self, Problem, Text};
use super::walk::{At, Table, Walk};
use crate::model::{
    Browser, Device, DeviceNumbers, LineNumbers, Network, OwnDevice, OwnNetwork, Profile,
};

/// Longest round trip of a network, milliseconds.
const LONGEST_RTT: std::time::Duration = std::time::Duration::from_secs(10);

/// `[[profile]]`.
pub(super) struct WrittenProfile {
    pub(super) id: Option<At<String>>,
    pub(super) browser: Option<Browser>,
    pub(super) device: Option<Device>,
    pub(super) network: Option<At<Network>>,
}

impl WrittenProfile {
    /// What it means, if every part of it is fit.
    pub(super) fn profile(&self) -> Option<Profile> {
        Some(Profile {
            id: self.id.as_ref()?.value.clone(),
            browser: self.browser?,
            device: self.device.clone()?,
            network: self.network.as_ref()?.value.clone(),
        })
    }
}

/// All profiles; `None` without any.
pub(super) fn read(walk: &mut Walk<'_>, root: &Table<'_>) -> Option<Vec<WrittenProfile>> {
    let devices = walk.tables(root, &keys::DEVICE).unwrap_or_default();
    let devices: Vec<_> = devices.iter().filter_map(|t| device(walk, t)).collect();
    let networks = walk.tables(root, &keys::NETWORK).unwrap_or_default();
    let networks: Vec<_> = networks.iter().filter_map(|t| network(walk, t)).collect();
    let profiles = walk.tables(root, &keys::PROFILE)?;
    let read = profiles
        .iter()
        .map(|table| profile(walk, table, (&devices, &networks)));
    Some(read.collect())
}

fn profile(
    walk: &mut Walk<'_>,
    table: &Table<'_>,
    (devices, networks): (&[Device], &[Network]),
) -> WrittenProfile {
    let browser = ("browser", Browser::Chrome);
    let network = ("network", Network::None);
    WrittenProfile {
        id: walk.need(table, "id", values::id),
        browser: walk
            .read_or(table, browser, values::browser)
            .map(|a| a.value),
        device: walk
            .need(table, "device", |text| values::device(text, devices))
            .map(|a| a.value),
        network: walk.read_or(table, network, |text| values::network(text, networks)),
    }
}

fn device(walk: &mut Walk<'_>, table: &Table<'_>) -> Option<Device> {
    let known = ["desktop", "phone", "tablet"];
    let id = walk.need(table, "id", |text| own_id(text, &known));
    let viewport = walk.need(table, "viewport", viewport);
    let scale = number_or(walk, table, ("scale", 1.0), (0.5, 5.0));
    let cpu = number_or(walk, table, ("cpu", 1.0), (1.0, 20.0));
    let touch = flag(walk, table, "touch");
    let agent = table.get("user_agent");
    let agent = agent.map(|e| walk.read(e, values::any).map(|a| a.value));
    let (width, height) = viewport?.value;
    Some(Device::Own(Box::new(OwnDevice {
        id: id?.value,
        numbers: DeviceNumbers {
            width,
            height,
            scale: scale?,
            mobile: touch?,
            cpu: cpu?,
        },
        user_agent: match agent {
            None => None,
            Some(read) => Some(read?),
        },
    })))
}

fn network(walk: &mut Walk<'_>, table: &Table<'_>) -> Option<Network> {
    let known: Vec<&str> = Network::KNOWN.iter().map(Network::name).collect();
    let id = walk.need(table, "id", |text| own_id(text, &known));
    let rtt = walk.required(table, "rtt");
    let rtt = rtt.and_then(|entry| {
        let read = walk.duration(entry)?;
        let allowed = std::time::Duration::ZERO..=LONGEST_RTT;
        walk.bounded("rtt", read, allowed, None)
    });
    let down = walk.need(table, "down", rate);
    let up = walk.need(table, "up", rate);
    let loss = ("loss", 0.0);
    let loss = walk.read_or(table, loss, share);
    Some(Network::Own(Box::new(OwnNetwork {
        id: id?.value,
        numbers: LineNumbers {
            rtt_ms: rtt?.value.as_secs_f64() * 1000.0,
            down_kbps: down?.value,
            up_kbps: up?.value,
            loss: loss?.value,
        },
    })))
}

/// An id that is not one of the built-in words.
fn own_id(text: &Text, known: &[&str]) -> Result<String, Problem> {
    let id = values::id(text)?;
    if known.contains(&id.as_str()) {
        let label = format!("built in: {}", quoted(known));
        let problem = Problem::new(format!("{} is known already", text.shown()), label);
        return Err(problem.hint("give it another id"));
    }
    Ok(id)
}

/// `412x823`, in CSS pixels.
fn viewport(text: &Text) -> Result<(u32, u32), Problem> {
    let read = text.value.split_once('x').and_then(|(w, h)| {
        let side = |s: &str| {
            let n = s.trim().parse::<u32>().ok();
            n.filter(|n| (100..=10_000).contains(n))
        };
        Some((side(w)?, side(h)?))
    });
    read.ok_or_else(|| {
        let label = "width and height in CSS pixels, each from 100 to 10000";
        Problem::new(format!("{} is no viewport", text.shown()), label)
            .hint("write it as `\"412x823\"`")
    })
}

/// A rate in kbit/s from `400kbps` or `1.6mbps`.
fn rate(text: &Text) -> Result<f64, Problem> {
    let value = text.value.to_lowercase();
    let read = [("kbps", 1.0), ("mbps", 1_000.0)]
        .into_iter()
        .find_map(|(unit, factor)| {
            let number = value.strip_suffix(unit)?.trim();
            Some(number.parse::<f64>().ok()? * factor)
        });
    let fits = read.filter(|r| (1.0..=10_000_000.0).contains(r));
    fits.ok_or_else(|| {
        let label = "a number and its unit, from 1kbps to 10000mbps";
        Problem::new(format!("{} is no rate", text.shown()), label)
            .hint("write it in bits a second, such as `\"400kbps\"` or `\"1.6mbps\"`")
    })
}

/// A share from `2%`.
fn share(text: &Text) -> Result<f64, Problem> {
    let read = text.value.strip_suffix('%').map(str::trim);
    let read = read.and_then(|n| n.parse::<f64>().ok());
    let fits = read.filter(|n| (0.0..=50.0).contains(n));
    fits.map(|n| n / 100.0).ok_or_else(|| {
        let label = "a number and `%`, from 0% to 50%";
        Problem::new(format!("{} is no share", text.shown()), label).hint("write it as `\"1%\"`")
    })
}

fn number_or(
    walk: &mut Walk<'_>,
    table: &Table<'_>,
    (key, default): (&str, f64),
    (least, most): (f64, f64),
) -> Option<f64> {
    let Some(entry) = table.get(key) else {
        return Some(default);
    };
    let number = match entry.node.value {
        Value::Float(f) => f,
        // Whole numbers of this size are exact.
        Value::Integer(Some(n)) => n as f64,
        _ => {
            walk.wrong_kind(entry, "a number", None);
            return None;
        }
    };
    if (least..=most).contains(&number) {
        return Some(number);
    }
    let message = format!("`{key}` cannot be `{number}`");
    let label = format!("from {least} to {most}");
    walk.push(Diagnostic::error(entry.node.span.clone(), message, label));
    None
}

fn flag(walk: &mut Walk<'_>, table: &Table<'_>, key: &str) -> Option<bool> {
    let Some(Entry { node, .. }) = table.get(key) else {
        return Some(false);
    };
    if let Value::Boolean(b) = node.value {
        return Some(b);
    }
    let entry = table.get(key)?;
    walk.wrong_kind(entry, "true or false", None);
    None
}
