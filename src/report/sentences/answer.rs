//! Page 1's title and the paragraph under it.

use crate::analysis::types::{ChosenBy, Field, Relation};
use crate::model::{Device, Metric};

use super::super::input::PeriodKind;
use super::super::language::{Arg, Sentence, say};
use super::super::scene::{Scene, best_standing, measured};
use super::{lab, regions, the_benchmark};

/// Our main content time, and the benchmark's beside it.
pub(in super::super) fn headline(scene: &Scene<'_>) -> Sentence {
    let lang = scene.lang;
    let Some(field) = scene.headline().map(|f| &f.field) else {
        return say!(lang, "headline-nothing");
    };
    if measured(field).next().is_none() {
        let period = lang.period(&scene.input.period);
        return match scene.input.period.kind {
            PeriodKind::Month => say!(lang, "headline-unmeasured-month", period = text(period)),
            PeriodKind::Night => say!(lang, "headline-unmeasured-night", period = text(period)),
            PeriodKind::Span => say!(lang, "headline-unmeasured-span", period = text(period)),
        };
    }
    let ours = match scene.own_median(field) {
        Some(median) => ours(scene, field, median),
        None => {
            let page = lang.page(&field.scope.page);
            say!(lang, "headline-ours-unmeasured", page = text(page))
        }
    };
    theirs(scene, field, ours)
}

fn ours(scene: &Scene<'_>, field: &Field, median: f64) -> Sentence {
    let lang = scene.lang;
    let page = lang.page(&field.scope.page);
    let figure = lang.value(field.scope.metric, median);
    match (field.scope.metric, scene.one_night()) {
        (Metric::Lcp, false) => say!(
            lang,
            "headline-ours-lcp",
            page = text(page),
            figure = own(figure)
        ),
        (Metric::Lcp, true) => say!(
            lang,
            "headline-ours-lcp-night",
            page = text(page),
            figure = own(figure)
        ),
        (metric, _) => say!(
            lang,
            "headline-ours-other",
            page = text(page),
            metric = text(lang.metric(metric)),
            figure = own(figure)
        ),
    }
}

fn theirs(scene: &Scene<'_>, field: &Field, ours: Sentence) -> Sentence {
    let lang = scene.lang;
    let (Some(benchmark), Some(best)) = (&field.benchmark, best_standing(field)) else {
        return say!(lang, "headline-alone", ours = said(ours));
    };
    let Some(median) = best.summary.median else {
        return say!(lang, "headline-end", ours = said(ours));
    };
    let figure = lang.value(field.scope.metric, median);
    let with = [("ours", Arg::said(ours)), ("figure", Arg::best(figure))];
    if benchmark.chosen_by == ChosenBy::LowestMedian {
        return say!(lang, "headline-so-far", ..with);
    }
    match scene.gap(field).map(|c| c.relation) {
        Some(Relation::Level) => say!(lang, "headline-level", ..with),
        Some(Relation::Faster) => say!(lang, "headline-faster", ..with),
        _ if benchmark.is_the_best() => say!(lang, "headline-best", ..with),
        _ => say!(lang, "headline-benchmark", ..with),
    }
}

/// The paragraph under the title: half and three quarters of our visits, the benchmark, our place.
pub(in super::super) fn lede(scene: &Scene<'_>) -> Vec<Sentence> {
    let Some(field) = scene.headline().map(|f| &f.field) else {
        return Vec::new();
    };
    let mut said: Vec<Sentence> = our_visits(scene, field).into_iter().collect();
    said.extend(the_benchmark(scene, field));
    said.extend(place(scene, field));
    said.extend(lab(scene));
    said.extend(other_settings(scene));
    said
}

/// Device, rounds and distances are told as they are set today.
fn other_settings(scene: &Scene<'_>) -> Option<Sentence> {
    let runs = scene.input.runs.len();
    let all = runs > 0 && scene.other_settings() == runs;
    all.then(|| say!(scene.lang, "lede-other-settings"))
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
            Device::Own(_) => "own",
        });
    let (median, p75) = (summary.median?, summary.p75?);
    Some(say!(
        scene.lang,
        "lede-ours",
        device = key(device),
        regions = text(regions(scene, &field.scope.regions)),
        median = text(scene.lang.value(metric, median)),
        p75 = text(scene.lang.value(metric, p75))
    ))
}

fn place(scene: &Scene<'_>, field: &Field) -> Option<Sentence> {
    let standing = scene.own_standing(field)?;
    let lang = scene.lang;
    Some(match &standing.rank {
        Ok(rank) => say!(
            lang,
            "lede-place",
            sites = text(lang.number_word(rank.of as usize)),
            place = text(lang.range(*rank))
        ),
        Err(why) => say!(lang, "lede-not-ranked", why = text(lang.not_ranked(why))),
    })
}
