//! Fields on hand-made rows: thin data, ranks, and the cases that a report has to survive.

mod choice;
mod fixture;

use fixture::{
    REGIONS, first_night, home_field, month, night, order, places, scope, standing, targets, visit,
    without_values,
};

use super::*;
use crate::analysis::types::{ChosenBy, NotRanked, Relation};
use crate::model::VisitState;

const FOUR: [(&str, f64); 4] = [
    ("own", 2_000.0),
    ("near", 3_000.0),
    ("far", 1_500.0),
    ("farther", 1_750.0),
];

fn six_pairs() -> Vec<(u32, &'static str)> {
    (1..=2)
        .flat_map(|round| REGIONS.map(|region| (round, region)))
        .collect()
}

fn too_few_nights(nights: u32) -> NotRanked {
    NotRanked::TooFewNights { nights, needed: 14 }
}

#[test]
fn a_single_night_of_two_rounds_in_three_regions_can_tell() {
    let rows = night(
        &six_pairs(),
        &[
            (
                "own",
                &[2_000.0, 2_100.0, 2_200.0, 2_050.0, 2_150.0, 2_250.0],
            ),
            (
                "far",
                &[1_000.0, 1_155.0, 1_320.0, 1_333.0, 1_505.0, 1_687.0],
            ),
        ],
    );
    let got = home_field(&rows, &[]);
    assert_eq!(order(&got)[..2], ["far", "own"]);
    let c = standing(&got, "far").versus_own.unwrap();
    assert_eq!((c.pairs, c.relation), (6, Relation::Faster));
    // The only interval that six pairs can give runs from the least to the greatest of them.
    let (interval, share) = (c.relative95.unwrap(), c.relative.unwrap());
    assert!((interval.lower - (1_000.0 / 2_000.0 - 1.0)).abs() < 1e-9);
    assert!((interval.upper - (1_687.0 / 2_250.0 - 1.0)).abs() < 2e-4);
    assert!((-0.40..-0.33).contains(&share), "{share}");
    let baseline = standing(&got, "own").summary.median.unwrap();
    let whole = c.difference95.unwrap();
    assert!((whole.lower - interval.lower * baseline).abs() < 1e-9);
    assert_eq!(got.not_ranked, Some(too_few_nights(1)));
    assert_eq!(standing(&got, "own").summary.interval95, None);
    assert_eq!(standing(&got, "near").rank, Err(NotRanked::NoData));
    let benchmark = got.benchmark.unwrap();
    assert_eq!(benchmark.target, "far");
    assert_eq!(benchmark.chosen_by, ChosenBy::LowestMedian);
}

#[test]
fn two_pairs_cannot_tell_and_still_show_their_difference() {
    let rows = night(
        &[(1, "sydney"), (2, "sydney")],
        &[("own", &[2_000.0, 2_100.0]), ("far", &[1_000.0, 1_050.0])],
    );
    let c = standing(&home_field(&rows, &[]), "far").versus_own.unwrap();
    assert_eq!((c.pairs, c.relation), (2, Relation::CannotTell));
    assert!((c.relative.unwrap() + 0.5).abs() < 1e-9);
    assert!((c.difference + 1_025.0).abs() < 2.0);
    assert_eq!((c.relative95, c.difference95), (None, None));
}

#[test]
fn values_of_different_rounds_are_no_pair() {
    let mut rows = night(&[(1, "sydney")], &[("own", &[2_000.0])]);
    rows.extend(night(&[(2, "sydney")], &[("far", &[1_000.0])]));
    let c = standing(&home_field(&rows, &[]), "far").versus_own.unwrap();
    assert_eq!((c.pairs, c.relative), (0, None));
    assert_eq!(c.relation, Relation::CannotTell);
}

