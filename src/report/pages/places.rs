//! Pages 8 and 9: regions and devices, and reliability.

use crate::analysis::types::{Counts, Field};
use crate::model::Metric;

use super::super::charts::{Chart, Frame, nights};
use super::super::grid::Grid;
use super::super::input::AppendixRow;
use super::super::language::{Between, Language, say, text};
use super::super::more::{Place, Quartiles, Reliability};
use super::super::scene::{Scene, Who};
use super::super::sentences::{
    Sentence, availability, bad_nights, own_market_notes, place_words, places_title,
    relation_words, reliability_notes, reliability_title,
};
use super::super::text::{capital, clean, glue};
use super::plate::Plate;

/// Shades of the heat table, lightest first.
const SHADES: [&str; 6] = ["n h0", "n h1", "n h2", "n h3", "n h4", "n h5"];

/// Lines of tables that a sheet holds beside title and notes.
const LINES: usize = 36;

/// Page 8.
pub(in super::super) fn regions(scene: &Scene<'_>) -> Plate {
    let mut plate = Plate::new(
        "places",
        scene.lang.word("places-link"),
        places_title(scene),
    );
    let places = &scene.input.more.places;
    let Some(page) = scene
        .headline()
        .filter(|_| places.iter().any(|p| p.median.is_some()))
    else {
        plate.subtitle = text!(scene.lang, "places-none");
        return plate;
    };
    let (metric, lang) = (page.field.scope.metric, scene.lang);
    plate.subtitle = glue(&text!(
        lang,
        "places-subtitle",
        metric = text(capital(&lang.metric(metric))),
        page = text(lang.page(&page.field.scope.page))
    ));
    let seen = |id: &str| {
        places
            .iter()
            .any(|p| p.profile == id && p.counts.attempted > 0)
    };
    for profile in scene.input.profiles.iter().filter(|p| seen(&p.id)) {
        let device = device(scene, &profile.id);
        let title = text!(
            lang,
            "places-as",
            page = text(capital(&lang.page(&page.field.scope.page))),
            device = text(device)
        );
        plate.grids.push(heat(scene, &profile.id, title));
    }
    if let Some(field) = &scene.input.more.own_market {
        plate.grids.push(at_home(scene, field));
    }
    plate.grids.extend(other_pages(scene, plate.grids.len()));
    plate.notes = own_market_notes(scene);
    plate.notes.extend(not_seen(scene));
    plate
}

fn device(scene: &Scene<'_>, id: &str) -> String {
    let profile = scene.input.profiles.iter().find(|p| p.id == id);
    profile.map_or_else(
        || clean(id),
        |p| {
            let device = scene.lang.device(&p.device);
            match clean(id) {
                id if id == device => device,
                id => format!("{id} ({device})"),
            }
        },
    )
}

fn shade(all: &[f64], v: f64) -> &'static str {
    let low = all.iter().copied().fold(f64::INFINITY, f64::min);
    let high = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if high - low < 1.0 {
        return SHADES[0];
    }
    let step = ((v - low) / (high - low) * 5.999).floor().clamp(0.0, 5.0);
    SHADES[step as usize]
}

fn heat(scene: &Scene<'_>, profile: &str, title: String) -> Grid {
    let regions = &scene.input.regions;
    let places = &scene.input.more.places;
    let all: Vec<f64> = places.iter().filter_map(|p| p.median).collect();
    let mut grid = Grid::new(title, scene.lang.word("site"), &heads(scene)).of_class("heat");
    let metric = scene.metric();
    for id in ids(scene) {
        let of = |region: &str| {
            places
                .iter()
                .find(|p| p.target == id && p.region == region && p.profile == profile)
        };
        let mut cells: Vec<(String, &'static str)> = regions
            .iter()
            .map(|r| match of(&r.id) {
                Some(Place {
                    median: Some(m), ..
                }) => (scene.lang.value(metric, *m), shade(&all, *m)),
                Some(p) if p.counts.blocked > 0 => (scene.lang.word("places-blocked"), "n none"),
                Some(p) if p.counts.attempted > 0 => (scene.lang.word("places-no-value"), "n none"),
                _ => ("–".to_owned(), "n none"),
            })
            .collect();
        let n: u32 = regions
            .iter()
            .filter_map(|r| of(&r.id))
            .map(|p| p.counts.valid)
            .sum();
        cells.push((scene.lang.thousands(n), "n"));
        let who = scene
            .headline()
            .map_or(Who::Other, |f| scene.who(&f.field, id));
        grid.classed(who, scene.name(id), cells);
    }
    grid
}

/// Heads of a heat table: from where, and how many visits.
fn heads(scene: &Scene<'_>) -> Vec<String> {
    let regions = scene.input.regions.iter();
    regions
        .map(|r| {
            text!(
                scene.lang,
                "places-from",
                region = text(scene.region(&r.id))
            )
        })
        .chain(["n".to_owned()])
        .collect()
}

fn ids<'a>(scene: &Scene<'a>) -> Vec<&'a str> {
    let field = scene.headline().map(|p| &p.field);
    field
        .into_iter()
        .flat_map(|f| &f.standings)
        .map(|s| s.target.as_str())
        .collect()
}

