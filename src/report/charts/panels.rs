//! Page 5's chart: the year by week, a panel a site, ours across the sheet, all on one scale.
//!
//! A gap in the data is a gap in the line. Releases, failed nights and changes of the instrument
//! are marked on ours.

use jiff::civil::Date;

use super::super::language::{Dated, Language, text};
use super::super::more::{Mark, MarkKind, Quartiles};
use super::super::scene::{Scene, Who};
use super::axis::Axis;
#[cfg(test)]
use super::canvas::Drawn;
use super::canvas::{Canvas, Type};
use super::measure::{Weight, fit, width};
use super::style::{self, BODY, HAIR, INK, SECOND, SMALL};
use super::{Alt, Frame, described, us};

/// Room for the figure at the end of a line, and for the figures of the scale.
const END: f64 = 46.0;
const SCALE: f64 = 34.0;
/// Above the panel for its name, below it for the months.
const HEAD: f64 = 36.0;
const FOOT: f64 = 26.0;
const GUTTER: f64 = 20.0;

/// Where a panel lies: left, top, width, height of the plot.
#[derive(Clone, Copy)]
struct Panel {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

/// The chart of the year.
pub(in super::super) fn panels(scene: &Scene<'_>, axis: &Axis, frame: Frame) -> String {
    let (canvas, height) = draw(scene, axis, frame);
    canvas.svg(height, &alt(scene))
}

fn sites<'a>(scene: &Scene<'a>) -> Vec<&'a str> {
    let standings = scene.headline().map(|f| &f.field.standings);
    let mut ids: Vec<&str> = standings
        .into_iter()
        .flatten()
        .map(|s| s.target.as_str())
        .filter(|id| {
            let weeks = &scene.input.more.weeks;
            weeks.iter().any(|w| w.sites.contains_key(*id))
        })
        .collect();
    ids.sort_by_key(|id| Some(*id) != scene.own_id());
    ids
}

fn draw(scene: &Scene<'_>, axis: &Axis, frame: Frame) -> (Canvas, f64) {
    let ids = sites(scene);
    let mut canvas = Canvas::new(frame);
    let own_first = ids.first().copied() == scene.own_id();
    let others = ids.len() - usize::from(own_first);
    let columns = match (frame, others) {
        (Frame::Narrow, _) => 1,
        (_, 0..=4) => 2,
        (_, 5..=9) => 3,
        _ => 4,
    };
    let rows = usize::from(own_first) + others.div_ceil(columns);
    let height = match frame {
        Frame::Narrow => 120.0,
        Frame::Wide => (760.0 / rows as f64 - HEAD - FOOT).clamp(70.0, 196.0),
    };
    let step = HEAD + height + FOOT;
    let wide = (frame.width() - GUTTER * (columns as f64 - 1.0)) / columns as f64;
    for (i, id) in ids.iter().enumerate() {
        let across = own_first && i == 0;
        let place = i - usize::from(own_first && i > 0);
        let (row, column) = if across {
            (0, 0)
        } else {
            (usize::from(own_first) + place / columns, place % columns)
        };
        let left = column as f64 * (wide + GUTTER);
        let panel = Panel {
            left: left + SCALE,
            right: if across { frame.width() } else { left + wide } - END,
            top: row as f64 * step + HEAD,
            bottom: row as f64 * step + HEAD + height,
        };
        site(&mut canvas, scene, axis, id, panel);
    }
    (canvas, rows as f64 * step)
}

fn site(canvas: &mut Canvas, scene: &Scene<'_>, axis: &Axis, id: &str, panel: Panel) {
    let who = match scene.headline() {
        Some(page) => scene.who(&page.field, id),
        None => Who::Other,
    };
    let us = us(scene.lang, who);
    let t = Type::new(BODY, style::words(who)).strong();
    let room = panel.right + END - panel.left + SCALE - width(&us, BODY, Weight::Strong);
    let name = fit(&scene.name(id), BODY, Weight::Strong, room);
    canvas.text(
        (panel.left - SCALE, panel.top - 26.0),
        format!("{name}{us}"),
        t,
    );
    grid(canvas, axis, panel);
    months(canvas, scene, panel);
    if who == Who::Own {
        marks(canvas, scene, panel);
    }
    line(canvas, scene, (axis, who), id, panel);
}

fn grid(canvas: &mut Canvas, axis: &Axis, panel: Panel) {
    let steps = axis.steps();
    // Few enough figures that they do not touch.
    let every = if (panel.bottom - panel.top) / (steps.len() as f64) < 16.0 {
        2
    } else {
        1
    };
    for (i, (v, label)) in steps.iter().enumerate() {
        let y = y_of(axis, *v, panel);
        canvas.line((panel.left, y), (panel.right, y), 1.0, HAIR);
        if i % every == 0 {
            let figure = label.trim_end_matches(" s").to_owned();
            let unit = if i + every >= steps.len() { " s" } else { "" };
            canvas.text(
                (panel.left - 6.0, y),
                format!("{figure}{unit}"),
                Type::new(SMALL, SECOND).ending(),
            );
        }
    }
}

