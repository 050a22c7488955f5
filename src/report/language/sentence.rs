//! A sentence as the parts it is made of, so that a name stays a name until it is set.

use std::fmt;

use askama::Template;

use super::super::text::glue;

/// A part of a sentence, by what it is rather than by how it looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Piece {
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
pub(in super::super) struct Sentence(pub(in super::super) Vec<Piece>);

/// A sentence as HTML, every piece of it escaped.
#[derive(Template)]
#[template(path = "sentence.html", config = "src/report/askama.toml")]
struct Set<'a> {
    pieces: &'a [Piece],
}

impl Sentence {
    /// As HTML: names isolated, ours and the benchmark's figures marked, all of it escaped.
    pub(in super::super) fn html(&self) -> String {
        let glued: Vec<Piece> = self.0.iter().map(Piece::glued).collect();
        Set { pieces: &glued }
            .render()
            .expect("a template of strings into a string has nothing that can fail")
    }

    /// One that begins with these words.
    pub(in super::super) fn new(words: impl Into<String>) -> Self {
        Sentence::default().text(words)
    }

    /// Goes on with plain words.
    pub(in super::super) fn text(mut self, words: impl Into<String>) -> Self {
        let words = words.into();
        match self.0.last_mut() {
            _ if words.is_empty() => {}
            Some(Piece::Text(said)) => said.push_str(&words),
            _ => self.0.push(Piece::Text(words)),
        }
        self
    }

    /// Goes on with what another says.
    pub(in super::super) fn with(mut self, other: Sentence) -> Self {
        for piece in other.0 {
            match piece {
                Piece::Text(words) => self = self.text(words),
                other => self.0.push(other),
            }
        }
        self
    }

    /// Goes on with another sentence, after a space.
    pub(in super::super) fn and(self, other: Sentence) -> Self {
        self.text(" ").with(other)
    }

    /// Goes on with a name.
    pub(in super::super) fn name(mut self, name: impl Into<String>) -> Self {
        self.0.push(Piece::Name(name.into()));
        self
    }

    /// Goes on with something of ours.
    pub(in super::super) fn own(mut self, words: impl Into<String>) -> Self {
        self.0.push(Piece::Own(words.into()));
        self
    }

    /// Goes on with something of the benchmark's.
    pub(in super::super) fn best(mut self, words: impl Into<String>) -> Self {
        self.0.push(Piece::Best(words.into()));
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
