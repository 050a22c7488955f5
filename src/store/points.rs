//! One metric of many visits, read as columns from an index that holds nothing else.
//!
//! The index is kept by SQLite, so that it can never disagree with the visits. It has main content
//! shown and server answer; other metrics are read from the table, which takes longer.

use std::collections::{BTreeMap, HashMap};

use jiff::tz::TimeZone;

use super::error::StoreError;
use super::open::Store;
use super::read::{RUN_MATCHES, VisitFilter};
use crate::model::{Metric, Point, PointPlace, Points, VisitState};

impl Store {
    /// One metric of the visits with an outcome, warm-up visits left out; a night is the date in
    /// `zone` on which the run started.
    ///
    /// # Errors
    /// What SQLite says, or [`StoreError::Content`].
    pub fn points(
        &self,
        filter: &VisitFilter,
        zone: &TimeZone,
        metric: Metric,
    ) -> Result<Points, StoreError> {
        let _snapshot = self
            .conn
            .unchecked_transaction()
            .map_err(|e| self.error(e))?;
        let nights = self.nights(filter, zone)?;
        let mut of_place: BTreeMap<PointPlace, usize> = BTreeMap::new();
        let mut of_cell: HashMap<i64, usize> = HashMap::new();
        for (cell, [target, page, region, profile]) in self.places()? {
            let next = of_place.len();
            let place = PointPlace {
                target,
                page,
                region,
                profile,
            };
            of_cell.insert(cell, *of_place.entry(place).or_insert(next));
        }
        let mut columns: Vec<Vec<Point>> = vec![Vec::new(); of_place.len()];
        let forced = match metric {
            Metric::Lcp | Metric::Ttfb => "INDEXED BY visits_main",
            _ => "",
        };
        let sql = format!(
            "SELECT v.run_id, v.cell_id, v.round, v.state, v.\"{metric}\"
             FROM runs AS r CROSS JOIN visits AS v {forced} ON v.run_id = r.id
             WHERE v.state <> 'planned' AND v.round > 0 AND {RUN_MATCHES}"
        );
        let mut statement = self.conn.prepare_cached(&sql).map_err(|e| self.error(e))?;
        let mut rows = statement
            .query(filter.bounds())
            .map_err(|e| self.error(e))?;
        while let Some(row) = rows.next().map_err(|e| self.error(e))? {
            let (place, point) = point(row, &of_cell, &nights).map_err(|e| self.error(e))?;
            columns[place].push(point);
        }
        let places = of_place
            .into_iter()
            .filter_map(|(place, at)| {
                let mut points = std::mem::take(&mut columns[at]);
                points.sort_by_key(|p| (p.night, p.run, p.round));
                (!points.is_empty()).then_some((place, points))
            })
            .collect();
        Ok(Points { metric, places })
    }
}

fn point(
    row: &rusqlite::Row<'_>,
    of_cell: &HashMap<i64, usize>,
    nights: &HashMap<i64, jiff::civil::Date>,
) -> rusqlite::Result<(usize, Point)> {
    let run = row.get(0)?;
    let state = match row.get_ref(3)?.as_str()? {
        "ok" => VisitState::Ok,
        "failed" => VisitState::Failed,
        "blocked" => VisitState::Blocked,
        _ => VisitState::Missed,
    };
    let value: Option<f64> = row.get(4)?;
    let point = Point {
        night: *super::read::lookup(nights, run),
        run,
        round: row.get(2)?,
        state,
        value: value.filter(|v| state == VisitState::Ok && v.is_finite()),
    };
    let cell: i64 = row.get(1)?;
    let place = of_cell
        .get(&cell)
        .copied()
        .expect("foreign keys hold and one snapshot was read");
    Ok((place, point))
}
