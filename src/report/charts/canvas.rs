//! Marks in CSS pixels, drawn by plotters into one `svg` element.
//!
//! Marks are kept until the end, so that a chart may learn its height while it is laid out, and so
//! that tests can ask whether labels touch.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::measure::{Weight, width};
use super::style::PAPER;
use super::{Alt, Frame};

/// plotters counts in whole pixels: ten of them to one of ours.
const SCALE: f64 = 10.0;
/// What plotters' SVG backend divides font sizes by.
const FONT_SCALE: f64 = 1.24;

/// Which end of a text stands at its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// It begins there.
    Start,
    /// It is centred there.
    Middle,
    /// It ends there.
    End,
}

/// Size, weight, colour and anchor of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Type {
    /// CSS pixels.
    pub(super) size: f64,
    /// Weight.
    pub(super) weight: Weight,
    /// Colour.
    pub(super) colour: RGBColor,
    /// Anchor.
    pub(super) anchor: Anchor,
}

impl Type {
    /// Regular, beginning at its point.
    pub(super) fn new(size: f64, colour: RGBColor) -> Self {
        Type {
            size,
            weight: Weight::Regular,
            colour,
            anchor: Anchor::Start,
        }
    }

    /// The same, strong.
    pub(super) fn strong(self) -> Self {
        Type {
            weight: Weight::Strong,
            ..self
        }
    }

    /// The same, centred at its point.
    pub(super) fn centred(self) -> Self {
        Type {
            anchor: Anchor::Middle,
            ..self
        }
    }

    /// The same, ending at its point.
    pub(super) fn ending(self) -> Self {
        Type {
            anchor: Anchor::End,
            ..self
        }
    }
}

type Point = (f64, f64);

#[derive(Debug, Clone, PartialEq)]
enum Mark {
    Line(Point, Point, f64, RGBColor),
    Area(Point, Point, RGBColor),
    Dot(Point, f64, RGBColor),
    Ring(Point, f64, f64, RGBColor),
    Path(Vec<Point>, f64, RGBColor),
    Ribbon(Vec<Point>, RGBColor),
    Text(Point, String, Type),
}

/// A sheet to draw on.
pub(super) struct Canvas {
    frame: Frame,
    marks: Vec<Mark>,
}

impl Canvas {
    /// An empty one.
    pub(super) fn new(frame: Frame) -> Self {
        Canvas {
            frame,
            marks: Vec::new(),
        }
    }

    /// For which width it is.
    pub(super) fn frame(&self) -> Frame {
        self.frame
    }

    /// A line of a width.
    pub(super) fn line(&mut self, from: Point, to: Point, width: f64, colour: RGBColor) {
        self.marks.push(Mark::Line(from, to, width, colour));
    }

    /// A filled rectangle between two corners.
    pub(super) fn area(&mut self, from: Point, to: Point, colour: RGBColor) {
        self.marks.push(Mark::Area(from, to, colour));
    }

    /// A dot with a rim of paper, so that it stands off what lies under it.
    pub(super) fn dot(&mut self, at: Point, radius: f64, colour: RGBColor) {
        self.marks.push(Mark::Dot(at, radius + 1.4, PAPER));
        self.marks.push(Mark::Dot(at, radius, colour));
    }

    /// A dot without a rim.
    pub(super) fn speck(&mut self, at: Point, radius: f64, colour: RGBColor) {
        self.marks.push(Mark::Dot(at, radius, colour));
    }

    /// A circle's outline.
    pub(super) fn ring(&mut self, at: Point, radius: f64, colour: RGBColor) {
        self.marks.push(Mark::Ring(at, radius, 1.8, colour));
    }

    /// A line through points.
    pub(super) fn path(&mut self, points: Vec<Point>, width: f64, colour: RGBColor) {
        self.marks.push(Mark::Path(points, width, colour));
    }

    /// A filled outline.
    pub(super) fn ribbon(&mut self, outline: Vec<Point>, colour: RGBColor) {
        self.marks.push(Mark::Ribbon(outline, colour));
    }

    /// A circle that hides what lies under it.
    pub(super) fn hollow(&mut self, at: Point, radius: f64, colour: RGBColor) {
        self.marks.push(Mark::Dot(at, radius, PAPER));
        self.marks.push(Mark::Ring(at, radius, 1.8, colour));
    }

    /// A text, its middle at the height of its point.
    pub(super) fn text(&mut self, at: Point, text: impl Into<String>, style: Type) {
        self.marks.push(Mark::Text(at, text.into(), style));
    }

    /// A text on a plate, so that lines under it do not cross it.
    pub(super) fn plated(&mut self, at: Point, text: &str, style: Type, plate: RGBColor) {
        let (left, right) = extent(at.0, text, style);
        let half = style.size * 0.62;
        self.area((left - 3.0, at.1 - half), (right + 3.0, at.1 + half), plate);
        self.text(at, text, style);
    }