fn y_of(axis: &Axis, v: f64, panel: Panel) -> f64 {
    axis.x(v.min(axis.max()), panel.bottom, panel.top)
}

/// The days of the year that the panels show: first, and how many.
fn days(scene: &Scene<'_>) -> Option<(Date, f64)> {
    let weeks = &scene.input.more.weeks;
    let first = weeks.first()?.first;
    Some((first, weeks.len() as f64 * 7.0))
}

fn x_of(scene: &Scene<'_>, date: Date, panel: Panel) -> Option<f64> {
    let (first, days) = days(scene)?;
    let at = f64::from(first.until(date).ok()?.get_days());
    (0.0..=days)
        .contains(&at)
        .then(|| panel.left + (panel.right - panel.left) * at / days)
}

/// First days of months, as many of them named as fit.
fn months(canvas: &mut Canvas, scene: &Scene<'_>, panel: Panel) {
    let Some((first, days)) = days(scene) else {
        return;
    };
    let wide = (panel.right - panel.left) * 30.4 / days;
    let every = if wide > 34.0 {
        1
    } else if wide > 17.0 {
        2
    } else if wide > 11.0 {
        3
    } else {
        6
    };
    let mut date = first.first_of_month();
    let mut i = 0;
    while date <= scene.input.data_until {
        if let Some(x) = x_of(scene, date, panel) {
            canvas.line((x, panel.bottom), (x, panel.bottom + 4.0), 1.0, SECOND);
            let label = scene.lang.date(date, Dated::MonthShort);
            let fits = x + width(&label, SMALL, Weight::Regular) <= panel.right + END;
            if i % every == 0 && fits {
                canvas.text((x, panel.bottom + 13.0), label, Type::new(SMALL, SECOND));
            }
            i += 1;
        }
        date = date.saturating_add(jiff::Span::new().months(1));
    }
}

/// Releases as lines with their version, failed nights as crosses, changes of method as dashed lines
/// whose word no release takes the room of.
fn marks(canvas: &mut Canvas, scene: &Scene<'_>, panel: Panel) {
    let lines: Vec<(&Mark, f64)> = scene
        .marks()
        .filter(|m| m.kind != MarkKind::Incident)
        .filter_map(|m| Some((m, x_of(scene, m.date, panel)?)))
        .collect();
    for (mark, x) in &lines {
        match mark.kind {
            MarkKind::Method => dashed(canvas, *x, (panel.top - 2.0, panel.bottom)),
            _ => canvas.line((*x, panel.top - 2.0), (*x, panel.bottom), 1.0, SECOND),
        }
    }
    let mut taken: Vec<(f64, f64)> = Vec::new();
    let is_method = |m: &Mark| m.kind == MarkKind::Method;
    let (first, then): (Vec<_>, Vec<_>) = lines.iter().partition(|(m, _)| is_method(m));
    for (mark, x) in first.into_iter().chain(then) {
        let label = words(scene.lang, mark);
        let wide = width(&label, SMALL, Weight::Regular);
        let at = x.min(panel.right + END - wide);
        if taken
            .iter()
            .all(|(from, to)| at + wide + 6.0 < *from || at > *to + 6.0)
        {
            canvas.text((at, panel.top - 8.0), label, Type::new(SMALL, INK));
            taken.push((at, at + wide));
        }
    }
    let lines: Vec<f64> = lines.iter().map(|(_, x)| *x).collect();
    incidents(canvas, scene, panel, &lines);
}

/// A line of dashes from top to bottom.
fn dashed(canvas: &mut Canvas, x: f64, (top, bottom): (f64, f64)) {
    let mut y = top;
    while y < bottom {
        canvas.line((x, y), (x, (y + 4.0).min(bottom)), 1.0, SECOND);
        y += 7.0;
    }
}

