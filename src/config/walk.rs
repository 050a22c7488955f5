//! Typed getters over the tree that note a problem and go on, instead of stopping at the first.
//!
//! A getter gives `None` when it has said why; whoever calls it need say no more. What the keys
//! mean is left to the readers of each table.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::diagnostic::Diagnostic;
use super::keys::{self, Keys};
use super::secret;
use super::suggest::{nearest, quoted};
use super::tree::{Entry, Node, Span, Value};
use super::values::{self, Problem, Text, shown, written};
use super::variables::{Piece, pieces};

/// Where values from outside the file come from.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) span: Span,
}

/// A table that is being read.
pub(super) struct Table<'t> {
    pub(super) keys: &'static Keys,
    pub(super) entries: &'t [Entry],
    /// Its header.
    pub(super) span: Span,
}

impl<'t> Table<'t> {
    pub(super) fn get(&self, key: &str) -> Option<&'t Entry> {
        self.entries.iter().find(|e| e.key == key)
    }
}

/// Problems found so far.
pub(super) struct Walk<'a> {
    env: Env<'a>,
    text: &'a str,
    found: Vec<Diagnostic>,
    /// Whether a part of the file could not be read: then nothing is called missing.
    torn: bool,
    /// Values of the environment that stand in the file as `${NAME}`.
    expanded: Vec<String>,
}

