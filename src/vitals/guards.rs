//! The known guards of sites: by which headers, cookies and resources a challenge of theirs is
//! recognised when it *is* the page.
//!
//! A page that merely carries a guard's script is not a challenge: most shops do. So a header that
//! only challenges have is enough; a script or frame counts only on a page that has next to
//! nothing of its own, or whose title is a guard's; a cookie counts only under such a title.

use super::network_log::Traffic;
use crate::model::RequestFact;

struct Guard {
    name: &'static str,
    /// Headers of the document that only challenges and refusals have.
    headers: &'static [&'static str],
    /// Parts of addresses of its scripts and frames.
    resources: &'static [&'static str],
    /// Begins of cookie names.
    cookies: &'static [&'static str],
}

const GUARDS: &[Guard] = &[
    Guard {
        name: "Cloudflare",
        headers: &["cf-mitigated"],
        resources: &["/cdn-cgi/challenge-platform/", "challenges.cloudflare.com/"],
        cookies: &["cf_clearance", "__cf_bm", "cf_chl_"],
    },
    Guard {
        name: "Akamai",
        headers: &[],
        resources: &["/_sec/cp_challenge/", "/_sec/verify"],
        cookies: &["_abck", "bm_sz", "sec_cpt"],
    },
    Guard {
        name: "DataDome",
        headers: &["x-dd-b"],
        resources: &["captcha-delivery.com/"],
        cookies: &["datadome"],
    },
    Guard {
        name: "HUMAN",
        headers: &["x-px-blocked"],
        resources: &[
            "captcha.px-cdn.net/",
            "captcha.px-cloud.net/",
            "/captcha/captcha.js",
        ],
        cookies: &["_px"],
    },
    Guard {
        name: "Imperva",
        headers: &[],
        resources: &["/_Incapsula_Resource"],
        cookies: &["incap_ses_", "visid_incap_", "reese84"],
    },
    Guard {
        name: "AWS WAF",
        headers: &["x-amzn-waf-action"],
        resources: &[".awswaf.com/"],
        cookies: &["aws-waf-token"],
    },
    Guard {
        name: "Kasada",
        headers: &["x-kpsdk-r"],
        resources: &["/149e9513-01fa-4fb0-aad4-566afd725d1b/"],
        cookies: &["KP_UIDz", "kpsdk"],
    },
    Guard {
        name: "hCaptcha",
        headers: &[],
        resources: &["hcaptcha.com/"],
        cookies: &[],
    },
    Guard {
        name: "reCAPTCHA",
        headers: &[],
        resources: &["google.com/recaptcha/", "recaptcha.net/recaptcha/"],
        cookies: &[],
    },
];

/// Titles of pages that guards put in a site's place, in lower case; the begin of one is enough.
const TITLES: &[&str] = &[
    "just a moment",
    "attention required! | cloudflare",
    "access denied",
    "access to this page has been denied",
    "pardon our interruption",
    "please verify you are a human",
    "robot or human?",
    "are you a robot",
    "human verification",
    "security check",
    "ddos-guard",
    "you have been blocked",
];

/// A page with no more requests of its own than this, its document aside, is next to nothing.
const THIN: usize = 2;

/// Which guard's challenge the page is, and by what it was recognised.
pub(super) fn challenge(
    traffic: &Traffic,
    requests: &[RequestFact],
    title: Option<&str>,
) -> Option<String> {
    let title = title.unwrap_or_default().trim().to_lowercase();
    let titled = TITLES.iter().any(|t| title.starts_with(t));
    let own = requests
        .iter()
        .filter(|r| !r.third_party && r.kind != "Document" && guard_of(&r.url).is_none());
    let thin = own.count() <= THIN;
    let resource = requests
        .iter()
        .filter(|r| r.kind != "Document" || r.third_party)
        .find_map(|r| guard_of(&r.url));
    if let Some(guard) = resource.filter(|_| thin || titled) {
        return Some(format!("{} (its script or frame)", guard.name));
    }
    let cookies = traffic.document_header("set-cookie").unwrap_or_default();
    let cookie = GUARDS.iter().find(|g| {
        let mut names = cookies.lines().map(str::trim_start);
        names.any(|line| g.cookies.iter().any(|c| line.starts_with(c)))
    });
    cookie
        .filter(|_| titled && thin)
        .map(|g| format!("{} (its cookie and title)", g.name))
}

/// The header by which the document says itself that it is a challenge.
pub(super) fn header(traffic: &Traffic) -> Option<&'static str> {
    let mut headers = GUARDS.iter().flat_map(|g| g.headers);
    headers
        .find(|h| traffic.document_header(h).is_some())
        .copied()
}

fn guard_of(url: &str) -> Option<&'static Guard> {
    GUARDS
        .iter()
        .find(|g| g.resources.iter().any(|part| url.contains(part)))
}
