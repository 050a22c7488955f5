//! What time it is: the system's, or a faster one for rehearsals.
//!
//! `OUTPACE_CLOCK=2026-11-23T00:00:00Z@3600` lets the service live an hour a second from that moment
//! on, and every process that it starts with it. Visits are timed by the real clock always.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// Name of the variable.
pub const VARIABLE: &str = "OUTPACE_CLOCK";

/// A clock that may run faster than the real one.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    rehearsal: Option<(Timestamp, Instant, f64)>,
}

static CLOCK: LazyLock<Clock> = LazyLock::new(|| Clock {
    rehearsal: std::env::var(VARIABLE).ok().and_then(|v| parse(&v)),
});

fn parse(text: &str) -> Option<(Timestamp, Instant, f64)> {
    let (from, speed) = text.split_once('@')?;
    let speed: f64 = speed.parse().ok()?;
    (speed.is_finite() && speed >= 1.0).then_some((from.parse().ok()?, Instant::now(), speed))
}

/// The clock of this process.
#[must_use]
pub fn clock() -> Clock {
    *CLOCK
}

/// What time it is by the clock of this process.
#[must_use]
pub fn now() -> Timestamp {
    CLOCK.now()
}

impl Clock {
    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let Some((from, anchor, speed)) = self.rehearsal else {
            return Timestamp::now();
        };
        let gone = SignedDuration::from_secs_f64(anchor.elapsed().as_secs_f64() * speed);
        from.saturating_add(gone).unwrap_or(Timestamp::MAX)
    }

    /// How long a span of this clock's time really takes.
    #[must_use]
    pub fn real(&self, span: Duration) -> Duration {
        span.div_f64(self.rehearsal.map_or(1.0, |(_, _, speed)| speed))
    }

    /// Value of the variable for a process that is started now.
    #[must_use]
    pub fn handed_on(&self) -> Option<String> {
        let (_, _, speed) = self.rehearsal?;
        Some(format!("{}@{speed}", self.now()))
    }

    /// Whether it is the real one.
    #[must_use]
    pub fn is_real(&self) -> bool {
        self.rehearsal.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rehearsal_runs_as_fast_as_it_says_and_garbage_is_the_real_clock() {
        let clock = Clock {
            rehearsal: parse("2026-11-23T00:00:00Z@86400"),
        };
        let first = clock.now();
        assert!(first >= "2026-11-23T00:00:00Z".parse::<Timestamp>().unwrap());
        assert_eq!(
            clock.real(Duration::from_secs(86_400)),
            Duration::from_secs(1)
        );
        assert!(clock.now() > first);
        for bad in [
            "",
            "2026@1",
            "2026-11-23T00:00:00Z",
            "2026-11-23T00:00:00Z@0.5",
        ] {
            assert!(parse(bad).is_none(), "{bad}");
        }
    }
}
