//! No label of any chart meets another or leaves its sheet: many sites, ties, names without end.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::charts::{self, Axis, Drawn, Frame};
use super::fixtures::{cases, hostile, month, one_page, twelve};
use super::input::ReportInput;
use super::more::{
    Mark, MarkKind, Marked, Month, MonthSite, Part, Quartiles, Released, Reliability, Week,
};
use super::scene::Scene;
use crate::analysis::Effect;
use crate::analysis::types::{Comparison, Counts, Interval, NotRanked, RankRange, Relation};
use crate::model::Metric;

type Boxes = [(String, [f64; 4])];

const TRIED: Counts = Counts {
    attempted: 62,
    valid: 60,
    failed: 1,
    blocked: 1,
    missed: 0,
};

/// A year behind an input, in which sites lie `apart` milliseconds from each other.
fn with_year(mut input: ReportInput, apart: f64) -> ReportInput {
    let ids: Vec<String> = input.targets.iter().map(|t| t.id.clone()).collect();
    let median = |i: usize| 2_000.0 + apart * i as f64;
    let last = input.period.until;
    let more = &mut input.more;
    more.months = (0..12)
        .map(|m: i32| Month {
            first: date(2025, 11, 1).saturating_add(m.months()),
            sites: sites(&ids, |i| MonthSite {
                counts: TRIED,
                // Orders change, so that lines cross.
                median: Some(median((i + m.unsigned_abs() as usize) % ids.len())),
                rank: Ok(RankRange {
                    lo: 1,
                    hi: ids.len() as u32,
                    of: ids.len() as u32,
                }),
            }),
        })
        .collect();
    more.weeks = (1..=52)
        .rev()
        .map(|w: i32| Week {
            first: last.saturating_sub((w * 7).days()),
            sites: sites(&ids, |i| Quartiles {
                n: 60,
                lower: median(i) - 100.0,
                median: median(i),
                upper: median(i) + 100.0,
            }),
        })
        .collect();
    more.reliability = ids
        .iter()
        .map(|id| Reliability {
            target: id.clone(),
            counts: TRIED,
            nights: (1..=31).map(|d| (date(2026, 10, d), TRIED)).collect(),
            spread: None,
        })
        .collect();
    input
}

fn sites<T>(ids: &[String], of: impl Fn(usize) -> T) -> BTreeMap<String, T> {
    let all = ids.iter().enumerate();
    all.map(|(i, id)| (id.clone(), of(i))).collect()
}

/// With releases, failed nights and parts.
fn with_marks(mut input: ReportInput, dates: &[Date], parts: &[(f64, f64)]) -> ReportInput {
    let more = &mut input.more;
    for (i, date) in dates.iter().enumerate() {
        more.marks.push(Mark {
            date: *date,
            kind: [MarkKind::Incident, MarkKind::Release, MarkKind::Method][i % 3],
            label: "2026.10-build-".repeat(20),
        });
        more.releases.push(Released {
            marked: vec![Marked {
                date: *date,
                version: "الإصدار 2026.10-build-".repeat(20),
                note: String::new(),
            }],
            effect: Some(Effect {
                change: effect(i as f64 * 400.0 - 900.0),
                is_adjusted: true,
            }),
            visits: (140, 140),
            across_method: false,
        });
    }
    more.marks.sort_by_key(|m| m.date);
    let metrics = [
        Metric::LcpTtfb,
        Metric::LcpLoadTime,
        Metric::Wait,
        Metric::Tbt,
        Metric::TransferBytes,
        Metric::JsBytes,
        Metric::Requests,
    ];
    more.parts = metrics
        .into_iter()
        .zip(parts)
        .map(|(metric, (own, best))| Part {
            metric,
            own: (*own, 60),
            best: (*best, 60),
        })
        .collect();
    input
}

fn effect(difference: f64) -> Comparison {
    Comparison {
        difference,
        difference95: Some(Interval {
            point: difference,
            level: 0.95,
            lower: difference - 90.0,
            upper: difference + 90.0,
        }),
        relation: Relation::CannotTell,
        ..month().fields[0].field.own_change.expect("a month has one")
    }
}

