//! The mail that carries the monthly report: subject, three bullets, what was measured.
//!
//! Words only, from the figures that the report itself is made from. "Faster", "slower", "behind"
//! and "ahead" are said where a [`Relation`] says so, a place where there is a rank, a cause where
//! a release of ours was followed by the same proven change.

use crate::analysis::types::{ChosenBy, Comparison, Counts, Field, Relation, Standing};

use super::input::ReportInput;
use super::language::{Arg, Language, text};
use super::more::Released;
use super::scene::Scene;
use super::sentences::{effect_words, failing, proven, still_slower, versions};
use super::text::{clean, shorten};

/// Characters of a name: a letter is read at a glance.
const LONGEST: usize = 28;
/// Words of a version.
const WORDS: usize = 6;

/// What is written to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Place and gap in one line.
    pub subject: String,
    /// Three bullets, and what was measured of what was planned.
    pub body: String,
}

/// The letter of a report.
#[must_use]
pub fn letter(input: &ReportInput) -> Letter {
    let scene = Scene::new(input);
    let bullets = [position(&scene), moved(&scene), decision(&scene)];
    let body: Vec<String> = bullets.iter().map(|b| format!("- {b}")).collect();
    Letter {
        subject: text!(
            scene.lang,
            "letter-subject",
            project = text(short(&input.project.name)),
            period = text(scene.lang.period(&input.period)),
            standing = text(rank_and_gap(&scene))
        ),
        body: format!("{}\n\n{}", body.join("\n"), measured(&scene)),
    }
}

/// The line under a letter that says where the page is.
#[must_use]
pub fn page_at(language: &Language, link: &str) -> String {
    text!(language, "letter-page", link = text(link))
}

/// `3rd of 7, 1.2 s behind Northfield`.
fn rank_and_gap(scene: &Scene<'_>) -> String {
    let lang = scene.lang;
    let Some((field, standing)) = scene
        .headline()
        .and_then(|f| Some((&f.field, scene.own_standing(&f.field)?)))
        .filter(|(_, s)| s.summary.median.is_some())
    else {
        return text!(lang, "letter-unmeasured");
    };
    text!(
        lang,
        "letter-rank-and-gap",
        rank = text(rank(scene, standing)),
        gap = text(gap(scene, field, standing))
    )
}

/// `1.2 s behind Northfield`, in the words that the relation allows.
fn gap(scene: &Scene<'_>, field: &Field, standing: &Standing) -> String {
    let lang = scene.lang;
    let Some(benchmark) = &field.benchmark else {
        return text!(lang, "letter-no-overseas");
    };
    let site = short(&scene.name(&benchmark.target));
    let best = match benchmark.chosen_by {
        // More nights may name another one.
        ChosenBy::LowestMedian => text!(lang, "letter-best-so-far", site = text(site)),
        _ => site,
    };
    let Some(c) = standing.versus_best else {
        return text!(lang, "letter-gap-unknown", best = text(best));
    };
    text!(
        lang,
        "letter-gap",
        relation = relation(c.relation),
        size = text(lang.value(field.scope.metric, c.difference.abs())),
        best = text(best)
    )
}

/// The first bullet: where we are, and what became of it.
fn position(scene: &Scene<'_>) -> String {
    let lang = scene.lang;
    let Some(field) = scene.headline().map(|f| &f.field) else {
        return text!(lang, "letter-nothing");
    };
    let page = page(scene, field);
    let ours = scene.own_standing(field);
    let Some((standing, median)) = ours.and_then(|s| Some((s, s.summary.median?))) else {
        return text!(lang, "letter-page-unmeasured", page = text(page));
    };
    let metric = field.scope.metric;
    let change = match (lang.before(&scene.input.period), field.own_change) {
        (None, _) => text!(lang, "letter-first"),
        (Some(before), None) => text!(lang, "letter-not-before", before = text(before)),
        (Some(before), Some(c)) => {
            let said = change(scene, field, (&c, before));
            match scene.input.more.methods.is_empty() {
                true => said,
                false => text!(lang, "letter-change-method", change = text(said)),
            }
        }
    };
    text!(
        lang,
        "letter-position",
        page = text(page),
        metric = text(lang.metric(metric)),
        figure = text(lang.value(metric, median)),
        rank = text(rank(scene, standing)),
        gap = text(gap(scene, field, standing)),
        change = text(change)
    )
}

/// The second bullet: the largest proven change, and what it follows.
fn moved(scene: &Scene<'_>) -> String {
    let lang = scene.lang;
    let is_proven = |r: Relation| matches!(r, Relation::Faster | Relation::Slower);
    let moved = fields(scene)
        .filter_map(|f| Some((f, f.own_change?)))
        .filter(|(_, c)| is_proven(c.relation))
        .max_by(|(_, a), (_, b)| a.difference.abs().total_cmp(&b.difference.abs()));
    let (Some((field, c)), Some(before)) = (moved, lang.before(&scene.input.period)) else {
        return not_moved(scene);
    };
    let cause = match cause(scene, field, c.relation) {
        Some((release, c)) => text!(
            lang,
            "letter-cause",
            relation = relation(c.relation),
            n = number(release.marked.len()),
            release = text(releases(scene, release)),
            size = text(lang.value(field.scope.metric, c.difference.abs()))
        ),
        None => text!(lang, "letter-no-cause"),
    };
    text!(
        lang,
        "letter-moved",
        relation = relation(c.relation),
        page = text(page(scene, field)),
        change = text(change(scene, field, (&c, before))),
        cause = text(cause)
    )
}

