//! `outpace history --changes`: the nights on which something changed level, and what was released
//! about then.
//!
//! Also where others ask for the trend of what is stored: it is computed on demand from columns,
//! which takes about a second for a year, and never stored.

use anyhow::Context;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use super::failure::Failure;
use super::gather::Span;
use super::table::{self, Side};
use crate::analysis::trend::{self, Event, Trend, What};
use crate::cli::{Format, Global};
use crate::config::Config;
use crate::exit::Exit;
use crate::model::{Metric, Release, Role, format};
use crate::store::{Store, VisitFilter};

/// False alerts that are put up with, a month, over all series.
const FALSE_A_MONTH: f64 = 2.0;
/// Days from a shift within which a release is named beside it.
const NEAR_DAYS: i32 = 7;

/// Everything that changed in main content shown until a time, by default until now.
///
/// # Errors
/// When the database cannot be read.
pub fn trend_of(store: &Store, zone: &TimeZone, filter: &VisitFilter) -> anyhow::Result<Trend> {
    let points = store.points(filter, zone, Metric::Lcp)?;
    Ok(trend::trend(&trend::groups(&points), FALSE_A_MONTH))
}

/// # Errors
/// Exit 4 where no night has visits enough for a change of level to be seen at all.
fn looked_at(store: &Store, zone: &TimeZone, filter: &VisitFilter) -> anyhow::Result<()> {
    let points = store.points(filter, zone, Metric::Lcp)?;
    let most = trend::groups(&points).into_values().flatten().map(|n| n.n);
    match most.max().unwrap_or(0) {
        most if most >= trend::NIGHT_FROM => Ok(()),
        most => Err(Failure::CannotTell(format!(
            "a change of level is looked for in nights with {} valid visits of a page from a region, \
             and there is no night with more than {most}\nhint: `rounds` of [measure] is how often a \
             night visits each page; `outpace history` shows the nights as they are",
            trend::NIGHT_FROM
        ))
        .into()),
    }
}

/// The verb with its flag `--changes`. The nights asked for are those of the shifts; the nights
/// before them are read all the same, for a shift is one against what was before.
///
/// # Errors
/// When the database cannot be read.
pub fn main(global: &Global, config: &Config, store: &Store, span: &Span) -> anyhow::Result<Exit> {
    let zone = super::zone(config)?;
    let shown = super::gather::filter(span, &zone)?;
    let read = VisitFilter {
        since: None,
        ..shown
    };
    looked_at(store, &zone, &read)?;
    let mut found = trend_of(store, &zone, &read)?;
    if let Some(since) = shown.since {
        let first = since.to_zoned(zone.clone()).date();
        found.events.retain(|e| e.night >= first);
        found.incidents.retain(|i| i.night >= first);
    }
    let releases = store.releases().context("releases cannot be read")?;
    let changes: Vec<Change<'_>> = found
        .events
        .iter()
        .map(|event| Change {
            event,
            release: is_own(config, event)
                .then(|| nearest(&releases, event.night, &zone))
                .flatten(),
        })
        .collect();
    match global.format {
        Format::Json => super::say(&as_json(&found, &changes).to_string()),
        Format::Text => super::say(as_text(config, &found, &changes).trim_end()),
    }
}

/// An event with the release that lies nearest to it.
struct Change<'a> {
    event: &'a Event,
    release: Option<&'a Release>,
}

fn is_own(config: &Config, event: &Event) -> bool {
    let What::Site { target } = &event.what else {
        return false;
    };
    let of = config.targets.iter().find(|t| t.id == *target);
    of.is_some_and(|t| t.role == Role::Own)
}

fn nearest<'a>(releases: &'a [Release], night: Date, zone: &TimeZone) -> Option<&'a Release> {
    let away = |r: &Release| {
        let date = r.at.to_zoned(zone.clone()).date();
        date.until(night).map_or(i32::MAX, |s| s.get_days().abs())
    };
    let found = releases.iter().min_by_key(|r| away(r))?;
    (away(found) <= NEAR_DAYS).then_some(found)
}

fn as_json(found: &Trend, changes: &[Change<'_>]) -> serde_json::Value {
    let events: Vec<_> = changes
        .iter()
        .map(|c| json!({ "event": c.event, "release": c.release }))
        .collect();
    json!({
        "metric": Metric::Lcp, "changes": events, "incidents": found.incidents,
        "suspects": found.suspects, "p_star": found.p_star,
        "false_alerts_a_month": found.false_a_month,
    })
}

fn as_text(config: &Config, found: &Trend, changes: &[Change<'_>]) -> String {
    let header = [
        ("since", Side::Left),
        ("who", Side::Left),
        ("change", Side::Right),
        ("95 %", Side::Right),
        ("where", Side::Left),
        ("release", Side::Left),
    ];
    let rows: Vec<Vec<String>> = changes.iter().map(|c| row(config, c)).collect();
    let mut out = format!(
        "{}, level shifts of the nightly median, newest first\n",
        Metric::Lcp.label()
    );
    if rows.is_empty() {
        out.push_str("No change of level was found.\n");
    } else {
        out.push_str(&table::set(&header, &rows));
    }
    let beside = [
        (
            found.incidents.len(),
            "single night apart",
            "single nights apart",
        ),
        (
            found.suspects.len(),
            "series under suspicion",
            "series under suspicion",
        ),
    ];
    let beside: Vec<String> = beside
        .iter()
        .filter(|(n, _, _)| *n > 0)
        .map(|(n, one, many)| format::count(*n as u64, one, many))
        .collect();
    if !beside.is_empty() {
        out.push_str(&format!(
            "Besides: {} (--format json lists them).\n",
            format::list(&beside)
        ));
    }
    out.push_str(&table::wrapped(&format!(
        "Found at p <= {:e}: about {:.1} false alerts a month over all series.",
        found.p_star, found.false_a_month
    )));
    out
}

fn row(config: &Config, change: &Change<'_>) -> Vec<String> {
    let event = change.event;
    let name = |id: &str| {
        let target = config.targets.iter().find(|t| t.id == id);
        target.map_or_else(|| id.to_owned(), |t| t.name.clone())
    };
    let who = match &event.what {
        What::Site { target } => name(target),
        What::Region { region } => format!("all sites from {region}"),
    };
    // The interval of the cell that stands in the middle.
    let mut by_size: Vec<_> = event.cells.iter().collect();
    by_size.sort_by(|a, b| a.share.point.total_cmp(&b.share.point));
    let percent = |share: f64| format!("{:+.1}", share * 100.0);
    let interval = by_size
        .get(by_size.len() / 2)
        .map_or_else(String::new, |c| {
            format!("{}..{}", percent(c.share.lower), percent(c.share.upper))
        });
    let mut places: Vec<String> = event
        .cells
        .iter()
        .map(|c| format!("{}/{}/{}", c.page, c.region, c.profile))
        .collect();
    let first = if places.is_empty() {
        String::new()
    } else {
        places.remove(0)
    };
    let place = match places.len() {
        0 => first,
        more => format!("{first} +{more}"),
    };
    vec![
        event.night.to_string(),
        who,
        format!("{} %", percent(event.share)),
        interval,
        place,
        change
            .release
            .map_or_else(String::new, |r| r.version.clone()),
    ]
}