/// Names of 300 characters, from the left and from the right.
fn long(mut input: ReportInput) -> ReportInput {
    let words = ["Wohnwelten ", "دكان البيت ", "京都の家具", "W"];
    for (t, word) in input.targets.iter_mut().zip(words.into_iter().cycle()) {
        t.name = word.repeat(300).chars().take(300).collect();
    }
    input
}

fn drawn(input: &ReportInput, frame: Frame) -> Vec<(&'static str, Drawn)> {
    let scene = Scene::new(input);
    let axis = Axis::of(&scene);
    let best = input.targets.last().map(|t| t.name.clone());
    let mut all = vec![
        ("dumbbell", charts::dumbbell_drawn(&scene, &axis, frame)),
        ("panels", charts::panels_drawn(&scene, &axis, frame)),
        ("nights", charts::nights_drawn(&scene, frame)),
        ("effects", charts::effects_drawn(&scene, frame)),
        (
            "pairs",
            charts::pairs_drawn(&scene, &best.unwrap_or_default(), frame),
        ),
    ];
    if charts::ranked(&input.more.months).len() > 1 {
        all.push(("bump", charts::bump_drawn(&scene, frame)));
    }
    if let Some(page) = scene.headline() {
        all.push(("dots", charts::dots_drawn(&scene, page, &axis, frame)));
        let strip = charts::strip_drawn(&scene, &page.field, &axis, frame);
        all.extend(strip.map(|(drawn, _)| ("strip", drawn)));
    }
    all
}

/// The first label of each chart that meets another, is crossed by a mark or leaves the sheet.
fn faults(input: &ReportInput) -> Vec<String> {
    let of = |frame: Frame| {
        let all = drawn(input, frame).into_iter();
        all.filter_map(move |(chart, drawn)| {
            let met = outside(&drawn.texts, frame).or_else(|| touching(&drawn.texts));
            let found = met.or_else(|| drawn.crossed.into_iter().next())?;
            Some(format!("{chart}, {frame:?}: {found}"))
        })
    };
    of(Frame::Wide).chain(of(Frame::Narrow)).collect()
}

fn outside(boxes: &Boxes, frame: Frame) -> Option<String> {
    let out = boxes
        .iter()
        .find(|(_, b)| b[0] < -0.5 || b[2] > frame.width() + 0.5);
    out.map(|(text, b)| format!("`{text}` {b:?} leaves the sheet"))
}

fn touching(boxes: &Boxes) -> Option<String> {
    boxes.iter().enumerate().find_map(|(i, (a, x))| {
        let met = boxes[i + 1..]
            .iter()
            .find(|(_, y)| x[2] > y[0] && y[2] > x[0] && x[3] > y[1] && y[3] > x[1]);
        met.map(|(b, y)| format!("`{a}` {x:?} meets `{b}` {y:?}"))
    })
}

#[test]
fn many_sites_ties_and_endless_names_have_their_place() {
    let parts = [
        (1.0, 9_999.0),
        (700.0, 700.0),
        (0.0, 0.0),
        (120.0, 4_800.0),
        (1_400_000.0, 999_499.0),
        (1.0, 99_000_000.0),
        (28.0, 1_400.0),
    ];
    let dates = [
        date(2026, 10, 2),
        date(2026, 10, 5),
        date(2026, 10, 7),
        date(2026, 10, 9),
        date(2026, 10, 31),
        date(2025, 11, 9),
    ];
    for (name, input) in [
        ("twelve", twelve()),
        ("twelve with long names", long(twelve())),
        ("hostile", hostile()),
        ("a month with long names", long(month())),
        (
            "ties",
            one_page(&[Some(2_000.0); 7], super::fixtures::Data::Month),
        ),
    ] {
        for apart in [0.0, 0.4, 90.0, 900.0] {
            let input = with_marks(with_year(input.clone(), apart), &dates, &parts);
            let found = faults(&input);
            assert!(found.is_empty(), "{name}, {apart} ms apart: {found:#?}");
        }
    }
}

