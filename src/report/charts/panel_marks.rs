//! What is marked on our panel of the year: releases, changes of the instrument, failed nights.
//!
//! A change of the instrument goes before a release, since a step may be its own; what stands too
//! close to be named singly shares one label with its number and its days.

use jiff::civil::Date;

use super::super::language::{Dated, Language, text};
use super::super::more::{Mark, MarkKind};
use super::super::scene::Scene;
use super::super::text::{clean, shorten};
use super::canvas::{Canvas, Type};
use super::measure::{Weight, isolated, width};
use super::panels::{END, Panel, x_of};
use super::style::{INK, PAPER, SECOND, SMALL, ZONE};

/// Between two labels.
const AIR: f64 = 6.0;
/// Heights of labels over the panel: of releases, and of changes over them.
const RELEASES: f64 = 8.0;
const CHANGES: f64 = 22.0;
/// Lines nearer than this on average would be a hatch.
const HATCH: f64 = 8.0;

/// A mark in its place.
struct Placed<'m> {
    x: f64,
    mark: &'m Mark,
}

/// Marks that share a label.
struct Group<'m> {
    of: Vec<Placed<'m>>,
    label: String,
    /// Ends of the label.
    span: (f64, f64),
}

/// Whether there is a lane more over the panel than that of the releases.
pub(super) fn has_changes(scene: &Scene<'_>, panel: Panel) -> bool {
    !placed(scene, panel, MarkKind::Method).is_empty()
}

/// Releases and changes.
pub(super) fn marks(canvas: &mut Canvas, scene: &Scene<'_>, panel: Panel) {
    let edge = panel.right + END;
    let groups = grouped(scene.lang, placed(scene, panel, MarkKind::Release), edge);
    for group in &groups {
        releases(canvas, group, panel);
    }
    changes(canvas, scene, &groups, panel);
}

fn placed<'s>(scene: &Scene<'s>, panel: Panel, kind: MarkKind) -> Vec<Placed<'s>> {
    let of = scene.marks().filter(|m| m.kind == kind);
    let mut placed: Vec<Placed<'_>> = of
        .filter_map(|mark| {
            let x = x_of(scene, mark.date, panel)?;
            Some(Placed { x, mark })
        })
        .collect();
    placed.sort_by(|a, b| a.x.total_cmp(&b.x));
    placed
}

/// Releases with a label each, or together where two labels would meet.
fn grouped<'m>(lang: &Language, placed: Vec<Placed<'m>>, edge: f64) -> Vec<Group<'m>> {
    let mut groups: Vec<Group<'m>> = Vec::new();
    for one in placed {
        let mut group = labelled(lang, vec![one], edge);
        while let Some(before) = groups.pop_if(|g| g.span.1 + AIR > group.span.0) {
            let mut of = before.of;
            of.append(&mut group.of);
            group = labelled(lang, of, edge);
        }
        groups.push(group);
    }
    groups
}

fn labelled<'m>(lang: &Language, of: Vec<Placed<'m>>, edge: f64) -> Group<'m> {
    let label = match &of[..] {
        [one] => isolated(&shorten(&clean(&one.mark.label), 14)),
        many => {
            let days = days(lang, many[0].mark.date, many[many.len() - 1].mark.date);
            text!(
                lang,
                "panels-releases",
                n = number(many.len()),
                days = text(days)
            )
        }
    };
    let wide = width(&label, SMALL, Weight::Regular);
    let left = of.first().map_or(0.0, |p| p.x).min(edge - wide);
    Group {
        of,
        label,
        span: (left, left + wide),
    }
}

/// `2–24 Oct`, `28 Sep–3 Oct`, `2 Oct`.
fn days(lang: &Language, first: Date, last: Date) -> String {
    let end = lang.date(last, Dated::DayShort);
    if first == last {
        return end;
    }
    let start = match first.first_of_month() == last.first_of_month() {
        true => first.day().to_string(),
        false => lang.date(first, Dated::DayShort),
    };
    text!(lang, "panels-days", first = text(start), last = text(end))
}

/// A line a release; where they would be a hatch, their time under a bracket.
fn releases(canvas: &mut Canvas, group: &Group<'_>, panel: Panel) {
    let ends = group.of.first().zip(group.of.last());
    let (from, to) = ends.map_or((0.0, 0.0), |(a, b)| (a.x, b.x));
    let is_hatch = group.of.len() > 2 && (to - from) / (group.of.len() as f64 - 1.0) < HATCH;
    if is_hatch {
        canvas.area((from, panel.top), (to, panel.bottom), ZONE);
        bracket(canvas, (from, to), panel.top - 2.0, 4.0);
    } else {
        for one in &group.of {
            let (top, bottom) = ((one.x, panel.top - 2.0), (one.x, panel.bottom));
            canvas.line(top, bottom, 1.0, SECOND);
        }
    }
    let at = (group.span.0, panel.top - RELEASES);
    canvas.text(at, &group.label, Type::new(SMALL, INK));
}

