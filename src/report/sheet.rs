//! The sheet: size of the paper and running footer, on top of the stylesheet that all reports share.

use super::fonts::faces;
use super::input::Paper;
use super::language::{Language, Piece, say, text};
use super::scene::Scene;
use super::sentences::regions;
use super::text::{clean, css_string, shorten};

/// What all reports share.
const STYLE: &str = include_str!("style.css");

/// The running footer, line by line.
pub(super) fn footer(scene: &Scene<'_>) -> Vec<String> {
    let (lang, input) = (scene.lang, scene.input);
    let timezone = clean(&input.project.timezone);
    let mut first = vec![
        shorten(&clean(&input.project.name), 40),
        shorten(&lang.period(&input.period), 40),
        text!(lang, "footer-nights", timezone = text(timezone)),
    ];
    if let Some(scope) = scene.headline().map(|f| &f.field.scope) {
        first.push(shorten(&clean(&scope.profile), 24));
        let regions = shorten(&regions(scene, &scope.regions), 40);
        first.push(match scene.is_lab() {
            true => text!(lang, "footer-lab", regions = text(regions)),
            false => regions,
        });
    }
    let [config, data] = [&input.config_hash, &input.data_hash].map(|hash| short_hash(hash));
    let mut second = vec![
        lang.metric(scene.metric()),
        text!(
            lang,
            "footer-valid",
            valid = number(input.visits.valid),
            attempted = number(input.visits.attempted)
        ),
        text!(lang, "hash-config", hash = text(config)),
        text!(lang, "hash-data", hash = text(data)),
    ];
    let simulated = input.more.simulated;
    if simulated.now > 0 || simulated.behind > 0 {
        let words = simulated_words(lang, simulated.now, input.visits.attempted);
        second.insert(0, words);
    }
    vec![first.join(" · "), second.join(" · ")]
}

/// What of the data was simulated, on every page.
pub(super) fn simulated_words(lang: &Language, now: u32, of: u32) -> String {
    match now {
        0 => lang.word("simulated-history"),
        n if n == of => lang.word("simulated-all"),
        n => text!(lang, "simulated-some", n = number(n), of = number(of)),
    }
}

/// The first twelve characters: enough to tell two configs apart; the appendix has them whole.
fn short_hash(hash: &str) -> String {
    clean(hash).chars().take(12).collect()
}

/// `page 3 of 40` as the value of a `content`: the words are strings, the figures counters, which
/// only the printer knows.
fn page_numbers(lang: &Language) -> String {
    let said = say!(
        lang,
        "footer-page",
        page = own("page"),
        pages = best("pages")
    );
    let parts: Vec<String> = said
        .0
        .iter()
        .map(|piece| match piece {
            Piece::Own(counter) | Piece::Best(counter) => format!("counter({counter})"),
            Piece::Text(words) | Piece::Name(words) => css_string(words),
        })
        .collect();
    parts.join(" ")
}

/// The whole stylesheet. Letter is wider and lower than A4: its sheets are set as those of A4 and
/// printed a little smaller, so that both break at the same places.
pub(super) fn css(lang: &Language, paper: Paper, footer: &[String]) -> String {
    let (size, margin, zoom) = match paper {
        Paper::A4 => ("A4", "17mm 17mm 22mm", "1"),
        // 279.4 mm less 32 is 0.958 of A4's 297 less 39; the sides leave as much of 176 mm.
        Paper::Letter => ("Letter", "12mm 23.6mm 20mm", ".958"),
    };
    let lines: Vec<String> = footer.iter().map(|l| css_string(l)).collect();
    let text = lines.join(" \"\\A\" ");
    let (faces, pages) = (faces(), page_numbers(lang));
    format!(
        "{faces}:root{{--sheet:297mm}}\n@media print{{body{{zoom:{zoom}}}}}\n\
         @page{{size:{size};margin:{margin};\
         @bottom-left{{content:{text};white-space:pre;width:150mm;vertical-align:top;padding-top:5mm;\
         font:400 7.2pt/1.45 Inter,sans-serif;color:#5B626C}}\
         @bottom-right{{content:{pages};vertical-align:top;\
         padding-top:5mm;font:400 7.2pt/1.45 Inter,sans-serif;color:#5B626C}}}}\n{STYLE}"
    )
}

#[cfg(test)]
mod tests {
    use super::super::language::ENGLISH;
    use super::*;

    #[test]
    fn the_printer_counts_the_pages_where_a_language_has_them() {
        let english = Language::english();
        assert_eq!(
            page_numbers(&english),
            r#""page " counter(page) " of " counter(pages)"#
        );
        let file = ENGLISH.replace(
            "footer-page = page { $page } of { $pages }",
            "footer-page = { $pages } oldalból a(z) { $page }.",
        );
        let other = Language::read(&file).unwrap();
        assert_eq!(
            page_numbers(&other),
            r#"counter(pages) " oldalból a\28 z\29  " counter(page) "\2e ""#
        );
    }

    #[test]
    fn a_hostile_footer_cannot_leave_the_style_element() {
        let css = css(
            &Language::english(),
            Paper::Letter,
            &["</style><script>alert(1)</script>".to_owned()],
        );
        assert!(!css.contains("</"), "the footer ends the element");
        assert!(css.contains("size:Letter"));
    }
}
