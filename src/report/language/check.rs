//! What a language file must hold: every message of the English one, no other, and in each what
//! the English one prints, so that no translation can leave a figure out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

use super::{Arg, ENGLISH, Language};

/// Something wrong in a language file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line, from 1; 0 where something is not in the file.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

/// All that is wrong with a language file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            let end = if i + 1 == self.0.len() { "" } else { "\n" };
            match problem.line {
                0 => write!(f, "{}{end}", problem.what)?,
                line => write!(f, "line {line}: {}{end}", problem.what)?,
            }
        }
        Ok(())
    }
}

/// The messages of a file, or where it is none.
pub(super) fn parse(file: &str) -> Result<FluentResource, Problems> {
    FluentResource::try_new(file.to_owned()).map_err(|(_, errors)| {
        Problems(
            errors
                .iter()
                .map(|e| Problem {
                    line: line_of(file, e.pos.start),
                    what: e.kind.to_string(),
                })
                .collect(),
        )
    })
}

fn line_of(file: &str, at: usize) -> usize {
    let before = file.as_bytes().get(..at).unwrap_or_default();
    before.iter().filter(|b| **b == b'\n').count() + 1
}

/// The value of a message that has neither places nor variants; nothing where there is none.
pub(super) fn constant(resource: &FluentResource, id: &str) -> String {
    let pattern = resource.entries().find_map(|entry| match entry {
        Entry::Message(m) if m.id.name == id => m.value.as_ref(),
        _ => None,
    });
    let elements = pattern.map_or(&[][..], |p| &p.elements);
    elements
        .iter()
        .map(|element| match element {
            PatternElement::TextElement { value } => (*value).to_owned(),
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::StringLiteral { value }),
            } => fluent_syntax::unicode::unescape_unicode_to_string(value).into_owned(),
            PatternElement::Placeable { .. } => String::new(),
        })
        .collect()
}

/// The file says no language tag.
pub(super) fn no_tag(file: &str, tag: &str) -> Problems {
    Problems(vec![Problem {
        line: line_of_message(file, "language"),
        what: format!(
            "`language = {tag}` is no language tag\nhint: write one such as `de` or `pt-BR` (BCP 47)"
        ),
    }])
}

/// A message is there twice.
pub(super) fn twice(file: &str) -> Problems {
    let mut seen = BTreeSet::new();
    let twice = ids(file).into_iter().filter(|id| !seen.insert(id.clone()));
    Problems(
        twice
            .map(|id| Problem {
                line: line_of_message(file, &id),
                what: format!("`{id}` is there twice"),
            })
            .collect(),
    )
}

pub(super) fn ids(file: &str) -> Vec<String> {
    let (Ok(resource) | Err((resource, _))) = parser::parse_runtime(file);
    resource
        .body
        .iter()
        .filter_map(|entry| match entry {
            Entry::Message(m) => Some(m.id.name.to_owned()),
            _ => None,
        })
        .collect()
}

fn line_of_message(file: &str, id: &str) -> usize {
    let begins = |line: &str| {
        let rest = line.strip_prefix(id);
        rest.is_some_and(|r| r.trim_start().starts_with('='))
    };
    file.lines().position(begins).map_or(0, |i| i + 1)
}

/// What a message is made of, the messages it refers to included.
#[derive(Debug, Clone, Default)]
struct Makeup {
    /// Arguments that are printed or choose a variant.
    used: BTreeSet<String>,
    /// Arguments that are printed.
    printed: BTreeSet<String>,
    /// Messages that it refers to.
    refers: BTreeSet<String>,
}

