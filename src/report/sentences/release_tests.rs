//! The rules about releases and decisions, each with data on both sides of its edge.

use jiff::civil::date;

use super::super::fixtures::{Data, compare, month};
use super::super::input::ReportInput;
use super::super::language::Language;
use super::super::more::{Mark, MarkKind, Marked, Reach, Released};
use super::super::scene::Scene;
use super::*;
use crate::analysis::Effect;
use crate::analysis::types::{Comparison, Interval, Relation};
use crate::model::Metric;

fn told(input: &ReportInput, rule: impl Fn(&Scene<'_>) -> Sentence) -> String {
    rule(&Scene::new(input)).to_string()
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

/// A period that is level as a whole, with a release that is proven to have moved us, is no
/// contradiction where page 1 names it.
#[test]
fn page_one_names_the_release_that_moved_a_level_period() {
    let mut input = month();
    let said = |input: &ReportInput| {
        let changed = changes(&Scene::new(input)).sentences;
        let changed: Vec<String> = changed.iter().map(ToString::to_string).collect();
        changed.join(" ").replace('\u{a0}', " ")
    };
    let faster = moved(-314.0, [-400.0, -200.0], Relation::Faster);
    input.more.releases = vec![released("4.3", Some(faster))];
    assert!(!said(&input).contains("Still"), "{}", said(&input));
    let own = input.fields[0].field.own_change.as_mut().unwrap();
    own.relation = Relation::Level;
    let still = "Still, one release moved our home page: 4.3 (0.3 s faster).";
    assert!(said(&input).contains(still), "{}", said(&input));
    let level = moved(-20.0, [-90.0, 50.0], Relation::Level);
    input.more.releases = vec![released("4.3", Some(level))];
    assert!(!said(&input).contains("Still"), "{}", said(&input));
}
