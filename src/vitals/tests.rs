//! One visit's evidence, as a browser gives it, and what it amounts to.

mod validity;

use serde_json::{Value, json};

use super::*;
use crate::model::{Role, VisitState};

fn target() -> Target {
    Target {
        id: "shop".into(),
        name: "Shop".into(),
        role: Role::Rival,
        market: "US".into(),
        first_party: vec!["shop-static.example".into()],
        robots_override: None,
        consent: Default::default(),
        pages: vec![],
    }
}

fn page(expect: Option<&str>) -> Page {
    Page {
        kind: "home".into(),
        url: "https://www.shop.example/".parse().unwrap(),
        expect: expect.map(str::to_owned),
    }
}

fn event(method: &str, params: Value) -> Value {
    json!({ "message": json!({ "message": { "method": method, "params": params } }).to_string() })
}

fn request(id: &str, kind: &str, url: &str, at: f64) -> Value {
    event(
        "Network.requestWillBeSent",
        json!({
            "requestId": id, "frameId": "main", "type": kind, "timestamp": at,
            "request": { "url": url, "method": "GET" }, "initiator": { "type": "parser" },
        }),
    )
}

fn response(id: &str, kind: &str, status: u16) -> Value {
    event(
        "Network.responseReceived",
        json!({
            "requestId": id, "type": kind,
            "response": {
                "status": status, "encodedDataLength": 200, "headers": { "Server": "x" },
                "timing": { "requestTime": 10.02, "receiveHeadersStart": 280.0 },
            },
        }),
    )
}

fn finished(id: &str, at: f64, bytes: f64) -> Value {
    event(
        "Network.loadingFinished",
        json!({ "requestId": id, "timestamp": at, "encodedDataLength": bytes }),
    )
}

fn facts(href: &str, found: Option<bool>) -> Value {
    json!({
        "navigation": {
            "redirectStart": 0, "redirectEnd": 0, "domainLookupStart": 5, "domainLookupEnd": 9,
            "connectStart": 9, "connectEnd": 40, "secureConnectionStart": 20, "requestStart": 41,
            "responseStart": 300, "responseEnd": 310, "domContentLoadedEventEnd": 400,
            "loadEventStart": 900, "loadEventEnd": 905, "redirectCount": 0,
        },
        "fcp": 450.0,
        "lcp": { "time": 1000.0, "url": "https://shop-static.example/h.jpg?sig=1", "element": "img#hero",
                 "start": 320.0, "request": 330.0, "end": 880.0 },
        "layout_shifts": [{ "at": 500.0, "value": 0.05 }],
        "long_tasks": [{ "start": 600.0, "duration": 100.0 }],
        "custom": { "mark:hero": 700.0 },
        "identity": { "href": href, "title": "Shop", "found": found },
    })
}

fn good() -> Evidence {
    Evidence {
        page: facts("https://www.shop.example/?session=secret", Some(true)),
        network_log: vec![
            request("doc", "Document", "https://www.shop.example/", 10.0),
            response("doc", "Document", 200),
            finished("doc", 10.4, 5_200.0),
            request(
                "i",
                "Image",
                "https://shop-static.example/h.jpg?sig=1",
                10.3,
            ),
            response("i", "Image", 200),
            finished("i", 10.9, 90_200.0),
            request("t", "Script", "https://tags.example/t.js?k=secret", 10.3),
            response("t", "Script", 404),
            finished("t", 10.5, 300.0),
            request("d", "Image", "data:image/gif;base64,AA", 10.3),
            request("c", "Script", "https://www.shop.example/cached.js", 10.3),
            event(
                "Network.requestServedFromCache",
                json!({ "requestId": "c" }),
            ),
        ],
        console_log: vec![],
        loaded: true,
        quiet: true,
        end_ms: 3_000.0,
        filmed: Filmed::NotAsked,
        timeout: std::time::Duration::from_secs(60),
    }
}

fn failure(evidence: &Evidence, page: &Page) -> Failure {
    match measure(evidence, &target(), page).0 {
        Outcome::NotMeasured(failure, m) => {
            assert_eq!(m.values, Values::default(), "a refusal has no values");
            failure
        }
        Outcome::Measured(_) => panic!("it was measured"),
    }
}

