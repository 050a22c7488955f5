//! Page 11's chart: what each release did, as a difference with its interval around zero.

use crate::analysis::types::Comparison;
use crate::model::Metric;

use super::super::language::{Dated, Language, text};
use super::super::more::Released;
use super::super::scene::{Scene, Who};
use super::super::sentences::{effect_words, versions};
use super::canvas::{Canvas, Type};
use super::measure::{Weight, fit};
use super::style::{self, BODY, HAIR, INK, SECOND, SMALL};
use super::{Alt, Frame, described};

/// Where things stand: the scale's ends, what its half stands for, and the height of a row.
#[derive(Clone, Copy)]
struct Layout {
    left: f64,
    right: f64,
    reach: f64,
    row: f64,
}

impl Layout {
    fn zero(self) -> f64 {
        f64::midpoint(self.left, self.right)
    }

    fn x(self, v: f64) -> f64 {
        self.zero() + (self.right - self.left) / 2.0 * v / self.reach
    }
}

/// The chart, where any release has an effect to show.
pub(in super::super) fn effects(scene: &Scene<'_>, frame: Frame) -> Option<String> {
    let metric = scene.metric();
    let (canvas, height) = draw(scene, frame)?;
    let told: Vec<String> = shown(scene)
        .iter()
        .map(|(r, c)| {
            format!(
                "{}: {}",
                versions(scene.lang, &r.marked),
                effect_words(scene.lang, metric, c)
            )
        })
        .collect();
    let alt = Alt {
        title: text!(
            scene.lang,
            "effects-title",
            metric = text(scene.lang.metric(metric))
        ),
        description: described(scene.lang, &told),
    };
    Some(canvas.svg(height, &alt))
}

fn shown<'a>(scene: &Scene<'a>) -> Vec<(&'a Released, Comparison)> {
    let releases = scene.releases().iter();
    releases.filter_map(|r| Some((r, r.change()?))).collect()
}

fn draw(scene: &Scene<'_>, frame: Frame) -> Option<(Canvas, f64)> {
    let metric = scene.metric();
    let shown = shown(scene);
    if shown.is_empty() {
        return None;
    }
    let ends = shown.iter().flat_map(|(_, c)| {
        let i = c.difference95;
        [
            c.difference,
            i.map_or(0.0, |i| i.lower),
            i.map_or(0.0, |i| i.upper),
        ]
    });
    let reach = ends.fold(100.0f64, |m, v| m.max(v.abs())) * 1.1;
    let (left, right, row) = match frame {
        Frame::Wide => (190.0, 500.0, 46.0),
        Frame::Narrow => (10.0, 318.0, 64.0),
    };
    let layout = Layout {
        left,
        right,
        reach,
        row,
    };
    let mut canvas = Canvas::new(frame);
    let bottom = 18.0 + row * shown.len() as f64;
    scale(&mut canvas, (scene.lang, metric), layout, bottom);
    for (i, (release, c)) in shown.iter().enumerate() {
        let top = 18.0 + row * i as f64;
        effect(&mut canvas, (scene.lang, metric), layout, (release, c), top);
    }
    Some((canvas, bottom + 22.0))
}

fn scale(canvas: &mut Canvas, (lang, metric): (&Language, Metric), layout: Layout, bottom: f64) {
    let small = Type::new(SMALL, SECOND);
    let zero = layout.zero();
    canvas.line((zero, 14.0), (zero, bottom), 1.0, SECOND);
    canvas.text((zero - 8.0, 7.0), lang.word("faster"), small.ending());
    canvas.text((zero + 8.0, 7.0), lang.word("slower"), small);
    let tick = round_under(layout.reach);
    for v in [-tick, tick] {
        let x = layout.x(v);
        canvas.line((x, bottom), (x, bottom + 3.0), 1.0, SECOND);
        canvas.text((x, bottom + 10.0), lang.signed(metric, v), small.centred());
    }
    canvas.text((zero, bottom + 10.0), "0", small.centred());
}

/// The largest of 1, 2 and 5 times a power of ten up to a value: read off a scale as it is printed.
fn round_under(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    let step = [5.0, 2.0, 1.0].into_iter().find(|s| s * power <= value);
    step.unwrap_or(1.0) * power
}

fn effect(
    canvas: &mut Canvas,
    (lang, metric): (&Language, Metric),
    layout: Layout,
    (release, c): (&Released, &Comparison),
    top: f64,
) {
    let y = match canvas.frame() {
        Frame::Wide => top + layout.row / 2.0,
        Frame::Narrow => top + 44.0,
    };
    canvas.line((layout.left, y), (layout.right, y), 1.0, HAIR);
    let name = name(lang, release);
    let verdict = effect_words(lang, metric, c);
    let strong = Type::new(BODY, INK).strong();
    match canvas.frame() {
        Frame::Wide => {
            let name = fit(&name, BODY, Weight::Strong, layout.left - 16.0);
            canvas.text((layout.left - 16.0, y), name, strong.ending());
            canvas.text((layout.right + 14.0, y), verdict, Type::new(BODY, INK));
        }
        Frame::Narrow => {
            let room = canvas.frame().width() - 8.0;
            let name = fit(&name, BODY, Weight::Strong, room);
            canvas.text((4.0, y - 32.0), name, strong);
            canvas.text((4.0, y - 15.0), verdict, Type::new(SMALL, SECOND));
        }
    }
    if let Some(i) = c.difference95 {
        let ends = ((layout.x(i.lower), y), (layout.x(i.upper), y));
        canvas.line(ends.0, ends.1, 2.4, style::mark(Who::Own));
    }
    canvas.dot((layout.x(c.difference), y), 4.4, style::mark(Who::Own));
}

/// Versions, with their date where they share one.
fn name(lang: &Language, release: &Released) -> String {
    let name = versions(lang, &release.marked).to_string();
    let mut dates = release.marked.iter().map(|m| m.date);
    match dates.next() {
        Some(first) if dates.all(|d| d == first) => {
            format!("{name} · {}", lang.date(first, Dated::Day))
        }
        _ => name,
    }
}

/// Where the chart's texts stand.
#[cfg(test)]
pub(in super::super) fn label_boxes(scene: &Scene<'_>, frame: Frame) -> Vec<(String, [f64; 4])> {
    draw(scene, frame).map_or_else(Vec::new, |(c, _)| c.boxes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_marked_at_round_values_within_it() {
        let all = [110.0, 196.0, 200.0, 499.0, 501.0, 1_999.0];
        assert_eq!(
            all.map(round_under),
            [100.0, 100.0, 200.0, 200.0, 500.0, 1_000.0]
        );
    }
}
