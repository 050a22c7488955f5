//! `outpace report --verify`, the pure part: is every figure of a written report's words and tables
//! in its appendix, does the database still say every sentence, cell and label, those in the charts
//! included, and is all the rest, down to the last byte, what is made again?

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

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
    let spaced = characters(&text).replace('\u{a0}', " ");
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text with its entities read, once: a name may be called `&#38;`.
fn characters(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let read = after
            .split_once(';')
            .and_then(|(name, next)| Some((entity(name)?, next)));
        match read {
            Some((c, next)) => {
                out.push(c);
                rest = next;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The entities that templates write.
fn entity(name: &str) -> Option<char> {
    let number = |digits: &str, radix| char::from_u32(u32::from_str_radix(digits, radix).ok()?);
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "nbsp" => Some('\u{a0}'),
        _ => match name.strip_prefix("#x") {
            Some(digits) => number(digits, 16),
            None => number(name.strip_prefix('#')?, 10),
        },
    }
}

/// Figures with a unit (`1.6 s`, `99.2 %`, `212 kB`, both ends of `1.5–1.7 s`) and counts from a
/// hundred on. Smaller ones are dates, places and parts of names too, and years are no counts.
#[must_use]
pub fn figures(text: &str) -> BTreeSet<String> {
    let text = text.replace('–', " – ");
    let words = text
        .split([' ', '(', ')', '+', '−'])
        .filter(|w| !w.is_empty());
    let words: Vec<&str> = words.collect();
    let mut found = BTreeSet::new();
    for (i, number) in words.iter().enumerate() {
        let number = bare(number);
        if !is_number(number) {
            continue;
        }
        let rest = &words[i + 1..];
        let unit = match rest {
            ["–", upper, unit, ..] if is_number(upper) => bare(unit),
            [unit, ..] => bare(unit),
            [] => "",
        };
        if matches!(unit, "s" | "ms" | "%" | "kB" | "MB" | "GB" | "B") {
            found.insert(format!("{number} {unit}"));
        } else if is_count(number) {
            found.insert(number.to_owned());
        }
    }
    found
}

/// A word without what ends a sentence or a part of it.
fn bare(word: &str) -> &str {
    word.trim_end_matches(['.', ',', ';', ':', '?', '!'])
}

/// Whether a number is a count that nothing else is likely to be.
fn is_count(number: &str) -> bool {
    let mut groups = number.split([',', '.', '’']);
    let first = groups.next().unwrap_or_default();
    let (mut rest, mut is_grouped) = (String::new(), false);
    for group in groups {
        if group.len() != 3 {
            return false;
        }
        is_grouped = true;
        rest.push_str(group);
    }
    let is_year =
        !is_grouped && first.len() == 4 && (first.starts_with("19") || first.starts_with("20"));
    (is_grouped || first.len() >= 3) && !is_year
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

/// What is wrong at a place of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Anchor of the section; of the page as a whole none.
    pub section: Option<String>,
    /// Line of the file, where no section says what differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// What the file says there; nothing where a section is missing.
    pub said: Option<String>,
    /// What it should say; nothing where there is no such thing.
    pub should: Option<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let should = self.should.as_deref();
        match (&self.section, self.said.as_deref(), should) {
            (Some(section), Some(said), Some(should)) => write!(
                f,
                "section `{section}` does not say what the database says now: “{said}” is now “{should}”"
            ),
            (Some(section), Some(said), None) if is_figure(said) => {
                write!(f, "section `{section}`: `{said}` is not in the appendix")
            }
            (Some(section), Some(said), None) => {
                write!(f, "section `{section}` is none of the report: “{said}”")
            }
            (Some(section), None, _) => write!(f, "section `{section}` is missing"),
            (None, Some(said), Some(should)) => write!(
                f,
                "line {}: “{said}” stands where the report made again has “{should}”",
                self.line.unwrap_or(1)
            ),
            (None, ..) => write!(f, "it has no section of a report"),
        }
    }
}

fn is_figure(said: &str) -> bool {
    figures(said).contains(said)
}

/// What is wrong with a file, in the order of its sections; nothing where all is well. `again` is
/// the same report made from the database now.
#[must_use]
pub fn findings(file: &str, again: &str) -> Vec<Finding> {
    let said = sections(file, Drawings::Read);
    let derived = sections(again, Drawings::Read);
    let of = |section: &str, said: Option<String>, should: Option<String>| Finding {
        section: Some(section.to_owned()),
        line: None,
        said,
        should,
    };
    let mut found = Vec::new();
    if said.is_empty() {
        found.push(Finding {
            section: None,
            line: None,
            said: None,
            should: None,
        });
    }
    for (anchor, text) in &said {
        let now = derived.iter().find(|(a, _)| a == anchor).map(|(_, t)| t);
        match now {
            Some(now) if now == text => {}
            Some(now) => {
                let (a, b) = first_difference(text, now);
                found.push(of(anchor, Some(a), Some(b)));
            }
            None => found.push(of(anchor, Some(first_difference(text, "").0), None)),
        }
    }
    for (anchor, _) in &derived {
        if !said.iter().any(|(a, _)| a == anchor) {
            found.push(of(anchor, None, None));
        }
    }
    let unproven = unproven(file).into_iter();
    found.extend(unproven.map(|(anchor, figure)| of(&anchor, Some(figure), None)));
    if found.is_empty() {
        found.extend(first_byte(file, again));
    }
    found
}

/// Figures outside drawings that the appendix does not have.
fn unproven(file: &str) -> Vec<(String, String)> {
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
            found.push((anchor.clone(), figure.clone()));
        }
    }
    found
}