#[test]
fn five_nights_have_no_interval_and_six_do() {
    for (nights, can_tell) in [(2, false), (5, false), (6, true)] {
        let got = home_field(&month(0..nights, &FOUR), &[]);
        let far = standing(&got, "far");
        let c = far.versus_own.unwrap();
        assert_eq!(i64::from(c.pairs), nights);
        assert_eq!(c.relative95.is_some(), can_tell, "{nights}");
        assert_eq!(c.relation == Relation::Faster, can_tell, "{nights}");
        assert_eq!(far.summary.interval95.is_some(), can_tell, "{nights}");
        assert_eq!(got.not_ranked, Some(too_few_nights(nights as u32)));
    }
}

#[test]
fn thirty_nights_are_ranked() {
    let got = home_field(&month(0..30, &FOUR), &[]);
    assert_eq!(
        places(&got),
        [
            "far 1-1 of 4",
            "farther 2-2 of 4",
            "own 3-3 of 4",
            "near 4-4 of 4"
        ]
    );
    assert_eq!(got.not_ranked, None);
    assert_eq!(got.nights.dates.len(), 30);
    let far = standing(&got, "far");
    // Two rounds x three regions; the warm-up round is no attempt.
    assert_eq!((far.summary.counts.attempted, far.summary.n), (180, 180));
    assert_eq!(far.versus_best, None);
    assert!(far.could_be_best && !standing(&got, "farther").could_be_best);
    let own = standing(&got, "own");
    assert_eq!(own.versus_own, None);
    let gap = own.versus_best.unwrap();
    assert_eq!((gap.pairs, gap.relation), (30, Relation::Slower));
    let share = gap.relative95.unwrap();
    assert!(share.lower < 1.0 / 3.0 && 1.0 / 3.0 < share.upper);
    // 2.0 s at the nearest region, 1.2 and 1.4 times that at the others.
    let median = own.summary.median.unwrap();
    assert!((median - 2_400.0).abs() < 60.0, "{median}");
    let (wide, narrow) = (
        own.summary.interval95.unwrap(),
        own.summary.interval80.unwrap(),
    );
    assert!(wide.lower < narrow.lower && narrow.upper < wide.upper);
    assert!((wide.point - median).abs() < 1e-9);
}

#[test]
fn a_named_reference_is_the_benchmark_where_it_has_values() {
    let all = targets();
    let of = |rows: &[crate::model::VisitRow], reference: Option<&'static str>| {
        let input = FieldInput::new(rows, &[], &all, "AU").with_reference(reference);
        field(&input, &scope("home")).benchmark.unwrap()
    };
    let rows = month(0..30, &FOUR);
    let named = of(&rows, Some("farther"));
    assert_eq!(
        (named.target.as_str(), named.chosen_by),
        ("farther", ChosenBy::Reference)
    );
    // It is held to, and not said to be the best: another surely is.
    assert_eq!(named.could_be_best, ["far"]);
    assert!(named.is_ruled_out() && !named.is_the_best());
    let without = month(0..30, &FOUR[..3]);
    let missing = of(&without, Some("farther"));
    assert_eq!(
        (missing.target.as_str(), missing.chosen_by),
        ("far", ChosenBy::CrossFit)
    );
    assert_eq!(missing.instead_of.as_deref(), Some("farther"));
    assert_eq!(missing.could_be_best, ["far", "farther"]);
}

#[test]
fn without_a_month_before_the_benchmark_is_cross_fitted_and_nothing_changed() {
    let got = home_field(&month(0..30, &FOUR), &[]);
    let benchmark = got.benchmark.unwrap();
    assert_eq!(
        (benchmark.target.as_str(), benchmark.chosen_by),
        ("far", ChosenBy::CrossFit)
    );
    assert!(benchmark.is_the_best());
    assert_eq!((got.own_change, got.gap_change), (None, None));
}

