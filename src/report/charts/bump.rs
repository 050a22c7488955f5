//! Page 6's chart: the order of the sites month by month, names where their lines end.
//!
//! A full dot is a place that the data are sure of, a hollow one the middle of several; a bar spans
//! them for us and the benchmark. Places among different sites are no step up or down, so a dashed
//! line joins them. With two or three months it is a slope graph.

use std::collections::BTreeMap;

use crate::analysis::types::{NotRanked, RankRange};

use super::super::language::{Arg, Dated, text};
use super::super::more::Month;
use super::super::scene::{Scene, Who};
#[cfg(test)]
use super::canvas::Drawn;
use super::canvas::{Canvas, Type};
use super::measure::{Weight, fit, width, wrap};
use super::style::{self, BODY, HAIR, PAPER, SECOND, SMALL};
use super::{Alt, Frame, us};

/// From the last dot to its name.
const TO_NAME: f64 = 16.0;
/// Half the width of the bar over a range of places.
const BAR: f64 = 3.0;

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

/// Where a site is among the ranked of a month by its median, 0 being the first, and the places that
/// the data leave open.
type Place = (usize, RankRange);

/// Place of each ranked site in a month.
fn order(month: &Month) -> BTreeMap<&str, Place> {
    let mut ranked: Vec<(&str, f64, RankRange)> = month
        .sites
        .iter()
        .filter_map(|(id, s)| Some((id.as_str(), s.median?, *s.rank.as_ref().ok()?)))
        .collect();
    ranked.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(b.0)));
    let places = ranked.into_iter().enumerate();
    places.map(|(i, (id, _, r))| (id, (i, r))).collect()
}

/// Where things stand.
struct Layout<'m> {
    left: f64,
    right: f64,
    top: f64,
    row: f64,
    /// The most places of any month.
    places: usize,
    orders: Vec<BTreeMap<&'m str, Place>>,
}

impl<'m> Layout<'m> {
    fn of(scene: &Scene<'_>, months: &[&'m Month], frame: Frame) -> Self {
        let orders: Vec<BTreeMap<&str, Place>> = months.iter().map(|m| order(m)).collect();
        let places = orders.iter().map(BTreeMap::len).max().unwrap_or(0);
        let (left, row, most) = match frame {
            Frame::Wide => (34.0, (240.0 / places as f64).clamp(26.0, 48.0), 190.0),
            Frame::Narrow => (38.0, 34.0, 100.0),
        };
        let ended_at_last = orders.last().into_iter().flat_map(BTreeMap::keys);
        let names = ended_at_last
            .map(|id| {
                let who = who(scene, id);
                let name = format!("{}{}", scene.name(id), us(scene.lang, who));
                width(&name, BODY, Weight::Strong)
            })
            .fold(60.0, f64::max);
        Layout {
            left,
            right: frame.width() - TO_NAME - names.min(most) - 2.0,
            top: 14.0,
            row,
            places,
            orders,
        }
    }

    fn step(&self) -> f64 {
        (self.right - self.left) / (self.orders.len() as f64 - 1.0)
    }

    fn x(&self, month: usize) -> f64 {
        self.left + self.step() * month as f64
    }

    fn y(&self, place: usize) -> f64 {
        self.top + self.row * (place as f64 + 0.5)
    }

    fn bottom(&self) -> f64 {
        self.top + self.row * self.places as f64
    }

    fn at(&self, id: &str, month: usize) -> Option<((f64, f64), RankRange)> {
        let (place, rank) = self.orders.get(month)?.get(id)?;
        Some(((self.x(month), self.y(*place)), *rank))
    }

    /// Whether a month ranks the same sites as the one before.
    fn same_sites(&self, month: usize) -> bool {
        self.orders[month - 1].keys().eq(self.orders[month].keys())
    }

    /// Radius of a dot, which leaves room between two months.
    fn radius(&self, who: Who) -> f64 {
        let wished = if who == Who::Own { 6.0 } else { 4.6 };
        f64::min(wished, self.step() * 0.34)
    }

    /// The last month in which a site is ranked.
    fn last(&self, id: &str) -> Option<usize> {
        self.orders.iter().rposition(|o| o.contains_key(id))
    }

    /// All who are ranked in any month, those last who are to be drawn over the others.
    fn ids(&self, scene: &Scene<'_>) -> Vec<&'m str> {
        let all = self.orders.iter().flat_map(|o| o.keys().copied());
        let mut ids: Vec<&str> = all.collect();
        ids.sort_unstable();
        ids.dedup();
        ids.sort_by_key(|id| match who(scene, id) {
            Who::Other => 0,
            Who::Best => 1,
            Who::Own => 2,
        });
        ids
    }
}

