//! Is it the right page? A refusal in 50 ms must not win the table.
//!
//! The first form of the rules: HTTP status, final host, `expect`, and whether the page loaded at
//! all. Every reason begins with a stable word, so that causes can be counted.

use url::Url;

use super::Evidence;
use super::network_log::Traffic;
use super::page::PageFacts;
use crate::model::{Failure, FailureKind, Page, RequestFact};

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

/// Begin of the flag of a visit in which the site told us to wait.
const WAIT_FLAG: &str = "told_to_wait";

/// `told_to_wait`, or `told_to_wait=SECONDS` where `Retry-After` says how long: for a document with
/// status 429 or 503 or with `Retry-After`, and for any request to the document's host with 429.
pub(super) fn wait_flag(traffic: &Traffic, requests: &[RequestFact]) -> Option<String> {
    let retry_after = traffic.document_header("retry-after");
    let refused = matches!(traffic.document_status(), Some(429 | 503));
    let host = |url: &str| Some(Url::parse(url).ok()?.host_str()?.to_owned());
    let own = requests.iter().find(|r| r.kind == "Document");
    let own = own.and_then(|r| host(&r.url));
    let part = own.is_some()
        && requests
            .iter()
            .any(|r| r.status == Some(429) && host(&r.url) == own);
    if !refused && !part && retry_after.is_none() {
        return None;
    }
    let date = traffic.document_header("date");
    Some(match retry_after.and_then(|r| seconds(r, date)) {
        Some(s) => format!("{WAIT_FLAG}={s}"),
        None => WAIT_FLAG.to_owned(),
    })
}

/// `Retry-After` in seconds (RFC 9110, 10.2.3). A date is held against the answer's own, so that
/// no clock of ours is needed.
fn seconds(value: &str, date: Option<&str>) -> Option<u64> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(seconds);
    }
    let time = |text: &str| jiff::fmt::rfc2822::parse(text.trim()).ok();
    let wait = time(value)?
        .timestamp()
        .duration_since(time(date?)?.timestamp());
    u64::try_from(wait.as_secs()).ok()
}

/// Whether the flags of a visit say that the site told us to wait, and for how long if it said so.
#[must_use]
pub fn told_to_wait(flags: &[String]) -> Option<Option<std::time::Duration>> {
    flags.iter().find_map(|flag| {
        let rest = flag.strip_prefix(WAIT_FLAG)?;
        Some(
            rest.strip_prefix('=')
                .and_then(|s| s.parse().ok())
                .map(std::time::Duration::from_secs),
        )
    })
}
