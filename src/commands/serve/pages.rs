//! What the pages of `outpace serve` say, from the config and the database of the moment.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::Context;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::analysis::{self, Field};
use crate::cli::Global;
use crate::commands::failure::Failure;
use crate::commands::gather::{self, Span, View};
use crate::commands::{env, report as monthly, status, visit as visits, zone};
use crate::config::{self, Config};
use crate::model::{Role, RunRow, RunState, format};
use crate::report::Language;
use crate::report::browse::{self, Browse, Holds, Row, Table, Whose, Words};
use crate::store::{OpenMode, Store, StoreError};

/// Nights that one table shows.
const NIGHTS: usize = 62;

/// A config and the database that it names.
pub(super) struct Ground {
    pub(super) config: Config,
    pub(super) zone: TimeZone,
    pub(super) store: Store,
}

impl Ground {
    /// Both as they are now.
    pub(super) fn read(global: &Global) -> anyhow::Result<Ground> {
        let config = read(global)?;
        Ok(Ground {
            zone: zone(&config)?,
            store: Store::open(&config.project.database, OpenMode::ReadOnly)?,
            config,
        })
    }

    fn night(&self, run: &RunRow) -> Date {
        run.started_at.to_zoned(self.zone.clone()).date()
    }

    pub(super) fn region(&self, id: &str) -> String {
        let known = self.config.regions.iter().find(|r| r.id == id);
        known.map_or_else(|| id.to_owned(), |r| r.name.clone())
    }

    pub(super) fn name(&self, target: &str) -> String {
        let known = self.config.targets.iter().find(|t| t.id == target);
        known.map_or_else(|| target.to_owned(), |t| t.name.clone())
    }
}

fn read(global: &Global) -> anyhow::Result<Config> {
    let loaded = config::load(&global.config, &env, global.database.as_deref())?;
    Ok(loaded.config)
}

/// Where we stand, reports, nights, releases, and what is wrong.
pub(super) fn overview(global: &Global) -> anyhow::Result<String> {
    let ground = match Ground::read(global) {
        Err(error) if is_without_night(&error) => return beginning(global),
        other => other?,
    };
    let runs = ground.store.runs()?;
    if runs.is_empty() {
        return beginning(global);
    }
    let mut tables = vec![standing(&ground)?, reports(global, &ground, &runs)];
    tables.push(nights(&ground, &runs));
    tables.extend(releases(&ground)?);
    let alerts = ground.store.open_alerts()?;
    set(&Browse {
        kicker: kicker(&runs, &ground).into(),
        heading: ground.config.project.name.clone(),
        ledes: alerts
            .iter()
            .map(|a| format!("Open alert: {}", a.what))
            .collect(),
        tables,
        ..Browse::default()
    })
}

fn is_without_night(error: &anyhow::Error) -> bool {
    matches!(
        error.downcast_ref::<StoreError>(),
        Some(StoreError::NoDatabase { .. })
    )
}

/// The overview before the first night.
fn beginning(global: &Global) -> anyhow::Result<String> {
    set(&Browse {
        heading: read(global)?.project.name,
        ledes: vec!["No night was measured yet: outpace run measures one.".to_owned()],
        ..Browse::default()
    })
}

fn kicker(runs: &[RunRow], ground: &Ground) -> String {
    let nights: BTreeSet<Date> = runs.iter().map(|r| ground.night(r)).collect();
    let nights = format::count(nights.len() as u64, "night", "nights");
    let last = runs.first().map(|r| ground.night(r));
    last.map_or_else(String::new, |last| {
        format!("{nights}, the last on {}", last.strftime("%-d %B %Y"))
    })
}

/// Our first page kind, as `outpace status` has it.
fn standing(ground: &Ground) -> anyhow::Result<Table> {
    let Ground {
        config,
        zone,
        store,
    } = ground;
    let mut period = gather::period(&Span::default(), store, zone)?;
    let rows = gather::rows(config, &mut period, store, zone)?;
    let input = gather::input(config, &rows);
    let kind = gather::page_kinds(config).into_iter().next();
    let Some(kind) = kind else {
        return Ok(Table::default());
    };
    let scope = gather::scope_of(config, &kind, View::Home)?;
    let field = analysis::field(&input, &scope);
    let places = field.standings.iter().map(|s| {
        let cells = status::standing_row(config, &field, s);
        Row {
            whose: whose(config, &field, &s.target),
            cells: cells.into_iter().map(dashed).collect(),
        }
    });
    let note = match &field.not_ranked {
        Some(why) => format!("Not ranked yet: {}.", status::why_not(why)),
        None => "Places hold for all sites at once with 95 % confidence.".to_owned(),
    };
    Ok(Table {
        title: format!(
            "Where we stand: {} page, {}, {}",
            scope.page,
            scope.metric.label(),
            Language::english().period(&period)
        ),
        columns: vec![
            ("Site", Holds::Words),
            ("Median", Holds::Figures),
            ("Slow visit (p75)", Holds::Figures),
            ("Behind best", Holds::Figures),
            ("Against us", Holds::Words),
            ("Place", Holds::Figures),
            ("Valid visits", Holds::Figures),
        ],
        rows: places.collect(),
        note,
    })
}

fn dashed(cell: String) -> Words {
    match cell.as_str() {
        "-" => "–".into(),
        _ => cell.into(),
    }
}

fn whose(config: &Config, field: &Field, target: &str) -> Whose {
    let own = |t: &&crate::model::Target| t.role == Role::Own;
    let best = field.benchmark.as_ref().map(|b| b.target.as_str());
    if config.targets.iter().filter(own).any(|t| t.id == target) {
        Whose::Own
    } else if best == Some(target) {
        Whose::Best
    } else {
        Whose::Other
    }
}

