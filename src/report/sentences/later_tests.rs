//! The rules of the later pages, each with data on both sides of its edge.

use std::collections::BTreeMap;

use jiff::civil::date;

use super::super::fixtures::Data;
use super::super::fixtures::{compare, month};
use super::super::input::ReportInput;
use super::super::language::Language;
use super::super::more::{
    Mark, MarkKind, Marked, Month, MonthSite, Part, Place, Reach, Released, Reliability, Simulated,
};
use super::super::scene::Scene;
use super::*;
use crate::analysis::Effect;
use crate::analysis::types::{Comparison, Counts, Interval, NotRanked, RankRange, Relation};
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

fn marked(version: &str) -> Marked {
    Marked {
        date: date(2026, 10, 12),
        version: version.to_owned(),
        note: String::new(),
    }
}

fn released(version: &str, effect: Option<Comparison>) -> Released {
    Released {
        marked: vec![marked(version)],
        effect: effect.map(|change| Effect {
            change,
            is_adjusted: true,
        }),
        visits: (140, 140),
        across_method: false,
    }
}

/// A proven or level change with these ends.
fn moved(difference: f64, [lower, upper]: [f64; 2], relation: Relation) -> Comparison {
    Comparison {
        pairs: 14,
        difference,
        relative: None,
        relative95: None,
        difference95: Some(Interval {
            point: difference,
            lower,
            upper,
            level: 0.95,
        }),
        relation,
    }
}

fn asked(input: &ReportInput) -> String {
    let asked = decisions(&Scene::new(input));
    let asked: Vec<String> = asked.iter().map(ToString::to_string).collect();
    asked.join(" ")
}

#[test]
fn a_release_is_blamed_only_by_its_interval() {
    let mut input = month();
    let title = |input: &ReportInput| told(input, changed_title);
    assert_eq!(title(&input), "No release of ours is marked in this period");
    let level = Some(compare(3150.0, 3100.0, Data::Month));
    input.more.releases = vec![released("4.3", level)];
    assert_eq!(title(&input), "No proven change after our one release");
    input.more.releases = vec![released("4.3", level), released("4.4", level)];
    assert_eq!(
        title(&input),
        "No proven change after any of our two releases"
    );
    let slower = Some(compare(3400.0, 3100.0, Data::Month));
    input.more.releases[1] = released("4.4", slower);
    assert_eq!(title(&input), "After release 4.4 our page was 0.3 s slower");
    let take_back = "Take back or mend what slowed us: release 4.4?";
    assert!(asked(&input).contains(take_back), "{}", asked(&input));
    assert_eq!(
        effect_words(
            &Language::english(),
            Metric::Lcp,
            &compare(3400.0, 3100.0, Data::Night)
        ),
        "cannot tell (+0.3 s)"
    );
}

#[test]
fn what_could_not_be_compared_is_not_called_unchanged() {
    let mut input = month();
    let title = |input: &ReportInput| told(input, changed_title);
    let night = Some(compare(3400.0, 3100.0, Data::Night));
    for effect in [None, night] {
        input.more.releases = vec![released("4.3", effect)];
        assert_eq!(
            title(&input),
            "Our one release could not be compared: too few nights before or after it"
        );
        assert!(!asked(&input).contains("4.3"), "{}", asked(&input));
    }
    input.more.releases = vec![released("4.3", None), released("4.4", night)];
    assert_eq!(
        title(&input),
        "None of our two releases could be compared: too few nights before or after them"
    );
    let level = Some(compare(3150.0, 3100.0, Data::Month));
    input.more.releases.push(released("4.5", level));
    assert_eq!(
        title(&input),
        "Of our three releases one could be compared: no proven change after it"
    );
    input.more.releases.push(released("4.6", level));
    assert_eq!(
        title(&input),
        "Of our four releases two could be compared: no proven change after them"
    );
    input.more.releases.drain(..2);
    assert_eq!(
        title(&input),
        "No proven change after any of our two releases"
    );
}

#[test]
fn releases_that_no_night_tells_apart_are_judged_as_one() {
    let mut input = month();
    let slower = compare(3400.0, 3100.0, Data::Month);
    let mut both = released("4.3", Some(slower));
    both.marked.push(Marked {
        date: date(2026, 10, 13),
        note: "consent script".to_owned(),
        ..marked("5.0")
    });
    input.more.releases = vec![both.clone()];
    assert_eq!(
        told(&input, changed_title),
        "After releases 4.3 and 5.0 our page was 0.3 s slower"
    );
    let take_back = "Take back or mend what slowed us: releases 4.3 and 5.0?";
    assert!(asked(&input).contains(take_back), "{}", asked(&input));
    let said = |r: &Released| effect_sentence(&Language::english(), Metric::Lcp, r).to_string();
    assert_eq!(
        said(&both),
        "Releases 4.3 (12 October) and 5.0 (13 October, consent script) together: 0.3 s slower, \
         95 % interval 0.2 to 0.4 s (140 visits before, 140 after)."
    );
    both.marked.push(marked("5.1"));
    input.more.releases = vec![both.clone(), released("6.0", Some(slower))];
    assert_eq!(
        told(&input, changed_title),
        "Releases that moved our page: 4.3, 5.0 and 5.1 (0.3 s slower) and 6.0 (0.3 s slower)"
    );
    both.marked.push(marked("5.2"));
    both.effect = both.effect.map(|e| Effect {
        is_adjusted: false,
        ..e
    });
    assert_eq!(
        said(&both),
        "Releases 4.3 (12 October), 5.0 (13 October, consent script) and 2 more together: 0.3 s \
         slower, 95 % interval 0.2 to 0.4 s (140 visits before, 140 after). Fewer than three other \
         sites tell what moved everybody, so that may be in it."
    );
    both.effect = None;
    both.visits = (28, 0);
    assert_eq!(
        said(&both),
        "Releases 4.3 (12 October), 5.0 (13 October, consent script) and 2 more together: no \
         nights on both sides to compare (28 visits before, 0 after)."
    );
}

