//! Page 11's chart: what each release did, as a difference with its interval around zero.

use crate::analysis::types::Comparison;
use crate::model::{Metric, Unit};

use super::super::language::{Dated, Language, text};
use super::super::more::Released;
use super::super::scene::{Scene, Who};
use super::super::sentences::{effect_words, versions};
#[cfg(test)]
use super::canvas::Drawn;
use super::canvas::{Canvas, Type};
use super::measure::{Weight, fit, width};
use super::style::{self, BAND, BODY, HAIR, INK, PAPER, SECOND, SMALL};
use super::{Alt, Frame, described};

/// Top of the first row.
const TOP: f64 = 18.0;
/// Under this no difference in time is called faster or slower, whatever its interval.
const LEAST_MS: f64 = 100.0;
/// Half of what a scale may stand for, in milliseconds or another unit's own.
const REACHES: [f64; 3] = [1.0, 2.0, 5.0];

/// Where things stand: the scale's ends, the round value of its outer ticks, and the height of a row.
#[derive(Clone, Copy)]
struct Layout {
    left: f64,
    right: f64,
    tick: f64,
    row: f64,
}

impl Layout {
    fn zero(self) -> f64 {
        f64::midpoint(self.left, self.right)
    }

    /// The ticks stand a little inside the ends.
    fn x(self, v: f64) -> f64 {
        self.zero() + (self.right - self.left) / 2.0 * v / (self.tick * 1.08)
    }
}

/// The lowest of 1, 2, 5, 10, 20, … that no value is beyond, from 50 on.
fn round_over(most: f64) -> f64 {
    let mut power = 1.0;
    loop {
        for r in REACHES {
            if r * power >= most.max(50.0) {
                return r * power;
            }
        }
        power *= 10.0;
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
    let most = ends.fold(0.0f64, |m, v| m.max(v.abs()));
    let (left, right, row) = match frame {
        Frame::Wide => (190.0, 500.0, 46.0),
        Frame::Narrow => (10.0, 318.0, 72.0),
    };
    let tick = round_over(most);
    let layout = Layout {
        left,
        right,
        tick,
        row,
    };
    let mut canvas = Canvas::new(frame);
    let bottom = TOP + row * shown.len() as f64;
    let foot = scale(&mut canvas, (scene.lang, metric), layout, bottom);
    for (i, (release, c)) in shown.iter().enumerate() {
        let top = TOP + row * i as f64;
        effect(&mut canvas, (scene.lang, metric), layout, (release, c), top);
    }
    Some((canvas, foot))
}

/// Zero and the band around it, and round values on both sides. Gives the lower end.
fn scale(
    canvas: &mut Canvas,
    (lang, metric): (&Language, Metric),
    layout: Layout,
    bottom: f64,
) -> f64 {
    let small = Type::new(SMALL, SECOND);
    let (zero, tick) = (layout.zero(), layout.tick);
    let is_time = metric.unit() == Unit::Milliseconds;
    let band = is_time && tick >= LEAST_MS;
    if band {
        let (from, to) = (layout.x(-LEAST_MS), layout.x(LEAST_MS));
        canvas.area((from, TOP - 4.0), (to, bottom), BAND);
    }
    for v in [-tick, -tick / 2.0, tick / 2.0, tick] {
        let x = layout.x(v);
        canvas.line((x, TOP - 4.0), (x, bottom), 1.0, HAIR);
        if v.abs() >= tick {
            let sign = if v < 0.0 { '−' } else { '+' };
            let label = match is_time {
                true => format!("{sign}{} s", lang.figure(&format!("{}", tick / 1000.0))),
                false => lang.signed(metric, v),
            };
            canvas.text((x, bottom + 10.0), label, small.centred());
        }
    }
    canvas.line((zero, TOP - 4.0), (zero, bottom), 1.0, SECOND);
    canvas.text((zero - 8.0, 7.0), lang.word("faster"), small.ending());
    canvas.text((zero + 8.0, 7.0), lang.word("slower"), small);
    canvas.text((zero, bottom + 10.0), "0", small.centred());
    if !band {
        return bottom + 22.0;
    }
    let words = text!(lang, "effects-band", size = text(lang.seconds(LEAST_MS)));
    let words = fit(&words, SMALL, Weight::Regular, canvas.frame().width());
    let half = width(&words, SMALL, Weight::Regular) / 2.0;
    let x = zero.clamp(half, canvas.frame().width() - half);
    canvas.text((x, bottom + 27.0), words, small.centred());
    bottom + 38.0
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
        Frame::Narrow => top + 54.0,
    };
    canvas.line((layout.left, y), (layout.right, y), 1.0, HAIR);
    let (version, date) = name(lang, release);
    let verdict = effect_words(lang, metric, c);
    let strong = Type::new(BODY, INK).strong();
    let small = Type::new(SMALL, SECOND);
    match canvas.frame() {
        Frame::Wide => {
            let edge = layout.left - 16.0;
            let version = fit(&version, BODY, Weight::Strong, edge);
            let lift = if date.is_some() { 7.5 } else { 0.0 };
            canvas.text((edge, y - lift), version, strong.ending());
            if let Some(date) = date {
                canvas.text((edge, y + 8.0), date, small.ending());
            }
            canvas.text((layout.right + 14.0, y), verdict, Type::new(BODY, INK));
        }
        Frame::Narrow => {
            let date = date.unwrap_or_default();
            let room = canvas.frame().width() - 20.0 - width(&date, SMALL, Weight::Regular);
            let version = fit(&version, BODY, Weight::Strong, room);
            canvas.plated((4.0, y - 36.0), &version, strong, PAPER);
            if !date.is_empty() {
                let at = (canvas.frame().width() - 4.0, y - 36.0);
                canvas.plated(at, &date, small.ending(), PAPER);
            }
            canvas.plated((4.0, y - 18.0), &verdict, small, PAPER);
        }
    }
    let (own, x) = (style::mark(Who::Own), |v: f64| layout.x(v));
    if let Some(i) = c.difference95 {
        canvas.line((x(i.lower), y), (x(i.upper), y), 1.5, own);
        for end in [x(i.lower), x(i.upper)] {
            canvas.line((end, y - 3.5), (end, y + 3.5), 1.5, own);
        }
    }
    canvas.speck((x(c.difference), y), 4.0, own);
}

/// Versions, and their date where they share one.
fn name(lang: &Language, release: &Released) -> (String, Option<String>) {
    let mut dates = release.marked.iter().map(|m| m.date);
    let date = dates.next().filter(|first| dates.all(|d| d == *first));
    (
        versions(lang, &release.marked).to_string(),
        date.map(|d| lang.date(d, Dated::Day)),
    )
}

/// The chart as it is drawn.
#[cfg(test)]
pub(in super::super) fn drawn(scene: &Scene<'_>, frame: Frame) -> Drawn {
    draw(scene, frame).map_or_else(Drawn::default, |(c, _)| c.drawn())
}

#[cfg(test)]
mod tests {
    use super::round_over;

    #[test]
    fn ticks_stand_at_round_values_beyond_the_data() {
        for (most, tick) in [
            (0.0, 50.0),
            (60.0, 100.0),
            (178.0, 200.0),
            (201.0, 500.0),
            (1_900.0, 2_000.0),
        ] {
            assert!((round_over(most) - tick).abs() < 1e-9, "{most}");
        }
    }
}
