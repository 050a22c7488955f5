//! Requests from the driver's `performance` log (DevTools `Network.*` and `Page.*` events).
//!
//! A redirect is a request of its own. What came out of a cache of the browser, and `data:` and
//! `blob:` addresses, are none. The browser's own request for a favicon is left out: whether it is
//! made depends on the browser's mode, not on the page. Bytes are `encodedDataLength`: encoded,
//! on the wire, headers included.

use std::collections::HashMap;

use serde_json::Value;

use super::exchange::{Exchange, Extras};
use super::page::PageFacts;
use super::redact;
use crate::model::{Metric, Page, RequestFact, Target, Values};

/// All requests of one visit, in the order in which they were sent.
#[derive(Debug, Default)]
pub struct Traffic {
    requests: Vec<Raw>,
    /// Index in `requests` of the latest hop of a request id.
    latest: HashMap<String, usize>,
    /// The frame of the first document: the page itself; documents of other frames are no pages.
    main_frame: Option<String>,
    redirects: usize,
    extras: Extras,
}

#[derive(Debug, Clone, Default)]
struct Raw {
    id: String,
    url: String,
    method: String,
    kind: String,
    favicon: bool,
    main_document: bool,
    cached: bool,
    status: Option<u16>,
    headers: HashMap<String, String>,
    sent: f64,
    /// DevTools `ResourceTiming`: (requestTime in s, receiveHeadersStart in ms).
    first_byte: Option<(f64, f64)>,
    ended: Option<f64>,
    /// When something of its answer came last.
    came: Option<f64>,
    body_bytes: f64,
    header_bytes: f64,
    total_bytes: Option<f64>,
    error: Option<String>,
    cancelled: bool,
    /// We dropped it ourselves: the page asked, and nobody was.
    dropped: bool,
    endless: bool,
    exchange: Exchange,
}

/// Whether something in a log has been asked for and not ended; bodies that are never read
/// ([`unread`]) are not. What a document had asked for before another took its place was dropped
/// with it; the log does not always say so.
#[must_use]
pub fn in_flight(log: &[Value]) -> bool {
    read(log).open().any(|r| !r.may_stay_unread())
}

/// Bytes so far of answers that have not ended and may never: Chromium does not end an answer to
/// `fetch` whose body the page leaves unread. `None` when there are none.
#[must_use]
pub fn unread(log: &[Value]) -> Option<f64> {
    let traffic = read(log);
    let mut bodies = traffic.open().filter(|r| r.may_stay_unread()).peekable();
    bodies.peek()?;
    Some(bodies.map(|r| r.body_bytes + r.header_bytes).sum())
}

/// Reads a log of entries `{message: "<JSON of {message: {method, params}}>"}`.
#[must_use]
pub fn read(log: &[Value]) -> Traffic {
    let mut traffic = Traffic::default();
    for entry in log {
        let Some(text) = entry["message"].as_str() else {
            continue;
        };
        let Ok(event) = serde_json::from_str::<Value>(text) else {
            continue;
        };
        let message = &event["message"];
        let params = &message["params"];
        match message["method"].as_str().unwrap_or_default() {
            "Network.requestWillBeSent" => traffic.sent(params),
            "Network.responseReceived" => traffic.responded(params),
            "Network.dataReceived" => traffic.received(params),
            "Network.loadingFinished" => traffic.finished(params),
            "Network.loadingFailed" => traffic.failed(params),
            "Network.requestServedFromCache" => traffic.served_from_cache(params),
            "Network.requestWillBeSentExtraInfo" => traffic.extras.sent(params),
            "Network.responseReceivedExtraInfo" => traffic.extras.answered(params),
            _ => {}
        }
    }
    traffic.join_extras();
    traffic
}

impl Traffic {
    /// Whether the log held any request: without one, counts are unknown and not 0.
    #[must_use]
    pub fn seen(&self) -> bool {
        self.requests.iter().any(Raw::counts)
    }

    /// Redirects of any request.
    #[must_use]
    pub fn redirects(&self) -> usize {
        self.redirects
    }

    /// What the document of now has asked for and what has not ended.
    fn open(&self) -> impl Iterator<Item = &Raw> {
        let answered = |r: &Raw| r.main_document && r.status.is_some();
        let current = self.requests.iter().rposition(answered).unwrap_or(0);
        self.requests[current..]
            .iter()
            .filter(|r| r.ended.is_none() && r.counts() && !r.endless)
    }

    /// Requests that we dropped ourselves: beacons.
    #[must_use]
    pub fn dropped(&self) -> usize {
        self.requests.iter().filter(|r| r.dropped).count()
    }

    /// HTTP status of the main document's last answer.
    #[must_use]
    pub fn document_status(&self) -> Option<u16> {
        self.document().and_then(|d| d.status)
    }

