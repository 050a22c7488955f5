//! Text from outside made safe to set: names without control characters, CSS strings, market names.
//!
//! Escaping for HTML is the template's business and for SVG the chart backend's; this is what they
//! do not do.

use std::fmt::Write as _;

/// Longest name, in characters, that is printed whole.
const LONGEST: usize = 120;

/// A name for people: no control character, no override of the reading direction (such a
/// character would turn the words after it round), single spaces, and not without end.
pub(super) fn clean(name: &str) -> String {
    let shown: String = name
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|&c| !c.is_control() && !turns_direction(c))
        .collect();
    let words: Vec<&str> = shown.split(' ').filter(|w| !w.is_empty()).collect();
    shorten(&words.join(" "), LONGEST)
}

/// At most `longest` characters, the last one an ellipsis where something was left out.
pub(super) fn shorten(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let head: String = text.chars().take(longest.saturating_sub(1)).collect();
    format!("{}…", head.trim_end())
}

/// Explicit bidirectional controls (Unicode Standard Annex 9) and the byte order mark.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A quoted CSS string. All that is not a letter, digit or space is written as an escape, so that
/// nothing can end the string or the style element.
pub(super) fn css_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        if c.is_alphanumeric() || c == ' ' {
            out.push(c);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\{:x} ", u32::from(c));
        }
    }
    out.push('"');
    out
}

/// A figure and its unit kept on one line.
pub(super) fn glue(text: &str) -> String {
    const UNITS: [&str; 7] = ["s", "ms", "%", "B", "kB", "MB", "GB"];
    let mut out = String::with_capacity(text.len());
    for (i, word) in text.split(' ').enumerate() {
        let unit = word.trim_end_matches(['.', ',', ';', ':', ')', '?']);
        let figure = out.ends_with(|c: char| c.is_ascii_digit());
        if i > 0 {
            out.push(if figure && UNITS.contains(&unit) {
                '\u{a0}'
            } else {
                ' '
            });
        }
        out.push_str(word);
    }
    out
}

/// The first letter in upper case.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_turn_the_line_round_or_go_on_for_ever() {
        assert_eq!(clean("A\u{202e}b\u{0}c\n  d"), "Abc d");
        let long = clean(&"x".repeat(300));
        assert_eq!(long.chars().count(), LONGEST);
        assert!(long.ends_with('…'));
        assert_eq!(clean("دكان"), "دكان");
    }

    #[test]
    fn nothing_ends_a_css_string() {
        assert_eq!(css_string("A \"b"), "\"A \\22 b\"");
        assert!(!css_string("</style>\\").contains(['<', '>', '/']));
    }

    #[test]
    fn a_figure_keeps_its_unit() {
        assert_eq!(
            glue("took 1.6 s, not 20 % of 3 sites"),
            "took 1.6\u{a0}s, not 20\u{a0}% of 3 sites"
        );
        assert_eq!(glue(""), "");
    }
}
