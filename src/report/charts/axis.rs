//! One scale for one metric on all pages.

use crate::model::{Metric, Unit};

use super::super::language::{Arg, Language, text};
use super::super::scene::{Scene, measured};
use super::canvas::{Canvas, Type};
use super::measure::{Weight, width};
use super::style::{HAIR, INK, SECOND, SMALL};

/// From zero to a round number over everything that is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Axis {
    lang: Language,
    metric: Metric,
    max: f64,
    step: f64,
}

/// A line that people name, such as their expectation.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// Where, in the metric's unit.
    pub(super) value: f64,
    /// Its name with metric and value, without the metric, and its value alone.
    pub(super) labels: [String; 3],
}

impl Axis {
    /// The scale of the headline's metric, over every page kind.
    pub(in super::super) fn of(scene: &Scene<'_>) -> Self {
        let metric = scene.metric();
        let mut top: f64 = 0.0;
        for page in &scene.input.fields {
            if page.field.scope.metric != metric {
                continue;
            }
            for s in measured(&page.field) {
                let upper = s.summary.interval95.map(|i| i.upper);
                top = top.max(s.summary.median.unwrap_or(0.0));
                top = top.max(upper.unwrap_or(0.0));
                if upper.is_none() {
                    let values = page.values.get(&s.target).into_iter().flatten();
                    top = values.fold(top, |t, v| t.max(*v));
                }
            }
        }
        // The year's panels stand on the same scale.
        for week in &scene.input.more.weeks {
            top = week.sites.values().fold(top, |t, q| t.max(q.upper));
        }
        if metric == Metric::Lcp {
            let millis = |d: std::time::Duration| d.as_secs_f64() * 1000.0;
            for line in [
                millis(scene.input.settings.leaders),
                millis(scene.input.settings.expectation),
            ] {
                // A line far beyond the data would press the data into a corner.
                if top >= line / 2.0 {
                    top = top.max(line);
                }
            }
        }
        Axis::up_to(scene.lang, metric, top)
    }

    /// A scale with at most seven steps that leaves room beyond `top`.
    fn up_to(lang: &Language, metric: Metric, top: f64) -> Self {
        let top = if top > 0.0 { top * 1.04 } else { 1.0 };
        let mut step = 10f64.powf((top / 7.0).log10().floor());
        let factors = [2.0, 2.5, 2.0];
        let mut i = 0;
        while step * 7.0 < top {
            step *= factors[i % factors.len()];
            i += 1;
        }
        Axis {
            lang: lang.clone(),
            metric,
            max: (top / step).ceil() * step,
            step,
        }
    }

    /// Where a value stands between two ends.
    pub(super) fn x(&self, v: f64, left: f64, right: f64) -> f64 {
        left + (right - left) * v / self.max
    }

    /// The scale's end.
    pub(super) fn max(&self) -> f64 {
        self.max
    }

    /// Every step of the scale with its figure, the last with its unit.
    pub(super) fn steps(&self) -> Vec<(f64, String)> {
        let mut steps = Vec::new();
        let mut i = 0.0;
        while i * self.step <= self.max + self.step / 2.0 {
            let v = i * self.step;
            let last = v > self.max - self.step / 2.0;
            steps.push((
                v,
                match v {
                    v if v <= 0.0 => "0".to_owned(),
                    v if last => self.full(v),
                    v => self.bare(v),
                },
            ));
            i += 1.0;
        }
        steps
    }

    /// Expectation and leaders, where they lie on the scale.
    pub(super) fn lines(&self, scene: &Scene<'_>) -> Vec<Line> {
        if self.metric != Metric::Lcp {
            return Vec::new();
        }
        let (settings, lang) = (&scene.input.settings, scene.lang);
        [
            (settings.leaders, "leaders"),
            (settings.expectation, "expectation"),
        ]
        .into_iter()
        .map(|(d, line)| {
            let size = lang.duration(d);
            let named = [("line", Arg::key(line)), ("size", Arg::text(&size))];
            Line {
                value: d.as_secs_f64() * 1000.0,
                labels: [
                    text!(lang, "axis-line-metric", ..named.clone()),
                    text!(lang, "axis-line", ..named),
                    size,
                ],
            }
        })
        .filter(|l| l.value <= self.max)
        .collect()
    }

    /// Grid lines and figures of the scale.
    pub(super) fn draw(&self, canvas: &mut Canvas, ends: (f64, f64), rows: (f64, f64)) {
        for (v, label) in self.steps() {
            let x = self.x(v, ends.0, ends.1);
            canvas.line((x, rows.0), (x, rows.1), 1.0, HAIR);
            let style = Type::new(SMALL, SECOND).centred();
            canvas.text((x, rows.1 + 13.0), label, style);
        }
    }

