//! Page 2's chart: a row a site, median with intervals or, of few nights, with every visit.

use plotters::style::RGBColor;

use crate::analysis::types::{Relation, Standing};

use super::super::input::PageField;
use super::super::language::{Language, text};
use super::super::scene::{Scene, Who};
use super::super::sentences::{place_words, relation_words};
use super::axis::Axis;
use super::canvas::{Canvas, Type};
use super::measure::{Weight, fit, width};
use super::style::{self, BAND, BODY, PAPER, SECOND, SMALL};
use super::{Alt, Frame, described, us};

/// Where things stand in a frame.
struct Layout {
    /// Ends of the scale.
    ends: (f64, f64),
    /// Height of a row.
    row: f64,
    /// From the top of a row to its marks.
    marks: f64,
    /// Top of the first row.
    top: f64,
}

impl Layout {
    fn of(frame: Frame, rows: usize) -> Self {
        match frame {
            Frame::Wide => {
                let row = match rows {
                    0..=6 => 58.0,
                    7..=8 => 52.0,
                    9..=10 => 42.0,
                    _ => 33.0,
                };
                Layout {
                    ends: (190.0, 560.0),
                    row,
                    marks: row / 2.0,
                    top: 24.0,
                }
            }
            Frame::Narrow => Layout {
                ends: (4.0, frame.width() - 18.0),
                row: 58.0,
                marks: 40.0,
                top: 24.0,
            },
        }
    }
}

/// The chart of a field. It has a row for every site, measured or not.
pub(in super::super) fn dots(
    scene: &Scene<'_>,
    page: &PageField,
    axis: &Axis,
    frame: Frame,
) -> String {
    let (canvas, height) = draw(scene, page, axis, frame);
    canvas.svg(height, &alt(scene, page))
}

fn draw(scene: &Scene<'_>, page: &PageField, axis: &Axis, frame: Frame) -> (Canvas, f64) {
    let rows = &page.field.standings;
    let layout = Layout::of(frame, rows.len());
    let bottom = layout.top + layout.row * rows.len() as f64;
    let mut canvas = Canvas::new(frame);
    for (i, s) in rows.iter().enumerate() {
        if is_level(scene, s) {
            let y = layout.top + layout.row * i as f64;
            canvas.area((0.0, y), (frame.width(), y + layout.row), BAND);
        }
    }
    axis.draw(&mut canvas, layout.ends, (layout.top, bottom));
    let lines = axis.lines(scene);
    axis.draw_lines(&mut canvas, &lines, layout.ends, (0.0, bottom));
    for (i, s) in rows.iter().enumerate() {
        let y = layout.top + layout.row * i as f64;
        row(&mut canvas, (scene, page), (axis, &layout), s, y);
    }
    (canvas, bottom + 24.0)
}

/// Whether it is ours, or level with ours.
fn is_level(scene: &Scene<'_>, s: &Standing) -> bool {
    let ours = scene.own_id() == Some(s.target.as_str()) && s.summary.median.is_some();
    ours || s.versus_own.is_some_and(|c| c.relation == Relation::Level)
}