/// A line with short ends, downwards or upwards.
fn bracket(canvas: &mut Canvas, (from, to): (f64, f64), y: f64, end: f64) {
    canvas.line((from, y), (to, y), 1.0, SECOND);
    for x in [from, to] {
        canvas.line((x, y), (x, y + end), 1.0, SECOND);
    }
}

/// Dashed lines with a word over the releases' names, which they do not cross.
fn changes(canvas: &mut Canvas, scene: &Scene<'_>, groups: &[Group<'_>], panel: Panel) {
    let label = scene.lang.word("panels-method");
    let wide = width(&label, SMALL, Weight::Regular);
    let mut free = f64::NEG_INFINITY;
    for one in placed(scene, panel, MarkKind::Method) {
        let x = one.x;
        let is_named = |g: &Group<'_>| g.span.0 - 2.0 < x && x < g.span.1 + 2.0;
        let top = match groups.iter().any(is_named) {
            true => panel.top - 2.0,
            false => panel.top - CHANGES + 7.0,
        };
        canvas.dashed((x, top), (x, panel.bottom), (3.0, 2.0), (1.2, SECOND));
        let at = x.min(panel.right + END - wide);
        if at > free {
            let at = (at, panel.top - CHANGES);
            canvas.text(at, &label, Type::new(SMALL, INK));
            free = x + wide + AIR;
        }
    }
}

/// Crosses on the ground of the panel, nights in a row as one bracket, with their words where there
/// is room beside the line: those close by share them.
pub(super) fn failures(canvas: &mut Canvas, scene: &Scene<'_>, panel: Panel) {
    let mut runs: Vec<Vec<Placed<'_>>> = Vec::new();
    for one in placed(scene, panel, MarkKind::Incident) {
        let follows = |run: &&mut Vec<Placed<'_>>| {
            let last = run.last().map(|p| p.mark.date);
            last.is_some_and(|d| one.mark.date <= d.tomorrow().unwrap_or(d))
        };
        match runs.last_mut().filter(follows) {
            Some(run) => run.push(one),
            None => runs.push(vec![one]),
        }
    }
    let y = panel.bottom - 8.0;
    let ends = |run: &[Placed<'_>]| (run[0].x, run[run.len() - 1].x);
    for run in &runs {
        let (from, to) = ends(run);
        if run.len() > 1 {
            let (from, to) = (from - 1.0, (to + 1.0).max(from + 3.0));
            canvas.line((from, y), (to, y), 1.6, INK);
            for x in [from, to] {
                canvas.line((x, y - 3.5), (x, y + 3.5), 1.6, INK);
            }
        } else {
            for sign in [-1.0, 1.0] {
                let (a, b) = ((from - 3.0, y - 3.0 * sign), (from + 3.0, y + 3.0 * sign));
                canvas.line(a, b, 1.4, INK);
            }
        }
    }
    let t = Type::new(SMALL, SECOND);
    // The longest is named first.
    runs.sort_by_key(|run| std::cmp::Reverse(run.len()));
    for run in &runs {
        let (from, to) = ends(run);
        let failed = scene.lang.word("panels-failed");
        let words = match &run[..] {
            [_] => failed,
            many => {
                let days = days(
                    scene.lang,
                    many[0].mark.date,
                    many[many.len() - 1].mark.date,
                );
                format!("{failed}, {days}")
            }
        };
        let tried = [
            ((to + 8.0, y), t),
            ((from - 8.0, y), t.ending()),
            ((to + 8.0, y - 14.0), t),
            ((from - 8.0, y - 14.0), t.ending()),
        ];
        canvas.label_if_free(&tried, &words, PAPER);
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_are_said_as_briefly_as_they_can_be() {
        let lang = Language::english();
        let said = |a, b| days(&lang, a, b);
        assert_eq!(said(date(2026, 10, 2), date(2026, 10, 24)), "2–24 Oct");
        assert_eq!(said(date(2026, 9, 28), date(2026, 10, 3)), "28 Sep–3 Oct");
        assert_eq!(said(date(2026, 10, 2), date(2026, 10, 2)), "2 Oct");
    }

    fn mark(day: i8, label: &str) -> Mark {
        Mark {
            date: date(2026, 10, day),
            kind: MarkKind::Release,
            label: label.to_owned(),
        }
    }

    #[test]
    fn releases_too_close_to_be_named_share_a_label_with_their_number() {
        let marks: Vec<Mark> = (1..=12).map(|d| mark(d * 2, "4.2.1")).collect();
        let placed = marks.iter().map(|mark| Placed {
            x: f64::from(mark.date.day()) * 1.6,
            mark,
        });
        let found = grouped(&Language::english(), placed.collect(), 600.0);
        let said: Vec<&str> = found.iter().map(|g| g.label.as_str()).collect();
        assert_eq!(said, ["12 releases, 2–24 Oct"]);
        let apart = marks.iter().take(2).zip([0.0, 200.0]);
        let apart = apart.map(|(mark, x)| Placed { x, mark }).collect();
        assert_eq!(grouped(&Language::english(), apart, 600.0).len(), 2);
    }
}
