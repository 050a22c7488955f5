//! Page 11: what followed each release, and what is asked to be decided.

use crate::analysis::types::{Comparison, Relation};
use crate::model::Metric;

use super::super::language::{Arg, Dated, Language, Sentence, say, text};
use super::super::more::Released;
use super::super::scene::Scene;
use super::super::text::{capital, clean, shorten};
use super::failing::failing;
use super::figures::interval95;
use super::gap::size;
use super::later::{lcp_part, widest_part};
use super::outlook::ranked_gaps;
use super::words::toward;

/// `0.2 s faster`, `level`, `cannot tell (+0.1 s)`.
pub(in super::super) fn effect_words(lang: &Language, metric: Metric, c: &Comparison) -> String {
    text!(
        lang,
        "release-effect",
        relation = relation(c.relation),
        size = text(size(lang, metric, c))
    )
}

fn version(r: &Released) -> String {
    shorten(&clean(&r.version), 24)
}

/// Title of page 11.
pub(in super::super) fn changed_title(scene: &Scene<'_>) -> Sentence {
    let lang = scene.lang;
    let releases = &scene.input.more.releases;
    let metric = scene.metric();
    let told: Vec<(&Released, Comparison)> = releases
        .iter()
        .filter_map(|r| Some((r, r.effect?)))
        .filter(|(_, c)| matches!(c.relation, Relation::Faster | Relation::Slower))
        .collect();
    match (releases.len(), told.as_slice()) {
        (0, _) => say!(lang, "changed-title-no-release"),
        (_, [(r, c)]) => say!(
            lang,
            "changed-title-one",
            version = name(version(r)),
            effect = own(effect_words(lang, metric, c))
        ),
        (n, []) if releases.iter().all(is_untold) => {
            say!(lang, "changed-title-untold", n = number(n))
        }
        (n, []) => say!(lang, "changed-title-no-change", n = number(n)),
        (_, many) => {
            let effects: Vec<String> = many
                .iter()
                .map(|(r, c)| format!("{} ({})", version(r), effect_words(lang, metric, c)))
                .collect();
            say!(
                lang,
                "changed-title-many",
                effects = text(lang.list(&effects))
            )
        }
    }
}

/// Whether the nights on both sides are too few to say anything.
fn is_untold(r: &Released) -> bool {
    r.effect.is_none_or(|c| c.relation == Relation::CannotTell)
}

/// What a release's interval says, in full, and of which releases it is said.
pub(in super::super) fn effect_sentence(lang: &Language, metric: Metric, r: &Released) -> Sentence {
    let effect = effect_alone(lang, metric, r);
    if r.together.is_empty() {
        return effect;
    }
    let others: Vec<String> = r.together.iter().map(|v| shorten(&clean(v), 24)).collect();
    let others = lang.names(&others);
    effect.and(say!(lang, "release-together", versions = said(others)))
}

fn effect_alone(lang: &Language, metric: Metric, r: &Released) -> Sentence {
    let with = [
        ("version", Arg::name(version(r))),
        ("date", Arg::text(lang.date(r.date, Dated::Day))),
    ];
    let release = match clean(&r.note).as_str() {
        "" => say!(lang, "release", ..with),
        note => say!(
            lang,
            "release-noted",
            ..with,
            note = text(shorten(note, 80))
        ),
    };
    let Some(c) = r.effect else {
        return say!(lang, "release-no-nights", release = said(release));
    };
    let with = [
        ("release", Arg::said(release)),
        ("effect", Arg::text(effect_words(lang, metric, &c))),
        ("before", Arg::number(r.visits.0)),
        ("after", Arg::number(r.visits.1)),
    ];
    match c.difference95 {
        Some(i) => say!(
            lang,
            "release-interval",
            ..with,
            interval = text(interval95(lang, metric, toward(c.relation, i)))
        ),
        None => say!(lang, "release-few-nights", ..with, nights = number(c.pairs)),
    }
}

/// What is asked to be decided, from what is proven.
pub(in super::super) fn decisions(scene: &Scene<'_>) -> Vec<Sentence> {
    let lang = scene.lang;
    let mend = failing(scene).map(|(field, counts)| {
        say!(
            lang,
            "decisions-mend",
            page = text(lang.page(&field.scope.page)),
            failed = number(counts.failed),
            tried = number(counts.failed + counts.valid)
        )
    });
    let mut asked: Vec<Sentence> = mend.into_iter().chain(work_on(scene)).collect();
    let hurt: Vec<String> = hurting(scene).into_iter().map(version).collect();
    if !hurt.is_empty() {
        let versions = lang.names(&hurt);
        asked.push(say!(
            lang,
            "decisions-take-back",
            n = number(hurt.len()),
            versions = said(versions)
        ));
    }
    if asked.is_empty() {
        asked.push(say!(lang, "decisions-nothing"));
    }
    asked
}

/// A later release has made good what one cost from this share of it on.
const MADE_GOOD: f64 = 0.5;

/// Releases that slowed us, and that no later one has made good.
pub(in super::super) fn hurting<'a>(scene: &Scene<'a>) -> Vec<&'a Released> {
    let releases = &scene.input.more.releases;
    let of = |r: &Released, relation: Relation| {
        let effect = r.effect.filter(|c| c.relation == relation);
        effect.map(|c| c.difference.abs())
    };
    let made_good = |i: usize, cost: f64| {
        let later = releases[i + 1..].iter();
        later
            .filter_map(|r| of(r, Relation::Faster))
            .any(|won| won >= cost * MADE_GOOD)
    };
    let hurt = releases
        .iter()
        .enumerate()
        .filter(|(i, r)| of(r, Relation::Slower).is_some_and(|cost| !made_good(*i, cost)));
    hurt.map(|(_, r)| r).collect()
}

/// The page with the largest proven gap among those on which we have a place, and where to look
/// first.
fn work_on(scene: &Scene<'_>) -> Option<Sentence> {
    let lang = scene.lang;
    let (field, c) = ranked_gaps(scene)
        .into_iter()
        .filter(|(_, c)| c.relation == Relation::Slower)
        .max_by(|a, b| a.1.difference.total_cmp(&b.1.difference))?;
    let work_on = say!(
        lang,
        "decisions-work-on",
        page = text(capital(&lang.page(&field.scope.page))),
        size = text(lang.value(field.scope.metric, c.difference))
    );
    let part = widest_part(&scene.input.more.parts)
        .filter(|_| Some(&field.scope.page) == scene.headline().map(|h| &h.field.scope.page));
    Some(match part {
        Some((p, d)) => work_on.and(say!(
            lang,
            "decisions-look-first",
            part = key(lcp_part(p.metric)),
            size = text(lang.value(p.metric, d))
        )),
        None => work_on,
    })
}
