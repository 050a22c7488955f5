//! `outpace visit`: one visit whole, on the terminal or as a page; without an id, the newest visits.

use std::path::PathBuf;

use anyhow::Context;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;

use super::failure::Failure;
use super::table::{self, Side};
use crate::cli::{Format, Global};
use crate::exit::Exit;
use crate::model::{Film, Metric, RequestFact, VisitRow, VisitState, WholeVisit, format};
use crate::report;
use crate::report::visit::VisitInput;
use crate::store::{self, OpenMode, Store, VisitFilter};

/// Visits that the list shows.
const LISTED: usize = 20;
/// Requests that are shown.
const REQUESTS: usize = 10;
/// Messages that are shown.
const MESSAGES: usize = 8;

/// Reads the id of a visit.
fn id(text: &str) -> Result<i64, String> {
    let wrong =
        |_| format!("`{text}` is no id: `outpace visit` lists the newest visits with theirs");
    text.parse().map_err(wrong)
}

/// Flags of `visit`.
#[derive(Debug, clap::Args)]
pub struct VisitArgs {
    /// The visit; without it the newest visits are listed
    #[arg(value_parser = id)]
    pub id: Option<i64>,
    /// List the visits of this run only
    #[arg(long, value_name = "ID", conflicts_with = "id")]
    pub run: Option<i64>,
    /// List the visits of this target only
    #[arg(long, value_name = "TARGET", conflicts_with = "id")]
    pub target: Option<String>,
    /// List visits of this state only: ok, failed, blocked or missed
    #[arg(long, value_name = "STATE", conflicts_with = "id")]
    pub state: Option<String>,
    /// Write the visit as one self-contained page
    #[arg(long, value_name = "FILE", requires = "id")]
    pub html: Option<PathBuf>,
    /// Keep its evidence for ever; needs `--why`
    #[arg(long, requires_all = ["id", "why"], conflicts_with = "unpin")]
    pub pin: bool,
    /// What points at it
    #[arg(long, value_name = "TEXT", requires = "pin")]
    pub why: Option<String>,
    /// Let its evidence go when its time has come
    #[arg(long, requires = "id")]
    pub unpin: bool,
}

/// The verb.
///
/// # Errors
/// Exit 2 for an unknown visit, exit 4 when there is none.
pub fn main(global: &Global, args: &VisitArgs) -> anyhow::Result<Exit> {
    let loaded = super::load(global)?;
    let zone = super::zone(&loaded.config)?;
    let database = &loaded.config.project.database;
    if args.pin || args.unpin {
        return pin(database, args, &zone);
    }
    let store = Store::open(database, OpenMode::ReadOnly)?;
    let Some(id) = args.id else {
        return list(global, &store, args, &zone);
    };
    let whole = store.whole(row(&store, id, &zone)?)?;
    if let Some(file) = &args.html {
        return html(&store, &whole, file, &zone);
    }
    match global.format {
        Format::Json => {
            let json = serde_json::to_string(&whole).context("could not write the visit")?;
            super::say(&json)
        }
        Format::Text => super::say(as_text(&whole, &zone).trim_end()),
    }
}

/// The row of a visit.
///
/// # Errors
/// Exit 2 when there is no such visit.
pub fn row(store: &Store, id: i64, zone: &TimeZone) -> anyhow::Result<VisitRow> {
    store.visit(id, zone)?.ok_or_else(|| {
        let hint = "`outpace visit` lists the newest visits";
        Failure::Usage(format!("there is no visit `{id}`\nhint: {hint}")).into()
    })
}

/// What is said where evidence was asked for and is not kept.
#[must_use]
pub fn nothing_kept(kind: &str) -> Failure {
    Failure::CannotTell(format!(
        "no evidence `{kind}` is kept\nhint: `outpace prune` ends evidence after its time; pin what is to stay: `outpace visit ID --pin --why TEXT`"
    ))
}

