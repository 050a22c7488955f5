//! Page 11: what followed each release, and what is asked to be decided.

use crate::analysis::types::{Comparison, Relation};
use crate::model::Metric;
use crate::model::format::{list, value};

use super::super::more::Released;
use super::super::scene::Scene;
use super::super::text::{capital, clean, number_word, page_words, shorten};
use super::later::widest_part;
use super::{Between, Sentence, between, comparative, signed};

/// `0.2 s faster`, `level`, `cannot tell (+0.1 s)`.
pub(in super::super) fn effect_words(metric: Metric, c: &Comparison) -> String {
    match comparative(c.relation) {
        Some(word) => format!("{} {word}", value(metric, c.difference.abs())),
        None if c.relation == Relation::Level => "level".to_owned(),
        None => format!("cannot tell ({})", signed(metric, c.difference)),
    }
}

/// Title of page 11.
pub(in super::super) fn changed_title(scene: &Scene<'_>) -> Sentence {
    let releases = &scene.input.more.releases;
    let metric = scene.metric();
    let told: Vec<(&Released, Comparison)> = releases
        .iter()
        .filter_map(|r| Some((r, r.effect?)))
        .filter(|(_, c)| comparative(c.relation).is_some())
        .collect();
    let name = |r: &Released| shorten(&clean(&r.version), 24);
    match (releases.len(), told.as_slice()) {
        (0, _) => Sentence::new("No release of ours is marked in this period"),
        (_, [(r, c)]) => Sentence::new("After release ")
            .name(name(r))
            .text(" our page was ")
            .own(effect_words(metric, c)),
        (n, []) => Sentence::new(match n {
            1 => "No proven change after our one release".to_owned(),
            n => format!(
                "No proven change after any of our {} releases",
                number_word(n)
            ),
        }),
        (_, many) => {
            let said: Vec<String> = many
                .iter()
                .map(|(r, c)| format!("{} ({})", name(r), effect_words(metric, c)))
                .collect();
            Sentence::new(format!("Releases that moved our page: {}", list(&said)))
        }
    }
}

/// What a release's interval says, in full.
pub(in super::super) fn effect_sentence(metric: Metric, r: &Released) -> Sentence {
    let start = Sentence::new("Release ")
        .name(shorten(&clean(&r.version), 24))
        .text(format!(
            " ({}{}): ",
            r.date.strftime("%-d %B"),
            match clean(&r.note).as_str() {
                "" => String::new(),
                note => format!(", {}", shorten(note, 80)),
            }
        ));
    let Some(c) = r.effect else {
        return start.text("no nights on both sides to compare.");
    };
    let interval = c.difference95.map_or_else(
        || {
            format!(
                "; {} nights on the shorter side, too few for an interval",
                c.pairs
            )
        },
        |i| format!(", 95 % interval {}", between(metric, i, Between::Word)),
    );
    start.text(format!(
        "{}{interval} ({} visits before, {} after).",
        effect_words(metric, &c),
        r.visits.0,
        r.visits.1
    ))
}

/// What is asked to be decided, from what is proven.
pub(in super::super) fn decisions(scene: &Scene<'_>) -> Vec<Sentence> {
    let mut asked = Vec::new();
    let fields = scene.input.fields.iter().map(|f| &f.field);
    let worst = fields
        .filter_map(|f| Some((f, scene.gap(f)?)))
        .filter(|(_, c)| c.relation == Relation::Slower)
        .max_by(|a, b| a.1.difference.total_cmp(&b.1.difference));
    if let Some((field, c)) = worst {
        let part = widest_part(&scene.input.more.parts)
            .filter(|_| Some(&field.scope.page) == scene.headline().map(|h| &h.field.scope.page));
        let first = part.map_or_else(String::new, |(p, d)| {
            format!(
                " The first place to look is {}, {} of it.",
                match p.metric {
                    Metric::LcpTtfb => "the server’s reply",
                    Metric::LcpLoadDelay => "how late the main content is asked for",
                    Metric::LcpLoadTime => "the main content’s size",
                    _ => "what holds up its painting",
                },
                value(p.metric, d)
            )
        });
        asked.push(Sentence::new(format!(
            "{}: {} behind the benchmark. Approve work on it?{first}",
            capital(&page_words(&field.scope.page)),
            value(field.scope.metric, c.difference)
        )));
    }
    let hurt: Vec<String> = scene
        .input
        .more
        .releases
        .iter()
        .filter(|r| r.effect.is_some_and(|c| c.relation == Relation::Slower))
        .map(|r| shorten(&clean(&r.version), 24))
        .collect();
    if !hurt.is_empty() {
        asked.push(
            Sentence::new("Take back or mend what slowed us: release ")
                .with(scene.lang.names(&hurt))
                .text("?"),
        );
    }
    if asked.is_empty() {
        asked.push(Sentence::new(
            "Nothing is proven that would ask for a decision.",
        ));
    }
    asked
}
