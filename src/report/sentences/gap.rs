//! Page 3: where the gap to the benchmark is.

use crate::analysis::types::{ChosenBy, Comparison, Field, NotRanked, Relation};
use crate::model::Metric;
use crate::model::format::value;

use super::super::scene::{Scene, best_standing};
use super::super::text::{capital, number_word, page_words};
use super::{Sentence, comparative, signed, unmeasured};

/// The title of page 3.
pub(in super::super) fn gap_title(scene: &Scene<'_>) -> Sentence {
    let compared: Vec<(&Field, Comparison)> = scene
        .input
        .fields
        .iter()
        .filter_map(|f| Some((&f.field, scene.gap(&f.field)?)))
        .collect();
    let on_night = if scene.one_night() {
        " on this night"
    } else {
        ""
    };
    if let Some((field, c)) = widest(&compared) {
        let name = best_name(scene, field);
        let lead = if compared.len() == 1 {
            "The gap"
        } else {
            "The largest gap"
        };
        return Sentence::new(format!(
            "{lead}{on_night} is on the {}: {} behind ",
            page_words(&field.scope.page),
            value(field.scope.metric, c.difference.abs())
        ))
        .name(name);
    }
    if compared.is_empty() {
        return Sentence::new("No page could be compared with an overseas site");
    }
    nothing_behind(&compared, on_night)
}

/// The title where no page is proven to be behind.
fn nothing_behind(compared: &[(&Field, Comparison)], on_night: &str) -> Sentence {
    let of = |wanted: Relation| {
        compared
            .iter()
            .filter(|(_, c)| c.relation == wanted)
            .count()
    };
    let (ahead, level) = (of(Relation::Faster), of(Relation::Level));
    let n = compared.len();
    let pages = if n == 1 { "page" } else { "pages" };
    if ahead == n {
        let word = comparative(Relation::Faster).unwrap_or("apart");
        return Sentence::new(match n {
            1 => {
                format!("We are {word} than the overseas benchmark{on_night} on the page compared")
            }
            _ => format!(
                "We are {word} than the overseas benchmark{on_night} on all {} {pages}",
                number_word(n)
            ),
        });
    }
    if ahead + level == 0 {
        return Sentence::new(match n {
            1 => {
                "One page beside the best overseas so far: too little data to call a gap".to_owned()
            }
            _ => format!(
                "{} pages beside the best overseas so far: too little data to call a gap",
                capital(&number_word(n))
            ),
        });
    }
    Sentence::new(format!(
        "No page is proven to be behind the overseas benchmark{on_night}"
    ))
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

/// `1.2 s behind`, `0.4 s ahead`, `level`, or the bare difference where nothing more can be said.
pub(in super::super) fn gap_words(metric: Metric, c: &Comparison) -> (String, &'static str) {
    let size = value(metric, c.difference.abs());
    match c.relation {
        Relation::Slower => (format!("{size} behind"), ""),
        Relation::Faster => (format!("{size} ahead"), ""),
        Relation::Level => ("level".to_owned(), ""),
        Relation::CannotTell => (signed(metric, c.difference), "cannot tell"),
    }
}

/// Why a page kind has no pair of dots, if so.
pub(in super::super) fn gap_note(scene: &Scene<'_>, field: &Field) -> Option<String> {
    if scene.gap(field).is_some() {
        return None;
    }
    let own = scene.own_standing(field);
    if field.standings.len() < 2 || field.not_ranked == Some(NotRanked::Alone) {
        return Some("no comparable page: only one site has it".to_owned());
    }
    match own {
        None => return Some("we have no such page".to_owned()),
        Some(s) if s.summary.median.is_none() => {
            return Some(format!("ours: {}", unmeasured(s.summary.counts)));
        }
        Some(_) => {}
    }
    let home = &scene.input.project.home_market;
    let overseas = field
        .standings
        .iter()
        .filter_map(|s| scene.target(&s.target))
        .any(|t| t.is_overseas(home));
    Some(if overseas || best_standing(field).is_some() {
        "no overseas site could be measured here".to_owned()
    } else {
        "no comparable page overseas".to_owned()
    })
}

/// Whether the benchmark of a field is no more than the lowest median of few nights.
pub(super) fn is_provisional(field: &Field) -> bool {
    field
        .benchmark
        .as_ref()
        .is_some_and(|b| b.chosen_by == ChosenBy::LowestMedian)
}