#[test]
fn no_label_of_any_case_meets_a_label_a_line_or_a_mark() {
    for (name, input) in cases() {
        let found = faults(&input);
        assert!(found.is_empty(), "{name}: {found:#?}");
    }
}

#[test]
fn a_label_on_another_and_one_beyond_the_edge_are_found() {
    let at = |x: f64| ("a".to_owned(), [x, 0.0, x + 10.0, 10.0]);
    assert!(touching(&[at(0.0), at(10.0)]).is_none());
    assert!(touching(&[at(0.0), at(9.0)]).is_some());
    assert!(outside(&[at(655.0)], Frame::Wide).is_none());
    assert!(outside(&[at(656.0)], Frame::Wide).is_some());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn whatever_the_figures_no_label_meets_another(
        days in proptest::collection::vec(0..365i32, 0..8),
        parts in proptest::collection::vec((0.0..9e6f64, 0.0..9e6f64), 7),
        apart in 0.0..800.0f64,
    ) {
        let dates: Vec<Date> = days
            .iter()
            .map(|d| date(2026, 10, 31).saturating_sub(d.days()))
            .collect();
        let input = with_marks(with_year(long(twelve()), apart), &dates, &parts);
        let found = faults(&input);
        prop_assert!(found.is_empty(), "{found:#?}");
    }
}

/// A year of five sites of which one is blocked in some months, with what its chart says.
fn blocked_in(months: &[usize], frame: Frame) -> (Vec<String>, String) {
    let places = [Some(2_000.0); 5];
    let mut input = with_year(one_page(&places, super::fixtures::Data::Month), 90.0);
    for i in months {
        let sites = &mut input.more.months[*i].sites;
        let site = sites.get_mut("claire").expect("one of five");
        site.median = None;
        site.rank = Err(NotRanked::NoData);
        site.counts = Counts {
            attempted: 62,
            blocked: 62,
            ..Counts::default()
        };
    }
    let scene = Scene::new(&input);
    let drawn = charts::bump_drawn(&scene, frame);
    assert!(drawn.crossed.is_empty(), "{:?}", drawn.crossed);
    let texts = drawn.texts.into_iter().map(|(t, _)| t).collect();
    (texts, charts::bump(&scene, frame).unwrap())
}

#[test]
fn a_line_that_ends_before_the_last_month_is_named_with_what_became_of_it() {
    for (frame, month) in [(Frame::Wide, "October"), (Frame::Narrow, "Oct")] {
        let (texts, svg) = blocked_in(&[11], frame);
        let said = format!("Maison Claire, blocked in {month}");
        assert!(texts.contains(&said), "{texts:?}");
        assert!(svg.contains("Maison Claire, blocked in October.</desc>"));
        let (texts, _) = blocked_in(&[], frame);
        assert!(texts.iter().any(|t| t.starts_with("Maison")), "{texts:?}");
        assert!(!texts.iter().any(|t| t.contains("blocked")), "{texts:?}");
    }
}

#[test]
fn a_place_among_fewer_sites_is_no_gain() {
    let lines = |svg: &str| svg.matches("<polyline").count();
    let (of_all, whole) = blocked_in(&[], Frame::Wide);
    let (of_four, broken) = blocked_in(&[6], Frame::Wide);
    assert!(!of_all.contains(&"of 4".to_owned()));
    assert!(of_four.contains(&"of 4".to_owned()), "{of_four:?}");
    assert!(broken.contains(" of 4;"), "the alt text says so too");
    assert!(lines(&broken) > lines(&whole) + 20, "dashed on both sides");
}

