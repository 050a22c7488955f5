//! From data to sentences: small rules, each true under its own test.
//!
//! A rule says "faster" or "slower" only where a [`Relation`] says so, "the best" only where the
//! benchmark was chosen on enough nights, and a place only as a range. Numbers come formatted out
//! of here; how a sentence is set is the template's business.

mod answer;
mod change;
mod figures;
mod gap;
mod later;
mod lost;
mod market;
mod outlook;
mod release;
mod standing;
mod words;

#[cfg(test)]
mod later_tests;
#[cfg(test)]
mod tests;

use std::fmt;

use askama::Template;

use crate::analysis::types::Relation;

use super::text::glue;

pub(super) use answer::{headline, lede};
pub(super) use change::changes;
pub(super) use figures::{Figure, figures};
pub(super) use gap::{gap_note, gap_title, gap_words};
pub(super) use later::{
    availability, bad_nights, part_words, parts_notes, parts_title, places_title, rank_title,
    reliability_notes, reliability_title, unit_note, year_notes, year_title,
};
pub(super) use lost::{cause_words, lost};
pub(super) use market::own_market_notes;
pub(super) use outlook::{expectation, outlook};
pub(super) use release::{changed_title, decisions, effect_sentence, effect_words};
pub(super) use standing::{
    chart_note, place_words, relation_words, standing_notes, standing_title,
};
pub(super) use words::{
    Between, between, duration, lab, not_ranked, not_ranked_short, range, regions, signed, toward,
    unmeasured,
};

/// A part of a sentence, by what it is rather than by how it looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Plain words of ours.
    Text(String),
    /// A name from outside: set apart, so that its reading direction stays its own.
    Name(String),
    /// Our figure or name.
    Own(String),
    /// The benchmark's figure or name.
    Best(String),
}

impl Piece {
    /// The same with figures and units kept together; names stay as they are.
    fn glued(&self) -> Piece {
        match self {
            Piece::Text(s) => Piece::Text(glue(s)),
            Piece::Own(s) => Piece::Own(glue(s)),
            Piece::Best(s) => Piece::Best(glue(s)),
            Piece::Name(s) => Piece::Name(s.clone()),
        }
    }
}

/// A sentence, or a title.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sentence(pub(super) Vec<Piece>);

/// A sentence as HTML, every piece of it escaped.
#[derive(Template)]
#[template(path = "sentence.html", config = "src/report/askama.toml")]
struct Set<'a> {
    pieces: &'a [Piece],
}

impl Sentence {
    /// As HTML: names isolated, ours and the benchmark's figures marked, all of it escaped.
    pub(super) fn html(&self) -> String {
        let glued: Vec<Piece> = self.0.iter().map(Piece::glued).collect();
        Set { pieces: &glued }
            .render()
            .expect("a template of strings into a string has nothing that can fail")
    }

    /// One that begins with these words.
    pub(super) fn new(words: impl Into<String>) -> Self {
        Sentence::default().text(words)
    }

    /// Goes on with plain words.
    pub(super) fn text(mut self, words: impl Into<String>) -> Self {
        self.0.push(Piece::Text(words.into()));
        self
    }

    /// Goes on with a name.
    pub(super) fn name(mut self, name: impl Into<String>) -> Self {
        self.0.push(Piece::Name(name.into()));
        self
    }

    /// Goes on with something of ours.
    pub(super) fn own(mut self, words: impl Into<String>) -> Self {
        self.0.push(Piece::Own(words.into()));
        self
    }

    /// Goes on with something of the benchmark's.
    pub(super) fn best(mut self, words: impl Into<String>) -> Self {
        self.0.push(Piece::Best(words.into()));
        self
    }

    /// Goes on with names as a sentence lists them.
    pub(super) fn names(mut self, names: &[String]) -> Self {
        for (i, name) in names.iter().enumerate() {
            if i > 0 {
                let last = i + 1 == names.len();
                self = self.text(if last { " and " } else { ", " });
            }
            self = self.name(name);
        }
        self
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.0 {
            match piece {
                Piece::Text(s) | Piece::Name(s) | Piece::Own(s) | Piece::Best(s) => {
                    f.write_str(s)?;
                }
            }
        }
        Ok(())
    }
}

/// A heading with the sentences under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// Two to five words.
    pub(super) title: &'static str,
    /// What there is to say.
    pub(super) sentences: Vec<Sentence>,
}

/// The comparative that a relation allows, and no other way to get one.
pub(super) fn comparative(relation: Relation) -> Option<&'static str> {
    match relation {
        Relation::Faster => Some("faster"),
        Relation::Slower => Some("slower"),
        Relation::Level | Relation::CannotTell => None,
    }
}
