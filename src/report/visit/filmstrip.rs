//! The filmstrip of a visit: what was to be seen each half second, from the frames of its film.
//!
//! Each picture is in the page once, however often it is shown.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::model::{Frame, Metric, WholeVisit, format};

/// Milliseconds between two pictures; doubled until there are no more than `MOST`.
const STEP: f64 = 500.0;
const MOST: usize = 24;

/// A picture of the strip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Still {
    /// Class of the picture in the stylesheet.
    pub(super) class: String,
    /// Its time, in words.
    pub(super) time: String,
    /// What has happened since the picture before.
    pub(super) happened: String,
    /// Whether it differs from the picture before.
    pub(super) changed: &'static str,
}

/// The strip, and rules that hold its pictures.
pub(super) fn strip(visit: &WholeVisit, film: &[Frame]) -> (Vec<Still>, String) {
    let mut frames: Vec<&Frame> = film.iter().filter(|f| is_jpeg(&f.jpeg)).collect();
    frames.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
    let Some(last) = frames.last() else {
        return (Vec::new(), String::new());
    };
    let moments = [
        (Metric::Fcp, "first content"),
        (Metric::Lcp, "main content"),
        (Metric::Load, "load"),
    ];
    let moments: Vec<(f64, &str)> = moments
        .iter()
        .filter_map(|&(m, words)| Some((visit.row.values.get(m)?, words)))
        .collect();
    let until = moments.iter().map(|m| m.0).fold(last.at_ms, f64::max);
    let mut step = STEP;
    while until / step > (MOST - 2) as f64 {
        step *= 2.0;
    }
    let mut stills = Vec::new();
    let mut used: Vec<usize> = Vec::new();
    let (mut at, mut before) = (0.0, None);
    while at < until + step {
        let shown = frames.iter().rposition(|f| f.at_ms <= at).unwrap_or(0);
        if !used.contains(&shown) {
            used.push(shown);
        }
        let since = moments
            .iter()
            .filter(|(ms, _)| *ms <= at && *ms > at - step);
        let happened: Vec<&str> = since.map(|m| m.1).collect();
        let same = before.is_some_and(|b: usize| frames[b].jpeg == frames[shown].jpeg);
        stills.push(Still {
            class: format!("f{shown}"),
            time: format!("{} s", at / 1000.0),
            happened: format::list(&happened),
            changed: if same { "same" } else { "new" },
        });
        before = Some(shown);
        at += step;
    }
    let mut rules = String::new();
    for index in used {
        let picture = STANDARD.encode(&frames[index].jpeg);
        // Writing to a string cannot fail.
        let _ = writeln!(
            rules,
            ".f{index}{{background-image:url(data:image/jpeg;base64,{picture})}}"
        );
    }
    (stills, rules)
}

/// Whether bytes begin as a JPEG does.
pub(super) fn is_jpeg(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xd8])
}
