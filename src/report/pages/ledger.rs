//! The appendix's ledger: each figure of pages 1 to 11 once more, with the n that it rests on.

use crate::analysis::types::{Comparison, Field, Interval, Relation};
use crate::model::Metric;

use super::super::grid::Grid;
use super::super::language::{Dated, Language, text};
use super::super::more::{MonthSite, Quartiles};
use super::super::scene::{Scene, Who};
use super::super::sentences::{
    availability, effect_words, part_words, place_words, toward, versions,
};
use super::super::text::{capital, clean, shorten};
use super::places::failed_nights;
use super::{counted, worth};

/// All tables of the ledger that have a row.
pub(super) fn grids(scene: &Scene<'_>) -> Vec<Grid> {
    let lang = scene.lang;
    let fields = scene.input.fields.iter().map(|f| {
        let page = lang.page(&f.field.scope.page);
        let title = text!(lang, "ledger-standing", page = text(page));
        field(scene, &f.field, title)
    });
    let mut grids: Vec<Grid> = fields.collect();
    grids.extend(scene.input.more.own_market.iter().map(|f| {
        let page = lang.page(&f.scope.page);
        let title = text!(lang, "ledger-own-market", page = text(page));
        field(scene, f, title)
    }));
    grids.extend([months(scene), ranks(scene), weeks(scene), places(scene)]);
    grids.extend(counted::grids(scene));
    grids.extend([losses(scene), parts(scene), releases(scene)]);
    grids.extend(worth::grid(scene));
    grids.retain(|g| !g.rows.is_empty());
    grids
}

/// Levels, lines and limits that sentences name and no visit made.
pub(super) fn fixed(scene: &Scene<'_>) -> String {
    let (lang, s) = (scene.lang, &scene.input.settings);
    let fixed = text!(
        lang,
        "ledger-fixed",
        expectation = text(lang.duration(s.expectation)),
        leaders = text(lang.duration(s.leaders))
    );
    match scene.input.more.simulated.now {
        0 => fixed,
        n => {
            let of = scene.input.visits.attempted;
            let simulated = text!(lang, "ledger-simulated", n = number(n), of = number(of));
            format!("{fixed} {simulated}")
        }
    }
}

fn dash() -> String {
    "–".to_owned()
}

fn n() -> String {
    "n".to_owned()
}

fn shown(lang: &Language, metric: Metric, v: Option<f64>) -> String {
    v.map_or_else(dash, |v| lang.value(metric, v))
}

fn both(lang: &Language, metric: Metric, i: Option<Interval>) -> String {
    i.map_or_else(dash, |i| ends(lang, metric, [i.lower, i.upper]))
}

/// Both ends with their units, so that a column of them reads the same in every row.
fn ends(lang: &Language, metric: Metric, ends: [f64; 2]) -> String {
    let [lower, upper] = lang.ends(metric, ends);
    text!(lang, "between", lower = text(lower), upper = text(upper))
}

/// Who stands where in a page kind, with the differences that the pages tell.
fn field(scene: &Scene<'_>, field: &Field, title: String) -> Grid {
    let (lang, metric) = (scene.lang, field.scope.metric);
    let heads = [
        lang.word("column-median"),
        "p75".to_owned(),
        lang.word("column-interval"),
        text!(
            lang,
            "column-to-best",
            best = key(Scene::best_key(Some(field)))
        ),
        lang.word("column-interval"),
        lang.word("column-pairs"),
        lang.word("column-place"),
        n(),
    ];
    let mut grid = Grid::new(title, lang.word("site"), &heads);
    for s in &field.standings {
        let gap = s.versus_best;
        grid.row(
            scene.who(field, &s.target),
            scene.name(&s.target),
            vec![
                shown(lang, metric, s.summary.median),
                shown(lang, metric, s.summary.p75),
                both(lang, metric, s.summary.interval95),
                gap.map_or_else(dash, |c| lang.signed(metric, c.difference)),
                gap.and_then(|c| Some(toward(c.relation, c.difference95?)))
                    .map_or_else(dash, |i| both(lang, metric, Some(i))),
                gap.map_or_else(dash, |c| lang.thousands(c.pairs)),
                place_words(lang, &s.rank),
                lang.thousands(s.summary.n),
            ],
        );
    }
    let changes = [
        (lang.word("ledger-own-change"), field.own_change),
        (lang.word("ledger-gap-change"), field.gap_change),
    ];
    for (what, change) in changes {
        let Some(c) = change else { continue };
        let mut cells = vec![dash(); 8];
        cells[3] = lang.signed(metric, c.difference);
        cells[4] = both(lang, metric, c.difference95);
        cells[5] = text!(lang, "ledger-nights", n = number(c.pairs));
        grid.row(Who::Other, what, cells);
    }
    grid
}

