//! Page 3: where the gap to the benchmark is.

use crate::analysis::types::{ChosenBy, Comparison, Counts, Field, NotRanked, Relation};
use crate::model::Metric;

use super::super::language::{Arg, Language, Sentence, say, text};
use super::super::scene::{Scene, best_standing};
use super::super::text::capital;
use super::standing::relation_word;

/// The title of page 3.
pub(in super::super) fn gap_title(scene: &Scene<'_>) -> Sentence {
    let lang = scene.lang;
    let compared: Vec<(&Field, Comparison)> = scene
        .input
        .fields
        .iter()
        .filter_map(|f| Some((&f.field, scene.gap(&f.field)?)))
        .collect();
    let Some((field, c)) = widest(&compared) else {
        return match compared.is_empty() {
            true => say!(lang, "gap-title-not-compared"),
            false => nothing_behind(scene, &compared),
        };
    };
    let size = lang.value(field.scope.metric, c.difference.abs());
    let with = [
        ("n", Arg::number(compared.len())),
        ("page", Arg::text(lang.page(&field.scope.page))),
        ("size", Arg::text(size)),
        ("best", Arg::name(best_name(scene, field))),
    ];
    match scene.one_night() {
        true => say!(lang, "gap-title-night", ..with),
        false => say!(lang, "gap-title", ..with),
    }
}

/// The title where no page is proven to be behind.
fn nothing_behind(scene: &Scene<'_>, compared: &[(&Field, Comparison)]) -> Sentence {
    let lang = scene.lang;
    let of = |wanted: Relation| {
        compared
            .iter()
            .filter(|(_, c)| c.relation == wanted)
            .count()
    };
    let (ahead, level) = (of(Relation::Faster), of(Relation::Level));
    let n = compared.len();
    if ahead == n {
        return match scene.one_night() {
            true => say!(lang, "gap-title-faster-night", n = number(n)),
            false => say!(lang, "gap-title-faster", n = number(n)),
        };
    }
    if ahead + level == 0 {
        let words = text!(
            lang,
            "gap-title-too-little",
            n = number(n),
            best = key(scene.best_key_of_all())
        );
        return Sentence::new(capital(&words));
    }
    match scene.one_night() {
        true => say!(lang, "gap-title-none-behind-night"),
        false => say!(lang, "gap-title-none-behind"),
    }
}

/// The comparison with the largest proven gap.
pub(super) fn widest<'f>(compared: &[(&'f Field, Comparison)]) -> Option<(&'f Field, Comparison)> {
    compared
        .iter()
        .filter(|(_, c)| c.relation == Relation::Slower)
        .max_by(|(_, a), (_, b)| a.difference.total_cmp(&b.difference))
        .copied()
}

/// The benchmark's name in a field.
pub(super) fn best_name(scene: &Scene<'_>, field: &Field) -> String {
    field
        .benchmark
        .as_ref()
        .map_or_else(String::new, |b| scene.name(&b.target))
}

/// `1.2 s behind`, `0.4 s ahead`, `level`, or the bare difference and that nothing more can be
/// said.
pub(in super::super) fn gap_words(
    lang: &Language,
    metric: Metric,
    c: &Comparison,
) -> (String, String) {
    let words = text!(
        lang,
        "gap-side",
        relation = relation(c.relation),
        size = text(size(lang, metric, c))
    );
    let doubt = match c.relation {
        Relation::CannotTell => relation_word(lang, c.relation),
        _ => String::new(),
    };
    (words, doubt)
}

/// The size of a difference: its sign stays where no word tells the side.
pub(super) fn size(lang: &Language, metric: Metric, c: &Comparison) -> String {
    match c.relation {
        Relation::CannotTell => lang.signed(metric, c.difference),
        _ => lang.value(metric, c.difference.abs()),
    }
}

/// Why a page kind has no pair of dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum NoPair {
    /// Only one site has such a page.
    Alone,
    /// We have no such page.
    NotOurs,
    /// Ours could not be measured.
    OursUnmeasured(Counts),
    /// None of those overseas could be measured.
    OverseasUnmeasured,
    /// No overseas site has such a page.
    NoneOverseas,
}

impl NoPair {
    /// Whether it is that nobody overseas has the like.
    pub(super) fn is_no_counterpart(self) -> bool {
        matches!(self, NoPair::Alone | NoPair::NoneOverseas)
    }

    /// In words.
    pub(in super::super) fn words(self, lang: &Language) -> String {
        match self {
            NoPair::Alone => lang.word("no-pair-alone"),
            NoPair::NotOurs => lang.word("no-such-page"),
            NoPair::OursUnmeasured(counts) => text!(
                lang,
                "no-pair-ours-unmeasured",
                why = text(lang.unmeasured(counts))
            ),
            NoPair::OverseasUnmeasured => lang.word("no-pair-overseas-unmeasured"),
            NoPair::NoneOverseas => lang.word("no-pair-none-overseas"),
        }
    }
}

/// Why a page kind has no pair of dots, if so.
pub(in super::super) fn gap_note(scene: &Scene<'_>, field: &Field) -> Option<NoPair> {
    if scene.gap(field).is_some() {
        return None;
    }
    if field.standings.len() < 2 || field.not_ranked == Some(NotRanked::Alone) {
        return Some(NoPair::Alone);
    }
    match scene.own_standing(field) {
        None => return Some(NoPair::NotOurs),
        Some(s) if s.summary.median.is_none() => {
            return Some(NoPair::OursUnmeasured(s.summary.counts));
        }
        Some(_) => {}
    }
    let home = &scene.input.project.home_market;
    let overseas = field
        .standings
        .iter()
        .filter_map(|s| scene.target(&s.target))
        .any(|t| t.is_overseas(home));
    Some(match overseas || best_standing(field).is_some() {
        true => NoPair::OverseasUnmeasured,
        false => NoPair::NoneOverseas,
    })
}

/// Whether the benchmark of a field is no more than the lowest median of few nights.
pub(super) fn is_provisional(field: &Field) -> bool {
    field
        .benchmark
        .as_ref()
        .is_some_and(|b| b.chosen_by == ChosenBy::LowestMedian)
}
