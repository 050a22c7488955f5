//! Page 4, what a customer sees: a filmed visit a site, frame by frame on one clock.
//!
//! Pictures stand in the stylesheet, once each, however often a reel shows them.

use std::fmt::Write as _;

use super::super::language::{Dated, say, text};
use super::super::more::Film;
use super::super::scene::{Scene, Who};
use super::super::sentences::Sentence;
use super::super::text::clean;
use super::plate::{Picture, Plate, Reel};

/// Most frames of a reel, and the step between them in milliseconds.
const FRAMES: usize = 9;
const STEP: f64 = 500.0;

/// Page 4 and the rules of the stylesheet that hold its pictures.
pub(in super::super) fn film(scene: &Scene<'_>) -> (Plate, String) {
    let mut plate = Plate::new("film", scene.lang.word("film-link"), title(scene));
    let films = &scene.input.more.films;
    let external = scene.is_external();
    if films.is_empty() || external {
        plate.subtitle = if external {
            text!(scene.lang, "film-external")
        } else {
            text!(scene.lang, "film-none")
        };
        plate.follows = true;
        return (plate, String::new());
    }
    let step = step(films);
    plate.subtitle = text!(
        scene.lang,
        "film-subtitle",
        step = text(scene.lang.seconds(step))
    );
    let mut css = String::new();
    for (i, film) in films.iter().enumerate() {
        plate.film.push(reel(scene, film, (i, step), &mut css));
    }
    plate.notes.extend(missing(scene));
    (plate, css)
}

/// Sites of the headline's page that have no film.
fn missing(scene: &Scene<'_>) -> Option<Sentence> {
    let films = &scene.input.more.films;
    let standings = scene.headline().map(|p| &p.field.standings)?;
    let without = standings
        .iter()
        .filter(|s| films.iter().all(|f| f.target != s.target));
    let names: Vec<String> = without.map(|s| scene.name(&s.target)).collect();
    (!names.is_empty()).then(|| {
        say!(
            scene.lang,
            "film-missing",
            sites = said(scene.lang.names(&names))
        )
    })
}

/// Half a second, or as many halves as show every main content within the row.
fn step(films: &[Film]) -> f64 {
    let last = films.iter().filter_map(|f| f.lcp).fold(0.0, f64::max);
    let halves = (last / STEP / (FRAMES as f64 - 1.0)).ceil().max(1.0);
    halves * STEP
}

fn title(scene: &Scene<'_>) -> Sentence {
    let films = &scene.input.more.films;
    let shown = |who: Who| {
        let field = scene.headline().map(|p| &p.field)?;
        let film = films.iter().find(|f| scene.who(field, &f.target) == who)?;
        Some((film, film.lcp?))
    };
    if films.is_empty() || scene.is_external() {
        return say!(scene.lang, "film-title-none");
    }
    match (shown(Who::Own), shown(Who::Best)) {
        (Some((_, own)), Some((film, best))) => {
            say!(
                scene.lang,
                "film-title",
                ours = own(scene.lang.seconds(own)),
                site = name(scene.name(&film.target)),
                theirs = best(scene.lang.seconds(best))
            )
        }
        _ => say!(scene.lang, "film-title-other"),
    }
}

fn reel(scene: &Scene<'_>, film: &Film, (i, step): (usize, f64), css: &mut String) -> Reel {
    let lang = scene.lang;
    let mut used: Vec<usize> = Vec::new();
    let frames = (0..FRAMES)
        .map(|k| {
            let at = k as f64 * step;
            let seen = film.frames.iter().rposition(|f| f.at_ms <= at);
            if let Some(frame) = seen.filter(|f| !used.contains(f)) {
                used.push(frame);
                // Writing to a string cannot fail; what is written is base64 alone.
                let _ = writeln!(
                    css,
                    ".f{i}-{frame}{{background-image:url(data:image/jpeg;base64,{})}}",
                    base64_only(&film.frames[frame].jpeg)
                );
            }
            let reached = |t: Option<f64>| t.is_some_and(|t| t <= at && t > at - step);
            let main = reached(film.lcp);
            Picture {
                class: seen.map_or_else(|| "empty".to_owned(), |f| format!("f{i}-{f}")),
                alt: text!(
                    lang,
                    "film-alt",
                    site = text(scene.name(&film.target)),
                    time = text(lang.seconds(at))
                ),
                at: lang.seconds(at).replace("0 ms", "0 s"),
                mark: if main {
                    lang.word("film-main")
                } else if reached(film.fcp) {
                    lang.word("film-first")
                } else {
                    String::new()
                },
                main,
            }
        })
        .collect();
    let field = scene.headline().map(|p| &p.field);
    let _ = writeln!(
        css,
        ".reel:nth-child({}) .pic{{aspect-ratio:{}/{}}}",
        i + 1,
        film.size.0.max(1),
        film.size.1.clamp(1, film.size.0.max(1) * 2)
    );
    Reel {
        who: field.map_or(Who::Other, |f| scene.who(f, &film.target)),
        name: scene.name(&film.target),
        caption: format!(
            "{}, {}, {}",
            lang.date(film.night, Dated::Whole),
            scene.region(&film.region),
            clean(&film.profile)
        ),
        frames,
    }
}

fn base64_only(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='))
        .collect()
}
