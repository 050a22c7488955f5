//! One problem in `targets.toml`, and how it is shown: place, line, carets and what to write instead.
//!
//! Knows nothing of TOML or of what the file means; it is given a byte range and the text. The
//! look is that of rustc, so that people and editors read it without being taught.

use std::fmt::Write as _;
use std::ops::Range;

use unicode_width::UnicodeWidthChar;

/// Columns of a source line that are shown; a longer line is clipped around the carets.
const SHOWN_COLUMNS: usize = 100;
/// Columns kept to the left of the carets in a clipped line.
const LEFT_CONTEXT: usize = 30;
/// Columns that must be free to the right of the carets before a line is shifted.
const RIGHT_CONTEXT: usize = 20;
/// Columns of a tab.
const TAB: usize = 4;

/// Whether the file can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The file is refused.
    Error,
    /// The file is used, and this is likely to disappoint.
    Warning,
}

impl Severity {
    /// The word at the head of a diagnostic.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// One problem, with its place and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether the file can still be used.
    pub severity: Severity,
    /// What is wrong: a lower-case fragment, the object in backticks.
    pub message: String,
    /// Where, as a byte range of the file.
    pub span: Range<usize>,
    /// Why it is wrong, printed beside the carets; may be empty.
    pub label: String,
    /// What to write instead.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// A problem for which the file is refused.
    #[must_use]
    pub fn error(
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            message: message.into(),
            span,
            label: label.into(),
            hint: None,
        }
    }

    /// A problem with which the file is used all the same.
    #[must_use]
    pub fn warning(
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic {
            severity: Severity::Warning,
            ..Diagnostic::error(span, message, label)
        }
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Diagnostic {
        self.hint = Some(hint.into());
        self
    }

    /// As people read it, ending in a newline.
    #[must_use]
    pub fn render(&self, source: &Source) -> String {
        let place = source.place(self.span.start);
        let line = Line::of(source, &place, &self.span);
        let number = place.line.to_string();
        let gutter = " ".repeat(number.len());
        let mut out = format!("{}: {}\n", self.severity.name(), printable(&self.message));
        let at = (place.line, place.column);
        let _ = writeln!(out, "{gutter}--> {}:{}:{}", source.name, at.0, at.1);
        let _ = writeln!(out, "{gutter} |");
        let _ = writeln!(out, "{}", format!("{number} | {}", line.shown).trim_end());
        let carets = " ".repeat(line.before) + &"^".repeat(line.under.max(1));
        let label = printable(&self.label);
        let marked = format!("{gutter} | {carets} {label}");
        let _ = writeln!(out, "{}", marked.trim_end());
        if let Some(hint) = &self.hint {
            let _ = writeln!(out, "{gutter} = hint: {}", printable(hint));
        }
        out
    }
}

/// Every diagnostic in turn, an empty line between two.
#[must_use]
pub fn render_all(diagnostics: &[Diagnostic], source: &Source) -> String {
    let rendered: Vec<String> = diagnostics.iter().map(|d| d.render(source)).collect();
    rendered.join("\n")
}

/// A file as it was read, for pointing into it.
#[derive(Clone, PartialEq, Eq)]
pub struct Source {
    /// Name under which the user knows the file.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Byte ranges that hold a secret: never printed.
    pub hidden: Vec<Range<usize>>,
}

/// Without the text, which may hold a secret.
impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Source({})", self.name)
    }
}

/// Where a byte is, for people: both count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
    start: usize,
}

impl Source {
    /// A file without secrets.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Source {
        Source {
            name: name.into(),
            text: text.into(),
            hidden: Vec::new(),
        }
    }

    /// Line and column of a byte; one past the end is the end.
    #[must_use]
    pub fn place(&self, offset: usize) -> Place {
        let offset = self.text.floor_char_boundary(offset);
        let before = &self.text[..offset];
        let start = before.rfind('\n').map_or(0, |nl| nl + 1);
        let marks = before[start..].chars().filter(|&c| c != '\u{feff}');
        Place {
            line: before.matches('\n').count() + 1,
            column: marks.count() + 1,
            start,
        }
    }
}

/// A character as it is shown.
struct Cell {
    shown: String,
    width: usize,
    marked: bool,
}

/// A source line ready for the terminal.
struct Line {
    shown: String,
    /// Columns before the carets.
    before: usize,
    /// Columns under which there are carets; of a span over several lines, those of the first.
    under: usize,
}

