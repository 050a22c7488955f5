//! `targets.toml` read table by table: every value by itself, with its place where a later check
//! may have to point at it.
//!
//! What the values mean together (ids, roles, markets, page kinds) is checked by `resolve`.

use std::time::Duration;

use url::Url;

use super::alerts;
use super::budgets::{self, WrittenBudget};
use super::business;
use super::consent;
use super::courtesy;
use super::defaults;
use super::diagnostic::Diagnostic;
use super::evidence;
use super::instrument;
use super::keys;
use super::places::{self, WrittenRegion};
use super::profiles::{self, WrittenProfile};
use super::report;
use super::service::{self, WrittenService};
use super::suggest::quoted;
use super::tree::{Entry, Span, Value};
use super::values;
use super::walk::{At, Table, Walk};
use crate::model::{
    AlertSettings, Business, Consent, EvidenceSettings, Manners, Measure, Page, ReportSettings,
    Role,
};

/// Longest duration that anything but `distance` may have.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// The whole file. What is `None` had a problem, which has been noted.
pub(super) struct Written {
    pub(super) project: Option<WrittenProject>,
    pub(super) measure: Option<Measure>,
    /// No list at all is `None`.
    pub(super) targets: Option<Vec<WrittenTarget>>,
    pub(super) regions: Option<Vec<WrittenRegion>>,
    pub(super) profiles: Option<Vec<WrittenProfile>>,
    pub(super) distance: Option<At<Duration>>,
    pub(super) manners: Option<Manners>,
    pub(super) service: WrittenService,
    pub(super) report: Option<ReportSettings>,
    /// `Some(None)`: there is none.
    pub(super) business: Option<Option<Business>>,
    pub(super) budgets: Vec<WrittenBudget>,
    pub(super) alerts: Option<AlertSettings>,
    pub(super) evidence: Option<EvidenceSettings>,
    /// `Some(None)`: there is none.
    pub(super) control: Option<Option<Page>>,
}

/// `[project]`.
pub(super) struct WrittenProject {
    pub(super) name: Option<String>,
    pub(super) timezone: Option<String>,
    pub(super) home_market: Option<At<String>>,
    pub(super) reference: Option<At<String>>,
    pub(super) database: Option<String>,
    pub(super) contact: Option<Url>,
    /// `Some(None)` is none.
    pub(super) egress: Option<Option<Url>>,
}

/// `[[target]]`.
pub(super) struct WrittenTarget {
    pub(super) header: Span,
    pub(super) id: Option<At<String>>,
    pub(super) name: Option<String>,
    pub(super) role: Option<At<Role>>,
    pub(super) market: Option<At<String>>,
    pub(super) first_party: Option<Vec<String>>,
    /// `Some(None)`: robots.txt is obeyed.
    pub(super) robots_override: Option<Option<String>>,
    pub(super) consent: Option<At<Consent>>,
    pub(super) pages: Vec<WrittenPage>,
}

/// A line of `[target.pages]`.
pub(super) struct WrittenPage {
    pub(super) kind: At<String>,
    pub(super) url: Option<Url>,
    pub(super) expect: Option<String>,
}

/// Reads every table.
pub(super) fn read(walk: &mut Walk<'_>, root: &[Entry]) -> Written {
    let root = Table {
        keys: &keys::ROOT,
        entries: root,
        span: 0..0,
    };
    walk.known_keys(&root);
    let project = project(walk, &root);
    let (distance, manners) = courtesy::manners(walk, &root);
    Written {
        project,
        measure: instrument::measure(walk, &root),
        targets: walk
            .tables(&root, &keys::TARGET)
            .map(|all| all.iter().map(|t| target(walk, t)).collect()),
        regions: walk
            .tables(&root, &keys::REGION)
            .map(|all| all.iter().map(|t| places::region(walk, t)).collect()),
        profiles: profiles::read(walk, &root),
        distance,
        manners,
        service: service::read(walk, &root),
        report: report::read(walk, &root),
        business: business::read(walk, &root),
        budgets: budgets::read(walk, &root),
        alerts: alerts::read(walk, &root),
        evidence: evidence::read(walk, &root),
        control: instrument::control(walk, &root),
    }
}

