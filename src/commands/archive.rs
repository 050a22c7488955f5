//! The archive of reports: a copy under the period's own folder, named by the hash of its data, and
//! a list of what each said, so that a later change of the same nights is told and never silent.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::files;
use crate::analysis::Counts;
use crate::report::ReportInput;
use crate::report::more::Restated;

/// What a report of a period rested on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Hash of the rows.
    pub data: String,
    /// Hash of the measuring part of the config.
    pub config: String,
    /// Last night in the data.
    pub until: String,
    /// Measured, failed, blocked and not made visits.
    pub visits: [u32; 4],
    /// The same by target id; empty in lists of before it was kept.
    #[serde(default)]
    pub sites: BTreeMap<String, [u32; 4]>,
}

/// The list beside the copies.
const LIST: &str = "reports.json";

impl Entry {
    /// What an input rests on.
    #[must_use]
    pub fn of(input: &ReportInput) -> Self {
        let counted = |c: Counts| [c.valid, c.failed, c.blocked, c.missed];
        let sites = input.more.reliability.iter();
        Entry {
            data: input.data_hash.clone(),
            config: input.config_hash.clone(),
            until: input.data_until.to_string(),
            visits: counted(input.visits),
            sites: sites
                .map(|s| (s.target.clone(), counted(s.counts)))
                .collect(),
        }
    }
}

/// The reports of a period so far, oldest first; none where there is no list.
///
/// # Errors
/// When the list is there and cannot be read.
pub fn read(folder: &Path) -> anyhow::Result<Vec<Entry>> {
    let path = folder.join(LIST);
    match std::fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .with_context(|| format!("`{}` is no list of reports", path.display())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(e).with_context(|| format!("could not read `{}`", path.display())),
    }
}

/// What is to be said of a report whose nights an earlier one told otherwise. Nothing where the
/// earlier one had fewer nights: then the data only went on.
#[must_use]
pub fn restated(entries: &[Entry], now: &Entry) -> Option<Restated> {
    let before = match entries.iter().position(|e| e.data == now.data) {
        Some(i) => entries[..i].last(),
        None => entries.last(),
    };
    let before = before.filter(|e| e.until == now.until)?;
    let sites = before.sites.iter();
    Some(Restated {
        data: before.data.clone(),
        before: before.visits,
        now: now.visits,
        sites: sites
            .filter_map(|(id, then)| Some((id.clone(), *then, *now.sites.get(id)?)))
            .filter(|(_, then, now)| then != now)
            .collect(),
    })
}

/// Keeps a copy and notes it, once for the same data.
///
/// # Errors
/// When the folder cannot be written.
pub fn keep(folder: &Path, input: &ReportInput, html: &str) -> anyhow::Result<()> {
    let now = Entry::of(input);
    let mut entries = read(folder)?;
    let short = now.data.get(..12).unwrap_or(&now.data);
    std::fs::create_dir_all(folder)
        .with_context(|| format!("could not make the folder `{}`", folder.display()))?;
    let copy = folder.join(format!("{short}.html"));
    files::write(&copy, html)?;
    if !entries.iter().any(|e| e.data == now.data) {
        entries.push(now);
        let path = folder.join(LIST);
        let text = serde_json::to_string_pretty(&entries)?;
        files::write(&path, text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(data: &str, until: &str, visits: [u32; 4]) -> Entry {
        Entry {
            data: data.to_owned(),
            config: "c".to_owned(),
            until: until.to_owned(),
            visits,
            sites: BTreeMap::from([("own".to_owned(), visits), ("far".to_owned(), [9, 0, 0, 0])]),
        }
    }

    #[test]
    fn only_the_same_nights_told_otherwise_are_a_restatement() {
        let old = entry("a", "2026-10-31", [100, 2, 0, 0]);
        let now = entry("b", "2026-10-31", [98, 2, 2, 0]);
        let note = restated(std::slice::from_ref(&old), &now).unwrap();
        assert_eq!((note.before, note.now), (old.visits, now.visits));
        let changed = ("own".to_owned(), old.visits, now.visits);
        assert_eq!(note.sites, [changed]);
        assert_eq!(restated(&[], &now), None);
        let shorter = entry("a", "2026-10-30", [90, 2, 0, 0]);
        assert_eq!(restated(&[shorter], &now), None, "the data went on");
        assert_eq!(restated(std::slice::from_ref(&now), &now), None);
        // Made again, it says the same again.
        assert_eq!(restated(&[old, now.clone()], &now), Some(note));
    }
}