impl Line {
    fn of(source: &Source, place: &Place, span: &Range<usize>) -> Line {
        let rest = &source.text[place.start..];
        let end = rest.find('\n').unwrap_or(rest.len());
        let cells: Vec<Cell> = rest[..end]
            .trim_end_matches('\r')
            .char_indices()
            .filter(|&(_, c)| c != '\u{feff}')
            .map(|(i, c)| cell(source, place.start + i, c, span))
            .collect();
        // Without a marked character the span is empty, or begins at the end of its line.
        let first = cells.iter().position(|c| c.marked);
        let before = width(&cells[..first.unwrap_or(place.column - 1).min(cells.len())]);
        let under = cells.iter().filter(|c| c.marked).map(|c| c.width).sum();
        if width(&cells) > SHOWN_COLUMNS {
            return clipped(&cells, before, under);
        }
        Line {
            shown: cells.iter().map(|c| c.shown.as_str()).collect(),
            before,
            under,
        }
    }
}

/// Cut to [`SHOWN_COLUMNS`] around the carets, with a mark where something is left out.
fn clipped(cells: &[Cell], before: usize, under: usize) -> Line {
    let left = if before + under + RIGHT_CONTEXT <= SHOWN_COLUMNS {
        0
    } else {
        before.saturating_sub(LEFT_CONTEXT)
    };
    let mut line = Line {
        shown: String::new(),
        before: 0,
        under: 0,
    };
    if left > 0 {
        line.shown.push('…');
        line.before = 1;
    }
    let mut column = 0;
    for cell in cells {
        if column >= left && column + cell.width <= left + SHOWN_COLUMNS {
            line.shown.push_str(&cell.shown);
            if cell.marked {
                line.under += cell.width;
            } else if column < before {
                line.before += cell.width;
            }
        }
        column += cell.width;
    }
    if left + SHOWN_COLUMNS < column {
        line.shown.push('…');
    }
    line
}

fn width(cells: &[Cell]) -> usize {
    cells.iter().map(|c| c.width).sum()
}

fn cell(source: &Source, at: usize, c: char, span: &Range<usize>) -> Cell {
    let marked = span.contains(&at);
    if source.hidden.iter().any(|h| h.contains(&at)) {
        let width = c.width().unwrap_or(1);
        return Cell {
            shown: "*".repeat(width),
            width,
            marked,
        };
    }
    let shown = match c {
        '\t' => " ".repeat(TAB),
        c => visible(c).to_string(),
    };
    let width = shown.chars().filter_map(UnicodeWidthChar::width).sum();
    Cell {
        shown,
        width,
        marked,
    }
}

/// A character that cannot move the cursor, change colours or turn the direction of the text:
/// a file from elsewhere must not be able to write on the terminal.
fn visible(c: char) -> char {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c => c,
    }
}