fn row(
    canvas: &mut Canvas,
    (scene, page): (&Scene<'_>, &PageField),
    (axis, layout): (&Axis, &Layout),
    s: &Standing,
    top: f64,
) {
    let who = scene.who(&page.field, &s.target);
    let plate = if is_level(scene, s) { BAND } else { PAPER };
    names(canvas, scene, who, s, (top, layout.row));
    let y = top + layout.marks;
    let Some(median) = s.summary.median else {
        let why = scene.lang.unmeasured(s.summary.counts);
        let words = text!(scene.lang, "dots-not-measured", why = text(why));
        let room = canvas.frame().width() - layout.ends.0 - 8.0;
        let words = fit(&words, BODY, Weight::Regular, room);
        let at = (layout.ends.0 + 8.0, y);
        canvas.plated(at, &words, Type::new(BODY, SECOND), plate);
        return;
    };
    places(canvas, scene.lang, s, (who, plate), (top, layout.row));
    let x = |v: f64| axis.x(v, layout.ends.0, layout.ends.1);
    let mut edge = x(median) + 10.0;
    let mut begin = x(median) - 10.0;
    if let Some(i) = s.summary.interval95 {
        if let Some(i) = s.summary.interval80 {
            let (top, bottom) = (y - 5.0, y + 5.0);
            canvas.area((x(i.lower), top), (x(i.upper), bottom), style::light(who));
        }
        canvas.line((x(i.lower), y), (x(i.upper), y), 1.6, style::mark(who));
        for end in [i.lower, i.upper] {
            canvas.line((x(end), y - 4.0), (x(end), y + 4.0), 1.6, style::mark(who));
        }
        edge = edge.max(x(i.upper));
        begin = begin.min(x(i.lower));
    } else {
        for v in page.values.get(&s.target).into_iter().flatten() {
            canvas.speck((x(*v), y), 3.4, style::light(who));
            edge = edge.max(x(*v) + 4.0);
            begin = begin.min(x(*v) - 4.0);
        }
    }
    // Among single visits the median has to stand out; over an interval it must not hide it.
    let radius = match s.summary.interval95 {
        Some(_) => {
            canvas.speck((x(median), y), 3.2, style::mark(who));
            3.8
        }
        None => {
            canvas.dot((x(median), y), 5.2, style::mark(who));
            5.2
        }
    };
    if who == Who::Best {
        canvas.ring((x(median), y), radius + 4.6, style::mark(who));
    }
    let figure = scene.lang.value(page.field.scope.metric, median);
    let t = Type::new(BODY, style::words(who)).strong();
    let lines = axis.lines(scene);
    let lines: Vec<f64> = lines.iter().map(|l| x(l.value)).collect();
    let free = (layout.ends.0, begin - 8.0, edge + 8.0);
    let (at, t) = beside(&lines, free, width(&figure, BODY, Weight::Strong), t);
    canvas.plated((at, y), &figure, t, plate);
}

/// Where a figure stands: right of its mark, or left of it (as far as there is room) where a line
/// runs through the right, or else beyond that line.
fn beside(lines: &[f64], (from, left, right): (f64, f64, f64), wide: f64, t: Type) -> (f64, Type) {
    let crosses = |begin: f64| {
        let near = |at: &&f64| **at > begin - 4.0 && **at < begin + wide + 4.0;
        lines.iter().find(near).copied()
    };
    let is_free = left - wide > from && crosses(left - wide).is_none();
    match crosses(right) {
        None => (right, t),
        Some(_) if is_free => (left, t.ending()),
        Some(line) => (line + 6.0, t),
    }
}

/// Name and market of a site.
fn names(canvas: &mut Canvas, scene: &Scene<'_>, who: Who, s: &Standing, row: (f64, f64)) {
    let (top, height) = row;
    let us = us(scene.lang, who);
    let market = scene.market(&s.target);
    let t = Type::new(BODY, style::words(who));
    let t = if who == Who::Other { t } else { t.strong() };
    let small = Type::new(SMALL, SECOND);
    match canvas.frame() {
        Frame::Wide => {
            let room = 172.0;
            let left = if us.is_empty() { room } else { room - 30.0 };
            let name = fit(&scene.name(&s.target), t.size, t.weight, left);
            let y = top + height / 2.0;
            canvas.text((room, y - 6.5), format!("{name}{us}"), t.ending());
            let market = fit(&market, small.size, small.weight, room);
            canvas.text((room, y + 7.5), market, small.ending());
        }
        Frame::Narrow => {
            let name = fit(&scene.name(&s.target), t.size, Weight::Strong, 150.0);
            let plate = if is_level(scene, s) { BAND } else { PAPER };
            canvas.plated((4.0, top + 15.0), &format!("{name}{us}"), t, plate);
        }
    }
}

/// Place and relation to us, at the right end of a row.
fn places(
    canvas: &mut Canvas,
    lang: &Language,
    s: &Standing,
    (who, plate): (Who, RGBColor),
    row: (f64, f64),
) {
    let (top, height) = row;
    let right = canvas.frame().width();
    let place = match &s.rank {
        Ok(_) => place_words(lang, &s.rank),
        Err(_) => relation_words(lang, s),
    };
    let relation = if s.rank.is_ok() {
        relation_words(lang, s)
    } else {
        String::new()
    };
    let strong = Type::new(BODY, style::words(who)).ending();
    let strong = if who == Who::Other {
        strong
    } else {
        strong.strong()
    };
    let plain = Type::new(SMALL, SECOND).ending();
    match canvas.frame() {
        Frame::Wide => {
            let y = top + height / 2.0;
            let lift = if relation.is_empty() { 0.0 } else { 6.5 };
            let place_type = if s.rank.is_ok() { strong } else { plain };
            canvas.text((right - 6.0, y - lift), place, place_type);
            if !relation.is_empty() {
                canvas.text((right - 6.0, y + 7.5), relation, plain);
            }
        }
        Frame::Narrow => {
            let both = match (s.rank.is_ok(), relation.is_empty()) {
                (true, true) => place,
                (true, false) => format!("{relation} · {place}"),
                (false, _) => place,
            };
            canvas.plated((right - 4.0, top + 15.0), &both, plain, plate);
        }
    }
}

fn alt(scene: &Scene<'_>, page: &PageField) -> Alt {
    let said: Vec<String> = page
        .field
        .standings
        .iter()
        .map(|s| {
            let name = scene.name(&s.target);
            match s.summary.median {
                Some(m) => format!(
                    "{name} {}, {}",
                    scene.lang.value(page.field.scope.metric, m),
                    place_words(scene.lang, &s.rank)
                ),
                None => text!(scene.lang, "site-not-measured", site = text(name)),
            }
        })
        .collect();
    Alt {
        title: text!(
            scene.lang,
            "dots-title",
            metric = text(scene.lang.metric(page.field.scope.metric))
        ),
        description: described(scene.lang, &said),
    }
}

/// Where the chart's texts stand.
#[cfg(test)]
pub(in super::super) fn label_boxes(
    scene: &Scene<'_>,
    page: &PageField,
    axis: &Axis,
    frame: Frame,
) -> Vec<(String, [f64; 4])> {
    draw(scene, page, axis, frame).0.boxes()
}