/// Writes the visit as a page.
fn html(
    store: &Store,
    whole: &WholeVisit,
    file: &std::path::Path,
    zone: &TimeZone,
) -> anyhow::Result<Exit> {
    super::files::write(file, page(store, whole, zone)?)?;
    super::say(&format!("wrote {}", file.display()))
}

/// The visit as a page.
pub(super) fn page(store: &Store, whole: &WholeVisit, zone: &TimeZone) -> anyhow::Result<String> {
    let id = whole.row.id;
    let screenshot = store.evidence(id, "screenshot")?.map(|(_, body)| body);
    let film = match store.evidence(id, "film")? {
        Some((_, body)) => Some(
            serde_json::from_slice::<Film>(&body)
                .context("the film of the visit does not read back")?,
        ),
        None => None,
    };
    let (film, film_size) = film.map_or((Vec::new(), (0, 0)), |film| {
        (film.frames, (film.width, film.height))
    });
    let note = if film.is_empty() {
        filmed(store, whole, zone)?
    } else {
        String::new()
    };
    report::visit::page(&VisitInput {
        visit: whole,
        when: &when(whole, zone),
        film: &film,
        film_size,
        screenshot: screenshot.as_deref(),
        note: &note,
    })
    .context("could not set the page")
}

/// Which visit of the same run shows the same page on film, in words; empty when none does.
fn filmed(store: &Store, whole: &WholeVisit, zone: &TimeZone) -> anyhow::Result<String> {
    let row = &whole.row;
    let filter = VisitFilter {
        run: Some(row.run),
        ..VisitFilter::default()
    };
    let place = |r: &VisitRow| [&r.target, &r.page, &r.region, &r.profile].map(String::clone);
    for other in store.visits(&filter, zone)? {
        let same = other.warm_up && place(&other) == place(row);
        if same && store.evidence(other.id, "film")?.is_some() {
            return Ok(format!(
                "Only warm-up visits are filmed, so that filming disturbs no figure. Visit {} of this run shows the same page on film.",
                other.id
            ));
        }
    }
    Ok(String::new())
}

fn when(visit: &WholeVisit, zone: &TimeZone) -> String {
    visit.row.started_at.map_or_else(
        || "not made".to_owned(),
        |t| {
            t.to_zoned(zone.clone())
                .strftime("%Y-%m-%d %H:%M:%S")
                .to_string()
        },
    )
}

fn pin(database: &std::path::Path, args: &VisitArgs, zone: &TimeZone) -> anyhow::Result<Exit> {
    let id = args.id.unwrap_or_default();
    let now = Timestamp::now();
    let _lock = store::writer_lock(database, now)?;
    let mut store = Store::open(database, OpenMode::ReadWrite)?;
    row(&store, id, zone)?;
    if args.unpin {
        let was = store.unpin_evidence(id)?;
        return super::say(if was {
            "unpinned: its evidence goes when its time has come"
        } else {
            "it was not pinned"
        });
    }
    let why = args.why.as_deref().unwrap_or_default();
    let new = store.pin_evidence(&[id], why, now)?;
    super::say(if new > 0 {
        "pinned: its evidence stays"
    } else {
        "it is pinned already; its first reason stays"
    })
}

