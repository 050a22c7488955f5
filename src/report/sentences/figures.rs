//! The three big figures of page 1, each with a mark and a word.

use crate::analysis::types::{ChosenBy, Comparison, Field, Interval, Relation, Standing};
use crate::model::Metric;

use super::super::language::{Between, Language, text};
use super::super::scene::{Scene, Who, measured};
use super::super::text::{capital, glue};
use super::standing::short_range;
use super::toward;

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
    /// Of a value with its unit.
    fn new(label: String, value: &str, who: Who) -> Self {
        let (big, unit) = value.rsplit_once(' ').unwrap_or((value, ""));
        Figure {
            label,
            big: big.to_owned(),
            unit: unit.to_owned(),
            who,
            mark: "",
            note: String::new(),
            more: String::new(),
        }
    }

    /// Where there is none, and why.
    fn none(label: String, why: String) -> Self {
        Figure::new(label, "–", Who::Other).noted("", why)
    }

    fn noted(mut self, mark: &'static str, note: String) -> Self {
        self.mark = mark;
        self.note = glue(&note);
        self
    }

    fn with_more(mut self, more: String) -> Self {
        self.more = glue(&more);
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
    let lang = scene.lang;
    let metric = field.scope.metric;
    let label = match metric {
        Metric::Lcp => lang.word("figure-ours-lcp"),
        other => {
            let label = text!(lang, "figure-ours", metric = text(lang.metric(other)));
            capital(&label)
        }
    };
    let Some(standing) = scene.own_standing(field) else {
        return Figure::none(label, lang.word("no-such-page"));
    };
    let Some(median) = standing.summary.median else {
        return Figure::none(label, lang.unmeasured(standing.summary.counts));
    };
    let figure = Figure::new(label, &lang.value(metric, median), Who::Own);
    let figure = match &field.own_change {
        Some(change) => {
            let (mark, note) = since(scene, metric, change);
            figure.noted(mark, note)
        }
        None => figure.noted("", first(scene)),
    };
    match standing.summary.interval95 {
        Some(i) => figure.with_more(interval95(lang, metric, i)),
        None => figure.with_more(text!(
            lang,
            "figure-median-of",
            n = number(standing.summary.n)
        )),
    }
}

/// `95 % interval 3.0 to 3.2 s`.
pub(super) fn interval95(lang: &Language, metric: Metric, i: Interval) -> String {
    let interval = lang.between(metric, i, Between::Word);
    text!(lang, "interval95", interval = text(interval))
}

fn first(scene: &Scene<'_>) -> String {
    match (scene.input.more.earlier, scene.one_night()) {
        (true, _) => scene.lang.word("figure-not-compared"),
        (false, true) => scene.lang.word("figure-first-night"),
        (false, false) => scene.lang.word("figure-no-earlier"),
    }
}

fn before(scene: &Scene<'_>) -> String {
    let before = scene.lang.before(&scene.input.period);
    before.unwrap_or_else(|| scene.lang.word("figure-period-before"))
}

/// Mark and words of a change of ours against the period before.
fn since(scene: &Scene<'_>, metric: Metric, change: &Comparison) -> (&'static str, String) {
    let mark = match change.relation {
        Relation::Faster => "↓",
        Relation::Slower => "↑",
        Relation::Level => "=",
        Relation::CannotTell => "",
    };
    let note = text!(
        scene.lang,
        "figure-since",
        relation = relation(change.relation),
        size = text(scene.lang.value(metric, change.difference.abs())),
        before = text(before(scene))
    );
    (mark, note)
}

fn gap(scene: &Scene<'_>, field: &Field) -> Figure {
    let lang = scene.lang;
    let metric = field.scope.metric;
    let Some(c) = scene.gap(field) else {
        let why = match (&field.benchmark, scene.has_overseas()) {
            (None, false) => lang.word("figure-gap-no-overseas"),
            (None, true) => lang.word("figure-gap-no-overseas-value"),
            (Some(_), _) => lang.word("figure-gap-ours-unmeasured"),
        };
        return Figure::none(lang.word("figure-gap-none"), why);
    };
    let label = text!(
        lang,
        "figure-gap",
        relation = relation(c.relation),
        whom = key(whom(field))
    );
    let size = match c.relation {
        Relation::Slower | Relation::Faster => lang.value(metric, c.difference.abs()),
        Relation::Level | Relation::CannotTell => lang.signed(metric, c.difference),
    };
    let figure = Figure::new(label, &size, Who::Other);
    let figure = match (c.relation, field.gap_change) {
        (Relation::CannotTell, _) if c.difference95.is_some() => {
            figure.noted("", lang.word("figure-open-among-all"))
        }
        (Relation::CannotTell, _) => figure.noted("", too_few(scene)),
        (_, Some(change)) => gap_change(scene, field, (c, change), figure),
        (Relation::Level, None) => figure.noted("=", lang.word("figure-gap-level")),
        (_, None) => figure.noted("", first(scene)),
    };
    match c.difference95 {
        Some(i) => figure.with_more(interval95(lang, metric, toward(c.relation, i))),
        None => figure.with_more(text!(lang, "figure-gap-pairs", n = number(c.pairs))),
    }
}

