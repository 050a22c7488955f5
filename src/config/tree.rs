//! The TOML document as it was written: every value with its place, keys in the order of the file.
//!
//! Wraps the recovering parser of the `toml` crate, so that one missing quote does not hide the
//! rest of the problems. What the keys mean is left to the walk.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::diagnostic::{Diagnostic, Source};

/// A byte range of the file.
pub(super) type Span = Range<usize>;

/// A value as written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(String),
    /// `None` is an integer that does not fit.
    Integer(Option<i64>),
    Float(f64),
    Boolean(bool),
    Datetime,
    List(Vec<Node>),
    Table(Vec<Entry>),
    /// The parser could not read it and has said so.
    Lost,
}

impl Value {
    /// With its article, for "found an integer".
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Value::Text(_) => "a string",
            Value::Integer(_) => "an integer",
            Value::Float(_) => "a fraction",
            Value::Boolean(_) => "a boolean",
            Value::Datetime => "a date or time",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
            Value::Lost => "nothing",
        }
    }
}

/// A value with its place; a table's place is its header.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) span: Span,
}

/// `key = value`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_span: Span,
    pub(super) node: Node,
}

/// What could be read of a text, and where it is no TOML.
pub(super) struct Document {
    pub(super) root: Vec<Entry>,
    /// One problem a line.
    pub(super) syntax: Vec<Diagnostic>,
}

/// Reads as much as can be read.
pub(super) fn parse(source: &Source) -> Document {
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    if errors.is_empty() {
        return Document {
            root: entries(table.get_ref()),
            syntax: Vec::new(),
        };
    }
    // The parser gives up at a line that is a key without a value. Blanked, it hides nothing
    // after it; kept only where that leaves fewer errors, as it may also have closed a list.
    let blanked = without_bare_lines(&source.text, &errors);
    let (again, fewer) = DeTable::parse_recoverable(&blanked);
    let mut all = errors.clone();
    let root = if fewer.len() < errors.len() {
        all.extend(fewer);
        entries(again.get_ref())
    } else {
        entries(table.get_ref())
    };
    Document {
        root,
        syntax: one_a_line(source, &all),
    }
}

/// The text with spaces for every line that has an error and is neither `key = value` nor a
/// header, so that every offset stays what it was.
fn without_bare_lines(text: &str, errors: &[toml::de::Error]) -> String {
    let mut offset = 0;
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let range = offset..offset + line.len();
        let wrong = errors
            .iter()
            .filter_map(toml::de::Error::span)
            .any(|s| range.contains(&s.start) || s.start == text.len() && range.end == s.start);
        let bare = !line.contains('=') && !line.trim_start().starts_with('[');
        if wrong && bare {
            let spaces = line.bytes().map(|b| if b == b'\n' { '\n' } else { ' ' });
            out.extend(spaces);
        } else {
            out.push_str(line);
        }
        offset = range.end;
    }
    out
}

/// What the parser says of a key, or a header, that is there twice.
const DUPLICATE: &str = "duplicate key";

/// Where the first header that is no TOML stands. Its lines are read as if they were another
/// table's, so what is called double after it is only its echo.
fn first_torn_header(source: &Source, errors: &[toml::de::Error]) -> Option<usize> {
    let at = errors
        .iter()
        .filter(|e| e.message() != DUPLICATE)
        .filter_map(toml::de::Error::span)
        .map(|s| s.start);
    at.filter(|&at| {
        let start = source.text[..source.text.floor_char_boundary(at)]
            .rfind('\n')
            .map_or(0, |nl| nl + 1);
        source.text[start..].trim_start().starts_with('[')
    })
    .min()
}

fn one_a_line(source: &Source, errors: &[toml::de::Error]) -> Vec<Diagnostic> {
    let torn = first_torn_header(source, errors);
    let mut found: Vec<(usize, Diagnostic)> = Vec::new();
    for error in errors {
        let span = error.span().unwrap_or(source.text.len()..source.text.len());
        if error.message() == DUPLICATE && torn.is_some_and(|at| at < span.start) {
            continue;
        }
        let line = source.place(span.start).line;
        if found.iter().any(|(l, _)| *l == line) {
            continue;
        }
        // The crate writes "what, expected that": what goes to the head, that beside the carets.
        let (what, expected) = match error.message().split_once(", expected ") {
            Some((what, expected)) => (what, format!("expected {expected}")),
            None => (error.message(), String::new()),
        };
        found.push((
            line,
            Diagnostic::error(span, format!("not TOML: {what}"), expected),
        ));
    }
    found.into_iter().map(|(_, d)| d).collect()
}

fn entries(table: &DeTable<'_>) -> Vec<Entry> {
    let mut list: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_span: key.span(),
            node: node(value.get_ref(), value.span()),
        })
        .collect();
    list.sort_by_key(|e| e.key_span.start);
    list
}

fn node(value: &DeValue<'_>, span: Span) -> Node {
    let read = match value {
        // How the parser marks a value that it had to invent.
        DeValue::Integer(_) if span == (0..0) => Value::Lost,
        DeValue::String(s) => Value::Text(s.to_string()),
        DeValue::Integer(i) => Value::Integer(i64::from_str_radix(i.as_str(), i.radix()).ok()),
        DeValue::Float(f) => f.as_str().parse().map_or(Value::Lost, Value::Float),
        DeValue::Boolean(b) => Value::Boolean(*b),
        DeValue::Datetime(_) => Value::Datetime,
        DeValue::Array(items) => {
            Value::List(items.iter().map(|v| node(v.get_ref(), v.span())).collect())
        }
        DeValue::Table(table) => Value::Table(entries(table)),
    };
    Node { value: read, span }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> (Vec<String>, usize) {
        let document = parse(&Source::new("t.toml", text));
        let keys = document.root.into_iter().map(|e| e.key).collect();
        (keys, document.syntax.len())
    }

    #[test]
    fn keys_are_in_the_order_of_the_file() {
        assert_eq!(keys("z = 1\na = 2\n").0, ["z", "a"]);
    }

    #[test]
    fn a_key_without_a_value_hides_nothing_after_it() {
        assert_eq!(keys("a = 1\nfoo\nb = 2\n").0, ["a", "b"]);
        assert_eq!(keys("a = 1\nfoo").1, 1);
    }

    #[test]
    fn two_lines_that_are_no_toml_are_two_problems() {
        let (keys, wrong) = keys("a = x\nb = \"y\nc == 1\nd = 4\n");
        assert_eq!((keys.len(), wrong), (4, 3));
    }

    #[test]
    fn an_invented_value_is_lost() {
        let document = parse(&Source::new("t", "a == 3\n"));
        assert_eq!(document.root[0].node.value, Value::Lost);
    }
}
