//! `outpace history`: the nights so far, each with our main content time and the best overseas.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::json;

use super::gather::{self, Rows, Span, View};
use super::table::{self, Side};
use crate::analysis::{self, Field, Scope};
use crate::cli::{Format, Global};
use crate::config::Config;
use crate::exit::Exit;
use crate::model::{Role, VisitRow, VisitState, format};
use crate::store::{OpenMode, Store};

/// Flags of `history`.
#[derive(Debug, clap::Args)]
pub struct HistoryArgs {
    /// Which nights; all by default
    #[command(flatten)]
    pub span: Span,
    /// Page kind; our first by default
    #[arg(long, value_name = "KIND")]
    pub page: Option<String>,
    /// From where each site is seen
    #[arg(long, value_enum, default_value_t)]
    pub view: View,
    /// List what changed level, with the release nearest to it, instead of the nights
    #[arg(long, conflicts_with_all = ["page", "view"])]
    pub changes: bool,
}

/// One night.
struct Night {
    date: Date,
    field: Field,
    visits: u32,
    lost: u32,
}

/// The verb.
///
/// # Errors
/// Exit 4 when there is no night.
pub fn main(global: &Global, args: &HistoryArgs) -> anyhow::Result<Exit> {
    let loaded = super::load(global)?;
    let config = &loaded.config;
    let zone = super::zone(config)?;
    if args.changes {
        let store = Store::open(&config.project.database, OpenMode::ReadOnly)?;
        return super::changes::main(global, config, &store, &args.span);
    }
    let kinds = gather::page_kinds(config);
    let page = match &args.page {
        Some(kind) if !kinds.contains(kind) => {
            return Err(super::failure::Failure::Usage(format!(
                "no target has a page `{kind}`\nhint: there are {}",
                format::list(&kinds)
            ))
            .into());
        }
        Some(kind) => kind.clone(),
        None => kinds.first().cloned().unwrap_or_default(),
    };
    let filter = gather::filter(&args.span, &zone)?;
    let store = Store::open(&config.project.database, OpenMode::ReadOnly)?;
    let scope = gather::scope_of(config, &page, args.view)?;
    let nights = nights(config, store.visits(&filter, &zone)?, &scope);
    if nights.is_empty() {
        return Err(super::failure::Failure::CannotTell(
            "no night was measured in this time\nhint: `outpace run` measures one".to_owned(),
        )
        .into());
    }
    match global.format {
        Format::Json => super::say(&as_json(config, &nights).to_string()),
        Format::Text => super::say(as_text(config, &page, &nights).trim_end()),
    }
}

fn nights(config: &Config, rows: Vec<VisitRow>, scope: &Scope) -> Vec<Night> {
    let mut by_date: BTreeMap<Date, Vec<VisitRow>> = BTreeMap::new();
    for row in rows {
        by_date.entry(row.night).or_default().push(row);
    }
    by_date
        .into_iter()
        .map(|(date, now)| {
            let planned = now.iter().filter(|r| !r.warm_up);
            let (visits, lost) = planned.fold((0, 0), |(all, lost), r| {
                (all + 1, lost + u32::from(r.state != VisitState::Ok))
            });
            let rows = Rows {
                now,
                before: Vec::new(),
                other_consent: 0,
                gone: 0,
                incumbents: BTreeMap::new(),
            };
            Night {
                date,
                field: analysis::field(&gather::input(config, &rows), scope),
                visits,
                lost,
            }
        })
        .collect()
}

/// (ours, best overseas and its name, how far we are behind), in milliseconds.
fn figures<'a>(config: &'a Config, field: &'a Field) -> (Option<f64>, Option<(&'a str, f64)>) {
    let median = |id: &str| {
        let standing = field.standings.iter().find(|s| s.target == id);
        standing.and_then(|s| s.summary.median)
    };
    let own = config.targets.iter().find(|t| t.role == Role::Own);
    let best = field.benchmark.as_ref().and_then(|b| {
        let target = config.targets.iter().find(|t| t.id == b.target)?;
        Some((target.name.as_str(), median(&b.target)?))
    });
    (own.and_then(|t| median(&t.id)), best)
}

fn as_json(config: &Config, nights: &[Night]) -> serde_json::Value {
    let all: Vec<_> = nights
        .iter()
        .map(|n| {
            let (own, best) = figures(config, &n.field);
            json!({
                "night": n.date, "visits": n.visits, "lost": n.lost, "own_ms": own,
                "best_overseas": n.field.benchmark.as_ref().map(|b| &b.target),
                "best_overseas_ms": best.map(|b| b.1), "field": n.field,
            })
        })
        .collect();
    json!(all)
}

fn as_text(config: &Config, page: &str, nights: &[Night]) -> String {
    let header = [
        ("night", Side::Left),
        ("us", Side::Right),
        ("best overseas", Side::Right),
        ("", Side::Left),
        ("behind", Side::Right),
        ("visits", Side::Right),
        ("lost", Side::Right),
    ];
    let dash = || "-".to_owned();
    let rows: Vec<Vec<String>> = nights
        .iter()
        .map(|n| {
            let (own, best) = figures(config, &n.field);
            let behind = own.zip(best).map(|(o, (_, b))| o - b);
            vec![
                n.date.to_string(),
                own.map_or_else(dash, format::seconds),
                best.map_or_else(dash, |b| format::seconds(b.1)),
                best.map_or_else(String::new, |b| b.0.to_owned()),
                behind.map_or_else(dash, |ms| format!("{:+.1} s", ms / 1000.0)),
                n.visits.to_string(),
                n.lost.to_string(),
            ]
        })
        .collect();
    let metric = nights.last().map_or("", |n| n.field.scope.metric.label());
    let view = match nights.last() {
        Some(n) if !n.field.scope.own_market.is_empty() => ", each site in its own market",
        _ => "",
    };
    format!(
        "{page}, {metric}, median of the night{view}\n{}",
        table::set(&header, &rows)
    )
}
