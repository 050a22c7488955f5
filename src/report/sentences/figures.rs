//! The three big figures of page 1, each with a mark and a word.

use crate::analysis::types::{ChosenBy, Comparison, Field, Relation};
use crate::model::Metric;
use crate::model::format::{ordinal, value};

use super::super::scene::{Scene, Who, measured};
use super::super::text::{capital, glue};
use super::words::is_nothing;
use super::{Between, between, comparative, not_ranked, signed, toward};

/// A big figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Figure {
    /// What it is.
    pub(in super::super) label: String,
    /// The figure without its unit.
    pub(in super::super) big: String,
    /// Its unit, or `of 7`.
    pub(in super::super) unit: String,
    /// Colour.
    pub(in super::super) who: Who,
    /// `↓`, `↑`, `=` or nothing.
    pub(in super::super) mark: &'static str,
    /// The word with the mark.
    pub(in super::super) note: String,
    /// A second line.
    pub(in super::super) more: String,
}

impl Figure {
    fn new(label: impl Into<String>, value: &str, who: Who) -> Self {
        let (big, unit) = value.split_once(' ').unwrap_or((value, ""));
        Figure {
            label: label.into(),
            big: big.to_owned(),
            unit: unit.to_owned(),
            who,
            mark: "",
            note: String::new(),
            more: String::new(),
        }
    }

    fn noted(mut self, mark: &'static str, note: impl Into<String>) -> Self {
        self.mark = mark;
        self.note = glue(&note.into());
        self
    }

    fn with_more(mut self, more: impl Into<String>) -> Self {
        self.more = glue(&more.into());
        self
    }
}

/// Ours, the gap, our place.
pub(in super::super) fn figures(scene: &Scene<'_>) -> Vec<Figure> {
    let Some(field) = scene.headline().map(|f| &f.field) else {
        return Vec::new();
    };
    vec![ours(scene, field), gap(scene, field), place(scene, field)]
}

fn ours(scene: &Scene<'_>, field: &Field) -> Figure {
    let metric = field.scope.metric;
    let label = match metric {
        Metric::Lcp => "Main content shown, ours".to_owned(),
        other => format!("{}, ours", capital(other.label())),
    };
    let Some(standing) = scene.own_standing(field) else {
        return Figure::new(label, "–", Who::Other).noted("", "we have no such page");
    };
    let Some(median) = standing.summary.median else {
        return Figure::new(label, "–", Who::Other)
            .noted("", super::unmeasured(standing.summary.counts));
    };
    let figure = Figure::new(label, &value(metric, median), Who::Own);
    let figure = match &field.own_change {
        Some(change) => {
            let (mark, note) = since(scene, metric, change);
            figure.noted(mark, note)
        }
        None => figure.noted("", first(scene)),
    };
    match standing.summary.interval95 {
        Some(i) => figure.with_more(format!(
            "95 % interval {}",
            between(metric, i, Between::Word)
        )),
        None => figure.with_more(format!("median of {} visits", standing.summary.n)),
    }
}

