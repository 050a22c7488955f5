//! The sheet: size of the paper and running footer, on top of the stylesheet that all reports share.

use crate::model::format::thousands;

use super::fonts::faces;
use super::input::Paper;
use super::scene::Scene;
use super::sentences::regions;
use super::text::{clean, css_string, shorten};

/// What all reports share.
const STYLE: &str = include_str!("style.css");

/// The running footer, line by line.
pub(super) fn footer(scene: &Scene<'_>) -> Vec<String> {
    let input = scene.input;
    let mut first = vec![
        shorten(&clean(&input.project.name), 40),
        shorten(&scene.lang.period(&input.period), 40),
        format!("nights in {}", clean(&input.project.timezone)),
    ];
    if let Some(scope) = scene.headline().map(|f| &f.field.scope) {
        first.push(shorten(&clean(&scope.profile), 24));
        let lab = if scene.is_lab() { " (lab)" } else { "" };
        first.push(format!(
            "{}{lab}",
            shorten(&regions(scene, &scope.regions), 40)
        ));
    }
    let second = [
        scene.metric().label().to_owned(),
        format!(
            "{} of {} visits valid",
            thousands(u64::from(input.visits.valid)),
            thousands(u64::from(input.visits.attempted))
        ),
        format!("config {}", short_hash(&input.config_hash)),
        format!("data {}", short_hash(&input.data_hash)),
    ];
    let mut second = second.to_vec();
    let simulated = input.more.simulated;
    if simulated.now > 0 || simulated.behind > 0 {
        second.insert(0, simulated_words(simulated.now, input.visits.attempted));
    }
    vec![first.join(" · "), second.join(" · ")]
}

/// What of the data was simulated, on every page.
pub(super) fn simulated_words(now: u32, of: u32) -> String {
    match now {
        0 => "history simulated".to_owned(),
        n if n == of => "all data simulated".to_owned(),
        n => format!(
            "{} of {} visits simulated",
            thousands(n.into()),
            thousands(of.into())
        ),
    }
}

/// The first twelve characters: enough to tell two configs apart; the appendix has them whole.
fn short_hash(hash: &str) -> String {
    clean(hash).chars().take(12).collect()
}

/// The whole stylesheet. Letter is wider and lower than A4: its sheets are set as those of A4 and
/// printed a little smaller, so that both break at the same places.
pub(super) fn css(paper: Paper, footer: &[String]) -> String {
    let (size, margin, zoom) = match paper {
        Paper::A4 => ("A4", "17mm 17mm 22mm", "1"),
        // 279.4 mm less 32 is 0.958 of A4's 297 less 39; the sides leave as much of 176 mm.
        Paper::Letter => ("Letter", "12mm 23.6mm 20mm", ".958"),
    };
    let lines: Vec<String> = footer.iter().map(|l| css_string(l)).collect();
    let text = lines.join(" \"\\A\" ");
    format!(
        "{}:root{{--sheet:297mm}}\n@media print{{body{{zoom:{zoom}}}}}\n\
         @page{{size:{size};margin:{margin};\
         @bottom-left{{content:{text};white-space:pre;width:150mm;vertical-align:top;padding-top:5mm;\
         font:400 7.2pt/1.45 Inter,sans-serif;color:#5B626C}}\
         @bottom-right{{content:\"page \" counter(page) \" of \" counter(pages);vertical-align:top;\
         padding-top:5mm;font:400 7.2pt/1.45 Inter,sans-serif;color:#5B626C}}}}\n{STYLE}",
        faces()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_footer_cannot_leave_the_style_element() {
        let css = css(
            Paper::Letter,
            &["</style><script>alert(1)</script>".to_owned()],
        );
        assert!(!css.contains("</"), "the footer ends the element");
        assert!(css.contains("size:Letter"));
    }
}
