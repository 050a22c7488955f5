//! The next start of a cron expression in a zone, each start once, whatever the clock does.
//!
//! An expression names civil times. A civil time that a change of the clock leaves out (02:30 on
//! the night that goes from 02:00 to 03:00) starts as much later as the clock was put forward; one
//! that comes twice starts the first time. So a night is neither skipped nor doubled.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A cron expression that cannot be read, or a zone that is not known.
#[derive(Debug, thiserror::Error)]
#[error("cron expression `{expression}`: {why}")]
pub struct BadCron {
    expression: String,
    why: String,
}

impl BadCron {
    pub(super) fn new(expression: &str, why: impl std::fmt::Display) -> BadCron {
        BadCron {
            expression: expression.to_owned(),
            why: why.to_string(),
        }
    }
}

/// Further than any zone ever put its clock in one go, the calendar's changes of date aside.
const AROUND: SignedDuration = SignedDuration::from_hours(4);

/// An expression and its zone.
#[derive(Debug, Clone)]
pub struct Cron {
    civil: cronexpr::Crontab,
    zone: TimeZone,
}

/// A start: the civil time that names it, and the instant at which it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Start {
    /// The instant.
    pub at: Timestamp,
    /// The civil time of the expression.
    pub local: DateTime,
}

impl Cron {
    /// Reads five fields.
    ///
    /// # Errors
    /// When they are none.
    pub fn parse(expression: &str, zone: &TimeZone) -> Result<Cron, BadCron> {
        // Civil times are counted as if in UTC, which knows no change of the clock.
        let civil = cronexpr::parse_crontab(&format!("{expression} UTC"))
            .map_err(|e| BadCron::new(expression, e))?;
        Ok(Cron {
            civil,
            zone: zone.clone(),
        })
    }

    /// The first start after an instant; `None` when there is none (30 February).
    #[must_use]
    pub fn next_after(&self, instant: Timestamp) -> Option<Start> {
        let here = self.zone.to_datetime(instant);
        let from = if self.is_steady(instant) {
            here
        } else {
            here.checked_sub(AROUND).ok()?
        };
        let mut cursor = TimeZone::UTC.to_timestamp(from).ok()?;
        let mut best: Option<Start> = None;
        loop {
            let next = self.civil.find_next(cursor.to_string().as_str()).ok();
            let Some(next) = next.map(|z| z.timestamp()) else {
                return best;
            };
            cursor = next;
            let local = TimeZone::UTC.to_datetime(next);
            if let Some(best) = best.filter(|b| local > b.local.saturating_add(AROUND)) {
                return Some(best);
            }
            let at = self.zone.to_ambiguous_timestamp(local).compatible().ok()?;
            if at > instant && best.is_none_or(|b| at < b.at) {
                let start = Start { at, local };
                // Where the clock is not put, later civil times are later instants.
                if self.is_steady(at) {
                    return Some(start);
                }
                best = Some(start);
            }
        }
    }

    /// Whether the clock is not put around this instant.
    fn is_steady(&self, instant: Timestamp) -> bool {
        let offset = |around| {
            let at = instant.saturating_add(around).unwrap_or(instant);
            self.zone.to_offset(at)
        };
        offset(-AROUND) == offset(AROUND)
    }
}