fn who(scene: &Scene<'_>, id: &str) -> Who {
    scene
        .headline()
        .map_or(Who::Other, |p| scene.who(&p.field, id))
}

fn draw(scene: &Scene<'_>, months: &[&Month], frame: Frame) -> (Canvas, f64) {
    let layout = Layout::of(scene, months, frame);
    let ids = layout.ids(scene);
    let mut canvas = Canvas::new(frame);
    grid(&mut canvas, scene, &layout);
    let mut foot = heads(&mut canvas, scene, &layout, months);
    bars(&mut canvas, scene, &layout, &ids);
    for id in &ids {
        line(&mut canvas, &layout, id, who(scene, id));
    }
    for id in &ids {
        dots(&mut canvas, &layout, id, who(scene, id));
    }
    let last = months.len() - 1;
    for id in ids.iter().filter(|id| layout.last(id) == Some(last)) {
        name(&mut canvas, scene, &layout, id);
    }
    for (id, month) in ended(&layout, &ids) {
        let words = became(scene, months[month + 1], id, frame);
        let t = Type::new(SMALL, style::words(who(scene, id)));
        let t = match who(scene, id) {
            Who::Other => Type::new(SMALL, SECOND),
            _ => t.strong(),
        };
        if !at_its_end(&mut canvas, &layout, (id, month), (&words, t)) {
            canvas.text((layout.left, foot), words, t);
            foot += 16.0;
        }
    }
    (canvas, foot)
}

/// A line a place, as far as there is such a place.
fn grid(canvas: &mut Canvas, scene: &Scene<'_>, layout: &Layout<'_>) {
    for place in 0..layout.places {
        let y = layout.y(place);
        for month in 1..layout.orders.len() {
            let there = |m: usize| layout.orders[m].len() > place;
            if there(month - 1) && there(month) {
                let (from, to) = (layout.x(month - 1), layout.x(month));
                canvas.line((from, y), (to, y), 1.0, HAIR);
            }
        }
        let label = scene.lang.ordinal(place + 1);
        let at = (layout.left - 12.0, y);
        canvas.text(at, label, Type::new(SMALL, SECOND).ending());
    }
}

/// Months, and of how many sites they are where that is fewer than in others. Gives the lower end.
fn heads(canvas: &mut Canvas, scene: &Scene<'_>, layout: &Layout<'_>, months: &[&Month]) -> f64 {
    let small = Type::new(SMALL, SECOND).centred();
    let every = (30.0 / layout.step()).ceil().max(1.0) as usize;
    let (mut free, mut foot) = (f64::NEG_INFINITY, layout.bottom() + 24.0);
    for (i, month) in months.iter().enumerate() {
        let x = layout.x(i);
        let name = scene.lang.date(month.first, Dated::MonthShort);
        let is_named = (months.len() - 1 - i).is_multiple_of(every);
        if is_named {
            canvas.text((x, layout.bottom() + 12.0), &name, small);
        }
        let n = layout.orders[i].len();
        if n < layout.places {
            let of = text!(scene.lang, "bump-of", n = number(n as u64));
            let label = if is_named { of } else { format!("{name} {of}") };
            let half = width(&label, SMALL, Weight::Regular) / 2.0;
            if x - half > free {
                canvas.text((x, layout.bottom() + 26.0), label, small);
                free = x + half + 4.0;
                foot = layout.bottom() + 38.0;
            }
        }
    }
    foot
}

