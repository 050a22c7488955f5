//! The words of the report, in a language: a Fluent file (projectfluent.org) from which rules ask
//! for messages by name.
//!
//! English is built in; another language is one more file with the same messages. What comes from
//! outside (names, figures) never enters a message's text: it is put in its place afterwards, so
//! that nothing in a name can be taken for an instruction. How figures and dates are written is in
//! `figures`, what a file must hold in `check`.

mod check;
mod figures;
mod phrases;
mod sentence;

#[cfg(test)]
pub(super) mod pseudo;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, LazyLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::model::ReportLanguage;

pub use check::{Problem, Problems};
pub(super) use figures::Dated;
pub(super) use phrases::Between;
pub(super) use sentence::{Piece, Sentence};

/// The English file: the one that says which messages there are.
pub const ENGLISH: &str = include_str!("../languages/en.ftl");

/// Files of the languages that are built in. One more is a file, a line here and its tag in
/// [`ReportLanguage::BUILT_IN`].
const BUILT_IN: [(&str, &str); ReportLanguage::BUILT_IN.len()] = [("en", ENGLISH)];

/// Around the number of an argument in a formatted message. Both are of Unicode's private use
/// area, so that no text of ours has them.
const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';
/// Before a number that is to be grouped.
const NUMBER: char = '#';

/// A language: cheap to clone, and the same wherever it is used.
#[derive(Clone)]
pub struct Language(Arc<Words>);

struct Words {
    bundle: FluentBundle<FluentResource>,
    /// Language tag (BCP 47), for readers and screen readers.
    tag: String,
    /// Between whole and tenths, and between thousands.
    decimal: String,
    group: String,
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Language({})", self.0.tag)
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Default for Language {
    fn default() -> Self {
        Language::english()
    }
}

/// What a message is filled with.
#[derive(Debug, Clone)]
pub(super) enum Arg {
    /// How many: chooses the plural and is written with the language's grouping.
    Number(u64),
    /// Chooses a variant by name.
    Key(&'static str),
    /// What is put in its place.
    Said(Sentence),
}

impl Arg {
    /// How many.
    pub(super) fn number(n: impl TryInto<u64>) -> Self {
        Arg::Number(n.try_into().unwrap_or(u64::MAX))
    }

    /// A variant's name.
    pub(super) fn key(key: &'static str) -> Self {
        Arg::Key(key)
    }

    /// Words that are finished.
    pub(super) fn text(words: impl Into<String>) -> Self {
        Arg::Said(Sentence::new(words))
    }

    /// A name from outside.
    pub(super) fn name(name: impl Into<String>) -> Self {
        Arg::Said(Sentence::default().name(name))
    }

    /// Our figure or name.
    pub(super) fn own(words: impl Into<String>) -> Self {
        Arg::Said(Sentence::default().own(words))
    }

    /// The benchmark's figure or name.
    pub(super) fn best(words: impl Into<String>) -> Self {
        Arg::Said(Sentence::default().best(words))
    }

    /// A sentence within a sentence.
    pub(super) fn said(sentence: Sentence) -> Self {
        Arg::Said(sentence)
    }
}

/// The sentence of a message: `say!(lang, "id", figure = own(figure), n = number(3))`, or with
/// arguments that several messages share: `say!(lang, "id", ..shared, n = number(3))`.
macro_rules! say {
    ($lang:expr, $id:literal $(, $name:ident = $kind:ident($value:expr))* $(,)?) => {
        $lang.say($id, &[$((stringify!($name), $crate::report::language::Arg::$kind($value))),*])
    };
    ($lang:expr, $id:literal, .. $with:expr $(, $name:ident = $kind:ident($value:expr))* $(,)?) => {{
        let mut args = Vec::from($with);
        args.extend([$((stringify!($name), $crate::report::language::Arg::$kind($value))),*]);
        $lang.say($id, &args)
    }};
}

/// The same as plain text.
macro_rules! text {
    ($lang:expr, $id:literal $(, $name:ident = $kind:ident($value:expr))* $(,)?) => {
        $crate::report::language::say!($lang, $id $(, $name = $kind($value))*).to_string()
    };
    ($lang:expr, $id:literal, .. $with:expr $(, $name:ident = $kind:ident($value:expr))* $(,)?) => {
        $crate::report::language::say!($lang, $id, ..$with $(, $name = $kind($value))*).to_string()
    };
}

pub(super) use {say, text};

impl Language {
    /// English.
    #[must_use]
    pub fn english() -> Self {
        static IT: LazyLock<Language> = LazyLock::new(|| {
            Language::read(ENGLISH).expect("a test reads the file that is built in")
        });
        IT.clone()
    }

