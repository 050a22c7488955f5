//! Who is the benchmark: from month to month, and in the view of each site's own market.

use super::fixture::noise;
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

/// Whoever leads by its centre may not be surely faster than the incumbent, and another may be.
#[test]
fn only_one_that_is_surely_faster_or_ahead_twice_takes_the_place() {
    // `far` is ahead by a hair on average and far behind on every fifth night; `farther` always is
    // a little faster than the incumbent `third`.
    let previous: Vec<VisitRow> = (0..30_i64)
        .flat_map(|n| {
            let far = if n % 5 == 0 { 2_500.0 } else { 1_380.0 };
            month(
                n..n + 1,
                &[
                    ("own", 2_000.0),
                    ("far", far),
                    ("farther", 1_450.0),
                    ("third", 1_540.0),
                ],
            )
        })
        .collect();
    let now = month(
        30..60,
        &[
            ("own", 2_000.0),
            ("far", 1_380.0),
            ("farther", 1_450.0),
            ("third", 1_540.0),
        ],
    );
    let mut all = targets();
    let third = crate::model::Target {
        id: "third".to_owned(),
        ..all[3].clone()
    };
    all.push(third);
    let chosen = |led: Option<&str>| {
        let held = Incumbent {
            target: "third".to_owned(),
            led_before: led.map(str::to_owned),
        };
        let held = [("home".to_owned(), held)].into();
        let input = FieldInput::new(&now, &previous, &all, "AU").with_incumbents(&held);
        field(&input, &scope("home")).benchmark.unwrap().target
    };
    let free = field(
        &FieldInput::new(&now, &previous, &all, "AU"),
        &scope("home"),
    );
    assert_eq!(free.benchmark.unwrap().target, "far");
    assert_eq!(chosen(None), "farther");
    assert_eq!(chosen(Some("far")), "far");
}

/// A month of which the visits to a site were refused from a night on.
fn blocked(id: &str, from: i64) -> Vec<VisitRow> {
    let rows = month(28..58, &FOUR).into_iter();
    rows.map(|r| match r.target == id && r.run >= from {
        true => without_values(r, VisitState::Blocked),
        false => r,
    })
    .collect()
}

/// Who is the benchmark, how, in whose place, and who may be the best.
fn told(rows: &[VisitRow], before: &[VisitRow], reference: Option<&'static str>) -> String {
    let all = targets();
    let input = FieldInput::new(rows, before, &all, "AU").with_reference(reference);
    let b = field(&input, &scope("home")).benchmark.unwrap();
    let instead_of = b.instead_of.as_deref().unwrap_or("nobody");
    let open = b.could_be_best.join(" ");
    format!(
        "{} {:?} instead of {instead_of}, best: {open}",
        b.target, b.chosen_by
    )
}

/// Blocked is unknown: a site that was there before and is not now may still be the best, and if it
/// was to be the benchmark, another stands in for it.
#[test]
fn a_site_that_could_not_be_measured_is_not_taken_as_beaten() {
    let before = month(0..28, &FOUR);
    let whole = month(28..58, &FOUR);
    assert_eq!(
        told(&whole, &before, None),
        "far PreviousMonth instead of nobody, best: far"
    );
    let gone = blocked("far", 28);
    for reference in [None, Some("far")] {
        assert_eq!(
            told(&gone, &before, reference),
            "farther PreviousMonth instead of far, best: farther far"
        );
    }
    assert!(standing(&home_field(&gone, &before), "far").could_be_best);
    // Another than the benchmark is gone.
    assert_eq!(
        told(&blocked("farther", 28), &before, None),
        "far PreviousMonth instead of nobody, best: far farther"
    );
    // Never measured: nothing is known of it at all, unless the config holds us to it.
    assert_eq!(
        told(&gone, &[], None),
        "farther CrossFit instead of nobody, best: farther"
    );
    assert_eq!(
        told(&gone, &[], Some("far")),
        "farther CrossFit instead of far, best: farther far"
    );
}

/// Half a month blocked is too much for a benchmark, a few nights are not; and what is left of the
/// half rules nobody out.
#[test]
fn a_site_that_was_measured_in_part_is_no_benchmark_and_beats_nobody() {
    let before = month(0..28, &FOUR);
    assert_eq!(
        told(&blocked("far", 43), &before, None),
        "farther PreviousMonth instead of far, best: farther far"
    );
    assert_eq!(
        told(&blocked("far", 53), &before, None),
        "far PreviousMonth instead of nobody, best: far"
    );
}

/// Two ranked sites are said to be faster and slower where their places say so too: an interval of
/// one pair does not know of the other pairs.
#[test]
fn no_comparative_is_said_against_the_places() {
    let all = targets();
    let against_ours = |unsteady: f64| {
        let rows: Vec<VisitRow> = (0..20_i64)
            .flat_map(|n| {
                let far = 1_800.0 * (1.0 + unsteady * noise(n.unsigned_abs()));
                let level = [("own", 2_000.0), ("near", 2_010.0)];
                let rest = [("far", far), ("farther", 2_020.0)];
                month(n..n + 1, &[level, rest].concat())
            })
            .collect();
        let got = field(&FieldInput::new(&rows, &[], &all, "AU"), &scope("home"));
        let ours = standing(&got, "own").versus_best.unwrap();
        let c = standing(&got, "far").versus_own.unwrap();
        assert!(c.relative95.unwrap().upper < 0.0 && c.difference < -200.0);
        let places = places(&got)[..2].join(", ");
        (c.relation, ours.relation, places)
    };
    assert_eq!(
        against_ours(0.20),
        (
            Relation::Faster,
            Relation::Slower,
            "far 1-1 of 4, own 2-3 of 4".to_owned()
        )
    );
    assert_eq!(
        against_ours(0.24),
        (
            Relation::CannotTell,
            Relation::CannotTell,
            "far 1-3 of 4, own 1-3 of 4".to_owned()
        )
    );
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
    // Named or not: what this view cannot see, it does not miss.
    let got = field(&input.clone().with_reference(Some("far")), &lost);
    let benchmark = got.benchmark.as_ref().unwrap();
    assert_eq!(benchmark.instead_of, None);
    assert!(benchmark.is_the_best());
    assert_eq!(standing(&got, "far").summary.counts.attempted, 0);
    assert_eq!(order(&got)[3], "far");
}