fn list(global: &Global, store: &Store, args: &VisitArgs, zone: &TimeZone) -> anyhow::Result<Exit> {
    let state: Option<VisitState> = match &args.state {
        None => None,
        Some(word) => Some(word.parse().map_err(|_| {
            let known = "hint: there are `ok`, `failed`, `blocked` and `missed`";
            Failure::Usage(format!("`--state {word}` is no state\n{known}"))
        })?),
    };
    // Without a run, the newest: a list is for finding a visit of last night.
    let newest = store.runs()?.first().map(|r| r.id);
    let filter = VisitFilter {
        run: args.run.or(newest),
        ..VisitFilter::default()
    };
    let mut rows = store.visits(&filter, zone)?;
    rows.retain(|r| {
        state.is_none_or(|s| r.state == s) && args.target.as_ref().is_none_or(|t| &r.target == t)
    });
    if rows.is_empty() {
        let hint = "`outpace history` lists the nights, `--run ID` names a run";
        return Err(Failure::CannotTell(format!("there is no such visit\nhint: {hint}")).into());
    }
    if global.format == Format::Json {
        let json = serde_json::to_string(&rows).context("could not write the visits")?;
        return super::say(&json);
    }
    let left_out = rows.len().saturating_sub(LISTED);
    let header = [
        ("visit", Side::Right),
        ("round", Side::Right),
        ("target", Side::Left),
        ("page", Side::Left),
        ("region", Side::Left),
        ("profile", Side::Left),
        ("main content", Side::Right),
        ("state", Side::Left),
    ];
    let lines: Vec<Vec<String>> = rows.iter().rev().take(LISTED).map(listed).collect();
    let mut out = table::set(&header, &lines);
    if left_out > 0 {
        out.push_str(&format!("and {left_out} more of this run; "));
    }
    out.push_str("`outpace visit ID` shows one whole\n");
    super::say(out.trim_end())
}

fn listed(row: &VisitRow) -> Vec<String> {
    let lcp = row.values.get(Metric::Lcp);
    let why = row
        .reason
        .as_deref()
        .map_or(String::new(), |r| format!(" ({r})"));
    vec![
        row.id.to_string(),
        row.round.to_string(),
        row.target.clone(),
        row.page.clone(),
        row.region.clone(),
        row.profile.clone(),
        lcp.map_or_else(|| "-".to_owned(), format::seconds),
        format!("{}{why}", row.state),
    ]
}

fn as_text(visit: &WholeVisit, zone: &TimeZone) -> String {
    let mut out = head(visit, zone);
    out.push_str(&metrics(visit));
    out.push_str(&main_content(visit));
    out.push_str(&requests(visit));
    out.push_str(&said(visit));
    out.push_str(&kept(visit));
    out
}

fn head(visit: &WholeVisit, zone: &TimeZone) -> String {
    let row = &visit.row;
    let when = when(visit, zone);
    let warm_up = if row.warm_up { ", warm-up" } else { "" };
    let mut lines = vec![
        format!(
            "Visit {} · {}, {} · {when} · run {}, round {}{warm_up}",
            row.id, visit.target_name, row.page, row.run, row.round
        ),
        visit.url.clone(),
    ];
    if let Some(last) = visit.final_url.as_ref().filter(|u| **u != visit.url) {
        lines.push(format!("ended at {last}"));
    }
    if let Some(title) = visit.title.as_ref().filter(|t| !t.is_empty()) {
        lines.push(format!("title: {title}"));
    }
    lines.push(match &row.reason {
        Some(reason) => format!("{}: {reason}", row.state),
        None => row.state.to_string(),
    });
    if !row.flags.is_empty() {
        lines.push(format!("marked: {}", row.flags.join(", ")));
    }
    let environment = row.environment.as_deref().unwrap_or("unknown");
    lines.push(format!(
        "from {} as {} · {} · outpace {} · environment {environment}",
        row.region,
        row.profile,
        visit.browser.as_deref().unwrap_or("browser unknown"),
        visit.tool,
    ));
    lines.iter().map(|l| fitted(l)).collect()
}

/// A line of what pages and people wrote: no control character reaches the terminal, and what is
/// too wide is broken.
fn fitted(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let mut out = String::new();
    for line in table::wrapped(&plain).lines() {
        let mut column = 0;
        for c in line.chars() {
            let width = c.to_string().width();
            if column + width > 80 {
                out.push('\n');
                column = 0;
            }
            out.push(c);
            column += width;
        }
        out.push('\n');
    }
    out
}

