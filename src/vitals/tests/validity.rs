//! Each rule of "Is it the right page?" with a page that breaks it, and pages that only look so.

use super::*;
use crate::vitals::validity::held_to_usual;

/// A page with this title and these requests besides its document, and a header of its answer.
fn seen(title: &str, requests: &[(&str, &str)], (header, value): (&str, &str)) -> Evidence {
    let mut page = facts("https://www.shop.example/", None);
    page["identity"]["title"] = json!(title);
    let mut log = vec![
        request("doc", "Document", "https://www.shop.example/", 10.0),
        event(
            "Network.responseReceived",
            json!({ "requestId": "doc", "type": "Document", "response": {
                "status": 200, "encodedDataLength": 200, "headers": { header: value } } }),
        ),
        finished("doc", 10.4, 5_200.0),
    ];
    for (i, (kind, url)) in requests.iter().enumerate() {
        let id = format!("r{i}");
        log.push(request(&id, kind, url, 10.5));
        log.push(response(&id, kind, 200));
        log.push(finished(&id, 10.6, 900.0));
    }
    Evidence {
        page,
        network_log: log,
        ..good()
    }
}

const OWN: (&str, &str) = ("Image", "https://www.shop.example/a.jpg");

fn reason(evidence: &Evidence) -> String {
    match measure(evidence, &target(), &page(None)).0 {
        Outcome::NotMeasured(f, _) => {
            assert_eq!(f.kind, FailureKind::Blocked, "{f:?}");
            f.reason
        }
        Outcome::Measured(_) => String::new(),
    }
}

#[test]
fn a_challenge_that_says_so_in_a_header_is_one_whatever_its_status() {
    for header in ["CF-Mitigated", "X-Amzn-Waf-Action", "X-DD-B", "X-Kpsdk-R"] {
        let said = reason(&seen("Shop", &[OWN; 9], (header, "challenge")));
        let lower = header.to_lowercase();
        assert_eq!(said, format!("challenge: status 200 with `{lower}`"));
    }
}

#[test]
fn a_guards_script_or_frame_on_a_page_with_nothing_of_its_own_is_a_challenge() {
    for (guard, url) in [
        (
            "Cloudflare",
            "https://www.shop.example/cdn-cgi/challenge-platform/h/b/orchestrate",
        ),
        (
            "Cloudflare",
            "https://challenges.cloudflare.com/turnstile/v0/api.js",
        ),
        (
            "Akamai",
            "https://www.shop.example/_sec/cp_challenge/ak-challenge-4-4.htm",
        ),
        (
            "DataDome",
            "https://geo.captcha-delivery.com/captcha/?cid=1",
        ),
        ("HUMAN", "https://captcha.px-cdn.net/PX1/captcha.js"),
        (
            "Imperva",
            "https://www.shop.example/_Incapsula_Resource?SWJIYLWA=1",
        ),
        ("AWS WAF", "https://abc.token.awswaf.com/abc/challenge.js"),
        (
            "Kasada",
            "https://www.shop.example/149e9513-01fa-4fb0-aad4-566afd725d1b/x/ips.js",
        ),
        (
            "hCaptcha",
            "https://newassets.hcaptcha.com/captcha/v1/x/static/hcaptcha.html",
        ),
        ("reCAPTCHA", "https://www.google.com/recaptcha/api2/anchor"),
    ] {
        let said = reason(&seen("", &[("Script", url)], ("Server", "x")));
        assert_eq!(
            said,
            format!("challenge: {guard} (its script or frame)"),
            "{url}"
        );
        let shop = seen("Shop", &[("Script", url), OWN, OWN, OWN], ("Server", "x"));
        assert_eq!(reason(&shop), "", "a shop that merely carries it: {url}");
    }
}

#[test]
fn a_guards_cookie_counts_under_its_title_only() {
    let cookie = ("Set-Cookie", "datadome=x; Path=/");
    let said = reason(&seen("Access denied", &[], cookie));
    assert_eq!(said, "challenge: DataDome (its cookie and title)");
    assert_eq!(reason(&seen("Shop", &[], cookie)), "");
    assert_eq!(reason(&seen("Access denied", &[], ("Server", "x"))), "");
}

#[test]
fn the_expected_element_is_the_better_witness() {
    let url = (
        "Script",
        "https://challenges.cloudflare.com/turnstile/v0/api.js",
    );
    let mut evidence = seen("Just a moment...", &[url], ("Server", "x"));
    assert_ne!(reason(&evidence), "");
    evidence.page["identity"]["found"] = json!(true);
    assert_eq!(reason(&evidence), "");
}

fn moved(from: &str, to: &str) -> String {
    let mut evidence = good();
    evidence.page = facts(&format!("https://www.shop.example{to}"), None);
    let page = Page {
        url: format!("https://www.shop.example{from}").parse().unwrap(),
        ..page(None)
    };
    match measure(&evidence, &target(), &page).0 {
        Outcome::NotMeasured(f, _) => f.reason,
        Outcome::Measured(_) => String::new(),
    }
}

#[test]
fn the_front_page_or_a_detour_instead_of_the_page_is_another_page() {
    assert_eq!(moved("/p/1", "/"), "final path: `/` instead of `/p/1`");
    for (from, to) in [
        ("/p/1", "/en-au"),
        ("/checkout", "/account/login?next=%2Fcheckout"),
        ("/", "/consent"),
        ("/", "/geo/select-country"),
        ("/p/1", "/captcha/x"),
    ] {
        assert!(moved(from, to).starts_with("final path: "), "{from} {to}");
    }
    for (from, to) in [
        ("/p/1", "/p/1/"),
        ("/p/1", "/p/oak-lamp-1"),
        ("/", "/en-au/"),
        ("/", "/home"),
        ("/p/1", "/en/p/1"),
        ("/login", "/login?x=1"),
        ("/p/1", "/P/1"),
        ("/p/geography", "/p/geography-book"),
    ] {
        assert_eq!(moved(from, to), "", "{from} {to}");
    }
}

#[test]
fn far_fewer_bytes_than_usual_are_another_page() {
    let outcome = || measure(&good(), &target(), &page(None)).0;
    let Outcome::Measured(m) = outcome() else {
        panic!("it is measured")
    };
    let bytes = m.values.get(Metric::TransferBytes).unwrap();
    let held = |usual| match held_to_usual(outcome(), usual) {
        Outcome::NotMeasured(f, m) => {
            assert_eq!(
                (f.kind, m.values),
                (FailureKind::Blocked, Values::default())
            );
            f.reason
        }
        Outcome::Measured(_) => String::new(),
    };
    assert_eq!(held(None), "");
    assert_eq!(held(Some(bytes * 4.9)), "");
    let said = held(Some(bytes * 5.1));
    assert!(
        said.starts_with("bytes: ") && said.contains("under 20 %"),
        "{said}"
    );
}
