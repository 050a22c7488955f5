//! The monthly report: one self-contained page of HTML, which the browser's print command makes a
//! PDF of.
//!
//! [`build`] turns the input into a view model in which every figure is a string and every chart an
//! SVG; [`render`] sets it. A page is a file under `pages`. There is no clock and no chance in
//! here: the same input gives the same bytes.

pub mod browse;
mod charts;
mod fonts;
mod grid;
mod input;
pub mod language;
mod letter;
pub mod more;
mod pages;
mod scene;
mod sentences;
mod sheet;
mod text;
pub mod visit;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod label_tests;
#[cfg(test)]
mod tests;

use askama::Template;

pub use input::{
    AppendixRow, Before, Commands, Lost, PageField, Paper, Period, PeriodKind, ReportInput,
};
pub use language::Language;
pub use letter::{Letter, letter, page_at};

use pages::answer::{self, AnswerPage};
use pages::appendix::{self, AppendixPage};
use pages::gap::{self, GapPage};
use pages::method::{self, MethodPage};
use pages::plate::Plate;
use pages::standing::{self, StandingPage};
use pages::{causes, film, places, year};
use scene::Scene;

/// A finished view model: strings ready to print.
#[derive(Template)]
#[template(path = "report.html", config = "src/report/askama.toml")]
pub struct Report {
    /// The language, for the words of the template itself.
    lang: Language,
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
    /// Pages 4 to 11.
    plates: Vec<Plate>,
    method: MethodPage,
    appendix: AppendixPage,
}

/// A link of the contents list.
struct Link {
    anchor: &'static str,
    words: String,
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
    let period = scene.lang.period(&input.period);
    let footer = sheet::footer(&scene);
    let (plates, pictures) = plates(&scene, &axis);
    let mut css = sheet::css(scene.lang, input.paper, &footer);
    css.push_str(&pictures);
    Report {
        lang: scene.lang.clone(),
        title: format!("{name}: {period}"),
        kicker: kicker(input, &name, &period),
        css,
        footer,
        contents: contents(scene.lang, &plates),
        plates,
        answer: answer::build(&scene, &axis),
        standing: standing::build(&scene, &axis),
        gap: gap::build(&scene, &axis),
        method: method::build(&scene),
        appendix: appendix::build(&scene),
    }
}

/// Project and period; that the data are simulated, or may leave the house.
fn kicker(input: &ReportInput, name: &str, period: &str) -> String {
    let mut words = vec![name.to_owned(), period.to_owned()];
    let simulated = input.more.simulated;
    if simulated.now > 0 || simulated.behind > 0 {
        let of = input.visits.attempted;
        words.push(sheet::simulated_words(&input.language, simulated.now, of));
    }
    if Scene::new(input).is_external() {
        words.push(input.language.word("external-version"));
    }
    words.join(" · ")
}

/// Pages 4 to 11, and the rules of the stylesheet that hold the film's pictures.
fn plates(scene: &Scene<'_>, axis: &charts::Axis) -> (Vec<Plate>, String) {
    let (film, pictures) = film::film(scene);
    let mut plates = vec![
        film,
        year::twelve_months(scene, axis),
        year::rank(scene),
        year::journeys(scene),
        places::regions(scene),
        places::reliability(scene),
        causes::parts(scene),
        causes::changed(scene),
    ];
    if scene.input.more.audience == more::Audience::Marketing {
        plates.retain(|p| p.anchor != "parts");
    }
    // A sheet is not broken for a title and a sentence.
    for plate in &mut plates {
        let is_bare = plate.chart.is_none() && plate.grids.is_empty() && plate.film.is_empty();
        plate.follows |= is_bare && plate.blocks.len() < 3;
    }
    (plates, pictures)
}

fn contents(lang: &Language, plates: &[Plate]) -> Vec<Link> {
    let link = |anchor, words| Link { anchor, words };
    let mut links = vec![
        link("answer", lang.word("contents-answer")),
        link("standing", lang.word("contents-standing")),
        link("gap", lang.word("contents-gap")),
    ];
    links.extend(plates.iter().map(|p| link(p.anchor, p.link.clone())));
    links.extend([
        link("method", lang.word("method-title")),
        link("words", lang.word("glossary-title")),
        link("appendix", lang.word("contents-appendix")),
    ]);
    links
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
