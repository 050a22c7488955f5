//! Told or kept, with too few others for the scan to help.

use jiff::ToSpan;
use jiff::civil::date;

use super::*;
use crate::analysis::trend::trend;

fn group() -> Group {
    Group {
        page: "home".to_owned(),
        region: "sydney".to_owned(),
        profile: "phone".to_owned(),
    }
}

/// 45 nights of our site and two others; `by` is what is added from the 40th on.
fn nights(by: [f64; 3], back: usize) -> Nights {
    let wave = |site: usize, t: usize| ((site * 7 + t * 13) % 11) as f64 * 0.002;
    let of = (0..45).flat_map(|t| {
        by.iter().enumerate().map(move |(site, by)| Nightly {
            target: ["own", "a", "b"][site].to_owned(),
            night: date(2026, 1, 1).saturating_add((t as i64).days()),
            n: 5,
            x: 7.6
                + wave(site, t)
                + if (40..45 - back).contains(&t) {
                    *by
                } else {
                    0.0
                },
        })
    });
    [(group(), of.collect())].into_iter().collect()
}

fn said(nights: &Nights) -> Slower {
    slower(&trend(nights, 5.0), nights, &["own"], 9)
}

#[test]
fn what_two_others_did_as_well_is_kept_with_the_reason() {
    let said = said(&nights([0.2, 0.2, 0.18], 0));
    assert!(said.holding.is_empty(), "{said:?}");
    let (condition, why) = &said.logged[0];
    assert!(
        condition.key.starts_with("B:slower:own:2026-02-"),
        "{condition:?}"
    );
    assert!(
        why.starts_with("not sent: the others moved as well, by +2"),
        "{why}"
    );
}

#[test]
fn who_else_moved_is_named_where_most_did_not() {
    let said = said(&nights([0.25, 0.1, 0.0], 0));
    assert!(said.logged.is_empty(), "{said:?}");
    let facts = &said.holding[0].facts;
    assert_eq!(facts.also_moved, ["a"]);
    assert_eq!((facts.target.as_deref(), facts.run), (Some("own"), Some(9)));
}

#[test]
fn a_rival_that_became_slower_is_no_alert_of_ours() {
    assert_eq!(said(&nights([0.0, 0.3, 0.0], 0)), Slower::default());
}

#[test]
fn it_is_over_after_three_nights_in_a_row_and_not_before() {
    let open = said(&nights([0.2, 0.0, 0.0], 0)).holding.remove(0);
    assert_eq!(is_over(&open, &nights([0.2, 0.0, 0.0], 0)), Some(false));
    assert_eq!(is_over(&open, &nights([0.2, 0.0, 0.0], 2)), Some(false));
    assert_eq!(is_over(&open, &nights([0.2, 0.0, 0.0], 3)), Some(true));
    let few: Nights = [(group(), Vec::new())].into_iter().collect();
    assert_eq!(is_over(&open, &few), None, "no nights say nothing");
}

#[test]
fn a_shift_gives_its_name_to_its_conditions() {
    let open = said(&nights([0.2, 0.0, 0.0], 0)).holding.remove(0);
    assert_eq!(
        slower_cause(&open.key).as_deref(),
        Some(open.cause.as_str())
    );
    assert_eq!(slower_cause("A:home"), None);
}
