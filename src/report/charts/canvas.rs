//! Marks in CSS pixels, drawn by plotters into one `svg` element.
//!
//! Marks are kept until the end, so that a chart may learn its height while it is laid out, and so
//! that tests can ask whether labels touch.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::measure::{Weight, width};
use super::style::{HAIR, PAPER, SECOND};
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
    /// Ground that may be written on.
    Area(Point, Point, RGBColor),
    /// A figure's bar.
    Bar(Point, Point, RGBColor),
    /// What clears the ground of a text.
    Plate(Point, Point, RGBColor),
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

    /// A broken line: so long a stroke, so long a gap.
    pub(super) fn dashed(
        &mut self,
        from: Point,
        to: Point,
        (stroke, gap): (f64, f64),
        (width, colour): (f64, RGBColor),
    ) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        let at = |d: f64| {
            let share = (d / length).min(1.0);
            (from.0 + dx * share, from.1 + dy * share)
        };
        let mut done = 0.0;
        while done < length {
            self.line(at(done), at(done + stroke), width, colour);
            done += stroke + gap;
        }
    }

    /// A filled rectangle between two corners.
    pub(super) fn area(&mut self, from: Point, to: Point, colour: RGBColor) {
        self.marks.push(Mark::Area(from, to, colour));
    }

    /// A bar that stands for a figure, between two corners.
    pub(super) fn bar(&mut self, from: Point, to: Point, colour: RGBColor) {
        self.marks.push(Mark::Bar(from, to, colour));
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

    /// A text on a plate, so that the grid does not cross it; a reference line stops before it and
    /// goes on behind it.
    pub(super) fn plated(&mut self, at: Point, text: &str, style: Type, plate: RGBColor) {
        let place = plate_of(at, text, style);
        self.part(place);
        let [left, top, right, bottom] = place;
        let corners = ((left, top), (right, bottom));
        self.marks.push(Mark::Plate(corners.0, corners.1, plate));
        self.text(at, text, style);
    }

    /// A text on a plate at the first of some places where it is free, else at the first on the sheet.
    /// Gives its right end.
    pub(super) fn label(&mut self, places: &[(Point, Type)], text: &str, plate: RGBColor) -> f64 {
        let free = places.iter().find(|(at, t)| self.is_free(*at, text, *t));
        let on_sheet = |(at, t): &&(Point, Type)| {
            let (left, right) = extent(at.0, text, *t);
            left >= 0.0 && right <= self.frame.width()
        };
        let there = free.or_else(|| places.iter().find(on_sheet));
        let Some((at, style)) = there.or(places.first()) else {
            return 0.0;
        };
        self.plated(*at, text, *style, plate);
        extent(at.0, text, *style).1
    }

    /// A text on a plate at the first of some places where it is free, or is as soon as reference
    /// lines are parted; else nowhere.
    pub(super) fn label_if_free(&mut self, places: &[(Point, Type)], text: &str, plate: RGBColor) {
        let free = places.iter().find(|(at, t)| self.is_free(*at, text, *t));
        let clear = |(at, t): &&(Point, Type)| self.is_clear(*at, text, *t, is_reference);
        if let Some((at, style)) = free.or_else(|| places.iter().find(clear)) {
            self.plated(*at, text, *style, plate);
        }
    }

    /// Parts upright reference lines where they go through a place.
    fn part(&mut self, place: [f64; 4]) {
        let mut parted = Vec::with_capacity(self.marks.len());
        for mark in std::mem::take(&mut self.marks) {
            match mark {
                Mark::Line(a, b, w, SECOND) if is_reference(&mark) && hits(&mark, place) => {
                    let (top, bottom) = (a.1.min(b.1), a.1.max(b.1));
                    let (above, below) = (place[1] - w, place[3] + w);
                    if top < above {
                        parted.push(Mark::Line((a.0, top), (a.0, above), w, SECOND));
                    }
                    if below < bottom {
                        parted.push(Mark::Line((a.0, below), (a.0, bottom), w, SECOND));
                    }
                }
                mark => parted.push(mark),
            }
        }
        self.marks = parted;
    }

    /// Whether a text on a plate would hide no mark, meet no text and stay on the sheet.
    pub(super) fn is_free(&self, at: Point, text: &str, style: Type) -> bool {
        self.is_clear(at, text, style, |_| false)
    }

    fn is_clear(&self, at: Point, text: &str, style: Type, but: fn(&Mark) -> bool) -> bool {
        let place = plate_of(at, text, style);
        let marks = &mut self.marks.iter();
        place[0] >= -3.0
            && place[2] <= self.frame.width() + 3.0
            && !marks.any(|m| match m {
                Mark::Text(at, text, style) => meet(place, text_box(*at, text, *style)),
                m => !but(m) && hits(m, place),
            })
    }

    /// What is drawn, for tests.
    #[cfg(test)]
    pub(super) fn drawn(&self) -> Drawn {
        let mut drawn = Drawn::default();
        for (i, mark) in self.marks.iter().enumerate() {
            match mark {
                Mark::Text(at, text, style) => {
                    let place = text_box(*at, text, *style);
                    let hit = self.marks.iter().find(|m| hits(m, place));
                    let hit = hit.map(|m| format!("`{text}` {place:?} is crossed by {m:?}"));
                    drawn.crossed.extend(hit);
                    drawn.texts.push((text.clone(), place));
                }
                Mark::Plate((left, top), (right, bottom), _) => {
                    let place = [*left, *top, *right, *bottom];
                    let hit = self.marks[..i].iter().find(|m| hits(m, place));
                    let hit = hit.map(|m| format!("a plate {place:?} hides {m:?}"));
                    drawn.crossed.extend(hit);
                }
                _ => {}
            }
        }
        drawn
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

/// Texts with left, top, right and bottom; and those that are crossed by a mark, or hide one.
#[cfg(test)]
#[derive(Debug, Default)]
pub(in super::super) struct Drawn {
    /// Each text with its place.
    pub(in super::super) texts: Vec<(String, [f64; 4])>,
    /// In words.
    pub(in super::super) crossed: Vec<String>,
}

fn text_box(at: Point, text: &str, style: Type) -> [f64; 4] {
    let (left, right) = extent(at.0, text, style);
    let half = style.size * 0.5;
    [left, at.1 - half, right, at.1 + half]
}

fn plate_of(at: Point, text: &str, style: Type) -> [f64; 4] {
    let (left, right) = extent(at.0, text, style);
    let half = style.size * 0.62;
    [left - 3.0, at.1 - half, right + 3.0, at.1 + half]
}

fn meet(a: [f64; 4], b: [f64; 4]) -> bool {
    a[2] > b[0] && b[2] > a[0] && a[3] > b[1] && b[3] > a[1]
}

/// Whether it is an upright line that names a value or a day.
fn is_reference(mark: &Mark) -> bool {
    matches!(mark, Mark::Line(a, b, _, SECOND) if a.0 == b.0)
}

/// Whether a mark of the data, or a line that is more than a grid, has to do with a place. Texts may
/// stand over grounds and grids.
fn hits(mark: &Mark, place: [f64; 4]) -> bool {
    let near = |p: &Point| {
        let (x, y) = (p.0.clamp(place[0], place[2]), p.1.clamp(place[1], place[3]));
        (p.0 - x).hypot(p.1 - y)
    };
    match mark {
        Mark::Line(.., HAIR) | Mark::Dot(.., PAPER) => false,
        Mark::Line(a, b, w, _) => crosses(*a, *b, place, w / 2.0),
        Mark::Path(points, w, _) => points
            .windows(2)
            .any(|pair| crosses(pair[0], pair[1], place, w / 2.0)),
        Mark::Bar(a, b, _) => meet(place, [a.0, a.1, b.0, b.1]),
        Mark::Dot(at, r, _) => near(at) < *r,
        Mark::Ring(at, r, w, _) => {
            let corners = [(0, 1), (0, 3), (2, 1), (2, 3)];
            let far = corners.map(|(i, j)| (place[i] - at.0).hypot(place[j] - at.1));
            let inside = far.into_iter().fold(0.0, f64::max) < r - w / 2.0;
            near(at) < r + w / 2.0 && !inside
        }
        Mark::Area(..) | Mark::Plate(..) | Mark::Ribbon(..) | Mark::Text(..) => false,
    }
}

/// Whether a stroke goes through a place (Liang and Barsky, 1984).
fn crosses(a: Point, b: Point, place: [f64; 4], half: f64) -> bool {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (mut from, mut to) = (0.0f64, 1.0f64);
    // It is wide across its way, and not longer than it is.
    let length = dx.hypot(dy).max(f64::EPSILON);
    let (wide, high) = (half * dy.abs() / length, half * dx.abs() / length);
    for (p, q) in [
        (-dx, a.0 - place[0] + wide),
        (dx, place[2] + wide - a.0),
        (-dy, a.1 - place[1] + high),
        (dy, place[3] + high - a.1),
    ] {
        if p == 0.0 {
            if q <= 0.0 {
                return false;
            }
        } else if p < 0.0 {
            from = from.max(q / p);
        } else {
            to = to.min(q / p);
        }
    }
    from < to
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
        Mark::Area(a, b, c) | Mark::Bar(a, b, c) | Mark::Plate(a, b, c) => {
            area.draw(&Rectangle::new([at(*a), at(*b)], c.filled()))
        }
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
