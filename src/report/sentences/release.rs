//! Page 11: what followed each release, and what is asked to be decided.

use crate::analysis::types::{Comparison, Relation};
use crate::model::Metric;

use super::super::language::{Arg, Dated, Language, Sentence, say, text};
use super::super::more::Released;
use super::super::scene::Scene;
use super::super::text::{capital, clean, shorten};
use super::figures::interval95;
use super::gap::size;
use super::later::{lcp_part, widest_part};

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

/// What a release's interval says, in full.
pub(in super::super) fn effect_sentence(lang: &Language, metric: Metric, r: &Released) -> Sentence {
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
            interval = text(interval95(lang, metric, i))
        ),
        None => say!(lang, "release-few-nights", ..with, nights = number(c.pairs)),
    }
}

/// What is asked to be decided, from what is proven.
pub(in super::super) fn decisions(scene: &Scene<'_>) -> Vec<Sentence> {
    let lang = scene.lang;
    let mut asked: Vec<Sentence> = work_on(scene).into_iter().collect();
    let hurt: Vec<String> = scene
        .input
        .more
        .releases
        .iter()
        .filter(|r| r.effect.is_some_and(|c| c.relation == Relation::Slower))
        .map(version)
        .collect();
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

/// The page with the largest proven gap, and where to look first.
fn work_on(scene: &Scene<'_>) -> Option<Sentence> {
    let lang = scene.lang;
    let fields = scene.input.fields.iter().map(|f| &f.field);
    let (field, c) = fields
        .filter_map(|f| Some((f, scene.gap(f)?)))
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
