//! Page 1's strip: every site's median on one line, us and the benchmark above, the others below.

use crate::analysis::types::Field;

use super::super::language::text;
use super::super::scene::{Scene, Who, measured};
use super::axis::Axis;
use super::canvas::{Canvas, Type};
use super::flags::{Flag, Hung, Side, hang};
use super::measure::{Weight, fit, width};
use super::style::{self, BODY, INK, LARGE, PAPER, SECOND, SMALL, ZONE, ZONE_LEADERS};
use super::{Alt, Frame, us};

/// Half the height of the zone around the line.
const HALF: f64 = 15.0;
/// Most other sites that all have their name.
const NAMED: usize = 7;

struct Site {
    who: Who,
    x: f64,
    label: String,
}

/// Height of a lane of labels above or below.
fn lane(who: Who) -> f64 {
    match who {
        Who::Other => 19.0,
        _ => 23.0,
    }
}

/// The strip of a field, or nothing to draw where nobody was measured.
pub(in super::super) fn strip(
    scene: &Scene<'_>,
    field: &Field,
    axis: &Axis,
    frame: Frame,
) -> Option<String> {
    // As much of the names as can be hung without touching; of very many sites, none of them.
    (0..4).find_map(|cut| draw(scene, field, axis, (frame, cut)))
}

/// The strip with names cut to a half `cut` times, and left out at the fourth.
fn draw(
    scene: &Scene<'_>,
    field: &Field,
    axis: &Axis,
    (frame, cut): (Frame, u8),
) -> Option<String> {
    let ends = (4.0, frame.width() - 22.0);
    let sites: Vec<Site> = measured(field)
        .filter_map(|s| {
            let who = scene.who(field, &s.target);
            let median = s.summary.median?;
            Some(Site {
                who,
                x: axis.x(median, ends.0, ends.1),
                label: label(
                    scene,
                    &s.target,
                    &scene.lang.value(field.scope.metric, median),
                    (frame, cut),
                ),
            })
        })
        .collect();
    if sites.is_empty() {
        return None;
    }
    let (above, below): (Vec<&Site>, Vec<&Site>) = sites.iter().partition(|s| s.who != Who::Other);
    let below = named(below, &above);
    let (up, down) = (hung(&above, frame)?, hung(&below, frame)?);
    let lanes = |hung: &[Hung]| hung.iter().map(|h| h.lane + 1).max().unwrap_or(0) as f64;

    let mut canvas = Canvas::new(frame);
    let lines = axis.lines(scene);
    let head = if lines.is_empty() { 4.0 } else { 18.0 };
    let y = head + 12.0 + lanes(&up) * lane(Who::Own) + HALF;
    let foot = y + HALF + 12.0 + lanes(&down) * lane(Who::Other);
    axis.draw(&mut canvas, ends, (y, foot));
    for (line, colour) in lines.iter().zip([ZONE_LEADERS, ZONE]).rev() {
        let x = axis.x(line.value, ends.0, ends.1);
        canvas.area((ends.0, y - HALF), (x, y + HALF), colour);
    }
    axis.draw_lines(&mut canvas, &lines, ends, (0.0, y + HALF));
    canvas.line((ends.0, y), (ends.1, y), 1.4, INK);
    flags(&mut canvas, &above, &up, y, -1.0);
    flags(&mut canvas, &below, &down, y, 1.0);
    for who in [Who::Other, Who::Best, Who::Own] {
        for s in sites.iter().filter(|s| s.who == who) {
            point(&mut canvas, s, y);
        }
    }
    Some(canvas.svg(foot + 22.0, &alt(scene, field)))
}

/// Of many other sites those that have their name here: the ends, and those next to ours. Names of
/// all are on the next page; here they would push the strip off its own.
fn named<'s>(mut others: Vec<&'s Site>, above: &[&Site]) -> Vec<&'s Site> {
    if others.len() <= NAMED {
        return others;
    }
    others.sort_by(|a, b| a.x.total_cmp(&b.x));
    let last = others.len() - 1;
    let own = above.iter().find(|s| s.who == Who::Own).map(|s| s.x);
    let after = own.map(|x| others.partition_point(|s| s.x <= x));
    let is_near = |i: usize| after.is_some_and(|a| i == a || i + 1 == a);
    let kept = others.iter().enumerate();
    let kept = kept.filter(|(i, _)| *i == 0 || *i == last || is_near(*i));
    kept.map(|(_, s)| *s).collect()
}

fn label(scene: &Scene<'_>, id: &str, figure: &str, (frame, cut): (Frame, u8)) -> String {
    let own = scene.own_id() == Some(id);
    let room = match (frame, own) {
        (Frame::Wide, _) => 190.0,
        (Frame::Narrow, true) => 130.0,
        (Frame::Narrow, false) => 110.0,
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

fn hung(sites: &[&Site], frame: Frame) -> Option<Vec<Hung>> {
    hang(&as_flags(sites, frame), (0.0, frame.width()))
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
fn flags(canvas: &mut Canvas, sites: &[&Site], hung: &[Hung], y: f64, way: f64) {
    let frame = canvas.frame();
    let flags = as_flags(sites, frame);
    let level = |s: &Site, h: &Hung| y + way * (HALF + 10.0 + h.lane as f64 * lane(s.who));
    for (s, h) in sites.iter().zip(hung) {
        let end = match h.side {
            Side::Centre => level(s, h),
            Side::Left | Side::Right => level(s, h) + way * 6.0,
        };
        canvas.line((s.x, y), (s.x, end), 1.0, style::mark(s.who));
    }
    for ((s, h), f) in sites.iter().zip(hung).zip(flags) {
        let t = typeface(s.who, frame);
        let t = match h.side {
            Side::Right => t,
            Side::Left => t.ending(),
            Side::Centre => t.centred(),
        };
        canvas.plated((h.text_x(f), level(s, h)), &s.label, t, PAPER);
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
