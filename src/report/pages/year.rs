//! Pages 5 to 7: twelve months, the order of the sites over time, and journeys.

use super::super::charts::{Axis, Chart, bump, panels};
use super::super::grid::Grid;
use super::super::language::{Dated, say, text};
use super::super::more::Month;
use super::super::scene::{Scene, Who};
use super::super::sentences::{rank_title, year_notes, year_title};
use super::super::text::{capital, glue};
use super::plate::Plate;

/// Page 5.
pub(in super::super) fn twelve_months(scene: &Scene<'_>, axis: &Axis) -> Plate {
    let mut plate = Plate::new("year", scene.lang.word("year-link"), year_title(scene));
    let more = &scene.input.more;
    let Some(page) = scene.headline() else {
        plate.subtitle = text!(scene.lang, "year-no-page");
        return plate;
    };
    if more.weeks.len() < 2 {
        plate.subtitle = text!(scene.lang, "year-too-short");
        return plate;
    }
    plate.subtitle = glue(&text!(
        scene.lang,
        "year-subtitle",
        metric = text(capital(&scene.lang.metric(page.field.scope.metric))),
        page = text(scene.lang.page(&page.field.scope.page))
    ));
    plate.chart = Some(Chart::both(|frame| panels(scene, axis, frame)));
    plate.notes = year_notes(scene);
    plate
}

/// Page 6.
pub(in super::super) fn rank(scene: &Scene<'_>) -> Plate {
    let mut plate = Plate::new("rank", scene.lang.word("rank-link"), rank_title(scene));
    let more = &scene.input.more;
    let wide = bump(scene, super::super::charts::Frame::Wide);
    let narrow = bump(scene, super::super::charts::Frame::Narrow);
    plate.subtitle = match wide {
        Some(_) => glue(&text!(scene.lang, "rank-subtitle")),
        None => text!(scene.lang, "rank-too-short"),
    };
    if let (Some(wide), Some(narrow)) = (wide, narrow) {
        plate.chart = Some(Chart { wide, narrow });
    }
    if more.months.len() > 1 {
        plate.grids = vec![table(scene, scene.lang.word("rank-places"), place)];
        // Of more sites they stand in the appendix alone.
        if scene
            .headline()
            .is_some_and(|p| p.field.standings.len() <= 8)
        {
            plate.grids.push(medians(scene));
        }
    }
    plate
}

fn seconds(scene: &Scene<'_>, v: f64) -> String {
    let value = scene.lang.value(scene.metric(), v);
    // What is so short that it is told in milliseconds stands under the same unit.
    match value.ends_with(" ms") {
        true => scene.lang.figure(&format!("{:.2}", v / 1000.0)),
        false => value.replace(" s", ""),
    }
}

/// Medians of sites by month.
pub(in super::super) fn medians(scene: &Scene<'_>) -> Grid {
    let unit = super::super::sentences::unit_note(scene.lang, scene.metric());
    let title = text!(scene.lang, "rank-medians", unit = text(unit));
    table(scene, title, |scene, month, id| {
        let site = month.sites.get(id)?;
        site.median.map(|m| seconds(scene, m))
    })
}

fn place(scene: &Scene<'_>, month: &Month, id: &str) -> Option<String> {
    let site = month.sites.get(id)?;
    Some(match &site.rank {
        Ok(r) if r.lo == r.hi => r.lo.to_string(),
        Ok(r) => format!("{}–{}", r.lo, r.hi),
        Err(why) => scene.lang.not_ranked_short(why),
    })
}

/// A table of sites by month.
fn table(
    scene: &Scene<'_>,
    title: String,
    cell: impl Fn(&Scene<'_>, &Month, &str) -> Option<String>,
) -> Grid {
    let months = &scene.input.more.months;
    let heads: Vec<String> = months
        .iter()
        .map(|m| scene.lang.date(m.first, Dated::MonthShort))
        .collect();
    let mut grid = Grid::new(title, scene.lang.word("site"), &heads).of_class("months");
    let field = scene.headline().map(|p| &p.field);
    let ids = field.into_iter().flat_map(|f| &f.standings);
    for s in ids {
        let who = field.map_or(Who::Other, |f| scene.who(f, &s.target));
        let cells = months
            .iter()
            .map(|m| cell(scene, m, &s.target).unwrap_or_else(|| "–".to_owned()))
            .collect();
        grid.row(who, scene.name(&s.target), cells);
    }
    grid
}

/// Page 7: one line, for as long as journeys are not measured.
pub(in super::super) fn journeys(scene: &Scene<'_>) -> Plate {
    let mut plate = Plate::new(
        "journeys",
        scene.lang.word("journeys-link"),
        say!(scene.lang, "journeys-title"),
    );
    plate.follows = true;
    plate.subtitle = text!(scene.lang, "journeys-subtitle");
    plate
}
