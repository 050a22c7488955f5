//! Page 1's strip: every site's median on one line, us and the benchmark above, the others below.
//!
//! Of many sites some of the others hang above too; of so many that the strip would not stay low,
//! those that tell where we are keep a name, and the table has the rest.

use crate::analysis::types::Field;

use super::super::language::text;
use super::super::scene::{Scene, Who, measured};
use super::axis::Axis;
#[cfg(test)]
use super::canvas::Drawn;
use super::canvas::{Canvas, Type};
use super::flags::{Flag, Hung, Side, hang};
use super::measure::{Weight, fit, width};
use super::style::{self, BODY, INK, LARGE, PAPER, SECOND, SMALL, ZONE, ZONE_LEADERS};
use super::{Alt, Frame, us};

/// Half the height of the zone around the line.
const HALF: f64 = 15.0;

/// Lanes above and below together, beyond which only some are named.
fn most_lanes(frame: Frame) -> usize {
    match frame {
        Frame::Wide => 5,
        Frame::Narrow => 7,
    }
}

struct Site {
    id: String,
    who: Who,
    x: f64,
    label: String,
}

/// With so many lanes the others stay below.
const LOW: usize = 4;

/// Heights of lanes of labels above and below.
const LANE_UP: f64 = 23.0;
const LANE_DOWN: f64 = 19.0;

/// Labels on one side of the line, and how they hang.
struct Wing<'s> {
    sites: Vec<&'s Site>,
    hung: Vec<Hung>,
}

impl Wing<'_> {
    fn lanes(&self) -> usize {
        self.hung.iter().map(|h| h.lane + 1).max().unwrap_or(0)
    }
}

/// The strip of a field, or nothing to draw where nobody was measured.
pub(in super::super) fn strip(
    scene: &Scene<'_>,
    field: &Field,
    axis: &Axis,
    frame: Frame,
) -> Option<String> {
    let (canvas, height) = draw(scene, field, axis, frame)?;
    Some(canvas.svg(height, &alt(scene, field)))
}

fn draw(scene: &Scene<'_>, field: &Field, axis: &Axis, frame: Frame) -> Option<(Canvas, f64)> {
    let ends = (11.0, frame.width() - 22.0);
    let lines = axis.lines(scene);
    let walls: Vec<f64> = lines
        .iter()
        .map(|l| axis.x(l.value, ends.0, ends.1))
        .collect();
    let of_cut = |cut| sites(scene, field, (axis, ends), (frame, cut));
    if of_cut(0).is_empty() {
        return None;
    }
    // As much of the names as can be hung low: whole, then of fewer sites, then cut.
    let ways = [
        (0, false),
        (1, false),
        (0, true),
        (1, true),
        (2, true),
        (3, true),
    ];
    let (sites, some) = ways
        .into_iter()
        .map(|(cut, some)| (of_cut(cut), some))
        .find(|(sites, some)| {
            let named = named(sites, *some);
            // What is wider than all lanes together need not be tried.
            let wide: f64 = as_flags(&named, frame).iter().map(|f| f.width).sum();
            if wide > frame.width() * most_lanes(frame) as f64 {
                return false;
            }
            let wings = wings(&named, frame, &walls);
            wings.is_some_and(|(up, down)| up.lanes() + down.lanes() <= most_lanes(frame))
        })
        .unwrap_or_else(|| (of_cut(3), true));
    let (up, down) = wings(&named(&sites, some), frame, &walls)?;
    let mut canvas = Canvas::new(frame);
    let head = if lines.is_empty() { 4.0 } else { 18.0 };
    let y = head + 12.0 + up.lanes() as f64 * LANE_UP + HALF;
    let foot = y + HALF + 12.0 + down.lanes() as f64 * LANE_DOWN;
    axis.draw(&mut canvas, ends, (y, foot));
    for (x, colour) in walls.iter().zip([ZONE_LEADERS, ZONE]).rev() {
        canvas.area((ends.0, y - HALF), (*x, y + HALF), colour);
    }
    axis.draw_lines(&mut canvas, &lines, ends, (0.0, y + HALF));
    canvas.line((ends.0, y), (ends.1, y), 1.4, INK);
    flags(&mut canvas, &up, y, -1.0);
    flags(&mut canvas, &down, y, 1.0);
    for who in [Who::Other, Who::Best, Who::Own] {
        for s in sites.iter().filter(|s| s.who == who) {
            point(&mut canvas, s, y);
        }
    }
    Some((canvas, foot + 22.0))
}

/// All that were measured, in their order, with names cut to a half `cut` times.
fn sites(
    scene: &Scene<'_>,
    field: &Field,
    (axis, ends): (&Axis, (f64, f64)),
    (frame, cut): (Frame, u8),
) -> Vec<Site> {
    let mut sites: Vec<Site> = measured(field)
        .filter_map(|s| {
            let median = s.summary.median?;
            let figure = scene.lang.value(field.scope.metric, median);
            Some(Site {
                id: s.target.clone(),
                who: scene.who(field, &s.target),
                x: axis.x(median, ends.0, ends.1),
                label: label(scene, &s.target, &figure, (frame, cut)),
            })
        })
        .collect();
    sites.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.id.cmp(&b.id)));
    sites
}

/// All, or us, the benchmark, our neighbours on both sides and the first and the last.
fn named(sites: &[Site], some: bool) -> Vec<&Site> {
    let own = sites.iter().position(|s| s.who == Who::Own);
    let keeps = |i: usize| {
        let near = own.is_some_and(|own| own.abs_diff(i) <= 1);
        near || i == 0 || i + 1 == sites.len() || sites[i].who == Who::Best
    };
    let all = sites.iter().enumerate();
    all.filter(|(i, _)| !some || keeps(*i))
        .map(|(_, s)| s)
        .collect()
}