fn first_difference(said: &str, now: &str) -> (String, String) {
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
    (around(&a), around(&b))
}

/// The first place that is not the same, with what stands around it in its line.
fn first_byte(file: &str, again: &str) -> Option<Finding> {
    if file == again {
        return None;
    }
    let same = file.bytes().zip(again.bytes()).take_while(|(a, b)| a == b);
    let at = same.count();
    Some(Finding {
        section: None,
        line: Some(
            file.as_bytes()[..at]
                .iter()
                .filter(|b| **b == b'\n')
                .count()
                + 1,
        ),
        said: Some(around(file, at)),
        should: Some(around(again, at)),
    })
}

/// Some characters of a line around a place in it.
fn around(text: &str, at: usize) -> String {
    const BEFORE: usize = 24;
    const AFTER: usize = 40;
    let at = text.floor_char_boundary(at);
    let (before, after) = text.split_at(at);
    let line = before.rsplit('\n').next().unwrap_or_default();
    let from = line.floor_char_boundary(line.len().saturating_sub(BEFORE));
    // A line that ends here shows what comes next: that is what differs.
    let to = after.char_indices().skip(1).find(|(_, c)| *c == '\n');
    let to = to.map_or(after.len(), |(i, _)| i);
    let to = after.floor_char_boundary(to.min(AFTER));
    format!("{}{}", &line[from..], &after[..to])
        .replace('\n', "↵")
        .replace('\r', "␍")
}

