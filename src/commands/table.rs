//! Tables for a terminal: columns as wide as their content, within 80 columns.

use unicode_width::UnicodeWidthStr;

use super::progress::clip;

/// The widest a table gets.
const WIDTH: usize = 80;
const GAP: usize = 2;

/// On which side of its column a cell stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Text.
    Left,
    /// Figures.
    Right,
}

/// Sets a table: a header, a rule, rows. Where it would be wider than 80 columns, the widest
/// left-hand columns give way, ending in an ellipsis.
#[must_use]
pub fn set(header: &[(&str, Side)], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = header.iter().map(|(h, _)| h.width()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    shrink(&mut widths, header);
    let mut out = String::new();
    let titles: Vec<String> = header.iter().map(|(h, _)| (*h).to_owned()).collect();
    line(&mut out, &titles, header, &widths);
    let total = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
    out.push_str(&"─".repeat(total));
    out.push('\n');
    for row in rows {
        line(&mut out, row, header, &widths);
    }
    out
}

/// A sentence in lines of at most 80 columns; each ends in a line feed. Words are kept whole.
#[must_use]
pub fn wrapped(text: &str) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let width = word.width();
        if column > 0 && column + 1 + width > WIDTH {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out.push('\n');
    out
}

fn shrink(widths: &mut [usize], header: &[(&str, Side)]) {
    loop {
        let total = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        if total <= WIDTH {
            return;
        }
        let widest = header
            .iter()
            .enumerate()
            .filter(|&(i, (_, side))| *side == Side::Left && widths[i] > 8)
            .max_by_key(|&(i, _)| widths[i]);
        match widest {
            Some((i, _)) => widths[i] -= 1,
            None => return,
        }
    }
}

fn line(out: &mut String, cells: &[String], header: &[(&str, Side)], widths: &[usize]) {
    let mut text = String::new();
    for ((cell, (_, side)), &width) in cells.iter().zip(header).zip(widths) {
        if !text.is_empty() {
            text.push_str(&" ".repeat(GAP));
        }
        match side {
            Side::Left => text.push_str(&clip(cell, width)),
            Side::Right => {
                text.push_str(&" ".repeat(width.saturating_sub(cell.width())));
                text.push_str(cell);
            }
        }
    }
    out.push_str(text.trim_end());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_broken_between_words() {
        let words = "abcd ".repeat(33);
        let text = wrapped(&words);
        let widths: Vec<usize> = text.lines().map(|l| l.width()).collect();
        assert_eq!(widths, [79, 79, 4]);
        assert_eq!(wrapped(&"x".repeat(90)), format!("{}\n", "x".repeat(90)));
    }

    #[test]
    fn figures_stand_right_and_long_names_give_way() {
        let header = [
            ("site", Side::Left),
            ("median", Side::Right),
            ("why", Side::Left),
        ];
        let rows = vec![
            vec!["Own".into(), "2.4 s".into(), String::new()],
            vec!["東京".into(), "11.4 s".into(), "x".repeat(100)],
        ];
        let text = set(&header, &rows);
        assert!(text.lines().all(|l| l.width() <= 80), "{text}");
        insta::assert_snapshot!(text, @r"
        site  median  why
        ────────────────────────────────────────────────────────────────────────────────
        Own    2.4 s
        東京  11.4 s  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
        ");
    }
}
