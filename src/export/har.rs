//! HTTP Archive 1.2 (<http://www.softwareishard.com/blog/har-12-spec/>), made from the evidence of
//! visits: one page a visit, one entry a request.
//!
//! Times are the page's own: an entry begins at the page's start plus its offset. Phases lie end to
//! end, so that they add up to the entry's time. What the format has no place for stands under keys
//! that begin with `_`. Entries are written as they come, pages after them, so that a night of
//! visits needs no more memory than its largest visit.

use std::io;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::model::{Header, Initiator, Phase, RequestDetail, RequestFact, WholeVisit};

/// The format's sign for "not known" and "does not apply".
const NONE: i64 = -1;

/// A HAR file that is being written.
pub struct Har<'o> {
    out: &'o mut dyn io::Write,
    pages: Vec<Value>,
    browser: Option<String>,
    begun: bool,
}

impl<'o> Har<'o> {
    /// Begins a file. `tool` is the version of outpace that writes it.
    ///
    /// # Errors
    /// Those of writing.
    pub fn begin(out: &'o mut dyn io::Write, tool: &str) -> io::Result<Self> {
        let creator = json!({ "name": "outpace", "version": tool });
        write!(
            out,
            "{{\"log\":{{\"version\":\"1.2\",\"creator\":{creator},\"entries\":["
        )?;
        Ok(Har {
            out,
            pages: Vec::new(),
            browser: None,
            begun: false,
        })
    }

    /// Writes a visit.
    ///
    /// # Errors
    /// Those of writing.
    pub fn visit(&mut self, visit: &WholeVisit) -> io::Result<()> {
        let start = page_start(visit);
        for request in &visit.requests {
            let before = if self.begun { ",\n" } else { "\n" };
            self.begun = true;
            write!(self.out, "{before}{}", entry(visit, request, start))?;
        }
        self.pages.push(page(visit, start));
        if self.browser.is_none() {
            self.browser.clone_from(&visit.browser);
        }
        Ok(())
    }

    /// Writes what stands after the last entry, and flushes it.
    ///
    /// # Errors
    /// Those of writing.
    pub fn end(self) -> io::Result<()> {
        let pages = Value::Array(self.pages);
        write!(self.out, "\n],\"pages\":{pages}")?;
        if let Some(browser) = &self.browser {
            let (name, version) = browser.split_once(' ').unwrap_or((browser, ""));
            let browser = json!({ "name": name, "version": version });
            write!(self.out, ",\"browser\":{browser}")?;
        }
        writeln!(self.out, "}}}}")?;
        self.out.flush()
    }
}

/// The page's navigation start by the browser's clock; by ours where the log did not tell.
fn page_start(visit: &WholeVisit) -> Option<Timestamp> {
    let wall = visit.requests.iter().find_map(|r| {
        let wall = r.detail.as_ref()?.wall_ms?;
        timestamp(wall - r.start_ms)
    });
    wall.or(visit.row.started_at)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast to an integer saturates, and what is no time is refused"
)]
fn timestamp(ms: f64) -> Option<Timestamp> {
    Timestamp::from_microsecond((ms * 1000.0).round() as i64).ok()
}

