//! The closed list of metrics: name in the database, words for people, unit, direction, bands.
//!
//! Definitions are those of W3C Navigation Timing 2, Resource Timing, Paint Timing, Largest
//! Contentful Paint, Layout Instability and Long Tasks; the thresholds are those that web.dev
//! publishes for Web Vitals. How a value is computed is said in `vitals`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a value of a metric is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Milliseconds, as f64.
    Milliseconds,
    /// Bytes on the wire.
    Bytes,
    /// A whole number of things.
    Count,
    /// A number without a unit (layout shift score).
    Score,
}

/// Which way is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Less is better; so it is for every metric of today.
    LowerIsBetter,
}

/// Candidate minus baseline, in the metric's unit. Said here once: a positive change of a
/// [`Direction::LowerIsBetter`] metric is for the worse.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change(pub f64);

macro_rules! metrics {
    ($( $(#[$doc:meta])* $variant:ident $name:literal $label:literal $unit:ident; )*) => {
        /// A figure of one visit. Closed: a new metric is a line here and a migration in `store`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(usize)]
        pub enum Metric {
            $( $(#[$doc])* $variant, )*
        }

        impl Metric {
            /// Every metric, in the order of the columns of view `visit`.
            pub const ALL: &'static [Metric] = &[ $( Metric::$variant, )* ];

            /// Name in the database, in exports and in `check`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $( Metric::$variant => $name, )* }
            }

            /// Words for people: the same on a terminal, a page and in the PDF.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $( Metric::$variant => $label, )* }
            }

            /// What its values are counted in.
            #[must_use]
            pub fn unit(self) -> Unit {
                match self { $( Metric::$variant => Unit::$unit, )* }
            }
        }
    };
}

metrics! {
    /// `responseStart` of the navigation entry: redirects, DNS, connect, TLS and server wait included.
    Ttfb "ttfb" "server reply (TTFB)" Milliseconds;
    /// `redirectEnd - redirectStart`.
    Redirect "redirect" "redirects" Milliseconds;
    /// `domainLookupEnd - domainLookupStart`.
    Dns "dns" "name look-up" Milliseconds;
    /// `connectEnd - connectStart` without TLS.
    Connect "connect" "connection" Milliseconds;
    /// `connectEnd - secureConnectionStart`, absent on a plain connection.
    Tls "tls" "TLS handshake" Milliseconds;
    /// `responseStart - requestStart`.
    Wait "wait" "server wait" Milliseconds;
    /// `responseEnd - responseStart`.
    Download "download" "document download" Milliseconds;
    /// Paint entry `first-contentful-paint`.
    Fcp "fcp" "first content (FCP)" Milliseconds;
    /// Last buffered `largest-contentful-paint` before input: `renderTime`, or else `loadTime`.
    Lcp "lcp" "main content shown (LCP)" Milliseconds;
    /// LCP part 1: `responseStart` of the document.
    LcpTtfb "lcp_ttfb" "main content: server reply" Milliseconds;
    /// LCP part 2: from first byte to the start of the LCP resource's request.
    LcpLoadDelay "lcp_load_delay" "main content: load delay" Milliseconds;
    /// LCP part 3: duration of the LCP resource's load.
    LcpLoadTime "lcp_load_time" "main content: load time" Milliseconds;
    /// LCP part 4: from the end of that load to the paint.
    LcpRenderDelay "lcp_render_delay" "main content: render delay" Milliseconds;
    /// Largest session window (gap 1 s, cap 5 s) of layout shifts without recent input.
    Cls "cls" "layout jumps (CLS)" Score;
    /// Sum of (duration - 50 ms) of long tasks between FCP and the end of the quiet window.
    Tbt "tbt" "busy time (TBT)" Milliseconds;
    /// Worst interaction of a journey's step with real input (Event Timing).
    Inp "inp" "reaction to input (INP)" Milliseconds;
    /// Speed Index, from the frames of a filmed visit only.
    SpeedIndex "speed_index" "visual speed (Speed Index)" Milliseconds;
    /// From when on a filmed visit looks as it does in the end.
    VisualComplete "visual_complete" "visually complete" Milliseconds;
    /// `domContentLoadedEventEnd`.
    DomContentLoaded "dom_content_loaded" "document ready" Milliseconds;
    /// `loadEventEnd`.
    Load "load" "page load" Milliseconds;
    /// End of the last response before the quiet window.
    FullyLoaded "fully_loaded" "fully loaded" Milliseconds;
    /// Requests that were sent, redirects included.
    Requests "requests" "requests" Count;
    /// Requests that failed or were answered with 400 or more.
    FailedRequests "failed_requests" "failed requests" Count;
    /// Encoded bytes on the wire, headers included.
    TransferBytes "transfer_bytes" "bytes" Bytes;
    /// Of these, scripts.
    JsBytes "js_bytes" "script bytes" Bytes;
    /// Of these, style sheets.
    CssBytes "css_bytes" "style bytes" Bytes;
    /// Of these, images.
    ImageBytes "image_bytes" "image bytes" Bytes;
    /// Of these, fonts.
    FontBytes "font_bytes" "font bytes" Bytes;
    /// Requests to another registrable domain that the target does not list as its own.
    ThirdPartyRequests "third_party_requests" "third-party requests" Count;
    /// Their bytes.
    ThirdPartyBytes "third_party_bytes" "third-party bytes" Bytes;
    /// Uncaught exceptions.
    JsErrors "js_errors" "script errors" Count;
    /// Other errors on the console.
    ConsoleErrors "console_errors" "console errors" Count;
}

impl Metric {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// Which way is good.
    #[must_use]
    pub fn direction(self) -> Direction {
        Direction::LowerIsBetter
    }

    /// Upper bounds of the bands "good" and "needs improvement" of Web Vitals, in the metric's
    /// unit (web.dev, read 2026), where the field has such.
    #[must_use]
    pub fn thresholds(self) -> Option<(f64, f64)> {
        match self {
            Metric::Lcp => Some((2_500.0, 4_000.0)),
            Metric::Inp => Some((200.0, 500.0)),
            Metric::Cls => Some((0.1, 0.25)),
            Metric::Fcp => Some((1_800.0, 3_000.0)),
            Metric::Ttfb => Some((800.0, 1_800.0)),
            _ => None,
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no metric.
#[derive(Debug, thiserror::Error)]
#[error("unknown metric `{0}`")]
pub struct UnknownMetric(pub String);

impl FromStr for Metric {
    type Err = UnknownMetric;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Metric::ALL
            .iter()
            .copied()
            .find(|m| m.name() == s)
            .ok_or_else(|| UnknownMetric(s.to_owned()))
    }
}

impl Serialize for Metric {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Metric {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// The values of one visit, one place a metric. What could not be read is absent: never 0, never
/// the last value.
#[derive(Clone, PartialEq)]
pub struct Values([Option<f64>; Metric::COUNT]);

impl Default for Values {
    fn default() -> Self {
        Values([None; Metric::COUNT])
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Values {
    /// The value, in the metric's unit, if it was read.
    #[must_use]
    pub fn get(&self, metric: Metric) -> Option<f64> {
        self.0[metric as usize]
    }

    /// Sets or clears a value; one that is not finite counts as absent.
    pub fn set(&mut self, metric: Metric, value: Option<f64>) {
        // Adding nothing makes a negative zero (an empty sum) a plain one.
        self.0[metric as usize] = value.filter(|v| v.is_finite()).map(|v| v + 0.0);
    }

    /// The values that are there, in the order of [`Metric::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Metric, f64)> + '_ {
        Metric::ALL
            .iter()
            .filter_map(|&m| self.get(m).map(|v| (m, v)))
    }
}

impl Serialize for Values {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let map = std::collections::BTreeMap::<Metric, f64>::deserialize(d)?;
        let mut values = Values::default();
        for (metric, value) in map {
            values.set(metric, Some(value));
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_as_its_metric() {
        for &m in Metric::ALL {
            assert_eq!(m.name().parse::<Metric>().unwrap(), m);
        }
        assert!("lpc".parse::<Metric>().is_err());
    }

    #[test]
    fn a_value_that_is_not_finite_is_absent() {
        let mut v = Values::default();
        v.set(Metric::Lcp, Some(f64::NAN));
        assert_eq!(v.get(Metric::Lcp), None);
        v.set(Metric::Cls, Some(0.0));
        assert_eq!(v.iter().collect::<Vec<_>>(), vec![(Metric::Cls, 0.0)]);
    }
}
