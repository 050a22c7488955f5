//! When a host may be visited: one visit at a time, and rivals' hosts a distance apart.
//!
//! Time is a `Duration` since some start, passed in, so that a night can be tried out in no time.

use std::collections::BTreeMap;
use std::time::Duration;

/// Hosts and when each is free again.
#[derive(Debug, Clone, Default)]
pub struct Gate {
    hosts: BTreeMap<String, Host>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Host {
    busy: bool,
    free_at: Duration,
}

impl Gate {
    /// When a visit of `host` may start; `None` while another is under way.
    #[must_use]
    pub fn free_at(&self, host: &str) -> Option<Duration> {
        match self.hosts.get(host) {
            None => Some(Duration::ZERO),
            Some(h) if h.busy => None,
            Some(h) => Some(h.free_at),
        }
    }

    /// The first of `hosts` that is free soonest, and when; `None` while all are being visited.
    #[must_use]
    pub fn soonest<'a>(&self, hosts: impl Iterator<Item = &'a str>) -> Option<(usize, Duration)> {
        hosts
            .enumerate()
            .filter_map(|(i, host)| Some((i, self.free_at(host)?)))
            .min_by_key(|&(i, at)| (at, i))
    }

    /// Takes a host for a visit.
    pub fn take(&mut self, host: &str) {
        self.hosts.entry(host.to_owned()).or_default().busy = true;
    }

    /// Gives a host back after a visit that started at `started`; the next may start `distance`
    /// after that.
    pub fn give_back(&mut self, host: &str, started: Duration, distance: Duration) {
        let entry = self.hosts.entry(host.to_owned()).or_default();
        entry.busy = false;
        entry.free_at = entry.free_at.max(started + distance);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn a_host_under_visit_is_left_alone_and_then_kept_at_a_distance() {
        let mut gate = Gate::default();
        let hosts = ["a", "b"];
        assert_eq!(gate.soonest(hosts.into_iter()), Some((0, s(0))));
        gate.take("a");
        assert_eq!(gate.soonest(hosts.into_iter()), Some((1, s(0))));
        gate.take("b");
        assert_eq!(gate.soonest(hosts.into_iter()), None);
        gate.give_back("a", s(10), s(60));
        assert_eq!(gate.soonest(hosts.into_iter()), Some((0, s(70))));
        gate.give_back("b", s(12), s(0));
        assert_eq!(gate.soonest(hosts.into_iter()), Some((1, s(12))));
    }
}