/// Every month of every site: median and n.
fn months(scene: &Scene<'_>) -> Grid {
    let (lang, metric) = (scene.lang, scene.metric());
    by_month(scene, lang.word("ledger-months"), |site| {
        let n = lang.thousands(site.counts.valid);
        Some(format!("{} · {n}", lang.value(metric, site.median?)))
    })
}

/// Every month of every site: its place.
fn ranks(scene: &Scene<'_>) -> Grid {
    by_month(scene, scene.lang.word("ledger-ranks"), |site| {
        Some(place_words(scene.lang, &site.rank))
    })
}

/// A row a month, since there are at most twelve of them and names of sites need the room of a
/// column's head.
fn by_month(scene: &Scene<'_>, title: String, cell: impl Fn(&MonthSite) -> Option<String>) -> Grid {
    let (lang, month) = (scene.lang, scene.lang.word("column-month"));
    let Some(page) = scene.headline() else {
        return Grid::new::<&str>(title, month, &[]);
    };
    let standings = &page.field.standings;
    let heads: Vec<String> = standings
        .iter()
        .map(|s| shorten(&scene.name(&s.target), 24))
        .collect();
    let mut grid = Grid::new(title, month, &heads).of_class("months named wide");
    let of = |site: Option<&MonthSite>| site.and_then(&cell).unwrap_or_else(dash);
    for month in &scene.input.more.months {
        let cells = standings.iter().map(|s| of(month.sites.get(&s.target)));
        let name = text!(
            lang,
            "ledger-month",
            month = text(lang.date(month.first, Dated::MonthShort)),
            year = text(month.first.strftime("%y").to_string())
        );
        grid.row(Who::Other, name, cells.collect());
    }
    grid
}

/// The ends of the lines of the year: first and last week of each site.
fn weeks(scene: &Scene<'_>) -> Grid {
    let (lang, metric) = (scene.lang, scene.metric());
    let heads = [
        lang.word("ledger-first-week"),
        n(),
        lang.word("ledger-last-week"),
        n(),
    ];
    let mut grid = Grid::new(lang.word("ledger-weeks"), lang.word("site"), &heads);
    let weeks = &scene.input.more.weeks;
    let standings = scene.headline().map(|p| &p.field);
    for (field, s) in standings
        .iter()
        .flat_map(|f| f.standings.iter().map(move |s| (f, s)))
    {
        let mut known = weeks.iter().filter_map(|w| w.sites.get(&s.target));
        let Some(first) = known.next() else { continue };
        let last = known.next_back().unwrap_or(first);
        let cells = [first, last]
            .into_iter()
            .flat_map(|q| [lang.value(metric, q.median), lang.thousands(q.n)]);
        let who = scene.who(field, &s.target);
        grid.row(who, scene.name(&s.target), cells.collect());
    }
    grid
}