/// The places that the data leave open, of ours and the benchmark's; side by side where they meet.
fn bars(canvas: &mut Canvas, scene: &Scene<'_>, layout: &Layout<'_>, ids: &[&str]) {
    let shown: Vec<&str> = ids
        .iter()
        .copied()
        .filter(|id| who(scene, id) != Who::Other)
        .collect();
    for month in 0..layout.orders.len() {
        let open: Vec<(Who, f64, RankRange)> = shown
            .iter()
            .filter_map(|id| Some((who(scene, id), layout.at(id, month)?)))
            .filter(|(_, (_, r))| r.lo < r.hi)
            .map(|(who, ((x, _), r))| (who, x, r))
            .collect();
        let meet = match open[..] {
            [(_, _, a), (_, _, b)] => a.lo <= b.hi && b.lo <= a.hi,
            _ => false,
        };
        for (who, x, r) in open {
            let x = match (meet, who) {
                (false, _) => x,
                (true, Who::Own) => x + BAR + 0.5,
                (true, _) => x - BAR - 0.5,
            };
            let end = |place: u32| layout.y(place.saturating_sub(1) as usize);
            let beyond = layout.radius(who) + 2.5;
            canvas.bar(
                (x - BAR, end(r.lo) - beyond),
                (x + BAR, end(r.hi) + beyond),
                style::quarter(who),
            );
        }
    }
}

/// The pieces between gaps.
fn line(canvas: &mut Canvas, layout: &Layout<'_>, id: &str, who: Who) {
    let (weight, colour) = (if who == Who::Own { 3.4 } else { 2.0 }, style::mark(who));
    for month in 1..layout.orders.len() {
        let (Some((a, _)), Some((b, _))) = (layout.at(id, month - 1), layout.at(id, month)) else {
            continue;
        };
        if layout.same_sites(month) {
            canvas.line(a, b, weight, colour);
        } else {
            canvas.dashed(a, b, (2.0, 3.0), (1.2, colour));
        }
    }
}

fn dots(canvas: &mut Canvas, layout: &Layout<'_>, id: &str, who: Who) {
    let (radius, colour) = (layout.radius(who), style::mark(who));
    for month in 0..layout.orders.len() {
        match layout.at(id, month) {
            Some((at, r)) if r.lo == r.hi => canvas.dot(at, radius, colour),
            Some((at, _)) => canvas.hollow(at, radius, colour),
            None => {}
        }
    }
}

/// The name at the right end of a line, in two lines where one has no room.
fn name(canvas: &mut Canvas, scene: &Scene<'_>, layout: &Layout<'_>, id: &str) {
    let Some(((x, y), _)) = layout.at(id, layout.orders.len() - 1) else {
        return;
    };
    let who = who(scene, id);
    let us = us(scene.lang, who);
    let name = scene.name(id);
    let room = canvas.frame().width() - x - TO_NAME;
    let style = |size: f64| {
        let t = Type::new(size, style::words(who));
        if who == Who::Other { t } else { t.strong() }
    };
    let at = |dy: f64| (x + TO_NAME, y + dy);
    let whole = format!("{name}{us}");
    if width(&whole, BODY, style(BODY).weight) <= room {
        canvas.text(
            at(0.0),
            format!("{}{us}", super::measure::isolated(&name)),
            style(BODY),
        );
    } else if canvas.frame() == Frame::Wide {
        let left = room - width(&us, BODY, Weight::Strong);
        let name = fit(&name, BODY, style(BODY).weight, left);
        canvas.text(at(0.0), format!("{name}{us}"), style(BODY));
    } else {
        let small = style(SMALL);
        // Our mark has its room in whichever line is the last.
        let lines = match wrap(
            &name,
            SMALL,
            small.weight,
            room - width(&us, SMALL, Weight::Strong),
        ) {
            lines if us.is_empty() || lines.len() > 1 => lines,
            mut one => {
                one.push(String::new());
                one
            }
        };
        let middle = (lines.len() as f64 - 1.0) / 2.0;
        let last = lines.len() - 1;
        for (i, line) in lines.into_iter().enumerate() {
            let us = if i == last { us.as_str() } else { "" };
            let words = format!("{line}{us}");
            canvas.text(at(13.0 * (i as f64 - middle)), words.trim(), small);
        }
    }
}

/// Those whose line ends before the last month, with the month of their last dot.
fn ended<'m>(layout: &Layout<'m>, ids: &[&'m str]) -> Vec<(&'m str, usize)> {
    ids.iter()
        .filter_map(|id| Some((*id, layout.last(id)?)))
        .filter(|(_, month)| month + 1 < layout.orders.len())
        .collect()
}

