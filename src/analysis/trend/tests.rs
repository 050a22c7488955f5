//! What a walk finds in made-up nights: shifts, regions, incidents, false alarms.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::*;

const FIRST: Date = date(2026, 1, 1);

fn night(i: usize) -> Date {
    FIRST.saturating_add(i64::try_from(i).unwrap().days())
}

fn noise(seed: u64) -> impl FnMut(f64) -> f64 {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    move |sd| {
        let sum: f64 = (0..12)
            .map(|_| f64::from(rng.next_u32()) / 4_294_967_296.0)
            .sum();
        (sum - 6.0) * sd
    }
}

/// Sites `s0` to `s5` on some pages in one region, 70 nights; `shift` says what is added to the ln
/// of a night of a site.
fn nights(pages: &[&str], shift: impl Fn(usize, usize) -> f64) -> BTreeMap<Group, Vec<Nightly>> {
    let mut e = noise(7);
    let mut groups = BTreeMap::new();
    for page in pages {
        let group = Group {
            page: (*page).to_owned(),
            region: "sydney".to_owned(),
            profile: "phone".to_owned(),
        };
        let mut all = Vec::new();
        for t in 0..70 {
            let shared = e(0.03);
            for site in 0..6 {
                all.push(Nightly {
                    target: format!("s{site}"),
                    night: night(t),
                    n: 10,
                    x: 7.6 + shared + e(0.02) + shift(site, t),
                });
            }
        }
        groups.insert(group, all);
    }
    groups
}

#[test]
fn a_site_that_became_slower_on_all_pages_is_one_event() {
    let groups = nights(&["home", "search", "product"], |site, t| {
        if site == 2 && t >= 40 { 0.15 } else { 0.0 }
    });
    let found = trend(&groups, 2.0);
    assert_eq!(found.events.len(), 1, "{:#?}", found.events);
    let event = &found.events[0];
    assert_eq!(
        event.what,
        What::Site {
            target: "s2".to_owned()
        }
    );
    assert!(
        events::days(night(40), event.night).abs() <= 2,
        "{}",
        event.night
    );
    assert!(event.seen > event.night && event.cells.len() == 3);
    assert!((event.share - 0.16).abs() < 0.06, "{}", event.share);
    let cell = &event.cells[0];
    assert!(cell.share.lower > 0.0 && cell.after > cell.before);
    assert!(
        found
            .incidents
            .iter()
            .all(|i| i.target != "s2" || i.night < night(40))
    );
}

#[test]
fn what_all_sites_did_is_the_regions_event_and_no_sites() {
    let groups = nights(&["home"], |_, t| if t >= 40 { 0.2 } else { 0.0 });
    let found = trend(&groups, 2.0);
    assert_eq!(found.events.len(), 1, "{:#?}", found.events);
    assert_eq!(
        found.events[0].what,
        What::Region {
            region: "sydney".to_owned()
        }
    );
}

#[test]
fn one_bad_night_is_an_incident_and_no_shift() {
    let groups = nights(
        &["home"],
        |site, t| {
            if site == 1 && t == 50 { 0.5 } else { 0.0 }
        },
    );
    let found = trend(&groups, 2.0);
    assert!(found.events.is_empty(), "{:#?}", found.events);
    let of_s1: Vec<_> = found
        .incidents
        .iter()
        .filter(|i| i.target == "s1")
        .collect();
    assert!(of_s1.iter().any(|i| i.night == night(50) && i.share > 0.4));
}

#[test]
fn a_change_that_began_lately_is_under_suspicion() {
    let groups = nights(
        &["home"],
        |site, t| {
            if site == 3 && t >= 67 { 0.3 } else { 0.0 }
        },
    );
    let found = trend(&groups, 0.01);
    assert!(found.events.is_empty());
    assert_eq!(found.suspects.len(), 1, "{:?}", found.suspects);
    assert_eq!(found.suspects[0].target, "s3");
}

#[test]
fn a_missing_night_is_skipped() {
    let mut groups = nights(
        &["home"],
        |site, t| {
            if site == 2 && t >= 40 { 0.15 } else { 0.0 }
        },
    );
    for all in groups.values_mut() {
        for n in all.iter_mut().filter(|n| n.night == night(41)) {
            n.n = 4;
            n.x = 99.0;
        }
    }
    let found = trend(&groups, 2.0);
    assert_eq!(found.events.len(), 1, "{:#?}", found.events);
}

#[test]
fn without_a_panel_a_site_is_scanned_as_it_is() {
    let mut groups = nights(
        &["home"],
        |site, t| {
            if site == 0 && t >= 40 { 0.3 } else { 0.0 }
        },
    );
    for all in groups.values_mut() {
        all.retain(|n| n.target == "s0");
    }
    let found = trend(&groups, 2.0);
    assert_eq!(found.events.len(), 1, "{:#?}", found.events);
}

#[test]
fn the_limit_falls_with_the_number_of_series() {
    let of = |series| {
        p_star(Budget {
            series,
            a_month: 2.0,
        })
        .0
    };
    assert_eq!([of(1), of(20), of(60), of(1000)], [1e-3, 2e-4, 5e-5, 1e-5]);
}
