//! From data to sentences: small rules, each true under its own test.
//!
//! A rule says "faster" or "slower" only where a [relation](crate::analysis::types::Relation) says
//! so, "the best" only where the data leave nobody else, and a place only as a range. Which words that are is in the language file; how a sentence is set is the template's
//! business.

mod answer;
mod benchmark;
mod change;
mod failing;
mod figures;
mod gap;
mod later;
mod lost;
mod market;
mod outlook;
mod release;
mod restated;
mod standing;
mod words;

#[cfg(test)]
mod benchmark_tests;
#[cfg(test)]
mod change_tests;
#[cfg(test)]
mod later_tests;
#[cfg(test)]
mod release_tests;
#[cfg(test)]
mod scope_tests;
#[cfg(test)]
mod tests;

pub(super) use super::language::Sentence;

pub(super) use answer::{headline, lede};
use benchmark::the_benchmark;
pub(super) use change::changes;
pub(super) use failing::failing;
pub(super) use figures::{Figure, figures};
pub(super) use gap::{gap_note, gap_title, gap_words};
pub(super) use later::{
    availability, bad_nights, part_words, parts_notes, parts_title, places_title, rank_title,
    reliability_notes, reliability_title, unit_note, year_notes, year_title,
};
pub(super) use lost::{NAMED as LOSERS_NAMED, cause_words, losers, lost};
pub(super) use market::own_market_notes;
pub(super) use outlook::{expectation, outlook};
pub(super) use release::{
    changed_title, decisions, effect_sentence, effect_words, proven, still_slower, versions,
};
pub(super) use restated::restated;
pub(super) use standing::{
    chart_note, place_words, relation_words, standing_notes, standing_title,
};
pub(super) use words::{lab, regions, toward};

/// A heading with the sentences under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// Two to five words.
    pub(super) title: String,
    /// What there is to say.
    pub(super) sentences: Vec<Sentence>,
}
