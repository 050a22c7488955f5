//! Pages 10 and 11: why the benchmark is where it is, what changed, and what it may be worth.

use jiff::ToSpan;

use super::super::charts::{Chart, Frame, effects, pairs};
use super::super::grid::Grid;
use super::super::input::PeriodKind;
use super::super::language::{Dated, text};
use super::super::more::MonthSite;
use super::super::scene::{Scene, best_standing};
use super::super::sentences::{
    Block, changed_title, decisions, effect_sentence, parts_notes, parts_title,
};
use super::super::text::glue;
use super::plate::Plate;
use super::worth;

/// Page 10.
pub(in super::super) fn parts(scene: &Scene<'_>) -> Plate {
    let mut plate = Plate::new("parts", scene.lang.word("parts-link"), parts_title(scene));
    let best = scene.headline().and_then(|p| best_standing(&p.field));
    let Some(best) = best.filter(|_| !scene.input.more.parts.is_empty()) else {
        plate.subtitle = text!(scene.lang, "parts-none");
        return plate;
    };
    let page = scene
        .headline()
        .map_or_else(String::new, |p| scene.lang.page(&p.field.scope.page));
    plate.subtitle = glue(&text!(scene.lang, "parts-subtitle", page = text(page)));
    let name = scene.name(&best.target);
    let (wide, narrow) = (
        pairs(scene, &name, Frame::Wide),
        pairs(scene, &name, Frame::Narrow),
    );
    if let (Some(wide), Some(narrow)) = (wide, narrow) {
        plate.chart = Some(Chart { wide, narrow });
    }
    plate.blocks = vec![Block {
        title: text!(scene.lang, "parts-words"),
        sentences: parts_notes(scene),
    }];
    plate
}

/// Page 11.
pub(in super::super) fn changed(scene: &Scene<'_>) -> Plate {
    let mut plate = Plate::new(
        "changed",
        scene.lang.word("changed-link"),
        changed_title(scene),
    );
    let releases = scene.releases();
    plate.subtitle = if scene.is_external() {
        text!(scene.lang, "changed-outside")
    } else if releases.is_empty() {
        text!(scene.lang, "changed-none")
    } else {
        glue(&text!(scene.lang, "changed-subtitle"))
    };
    let (wide, narrow) = (effects(scene, Frame::Wide), effects(scene, Frame::Narrow));
    if let (Some(wide), Some(narrow)) = (wide, narrow) {
        plate.chart = Some(Chart { wide, narrow });
    }
    plate.grids.extend(moved(scene));
    let metric = scene.metric();
    if !releases.is_empty() {
        plate.blocks.push(Block {
            title: text!(scene.lang, "changed-releases"),
            sentences: releases
                .iter()
                .map(|r| effect_sentence(scene.lang, metric, r))
                .collect(),
        });
    }
    plate.blocks.extend(worth::block(scene));
    if !scene.is_external() {
        plate.blocks.push(Block {
            title: text!(scene.lang, "changed-decisions"),
            sentences: decisions(scene),
        });
    }
    plate
}

/// Every site in this month and the one before: what moved everybody is no release of ours.
fn moved(scene: &Scene<'_>) -> Option<Grid> {
    let page = scene.headline()?;
    let [.., before, now] = scene.input.more.months.as_slice() else {
        return None;
    };
    let period = &scene.input.period;
    let follows = before.first.saturating_add(1.month()) == now.first;
    if period.kind != PeriodKind::Month || now.first != period.since || !follows {
        return None;
    }
    let metric = scene.metric();
    let lang = scene.lang;
    let [last, this] = [before, now].map(|m| lang.date(m.first, Dated::Month));
    let visits = |month: &str| text!(lang, "moved-visits", month = text(month));
    let heads = [last.clone(), this.clone(), visits(&last), visits(&this)];
    let kind = lang.page(&page.field.scope.page);
    let title = text!(lang, "moved-title", page = text(kind));
    let mut grid = Grid::new(title, lang.word("site"), &heads);
    for s in &page.field.standings {
        let sites = [before, now].map(|m| m.sites.get(&s.target));
        let median = |site: Option<&MonthSite>| {
            let known = site.and_then(|s| s.median);
            known.map_or_else(|| "–".to_owned(), |m| lang.value(metric, m))
        };
        let visits = |site: Option<&MonthSite>| {
            site.map_or_else(|| "–".to_owned(), |s| lang.thousands(s.counts.valid))
        };
        let who = scene.who(&page.field, &s.target);
        let cells = sites.map(median).into_iter().chain(sites.map(visits));
        grid.row(who, scene.name(&s.target), cells.collect());
    }
    Some(grid)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::{Date, date};

    use super::super::super::fixtures::month;
    use super::super::super::more::Month;
    use super::*;
    use crate::analysis::types::{Counts, RankRange};

    fn of(first: Date, median: f64) -> Month {
        let site = MonthSite {
            counts: Counts {
                attempted: 61,
                valid: 60,
                failed: 1,
                ..Counts::default()
            },
            median: Some(median),
            rank: Ok(RankRange {
                lo: 1,
                hi: 1,
                of: 1,
            }),
        };
        Month {
            first,
            sites: BTreeMap::from([("own".to_owned(), site)]),
        }
    }

    #[test]
    fn two_months_side_by_side_only_where_one_follows_the_other() {
        let mut input = month();
        let table = |months: Vec<Month>| {
            input.more.months = months;
            moved(&Scene::new(&input)).map(|g| g.html())
        };
        let mut table = table;
        let (september, october) = (date(2026, 9, 1), date(2026, 10, 1));
        let html = table(vec![of(september, 3400.0), of(october, 3100.0)]).unwrap();
        for said in ["September", "October", "3.4\u{a0}s", "3.1\u{a0}s", ">60<"] {
            assert!(
                html.contains(said) || html.contains(&said.replace('\u{a0}', " ")),
                "{said}: {html}"
            );
        }
        assert_eq!(table(vec![of(october, 3100.0)]), None, "a month alone");
        let gap = vec![of(date(2026, 8, 1), 3400.0), of(october, 3100.0)];
        assert_eq!(table(gap), None, "August is not the month before");
        let old = vec![of(date(2026, 8, 1), 3400.0), of(september, 3100.0)];
        assert_eq!(table(old), None, "nothing of this month");
    }
}