    /// A header of the main document's last answer; `name` in lower case.
    #[must_use]
    pub fn document_header(&self, name: &str) -> Option<&str> {
        self.document()?.headers.get(name).map(String::as_str)
    }

    /// Network error of the main document, such as `net::ERR_CONNECTION_REFUSED`.
    #[must_use]
    pub fn document_error(&self) -> Option<&str> {
        self.document().and_then(|d| d.error.as_deref())
    }

    fn document(&self) -> Option<&Raw> {
        self.requests.iter().rev().find(|r| r.main_document)
    }

    /// The log's time, in s, of the page's time origin. The page and the log both know when the
    /// document's first byte came; where one does not, the first request stands for it.
    #[must_use]
    pub fn clock_zero(&self, facts: Option<&PageFacts>) -> f64 {
        let byte = self.document().and_then(|d| d.first_byte);
        match (byte, facts.and_then(PageFacts::response_start)) {
            (Some((request_time, offset)), Some(response_start)) => {
                request_time + (offset - response_start) / 1000.0
            }
            _ => self.requests.first().map_or(0.0, |r| r.sent),
        }
    }

    /// The requests as evidence, on the page's clock.
    #[must_use]
    pub fn requests(&self, clock_zero: f64, target: &Target, page: &Page) -> Vec<RequestFact> {
        let own = Own::new(target, page);
        let at = |t: f64| ((t - clock_zero) * 1_000_000.0).round() / 1_000.0;
        self.requests
            .iter()
            .filter(|r| r.counts())
            .map(|r| RequestFact {
                url: redact::url(&r.url),
                method: r.method.clone(),
                kind: r.kind.clone(),
                status: r.status,
                start_ms: at(r.sent),
                end_ms: r.ended.or(r.last_came()).map(at),
                bytes: r.total_bytes.unwrap_or(r.body_bytes + r.header_bytes),
                third_party: !own.is(&r.url),
                error: r.error.clone().filter(|_| !r.cancelled),
                detail: Some(Box::new(r.exchange.detail(at))),
            })
            .collect()
    }

    /// What was on the wire goes to the hop it belongs to. These events come before or after those
    /// of the page's own process, so that only the whole log tells.
    fn join_extras(&mut self) {
        for raw in &mut self.requests {
            if let Some(extra) = self.extras.get(&raw.id) {
                raw.exchange.take_extra(extra);
            }
        }
    }

    fn hop(&mut self, params: &Value) -> Option<&mut Raw> {
        let id = params["requestId"].as_str()?;
        let index = *self.latest.get(id)?;
        self.requests.get_mut(index)
    }

    fn sent(&mut self, params: &Value) {
        let Some(id) = params["requestId"].as_str() else {
            return;
        };
        let time = params["timestamp"].as_f64().unwrap_or_default();
        if let Some(redirect) = params.get("redirectResponse").filter(|r| r.is_object()) {
            self.redirects += 1;
            if let Some(hop) = self.hop(params) {
                hop.answer(redirect);
                hop.exchange
                    .answered(redirect, &params["redirectHasExtraInfo"]);
                hop.total_bytes = redirect["encodedDataLength"].as_f64();
                hop.ended = Some(time);
                // Only the last hop is the document.
                hop.main_document = false;
            }
        }
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let kind = text(&params["type"]);
        let url = text(&params["request"]["url"]);
        let initiator = params["initiator"]["type"].as_str();
        let frame = params["frameId"].as_str().map(str::to_owned);
        if kind == "Document" && self.main_frame.is_none() {
            self.main_frame.clone_from(&frame);
        }
        let raw = Raw {
            main_document: kind == "Document" && frame == self.main_frame,
            favicon: kind == "Other" && initiator == Some("other"),
            endless: matches!(kind.as_str(), "EventSource" | "WebSocket"),
            method: text(&params["request"]["method"]),
            sent: time,
            id: id.to_owned(),
            exchange: Exchange::sent(params),
            url,
            kind,
            ..Raw::default()
        };
        self.latest.insert(id.to_owned(), self.requests.len());
        self.requests.push(raw);
    }

    fn responded(&mut self, params: &Value) {
        let kind = params["type"].as_str().map(str::to_owned);
        let time = params["timestamp"].as_f64();
        if let Some(hop) = self.hop(params) {
            hop.answer(&params["response"]);
            hop.came = time;
            hop.exchange
                .answered(&params["response"], &params["hasExtraInfo"]);
            if let Some(kind) = kind {
                hop.kind = kind;
            }
        }
    }

    fn received(&mut self, params: &Value) {
        let bytes = params["encodedDataLength"].as_f64().unwrap_or_default();
        let time = params["timestamp"].as_f64();
        if let Some(hop) = self.hop(params) {
            hop.came = time.or(hop.came);
            hop.body_bytes += bytes;
            hop.exchange.received(params);
        }
    }

