//! What changed between two sets of visits of one page, ranked by how much of the shift each
//! change can explain.
//!
//! Pure. Medians of both sides are compared: phases of the document, time on the main thread by
//! script, requests by address, bytes. A change can explain at most what it grew by in time, and
//! of a new file at most its own duration; what can explain most comes first. That one thing
//! changed with another does not make it the cause: the words are "can explain".

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::stats::quantile::type7;
use crate::model::{Attribution, Metric, RequestFact, Values, format};

/// A time has to grow by this to be worth a line, ms.
const LEAST_MS: f64 = 5.0;
/// A file has to grow by this to be worth a line, bytes.
const LEAST_BYTES: f64 = 2_000.0;
/// A request belongs to a side when this share of its visits made it.
const MOSTLY: f64 = 0.5;
/// A shift this small is none to explain, ms.
const NO_SHIFT: f64 = 1.0;
/// Lines that are kept.
const LINES: usize = 12;

/// What is known of one visit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    /// Metrics.
    pub values: Values,
    /// Explanations.
    pub attribution: Attribution,
    /// Requests.
    pub requests: Vec<RequestFact>,
}

/// What kind of change it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CauseKind {
    /// The server took longer (or less long).
    ServerTime,
    /// A cache before the server answered more or less often.
    CacheHits,
    /// Redirects before the document.
    Redirects,
    /// Name look-up, connection or TLS of the document.
    Connection,
    /// Download of the document.
    Download,
    /// A script of our own.
    Script,
    /// A script of a third party.
    ThirdPartyScript,
    /// Another request of our own.
    Request,
    /// Another request of a third party.
    ThirdPartyRequest,
    /// Another element is the largest.
    LcpElement,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cause {
    /// Kind.
    pub kind: CauseKind,
    /// Address without its query, or the phase in words.
    pub what: String,
    /// What changed, in words.
    pub change: String,
    /// How much of the shift it can explain, ms; 0 where it cannot be said.
    pub explains_ms: f64,
    /// The same as a share of the shift, at most 1; absent without a shift.
    pub share: Option<f64>,
    /// More bytes, B less A.
    pub bytes: f64,
    /// More milliseconds on the main thread, B less A.
    pub busy_ms: f64,
}

/// One line of "where it lies": a part of the metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// The part.
    pub metric: Metric,
    /// Median of A.
    pub a: f64,
    /// Median of B.
    pub b: f64,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Causes {
    /// The metric that shifted.
    pub metric: Metric,
    /// Visits of A and B.
    pub visits: (usize, usize),
    /// Medians of A and B, absent without values.
    pub medians: Option<(f64, f64)>,
    /// Parts of the metric and totals, those that changed.
    pub parts: Vec<Part>,
    /// Changes, what can explain most first.
    pub causes: Vec<Cause>,
}

/// Compares two sets of visits of one page.
#[must_use]
pub fn causes(a: &[Seen], b: &[Seen], metric: Metric) -> Causes {
    let medians = median_of(a, metric).zip(median_of(b, metric));
    let shift = medians.map_or(0.0, |(x, y)| y - x);
    let mut all = phases(a, b);
    all.extend(cache::causes(a, b));
    // Nothing that comes after the document can make its first byte late.
    let later = !matches!(metric, Metric::Ttfb | Metric::Wait);
    all.extend(files(a, b, metric, medians.map(|(x, y)| x.max(y))));
    all.extend(element(a, b));
    for cause in &mut all {
        let document = matches!(
            cause.kind,
            CauseKind::ServerTime
                | CauseKind::CacheHits
                | CauseKind::Redirects
                | CauseKind::Connection
        );
        // What went the other way explains nothing.
        if cause.explains_ms * shift <= 0.0 || !(later || document) {
            cause.explains_ms = 0.0;
        }
        cause.share =
            (shift.abs() > NO_SHIFT).then(|| (cause.explains_ms.abs() / shift.abs()).min(1.0));
    }
    all.sort_by(|x, y| {
        (y.explains_ms.abs().total_cmp(&x.explains_ms.abs()))
            .then(y.busy_ms.abs().total_cmp(&x.busy_ms.abs()))
            .then(y.bytes.abs().total_cmp(&x.bytes.abs()))
            .then(x.what.cmp(&y.what))
    });
    all.truncate(LINES);
    Causes {
        metric,
        visits: (a.len(), b.len()),
        medians,
        parts: parts(a, b, metric),
        causes: all,
    }
}

fn median(values: &[f64]) -> Option<f64> {
    type7(values, 0.5)
}

fn median_of(side: &[Seen], metric: Metric) -> Option<f64> {
    let values: Vec<f64> = side.iter().filter_map(|s| s.values.get(metric)).collect();
    median(&values)
}

fn grown(a: &[Seen], b: &[Seen], metric: Metric) -> f64 {
    median_of(a, metric)
        .zip(median_of(b, metric))
        .map_or(0.0, |(x, y)| y - x)
}

