//! What is said of the benchmark, of those beside it, and of our place among them.

use crate::analysis::types::{Benchmark, ChosenBy, Counts, NotRanked, Relation};

use super::super::fixtures::{Data, cases, month, one_page};
use super::super::input::ReportInput;
use super::super::scene::Scene;
use super::*;

fn joined(sentences: &[Sentence]) -> String {
    let all: Vec<String> = sentences.iter().map(ToString::to_string).collect();
    all.join(" ")
}

fn with(change: impl FnOnce(&mut Benchmark)) -> ReportInput {
    let mut input = month();
    change(input.fields[0].field.benchmark.as_mut().unwrap());
    input
}

fn open(b: &mut Benchmark, ids: &[&str]) {
    b.could_be_best = ids.iter().map(|id| (*id).to_owned()).collect();
}

/// Kyoto Loft refused every visit.
fn block_kyoto(input: &mut ReportInput) {
    let mut standings = input.fields[0].field.standings.iter_mut();
    let kyoto = standings.find(|s| s.target == "kyoto").unwrap();
    kyoto.summary.median = None;
    kyoto.rank = Err(NotRanked::NoData);
    kyoto.summary.counts = Counts {
        attempted: 150,
        blocked: 150,
        ..Counts::default()
    };
}

#[test]
fn the_best_is_a_word_for_one_that_nobody_else_may_be() {
    let said = |input: &ReportInput| {
        let scene = Scene::new(input);
        format!("{} {}", headline(&scene), figures(&scene)[1].label)
    };
    let alone = said(&month());
    assert!(alone.contains("The best overseas site takes"), "{alone}");
    assert!(alone.ends_with("Behind the best overseas"), "{alone}");
    for others in [&["northfield", "kyoto"][..], &["claire"]] {
        let told = said(&with(|b| open(b, others)));
        assert!(!told.contains("best overseas"), "{told}");
        assert!(told.ends_with("Behind the overseas benchmark"), "{told}");
    }
}

#[test]
fn a_benchmark_that_is_ruled_out_is_not_level_for_the_first_place() {
    let said = |input: &ReportInput| {
        let scene = Scene::new(input);
        let notes = standing_notes(&scene, &input.fields[0].field);
        format!("{} {}", joined(&lede(&scene)), joined(&notes))
    };
    let one = said(&with(|b| {
        b.chosen_by = ChosenBy::Reference;
        open(b, &["claire"]);
    }));
    assert!(
        one.contains("it is not the best overseas: Maison Claire is."),
        "{one}"
    );
    assert!(one.contains("First overseas is Maison Claire, not the benchmark Northfield."));
    let two = said(&with(|b| open(b, &["claire", "kyoto"])));
    assert!(
        two.contains("each of Maison Claire and Kyoto Loft may be."),
        "{two}"
    );
    assert!(two.contains("may be any of Maison Claire and Kyoto Loft, but not the benchmark"));
    let tied = said(&with(|b| open(b, &["northfield", "claire"])));
    assert!(
        tied.contains("Maison Claire may be the best as well."),
        "{tied}"
    );
    assert!(tied.contains("The first place overseas is open: besides Northfield"));
    for told in [one, two] {
        assert!(
            !told.contains("as well") && !told.contains("is open"),
            "{told}"
        );
    }
    // Left alone, but not ranked itself: it may be, and no more.
    let mut unranked = with(|b| open(b, &["claire"]));
    let mut standings = unranked.fields[0].field.standings.iter_mut();
    let claire = standings.find(|s| s.target == "claire").unwrap();
    claire.rank = Err(NotRanked::TooFewNights {
        nights: 9,
        needed: 14,
    });
    let told = said(&unranked);
    assert!(
        told.contains("it is not the best overseas: Maison Claire may be."),
        "{told}"
    );
}

#[test]
fn one_that_could_not_be_measured_is_named_with_who_stands_in_for_it() {
    let said = |input: &ReportInput| {
        let scene = Scene::new(input);
        let notes = standing_notes(&scene, &input.fields[0].field);
        format!("{} | {}", joined(&lede(&scene)), joined(&notes))
    };
    let mut input = with(|b| {
        b.instead_of = Some("kyoto".to_owned());
        open(b, &["northfield", "kyoto"]);
    });
    block_kyoto(&mut input);
    let by_data = said(&input);
    assert!(
        by_data.contains(
            "By the nights before, Kyoto Loft would be the benchmark, but it could not be measured \
             (blocked on all 150 visits). Northfield (United States) stands in for it, chosen on \
             the data of September. Kyoto Loft was not measured, so nothing rules it out as the best."
        ),
        "{by_data}"
    );
    assert!(by_data.contains("Not measured, Kyoto Loft may be first overseas as well."));
    assert!(!by_data.contains("may be the best as well"), "{by_data}");
    input.project.reference = Some("kyoto".to_owned());
    let named = said(&input);
    assert!(
        named.contains(
            "The settings name Kyoto Loft as the benchmark, but it could not be measured"
        ),
        "{named}"
    );
    // Measured in part: too little for a benchmark.
    let mut part = with(|b| {
        b.instead_of = Some("kyoto".to_owned());
        open(b, &["northfield", "kyoto"]);
    });
    let mut standings = part.fields[0].field.standings.iter_mut();
    standings.find(|s| s.target == "kyoto").unwrap().rank = Err(NotRanked::TooManyLost {
        lost: 80,
        attempted: 150,
    });
    let told = said(&part);
    assert!(
        told.contains("measured too seldom (80 of 150 visits blocked or failed)"),
        "{told}"
    );
    assert!(
        told.contains("Kyoto Loft may be the best as well."),
        "{told}"
    );
    let nobody = said(&month());
    for words in ["stands in", "not measured", "instead"] {
        assert!(!nobody.contains(words), "{words}: {nobody}");
    }
}

