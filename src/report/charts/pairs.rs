//! Page 10's chart: ours beside the benchmark's, a pair of bars a metric, a scale a unit.

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

const BAR: f64 = 10.0;
/// Width of the line around the benchmark's bars.
const EDGE: f64 = 1.3;

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
        Frame::Wide => (178.0, 560.0, 38.0),
        Frame::Narrow => (4.0, 200.0, 50.0),
    };
    let mut y = 8.0;
    let mut named = false;
    for (title, parts) in groups {
        canvas.text((0.0, y), title, Type::new(SMALL, SECOND).strong());
        y += 12.0;
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
        for part in parts {
            let names = (!named).then_some(best);
            named = true;
            pair(
                &mut canvas,
                (scene.lang, part),
                (left, right, top),
                (y, row),
                names,
            );
            y += row;
        }
        y += 20.0;
    }
    Some((canvas, y))
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
            y + 32.0
        }
    };
    let frame = canvas.frame().width();
    let mut bar = |who: Who, v: f64, at: f64, name: &str| {
        let end = left
            + if top > 0.0 {
                (right - left) * v / top
            } else {
                0.0
            };
        let (top, bottom) = (at - BAR / 2.0, at + BAR / 2.0);
        let end = end.max(left + 1.0);
        canvas.area((left, top), (end, bottom), style::mark(who));
        // In grey both colours are alike: the benchmark's bar is an outline.
        if who == Who::Best && end - left > 2.0 * EDGE {
            let inner = ((left + EDGE, top + EDGE), (end - EDGE, bottom - EDGE));
            canvas.area(inner.0, inner.1, style::tint(who));
        }
        let figure = lang.value(part.metric, v);
        let t = Type::new(SMALL, style::words(who)).strong();
        canvas.text((end + 6.0, at), &figure, t);
        let after = end + 12.0 + width(&figure, SMALL, Weight::Strong);
        if !name.is_empty() {
            let name = fit(name, SMALL, Weight::Regular, frame - after);
            canvas.text((after, at), name, Type::new(SMALL, style::words(who)));
        }
    };
    // The figures of both stand clear of each other.
    let half = (BAR / 2.0 + 1.2).max(SMALL / 2.0 + 1.2);
    bar(
        Who::Own,
        part.own.0,
        middle - half,
        &names.map_or_else(String::new, |_| lang.word("us")),
    );
    bar(Who::Best, part.best.0, middle + half, names.unwrap_or(""));
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
                ours = text(lang.value(p.metric, p.own.0)),
                best = text(lang.value(p.metric, p.best.0))
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
