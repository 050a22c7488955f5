//! The appendix's ledger: each figure of pages 1 to 11 once more, with the n that it rests on.

use crate::analysis::types::{Field, Interval};
use crate::model::Metric;
use crate::model::format::{thousands, value};

use super::super::grid::Grid;
use super::super::more::{MonthSite, Quartiles};
use super::super::scene::{Scene, Who};
use super::super::sentences::{availability, duration, part_words, place_words, signed, toward};
use super::super::text::{capital, clean, page_words, shorten};
use super::worth;

/// All tables of the ledger that have a row.
pub(super) fn grids(scene: &Scene<'_>) -> Vec<Grid> {
    let fields = scene.input.fields.iter().map(|f| {
        let page = page_words(&f.field.scope.page);
        field(
            scene,
            &f.field,
            format!("Where we stand and page by page: {page}"),
        )
    });
    let mut grids: Vec<Grid> = fields.collect();
    grids.extend(scene.input.more.own_market.iter().map(|f| {
        let page = page_words(&f.scope.page);
        field(
            scene,
            f,
            format!("Each site in its own home market: {page}"),
        )
    }));
    grids.extend([
        months(scene),
        places(scene),
        losses(scene),
        parts(scene),
        releases(scene),
    ]);
    grids.extend(worth::grid(scene));
    grids.retain(|g| !g.rows.is_empty());
    grids
}

/// Levels, lines and limits that sentences name and no visit made.
pub(super) fn fixed(scene: &Scene<'_>) -> String {
    let s = &scene.input.settings;
    format!(
        "Fixed figures: intervals 95 % and 80 %; people expect {}, leaders {}; worth the words \
         faster and slower from 5 % and 100 ms on; ranked with at most 20 % lost.",
        duration(s.expectation),
        duration(s.leaders)
    )
}

fn dash() -> String {
    "–".to_owned()
}

fn shown(metric: Metric, v: Option<f64>) -> String {
    v.map_or_else(dash, |v| value(metric, v))
}

fn both(metric: Metric, i: Option<Interval>) -> String {
    i.map_or_else(dash, |i| {
        format!("{} to {}", value(metric, i.lower), value(metric, i.upper)).replace('-', "−")
    })
}

/// Who stands where in a page kind, with the differences that the pages tell.
fn field(scene: &Scene<'_>, field: &Field, title: String) -> Grid {
    let metric = field.scope.metric;
    let heads = [
        "Median",
        "p75",
        "95 % interval",
        "To benchmark",
        "95 % interval",
        "Place",
        "n",
    ];
    let mut grid = Grid::new(title, "Site", &heads);
    for s in &field.standings {
        let gap = s.versus_best;
        grid.row(
            scene.who(field, &s.target),
            scene.name(&s.target),
            vec![
                shown(metric, s.summary.median),
                shown(metric, s.summary.p75),
                both(metric, s.summary.interval95),
                gap.map_or_else(dash, |c| signed(metric, c.difference)),
                gap.and_then(|c| Some(toward(c.relation, c.difference95?)))
                    .map_or_else(dash, |i| both(metric, Some(i))),
                place_words(scene.lang, &s.rank),
                thousands(s.summary.n.into()),
            ],
        );
    }
    let change = field
        .own_change
        .map(|c| ("Ours against the period before", c.difference, c.pairs));
    let gap = field
        .gap_change
        .map(|d| ("Our gap against the period before", d, 0));
    for (what, difference, nights) in change.into_iter().chain(gap) {
        let mut cells = vec![dash(); 7];
        cells[3] = signed(metric, difference);
        cells[6] = if nights > 0 {
            format!("{nights} nights")
        } else {
            dash()
        };
        grid.row(Who::Other, what, cells);
    }
    grid
}

/// Every month of every site: median and n. A row a month, since there are at most twelve of them
/// and names of sites need the room of a column's head.
fn months(scene: &Scene<'_>) -> Grid {
    let title = "Twelve months and rank over time: median and n by month";
    let metric = scene.metric();
    let Some(page) = scene.headline() else {
        return Grid::new::<&str>(title, "Month", &[]);
    };
    let standings = &page.field.standings;
    let names: Vec<String> = standings
        .iter()
        .map(|s| shorten(&scene.name(&s.target), 24))
        .collect();
    let heads: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut grid = Grid::new(title, "Month", &heads).of_class("months named");
    let of = |site: Option<&MonthSite>| match site.and_then(|s| Some((s.median?, s.counts.valid))) {
        Some((m, n)) => format!("{} · {n}", value(metric, m)),
        None => dash(),
    };
    for month in &scene.input.more.months {
        let cells = standings.iter().map(|s| of(month.sites.get(&s.target)));
        let name = month.first.strftime("%b %y").to_string();
        grid.row(Who::Other, name, cells.collect());
    }
    grid
}

