//! Page 1, the answer: a title, a paragraph, three figures, what is not known, what to decide.

use super::super::charts::{Axis, Chart, Frame, strip};
use super::super::language::{Arg, say, text};
use super::super::scene::Scene;
use super::super::sentences::{
    Block, Figure, Sentence, changes, expectation, figures, headline, lede, lost, outlook, restated,
};
use super::super::text::capital;

/// What page 1 prints.
pub(in super::super) struct AnswerPage {
    pub(in super::super) title: Sentence,
    pub(in super::super) lede: Vec<Sentence>,
    pub(in super::super) figures: Vec<Figure>,
    pub(in super::super) blocks: Vec<Block>,
    pub(in super::super) strip: Option<Chart>,
    pub(in super::super) caption: String,
    /// Sites that have no dot on the strip.
    pub(in super::super) absent: Vec<Sentence>,
}

/// Fills it.
pub(in super::super) fn build(scene: &Scene<'_>, axis: &Axis) -> AnswerPage {
    let mut blocks = vec![changes(scene), lost(scene)];
    blocks.extend(expectation(scene));
    blocks.extend(outlook(scene));
    blocks.extend(restated(scene));
    AnswerPage {
        title: headline(scene),
        lede: lede(scene),
        figures: figures(scene),
        blocks,
        strip: chart(scene, axis),
        caption: caption(scene),
        absent: absent(scene),
    }
}

fn chart(scene: &Scene<'_>, axis: &Axis) -> Option<Chart> {
    let field = &scene.headline()?.field;
    let draw = |frame| strip(scene, field, axis, frame);
    Some(Chart {
        wide: draw(Frame::Wide)?,
        narrow: draw(Frame::Narrow)?,
    })
}

fn caption(scene: &Scene<'_>) -> String {
    let Some(field) = scene.headline().map(|f| &f.field) else {
        return String::new();
    };
    let lang = scene.lang;
    let what = [
        (
            "metric",
            Arg::text(capital(&lang.metric(field.scope.metric))),
        ),
        ("page", Arg::text(lang.page(&field.scope.page))),
    ];
    match scene.one_night() {
        true => text!(lang, "answer-caption-night", ..what),
        false => text!(lang, "answer-caption", ..what),
    }
}

fn absent(scene: &Scene<'_>) -> Vec<Sentence> {
    let Some(page) = scene.headline() else {
        return Vec::new();
    };
    let standings = &page.field.standings;
    let gone = standings.iter().filter(|s| s.summary.median.is_none());
    if gone.clone().count() == standings.len() {
        return Vec::new();
    }
    // Sites that are missing for the same reason are named together.
    let mut reasons: Vec<(String, Vec<String>)> = Vec::new();
    for s in gone {
        let why = scene.lang.unmeasured(s.summary.counts);
        let site = scene.name(&s.target);
        match reasons.iter_mut().find(|(known, _)| *known == why) {
            Some((_, sites)) => sites.push(site),
            None => reasons.push((why, vec![site])),
        }
    }
    let absent = reasons.into_iter().map(|(why, sites)| {
        say!(
            scene.lang,
            "answer-absent",
            sites = said(scene.lang.names(&sites)),
            why = text(why)
        )
    });
    absent.collect()
}
