//! `[measure]` and `[control]`: how a page is measured, and the page that tells whether the
//! instrument moved.

use std::time::Duration;

use super::defaults;
use super::diagnostic::Diagnostic;
use super::keys;
use super::raw::LONGEST_WAIT;
use super::values;
use super::walk::{Table, Walk};
use crate::model::{Measure, Page, control};

/// `[measure]`.
pub(super) fn measure(walk: &mut Walk<'_>, root: &Table<'_>) -> Option<Measure> {
    let table = walk.section(root, &keys::MEASURE)?;
    let rounds = walk.whole_or(&table, ("rounds", defaults::ROUNDS), 1..=1_000);
    let waits = Duration::from_millis(100)..=LONGEST_WAIT;
    let quiet = walk.duration_or(&table, ("quiet", defaults::QUIET), waits);
    let waits = Duration::from_secs(1)..=LONGEST_WAIT;
    let timeout = walk.duration_or(&table, ("timeout", defaults::TIMEOUT), waits);
    let waits = Duration::ZERO..=LONGEST_WAIT;
    let calm = walk.duration_or(&table, ("calm", defaults::CALM), waits);
    let (rounds, quiet, timeout, calm) = (rounds?, quiet?, timeout?, calm?);
    // A misspelt key is said already; that its default does not fit the other would mislead.
    let spelt = table
        .entries
        .iter()
        .all(|e| table.keys.known.contains(&e.key.as_str()));
    if quiet.value >= timeout.value && spelt {
        // The one that is written is the one to mend.
        let span = [("quiet", &quiet), ("timeout", &timeout)]
            .into_iter()
            .find(|(key, _)| table.get(key).is_some())
            .map_or(table.span.clone(), |(_, at)| at.span.clone());
        let [quiet, timeout] = [quiet.value, timeout.value].map(values::written);
        let message = format!("`quiet` (`{quiet}`) is not less than `timeout` (`{timeout}`)");
        let label = "every page would be cut off before it counts as complete";
        walk.push(Diagnostic::error(span, message, label));
        return None;
    }
    Some(Measure {
        rounds,
        quiet: quiet.value,
        timeout: timeout.value,
        calm: calm.value,
    })
}

/// `[control]`; `Some(None)` without one.
pub(super) fn control(walk: &mut Walk<'_>, root: &Table<'_>) -> Option<Option<Page>> {
    let Some(entry) = root.get("control") else {
        return Some(None);
    };
    let table = walk.table(entry, &keys::CONTROL)?;
    let url = walk.need(&table, "url", values::page_url);
    let expect = table.get("expect");
    let expect = expect.map(|e| walk.read(e, values::any).map(|a| a.value));
    Some(Some(Page {
        kind: control::ID.to_owned(),
        url: url?.value,
        expect: match expect {
            None => None,
            Some(read) => Some(read?),
        },
    }))
}
