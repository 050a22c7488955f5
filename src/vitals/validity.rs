//! Is it the right page? A refusal in 50 ms must not win the table.
//!
//! HTTP status, challenges of the known guards, final host and path, `expect`, bytes held to what is
//! usual, and whether the page loaded at all. Every reason begins with a stable word, so that causes can be counted.

use url::Url;

use super::Evidence;
use super::guards;
use super::network_log::Traffic;
use super::page::PageFacts;
use crate::model::{Failure, FailureKind, Measurement, Metric, Outcome, Page, RequestFact, Values};

/// Statuses by which a site refuses.
const REFUSING: &[u16] = &[401, 403, 429, 503];

/// Why a visit is not measured, if it is not.
#[must_use]
pub fn refusal(
    evidence: &Evidence,
    facts: Option<&PageFacts>,
    (traffic, requests): (&Traffic, &[RequestFact]),
    page: &Page,
) -> Option<Failure> {
    by_status(traffic)
        .or_else(|| unreachable(facts, traffic))
        .or_else(|| unloaded(evidence, facts))
        .or_else(|| elsewhere(facts, page))
        .or_else(|| challenged(facts, (traffic, requests)))
        .or_else(|| not_the_page(facts, page))
        .or_else(|| another_path(facts, page))
}

fn by_status(traffic: &Traffic) -> Option<Failure> {
    let status = traffic.document_status()?;
    let reason = match guards::header(traffic) {
        Some(header) => format!("challenge: status {status} with `{header}`"),
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

/// A guard's challenge in the place of the page; never where `expect` was found.
fn challenged(
    facts: Option<&PageFacts>,
    (traffic, requests): (&Traffic, &[RequestFact]),
) -> Option<Failure> {
    let identity = &facts?.identity;
    if identity.found == Some(true) {
        return None;
    }
    let guard = guards::challenge(traffic, requests, Some(&identity.title))?;
    let reason = format!("challenge: {guard}");
    Some(Failure::new(FailureKind::Blocked, reason))
}

/// Words that are a whole part of the path of a page which was put before the one asked for.
const DETOURS: &[&str] = &[
    "login",
    "signin",
    "sign-in",
    "sso",
    "consent",
    "cookie-consent",
    "privacy-consent",
    "captcha",
    "challenge",
    "blocked",
    "access-denied",
    "geo",
    "geoblock",
    "country-selector",
    "select-country",
    "choose-country",
    "region-selector",
    "unsupported-browser",
];

/// The final path left the page's own: the site's front page (or a bare language such as `/en-au`)
/// instead of a page below it, or a detour such as a login. Any other path may be the same page
/// under another name, and is left to `expect`; where that was found, the path does not matter.
fn another_path(facts: Option<&PageFacts>, page: &Page) -> Option<Failure> {
    let identity = &facts?.identity;
    if identity.found == Some(true) {
        return None;
    }
    let last = Url::parse(&identity.href).ok()?;
    let parts = |url: &Url| -> Vec<String> {
        let path = url.path().to_lowercase();
        let parts = path.split('/').filter(|p| !p.is_empty());
        parts.map(str::to_owned).collect()
    };
    let (wanted, found) = (parts(&page.url), parts(&last));
    let front = |p: &[String]| p.is_empty() || (p.len() == 1 && is_language(&p[0]));
    let to_front = front(&found) && !front(&wanted);
    let detour = found
        .iter()
        .any(|p| DETOURS.contains(&p.as_str()) && !wanted.contains(p));
    if !to_front && !detour {
        return None;
    }
    Some(Failure::new(
        FailureKind::Blocked,
        format!(
            "final path: `{}` instead of `{}`",
            last.path(),
            page.url.path()
        ),
    ))
}

/// `en`, `en-au` or `en_au`.
fn is_language(part: &str) -> bool {
    let letters = |s: &str| s.len() == 2 && s.bytes().all(|b| b.is_ascii_lowercase());
    match part.split_once(['-', '_']) {
        Some((language, country)) => letters(language) && letters(country),
        None => letters(part),
    }
}

/// A page has at least this share of the bytes that it usually has.
const LEAST_BYTES: f64 = 0.2;

/// A measured visit with far fewer bytes than its page usually has was not of that page. `usual` is
/// the median of earlier visits.
#[must_use]
pub fn held_to_usual(outcome: Outcome, usual: Option<f64>) -> Outcome {
    let Outcome::Measured(measured) = outcome else {
        return outcome;
    };
    let bytes = measured.values.get(Metric::TransferBytes);
    let (Some(bytes), Some(usual)) = (bytes, usual) else {
        return Outcome::Measured(measured);
    };
    if bytes >= usual * LEAST_BYTES {
        return Outcome::Measured(measured);
    }
    let reason = format!("bytes: {bytes:.0}, under 20 % of the usual {usual:.0}");
    let left = Measurement {
        values: Values::default(),
        ..*measured
    };
    Outcome::NotMeasured(Failure::new(FailureKind::Blocked, reason), Box::new(left))
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
