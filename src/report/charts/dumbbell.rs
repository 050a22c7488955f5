//! Page 3's chart: a row a page kind, us and the benchmark joined by their gap.

use crate::analysis::types::{Field, Relation};

use super::super::language::{Language, text};
use super::super::scene::{Scene, Who, best_standing};
use super::super::sentences::{gap_note, gap_words};
use super::super::text::capital;
use super::axis::Axis;
#[cfg(test)]
use super::canvas::Drawn;
use super::canvas::{Anchor, Canvas, Type};
use super::measure::{Weight, fit, isolated, width};
use super::style::{self, BODY, INK, LINK, PAPER, SECOND, SMALL};
use super::{Alt, Frame, described};

/// Ends of the scale, height of a row, and where in it the marks stand.
struct Layout {
    ends: (f64, f64),
    row: f64,
    marks: f64,
    top: f64,
}

impl Layout {
    fn of(frame: Frame, rows: usize) -> Self {
        match frame {
            Frame::Wide => {
                let row = if rows <= 5 { 70.0 } else { 52.0 };
                Layout {
                    ends: (190.0, 560.0),
                    row,
                    marks: row / 2.0,
                    top: 24.0,
                }
            }
            Frame::Narrow => Layout {
                ends: (12.0, frame.width() - 18.0),
                row: 80.0,
                marks: 58.0,
                top: 24.0,
            },
        }
    }
}

/// The chart of all page kinds.
pub(in super::super) fn dumbbell(scene: &Scene<'_>, axis: &Axis, frame: Frame) -> String {
    let (canvas, height) = draw(scene, axis, frame);
    canvas.svg(height, &alt(scene))
}

fn draw(scene: &Scene<'_>, axis: &Axis, frame: Frame) -> (Canvas, f64) {
    let fields = &scene.input.fields;
    let layout = Layout::of(frame, fields.len());
    let bottom = layout.top + layout.row * fields.len() as f64;
    let mut canvas = Canvas::new(frame);
    axis.draw(&mut canvas, layout.ends, (layout.top, bottom));
    let lines = axis.lines(scene);
    axis.draw_lines(&mut canvas, &lines, layout.ends, (0.0, bottom));
    for (i, page) in fields.iter().enumerate() {
        let top = layout.top + layout.row * i as f64;
        row(&mut canvas, scene, (axis, &layout), &page.field, top);
    }
    (canvas, bottom + 24.0)
}

fn row(
    canvas: &mut Canvas,
    scene: &Scene<'_>,
    (axis, layout): (&Axis, &Layout),
    field: &Field,
    top: f64,
) {
    let y = top + layout.marks;
    heading(canvas, scene, field, (top, layout.row));
    let x = |v: f64| axis.x(v, layout.ends.0, layout.ends.1);
    let own = scene.own_median(field);
    let best = best_standing(field).and_then(|s| s.summary.median);
    let dots: Vec<(Who, f64)> = [best.map(|m| (Who::Best, m)), own.map(|m| (Who::Own, m))]
        .into_iter()
        .flatten()
        .filter(|(who, _)| *who == Who::Own || scene.own_id() != best_id(field))
        .collect();
    if let [(_, a), (_, b)] = dots[..] {
        canvas.line((x(a), y), (x(b), y), 5.0, LINK);
    }
    for (who, v) in &dots {
        let colour = style::mark(*who);
        canvas.dot((x(*v), y), 6.0, colour);
        if *who == Who::Best {
            canvas.ring((x(*v), y), 9.6, colour);
        }
    }
    let after = labels(canvas, (scene.lang, field), &dots, (y, layout.ends.0), x);
    if canvas.frame() == Frame::Narrow {
        return;
    }
    if let Some(why) = gap_note(scene, field) {
        let right = dots.iter().map(|(_, v)| x(*v));
        let right = right.fold(layout.ends.0, f64::max);
        let start = match dots.is_empty() {
            true => right + 8.0,
            false => (after + 16.0).max(right + 84.0),
        };
        let room = canvas.frame().width() - start;
        let words = fit(&why.words(scene.lang), BODY, Weight::Regular, room);
        canvas.plated((start, y), &words, Type::new(BODY, SECOND), PAPER);
    }
}

fn best_id(field: &Field) -> Option<&str> {
    field.benchmark.as_ref().map(|b| b.target.as_str())
}