    /// The lines that people name, with as much of their names above them as fits: the one to the
    /// left of its line and the other to the right where there is room.
    pub(super) fn draw_lines(
        &self,
        canvas: &mut Canvas,
        lines: &[Line],
        ends: (f64, f64),
        rows: (f64, f64),
    ) {
        let at: Vec<f64> = lines
            .iter()
            .map(|l| self.x(l.value, ends.0, ends.1))
            .collect();
        for x in &at {
            canvas.line((*x, rows.0), (*x, rows.1), 1.0, SECOND);
        }
        let Some((length, starts)) = starts(lines, &at, canvas.frame().width()) else {
            return;
        };
        for (line, start) in lines.iter().zip(starts) {
            let label = line.labels[length].clone();
            canvas.text((start, rows.0 + 7.5), label, Type::new(SMALL, INK));
        }
    }

    fn bare(&self, v: f64) -> String {
        match self.metric.unit() {
            Unit::Milliseconds => self.seconds(v),
            _ => self.lang.value(self.metric, v),
        }
    }

    fn full(&self, v: f64) -> String {
        match self.metric.unit() {
            Unit::Milliseconds => format!("{} s", self.seconds(v)),
            _ => self.lang.value(self.metric, v),
        }
    }

    fn seconds(&self, ms: f64) -> String {
        self.lang
            .figure(&format!("{:.*}", self.places(), ms / 1000.0))
    }

    fn places(&self) -> usize {
        match self.step {
            s if s >= 999.0 => 0,
            s if s >= 99.0 => 1,
            _ => 2,
        }
    }
}

/// The longest form of the names that fits, with where each of them begins.
fn starts(lines: &[Line], at: &[f64], frame: f64) -> Option<(usize, Vec<f64>)> {
    const GAP: f64 = 5.0;
    const SIDES: [(bool, bool); 4] = [(true, false), (false, false), (true, true), (false, true)];
    (0..3).find_map(|length| {
        let widths: Vec<f64> = lines
            .iter()
            .map(|l| width(&l.labels[length], SMALL, Weight::Regular))
            .collect();
        SIDES.into_iter().find_map(|(first_left, second_left)| {
            let lefts = match lines.len() {
                1 => vec![second_left],
                _ => vec![first_left, second_left],
            };
            let spans: Vec<(f64, f64)> = lefts
                .iter()
                .zip(at)
                .zip(&widths)
                .map(|((left, x), w)| match left {
                    true => (x - GAP - w, x - GAP),
                    false => (x + GAP, x + GAP + w),
                })
                .collect();
            let fits = spans.iter().enumerate().all(|(i, (a, b))| {
                let lines_clear = at.iter().all(|x| *x < *a || *x > *b);
                let labels_clear = spans[..i]
                    .iter()
                    .all(|(c, d)| *d + GAP < *a || *b + GAP < *c);
                *a >= 0.0 && *b <= frame && lines_clear && labels_clear
            });
            fits.then(|| (length, spans.iter().map(|(a, _)| *a).collect()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_lines_shrink_before_they_touch_or_leave_the_frame() {
        let line = |who: &str, size: &str| Line {
            value: 0.0,
            labels: [
                format!("{who}: main content in {size}"),
                format!("{who}: {size}"),
                size.to_owned(),
            ],
        };
        let two = [line("leaders", "2 s"), line("people expect", "3 s")];
        let length = |at: [f64; 2], frame| starts(&two, &at, frame).map(|(length, _)| length);
        assert_eq!(length([240.0, 360.0], 665.0), Some(0));
        assert_eq!(length([110.0, 160.0], 328.0), Some(1));
        assert_eq!(length([30.0, 40.0], 70.0), Some(2));
        assert_eq!(length([10.0, 12.0], 20.0), None);
    }

    #[test]
    fn a_scale_has_round_steps_and_room_for_all() {
        for top in [0.0, 40.0, 812.0, 3_000.0, 4_800.0, 9_990.0, 61_000.0] {
            let axis = Axis::up_to(&Language::english(), Metric::Lcp, top);
            assert!(axis.max >= top, "{top}: {axis:?}");
            let steps = (axis.max / axis.step).round();
            assert!((2.0..=8.0).contains(&steps), "{top}: {axis:?}");
        }
        assert_eq!(
            Axis::up_to(&Language::english(), Metric::Lcp, 4_800.0).step,
            1_000.0
        );
        assert_eq!(
            Axis::up_to(&Language::english(), Metric::Lcp, 4_800.0).max,
            5_000.0
        );
    }
}
