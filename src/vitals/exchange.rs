//! What a HAR file and a waterfall need of one request, gathered from DevTools' events.
//!
//! Headers come twice: as the page's own process sees them, and, in the `ExtraInfo` events, as they
//! were on the wire; the latter win. They are redacted here, before anything is made of them.
//! Which events belong together is left to `network_log`.

use std::collections::{HashMap, VecDeque};

use serde_json::Value;

use super::redact;
use crate::model::{Header, Initiator, RequestDetail, Timing};

/// The most headers that are kept of one request or answer.
const HEADERS: usize = 100;

/// What is known of one request, times on the log's clock.
#[derive(Debug, Clone, Default)]
pub(super) struct Exchange {
    detail: RequestDetail,
    timing: Option<RawTiming>,
    /// Whether `ExtraInfo` events of it are in the log.
    has_extra: bool,
}

/// DevTools `ResourceTiming`: `requestTime` in seconds, the others in milliseconds after it.
#[derive(Debug, Clone, Copy)]
struct RawTiming {
    request_time: f64,
    dns: Option<(f64, f64)>,
    connect: Option<(f64, f64)>,
    tls: Option<(f64, f64)>,
    send: (f64, f64),
    headers: f64,
}

impl Exchange {
    /// `Network.requestWillBeSent`.
    pub(super) fn sent(params: &Value) -> Self {
        let request = &params["request"];
        let detail = RequestDetail {
            wall_ms: params["wallTime"].as_f64().map(|s| s * 1000.0),
            priority: text(&request["initialPriority"]),
            request_headers: headers(&request["headers"]),
            has_body: request["hasPostData"].as_bool().unwrap_or_default(),
            initiator: initiator(&params["initiator"]),
            ..RequestDetail::default()
        };
        Exchange {
            detail,
            ..Exchange::default()
        }
    }

    /// The `response` of `Network.responseReceived`, or the `redirectResponse` of the next request.
    pub(super) fn answered(&mut self, response: &Value, has_extra: &Value) {
        let d = &mut self.detail;
        self.has_extra = has_extra.as_bool().unwrap_or_default();
        d.protocol = text(&response["protocol"]);
        d.remote = text(&response["remoteIPAddress"])
            .map(|ip| ip.trim_matches(['[', ']']).to_owned())
            .filter(|ip| ip.parse::<std::net::IpAddr>().is_ok());
        d.connection = response["connectionId"]
            .as_f64()
            .filter(|&id| id > 0.0)
            .map(|id| format!("{id:.0}"));
        d.mime = text(&response["mimeType"]);
        d.status_text = text(&response["statusText"]).unwrap_or_default();
        d.response_headers = headers(&response["headers"]);
        if let Some(as_sent) = response.get("requestHeaders").filter(|h| h.is_object()) {
            d.request_headers = headers(as_sent);
        }
        d.header_bytes = response["encodedDataLength"].as_f64().unwrap_or_default();
        let from = |key: &str| response[key].as_bool().unwrap_or_default();
        d.source = if from("fromServiceWorker") {
            Some("service_worker".to_owned())
        } else if from("fromPrefetchCache") {
            Some("prefetch".to_owned())
        } else {
            None
        };
        self.timing = RawTiming::read(&response["timing"]);
        self.find_redirect();
    }

    /// `Network.dataReceived`.
    pub(super) fn received(&mut self, params: &Value) {
        self.detail.decoded_bytes += params["dataLength"].as_f64().unwrap_or_default();
    }

    /// `Network.loadingFailed`.
    pub(super) fn failed(&mut self, cancelled: &Value) {
        self.detail.cancelled = cancelled.as_bool().unwrap_or_default();
    }

    /// Takes its own `ExtraInfo` events, which come in the order of the hops of a request.
    pub(super) fn take_extra(&mut self, extra: &mut Extra) {
        if !self.has_extra {
            return;
        }
        if let Some(sent) = extra.sent.pop_front() {
            self.detail.request_headers = sent;
        }
        if let Some(answered) = extra.answered.pop_front() {
            self.detail.response_headers = answered;
            self.find_redirect();
        }
    }