fn project(walk: &mut Walk<'_>, root: &Table<'_>) -> Option<WrittenProject> {
    if root.get("project").is_none() {
        let missing = Diagnostic::error(walk.end(), "missing `[project]`", "the file ends here");
        let needs = quoted(&["name", "timezone", "home_market", "contact"]);
        walk.absent(missing.hint(format!(
            "it needs {needs}; `outpace init` writes a whole file"
        )));
        return None;
    }
    let table = walk.section(root, &keys::PROJECT)?;
    let default = ("database", defaults::DATABASE.to_owned());
    Some(WrittenProject {
        name: walk.need(&table, "name", values::any).map(|a| a.value),
        timezone: walk
            .need(&table, "timezone", values::timezone)
            .map(|a| a.value),
        home_market: walk.need(&table, "home_market", values::any),
        reference: table
            .get("reference")
            .and_then(|entry| walk.read(entry, values::any)),
        database: walk.read_or(&table, default, values::any).map(|a| a.value),
        contact: walk
            .need(&table, "contact", values::contact)
            .map(|a| a.value),
        egress: match table.get("egress") {
            None => Some(None),
            Some(entry) => walk.read(entry, values::page_url).map(|a| Some(a.value)),
        },
    })
}

fn target(walk: &mut Walk<'_>, table: &Table<'_>) -> WrittenTarget {
    WrittenTarget {
        header: table.span.clone(),
        id: walk.need(table, "id", values::id),
        name: walk.need(table, "name", values::any).map(|a| a.value),
        role: walk.need(table, "role", values::role),
        market: walk.need(table, "market", values::any),
        first_party: first_party(walk, table),
        robots_override: courtesy::robots_override(walk, table),
        consent: consent::read(walk, table),
        pages: pages(walk, table),
    }
}

fn first_party(walk: &mut Walk<'_>, table: &Table<'_>) -> Option<Vec<String>> {
    let Some(entry) = table.get("first_party") else {
        return Some(Vec::new());
    };
    let Value::List(items) = &entry.node.value else {
        let hint = match &entry.node.value {
            Value::Text(host) => Some(format!("write `first_party = [\"{host}\"]`")),
            _ => None,
        };
        walk.wrong_kind(entry, "a list of hosts", hint);
        return None;
    };
    let hosts: Vec<_> = items
        .iter()
        .map(|item| walk.read_node("first_party", item, values::host))
        .collect();
    hosts.into_iter().map(|h| h.map(|h| h.value)).collect()
}

fn pages(walk: &mut Walk<'_>, table: &Table<'_>) -> Vec<WrittenPage> {
    let Some(entry) = walk.required(table, "pages") else {
        return Vec::new();
    };
    let Value::Table(lines) = &entry.node.value else {
        let hint = "write `[target.pages]` and below it lines such as `home = \"https://…\"`";
        walk.wrong_kind(entry, "a table", Some(hint.to_owned()));
        return Vec::new();
    };
    if lines.is_empty() {
        let empty = Diagnostic::error(
            entry.node.span.clone(),
            "a target without pages",
            "nothing would be measured",
        );
        walk.absent(empty.hint("write a line such as `home = \"https://www.example.com/\"`"));
    }
    lines.iter().map(|line| page(walk, line)).collect()
}

fn page(walk: &mut Walk<'_>, line: &Entry) -> WrittenPage {
    if let Err(problem) = values::page_kind(&line.key) {
        walk.problem(&line.key_span, problem);
    }
    let (url, expect) = match &line.node.value {
        Value::Table(_) => match walk.table(line, &keys::PAGE) {
            Some(table) => {
                // A table in one line has its key beside it, which is where to point.
                let table = Table {
                    span: line.key_span.clone(),
                    ..table
                };
                let url = walk.need(&table, "url", values::page_url);
                let expect = table.get("expect");
                (url, expect.and_then(|e| walk.read(e, values::any)))
            }
            None => (None, None),
        },
        Value::Text(_) => (walk.read(line, values::page_url), None),
        _ => {
            walk.wrong_kind(line, "an address or `{ url = …, expect = … }`", None);
            (None, None)
        }
    };
    WrittenPage {
        kind: At {
            value: line.key.clone(),
            span: line.key_span.clone(),
        },
        url: url.map(|a| a.value),
        expect: expect.map(|a| a.value),
    }
}
