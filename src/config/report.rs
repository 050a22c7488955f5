//! `[report]`: the lines drawn in the report, its language, and where it can be read.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::diagnostic::Diagnostic;
use super::raw::LONGEST_WAIT;
use super::values::{Problem, Text};
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
    let language = walk.read_or(&table, language, language_named);
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

/// A language of the report: one that comes with the program, or a file of one.
fn language_named(text: &Text) -> Result<ReportLanguage, Problem> {
    if Path::new(&text.value)
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("ftl"))
    {
        return Ok(ReportLanguage::File(PathBuf::from(&text.value)));
    }
    let known = ReportLanguage::BUILT_IN;
    match known.contains(&text.value.as_str()) {
        true => Ok(ReportLanguage::BuiltIn(text.value.clone())),
        false => Err(Problem::new(
            format!("{} is no language of the report", text.shown()),
            format!("known: `{}`", known.join("`, `")),
        )
        .hint("name a language file, such as `de.ftl`: `outpace report --print-language > de.ftl` writes one to translate")),
    }
}
