//! Is this machine busy with something else? A visit beside a back-up measures the back-up.
//!
//! What the processors did is read from `/proc/stat`, time that a hypervisor gave to others
//! included. Where there is no such file nothing can be told, and nothing waits.

use std::time::{Duration, Instant};

/// How long the machine must be calm.
const WINDOW: Duration = Duration::from_millis(400);
/// How often it is looked at.
const STEP: Duration = Duration::from_millis(100);
/// How long is waited after a wait that was in vain: a machine that is busy all night shall not
/// make the night twice as long.
const AFTER_BUSY: Duration = Duration::from_secs(2);

/// Clock ticks since the machine was started, summed over its cores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ticks {
    busy: u64,
    all: u64,
}

/// What a look at the machine found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calm {
    /// It had nothing else to do.
    Yes,
    /// It had, for as long as we waited.
    No,
    /// Nobody asked, or it cannot be told here.
    Unknown,
}

/// Share of all processors below which a machine of so many cores is calm: half a core, but at
/// least a tenth of all.
#[must_use]
fn limit(cores: usize) -> f64 {
    (0.5 / cores.max(1) as f64).max(0.10)
}

/// The first line of `/proc/stat` (`man 5 proc_stat`): user, nice, system, idle, iowait, irq,
/// softirq, steal. Guest time is part of user time.
fn ticks(stat: &str) -> Option<Ticks> {
    let line = stat.lines().next()?.strip_prefix("cpu ")?;
    let fields: Vec<u64> = line
        .split_whitespace()
        .take(8)
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    let all: u64 = fields.iter().sum();
    let idle = fields.get(3)? + fields.get(4).unwrap_or(&0);
    Some(Ticks {
        busy: all - idle,
        all,
    })
}

/// Share of the processors that was busy between two looks; 0 when no time went by.
fn share(from: Ticks, to: Ticks) -> f64 {
    let all = to.all.saturating_sub(from.all);
    if all == 0 {
        return 0.0;
    }
    to.busy.saturating_sub(from.busy) as f64 / all as f64
}

/// What was seen since a wait began.
#[derive(Debug, Default)]
struct Looks(Vec<(Duration, Ticks)>);

impl Looks {
    /// Takes a look at `at` after the beginning; whether the last 400 ms were calm, once there are
    /// as many.
    fn add(&mut self, at: Duration, now: Ticks, limit: f64) -> bool {
        // The newest look that is old enough begins the window.
        let old_enough = |(then, _): &&(Duration, Ticks)| at.saturating_sub(*then) >= WINDOW;
        let before = self.0.iter().rev().find(old_enough);
        let calm = before.is_some_and(|(_, then)| share(*then, now) < limit);
        self.0.push((at, now));
        calm
    }
}

/// Waits for a calm machine; remembers whether the last wait was in vain.
#[derive(Debug, Default)]
pub struct Gate {
    in_vain: bool,
}

impl Gate {
    /// Waits until the processors were calm for 400 ms, at most for `longest`; zero looks at
    /// nothing.
    pub async fn wait(&mut self, longest: Duration) -> Calm {
        if longest.is_zero() {
            return Calm::Unknown;
        }
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let begun = Instant::now();
        let mut looks = Looks::default();
        loop {
            let Some(now) = std::fs::read_to_string("/proc/stat")
                .ok()
                .and_then(|stat| ticks(&stat))
            else {
                return Calm::Unknown;
            };
            let gone = begun.elapsed();
            let calm = looks.add(gone, now, limit(cores));
            if calm || gone >= self.patience(longest) {
                self.in_vain = !calm;
                return if calm { Calm::Yes } else { Calm::No };
            }
            tokio::time::sleep(STEP).await;
        }
    }

    /// How long this wait may be.
    fn patience(&self, longest: Duration) -> Duration {
        if self.in_vain {
            longest.min(AFTER_BUSY)
        } else {
            longest
        }
    }
}

/// Load average of the last minute; `None` where the system does not say.
#[must_use]
pub fn load_average() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_core_is_the_limit_but_never_under_a_tenth() {
        let near = |cores, expected: f64| assert!((limit(cores) - expected).abs() < 1e-9);
        near(1, 0.5);
        near(2, 0.25);
        near(4, 0.125);
        near(64, 0.10);
    }

    #[test]
    fn stolen_time_is_busy_and_waiting_for_a_disk_is_not() {
        let stat = "cpu  10 20 30 400 50 1 2 7 5 0\ncpu0 1 2 3 4\nintr 5\n";
        let expected = Ticks { busy: 70, all: 520 };
        assert_eq!(ticks(stat), Some(expected));
        assert_eq!(ticks("intr 5"), None);
        assert_eq!(ticks("cpu  1 x"), None);
    }

    /// When a machine is found calm that is busy by a share of its processors for so many
    /// milliseconds, and idle afterwards; looked at for 10 s.
    fn calm_after(share: f64, until: u64) -> Option<u64> {
        let mut looks = Looks::default();
        (0..10_000).step_by(100).find(|&ms| {
            let now = Ticks {
                busy: (share * ms.min(until) as f64) as u64,
                all: ms,
            };
            looks.add(Duration::from_millis(ms), now, 0.25)
        })
    }

    #[test]
    fn a_visit_waits_for_400_ms_of_calm() {
        assert_eq!(calm_after(0.0, 0), Some(400), "an idle machine");
        assert_eq!(calm_after(0.2, 10_000), Some(400), "under the limit");
        assert_eq!(calm_after(0.3, 10_000), None, "over it all the time");
        // 100 ms of the window may have been busy: 0.9 / 4 is under the limit.
        assert_eq!(calm_after(0.9, 3_000), Some(3_300));
    }

    #[test]
    fn a_machine_that_stays_busy_is_waited_for_once_and_then_only_briefly() {
        let half_a_minute = Duration::from_secs(30);
        let mut gate = Gate::default();
        assert_eq!(gate.patience(half_a_minute), half_a_minute);
        gate.in_vain = true;
        assert_eq!(gate.patience(half_a_minute), AFTER_BUSY);
        assert_eq!(gate.patience(STEP), STEP, "never longer than was asked");
    }
}
