//! Page 3, the gap page by page: us and the benchmark for each page kind.

use crate::analysis::types::Field;
use crate::model::format::value;

use super::super::charts::{Axis, Chart, dumbbell};
use super::super::scene::{Scene, best_standing};
use super::super::sentences::{
    Between, Sentence, between, gap_note, gap_title, gap_words,
};
use super::super::text::{capital, page_words};

/// What page 3 prints.
pub(in super::super) struct GapPage {
    pub(in super::super) title: Sentence,
    pub(in super::super) subtitle: String,
    pub(in super::super) chart: Option<Chart>,
    pub(in super::super) rows: Vec<Row>,
}

/// A row of the table.
pub(in super::super) struct Row {
    pub(in super::super) page: String,
    pub(in super::super) own: String,
    pub(in super::super) benchmark: String,
    pub(in super::super) best: String,
    pub(in super::super) gap: String,
    pub(in super::super) interval: String,
    pub(in super::super) pairs: String,
}

/// Fills it.
pub(in super::super) fn build(scene: &Scene<'_>, axis: &Axis) -> GapPage {
    let fields = &scene.input.fields;
    let anyone = fields.iter().any(|f| {
        scene.own_median(&f.field).is_some() || best_standing(&f.field).is_some()
    });
    GapPage {
        title: gap_title(scene),
        subtitle: format!(
            "{} by kind of page, medians: us, and the benchmark (ringed).",
            capital(scene.metric().label())
        ),
        chart: anyone.then(|| Chart::both(|frame| dumbbell(scene, axis, frame))),
        rows: fields.iter().map(|f| row(scene, &f.field)).collect(),
    }
}

fn row(scene: &Scene<'_>, field: &Field) -> Row {
    let metric = field.scope.metric;
    let dash = || "–".to_owned();
    let shown = |v: Option<f64>| v.map_or_else(dash, |v| value(metric, v));
    let gap = scene.gap(field);
    let best = best_standing(field);
    Row {
        page: capital(&page_words(&field.scope.page)),
        own: shown(scene.own_median(field)),
        benchmark: best.map_or_else(dash, |s| scene.name(&s.target)),
        best: shown(best.and_then(|s| s.summary.median)),
        gap: match gap {
            Some(c) => {
                let (words, doubt) = gap_words(metric, &c);
                match doubt {
                    "" => words,
                    _ => format!("{words}, {doubt}"),
                }
            }
            None => gap_note(scene, field).unwrap_or_default(),
        },
        interval: gap
            .and_then(|c| c.difference95)
            .map_or_else(dash, |i| between(metric, i, Between::Word)),
        pairs: gap.map_or_else(dash, |c| c.pairs.to_string()),
    }
}
