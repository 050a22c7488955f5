//! The weekly digest of lane C from the database: once a week, after the first night decided in it.
//!
//! Ranks need 14 nights, so they are those of 28 nights against the 28 before; the rest is the week
//! against the 28 nights before it.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::gather;
use super::schedule::view;
use crate::alerts::{self, NowBefore, PageWeek, RivalWeek};
use crate::analysis::stats::quantile::median;
use crate::analysis::{PointsInput, Scope, field_of_points, summary_of_points};
use crate::config::Config;
use crate::model::{BlackoutEffect, Condition, Metric, Points, Role, VisitState};
use crate::store::{Decided, Store, VisitFilter};

/// Totals that show a page rebuilt.
const TOTALS: [Metric; 4] = [
    Metric::Requests,
    Metric::TransferBytes,
    Metric::JsBytes,
    Metric::ImageBytes,
];

/// Adds the digest of the last whole week to a decision, unless it was made before or there was no
/// night in that week.
///
/// # Errors
/// What the database says.
pub(super) fn add(
    config: &Config,
    store: &Store,
    decided: &mut Decided,
    now: Timestamp,
) -> anyhow::Result<()> {
    let zone = super::zone(config)?;
    let today = now.to_zoned(zone.clone()).date();
    let back = i64::from(today.weekday().since(Weekday::Monday));
    let monday = today.saturating_sub(back.days());
    let known = store.last_alerts(1000)?;
    let key = format!("C:digest:{monday}");
    let span = Spans {
        store,
        zone: &zone,
        monday,
    };
    if known.iter().any(|k| k.key == key) || !span.has_nights()? {
        return Ok(());
    }
    let holding = alerts::field_week(&pages(config, &span)?, &rivals(config, &span)?);
    let open = || {
        known
            .iter()
            .filter(|k| k.lane == crate::model::Lane::C && k.state == "open")
    };
    for alert in open().filter(|o| !holding.iter().any(|h| h.key == o.key)) {
        let why = "not sent: the digest tells what begins".to_owned();
        decided.recovered.push((alert.id, why));
    }
    let begun = holding
        .into_iter()
        .filter(|h| !open().any(|o| o.key == h.key));
    let (muted, told) = sorted(config, store, begun, now)?;
    let message = alerts::digest(&config.project.name, monday, &told, now);
    let word = match told.is_empty() {
        true => "not sent: nothing to tell of the field".to_owned(),
        false => message.id.clone(),
    };
    let done = Condition {
        key,
        lane: crate::model::Lane::C,
        cause: String::new(),
        what: message.title.clone(),
        detail: String::new(),
        facts: crate::model::Facts::default(),
    };
    decided.logged.push((done, word.clone()));
    decided.opened.extend(muted);
    decided
        .opened
        .extend(told.iter().map(|c| (c.clone(), word.clone())));
    if !told.is_empty() {
        let channels = view::channels_for(config, &message);
        decided.messages.push((message, channels));
    }
    Ok(())
}

/// What is muted or falls into a blackout, with why, and what is told.
type Sorted = (Vec<(Condition, String)>, Vec<Condition>);

fn sorted(
    config: &Config,
    store: &Store,
    begun: impl Iterator<Item = Condition>,
    now: Timestamp,
) -> anyhow::Result<Sorted> {
    let mutes = store.mutes(now)?;
    let local = super::zone(config)?.to_datetime(now);
    let blackouts = &config.schedule.blackouts;
    let blackout = crate::schedule::covering(blackouts, BlackoutEffect::Alerts, local);
    let (mut muted, mut told) = (Vec::new(), Vec::new());
    for condition in begun {
        let mute = mutes.iter().find(|m| condition.key.starts_with(&m.pattern));
        match (mute, blackout) {
            (Some(m), _) => {
                let why = format!("not sent: muted, {} until {}", m.reason, m.until);
                muted.push((condition, why));
            }
            (None, Some(b)) => {
                muted.push((condition, format!("not sent: blackout `{}`", b.name)));
            }
            (None, None) => told.push(condition),
        }
    }
    Ok((muted, told))
}

struct Spans<'a> {
    store: &'a Store,
    zone: &'a TimeZone,
    monday: Date,
}

