//! Each rule with data on both sides of its edge.

use super::super::fixtures::{Data, cases, compare, month, night, one_page};
use super::super::input::ReportInput;
use super::super::language::{Between, Language};
use super::super::scene::Scene;
use super::*;
use crate::analysis::types::{ChosenBy, Counts, Interval, NotRanked, RankRange, Relation};
use crate::model::Metric;

fn case(name: &str) -> ReportInput {
    let found = cases().into_iter().find(|(n, _)| *n == name);
    found.unwrap().1
}

fn joined(sentences: &[Sentence]) -> String {
    let all: Vec<String> = sentences.iter().map(ToString::to_string).collect();
    all.join(" ")
}

fn headline_of(input: &ReportInput) -> String {
    headline(&Scene::new(input)).to_string()
}

fn standing_of(input: &ReportInput) -> String {
    let scene = Scene::new(input);
    standing_title(&scene, &input.fields[0].field).to_string()
}

#[test]
fn the_headline_calls_the_best_only_what_is_sure_to_be_it() {
    let said: Vec<String> = ["month", "tied", "night", "own-best", "no-overseas"]
        .map(|name| format!("{name}: {}", headline_of(&case(name))))
        .into();
    insta::assert_snapshot!(said.join("\n"), @r"
    month: Our home page shows its main content in 3.1 s. The best overseas site takes 1.9 s.
    tied: Our home page shows its main content in 3.1 s. The overseas benchmark takes 1.9 s.
    night: Our home page showed its main content in 2.3 s. The best overseas so far: 1.2 s.
    own-best: Our home page shows its main content in 1.5 s, faster than the overseas benchmark at 1.9 s.
    no-overseas: Our home page shows its main content in 2.9 s. No overseas site to set beside it.
    ");
}

#[test]
fn the_headline_says_what_is_missing() {
    let said: Vec<String> = ["own-blocked", "all-failed", "empty"]
        .map(|name| format!("{name}: {}", headline_of(&case(name))))
        .into();
    insta::assert_snapshot!(said.join("\n"), @r"
    own-blocked: Our home page could not be measured. The best overseas site takes 1.9 s.
    all-failed: Nothing could be measured in the night of 1 October 2026.
    empty: There is nothing to compare yet.
    ");
}

#[test]
fn level_with_the_benchmark_is_not_faster() {
    let edge = |own| headline_of(&one_page(&[Some(own), Some(2000.0)], Data::Month));
    assert!(edge(1890.0).contains("faster than"));
    assert!(edge(1910.0).contains("level with"));
    assert!(edge(2050.0).contains("level with"));
    assert!(edge(2150.0).contains("The best overseas site takes"));
}

#[test]
fn the_paragraph_names_rank_range_and_ties() {
    let said = |name: &str| joined(&lede(&Scene::new(&case(name))));
    assert!(said("month").contains("Among the seven sites ranked we are 4th or 5th."));
    assert!(said("month").contains("chosen on the data of September"));
    assert!(said("tied").contains("may each be the best as well"));
    assert!(!said("month").contains("may be the best"));
    assert!(said("night").contains("We are not ranked yet: 1 of the 14 nights needed."));
    assert!(said("night").contains("Sydney is a lab"));
    assert!(!said("month").contains("lab"));
    assert!(said("no-overseas").contains("No overseas site is among the targets"));
    assert!(said("all-failed").contains("No overseas site could be measured"));
}

#[test]
fn figures_have_their_mark_and_word() {
    let input = month();
    let got = figures(&Scene::new(&input));
    let line = |f: &Figure| {
        let all = [f.label.as_str(), &f.big, &f.unit, f.mark, &f.note, &f.more];
        all.join(" | ").replace('\u{a0}', " ")
    };
    insta::assert_snapshot!(got.iter().map(line).collect::<Vec<_>>().join("\n"), @r"
    Main content shown, ours | 3.1 | s | ↓ | 0.3 s faster than September | 95 % interval 3.0 to 3.2 s
    Behind the best overseas | 1.2 | s | ↓ | 0.3 s less than in September | 95 % interval 1.1 to 1.3 s
    Our place | 4th–5th | of 7 |  | 3 faster, 1 level with us, 2 slower | 95 % sure, for all sites at once
    ");
    let input = night();
    let got = figures(&Scene::new(&input));
    insta::assert_snapshot!(got.iter().map(line).collect::<Vec<_>>().join("\n"), @r"
    Main content shown, ours | 2.3 | s |  | first night | median of 2 visits
    To the best overseas so far | +1.1 | s |  | too few rounds to tell | 2 pairs
    Our place | Not ranked yet |  |  | 1 of the 14 nights needed | 4 undecided
    ");
}

#[test]
fn the_second_title_counts_by_relation() {
    let said: Vec<String> = [
        "month",
        "night",
        "week",
        "own-best",
        "own-blocked",
        "own-only",
        "two",
        "all-failed",
    ]
    .map(|name| format!("{name}: {}", standing_of(&case(name))))
    .into();
    insta::assert_snapshot!(said.join("\n"), @r"
    month: Three sites are faster than ours, one is level and two are slower
    night: One night of data: shown, not ranked
    week: Three sites are faster than ours
    own-best: All three other sites are slower than ours
    own-blocked: Two sites could be measured on the home page; ours could not
    own-only: On the home page only our own site could be measured
    two: One site is faster than ours
    all-failed: No site could be measured on the home page
    ");
}

#[test]
fn a_night_with_an_interval_over_its_rounds_is_named_as_that_night() {
    let mut input = night();
    let field = &mut input.fields[0].field;
    let first = field
        .standings
        .iter_mut()
        .find(|s| s.target == "northfield");
    first.unwrap().versus_own.as_mut().unwrap().relation = Relation::Faster;
    assert_eq!(
        standing_of(&input),
        "On this night one site is faster than ours; of three we cannot tell"
    );
}

#[test]
fn the_third_title_names_the_widest_proven_gap() {
    let title = |input: &ReportInput| gap_title(&Scene::new(input)).to_string();
    let mut input = month();
    assert_eq!(
        title(&input),
        "The largest gap is on the product page: 1.6 s behind Northfield"
    );
    let own = input.fields[2].field.standings.iter_mut();
    for s in own.filter(|s| s.target == "own") {
        s.versus_best.as_mut().unwrap().relation = Relation::CannotTell;
    }
    assert_eq!(
        title(&input),
        "The largest gap is on the home page: 1.2 s behind Northfield"
    );
    assert_eq!(
        title(&night()),
        "Three pages beside the best overseas so far: too little data to call a gap"
    );
    assert_eq!(
        title(&case("own-best")),
        "We are faster than the overseas benchmark on the page compared"
    );
    let level = one_page(&[Some(2000.0), Some(1950.0)], Data::Month);
    assert_eq!(
        title(&level),
        "No page is proven to be behind the overseas benchmark"
    );
    assert_eq!(
        title(&case("no-overseas")),
        "No page could be compared with an overseas site"
    );
}

#[test]
fn a_page_without_counterpart_says_why() {
    let input = month();
    let scene = Scene::new(&input);
    let note = |scene: &Scene<'_>, i: usize| {
        let field = &scene.input.fields[i].field;
        gap_note(scene, field).map(|why| why.words(scene.lang))
    };
    assert_eq!(note(&scene, 0), None);
    assert_eq!(
        note(&scene, 3).as_deref(),
        Some("no comparable page overseas")
    );
    let alone = case("own-only");
    let scene = Scene::new(&alone);
    assert_eq!(
        note(&scene, 0).as_deref(),
        Some("no comparable page: only one site has it")
    );
    let gone = case("own-blocked");
    let scene = Scene::new(&gone);
    assert_eq!(
        note(&scene, 0).as_deref(),
        Some("ours: blocked on all 150 visits")
    );
}

#[test]
fn losses_are_counted_with_their_cause() {
    let said = |input: &ReportInput| joined(&lost(&Scene::new(input)).sentences);
    assert_eq!(
        said(&month()),
        "Kyoto Loft: of 450 visits, 54 blocked (answered with status 403). \
         Blocked is unknown, not a speed. Checkout page has no counterpart overseas."
    );
    assert_eq!(
        said(&night()),
        "Kyoto Loft: all 6 visits blocked (answered with status 403). \
         Blocked is unknown, not a speed."
    );
    let mut whole = one_page(&[Some(1.0), Some(2.0)], Data::Night);
    assert_eq!(
        said(&whole),
        "Nothing is missing: each of the 4 visits gave a value."
    );
    whole.fields.clear();
    whole.visits = Counts::default();
    assert_eq!(said(&whole), "No visit was made.");
}

#[test]
fn the_line_people_expect_is_met_at_the_precision_printed() {
    let said = |own| {
        let input = one_page(&[Some(own), Some(1900.0)], Data::Month);
        joined(&expectation(&Scene::new(&input)).unwrap().sentences)
    };
    assert!(said(2940.0).contains("Our 2.9 s is within the 3 s"));
    assert!(said(2960.0).contains("Our 3.0 s is at the 3 s"));
    assert!(said(3060.0).contains("Our 3.1 s is over the 3 s"));
    assert!(said(3060.0).contains(
        "Within what people expect: one of two sites measured; within the leaders’ 2 s: one."
    ));
    let nobody = case("all-failed");
    assert_eq!(expectation(&Scene::new(&nobody)), None);
    let mut other = month();
    other.fields[0].field.scope.metric = Metric::Ttfb;
    assert_eq!(
        expectation(&Scene::new(&other)),
        None,
        "a line of another metric"
    );
}

#[test]
fn a_decision_is_asked_only_on_ranked_data() {
    let said = |input: &ReportInput| {
        let block = outlook(&Scene::new(input)).unwrap();
        format!("{}: {}", block.title, joined(&block.sentences))
    };
    assert_eq!(
        said(&month()),
        "To decide: Is the product page the one to work on first? It is 1.6 s behind \
         Northfield, the largest gap of three pages."
    );
    assert_eq!(
        said(&case("week")),
        "What more nights will tell: A place needs 14 nights; there are nine nights so far."
    );
    assert_eq!(
        said(&night()),
        "What more nights will tell: An interval needs 6 nights, a place 14; there is one night so far."
    );
    assert!(said(&case("own-best")).contains("no decision"));
    let mut few = case("own-best");
    let own = few.fields[0].field.standings.iter_mut();
    for s in own.filter(|s| s.target == "own") {
        s.rank = Err(NotRanked::TooFewVisits {
            valid: 28,
            needed: 30,
        });
    }
    assert_eq!(
        said(&few),
        "What more nights will tell: We have no place on the home page yet (28 of the 30 valid visits \
         needed); what to work on is asked where places are known."
    );
    assert!(said(&case("all-failed")).contains("why our pages could not be measured"));
}

#[test]
fn reasons_for_no_rank_carry_their_counts() {
    let all = [
        NotRanked::TooFewNights {
            nights: 13,
            needed: 14,
        },
        NotRanked::TooFewVisits {
            valid: 29,
            needed: 30,
        },
        NotRanked::TooManyLost {
            lost: 31,
            attempted: 150,
        },
        NotRanked::NoData,
        NotRanked::Alone,
    ];
    let said: Vec<String> = all
        .iter()
        .map(|why| Language::english().not_ranked(why))
        .collect();
    insta::assert_snapshot!(said.join("\n"), @r"
    13 of the 14 nights needed
    29 of the 30 valid visits needed
    31 of 150 visits blocked or failed
    nothing measured
    no other site has this page
    ");
}

#[test]
fn a_site_that_lost_too_much_is_named_under_the_table() {
    let mut input = month();
    let notes =
        |input: &ReportInput| joined(&standing_notes(&Scene::new(input), &input.fields[0].field));
    assert!(!notes(&input).contains("is not ranked"));
    let standings = input.fields[0].field.standings.iter_mut();
    for s in standings.filter(|s| s.target == "kyoto") {
        s.rank = Err(NotRanked::TooManyLost {
            lost: 31,
            attempted: 150,
        });
    }
    assert!(
        notes(&input).contains("Kyoto Loft is not ranked: 31 of 150 visits blocked or failed.")
    );
    let benchmark = input.fields[0].field.benchmark.as_mut().unwrap();
    benchmark.could_be_best = vec!["northfield".to_owned(), "claire".to_owned()];
    assert!(notes(&input).contains("is open: besides Northfield, Maison Claire is not ruled out"));
    let benchmark = input.fields[0].field.benchmark.as_mut().unwrap();
    benchmark.chosen_by = ChosenBy::LowestMedian;
    assert!(!notes(&input).contains("ruled out"));
}

#[test]
fn places_are_ranges() {
    let place = |lo, hi| Language::english().range(RankRange { lo, hi, of: 7 });
    assert_eq!(place(1, 1), "1st");
    assert_eq!(place(4, 5), "4th or 5th");
    assert_eq!(place(2, 4), "2nd to 4th");
    let none = |why| place_words(&Language::english(), &Err(why));
    assert_eq!(none(NotRanked::NoData), "not measured");
    assert_eq!(none(NotRanked::Alone), "not ranked");
}

#[test]
fn intervals_and_signs_read_as_people_write_them() {
    let interval = |lower, upper| Interval {
        point: 0.0,
        lower,
        upper,
        level: 0.95,
    };
    let said = |lower, upper| {
        Language::english().between(Metric::Lcp, interval(lower, upper), Between::Word)
    };
    assert_eq!(said(1000.0, 1400.0), "1.0 to 1.4 s");
    assert_eq!(said(-300.0, 200.0), "−0.3 to 0.2 s");
    assert_eq!(said(42.0, 200.0), "42 ms to 0.2 s");
    assert_eq!(Language::english().signed(Metric::Lcp, -300.0), "−0.3 s");
    assert_eq!(Language::english().signed(Metric::Lcp, 20.0), "+20 ms");
    let lead = toward(Relation::Faster, interval(-500.0, -300.0));
    assert!((lead.lower - 300.0).abs() < 1e-9 && (lead.upper - 500.0).abs() < 1e-9);
}

#[test]
fn a_gap_has_a_side_only_where_it_is_proven() {
    let lang = Language::english();
    let said = |own: f64, data| gap_words(&lang, Metric::Lcp, &compare(own, 2000.0, data));
    let words = |words: &str, doubt: &str| (words.to_owned(), doubt.to_owned());
    assert_eq!(said(2500.0, Data::Month), words("0.5 s behind", ""));
    assert_eq!(said(1500.0, Data::Month), words("0.5 s ahead", ""));
    assert_eq!(said(2090.0, Data::Month), words("level", ""));
    assert_eq!(said(2500.0, Data::Night), words("+0.5 s", "cannot tell"));
}

#[test]
fn causes_read_as_words_and_unknown_ones_stay() {
    let said = |reason: &str| cause_words(&Language::english(), reason);
    assert_eq!(said("status: 403"), "answered with status 403");
    assert_eq!(
        said("timeout: no load event within 60 s"),
        "no load event within 60 s"
    );
    assert_eq!(said("expect_missing: #buy"), "expect missing: #buy");
    assert!(said(&"x".repeat(300)).chars().count() <= 60);
}
