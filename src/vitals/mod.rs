//! From evidence to metrics: pure functions over what the browser said, so that old evidence can
//! be measured again.
//!
//! Layer: imports `model` only. What the page and the driver said comes in as JSON in the shapes
//! of the in-page scripts and of the driver's logs; what comes out is an [`Outcome`].

pub mod console;
mod exchange;
pub mod film;
mod guards;
pub mod network_log;
pub mod page;
pub mod redact;
pub mod shift;
pub mod validity;

use serde_json::Value;

use crate::model::{
    Attribution, Failure, FailureKind, Film, Measurement, Metric, Outcome, Page, RequestFact, Shot,
    Target, Values,
};
use network_log::Traffic;
use page::PageFacts;

/// All that was seen of one visit.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// What the in-page scripts returned; null when no page answered.
    pub page: Value,
    /// Entries of the driver's `performance` log.
    pub network_log: Vec<Value>,
    /// Entries of the driver's `browser` log.
    pub console_log: Vec<Value>,
    /// Whether a load event came.
    pub loaded: bool,
    /// Whether the page became quiet before the cap.
    pub quiet: bool,
    /// End of the quiet window on the page's clock, milliseconds.
    pub end_ms: f64,
    /// Whether it was filmed.
    pub filmed: Filmed,
    /// The cap, for the message of a timeout.
    pub timeout: std::time::Duration,
}

/// Whether a visit was filmed.
#[derive(Debug, Clone, Default)]
pub enum Filmed {
    /// It was not to be: most visits, since filming takes part of the processor.
    #[default]
    NotAsked,
    /// It was to be, and could not be, for this reason.
    Missing(String),
    /// The pictures, in order of time.
    Shots(Vec<Shot>),
}

/// What a visit amounts to: its outcome, and its requests as evidence.
#[must_use]
pub fn measure(evidence: &Evidence, target: &Target, page: &Page) -> (Outcome, Vec<RequestFact>) {
    let facts = PageFacts::read(&evidence.page);
    let traffic = network_log::read(&evidence.network_log);
    let clock = traffic.clock_zero(facts.as_ref());
    let requests = traffic.requests(clock, target, page);
    let measurement = measurement(evidence, facts.as_ref(), &traffic, &requests);
    let refusal = validity::refusal(evidence, facts.as_ref(), (&traffic, &requests), page)
        .or_else(|| impossible(&measurement.values));
    let outcome = match refusal {
        None => Outcome::Measured(Box::new(measurement)),
        Some(failure) => Outcome::NotMeasured(
            failure,
            Box::new(Measurement {
                values: Values::default(),
                ..measurement
            }),
        ),
    };
    (outcome, requests)
}

fn measurement(
    evidence: &Evidence,
    facts: Option<&PageFacts>,
    traffic: &Traffic,
    requests: &[RequestFact],
) -> Measurement {
    let mut values = Values::default();
    let mut attribution = Attribution::default();
    if let Some(facts) = facts {
        facts.timings(&mut values, evidence.end_ms);
        if facts.redirect_is_hidden() && traffic.redirects() > 0 {
            values.set(Metric::Redirect, None);
        }
        attribution = facts.attribution();
    }
    if traffic.seen() {
        network_log::totals(requests, &mut values);
    }
    let errors = console::read(&evidence.console_log);
    values.set(Metric::JsErrors, Some(errors.script as f64));
    values.set(Metric::ConsoleErrors, Some(errors.other as f64));
    attribution.errors = errors.messages;
    let mut flags = Vec::new();
    if evidence.loaded && !evidence.quiet {
        flags.push("never_quiet".to_owned());
    }
    if facts.is_some_and(PageFacts::lcp_is_banner) {
        flags.push("lcp_is_banner".to_owned());
    }
    flags.extend(validity::wait_flag(traffic, requests));
    match traffic.dropped() {
        0 => {}
        n => flags.push(format!("beacons_dropped={n}")),
    }
    Measurement {
        values,
        attribution,
        flags,
        final_url: facts.map(|f| redact::url(&f.identity.href)),
        title: facts.map(|f| redact::title(&f.identity.title)),
    }
}

/// Adds what the film of a visit amounts to, and gives the film; a visit that could not be filmed
/// says so and is as good as any other. Takes a moment: every picture is decoded.
#[must_use]
pub fn develop(filmed: &Filmed, page: &Value, end_ms: f64, outcome: &mut Outcome) -> Option<Film> {
    let (Outcome::Measured(m) | Outcome::NotMeasured(_, m)) = outcome;
    let shots = match filmed {
        Filmed::NotAsked => return None,
        Filmed::Missing(why) => {
            m.flags.push(format!("film_missing: {why}"));
            return None;
        }
        Filmed::Shots(shots) => shots,
    };
    let origin = PageFacts::read(page)?.time_origin()?;
    let Some(film) = film::develop(shots, origin, end_ms) else {
        m.flags.push("film_missing: no picture came".to_owned());
        return None;
    };
    if let (Outcome::Measured(m), Some(figures)) = (outcome, film::figures(&film)) {
        m.values.set(Metric::SpeedIndex, Some(figures.speed_index));
        m.values
            .set(Metric::VisualComplete, Some(figures.visual_complete));
    }
    Some(film)
}

/// A duration that cannot be marks the visit invalid.
fn impossible(values: &Values) -> Option<Failure> {
    let negative = values.iter().find(|&(_, v)| v < 0.0);
    let why = match (negative, values.get(Metric::Load), values.get(Metric::Ttfb)) {
        (Some((metric, v)), _, _) => format!("invalid: `{metric}` is {v:.1}"),
        (None, Some(load), Some(ttfb)) if load < ttfb => {
            format!("invalid: load at {load:.1} ms is before the first byte at {ttfb:.1} ms")
        }
        _ => return None,
    };
    Some(Failure::new(FailureKind::Instrument, why))
}

#[cfg(test)]
mod tests;