#[test]
fn an_interval_is_told_toward_the_side_that_its_words_name() {
    let said = |c: Comparison| {
        effect_sentence(&Language::english(), Metric::Lcp, &released("4.3", Some(c))).to_string()
    };
    let faster = moved(-200.0, [-314.0, -71.0], Relation::Faster);
    assert_eq!(
        said(faster),
        "Release 4.3 (12 October): 0.2 s faster, 95 % interval 0.1 to 0.3 s (140 visits before, \
         140 after)."
    );
    let slower = moved(200.0, [71.0, 314.0], Relation::Slower);
    assert!(said(slower).contains(": 0.2 s slower, 95 % interval 0.1 to 0.3 s ("));
    let level = moved(-60.0, [-314.0, 71.0], Relation::Level);
    assert!(
        said(level).contains(": level, 95 % interval −0.3 to 0.1 s ("),
        "{}",
        said(level)
    );
}

#[test]
fn nobody_is_asked_to_mend_what_a_later_release_may_have_given_back() {
    let mut input = month();
    let cost = |r| released(r, Some(moved(300.0, [200.0, 400.0], Relation::Slower)));
    let gain = |r, by: f64| {
        let ends = [-by - 50.0, -by + 50.0];
        released(r, Some(moved(-by, ends, Relation::Faster)))
    };
    let mut of = |releases: Vec<Released>| {
        input.more.releases = releases;
        let asked = asked(&input);
        let (_, asked) = asked.split_once("what slowed us: ").unwrap_or_default();
        asked.to_owned()
    };
    assert_eq!(of(vec![cost("6.0")]), "release 6.0?");
    // Its gain is at most 0.2 s, and the cost at least that; then a little less.
    assert_eq!(of(vec![cost("6.0"), gain("6.1", 150.0)]), "");
    assert_eq!(of(vec![cost("6.0"), gain("6.1", 149.0)]), "release 6.0?");
    assert_eq!(of(vec![cost("6.0"), gain("6.1", 300.0)]), "");
    // What came before it gave nothing back.
    assert_eq!(of(vec![gain("5.9", 300.0), cost("6.0")]), "release 6.0?");
    // A gain gives back once, to the latest; a large one to both.
    let twice = |by| vec![cost("6.0"), cost("6.1"), gain("6.2", by)];
    assert_eq!(of(twice(300.0)), "release 6.0?");
    assert_eq!(of(twice(600.0)), "");
    // One that is not proven gives nothing back.
    let unproven = moved(-300.0, [-620.0, 20.0], Relation::Level);
    assert_eq!(
        of(vec![cost("6.0"), released("6.1", Some(unproven))]),
        "release 6.0?"
    );
}

#[test]
fn eyes_outside_see_no_release_and_are_asked_nothing() {
    let mut input = month();
    let slower = compare(3400.0, 3100.0, Data::Month);
    input.more.releases = vec![released("v4.3-secret", Some(slower))];
    let mark = |kind, label: &str| Mark {
        date: date(2026, 10, 12),
        kind,
        label: label.to_owned(),
    };
    input.more.marks = vec![
        mark(MarkKind::Release, "v4.3-secret"),
        mark(MarkKind::Method, "method"),
    ];
    let html = |input: &ReportInput| {
        let report = super::super::build(input);
        super::super::render(&report).unwrap()
    };
    let internal = [
        "v4.3-secret",
        "Decisions asked",
        "To decide",
        "Versions stand",
    ];
    let inside = html(&input);
    // The chart of a year needs weeks, which a fixture has none of.
    for words in &internal[..3] {
        assert!(inside.contains(words), "{words}");
    }
    input.more.reach = Reach::External;
    let outside = html(&input);
    for words in internal {
        assert!(!outside.contains(words), "{words}");
    }
    assert_eq!(
        told(&input, changed_title),
        "Our releases and decisions are left out here"
    );
    let notes = year_notes(&Scene::new(&input));
    assert_eq!(notes.len(), 1, "the change of method stays: {notes:?}");
    let contact = format!("Who made them answers at {}.", input.project.contact);
    assert!(outside.contains(&contact) && !outside.contains("named above"));
    // What more nights will tell is no decision.
    let mut few = super::super::fixtures::night();
    few.more.reach = Reach::External;
    assert!(outlook(&Scene::new(&few)).is_some());
}