#[test]
fn a_site_blocked_all_month_has_no_figure_and_costs_the_others_nothing() {
    let rows: Vec<VisitRow> = month(0..30, &FOUR)
        .into_iter()
        .map(|r| match r.target.as_str() {
            "far" => without_values(r, VisitState::Blocked),
            _ => r,
        })
        .collect();
    let got = home_field(&rows, &[]);
    assert_eq!(
        places(&got),
        [
            "farther 1-1 of 3",
            "own 2-2 of 3",
            "near 3-3 of 3",
            "far NoData"
        ]
    );
    let far = standing(&got, "far");
    assert_eq!((far.summary.counts.blocked, far.summary.n), (180, 0));
    assert_eq!((far.summary.median, far.versus_own), (None, None));
    assert!(!far.could_be_best);
    assert_eq!(got.benchmark.unwrap().could_be_best, ["farther"]);
}

#[test]
fn a_fast_site_that_is_lost_too_often_is_no_benchmark_and_not_ranked() {
    // Every fourth visit fails: 25 %.
    let rows: Vec<VisitRow> = month(0..30, &FOUR)
        .into_iter()
        .enumerate()
        .map(|(i, r)| match (r.target.as_str(), i / 4 % 4) {
            ("far", 0) => without_values(r, VisitState::Failed),
            _ => r,
        })
        .collect();
    let got = home_field(&rows, &[]);
    let far = standing(&got, "far");
    let counts = far.summary.counts;
    assert_eq!(counts.attempted, 180);
    assert!(counts.failed > 36 && far.summary.median.is_some());
    assert_eq!(
        far.rank,
        Err(NotRanked::TooManyLost {
            lost: counts.failed,
            attempted: 180
        })
    );
    let benchmark = got.benchmark.unwrap();
    assert_eq!(benchmark.target, "farther");
    // It cannot be ruled out either: what was measured of it is faster.
    assert_eq!(benchmark.could_be_best, ["farther", "far"]);
}

#[test]
fn when_all_visits_failed_there_is_nothing_to_say() {
    let rows: Vec<VisitRow> = month(0..30, &FOUR)
        .into_iter()
        .map(|r| without_values(r, VisitState::Failed))
        .collect();
    let got = home_field(&rows, &[]);
    assert_eq!(order(&got), ["own", "near", "far", "farther"]);
    assert_eq!(got.not_ranked, Some(NotRanked::NoData));
    assert_eq!((got.benchmark, got.own_change), (None, None));
    assert!(got.nights.dates.is_empty());
    assert!(got.standings.iter().all(|s| s.summary.counts.failed == 180
        && s.versus_own.is_none()
        && s.rank == Err(NotRanked::NoData)));
    let nothing = home_field(&[], &[]);
    assert_eq!(nothing.not_ranked, Some(NotRanked::NoData));
}

#[test]
fn when_ours_is_the_best_the_benchmark_is_still_overseas() {
    let sites = [
        ("own", 1_000.0),
        ("near", 3_000.0),
        ("far", 1_500.0),
        ("farther", 1_750.0),
    ];
    let got = home_field(&month(0..30, &sites), &[]);
    assert_eq!(places(&got)[0], "own 1-1 of 4");
    assert_eq!(got.benchmark.as_ref().unwrap().target, "far");
    let gap = standing(&got, "own").versus_best.unwrap();
    assert_eq!(gap.relation, Relation::Faster);
    assert!(gap.difference < -500.0);
    assert!(!standing(&got, "own").could_be_best);
}

#[test]
fn equals_overseas_stand_side_by_side() {
    let sites = [
        ("own", 2_000.0),
        ("near", 3_000.0),
        ("far", 1_500.0),
        ("farther", 1_500.0),
    ];
    let got = home_field(&month(0..30, &sites), &[]);
    let mut first_two = places(&got)[..2].to_vec();
    first_two.sort();
    assert_eq!(first_two, ["far 1-2 of 4", "farther 1-2 of 4"]);
    let benchmark = got.benchmark.clone().unwrap();
    assert_eq!(benchmark.could_be_best.len(), 2);
    assert_eq!(benchmark.could_be_best[0], benchmark.target);
    let other = standing(&got, &benchmark.could_be_best[1]);
    assert_eq!(other.versus_best.unwrap().relation, Relation::Level);
}

