//! Page 9's chart: a strip a site, a mark a night, so that a bad night is seen at once.

use crate::analysis::types::Counts;

use super::super::language::{Arg, Dated, text};
use super::super::more::Reliability;
use super::super::scene::{Scene, Who};
use super::super::sentences::availability;
#[cfg(test)]
use super::canvas::Drawn;
use super::canvas::{Canvas, Type};
use super::measure::{Weight, fit, width};
use super::style::{self, BODY, HAIR, INK, SECOND, SMALL};
use super::{Alt, Frame, described, us};

/// Most of a night's step that the radius of its mark may take, so that marks in a row stay apart.
const MOST: f64 = 0.42;

/// What a night's mark is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    /// Nothing was lost.
    Whole,
    /// A share of the visits failed.
    Failed(f64),
    /// A share was blocked, none failed.
    Blocked,
    /// Some were not made, none failed or blocked.
    Missed,
}

fn kind(c: Counts) -> Kind {
    if c.failed > 0 {
        Kind::Failed(f64::from(c.failed) / f64::from(c.valid + c.failed))
    } else if c.blocked > 0 {
        Kind::Blocked
    } else if c.missed > 0 {
        Kind::Missed
    } else {
        Kind::Whole
    }
}

/// The strips of all sites.
pub(in super::super) fn nights(scene: &Scene<'_>, frame: Frame) -> Option<String> {
    let (canvas, height) = draw(scene, frame)?;
    Some(canvas.svg(height, &alt(scene)))
}

fn draw(scene: &Scene<'_>, frame: Frame) -> Option<(Canvas, f64)> {
    let sites = &scene.input.more.reliability;
    let most = sites.iter().map(|s| s.nights.len()).max()?;
    if most == 0 {
        return None;
    }
    let (left, right, row) = match frame {
        Frame::Wide => (178.0, 596.0, if sites.len() > 8 { 26.0 } else { 38.0 }),
        Frame::Narrow => (8.0, 262.0, 48.0),
    };
    let top = 20.0;
    let mut canvas = Canvas::new(frame);
    let dates: Vec<jiff::civil::Date> = {
        let mut all: Vec<_> = sites
            .iter()
            .flat_map(|s| s.nights.iter().map(|(d, _)| *d))
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let step = (right - left) / dates.len() as f64;
    for (i, site) in sites.iter().enumerate() {
        let y = top + row * (i as f64 + if frame == Frame::Wide { 0.5 } else { 0.68 });
        strip(&mut canvas, scene, (site, &dates), (left, step, y));
    }
    let bottom = top + row * sites.len() as f64 + 10.0;
    for (i, date) in dates.iter().enumerate() {
        let last = i + 1 == dates.len();
        if i == 0 || last || (date.day() % 10 == 0 && i > 3 && i + 4 < dates.len()) {
            let x = left + step * (i as f64 + 0.5);
            let label = match i {
                0 => scene.lang.date(*date, Dated::DayShort),
                _ if last => scene.lang.date(*date, Dated::DayShort),
                _ => date.day().to_string(),
            };
            let half = width(&label, SMALL, Weight::Regular) / 2.0;
            let x = x.clamp(half, frame.width() - half);
            canvas.text((x, bottom), label, Type::new(SMALL, SECOND).centred());
        }
    }
    let head = Type::new(SMALL, SECOND).ending();
    canvas.text(
        (frame.width() - 2.0, 8.0),
        scene.lang.word("available"),
        head,
    );
    Some((canvas, bottom + 12.0))
}

fn strip(
    canvas: &mut Canvas,
    scene: &Scene<'_>,
    (site, dates): (&Reliability, &[jiff::civil::Date]),
    (left, step, y): (f64, f64, f64),
) {
    let field = scene.headline().map(|p| &p.field);
    let who = field.map_or(Who::Other, |f| scene.who(f, &site.target));
    let t = Type::new(BODY, style::words(who));
    let t = if who == Who::Other { t } else { t.strong() };
    let us = us(scene.lang, who);
    match canvas.frame() {
        Frame::Wide => {
            let room = left - 14.0 - width(&us, BODY, Weight::Strong);
            let name = fit(&scene.name(&site.target), BODY, t.weight, room);
            canvas.text((left - 14.0, y), format!("{name}{us}"), t.ending());
        }
        Frame::Narrow => {
            let name = fit(&scene.name(&site.target), BODY, Weight::Strong, 220.0);
            canvas.text((left - 4.0, y - 19.0), format!("{name}{us}"), t);
        }
    }
    canvas.line((left, y), (left + step * dates.len() as f64, y), 1.0, HAIR);
    let most = MOST * step;
    for (i, date) in dates.iter().enumerate() {
        let Some((_, counts)) = site.nights.iter().find(|(d, _)| d == date) else {
            continue;
        };
        let at = (left + step * (i as f64 + 0.5), y);
        match kind(*counts) {
            Kind::Whole => canvas.speck(at, most.min(2.2), style::mark(who)),
            Kind::Failed(share) => canvas.dot(at, most.min(3.4 + 3.2 * share.sqrt()), INK),
            Kind::Blocked => canvas.hollow(at, (most - 0.9).clamp(1.0, 3.6), style::mark(who)),
            Kind::Missed => canvas.line((at.0, y - 5.0), (at.0, y + 5.0), 1.6, style::mark(who)),
        }
    }
    let figure =
        availability(scene.lang, site.counts).unwrap_or_else(|| scene.lang.word("unknown"));
    let right = canvas.frame().width() - 2.0;
    canvas.text((right, y), figure, t.ending());
}

fn alt(scene: &Scene<'_>) -> Alt {
    let told: Vec<String> = scene
        .input
        .more
        .reliability
        .iter()
        .map(|s| {
            let count = |n: u32| Arg::text(n.to_string());
            let counts = [
                ("failed", count(s.counts.failed)),
                ("blocked", count(s.counts.blocked)),
                ("missed", count(s.counts.missed)),
                ("attempted", count(s.counts.attempted)),
            ];
            let site = scene.name(&s.target);
            text!(scene.lang, "nights-told", ..counts, site = text(site))
        })
        .collect();
    Alt {
        title: text!(scene.lang, "nights-title"),
        description: described(scene.lang, &told),
    }
}

/// The chart as it is drawn.
#[cfg(test)]
pub(in super::super) fn drawn(scene: &Scene<'_>, frame: Frame) -> Drawn {
    draw(scene, frame).map_or_else(Drawn::default, |(c, _)| c.drawn())
}