fn first(scene: &Scene<'_>) -> &'static str {
    if scene.one_night() {
        "first night"
    } else {
        "no earlier data"
    }
}

/// Mark and words of a change of ours against the period before.
fn since(scene: &Scene<'_>, metric: Metric, change: &Comparison) -> (&'static str, String) {
    let before = scene.lang.before(&scene.input.period);
    let before = before.unwrap_or_else(|| "the period before".to_owned());
    let size = value(metric, change.difference.abs());
    match (change.relation, comparative(change.relation)) {
        (Relation::Faster, Some(word)) => ("↓", format!("{size} {word} than {before}")),
        (Relation::Slower, Some(word)) => ("↑", format!("{size} {word} than {before}")),
        (Relation::Level, _) => ("=", format!("level with {before}")),
        _ => ("", format!("too few nights to compare with {before}")),
    }
}

fn gap(scene: &Scene<'_>, field: &Field) -> Figure {
    let metric = field.scope.metric;
    let Some(c) = scene.gap(field) else {
        let why = match (&field.benchmark, scene.has_overseas()) {
            (None, false) => "no overseas site among the targets",
            (None, true) => "no overseas site could be measured",
            (Some(_), _) => "ours could not be measured",
        };
        return Figure::new("To the overseas benchmark", "–", Who::Other).noted("", why);
    };
    let size = value(metric, c.difference.abs());
    let whom = benchmark_words(field);
    let figure = match c.relation {
        Relation::Slower => Figure::new(format!("Behind {whom}"), &size, Who::Other),
        Relation::Faster => Figure::new(format!("Ahead of {whom}"), &size, Who::Other),
        Relation::Level => Figure::new(
            format!("To {whom}"),
            &signed(metric, c.difference),
            Who::Other,
        ),
        Relation::CannotTell => Figure::new(
            "To the best overseas so far",
            &signed(metric, c.difference),
            Who::Other,
        ),
    };
    let figure = match (c.relation, field.gap_change) {
        (Relation::CannotTell, _) => figure.noted("", too_few(scene)),
        (_, Some(change)) => gap_change(scene, metric, change, figure),
        (Relation::Level, None) => figure.noted("=", "level"),
        (_, None) => figure.noted("", first(scene)),
    };
    match c.difference95 {
        Some(i) => figure.with_more(format!(
            "95 % interval {}",
            between(metric, toward(c.relation, i), Between::Word)
        )),
        None => figure.with_more(format!("{} pairs", c.pairs)),
    }
}

/// `the best overseas` only where nobody else may be it.
fn benchmark_words(field: &Field) -> &'static str {
    match &field.benchmark {
        Some(b) if b.chosen_by == ChosenBy::LowestMedian => "the best overseas so far",
        Some(b) if b.could_be_best.len() > 1 => "the overseas benchmark",
        _ => "the best overseas",
    }
}

fn gap_change(scene: &Scene<'_>, metric: Metric, change: f64, figure: Figure) -> Figure {
    let before = scene.lang.before(&scene.input.period);
    let before = before.unwrap_or_else(|| "the period before".to_owned());
    let size = value(metric, change.abs());
    if is_nothing(metric, change) {
        figure.noted("=", format!("as in {before}"))
    } else if change < 0.0 {
        figure.noted("↓", format!("{size} less than in {before}"))
    } else {
        figure.noted("↑", format!("{size} more than in {before}"))
    }
}

fn too_few(scene: &Scene<'_>) -> &'static str {
    if scene.one_night() {
        "too few rounds to tell"
    } else {
        "too few nights to tell"
    }
}

fn place(scene: &Scene<'_>, field: &Field) -> Figure {
    let Some(standing) = scene.own_standing(field) else {
        return Figure::new("Our place", "–", Who::Other).noted("", "we have no such page");
    };
    match &standing.rank {
        Ok(rank) => {
            let place = match rank.hi.saturating_sub(rank.lo) {
                0 => ordinal(rank.lo as usize),
                _ => format!(
                    "{}–{}",
                    ordinal(rank.lo as usize),
                    ordinal(rank.hi as usize)
                ),
            };
            Figure::new("Our place", &format!("{place} of {}", rank.of), Who::Other)
                .noted("", others(scene, field))
                .with_more("95 % sure, for all sites at once")
        }
        Err(why) => {
            let mut figure = Figure::new("Our place", "", Who::Other)
                .noted("", not_ranked(why))
                .with_more(others(scene, field));
            figure.big = "Not ranked yet".to_owned();
            figure
        }
    }
}

/// `3 faster, 1 level, 2 slower`.
fn others(scene: &Scene<'_>, field: &Field) -> String {
    let count = |wanted: Relation| {
        measured(field)
            .filter(|s| Some(s.target.as_str()) != scene.own_id())
            .filter(|s| s.versus_own.map(|c| c.relation) == Some(wanted))
            .count()
    };
    let parts: Vec<String> = [
        (count(Relation::Faster), "faster"),
        (count(Relation::Level), "level with us"),
        (count(Relation::Slower), "slower"),
        (count(Relation::CannotTell), "undecided"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, word)| format!("{n} {word}"))
    .collect();
    parts.join(", ")
}