/// How labels hang above and below: the others below as long as that stays low, else every second or
/// third of them above.
fn wings<'s>(sites: &[&'s Site], frame: Frame, walls: &[f64]) -> Option<(Wing<'s>, Wing<'s>)> {
    let mut best: Option<(Wing<'s>, Wing<'s>)> = None;
    for (every, first) in [(usize::MAX, usize::MAX), (2, 0), (2, 1), (3, 1)] {
        let mut others = 0;
        let (above, below): (Vec<&Site>, Vec<&Site>) = sites.iter().partition(|s| {
            let i = others;
            others += usize::from(s.who == Who::Other);
            s.who != Who::Other || i % every == first
        });
        let wing = |sites: Vec<&'s Site>, walls: &[f64]| {
            let hung = hang(&as_flags(&sites, frame), (0.0, frame.width()), walls)?;
            Some(Wing { sites, hung })
        };
        let Some(found) = wing(above, walls).zip(wing(below, &[])) else {
            continue;
        };
        let lanes = |(up, down): &(Wing<'_>, Wing<'_>)| up.lanes() + down.lanes();
        let is_low = lanes(&found) <= LOW;
        if best.as_ref().is_none_or(|b| lanes(&found) < lanes(b)) {
            best = Some(found);
        }
        if is_low {
            break;
        }
    }
    best
}

fn label(scene: &Scene<'_>, id: &str, figure: &str, (frame, cut): (Frame, u8)) -> String {
    let own = scene.own_id() == Some(id);
    let room = match (frame, own) {
        (Frame::Wide, _) => 190.0,
        (Frame::Narrow, true) => 190.0,
        (Frame::Narrow, false) => 170.0,
    };
    let room = room / f64::from(1_u8 << cut);
    let size = if own { BODY } else { SMALL };
    let name = fit(&scene.name(id), size, Weight::Regular, room);
    let us = us(scene.lang, if own { Who::Own } else { Who::Other });
    if cut == 3 && !own {
        return figure.to_owned();
    }
    format!("{name}{us} {figure}")
}

fn typeface(who: Who, frame: Frame) -> Type {
    match (who, frame) {
        (Who::Other, _) => Type::new(SMALL, SECOND),
        (_, Frame::Wide) => Type::new(LARGE, style::words(who)).strong(),
        (_, Frame::Narrow) => Type::new(BODY, style::words(who)).strong(),
    }
}

fn as_flags(sites: &[&Site], frame: Frame) -> Vec<Flag> {
    sites
        .iter()
        .map(|s| {
            let t = typeface(s.who, frame);
            Flag {
                x: s.x,
                width: width(&s.label, t.size, t.weight),
            }
        })
        .collect()
}

/// Poles first, then labels on plates; `way` is -1 upwards and 1 downwards.
fn flags(canvas: &mut Canvas, wing: &Wing<'_>, y: f64, way: f64) {
    let frame = canvas.frame();
    let lane = if way < 0.0 { LANE_UP } else { LANE_DOWN };
    let level = |h: &Hung| y + way * (HALF + 10.0 + h.lane as f64 * lane);
    for (s, h) in wing.sites.iter().zip(&wing.hung) {
        let end = match h.side {
            // As far as the plate of its label.
            Side::Centre => level(h) - way * (typeface(s.who, frame).size * 0.62 + 0.5),
            Side::Left | Side::Right => level(h) + way * 6.0,
        };
        canvas.line((s.x, y), (s.x, end), 1.0, style::mark(s.who));
    }
    let flags = as_flags(&wing.sites, frame);
    for ((s, h), f) in wing.sites.iter().zip(&wing.hung).zip(flags) {
        let t = typeface(s.who, frame);
        let t = match h.side {
            Side::Right => t,
            Side::Left => t.ending(),
            Side::Centre => t.centred(),
        };
        canvas.plated((h.text_x(f), level(h)), &s.label, t, PAPER);
    }
}

fn point(canvas: &mut Canvas, site: &Site, y: f64) {
    let colour = style::mark(site.who);
    match site.who {
        Who::Own => canvas.dot((site.x, y), 7.0, colour),
        Who::Best => {
            canvas.dot((site.x, y), 5.0, colour);
            canvas.ring((site.x, y), 9.0, colour);
        }
        Who::Other => canvas.dot((site.x, y), 4.5, colour),
    }
}

fn alt(scene: &Scene<'_>, field: &Field) -> Alt {
    let said: Vec<String> = measured(field)
        .filter_map(|s| {
            let figure = scene.lang.value(field.scope.metric, s.summary.median?);
            Some(format!("{} {figure}", scene.name(&s.target)))
        })
        .collect();
    Alt {
        title: text!(
            scene.lang,
            "strip-title",
            metric = text(scene.lang.metric(field.scope.metric))
        ),
        description: text!(scene.lang, "strip-told", sites = text(said.join(", "))),
    }
}

/// The strip as it is drawn, with its height.
#[cfg(test)]
pub(in super::super) fn drawn(
    scene: &Scene<'_>,
    field: &Field,
    axis: &Axis,
    frame: Frame,
) -> Option<(Drawn, f64)> {
    draw(scene, field, axis, frame).map(|(canvas, height)| (canvas.drawn(), height))
}
