//! `outpace diff A B`: what changed between two visits, runs or releases of our own site.
//!
//! Says what differs and how much of the shift it can explain; whether the shift is more than
//! chance is `outpace check`'s to say. The comparison is `analysis::causes`'s.

use jiff::tz::TimeZone;
use serde_json::json;

use super::check::{explain_rows, own};
use super::failure::Failure;
use super::table::{self, Side};
use crate::analysis::causes::{Causes, Seen, causes};
use crate::cli::{Format, Global};
use crate::config::Config;
use crate::exit::Exit;
use crate::model::{Metric, RequestFact, VisitRow, format};
use crate::store::{OpenMode, Store, VisitFilter};

/// Visits of one side that are looked at: evidence is large, and medians need no more.
pub(super) const MOST: usize = 60;

/// Flags of `diff`.
#[derive(Debug, clap::Args)]
pub struct DiffArgs {
    /// What it was: `visit:ID`, `run:ID` or `release:VERSION`
    #[arg(value_name = "A")]
    a: String,
    /// What it is now, likewise
    #[arg(value_name = "B")]
    b: String,
    /// Only this page kind
    #[arg(long, value_name = "KIND")]
    page: Option<String>,
    /// Only this region
    #[arg(long, value_name = "ID")]
    region: Option<String>,
    /// Only this profile
    #[arg(long, value_name = "ID")]
    profile: Option<String>,
    /// The metric whose shift is explained
    #[arg(long, value_name = "METRIC", default_value = "lcp")]
    metric: Metric,
}

/// The verb.
///
/// # Errors
/// Exit 2 for what is not stored, 4 where nothing can be compared.
pub fn main(global: &Global, args: &DiffArgs) -> anyhow::Result<Exit> {
    let loaded = super::load(global)?;
    let config = &loaded.config;
    let zone = super::zone(config)?;
    let store = Store::open(&config.project.database, OpenMode::ReadOnly)?;
    let a = rows(config, &store, &zone, (&args.a, args))?;
    let b = rows(config, &store, &zone, (&args.b, args))?;
    let mut found = Vec::new();
    if let ([one], [other]) = (a.as_slice(), b.as_slice()) {
        // Two visits are compared whatever they are of.
        let name = one.page.clone();
        found.push((name, compare(&store, (&[one], &[other]), args.metric)?));
    } else {
        let mut pages: Vec<&str> = a.iter().map(|r| r.page.as_str()).collect();
        pages.sort_unstable();
        pages.dedup();
        for page in pages {
            let of = |rows: &'_ [VisitRow]| -> Vec<usize> {
                (0..rows.len()).filter(|&i| rows[i].page == page).collect()
            };
            let side = |rows: &'_ [VisitRow]| of(rows).into_iter().rev().take(MOST).collect();
            let (ia, ib): (Vec<usize>, Vec<usize>) = (side(&a), side(&b));
            let ra: Vec<&VisitRow> = ia.iter().map(|&i| &a[i]).collect();
            let rb: Vec<&VisitRow> = ib.iter().map(|&i| &b[i]).collect();
            if !rb.is_empty() {
                found.push((page.to_owned(), compare(&store, (&ra, &rb), args.metric)?));
            }
        }
    }
    if found.is_empty() {
        return Err(Failure::CannotTell(format!(
            "`{}` and `{}` have no measured visit of one page in common\nhint: leave `--page`, \
             `--region` and `--profile` out, or measure first: `outpace run`",
            args.a, args.b
        ))
        .into());
    }
    show(global, &found)
}

fn show(global: &Global, found: &[(String, Causes)]) -> anyhow::Result<Exit> {
    if global.format == Format::Json {
        let all: Vec<_> = found
            .iter()
            .map(|(page, c)| json!({ "page": page, "sentences": c.sentences(), "causes": c }))
            .collect();
        return super::say(&json!(all).to_string());
    }
    let mut out = String::new();
    for (page, c) in found {
        out += &format!(
            "{page}: {} against {}\n",
            format::count(c.visits.1 as u64, "visit", "visits"),
            c.visits.0
        );
        for sentence in c.sentences() {
            out += &table::wrapped(&sentence);
        }
        let parts: Vec<Vec<String>> = c
            .parts
            .iter()
            .map(|p| {
                vec![
                    p.metric.label().to_owned(),
                    format::value(p.metric, p.a),
                    format::value(p.metric, p.b),
                ]
            })
            .collect();
        if !parts.is_empty() {
            let header = [("part", Side::Left), ("A", Side::Right), ("B", Side::Right)];
            out += &table::set(&header, &parts);
        }
        let rows = explain_rows(c);
        if !rows.is_empty() {
            let header = [
                ("what", Side::Left),
                ("change", Side::Left),
                ("explains", Side::Right),
            ];
            out += &table::set(&header, &rows);
        }
        out.push('\n');
    }
    super::say(out.trim_end())
}

/// The measured visits that a word means, oldest first.
fn rows(
    config: &Config,
    store: &Store,
    zone: &TimeZone,
    (word, args): (&str, &DiffArgs),
) -> anyhow::Result<Vec<VisitRow>> {
    let wrong = || {
        Failure::Usage(format!(
            "`{word}` is nothing that can be compared\nhint: write `visit:12`, `run:5` or \
             `release:v1.4`"
        ))
    };
    let (kind, name) = word.split_once(':').ok_or_else(wrong)?;
    let id = || name.parse::<i64>().map_err(|_| wrong());
    let filter = match kind {
        "visit" => {
            let row = super::visit::row(store, id()?, zone)?;
            return Ok(vec![row]);
        }
        "run" => VisitFilter {
            run: Some(id()?),
            ..VisitFilter::default()
        },
        "release" => {
            let Some(release) = store.release(name)? else {
                return Err(super::release::unknown(store, name)?.into());
            };
            let all = store.releases()?;
            VisitFilter {
                since: Some(release.at),
                until: all.iter().find(|r| r.at > release.at).map(|r| r.at),
                run: None,
            }
        }
        _ => return Err(wrong().into()),
    };
    let own = own(config)?;
    let profile = args.profile.clone();
    let profile = profile.or_else(|| config.profiles.first().map(|p| p.id.clone()));
    let mut rows = store.visits(&filter, zone)?;
    rows.retain(|r| {
        r.target == own.id
            && r.counts()
            && args.page.as_ref().is_none_or(|p| *p == r.page)
            && args.region.as_ref().is_none_or(|p| *p == r.region)
            && profile.as_ref().is_none_or(|p| *p == r.profile)
    });
    Ok(rows)
}

/// What changed from some visits to others of one page, by what is stored of them.
///
/// # Errors
/// What the database says.
pub(super) fn compare(
    store: &Store,
    (a, b): (&[&VisitRow], &[&VisitRow]),
    metric: Metric,
) -> anyhow::Result<Causes> {
    let side = |rows: &[&VisitRow]| -> anyhow::Result<Vec<Seen>> {
        rows.iter().map(|r| seen(store, r)).collect()
    };
    Ok(causes(&side(a)?, &side(b)?, metric))
}

/// A visit with its evidence; where that was pruned, its figures alone.
fn seen(store: &Store, row: &VisitRow) -> anyhow::Result<Seen> {
    let requests: Vec<RequestFact> = match store.evidence(row.id, "requests")? {
        Some((_, body)) => serde_json::from_slice(&body)?,
        None => Vec::new(),
    };
    Ok(Seen {
        values: row.values.clone(),
        attribution: store.attribution(row.id)?.unwrap_or_default(),
        requests,
    })
}
