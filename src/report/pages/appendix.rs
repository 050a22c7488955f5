//! The appendix: every target x page x region x profile with its counts, and how to get it again.

use crate::analysis::types::Counts;
use crate::model::{Metric, RunRow};

use super::super::grid::Grid;
use super::super::input::AppendixRow;
use super::super::language::{Between, Dated, Language, Sentence, say, text};
use super::super::more::Audience;
use super::super::scene::{Scene, Who};
use super::super::sentences::cause_words;
use super::super::text::{capital, clean};
use super::again::{self, Again};
use super::ledger;

/// What the appendix prints.
pub(in super::super) struct AppendixPage {
    pub(in super::super) subtitle: String,
    pub(in super::super) tables: Vec<Table>,
    /// The figures of the pages before, with their n.
    pub(in super::super) grids: Vec<Grid>,
    /// Fixed figures that the pages name.
    pub(in super::super) fixed: String,
    pub(in super::super) runs: Vec<RunLine>,
    /// Each under its heading.
    pub(in super::super) switches: Vec<(Sentence, String)>,
    /// How to get each figure again.
    pub(in super::super) again: Vec<Again>,
    pub(in super::super) data_hash: String,
    pub(in super::super) config_hash: String,
}

/// A table of one metric.
pub(in super::super) struct Table {
    pub(in super::super) metric: String,
    pub(in super::super) sites: Vec<Site>,
}

/// A site's rows.
pub(in super::super) struct Site {
    pub(in super::super) name: String,
    pub(in super::super) class: &'static str,
    pub(in super::super) rows: Vec<Row>,
}

/// A row of the table.
pub(in super::super) struct Row {
    pub(in super::super) page: String,
    pub(in super::super) seen: String,
    pub(in super::super) counts: Counts,
    pub(in super::super) median: String,
    pub(in super::super) interval: String,
    pub(in super::super) p75: String,
    pub(in super::super) p95: String,
    pub(in super::super) causes: String,
}

/// A run.
pub(in super::super) struct RunLine {
    pub(in super::super) id: i64,
    pub(in super::super) started: String,
    pub(in super::super) state: String,
    pub(in super::super) seed: String,
    pub(in super::super) visits: String,
}

/// Fills it.
pub(in super::super) fn build(scene: &Scene<'_>) -> AppendixPage {
    let (lang, input) = (scene.lang, scene.input);
    let until = lang.date(input.data_until, Dated::Whole);
    AppendixPage {
        subtitle: text!(lang, "appendix-subtitle", night = text(until)),
        tables: tables(scene),
        grids: ledger::grids(scene),
        fixed: ledger::fixed(scene),
        runs: match input.more.audience {
            Audience::Marketing => Vec::new(),
            _ => input.runs.iter().map(|r| run(lang, r)).collect(),
        },
        switches: match input.more.audience {
            Audience::Marketing => Vec::new(),
            _ => switches(scene),
        },
        again: again::all(scene),
        data_hash: text!(lang, "hash-data", hash = text(clean(&input.data_hash))),
        config_hash: text!(lang, "hash-config", hash = text(clean(&input.config_hash))),
    }
}

/// One table a metric and one group a site, in the order in which they first come.
fn tables(scene: &Scene<'_>) -> Vec<Table> {
    let mut tables: Vec<(Metric, Table)> = Vec::new();
    let mut last: Option<(Metric, &str)> = None;
    for row in &scene.input.appendix {
        let (metric, target) = (row.series.metric, row.series.target.as_str());
        let i = match tables.iter().position(|(m, _)| *m == metric) {
            Some(i) => i,
            None => {
                let words = capital(&scene.lang.metric(metric));
                tables.push((
                    metric,
                    Table {
                        metric: words,
                        sites: Vec::new(),
                    },
                ));
                tables.len() - 1
            }
        };
        let sites = &mut tables[i].1.sites;
        if last != Some((metric, target)) {
            sites.push(site(scene, target));
        }
        last = Some((metric, target));
        if let Some(site) = sites.last_mut() {
            site.rows.push(line(scene, row));
        }
    }
    tables.into_iter().map(|(_, table)| table).collect()
}

fn site(scene: &Scene<'_>, target: &str) -> Site {
    let best = scene.headline().map(|f| scene.who(&f.field, target));
    let market = scene.market(target);
    Site {
        name: match market.as_str() {
            "" => scene.name(target),
            _ => format!("{}, {market}", scene.name(target)),
        },
        class: best.unwrap_or(Who::Other).class(),
        rows: Vec::new(),
    }
}

fn line(scene: &Scene<'_>, row: &AppendixRow) -> Row {
    let (lang, series, s) = (scene.lang, &row.series, &row.summary);
    let shown = |v: Option<f64>| v.map_or_else(|| "–".to_owned(), |v| lang.value(series.metric, v));
    let causes: Vec<String> = row
        .causes
        .iter()
        .map(|(reason, n)| {
            let why = cause_words(scene.lang, reason);
            text!(lang, "appendix-cause", n = number(*n), why = text(why))
        })
        .collect();
    Row {
        page: clean(&series.page),
        seen: format!(
            "{}, {}",
            scene.region(&series.region),
            clean(&series.profile)
        ),
        counts: s.counts,
        median: shown(s.median),
        interval: s.interval95.map_or_else(
            || "–".to_owned(),
            |i| lang.between(series.metric, i, Between::Dash),
        ),
        p75: shown(s.p75),
        p95: shown(s.p95),
        causes: lang.list(&causes),
    }
}

fn run(lang: &Language, r: &RunRow) -> RunLine {
    RunLine {
        id: r.id,
        started: r.started_at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        state: text!(lang, "run-state", state = key(r.state.name())),
        seed: format!("{:x}", r.seed),
        visits: text!(
            lang,
            "n-of",
            n = number(r.ok + r.failed + r.blocked),
            of = number(r.planned)
        ),
    }
}

/// Switches of the browser, once each, with the regions in which they were given.
fn switches(scene: &Scene<'_>) -> Vec<(Sentence, String)> {
    let mut by_argv: Vec<(Vec<String>, String)> = Vec::new();
    for run in &scene.input.runs {
        for (region, argv) in &run.host.switches {
            let (region, argv) = (scene.region(region), clean_lines(&argv.join(" ")));
            match by_argv.iter_mut().find(|(_, known)| *known == argv) {
                Some((regions, _)) if regions.contains(&region) => {}
                Some((regions, _)) => regions.push(region),
                None => by_argv.push((vec![region], argv)),
            }
        }
    }
    by_argv
        .into_iter()
        .map(|(regions, argv)| {
            let regions = scene.lang.list(&regions);
            let head = say!(scene.lang, "appendix-switches", regions = name(regions));
            (head, argv)
        })
        .collect()
}

fn clean_lines(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
