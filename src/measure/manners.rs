//! Manners towards rivals during a run: caps, hosts that told us to wait, pages that robots.txt
//! keeps us from, and how far apart loads are.
//!
//! Pure but for the randomness it is seeded with. What earlier runs caused comes in with
//! [`Standing`]; what this run causes is counted here and told to whoever stores it.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::model::{
    Caused, HostMemory, HostStop, Manners, Outcome, PlannedVisit, Role, Target, format,
};
use crate::vitals::validity;

/// Distances are stretched by up to this share, so that loads do not come like clockwork.
const JITTER: f64 = 0.25;
/// A host that told us to wait is left alone for so long: the night, and a second start of it.
const NIGHT: SignedDuration = SignedDuration::from_hours(12);
/// No `Retry-After` keeps us away for longer.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 7);

/// How we stand with rivals when a run begins.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// Page views that each target had in the last 24 hours.
    pub views: BTreeMap<String, u32>,
    /// Bytes that they took.
    pub bytes: BTreeMap<String, f64>,
    /// What is remembered of each host.
    pub hosts: BTreeMap<String, HostMemory>,
    /// Why robots.txt keeps us from a page, by target and page kind.
    pub refused: BTreeMap<(String, String), String>,
    /// Distance that the robots.txt of a host asks for.
    pub delays: BTreeMap<String, Duration>,
}

/// The manners of a run under way.
#[derive(Debug)]
pub(super) struct Courtesy {
    rules: Manners,
    standing: Standing,
    rng: ChaCha8Rng,
}

impl Courtesy {
    pub(super) fn new(rules: Manners, standing: Standing, seed: u64) -> Self {
        Courtesy {
            rules,
            standing,
            rng: ChaCha8Rng::seed_from_u64(seed),
        }
    }

    /// Why a visit must not be made, if it must not.
    pub(super) fn refusal(&self, target: &Target, visit: &PlannedVisit) -> Option<String> {
        if target.role == Role::Own {
            return None;
        }
        let key = (visit.target.clone(), visit.page.clone());
        if let Some(reason) = self.standing.refused.get(&key) {
            return Some(reason.clone());
        }
        if let Some((until, why)) = self.memory(visit.host()).and_then(|h| h.stopped.as_ref()) {
            let until = until.strftime("%Y-%m-%d %H:%M UTC");
            return Some(format!("told to wait: {why}; left alone until {until}"));
        }
        let views = self.standing.views.get(&visit.target).copied();
        let cap = self.rules.daily_page_views;
        if views.unwrap_or_default() >= cap {
            return Some(format!("daily cap: {cap} page views in 24 hours"));
        }
        let bytes = self.standing.bytes.get(&visit.target).copied();
        let cap = self.rules.daily_bytes as f64;
        if bytes.unwrap_or_default() >= cap {
            return Some(format!("daily cap: {} in 24 hours", format::bytes(cap)));
        }
        None
    }

    /// Counts page views before they are made, so that no second region makes them too.
    pub(super) fn count_views(&mut self, target: &str, views: u32) {
        *self.standing.views.entry(target.to_owned()).or_default() += views;
    }

    /// Counts the bytes of a visit, and notes what the site said about coming again.
    pub(super) fn settle(
        &mut self,
        target: &Target,
        visit: &PlannedVisit,
        (outcome, caused): (&Outcome, &Caused),
        now: Timestamp,
    ) -> Option<HostStop> {
        *self.standing.bytes.entry(visit.target.clone()).or_default() += caused.bytes;
        let (Outcome::Measured(m) | Outcome::NotMeasured(_, m)) = outcome;
        let wait = validity::told_to_wait(&m.flags).filter(|_| target.role == Role::Rival)?;
        let reason = match outcome {
            Outcome::NotMeasured(failure, _) => failure.reason.clone(),
            Outcome::Measured(_) => "part of the page was refused, or `Retry-After`".to_owned(),
        };
        let asked = SignedDuration::try_from(wait.unwrap_or_default()).unwrap_or(LONGEST);
        let until = now + asked.clamp(NIGHT, LONGEST);
        let memory = self
            .standing
            .hosts
            .entry(visit.host().to_owned())
            .or_default();
        memory.stopped = Some((until, reason.clone()));
        Some(HostStop {
            host: visit.host().to_owned(),
            target: visit.target.clone(),
            at: now,
            until,
            reason,
        })
    }

    /// Time from a load of a host to the next.
    pub(super) fn distance(&mut self, target: &Target, host: &str) -> Duration {
        if target.role == Role::Own {
            return Duration::ZERO;
        }
        let jitter: f64 = self.rng.random_range(0.0..JITTER);
        distance(&self.rules, &self.standing, host).mul_f64(1.0 + jitter)
    }

    /// How long each host has to be left alone yet because of a load before this run.
    pub(super) fn owed(&mut self, targets: &[&Target], now: Timestamp) -> Vec<(String, Duration)> {
        let mut owed = Vec::new();
        for target in targets {
            for page in &target.pages {
                let host = page.url.host_str().unwrap_or_default();
                let last = self.memory(host).and_then(|m| m.last_load);
                let Some(last) = last.filter(|_| target.role == Role::Rival) else {
                    continue;
                };
                let since = Duration::try_from(now.duration_since(last)).unwrap_or_default();
                let left = self.distance(target, host).saturating_sub(since);
                owed.push((host.to_owned(), left));
            }
        }
        owed
    }

