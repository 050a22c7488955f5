//! What is named as the cause: a slower server, a grown script, and nothing that went the other way.

use super::*;

fn request(url: &str, kind: &str, bytes: f64, end: f64) -> RequestFact {
    RequestFact {
        url: url.into(),
        method: "GET".into(),
        kind: kind.into(),
        status: Some(200),
        start_ms: 20.0,
        end_ms: Some(end),
        bytes,
        third_party: !url.contains("own"),
        error: None,
        detail: None,
    }
}

fn seen(host: &str, wait: f64, lcp: f64) -> Seen {
    let mut values = Values::default();
    values.set(Metric::Wait, Some(wait));
    values.set(Metric::LcpTtfb, Some(wait));
    values.set(Metric::Lcp, Some(lcp));
    Seen {
        values,
        attribution: Attribution::default(),
        requests: vec![
            request(&format!("https://{host}/"), "Document", 9_000.0, wait),
            request(
                &format!("https://{host}/app.js?v=*"),
                "Script",
                80_000.0,
                60.0,
            ),
        ],
    }
}

#[test]
fn a_slower_server_is_named() {
    let a = vec![seen("own.example", 40.0, 900.0); 5];
    let b = vec![seen("new.own.example", 190.0, 1_050.0); 5];
    let found = causes(&a, &b, Metric::Lcp);
    assert_eq!(found.causes.len(), 1, "{found:?}");
    assert_eq!(found.causes[0].kind, CauseKind::ServerTime);
    insta::assert_snapshot!(found.sentences().join("\n"), @r"
    main content shown (LCP) went from 0.9 s to 1.1 s (medians), most of it in main content: server reply (+150 ms).
    Likely cause: server time +150 ms (can explain 100 % of it).
    ");
}

#[test]
fn a_script_that_grew_or_came_is_named_with_its_busy_time() {
    let a = vec![seen("own.example", 40.0, 900.0); 5];
    let mut b = vec![seen("own.example", 40.0, 1_250.0); 5];
    for s in &mut b {
        s.requests[1].bytes += 300_000.0;
        s.attribution
            .scripts
            .insert("https://own.example/app.js?v=*".into(), 310.0);
        s.requests.push(request(
            "https://tags.example/t.js",
            "Script",
            30_000.0,
            45.0,
        ));
    }
    let found = causes(&a, &b, Metric::Lcp);
    assert_eq!(found.causes[0].what, "/app.js");
    assert_eq!(found.causes[0].change, "+300 kB, 310 ms more busy time");
    assert_eq!(found.causes[1].kind, CauseKind::ThirdPartyScript);
    assert!(found.causes[1].change.starts_with("new, +30 kB"));
    // And the other way round it is what made it faster.
    let back = causes(&b, &a, Metric::Lcp);
    assert_eq!(back.causes[0].change, "-300 kB, 310 ms less busy time");
}

#[test]
fn what_went_the_other_way_explains_nothing() {
    let a = vec![seen("own.example", 200.0, 900.0); 5];
    let b = vec![seen("own.example", 40.0, 1_100.0); 5];
    let found = causes(&a, &b, Metric::Lcp);
    assert_eq!(found.causes[0].explains_ms, 0.0);
    assert!(found.sentences()[1].starts_with("Nothing found explains it"));
}

#[test]
fn the_same_file_of_another_host_on_another_port_is_no_new_one() {
    let with = |port: u16| {
        let mut seen = seen("own.example", 100.0, 900.0);
        let url = format!("http://static.example:{port}/s/app.js");
        seen.requests.push(request(&url, "Script", 9_000.0, 80.0));
        seen.attribution.scripts.insert(url, 20.0);
        vec![seen; 3]
    };
    let found = causes(&with(4000), &with(5000), Metric::Lcp);
    assert_eq!(found.causes, []);
}
