//! What a report rests on, as the archive notes it: its nights one by one, what lies behind them,
//! the settings and the headline's figures.
//!
//! Gathered from the database and from the input that the page is made of; [`super::restate`]
//! compares.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::archive::{Behind, Entry, Night};
use super::gather::{Gathered, midnight};
use super::restate::{Basis, hash, of_rows, short};
use crate::analysis::Counts;
use crate::config::{self, Config};
use crate::model::{Metric, RunRow, RunState, VisitRow};
use crate::report::{PeriodKind, ReportInput};
use crate::store::{BriefVisit, RowHash, Store, VisitFilter};

/// What an input rests on; `flags` are those that make another page of the same data.
///
/// # Errors
/// When the database cannot be read.
pub fn of(
    gathered: &Gathered,
    (config, store, zone): (&Config, &Store, &TimeZone),
    flags: String,
) -> anyhow::Result<Basis> {
    let input = &gathered.input;
    let ground = Ground {
        input,
        store,
        zone,
        runs: &gathered.runs,
    };
    let rows = ground.rows(&gathered.hashes);
    let mut behind = ground.behind(&gathered.year)?;
    if flags.contains("--target") {
        // Releases are of our own site.
        behind.releases.clear();
    }
    let sites = input.more.reliability.iter();
    let settings = config::told_hashes(config).into_iter();
    let entry = Entry {
        data: input.data_hash.clone(),
        config: input.config_hash.clone(),
        until: input.data_until.to_string(),
        visits: counted(input.visits),
        sites: sites
            .map(|s| (s.target.clone(), counted(s.counts)))
            .collect(),
        flags,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        page: String::new(),
        last: input.runs.iter().map(|r| r.started_at).max(),
        nights: ground.nights(&rows),
        behind,
        settings: settings
            .map(|(part, hash)| (part.to_owned(), hash[..12].to_owned()))
            .collect(),
        figures: figures(input),
    };
    Ok(Basis {
        entry,
        rows,
        targets: config.targets.iter().map(|t| t.id.clone()).collect(),
    })
}

fn counted(c: Counts) -> [u32; 4] {
    [c.valid, c.failed, c.blocked, c.missed]
}

/// Medians and places: whole milliseconds, so that another order of adding up is no other figure.
fn figures(input: &ReportInput) -> BTreeMap<String, String> {
    let fields = input.fields.iter().map(|f| &f.field);
    let all = fields.flat_map(|field| {
        field.standings.iter().map(|s| {
            let median = s.summary.median.map_or(0.0, f64::round);
            let places = match &s.rank {
                Ok(range) => format!("{}-{}", range.lo, range.hi),
                Err(_) => "-".to_owned(),
            };
            let key = format!("{} {}", field.scope.page, s.target);
            (key, format!("{median} {places}"))
        })
    });
    all.collect()
}

struct Ground<'a> {
    input: &'a ReportInput,
    store: &'a Store,
    zone: &'a TimeZone,
    runs: &'a [RunRow],
}

