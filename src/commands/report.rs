//! `outpace report`: the page and the PDF for a month or any other stretch of nights.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::ValueEnum;
use jiff::civil::Date;
use serde_json::json;

use super::archive;
use super::basis;
use super::failure::Failure;
use super::files;
use super::gather::{self, Span};
use super::letter::Letter;
use super::pins;
use super::progress::Style;
use super::report_names as names;
use super::restate::{self, Basis};
use super::status;
use super::steps::Steps;
use super::verified;
use crate::analysis::ChosenBy;
use crate::browser::capabilities;
use crate::browser::print::{self, Paper as Sheet, Printed};
use crate::browser::{BrowserError, LocalBrowser, LocalDriver, Session};
use crate::cli::{Format, Global};
use crate::config::Config;
use crate::exit::Exit;
use crate::measure::probe::plain_spec;
use crate::model::{Role, format};
use crate::report::more::{Audience, MarkKind, Reach, Worth};
use crate::report::{self, Paper, PeriodKind, ReportInput, language};
use crate::store::{OpenMode, Store};

/// Sizes of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PaperArg {
    /// 210 x 297 mm.
    A4,
    /// 8.5 x 11 inches.
    Letter,
}

/// For whom a report is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AudienceArg {
    /// Without the parts of the page and the machinery of the appendix.
    Marketing,
    /// Without what a second may be worth.
    Engineering,
    /// All of it.
    Both,
}

/// Flags of `report`.
#[derive(Debug, clap::Args)]
pub struct ReportArgs {
    /// Which nights; by default the month of the last one
    #[command(flatten)]
    pub span: Span,
    /// Size of the PDF's pages
    #[arg(long, value_enum, default_value_t = PaperArg::A4)]
    pub paper: PaperArg,
    /// For whom: leaves out what the others need
    #[arg(long, value_enum, default_value_t = AudienceArg::Both)]
    pub audience: AudienceArg,
    /// For eyes outside: says so, with disclosures and without pictures
    #[arg(long)]
    pub external: bool,
    /// See the field with this target's eyes instead of our own
    #[arg(long, value_name = "ID")]
    pub target: Option<String>,
    /// Write nothing: check a written report against its appendix and the database
    #[arg(long, value_name = "FILE")]
    pub verify: Option<PathBuf>,
    /// Write nothing: print the file of English words, to translate for `[report] language`
    #[arg(long, exclusive = true)]
    pub print_language: bool,
    /// Folder to write to; by default `reports` beside the config
    #[arg(long, short, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
}

/// A report that was written.
#[derive(Debug)]
pub struct Written {
    /// The page.
    pub html: PathBuf,
    /// The PDF, or why there is none.
    pub pdf: Result<PathBuf, BrowserError>,
    /// Signs that no font here has, in order: boxes in the PDF.
    pub boxes: String,
    /// The answer in one line.
    pub result: String,
}

/// The verb.
///
/// # Errors
/// Exit 4 without nights, 5 when the page was written and no browser is there to print it.
pub fn main(global: &Global, args: &ReportArgs) -> anyhow::Result<Exit> {
    if args.print_language {
        super::say(language::ENGLISH.trim_end())?;
        return Ok(Exit::Ok);
    }
    let loaded = super::load(global)?;
    if let Some(file) = &args.verify {
        return verified::check(global, &loaded.config, args, file);
    }
    let written = write(global, &loaded.config, args)?;
    warn(&written);
    say(global, &written)?;
    match written.pdf {
        Ok(_) => Ok(Exit::Ok),
        Err(error) => Err(Failure::Unavailable(format!(
            "the page was written, the PDF was not: {error}"
        ))
        .into()),
    }
}

/// What is not as it should be on the paper.
fn warn(written: &Written) {
    let count = written.boxes.chars().count();
    if count == 0 {
        return;
    }
    let some: String = written.boxes.chars().take(8).collect();
    note!(
        "warning: no font on this machine has {} of the report, such as `{some}`: in the PDF they are boxes\n  hint: install a font for them (on Debian and Ubuntu `fonts-noto-core`, for Chinese, Japanese and Korean `fonts-noto-cjk`)",
        format::count(count as u64, "character", "characters")
    );
}

/// Prints where the report is, and the answer.
///
/// # Errors
/// When standard output cannot be written.
pub fn say(global: &Global, written: &Written) -> anyhow::Result<()> {
    if global.format == Format::Json {
        let line = json!({
            "event": "report", "html": written.html,
            "pdf": written.pdf.as_ref().ok(), "boxes": written.boxes,
            "result": written.result,
        });
        super::say(&line.to_string())?;
        return Ok(());
    }
    if global.quiet {
        return Ok(());
    }
    super::say(&format!("Page: {}", shown(&written.html)))?;
    if let Ok(pdf) = &written.pdf {
        super::say(&format!("PDF:  {}", shown(pdf)))?;
    }
    super::say(&written.result)?;
    Ok(())
}