/// A site and what became of it in the month after its last dot.
fn became(scene: &Scene<'_>, after: &Month, id: &str, frame: Frame) -> String {
    let site = after.sites.get(id);
    let why = match site.map(|s| (&s.rank, s.counts)) {
        Some((_, c)) if c.blocked > 0 && c.blocked == c.attempted - c.missed => "blocked",
        Some((Err(NotRanked::TooManyLost { .. }), _)) => "lost",
        Some((_, c)) if c.attempted > 0 && c.valid == 0 => "lost",
        _ => "none",
    };
    let dated = match frame {
        Frame::Wide => Dated::Month,
        Frame::Narrow => Dated::MonthShort,
    };
    let room = match frame {
        Frame::Wide => 190.0,
        Frame::Narrow => 130.0,
    };
    let name = fit(&scene.name(id), SMALL, Weight::Strong, room);
    let args = [
        ("why", Arg::key(why)),
        ("site", Arg::text(name)),
        ("month", Arg::text(scene.lang.date(after.first, dated))),
    ];
    text!(scene.lang, "bump-ended", ..args)
}

/// Words beside the last dot of a line that ends early, where they meet nothing; else at the right
/// end, between two names. Says whether there was such a place.
fn at_its_end(
    canvas: &mut Canvas,
    layout: &Layout<'_>,
    (id, month): (&str, usize),
    (words, t): (&str, Type),
) -> bool {
    let Some(((x, y), _)) = layout.at(id, month) else {
        return true;
    };
    let half = layout.row / 2.0;
    let mut tried = vec![
        ((x - 4.0, y + half), t),
        ((x - 4.0, y - half), t),
        ((x + 4.0, y + half), t.ending()),
        ((x + 4.0, y - half), t.ending()),
    ];
    // Rather over the months than over the names.
    if x > f64::midpoint(layout.left, layout.right) {
        tried.rotate_left(2);
    }
    tried.insert(0, ((x + 12.0, y), t));
    // Nearer ones first.
    let mut between: Vec<f64> = (0..=layout.places)
        .map(|i| layout.top + layout.row * i as f64)
        .collect();
    between.sort_by(|a, b| (a - y).abs().total_cmp(&(b - y).abs()));
    let edge = canvas.frame().width();
    tried.extend(between.into_iter().map(|y| ((edge, y), t.ending())));
    let free = tried
        .into_iter()
        .find(|(at, t)| canvas.is_free(*at, words, *t));
    if let Some((at, t)) = free {
        canvas.plated(at, words, t, PAPER);
    }
    free.is_some()
}

fn alt(scene: &Scene<'_>, months: &[&Month]) -> Alt {
    let own = scene.own_id().unwrap_or_default();
    let layout = Layout::of(scene, months, Frame::Wide);
    let told: Vec<String> = months
        .iter()
        .zip(&layout.orders)
        .filter_map(|(m, order)| {
            let rank = m.sites.get(own)?.rank.as_ref().ok()?;
            let n = order.len();
            let of = match n < layout.places {
                true => format!(" {}", text!(scene.lang, "bump-of", n = number(n as u64))),
                false => String::new(),
            };
            let month = scene.lang.date(m.first, Dated::MonthYear);
            Some(format!("{month} {}{of}", scene.lang.range(*rank)))
        })
        .collect();
    let mut description = match told.is_empty() {
        true => text!(scene.lang, "bump-not-ranked"),
        false => text!(scene.lang, "bump-told", places = text(told.join("; "))),
    };
    for (id, month) in ended(&layout, &layout.ids(scene)) {
        let words = became(scene, months[month + 1], id, Frame::Wide);
        description.push_str(&format!(" {words}."));
    }
    Alt {
        title: text!(scene.lang, "bump-title"),
        description,
    }
}

/// The chart as it is drawn.
#[cfg(test)]
pub(in super::super) fn drawn(scene: &Scene<'_>, frame: Frame) -> Drawn {
    draw(scene, &ranked(&scene.input.more.months), frame)
        .0
        .drawn()
}
