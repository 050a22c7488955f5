//! Page 10's chart: ours beside the benchmark's, a pair of bars a metric, a scale a unit.
//!
//! Blue and orange are the same grey in print, so ours are full and the benchmark's an outline.

use crate::model::{Metric, Unit};

use super::super::language::{Language, text};
use super::super::more::Part;
use super::super::scene::{Scene, Who};
use super::super::sentences::part_words;
#[cfg(test)]
use super::canvas::Drawn;
use super::canvas::{Canvas, Type};
use super::measure::{Weight, fit, width};
use super::style::{self, BODY, INK, SECOND, SMALL};
use super::{Alt, Frame, described};

const BAR: f64 = 9.0;
/// From the middle of one bar of a pair to that of the other: a line of figures.
const PITCH: f64 = 16.0;
/// Above the heading of a group and below it.
const ABOVE: f64 = 22.0;
const BELOW: f64 = 10.0;

/// Metrics that share a scale, under a heading.
fn groups<'p>(lang: &Language, parts: &'p [Part]) -> Vec<(String, Vec<&'p Part>)> {
    let is_part = |m: Metric| {
        matches!(
            m,
            Metric::LcpTtfb | Metric::LcpLoadDelay | Metric::LcpLoadTime | Metric::LcpRenderDelay
        )
    };
    let of = |keep: &dyn Fn(Metric) -> bool| parts.iter().filter(|p| keep(p.metric)).collect();
    let all: [(String, Vec<&Part>); 4] = [
        (lang.word("pairs-main-content"), of(&is_part)),
        (
            lang.word("pairs-server"),
            of(&|m| m.unit() == Unit::Milliseconds && !is_part(m)),
        ),
        (lang.word("pairs-weight"), of(&|m| m.unit() == Unit::Bytes)),
        (
            lang.word("pairs-requests"),
            of(&|m| m.unit() == Unit::Count),
        ),
    ];
    all.into_iter().filter(|(_, p)| !p.is_empty()).collect()
}

/// The chart of all parts.
pub(in super::super) fn pairs(scene: &Scene<'_>, best: &str, frame: Frame) -> Option<String> {
    let (canvas, height) = draw(scene, best, frame)?;
    Some(canvas.svg(height, &alt(scene, best)))
}

fn draw(scene: &Scene<'_>, best: &str, frame: Frame) -> Option<(Canvas, f64)> {
    let groups = groups(scene.lang, &scene.input.more.parts);
    if groups.is_empty() {
        return None;
    }
    let mut canvas = Canvas::new(frame);
    let (left, right, row) = match frame {
        Frame::Wide => (178.0, 520.0, 42.0),
        Frame::Narrow => (4.0, 200.0, 56.0),
    };
    let mut y = 8.0;
    for (title, parts) in groups {
        canvas.text((0.0, y), title, Type::new(SMALL, SECOND).strong());
        y += SMALL / 2.0 + BELOW - 5.0;
        // All times stand on one scale, so that a part is seen for what it is.
        let times = parts[0].metric.unit() == Unit::Milliseconds;
        let top = scene
            .input
            .more
            .parts
            .iter()
            .filter(|p| (p.metric.unit() == Unit::Milliseconds) == times)
            .filter(|p| times || p.metric.unit() == parts[0].metric.unit())
            .map(|p| p.own.0.max(p.best.0))
            .fold(0.0, f64::max);
        let parts_first = parts[0];
        for part in parts {
            // At the first pair of each group.
            let names = std::ptr::eq(part, parts_first).then_some(best);
            pair(
                &mut canvas,
                (scene.lang, part),
                (left, right, top),
                (y, row),
                names,
            );
            y += row;
        }
        y += ABOVE - 5.0;
    }
    Some((canvas, y - ABOVE + 8.0))
}