#[test]
fn in_thin_data_every_overseas_site_could_be_the_best() {
    let got = home_field(&month(0..3, &FOUR), &[]);
    let benchmark = got.benchmark.unwrap();
    assert_eq!(benchmark.chosen_by, ChosenBy::LowestMedian);
    assert_eq!(benchmark.could_be_best, ["far", "farther"]);
}

#[test]
fn two_sites_are_ranked_and_one_of_two_is_not() {
    let two = [("own", 2_000.0), ("far", 1_500.0)];
    let pair: Vec<Target> = targets()
        .into_iter()
        .filter(|t| ["own", "far"].contains(&t.id.as_str()))
        .collect();
    let rows = month(0..20, &two);
    let got = field(&FieldInput::new(&rows, &[], &pair, "AU"), &scope("home"));
    assert_eq!(places(&got), ["far 1-1 of 2", "own 2-2 of 2"]);
    let rows: Vec<VisitRow> = rows
        .into_iter()
        .map(|r| {
            if r.target == "far" {
                without_values(r, VisitState::Blocked)
            } else {
                r
            }
        })
        .collect();
    let got = field(&FieldInput::new(&rows, &[], &pair, "AU"), &scope("home"));
    assert_eq!(places(&got), ["own NoOther", "far NoData"]);
    assert_eq!(got.not_ranked, Some(NotRanked::NoOther));
    assert_eq!(got.benchmark, None);
}

#[test]
fn a_page_that_only_we_have_is_compared_with_nothing() {
    let rows: Vec<VisitRow> = month(0..30, &[("own", 2_000.0)])
        .into_iter()
        .map(|r| VisitRow {
            page: "club".to_owned(),
            ..r
        })
        .collect();
    let all = targets();
    let got = field(&FieldInput::new(&rows, &[], &all, "AU"), &scope("club"));
    assert_eq!(order(&got), ["own"]);
    assert_eq!(got.not_ranked, Some(NotRanked::Alone));
    assert_eq!(got.benchmark, None);
    let own = standing(&got, "own");
    assert_eq!(own.rank, Err(NotRanked::Alone));
    assert!(own.summary.interval95.is_some() && own.versus_best.is_none());
}

#[test]
fn the_benchmark_comes_from_the_month_before_and_changes_are_told() {
    let before = month(0..28, &FOUR);
    // Ours 20 % faster; the other overseas site has overtaken.
    let sites = [
        ("own", 1_600.0),
        ("near", 3_000.0),
        ("far", 1_500.0),
        ("farther", 1_300.0),
    ];
    let got = home_field(&month(28..58, &sites), &before);
    let benchmark = got.benchmark.as_ref().unwrap();
    assert_eq!(
        (benchmark.target.as_str(), benchmark.chosen_by),
        ("far", ChosenBy::PreviousMonth)
    );
    assert!(benchmark.is_ruled_out());
    assert_eq!(benchmark.could_be_best, ["farther"]);
    assert_eq!(places(&got)[0], "farther 1-1 of 4");
    let change = got.own_change.unwrap();
    assert_eq!((change.pairs, change.relation), (28, Relation::Faster));
    let share = change.relative95.unwrap();
    assert!(share.lower < -0.2 && -0.2 < share.upper, "{share:?}");
    // The gap was about 1.2 x 500 ms and is about 1.2 x 100 ms.
    let gap = got.gap_change.unwrap();
    assert!((gap.difference + 480.0).abs() < 60.0, "{gap:?}");
    assert_eq!((gap.pairs, gap.relation), (28, Relation::Faster));
    let interval = gap.difference95.unwrap();
    assert!(interval.lower < -480.0 && -480.0 < interval.upper);
    assert!(interval.upper - interval.lower < 300.0, "{interval:?}");
}

