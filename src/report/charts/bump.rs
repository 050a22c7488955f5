//! Page 6's chart: the order of the sites month by month, names at the ends of the lines.
//!
//! A full dot is a place that the data are sure of, a hollow one the middle of several. With two or
//! three months it is a slope graph.

use std::collections::BTreeMap;

use super::super::language::{Dated, text};
use super::super::more::Month;
use super::super::scene::{Scene, Who};
use super::canvas::{Canvas, Type};
use super::measure::{Weight, fit};
use super::style::{self, BODY, HAIR, SECOND, SMALL};
use super::{Alt, Frame, us};

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

/// Place of each ranked site in a month by its median: 0 is the first.
fn order(month: &Month) -> BTreeMap<&str, (usize, bool)> {
    let mut ranked: Vec<(&str, f64, bool)> = month
        .sites
        .iter()
        .filter_map(|(id, s)| {
            let rank = s.rank.as_ref().ok()?;
            Some((id.as_str(), s.median?, rank.lo == rank.hi))
        })
        .collect();
    ranked.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(b.0)));
    ranked
        .into_iter()
        .enumerate()
        .map(|(i, (id, _, sure))| (id, (i, sure)))
        .collect()
}

fn draw(scene: &Scene<'_>, months: &[&Month], frame: Frame) -> (Canvas, f64) {
    let orders: Vec<BTreeMap<&str, (usize, bool)>> = months.iter().map(|m| order(m)).collect();
    let places = orders.iter().map(BTreeMap::len).max().unwrap_or(0);
    let (left, right, row) = match frame {
        Frame::Wide => (34.0, 490.0, (264.0 / places as f64).clamp(26.0, 48.0)),
        Frame::Narrow => (38.0, 218.0, 34.0),
    };
    let top = 14.0;
    let bottom = top + row * places as f64;
    let step = (right - left) / (months.len() as f64 - 1.0);
    let x = |i: usize| left + step * i as f64;
    let y = |place: usize| top + row * (place as f64 + 0.5);
    let mut canvas = Canvas::new(frame);
    for place in 0..places {
        canvas.line((left, y(place)), (right, y(place)), 1.0, HAIR);
        let label = scene.lang.ordinal(place + 1);
        let at = (left - 12.0, y(place));
        canvas.text(at, label, Type::new(SMALL, SECOND).ending());
    }
    let every = (30.0 / step).ceil().max(1.0) as usize;
    for (i, month) in months.iter().enumerate() {
        if (months.len() - 1 - i).is_multiple_of(every) {
            let label = scene.lang.date(month.first, Dated::MonthShort);
            let at = (x(i), bottom + 10.0);
            canvas.text(at, label, Type::new(SMALL, SECOND).centred());
        }
    }
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
    for id in ids {
        let points: Vec<Option<((f64, f64), bool)>> = orders
            .iter()
            .enumerate()
            .map(|(i, o)| o.get(id).map(|(p, sure)| ((x(i), y(*p)), *sure)))
            .collect();
        line(&mut canvas, &points, who(id));
        let Some(Some(((_, end), _))) = points.last() else {
            continue;
        };
        let t = Type::new(BODY, style::words(who(id)));
        let t = if who(id) == Who::Other { t } else { t.strong() };
        let us = us(scene.lang, who(id));
        let room = frame.width() - right - 18.0 - if us.is_empty() { 0.0 } else { 32.0 };
        let name = fit(&scene.name(id), BODY, Weight::Strong, room);
        canvas.text((right + 16.0, *end), format!("{name}{us}"), t);
    }
    (canvas, bottom + 22.0)
}

/// Pieces between gaps, then the dots.
fn line(canvas: &mut Canvas, points: &[Option<((f64, f64), bool)>], who: Who) {
    let weight = if who == Who::Own { 3.4 } else { 2.0 };
    let colour = style::mark(who);
    for pair in points.windows(2) {
        if let [Some((a, _)), Some((b, _))] = pair {
            canvas.line(*a, *b, weight, colour);
        }
    }
    let radius = if who == Who::Own { 6.0 } else { 4.6 };
    for (at, sure) in points.iter().flatten() {
        if *sure {
            canvas.dot(*at, radius, colour);
        } else {
            canvas.hollow(*at, radius, colour);
        }
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