    fn memory(&self, host: &str) -> Option<&HostMemory> {
        self.standing.hosts.get(host)
    }
}

/// Distance to a host before jitter: that of the file, grown where the host told us to wait, and
/// not less than its `Crawl-delay`.
#[must_use]
pub fn distance(rules: &Manners, standing: &Standing, host: &str) -> Duration {
    let factor = standing.hosts.get(host).map_or(1, |m| m.factor.max(1));
    let delay = standing.delays.get(host).copied().unwrap_or_default();
    rules.distance.saturating_mul(factor).max(delay)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Failure, FailureKind, Measurement, Page};

    fn rules() -> Manners {
        Manners {
            distance: Duration::from_secs(60),
            daily_page_views: 2,
            daily_bytes: 1_000,
            block_beacons: true,
            beacons: vec![],
        }
    }

    fn rival() -> Target {
        Target {
            id: "far".into(),
            name: "Far".into(),
            role: Role::Rival,
            market: "US".into(),
            first_party: vec![],
            robots_override: None,
            consent: Default::default(),
            pages: vec![Page {
                kind: "home".into(),
                url: "https://far.example/".parse().unwrap(),
                expect: None,
            }],
        }
    }

    fn visit() -> PlannedVisit {
        PlannedVisit {
            seq: 0,
            round: 1,
            target: "far".into(),
            page: "home".into(),
            region: "r".into(),
            profile: "p".into(),
            url: "https://far.example/".parse().unwrap(),
        }
    }

    fn answered(flags: &[&str]) -> Outcome {
        let m = Measurement {
            flags: flags.iter().map(|&f| f.to_owned()).collect(),
            ..Measurement::default()
        };
        Outcome::NotMeasured(
            Failure::new(FailureKind::Blocked, "status: 429"),
            Box::new(m),
        )
    }

    fn now() -> Timestamp {
        "2026-11-23T01:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_host_that_says_wait_is_left_alone_for_the_night_or_as_long_as_it_says() {
        for (flag, hours) in [
            ("told_to_wait", 12),
            ("told_to_wait=60", 12),
            ("told_to_wait=172800", 48),
            ("told_to_wait=99999999999", 24 * 7),
        ] {
            let mut c = Courtesy::new(rules(), Standing::default(), 1);
            assert_eq!(c.refusal(&rival(), &visit()), None);
            let outcome = answered(&[flag]);
            let stop = c
                .settle(&rival(), &visit(), (&outcome, &Caused::default()), now())
                .unwrap();
            assert_eq!(stop.until, now() + SignedDuration::from_hours(hours));
            let why = c.refusal(&rival(), &visit()).unwrap();
            assert!(why.starts_with("told to wait: status: 429; left"), "{why}");
        }
    }

    #[test]
    fn what_is_no_request_to_wait_stops_nothing_and_our_own_site_is_never_left_alone() {
        let mut c = Courtesy::new(rules(), Standing::default(), 1);
        let caused = Caused::default();
        let outcome = answered(&["retried"]);
        assert_eq!(
            c.settle(&rival(), &visit(), (&outcome, &caused), now()),
            None
        );
        let own = Target {
            role: Role::Own,
            ..rival()
        };
        let outcome = answered(&["told_to_wait"]);
        assert_eq!(c.settle(&own, &visit(), (&outcome, &caused), now()), None);
        assert_eq!(c.distance(&own, "far.example"), Duration::ZERO);
    }

    #[test]
    fn both_caps_hold() {
        let mut c = Courtesy::new(rules(), Standing::default(), 1);
        c.count_views("far", 2);
        assert_eq!(
            c.refusal(&rival(), &visit()).unwrap(),
            "daily cap: 2 page views in 24 hours"
        );
        let mut c = Courtesy::new(rules(), Standing::default(), 1);
        let caused = Caused {
            bytes: 1_000.0,
            ..Caused::default()
        };
        let ok = Outcome::Measured(Box::default());
        assert_eq!(c.settle(&rival(), &visit(), (&ok, &caused), now()), None);
        let why = c.refusal(&rival(), &visit()).unwrap();
        assert!(why.starts_with("daily cap: 1"), "{why}");
    }

    #[test]
    fn the_longest_of_distance_growth_and_crawl_delay_counts() {
        let mut standing = Standing::default();
        let of = |s: &Standing| distance(&rules(), s, "far.example").as_secs();
        assert_eq!(of(&standing), 60);
        let memory = HostMemory {
            factor: 4,
            ..HostMemory::default()
        };
        standing.hosts.insert("far.example".into(), memory);
        assert_eq!(of(&standing), 240);
        let delay = Duration::from_secs(600);
        standing.delays.insert("far.example".into(), delay);
        assert_eq!(of(&standing), 600);
    }

    #[test]
    fn distance_holds_across_runs() {
        let mut standing = Standing::default();
        let memory = HostMemory {
            last_load: Some(now() - SignedDuration::from_secs(10)),
            factor: 1,
            stopped: None,
        };
        standing.hosts.insert("far.example".into(), memory);
        let mut c = Courtesy::new(rules(), standing, 1);
        let owed = c.owed(&[&rival()], now());
        assert_eq!(owed.len(), 1);
        let left = owed[0].1.as_secs_f64();
        assert!((50.0..65.0).contains(&left), "{left}");
    }
}
