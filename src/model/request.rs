//! One request of a visit as evidence, with what a HAR file and a waterfall need of it, and one
//! line of the console.
//!
//! Everything in here has been redacted before it is made: see `vitals::redact`.

use serde::{Deserialize, Serialize};

/// One request of a visit, as evidence: no secret header, no query value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RequestFact {
    /// Address with every query value replaced.
    pub url: String,
    /// HTTP method.
    pub method: String,
    /// DevTools resource type (`Document`, `Script`, ...).
    pub kind: String,
    /// HTTP status; absent when none came.
    pub status: Option<u16>,
    /// Milliseconds after the visit's navigation start.
    pub start_ms: f64,
    /// End of the response, same clock; absent when it never ended.
    pub end_ms: Option<f64>,
    /// Encoded bytes on the wire, headers included.
    pub bytes: f64,
    /// Whether it went to another registrable domain than the target's own.
    pub third_party: bool,
    /// Network error, such as `net::ERR_ABORTED`.
    pub error: Option<String>,
    /// What a HAR file needs besides; absent in evidence of outpace 0.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Box<RequestDetail>>,
}

/// What the network log says of a request besides its outcome.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestDetail {
    /// When it was asked for, milliseconds since 1970-01-01 UTC by the browser's clock.
    pub wall_ms: Option<f64>,
    /// Such as `http/1.1`, `h2`, `h3`.
    pub protocol: Option<String>,
    /// IP address of the server, without brackets.
    pub remote: Option<String>,
    /// The browser's number of the connection; requests with the same one shared it.
    pub connection: Option<String>,
    /// DevTools `ResourcePriority` when it was sent (`VeryHigh`, ..., `VeryLow`).
    pub priority: Option<String>,
    /// MIME type of the answer.
    pub mime: Option<String>,
    /// Words beside the status; HTTP/2 has none.
    pub status_text: String,
    /// Request headers, redacted.
    pub request_headers: Vec<Header>,
    /// Response headers, redacted.
    pub response_headers: Vec<Header>,
    /// Whether a body was sent with it.
    pub has_body: bool,
    /// Encoded bytes of the response's headers.
    pub header_bytes: f64,
    /// Bytes of the body after decoding.
    pub decoded_bytes: f64,
    /// Where a redirect led.
    pub redirect: Option<String>,
    /// What asked for it.
    pub initiator: Initiator,
    /// Where the answer came from if not from the network: `service_worker`, `prefetch`.
    pub source: Option<String>,
    /// Ended by the page or the browser, and so no failure.
    pub cancelled: bool,
    /// When its parts happened; absent without an answer from the network.
    pub timing: Option<Timing>,
}

/// A header: name and value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Its name as it was sent.
    pub name: String,
    /// Its value; `*` stands for a secret.
    pub value: String,
}

/// What asked for a request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Initiator {
    /// DevTools' word: `parser`, `script`, `preload`, `other`, ...
    pub kind: String,
    /// Address of the document or script.
    pub url: Option<String>,
    /// Line in it, from 1.
    pub line: Option<u32>,
}

/// When the parts of a request happened, milliseconds after the visit's navigation start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Timing {
    /// Name lookup, from and to.
    pub dns: Option<(f64, f64)>,
    /// Connection, TLS included, from and to.
    pub connect: Option<(f64, f64)>,
    /// TLS, from and to.
    pub tls: Option<(f64, f64)>,
    /// Sending the request, from and to.
    pub send: (f64, f64),
    /// All headers of the answer were there.
    pub headers: f64,
}

/// What a request is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Waiting for its turn, or for a connection.
    Blocked,
    /// Looking up the name.
    Dns,
    /// Connecting, without TLS.
    Connect,
    /// TLS.
    Tls,
    /// Being sent.
    Send,
    /// Waiting for the first byte.
    Wait,
    /// The answer arrives.
    Receive,
}

/// A phase from and to, milliseconds after navigation start.
pub type Segment = (Phase, f64, f64);