/// True of a first month, a fortnight and a year: nothing is said of which period it is.
#[test]
fn a_benchmark_chosen_by_halves_is_not_said_to_be_of_a_first_month() {
    let input = with(|b| b.chosen_by = ChosenBy::CrossFit);
    let told = joined(&lede(&Scene::new(&input)));
    assert!(
        told.contains(
            "is the benchmark, chosen on the nights of this period, each half of them by itself."
        ),
        "{told}"
    );
    assert!(!told.contains("first month"), "{told}");
}

#[test]
fn beside_our_place_only_ranked_sites_are_counted() {
    let note = |input: &ReportInput| {
        let place = figures(&Scene::new(input)).remove(2);
        format!(
            "{} {} | {} | {}",
            place.big, place.unit, place.note, place.more
        )
        .replace('\u{a0}', " ")
    };
    let mut input = month();
    assert!(note(&input).contains("of 7 | 3 faster, 1 level with us, 2 slower"));
    let lost = NotRanked::TooManyLost {
        lost: 80,
        attempted: 150,
    };
    for s in &mut input.fields[0].field.standings {
        match (s.target.as_str(), &mut s.rank) {
            ("claire", rank) => *rank = Err(lost.clone()),
            (_, Ok(rank)) => rank.of = 6,
            _ => {}
        }
    }
    let told = note(&input);
    assert!(
        told.contains("of 6 | 2 faster, 1 level with us, 2 slower"),
        "{told}"
    );
    // Where we have no place, all are counted.
    let own = input.fields[0].field.standings.iter_mut();
    for s in own.filter(|s| s.target == "own") {
        s.rank = Err(lost.clone());
    }
    assert!(note(&input).contains("3 faster, 1 level with us, 2 slower"));
}

#[test]
fn when_only_ours_has_no_place_the_title_says_so() {
    let mut input = month();
    let title = |input: &ReportInput| {
        standing_title(&Scene::new(input), &input.fields[0].field).to_string()
    };
    for s in &mut input.fields[0].field.standings {
        if let Some(c) = &mut s.versus_own {
            c.relation = Relation::CannotTell;
        }
    }
    assert_eq!(
        title(&input),
        "Shown side by side: the data cannot tell how the others stand to ours"
    );
    let own = input.fields[0].field.standings.iter_mut();
    for s in own.filter(|s| s.target == "own") {
        s.rank = Err(NotRanked::TooFewNights {
            nights: 5,
            needed: 14,
        });
    }
    assert_eq!(
        title(&input),
        "The others are ranked, ours is not yet: 5 of the 14 nights needed"
    );
}

/// A chosen benchmark is called that on all pages, however few nights we have ourselves.
#[test]
fn so_far_is_said_where_the_benchmark_is_the_lowest_median_and_nowhere_else() {
    let said = |by: ChosenBy| {
        let mut input = one_page(&[Some(3100.0), Some(1900.0), Some(2400.0)], Data::Month);
        let field = &mut input.fields[0].field;
        field.benchmark.as_mut().unwrap().chosen_by = by;
        for s in &mut field.standings {
            if let Some(c) = &mut s.versus_best {
                (c.relation, c.difference95) = (Relation::CannotTell, None);
            }
        }
        let scene = Scene::new(&input);
        format!("{} | {}", gap_title(&scene), figures(&scene)[1].label)
    };
    assert_eq!(
        said(ChosenBy::PreviousMonth),
        "One page beside the benchmark: too little data to call a gap | To the best overseas"
    );
    assert_eq!(
        said(ChosenBy::LowestMedian),
        "One page beside the best overseas so far: too little data to call a gap | \
         To the best overseas so far"
    );
}

/// An interval of one pair may say more than the places of all allow.
#[test]
fn a_gap_that_the_places_leave_open_is_not_for_want_of_nights() {
    let mut input = month();
    let note = |input: &ReportInput| figures(&Scene::new(input)).remove(1).note;
    let own = input.fields[0].field.standings.iter_mut();
    let own = own
        .filter(|s| s.target == "own")
        .find_map(|s| s.versus_best.as_mut());
    let own = own.unwrap();
    own.relation = Relation::CannotTell;
    assert_eq!(note(&input), "not sure among all sites at once");
    let own = input.fields[0].field.standings.iter_mut();
    let own = own
        .filter(|s| s.target == "own")
        .find_map(|s| s.versus_best.as_mut());
    own.unwrap().difference95 = None;
    assert_eq!(
        note(&input).replace('\u{a0}', " "),
        "too few nights to tell"
    );
}

#[test]
fn the_page_on_method_says_when_no_region_is_at_home() {
    let said = |input: &ReportInput| super::super::render(&super::super::build(input)).unwrap();
    let mut input = cases().remove(0).1;
    assert!(said(&input).contains("the view of customers at home"));
    for r in &mut input.regions {
        r.market = "US".to_owned();
    }
    let told = said(&input);
    assert!(!told.contains("the view of customers at home"));
    assert!(told.contains("No region is in the home market: pages 1 to 3 take"));
}
