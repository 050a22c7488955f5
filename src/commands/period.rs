//! Which nights: the flags that name them, and the period that a report is about.

use std::collections::BTreeSet;

use anyhow::Context;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::failure::Failure;
use crate::report::{Before, Period, PeriodKind};
use crate::store::{Store, VisitFilter};

/// Nights from which a stretch is compared with as many before it: an interval needs six.
const COMPARED_FROM: i32 = 6;

/// Which nights, by flags.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Span {
    /// One month, such as 2026-10
    #[arg(long, value_name = "YYYY-MM", conflicts_with_all = ["since", "until"])]
    pub month: Option<String>,
    /// From this night on
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub since: Option<Date>,
    /// Up to and with this night
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub until: Option<Date>,
}

/// Reads a date.
fn day(text: &str) -> Result<Date, String> {
    let wrong = |_| format!("`{text}` is no date: write year, month and day, such as 2026-10-31");
    text.parse().map_err(wrong)
}

impl Span {
    /// Whether no flag names nights.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.month.is_none() && self.since.is_none() && self.until.is_none()
    }

    /// ` in 2026-10`, ` since 2026-10-03 until 2026-10-05`; nothing where no flag names nights.
    fn said(&self) -> String {
        let month = self.month.iter().map(|m| format!(" in {m}"));
        let since = self.since.iter().map(|d| format!(" since {d}"));
        let until = self.until.iter().map(|d| format!(" until {d}"));
        month.chain(since).chain(until).collect()
    }

    /// First night and the day after the last; `None` where the flags leave it open.
    fn dates(&self) -> anyhow::Result<(Option<Date>, Option<Date>)> {
        if let Some(month) = &self.month {
            let first = month_start(month)?;
            return Ok((Some(first), Some(first.saturating_add(1.month()))));
        }
        let until = self.until.map(|d| d.saturating_add(1.day()));
        if let (Some(since), Some(until)) = (self.since, until)
            && since >= until
        {
            return Err(Failure::Usage(format!(
                "`--since {since}` is after `--until {}`\nhint: swap them",
                self.until.unwrap_or(since)
            ))
            .into());
        }
        Ok((self.since, until))
    }
}

fn month_start(month: &str) -> anyhow::Result<Date> {
    format!("{month}-01").parse().map_err(|_| {
        Failure::Usage(format!(
            "`--month {month}` is no month\nhint: write year and month, such as 2026-10"
        ))
        .into()
    })
}

/// The stored visits that the flags mean; all by default.
///
/// # Errors
/// Exit 2 for a month that is none.
pub fn filter(span: &Span, zone: &TimeZone) -> anyhow::Result<VisitFilter> {
    let (since, until) = span.dates()?;
    Ok(VisitFilter {
        since: since.map(|d| midnight(d, zone)).transpose()?,
        until: until.map(|d| midnight(d, zone)).transpose()?,
        run: None,
    })
}

pub(super) fn midnight(date: Date, zone: &TimeZone) -> anyhow::Result<Timestamp> {
    let start = date
        .to_zoned(zone.clone())
        .with_context(|| format!("{date} cannot be placed in the project's zone"))?;
    Ok(start.timestamp())
}

/// The period that a report is about. By default the month of the last night; when that is the
/// only night of its month, that night.
///
/// # Errors
/// Exit 4 when there are no nights.
pub fn period(span: &Span, store: &Store, zone: &TimeZone) -> anyhow::Result<Period> {
    let (since, until) = span.dates()?;
    let nights: BTreeSet<Date> = store
        .run_starts()?
        .iter()
        .map(|at| at.to_zoned(zone.clone()).date())
        .filter(|d| since.is_none_or(|s| *d >= s) && until.is_none_or(|u| *d < u))
        .collect();
    let (Some(&first), Some(&last)) = (nights.first(), nights.last()) else {
        return Err(Failure::CannotTell(format!(
            "there is no night to report on{}\nhint: `outpace history` lists the nights, `outpace run` measures one",
            span.said()
        ))
        .into());
    };
    if span.month.is_some() || (since.is_none() && until.is_none()) {
        let start = last.first_of_month();
        let of_month = nights.range(start..).count();
        if span.month.is_none() && of_month == 1 {
            return Ok(night(last));
        }
        return Ok(month(start));
    }
    let (since, until) = (
        since.unwrap_or(first),
        until.unwrap_or(last.saturating_add(1.day())),
    );
    if since.saturating_add(1.day()) == until {
        return Ok(night(since));
    }
    let days = since.until(until).map_or(0, |s| s.get_days());
    Ok(Period {
        since,
        until,
        // Fewer could not be compared, whatever they say.
        before: (days >= COMPARED_FROM).then(|| Before::Nights(days.unsigned_abs())),
        kind: PeriodKind::Span,
    })
}

fn night(date: Date) -> Period {
    Period {
        since: date,
        until: date.saturating_add(1.day()),
        before: None,
        kind: PeriodKind::Night,
    }
}

fn month(start: Date) -> Period {
    let before = start.saturating_sub(1.month());
    Period {
        since: start,
        until: start.saturating_add(1.month()),
        before: Some(Before::Month(before)),
        kind: PeriodKind::Month,
    }
}