#[test]
fn a_good_visit_has_its_figures() {
    let (outcome, requests) = measure(&good(), &target(), &page(Some("#hero")));
    let Outcome::Measured(m) = outcome else {
        panic!("{outcome:?}")
    };
    let shown: Vec<String> = m
        .values
        .iter()
        .map(|(k, v)| format!("{k} {v:.2}"))
        .collect();
    insta::assert_snapshot!(shown.join(", "), @"ttfb 300.00, redirect 0.00, dns 4.00, connect 11.00, tls 20.00, wait 259.00, download 10.00, fcp 450.00, lcp 1000.00, lcp_ttfb 300.00, lcp_load_delay 30.00, lcp_load_time 550.00, lcp_render_delay 120.00, cls 0.05, tbt 50.00, dom_content_loaded 400.00, load 905.00, fully_loaded 900.00, requests 3.00, failed_requests 1.00, transfer_bytes 95700.00, js_bytes 300.00, css_bytes 0.00, image_bytes 90200.00, font_bytes 0.00, third_party_requests 1.00, third_party_bytes 300.00, js_errors 0.00, console_errors 0.00");
    assert_eq!(
        m.final_url.as_deref(),
        Some("https://www.shop.example/?session=*")
    );
    assert_eq!(requests[1].url, "https://shop-static.example/h.jpg?sig=*");
    let secret = format!("{m:?} {requests:?}").contains("secret");
    assert!(!secret, "a query value was kept");
}

#[test]
fn refusals_are_blocked_and_breakages_are_the_sites() {
    for (status, kind) in [
        (401, FailureKind::Blocked),
        (403, FailureKind::Blocked),
        (429, FailureKind::Blocked),
        (503, FailureKind::Blocked),
        (404, FailureKind::Site),
        (500, FailureKind::Site),
    ] {
        let mut e = good();
        e.network_log[1] = response("doc", "Document", status);
        let expected = Failure::new(kind, format!("status: {status}"));
        assert_eq!(failure(&e, &page(None)), expected);
    }
}

#[test]
fn another_host_or_a_missing_sign_is_blocked() {
    let mut e = good();
    e.page = facts("https://queue.guard.example/wait", Some(true));
    assert_eq!(
        failure(&e, &page(None)).reason,
        "final host: `queue.guard.example` instead of `www.shop.example`"
    );
    e.page = facts("https://www.shop.example/", Some(false));
    let f = failure(&e, &page(Some("#add-to-cart")));
    assert_eq!(f.kind.state(), VisitState::Blocked);
    assert_eq!(f.reason, "expect: `#add-to-cart` is not on the page");
    // The same shop without `www.` is still the same shop.
    e.page = facts("https://shop.example/", Some(true));
    assert_eq!(
        measure(&e, &target(), &page(Some("x"))).0.state(),
        VisitState::Ok
    );
}

#[test]
fn no_load_event_is_a_timeout_and_no_answer_a_failed_navigation() {
    let mut e = good();
    e.loaded = false;
    assert_eq!(
        failure(&e, &page(None)).reason,
        "timeout: no load event within 60 s"
    );
    let mut e = good();
    e.page = facts("chrome-error://chromewebdata/", None);
    e.network_log = vec![
        request("doc", "Document", "https://www.shop.example/", 10.0),
        event(
            "Network.loadingFailed",
            json!({ "requestId": "doc", "timestamp": 10.1, "errorText": "net::ERR_CONNECTION_REFUSED" }),
        ),
    ];
    assert_eq!(
        failure(&e, &page(None)).reason,
        "navigation: net::ERR_CONNECTION_REFUSED"
    );
}

#[test]
fn a_duration_that_cannot_be_makes_the_visit_invalid() {
    let mut e = good();
    e.page["navigation"]["loadEventEnd"] = json!(200.0);
    let f = failure(&e, &page(None));
    assert_eq!(f.kind, FailureKind::Instrument);
    assert_eq!(
        f.reason,
        "invalid: load at 200.0 ms is before the first byte at 300.0 ms"
    );
}

