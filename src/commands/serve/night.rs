//! The visits of one night, by what became of them and by site.

use super::pages::{Ground, set};
use crate::cli::Global;
use crate::commands::failure::Failure;
use crate::model::{Metric, VisitRow, VisitState, format};
use crate::report::browse::{Browse, Holds, Row, Table, Words};
use crate::store::VisitFilter;

/// Visits that one table shows.
const VISITS: usize = 2_000;

/// Which visits of a run are looked at.
#[derive(Debug, Default)]
pub(super) struct Sight {
    target: Option<String>,
    state: Option<VisitState>,
}

impl Sight {
    /// What a query asks for; words that mean nothing are as if they were not there.
    pub(super) fn of(query: &str) -> Sight {
        let mut sight = Sight::default();
        for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "target" => sight.target = Some(value.into_owned()),
                "state" => sight.state = value.parse().ok(),
                _ => {}
            }
        }
        sight
    }

    fn shows(&self, row: &VisitRow) -> bool {
        self.state.is_none_or(|s| row.state == s)
            && self.target.as_ref().is_none_or(|t| row.target == *t)
    }

    /// The same run seen so.
    fn link(run: i64, target: Option<&str>, state: Option<VisitState>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if let Some(target) = target {
            query.append_pair("target", target);
        }
        if let Some(state) = state {
            query.append_pair("state", &state.to_string());
        }
        match query.finish() {
            query if query.is_empty() => format!("/run/{run}"),
            query => format!("/run/{run}?{query}"),
        }
    }
}

/// The visits of a run.
pub(super) fn run(global: &Global, id: &str, sight: &Sight) -> anyhow::Result<String> {
    let ground = Ground::read(global)?;
    let runs = ground.store.runs()?;
    let run = runs.iter().find(|r| r.id.to_string() == id);
    let run = run.ok_or_else(|| Failure::CannotTell(format!("There is no run {id}.")))?;
    let filter = VisitFilter {
        run: Some(run.id),
        ..VisitFilter::default()
    };
    let all = ground.store.visits(&filter, &ground.zone)?;
    let shown: Vec<&VisitRow> = all.iter().filter(|r| sight.shows(r)).collect();
    let started = run.started_at.to_zoned(ground.zone.clone());
    let left_out = shown.len().saturating_sub(VISITS);
    set(&Browse {
        kicker: Words::linked(ground.config.project.name.clone(), "/"),
        heading: format!("Night of {}", started.strftime("%-d %B %Y")),
        ledes: vec![format!(
            "Run {}, begun at {}: {} measured, {} failed, {} blocked, {} not made of {}.",
            run.id,
            started.strftime("%H:%M"),
            run.ok,
            run.failed,
            run.blocked,
            run.missed,
            run.planned
        )],
        sights: vec![
            states(run.id, &all, sight),
            targets(&ground, run.id, &all, sight),
        ],
        tables: vec![Table {
            title: format::count(shown.len() as u64, "visit", "visits"),
            columns: vec![
                ("Visit", Holds::Words),
                ("Round", Holds::Figures),
                ("Site", Holds::Words),
                ("Page", Holds::Words),
                ("Region", Holds::Words),
                ("Profile", Holds::Words),
                ("Server reply", Holds::Figures),
                ("Main content", Holds::Figures),
                ("State", Holds::Words),
            ],
            rows: shown
                .iter()
                .take(VISITS)
                .map(|r| visit_row(&ground, r))
                .collect(),
            note: match left_out {
                0 => "Round 0 warms up and counts nowhere.".to_owned(),
                n => format!("And {n} more: outpace export writes all."),
            },
        }],
    })
}

fn visit_row(ground: &Ground, row: &VisitRow) -> Row {
    let value = |metric: Metric| -> Words {
        let value = row.values.get(metric);
        value.map_or_else(|| "–".into(), |v| format::seconds(v).into())
    };
    let why = row.reason.as_deref().map(|r| format!(" · {r}"));
    let name = ground.name(&row.target);
    Row::of(vec![
        Words::linked(row.id.to_string(), format!("/visit/{}", row.id)),
        row.round.to_string().into(),
        name.into(),
        row.page.clone().into(),
        ground.region(&row.region).into(),
        row.profile.clone().into(),
        value(Metric::Ttfb),
        value(Metric::Lcp),
        format!("{}{}", state_words(row.state), why.unwrap_or_default()).into(),
    ])
}

fn state_words(state: VisitState) -> &'static str {
    match state {
        VisitState::Ok => "measured",
        VisitState::Failed => "failed",
        VisitState::Blocked => "blocked",
        VisitState::Missed => "not made",
    }
}

/// The run by what became of visits.
fn states(run: i64, all: &[VisitRow], sight: &Sight) -> Vec<Words> {
    let of_target = |r: &&VisitRow| sight.target.as_ref().is_none_or(|t| r.target == *t);
    let kinds = [
        None,
        Some(VisitState::Ok),
        Some(VisitState::Failed),
        Some(VisitState::Blocked),
        Some(VisitState::Missed),
    ];
    kinds
        .into_iter()
        .map(|state| {
            let of_state = |r: &&VisitRow| state.is_none_or(|s| r.state == s);
            let n = all.iter().filter(of_target).filter(of_state).count();
            let words = format!("{} {n}", state.map_or("all", state_words));
            if state == sight.state || n == 0 {
                words.into()
            } else {
                Words::linked(words, Sight::link(run, sight.target.as_deref(), state))
            }
        })
        .collect()
}

/// The run by site.
fn targets(ground: &Ground, run: i64, all: &[VisitRow], sight: &Sight) -> Vec<Words> {
    let mut known: Vec<&str> = Vec::new();
    for row in all {
        if !known.contains(&row.target.as_str()) {
            known.push(&row.target);
        }
    }
    let known = known.into_iter().map(Some);
    std::iter::once(None)
        .chain(known)
        .map(|target| {
            let words = target.map_or_else(|| "all sites".to_owned(), |t| ground.name(t));
            if target == sight.target.as_deref() {
                words.into()
            } else {
                Words::linked(words, Sight::link(run, target, sight.state))
            }
        })
        .collect()
}
