//! Pages 10 and 11: why the benchmark is where it is, what changed, and what it may be worth.

use crate::analysis::types::Relation;
use crate::model::format::thousands;

use super::super::charts::{Chart, Frame, effects, pairs};
use super::super::more::{Audience, Worth};
use super::super::scene::{Scene, best_standing};
use super::super::sentences::{
    Block, Sentence, changed_title, decisions, effect_sentence, parts_notes, parts_title,
};
use super::super::text::{clean, glue, page_words, shorten};
use super::plate::Plate;

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
    if more.audience != Audience::Engineering {
        plate.blocks.push(worth(scene));
    }
    plate.blocks.push(Block {
        title: "Decisions asked",
        sentences: decisions(scene),
    });
    plate
}

/// The revenue panel: only with the user's own inputs, a range and its source.
fn worth(scene: &Scene<'_>) -> Block {
    let title = "What it may be worth";
    let Some(w) = &scene.input.more.worth else {
        return Block {
            title,
            sentences: vec![Sentence::new(
                "Not said: that takes the business’s own visits, conversion and order value, and a range with its source, which outpace is not given yet. There is no default number.",
            )],
        };
    };
    let gap = scene.headline().and_then(|p| scene.gap(&p.field));
    let Some(gap) = gap.filter(|c| c.relation == Relation::Slower) else {
        return Block {
            title,
            sentences: vec![Sentence::new(
                "No gap to the benchmark is proven on this page, so none is priced.",
            )],
        };
    };
    Block {
        title,
        sentences: priced(w, gap.difference / 1000.0),
    }
}

/// The sentences of a proven gap in seconds.
pub(in super::super) fn priced(w: &Worth, gap_s: f64) -> Vec<Sentence> {
    let counted = gap_s.min(w.cap_s);
    let base = w.visits * w.conversion * w.order_value;
    let of = |share: f64| money(&w.currency, base * share * counted);
    let capped = if gap_s > w.cap_s {
        format!(
            " Only {:.1} s of the {gap_s:.1} s are counted: the range was not measured beyond.",
            w.cap_s
        )
    } else {
        String::new()
    };
    vec![
        Sentence::new(format!(
            "Closing the gap of {gap_s:.1} s may be worth {} to {} a month, on {} visits, {} % conversion and {} an order.{capped}",
            of(w.per_second.0),
            of(w.per_second.1),
            thousands(w.visits.round() as u64),
            trimmed(w.conversion * 100.0),
            money(&w.currency, w.order_value),
        )),
        Sentence::new(format!(
            "The range, {} to {} % of orders a second, is yours, from: ",
            trimmed(w.per_second.0 * 100.0),
            trimmed(w.per_second.1 * 100.0)
        ))
        .name(shorten(&clean(&w.source), 120))
        .text(". It is other people’s shoppers. To know your own, delay a random half of visitors by a tenth of a second for a fortnight and compare their orders."),
    ]
}

fn trimmed(v: f64) -> String {
    let text = format!("{v:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Two figures that count, no more: the range is wider than that.
fn money(currency: &str, v: f64) -> String {
    let currency = shorten(&clean(currency), 8);
    let v = v.abs();
    let magnitude = 10f64.powf((v.max(1.0)).log10().floor() - 1.0).max(1.0);
    let rounded = (v / magnitude).round() * magnitude;
    format!("{currency} {}", thousands(rounded as u64))
}
