//! The appendix's counts of visits that the pages name: what was lost, what each region missed, on
//! how many visits the cells of the heat tables rest, and what an earlier report counted.

use super::super::grid::Grid;
use super::super::language::text;
use super::super::more::Reason;
use super::super::scene::{Scene, Who};
use super::super::sentences::{LOSERS_NAMED, losers};
use super::places;
use crate::analysis::types::Counts;

/// The tables, those without a row included.
pub(super) fn grids(scene: &Scene<'_>) -> [Grid; 4] {
    [lost(scene), regions(scene), seen(scene), restated(scene)]
}

/// Visits of each site that lost some, over the page kinds as page 1 counts them.
fn lost(scene: &Scene<'_>) -> Grid {
    let lang = scene.lang;
    let heads = [
        lang.word("column-tried"),
        lang.word("column-valid"),
        lang.word("column-failed"),
        lang.word("column-blocked"),
        lang.word("column-missed"),
        lang.word("column-lost"),
    ];
    let mut grid = Grid::new(lang.word("ledger-lost"), lang.word("site"), &heads);
    let losers = losers(scene);
    let mut row = |who: Who, name: String, c: &Counts| {
        let lost = c.attempted - c.valid;
        let counts = [c.attempted, c.valid, c.failed, c.blocked, c.missed, lost];
        let cells = counts.map(|n| lang.thousands(n)).to_vec();
        grid.row(who, name, cells);
    };
    for (id, counts) in &losers {
        let who = scene.headline().map(|p| scene.who(&p.field, id));
        row(who.unwrap_or(Who::Other), scene.name(id), counts);
    }
    if losers.len() > LOSERS_NAMED {
        let mut others = Counts::default();
        for (_, c) in &losers[LOSERS_NAMED..] {
            others.attempted += c.attempted;
            others.valid += c.valid;
            others.failed += c.failed;
            others.blocked += c.blocked;
            others.missed += c.missed;
        }
        row(Who::Other, lang.word("ledger-lost-others"), &others);
    }
    grid
}

/// Visits of the headline's page from each region, of all sites and profiles.
fn regions(scene: &Scene<'_>) -> Grid {
    let lang = scene.lang;
    let heads = [lang.word("column-tried"), lang.word("column-missed")];
    let (title, region) = (lang.word("ledger-regions"), lang.word("column-region"));
    let mut grid = Grid::new(title, region, &heads);
    for r in &scene.input.regions {
        let (tried, missed) = places::not_made(scene, &r.id);
        if tried > 0 {
            let cells = vec![lang.thousands(tried), lang.thousands(missed)];
            grid.row(Who::Other, scene.region(&r.id), cells);
        }
    }
    grid
}

/// On how many visits each row of each heat table rests.
fn seen(scene: &Scene<'_>) -> Grid {
    let lang = scene.lang;
    let plate = places::regions(scene);
    let heats: Vec<&Grid> = plate.grids.iter().filter(|g| g.class == "heat").collect();
    let heads: Vec<&str> = heats.iter().map(|g| g.title.as_str()).collect();
    let mut grid = Grid::new(lang.word("ledger-seen"), lang.word("site"), &heads);
    let Some(first) = heats.first() else {
        return grid;
    };
    for row in &first.rows {
        let n = heats.iter().map(|g| {
            let same = g.rows.iter().find(|r| r.name == row.name);
            let last = same.and_then(|r| r.cells.last());
            last.map_or_else(|| "–".to_owned(), |c| c.text.clone())
        });
        grid.row(row.who, row.name.clone(), n.collect());
    }
    grid
}

/// What earlier reports of the same nights counted, as the note on page 1 has it.
fn restated(scene: &Scene<'_>) -> Grid {
    let lang = scene.lang;
    let states = ["valid", "failed", "blocked", "missed"];
    let heads = states.map(|state| lang.word(&format!("column-{state}")));
    let mut grid = Grid::new(lang.word("ledger-restated"), lang.word("site"), &heads);
    let told = scene.input.more.restated.iter().flat_map(|r| &r.told);
    for reason in told.flat_map(|earlier| &earlier.reasons) {
        let Reason::Data { before, now, sites } = reason else {
            continue;
        };
        let all = (lang.word("ledger-all-sites"), before, now);
        let sites = sites.iter().map(|(id, a, b)| (scene.name(id), a, b));
        for (name, before, now) in std::iter::once(all).chain(sites) {
            for (when, counts) in [("then", before), ("now", now)] {
                let what = text!(
                    lang,
                    "ledger-counted",
                    site = text(name.clone()),
                    when = key(when)
                );
                let cells = counts.map(|n| lang.thousands(n)).to_vec();
                grid.row(Who::Other, what, cells);
            }
        }
    }
    grid
}
