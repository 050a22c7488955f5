//! Who the benchmark is, how it was chosen, in whose place it stands, and who else may be the best.

use crate::analysis::types::{Benchmark, ChosenBy, Field};

use super::super::language::{Arg, Sentence, say};
use super::super::scene::{Scene, standing};

/// Who is the benchmark of a field, and how sure it is that this is the best overseas.
pub(super) fn the_benchmark(scene: &Scene<'_>, field: &Field) -> Vec<Sentence> {
    let lang = scene.lang;
    let Some(benchmark) = &field.benchmark else {
        return vec![match scene.has_overseas() {
            true => say!(lang, "lede-no-overseas-value"),
            false => say!(lang, "lede-no-overseas"),
        }];
    };
    let mut said: Vec<Sentence> = gone(scene, field, benchmark).into_iter().collect();
    said.push(chosen(scene, benchmark));
    said.extend(how_sure(scene, field));
    said
}

/// That the one named in the settings, or chosen on the period before, could not be measured.
fn gone(scene: &Scene<'_>, field: &Field, benchmark: &Benchmark) -> Option<Sentence> {
    let lang = scene.lang;
    let id = benchmark.instead_of.as_ref()?;
    let standing = standing(field, id)?;
    let lost = match (&standing.summary.median, &standing.rank) {
        (Some(_), Err(why)) => ("some", lang.not_ranked(why)),
        _ => ("all", lang.unmeasured(standing.summary.counts)),
    };
    let with = [
        ("gone", Arg::name(scene.name(id))),
        ("lost", Arg::key(lost.0)),
        ("why", Arg::text(lost.1)),
    ];
    Some(match scene.input.project.reference.as_ref() == Some(id) {
        true => say!(lang, "lede-reference-gone", ..with),
        false => say!(lang, "lede-chosen-gone", ..with),
    })
}

fn chosen(scene: &Scene<'_>, benchmark: &Benchmark) -> Sentence {
    let lang = scene.lang;
    let stands = match benchmark.instead_of {
        Some(_) => "instead",
        None => "first",
    };
    let site = [
        ("site", Arg::best(scene.name(&benchmark.target))),
        ("market", Arg::text(scene.market(&benchmark.target))),
        ("stands", Arg::key(stands)),
    ];
    match benchmark.chosen_by {
        ChosenBy::Reference => say!(lang, "lede-benchmark-reference", ..site),
        ChosenBy::PreviousMonth => match lang.before(&scene.input.period) {
            Some(before) => say!(lang, "lede-benchmark-before", ..site, before = text(before)),
            None => say!(lang, "lede-benchmark-month-before", ..site),
        },
        ChosenBy::CrossFit => say!(lang, "lede-benchmark-halves", ..site),
        ChosenBy::LowestMedian => say!(lang, "lede-benchmark-so-far", ..site),
    }
}

/// Who else may be the best overseas, or that it is another; and who may be it unmeasured.
pub(super) fn how_sure(scene: &Scene<'_>, field: &Field) -> Vec<Sentence> {
    let others = others(scene, field);
    others.into_iter().chain(unmeasured(scene, field)).collect()
}

fn others(scene: &Scene<'_>, field: &Field) -> Option<Sentence> {
    let (lang, benchmark) = (scene.lang, field.benchmark.as_ref()?);
    let others = scene.other_bests(field);
    if others.is_empty() {
        return None;
    }
    let sites = lang.names(&scene.names(&others));
    let with = [
        ("n", Arg::number(others.len())),
        ("sites", Arg::said(sites)),
    ];
    Some(match benchmark.chosen_by {
        _ if benchmark.is_ruled_out() => say!(
            lang,
            "lede-ruled-out",
            ..with,
            sure = key(match is_the_one(scene, field) {
                true => "yes",
                false => "no",
            })
        ),
        ChosenBy::LowestMedian => say!(lang, "lede-ties-so-far", ..with),
        _ => say!(lang, "lede-ties", ..with),
    })
}

/// Whether a benchmark that is ruled out leaves one ranked site, and nobody unmeasured: that site
/// is the best overseas.
pub(super) fn is_the_one(scene: &Scene<'_>, field: &Field) -> bool {
    match scene.other_bests(field).as_slice() {
        [only] => only.rank.is_ok() && scene.unknown_bests(field).is_empty(),
        _ => false,
    }
}

fn unmeasured(scene: &Scene<'_>, field: &Field) -> Option<Sentence> {
    let unknown = scene.unknown_bests(field);
    if unknown.is_empty() {
        return None;
    }
    Some(say!(
        scene.lang,
        "lede-unmeasured",
        n = number(unknown.len()),
        sites = said(scene.lang.names(&scene.names(&unknown)))
    ))
}