impl<'a> Walk<'a> {
    /// A walk over a text; `syntax` is what is wrong with its TOML.
    pub(super) fn new(text: &'a str, env: Env<'a>, syntax: Vec<Diagnostic>) -> Walk<'a> {
        Walk {
            env,
            text,
            torn: !syntax.is_empty(),
            expanded: Vec::new(),
            found: syntax,
        }
    }

    /// Everything found, in the order of finding.
    pub(super) fn into_found(self) -> Vec<Diagnostic> {
        self.found
    }

    /// Values that came from the environment, so far.
    pub(super) fn expanded(&self) -> &[String] {
        &self.expanded
    }

    /// Notes a problem.
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Notes that something is not there, unless it may be in a part that could not be read.
    pub(super) fn absent(&mut self, diagnostic: Diagnostic) {
        if !self.torn {
            self.found.push(diagnostic);
        }
    }

    /// Notes an unfit value.
    pub(super) fn problem(&mut self, span: &Span, problem: Problem) {
        let diagnostic = Diagnostic::error(span.clone(), problem.message, problem.label);
        self.push(Diagnostic {
            hint: problem.hint,
            ..diagnostic
        });
    }

    /// Line of a byte, from 1.
    pub(super) fn line(&self, offset: usize) -> usize {
        let end = self.text.floor_char_boundary(offset);
        self.text[..end].matches('\n').count() + 1
    }

    /// End of the file, where something missing would have been.
    pub(super) fn end(&self) -> Span {
        self.text.len()..self.text.len()
    }

    /// The entry of a key that must be there.
    pub(super) fn required<'t>(&mut self, table: &Table<'t>, key: &str) -> Option<&'t Entry> {
        let entry = table.get(key);
        if entry.is_none() {
            let message = format!("missing `{key}` in {}", table.keys.shown());
            self.absent(Diagnostic::error(
                table.span.clone(),
                message,
                format!("needs a line `{key} = …`"),
            ));
        }
        entry
    }

    /// A table whose keys are known; notes those that are not.
    pub(super) fn table<'t>(&mut self, entry: &'t Entry, keys: &'static Keys) -> Option<Table<'t>> {
        match &entry.node.value {
            Value::Table(entries) => {
                let table = Table {
                    keys,
                    entries,
                    span: entry.node.span.clone(),
                };
                self.known_keys(&table);
                Some(table)
            }
            other => {
                let hint = match other {
                    Value::List(_) => Some(format!("write `[{0}]`, not `[[{0}]]`", entry.key)),
                    _ => None,
                };
                self.wrong_kind(entry, "a table", hint);
                None
            }
        }
    }

    /// The tables of `[[key]]`; `None` when there is nothing of that name.
    pub(super) fn tables<'t>(
        &mut self,
        root: &Table<'t>,
        keys: &'static Keys,
    ) -> Option<Vec<Table<'t>>> {
        let title = keys.title.trim_matches(['[', ']']);
        // A table in a table is named by its last part.
        let key = title.rsplit('.').next().unwrap_or(title);
        let entry = root.get(key)?;
        let Value::List(items) = &entry.node.value else {
            let hint = match entry.node.value {
                // Its header may be what could not be read, and what is left of it a sub-table.
                Value::Table(_) if self.torn => return Some(Vec::new()),
                Value::Table(_) => Some(format!("write `[[{key}]]`, not `[{key}]`")),
                _ => None,
            };
            self.wrong_kind(entry, "a list of tables", hint);
            return Some(Vec::new());
        };
        if items.is_empty() {
            let message = format!("`{key}` is an empty list");
            let diagnostic = Diagnostic::error(entry.node.span.clone(), message, "nothing in it");
            self.push(diagnostic.hint(format!("write at least one `[[{key}]]`")));
        }
        let mut tables = Vec::new();
        for item in items {
            if let Value::Table(entries) = &item.value {
                let table = Table {
                    keys,
                    entries,
                    span: item.span.clone(),
                };
                self.known_keys(&table);
                tables.push(table);
            } else {
                let hint = Some(format!("write each as `[[{key}]]`"));
                self.wrong_node(key, item, "a list of tables", hint);
            }
        }
        Some(tables)
    }

    /// Notes keys that the table does not know, and those that it will know later.
    pub(super) fn known_keys(&mut self, table: &Table<'_>) {
        let keys = table.keys;
        for entry in table.entries {
            let key = entry.key.as_str();
            if keys.known.contains(&key) {
                continue;
            }
            let span = entry.key_span.clone();
            if let Some(later) = keys.later.iter().find(|l| l.key == key) {
                let message = format!("`{key}` in {} is not built yet", keys.shown());
                self.push(Diagnostic::error(span, message, later.effect).hint(later.instead));
                continue;
            }
            let is_table = matches!(entry.node.value, Value::Table(_) | Value::List(_));
            let message = if is_table && std::ptr::eq(keys, &keys::ROOT) {
                format!("unknown table {}", shown(key))
            } else {
                format!("unknown key {} in {}", shown(key), keys.shown())
            };
            let label = format!("known: {}", quoted(keys.known));
            let mut diagnostic = Diagnostic::error(span, message, label);
            if let Some(name) = nearest(key, keys.known.iter().copied()) {
                diagnostic = diagnostic.hint(format!("did you mean `{name}`?"));
            } else if let Some(titles) = keys::elsewhere(key) {
                diagnostic = diagnostic.hint(format!("it is a key of {titles}"));
            }
            self.push(diagnostic);
        }
    }

    /// A string that means something, read by `parse`.
    pub(super) fn read<T>(
        &mut self,
        entry: &Entry,
        parse: impl FnOnce(&Text) -> Result<T, Problem>,
    ) -> Option<At<T>> {
        self.read_node(&entry.key, &entry.node, parse)
    }

    /// The same for a string that is not the value of a key, such as an item of a list.
    pub(super) fn read_node<T>(
        &mut self,
        name: &str,
        node: &Node,
        parse: impl FnOnce(&Text) -> Result<T, Problem>,
    ) -> Option<At<T>> {
        let Value::Text(raw) = &node.value else {
            let hint = match node.value {
                Value::Integer(Some(n)) => Some(format!("write it in quotes: `\"{n}\"`")),
                _ => None,
            };
            self.wrong_node(name, node, "a string", hint);
            return None;
        };
        let value = self.expand(raw, &node.span)?;
        if value.trim().is_empty() {
            let message = format!("{} is empty", shown(name));
            self.push(Diagnostic::error(
                node.span.clone(),
                message,
                "nothing in it",
            ));
            return None;
        }
        let text = Text {
            raw: raw.clone(),
            value,
        };
        match parse(&text) {
            Ok(value) => Some(At {
                value,
                span: node.span.clone(),
            }),
            Err(problem) => {
                self.problem(&node.span, problem);
                None
            }
        }
    }

    /// The value of an optional key, or the default; `None` when it is there and unfit.
    pub(super) fn read_or<T>(
        &mut self,
        table: &Table<'_>,
        (key, default): (&str, T),
        parse: impl FnOnce(&Text) -> Result<T, Problem>,
    ) -> Option<At<T>> {
        match table.get(key) {
            Some(entry) => self.read(entry, parse),
            None => Some(At {
                value: default,
                span: table.span.clone(),
            }),
        }
    }

    /// The value of a key that must be there.
    pub(super) fn need<T>(
        &mut self,
        table: &Table<'_>,
        key: &str,
        parse: impl FnOnce(&Text) -> Result<T, Problem>,
    ) -> Option<At<T>> {
        let entry = self.required(table, key)?;
        self.read(entry, parse)
    }

    /// A whole number between two bounds, or the default.
    pub(super) fn whole_or(
        &mut self,
        table: &Table<'_>,
        (key, default): (&str, u32),
        allowed: RangeInclusive<u32>,
    ) -> Option<u32> {
        let Some(entry) = table.get(key) else {
            return Some(default);
        };
        let Value::Integer(n) = entry.node.value else {
            let hint = match &entry.node.value {
                Value::Text(s) if s.parse::<u32>().is_ok() => {
                    Some(format!("write `{s}` without quotes"))
                }
                _ => None,
            };
            self.wrong_kind(entry, "an integer", hint);
            return None;
        };
        let fits = n.and_then(|n| u32::try_from(n).ok());
        let fits = fits.filter(|n| allowed.contains(n));
        if fits.is_none() {
            let number = self.text.get(entry.node.span.clone()).unwrap_or_default();
            self.push(
                Diagnostic::error(
                    entry.node.span.clone(),
                    format!("`{key}` cannot be {}", shown(number)),
                    format!("from {} to {}", allowed.start(), allowed.end()),
                )
                .hint(format!("the default is `{default}`")),
            );
        }
        fits
    }

    /// `true` or `false`, or the default.
    pub(super) fn boolean_or(
        &mut self,
        table: &Table<'_>,
        (key, default): (&str, bool),
    ) -> Option<bool> {
        let Some(entry) = table.get(key) else {
            return Some(default);
        };
        if let Value::Boolean(written) = entry.node.value {
            return Some(written);
        }
        let hint = match &entry.node.value {
            Value::Text(s) if s == "true" || s == "false" => {
                Some(format!("write `{s}` without quotes"))
            }
            _ => None,
        };
        self.wrong_kind(entry, "`true` or `false`", hint);
        None
    }

    /// A duration between two bounds, or the default.
    pub(super) fn duration_or(
        &mut self,
        table: &Table<'_>,
        (key, default): (&str, Duration),
        allowed: RangeInclusive<Duration>,
    ) -> Option<At<Duration>> {
        let hint = format!("the default is `\"{}\"`", written(default));
        let read = match table.get(key) {
            Some(entry) => self.duration(entry)?,
            None => At {
                value: default,
                span: table.span.clone(),
            },
        };
        self.bounded(key, read, allowed, Some(hint))
    }

    /// A duration; a bare number lacks its unit and its quotes.
    pub(super) fn duration(&mut self, entry: &Entry) -> Option<At<Duration>> {
        if let Value::Integer(Some(n)) = entry.node.value {
            let hint = format!("write it in quotes and with its unit: `\"{n}s\"`");
            self.wrong_kind(entry, "a duration", Some(hint));
            return None;
        }
        self.read(entry, values::duration)
    }

    /// A duration that is within bounds; otherwise notes that it is not.
    pub(super) fn bounded(
        &mut self,
        key: &str,
        read: At<Duration>,
        allowed: RangeInclusive<Duration>,
        hint: Option<String>,
    ) -> Option<At<Duration>> {
        if allowed.contains(&read.value) {
            return Some(read);
        }
        let label = format!(
            "from `{}` to `{}`",
            written(*allowed.start()),
            written(*allowed.end())
        );
        let message = format!("`{key}` cannot be `{}`", written(read.value));
        self.push(Diagnostic {
            hint,
            ..Diagnostic::error(read.span, message, label)
        });
        None
    }

    /// A table that may be left out, which is an empty one; `None` when it is no table.
    pub(super) fn section<'t>(
        &mut self,
        root: &Table<'t>,
        keys: &'static Keys,
    ) -> Option<Table<'t>> {
        match root.get(keys.title.trim_matches(['[', ']'])) {
            Some(entry) => self.table(entry, keys),
            None => Some(Table {
                keys,
                entries: &[],
                span: self.end(),
            }),
        }
    }

    /// A string with its `${NAME}` replaced; `None` when one is not set. In the user and password
    /// of an address the values are percent-encoded, as they stand in the environment plain.
    pub(super) fn expand(&mut self, raw: &str, span: &Span) -> Option<String> {
        let user = secret::userinfo(raw).unwrap_or(0..0);
        let (mut out, mut at, mut whole) = (String::new(), 0, true);
        for piece in pieces(raw) {
            match piece {
                Piece::Literal(text) => out.push_str(text),
                Piece::Variable(name) => {
                    let whole_name = format!("${{{name}}}");
                    at += raw[at..].find(&whole_name).unwrap_or(0);
                    let value = (self.env)(name);
                    self.expanded.extend(value.clone());
                    match value {
                        Some(value) if user.contains(&at) => {
                            out.push_str(&secret::percent_encoded(&value));
                        }
                        Some(value) => out.push_str(&value),
                        None => {
                            whole = false;
                            self.unset(name, &whole_name, span);
                        }
                    }
                    at += whole_name.len();
                }
                Piece::Broken(text) => {
                    whole = false;
                    let message = format!("{} names no environment variable", shown(text));
                    let place = self.inside(text, span);
                    let hint = "write `${NAME}`, or `$${` for a literal `${`";
                    self.push(Diagnostic::error(place, message, "").hint(hint));
                }
            }
        }
        whole.then_some(out)
    }

    fn unset(&mut self, name: &str, written: &str, span: &Span) {
        let place = self.inside(written, span);
        let message = format!("environment variable `{name}` is not set");
        let hint = format!("set it before the start: `export {name}=…`");
        self.push(Diagnostic::error(place, message, "needed here").hint(hint));
    }

    /// The place of a part of a string, or the whole string when escapes hide the part.
    fn inside(&self, part: &str, span: &Span) -> Span {
        let found = self.text.get(span.clone()).and_then(|s| s.find(part));
        match found {
            Some(at) => span.start + at..span.start + at + part.len(),
            None => span.clone(),
        }
    }

    /// Notes that a value is of another kind than it must be.
    pub(super) fn wrong_kind(&mut self, entry: &Entry, wanted: &str, hint: Option<String>) {
        self.wrong_node(&entry.key, &entry.node, wanted, hint);
    }

    /// The same for an item of a list.
    pub(super) fn wrong_node(
        &mut self,
        name: &str,
        node: &Node,
        wanted: &str,
        hint: Option<String>,
    ) {
        if node.value == Value::Lost {
            return;
        }
        let message = format!("{} must be {wanted}", shown(name));
        let label = format!("found {}", node.value.kind());
        self.push(Diagnostic {
            hint,
            ..Diagnostic::error(node.span.clone(), message, label)
        });
    }
}