fn printable(text: &str) -> String {
    text.chars().map(visible).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use insta::assert_snapshot;

    fn render(text: &str, marked: &str) -> String {
        let start = text.find(marked).unwrap();
        let span = start..start + marked.len();
        Diagnostic::error(span, "it is `wrong`", "here").render(&Source::new("t.toml", text))
    }

    #[test]
    fn the_sample_of_the_product_page() {
        let text = format!(
            "{}prodcut = \"https://rival.example/p/9\"\n",
            "\n".repeat(30)
        );
        let shown = Diagnostic::error(
            30..37,
            "unknown page kind `prodcut`",
            "no other target has it, so it would be compared with nothing",
        )
        .hint("did you mean `product`?")
        .render(&Source::new("targets.toml", text));
        assert_snapshot!(shown, @r#"
        error: unknown page kind `prodcut`
          --> targets.toml:31:1
           |
        31 | prodcut = "https://rival.example/p/9"
           | ^^^^^^^ no other target has it, so it would be compared with nothing
           = hint: did you mean `product`?
        "#);
    }

    #[test]
    fn tabs_are_columns_and_one_character() {
        assert_snapshot!(render("a = 1\n\tb\t= x\n", "x"), @"
        error: it is `wrong`
         --> t.toml:2:6
          |
        2 |     b    = x
          |            ^ here
        ");
    }

    #[test]
    fn a_carriage_return_is_no_part_of_the_line() {
        let shown = render("a = 1\r\nb = 2\r\n", "2");
        assert!(!shown.contains('\r'));
        assert_snapshot!(shown, @"
        error: it is `wrong`
         --> t.toml:2:5
          |
        2 | b = 2
          |     ^ here
        ");
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_snapshot!(render("name = \"東京 ロフト\" # é x\n", "x"), @r#"
        error: it is `wrong`
         --> t.toml:1:21
          |
        1 | name = "東京 ロフト" # é x
          |                          ^ here
        "#);
        assert_snapshot!(render("name = \"東京\"\n", "\"東京\""), @r#"
        error: it is `wrong`
         --> t.toml:1:8
          |
        1 | name = "東京"
          |        ^^^^^^ here
        "#);
    }

    #[test]
    fn a_byte_order_mark_is_not_a_column() {
        assert_snapshot!(render("\u{feff}nmae = 1\n", "nmae"), @"
        error: it is `wrong`
         --> t.toml:1:1
          |
        1 | nmae = 1
          | ^^^^ here
        ");
    }

    #[test]
    fn the_end_of_the_file_has_a_line_of_its_own() {
        let source = Source::new("t.toml", "a = 1\n");
        assert_snapshot!(Diagnostic::error(6..6, "missing `b`", "the file ends here").render(&source), @"
        error: missing `b`
         --> t.toml:2:1
          |
        2 |
          | ^ the file ends here
        ");
        assert_snapshot!(Diagnostic::error(900..901, "past it", "").render(&source), @"
        error: past it
         --> t.toml:2:1
          |
        2 |
          | ^
        ");
        assert_snapshot!(Diagnostic::error(0..0, "empty", "").render(&Source::new("t.toml", "")), @"
        error: empty
         --> t.toml:1:1
          |
        1 |
          | ^
        ");
    }

    #[test]
    fn a_span_over_several_lines_marks_the_first() {
        assert_snapshot!(render("a = [\n  1,\n]\n", "[\n  1,\n]"), @"
        error: it is `wrong`
         --> t.toml:1:5
          |
        1 | a = [
          |     ^ here
        ");
    }

    #[test]
    fn a_long_line_is_clipped_around_the_carets() {
        let long = format!("a = \"{}HERE{}\"\n", "x".repeat(300), "y".repeat(300));
        assert_snapshot!(render(&long, "HERE"), @"
        error: it is `wrong`
         --> t.toml:1:306
          |
        1 | …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxHEREyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…
          |                                ^^^^ here
        ");
        let head = format!("HERE = \"{}\"\n", "x".repeat(300));
        assert_snapshot!(render(&head, "HERE"), @r#"
        error: it is `wrong`
         --> t.toml:1:1
          |
        1 | HERE = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
          | ^^^^ here
        "#);
        let all = format!("a = {}", "z".repeat(300));
        assert_snapshot!(render(&all, &"z".repeat(300)), @"
        error: it is `wrong`
         --> t.toml:1:5
          |
        1 | a = zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz…
          |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ here
        ");
    }

    #[test]
    fn nothing_in_the_file_can_write_on_the_terminal() {
        let shown = render("a = \"\u{1b}[31m\u{202e}\"\n", "a");
        assert!(!shown.contains(['\u{1b}', '\u{202e}']));
        assert_snapshot!(shown, @r#"
        error: it is `wrong`
         --> t.toml:1:1
          |
        1 | a = "␛[31m�"
          | ^ here
        "#);
        let message = Diagnostic::error(0..1, "unknown `\u{1b}[2J`", "");
        assert!(!message.render(&Source::new("t", "a")).contains('\u{1b}'));
    }

    #[test]
    fn a_secret_is_not_shown() {
        let mut source = Source::new("t.toml", "driver = \"https://me:hunter2@grid\"\n");
        source.hidden.push(21..28);
        let shown = Diagnostic::error(0..6, "x", "").render(&source);
        assert_snapshot!(shown, @r#"
        error: x
         --> t.toml:1:1
          |
        1 | driver = "https://me:*******@grid"
          | ^^^^^^
        "#);
    }

    #[test]
    fn a_span_inside_a_character_does_no_harm() {
        let source = Source::new("t.toml", "ä = 1\n");
        let shown = Diagnostic::error(1..2, "x", "").render(&source);
        assert!(shown.contains("t.toml:1:1"), "{shown}");
    }
}