/// The other page kinds from every region, as many as there is room for on the sheet.
fn other_pages(scene: &Scene<'_>, before: usize) -> Vec<Grid> {
    let Some(page) = scene.headline() else {
        return Vec::new();
    };
    let scope = &page.field.scope;
    let room = (LINES / (ids(scene).len() + 4)).saturating_sub(before);
    let mut grids = Vec::new();
    let fields = scene.input.fields.iter().map(|f| &f.field);
    for field in fields.filter(|f| f.scope.page != scope.page).take(room) {
        let rows: Vec<&AppendixRow> = scene
            .input
            .appendix
            .iter()
            .filter(|r| r.series.page == field.scope.page && r.series.profile == scope.profile)
            .collect();
        let all: Vec<f64> = rows.iter().filter_map(|r| r.summary.median).collect();
        if all.is_empty() {
            continue;
        }
        grids.push(page_heat(scene, field, (&rows, &all)));
    }
    grids
}

fn page_heat(scene: &Scene<'_>, field: &Field, (rows, all): (&[&AppendixRow], &[f64])) -> Grid {
    let regions = &scene.input.regions;
    let title = capital(&scene.lang.page(&field.scope.page));
    let mut grid = Grid::new(title, scene.lang.word("site"), &heads(scene)).of_class("heat");
    for s in &field.standings {
        let of = |region: &str| {
            rows.iter()
                .find(|r| r.series.target == s.target && r.series.region == region)
        };
        let mut n = 0;
        let mut cells = Vec::new();
        for r in regions {
            let row = of(&r.id);
            n += row.map_or(0, |r| r.summary.n);
            let median = row.and_then(|r| r.summary.median);
            cells.push(median.map_or_else(
                || ("–".to_owned(), "n none"),
                |m| (scene.lang.value(field.scope.metric, m), shade(all, m)),
            ));
        }
        cells.push((scene.lang.thousands(n), "n"));
        grid.classed(scene.who(field, &s.target), scene.name(&s.target), cells);
    }
    grid
}

/// Availability of each site by page kind, over all regions and profiles.
fn by_page(scene: &Scene<'_>) -> Grid {
    let kinds: Vec<String> = scene
        .input
        .fields
        .iter()
        .map(|f| capital(&scene.lang.kind(&f.field.scope.page)))
        .take(6)
        .collect();
    let title = text!(scene.lang, "reliability-by-page");
    let mut grid = Grid::new(title, scene.lang.word("site"), &kinds).of_class("wide");
    for site in &scene.input.more.reliability {
        let cells = scene.input.fields.iter().take(6).map(|f| {
            let page = &f.field.scope.page;
            let rows = scene
                .input
                .appendix
                .iter()
                .filter(|r| r.series.target == site.target && r.series.page == *page);
            let sum = rows.fold(Counts::default(), |mut sum, r| {
                sum.valid += r.summary.counts.valid;
                sum.failed += r.summary.counts.failed;
                sum
            });
            availability(scene.lang, sum).map_or_else(
                || "–".to_owned(),
                |share| {
                    text!(
                        scene.lang,
                        "reliability-share",
                        share = text(share),
                        valid = text(sum.valid.to_string()),
                        of = text((sum.valid + sum.failed).to_string())
                    )
                },
            )
        });
        let who = scene
            .headline()
            .map_or(Who::Other, |f| scene.who(&f.field, &site.target));
        grid.row(who, scene.name(&site.target), cells.collect());
    }
    grid
}