/// Every month, made from the database when it is asked for, and the files that are kept of it.
fn reports(global: &Global, ground: &Ground, runs: &[RunRow]) -> Table {
    let mut months: BTreeMap<Date, BTreeSet<Date>> = BTreeMap::new();
    for run in runs {
        let night = ground.night(run);
        months
            .entry(night.first_of_month())
            .or_default()
            .insert(night);
    }
    let files = files(global).unwrap_or_default();
    let rows = months.into_iter().rev().map(|(month, nights)| {
        let stem = month.strftime("%Y-%m").to_string();
        let file = |end: &str, words: &str| {
            let name = format!("{stem}.{end}");
            match files.contains_key(&name) {
                true => Words::linked(words, format!("/kept/{name}")),
                false => "–".into(),
            }
        };
        Row::of(vec![
            Words::linked(
                month.strftime("%B %Y").to_string(),
                format!("/report/{stem}"),
            ),
            nights.len().to_string().into(),
            file("html", "page"),
            file("pdf", "PDF"),
        ])
    });
    Table {
        title: "Reports".to_owned(),
        columns: vec![
            ("Month", Holds::Words),
            ("Nights", Holds::Figures),
            ("Kept page", Holds::Figures),
            ("Kept PDF", Holds::Figures),
        ],
        rows: rows.collect(),
        note: "A month is made from the database as it is now. What is kept was written by \
               outpace report."
            .to_owned(),
    }
}

fn nights(ground: &Ground, runs: &[RunRow]) -> Table {
    let rows = runs.iter().take(NIGHTS).map(|run| {
        let state = match run.state {
            RunState::Unfinished => "not finished",
            RunState::Finished => "finished",
            RunState::Abandoned => "abandoned",
        };
        let mut cells: Vec<Words> = vec![
            Words::linked(
                ground.night(run).strftime("%Y-%m-%d").to_string(),
                format!("/run/{}", run.id),
            ),
            run.id.to_string().into(),
        ];
        let counts = [run.ok, run.failed, run.blocked, run.missed, run.planned];
        cells.extend(counts.map(|n| Words::from(n.to_string())));
        cells.push(state.into());
        Row::of(cells)
    });
    let more = runs.len().saturating_sub(NIGHTS);
    Table {
        title: "Nights".to_owned(),
        columns: vec![
            ("Night", Holds::Words),
            ("Run", Holds::Figures),
            ("Measured", Holds::Figures),
            ("Failed", Holds::Figures),
            ("Blocked", Holds::Figures),
            ("Not made", Holds::Figures),
            ("Planned", Holds::Figures),
            ("State", Holds::Words),
        ],
        rows: rows.collect(),
        note: match more {
            0 => String::new(),
            more => format!(
                "{} before these: outpace history lists them.",
                format::count(more as u64, "run", "runs")
            ),
        },
    }
}

fn releases(ground: &Ground) -> anyhow::Result<Option<Table>> {
    let mut releases = ground.store.releases()?;
    if releases.is_empty() {
        return Ok(None);
    }
    releases.reverse();
    let rows = releases.into_iter().map(|r| {
        let at = r.at.to_zoned(ground.zone.clone());
        Row::of(vec![
            r.version.into(),
            at.strftime("%Y-%m-%d %H:%M").to_string().into(),
            r.note.unwrap_or_default().into(),
        ])
    });
    Ok(Some(Table {
        title: "Releases".to_owned(),
        columns: vec![
            ("Version", Holds::Words),
            ("Live since", Holds::Words),
            ("Note", Holds::Words),
        ],
        rows: rows.collect(),
        note: String::new(),
    }))
}

/// The report of a month.
pub(super) fn report(global: &Global, month: &str) -> anyhow::Result<String> {
    monthly::page(global, &read(global)?, month)
}

/// One visit whole.
pub(super) fn visit(global: &Global, id: &str) -> anyhow::Result<String> {
    let ground = Ground::read(global)?;
    let row = match id.parse() {
        Ok(id) => ground.store.visit(id, &ground.zone)?,
        Err(_) => None,
    };
    let row = row.ok_or_else(|| Failure::CannotTell(format!("There is no visit {id}.")))?;
    visits::page(&ground.store, &ground.store.whole(row)?, &ground.zone)
}

/// A report that `outpace report` wrote.
pub(super) fn kept(global: &Global, name: &str) -> anyhow::Result<Vec<u8>> {
    let files = files(global)?;
    let path = files.get(name);
    let path = path.ok_or_else(|| Failure::CannotTell(format!("No report {name} is kept.")))?;
    std::fs::read(path).with_context(|| format!("could not read `{}`", path.display()))
}

/// The reports beside the config: what is not among them by its very name is not served.
fn files(global: &Global) -> anyhow::Result<BTreeMap<String, PathBuf>> {
    let folder = monthly::beside(global);
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => {
            return Err(error).with_context(|| format!("could not read `{}`", folder.display()));
        }
    };
    let mut found = BTreeMap::new();
    for entry in entries {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let is_report = name.starts_with(|c: char| c.is_ascii_digit())
            && (name.ends_with(".html") || name.ends_with(".pdf"));
        if is_report && entry.file_type()?.is_file() {
            found.insert(name, entry.path());
        }
    }
    Ok(found)
}

/// Why there is no such page.
pub(super) fn nothing(why: &str) -> anyhow::Result<String> {
    let mut letters = why.trim_end_matches('.').chars();
    let first = letters.next().map(char::to_uppercase);
    set(&Browse {
        kicker: Words::linked("Overview", "/"),
        heading: first.into_iter().flatten().chain(letters).collect(),
        ..Browse::default()
    })
}

pub(super) fn set(browse: &Browse) -> anyhow::Result<String> {
    browse::page(browse).context("could not set the page")
}
