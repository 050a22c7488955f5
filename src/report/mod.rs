//! The monthly report: one self-contained page of HTML, which the browser's print command makes a
//! PDF of.
//!
//! [`build`] turns the input into a view model in which every figure is a string and every chart an
//! SVG; [`render`] sets it. A page is a file under `pages`. There is no clock and no chance in
//! here: the same input gives the same bytes.

mod charts;
mod fonts;
mod input;
mod pages;
mod scene;
mod sentences;
mod sheet;
mod text;
pub mod visit;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;

use askama::Template;

pub use input::{AppendixRow, Lost, PageField, Paper, Period, PeriodKind, ReportInput};

use pages::answer::{self, AnswerPage};
use pages::appendix::{self, AppendixPage};
use pages::gap::{self, GapPage};
use pages::method::{self, MethodPage};
use pages::standing::{self, StandingPage};
use scene::Scene;

/// A finished view model: strings ready to print.
#[derive(Template)]
#[template(path = "report.html", config = "src/report/askama.toml")]
pub struct Report {
    /// Title of the document.
    title: String,
    /// Project and period, above the title of page 1.
    kicker: String,
    /// The stylesheet, fonts and running footer included.
    css: String,
    /// The running footer, for the screen.
    footer: Vec<String>,
    /// Links to the sections.
    contents: Vec<Link>,
    answer: AnswerPage,
    standing: StandingPage,
    gap: GapPage,
    method: MethodPage,
    appendix: AppendixPage,
}

/// A link of the contents list.
struct Link {
    anchor: &'static str,
    words: &'static str,
}

/// Why a report could not be set.
#[derive(Debug, thiserror::Error)]
#[error("could not set the report `{title}`")]
pub struct RenderError {
    /// Title of the report.
    title: String,
    /// What the template said.
    source: askama::Error,
}

/// The view model of an input.
#[must_use]
pub fn build(input: &ReportInput) -> Report {
    let scene = Scene::new(input);
    let axis = charts::Axis::of(&scene);
    let name = text::clean(&input.project.name);
    let period = text::clean(&input.period.label);
    let footer = sheet::footer(&scene);
    Report {
        title: format!("{name}: {period}"),
        kicker: format!("{name} · {period}"),
        css: sheet::css(input.paper, &footer),
        footer,
        contents: contents(),
        answer: answer::build(&scene, &axis),
        standing: standing::build(&scene, &axis),
        gap: gap::build(&scene, &axis),
        method: method::build(&scene),
        appendix: appendix::build(&scene),
    }
}

fn contents() -> Vec<Link> {
    [
        ("answer", "Answer"),
        ("standing", "Where we stand"),
        ("gap", "Page by page"),
        ("method", "How we measured"),
        ("words", "Glossary"),
        ("appendix", "Every number"),
    ]
    .into_iter()
    .map(|(anchor, words)| Link { anchor, words })
    .collect()
}

/// The report as one HTML document without any outside part.
///
/// # Errors
/// When the template fails, which plain strings give it no occasion to.
pub fn render(report: &Report) -> Result<String, RenderError> {
    report.render().map_err(|source| RenderError {
        title: report.title.clone(),
        source,
    })
}
