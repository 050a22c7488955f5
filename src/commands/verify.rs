//! `outpace report --verify`: is every figure of a written report in its appendix, and does the
//! database still say every sentence of it?

use std::collections::BTreeSet;

/// What a page's text says, tags and drawings left out, from one section's anchor to the next.
#[must_use]
pub fn sections(html: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in html.split("<section id=\"").skip(1) {
        let Some((anchor, rest)) = part.split_once('"') else {
            continue;
        };
        let body = rest.split("</section>").next().unwrap_or_default();
        found.push((anchor.to_owned(), plain(body)));
    }
    found
}

fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html.split_once('>').map_or("", |(_, r)| r);
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        rest = if after.starts_with("svg") {
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
        if is_unit && !number.is_empty() && number.parse::<f64>().is_ok() {
            found.insert(format!("{number} {unit}"));
        }
    }
    found
}

/// What is wrong with a file, in the order of its sections; nothing where all is well. `again` is
/// the same report made from the database now.
#[must_use]
pub fn findings(file: &str, again: &str) -> Vec<String> {
    let (said, derived) = (sections(file), sections(again));
    let mut found = Vec::new();
    if said.is_empty() {
        found.push("it has no section of a report".to_owned());
    }
    let proof: String = said
        .iter()
        .filter(|(a, _)| matches!(a.as_str(), "appendix" | "method"))
        .map(|(_, t)| t.as_str())
        .collect::<Vec<_>>()
        .join(" ");
    let proof = figures(&proof);
    for (anchor, text) in &said {
        let now = derived.iter().find(|(a, _)| a == anchor).map(|(_, t)| t);
        if now != Some(text) {
            found.push(format!(
                "section `{anchor}` does not say what the database says now{}",
                now.map_or_else(String::new, |t| first_difference(text, t))
            ));
        }
        if matches!(anchor.as_str(), "appendix" | "method") {
            continue;
        }
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
        assert_eq!(findings("nothing", &good).len(), 1);
    }
}
