//! What changed since the period before, page kind by page kind.

use crate::analysis::types::{Comparison, Field, Relation};

use super::super::input::PeriodKind;
use super::super::language::{Dated, Sentence, say, text};
use super::super::scene::Scene;
use super::Block;
use super::figures::{GapTurn, Side, gap_turn};
use super::gap::{best_name, is_provisional};
use super::release::{proven, version_with_effect};

/// Better, worse, level, and the gaps; or that there is nothing to compare with.
pub(in super::super) fn changes(scene: &Scene<'_>) -> Block {
    let lang = scene.lang;
    let title = lang.word("changes-title");
    let fields: Vec<&Field> = scene.input.fields.iter().map(|f| &f.field).collect();
    let before = lang.before(&scene.input.period);
    let Some(before) = before.as_deref() else {
        let period = &scene.input.period;
        let only = match (scene.input.more.earlier, period.kind) {
            (false, _) if scene.one_night() => say!(lang, "changes-first-night"),
            (false, _) => say!(lang, "changes-nothing-earlier"),
            (true, PeriodKind::Month) => say!(lang, "changes-nothing-before"),
            (true, _) => say!(lang, "changes-too-short"),
        };
        return Block {
            title,
            sentences: vec![only],
        };
    };
    let mut sentences: Vec<Sentence> = [
        Relation::Faster,
        Relation::Slower,
        Relation::Level,
        Relation::CannotTell,
    ]
    .into_iter()
    .filter_map(|r| moved(scene, &fields, r, before))
    .collect();
    sentences.extend(released(scene));
    sentences.extend(gaps(scene, &fields));
    if sentences.is_empty() {
        sentences.push(say!(lang, "changes-none", before = text(before)));
    } else {
        sentences.extend(method(scene));
    }
    Block { title, sentences }
}

/// What measured changed between the nights that are compared.
fn method(scene: &Scene<'_>) -> Option<Sentence> {
    let (lang, methods) = (scene.lang, &scene.input.more.methods);
    let last = methods.last()?;
    Some(say!(
        lang,
        "changes-method",
        n = number(methods.len()),
        last = text(lang.date(*last, Dated::Day))
    ))
}

/// `Faster than September: home page by 0.3 s.`
fn moved(scene: &Scene<'_>, fields: &[&Field], wanted: Relation, before: &str) -> Option<Sentence> {
    let lang = scene.lang;
    let pages: Vec<String> = fields
        .iter()
        .filter_map(|f| {
            let c = f.own_change.filter(|c| c.relation == wanted)?;
            let page = lang.page(&f.scope.page);
            Some(match wanted {
                Relation::Faster | Relation::Slower => text!(
                    lang,
                    "changes-page-by",
                    page = text(page),
                    size = text(lang.value(f.scope.metric, c.difference.abs()))
                ),
                Relation::Level | Relation::CannotTell => page,
            })
        })
        .collect();
    (!pages.is_empty()).then(|| {
        say!(
            lang,
            "changes-pages",
            relation = relation(wanted),
            before = text(before),
            pages = text(lang.list(&pages))
        )
    })
}

/// Releases that moved the headline's page while the period as a whole is level, so that nobody
/// meets them on page 11 as a contradiction.
fn released(scene: &Scene<'_>) -> Option<Sentence> {
    let field = &scene.headline()?.field;
    let level = |c: Comparison| c.relation == Relation::Level;
    let proven = proven(scene);
    if proven.is_empty() || !field.own_change.is_some_and(level) {
        return None;
    }
    let (lang, metric) = (scene.lang, field.scope.metric);
    let effects = proven.iter();
    let effects = effects.map(|(r, c)| version_with_effect(lang, metric, (r, c)));
    Some(say!(
        lang,
        "changes-release",
        n = number(proven.len()),
        page = text(lang.page(&field.scope.page)),
        effects = said(lang.listed(effects.collect()))
    ))
}

/// The gap that moved most since the period before, if one surely moved.
fn gaps(scene: &Scene<'_>, fields: &[&Field]) -> Option<Sentence> {
    let (field, change, turn) = fields
        .iter()
        .filter(|f| !is_provisional(f))
        .filter_map(|f| {
            let turn = match gap_turn(scene, f)? {
                GapTurn::Less(Side::Behind) => "narrowed",
                GapTurn::More(Side::Behind) => "grew",
                GapTurn::Less(Side::Ahead) => "lead-shrank",
                GapTurn::More(Side::Ahead) => "lead-grew",
                // That we are on the other side now is what the first sentence is about.
                GapTurn::Crossed(_) | GapTurn::Same | GapTurn::Unknown => return None,
            };
            Some((*f, f.gap_change?, turn))
        })
        .max_by(|(_, a, _), (_, b, _)| a.difference.abs().total_cmp(&b.difference.abs()))?;
    let lang = scene.lang;
    Some(say!(
        lang,
        "changes-gap",
        turn = key(turn),
        best = name(best_name(scene, field)),
        page = text(lang.page(&field.scope.page)),
        size = text(lang.value(field.scope.metric, change.difference.abs()))
    ))
}
