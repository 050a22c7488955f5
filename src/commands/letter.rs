//! The letter of a report in its archive: written with the report, sent when its time comes.

use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::files;
use crate::report::{self, ReportInput};

/// Its name in the archive of its report.
const FILE: &str = "letter.json";

/// What is written to people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Letter {
    /// Place and gap in one line.
    pub(super) subject: String,
    /// Three bullets, and what was measured of what was planned.
    pub(super) body: String,
}

impl Letter {
    /// The letter of a report.
    pub(super) fn of(input: &ReportInput) -> Letter {
        let report::Letter { subject, body } = report::letter(input);
        Letter { subject, body }
    }

    /// Keeps it for whoever sends it.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub(super) fn keep(&self, archive: &Path) -> anyhow::Result<()> {
        files::write(&archive.join(FILE), serde_json::to_string_pretty(self)?)
    }

    /// The one that was kept.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub(super) fn kept(archive: &Path) -> anyhow::Result<Letter> {
        let path = archive.join(FILE);
        let read =
            || -> anyhow::Result<Letter> { Ok(serde_json::from_slice(&std::fs::read(&path)?)?) };
        read().with_context(|| format!("could not read `{}`", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_is_sent() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Letter::kept(dir.path()).is_err());
        let letter = Letter {
            subject: "3rd of 7".to_owned(),
            body: "- Our home page".to_owned(),
        };
        letter.keep(dir.path()).unwrap();
        assert_eq!(Letter::kept(dir.path()).unwrap(), letter);
    }
}
