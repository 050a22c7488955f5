//! `outpace report --verify`: is every figure of a written report's words and tables in its appendix,
//! and does the database still say every sentence, cell and label, those in the charts included?

use std::collections::BTreeSet;

/// What is read of a drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawings {
    /// Its labels, its title and its description.
    Read,
    /// Nothing: the ends of its scale are in no table.
    Left,
}

/// What a page's text says, tags left out, from one section's anchor to the next.
#[must_use]
pub fn sections(html: &str, drawings: Drawings) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in html.split("<section id=\"").skip(1) {
        let Some((anchor, rest)) = part.split_once('"') else {
            continue;
        };
        let body = rest.split("</section>").next().unwrap_or_default();
        found.push((anchor.to_owned(), plain(body, drawings)));
    }
    found
}

fn plain(html: &str, drawings: Drawings) -> String {
    let mut text = String::new();
    let mut rest = html.split_once('>').map_or("", |(_, r)| r);
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        rest = if drawings == Drawings::Left && after.starts_with("svg") {
            after.split_once("</svg>").map_or("", |(_, r)| r)
        } else {
            after.split_once('>').map_or("", |(_, r)| r)
        };
    }
    text.push_str(rest);
    let spaced = text.replace('\u{a0}', " ");
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Figures with a unit: `1.6 s`, `99.2 %`, `212 kB`.
#[must_use]
pub fn figures(text: &str) -> BTreeSet<String> {
    let words: Vec<&str> = text.split([' ', '–', '(', ')', '+', '−']).collect();
    let mut found = BTreeSet::new();
    for pair in words.windows(2) {
        let unit = pair[1].trim_end_matches(['.', ',', ';', ':', '?', '!']);
        let is_unit = matches!(unit, "s" | "ms" | "%" | "kB" | "MB" | "GB" | "B");
        let number = pair[0];
        if is_unit && is_number(number) {
            found.insert(format!("{number} {unit}"));
        }
    }
    found
}

/// Whether a word is a number as some language writes it: `1.6`, `1,6`, `1,204`.
fn is_number(word: &str) -> bool {
    let digit = |c: char| c.is_ascii_digit();
    word.starts_with(digit)
        && word.ends_with(digit)
        && word
            .chars()
            .all(|c| digit(c) || matches!(c, '.' | ',' | '’'))
}

/// What is wrong with a file, in the order of its sections; nothing where all is well. `again` is
/// the same report made from the database now.
#[must_use]
pub fn findings(file: &str, again: &str) -> Vec<String> {
    let said = sections(file, Drawings::Read);
    let derived = sections(again, Drawings::Read);
    let mut found = Vec::new();
    if said.is_empty() {
        found.push("it has no section of a report".to_owned());
    }
    for (anchor, text) in &said {
        let now = derived.iter().find(|(a, _)| a == anchor).map(|(_, t)| t);
        if now != Some(text) {
            found.push(format!(
                "section `{anchor}` does not say what the database says now{}",
                now.map_or_else(String::new, |t| first_difference(text, t))
            ));
        }
    }
    for (anchor, _) in &derived {
        if !said.iter().any(|(a, _)| a == anchor) {
            found.push(format!("section `{anchor}` is missing"));
        }
    }
    found.extend(unproven(file));
    found
}

/// Figures outside drawings that the appendix does not have.
fn unproven(file: &str) -> Vec<String> {
    let said = sections(file, Drawings::Left);
    let proves = |anchor: &str| matches!(anchor, "appendix" | "method");
    let proof: BTreeSet<String> = said
        .iter()
        .filter(|(a, _)| proves(a))
        .flat_map(|(_, t)| figures(t))
        .collect();
    let mut found = Vec::new();
    for (anchor, text) in said.iter().filter(|(a, _)| !proves(a)) {
        for figure in figures(text).difference(&proof) {
            found.push(format!(
                "section `{anchor}`: `{figure}` is not in the appendix"
            ));
        }
    }
    found
}

fn first_difference(said: &str, now: &str) -> String {
    let (a, b): (Vec<&str>, Vec<&str>) = (said.split(' ').collect(), now.split(' ').collect());
    let at = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let around = |words: &[&str]| {
        let from = at.saturating_sub(2);
        words
            .iter()
            .skip(from)
            .take(6)
            .copied()
            .collect::<Vec<_>>()
            .join(" ")
    };
    format!(": “{}” is now “{}”", around(&a), around(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(answer: &str, appendix: &str) -> String {
        format!(
            "<section id=\"answer\" class=\"page\"><h1>{answer}</h1><svg><text>9.9 s</text></svg></section>\
             <section id=\"appendix\"><td>{appendix}</td></section>"
        )
    }

    #[test]
    fn a_figure_without_proof_and_a_changed_sentence_are_found() {
        let good = page("ours takes 1.6&nbsp;s", "1.6 s");
        let good = good.replace("&nbsp;", "\u{a0}");
        assert_eq!(findings(&good, &good), Vec::<String>::new());
        let forged = good.replacen("1.6\u{a0}s", "1.1\u{a0}s", 1);
        let found = findings(&forged, &good);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found[1].contains("`1.1 s` is not in the appendix"),
            "{found:?}"
        );
        let found = findings("nothing", &good);
        assert_eq!(found.len(), 3, "no section, and which: {found:?}");
    }

    #[test]
    fn figures_are_known_with_the_marks_of_any_language() {
        let found = figures("1.6 s, 1,7 s, 1,204 kB, 1’300 ms, v1. 5 s and 2.x %");
        let all: Vec<&str> = found.iter().map(String::as_str).collect();
        assert_eq!(all, ["1,204 kB", "1,7 s", "1.6 s", "1’300 ms", "5 s"]);
    }

    #[test]
    fn a_label_of_a_chart_is_held_against_the_database_too() {
        let good = page("ours takes 1.6\u{a0}s", "1.6 s");
        let forged = good.replacen("9.9 s", "0.9 s", 1);
        let found = findings(&forged, &good);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("1.6 s 0.9 s” is now “1.6 s 9.9 s”"));
    }
}
