//! The simulated year: the same for the same seed, and with every turn of the story in it.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::date;

use super::*;
use crate::model::{Browser, Device, Network, Page, VisitState};

fn targets() -> Vec<Target> {
    [("harbour", Role::Own, "AU"), ("kyoto", Role::Rival, "JP")]
        .into_iter()
        .map(|(id, role, market)| Target {
            id: id.to_owned(),
            name: id.to_owned(),
            role,
            market: market.to_owned(),
            first_party: Vec::new(),
            robots_override: None,
            consent: Default::default(),
            pages: vec![Page {
                kind: "home".to_owned(),
                url: "http://shop.localhost/".parse().unwrap(),
                expect: None,
            }],
        })
        .collect()
}

fn regions() -> Vec<Region> {
    ["sydney", "paris"]
        .into_iter()
        .map(|id| Region {
            id: id.to_owned(),
            name: id.to_owned(),
            market: "AU".to_owned(),
            latency: BTreeMap::from([("AU".to_owned(), Duration::from_millis(8))]),
            ..Region::default()
        })
        .collect()
}

fn told(seed: u64) -> Vec<Night> {
    let (targets, regions) = (targets(), regions());
    let profiles = [Profile {
        id: "phone".to_owned(),
        browser: Browser::Chrome,
        device: Device::Phone,
        network: Network::None,
    }];
    let story = Story {
        seed,
        targets: &targets,
        regions: &regions,
        profiles: &profiles,
        rounds: 2,
        tonight: date(2026, 11, 1),
    };
    nights(story).collect()
}

/// Mean main content time of ours over some nights before tonight.
fn ours(nights: &[Night], from: i32, to: i32) -> f64 {
    let mut values = Vec::new();
    for night in
        &nights[usize::try_from(NIGHTS - from).unwrap()..usize::try_from(NIGHTS - to).unwrap()]
    {
        for (plan, (outcome, _)) in night.plan.iter().zip(&night.outcomes) {
            if let Outcome::Measured(m) = outcome
                && plan.target == "harbour"
            {
                values.extend(m.values.get(Metric::Lcp));
            }
        }
    }
    values.iter().sum::<f64>() / values.len() as f64
}

fn states(night: &Night, target: &str, region: &str) -> Vec<VisitState> {
    night
        .plan
        .iter()
        .zip(&night.outcomes)
        .filter(|(p, _)| p.target == target && p.region == region)
        .map(|(_, (o, _))| o.state())
        .collect()
}

#[test]
fn the_same_seed_tells_the_same_story_and_another_another() {
    let first = told(7);
    assert_eq!(first.len(), 365);
    assert_eq!(first, told(7));
    assert_ne!(first, told(8));
    assert_eq!(first[0].date, date(2025, 11, 1));
    assert_eq!(first[364].date, date(2026, 10, 31));
}

#[test]
fn one_release_hurts_and_two_help() {
    let nights = told(7);
    let of = |i: usize| {
        let at = shops::RELEASES[i].0;
        ours(&nights, at, at - 15) / ours(&nights, at + 15, at)
    };
    assert!((0.94..1.06).contains(&of(0)), "{}", of(0));
    assert!(of(1) > 1.1, "{}", of(1));
    assert!(of(2) < 0.9, "{}", of(2));
    assert!(of(3) < 0.95, "{}", of(3));
}

#[test]
fn a_fortnight_is_blocked_and_a_region_is_down() {
    let nights = told(7);
    let night = |before: i32| &nights[usize::try_from(NIGHTS - before).unwrap()];
    for before in 99..=112 {
        let all = states(night(before), "kyoto", "sydney");
        assert!(all.iter().all(|s| *s == VisitState::Blocked), "{before}");
    }
    assert!(states(night(98), "kyoto", "sydney").contains(&VisitState::Ok));
    for before in 10..=12 {
        let all = states(night(before), "harbour", "paris");
        assert!(all.iter().all(|s| *s == VisitState::Missed), "{before}");
        assert!(states(night(before), "harbour", "sydney").contains(&VisitState::Ok));
    }
    assert!(states(night(9), "harbour", "paris").contains(&VisitState::Ok));
}
