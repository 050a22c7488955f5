//! Turns of phrase that several rules share: whose difference is told, from where, the lab's warning.

use crate::analysis::types::{Interval, Relation};

use super::super::language::{Sentence, say};
use super::super::scene::Scene;

/// The interval of a difference as its words are: a lead is told as a positive figure.
pub(in super::super) fn toward(relation: Relation, i: Interval) -> Interval {
    match relation {
        Relation::Faster => Interval {
            point: -i.point,
            lower: -i.upper,
            upper: -i.lower,
            level: i.level,
        },
        _ => i,
    }
}

/// `Sydney`, `Sydney and Melbourne`.
pub(in super::super) fn regions(scene: &Scene<'_>, ids: &[String]) -> String {
    let names: Vec<String> = ids.iter().map(|id| scene.region(id)).collect();
    scene.lang.list(&names)
}

/// Says of a lab that it is one.
pub(in super::super) fn lab(scene: &Scene<'_>) -> Option<Sentence> {
    let names: Vec<String> = scene
        .input
        .regions
        .iter()
        .filter(|r| !r.latency.is_empty())
        .map(|r| scene.region(&r.id))
        .collect();
    if names.is_empty() {
        return None;
    }
    Some(say!(
        scene.lang,
        "lab",
        n = number(names.len()),
        regions = said(scene.lang.names(&names))
    ))
}
