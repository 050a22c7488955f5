//! Page 2, where we stand: every site on one scale, and the table of its figures.

use crate::analysis::types::{Field, Standing};
use crate::model::Metric;

use super::super::charts::{Axis, Chart, dots};
use super::super::input::PageField;
use super::super::language::{Between, say, text};
use super::super::scene::{Scene, Who, best_standing};
use super::super::sentences::{Sentence, chart_note, place_words, standing_notes, standing_title};
use super::super::text::{capital, glue};

/// What page 2 prints.
pub(in super::super) struct StandingPage {
    pub(in super::super) title: Sentence,
    pub(in super::super) subtitle: String,
    pub(in super::super) chart: Option<Chart>,
    pub(in super::super) notes: Vec<Sentence>,
    pub(in super::super) rows: Vec<Row>,
    /// Whether any site has an interval.
    pub(in super::super) intervals: bool,
    /// Over the differences: `To benchmark`.
    pub(in super::super) gap_head: String,
}

/// A row of the table.
pub(in super::super) struct Row {
    pub(in super::super) who: Who,
    pub(in super::super) name: String,
    pub(in super::super) mark: String,
    pub(in super::super) median: String,
    pub(in super::super) interval: String,
    pub(in super::super) p75: String,
    pub(in super::super) gap: String,
    pub(in super::super) place: String,
    pub(in super::super) valid: String,
}

/// Fills it.
pub(in super::super) fn build(scene: &Scene<'_>, axis: &Axis) -> StandingPage {
    let Some(page) = scene.headline() else {
        return StandingPage {
            title: say!(scene.lang, "standing-nothing"),
            subtitle: text!(scene.lang, "standing-nothing-why"),
            chart: None,
            notes: Vec::new(),
            rows: Vec::new(),
            intervals: false,
            gap_head: gap_head(scene, None),
        };
    };
    let (field, lang) = (&page.field, scene.lang);
    let anyone = field.standings.iter().any(|s| s.summary.median.is_some());
    let note = if anyone {
        chart_note(scene.lang, page)
    } else {
        String::new()
    };
    StandingPage {
        title: standing_title(scene, field),
        subtitle: glue(&format!(
            "{}. {note}",
            text!(
                lang,
                "metric-of-page",
                metric = text(capital(&lang.metric(field.scope.metric))),
                page = text(lang.page(&field.scope.page))
            )
        )),
        chart: anyone.then(|| Chart::both(|frame| dots(scene, page, axis, frame))),
        notes: standing_notes(scene, field),
        rows: field
            .standings
            .iter()
            .map(|s| row(scene, page, s))
            .collect(),
        intervals: field
            .standings
            .iter()
            .any(|s| s.summary.interval95.is_some()),
        gap_head: gap_head(scene, Some(field)),
    }
}

fn gap_head(scene: &Scene<'_>, field: Option<&Field>) -> String {
    let best = Scene::best_key(field);
    text!(scene.lang, "column-to-best", best = key(best))
}

fn row(scene: &Scene<'_>, page: &PageField, s: &Standing) -> Row {
    let (metric, lang) = (page.field.scope.metric, scene.lang);
    let who = scene.who(&page.field, &s.target);
    let dash = || "–".to_owned();
    let shown = |v: Option<f64>| v.map_or_else(dash, |v| lang.value(metric, v));
    Row {
        who,
        name: scene.name(&s.target),
        mark: match who {
            Who::Own => lang.word("us"),
            Who::Best => scene.best_word(Some(&page.field)),
            Who::Other => String::new(),
        },
        median: shown(s.summary.median),
        interval: s
            .summary
            .interval95
            .map_or_else(dash, |i| lang.between(metric, i, Between::Dash)),
        p75: shown(s.summary.p75),
        gap: to_best(scene, page, s, metric),
        place: place_words(lang, &s.rank),
        valid: text!(
            lang,
            "n-of",
            n = number(s.summary.counts.valid),
            of = number(s.summary.counts.attempted)
        ),
    }
}

/// A site's difference to the benchmark.
fn to_best(scene: &Scene<'_>, page: &PageField, s: &Standing, metric: Metric) -> String {
    if scene.who(&page.field, &s.target) == Who::Best || best_standing(&page.field).is_none() {
        return "–".to_owned();
    }
    s.versus_best.map_or_else(
        || "–".to_owned(),
        |c| scene.lang.signed(metric, c.difference),
    )
}
