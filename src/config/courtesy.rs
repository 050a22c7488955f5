//! `[manners]` and what a `[[target]]` says of manners: read like the tables of `raw`, in a file of
//! their own.
//!
//! What manners mean together with the pages that are loaded is checked by `resolve`.

use std::time::Duration;

use super::defaults;
use super::diagnostic::Diagnostic;
use super::keys;
use super::tree::Value;
use super::values;
use super::walk::{At, Table, Walk};
use crate::model::Manners;

/// `[manners]`, and where its distance stands.
pub(super) fn manners(
    walk: &mut Walk<'_>,
    root: &Table<'_>,
) -> (Option<At<Duration>>, Option<Manners>) {
    let Some(table) = walk.section(root, &keys::MANNERS) else {
        return (None, None);
    };
    let longest = Duration::from_secs(24 * 3600);
    let default = ("distance", defaults::DISTANCE);
    let distance = walk.duration_or(&table, default, Duration::ZERO..=longest);
    let default = ("daily_page_views", defaults::DAILY_PAGE_VIEWS);
    let views = walk.whole_or(&table, default, 1..=100_000);
    let default = ("daily_bytes", defaults::DAILY_BYTES);
    let bytes = walk.read_or(&table, default, values::size);
    let block = walk.boolean_or(&table, ("block_beacons", defaults::BLOCK_BEACONS));
    let beacons = beacons(walk, &table);
    let manners = (|| {
        Some(Manners {
            distance: distance.as_ref()?.value,
            daily_page_views: views?,
            daily_bytes: bytes?.value,
            block_beacons: block?,
            beacons: beacons?,
        })
    })();
    (distance, manners)
}

fn beacons(walk: &mut Walk<'_>, table: &Table<'_>) -> Option<Vec<String>> {
    let Some(entry) = table.get("beacons") else {
        return Some(Vec::new());
    };
    let Value::List(items) = &entry.node.value else {
        let hint = match &entry.node.value {
            Value::Text(host) => Some(format!("write `beacons = [\"{host}\"]`")),
            _ => None,
        };
        walk.wrong_kind(entry, "a list of hosts", hint);
        return None;
    };
    let read: Vec<_> = items
        .iter()
        .map(|item| walk.read_node("beacons", item, values::beacon))
        .collect();
    read.into_iter().map(|b| b.map(|b| b.value)).collect()
}

/// `robots_override` of a target: a reason that a person can weigh, not a mere yes.
pub(super) fn robots_override(walk: &mut Walk<'_>, table: &Table<'_>) -> Option<Option<String>> {
    let Some(entry) = table.get("robots_override") else {
        return Some(None);
    };
    let reason = walk.read(entry, values::any)?;
    if reason.value.trim().chars().count() < 10 {
        let message = "`robots_override` is not a reason";
        let label = "too short to tell why robots.txt is not obeyed";
        let error = Diagnostic::error(reason.span, message, label);
        walk.push(error.hint("say who allowed it and when: it is stored and shown"));
        return None;
    }
    Some(Some(reason.value))
}
