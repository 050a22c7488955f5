//! `[[region]]` read key by key: where its browser is, and how it goes out from there.
//!
//! A key that would do nothing for the kind of driver is refused by name.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use serde_json::{Map, Value as Json};
use url::Url;

use super::defaults;
use super::diagnostic::Diagnostic;
use super::secret;
use super::tree::{Entry, Node, Value};
use super::values::{self, Problem, Text};
use super::walk::{At, Table, Walk};
use crate::model::{ProxyKind, Secret, Upstream};

/// `[[region]]`.
pub(super) struct WrittenRegion {
    pub(super) id: Option<At<String>>,
    pub(super) name: Option<String>,
    pub(super) market: Option<At<String>>,
    /// `Some(None)` is local.
    pub(super) driver: Option<Option<Url>>,
    pub(super) capabilities: Option<Map<String, Json>>,
    /// The table's header, and its lines.
    pub(super) latency: Option<At<Vec<RoundTrip>>>,
    pub(super) sessions: Option<u32>,
    pub(super) wait: Option<Duration>,
    /// `Some(None)` is none.
    pub(super) proxy: Option<Option<Upstream>>,
    pub(super) ca: Option<Option<String>>,
    pub(super) token: Option<Option<String>>,
}

impl WrittenRegion {
    /// The round trips by market.
    pub(super) fn round_trips(&self) -> BTreeMap<String, Duration> {
        let lines = self.latency.iter().flat_map(|l| &l.value);
        lines.map(|(m, d)| (m.value.clone(), *d)).collect()
    }
}

/// A market and the round trip to its targets.
pub(super) type RoundTrip = (At<String>, Duration);

pub(super) fn region(walk: &mut Walk<'_>, table: &Table<'_>) -> WrittenRegion {
    let driver = walk
        .read_or(table, ("driver", None), values::driver)
        .map(|a| a.value);
    let local = matches!(driver, Some(None));
    let remote = matches!(driver, Some(Some(_)));
    refuse(walk, table, if local { ONLY_REMOTE } else { &[] });
    refuse(walk, table, if remote { ONLY_LOCAL } else { &[] });
    let exit = if remote {
        Exit::FromAfar
    } else {
        Exit::FromHere
    };
    WrittenRegion {
        id: walk.need(table, "id", values::id),
        name: walk.need(table, "name", values::any).map(|a| a.value),
        market: walk.need(table, "market", values::any),
        driver,
        capabilities: capabilities(walk, table),
        latency: latency(walk, table),
        sessions: walk.whole_or(table, ("sessions", 1), 1..=1_000),
        wait: walk
            .duration_or(table, ("wait", defaults::REGION_WAIT), ABSENCE)
            .map(|a| a.value),
        proxy: proxy(walk, table, exit),
        ca: optional(walk, table, "ca"),
        token: optional(walk, table, "token"),
    }
}

/// Where the browser that uses a proxy is.
#[derive(PartialEq)]
enum Exit {
    FromHere,
    FromAfar,
}

/// How long a region may be waited for.
const ABSENCE: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(24 * 3600);

/// A key that does nothing for this kind of driver: message, label and hint.
type Refused = (&'static str, &'static str, &'static str, &'static str);

const REMOTE_HINT: &str = "take it out, or write the address of a Grid: `driver = \"https://…\"`";

const ONLY_REMOTE: &[Refused] = &[
    (
        "capabilities",
        "`capabilities` of a local driver are not built yet",
        "the browser on this machine would not get them",
        "take them out, or write the address of a Grid: `driver = \"https://…\"`",
    ),
    (
        "sessions",
        "`sessions` of a local driver",
        "one visit at a time on this machine, so that visits do not slow each other down",
        REMOTE_HINT,
    ),
    (
        "wait",
        "`wait` of a local driver",
        "the browser on this machine does not come and go",
        REMOTE_HINT,
    ),
    (
        "ca",
        "`ca` of a local driver",
        "the driver on this machine is not reached over TLS",
        REMOTE_HINT,
    ),
    (
        "token",
        "`token` of a local driver",
        "the driver on this machine asks for none",
        REMOTE_HINT,
    ),
];

const ONLY_LOCAL: &[Refused] = &[(
    "latency",
    "`latency` of a remote driver is not built yet",
    "round trips are added on this machine only",
    "take it out: a driver at that place has its own round trips",
)];

fn refuse(walk: &mut Walk<'_>, table: &Table<'_>, refused: &[Refused]) {
    for (key, message, label, hint) in refused {
        if let Some(entry) = table.get(key) {
            let error = Diagnostic::error(entry.key_span.clone(), *message, *label);
            walk.push(error.hint(*hint));
        }
    }
}

fn optional(walk: &mut Walk<'_>, table: &Table<'_>, key: &str) -> Option<Option<String>> {
    match table.get(key) {
        None => Some(None),
        Some(entry) => walk.read(entry, values::any).map(|a| Some(a.value)),
    }
}