fn metrics(visit: &WholeVisit) -> String {
    let header = [
        ("metric", Side::Left),
        ("", Side::Right),
        ("name", Side::Left),
    ];
    let mut rows: Vec<Vec<String>> = visit
        .row
        .values
        .iter()
        .map(|(m, v)| vec![m.label().to_owned(), format::value(m, v), m.to_string()])
        .collect();
    let custom = visit.attribution.custom.iter();
    rows.extend(custom.map(|(name, v)| {
        vec![
            "reported by the site".to_owned(),
            format::seconds(*v),
            fitted(name).trim_end().to_owned(),
        ]
    }));
    if rows.is_empty() {
        return String::new();
    }
    format!("\n{}", table::set(&header, &rows))
}

fn main_content(visit: &WholeVisit) -> String {
    let Some(element) = &visit.attribution.lcp_element else {
        return String::new();
    };
    let mut out = format!("\n{}", fitted(&format!("Main content: {element}")));
    if let Some(url) = &visit.attribution.lcp_url {
        out.push_str(&fitted(url));
    }
    let parts = [
        (Metric::LcpTtfb, "first byte"),
        (Metric::LcpLoadDelay, "until asked for"),
        (Metric::LcpLoadTime, "loading"),
        (Metric::LcpRenderDelay, "until shown"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter_map(|(m, words)| {
            Some(format!(
                "{words} {}",
                format::seconds(visit.row.values.get(*m)?)
            ))
        })
        .collect();
    if !parts.is_empty() {
        out.push_str(&fitted(&parts.join(" + ")));
    }
    out
}

fn requests(visit: &WholeVisit) -> String {
    if visit.requests.is_empty() {
        return String::new();
    }
    let mut slowest: Vec<&RequestFact> = visit.requests.iter().collect();
    slowest.sort_by(|a, b| took(b).total_cmp(&took(a)));
    let header = [
        ("from", Side::Right),
        ("took", Side::Right),
        ("size", Side::Right),
        ("status", Side::Right),
        ("type", Side::Left),
        ("address", Side::Left),
    ];
    let rows: Vec<Vec<String>> = slowest
        .iter()
        .take(REQUESTS)
        .map(|r| {
            let third = if r.third_party { "(third party) " } else { "" };
            let status = r.status.map_or_else(|| "-".to_owned(), |s| s.to_string());
            let error = r.error.as_ref().map_or(String::new(), |e| format!("{e} "));
            vec![
                format::seconds(r.start_ms),
                format::seconds(took(r)),
                format::bytes(r.bytes),
                status,
                r.kind.to_lowercase(),
                format!("{error}{third}{}", r.url),
            ]
        })
        .collect();
    let all = format::count(visit.requests.len() as u64, "request", "requests");
    let which = if visit.requests.len() > REQUESTS {
        format!("{all}, the {REQUESTS} slowest")
    } else {
        format!("{all}, slowest first")
    };
    format!("\n{which}\n{}", table::set(&header, &rows))
}

fn took(request: &RequestFact) -> f64 {
    request.last_ms() - request.start_ms
}

fn said(visit: &WholeVisit) -> String {
    let errors = &visit.attribution.errors;
    if errors.is_empty() {
        return String::new();
    }
    let mut out = "\nErrors\n".to_owned();
    for message in errors.iter().take(MESSAGES) {
        out.push_str(&fitted(message));
    }
    if errors.len() > MESSAGES {
        out.push_str(&format!("and {} more\n", errors.len() - MESSAGES));
    }
    out
}

fn kept(visit: &WholeVisit) -> String {
    if visit.kept.is_empty() {
        return "\nNo evidence is kept of it.\n".to_owned();
    }
    let pieces: Vec<String> = visit
        .kept
        .iter()
        .map(|k| format!("{} ({})", k.kind, format::bytes(k.stored_bytes as f64)))
        .collect();
    let pinned = visit
        .pinned
        .as_ref()
        .map_or(String::new(), |why| format!(", for ever: {why}"));
    format!(
        "\n{}",
        fitted(&format!("Kept: {}{pinned}", pieces.join(", ")))
    )
}
