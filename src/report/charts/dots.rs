//! Page 2's chart: a row a site, median with intervals or, of few nights, with every visit.
//!
//! An interval may be as narrow as a pixel, so the median over it is an upright stroke without a rim.

use plotters::style::RGBColor;

use crate::analysis::types::{Relation, Standing};

use super::super::input::PageField;
use super::super::language::{Language, text};
use super::super::scene::{Scene, Who};
use super::super::sentences::{place_words, relation_words};
use super::axis::Axis;
#[cfg(test)]
use super::canvas::Drawn;
use super::canvas::{Anchor, Canvas, Type};
use super::measure::{Weight, fit, width};
use super::style::{self, BAND, BODY, PAPER, SECOND, SMALL};
use super::{Alt, Frame, described, us};

/// The widest column of names on paper.
const NAMES: f64 = 172.0;
/// From the names to the scale.
const TO_SCALE: f64 = 18.0;
/// Radius of the benchmark's ring.
const RING: f64 = 10.5;

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
    fn of(scene: &Scene<'_>, page: &PageField, frame: Frame) -> Self {
        let rows = &page.field.standings;
        match frame {
            Frame::Wide => {
                let row = match rows.len() {
                    0..=6 => 58.0,
                    7..=8 => 52.0,
                    9..=10 => 42.0,
                    _ => 33.0,
                };
                let names = rows.iter().map(|s| {
                    let name = scene.name(&s.target);
                    let name = format!(
                        "{name}{}",
                        us(scene.lang, scene.who(&page.field, &s.target))
                    );
                    let market = width(&scene.market(&s.target), SMALL, Weight::Regular);
                    width(&name, BODY, Weight::Strong).max(market)
                });
                let said = rows.iter().filter(|s| s.summary.median.is_some()).map(|s| {
                    let (place, relation) = place_and_relation(scene.lang, s);
                    let place = width(&place, BODY, Weight::Strong);
                    place.max(width(&relation, SMALL, Weight::Regular))
                });
                let left = names.fold(80.0, f64::max).min(NAMES);
                let right = said.fold(40.0, f64::max);
                Layout {
                    ends: (left + TO_SCALE, frame.width() - 6.0 - right - 16.0),
                    row,
                    marks: row / 2.0,
                    top: 24.0,
                }
            }
            Frame::Narrow => Layout {
                ends: (RING + 2.0, frame.width() - 18.0),
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
    let layout = Layout::of(scene, page, frame);
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
    names(
        canvas,
        scene,
        who,
        s,
        (top, layout.row, layout.ends.0 - TO_SCALE),
    );
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
    let (left, right) = marks(canvas, page, s, who, (&x, y));
    let figure = scene.lang.value(page.field.scope.metric, median);
    let t = Type::new(BODY, style::words(who)).strong();
    let mut tried = vec![
        ((right + 8.0, y), t),
        ((left - 8.0, y), t.ending()),
        ((right + 18.0, y), t),
        ((left - 18.0, y), t.ending()),
    ];
    // Else behind the reference line that is in the way, or over the marks.
    tried.extend((3..8).map(|i| ((right + 10.0 * f64::from(i), y), t)));
    tried.push(((x(median), y - 18.0), t.centred()));
    // Left of the scale stand names.
    let wide = width(&figure, t.size, t.weight);
    tried.retain(|((x, _), t)| t.anchor != Anchor::End || x - wide >= layout.ends.0);
    canvas.label(&tried, &figure, plate);
}

/// Intervals and median, or every visit and the median. Gives the ends of what is drawn.
fn marks(
    canvas: &mut Canvas,
    page: &PageField,
    s: &Standing,
    who: Who,
    (x, y): (&dyn Fn(f64) -> f64, f64),
) -> (f64, f64) {
    let middle = x(s.summary.median.unwrap_or_default());
    let (mark, light) = (style::mark(who), style::light(who));
    let mut ends = (middle - 5.2, middle + 5.2);
    let mut reach = |x: f64| ends = (ends.0.min(x), ends.1.max(x));
    if who == Who::Best {
        canvas.ring((middle, y), RING, mark);
        reach(middle - RING);
        reach(middle + RING);
    }
    let Some(i) = s.summary.interval95 else {
        for v in page.values.get(&s.target).into_iter().flatten() {
            canvas.speck((x(*v), y), 3.4, light);
            reach(x(*v) - 4.0);
            reach(x(*v) + 4.0);
        }
        // Among single visits the median has to stand out.
        canvas.dot((middle, y), 5.2, mark);
        return ends;
    };
    if let Some(i) = s.summary.interval80 {
        canvas.bar((x(i.lower), y - 4.5), (x(i.upper), y + 4.5), light);
    }
    canvas.line((x(i.lower), y), (x(i.upper), y), 1.5, mark);
    for end in [x(i.lower), x(i.upper)] {
        canvas.line((end, y - 3.5), (end, y + 3.5), 1.5, mark);
        reach(end);
    }
    canvas.line((middle, y - 7.0), (middle, y + 7.0), 2.6, mark);
    ends
}

/// Name and market of a site.
fn names(
    canvas: &mut Canvas,
    scene: &Scene<'_>,
    who: Who,
    s: &Standing,
    (top, height, room): (f64, f64, f64),
) {
    let us = us(scene.lang, who);
    let market = scene.market(&s.target);
    let t = Type::new(BODY, style::words(who));
    let t = if who == Who::Other { t } else { t.strong() };
    let small = Type::new(SMALL, SECOND);
    match canvas.frame() {
        Frame::Wide => {
            let left = room - width(&us, BODY, Weight::Strong);
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

/// Place and relation to us; without a place, the relation alone.
fn place_and_relation(lang: &Language, s: &Standing) -> (String, String) {
    match &s.rank {
        Ok(_) => (place_words(lang, &s.rank), relation_words(lang, s)),
        Err(_) => (relation_words(lang, s), String::new()),
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
    let (place, relation) = place_and_relation(lang, s);
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

/// The chart as it is drawn.
#[cfg(test)]
pub(in super::super) fn drawn(
    scene: &Scene<'_>,
    page: &PageField,
    axis: &Axis,
    frame: Frame,
) -> Drawn {
    draw(scene, page, axis, frame).0.drawn()
}
