//! Page 5's chart: the year by week, a panel a site, ours across the sheet, all on one scale.
//!
//! A gap in the data is a gap in the line. Releases, failed nights and changes of the instrument
//! are marked on ours (`panel_marks`).

use jiff::civil::Date;

use super::super::language::{Dated, text};
use super::super::more::Quartiles;
use super::super::scene::{Scene, Who};
use super::axis::Axis;
#[cfg(test)]
use super::canvas::Drawn;
use super::canvas::{Canvas, Type};
use super::measure::{Weight, fit, width};
use super::panel_marks::{failures, has_changes, marks};
use super::style::{self, BODY, HAIR, PAPER, SECOND, SMALL};
use super::{Alt, Frame, described, us};

/// Room for the figure at the end of a line, and for the figures of the scale.
pub(super) const END: f64 = 46.0;
const SCALE: f64 = 34.0;
/// Above the panel for its name, below it for the months.
const HEAD: f64 = 36.0;
const FOOT: f64 = 26.0;
const GUTTER: f64 = 20.0;

/// Over our panel, for the word at a change of the instrument.
const LANE: f64 = 14.0;

/// Where the plot of a panel lies, and where its name begins.
#[derive(Clone, Copy)]
pub(super) struct Panel {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
    name: (f64, f64),
}

impl Panel {
    /// Whether the figures of the scale stand at it.
    fn has_scale(self) -> bool {
        self.left <= SCALE
    }
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
    // The figures of the scale stand at the first column alone.
    let gaps = GUTTER * (columns as f64 - 1.0);
    let wide = (frame.width() - SCALE - gaps) / columns as f64 - END;
    let mut down = 0.0;
    for (i, id) in ids.iter().enumerate() {
        let across = own_first && i == 0;
        let place = i - usize::from(own_first && i > 0);
        let (row, column) = if across {
            (0, 0)
        } else {
            (usize::from(own_first) + place / columns, place % columns)
        };
        let left = SCALE + column as f64 * (wide + END + GUTTER);
        let top = row as f64 * step + HEAD;
        let mut panel = Panel {
            left,
            right: if across {
                frame.width() - END
            } else {
                left + wide
            },
            top: top + down,
            bottom: top + down + height,
            name: (if column == 0 { 0.0 } else { left }, top + down - 26.0),
        };
        if across && has_changes(scene, panel) {
            down = LANE;
            (panel.top, panel.bottom) = (panel.top + LANE, panel.bottom + LANE);
        }
        site(&mut canvas, scene, axis, id, panel);
    }
    (canvas, rows as f64 * step + down)
}

fn site(canvas: &mut Canvas, scene: &Scene<'_>, axis: &Axis, id: &str, panel: Panel) {
    let who = match scene.headline() {
        Some(page) => scene.who(&page.field, id),
        None => Who::Other,
    };
    let us = us(scene.lang, who);
    let t = Type::new(BODY, style::words(who)).strong();
    let room = panel.right + END - panel.name.0 - width(&us, BODY, Weight::Strong);
    let name = fit(&scene.name(id), BODY, Weight::Strong, room);
    canvas.text(panel.name, format!("{name}{us}"), t);
    grid(canvas, axis, panel);
    months(canvas, scene, panel);
    if who == Who::Own {
        marks(canvas, scene, panel);
    }
    line(canvas, scene, (axis, who), id, panel);
    if who == Who::Own {
        failures(canvas, scene, panel);
    }
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
        if i % every == 0 && panel.has_scale() {
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

pub(super) fn x_of(scene: &Scene<'_>, date: Date, panel: Panel) -> Option<f64> {
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

/// The weeks of a site between gaps.
fn pieces(scene: &Scene<'_>, id: &str, panel: Panel) -> Vec<Vec<(f64, Quartiles)>> {
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
    pieces
}

/// Median line and ribbon of the middle half, in as many pieces as there are gaps.
fn line(canvas: &mut Canvas, scene: &Scene<'_>, (axis, who): (&Axis, Who), id: &str, panel: Panel) {
    let pieces = pieces(scene, id, panel);
    let y = |v| y_of(axis, v, panel);
    for piece in &pieces {
        let mut outline: Vec<(f64, f64)> = piece.iter().map(|(x, q)| (*x, y(q.upper))).collect();
        outline.extend(piece.iter().rev().map(|(x, q)| (*x, y(q.lower))));
        if piece.len() > 1 {
            canvas.ribbon(outline, style::pale(who));
        }
    }
    // Ours behind each of the others, for comparison.
    if let Some(own) = scene.own_id().filter(|own| *own != id) {
        for piece in self::pieces(scene, own, panel) {
            let points = piece.iter().map(|(x, q)| (*x, y(q.median))).collect();
            canvas.path(points, 1.2, style::quarter(Who::Own));
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
        let beside = |dy: f64| ((x + 7.0, y(q.median) + dy), t);
        let figure = scene.lang.value(metric, q.median);
        canvas.label(&[beside(0.0), beside(-12.0), beside(12.0)], &figure, PAPER);
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