/// The second bullet of a period that is level with the one before as a whole: what releases did
/// within it, the largest two at most.
fn not_moved(scene: &Scene<'_>) -> String {
    let lang = scene.lang;
    let mut proven = proven(scene);
    let (Some(page_field), false) = (scene.headline(), proven.is_empty()) else {
        return text!(lang, "letter-not-moved");
    };
    let field = &page_field.field;
    // The smaller ones go; those that stay are told in the order of time.
    while proven.len() > 2 {
        let sizes = proven
            .iter()
            .enumerate()
            .map(|(i, (_, c))| (i, c.difference.abs()));
        let smallest = sizes.min_by(|a, b| a.1.total_cmp(&b.1));
        proven.remove(smallest.map_or(0, |(i, _)| i));
    }
    let moving: usize = proven.iter().map(|(r, _)| r.marked.len()).sum();
    let effects: Vec<String> = proven
        .iter()
        .map(|(r, c)| {
            text!(
                lang,
                "release-moved",
                versions = text(releases(scene, r)),
                effect = text(effect_words(lang, field.scope.metric, c))
            )
        })
        .collect();
    text!(
        lang,
        "letter-not-moved-but",
        page = text(page(scene, field)),
        n = number(moving),
        effects = text(lang.list(&effects))
    )
}

/// The versions of a release, or of several that no night tells apart, in a few words: a letter may
/// name several.
fn releases(scene: &Scene<'_>, r: &Released) -> String {
    let versions = short(&versions(scene.lang, &r.marked).to_string());
    let words: Vec<&str> = versions.split(' ').collect();
    match words.get(..WORDS) {
        Some(first) if words.len() > WORDS => format!("{}…", first.join(" ")),
        _ => versions,
    }
}

/// The release after which the headline's page moved the same way, proven, and the most. What
/// followed a release is known for that page alone.
fn cause<'a>(
    scene: &Scene<'a>,
    field: &Field,
    relation: Relation,
) -> Option<(&'a Released, Comparison)> {
    let page = &scene.headline()?.field.scope.page;
    let proven = proven(scene).into_iter();
    proven
        .filter(|(_, c)| field.scope.page == *page && c.relation == relation)
        .max_by(|(_, a), (_, b)| a.difference.abs().total_cmp(&b.difference.abs()))
}

/// The third bullet: the widest proven gap of a ranked page, then the release that slowed us most
/// and that no later one is seen to have mended.
fn decision(scene: &Scene<'_>) -> String {
    let lang = scene.lang;
    if !fields(scene).any(|f| scene.own_median(f).is_some()) {
        return text!(lang, "letter-why-unmeasured");
    }
    if let Some((field, counts)) = failing(scene) {
        return text!(
            lang,
            "letter-decide-mend",
            page = text(page(scene, field)),
            failed = number(counts.failed),
            tried = number(counts.failed + counts.valid)
        );
    }
    let ranked = |f| scene.own_standing(f).filter(|s| s.rank.is_ok());
    let behind = fields(scene)
        .filter_map(|f| Some((f, ranked(f)?.versus_best?)))
        .filter(|(_, c)| c.relation == Relation::Slower)
        .max_by(|(_, a), (_, b)| a.difference.total_cmp(&b.difference));
    if let Some((field, c)) = behind {
        let site = field.benchmark.as_ref().map(|b| scene.name(&b.target));
        return text!(
            lang,
            "letter-decide-page",
            page = text(page(scene, field)),
            size = text(lang.value(field.scope.metric, c.difference)),
            site = text(site.map_or_else(|| lang.word("letter-the-best"), |s| short(&s)))
        );
    }
    let slowed = still_slower(scene.releases()).into_iter();
    match slowed.max_by(|(_, a), (_, b)| a.difference.total_cmp(&b.difference)) {
        Some((r, _)) => text!(
            lang,
            "letter-decide-release",
            n = number(r.marked.len()),
            release = text(releases(scene, r))
        ),
        None => text!(lang, "letter-decide-nothing"),
    }
}

fn measured(scene: &Scene<'_>) -> String {
    let lang = scene.lang;
    let Counts {
        attempted,
        valid,
        failed,
        blocked,
        missed,
    } = scene.input.visits;
    let lost = [(failed, "failed"), (blocked, "blocked"), (missed, "missed")];
    let lost: Vec<String> = lost
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, state)| text!(lang, "letter-lost", n = number(n), state = key(state)))
        .collect();
    let counts = [
        ("valid", Arg::number(valid)),
        ("attempted", Arg::number(attempted)),
    ];
    match lost.is_empty() {
        true => text!(lang, "letter-measured", ..counts),
        false => text!(
            lang,
            "letter-measured-lost",
            ..counts,
            lost = text(lost.join(", "))
        ),
    }
}

fn fields<'a>(scene: &Scene<'a>) -> impl Iterator<Item = &'a Field> {
    scene.input.fields.iter().map(|f| &f.field)
}

/// `0.3 s faster than September`.
fn change(scene: &Scene<'_>, field: &Field, (c, before): (&Comparison, String)) -> String {
    text!(
        scene.lang,
        "letter-change",
        relation = relation(c.relation),
        size = text(scene.lang.value(field.scope.metric, c.difference.abs())),
        before = text(before)
    )
}

/// `3rd of 7`, `2nd to 4th of 7`.
fn rank(scene: &Scene<'_>, standing: &Standing) -> String {
    match &standing.rank {
        Ok(rank) => text!(
            scene.lang,
            "letter-rank",
            place = text(scene.lang.range(*rank)),
            of = number(rank.of)
        ),
        Err(_) => text!(scene.lang, "letter-not-ranked"),
    }
}

fn page(scene: &Scene<'_>, field: &Field) -> String {
    scene.lang.page(&short(&field.scope.page))
}

/// One line of no great length.
fn short(name: &str) -> String {
    shorten(&clean(name), LONGEST)
}

#[cfg(test)]
#[path = "letter_tests.rs"]
mod tests;
