//! Is it the right page? A refusal in 50 ms must not win the table.
//!
//! The first form of the rules: HTTP status, final host, `expect`, and whether the page loaded at
//! all. Every reason begins with a stable word, so that causes can be counted.

use url::Url;

use super::Evidence;
use super::network_log::Traffic;
use super::page::PageFacts;
use crate::model::{Failure, FailureKind, Page};

/// Statuses by which a site refuses.
const REFUSING: &[u16] = &[401, 403, 429, 503];

/// Why a visit is not measured, if it is not.
#[must_use]
pub fn refusal(
    evidence: &Evidence,
    facts: Option<&PageFacts>,
    traffic: &Traffic,
    page: &Page,
) -> Option<Failure> {
    by_status(traffic)
        .or_else(|| unreachable(facts, traffic))
        .or_else(|| unloaded(evidence, facts))
        .or_else(|| elsewhere(facts, page))
        .or_else(|| not_the_page(facts, page))
}

fn by_status(traffic: &Traffic) -> Option<Failure> {
    let status = traffic.document_status()?;
    let reason = match traffic.document_header("cf-mitigated") {
        Some(_) => format!("challenge: status {status} with `cf-mitigated`"),
        None => format!("status: {status}"),
    };
    if REFUSING.contains(&status) || reason.starts_with("challenge") {
        Some(Failure::new(FailureKind::Blocked, reason))
    } else if status >= 400 {
        Some(Failure::new(FailureKind::Site, reason))
    } else {
        None
    }
}

/// The browser's own error page.
fn unreachable(facts: Option<&PageFacts>, traffic: &Traffic) -> Option<Failure> {
    let on_error_page = facts.is_some_and(|f| f.identity.href.starts_with("chrome-error:"));
    let error = traffic.document_error();
    if !on_error_page && error.is_none() {
        return None;
    }
    let error = error.unwrap_or("the browser shows its own error page");
    Some(Failure::new(
        FailureKind::Site,
        format!("navigation: {error}"),
    ))
}

fn unloaded(evidence: &Evidence, facts: Option<&PageFacts>) -> Option<Failure> {
    if !evidence.loaded {
        let cap = evidence.timeout.as_secs_f64();
        return Some(Failure::new(
            FailureKind::Site,
            format!("timeout: no load event within {cap} s"),
        ));
    }
    if facts.is_none() {
        return Some(Failure::new(
            FailureKind::Instrument,
            "scripts: the page's facts could not be read",
        ));
    }
    None
}

fn elsewhere(facts: Option<&PageFacts>, page: &Page) -> Option<Failure> {
    let last = Url::parse(&facts?.identity.href).ok()?;
    let last = last.host_str().unwrap_or_default();
    let wanted = page.url.host_str().unwrap_or_default();
    let bare = |host: &str| host.strip_prefix("www.").unwrap_or(host).to_owned();
    if bare(last) == bare(wanted) {
        return None;
    }
    Some(Failure::new(
        FailureKind::Blocked,
        format!("final host: `{last}` instead of `{wanted}`"),
    ))
}

fn not_the_page(facts: Option<&PageFacts>, page: &Page) -> Option<Failure> {
    let expected = page.expect.as_ref()?;
    if facts?.identity.found != Some(false) {
        return None;
    }
    Some(Failure::new(
        FailureKind::Blocked,
        format!("expect: `{expected}` is not on the page"),
    ))
}