/// The headline from each region and profile.
fn places(scene: &Scene<'_>) -> Grid {
    let mut grid = Grid::new(
        "Regions and devices: the headline from each",
        "Site",
        &["Seen from, as", "Median", "n", "Tried"],
    )
    .words_in(&[0]);
    for p in &scene.input.more.places {
        let who = scene
            .headline()
            .map_or(Who::Other, |f| scene.who(&f.field, &p.target));
        grid.row(
            who,
            scene.name(&p.target),
            vec![
                format!("{}, {}", scene.region(&p.region), clean(&p.profile)),
                shown(scene.metric(), p.median),
                thousands(p.counts.valid.into()),
                thousands(p.counts.attempted.into()),
            ],
        );
    }
    grid
}

fn losses(scene: &Scene<'_>) -> Grid {
    let heads = [
        "Available",
        "Valid",
        "Failed",
        "Blocked",
        "Not made",
        "Middle half",
    ];
    let mut grid = Grid::new("Reliability: what became of visits", "Site", &heads);
    let metric = scene.metric();
    for s in &scene.input.more.reliability {
        let c = s.counts;
        let who = scene
            .headline()
            .map_or(Who::Other, |f| scene.who(&f.field, &s.target));
        let half =
            |q: Quartiles| format!("{} to {}", value(metric, q.lower), value(metric, q.upper));
        grid.row(
            who,
            scene.name(&s.target),
            vec![
                availability(scene.lang, c).unwrap_or_else(dash),
                thousands(c.valid.into()),
                thousands(c.failed.into()),
                thousands(c.blocked.into()),
                thousands(c.missed.into()),
                s.spread.map_or_else(dash, half),
            ],
        );
    }
    for (page, site, c) in by_page(scene) {
        let mut cells = vec![dash(); 6];
        cells[0] = availability(scene.lang, c).unwrap_or_else(dash);
        cells[1] = thousands(c.valid.into());
        cells[2] = thousands(c.failed.into());
        grid.row(Who::Other, format!("{}, {page}", scene.name(&site)), cells);
    }
    grid
}

/// Valid and failed visits of each site by page kind, over all regions and profiles.
fn by_page(scene: &Scene<'_>) -> Vec<(String, String, crate::analysis::types::Counts)> {
    let mut all: Vec<(String, String, crate::analysis::types::Counts)> = Vec::new();
    for row in &scene.input.appendix {
        let (page, site) = (clean(&row.series.page), &row.series.target);
        let i = all.iter().position(|(p, s, _)| *p == page && s == site);
        let i = i.unwrap_or_else(|| {
            all.push((page.clone(), site.clone(), Default::default()));
            all.len() - 1
        });
        all[i].2.valid += row.summary.counts.valid;
        all[i].2.failed += row.summary.counts.failed;
    }
    all
}

fn parts(scene: &Scene<'_>) -> Grid {
    let mut grid = Grid::new(
        "Why they are where they are: parts",
        "Median",
        &["Ours", "n", "Benchmark", "n", "Difference"],
    );
    for p in &scene.input.more.parts {
        grid.row(
            Who::Other,
            capital(&part_words(scene.lang, p.metric)),
            vec![
                value(p.metric, p.own.0),
                thousands(p.own.1.into()),
                value(p.metric, p.best.0),
                thousands(p.best.1.into()),
                signed(p.metric, p.own.0 - p.best.0),
            ],
        );
    }
    grid
}

fn releases(scene: &Scene<'_>) -> Grid {
    let heads = [
        "Difference",
        "95 % interval",
        "Nights",
        "n before",
        "n after",
    ];
    let mut grid = Grid::new("What changed: releases", "Version", &heads);
    let metric = scene.metric();
    for r in &scene.input.more.releases {
        grid.row(
            Who::Other,
            shorten(&clean(&r.version), 24),
            vec![
                r.effect.map_or_else(dash, |c| signed(metric, c.difference)),
                both(metric, r.effect.and_then(|c| c.difference95)),
                r.effect.map_or_else(dash, |c| c.pairs.to_string()),
                thousands(r.visits.0.into()),
                thousands(r.visits.1.into()),
            ],
        );
    }
    grid
}
