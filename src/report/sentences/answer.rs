//! Page 1's title and the paragraph under it.

use crate::analysis::types::{ChosenBy, Field, Relation};
use crate::model::{Device, Metric};

use super::super::input::PeriodKind;
use super::super::language::{Arg, Sentence, say};
use super::super::scene::{Scene, best_standing, measured};
use super::{lab, regions};

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
        _ if !benchmark.is_surely_best() => say!(lang, "headline-benchmark", ..with),
        _ => say!(lang, "headline-best", ..with),
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
        unknown(scene, field),
        place(scene, field),
        lab(scene),
        other_settings(scene),
    ]
    .into_iter()
    .flatten()
    .collect()
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

fn benchmark(scene: &Scene<'_>, field: &Field) -> Option<Sentence> {
    let lang = scene.lang;
    let Some(benchmark) = &field.benchmark else {
        return Some(match scene.has_overseas() {
            true => say!(lang, "lede-no-overseas-value"),
            false => say!(lang, "lede-no-overseas"),
        });
    };
    let site = [
        ("site", Arg::best(scene.name(&benchmark.target))),
        ("market", Arg::text(scene.market(&benchmark.target))),
    ];
    Some(match benchmark.chosen_by {
        ChosenBy::Reference => say!(lang, "lede-benchmark-reference", ..site),
        ChosenBy::PreviousMonth => match lang.before(&scene.input.period) {
            Some(before) => say!(lang, "lede-benchmark-before", ..site, before = text(before)),
            None => say!(lang, "lede-benchmark-month-before", ..site),
        },
        ChosenBy::CrossFit => say!(lang, "lede-benchmark-first", ..site),
        ChosenBy::LowestMedian => say!(lang, "lede-benchmark-so-far", ..site),
    })
}

fn ties(scene: &Scene<'_>, field: &Field) -> Option<Sentence> {
    let benchmark = field.benchmark.as_ref()?;
    let others = scene.other_bests(benchmark);
    if others.is_empty() {
        return None;
    }
    let (n, sites) = (others.len(), scene.lang.names(&others));
    if benchmark.ruled_out {
        return Some(say!(
            scene.lang,
            "lede-ruled-out",
            n = number(n),
            sites = said(sites)
        ));
    }
    Some(match benchmark.chosen_by {
        ChosenBy::LowestMedian => say!(
            scene.lang,
            "lede-ties-so-far",
            n = number(n),
            sites = said(sites)
        ),
        _ => say!(scene.lang, "lede-ties", n = number(n), sites = said(sites)),
    })
}

/// Overseas sites that were there before and could not be measured: unknown is not slow.
fn unknown(scene: &Scene<'_>, field: &Field) -> Option<Sentence> {
    let sites = &field.benchmark.as_ref()?.unknown;
    let names: Vec<String> = sites.iter().map(|id| scene.name(id)).collect();
    (!names.is_empty()).then(|| {
        say!(
            scene.lang,
            "lede-unknown",
            n = number(names.len()),
            sites = said(scene.lang.names(&names))
        )
    })
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