impl Spans<'_> {
    fn filter(&self, from: i64, to: i64) -> anyhow::Result<VisitFilter> {
        let at = |days: i64| gather::midnight(self.monday.saturating_sub(days.days()), self.zone);
        Ok(VisitFilter {
            since: Some(at(from)?),
            until: Some(at(to)?),
            run: None,
        })
    }

    /// Visits from so many to so many days before the Monday.
    fn points(&self, metric: Metric, from: i64, to: i64) -> anyhow::Result<Points> {
        let filter = self.filter(from, to)?;
        Ok(self.store.points(&filter, self.zone, metric)?)
    }

    fn week(&self, metric: Metric) -> anyhow::Result<NowBefore<Points>> {
        Ok(NowBefore {
            now: self.points(metric, 7, 0)?,
            before: self.points(metric, 35, 7)?,
        })
    }

    fn has_nights(&self) -> anyhow::Result<bool> {
        let filter = self.filter(7, 0)?;
        let within = |at: Timestamp| filter.since <= Some(at) && Some(at) < filter.until;
        Ok(self.store.runs()?.iter().any(|r| within(r.started_at)))
    }
}

fn pages(config: &Config, span: &Spans<'_>) -> anyhow::Result<Vec<PageWeek>> {
    let month = span.points(Metric::Lcp, 28, 0)?;
    let month_before = span.points(Metric::Lcp, 56, 28)?;
    let none = Points {
        metric: Metric::Lcp,
        places: Vec::new(),
    };
    let week = span.week(Metric::Lcp)?;
    let field = |now, before, scope: &Scope| {
        let input = PointsInput {
            now,
            before,
            targets: &config.targets,
            home_market: &config.project.home_market,
            incumbent: None,
            reference: config.project.reference.as_deref(),
        };
        field_of_points(&input, scope)
    };
    let own = config.targets.iter().find(|t| t.role == Role::Own);
    let own = own.map(|t| t.id.as_str());
    let of = |kind: String| {
        let scope = gather::scope(config, &kind);
        let (now, before) = (
            field(&month, &month_before, &scope),
            field(&month_before, &none, &scope),
        );
        let rank = |field: &crate::analysis::Field| {
            let of = field
                .standings
                .iter()
                .find(|s| Some(s.target.as_str()) == own);
            of.and_then(|s| s.rank.clone().ok())
        };
        let best = now.benchmark.as_ref().and_then(|best| {
            let of = |points| summary_of_points(points, &best.target, &scope).median;
            let medians = NowBefore {
                now: of(&week.now)?,
                before: of(&week.before)?,
            };
            Some((best.target.clone(), medians))
        });
        PageWeek {
            rank: rank(&now)
                .zip(rank(&before))
                .map(|(now, before)| NowBefore { now, before }),
            best,
            page: kind,
        }
    };
    Ok(gather::page_kinds(config).into_iter().map(of).collect())
}

fn rivals(config: &Config, span: &Spans<'_>) -> anyhow::Result<Vec<RivalWeek>> {
    let states = span.week(Metric::Lcp)?;
    let totals: Vec<(Metric, NowBefore<Points>)> = TOTALS
        .into_iter()
        .map(|m| Ok((m, span.week(m)?)))
        .collect::<anyhow::Result<_>>()?;
    let rivals = config.targets.iter().filter(|t| t.role == Role::Rival);
    let of = |target: &str| RivalWeek {
        target: target.to_owned(),
        refused: NowBefore {
            now: refused(&states.now, target),
            before: refused(&states.before, target),
        },
        totals: totals
            .iter()
            .filter_map(|(m, points)| {
                let (now, before) = (total(&points.now, target)?, total(&points.before, target)?);
                Some((*m, NowBefore { now, before }))
            })
            .collect(),
    };
    Ok(rivals.map(|t| of(&t.id)).collect())
}

fn of_target<'p>(
    points: &'p Points,
    target: &'p str,
) -> impl Iterator<Item = &'p crate::model::Point> {
    let places = points
        .places
        .iter()
        .filter(move |(p, _)| p.target == target);
    places.flat_map(|(_, all)| all)
}

fn refused(points: &Points, target: &str) -> f64 {
    let made = of_target(points, target).filter(|p| p.state != VisitState::Missed);
    let (mut all, mut blocked) = (0.0_f64, 0.0);
    for point in made {
        all += 1.0;
        blocked += f64::from(u8::from(point.state == VisitState::Blocked));
    }
    blocked / all.max(1.0)
}

fn total(points: &Points, target: &str) -> Option<f64> {
    let values: Vec<f64> = of_target(points, target).filter_map(|p| p.value).collect();
    median(&values)
}