impl Ground<'_> {
    fn between(&self, since: Date, until: Date) -> anyhow::Result<VisitFilter> {
        Ok(VisitFilter {
            since: Some(midnight(since, self.zone)?),
            until: Some(midnight(until, self.zone)?),
            run: None,
        })
    }

    /// The visits of each night of the period.
    fn rows(&self, hashes: &[RowHash]) -> BTreeMap<Date, Vec<RowHash>> {
        let date = |r: &RunRow| (r.id, self.zone.to_datetime(r.started_at).date());
        let nights: BTreeMap<i64, Date> = self.runs.iter().map(date).collect();
        let mut rows: BTreeMap<Date, Vec<RowHash>> = BTreeMap::new();
        for row in hashes {
            // A run that began since its list was read is told by the next report.
            if let Some(night) = nights.get(&row.run) {
                rows.entry(*night).or_default().push(row.clone());
            }
        }
        rows
    }

    fn nights(&self, rows: &BTreeMap<Date, Vec<RowHash>>) -> BTreeMap<Date, Night> {
        let runs: BTreeMap<i64, &RunRow> = self.runs.iter().map(|r| (r.id, r)).collect();
        let night = |(date, rows): (&Date, &Vec<RowHash>)| {
            let of_night = |id: i64| Some((id, run_hash(runs.get(&id)?)));
            let mut sites = BTreeMap::new();
            for site in &self.input.more.reliability {
                let of_date = site.nights.iter().find(|(d, _)| d == date);
                sites.extend(of_date.map(|(_, c)| (site.target.clone(), counted(*c))));
            }
            let night = Night {
                hash: of_rows(rows.iter()),
                ids: ranges(rows.iter().map(|r| r.visit)),
                runs: rows.iter().filter_map(|r| of_night(r.run)).collect(),
                sites,
            };
            (*date, night)
        };
        rows.iter().map(night).collect()
    }

    /// What lies behind: of the last two months (or the stretch before) every visit, since changes
    /// and the choice of the benchmark rest on them; of the year before, the headline's.
    fn behind(&self, headline: &[VisitRow]) -> anyhow::Result<Behind> {
        let Some(scope) = self.input.fields.first().map(|f| &f.field.scope) else {
            return Ok(Behind::default());
        };
        let since = self.input.period.since;
        // By the period alone: whether there is one before depends on settings as well.
        let near = match self.input.period.kind {
            PeriodKind::Month => since.saturating_sub(2.months()),
            PeriodKind::Span => since.checked_sub(since.until(self.input.period.until)?)?,
            PeriodKind::Night => since,
        };
        let year = since.first_of_month().saturating_sub(12.months());
        let mut months: BTreeMap<Date, String> = BTreeMap::new();
        add(headline.iter().filter(|r| r.night < near), &mut months);
        let month = |r: &RunRow| (r.id, self.zone.to_datetime(r.started_at).date());
        let runs: BTreeMap<i64, Date> = self.runs.iter().map(month).collect();
        let filter = self.between(near, since)?;
        self.store.brief_visits(&filter, Metric::Lcp, |o| {
            // A run that began since its list was read is told by the next report.
            if let Some(night) = runs.get(&o.run) {
                note(o, months.entry(night.first_of_month()).or_default());
            }
        })?;
        let hashed = months
            .into_iter()
            .map(|(m, text)| (m, short(text.as_bytes())));
        Ok(Behind {
            scope: format!(
                "{} {} {}",
                scope.page,
                scope.profile,
                scope.regions.join(" ")
            ),
            months: hashed.collect(),
            releases: self.releases(year)?,
        })
    }

    fn releases(&self, since: Date) -> anyhow::Result<Vec<(jiff::Timestamp, String)>> {
        let until = self.input.period.until;
        let told = |at: jiff::Timestamp| {
            let date = self.zone.to_datetime(at).date();
            date >= since && date < until
        };
        let releases = self.store.releases()?.into_iter();
        let noted = releases.filter(|r| told(r.at)).map(|r| {
            let note = r.note.unwrap_or_default();
            let text = hash(format!("{}\n{note}", r.version).as_bytes());
            (r.at, text[..12].to_owned())
        });
        Ok(noted.collect())
    }
}

/// What a page tells of a run; nothing while it may go on.
fn run_hash(run: &RunRow) -> Option<String> {
    if run.state == RunState::Unfinished {
        return None;
    }
    let told = serde_json::json!([
        run.started_at,
        run.finished_at,
        run.seed,
        run.rounds,
        run.planned,
        run.host.browsers,
        run.host.switches,
    ]);
    Some(hash(told.to_string().as_bytes())[..12].to_owned())
}

/// What is looked back on of visits, as text by month; warm-up counts nowhere.
fn add<'r>(rows: impl Iterator<Item = &'r VisitRow>, months: &mut BTreeMap<Date, String>) {
    for row in rows.filter(|r| !r.warm_up) {
        let visit = BriefVisit {
            visit: row.id,
            run: row.run,
            place: [&row.target, &row.page, &row.region, &row.profile],
            state: row.state.name(),
            value: row.value(Metric::Lcp),
            environment: row.environment.as_deref().unwrap_or_default(),
        };
        let text = months.entry(row.night.first_of_month()).or_default();
        note(&visit, text);
    }
}

fn note(o: &BriefVisit<'_>, text: &mut String) {
    let [target, page, region, profile] = o.place;
    let (value, state) = (o.value.unwrap_or(-1.0), o.state);
    let _ = writeln!(
        text,
        "{} {target} {page} {region} {profile} {state} {value} {}",
        o.visit, o.environment
    );
}

/// Ids in order, as ranges with both ends in them.
fn ranges(ids: impl Iterator<Item = i64>) -> Vec<(i64, i64)> {
    let mut ranges: Vec<(i64, i64)> = Vec::new();
    for id in ids {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == id => *last = id,
            _ => ranges.push((id, id)),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_noted_as_ranges() {
        let of = |ids: &[i64]| ranges(ids.iter().copied());
        assert_eq!(of(&[]), []);
        assert_eq!(of(&[4]), [(4, 4)]);
        assert_eq!(of(&[1, 2, 3, 7, 9, 10]), [(1, 3), (7, 7), (9, 10)]);
    }
}
