//! What the in-page scripts returned, and the timing metrics in it.
//!
//! Sources: Navigation Timing 2, Paint Timing, Largest Contentful Paint (parts as in web.dev
//! "Optimize LCP"), Long Tasks, Layout Instability, User Timing, Server-Timing.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{redact, shift};
use crate::model::{Attribution, Metric, Values};

/// A long task is what runs longer than this; the part beyond it blocks (Long Tasks API), ms.
const BLOCKING_BEYOND: f64 = 50.0;

/// Everything the scripts return, by family.
#[derive(Debug, Clone, Deserialize)]
pub struct PageFacts {
    navigation: Option<Navigation>,
    fcp: Option<f64>,
    lcp: Option<Lcp>,
    layout_shifts: Option<Vec<Shift>>,
    long_tasks: Option<Vec<Task>>,
    /// Script address -> milliseconds on the main thread in long frames.
    #[serde(default)]
    scripts: Option<BTreeMap<String, f64>>,
    #[serde(default)]
    custom: BTreeMap<String, f64>,
    /// Which page this is.
    pub identity: Identity,
}

/// Which page it is.
#[derive(Debug, Clone, Deserialize)]
pub struct Identity {
    /// Address at the end.
    pub href: String,
    /// Title at the end.
    pub title: String,
    /// Whether the expected element or text is there; absent when nothing is expected.
    pub found: Option<bool>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Navigation {
    redirect_start: f64,
    redirect_end: f64,
    domain_lookup_start: f64,
    domain_lookup_end: f64,
    connect_start: f64,
    connect_end: f64,
    secure_connection_start: f64,
    request_start: f64,
    response_start: f64,
    response_end: f64,
    dom_content_loaded_event_end: f64,
    load_event_end: f64,
    #[serde(default)]
    time_origin: Option<f64>,
}

#[derive(Debug, Clone, Deserialize)]
struct Lcp {
    time: f64,
    url: String,
    element: String,
    /// Whether it stands in a consent banner; absent in evidence of an older version.
    #[serde(default)]
    banner: bool,
    start: Option<f64>,
    request: Option<f64>,
    end: Option<f64>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Shift {
    at: f64,
    value: f64,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Task {
    start: f64,
    duration: f64,
}

impl PageFacts {
    /// Reads what the scripts returned; `None` when no page answered.
    #[must_use]
    pub fn read(page: &Value) -> Option<Self> {
        serde_json::from_value(page.clone()).ok()
    }

    /// First byte of the document on the page's clock, ms.
    #[must_use]
    pub fn response_start(&self) -> Option<f64> {
        self.navigation
            .as_ref()
            .map(|n| n.response_start)
            .filter(|&t| t > 0.0)
    }

    /// The page's time origin on the wall clock, ms since 1970.
    #[must_use]
    pub fn time_origin(&self) -> Option<f64> {
        self.navigation.as_ref()?.time_origin
    }

    /// Whether the navigation entry shows no redirect: there was none, or it crossed origins.
    #[must_use]
    pub fn redirect_is_hidden(&self) -> bool {
        self.navigation
            .as_ref()
            .is_none_or(|n| n.redirect_start <= 0.0)
    }

    /// Sets every timing metric that the page's facts give. `end_ms`: end of the quiet window.
    pub fn timings(&self, values: &mut Values, end_ms: f64) {
        if let Some(n) = &self.navigation {
            n.set(values);
        }
        let fcp = self.fcp.filter(|&t| t > 0.0);
        values.set(Metric::Fcp, fcp);
        if let (Some(fcp), Some(tasks)) = (fcp, &self.long_tasks) {
            values.set(Metric::Tbt, Some(blocking(tasks, fcp, end_ms)));
        }
        if let Some(shifts) = &self.layout_shifts {
            let shifts: Vec<(f64, f64)> = shifts.iter().map(|s| (s.at, s.value)).collect();
            values.set(Metric::Cls, Some(shift::cumulative(&shifts)));
        }
        if let (Some(lcp), Some(ttfb)) = (&self.lcp, self.response_start()) {
            lcp.set(values, ttfb);
        }
    }

    /// Whether the main content is a consent banner, which is what the visitor sees and not what the
    /// page is for.
    #[must_use]
    pub fn lcp_is_banner(&self) -> bool {
        self.lcp.as_ref().is_some_and(|l| l.banner)
    }

    /// What explains the figures.
    #[must_use]
    pub fn attribution(&self) -> Attribution {
        let lcp = self.lcp.as_ref();
        Attribution {
            lcp_element: lcp.map(|l| l.element.clone()).filter(|e| !e.is_empty()),
            lcp_url: lcp
                .filter(|l| !l.url.is_empty())
                .map(|l| redact::url(&l.url)),
            custom: self.custom.clone(),
            scripts: self.busy_scripts(),
            errors: Vec::new(),
        }
    }
}

impl PageFacts {
    /// Addresses that differ in their query only are one script.
    fn busy_scripts(&self) -> BTreeMap<String, f64> {
        let mut busy = BTreeMap::new();
        for (address, ms) in self.scripts.iter().flatten() {
            *busy.entry(redact::url(address)).or_default() += ms;
        }
        busy
    }
}

impl Navigation {
    fn set(&self, values: &mut Values) {
        let happened = |t: f64| (t > 0.0).then_some(t);
        let secure = happened(self.secure_connection_start);
        let connected = secure.unwrap_or(self.connect_end);
        let responded = happened(self.response_start);
        values.set(Metric::Ttfb, responded);
        values.set(
            Metric::Redirect,
            Some(self.redirect_end - self.redirect_start),
        );
        values.set(
            Metric::Dns,
            Some(self.domain_lookup_end - self.domain_lookup_start),
        );
        values.set(Metric::Connect, Some(connected - self.connect_start));
        values.set(Metric::Tls, secure.map(|s| self.connect_end - s));
        let requested = happened(self.request_start);
        values.set(
            Metric::Wait,
            responded.zip(requested).map(|(to, from)| to - from),
        );
        values.set(
            Metric::Download,
            responded
                .zip(happened(self.response_end))
                .map(|(from, to)| to - from),
        );
        values.set(
            Metric::DomContentLoaded,
            happened(self.dom_content_loaded_event_end),
        );
        values.set(Metric::Load, happened(self.load_event_end));
    }
}

impl Lcp {
    fn set(&self, values: &mut Values, ttfb: f64) {
        if self.time <= 0.0 {
            return;
        }
        values.set(Metric::Lcp, Some(self.time));
        // Text, or an image that came with the document: both load parts are nothing.
        let asked = self
            .request
            .filter(|&t| t > 0.0)
            .or(self.start)
            .map_or(ttfb, |t| t.max(ttfb));
        let loaded = self
            .end
            .map_or(asked, |t| t.max(asked))
            .min(self.time.max(asked));
        values.set(Metric::LcpTtfb, Some(ttfb));
        values.set(Metric::LcpLoadDelay, Some(asked - ttfb));
        values.set(Metric::LcpLoadTime, Some(loaded - asked));
        values.set(Metric::LcpRenderDelay, Some((self.time - loaded).max(0.0)));
    }
}

/// Busy time: the part beyond 50 ms of each long task between `from` and `to`; a task that
/// straddles `from` counts with the part after it.
fn blocking(tasks: &[Task], from: f64, to: f64) -> f64 {
    tasks
        .iter()
        .map(|t| {
            let begin = t.start.max(from);
            let end = (t.start + t.duration).min(to.max(from));
            (end - begin - BLOCKING_BEYOND).max(0.0)
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(start: f64, duration: f64) -> Task {
        Task { start, duration }
    }

    #[test]
    fn busy_time_counts_what_comes_after_first_content() {
        let tasks = [
            task(100.0, 200.0),   // before
            task(450.0, 200.0),   // straddles 500: 150 after it, 100 beyond 50
            task(1_000.0, 120.0), // after: 70
            task(2_000.0, 51.0),  // after: 1
        ];
        assert!((blocking(&tasks, 500.0, 5_000.0) - 171.0).abs() < 1e-9);
    }

    #[test]
    fn the_four_parts_of_main_content_add_up_to_it() {
        let image = Lcp {
            time: 1_000.0,
            url: "http://a.example/hero.jpg".into(),
            banner: false,
            element: "img".into(),
            start: Some(400.0),
            request: Some(420.0),
            end: Some(900.0),
        };
        let text = Lcp {
            url: String::new(),
            start: None,
            request: None,
            end: None,
            ..image.clone()
        };
        for (lcp, parts) in [
            (image, [300.0, 120.0, 480.0, 100.0]),
            (text, [300.0, 0.0, 0.0, 700.0]),
        ] {
            let mut values = Values::default();
            lcp.set(&mut values, 300.0);
            let got = [
                Metric::LcpTtfb,
                Metric::LcpLoadDelay,
                Metric::LcpLoadTime,
                Metric::LcpRenderDelay,
            ]
            .map(|m| values.get(m).unwrap());
            assert_eq!(got, parts);
            assert!((got.iter().sum::<f64>() - 1_000.0).abs() < 1e-9);
        }
    }
}
