//! When things start: cron expressions read in the project's zone.
//!
//! Pure: zone and now come in. For now it only counts nights for `plan`; starting them is for the
//! service to come.

use jiff::Timestamp;

/// A cron expression that cannot be read, or a zone that is not known.
#[derive(Debug, thiserror::Error)]
#[error("cron expression `{expression}` in zone `{zone}`: {why}")]
pub struct BadCron {
    expression: String,
    zone: String,
    why: String,
}

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
    let bad = |e: &dyn std::fmt::Display| BadCron {
        expression: expression.to_owned(),
        zone: zone.to_owned(),
        why: e.to_string(),
    };
    let cron = cronexpr::parse_crontab(&format!("{expression} {zone}")).map_err(|e| bad(&e))?;
    let starts = cron
        .iter_after(from.to_string().as_str())
        .map_err(|e| bad(&e))?;
    let mut count = 0;
    for start in starts {
        if start.map_err(|e| bad(&e))?.timestamp() > until {
            break;
        }
        count += 1;
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nightly_plan_has_365_nights_and_a_weekly_one_52() {
        let from: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let until: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
        let of = |e: &str| nights(e, "Australia/Sydney", from, until).unwrap();
        assert_eq!(of("0 2 * * *"), 365);
        assert_eq!(of("0 2 * * 1"), 52);
        assert!(nights("0 2 * *", "UTC", from, until).is_err());
    }
}