    /// Left, top, right and bottom of each text that is there.
    #[cfg(test)]
    pub(super) fn boxes(&self) -> Vec<(String, [f64; 4])> {
        self.marks
            .iter()
            .filter_map(|m| match m {
                Mark::Text(at, text, style) => {
                    let (left, right) = extent(at.0, text, *style);
                    let half = style.size * 0.5;
                    Some((text.clone(), [left, at.1 - half, right, at.1 + half]))
                }
                _ => None,
            })
            .collect()
    }

    /// The finished `svg` element of a height.
    pub(super) fn svg(&self, height: f64, alt: &Alt) -> String {
        let size = (self.frame.width() * SCALE, height * SCALE);
        let mut drawn = String::new();
        {
            let area =
                SVGBackend::with_string(&mut drawn, (px(size.0), px(size.1))).into_drawing_area();
            for mark in &self.marks {
                draw(&area, mark);
            }
            area.present()
                .expect("presenting a drawing in a string touches no file");
        }
        let body = drawn
            .split_once('>')
            .map_or("", |(_, rest)| rest)
            .replace(" opacity=\"1\"", "")
            .replace("font-weight=\"bold\"", "font-weight=\"650\"");
        format!(
            "<svg class=\"chart {}\" viewBox=\"0 0 {} {}\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\"><title>{}</title><desc>{}</desc>{}",
            self.frame.class(),
            px(size.0),
            px(size.1),
            escape(&alt.title),
            escape(&alt.description),
            body
        )
    }
}

/// Left and right end of a text.
fn extent(x: f64, text: &str, style: Type) -> (f64, f64) {
    let wide = width(text, style.size, style.weight);
    match style.anchor {
        Anchor::Start => (x, x + wide),
        Anchor::Middle => (x - wide / 2.0, x + wide / 2.0),
        Anchor::End => (x - wide, x),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sizes are positive and far under the range of u32"
)]
fn px(scaled: f64) -> u32 {
    scaled.round().max(0.0) as u32
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "coordinates are a few thousand at most"
)]
fn at(point: Point) -> (i32, i32) {
    (
        (point.0 * SCALE).round() as i32,
        (point.1 * SCALE).round() as i32,
    )
}

fn draw(area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>, mark: &Mark) {
    let stroke = |colour: &RGBColor, width: f64| colour.stroke_width(px(width * SCALE));
    let done = match mark {
        Mark::Line(a, b, w, c) => area.draw(&PathElement::new(vec![at(*a), at(*b)], stroke(c, *w))),
        Mark::Area(a, b, c) => area.draw(&Rectangle::new([at(*a), at(*b)], c.filled())),
        Mark::Path(points, w, c) => area.draw(&PathElement::new(
            points.iter().map(|p| at(*p)).collect::<Vec<_>>(),
            stroke(c, *w),
        )),
        Mark::Ribbon(points, c) => area.draw(&Polygon::new(
            points.iter().map(|p| at(*p)).collect::<Vec<_>>(),
            c.filled(),
        )),
        Mark::Dot(p, r, c) => area.draw(&Circle::new(at(*p), px(r * SCALE), c.filled())),
        Mark::Ring(p, r, w, c) => area.draw(&Circle::new(at(*p), px(r * SCALE), stroke(c, *w))),
        Mark::Text(p, text, style) => area.draw(&Text::new(text.clone(), at(*p), font(*style))),
    };
    done.expect("drawing into a string touches no file");
}

fn font(style: Type) -> TextStyle<'static> {
    let weight = match style.weight {
        Weight::Regular => FontStyle::Normal,
        Weight::Strong => FontStyle::Bold,
    };
    let anchor = match style.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    FontDesc::new(
        FontFamily::Name("Inter, sans-serif"),
        style.size * SCALE * FONT_SCALE,
        weight,
    )
    .color(&style.colour)
    .pos(Pos::new(anchor, VPos::Center))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_text_and_the_element_closes() {
        let mut canvas = Canvas::new(Frame::Wide);
        canvas.text((10.0, 10.0), "<script>\"&", Type::new(12.0, PAPER).strong());
        let svg = canvas.svg(
            20.0,
            &Alt {
                title: "a <b>".to_owned(),
                description: "c & d".to_owned(),
            },
        );
        assert!(svg.contains("&lt;script&gt;&quot;&amp;"), "{svg}");
        assert!(svg.contains("<title>a &lt;b&gt;</title><desc>c &amp; d</desc>"));
        assert!(svg.contains("font-weight=\"650\""));
        assert_eq!(svg.matches("<svg").count(), 1);
        assert!(svg.trim_end().ends_with("</svg>"));
    }
}