/// What slows both sites alike is in neither gap; what slows one of them is, where it is sure.
#[test]
fn a_gap_moves_by_what_one_site_does_and_not_by_the_weather() {
    let sites = |own: f64, far: f64| [("own", own), ("near", 3_000.0), ("far", far)];
    let before = month(0..28, &sites(2_000.0, 1_500.0));
    let change = |nights: std::ops::Range<i64>, own: f64, far: f64| {
        let got = home_field(&month(nights, &sites(own, far)), &before);
        got.gap_change.unwrap()
    };
    let same = change(28..58, 2_000.0, 1_500.0);
    assert_eq!(same.relation, Relation::Level, "{same:?}");
    let theirs = change(28..58, 2_000.0, 1_900.0);
    assert_eq!(theirs.relation, Relation::Faster, "{theirs:?}");
    let ours = change(28..58, 2_400.0, 1_500.0);
    assert_eq!(ours.relation, Relation::Slower, "{ours:?}");
    // Surely smaller, but not by what is worth a word.
    let little = change(28..58, 1_950.0, 1_500.0);
    assert_eq!(little.relation, Relation::Level, "{little:?}");
    let few = change(28..32, 2_400.0, 1_500.0);
    assert_eq!(few.relation, Relation::CannotTell, "{few:?}");
    assert!(few.difference95.is_none());
}

#[test]
fn a_difference_under_100_ms_is_level_however_sure() {
    let sites = [("own", 500.0), ("far", 430.0)];
    let got = home_field(&month(0..30, &sites), &[]);
    let c = standing(&got, "far").versus_own.unwrap();
    assert!(c.relative95.unwrap().excludes_zero());
    assert!(c.relative.unwrap() < -0.05);
    assert_eq!(c.relation, Relation::Level);
}

#[test]
fn a_metric_that_may_be_nought_is_compared_in_its_unit() {
    let rows = month(0..30, &FOUR);
    let all = targets();
    let busy = Scope {
        metric: Metric::Tbt,
        ..scope("home")
    };
    let got = field(&FieldInput::new(&rows, &[], &all, "AU"), &busy);
    // LCP of `far` is often under 2 s, where the fixture has no busy time.
    let far = standing(&got, "far");
    assert!(far.summary.median.unwrap() < 100.0);
    let c = far.versus_own.unwrap();
    assert_eq!((c.relative, c.relative95), (None, None));
    assert!(c.difference95.unwrap().upper < 0.0);
    assert_eq!(c.relation, Relation::Faster);
}

#[test]
fn a_night_without_a_far_region_does_not_look_fast() {
    let before = month(0..20, &FOUR);
    // This month every second night lacks the slow region; nothing else changed.
    let rows: Vec<VisitRow> = month(20..40, &FOUR)
        .into_iter()
        .filter(|r| r.region != "oregon" || r.run % 2 == 0)
        .collect();
    let change = home_field(&rows, &before).own_change.unwrap();
    assert_eq!(change.relation, Relation::Level);
    assert!(change.relative.unwrap().abs() < 0.02);
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let (rows, before) = (month(28..58, &FOUR), month(0..28, &FOUR));
    let mut turned = rows.clone();
    turned.reverse();
    assert_eq!(home_field(&rows, &before), home_field(&turned, &before));
}

#[test]
fn a_second_run_of_the_same_night_is_paired_within_itself() {
    let mut rows = night(
        &six_pairs(),
        &[("own", &[2_000.0; 6]), ("far", &[1_000.0; 6])],
    );
    let second: Vec<VisitRow> = rows
        .iter()
        .map(|r| VisitRow {
            run: 9,
            ..visit(&r.target, 0, r.round, &r.region, 2_000.0)
        })
        .collect();
    rows.extend(second);
    let got = home_field(&rows, &[]);
    assert_eq!(got.nights.dates, [first_night()]);
    assert_eq!(standing(&got, "far").versus_own.unwrap().pairs, 12);
}
