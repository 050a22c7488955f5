//! Reading one metric of one scope over many months, and who has a piece of evidence.
//!
//! A year of nights is too much to hold with all its figures; the pages that look back need one
//! metric of one page kind. Walks the index by cell, so that the rest of the year is not touched.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rusqlite::params;

use super::{Store, StoreError, VisitFilter};
use crate::model::{Metric, Values, VisitRow, VisitState};

/// What is read back.
#[derive(Debug, Clone, Copy)]
pub struct ScopeFilter<'a> {
    /// Page kind.
    pub page: &'a str,
    /// Region ids.
    pub regions: &'a [String],
    /// Profile id.
    pub profile: &'a str,
    /// The only metric of the rows.
    pub metric: Metric,
    /// The run started at this time or later.
    pub since: Timestamp,
    /// The run started before this time.
    pub until: Timestamp,
}

/// What a visit came to in one metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BriefVisit<'a> {
    /// Id.
    pub visit: i64,
    /// Run.
    pub run: i64,
    /// Target, page kind, region and profile.
    pub place: [&'a str; 4],
    /// State, as it is stored.
    pub state: &'a str,
    /// The metric, where it has it.
    pub value: Option<f64>,
    /// Environment; empty without one.
    pub environment: &'a str,
}

impl Store {
    /// Visits of a scope with one metric, oldest first, warm-up left out. Their `started_at`,
    /// `duration_ms` and `flags` are left empty.
    ///
    /// # Errors
    /// What SQLite says, or [`StoreError::Content`].
    pub fn scope_visits(
        &self,
        scope: &ScopeFilter<'_>,
        zone: &TimeZone,
    ) -> Result<Vec<VisitRow>, StoreError> {
        let filter = VisitFilter {
            since: Some(scope.since),
            until: Some(scope.until),
            run: None,
        };
        let nights = self.nights(&filter, zone)?;
        let regions = serde_json::to_string(scope.regions)
            .map_err(|e| StoreError::content("regions of a scope", e))?;
        // CROSS JOIN keeps the order: cells first, by their index.
        let sql = format!(
            "SELECT v.id, v.run_id, v.round, c.target, c.region, v.state, v.reason, e.name, v.\"{}\"
             FROM cells AS c CROSS JOIN visits AS v ON v.cell_id = c.id
             CROSS JOIN runs AS r ON r.id = v.run_id
             LEFT JOIN environments AS e ON e.id = v.environment_id
             WHERE c.page = ?1 AND c.profile = ?2
               AND c.region IN (SELECT value FROM json_each(?3))
               AND v.state <> 'planned' AND v.round > 0
               AND r.started_ms >= ?4 AND r.started_ms < ?5",
            scope.metric
        );
        let mut statement = self.conn.prepare_cached(&sql).map_err(|e| self.error(e))?;
        let mut rows = statement
            .query(params![
                scope.page,
                scope.profile,
                regions,
                scope.since.as_millisecond(),
                scope.until.as_millisecond()
            ])
            .map_err(|e| self.error(e))?;
        let mut visits = Vec::new();
        while let Some(row) = rows.next().map_err(|e| self.error(e))? {
            let (state, mut visit) = visit(row, scope, &nights).map_err(|e| self.error(e))?;
            visit.state = state
                .parse()
                .map_err(|e| StoreError::content(format!("state of visit {}", visit.id), e))?;
            visits.push(visit);
        }
        visits.sort_by_key(|v| v.id);
        Ok(visits)
    }

    /// What each visit of some runs came to in one metric, in order of ids, warm-up left out.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn brief_visits(
        &self,
        filter: &VisitFilter,
        metric: Metric,
        mut take: impl FnMut(&BriefVisit<'_>),
    ) -> Result<(), StoreError> {
        let sql = format!(
            "SELECT v.id, v.run_id, c.target, c.page, c.region, c.profile, v.state, v.\"{metric}\", e.name
             FROM runs AS r JOIN visits AS v ON v.run_id = r.id
             JOIN cells AS c ON c.id = v.cell_id
             LEFT JOIN environments AS e ON e.id = v.environment_id
             WHERE {} AND v.state <> 'planned' AND v.round > 0 ORDER BY v.id",
            super::RUN_MATCHES
        );
        let mut read = || -> rusqlite::Result<()> {
            let mut statement = self.conn.prepare_cached(&sql)?;
            let mut rows = statement.query(filter.bounds())?;
            while let Some(row) = rows.next()? {
                let text = |i: usize| row.get_ref(i)?.as_str().map_err(rusqlite::Error::from);
                take(&BriefVisit {
                    visit: row.get(0)?,
                    run: row.get(1)?,
                    place: [text(2)?, text(3)?, text(4)?, text(5)?],
                    state: text(6)?,
                    value: row.get(7)?,
                    environment: row.get_ref(8)?.as_str_or_null()?.unwrap_or_default(),
                });
            }
            Ok(())
        };
        read().map_err(|e| self.error(e))
    }

    /// Ids of visits in some runs that have a kind of evidence.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn visits_with_evidence(
        &self,
        kind: &str,
        filter: &VisitFilter,
    ) -> Result<Vec<i64>, StoreError> {
        let sql = format!(
            "SELECT x.visit_id FROM runs AS r JOIN visits AS v ON v.run_id = r.id
             JOIN evidence AS x ON x.visit_id = v.id AND x.kind = ?4
             WHERE {} ORDER BY x.visit_id",
            super::RUN_MATCHES
        );
        let (since, until, run) = filter.bounds();
        self.conn
            .prepare_cached(&sql)
            .and_then(|mut s| {
                s.query_map(params![since, until, run, kind], |row| row.get(0))?
                    .collect()
            })
            .map_err(|e| self.error(e))
    }
}

/// A row as a visit, with the word of its state.
fn visit(
    row: &rusqlite::Row<'_>,
    scope: &ScopeFilter<'_>,
    nights: &HashMap<i64, Date>,
) -> rusqlite::Result<(String, VisitRow)> {
    let mut values = Values::default();
    values.set(scope.metric, row.get(8)?);
    let run: i64 = row.get(1)?;
    let visit = VisitRow {
        id: row.get(0)?,
        run,
        round: row.get(2)?,
        warm_up: false,
        target: row.get(3)?,
        page: scope.page.to_owned(),
        region: row.get(4)?,
        profile: scope.profile.to_owned(),
        night: nights.get(&run).copied().unwrap_or_default(),
        started_at: None,
        duration_ms: None,
        state: VisitState::Missed,
        reason: row.get(6)?,
        flags: Vec::new(),
        environment: row.get(7)?,
        values,
    };
    Ok((row.get(5)?, visit))
}