/// The hash of its data that a page says it was made from.
#[must_use]
pub fn data_hash(page: &str) -> Option<&str> {
    let (_, hashes) = page.rsplit_once("<p class=\"hash\">")?;
    let hashes = hashes.split("</p>").next()?;
    let mut words = hashes.split(|c: char| !c.is_ascii_hexdigit());
    words.find(|w| w.len() == 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(answer: &str, appendix: &str) -> String {
        format!(
            "<style>p{{color:red}}</style>\n<section id=\"answer\" class=\"page\"><h1>{answer}</h1><svg><circle cx=\"4\"/><text>9.9 s</text></svg></section>\n\
             <section id=\"appendix\"><td>{appendix}</td></section>\n<footer>data 0123</footer>\n"
        )
    }

    fn told(file: &str, again: &str) -> Vec<String> {
        findings(file, again)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_figure_without_proof_and_a_changed_sentence_are_found() {
        let good = page("ours takes 1.6&nbsp;s", "1.6 s");
        let good = good.replace("&nbsp;", "\u{a0}");
        assert_eq!(told(&good, &good), Vec::<String>::new());
        let forged = good.replacen("1.6\u{a0}s", "1.1\u{a0}s", 1);
        let found = told(&forged, &good);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found[1].contains("`1.1 s` is not in the appendix"),
            "{found:?}"
        );
        let found = told("nothing", &good);
        assert_eq!(found.len(), 3, "no section, and which: {found:?}");
        let more = good.replace(
            "<footer>",
            "<section id=\"more\"><p>we are first</p></section><footer>",
        );
        assert_eq!(
            told(&more, &good),
            ["section `more` is none of the report: “we are first”"]
        );
    }

    #[test]
    fn figures_are_known_with_the_marks_of_any_language() {
        let of = |text: &str| -> Vec<String> { figures(text).into_iter().collect() };
        assert_eq!(
            of("1.6 s, 1,7 s, 1,204 kB, 1’300 ms, v1. 5 s and 2.x %"),
            ["1,204 kB", "1,7 s", "1.6 s", "1’300 ms", "5 s"]
        );
        assert_eq!(of("from 1.5–1.7 s (4–6)"), ["1.5 s", "1.7 s"]);
        assert_eq!(
            of("of 4,283 visits, 744. and 62 in October 2026, release 4.30, 4.316"),
            ["4,283", "4.316", "744"]
        );
    }

    #[test]
    fn a_label_of_a_chart_is_held_against_the_database_too() {
        let good = page("ours takes 1.6\u{a0}s", "1.6 s");
        let forged = good.replacen("9.9 s", "0.9 s", 1);
        let found = told(&forged, &good);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("1.6 s 0.9 s” is now “1.6 s 9.9 s”"));
    }

    #[test]
    fn what_no_section_says_in_words_is_held_too() {
        let good = page("ours", "1.6 s");
        for (from, to, said) in [
            (
                "cx=\"4\"",
                "cx=\"1\"",
                "line 2: “rs</h1><svg><circle cx=\"1\"",
            ),
            ("red", "tan", "line 1: “<style>p{color:tan"),
            ("data 0123", "data 0124", "line 4: “<footer>data 0124"),
            (
                "<footer>",
                "<p>best</p>\n<footer>",
                "line 4: “<p>best</p>” stands where",
            ),
            ("</footer>\n", "</footer>", "line 4: “"),
        ] {
            let forged = good.replacen(from, to, 1);
            let found = told(&forged, &good);
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].starts_with(said), "{found:?}");
        }
        let longer = format!("{good}<script>1</script>");
        assert!(told(&longer, &good)[0].contains("“<script>1</script>” stands where"));
    }

    #[test]
    fn findings_say_characters_and_no_entities() {
        assert_eq!(
            characters("Tom &amp; J&#38;K &lt;b&gt; &#x41; R&D; &nope; 5 & 6 &#38;#38;"),
            "Tom & J&K <b> A R&D; &nope; 5 & 6 &#38;"
        );
        let good = page("Kookaburra &#38; Sons", "");
        let forged = good.replacen("Sons", "Co", 1);
        assert!(
            told(&forged, &good)[0]
                .contains("“Kookaburra & Co 9.9 s” is now “Kookaburra & Sons 9.9 s”")
        );
    }

    #[test]
    fn the_hash_is_read_from_the_appendix_in_any_language() {
        let (data, config) = ("a1".repeat(32), "b2".repeat(32));
        let page = format!("<p class=\"hash\">Daten: {data}.<br>config {config}</p>");
        assert_eq!(data_hash(&page), Some(data.as_str()));
        assert_eq!(data_hash("<p>none</p>"), None);
    }
}
