//! The archive of reports: a copy under the period's own folder, named by the hash of its data, and
//! a list of what each said, so that a later change of the same nights is told and never silent.

use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::files;
use crate::analysis::Counts;
use crate::model::format::{list, thousands};
use crate::report::ReportInput;

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
}

/// The list beside the copies.
const LIST: &str = "reports.json";

impl Entry {
    /// What an input rests on.
    #[must_use]
    pub fn of(input: &ReportInput) -> Self {
        let Counts {
            valid,
            failed,
            blocked,
            missed,
            ..
        } = input.visits;
        Entry {
            data: input.data_hash.clone(),
            config: input.config_hash.clone(),
            until: input.data_until.to_string(),
            visits: [valid, failed, blocked, missed],
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
pub fn restated(entries: &[Entry], now: &Entry) -> Option<String> {
    let before = match entries.iter().position(|e| e.data == now.data) {
        Some(i) => entries[..i].last(),
        None => entries.last(),
    };
    let before = before.filter(|e| e.until == now.until)?;
    let words = ["valid", "failed", "blocked", "not made"];
    let changed: Vec<String> = words
        .iter()
        .zip(before.visits.iter().zip(&now.visits))
        .filter(|(_, (a, b))| a != b)
        .map(|(word, (a, b))| {
            let [a, b] = [*a, *b].map(|n| thousands(n.into()));
            format!("{word} {a}, now {b}")
        })
        .collect();
    let what = if changed.is_empty() {
        "the same counts, other values".to_owned()
    } else {
        list(&changed)
    };
    Some(format!(
        "An earlier report of these nights (data {}) counted otherwise: {what}. The earlier one is kept in the archive.",
        before.data.get(..12).unwrap_or(&before.data)
    ))
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
        }
    }

    #[test]
    fn only_the_same_nights_told_otherwise_are_a_restatement() {
        let old = entry("a", "2026-10-31", [100, 2, 0, 0]);
        let now = entry("b", "2026-10-31", [98, 2, 2, 0]);
        let note = restated(std::slice::from_ref(&old), &now).unwrap();
        assert!(
            note.contains("valid 100, now 98 and blocked 0, now 2"),
            "{note}"
        );
        assert_eq!(restated(&[], &now), None);
        let shorter = entry("a", "2026-10-30", [90, 2, 0, 0]);
        assert_eq!(restated(&[shorter], &now), None, "the data went on");
        assert_eq!(restated(std::slice::from_ref(&now), &now), None);
        // Made again, it says the same again.
        assert_eq!(restated(&[old, now.clone()], &now), Some(note));
    }
}