/// A path as short as it can be said from here.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let short = here.and_then(|h| path.strip_prefix(h).ok());
    short.unwrap_or(path).display().to_string()
}

/// A report that is made and not yet written.
pub(super) struct Made {
    pub(super) input: ReportInput,
    pub(super) html: String,
    /// What it rests on.
    pub(super) basis: Basis,
    /// What the archive notes of the page that is verified.
    pub(super) noted: Option<archive::Entry>,
    /// Whether the archive notes every page of its period and flags by its hash.
    pub(super) is_archived: bool,
    folder: PathBuf,
    archive: PathBuf,
    stem: String,
}

/// A written report that is held against the one that is made.
pub(super) struct Said<'a> {
    pub(super) file: &'a Path,
    pub(super) page: &'a str,
}

/// Makes the report; one that is verified as it was when that was written.
pub(super) fn make(
    global: &Global,
    config: &Config,
    args: &ReportArgs,
    (steps, said): (&Steps, Option<&Said<'_>>),
) -> anyhow::Result<Made> {
    let seen = gather::seen_by(config, args.target.as_deref())?;
    let config = seen.as_ref().unwrap_or(config);
    let zone = super::zone(config)?;
    // A flag that means no night is said before anything is looked for.
    gather::filter(&args.span, &zone)?;
    let store = Store::open(&config.project.database, OpenMode::ReadOnly)?;
    let period = gather::period(&args.span, &store, &zone)?;
    let (stem, period_stem) = (names::stem(&period, args), names::period_stem(&period));
    let folder = match said.filter(|_| args.out.is_none()) {
        Some(said) => archive::folder_of(said.file, &period_stem),
        None => None,
    };
    let folder = folder.map_or_else(|| folder_to(global, args), Ok)?;
    let paper = match args.paper {
        PaperArg::A4 => Paper::A4,
        PaperArg::Letter => Paper::Letter,
    };
    let commands = names::commands(&period, args);
    let mut gathered = gather::report_input(config, &store, period, (paper, commands), steps)?;
    flagged(&mut gathered.input, args);
    let basis = basis::of(&gathered, (config, &store, &zone), names::flags(args))?;
    let mut input = gathered.input;
    let archive = folder.join(period_stem);
    let mut known = archive::read(&archive)?;
    known.retain(|e| e.flags == basis.entry.flags);
    let is_archived = !known.is_empty() && known.iter().all(|e| !e.page.is_empty());
    let noted = said.and_then(|said| cut_at(&mut known, said.page));
    input.more.restated = restate::restated(&known, &basis);
    steps.step("Drawing the page");
    let report = report::build(&input);
    let html = report::render(&report).context("could not set the page")?;
    Ok(Made {
        input,
        html,
        basis,
        noted,
        is_archived,
        folder,
        archive,
        stem,
    })
}

/// What flags leave out or add.
fn flagged(input: &mut ReportInput, args: &ReportArgs) {
    input.more.audience = match args.audience {
        AudienceArg::Marketing => Audience::Marketing,
        AudienceArg::Engineering => Audience::Engineering,
        AudienceArg::Both => Audience::Both,
    };
    if args.external {
        input.more.reach = Reach::External;
    }
    if args.target.is_some() {
        // They are marked for our own site.
        input.more.releases.clear();
        input.more.marks.retain(|m| m.kind != MarkKind::Release);
        input.more.worth = Worth::OfAnother;
    }
}

/// Leaves the reports from before a page, whose own entry is given: what came later it could not
/// tell of. All where none is of that page.
fn cut_at(known: &mut Vec<archive::Entry>, page: &str) -> Option<archive::Entry> {
    let page = restate::hash(page.as_bytes());
    let at = known.iter().rposition(|e| e.page == page)?;
    known.drain(at..).next()
}

/// Makes and writes the report, with a copy in the archive.
///
/// # Errors
/// Exit 4 without nights; else what could not be read or written.
pub fn write(global: &Global, config: &Config, args: &ReportArgs) -> anyhow::Result<Written> {
    let steps = Steps::new(Style::of(global));
    let made = make(global, config, args, (&steps, None))?;
    let folder = &made.folder;
    std::fs::create_dir_all(folder)
        .with_context(|| format!("could not make the folder `{}`", folder.display()))?;
    let page = folder.join(format!("{}.html", made.stem));
    // First the archive: a page that nobody noted could be told otherwise without a word.
    archive::keep(&made.archive, made.basis, &made.html)?;
    files::write(&page, &made.html)?;
    // The letter is to our own people and of our own site.
    let is_ours = args.target.is_none() && !args.external;
    if is_ours && made.input.period.kind == PeriodKind::Month {
        Letter::of(&made.input).keep(&made.archive)?;
    }
    let films: Vec<i64> = made.input.more.films.iter().map(|f| f.visit).collect();
    let why = format!("report {}", made.stem);
    pins::keep(&config.project.database, &films, &why);
    let sheet = match args.paper {
        PaperArg::A4 => (21.0, 29.7),
        PaperArg::Letter => (21.59, 27.94),
    };
    steps.step("Printing the PDF");
    let pdf = print_pdf(&page, sheet, made.input.data_until)?;
    let (pdf, boxes) = match pdf {
        Ok(printed) => {
            let path = folder.join(format!("{}.pdf", made.stem));
            files::write(&path, printed.pdf)?;
            (Ok(path), printed.boxes)
        }
        Err(error) => (Err(error), String::new()),
    };
    Ok(Written {
        html: page,
        pdf,
        boxes,
        result: result_line(&made.input),
    })
}

/// The folder of reports, beside the config.
pub(super) fn beside(global: &Global) -> PathBuf {
    let folder = global.config.parent().unwrap_or(Path::new(""));
    folder.join("reports")
}

/// The page of a month as the database has it now; nothing is written.
pub(super) fn page(global: &Global, config: &Config, month: &str) -> anyhow::Result<String> {
    let args = ReportArgs {
        span: Span {
            month: Some(month.to_owned()),
            ..Span::default()
        },
        paper: PaperArg::A4,
        audience: AudienceArg::Both,
        external: false,
        target: None,
        verify: None,
        print_language: false,
        out: None,
    };
    let steps = Steps::new(Style::Silent);
    let made = make(global, config, &args, (&steps, None))?;
    Ok(made.html)
}

fn folder_to(global: &Global, args: &ReportArgs) -> anyhow::Result<PathBuf> {
    let folder = args.out.clone().unwrap_or_else(|| beside(global));
    std::path::absolute(&folder).with_context(|| format!("`{}` is no folder", folder.display()))
}

/// Prints the page with the browser of this machine. The inner error: there is none, or it failed.
fn print_pdf(
    page: &Path,
    (width_cm, height_cm): (f64, f64),
    dated: Date,
) -> anyhow::Result<Result<Printed, BrowserError>> {
    let own = super::own_path()?;
    let runtime = super::runtime()?;
    let sheet = Sheet {
        width_cm,
        height_cm,
    };
    Ok(runtime.block_on(async {
        let local = LocalBrowser::find(&super::env)?;
        let driver = LocalDriver::start(&own, &local.driver).await?;
        let spec = plain_spec(Some(local.browser));
        let printed = async {
            let session = Session::open(driver.url(), capabilities::printing(&spec)).await?;
            let printed = print::pdf(&session, page, (sheet, dated)).await;
            session.close().await.and(printed)
        };
        let printed = printed.await;
        driver.stop().await;
        printed
    }))
}

/// The answer in one line: ours, the best overseas, and how sure that is.
fn result_line(input: &ReportInput) -> String {
    let Some(headline) = input.fields.first() else {
        return "Nothing was measured.".to_owned();
    };
    let field = &headline.field;
    let name = |id: &str| {
        let target = input.targets.iter().find(|t| t.id == id);
        target.map_or_else(|| id.to_owned(), |t| t.name.clone())
    };
    let shows = |id: &str| {
        let standing = field.standings.iter().find(|s| s.target == id)?;
        let ms = standing.summary.median?;
        Some(format!("{} {}", name(id), format::seconds(ms)))
    };
    let own = input.targets.iter().find(|t| t.role == Role::Own);
    let ours = own.and_then(|t| shows(&t.id));
    let best = field.benchmark.as_ref().and_then(|b| shows(&b.target));
    let rank = match &field.not_ranked {
        Some(why) => format!("not ranked yet: {}", status::why_not(why)),
        None => "ranked".to_owned(),
    };
    let is_benchmark = field
        .benchmark
        .as_ref()
        .is_some_and(|b| b.chosen_by != ChosenBy::LowestMedian && !b.is_the_best());
    format!(
        "Result: {}; {}: {} ({}, {}, {}; {rank})",
        ours.unwrap_or_else(|| "ours was not measured".to_owned()),
        match is_benchmark {
            true => "overseas benchmark",
            false => "best overseas",
        },
        best.unwrap_or_else(|| "none was measured".to_owned()),
        field.scope.page,
        field.scope.metric.label(),
        input.language.period(&input.period),
    )
}