/// Failed nights: a cross each, nights in a row as one bar from first to last; with their words
/// where these meet nothing, also no line.
fn incidents(canvas: &mut Canvas, scene: &Scene<'_>, panel: Panel, lines: &[f64]) {
    let incidents = scene.marks().filter(|m| m.kind == MarkKind::Incident);
    let at: Vec<(Date, f64)> = incidents
        .filter_map(|m| Some((m.date, x_of(scene, m.date, panel)?)))
        .collect();
    let y = panel.bottom - 6.0;
    let said = scene.lang.word("panels-failed");
    let wide = width(&said, SMALL, Weight::Regular);
    let next_day = |a: &(Date, f64), b: &(Date, f64)| a.0.tomorrow().is_ok_and(|d| d == b.0);
    let runs: Vec<&[(Date, f64)]> = at.chunk_by(next_day).collect();
    let mut free = f64::NEG_INFINITY;
    for (i, run) in runs.iter().enumerate() {
        let (Some(&(_, first)), Some(&(_, last))) = (run.first(), run.last()) else {
            continue;
        };
        if run.len() > 1 {
            canvas.line((first - 3.0, y), (last + 3.0, y), 4.0, INK);
        } else {
            cross(canvas, (first, y));
        }
        let next = runs.get(i + 1).and_then(|r| r.first()).map(|(_, x)| *x);
        let right = last + 7.0 + wide;
        let is_clear = |from: f64, to: f64| lines.iter().all(|x| *x < from - 2.0 || *x > to + 2.0);
        let is_open = right <= panel.right + END
            && next.is_none_or(|n| right + 4.0 < n - 3.0)
            && is_clear(last + 7.0, right);
        let left = first - 7.0 - wide;
        if is_open {
            canvas.text(
                (last + 7.0, y - 0.5),
                said.as_str(),
                Type::new(SMALL, SECOND),
            );
            free = right;
        } else if left > free.max(panel.left) && is_clear(left, first - 7.0) {
            canvas.text((left, y - 0.5), said.as_str(), Type::new(SMALL, SECOND));
            free = last + 7.0;
        } else {
            free = free.max(last + 7.0);
        }
    }
}

fn cross(canvas: &mut Canvas, (x, y): (f64, f64)) {
    for sign in [-1.0, 1.0] {
        let (from, to) = ((x - 3.0, y - 3.0 * sign), (x + 3.0, y + 3.0 * sign));
        canvas.line(from, to, 1.4, INK);
    }
}

fn words(lang: &Language, mark: &Mark) -> String {
    match mark.kind {
        MarkKind::Release => {
            super::super::text::shorten(&super::super::text::clean(&mark.label), 14)
        }
        MarkKind::Incident => String::new(),
        MarkKind::Method => lang.word("panels-method"),
    }
}

/// Median line and ribbon of the middle half, in as many pieces as there are gaps.
fn line(canvas: &mut Canvas, scene: &Scene<'_>, (axis, who): (&Axis, Who), id: &str, panel: Panel) {
    let weeks = &scene.input.more.weeks;
    let step = (panel.right - panel.left) / weeks.len() as f64;
    let mut pieces: Vec<Vec<(f64, Quartiles)>> = vec![Vec::new()];
    for (i, week) in weeks.iter().enumerate() {
        match (week.sites.get(id), pieces.last_mut()) {
            (Some(q), Some(piece)) => piece.push((panel.left + step * (i as f64 + 0.5), *q)),
            (None, Some(piece)) if !piece.is_empty() => pieces.push(Vec::new()),
            _ => {}
        }
    }
    pieces.retain(|p| !p.is_empty());
    let y = |v| y_of(axis, v, panel);
    for piece in &pieces {
        let mut outline: Vec<(f64, f64)> = piece.iter().map(|(x, q)| (*x, y(q.upper))).collect();
        outline.extend(piece.iter().rev().map(|(x, q)| (*x, y(q.lower))));
        if piece.len() > 1 {
            canvas.ribbon(outline, style::tint(who));
        }
    }
    let weight = if who == Who::Own { 2.4 } else { 1.8 };
    for piece in &pieces {
        if piece.len() > 1 {
            let points = piece.iter().map(|(x, q)| (*x, y(q.median))).collect();
            canvas.path(points, weight, style::mark(who));
        } else if let Some((x, q)) = piece.first() {
            canvas.speck((*x, y(q.median)), 2.2, style::mark(who));
        }
    }
    let last = pieces.last().and_then(|p| p.last());
    if let (Some((x, q)), Some(metric)) = (last, scene.headline().map(|f| f.field.scope.metric)) {
        canvas.dot((*x, y(q.median)), 3.0, style::mark(who));
        let t = Type::new(SMALL, style::words(who)).strong();
        canvas.text(
            (x + 7.0, y(q.median)),
            scene.lang.value(metric, q.median),
            t,
        );
    }
}

fn alt(scene: &Scene<'_>) -> Alt {
    let metric = scene.metric();
    let weeks = &scene.input.more.weeks;
    let told: Vec<String> = sites(scene)
        .into_iter()
        .map(|id| {
            let mut of = weeks.iter().filter_map(|w| w.sites.get(id));
            let first = of.next().map_or(0.0, |q| q.median);
            let last = of.next_back().map_or(first, |q| q.median);
            text!(
                scene.lang,
                "panels-told",
                site = text(scene.name(id)),
                first = text(scene.lang.value(metric, first)),
                last = text(scene.lang.value(metric, last))
            )
        })
        .collect();
    Alt {
        title: text!(
            scene.lang,
            "panels-title",
            metric = text(scene.lang.metric(metric))
        ),
        description: described(scene.lang, &told),
    }
}

/// The chart as it is drawn.
#[cfg(test)]
pub(in super::super) fn drawn(scene: &Scene<'_>, axis: &Axis, frame: Frame) -> Drawn {
    draw(scene, axis, frame).0.drawn()
}