fn pair(
    canvas: &mut Canvas,
    (lang, part): (&Language, &Part),
    (left, right, top): (f64, f64, f64),
    (y, row): (f64, f64),
    names: Option<&str>,
) {
    let label = part_words(lang, part.metric);
    let middle = match canvas.frame() {
        Frame::Wide => {
            let middle = y + row / 2.0;
            let label = fit(&label, BODY, Weight::Regular, left - 14.0);
            canvas.text((left - 14.0, middle), label, Type::new(BODY, INK).ending());
            middle
        }
        Frame::Narrow => {
            canvas.text((left, y + 8.0), label, Type::new(BODY, INK));
            y + 36.0
        }
    };
    let (own, other) = figures(lang, part);
    let ours = names.map_or_else(String::new, |_| lang.word("us"));
    let bars = [
        (Who::Own, part.own.0, own, ours.as_str(), -PITCH / 2.0),
        (
            Who::Best,
            part.best.0,
            other,
            names.unwrap_or(""),
            PITCH / 2.0,
        ),
    ];
    for (who, v, figure, name, down) in bars {
        let share = if top > 0.0 { v / top } else { 0.0 };
        let end = left + (right - left) * share;
        bar(canvas, who, (left, end.max(left + 1.2)), middle + down);
        said(canvas, who, (end + 7.0, middle + down), (&figure, name));
    }
}

/// Both figures of a pair; where they read the same though the bars differ, times in milliseconds.
fn figures(lang: &Language, part: &Part) -> (String, String) {
    let said = |v: f64| lang.value(part.metric, v);
    let (own, best) = (part.own.0, part.best.0);
    let differ = (own - best).abs() >= 1.0;
    if part.metric.unit() == Unit::Milliseconds && differ && said(own) == said(best) {
        let ms = |v: f64| format!("{} ms", lang.figure(&format!("{v:.0}")));
        return (ms(own), ms(best));
    }
    (said(own), said(best))
}

/// Ours is full; the benchmark's is an outline with a pale ground.
fn bar(canvas: &mut Canvas, who: Who, (left, right): (f64, f64), y: f64) {
    let (top, bottom) = (y - BAR / 2.0, y + BAR / 2.0);
    canvas.bar((left, top), (right, bottom), style::mark(who));
    let rim = 1.2;
    if who == Who::Best && right - left > 2.0 * rim {
        let inner = ((left + rim, top + rim), (right - rim, bottom - rim));
        canvas.bar(inner.0, inner.1, style::pale(who));
    }
}

/// A bar's figure, and whose it is.
fn said(canvas: &mut Canvas, who: Who, at: (f64, f64), (figure, name): (&str, &str)) {
    let t = Type::new(SMALL, style::words(who));
    canvas.text(at, figure, t.strong());
    let after = at.0 + 6.0 + width(figure, SMALL, Weight::Strong);
    if !name.is_empty() {
        let room = canvas.frame().width() - after;
        let name = fit(name, SMALL, Weight::Regular, room);
        canvas.text((after, at.1), name, t);
    }
}

fn alt(scene: &Scene<'_>, best: &str) -> Alt {
    let told: Vec<String> = scene
        .input
        .more
        .parts
        .iter()
        .map(|p| {
            let lang = scene.lang;
            text!(
                lang,
                "pairs-told",
                part = text(part_words(lang, p.metric)),
                ours = text(figures(lang, p).0),
                best = text(figures(lang, p).1)
            )
        })
        .collect();
    Alt {
        title: text!(scene.lang, "pairs-title", site = text(best)),
        description: described(scene.lang, &told),
    }
}

/// The chart as it is drawn.
#[cfg(test)]
pub(in super::super) fn drawn(scene: &Scene<'_>, best: &str, frame: Frame) -> Drawn {
    draw(scene, best, frame).map_or_else(Drawn::default, |(c, _)| c.drawn())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_that_read_the_same_while_bars_differ_are_told_in_milliseconds() {
        let of = |metric, own: f64, best: f64| {
            let (own, best) = ((own, 60), (best, 60));
            figures(&Language::english(), &Part { metric, own, best })
        };
        let said = of(Metric::LcpLoadTime, 186.0, 241.0);
        assert_eq!(said, ("186 ms".to_owned(), "241 ms".to_owned()));
        let said = of(Metric::LcpLoadTime, 200.2, 200.4);
        assert_eq!(said.0, said.1, "no bar differs");
        assert_eq!(of(Metric::Wait, 700.0, 200.0).0, "0.7 s");
        assert_eq!(of(Metric::Requests, 28.0, 28.0).0, "28");
    }
}
