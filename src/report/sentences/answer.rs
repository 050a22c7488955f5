//! Page 1's title and the paragraph under it.

use crate::analysis::types::{ChosenBy, Field, Relation};
use crate::model::format::value;
use crate::model::{Device, Metric};

use super::super::input::PeriodKind;
use super::super::scene::{Scene, best_standing, measured};
use super::super::text::{number_word, page_words};
use super::{Sentence, comparative, lab, not_ranked, range, regions};

/// Our main content time, and the benchmark's beside it.
pub(in super::super) fn headline(scene: &Scene<'_>) -> Sentence {
    let Some(field) = scene.headline().map(|f| &f.field) else {
        return Sentence::new("There is nothing to compare yet.");
    };
    if measured(field).next().is_none() {
        return Sentence::new(format!("Nothing could be measured {}.", in_period(scene)));
    }
    let ours = match scene.own_median(field) {
        Some(median) => ours(scene, field, median),
        None => Sentence::new(format!(
            "Our {} could not be measured.",
            page_words(&field.scope.page)
        )),
    };
    theirs(scene, field, ours)
}

fn ours(scene: &Scene<'_>, field: &Field, median: f64) -> Sentence {
    let page = page_words(&field.scope.page);
    let figure = value(field.scope.metric, median);
    match (field.scope.metric, scene.one_night()) {
        (Metric::Lcp, false) => {
            Sentence::new(format!("Our {page} shows its main content in ")).own(figure)
        }
        (Metric::Lcp, true) => {
            Sentence::new(format!("Our {page} showed its main content in ")).own(figure)
        }
        (metric, _) => Sentence::new(format!("Our {page}: {} ", metric.label())).own(figure),
    }
}

fn theirs(scene: &Scene<'_>, field: &Field, ours: Sentence) -> Sentence {
    let (Some(benchmark), Some(best)) = (&field.benchmark, best_standing(field)) else {
        return end(ours).text(" No overseas site to set beside it.");
    };
    let Some(median) = best.summary.median else {
        return end(ours);
    };
    let figure = value(field.scope.metric, median);
    if benchmark.chosen_by == ChosenBy::LowestMedian {
        return end(ours)
            .text(" The best overseas so far: ")
            .best(figure)
            .text(".");
    }
    let who = "the overseas benchmark";
    match scene.gap(field).map(|c| c.relation) {
        Some(Relation::Level) => ours
            .text(format!(", level with {who} at "))
            .best(figure)
            .text("."),
        Some(r @ Relation::Faster) => ours
            .text(format!(
                ", {} than {who} at ",
                comparative(r).unwrap_or("apart")
            ))
            .best(figure)
            .text("."),
        _ if benchmark.could_be_best.len() > 1 => end(ours)
            .text(" The overseas benchmark takes ")
            .best(figure)
            .text("."),
        _ => end(ours)
            .text(" The best overseas site takes ")
            .best(figure)
            .text("."),
    }
}

fn end(sentence: Sentence) -> Sentence {
    let done = sentence.to_string().ends_with('.');
    if done { sentence } else { sentence.text(".") }
}

/// `in October 2026`, `in the night of 23 November 2026`, `in 1 to 9 October 2026`.
fn in_period(scene: &Scene<'_>) -> String {
    let label = &scene.input.period.label;
    match scene.input.period.kind {
        PeriodKind::Month => format!("in {label}"),
        PeriodKind::Night => format!("in the {label}"),
        PeriodKind::Span => format!("in the period {label}"),
    }
}

/// The paragraph under the title: half and three quarters of our visits, the benchmark, our place.
pub(in super::super) fn lede(scene: &Scene<'_>) -> Vec<Sentence> {
    let Some(field) = scene.headline().map(|f| &f.field) else {
        return Vec::new();
    };
    [
        our_visits(scene, field),
        benchmark(scene, field),
        ties(scene, field),
        place(scene, field),
        lab(scene),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn our_visits(scene: &Scene<'_>, field: &Field) -> Option<Sentence> {
    let summary = &scene.own_standing(field)?.summary;
    let metric = field.scope.metric;
    let device = scene
        .input
        .profiles
        .iter()
        .find(|p| p.id == field.scope.profile)
        .map_or("browser", |p| match p.device {
            Device::Phone => "phone",
            Device::Desktop => "desktop",
            Device::Tablet => "tablet",
            Device::Own(_) => "device of our own",
        });
    let from = regions(scene, &field.scope.regions);
    let (median, p75) = (summary.median?, summary.p75?);
    Some(Sentence::new(format!(
        "On a {device} seen from {from}, half of our visits took at most {} and three quarters at most {}.",
        value(metric, median),
        value(metric, p75)
    )))
}

fn benchmark(scene: &Scene<'_>, field: &Field) -> Option<Sentence> {
    let Some(benchmark) = &field.benchmark else {
        let words = if scene.has_overseas() {
            "No overseas site could be measured on this page."
        } else {
            "No overseas site is among the targets, so there is no benchmark."
        };
        return Some(Sentence::new(words));
    };
    let site = Sentence::default()
        .best(scene.name(&benchmark.target))
        .text(format!(" ({}) ", scene.market(&benchmark.target)));
    Some(match benchmark.chosen_by {
        ChosenBy::Reference => site.text("is the benchmark, as the settings name it."),
        ChosenBy::PreviousMonth => {
            let before = scene.input.period.before.as_deref();
            site.text(match before {
                Some(label) => format!("is the benchmark, chosen on the data of {label}."),
                None => "is the benchmark, chosen on the month before.".to_owned(),
            })
        }
        ChosenBy::CrossFit => site.text("is the benchmark in this first month."),
        ChosenBy::LowestMedian => {
            site.text("is the best overseas so far; to be sure of it takes more nights.")
        }
    })
}

fn ties(scene: &Scene<'_>, field: &Field) -> Option<Sentence> {
    let benchmark = field.benchmark.as_ref()?;
    let others: Vec<String> = benchmark
        .could_be_best
        .iter()
        .filter(|id| **id != benchmark.target)
        .map(|id| scene.name(id))
        .collect();
    if others.is_empty() {
        return None;
    }
    if benchmark.chosen_by == ChosenBy::LowestMedian {
        let verb = if others.len() == 1 { " is" } else { " are" };
        let tail = format!("{verb} not ruled out as the best.");
        return Some(Sentence::default().names(&others).text(tail));
    }
    let tail = if others.len() == 1 {
        " may be the best as well."
    } else {
        " may each be the best as well."
    };
    Some(Sentence::default().names(&others).text(tail))
}

fn place(scene: &Scene<'_>, field: &Field) -> Option<Sentence> {
    let standing = scene.own_standing(field)?;
    Some(match &standing.rank {
        Ok(rank) => Sentence::new(format!(
            "Among the {} sites ranked we are {}.",
            number_word(rank.of as usize),
            range(*rank)
        )),
        Err(why) => Sentence::new(format!("We are not ranked yet: {}.", not_ranked(why))),
    })
}