impl RequestFact {
    /// Whether it failed: no answer that was not the page's own doing, or a status of 400 and more.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.error.is_some() || self.status.is_some_and(|s| s >= 400)
    }

    /// Its end, or the last moment that is known of it.
    #[must_use]
    pub fn last_ms(&self) -> f64 {
        let timing = self.detail.as_ref().and_then(|d| d.timing);
        let known = self.end_ms.or(timing.map(|t| t.headers));
        known.unwrap_or(self.start_ms).max(self.start_ms)
    }

    /// Its phases in order and without gap or overlap, from its start to its end. What lies
    /// between two phases is [`Phase::Blocked`].
    #[must_use]
    pub fn segments(&self) -> Vec<Segment> {
        let end = self.last_ms();
        let Some(t) = self.detail.as_ref().and_then(|d| d.timing) else {
            let phase = match self.status {
                Some(_) => Phase::Wait,
                None => Phase::Blocked,
            };
            return vec![(phase, self.start_ms, end)];
        };
        let tls_from = |to: f64| t.tls.map_or(to, |(from, _)| from);
        let parts = [
            t.dns.map(|(a, b)| (Phase::Dns, a, b)),
            t.connect.map(|(a, b)| (Phase::Connect, a, tls_from(b))),
            t.tls.map(|(a, b)| (Phase::Tls, a, b)),
            Some((Phase::Send, t.send.0, t.send.1)),
            Some((Phase::Wait, t.send.1, t.headers)),
            Some((Phase::Receive, t.headers, end)),
        ];
        let mut at = self.start_ms;
        let mut segments = Vec::new();
        for (phase, from, to) in parts.into_iter().flatten() {
            let from = from.min(end).max(at);
            let to = to.min(end).max(from);
            if from > at {
                segments.push((Phase::Blocked, at, from));
            }
            segments.push((phase, from, to));
            at = to;
        }
        segments
    }

    /// Milliseconds spent in a phase; absent when the request never was in it.
    #[must_use]
    pub fn spent(&self, phase: Phase) -> Option<f64> {
        let segments = self.segments();
        let mut of = segments.iter().filter(|s| s.0 == phase).peekable();
        of.peek()?;
        Some(of.map(|(_, from, to)| to - from).sum())
    }
}

/// One line of the browser's console, as evidence.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConsoleLine {
    /// The driver's word: `SEVERE`, `WARNING`, `INFO`, `DEBUG`.
    pub level: String,
    /// Who wrote it: `javascript`, `console-api`, `network`, ...
    pub source: String,
    /// Milliseconds since 1970-01-01 UTC by the browser's clock.
    pub wall_ms: Option<f64>,
    /// The message, shortened and redacted.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(timing: Option<Timing>) -> RequestFact {
        RequestFact {
            start_ms: 100.0,
            end_ms: Some(400.0),
            status: Some(200),
            detail: Some(Box::new(RequestDetail {
                timing,
                ..RequestDetail::default()
            })),
            ..RequestFact::default()
        }
    }

    #[test]
    fn phases_lie_end_to_end_whatever_the_browser_says() {
        let usual = Timing {
            dns: Some((110.0, 120.0)),
            connect: Some((120.0, 180.0)),
            tls: Some((150.0, 180.0)),
            send: (182.0, 183.0),
            headers: 300.0,
        };
        let odd = [
            usual,
            // A connection that was begun before the request, and headers after its end.
            Timing {
                connect: Some((20.0, 90.0)),
                headers: 900.0,
                ..usual
            },
            // Backwards.
            Timing {
                dns: Some((300.0, 200.0)),
                send: (150.0, 100.0),
                headers: 50.0,
                ..usual
            },
        ];
        for timing in odd {
            let r = request(Some(timing));
            let segments = r.segments();
            let mut at = r.start_ms;
            for (phase, from, to) in &segments {
                assert_eq!(*from, at, "{phase:?} of {timing:?}");
                assert!(to >= from, "{phase:?} of {timing:?}");
                at = *to;
            }
            assert_eq!(at, 400.0);
        }
        let r = request(Some(usual));
        assert_eq!(r.spent(Phase::Dns), Some(10.0));
        assert_eq!(r.spent(Phase::Connect), Some(30.0));
        assert_eq!(r.spent(Phase::Tls), Some(30.0));
        assert_eq!(r.spent(Phase::Blocked), Some(12.0));
        assert_eq!(r.spent(Phase::Receive), Some(100.0));
        assert_eq!(request(None).spent(Phase::Dns), None);
    }

    #[test]
    fn evidence_of_an_older_outpace_still_reads() {
        let old = r#"{"url":"https://a.example/","method":"GET","kind":"Document","status":200,
            "start_ms":1.0,"end_ms":9.0,"bytes":5.0,"third_party":false,"error":null}"#;
        let fact: RequestFact = serde_json::from_str(old).unwrap();
        assert_eq!(fact.detail, None);
        assert_eq!(fact.segments(), [(Phase::Wait, 1.0, 9.0)]);
    }
}
