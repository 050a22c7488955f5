//! `[target.consent]`: how a site's consent banner is answered before the measured load.

use super::diagnostic::Diagnostic;
use super::keys;
use super::raw::WrittenTarget;
use super::tree::{Entry, Value};
use super::values::{self, Text};
use super::walk::{At, Table, Walk};
use crate::model::{Consent, ConsentState};

/// The recipe of a target; untouched without one.
pub(super) fn read(walk: &mut Walk<'_>, target: &Table<'_>) -> Option<At<Consent>> {
    let Some(entry) = target.get("consent") else {
        return Some(At {
            value: Consent::default(),
            span: target.span.clone(),
        });
    };
    let table = walk.table(entry, &keys::CONSENT)?;
    let state = walk.need(&table, "state", state);
    let cookies = cookies(walk, &table);
    let click = table.get("click").map(|e| walk.read(e, values::any));
    let (state, cookies) = (state?, cookies?);
    let click = match click {
        None => None,
        Some(read) => Some(read?.value),
    };
    let recipe = click.is_some() || !cookies.is_empty();
    if state.value == ConsentState::Untouched && recipe {
        let message = "an untouched banner has a recipe";
        let label = "nothing is answered";
        let problem = Diagnostic::error(state.span, message, label);
        walk.push(problem.hint("write `state = \"accepted\"` or `state = \"rejected\"`"));
        return None;
    }
    Some(At {
        value: Consent {
            state: state.value,
            cookies,
            click,
        },
        span: table.span.clone(),
    })
}

fn state(text: &Text) -> Result<ConsentState, values::Problem> {
    let all = [
        ConsentState::Untouched,
        ConsentState::Accepted,
        ConsentState::Rejected,
    ];
    values::word(text, "consent", &all.map(|s| (s.name(), s)), &[])
}

/// `cookies = { NAME = "value" }`.
fn cookies(walk: &mut Walk<'_>, table: &Table<'_>) -> Option<Vec<(String, String)>> {
    let Some(Entry { node, .. }) = table.get("cookies") else {
        return Some(Vec::new());
    };
    let Value::Table(lines) = &node.value else {
        let entry = table.get("cookies")?;
        let hint = "write `cookies = { NAME = \"value\" }`";
        walk.wrong_kind(entry, "a table", Some(hint.to_owned()));
        return None;
    };
    let read = lines
        .iter()
        .map(|line| Some((line.key.clone(), walk.read(line, values::any)?.value)));
    let read: Vec<Option<(String, String)>> = read.collect();
    read.into_iter().collect()
}

/// Sites whose banners are answered differently are not the same question to a customer, and never
/// stand in one ranking.
pub(super) fn check(walk: &mut Walk<'_>, targets: &[WrittenTarget]) {
    let named: Vec<(&str, &At<Consent>)> = targets
        .iter()
        .filter_map(|t| Some((t.id.as_ref()?.value.as_str(), t.consent.as_ref()?)))
        .collect();
    let Some((first, of_first)) = named.first() else {
        return;
    };
    for (id, consent) in &named[1..] {
        let (one, other) = (of_first.value.state.name(), consent.value.state.name());
        if one == other {
            continue;
        }
        let message = format!("`{id}` is met {other}, `{first}` {one}");
        let label = "sites whose consent banners are answered differently are not comparable";
        let problem = Diagnostic::error(consent.span.clone(), message, label);
        walk.push(problem.hint(format!(
            "give every target the same `state`; a site that asks for no consent needs \
             `[target.consent]` with `state = \"{one}\"` and no recipe"
        )));
    }
}
