//! The page of a visit: whole, self-contained, and text stays text.

use super::*;
use crate::model::{
    Attribution, ConsoleLine, Kept, RequestDetail, RequestFact, Timing, Values, VisitRow,
};

const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";

fn request(i: usize) -> RequestFact {
    let start = 20.0 + i as f64 * 9.0;
    RequestFact {
        url: format!("https://own.example/assets/{i}/some-name-of-a-file-{i}.js?v=*"),
        method: "GET".into(),
        kind: "Script".into(),
        status: Some(if i % 11 == 7 { 404 } else { 200 }),
        start_ms: start,
        end_ms: Some(start + 240.0),
        bytes: 12_345.0,
        third_party: i % 5 == 3,
        error: (i % 13 == 5).then(|| "net::ERR_NAME_NOT_RESOLVED".into()),
        detail: Some(Box::new(RequestDetail {
            timing: Some(Timing {
                dns: Some((start + 5.0, start + 20.0)),
                connect: Some((start + 20.0, start + 70.0)),
                tls: Some((start + 45.0, start + 70.0)),
                send: (start + 70.0, start + 70.5),
                headers: start + 160.0,
            }),
            ..RequestDetail::default()
        })),
    }
}

fn values(requests: usize) -> Values {
    let mut values = Values::default();
    for (metric, value) in [
        (Metric::Ttfb, 220.0),
        (Metric::Fcp, 480.0),
        (Metric::Lcp, 1_240.0),
        (Metric::LcpTtfb, 220.0),
        (Metric::LcpLoadDelay, 180.0),
        (Metric::LcpLoadTime, 700.0),
        (Metric::LcpRenderDelay, 140.0),
        (Metric::Load, 1_310.0),
        (Metric::Cls, 0.02),
        (Metric::Tbt, 90.0),
        (Metric::Requests, requests as f64),
        (Metric::TransferBytes, 1_400_000.0),
    ] {
        values.set(metric, Some(value));
    }
    values
}

fn visit(requests: usize) -> WholeVisit {
    WholeVisit {
        row: VisitRow {
            id: 7,
            run: 1,
            round: 1,
            warm_up: false,
            target: "own".into(),
            page: "home".into(),
            region: "sydney".into(),
            profile: "phone".into(),
            night: "2026-11-23".parse().unwrap(),
            started_at: Some("2026-11-23T01:02:03.456Z".parse().unwrap()),
            duration_ms: Some(4000.0),
            state: VisitState::Ok,
            reason: None,
            flags: vec!["never_quiet".into()],
            environment: Some("abc".into()),
            values: values(requests),
        },
        target_name: HOSTILE.into(),
        url: format!("https://own.example/?q={HOSTILE}"),
        final_url: Some("https://own.example/".into()),
        title: Some(HOSTILE.into()),
        attribution: Attribution {
            lcp_element: Some(HOSTILE.into()),
            lcp_url: Some(format!("https://own.example/{HOSTILE}")),
            errors: vec![HOSTILE.into(), "x".repeat(500)],
            ..Attribution::default()
        },
        browser: Some("chrome 156.0.1.2".into()),
        tool: "0.1.0".into(),
        requests: (0..requests).map(request).collect(),
        console: vec![ConsoleLine {
            level: "SEVERE".into(),
            text: HOSTILE.into(),
            ..ConsoleLine::default()
        }],
        kept: vec![Kept {
            kind: "requests".into(),
            media_type: "application/json".into(),
            stored_bytes: 2_000,
        }],
        pinned: Some(HOSTILE.into()),
    }
}

fn film() -> Vec<Frame> {
    let frame = |at_ms: f64, last: u8| Frame {
        at_ms,
        jpeg: vec![0xff, 0xd8, last],
    };
    vec![frame(0.0, 1), frame(480.0, 2), frame(1_200.0, 3)]
}

fn set(visit: &WholeVisit) -> String {
    page(&VisitInput {
        visit,
        when: "2026-11-23 12:02:03",
        film: &film(),
        film_size: (360, 720),
        screenshot: Some(&[0xff, 0xd8, 9]),
        note: "",
    })
    .unwrap()
}

#[test]
fn what_a_page_says_stays_text_and_nothing_is_asked_of_anybody() {
    let mut hostile = visit(25);
    hostile.requests[0].url = format!("https://own.example/{HOSTILE}");
    hostile.requests[1].error = Some(HOSTILE.into());
    hostile.requests[1].method = HOSTILE.into();
    let html = set(&hostile);
    assert!(!html.contains("<script"), "a script element");
    assert!(!html.contains("<img src=x"), "an element of the page's");
    for outside in [
        "src=\"http",
        "url(http",
        "@import",
        "<link",
        "<iframe",
        "href=",
    ] {
        assert!(!html.contains(outside), "`{outside}`");
    }
    assert!(html.contains("&#60;script&#62;") || html.contains("&lt;script&gt;"));
    assert_eq!(html.matches("<img ").count(), 1, "the picture at the end");
}

#[test]
fn every_request_has_its_row_and_failures_and_third_parties_are_marked() {
    for count in [1, 25, 300] {
        let visit = visit(count);
        for width in [Width::Wide, Width::Narrow] {
            let svg = waterfall::waterfall(&visit, width);
            assert_eq!(svg.matches("<g>").count(), count);
            assert!(svg.contains(">main content 1.2 s<"), "{svg}");
            assert!(!svg.contains("NaN") && !svg.contains("inf"));
        }
    }
    let wide = waterfall::waterfall(&visit(25), Width::Wide);
    assert!(wide.contains("failed: net::ERR_NAME_NOT_RESOLVED"));
    assert!(wide.contains(">404 · "), "{wide}");
    assert!(wide.contains("▸own.example"));
    assert!(waterfall::left_out(&visit(300)).is_none());
    assert!(waterfall::left_out(&visit(401)).unwrap().contains("1 more"));
}

#[test]
fn the_strip_has_a_picture_every_half_second_and_each_picture_once() {
    let (stills, rules) = filmstrip::strip(&visit(1), &film());
    let shown: Vec<String> = stills
        .iter()
        .map(|s| format!("{} {} {} [{}]", s.time, s.class, s.changed, s.happened))
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    0 s f0 new []
    0.5 s f1 new [first content]
    1 s f1 same []
    1.5 s f2 new [main content and load]
    ");
    assert_eq!(rules.matches("data:image/jpeg").count(), 3);
    // A long film has longer steps; what is no JPEG is not shown.
    let long: Vec<Frame> = (0..100)
        .map(|i| Frame {
            at_ms: f64::from(i) * 600.0,
            jpeg: vec![0xff, 0xd8, 1],
        })
        .collect();
    assert!(filmstrip::strip(&visit(1), &long).0.len() <= 24);
    let none = [Frame {
        at_ms: 0.0,
        jpeg: b"<svg onload=alert(1)>".to_vec(),
    }];
    assert!(filmstrip::strip(&visit(1), &none).0.is_empty());
}

#[test]
fn a_visit_without_evidence_is_a_page_too() {
    let mut bare = visit(0);
    bare.row.state = VisitState::Blocked;
    bare.row.reason = Some("status: 403".into());
    bare.row.values = Values::default();
    bare.attribution = Attribution::default();
    let html = set(&bare);
    assert!(html.contains("Visit 7: blocked") && html.contains("blocked: status: 403"));
}
