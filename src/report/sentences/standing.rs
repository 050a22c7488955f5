//! Page 2: who is faster, level, slower, and what the chart's marks mean.

use crate::analysis::types::{ChosenBy, Field, NotRanked, RankRange, Relation, Standing};
use crate::model::format::{list, ordinal};

use super::super::input::PageField;
use super::super::scene::{Scene, measured};
use super::super::text::{capital, number_word, page_words};
use super::{Sentence, comparative, not_ranked};

/// The title of page 2.
pub(in super::super) fn standing_title(scene: &Scene<'_>, field: &Field) -> Sentence {
    let page = page_words(&field.scope.page);
    let others: Vec<&Standing> = measured(field)
        .filter(|s| Some(s.target.as_str()) != scene.own_id())
        .collect();
    if scene.own_median(field).is_none() {
        return Sentence::new(match others.len() {
            0 => format!("No site could be measured on the {page}"),
            1 => format!("One site could be measured on the {page}; ours could not"),
            n => format!(
                "{} sites could be measured on the {page}; ours could not",
                capital(&number_word(n))
            ),
        });
    }
    if others.is_empty() {
        return Sentence::new(format!("On the {page} only our own site could be measured"));
    }
    let count = |wanted: Relation| {
        others
            .iter()
            .filter(|s| {
                s.versus_own
                    .map_or(wanted == Relation::CannotTell, |c| c.relation == wanted)
            })
            .count()
    };
    let unsure = count(Relation::CannotTell);
    if unsure == others.len() {
        return Sentence::new(shown_not_ranked(scene, field));
    }
    let told = told(
        count(Relation::Faster),
        count(Relation::Level),
        count(Relation::Slower),
    );
    let night = if scene.one_night() {
        "On this night "
    } else {
        ""
    };
    let doubt = match unsure {
        0 => String::new(),
        n => format!("; of {} we cannot tell", number_word(n)),
    };
    let words = format!("{night}{told}{doubt}");
    Sentence::new(capital(&words))
}

fn shown_not_ranked(scene: &Scene<'_>, field: &Field) -> String {
    if scene.one_night() {
        return "One night of data: shown, not ranked".to_owned();
    }
    match &field.not_ranked {
        Some(why) => format!("Shown, not ranked yet: {}", not_ranked(why)),
        None => "Shown side by side: the data cannot tell who leads".to_owned(),
    }
}

/// `three sites are faster than ours, one is level and two are slower`.
fn told(faster: usize, level: usize, slower: usize) -> String {
    let parts = [
        (faster, comparative(Relation::Faster), " than ours"),
        (level, Some("level"), " with ours"),
        (slower, comparative(Relation::Slower), " than ours"),
    ];
    if faster + level == 0 && slower > 1 {
        return format!(
            "all {} other sites are slower than ours",
            number_word(slower)
        );
    }
    let mut said: Vec<String> = Vec::new();
    for (n, word, than) in parts {
        let (true, Some(word)) = (n > 0, word) else {
            continue;
        };
        let (sites, are) = if n == 1 {
            (" site", "is")
        } else {
            (" sites", "are")
        };
        let (sites, than) = if said.is_empty() {
            (sites, than)
        } else {
            ("", "")
        };
        said.push(format!("{}{sites} {are} {word}{than}", number_word(n)));
    }
    list(&said)
}

/// One word for a site against ours: never a comparative without its relation.
pub(in super::super) fn relation_words(standing: &Standing) -> &'static str {
    match standing.versus_own.map(|c| c.relation) {
        Some(Relation::Level) => "level with us",
        Some(Relation::CannotTell) => "cannot tell",
        Some(relation) => comparative(relation).unwrap_or(""),
        None => "",
    }
}

/// A place for a table: `2nd–3rd`, or `not ranked`.
pub(in super::super) fn place_words(rank: &Result<RankRange, NotRanked>) -> String {
    match rank {
        Ok(r) if r.lo == r.hi => ordinal(r.lo as usize),
        Ok(r) => format!("{}–{}", ordinal(r.lo as usize), ordinal(r.hi as usize)),
        Err(NotRanked::NoData) => "not measured".to_owned(),
        Err(_) => "not ranked".to_owned(),
    }
}

/// What the marks of the chart are.
pub(in super::super) fn chart_note(field: &PageField) -> String {
    let summaries = || measured(&field.field).map(|s| &s.summary);
    if summaries().any(|s| s.interval95.is_some()) {
        "Dot: median. Thick bar: 80 % interval, thin bar: 95 %.".to_owned()
    } else if field.values.values().any(|v| !v.is_empty()) {
        "Large dot: median. Small dots: every visit. So few nights give no interval.".to_owned()
    } else {
        "Dot: median. So few nights give no interval.".to_owned()
    }
}

/// What has to be said under the table: how sure the places are, who else may be best, who is not
/// ranked and why.
pub(in super::super) fn standing_notes(scene: &Scene<'_>, field: &Field) -> Vec<Sentence> {
    let mut notes = Vec::new();
    match &field.not_ranked {
        Some(why) => notes.push(Sentence::new(format!(
            "Nobody is ranked yet: {}.",
            not_ranked(why)
        ))),
        None => notes.push(Sentence::new(
            "Places hold for all sites at once with 95 % confidence.",
        )),
    }
    if field.not_ranked.is_none() {
        for s in &field.standings {
            if let Err(why) = &s.rank
                && *why != NotRanked::NoData
            {
                notes.push(
                    Sentence::default()
                        .name(scene.name(&s.target))
                        .text(format!(" is not ranked: {}.", not_ranked(why))),
                );
            }
        }
    }
    if let Some(benchmark) = &field.benchmark {
        let others: Vec<String> = benchmark
            .could_be_best
            .iter()
            .filter(|id| **id != benchmark.target)
            .map(|id| scene.name(id))
            .collect();
        if !others.is_empty() && benchmark.chosen_by != ChosenBy::LowestMedian {
            let verb = if others.len() == 1 { " is" } else { " are" };
            notes.push(
                Sentence::new("Level for the first place overseas: besides ")
                    .name(scene.name(&benchmark.target))
                    .text(", ")
                    .with(scene.lang.names(&others))
                    .text(format!("{verb} not ruled out.")),
            );
        }
    }
    notes
}