fn phases(a: &[Seen], b: &[Seen]) -> Vec<Cause> {
    let of = [
        (CauseKind::ServerTime, "server time", &[Metric::Wait][..]),
        (CauseKind::Redirects, "redirects", &[Metric::Redirect]),
        (
            CauseKind::Connection,
            "connection",
            &[Metric::Dns, Metric::Connect, Metric::Tls],
        ),
        (
            CauseKind::Download,
            "document download",
            &[Metric::Download],
        ),
    ];
    of.into_iter()
        .filter_map(|(kind, what, metrics)| {
            let ms: f64 = metrics.iter().map(|m| grown(a, b, *m)).sum();
            (ms.abs() >= LEAST_MS).then(|| Cause {
                kind,
                what: what.to_owned(),
                change: format!("{ms:+.0} ms"),
                explains_ms: ms,
                share: None,
                bytes: 0.0,
                busy_ms: 0.0,
            })
        })
        .collect()
}

/// One address on one side.
#[derive(Debug, Default)]
struct File {
    visits: BTreeSet<usize>,
    count: usize,
    bytes: Vec<f64>,
    duration: Vec<f64>,
    start: Vec<f64>,
    third: bool,
    script: bool,
    document: bool,
}

fn by_address(side: &[Seen]) -> BTreeMap<String, File> {
    let mut files: BTreeMap<String, File> = BTreeMap::new();
    for (visit, seen) in side.iter().enumerate() {
        for r in &seen.requests {
            let file = files.entry(address(&r.url)).or_default();
            file.visits.insert(visit);
            file.count += 1;
            file.bytes.push(r.bytes);
            file.start.push(r.start_ms);
            file.duration.extend(r.end_ms.map(|e| e - r.start_ms));
            file.third |= r.third_party;
            file.script |= r.kind == "Script";
            file.document |= r.kind == "Document";
        }
    }
    files
}

/// An address without its query: a version or a buster there makes it no other file.
fn address(url: &str) -> String {
    url.split(['?', '#']).next().unwrap_or_default().to_owned()
}

/// Baseline and candidate are often two hosts of one site: what each serves itself is matched by
/// its path, and what another host serves by host and path, whatever its port.
fn own_path(address: &str, third: bool) -> String {
    let Ok(mut url) = url::Url::parse(address) else {
        return address.to_owned();
    };
    if !third {
        return url.path().to_owned();
    }
    // Only an address without a host refuses this, and has no port.
    let _ = url.set_port(None);
    url.to_string()
}

fn keyed(side: &[Seen]) -> BTreeMap<String, File> {
    by_address(side)
        .into_iter()
        .map(|(address, file)| (own_path(&address, file.third), file))
        .collect()
}

fn busy(side: &[Seen], files: &BTreeMap<String, File>) -> BTreeMap<String, f64> {
    let mut all: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for seen in side {
        for (url, ms) in &seen.attribution.scripts {
            let address = address(url);
            let path = own_path(&address, false);
            let key = if files.contains_key(&path) {
                path
            } else {
                own_path(&address, true)
            };
            all.entry(key).or_default().push(*ms);
        }
    }
    // A visit in whose long frames the script is not found had none of it.
    all.into_iter()
        .filter_map(|(key, mut ms)| {
            ms.resize(side.len().max(ms.len()), 0.0);
            Some((key, median(&ms)?))
        })
        .collect()
}

fn files(a: &[Seen], b: &[Seen], metric: Metric, until: Option<f64>) -> Vec<Cause> {
    let (old, new) = (keyed(a), keyed(b));
    let (busy_old, busy_new) = (busy(a, &old), busy(b, &new));
    let names: BTreeSet<&String> = old
        .keys()
        .chain(new.keys())
        .chain(busy_old.keys())
        .chain(busy_new.keys())
        .collect();
    let side = |files: &BTreeMap<String, File>, name: &str, visits: usize| {
        files
            .get(name)
            .filter(|f| f.visits.len() as f64 > MOSTLY * visits as f64)
            .map(|f| Facts::of(f, visits))
    };
    names
        .into_iter()
        .filter_map(|name| {
            let pair = (side(&old, name, a.len()), side(&new, name, b.len()));
            let ran = |m: &BTreeMap<String, f64>| m.get(name).copied().unwrap_or(0.0);
            let busy_ms = ran(&busy_new) - ran(&busy_old);
            change(name, pair, busy_ms, (metric, until))
        })
        .collect()
}

/// Medians of one address on one side.
#[derive(Debug, Clone, Copy)]
struct Facts {
    bytes: f64,
    duration: f64,
    start: f64,
    each: f64,
    third: bool,
    script: bool,
    document: bool,
}

