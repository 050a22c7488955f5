//! Page 11's chart: what each release did, as a difference with its interval around zero.

use crate::model::format::value;

use super::super::scene::{Scene, Who};
use super::super::sentences::{effect_words, signed};
use super::super::text::{clean, shorten};
use super::canvas::{Canvas, Type};
use super::measure::{Weight, fit};
use super::style::{self, BODY, HAIR, INK, SECOND, SMALL};
use super::{Alt, Frame};

/// The chart, where any release has an effect to show.
pub(in super::super) fn effects(scene: &Scene<'_>, frame: Frame) -> Option<String> {
    let metric = scene.metric();
    let shown: Vec<_> = scene
        .input
        .more
        .releases
        .iter()
        .filter_map(|r| Some((r, r.effect?)))
        .collect();
    let ends = shown.iter().flat_map(|(_, c)| {
        let i = c.difference95;
        [c.difference, i.map_or(0.0, |i| i.lower), i.map_or(0.0, |i| i.upper)]
    });
    let reach = ends.fold(100.0f64, |m, v| m.max(v.abs())) * 1.1;
    if shown.is_empty() {
        return None;
    }
    let (left, right, row) = match frame {
        Frame::Wide => (190.0, 500.0, 46.0),
        Frame::Narrow => (10.0, 318.0, 64.0),
    };
    let mut canvas = Canvas::new(frame);
    let zero = f64::midpoint(left, right);
    let x = |v: f64| zero + (right - left) / 2.0 * v / reach;
    let bottom = 18.0 + row * shown.len() as f64;
    canvas.line((zero, 14.0), (zero, bottom), 1.0, SECOND);
    canvas.text((zero - 8.0, 7.0), "faster", Type::new(SMALL, SECOND).ending());
    canvas.text((zero + 8.0, 7.0), "slower", Type::new(SMALL, SECOND));
    for (i, (release, c)) in shown.iter().enumerate() {
        let y = 18.0 + row * i as f64 + if frame == Frame::Wide { row / 2.0 } else { 44.0 };
        canvas.line((left, y), (right, y), 1.0, HAIR);
        let name = shorten(&clean(&release.version), 24);
        let name = format!("{name} · {}", release.date.strftime("%-d %B"));
        let verdict = effect_words(metric, c);
        match frame {
            Frame::Wide => {
                let name = fit(&name, BODY, Weight::Strong, left - 16.0);
                canvas.text((left - 16.0, y), name, Type::new(BODY, INK).strong().ending());
                canvas.text((right + 14.0, y), verdict, Type::new(BODY, INK));
            }
            Frame::Narrow => {
                canvas.text((4.0, y - 32.0), name, Type::new(BODY, INK).strong());
                canvas.text((4.0, y - 15.0), verdict, Type::new(SMALL, SECOND));
            }
        }
        if let Some(i) = c.difference95 {
            canvas.line((x(i.lower), y), (x(i.upper), y), 2.4, style::mark(Who::Own));
        }
        canvas.dot((x(c.difference), y), 4.4, style::mark(Who::Own));
    }
    for v in [-reach / 1.1, reach / 1.1] {
        let label = signed(metric, v);
        canvas.text((x(v), bottom + 10.0), label, Type::new(SMALL, SECOND).centred());
    }
    canvas.text((zero, bottom + 10.0), "0", Type::new(SMALL, SECOND).centred());
    let told: Vec<String> = shown
        .iter()
        .map(|(r, c)| format!("{}: {}", clean(&r.version), effect_words(metric, c)))
        .collect();
    let alt = Alt {
        title: format!("{} after each release less that before", metric.label()),
        description: format!("{}; scale to {}.", told.join("; "), value(metric, reach)),
    };
    Some(canvas.svg(bottom + 22.0, &alt))
}
