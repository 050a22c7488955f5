//! `outpace report --verify FILE`: makes the report of a file again, says by what the two differ, and
//! whether the file or what it was made from has changed since. [`super::verify`] compares.

use std::path::Path;

use anyhow::Context;
use clap::Parser;
use serde_json::json;

use super::failure::Failure;
use super::progress::Style;
use super::report::{self, AudienceArg, Made, ReportArgs, Said};
use super::steps::Steps;
use super::verify::{self, Finding};
use crate::cli::{Format, Global};
use crate::config::Config;
use crate::exit::Exit;
use crate::model::format;

/// Checks a written report.
///
/// # Errors
/// Exit 1 where it does not hold, 2 for what is no page of a report.
pub(super) fn check(
    global: &Global,
    config: &Config,
    args: &ReportArgs,
    file: &Path,
) -> anyhow::Result<Exit> {
    let page = read(file)?;
    let said = Said { file, page: &page };
    let of_file = flags_of(&page, args).filter(|_| is_plain(args));
    let args = of_file.as_ref().unwrap_or(args);
    let steps = Steps::new(Style::of(global));
    let made = report::make(global, config, args, (&steps, Some(&said)))?;
    let found = verify::findings(&page, &made.html);
    if global.format == Format::Json {
        let told = json!({
            "file": file, "holds": found.is_empty(),
            "data_hash_file": verify::data_hash(&page),
            "data_hash_database": made.input.data_hash,
            "findings": found,
        });
        super::say(&told.to_string())?;
    }
    if found.is_empty() {
        if global.format == Format::Text && !global.quiet {
            super::say(
                "Every figure is in the appendix, the database says every sentence, and every byte is as it is made again.",
            )?;
        }
        return Ok(Exit::Ok);
    }
    let mut lines: Vec<String> = found.iter().map(Finding::to_string).collect();
    lines.push(since(&made, &page));
    let mut why = format!(
        "`{}` does not hold: {}",
        file.display(),
        format::count(found.len() as u64, "finding", "findings")
    );
    match (global.format, global.quiet) {
        (Format::Json, _) => {}
        (Format::Text, false) => {
            for line in &lines {
                super::say(line)?;
            }
        }
        (Format::Text, true) => why = format!("{why}\n{}", lines.join("\n")),
    }
    anyhow::bail!(
        "{why}\nhint: it is held to the flags that are given, or to those that its appendix names"
    )
}

/// The page of a report.
fn read(file: &Path) -> anyhow::Result<String> {
    let bytes =
        std::fs::read(file).with_context(|| format!("could not read `{}`", file.display()))?;
    if bytes.starts_with(b"%PDF") {
        return Err(Failure::Usage(format!(
            "`{}` is a PDF: it is printed from the page, and the page is what can be verified\nhint: `outpace report --verify {}`",
            file.display(),
            file.with_extension("html").display()
        ))
        .into());
    }
    String::from_utf8(bytes).map_err(|_| {
        Failure::Usage(format!(
            "`{}` is no page of a report: it is no text\nhint: give the HTML that `outpace report` wrote",
            file.display()
        ))
        .into()
    })
}

/// Whether the file or what it was made from has changed since it was written.
fn since(made: &Made, page: &str) -> String {
    let now = made.input.data_hash.as_str();
    let short = |hash: &str| hash.get(..12).unwrap_or(hash).to_owned();
    let said = verify::data_hash(page);
    match (said, &made.noted) {
        (Some(said), Some(noted)) if said == now => format!(
            "the file is as it was written, and its data hash {} is the database's: {} changed since",
            short(now),
            behind(made, noted)
        ),
        (_, Some(_)) => format!(
            "the file is as it was written: the database has changed since (data hash {} now)",
            short(now)
        ),
        (Some(said), None) if said == now && made.is_archived => format!(
            "its data hash {} is the database's, and the archive has no such page: the file was changed, or `outpace report` did not write it",
            short(now)
        ),
        (Some(said), None) if said == now => format!(
            "its data hash {} is the database's, and there is no archive of it: the file was changed, or settings, releases or months before were",
            short(now)
        ),
        (Some(said), None) => format!(
            "its data hash is {}, the database's {}: the database has changed since",
            short(said),
            short(now)
        ),
        (None, None) => "the file has no data hash: it was changed, or is no report".to_owned(),
    }
}

/// What changed of a page whose nights are the same.
fn behind(made: &Made, noted: &super::archive::Entry) -> String {
    let now = &made.basis.entry;
    let mut what = Vec::new();
    if noted.behind != now.behind {
        what.push("months before or releases".to_owned());
    }
    if noted.settings != now.settings {
        what.push("settings".to_owned());
    }
    if noted.version != now.version {
        what.push(format!("the version of outpace (it was {})", noted.version));
    }
    if what.is_empty() {
        what.push("what it does not count, such as runs, films or words,".to_owned());
    }
    format::list(&what.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Whether no flag says what the report is about.
fn is_plain(args: &ReportArgs) -> bool {
    args.span.is_open()
        && args.target.is_none()
        && !args.external
        && args.audience == AudienceArg::Both
}

/// The flags of a report on a command line of its own.
#[derive(clap::Parser)]
struct Typed {
    #[command(flatten)]
    args: ReportArgs,
}

/// The flags with which a written report says that it was made, to be looked for where it is asked.
fn flags_of(page: &str, asked: &ReportArgs) -> Option<ReportArgs> {
    let (_, rest) = page.split_once("<pre>outpace report")?;
    let words = rest.split_once("</pre>")?.0.split_whitespace();
    let typed = Typed::try_parse_from(std::iter::once("report").chain(words));
    let mut args = typed.ok()?.args;
    args.out.clone_from(&asked.out);
    Some(args)
}