/// The headline from each region and profile.
fn places(scene: &Scene<'_>) -> Grid {
    let lang = scene.lang;
    let heads = [
        lang.word("column-seen"),
        lang.word("column-median"),
        n(),
        lang.word("column-tried"),
    ];
    let mut grid = Grid::new(lang.word("ledger-places"), lang.word("site"), &heads).words_in(&[0]);
    for p in scene
        .input
        .more
        .places
        .iter()
        .filter(|p| p.counts.attempted > 0)
    {
        let who = scene
            .headline()
            .map_or(Who::Other, |f| scene.who(&f.field, &p.target));
        grid.row(
            who,
            scene.name(&p.target),
            vec![
                format!("{}, {}", scene.region(&p.region), clean(&p.profile)),
                shown(lang, scene.metric(), p.median),
                lang.thousands(p.counts.valid),
                lang.thousands(p.counts.attempted),
            ],
        );
    }
    grid
}

fn losses(scene: &Scene<'_>) -> Grid {
    let (lang, metric) = (scene.lang, scene.metric());
    let heads = [
        lang.word("column-available"),
        lang.word("column-valid"),
        lang.word("column-failed"),
        lang.word("column-blocked"),
        lang.word("column-missed"),
        lang.word("column-tried"),
        lang.word("reliability-bad-nights"),
        lang.word("column-middle-half"),
    ];
    let mut grid = Grid::new(lang.word("ledger-losses"), lang.word("site"), &heads);
    for s in &scene.input.more.reliability {
        let c = s.counts;
        let who = scene
            .headline()
            .map_or(Who::Other, |f| scene.who(&f.field, &s.target));
        let half = |q: Quartiles| ends(lang, metric, [q.lower, q.upper]);
        grid.row(
            who,
            scene.name(&s.target),
            vec![
                availability(lang, c).unwrap_or_else(dash),
                lang.thousands(c.valid),
                lang.thousands(c.failed),
                lang.thousands(c.blocked),
                lang.thousands(c.missed),
                lang.thousands(c.attempted),
                failed_nights(lang, s),
                s.spread.map_or_else(dash, half),
            ],
        );
    }
    for (page, site, c) in by_page(scene) {
        let mut cells = vec![dash(); 8];
        cells[0] = availability(lang, c).unwrap_or_else(dash);
        cells[1] = lang.thousands(c.valid);
        cells[2] = lang.thousands(c.failed);
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
    let lang = scene.lang;
    let heads = [
        lang.word("column-ours"),
        n(),
        lang.word("column-benchmark"),
        n(),
        lang.word("column-difference"),
    ];
    let mut grid = Grid::new(
        lang.word("ledger-parts"),
        lang.word("column-median"),
        &heads,
    );
    for p in &scene.input.more.parts {
        grid.row(
            Who::Other,
            capital(&part_words(lang, p.metric)),
            vec![
                lang.value(p.metric, p.own.0),
                lang.thousands(p.own.1),
                lang.value(p.metric, p.best.0),
                lang.thousands(p.best.1),
                lang.signed(p.metric, p.own.0 - p.best.0),
            ],
        );
    }
    grid
}

/// A difference whose interval is told toward its side: the side is in a word then.
fn moved(lang: &Language, metric: Metric, c: &Comparison) -> String {
    match c.relation {
        Relation::Faster | Relation::Slower => effect_words(lang, metric, c),
        Relation::Level | Relation::CannotTell => lang.signed(metric, c.difference),
    }
}

fn releases(scene: &Scene<'_>) -> Grid {
    let (lang, metric) = (scene.lang, scene.metric());
    let heads = [
        lang.word("column-difference"),
        lang.word("column-interval"),
        lang.word("column-nights"),
        lang.word("ledger-n-before"),
        lang.word("ledger-n-after"),
    ];
    let mut grid = Grid::new(
        lang.word("ledger-releases"),
        lang.word("ledger-version"),
        &heads,
    );
    for r in scene.releases() {
        let interval = r
            .change()
            .and_then(|c| Some(toward(c.relation, c.difference95?)));
        grid.row(
            Who::Other,
            versions(lang, &r.marked).to_string(),
            vec![
                r.change().map_or_else(dash, |c| moved(lang, metric, &c)),
                both(lang, metric, interval),
                r.change().map_or_else(dash, |c| c.pairs.to_string()),
                lang.thousands(r.visits.0),
                lang.thousands(r.visits.1),
            ],
        );
    }
    grid
}
