//! When things start, and which of them now: cron expressions read in the project's zone.
//!
//! Pure: zone and now come in. `cron` says when, also over changes of the clock; `due` says what
//! becomes of each start. Starting anything is for `commands`.

mod cron;
mod due;
#[cfg(test)]
mod tests;

pub use cron::{BadCron, Cron, Start};
pub use due::{Decision, Job, Rules, Timetable, Waiting, covering, decide, jittered};

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// How often `expression` comes up after `from` and up to `until`.
///
/// # Errors
/// When the expression or the zone is not known.
pub fn nights(
    expression: &str,
    zone: &str,
    from: Timestamp,
    until: Timestamp,
) -> Result<u32, BadCron> {
    let known = TimeZone::get(zone).map_err(|e| BadCron::new(expression, e))?;
    let cron = Cron::parse(expression, &known)?;
    let (mut count, mut at) = (0, from);
    while let Some(start) = cron.next_after(at).filter(|s| s.at <= until) {
        count += 1;
        at = start.at;
    }
    Ok(count)
}
