//! `[report]`: the lines drawn in the report, its language, and where it can be read.

use std::path::Path;
use std::time::Duration;

use super::diagnostic::Diagnostic;
use super::raw::LONGEST_WAIT;
use super::walk::{Table, Walk};
use super::{defaults, keys, values};
use crate::model::{ReportLanguage, ReportSettings};

/// Reads the table.
pub(super) fn read(walk: &mut Walk<'_>, root: &Table<'_>) -> Option<ReportSettings> {
    let table = walk.section(root, &keys::REPORT)?;
    let bounds = || Duration::from_millis(1)..=LONGEST_WAIT;
    let expectation = ("expectation", defaults::EXPECTATION);
    let expectation = walk.duration_or(&table, expectation, bounds());
    let leaders = walk.duration_or(&table, ("leaders", defaults::LEADERS), bounds());
    let language = ("language", ReportLanguage::default());
    let language = walk.read_or(&table, language, values::language);
    let url = match table.get("url") {
        Some(entry) => walk.read(entry, values::page_url).map(|a| Some(a.value)),
        None => Some(None),
    };
    let (expectation, leaders) = (expectation?, leaders?);
    if leaders.value > expectation.value {
        let span = [("leaders", &leaders), ("expectation", &expectation)]
            .into_iter()
            .find(|(key, _)| table.get(key).is_some())
            .map_or(table.span.clone(), |(_, at)| at.span.clone());
        let [slow, fast] = [leaders.value, expectation.value].map(values::written);
        let message = format!("`leaders` (`{slow}`) is slower than `expectation` (`{fast}`)");
        walk.push(Diagnostic::error(
            span,
            message,
            "leaders are the faster line",
        ));
        return None;
    }
    Some(ReportSettings {
        expectation: expectation.value,
        leaders: leaders.value,
        language: language?.value,
        url: url?,
    })
}

/// A language file is beside the file.
pub(super) fn beside(mut settings: ReportSettings, base_dir: &Path) -> ReportSettings {
    if let ReportLanguage::File(file) = &mut settings.language {
        *file = base_dir.join(&*file);
    }
    settings
}
