//! The rules of the later pages, each with data on both sides of its edge.

use std::collections::BTreeMap;

use jiff::civil::date;

use super::super::fixtures::month;
use super::super::input::ReportInput;
use super::super::language::Language;
use super::super::more::{Mark, MarkKind, Month, MonthSite, Part, Place, Reliability, Simulated};
use super::super::scene::Scene;
use super::*;
use crate::analysis::types::{Comparison, Counts, NotRanked, RankRange, Relation};
use crate::model::Metric;

fn counts(valid: u32, failed: u32, blocked: u32) -> Counts {
    Counts {
        attempted: valid + failed + blocked,
        valid,
        failed,
        blocked,
        missed: 0,
    }
}

fn told(input: &ReportInput, rule: impl Fn(&Scene<'_>) -> Sentence) -> String {
    rule(&Scene::new(input)).to_string()
}

#[test]
fn availability_is_never_rounded_up_to_perfection() {
    let english = Language::english();
    let of = |v, f, b| availability(&english, counts(v, f, b));
    assert_eq!(of(10, 0, 0).as_deref(), Some("100 %"));
    assert_eq!(of(99_999, 1, 0).as_deref(), Some("99.9 %"));
    assert_eq!(of(995, 5, 0).as_deref(), Some("99.5 %"));
    assert_eq!(of(0, 4, 0).as_deref(), Some("0.0 %"));
    assert_eq!(of(0, 0, 9), None, "blocked is unknown");
    assert_eq!(of(5, 0, 9).as_deref(), Some("100 %"));
}

fn monthly(first: jiff::civil::Date, median: f64, rank: Result<RankRange, NotRanked>) -> Month {
    let site = |rank| MonthSite {
        counts: counts(60, 0, 0),
        median: Some(median),
        rank,
    };
    let other = RankRange {
        lo: 1,
        hi: 1,
        of: 7,
    };
    Month {
        first,
        sites: BTreeMap::from([
            ("own".to_owned(), site(rank)),
            ("northfield".to_owned(), site(Ok(other))),
        ]),
    }
}

#[test]
fn a_year_is_told_from_its_ends_and_a_single_month_is_no_year() {
    let mut input = month();
    assert_eq!(told(&input, year_title), "There is no history of ours yet");
    let rank = |lo, hi| Ok(RankRange { lo, hi, of: 7 });
    input.more.months = vec![monthly(date(2026, 10, 1), 3100.0, rank(4, 5))];
    assert_eq!(
        told(&input, year_title),
        "One month of our home page: the line begins here"
    );
    assert_eq!(
        told(&input, rank_title),
        "In October 2026 we are 4th or 5th of seven: the first month with a place"
    );
    let september = monthly(date(2026, 9, 1), 3400.0, rank(4, 5));
    input.more.months.insert(0, september);
    assert_eq!(
        told(&input, year_title),
        "Our home page took 3.4 s in September 2026 and 3.1 s in October 2026"
    );
    assert_eq!(
        told(&input, rank_title),
        "We are 4th or 5th of seven, as in September 2026"
    );
    input.more.months[0] = monthly(date(2026, 9, 1), 3400.0, rank(5, 5));
    assert_eq!(
        told(&input, rank_title),
        "We were 5th of seven in September 2026 and are 4th or 5th of seven in October 2026"
    );
    let few = || {
        Err(NotRanked::TooFewNights {
            nights: 3,
            needed: 14,
        })
    };
    let october = monthly(date(2026, 10, 1), 3100.0, few());
    input.more.months[1] = october.clone();
    assert_eq!(
        told(&input, rank_title),
        "We were 5th of seven in September 2026, the last month with a place for us"
    );
    input.more.months = vec![october];
    assert_eq!(
        told(&input, rank_title),
        "We have no place in any month yet"
    );
}

#[test]
fn simulated_visits_are_told_and_marks_are_explained_where_there_are_any() {
    let mut input = month();
    input.visits = counts(4410, 0, 0);
    let mut notes = |now, behind, kinds: &[MarkKind]| {
        input.more.simulated = Simulated { now, behind };
        let mark = |kind: &MarkKind| Mark {
            date: date(2026, 10, 1),
            kind: *kind,
            label: String::new(),
        };
        input.more.marks = kinds.iter().map(mark).collect();
        let notes = year_notes(&Scene::new(&input));
        let notes: Vec<String> = notes.iter().map(ToString::to_string).collect();
        notes.join(" ")
    };
    assert_eq!(notes(0, 0, &[]), "");
    assert_eq!(
        notes(4410, 0, &[]),
        "Simulated, not measured: all of this period’s visits."
    );
    assert_eq!(
        notes(1200, 1300, &[]),
        "Simulated, not measured: 1,200 of this period’s visits, and the history behind them."
    );
    assert_eq!(
        notes(1200, 0, &[]),
        "Simulated, not measured: 1,200 of this period’s visits."
    );
    assert_eq!(
        notes(4410, 9, &[]),
        "Simulated, not measured: all of this period’s visits, and the history behind them."
    );
    assert_eq!(
        notes(0, 9, &[]),
        "Simulated, not measured: none of this period’s visits, and the history behind them."
    );
    assert_eq!(
        notes(
            0,
            0,
            &[MarkKind::Release, MarkKind::Incident, MarkKind::Method]
        ),
        "Versions stand where our releases were. A cross is a night on which a fifth or more of our visits to this page failed, a bracket several such nights in a row. At “method” another browser or another instrument took over: a \
         step there may be its own."
    );
}

#[test]
fn regions_are_told_from_near_to_far() {
    let mut input = month();
    assert_eq!(
        told(&input, places_title),
        "No region could measure our page"
    );
    let place = |region: &str, median| Place {
        target: "own".to_owned(),
        region: region.to_owned(),
        profile: "phone".to_owned(),
        counts: counts(9, 0, 0),
        median: Some(median),
    };
    input.more.places = vec![place("frankfurt", 4400.0)];
    assert_eq!(
        told(&input, places_title),
        "Seen from Frankfurt alone our page takes 4.4 s"
    );
    input.more.places.push(place("sydney", 3100.0));
    assert_eq!(
        told(&input, places_title),
        "Our page takes 3.1 s seen from Sydney and 4.4 s from Frankfurt"
    );
}

#[test]
fn one_failed_night_is_one_and_none_is_none() {
    let mut input = month();
    assert_eq!(
        told(&input, reliability_title),
        "Nothing was tried, so nothing failed"
    );
    let mut site = Reliability {
        target: "own".to_owned(),
        counts: counts(20, 0, 0),
        nights: vec![
            (date(2026, 10, 1), counts(10, 0, 0)),
            (date(2026, 10, 2), counts(10, 0, 0)),
        ],
        spread: None,
    };
    input.more.reliability = vec![site.clone()];
    assert_eq!(
        told(&input, reliability_title),
        "100 % of our visits were answered, without a failed one"
    );
    site.nights[1].1 = counts(8, 2, 0);
    site.counts = counts(18, 2, 0);
    input.more.reliability = vec![site.clone()];
    assert_eq!(
        told(&input, reliability_title),
        "90.0 % of our visits were answered; one night had failed ones"
    );
    site.nights[0].1 = counts(9, 1, 0);
    input.more.reliability = vec![site];
    assert!(told(&input, reliability_title).ends_with("two nights had failed ones"));
}

#[test]
fn a_cause_is_named_only_where_the_gap_is_proven_and_the_part_is_larger() {
    let mut input = month();
    let part = |metric, own, best| Part {
        metric,
        own: (own, 60),
        best: (best, 60),
    };
    input.more.parts = vec![
        part(Metric::LcpTtfb, 1200.0, 300.0),
        part(Metric::LcpLoadTime, 400.0, 300.0),
    ];
    assert_eq!(
        told(&input, parts_title),
        "Northfield gains most before the first byte: 0.9 s"
    );
    // The same parts, and a gap that is not proven.
    let own = input.fields[0].field.standings.iter_mut();
    for s in own.filter(|s| s.target == "own") {
        s.versus_best = s.versus_best.map(|c| Comparison {
            relation: Relation::Level,
            ..c
        });
    }
    assert_eq!(
        told(&input, parts_title),
        "What our page and that of Northfield are made of"
    );
    let mut input = month();
    input.more.parts = vec![part(Metric::LcpTtfb, 300.0, 290.0)];
    assert_eq!(
        told(&input, parts_title),
        "What our page and that of Northfield are made of"
    );
}