impl Facts {
    fn of(file: &File, visits: usize) -> Facts {
        Facts {
            bytes: median(&file.bytes).unwrap_or(0.0),
            duration: median(&file.duration).unwrap_or(0.0),
            start: median(&file.start).unwrap_or(0.0),
            each: (file.count as f64 / visits as f64).round(),
            third: file.third,
            script: file.script,
            document: file.document,
        }
    }
}

fn change(
    name: &str,
    (old, new): (Option<Facts>, Option<Facts>),
    busy_ms: f64,
    (metric, until): (Metric, Option<f64>),
) -> Option<Cause> {
    let any = new.or(old);
    let total = |f: Option<Facts>| f.map_or(0.0, |f| f.bytes * f.each);
    let bytes = total(new) - total(old);
    let took = |f: Option<Facts>| f.map_or(0.0, |f| f.duration);
    let longer = took(new) - took(old);
    let mut words = Vec::new();
    match (old, new) {
        (None, Some(_)) => words.push("new".to_owned()),
        (Some(_), None) => words.push("gone".to_owned()),
        (Some(o), Some(n)) if o.each != n.each => {
            words.push(format!("{:.0} requests instead of {:.0}", n.each, o.each));
        }
        _ => {}
    }
    if bytes.abs() >= LEAST_BYTES {
        let sign = if bytes < 0.0 { "-" } else { "+" };
        words.push(format!("{sign}{}", format::bytes(bytes.abs())));
    }
    if busy_ms.abs() >= LEAST_MS {
        let more = if busy_ms > 0.0 { "more" } else { "less" };
        words.push(format!("{:.0} ms {more} busy time", busy_ms.abs()));
    }
    let document = any.is_some_and(|f| f.document);
    if longer.abs() >= LEAST_MS * 4.0 && old.is_some() && new.is_some() && !document {
        words.push(format!("{longer:+.0} ms to arrive"));
    }
    if words.is_empty() {
        return None;
    }
    // What starts after the moment in question cannot have moved it; that of busy time and of the
    // end of loading is the end.
    let whole = matches!(metric, Metric::Tbt | Metric::Load | Metric::FullyLoaded);
    let early = whole || until.zip(any).is_none_or(|(t, f)| f.start < t);
    let arrives = if document || metric == Metric::Tbt {
        0.0
    } else {
        longer
    };
    let explains_ms = if early {
        // They follow each other: first it arrives, then it runs.
        busy_ms + arrives
    } else {
        0.0
    };
    let script = any.is_none_or(|f| f.script);
    let third = any.is_some_and(|f| f.third);
    Some(Cause {
        kind: match (script, third) {
            (true, false) => CauseKind::Script,
            (true, true) => CauseKind::ThirdPartyScript,
            (false, false) => CauseKind::Request,
            (false, true) => CauseKind::ThirdPartyRequest,
        },
        what: name.to_owned(),
        change: words.join(", "),
        explains_ms,
        share: None,
        bytes,
        busy_ms,
    })
}

/// The element that is the largest on most visits, when it is another.
fn element(a: &[Seen], b: &[Seen]) -> Option<Cause> {
    let (old, new) = (usual(a)?, usual(b)?);
    (old != new).then(|| Cause {
        kind: CauseKind::LcpElement,
        what: "main content".to_owned(),
        change: format!("it is `{new}` and was `{old}`"),
        explains_ms: 0.0,
        share: None,
        bytes: 0.0,
        busy_ms: 0.0,
    })
}

fn usual(side: &[Seen]) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for seen in side {
        let element = seen.attribution.lcp_element.as_deref();
        *counts.entry(element?).or_default() += 1;
    }
    let (name, n) = counts.into_iter().max_by_key(|&(_, n)| n)?;
    (n as f64 > MOSTLY * side.len() as f64).then(|| name.to_owned())
}

fn parts(a: &[Seen], b: &[Seen], metric: Metric) -> Vec<Part> {
    let of: &[Metric] = match metric {
        Metric::Ttfb => &[
            Metric::Redirect,
            Metric::Dns,
            Metric::Connect,
            Metric::Tls,
            Metric::Wait,
        ],
        Metric::Lcp => &[
            Metric::LcpTtfb,
            Metric::LcpLoadDelay,
            Metric::LcpLoadTime,
            Metric::LcpRenderDelay,
        ],
        _ => &[Metric::Ttfb],
    };
    let totals = [
        Metric::Tbt,
        Metric::Requests,
        Metric::TransferBytes,
        Metric::JsBytes,
        Metric::ThirdPartyRequests,
        Metric::ThirdPartyBytes,
    ];
    of.iter()
        .chain(&totals)
        .filter(|m| **m != metric)
        .filter_map(|&m| {
            let (a, b) = median_of(a, m).zip(median_of(b, m))?;
            // A hundredth is no change, whatever the unit.
            ((b - a).abs() > 0.01 * a.abs().max(1.0)).then_some(Part { metric: m, a, b })
        })
        .collect()
}

mod cache;
mod words;

#[cfg(test)]
mod tests;