    fn finished(&mut self, params: &Value) {
        let (time, bytes) = (
            params["timestamp"].as_f64(),
            params["encodedDataLength"].as_f64(),
        );
        if let Some(hop) = self.hop(params) {
            hop.ended = time;
            hop.total_bytes = bytes;
        }
    }

    fn failed(&mut self, params: &Value) {
        let error = params["errorText"].as_str().map(str::to_owned);
        let cancelled = params["canceled"].as_bool().unwrap_or_default();
        let time = params["timestamp"].as_f64();
        // How DevTools names what `Network.setBlockedURLs` stopped.
        let dropped = params["blockedReason"] == "inspector";
        if let Some(hop) = self.hop(params) {
            hop.dropped = dropped;
            hop.error = error;
            hop.cancelled = cancelled;
            hop.exchange.failed(&params["canceled"]);
            hop.ended = time;
        }
    }

    fn served_from_cache(&mut self, params: &Value) {
        if let Some(hop) = self.hop(params) {
            hop.cached = true;
        }
    }
}

impl Raw {
    fn counts(&self) -> bool {
        let sent = self.url.starts_with("http:") || self.url.starts_with("https:");
        sent && !self.cached && !self.favicon && !self.dropped
    }

    fn may_stay_unread(&self) -> bool {
        self.status.is_some() && matches!(self.kind.as_str(), "Fetch" | "XHR")
    }

    /// The end of an answer that nobody read to its end, as far as it came.
    fn last_came(&self) -> Option<f64> {
        self.came.filter(|_| self.may_stay_unread())
    }

    fn answer(&mut self, response: &Value) {
        self.status = response["status"]
            .as_u64()
            .and_then(|s| u16::try_from(s).ok())
            .filter(|&s| s > 0);
        self.header_bytes = response["encodedDataLength"].as_f64().unwrap_or_default();
        self.cached |= response["fromDiskCache"].as_bool().unwrap_or_default();
        if let Some(headers) = response["headers"].as_object() {
            self.headers = headers
                .iter()
                .filter_map(|(k, v)| Some((k.to_ascii_lowercase(), v.as_str()?.to_owned())))
                .collect();
        }
        let timing = &response["timing"];
        self.first_byte = timing["requestTime"].as_f64().zip(
            timing["receiveHeadersStart"]
                .as_f64()
                .or_else(|| timing["receiveHeadersEnd"].as_f64()),
        );
    }
}

/// Which hosts are the target's own.
struct Own<'a> {
    domain: String,
    listed: &'a [String],
}

impl<'a> Own<'a> {
    fn new(target: &'a Target, page: &Page) -> Self {
        Own {
            domain: registrable(page.url.host_str().unwrap_or_default()),
            listed: &target.first_party,
        }
    }

    fn is(&self, url: &str) -> bool {
        let Ok(url) = url::Url::parse(url) else {
            return false;
        };
        let host = url.host_str().unwrap_or_default();
        registrable(host) == self.domain
            || self.listed.iter().any(|own| {
                host == own
                    || host
                        .strip_suffix(own.as_str())
                        .is_some_and(|head| head.ends_with('.'))
            })
    }
}

/// Registrable domain by the public suffix list; an address or a bare name is its own.
fn registrable(host: &str) -> String {
    let is_address = host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok();
    if is_address {
        return host.to_owned();
    }
    psl::domain_str(host).unwrap_or(host).to_owned()
}

/// Counts, bytes and the end of the last response.
pub fn totals(requests: &[RequestFact], values: &mut Values) {
    let bytes = |keep: &dyn Fn(&RequestFact) -> bool| -> Option<f64> {
        Some(requests.iter().filter(|r| keep(r)).map(|r| r.bytes).sum())
    };
    let count = |keep: &dyn Fn(&RequestFact) -> bool| -> Option<f64> {
        Some(requests.iter().filter(|r| keep(r)).count() as f64)
    };
    values.set(Metric::Requests, count(&|_| true));
    values.set(Metric::FailedRequests, count(&RequestFact::failed));
    values.set(Metric::TransferBytes, bytes(&|_| true));
    values.set(Metric::JsBytes, bytes(&|r| r.kind == "Script"));
    values.set(Metric::CssBytes, bytes(&|r| r.kind == "Stylesheet"));
    values.set(Metric::ImageBytes, bytes(&|r| r.kind == "Image"));
    values.set(Metric::FontBytes, bytes(&|r| r.kind == "Font"));
    values.set(Metric::ThirdPartyRequests, count(&|r| r.third_party));
    values.set(Metric::ThirdPartyBytes, bytes(&|r| r.third_party));
    let last = requests.iter().filter_map(|r| r.end_ms).reduce(f64::max);
    values.set(Metric::FullyLoaded, last);
}
