//! What is said of what is missing elsewhere, of earlier nights, of figures that are near each other
//! and of settings that are others now, with data on both sides of each edge.

use crate::model::{Metric, VisitState};

use super::super::fixtures::{cases, month, night};
use super::super::input::{Lost, PeriodKind, ReportInput};
use super::super::more::Part;
use super::super::scene::Scene;
use super::*;

fn said(block: &Block) -> String {
    let all: Vec<String> = block.sentences.iter().map(ToString::to_string).collect();
    all.join(" ").replace('\u{a0}', " ")
}

#[test]
fn nothing_is_missing_only_where_no_visit_from_anywhere_is() {
    let mut input = night();
    for field in &mut input.fields {
        for s in &mut field.field.standings {
            let counts = &mut s.summary.counts;
            counts.valid = counts.attempted;
            (counts.failed, counts.blocked, counts.missed) = (0, 0, 0);
        }
    }
    input.visits.valid = input.visits.attempted;
    let of = |input: &ReportInput| said(&lost(&Scene::new(input)));
    assert!(of(&input).starts_with("Nothing is missing: each of the"));
    input.visits.valid -= 3;
    let some = of(&input);
    assert!(some.starts_with("Nothing is missing on pages 1 to 3. Of all"));
    assert!(some.contains("3 gave no value"), "{some}");
}

#[test]
fn a_cause_is_that_of_all_losses_only_where_it_is() {
    let mut input = month();
    let whole = said(&lost(&Scene::new(&input)));
    assert!(
        whole.contains("blocked (answered with status 403)"),
        "{whole}"
    );
    let loser = input.lost.values_mut().max_by_key(|l| l[0].visits).unwrap();
    let first = loser.iter_mut().find(|l| l.state == VisitState::Blocked);
    let first = first.unwrap();
    first.visits -= 5;
    let most = first.visits;
    loser.push(Lost {
        state: VisitState::Blocked,
        reason: "challenge: a guard".to_owned(),
        visits: 5,
    });
    let parted = said(&lost(&Scene::new(&input)));
    let words = format!("blocked ({most} of them answered with status 403)");
    assert!(parted.contains(&words), "{parted}");
}

#[test]
fn the_first_night_is_called_so_only_where_none_is_before_it() {
    let mut input = night();
    let of = |input: &ReportInput| {
        let scene = Scene::new(input);
        format!("{} | {}", figures(&scene)[0].note, said(&changes(&scene)))
    };
    assert_eq!(
        of(&input),
        "first night | This is the first night in the data: there is nothing to compare it with yet."
    );
    input.more.earlier = true;
    assert_eq!(
        of(&input),
        "not compared | Nothing is compared with the nights before: that takes six nights, and as many measured before them."
    );
    input.period.kind = PeriodKind::Month;
    assert!(of(&input).ends_with(
        "Nothing was measured in the month before, so there is nothing to compare with."
    ));
}

#[test]
fn sites_are_counted_at_the_precision_that_is_printed_and_none_is_a_word() {
    let (_, mut input) = cases().into_iter().find(|(n, _)| *n == "two").unwrap();
    let of = |input: &ReportInput| said(&expectation(&Scene::new(input)).unwrap());
    let set = |input: &mut ReportInput, medians: [f64; 2]| {
        let standings = &mut input.fields[0].field.standings;
        for (s, m) in standings.iter_mut().zip(medians) {
            s.summary.median = Some(m);
        }
    };
    set(&mut input, [3_027.0, 3_060.0]);
    assert!(of(&input).contains(
        "Within what people expect: one of two sites measured; within the leaders’ 2 s: none."
    ));
    set(&mut input, [3_060.0, 3_070.0]);
    assert!(of(&input).contains("Within what people expect: none of two"));
}

#[test]
fn the_widest_part_is_named_alone_only_where_no_other_is_near_it() {
    let mut input = month();
    let mut with = |ttfb: f64, paint: f64| {
        let part = |metric, own: f64| Part {
            metric,
            own: (own, 60),
            best: (100.0, 60),
        };
        input.more.parts = vec![
            part(Metric::LcpTtfb, 100.0 + ttfb),
            part(Metric::LcpRenderDelay, 100.0 + paint),
        ];
        parts_title(&Scene::new(&input))
            .to_string()
            .replace('\u{a0}', " ")
    };
    assert_eq!(
        with(290.0, 400.0),
        "Northfield gains most between load and paint: 0.4 s"
    );
    assert_eq!(
        with(310.0, 400.0),
        "Northfield gains 0.4 s between load and paint and 0.3 s before the first byte"
    );
    assert_eq!(
        with(40.0, 30.0),
        "What our page and that of Northfield are made of"
    );
}

#[test]
fn other_settings_are_told_where_no_night_was_measured_under_todays() {
    let mut input = month();
    let of = |input: &ReportInput| {
        let said = lede(&Scene::new(input));
        said.iter()
            .any(|s| s.to_string().contains("other settings"))
    };
    assert!(!of(&input));
    let (first, rest) = input.runs.split_first_mut().unwrap();
    for run in rest {
        run.config_hash = "0".to_owned();
    }
    let hash = std::mem::replace(&mut first.config_hash, "0".to_owned());
    assert!(of(&input));
    input.runs[0].config_hash = hash;
    assert!(!of(&input), "one of them was");
}

#[test]
fn what_fails_too_often_comes_before_what_is_slow() {
    let of = |failed: u32, valid: u32| {
        let mut input = month();
        let field = &mut input.fields[0].field;
        let own = field.standings.iter_mut().find(|s| s.target == "own");
        let counts = &mut own.unwrap().summary.counts;
        (counts.failed, counts.valid) = (failed, valid);
        said(&outlook(&Scene::new(&input)).unwrap())
    };
    // Wilson's interval of 7 in 60 begins at 5.8 %, that of 6 in 60 at 4.7 %.
    assert_eq!(
        of(7, 53),
        "Mend first what fails? Of 60 visits to our home page, 7 failed."
    );
    assert!(of(6, 54).contains("the one to work on first?"));
}