impl Makeup {
    fn pattern(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.expression(expression);
            }
        }
    }

    fn expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Inline(inline) => self.inline(inline, Place::Printed),
            Expression::Select { selector, variants } => {
                self.inline(selector, Place::Selector);
                for variant in variants {
                    self.pattern(&variant.value);
                }
            }
        }
    }

    fn inline(&mut self, inline: &InlineExpression<&str>, place: Place) {
        match inline {
            InlineExpression::VariableReference { id } => {
                self.used.insert(id.name.to_owned());
                if place == Place::Printed {
                    self.printed.insert(id.name.to_owned());
                }
            }
            InlineExpression::MessageReference { id, .. } => {
                self.refers.insert(id.name.to_owned());
            }
            InlineExpression::FunctionReference { arguments, .. } => {
                for argument in &arguments.positional {
                    self.inline(argument, place);
                }
            }
            InlineExpression::Placeable { expression } => self.expression(expression),
            _ => {}
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Printed,
    Selector,
}

/// Message -> what it is made of, everything it refers to included.
fn makeup(file: &str) -> BTreeMap<String, Makeup> {
    let (Ok(resource) | Err((resource, _))) = parser::parse_runtime(file);
    let mut own: BTreeMap<String, Makeup> = BTreeMap::new();
    for entry in &resource.body {
        if let Entry::Message(message) = entry
            && let Some(pattern) = &message.value
        {
            let mut makeup = Makeup::default();
            makeup.pattern(pattern);
            own.insert(message.id.name.to_owned(), makeup);
        }
    }
    let whole = |id: &String| {
        let (mut sum, mut asked) = (Makeup::default(), BTreeSet::new());
        let mut ahead = vec![id.clone()];
        while let Some(id) = ahead.pop().filter(|_| asked.len() <= own.len()) {
            if let Some(makeup) = own.get(&id).filter(|_| asked.insert(id)) {
                sum.used.extend(makeup.used.clone());
                sum.printed.extend(makeup.printed.clone());
                sum.refers.extend(makeup.refers.clone());
                ahead.extend(makeup.refers.clone());
            }
        }
        sum
    };
    own.keys().map(|id| (id.clone(), whole(id))).collect()
}

/// Holds a file to the English one.
pub(super) fn whole(file: &str, language: &Language) -> Result<(), Problems> {
    let (english, here) = (makeup(ENGLISH), makeup(file));
    let mut problems = Vec::new();
    for (id, asked) in &english {
        match here.get(id) {
            None if is_optional(id) => {}
            None => problems.push(Problem {
                line: 0,
                what: format!("message `{id}` is missing"),
            }),
            Some(said) => {
                problems.extend(differs(id, asked, said).into_iter().map(|what| Problem {
                    line: line_of_message(file, id),
                    what,
                }))
            }
        }
    }
    for (id, said) in &here {
        let line = line_of_message(file, id);
        if !english.contains_key(id) && !is_optional(id) {
            problems.push(Problem {
                line,
                what: format!("nothing asks for message `{id}`"),
            });
        }
        let lost = said.refers.iter().find(|r| !here.contains_key(*r));
        if let Some(lost) = lost {
            problems.push(Problem {
                line,
                what: format!("`{id}` refers to `{lost}`, which is not there"),
            });
        } else if let Err(why) = tried(language, id, said) {
            problems.push(Problem {
                line,
                what: format!("`{id}` cannot be said: {why}"),
            });
        }
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(Problems(problems)),
    }
}

/// Names of countries are looked up: a language may have more of them, or fewer.
fn is_optional(id: &str) -> bool {
    id.starts_with("market-")
}

fn differs(id: &str, asked: &Makeup, said: &Makeup) -> Vec<String> {
    let listed = |names: &BTreeSet<String>| {
        let names: Vec<String> = names.iter().map(|n| format!("${n}")).collect();
        match names.is_empty() {
            true => "nothing".to_owned(),
            false => names.join(", "),
        }
    };
    let more = said.used.difference(&asked.used);
    let less = asked.printed.difference(&said.printed);
    let more = more.map(|name| {
        format!(
            "`{id}` is not given `${name}`\nhint: it is given {}",
            listed(&asked.used)
        )
    });
    more.chain(less.map(|name| format!("`{id}` leaves out `${name}`")))
        .collect()
}

/// Says a message once, with a one for all that it takes.
fn tried(language: &Language, id: &str, makeup: &Makeup) -> Result<(), String> {
    let args: Vec<(&str, Arg)> = makeup
        .used
        .iter()
        .map(|name| (name.as_str(), Arg::Number(1)))
        .collect();
    language.attempt(id, &args).map(|_| ())
}

/// What a message of the English file takes.
#[cfg(test)]
pub(super) fn takes(id: &str) -> Option<BTreeSet<String>> {
    makeup(ENGLISH).remove(id).map(|m| m.used)
}

/// Messages that others of the English file refer to.
#[cfg(test)]
pub(super) fn referred() -> BTreeSet<String> {
    makeup(ENGLISH)
        .into_values()
        .flat_map(|m| m.refers)
        .collect()
}
