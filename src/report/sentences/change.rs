//! What changed since the period before, page kind by page kind.

use crate::analysis::types::{Field, Relation};
use crate::model::format::{list, value};

use super::super::scene::Scene;
use super::super::text::{capital, page_words};
use super::gap::{best_name, is_provisional};
use super::words::is_nothing;
use super::{Block, Sentence, comparative};

/// Better, worse, level, and the gaps; or that there is nothing to compare with.
pub(in super::super) fn changes(scene: &Scene<'_>) -> Block {
    let title = "What changed".to_owned();
    let fields: Vec<&Field> = scene.input.fields.iter().map(|f| &f.field).collect();
    let before = scene.lang.before(&scene.input.period);
    let Some(before) = before.as_deref() else {
        let words = if scene.one_night() {
            "This is the first night in the data: there is nothing to compare it with yet."
        } else {
            "There is nothing earlier in the data to compare with."
        };
        return Block {
            title,
            sentences: vec![Sentence::new(words)],
        };
    };
    let mut sentences: Vec<Sentence> = [Relation::Faster, Relation::Slower]
        .into_iter()
        .filter_map(|r| moved(&fields, r, before))
        .collect();
    let still = pages(&fields, Relation::Level);
    if !still.is_empty() {
        sentences.push(Sentence::new(format!(
            "Level with {before}: {}.",
            list(&still)
        )));
    }
    let unsure = pages(&fields, Relation::CannotTell);
    if !unsure.is_empty() {
        sentences.push(Sentence::new(format!(
            "Too few nights to compare with {before}: {}.",
            list(&unsure)
        )));
    }
    sentences.extend(gaps(scene, &fields));
    if sentences.is_empty() {
        sentences.push(Sentence::new(format!(
            "None of our pages was measured both now and in {before}."
        )));
    }
    Block { title, sentences }
}

/// `Faster than September: home page by 0.3 s.`
fn moved(fields: &[&Field], wanted: Relation, before: &str) -> Option<Sentence> {
    let word = comparative(wanted)?;
    let said: Vec<String> = fields
        .iter()
        .filter_map(|f| {
            let c = f.own_change.filter(|c| c.relation == wanted)?;
            let size = value(f.scope.metric, c.difference.abs());
            Some(format!("{} by {size}", page_words(&f.scope.page)))
        })
        .collect();
    (!said.is_empty())
        .then(|| Sentence::new(format!("{} than {before}: {}.", capital(word), list(&said))))
}

fn pages(fields: &[&Field], wanted: Relation) -> Vec<String> {
    fields
        .iter()
        .filter(|f| f.own_change.is_some_and(|c| c.relation == wanted))
        .map(|f| page_words(&f.scope.page))
        .collect()
}

/// The gap that moved most since the period before, if one moved at all.
fn gaps(scene: &Scene<'_>, fields: &[&Field]) -> Option<Sentence> {
    let (field, change) = fields
        .iter()
        .filter(|f| !is_provisional(f))
        .filter_map(|f| Some((*f, f.gap_change?)))
        .filter(|(f, change)| !is_nothing(f.scope.metric, *change))
        .max_by(|(_, a), (_, b)| a.abs().total_cmp(&b.abs()))?;
    let turn = if change < 0.0 { "narrowed" } else { "grew" };
    Some(
        Sentence::new("The gap to ")
            .name(best_name(scene, field))
            .text(format!(
                " on the {} {turn} by {}.",
                page_words(&field.scope.page),
                value(field.scope.metric, change.abs())
            )),
    )
}
