//! One visit as a page of its own: figures, main content, filmstrip, waterfall, errors, picture.
//!
//! One file without script and without outside part; what pages say stays text. Reading the visit
//! from the store is left to `commands`.

mod filmstrip;
#[cfg(test)]
mod tests;
mod waterfall;

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::fonts::faces;
use super::text::{clean, glue, shorten};
use crate::model::{Frame, Metric, VisitState, WholeVisit, format};
use filmstrip::Still;
use waterfall::Width;

/// Its own rules, after those that all reports share.
const STYLE: &str = include_str!("visit.css");
/// What all reports share.
const HOUSE: &str = include_str!("../style.css");
/// Longest address, in characters, that is printed whole.
const LONGEST: usize = 300;

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct VisitInput<'a> {
    /// The visit.
    pub visit: &'a WholeVisit,
    /// When it was made, in the project's zone, in words.
    pub when: &'a str,
    /// Its film; empty when it was not filmed.
    pub film: &'a [Frame],
    /// Width and height of its frames, pixels.
    pub film_size: (u32, u32),
    /// The picture at the end, as JPEG.
    pub screenshot: Option<&'a [u8]>,
    /// Where else to look, such as the filmed visit of the same page; may be empty.
    pub note: &'a str,
}

/// The view model: strings ready to print.
#[derive(Template)]
#[template(path = "visit.html", config = "src/report/askama.toml")]
struct Page {
    title: String,
    css: String,
    kicker: String,
    heading: String,
    ledes: Vec<String>,
    figures: Vec<(String, String)>,
    element: Option<String>,
    element_url: Option<String>,
    parts: Vec<Part>,
    film: Vec<Still>,
    note: String,
    wide: String,
    narrow: String,
    requests: String,
    left_out: Option<String>,
    errors: Vec<String>,
    console: Vec<(String, String)>,
    metrics: Vec<(String, String, String)>,
    screenshot: Option<String>,
    facts: Vec<(&'static str, String)>,
}

/// A part of the time until main content was shown.
struct Part {
    words: &'static str,
    time: String,
    /// Share of the whole, per cent.
    share: String,
    class: &'static str,
}

/// The page.
///
/// # Errors
/// When the template fails, which plain strings give it no occasion to.
pub fn page(input: &VisitInput<'_>) -> Result<String, askama::Error> {
    let visit = input.visit;
    let (film, pictures) = filmstrip::strip(visit, input.film);
    let picture = input.screenshot.filter(|b| filmstrip::is_jpeg(b));
    Page {
        title: format!("Visit {} of {}", visit.row.id, clean(&visit.target_name)),
        css: format!("{}{HOUSE}\n{STYLE}\n{}{pictures}", faces(), shape(input)),
        kicker: kicker(input),
        heading: heading(visit),
        ledes: ledes(visit),
        figures: figures(visit),
        element: visit.attribution.lcp_element.as_deref().map(clean),
        element_url: visit.attribution.lcp_url.as_deref().map(address),
        parts: parts(visit),
        film,
        note: clean(input.note),
        wide: waterfall::waterfall(visit, Width::Wide),
        narrow: waterfall::waterfall(visit, Width::Narrow),
        requests: format::count(visit.requests.len() as u64, "request", "requests"),
        left_out: waterfall::left_out(visit),
        errors: visit
            .attribution
            .errors
            .iter()
            .map(|e| message(e))
            .collect(),
        console: console(visit),
        metrics: metrics(visit),
        screenshot: picture.map(|bytes| STANDARD.encode(bytes)),
        facts: facts(visit),
    }
    .render()
}

/// Pictures of the film are as high as its frames are.
fn shape(input: &VisitInput<'_>) -> String {
    match input.film_size {
        (0, _) | (_, 0) => String::new(),
        (width, height) => format!(".film .still{{height:auto;aspect-ratio:{width}/{height}}}\n"),
    }
}

fn kicker(input: &VisitInput<'_>) -> String {
    let row = &input.visit.row;
    let warm_up = if row.warm_up { " (warm-up)" } else { "" };
    format!(
        "{} · {} · {} · run {}, round {}{warm_up}",
        clean(&input.visit.target_name),
        clean(&row.page),
        clean(input.when),
        row.run,
        row.round
    )
}

fn heading(visit: &WholeVisit) -> String {
    let row = &visit.row;
    let shown = row.values.get(Metric::Lcp).map(format::seconds);
    match (row.state, shown) {
        (VisitState::Ok, Some(time)) => {
            glue(&format!("Visit {}: main content after {time}", row.id))
        }
        (VisitState::Ok, None) => format!("Visit {}: measured", row.id),
        (state, _) => format!("Visit {}: {state}", row.id),
    }
}

fn ledes(visit: &WholeVisit) -> Vec<String> {
    let mut ledes = vec![address(&visit.url)];
    if let Some(reason) = &visit.row.reason {
        ledes.push(format!("{}: {}", visit.row.state, message(reason)));
    }
    if let Some(last) = visit.final_url.as_ref().filter(|u| **u != visit.url) {
        ledes.push(format!("Ended at {}", address(last)));
    }
    if let Some(title) = visit.title.as_ref().filter(|t| !t.is_empty()) {
        ledes.push(format!("Title: {}", clean(title)));
    }
    ledes
}

fn figures(visit: &WholeVisit) -> Vec<(String, String)> {
    [
        (Metric::Ttfb, "server reply"),
        (Metric::Fcp, "first content"),
        (Metric::Lcp, "main content"),
        (Metric::Load, "page load"),
        (Metric::Tbt, "busy time"),
        (Metric::Cls, "layout jumps"),
        (Metric::Requests, "requests"),
        (Metric::TransferBytes, "bytes"),
    ]
    .into_iter()
    .filter_map(|(metric, words)| {
        let value = visit.row.values.get(metric)?;
        Some((words.to_owned(), glue(&format::value(metric, value))))
    })
    .collect()
}

fn parts(visit: &WholeVisit) -> Vec<Part> {
    let parts = [
        (Metric::LcpTtfb, "server reply", "p1"),
        (Metric::LcpLoadDelay, "until it was asked for", "p2"),
        (Metric::LcpLoadTime, "while it loaded", "p3"),
        (Metric::LcpRenderDelay, "until it was painted", "p4"),
    ];
    let values = parts
        .iter()
        .filter_map(|&(m, words, class)| Some((words, class, visit.row.values.get(m)?)));
    let values: Vec<_> = values.collect();
    let whole: f64 = values.iter().map(|v| v.2).sum();
    values
        .into_iter()
        .map(|(words, class, ms)| Part {
            words,
            class,
            time: glue(&format::seconds(ms)),
            share: format!("{:.2}", 100.0 * ms / whole.max(1.0)),
        })
        .collect()
}

fn console(visit: &WholeVisit) -> Vec<(String, String)> {
    let lines = visit.console.iter().take(60);
    lines
        .map(|l| (clean(&l.level.to_lowercase()), message(&l.text)))
        .collect()
}

fn metrics(visit: &WholeVisit) -> Vec<(String, String, String)> {
    let ours = visit.row.values.iter().map(|(m, v)| {
        let value = glue(&format::value(m, v));
        (m.label().to_owned(), value, m.to_string())
    });
    let custom = visit.attribution.custom.iter().map(|(name, v)| {
        let value = glue(&format::seconds(*v));
        ("reported by the site".to_owned(), value, clean(name))
    });
    ours.chain(custom).collect()
}

fn facts(visit: &WholeVisit) -> Vec<(&'static str, String)> {
    let row = &visit.row;
    let mut facts = vec![
        ("From", clean(&row.region)),
        ("As", clean(&row.profile)),
        ("outpace", clean(&visit.tool)),
    ];
    let mut add = |name, value: Option<String>| facts.extend(value.map(|v| (name, clean(&v))));
    add("Browser", visit.browser.clone());
    add("Environment", row.environment.clone());
    add(
        "Marked",
        (!row.flags.is_empty()).then(|| row.flags.join(", ")),
    );
    add("Kept for ever", visit.pinned.clone());
    let kept: Vec<String> = visit
        .kept
        .iter()
        .map(|k| format!("{} {}", k.kind, format::bytes(k.stored_bytes as f64)))
        .collect();
    add("Evidence", (!kept.is_empty()).then(|| kept.join(", ")));
    facts
}

fn address(url: &str) -> String {
    let plain: String = url.chars().filter(|c| !c.is_control()).collect();
    shorten(&plain, LONGEST)
}

/// A message whole, where [`clean`] would cut it as a name.
fn message(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(clean).collect();
    words.join(" ")
}