    /// The finished detail; `at` turns the log's seconds into the page's milliseconds.
    pub(super) fn detail(&self, at: impl Fn(f64) -> f64) -> RequestDetail {
        let mut detail = self.detail.clone();
        detail.timing = self.timing.map(|t| {
            let at = |ms: f64| at(t.request_time + ms / 1000.0);
            let both = |(from, to): (f64, f64)| (at(from), at(to));
            Timing {
                dns: t.dns.map(both),
                connect: t.connect.map(both),
                tls: t.tls.map(both),
                send: both(t.send),
                headers: at(t.headers),
            }
        });
        detail
    }

    fn find_redirect(&mut self) {
        let headers = &self.detail.response_headers;
        let location = headers
            .iter()
            .find(|h| h.name.eq_ignore_ascii_case("location"));
        self.detail.redirect = location.map(|h| h.value.clone());
    }
}

impl RawTiming {
    fn read(timing: &Value) -> Option<Self> {
        let span = |from: &str, to: &str| {
            let happened = |key: &str| timing[key].as_f64().filter(|&t| t >= 0.0);
            happened(from).zip(happened(to))
        };
        let headers = timing["receiveHeadersEnd"]
            .as_f64()
            .filter(|&t| t >= 0.0)
            .or_else(|| timing["receiveHeadersStart"].as_f64())?;
        Some(RawTiming {
            request_time: timing["requestTime"].as_f64()?,
            dns: span("dnsStart", "dnsEnd"),
            connect: span("connectStart", "connectEnd"),
            tls: span("sslStart", "sslEnd"),
            send: span("sendStart", "sendEnd").unwrap_or((0.0, 0.0)),
            headers,
        })
    }
}

/// Headers on the wire of all hops of a request id, in order.
#[derive(Debug, Default)]
pub(super) struct Extra {
    sent: VecDeque<Vec<Header>>,
    answered: VecDeque<Vec<Header>>,
}

/// `ExtraInfo` events by request id.
#[derive(Debug, Default)]
pub(super) struct Extras(HashMap<String, Extra>);

impl Extras {
    /// `Network.requestWillBeSentExtraInfo`.
    pub(super) fn sent(&mut self, params: &Value) {
        if let Some(extra) = self.of(params) {
            extra.sent.push_back(headers(&params["headers"]));
        }
    }

    /// `Network.responseReceivedExtraInfo`.
    pub(super) fn answered(&mut self, params: &Value) {
        if let Some(extra) = self.of(params) {
            extra.answered.push_back(headers(&params["headers"]));
        }
    }

    /// Those of a request id.
    pub(super) fn get(&mut self, id: &str) -> Option<&mut Extra> {
        self.0.get_mut(id)
    }

    fn of(&mut self, params: &Value) -> Option<&mut Extra> {
        let id = params["requestId"].as_str()?;
        Some(self.0.entry(id.to_owned()).or_default())
    }
}

/// Headers, redacted; without HTTP/2's pseudo-headers, which repeat the address. DevTools joins
/// headers of the same name by line feeds.
fn headers(value: &Value) -> Vec<Header> {
    let Some(all) = value.as_object() else {
        return Vec::new();
    };
    all.iter()
        .filter(|(name, _)| !name.starts_with(':'))
        .filter_map(|(name, value)| Some((name, value.as_str()?)))
        .flat_map(|(name, value)| value.split('\n').map(move |line| (name, line)))
        .take(HEADERS)
        .map(|(name, value)| Header {
            name: name.clone(),
            value: redact::header(name, value),
        })
        .collect()
}

fn initiator(value: &Value) -> Initiator {
    let frame = &value["stack"]["callFrames"][0];
    let place = if value["url"].is_string() {
        value
    } else {
        frame
    };
    Initiator {
        kind: text(&value["type"]).unwrap_or_default(),
        url: text(&place["url"]).map(|u| redact::url(&u)),
        // DevTools counts lines from 0.
        line: place["lineNumber"]
            .as_u64()
            .and_then(|n| u32::try_from(n + 1).ok()),
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|t| !t.is_empty()).map(str::to_owned)
}