/// `the best overseas` only where nobody else may be it.
pub(super) fn whom(field: &Field) -> &'static str {
    match &field.benchmark {
        Some(b) if b.chosen_by == ChosenBy::LowestMedian => "so-far",
        Some(b) if b.is_the_best() => "best",
        _ => "benchmark",
    }
}

/// The side of the benchmark on which we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Behind,
    Ahead,
}

/// What became of the distance to the benchmark since the period before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GapTurn {
    /// Surely less, on the side where we were.
    Less(Side),
    /// Surely more, on the side where we were.
    More(Side),
    /// Surely another, and we were on this side.
    Crossed(Side),
    /// Not surely another.
    Same,
    /// Too few nights.
    Unknown,
}

/// A gap is only said to have moved where the interval of its change says so. `None` without a gap
/// in both periods.
pub(super) fn gap_turn(scene: &Scene<'_>, field: &Field) -> Option<GapTurn> {
    let (now, change) = (scene.gap(field)?.difference, field.gap_change?);
    let before = now - change.difference;
    let side = if before > 0.0 {
        Side::Behind
    } else {
        Side::Ahead
    };
    let crossed = (now > 0.0) != (before > 0.0);
    Some(match (change.relation, side) {
        (Relation::Level, _) => GapTurn::Same,
        (Relation::CannotTell, _) => GapTurn::Unknown,
        _ if crossed => GapTurn::Crossed(side),
        (Relation::Faster, Side::Behind) | (Relation::Slower, Side::Ahead) => GapTurn::Less(side),
        (Relation::Slower, Side::Behind) | (Relation::Faster, Side::Ahead) => GapTurn::More(side),
    })
}

fn gap_change(
    scene: &Scene<'_>,
    field: &Field,
    (now, change): (Comparison, Comparison),
    figure: Figure,
) -> Figure {
    let moved = change.difference.abs();
    let (mark, turn, size) = match gap_turn(scene, field) {
        Some(GapTurn::Less(_)) => ("↓", "less", moved),
        Some(GapTurn::More(_)) => ("↑", "more", moved),
        Some(GapTurn::Crossed(side)) => {
            let before = (now.difference - change.difference).abs();
            let side = match side {
                Side::Behind => "behind",
                Side::Ahead => "ahead",
            };
            ("", side, before)
        }
        Some(GapTurn::Same) => ("=", "same", moved),
        Some(GapTurn::Unknown) | None => ("", "unknown", moved),
    };
    let note = text!(
        scene.lang,
        "figure-gap-change",
        turn = key(turn),
        size = text(scene.lang.value(field.scope.metric, size)),
        before = text(before(scene))
    );
    figure.noted(mark, note)
}

fn too_few(scene: &Scene<'_>) -> String {
    match scene.one_night() {
        true => scene.lang.word("figure-too-few-rounds"),
        false => scene.lang.word("figure-too-few-nights"),
    }
}

fn place(scene: &Scene<'_>, field: &Field) -> Figure {
    let lang = scene.lang;
    let label = lang.word("figure-place");
    let Some(standing) = scene.own_standing(field) else {
        return Figure::none(label, lang.word("no-such-page"));
    };
    let mut figure = Figure::new(label, "", Who::Other);
    match &standing.rank {
        Ok(rank) => {
            figure.big = short_range(lang, *rank);
            figure.unit = text!(lang, "figure-place-of", n = number(rank.of));
            figure
                .noted("", others(scene, field, |s| s.rank.is_ok()))
                .with_more(lang.word("figure-place-sure"))
        }
        Err(why) => {
            figure.big = lang.word("figure-place-none");
            figure
                .noted("", lang.not_ranked(why))
                .with_more(others(scene, field, |_| true))
        }
    }
}

/// `3 faster, 1 level with us, 2 slower`. Beside our place only those who are ranked count: it is of
/// so many.
fn others(scene: &Scene<'_>, field: &Field, counts: impl Fn(&Standing) -> bool) -> String {
    let lang = scene.lang;
    let count = |wanted: Relation| {
        measured(field)
            .filter(|s| Some(s.target.as_str()) != scene.own_id())
            .filter(|s| counts(s) && s.versus_own.map(|c| c.relation) == Some(wanted))
            .count()
    };
    [
        Relation::Faster,
        Relation::Level,
        Relation::Slower,
        Relation::CannotTell,
    ]
    .into_iter()
    .map(|r| (r, count(r)))
    .filter(|(_, n)| *n > 0)
    .map(|(r, n)| text!(lang, "figure-others", relation = relation(r), n = number(n)))
    .reduce(|list, next| text!(lang, "list-next", list = text(list), next = text(next)))
    .unwrap_or_default()
}