fn iso(start: Option<Timestamp>, offset_ms: f64) -> String {
    let start = start.unwrap_or(Timestamp::UNIX_EPOCH);
    let at = timestamp(start.as_microsecond() as f64 / 1000.0 + offset_ms).unwrap_or(start);
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

fn page_id(visit: &WholeVisit) -> String {
    format!("visit_{}", visit.row.id)
}

fn page(visit: &WholeVisit, start: Option<Timestamp>) -> Value {
    let row = &visit.row;
    let value = |metric| row.values.get(metric).map_or(json!(NONE), Value::from);
    let mut timings = json!({
        "onContentLoad": value(crate::model::Metric::DomContentLoaded),
        "onLoad": value(crate::model::Metric::Load),
    });
    for (metric, v) in row.values.iter() {
        timings[format!("_{metric}")] = json!(v);
    }
    for (name, v) in &visit.attribution.custom {
        timings[format!("_{name}")] = json!(v);
    }
    json!({
        "id": page_id(visit),
        "startedDateTime": iso(start, 0.0),
        "title": visit.final_url.as_ref().unwrap_or(&visit.url),
        "pageTimings": timings,
        "_documentTitle": visit.title,
        "_run": row.run, "_round": row.round, "_warmUp": row.warm_up,
        "_target": row.target, "_page": row.page, "_region": row.region, "_profile": row.profile,
        "_state": row.state, "_reason": row.reason, "_flags": row.flags,
        "_lcpElement": visit.attribution.lcp_element, "_lcpUrl": visit.attribution.lcp_url,
    })
}

fn entry(visit: &WholeVisit, request: &RequestFact, start: Option<Timestamp>) -> Value {
    let none = RequestDetail::default();
    let detail = request.detail.as_deref().unwrap_or(&none);
    let (time, timings) = timings(request);
    let mut entry = json!({
        "pageref": page_id(visit),
        "startedDateTime": iso(start, request.start_ms),
        "time": time,
        "request": asked(request, detail),
        "response": answered(request, detail),
        "cache": {},
        "timings": timings,
        "_resourceType": request.kind.to_lowercase(),
        "_thirdParty": request.third_party,
        "_initiator": initiator(&detail.initiator),
    });
    let mut more = Map::new();
    let mut add = |key: &str, value: Option<&String>| {
        if let Some(value) = value {
            more.insert(key.to_owned(), json!(value));
        }
    };
    add("serverIPAddress", detail.remote.as_ref());
    add("connection", detail.connection.as_ref());
    add("_priority", detail.priority.as_ref());
    add("_servedFrom", detail.source.as_ref());
    if detail.cancelled {
        more.insert("_cancelled".to_owned(), json!(true));
    }
    let entry_fields = entry.as_object_mut().expect("it was made as an object");
    entry_fields.extend(more);
    entry
}

fn initiator(initiator: &Initiator) -> Value {
    // The keys of DevTools' own exports, which count lines from 0.
    json!({
        "type": initiator.kind,
        "url": initiator.url,
        "lineNumber": initiator.line.map(|l| l - 1),
    })
}

fn asked(request: &RequestFact, detail: &RequestDetail) -> Value {
    let query: Vec<Value> = url::Url::parse(&request.url)
        .iter()
        .flat_map(|u| u.query_pairs().into_owned().collect::<Vec<_>>())
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    json!({
        "method": request.method,
        "url": request.url,
        "httpVersion": version(detail),
        "cookies": [],
        "headers": headers(&detail.request_headers),
        "queryString": query,
        "headersSize": NONE,
        "bodySize": if detail.has_body { NONE } else { 0 },
    })
}

fn answered(request: &RequestFact, detail: &RequestDetail) -> Value {
    let body = (request.bytes - detail.header_bytes).max(0.0);
    let decoded = detail.decoded_bytes;
    // A `Location` says where to go only with such a status.
    let is_redirect = request.status.is_some_and(|s| (300..400).contains(&s));
    let redirect = detail.redirect.as_deref().filter(|_| is_redirect);
    let mut content = json!({
        "size": whole(decoded),
        "mimeType": detail.mime.as_deref().unwrap_or("x-unknown"),
    });
    let encoded = |h: &Header| h.name.eq_ignore_ascii_case("content-encoding");
    if decoded > body && detail.response_headers.iter().any(encoded) {
        content["compression"] = json!(whole(decoded - body));
    }
    let mut response = json!({
        "status": request.status.unwrap_or(0),
        "statusText": detail.status_text,
        "httpVersion": version(detail),
        "cookies": [],
        "headers": headers(&detail.response_headers),
        "content": content,
        "redirectURL": redirect.unwrap_or_default(),
        "headersSize": if request.status.is_some() { json!(whole(detail.header_bytes)) } else { json!(NONE) },
        "bodySize": if request.status.is_some() { json!(whole(body)) } else { json!(NONE) },
        "_transferSize": whole(request.bytes),
    });
    if let Some(error) = &request.error {
        response["_error"] = json!(error);
    }
    response
}

/// Bytes, which DevTools counts in floating point.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast to an integer saturates"
)]
fn whole(bytes: f64) -> i64 {
    bytes.round() as i64
}

fn headers(headers: &[Header]) -> Value {
    headers
        .iter()
        .map(|h| json!({ "name": h.name, "value": h.value }))
        .collect()
}

/// As DevTools writes it.
fn version(detail: &RequestDetail) -> String {
    match detail.protocol.as_deref() {
        None => "unknown".to_owned(),
        Some("h2") => "http/2.0".to_owned(),
        Some(other) if other.starts_with("http/") => other.to_uppercase(),
        Some(other) => other.to_owned(),
    }
}

/// Time and timings in milliseconds, counted in whole microseconds so that they add up exactly.
/// TLS is part of `connect`, as the format has it.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast to an integer saturates at 292,000 years"
)]
fn timings(request: &RequestFact) -> (f64, Value) {
    let micros = |phase| request.spent(phase).map(|ms| (ms * 1000.0).round() as i64);
    let tls = micros(Phase::Tls);
    let connect = micros(Phase::Connect).map(|c| c + tls.unwrap_or(0));
    let blocked = micros(Phase::Blocked);
    let dns = micros(Phase::Dns);
    let [send, wait, receive] =
        [Phase::Send, Phase::Wait, Phase::Receive].map(|p| micros(p).unwrap_or(0));
    let optional = [blocked, dns, connect];
    let sum = optional.into_iter().flatten().sum::<i64>() + send + wait + receive;
    let ms = |us: i64| us as f64 / 1000.0;
    let or_none = |us: Option<i64>| us.map_or(json!(NONE), |us| json!(ms(us)));
    let timings = json!({
        "blocked": or_none(blocked), "dns": or_none(dns), "connect": or_none(connect),
        "ssl": or_none(tls), "send": ms(send), "wait": ms(wait), "receive": ms(receive),
    });
    (ms(sum), timings)
}

#[cfg(test)]
mod tests;
