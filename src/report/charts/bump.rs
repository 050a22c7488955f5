//! Page 6's chart: the order of the sites month by month, names at the ends of the lines.
//!
//! A full dot is a place that the data are sure of, a hollow one stands for several; behind ours and
//! the benchmark's they are drawn as a bar. A line that ends early still has its name and says why.
//! Where another number of sites is ranked than the month before, lines are thin: a place more or
//! less is then no gain. With two or three months it is a slope graph.

use std::collections::BTreeMap;

use super::super::language::{Dated, text};
use super::super::more::Month;
use super::super::scene::{Scene, Who};
use super::canvas::{Canvas, Type};
use super::measure::{Weight, fit};
use super::style::{self, BODY, HAIR, SECOND, SMALL};
use super::{Alt, Frame, us};
use crate::analysis::types::RankRange;

/// Months with two ranked sites or more.
pub(in super::super) fn ranked(months: &[Month]) -> Vec<&Month> {
    let some = |m: &&Month| m.sites.values().filter(|s| s.rank.is_ok()).count() > 1;
    months.iter().filter(some).collect()
}

/// The chart, from two ranked months on.
pub(in super::super) fn bump(scene: &Scene<'_>, frame: Frame) -> Option<String> {
    let months = ranked(&scene.input.more.months);
    if months.len() < 2 {
        return None;
    }
    let (canvas, height) = draw(scene, &months, frame);
    Some(canvas.svg(height, &alt(scene, &months)))
}

/// Where a site stands in a month: in the order by median (0 is the first), and its range.
#[derive(Clone, Copy)]
struct Placed {
    at: usize,
    range: RankRange,
}

impl Placed {
    fn is_sure(self) -> bool {
        self.range.lo == self.range.hi
    }
}

/// Place of each ranked site in a month by its median.
fn order(month: &Month) -> BTreeMap<&str, Placed> {
    let mut ranked: Vec<(&str, f64, RankRange)> = month
        .sites
        .iter()
        .filter_map(|(id, s)| Some((id.as_str(), s.median?, *s.rank.as_ref().ok()?)))
        .collect();
    ranked.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(b.0)));
    ranked
        .into_iter()
        .enumerate()
        .map(|(at, (id, _, range))| (id, Placed { at, range }))
        .collect()
}

/// Where things stand on the chart.
struct Layout {
    left: f64,
    right: f64,
    top: f64,
    row: f64,
    step: f64,
    places: usize,
}

impl Layout {
    fn new(frame: Frame, months: usize, places: usize) -> Layout {
        let (left, right, row) = match frame {
            Frame::Wide => (34.0, 490.0, (252.0 / places as f64).clamp(26.0, 48.0)),
            Frame::Narrow => (38.0, 218.0, 34.0),
        };
        Layout {
            left,
            right,
            top: 14.0,
            row,
            step: (right - left) / (months as f64 - 1.0),
            places,
        }
    }

    fn x(&self, month: usize) -> f64 {
        self.left + self.step * month as f64
    }

    fn y(&self, place: usize) -> f64 {
        self.top + self.row * (place as f64 + 0.5)
    }

    fn bottom(&self) -> f64 {
        self.top + self.row * self.places as f64
    }
}

fn draw(scene: &Scene<'_>, months: &[&Month], frame: Frame) -> (Canvas, f64) {
    let orders: Vec<BTreeMap<&str, Placed>> = months.iter().map(|m| order(m)).collect();
    let places = orders.iter().map(BTreeMap::len).max().unwrap_or(0);
    let layout = Layout::new(frame, months.len(), places);
    let mut canvas = Canvas::new(frame);
    scales(&mut canvas, scene, &layout, (months, &orders));
    let field = scene.headline().map(|p| &p.field);
    let mut ids: Vec<&str> = orders.iter().flat_map(|o| o.keys().copied()).collect();
    ids.sort_unstable();
    ids.dedup();
    let who = |id: &str| field.map_or(Who::Other, |f| scene.who(f, id));
    ids.sort_by_key(|id| match who(id) {
        Who::Other => 0,
        Who::Best => 1,
        Who::Own => 2,
    });
    for id in &ids {
        ranges(&mut canvas, &layout, &orders, (id, who(id)));
    }
    let counts: Vec<usize> = orders.iter().map(BTreeMap::len).collect();
    for id in &ids {
        let points: Vec<Option<Placed>> = orders.iter().map(|o| o.get(id).copied()).collect();
        line(&mut canvas, &layout, (&points, &counts), who(id));
    }
    names(&mut canvas, scene, &layout, (months, &orders, &ids));
    let is_told = orders.iter().any(|o| o.len() < places);
    (canvas, layout.bottom() + if is_told { 34.0 } else { 22.0 })
}

/// Places at the left, months below; of how many, where these are fewer than in others.
fn scales(
    canvas: &mut Canvas,
    scene: &Scene<'_>,
    layout: &Layout,
    (months, orders): (&[&Month], &[BTreeMap<&str, Placed>]),
) {
    let small = Type::new(SMALL, SECOND);
    for place in 0..layout.places {
        let y = layout.y(place);
        canvas.line((layout.left, y), (layout.right, y), 1.0, HAIR);
        let label = scene.lang.ordinal(place + 1);
        canvas.text((layout.left - 12.0, y), label, small.ending());
    }
    let every = (30.0 / layout.step).ceil().max(1.0) as usize;
    for (i, (month, order)) in months.iter().zip(orders).enumerate() {
        if !(months.len() - 1 - i).is_multiple_of(every) {
            continue;
        }
        let (x, y) = (layout.x(i), layout.bottom() + 10.0);
        let label = scene.lang.date(month.first, Dated::MonthShort);
        canvas.text((x, y), label, small.centred());
        if order.len() < layout.places {
            let of = text!(scene.lang, "bump-of", n = number(order.len()));
            canvas.text((x, y + 13.0), of, small.centred());
        }
    }
}

