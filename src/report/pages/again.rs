//! How to get each figure again: commands, and queries on the documented views.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::analysis::Scope;
use crate::model::{ConsentState, Metric};

use super::super::input::ReportInput;
use super::super::language::text;
use super::super::more::Audience;
use super::super::scene::Scene;
use super::super::text::clean;

/// Characters of a line of a query, so that it fits on paper.
const LINE: usize = 78;
/// What a line of a query that goes on begins with.
const INDENT: &str = "       ";

/// A command or a query under its heading.
pub(in super::super) struct Again {
    /// What it gives.
    pub(in super::super) title: String,
    /// To be typed.
    pub(in super::super) text: String,
    /// How its rows become the figures; empty where that is plain.
    pub(in super::super) note: String,
}

impl Again {
    fn new(title: String, text: String) -> Again {
        Again {
            title,
            text,
            note: String::new(),
        }
    }

    fn with_note(mut self, note: String) -> Again {
        self.note = note;
        self
    }
}

/// All of them, in the order of the pages. Marketing is spared the queries of single pages.
pub(super) fn all(scene: &Scene<'_>) -> Vec<Again> {
    let (lang, input) = (scene.lang, scene.input);
    let commands = &input.commands;
    let mut all = vec![
        Again::new(lang.word("appendix-command"), plain(&commands.report)),
        Again::new(lang.word("again-standing"), plain(&commands.standing)),
    ];
    if input.more.own_market.is_some() {
        let title = lang.word("again-own-market");
        all.push(Again::new(title, plain(&commands.own_market)));
    }
    let rows = Again::new(lang.word("appendix-query"), rows(scene));
    all.push(rows.with_note(lang.word("appendix-quantiles")));
    if input.more.audience == Audience::Marketing {
        return all;
    }
    if let Some(page) = scene.headline() {
        if !input.more.months.is_empty() {
            let zone = clean(&input.project.timezone);
            let note = text!(lang, "again-year-note", zone = text(zone));
            let year = Again::new(lang.word("again-year"), year(input, &page.field.scope));
            all.push(year.with_note(note));
        }
        all.push(Again::new(lang.word("again-losses"), losses(input)));
        if let (Some(own), Some(best)) = (scene.own_id(), &page.field.benchmark)
            && !input.more.parts.is_empty()
        {
            let sites = [own, best.target.as_str()];
            let parts = parts(input, &page.field.scope, sites);
            all.push(Again::new(lang.word("again-parts"), parts));
        }
    }
    all
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// Each row's counts and values.
fn rows(scene: &Scene<'_>) -> String {
    let metric = scene.input.fields.first();
    let metric = metric.map_or(Metric::Lcp, |f| f.field.scope.metric).name();
    format!(
        "SELECT target, page, region, profile,\n\
         {INDENT}count(*) AS attempted, sum(state = 'ok') AS valid,\n\
         {INDENT}sum(state = 'failed') AS failed, sum(state = 'blocked') AS blocked,\n\
         {INDENT}sum(state = 'missed') AS missed,\n\
         {INDENT}group_concat(CASE WHEN state = 'ok' THEN {metric} END) AS {metric}_values\n\
         FROM visit\n\
         WHERE NOT warm_up{}\n\
         GROUP BY target, page, region, profile;",
        of_period(scene.input),
    )
}

/// The headline's values of every night of the year behind.
fn year(input: &ReportInput, scope: &Scope) -> String {
    let first = [
        input.more.months.first().map(|m| m.first),
        input.more.weeks.first().map(|w| w.first),
    ];
    let first = first.into_iter().flatten().min();
    let since = first.unwrap_or(input.period.since).min(input.period.since);
    let metric = scope.metric.name();
    format!(
        "SELECT target, run.started_at, sum(visit.state = 'ok') AS valid,\n\
         {INDENT}group_concat(CASE WHEN visit.state = 'ok' THEN {metric} END) AS {metric}_values\n\
         FROM visit JOIN run ON run.id = visit.run\n\
         WHERE NOT warm_up{}{}\n\
         GROUP BY target, run.id;",
        in_scope(scope),
        between("run.started_at", input, since),
    )
}

/// What became of each site's visits, run by run.
fn losses(input: &ReportInput) -> String {
    format!(
        "SELECT target, run, sum(state = 'ok') AS valid, sum(state = 'failed') AS failed,\n\
         {INDENT}sum(state = 'blocked') AS blocked, sum(state = 'missed') AS missed\n\
         FROM visit\n\
         WHERE NOT warm_up{}\n\
         GROUP BY target, run;",
        of_period(input),
    )
}

/// What explains the lead: the values of both sites, a row a visit.
fn parts(input: &ReportInput, scope: &Scope, sites: [&str; 2]) -> String {
    let columns = input.more.parts.iter().map(|p| p.metric.name().to_owned());
    let columns = std::iter::once("target".to_owned()).chain(columns);
    format!(
        "{}\nFROM visit\nWHERE NOT warm_up AND state = 'ok'\n  AND {}{}{}\nORDER BY target, id;",
        listed("SELECT ", columns, ""),
        among("target", &sites),
        in_scope(scope),
        of_period(input),
    )
}

fn in_scope(scope: &Scope) -> String {
    let regions: Vec<&str> = scope.regions.iter().map(String::as_str).collect();
    format!(
        "\n  AND page = {} AND profile = {}\n  AND {}",
        quoted(&scope.page),
        quoted(&scope.profile),
        among("region", &regions)
    )
}

/// The runs of the period, and the answers to consent banners that it counts.
fn of_period(input: &ReportInput) -> String {
    format!(
        "\n  AND run IN (SELECT id FROM run{}){}",
        between("started_at", input, input.period.since).replacen("\n  AND", "\n      WHERE", 1),
        consent(input)
    )
}

fn between(column: &str, input: &ReportInput, since: Date) -> String {
    let bound = |date: Date| {
        TimeZone::get(&input.project.timezone)
            .and_then(|tz| date.to_zoned(tz))
            .map_or_else(
                |_| format!("{date}T00:00:00Z"),
                |zoned| zoned.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            )
    };
    format!(
        "\n  AND {column} >= '{}' AND {column} < '{}'",
        bound(since),
        bound(input.period.until)
    )
}

/// Visits with another answer to consent banners than is given now are never mixed in; the
/// environment's name tells the answer.
fn consent(input: &ReportInput) -> String {
    if input.more.other_consent == 0 {
        return String::new();
    }
    let mut given = String::new();
    for target in &input.targets {
        let answer = target.consent.state.name();
        given.push_str(&format!(
            "\n      WHEN {} THEN '{answer}'",
            quoted(&target.id)
        ));
    }
    let [accepted, rejected, untouched] = [
        ConsentState::Accepted,
        ConsentState::Rejected,
        ConsentState::Untouched,
    ]
    .map(ConsentState::name);
    format!(
        "\n  AND (state <> 'ok' OR CASE WHEN environment LIKE '%-{accepted}' THEN '{accepted}'\n      \
         WHEN environment LIKE '%-{rejected}' THEN '{rejected}' ELSE '{untouched}' END\n      \
         = CASE target{given} END)"
    )
}

fn among(column: &str, values: &[&str]) -> String {
    let values = values.iter().map(|v| quoted(v));
    listed(&format!("{column} IN ("), values, ")")
}

fn quoted(value: &str) -> String {
    format!("'{}'", plain(value).replace('\'', "''"))
}

/// Items with commas between them, on as many lines as they need.
fn listed(begin: &str, items: impl Iterator<Item = String>, end: &str) -> String {
    let mut text = begin.to_owned();
    let mut column = text.chars().count();
    for (i, item) in items.enumerate() {
        let width = item.chars().count() + 2;
        if i > 0 {
            text.push(',');
            if column + width > LINE {
                text.push('\n');
                text.push_str(INDENT);
                column = INDENT.len();
            } else {
                text.push(' ');
            }
        }
        text.push_str(&item);
        column += width;
    }
    text + end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_leave_its_quotes_and_long_lists_are_broken() {
        assert_eq!(quoted("a'b\n"), "'a''b'");
        let many: Vec<String> = (0..40).map(|i| format!("region-{i}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let list = among("region", &many);
        assert!(list.lines().count() > 5, "{list}");
        assert!(list.lines().all(|l| l.len() <= LINE + 2), "{list}");
        assert!(list.starts_with("region IN ('region-0', ") && list.ends_with("'region-39')"));
    }
}
