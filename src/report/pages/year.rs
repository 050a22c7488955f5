//! Pages 5 to 7: twelve months, the order of the sites over time, and journeys.

use crate::model::format::value;

use super::super::charts::{Axis, Chart, bump, panels};
use super::super::grid::Grid;
use super::super::more::Month;
use super::super::scene::{Scene, Who};
use super::super::sentences::{Sentence, not_ranked_short, rank_title, year_notes, year_title};
use super::super::text::{capital, glue, page_words};
use super::plate::Plate;

/// Page 5.
pub(in super::super) fn twelve_months(scene: &Scene<'_>, axis: &Axis) -> Plate {
    let mut plate = Plate::new("year", "Twelve months", year_title(scene));
    let more = &scene.input.more;
    let Some(page) = scene.headline() else {
        plate.subtitle = "No page kind has been visited.".to_owned();
        return plate;
    };
    if more.weeks.len() < 2 {
        plate.subtitle =
            "A line over time needs values of two weeks; there are none yet.".to_owned();
        return plate;
    }
    plate.subtitle = glue(&format!(
        "{}, {}: median by week, the band from the 25th to the 75th percentile. One scale for all sites; a gap is a week without values.",
        capital(page.field.scope.metric.label()),
        page_words(&page.field.scope.page),
    ));
    plate.chart = Some(Chart::both(|frame| panels(scene, axis, frame)));
    plate.notes = year_notes(scene);
    plate
}

/// Page 6.
pub(in super::super) fn rank(scene: &Scene<'_>) -> Plate {
    let mut plate = Plate::new("rank", "Rank over time", rank_title(scene));
    let more = &scene.input.more;
    let wide = bump(scene, super::super::charts::Frame::Wide);
    let narrow = bump(scene, super::super::charts::Frame::Narrow);
    plate.subtitle = match wide {
        Some(_) => glue(
            "Order by median, month by month. A full dot is a place of which the data are 95 % sure; a hollow one stands for the range in the table.",
        ),
        None => {
            "An order over time needs two months in which sites could be ranked (14 nights each)."
                .to_owned()
        }
    };
    if let (Some(wide), Some(narrow)) = (wide, narrow) {
        plate.chart = Some(Chart { wide, narrow });
    }
    if more.months.len() > 1 {
        plate.grids = vec![table(scene, "Places", |_, month, id| place(month, id))];
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
    value(scene.metric(), v).replace(" s", "")
}

/// Medians of sites by month.
pub(in super::super) fn medians(scene: &Scene<'_>) -> Grid {
    table(scene, "Medians", |scene, month, id| {
        let site = month.sites.get(id)?;
        site.median.map(|m| seconds(scene, m))
    })
}

fn place(month: &Month, id: &str) -> Option<String> {
    let site = month.sites.get(id)?;
    Some(match &site.rank {
        Ok(r) if r.lo == r.hi => r.lo.to_string(),
        Ok(r) => format!("{}–{}", r.lo, r.hi),
        Err(why) => not_ranked_short(why).to_owned(),
    })
}

/// A table of sites by month.
fn table(
    scene: &Scene<'_>,
    title: &str,
    cell: impl Fn(&Scene<'_>, &Month, &str) -> Option<String>,
) -> Grid {
    let months = &scene.input.more.months;
    let heads: Vec<String> = months
        .iter()
        .map(|m| m.first.strftime("%b").to_string())
        .collect();
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let title = match title {
        "Medians" => format!(
            "Medians, {}",
            super::super::sentences::unit_note(scene.lang, scene.metric())
        ),
        other => other.to_owned(),
    };
    let mut grid = Grid::new(title, "Site", &heads).of_class("months");
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
pub(in super::super) fn journeys() -> Plate {
    let mut plate = Plate::new(
        "journeys",
        "Journeys",
        Sentence::new("Journeys are not measured"),
    );
    plate.follows = true;
    plate.subtitle =
        "Every figure of this report is the load of one page; no visit walks on to a next step."
            .to_owned();
    plate
}
