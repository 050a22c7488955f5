//! Who is the benchmark: from month to month, and in the view of each site's own market.

use super::*;

#[test]
fn an_incumbent_stays_until_another_is_surely_faster() {
    let near_tie = [("own", 2_000.0), ("far", 1_500.0), ("farther", 1_502.0)];
    let (level, now) = (month(56..84, &near_tie), month(84..114, &near_tie));
    let all = targets();
    let twice = |previous: &[VisitRow], incumbent: &str, led: Option<&str>| {
        let held = Incumbent {
            target: incumbent.to_owned(),
            led_before: led.map(str::to_owned),
        };
        let held = [("home".to_owned(), held)].into();
        let input = FieldInput::new(&now, previous, &all, "AU").with_incumbents(&held);
        field(&input, &scope("home")).benchmark.unwrap().target
    };
    let chosen = |previous: &[VisitRow], incumbent: &str| twice(previous, incumbent, None);
    assert_eq!(chosen(&level, "far"), "far");
    assert_eq!(chosen(&level, "farther"), "farther");
    let clear = month(0..28, &FOUR);
    assert_eq!(chosen(&clear, "farther"), "far");
    // Ahead twice running takes its place, however little; once does not.
    let ahead = field(&FieldInput::new(&now, &level, &all, "AU"), &scope("home"));
    let ahead = ahead.benchmark.unwrap().target;
    let other = if ahead == "far" { "farther" } else { "far" };
    assert_eq!(twice(&level, other, Some(&ahead)), ahead);
    assert_eq!(twice(&level, other, Some(other)), other);
    // One that is gone, or was never overseas, holds nothing.
    assert_eq!(chosen(&clear, "near"), "far");
}

#[test]
fn each_site_seen_from_its_own_market_is_another_field() {
    let sites = [
        ("own", 2_000.0),
        ("near", 3_000.0),
        ("far", 1_200.0),
        ("farther", 1_300.0),
    ];
    let rows = month(0..20, &sites);
    let targets = targets();
    let input = FieldInput::new(&rows, &[], &targets, "AU");
    let mut here = scope("home");
    here.regions = vec!["sydney".to_owned()];
    assert_eq!(order(&field(&input, &here))[..2], ["far", "farther"]);
    let at = |id: &str, region: &str| (id.to_owned(), vec![region.to_owned()]);
    let there = Scope {
        own_market: [
            at("own", "sydney"),
            at("near", "sydney"),
            at("far", "oregon"),
            at("farther", "frankfurt"),
        ]
        .into(),
        ..scope("home")
    };
    let got = field(&input, &there);
    // By the fixture Frankfurt takes 1.2 times as long and Oregon 1.4 times.
    assert_eq!(order(&got), ["farther", "far", "own", "near"]);
    let best = got.benchmark.as_ref().unwrap();
    assert_eq!(best.target, "farther");
    let ours = standing(&got, "own").versus_best.unwrap();
    assert_eq!((ours.pairs, ours.relation), (20, Relation::Slower));
    let median = standing(&got, "far").summary.median.unwrap();
    assert!((median / 1_680.0 - 1.0).abs() < 0.03, "{median}");
    assert_eq!(standing(&got, "far").summary.counts.attempted, 40);
    assert_eq!(
        places(&got)[3],
        "near 4-4 of 4",
        "ranks hold in this view too"
    );

    // A site without a region in its market is in the field, unmeasured.
    let mut lost = there;
    lost.own_market.insert("far".to_owned(), Vec::new());
    let got = field(&input, &lost);
    assert_eq!(standing(&got, "far").summary.counts.attempted, 0);
    assert_eq!(order(&got)[3], "far");
}
