//! Pages 10 and 11: why the benchmark is where it is, what changed, and what it may be worth.

use super::super::charts::{Chart, Frame, effects, pairs};
use super::super::scene::{Scene, best_standing};
use super::super::sentences::{
    Block, changed_title, decisions, effect_sentence, parts_notes, parts_title,
};
use super::super::text::{glue, page_words};
use super::plate::Plate;
use super::worth;

/// Page 10.
pub(in super::super) fn parts(scene: &Scene<'_>) -> Plate {
    let mut plate = Plate::new("parts", "Why they are where they are", parts_title(scene));
    let best = scene.headline().and_then(|p| best_standing(&p.field));
    let Some(best) = best.filter(|_| !scene.input.more.parts.is_empty()) else {
        plate.subtitle =
            "That takes stored parts of ours and of an overseas site in this period.".to_owned();
        return plate;
    };
    let page = scene
        .headline()
        .map_or_else(String::new, |p| page_words(&p.field.scope.page));
    plate.subtitle = glue(&format!(
        "Medians of the same visits as page 1, {page}. Parts are medians each for itself, so they need not add up."
    ));
    let name = scene.name(&best.target);
    let (wide, narrow) = (
        pairs(scene, &name, Frame::Wide),
        pairs(scene, &name, Frame::Narrow),
    );
    if let (Some(wide), Some(narrow)) = (wide, narrow) {
        plate.chart = Some(Chart { wide, narrow });
    }
    plate.blocks = vec![Block {
        title: "In words",
        sentences: parts_notes(scene),
    }];
    plate
}

/// Page 11.
pub(in super::super) fn changed(scene: &Scene<'_>) -> Plate {
    let mut plate = Plate::new("changed", "What changed", changed_title(scene));
    let more = &scene.input.more;
    plate.subtitle = if more.releases.is_empty() {
        "`outpace release` marks one; from then on the nights after it are held against those before.".to_owned()
    } else {
        glue(
            "Main content time of the nights after each release less that of the nights before, up to fourteen a side, with 95 % interval. What moved everybody may be in it.",
        )
    };
    let (wide, narrow) = (effects(scene, Frame::Wide), effects(scene, Frame::Narrow));
    if let (Some(wide), Some(narrow)) = (wide, narrow) {
        plate.chart = Some(Chart { wide, narrow });
    }
    let metric = scene.metric();
    if !more.releases.is_empty() {
        plate.blocks.push(Block {
            title: "Releases",
            sentences: more
                .releases
                .iter()
                .map(|r| effect_sentence(metric, r))
                .collect(),
        });
    }
    plate.blocks.extend(worth::block(scene));
    plate.blocks.push(Block {
        title: "Decisions asked",
        sentences: decisions(scene),
    });
    plate
}