    /// A language that is built in, by its tag.
    ///
    /// # Errors
    /// The tags that there are.
    pub fn built_in(tag: &str) -> Result<Self, Vec<&'static str>> {
        match BUILT_IN.iter().find(|(known, _)| *known == tag) {
            Some((known, _)) if *known == "en" => Ok(Language::english()),
            Some((_, file)) => Ok(Language::read(file).expect("a test reads every file")),
            None => Err(BUILT_IN.iter().map(|(tag, _)| *tag).collect()),
        }
    }

    /// A language from the text of its file.
    ///
    /// # Errors
    /// Every place where the file is no language file, lacks a message of the English one, or
    /// leaves out what a message has to say.
    pub fn read(file: &str) -> Result<Self, Problems> {
        let resource = check::parse(file)?;
        let tag = check::constant(&resource, "language");
        let locale = match tag.parse() {
            Ok(locale) => locale,
            Err(_) => return Err(check::no_tag(file, &tag)),
        };
        let decimal = check::constant(&resource, "decimal");
        let group = check::constant(&resource, "group");
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // Names are isolated by markup, where they are set.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(marked));
        let added = bundle.add_builtins();
        debug_assert!(added.is_ok(), "nothing else is in the bundle yet");
        if bundle.add_resource(resource).is_err() {
            return Err(check::twice(file));
        }
        let language = Language(Arc::new(Words {
            bundle,
            tag,
            decimal,
            group,
        }));
        check::whole(file, &language)?;
        Ok(language)
    }

    /// Language tag (BCP 47).
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.0.tag
    }

    /// A message that takes nothing.
    pub(super) fn word(&self, id: &str) -> String {
        self.say(id, &[]).to_string()
    }

    /// Whether there is such a message, for names that are looked up.
    pub(super) fn has(&self, id: &str) -> bool {
        self.0.bundle.has_message(id)
    }

    /// A message with its places filled. Call it by [`say!`], which a test holds to the file.
    pub(super) fn say(&self, id: &str, args: &[(&str, Arg)]) -> Sentence {
        self.attempt(id, args).unwrap_or_else(|why| {
            debug_assert!(false, "message `{id}`: {why}");
            Sentence::new(id)
        })
    }

    /// The same, or what is wrong with the message.
    fn attempt(&self, id: &str, args: &[(&str, Arg)]) -> Result<Sentence, String> {
        let bundle = &self.0.bundle;
        let message = bundle.get_message(id).and_then(|m| m.value());
        let Some(pattern) = message else {
            return Err("is not there".to_owned());
        };
        let mut given = FluentArgs::with_capacity(args.len());
        for (i, (name, arg)) in args.iter().enumerate() {
            match arg {
                Arg::Number(n) => given.set(*name, *n),
                Arg::Key(key) => given.set(*name, *key),
                Arg::Said(_) => given.set(*name, format!("{OPEN}{i}{CLOSE}")),
            }
        }
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&given), &mut errors);
        if let Some(error) = errors.first() {
            return Err(error.to_string());
        }
        Ok(self.fill(&text, args))
    }

    /// The arguments put in the places that are marked in a text.
    fn fill(&self, text: &str, args: &[(&str, Arg)]) -> Sentence {
        let mut out = Sentence::default();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(OPEN) {
            let (place, tail) = after.split_once(CLOSE).unwrap_or((after, ""));
            out = out.text(before);
            out = match place.strip_prefix(NUMBER) {
                Some(n) => out.text(self.grouped(n)),
                None => match place.parse().ok().and_then(|i: usize| args.get(i)) {
                    Some((_, Arg::Said(sentence))) => out.with(sentence.clone()),
                    _ => out,
                },
            };
            rest = tail;
        }
        out.text(rest)
    }
}

/// Marks a number, for the language to group its digits.
fn marked<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    match value {
        FluentValue::Number(n) => Some(format!("{OPEN}{NUMBER}{}{CLOSE}", n.value)),
        _ => None,
    }
}
