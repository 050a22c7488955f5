//! Charts as SVG strings, text as text: strip, dots, dumbbells, panels, bump, nights, pairs, effects.
//!
//! Each is drawn twice, for a sheet or a desk and for a phone; the stylesheet shows one of them. How
//! things look is in `style`, where labels go in `flags`; what is said beside them in `sentences`.

mod advances;
mod axis;
mod bump;
mod canvas;
mod dots;
mod dumbbell;
mod effects;
mod flags;
mod measure;
mod nights;
mod pairs;
mod panel_marks;
mod panels;
mod strip;
mod style;

pub(super) use axis::Axis;
#[cfg(test)]
pub(super) use bump::drawn as bump_drawn;
pub(super) use bump::{bump, ranked};
#[cfg(test)]
pub(super) use canvas::Drawn;
pub(super) use dots::dots;
#[cfg(test)]
pub(super) use dots::drawn as dots_drawn;
#[cfg(test)]
pub(super) use dumbbell::drawn as dumbbell_drawn;
pub(super) use dumbbell::dumbbell;
#[cfg(test)]
pub(super) use effects::drawn as effects_drawn;
pub(super) use effects::effects;
#[cfg(test)]
pub(super) use nights::drawn as nights_drawn;
pub(super) use nights::nights;
#[cfg(test)]
pub(super) use pairs::drawn as pairs_drawn;
pub(super) use pairs::pairs;
#[cfg(test)]
pub(super) use panels::drawn as panels_drawn;
pub(super) use panels::panels;
#[cfg(test)]
pub(super) use strip::drawn as strip_drawn;
pub(super) use strip::strip;

use super::language::{Language, text};
use super::scene::Who;

/// For which width a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    /// The measure of the sheet.
    Wide,
    /// A phone held upright.
    Narrow,
}

impl Frame {
    /// Width in CSS pixels.
    pub(super) fn width(self) -> f64 {
        match self {
            Frame::Wide => 665.0,
            Frame::Narrow => 328.0,
        }
    }

    /// Class in the stylesheet.
    fn class(self) -> &'static str {
        match self {
            Frame::Wide => "wide",
            Frame::Narrow => "narrow",
        }
    }
}

/// What a chart says to whoever cannot see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Alt {
    /// Its name.
    pub(super) title: String,
    /// Its figures, in words.
    pub(super) description: String,
}

/// What is set after our own name, with a space before it; nothing after others.
fn us(lang: &Language, who: Who) -> String {
    match who {
        Who::Own => format!(" ({})", lang.word("us")),
        Who::Best | Who::Other => String::new(),
    }
}

/// What a chart shows, in one sentence.
fn described(lang: &Language, told: &[String]) -> String {
    text!(lang, "chart-told", told = text(told.join("; ")))
}

/// A chart for both widths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chart {
    /// One `svg` element.
    pub(super) wide: String,
    /// One `svg` element.
    pub(super) narrow: String,
}

impl Chart {
    /// Draws both.
    pub(super) fn both(draw: impl Fn(Frame) -> String) -> Self {
        Chart {
            wide: draw(Frame::Wide),
            narrow: draw(Frame::Narrow),
        }
    }
}
