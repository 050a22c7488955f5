//! A page of a title, a chart, notes and tables: the form of all pages after the third.

use askama::Template;

use super::super::charts::Chart;
use super::super::grid::Grid;
use super::super::scene::Who;
use super::super::sentences::{Block, Sentence};

/// A picture of a reel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Picture {
    /// Class that holds the picture.
    pub(in super::super) class: String,
    /// What it shows, in words.
    pub(in super::super) alt: String,
    /// `0.5 s`.
    pub(in super::super) at: String,
    /// `first content`, `main content`, or nothing.
    pub(in super::super) mark: String,
    /// Whether the main content is first seen here.
    pub(in super::super) main: bool,
}

/// A site's filmed visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Reel {
    pub(in super::super) who: Who,
    pub(in super::super) name: String,
    pub(in super::super) caption: String,
    pub(in super::super) frames: Vec<Picture>,
}

/// A page.
#[derive(Template)]
#[template(path = "plate.html", config = "src/report/askama.toml")]
pub(in super::super) struct Plate {
    pub(in super::super) anchor: &'static str,
    /// Words of the link to it.
    pub(in super::super) link: String,
    /// Whether it goes on where the page before ends.
    pub(in super::super) follows: bool,
    pub(in super::super) title: Sentence,
    pub(in super::super) subtitle: String,
    pub(in super::super) chart: Option<Chart>,
    pub(in super::super) film: Vec<Reel>,
    pub(in super::super) notes: Vec<Sentence>,
    pub(in super::super) grids: Vec<Grid>,
    pub(in super::super) blocks: Vec<Block>,
}

impl Plate {
    /// One with a title only.
    pub(in super::super) fn new(
        anchor: &'static str,
        link: impl Into<String>,
        title: Sentence,
    ) -> Self {
        Plate {
            anchor,
            link: link.into(),
            follows: false,
            title,
            subtitle: String::new(),
            chart: None,
            film: Vec::new(),
            notes: Vec::new(),
            grids: Vec::new(),
            blocks: Vec::new(),
        }
    }

    /// As HTML, everything escaped.
    pub(in super::super) fn html(&self) -> String {
        self.render()
            .expect("a template of strings into a string has nothing that can fail")
    }
}