#[test]
fn marks_of_failed_nights_in_a_row_do_not_touch() {
    let mut input = with_year(twelve(), 90.0);
    for (_, counts) in input
        .more
        .reliability
        .iter_mut()
        .flat_map(|r| &mut r.nights)
    {
        *counts = Counts {
            attempted: 2,
            failed: 2,
            ..Counts::default()
        };
    }
    let scene = Scene::new(&input);
    for frame in [Frame::Wide, Frame::Narrow] {
        let svg = charts::nights(&scene, frame).unwrap();
        let number = |tag: &str, name: &str| -> f64 {
            let (_, rest) = tag.split_once(&format!(" {name}=\"")).unwrap();
            rest.split_once('"').unwrap().0.parse().unwrap()
        };
        let dark = svg
            .split("<circle")
            .skip(1)
            .filter(|t| t.contains("#1B1F24"));
        let dots: Vec<[f64; 3]> = dark
            .map(|t| [number(t, "cx"), number(t, "cy"), number(t, "r")])
            .collect();
        assert_eq!(dots.len(), 12 * 31);
        for pair in dots.windows(2).filter(|p| p[0][1] == p[1][1]) {
            assert!(
                pair[1][0] - pair[0][0] > 2.0 * pair[0][2],
                "{frame:?}: {pair:?}"
            );
        }
    }
}

#[test]
fn nights_that_failed_in_a_row_share_a_bracket_and_its_words() {
    let mut input = with_year(month(), 90.0);
    for d in 1..=31 {
        input.more.marks.push(Mark {
            date: date(2026, 10, d),
            kind: MarkKind::Incident,
            label: String::new(),
        });
    }
    let scene = Scene::new(&input);
    for frame in [Frame::Wide, Frame::Narrow] {
        let drawn = charts::panels_drawn(&scene, &Axis::of(&scene), frame);
        let failed = drawn.texts.iter().filter(|(t, _)| t.contains("failed"));
        let said: Vec<&str> = failed.map(|(t, _)| t.as_str()).collect();
        assert_eq!(said, ["visits failed, 1–31 Oct"]);
    }
}

#[test]
fn a_change_of_method_is_named_beside_a_release() {
    let mut input = with_year(month(), 90.0);
    for (day, kind, label) in [(14, MarkKind::Release, "4.3"), (15, MarkKind::Method, "")] {
        input.more.marks.push(Mark {
            date: date(2026, 10, day),
            kind,
            label: label.to_owned(),
        });
    }
    let scene = Scene::new(&input);
    let drawn = charts::panels_drawn(&scene, &Axis::of(&scene), Frame::Wide);
    let texts: Vec<&str> = drawn.texts.iter().map(|(t, _)| t.as_str()).collect();
    assert!(
        texts.contains(&"method") && texts.contains(&"4.3"),
        "{texts:?}"
    );
}

#[test]
fn a_strip_of_twelve_sites_stays_low_and_names_us_and_the_benchmark() {
    for input in [twelve(), long(twelve())] {
        let scene = Scene::new(&input);
        let field = &scene.headline().unwrap().field;
        for frame in [Frame::Wide, Frame::Narrow] {
            let strip = charts::strip_drawn(&scene, field, &Axis::of(&scene), frame);
            let (drawn, height) = strip.unwrap();
            // 60 mm on paper, where the frame is 176 mm wide.
            let most = if frame == Frame::Wide { 227.0 } else { 275.0 };
            assert!(height <= most, "{frame:?}: {height}");
            let said = |what: &str| drawn.texts.iter().any(|(t, _)| t.contains(what));
            assert!(said("(us) 3.1") && said("1.9"), "{:?}", drawn.texts);
        }
    }
}

#[test]
fn a_median_does_not_hide_its_interval() {
    let input = month();
    let scene = Scene::new(&input);
    let page = scene.headline().unwrap();
    let svg = charts::dots(&scene, page, &Axis::of(&scene), Frame::Wide);
    assert_eq!(
        svg.matches("<circle").count(),
        1,
        "the benchmark's ring alone"
    );
}

#[test]
fn a_name_from_the_right_keeps_its_figure_behind_it() {
    let mut input = super::fixtures::month();
    input.targets[1].name = "متجر الشمال".to_owned();
    let html = super::render(&super::build(&input)).unwrap();
    assert!(html.contains("\u{2068}متجر الشمال\u{2069} 1.9"), "isolated");
    assert!(
        !html.contains("\u{2068}Maison Claire"),
        "others as they are"
    );
}