/// Each site from the market where it is at home, which is another question.
fn at_home(scene: &Scene<'_>, field: &Field) -> Grid {
    let (metric, lang) = (field.scope.metric, scene.lang);
    let mut grid = Grid::new(
        text!(lang, "own-market-title"),
        lang.word("site"),
        &[
            lang.word("own-market-from"),
            lang.word("column-median"),
            lang.word("column-interval"),
            lang.word("own-market-against"),
            lang.word("column-place"),
            "n".to_owned(),
        ],
    )
    .of_class("home")
    .words_in(&[0]);
    for s in &field.standings {
        let from = field.scope.regions_of(&s.target);
        let from: Vec<String> = from.iter().map(|r| scene.region(r)).collect();
        let market = scene.market(&s.target);
        let seen = match from.as_slice() {
            [] => text!(lang, "own-market-no-region", market = text(market)),
            names => lang.list(names),
        };
        let median = match s.summary.median {
            Some(m) => lang.value(metric, m),
            None if from.is_empty() => "–".to_owned(),
            None => lang.unmeasured(s.summary.counts),
        };
        let who = scene.who(field, &s.target);
        let against = match who {
            Who::Own => lang.word("us"),
            _ => relation_words(lang, s),
        };
        grid.row(
            who,
            scene.name(&s.target),
            vec![
                seen,
                median,
                s.summary.interval95.map_or_else(
                    || "–".to_owned(),
                    |i| lang.between(metric, i, Between::Dash),
                ),
                if against.is_empty() {
                    "–".to_owned()
                } else {
                    against
                },
                place_words(lang, &s.rank),
                lang.thousands(s.summary.n),
            ],
        );
    }
    grid
}

/// Visits of the headline's page from a region that were asked for, and those not made.
pub(super) fn not_made(scene: &Scene<'_>, region: &str) -> (u32, u32) {
    let places = scene.input.more.places.iter();
    let here = places.filter(|p| p.region == region).map(|p| p.counts);
    here.fold((0, 0), |(tried, missed), c| {
        (tried + c.attempted, missed + c.missed)
    })
}

/// Regions that lost visits of every site.
fn not_seen(scene: &Scene<'_>) -> Vec<Sentence> {
    let mut notes = Vec::new();
    for r in &scene.input.regions {
        let (tried, missed) = not_made(scene, &r.id);
        if missed > 0 {
            notes.push(say!(
                scene.lang,
                "places-not-made",
                region = name(scene.region(&r.id)),
                missed = number(missed),
                tried = number(tried)
            ));
        }
    }
    if scene.is_lab() {
        notes.push(say!(scene.lang, "places-lab"));
    }
    notes
}

/// Page 9.
pub(in super::super) fn reliability(scene: &Scene<'_>) -> Plate {
    let mut plate = Plate::new(
        "reliability",
        scene.lang.word("reliability-link"),
        reliability_title(scene),
    );
    let (wide, narrow) = (nights(scene, Frame::Wide), nights(scene, Frame::Narrow));
    let (Some(wide), Some(narrow)) = (wide, narrow) else {
        plate.subtitle = text!(scene.lang, "reliability-none");
        return plate;
    };
    plate.subtitle = glue(&text!(scene.lang, "reliability-subtitle"));
    plate.chart = Some(Chart { wide, narrow });
    plate.notes = reliability_notes(scene);
    plate.grids = vec![losses(scene)];
    if scene.input.fields.len() > 1 {
        plate.grids.push(by_page(scene));
    }
    plate
}

fn losses(scene: &Scene<'_>) -> Grid {
    let lang = scene.lang;
    let heads = [
        lang.word("column-available"),
        lang.word("column-valid"),
        lang.word("column-failed"),
        lang.word("column-blocked"),
        lang.word("column-missed"),
        lang.word("column-tried"),
        lang.word("reliability-bad-nights"),
        lang.word("reliability-spread"),
    ];
    let mut grid = Grid::new("", lang.word("site"), &heads).of_class("losses");
    let metric = scene.metric();
    for s in &scene.input.more.reliability {
        let c = s.counts;
        let who = scene
            .headline()
            .map_or(Who::Other, |f| scene.who(&f.field, &s.target));
        let n = |v: u32| lang.thousands(v);
        grid.row(
            who,
            scene.name(&s.target),
            vec![
                availability(lang, c).unwrap_or_else(|| lang.word("unknown")),
                n(c.valid),
                n(c.failed),
                n(c.blocked),
                n(c.missed),
                n(c.attempted),
                failed_nights(lang, s),
                s.spread
                    .map_or_else(|| "–".to_owned(), |q| spread(lang, metric, q)),
            ],
        );
    }
    grid
}

/// `6 of 31`: nights of a site with failed visits.
pub(super) fn failed_nights(lang: &Language, site: &Reliability) -> String {
    text!(
        lang,
        "n-of",
        n = number(bad_nights(site)),
        of = number(site.nights.len())
    )
}

fn spread(lang: &Language, metric: Metric, q: Quartiles) -> String {
    let (lower, upper) = (lang.value(metric, q.lower), lang.value(metric, q.upper));
    match (lower.split_once(' '), upper.split_once(' ')) {
        (Some((a, u)), Some((_, v))) if u == v => format!("{a}–{upper}"),
        _ => format!("{lower}–{upper}"),
    }
}