#[test]
fn a_metric_that_the_browser_does_not_offer_is_absent() {
    let mut e = good();
    e.page["layout_shifts"] = Value::Null;
    e.page["long_tasks"] = Value::Null;
    e.page["lcp"] = Value::Null;
    e.page["navigation"]["secureConnectionStart"] = json!(0);
    e.network_log.clear();
    let (Outcome::Measured(m), _) = measure(&e, &target(), &page(None)) else {
        panic!()
    };
    for metric in [
        Metric::Cls,
        Metric::Tbt,
        Metric::Lcp,
        Metric::LcpRenderDelay,
        Metric::Tls,
        Metric::Requests,
        Metric::TransferBytes,
        Metric::Inp,
        Metric::SpeedIndex,
    ] {
        assert_eq!(m.values.get(metric), None, "{metric}");
    }
}

#[test]
fn a_request_without_an_end_is_in_flight_and_a_redirect_is_a_request() {
    let mut log = vec![
        request("doc", "Document", "http://shop.example/", 10.0),
        event(
            "Network.requestWillBeSent",
            json!({
                "requestId": "doc", "frameId": "main", "type": "Document", "timestamp": 10.1,
                "request": { "url": "https://www.shop.example/", "method": "GET" },
                "redirectResponse": { "status": 301, "encodedDataLength": 180.0 },
                "initiator": { "type": "other" },
            }),
        ),
        response("doc", "Document", 200),
    ];
    assert!(network_log::in_flight(&log));
    log.push(finished("doc", 10.4, 5_000.0));
    assert!(!network_log::in_flight(&log));
    let traffic = network_log::read(&log);
    let requests = traffic.requests(10.0, &target(), &page(None));
    let shown: Vec<_> = requests.iter().map(|r| (r.status, r.bytes)).collect();
    assert_eq!(shown, [(Some(301), 180.0), (Some(200), 5_000.0)]);
    assert_eq!(traffic.document_status(), Some(200));
}

#[test]
fn what_a_replaced_document_had_asked_for_is_not_waited_for() {
    let mut log = vec![
        request("one", "Document", "https://www.shop.example/", 10.0),
        response("one", "Document", 200),
        finished("one", 10.1, 900.0),
        request("slow", "Image", "https://www.shop.example/slow.png", 10.1),
        request("two", "Document", "https://www.shop.example/next", 10.2),
    ];
    assert!(
        network_log::in_flight(&log),
        "the next document is on its way"
    );
    log.push(response("two", "Document", 200));
    log.push(finished("two", 10.5, 900.0));
    assert!(!network_log::in_flight(&log));
    assert!(!network_log::in_flight(&[]));
}

#[test]
fn an_answer_whose_body_nobody_reads_is_not_in_flight_for_ever() {
    let mut log = vec![
        request("doc", "Document", "https://www.shop.example/", 10.0),
        response("doc", "Document", 200),
        finished("doc", 10.1, 900.0),
        request("f", "Fetch", "https://www.shop.example/beacon", 10.2),
    ];
    assert!(network_log::in_flight(&log), "not answered yet");
    assert_eq!(network_log::unread(&log), None);
    let mut answer = response("f", "Fetch", 200);
    let text = answer["message"].as_str().unwrap();
    let text = text.replace("\"params\":{", "\"params\":{\"timestamp\":10.7,");
    answer["message"] = json!(text);
    log.push(answer);
    assert!(!network_log::in_flight(&log));
    assert_eq!(network_log::unread(&log), Some(200.0));
    let traffic = network_log::read(&log);
    let requests = traffic.requests(10.0, &target(), &page(None));
    assert_eq!(requests[1].end_ms, Some(700.0));
}

#[test]
fn a_frame_that_is_refused_does_not_refuse_the_page() {
    let mut e = good();
    e.network_log.push(event(
        "Network.requestWillBeSent",
        json!({
            "requestId": "f", "frameId": "advert", "type": "Document", "timestamp": 10.6,
            "request": { "url": "https://ads.example/", "method": "GET" }, "initiator": { "type": "parser" },
        }),
    ));
    e.network_log.push(response("f", "Document", 403));
    e.network_log.push(finished("f", 10.7, 200.0));
    assert_eq!(
        measure(&e, &target(), &page(None)).0.state(),
        VisitState::Ok
    );
}
