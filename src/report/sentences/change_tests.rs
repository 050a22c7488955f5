//! The rules about what changed, each with data on both sides of its edge.

use jiff::civil::date;

use super::super::fixtures::{Data, compare, month, moved, night};
use super::super::input::ReportInput;
use super::super::scene::Scene;
use super::*;
use crate::analysis::types::{Comparison, Relation};

fn joined(sentences: &[Sentence]) -> String {
    let all: Vec<String> = sentences.iter().map(ToString::to_string).collect();
    all.join(" ")
}

#[test]
fn a_change_is_told_by_its_relation_and_not_by_its_size() {
    let mut input = month();
    let note = |input: &ReportInput| {
        let f = &figures(&Scene::new(input))[0];
        format!("{} {}", f.mark, f.note).replace('\u{a0}', " ")
    };
    for (relation, expected) in [
        (Relation::Faster, "↓ 0.3 s faster than September"),
        (Relation::Slower, "↑ 0.3 s slower than September"),
        (Relation::Level, "= level with September"),
        (
            Relation::CannotTell,
            " too few nights to compare with September",
        ),
    ] {
        let change = input.fields[0].field.own_change.as_mut().unwrap();
        change.relation = relation;
        assert_eq!(note(&input), expected);
    }
}

/// A gap is said to have moved where the interval of its change says so, and on which side we were.
#[test]
fn a_gap_moves_only_where_that_is_sure_and_a_lead_is_not_called_a_gap() {
    let mut input = month();
    let said = |input: &ReportInput| {
        let scene = Scene::new(input);
        let figure = &figures(&scene)[1];
        let mark = format!("{} {}", figure.mark, figure.note);
        let changed = joined(&changes(&scene).sentences);
        let gap = changed.find("The gap").or_else(|| changed.find("Our lead"));
        let gap = gap.map_or("nothing", |at| &changed[at..]);
        format!("{mark} | {gap}").replace('\u{a0}', " ")
    };
    // Only the home page, where we are 1.2 s behind.
    input.fields[2].field.gap_change = None;
    let sized = |difference: f64, relation: Relation| {
        Some(Comparison {
            relation,
            ..moved(difference)
        })
    };
    let mut lines = Vec::new();
    for (difference, relation) in [
        (-300.0, Relation::Faster),
        (300.0, Relation::Slower),
        (-300.0, Relation::Level),
        (-300.0, Relation::CannotTell),
        (1500.0, Relation::Slower),
    ] {
        input.fields[0].field.gap_change = sized(difference, relation);
        lines.push(said(&input));
    }
    // The same seen from 0.5 s ahead.
    let mut own = input.fields[0].field.standings.iter_mut();
    let own = own.find(|s| s.target == "own").unwrap();
    own.versus_best = Some(compare(1400.0, 1900.0, Data::Month));
    for (difference, relation) in [
        (-300.0, Relation::Faster),
        (300.0, Relation::Slower),
        (-1500.0, Relation::Faster),
    ] {
        input.fields[0].field.gap_change = sized(difference, relation);
        lines.push(said(&input));
    }
    insta::assert_snapshot!(lines.join("\n"), @r"
    ↓ 0.3 s less than in September | The gap to Northfield on the home page narrowed by 0.3 s.
    ↑ 0.3 s more than in September | The gap to Northfield on the home page grew by 0.3 s.
    = level with September | nothing
     too few nights to compare with September | nothing
     0.3 s ahead in September | nothing
    ↑ 0.3 s more than in September | Our lead over Northfield on the home page grew by 0.3 s.
    ↓ 0.3 s less than in September | Our lead over Northfield on the home page shrank by 0.3 s.
     1.0 s behind in September | nothing
    ");
}

/// No comparison goes across a change of the instrument without saying so.
#[test]
fn a_change_of_the_instrument_is_told_beside_what_changed() {
    let mut input = month();
    let said = |input: &ReportInput| {
        let changed = joined(&changes(&Scene::new(input)).sentences);
        let at = changed.find("On ");
        at.map_or(String::new(), |at| changed[at..].replace('\u{a0}', " "))
    };
    assert_eq!(said(&input), "");
    input.more.methods = vec![date(2026, 10, 14)];
    assert_eq!(
        said(&input),
        "On 14 October the browser or another part of the instrument changed: some of a change \
         may be its own."
    );
    input.more.methods.push(date(2026, 10, 20));
    assert_eq!(
        said(&input),
        "On 2 nights, last on 20 October, the browser or another part of the instrument changed: \
         some of a change may be its own."
    );
    // Where nothing is compared there is nothing to warn of.
    for page in &mut input.fields {
        (page.field.own_change, page.field.gap_change) = (None, None);
    }
    assert_eq!(said(&input), "");
}

#[test]
fn changes_are_grouped_by_what_may_be_said() {
    let input = month();
    let block = changes(&Scene::new(&input));
    insta::assert_snapshot!(joined(&block.sentences), @"Faster than September: home page by 0.3 s and search page by 0.2 s. Level with September: product page. The gap to Northfield on the home page narrowed by 0.3 s.");
    let first = night();
    let block = changes(&Scene::new(&first));
    assert!(joined(&block.sentences).contains("first night"));
}
