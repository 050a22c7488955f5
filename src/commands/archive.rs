//! The archive of reports: a copy of each page under the period's own folder, never overwritten, and
//! a list of what each rested on, so that a later change of the same nights is told and never silent.
//! What has changed since is for [`super::restate`] to say.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::files;
use super::restate::Basis;

/// What a report of a period rested on. Lists of before have the first five only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Hash of the rows.
    pub data: String,
    /// Hash of the measuring part of the config.
    pub config: String,
    /// Last night in the data.
    pub until: String,
    /// Measured, failed, blocked and not made visits.
    pub visits: [u32; 4],
    /// The same by target id.
    #[serde(default)]
    pub sites: BTreeMap<String, [u32; 4]>,
    /// Flags that make another page of the same data; empty without any.
    #[serde(default)]
    pub flags: String,
    /// Version of outpace.
    #[serde(default)]
    pub version: String,
    /// SHA-256 of the page.
    #[serde(default)]
    pub page: String,
    /// When the last run began.
    #[serde(default)]
    pub last: Option<Timestamp>,
    /// The nights one by one.
    #[serde(default)]
    pub nights: BTreeMap<Date, Night>,
    /// What lies behind them.
    #[serde(default)]
    pub behind: Behind,
    /// Part of the config -> hash of what a page tells of it.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// Page kind and target -> median and places.
    #[serde(default)]
    pub figures: BTreeMap<String, String>,
}

/// A night as a report had it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Night {
    /// Hash of its visits.
    pub hash: String,
    /// Their ids, as ranges with both ends in them.
    pub ids: Vec<(i64, i64)>,
    /// Its runs -> hash of what a page tells of each; of an unfinished one nothing, it may go on.
    pub runs: BTreeMap<i64, Option<String>>,
    /// Target id -> measured, failed, blocked and not made visits.
    pub sites: BTreeMap<String, [u32; 4]>,
}

/// What lies behind a period.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behind {
    /// Page, profile and regions that are looked back on.
    pub scope: String,
    /// First day of a month -> hash of its visits.
    pub months: BTreeMap<Date, String>,
    /// When each release went live, with the hash of what was noted of it.
    pub releases: Vec<(Timestamp, String)>,
}

/// The list beside the copies.
const LIST: &str = "reports.json";

impl Entry {
    /// The name of its copy, without `.html`.
    #[must_use]
    pub fn copy(&self) -> String {
        let short = |hash: &str| hash.get(..12).unwrap_or(hash).to_owned();
        match self.page.as_str() {
            "" => short(&self.data),
            page => format!("{}-{}", short(&self.data), short(page)),
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

/// The folder of reports that a written report lies in, by the archive of its period: beside that
/// archive, or in it.
#[must_use]
pub fn folder_of(file: &Path, period: &str) -> Option<PathBuf> {
    let file = std::path::absolute(file).ok()?;
    let mut above = file.ancestors().skip(1).take(2);
    let found = above.find(|f| f.join(period).join(LIST).is_file())?;
    Some(found.to_owned())
}

/// Keeps a copy and notes what it rested on, once for the same.
///
/// # Errors
/// When the folder cannot be written.
pub fn keep(folder: &Path, basis: Basis, html: &str) -> anyhow::Result<()> {
    let mut now = basis.entry;
    now.page = super::restate::hash(html.as_bytes());
    std::fs::create_dir_all(folder)
        .with_context(|| format!("could not make the folder `{}`", folder.display()))?;
    let copy = folder.join(format!("{}.html", now.copy()));
    match std::fs::read(&copy) {
        Ok(kept) if kept == html.as_bytes() => {}
        Ok(_) => note!(
            "warning: `{}` is not what was kept there, and is left as it is\n  hint: `outpace report --verify` says what was changed in it",
            copy.display()
        ),
        Err(_) => files::write(&copy, html)?,
    }
    let mut entries = read(folder)?;
    if entries.iter().rev().find(|e| e.flags == now.flags) != Some(&now) {
        entries.push(now);
        files::write(&folder.join(LIST), list(&entries)?)?;
    }
    Ok(())
}

/// An entry a line: a month of nights would be a thousand lines each.
fn list(entries: &[Entry]) -> anyhow::Result<String> {
    let lines: Result<Vec<String>, _> = entries.iter().map(serde_json::to_string).collect();
    Ok(format!("[\n{}\n]\n", lines?.join(",\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basis(data: &str, flags: &str) -> Basis {
        Basis {
            entry: Entry {
                data: data.repeat(32),
                flags: flags.to_owned(),
                ..Entry::default()
            },
            ..Basis::default()
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn an_archived_page_is_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("2026-10");
        for (html, flags) in [
            ("one", ""),
            ("one", ""),
            ("two", ""),
            ("three", "--external"),
            ("two", ""),
        ] {
            keep(&folder, basis("ab", flags), html).unwrap();
        }
        let kept = names(&folder);
        assert_eq!(kept.len(), 4, "three pages of the same data, and the list");
        assert_eq!(read(&folder).unwrap().len(), 3, "an entry a difference");
        // One that somebody changed is left for whoever looks for it.
        std::fs::write(folder.join(&kept[0]), "changed").unwrap();
        for html in ["one", "two", "three"] {
            keep(&folder, basis("ab", ""), html).unwrap();
        }
        let changed = std::fs::read_to_string(folder.join(&kept[0])).unwrap();
        assert_eq!((changed.as_str(), names(&folder)), ("changed", kept));
    }

    #[test]
    fn what_came_back_is_an_entry_again() {
        let dir = tempfile::tempdir().unwrap();
        for data in ["aa", "bb", "aa"] {
            keep(dir.path(), basis(data, ""), data).unwrap();
        }
        assert_eq!(read(dir.path()).unwrap().len(), 3);
    }

    #[test]
    fn lists_of_before_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let old =
            r#"[{"data":"abcdefabcdefabcd","config":"c","until":"2026-10-31","visits":[4,0,0,0]}]"#;
        std::fs::write(dir.path().join(LIST), old).unwrap();
        let entries = read(dir.path()).unwrap();
        assert_eq!(entries[0].visits, [4, 0, 0, 0]);
        assert_eq!(entries[0].copy(), "abcdefabcdef", "the name it had");
    }

    #[test]
    fn a_page_is_looked_up_where_it_lies() {
        let dir = tempfile::tempdir().unwrap();
        let here = dir.path().canonicalize().unwrap();
        let page = here.join("2026-10.html");
        assert_eq!(folder_of(&page, "2026-10"), None);
        keep(&here.join("2026-10"), basis("ab", ""), "page").unwrap();
        assert_eq!(folder_of(&page, "2026-10"), Some(here.clone()));
        assert_eq!(folder_of(&page, "2026-11"), None);
        let copy = here.join("2026-10/abababababab-0.html");
        assert_eq!(folder_of(&copy, "2026-10"), Some(here));
    }
}