/// Each figure on the outer side of its dot, so that two figures never meet; elsewhere near it where
/// a reference line is in the way or the outer side has no room. Gives the right end of them all.
fn labels(
    canvas: &mut Canvas,
    (lang, field): (&Language, &Field),
    dots: &[(Who, f64)],
    (y, left): (f64, f64),
    x: impl Fn(f64) -> f64,
) -> f64 {
    let mut right = left;
    let low = dots.iter().map(|(_, v)| *v).fold(f64::INFINITY, f64::min);
    let mut low_taken = false;
    for (who, v) in dots {
        let figure = lang.value(field.scope.metric, *v);
        let words = match who {
            Who::Own => text!(lang, "dumbbell-us", figure = text(figure)),
            _ => figure,
        };
        let t = Type::new(BODY, style::words(*who)).strong();
        let goes_left = dots.len() > 1 && *v <= low && !low_taken;
        low_taken |= goes_left;
        let at = x(*v);
        let outer = |d: f64| match goes_left {
            true => ((at - d, y), t.ending()),
            false => ((at + d, y), t),
        };
        let mut tried: Vec<((f64, f64), Type)> = vec![outer(15.0), outer(24.0)];
        let aside = match goes_left {
            true => ((left.max(at - 9.0), y + 20.0), t),
            false => ((at + 7.0, y + 20.0), t.ending()),
        };
        tried.extend([aside, ((at, y + 20.0), t.centred())]);
        tried.extend((3..8).map(|i| outer(10.0 * f64::from(i))));
        // Left of the scale stand names.
        let width = width(&words, t.size, t.weight);
        tried.retain(|((x, _), t)| t.anchor != Anchor::End || x - width >= left);
        right = right.max(canvas.label(&tried, &words, PAPER));
    }
    right
}

/// Page kind and benchmark on the left, the gap in words on the right.
fn heading(canvas: &mut Canvas, scene: &Scene<'_>, field: &Field, (top, height): (f64, f64)) {
    let kind = capital(&scene.lang.page(&field.scope.page));
    let strong = Type::new(BODY, INK).strong();
    let small = Type::new(SMALL, style::words(Who::Best));
    let benchmark = best_id(field).map(|id| scene.name(id));
    let gap = scene.gap(field);
    let (words, doubt) = gap.map_or_else(Default::default, |c| {
        gap_words(scene.lang, field.scope.metric, &c)
    });
    let gap_type = match gap.map(|c| c.relation) {
        Some(Relation::Slower | Relation::Faster) => strong,
        _ => Type::new(BODY, INK),
    };
    let plain = Type::new(SMALL, SECOND).ending();
    let right = canvas.frame().width();
    match canvas.frame() {
        Frame::Wide => {
            let (edge, y) = (172.0, top + height / 2.0);
            let lift = if benchmark.is_some() { 8.0 } else { 0.0 };
            let kind = fit(&kind, strong.size, strong.weight, edge);
            canvas.text((edge, y - lift), kind, strong.ending());
            if let Some(name) = benchmark {
                let name = text!(scene.lang, "dumbbell-and", site = text(isolated(&name)));
                let name = fit(&name, small.size, small.weight, edge);
                canvas.text((edge, y + 9.0), name, small.ending());
            }
            let lift = if doubt.is_empty() { 0.0 } else { 8.0 };
            canvas.text((right, y - lift), words, gap_type.ending());
            if !doubt.is_empty() {
                canvas.text((right, y + 9.0), doubt, plain);
            }
        }
        Frame::Narrow => {
            let kind = fit(&kind, strong.size, strong.weight, 190.0);
            canvas.plated((4.0, top + 16.0), &kind, strong, PAPER);
            // Where there is no pair, the reason stands in the place of the benchmark's name.
            let (under, style) = match (gap_note(scene, field), benchmark) {
                (Some(why), _) => (why.words(scene.lang), Type::new(SMALL, SECOND)),
                (None, Some(name)) => (
                    text!(scene.lang, "dumbbell-and", site = text(isolated(&name))),
                    small,
                ),
                (None, None) => (String::new(), small),
            };
            let room = if doubt.is_empty() { right - 8.0 } else { 190.0 };
            let under = fit(&under, style.size, style.weight, room);
            if !under.is_empty() {
                canvas.plated((4.0, top + 33.0), &under, style, PAPER);
            }
            if !words.is_empty() {
                canvas.plated((right - 4.0, top + 16.0), &words, gap_type.ending(), PAPER);
            }
            if !doubt.is_empty() {
                canvas.plated((right - 4.0, top + 33.0), &doubt, plain, PAPER);
            }
        }
    }
}

fn alt(scene: &Scene<'_>) -> Alt {
    let said: Vec<String> = scene
        .input
        .fields
        .iter()
        .map(|page| {
            let (field, lang) = (&page.field, scene.lang);
            let figure = |m: Option<f64>| {
                m.map_or_else(
                    || text!(lang, "not-measured"),
                    |m| lang.value(field.scope.metric, m),
                )
            };
            let best = best_standing(field);
            let name = best.map_or_else(
                || text!(lang, "dumbbell-no-overseas"),
                |s| format!("{} {}", scene.name(&s.target), figure(s.summary.median)),
            );
            text!(
                lang,
                "dumbbell-told",
                page = text(lang.page(&field.scope.page)),
                ours = text(figure(scene.own_median(field))),
                best = text(name)
            )
        })
        .collect();
    Alt {
        title: text!(scene.lang, "dumbbell-title"),
        description: described(scene.lang, &said),
    }
}

/// The chart as it is drawn.
#[cfg(test)]
pub(in super::super) fn drawn(scene: &Scene<'_>, axis: &Axis, frame: Frame) -> Drawn {
    draw(scene, axis, frame).0.drawn()
}