fn proxy(walk: &mut Walk<'_>, table: &Table<'_>, exit: Exit) -> Option<Option<Upstream>> {
    let Some(entry) = table.get("proxy") else {
        return Some(None);
    };
    let read = walk.read(entry, upstream)?;
    if read.value.login.is_some() && exit == Exit::FromAfar {
        let message = "a remote browser cannot log in to a proxy";
        let label = "Chromium asks a person, and our own relay is on this machine";
        let error = Diagnostic::error(entry.key_span.clone(), message, label);
        walk.push(
            error.hint(
                "let the proxy know that browser by its address, or use `driver = \"local\"`",
            ),
        );
        return None;
    }
    Some(Some(read.value))
}

/// `socks5://[user:password@]host:port`, or the same with `http`.
fn upstream(text: &Text) -> Result<Upstream, Problem> {
    let bad = |label: &str| {
        Problem::new(format!("{} is no proxy", text.shown()), label).hint(
            "write `socks5://host:1080` or `http://host:3128`; a login goes before the host: \
             `socks5://user:${PROXY_PASSWORD}@host:1080`",
        )
    };
    let url = Url::parse(&text.value).map_err(|e| bad(&e.to_string()))?;
    let (kind, default) = match url.scheme() {
        "socks5" | "socks5h" => (ProxyKind::Socks5, 1080),
        "http" => (ProxyKind::Http, 80),
        scheme => return Err(bad(&format!("its scheme is `{scheme}`"))),
    };
    let host = url.host_str().filter(|h| !h.is_empty());
    let login = (!url.username().is_empty()).then(|| {
        let password = url.password().unwrap_or_default();
        let decoded = |s: &str| secret::percent_decoded(s);
        (decoded(url.username()), Secret(decoded(password)))
    });
    Ok(Upstream {
        kind,
        host: host.ok_or_else(|| bad("no host in it"))?.to_owned(),
        port: url.port().unwrap_or(default),
        login,
    })
}

fn capabilities(walk: &mut Walk<'_>, table: &Table<'_>) -> Option<Map<String, Json>> {
    let Some(entry) = table.get("capabilities") else {
        return Some(Map::new());
    };
    let Value::Table(lines) = &entry.node.value else {
        let hint = "write `capabilities = { browserVersion = \"stable\" }`";
        walk.wrong_kind(entry, "a table", Some(hint.to_owned()));
        return None;
    };
    json_table(walk, lines)
}

fn json_table(walk: &mut Walk<'_>, lines: &[Entry]) -> Option<Map<String, Json>> {
    let read: Vec<_> = lines
        .iter()
        .map(|line| (line.key.clone(), json(walk, &line.node)))
        .collect();
    read.into_iter().map(|(k, v)| Some((k, v?))).collect()
}

fn json(walk: &mut Walk<'_>, node: &Node) -> Option<Json> {
    let unfit = match &node.value {
        Value::Text(raw) => return walk.expand(raw, &node.span).map(Json::String),
        Value::Integer(Some(n)) => return Some(Json::from(*n)),
        Value::Boolean(b) => return Some(Json::from(*b)),
        Value::List(items) => {
            let read: Vec<_> = items.iter().map(|item| json(walk, item)).collect();
            return read.into_iter().collect::<Option<Vec<_>>>().map(Json::from);
        }
        Value::Table(lines) => return json_table(walk, lines).map(Json::Object),
        Value::Lost => return None,
        Value::Float(f) => match serde_json::Number::from_f64(*f) {
            Some(number) => return Some(Json::Number(number)),
            None => "not a number that JSON has",
        },
        Value::Integer(None) => "too large a number",
        Value::Datetime => "write it in quotes",
    };
    let message = "a capability that cannot be sent";
    walk.push(Diagnostic::error(node.span.clone(), message, unfit));
    None
}

fn latency(walk: &mut Walk<'_>, table: &Table<'_>) -> Option<At<Vec<RoundTrip>>> {
    let entry = table.get("latency")?;
    let Value::Table(lines) = &entry.node.value else {
        let hint = "write `[region.latency]` and below it lines such as `US = \"150ms\"`";
        walk.wrong_kind(
            entry,
            "a table of round trips by market",
            Some(hint.to_owned()),
        );
        return None;
    };
    let mut read = Vec::new();
    for line in lines {
        let trip = walk.duration(line);
        let allowed = Duration::ZERO..=Duration::from_secs(10);
        if let Some(trip) = trip.and_then(|t| walk.bounded(&line.key, t, allowed, None)) {
            let market = At {
                value: line.key.clone(),
                span: line.key_span.clone(),
            };
            read.push((market, trip.value));
        }
    }
    Some(At {
        value: read,
        span: entry.node.span.clone(),
    })
}
