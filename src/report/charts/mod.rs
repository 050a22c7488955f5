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
mod panels;
mod strip;
mod style;

pub(super) use axis::Axis;
#[cfg(test)]
pub(super) use bump::label_boxes as bump_boxes;
pub(super) use bump::{bump, ranked};
pub(super) use dots::dots;
#[cfg(test)]
pub(super) use dots::label_boxes as dots_boxes;
pub(super) use dumbbell::dumbbell;
#[cfg(test)]
pub(super) use dumbbell::label_boxes as dumbbell_boxes;
pub(super) use effects::effects;
#[cfg(test)]
pub(super) use effects::label_boxes as effects_boxes;
#[cfg(test)]
pub(super) use nights::label_boxes as nights_boxes;
pub(super) use nights::nights;
#[cfg(test)]
pub(super) use pairs::label_boxes as pairs_boxes;
pub(super) use pairs::pairs;
#[cfg(test)]
pub(super) use panels::label_boxes as panels_boxes;
pub(super) use panels::panels;
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

/// A name that stands in one label with a figure: written from right to left it would take the figure
/// to its other end, so it is isolated (UAX 9, FSI and PDI).
fn isolated(name: &str) -> String {
    let from_the_right = |c: char| matches!(u32::from(c), 0x0590..=0x08FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFF | 0x1_0800..=0x1_0FFF | 0x1_E800..=0x1_EFFF);
    if name.contains(from_the_right) {
        format!("\u{2068}{name}\u{2069}")
    } else {
        name.to_owned()
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
