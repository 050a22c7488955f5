//! Page 3, the gap page by page: us and the benchmark for each page kind.

use crate::analysis::types::Field;

use super::super::charts::{Axis, Chart, dumbbell};
use super::super::language::{Between, text};
use super::super::scene::{Scene, Who, best_standing, standing};
use super::super::sentences::{Sentence, gap_note, gap_title, gap_words, toward};
use super::super::text::capital;

/// What page 3 prints.
pub(in super::super) struct GapPage {
    pub(in super::super) title: Sentence,
    pub(in super::super) subtitle: String,
    pub(in super::super) chart: Option<Chart>,
    pub(in super::super) rows: Vec<Row>,
    /// Whether any page has an interval.
    pub(in super::super) intervals: bool,
    /// `benchmark` or `best overseas so far`.
    pub(in super::super) best_word: String,
    /// The same as the head of a column.
    pub(in super::super) best_head: String,
    /// Page kinds that head the table of all sites.
    pub(in super::super) kinds: Vec<String>,
    /// Every site's median on each of them.
    pub(in super::super) sites: Vec<SiteRow>,
}

/// A site's medians, page kind by page kind.
pub(in super::super) struct SiteRow {
    pub(in super::super) who: Who,
    pub(in super::super) name: String,
    pub(in super::super) cells: Vec<Cell>,
}

/// One median.
pub(in super::super) struct Cell {
    pub(in super::super) kind: String,
    pub(in super::super) text: String,
    pub(in super::super) who: Who,
}

/// Page kinds that fit beside each other on the sheet.
const KINDS: usize = 7;

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
    let anyone = fields
        .iter()
        .any(|f| scene.own_median(&f.field).is_some() || best_standing(&f.field).is_some());
    let (lang, best) = (scene.lang, scene.best_key_of_all());
    GapPage {
        title: gap_title(scene),
        subtitle: text!(
            lang,
            "gap-subtitle",
            metric = text(capital(&lang.metric(scene.metric()))),
            best = key(best)
        ),
        best_word: text!(lang, "best-word", best = key(best)),
        best_head: capital(&text!(lang, "best-word", best = key(best))),
        intervals: fields.iter().any(|f| {
            scene
                .gap(&f.field)
                .is_some_and(|c| c.difference95.is_some())
        }),
        kinds: fields
            .iter()
            .take(KINDS)
            .map(|f| capital(&scene.lang.kind(&f.field.scope.page)))
            .collect(),
        sites: sites(scene),
        chart: anyone.then(|| Chart::both(|frame| dumbbell(scene, axis, frame))),
        rows: fields.iter().map(|f| row(scene, &f.field)).collect(),
    }
}

fn row(scene: &Scene<'_>, field: &Field) -> Row {
    let (metric, lang) = (field.scope.metric, scene.lang);
    let dash = || "–".to_owned();
    let shown = |v: Option<f64>| v.map_or_else(dash, |v| lang.value(metric, v));
    let gap = scene.gap(field);
    let best = best_standing(field);
    Row {
        page: capital(&lang.page(&field.scope.page)),
        own: shown(scene.own_median(field)),
        benchmark: best.map_or_else(dash, |s| scene.name(&s.target)),
        best: shown(best.and_then(|s| s.summary.median)),
        gap: match gap {
            Some(c) => {
                let (words, doubt) = gap_words(scene.lang, metric, &c);
                match doubt.as_str() {
                    "" => words,
                    _ => format!("{words}, {doubt}"),
                }
            }
            None => gap_note(scene, field).map_or_else(String::new, |why| why.words(scene.lang)),
        },
        interval: gap
            .and_then(|c| Some(toward(c.relation, c.difference95?)))
            .map_or_else(dash, |i| lang.between(metric, i, Between::Word)),
        pairs: gap.map_or_else(dash, |c| c.pairs.to_string()),
    }
}

/// All sites in the order of the headline's field, then those that only other pages have.
fn sites(scene: &Scene<'_>) -> Vec<SiteRow> {
    let fields = &scene.input.fields;
    let mut ids: Vec<&str> = Vec::new();
    let all = fields.iter().flat_map(|f| &f.field.standings);
    for s in scene
        .headline()
        .into_iter()
        .flat_map(|f| &f.field.standings)
        .chain(all)
    {
        if !ids.contains(&s.target.as_str()) {
            ids.push(&s.target);
        }
    }
    ids.into_iter()
        .map(|id| SiteRow {
            who: if scene.own_id() == Some(id) {
                Who::Own
            } else {
                Who::Other
            },
            name: scene.name(id),
            cells: fields
                .iter()
                .take(KINDS)
                .map(|f| cell(scene, &f.field, id))
                .collect(),
        })
        .collect()
}

fn cell(scene: &Scene<'_>, field: &Field, id: &str) -> Cell {
    let text = match standing(field, id) {
        None => text!(scene.lang, "gap-no-such-page"),
        Some(s) => s.summary.median.map_or_else(
            || text!(scene.lang, "not-measured"),
            |m| scene.lang.value(field.scope.metric, m),
        ),
    };
    Cell {
        kind: capital(&scene.lang.kind(&field.scope.page)),
        text,
        who: scene.who(field, id),
    }
}
