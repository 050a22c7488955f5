//! A language that nobody speaks: English with every vowel changed. What a report in it still says
//! in plain English comes from no language file.

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::{parser, serializer};

use super::{ENGLISH, Language};

/// The language.
pub(in super::super) fn pseudo() -> Language {
    let mut resource = parser::parse(ENGLISH.to_owned()).unwrap();
    for entry in &mut resource.body {
        if let Entry::Message(message) = entry
            && !["language", "decimal", "group"].contains(&message.id.name.as_str())
            && let Some(pattern) = &mut message.value
        {
            change(pattern);
        }
    }
    let file = serializer::serialize(&resource).replace("language = en\n", "language = eo\n");
    Language::read(&file).unwrap_or_else(|problems| panic!("{problems}"))
}

fn change(pattern: &mut Pattern<String>) {
    for element in &mut pattern.elements {
        match element {
            PatternElement::TextElement { value } => *value = changed(value),
            PatternElement::Placeable {
                expression: Expression::Select { variants, .. },
            } => variants.iter_mut().for_each(|v| change(&mut v.value)),
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::StringLiteral { value }),
            } => *value = changed(value),
            PatternElement::Placeable { .. } => {}
        }
    }
}

fn changed(text: &str) -> String {
    const VOWELS: [(char, char); 12] = [
        ('a', 'à'),
        ('e', 'è'),
        ('i', 'ì'),
        ('o', 'ò'),
        ('u', 'ù'),
        ('y', 'ỳ'),
        ('A', 'À'),
        ('E', 'È'),
        ('I', 'Ì'),
        ('O', 'Ò'),
        ('U', 'Ù'),
        ('Y', 'Ỳ'),
    ];
    let of = |c: char| VOWELS.iter().find(|(from, _)| *from == c);
    text.chars()
        .map(|c| of(c).map_or(c, |(_, to)| *to))
        .collect()
}