/// The places that ours and the benchmark's may have, behind all lines.
fn ranges(
    canvas: &mut Canvas,
    layout: &Layout,
    orders: &[BTreeMap<&str, Placed>],
    (id, who): (&str, Who),
) {
    if who == Who::Other {
        return;
    }
    for (i, order) in orders.iter().enumerate() {
        if let Some(placed) = order.get(id).filter(|p| !p.is_sure()) {
            let y = |rank: u32| layout.y(rank.saturating_sub(1) as usize);
            let (from, to) = (y(placed.range.lo), y(placed.range.hi));
            let x = layout.x(i);
            canvas.line((x, from), (x, to), 7.0, style::tint(who));
        }
    }
}

/// Pieces between gaps, then the dots.
fn line(
    canvas: &mut Canvas,
    layout: &Layout,
    (points, counts): (&[Option<Placed>], &[usize]),
    who: Who,
) {
    let weight = if who == Who::Own { 3.4 } else { 2.0 };
    let colour = style::mark(who);
    let ranked = |i: usize| Some((i, points[i]?));
    for i in 1..points.len() {
        if let (Some(a), Some(b)) = (points[i - 1], points[i]) {
            let from = (layout.x(i - 1), layout.y(a.at));
            let to = (layout.x(i), layout.y(b.at));
            let weight = if counts[i - 1] == counts[i] {
                weight
            } else {
                1.0
            };
            canvas.line(from, to, weight, colour);
        }
    }
    let radius = if who == Who::Own { 6.0 } else { 4.6 };
    for (i, placed) in (0..points.len()).filter_map(ranked) {
        let at = (layout.x(i), layout.y(placed.at));
        if placed.is_sure() {
            canvas.dot(at, radius, colour);
        } else {
            canvas.hollow(at, radius, colour);
        }
    }
}

/// Names at the ends of the lines; a site without a place in the last month has its name on a row
/// that is free there, with why.
fn names(
    canvas: &mut Canvas,
    scene: &Scene<'_>,
    layout: &Layout,
    (months, orders, ids): (&[&Month], &[BTreeMap<&str, Placed>], &[&str]),
) {
    let (Some(last), Some(month)) = (orders.last(), months.last()) else {
        return;
    };
    let field = scene.headline().map(|p| &p.field);
    let who = |id: &str| field.map_or(Who::Other, |f| scene.who(f, id));
    let mut free: Vec<usize> = (0..layout.places).collect();
    free.retain(|row| last.values().all(|p| p.at != *row));
    for id in ids {
        let t = Type::new(BODY, style::words(who(id)));
        let t = if who(id) == Who::Other { t } else { t.strong() };
        let us = us(scene.lang, who(id));
        let room = canvas.frame().width() - layout.right - 18.0;
        let room = room - if us.is_empty() { 0.0 } else { 32.0 };
        let name = fit(&scene.name(id), BODY, Weight::Strong, room);
        let name = format!("{name}{us}");
        let x = layout.right + 16.0;
        if let Some(placed) = last.get(id) {
            canvas.text((x, layout.y(placed.at)), name, t);
            continue;
        }
        let ended = orders.iter().rev().find_map(|o| o.get(id));
        let near = |row: &usize| ended.map_or(0, |e| row.abs_diff(e.at));
        let Some(at) = (0..free.len()).min_by_key(|i| near(&free[*i])) else {
            continue;
        };
        let y = layout.y(free.remove(at));
        let why = month.sites.get(*id).and_then(|s| s.rank.as_ref().err());
        let why = why.map_or_else(|| "–".to_owned(), |w| scene.lang.not_ranked_short(w));
        let why = match why.as_str() {
            "–" => scene.lang.word("not-measured"),
            _ => why,
        };
        canvas.text((x, y - 6.0), name, t);
        canvas.text((x, y + 7.0), why, Type::new(SMALL, SECOND));
    }
}

fn alt(scene: &Scene<'_>, months: &[&Month]) -> Alt {
    let own = scene.own_id().unwrap_or_default();
    let told: Vec<String> = months
        .iter()
        .filter_map(|m| {
            let rank = m.sites.get(own)?.rank.as_ref().ok()?;
            Some(format!(
                "{} {}",
                scene.lang.date(m.first, Dated::MonthYear),
                scene.lang.range(*rank)
            ))
        })
        .collect();
    Alt {
        title: text!(scene.lang, "bump-title"),
        description: match told.is_empty() {
            true => text!(scene.lang, "bump-not-ranked"),
            false => text!(scene.lang, "bump-told", places = text(told.join("; "))),
        },
    }
}

/// Where the chart's texts stand.
#[cfg(test)]
pub(in super::super) fn label_boxes(scene: &Scene<'_>, frame: Frame) -> Vec<(String, [f64; 4])> {
    draw(scene, &ranked(&scene.input.more.months), frame)
        .0
        .boxes()
}
