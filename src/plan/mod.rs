//! Config and seed to an ordered, interleaved list of visits, and what it costs whom.
//!
//! Pure: the same config and seed give the same plan. A round visits every target and page once in
//! random order, a separate order for each region; the first round is warm-up. When a visit may
//! really start, so that no host is visited twice at once or too soon, is said by [`Gate`], which
//! the runner and the estimate share.

pub mod estimate;
pub mod gate;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::config::Config;
use crate::model::{PlannedVisit, Region};

pub use estimate::{Estimate, Known, RivalCost, estimate};
pub use gate::Gate;

/// What will be visited, in which order.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Seed of the order.
    pub seed: u64,
    /// Rounds besides the warm-up round.
    pub rounds: u32,
    /// All visits; `seq` is the place in this list.
    pub visits: Vec<PlannedVisit>,
}

/// Makes the plan of a run.
#[must_use]
pub fn make(config: &Config, seed: u64) -> Plan {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut visits = Vec::new();
    for round in 0..=config.measure.rounds {
        let mut orders: Vec<Vec<PlannedVisit>> = config
            .regions
            .iter()
            .map(|region| {
                let mut order = everything(config, region, round);
                order.shuffle(&mut rng);
                order.reverse();
                order
            })
            .collect();
        // Regions side by side: one visit of each in turn.
        while orders.iter().any(|o| !o.is_empty()) {
            visits.extend(orders.iter_mut().filter_map(Vec::pop));
        }
    }
    for (seq, visit) in visits.iter_mut().enumerate() {
        visit.seq = u32::try_from(seq).expect("a plan has fewer than 2^32 visits");
    }
    Plan {
        seed,
        rounds: config.measure.rounds,
        visits,
    }
}

/// Every target, page and profile once, from one region.
fn everything(config: &Config, region: &Region, round: u32) -> Vec<PlannedVisit> {
    let mut all = Vec::new();
    for target in config.visited() {
        for page in &target.pages {
            for profile in &config.profiles {
                all.push(PlannedVisit {
                    seq: 0,
                    round,
                    target: target.id.clone(),
                    page: page.kind.clone(),
                    region: region.id.clone(),
                    profile: profile.id.clone(),
                    url: page.url.clone(),
                });
            }
        }
    }
    all
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::{
        Browser, Device, DriverEndpoint, Manners, Measure, Network, Page, Profile, Project,
        ReportSettings, Role, Schedule, Target,
    };
    use std::collections::BTreeSet;
    use std::time::Duration;

    fn target(id: &str, role: Role, market: &str) -> Target {
        let page = |kind: &str| Page {
            kind: kind.into(),
            url: format!("https://{id}.example/{kind}").parse().unwrap(),
            expect: None,
        };
        Target {
            id: id.into(),
            name: id.to_uppercase(),
            role,
            market: market.into(),
            first_party: vec![],
            robots_override: None,
            consent: Default::default(),
            pages: vec![page("home"), page("product")],
        }
    }

    fn region(id: &str, driver: DriverEndpoint) -> Region {
        Region {
            id: id.into(),
            name: id.into(),
            market: "AU".into(),
            driver,
            ..Region::default()
        }
    }

    /// Three targets with two pages each, two regions, two rounds, 60 s distance.
    pub(crate) fn config() -> Config {
        Config {
            project: Project {
                name: "Test".into(),
                timezone: "UTC".into(),
                home_market: "AU".into(),
                reference: None,
                database: "test.db".into(),
                contact: "https://own.example/bench".parse().unwrap(),
                egress: None,
            },
            measure: Measure {
                rounds: 2,
                quiet: Duration::from_secs(2),
                timeout: Duration::from_secs(60),
                calm: Duration::ZERO,
            },
            control: None,
            targets: vec![
                target("own", Role::Own, "AU"),
                target("rival", Role::Rival, "AU"),
                target("far", Role::Rival, "US"),
            ],
            regions: vec![
                region("sydney", DriverEndpoint::Local),
                region(
                    "grid",
                    DriverEndpoint::Remote("http://grid.example:4444/".parse().unwrap()),
                ),
            ],
            profiles: vec![Profile {
                id: "phone".into(),
                browser: Browser::Chrome,
                device: Device::Phone,
                network: Network::None,
            }],
            manners: Manners {
                distance: Duration::from_secs(60),
                daily_page_views: 500,
                daily_bytes: 2_000_000_000,
                block_beacons: true,
                beacons: vec![],
            },
            schedule: Schedule::default(),
            channels: Vec::new(),
            alerts: crate::model::AlertSettings { false_a_month: 1.0 },
            evidence: crate::model::EvidenceSettings {
                keep: Duration::from_secs(30 * 24 * 3600),
            },
            secrets: crate::model::Secrets::default(),
            report: ReportSettings {
                expectation: Duration::from_secs(3),
                leaders: Duration::from_secs(2),
                language: crate::model::ReportLanguage::default(),
                url: None,
            },
            business: None,
            budgets: vec![],
        }
    }

    #[test]
    fn every_round_visits_everything_once_from_every_region() {
        let plan = make(&config(), 7);
        assert_eq!(plan.visits.len(), 3 * 2 * 2 * 3);
        for round in 0..=2 {
            for region in ["sydney", "grid"] {
                let seen: Vec<_> = plan
                    .visits
                    .iter()
                    .filter(|v| v.round == round && v.region == region)
                    .map(|v| (v.target.clone(), v.page.clone()))
                    .collect();
                assert_eq!(seen.len(), 6);
                assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 6);
            }
        }
        let rounds: Vec<u32> = plan.visits.iter().map(|v| v.round).collect();
        assert!(rounds.is_sorted(), "rounds follow each other");
        assert!(
            plan.visits
                .iter()
                .enumerate()
                .all(|(i, v)| v.seq as usize == i)
        );
        assert!(plan.visits.iter().all(|v| v.warm_up() == (v.round == 0)));
    }

    #[test]
    fn the_seed_makes_the_order() {
        assert_eq!(make(&config(), 7), make(&config(), 7));
        assert_ne!(make(&config(), 7).visits, make(&config(), 8).visits);
        let order = |round: u32| -> Vec<String> {
            make(&config(), 7)
                .visits
                .iter()
                .filter(|v| v.round == round && v.region == "sydney")
                .map(|v| v.url.to_string())
                .collect()
        };
        assert_ne!(order(1), order(2), "each round has an order of its own");
    }

    #[test]
    fn regions_go_side_by_side() {
        let plan = make(&config(), 7);
        for pair in plan.visits.chunks(2) {
            assert_eq!(pair[0].region, "sydney");
            assert_eq!(pair[1].region, "grid");
        }
    }
}
