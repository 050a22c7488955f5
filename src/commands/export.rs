//! `outpace export`: the rows of view `visit`, or the requests of visits, for other programs.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::ValueEnum;

use super::failure::Failure;
use super::gather::{self, Span};
use super::night::TOOL;
use super::visit;
use crate::cli::Global;
use crate::exit::Exit;
use crate::export::{Csv, Format, Har, Json};
use crate::model::VisitRow;
use crate::store::{OpenMode, Store};

/// File formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Comma-separated values with a header.
    Csv,
    /// An array of objects.
    Json,
    /// HTTP Archive 1.2 of one visit (`--visit`) or of the visits of a run (`--run`).
    Har,
}

/// Flags of `export`.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// The format
    #[arg(value_enum)]
    pub kind: Kind,
    /// Which nights; all by default
    #[command(flatten)]
    pub span: Span,
    /// For `har`: the visit with this id
    #[arg(long, value_name = "ID", conflicts_with = "run")]
    pub visit: Option<i64>,
    /// The visits of the run with this id
    #[arg(long, value_name = "ID")]
    pub run: Option<i64>,
    /// File to write; standard output by default
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// The verb.
///
/// # Errors
/// When there is no database, or the file cannot be written.
pub fn main(global: &Global, args: &ExportArgs) -> anyhow::Result<Exit> {
    let loaded = super::load(global)?;
    let zone = super::zone(&loaded.config)?;
    let mut filter = gather::filter(&args.span, &zone)?;
    filter.run = args.run;
    let store = Store::open(&loaded.config.project.database, OpenMode::ReadOnly)?;
    if let Some(run) = args.run
        && !store.runs()?.iter().any(|r| r.id == run)
    {
        let hint = "`outpace history` lists the runs";
        return Err(Failure::Usage(format!("there is no run `{run}`\nhint: {hint}")).into());
    }
    let rows = match (args.kind, args.visit) {
        (Kind::Har, Some(id)) => vec![visit::row(&store, id, &zone)?],
        (Kind::Har, None) if args.run.is_some() => store.visits(&filter, &zone)?,
        (Kind::Har, None) => {
            let what = "`export har` needs a visit or a run";
            let hint = "give `--visit ID` or `--run ID`; `outpace visit` lists the newest visits";
            return Err(Failure::Usage(format!("{what}\nhint: {hint}")).into());
        }
        (_, Some(_)) => {
            let what = "`--visit` is for `export har` only";
            return Err(Failure::Usage(format!("{what}\nhint: leave it out")).into());
        }
        (Kind::Csv | Kind::Json, None) => Vec::new(),
    };
    let with_requests = |row: &VisitRow| store.evidence(row.id, "requests").map(|e| e.is_some());
    if args.kind == Kind::Har && !any(&rows, with_requests)? {
        return Err(visit::nothing_kept("requests").into());
    }
    let write = |out: &mut dyn Write| match args.kind {
        Kind::Csv => Csv.write(&mut store.visit_table(&filter)?, out),
        Kind::Json => Json.write(&mut store.visit_table(&filter)?, out),
        Kind::Har => har(&store, rows, out),
    };
    let written = match &args.out {
        None => write(&mut BufWriter::new(std::io::stdout().lock())),
        Some(path) => {
            let file = File::create(path)
                .with_context(|| format!("could not write `{}`", path.display()))?;
            write(&mut BufWriter::new(file))
        }
    };
    match written {
        // Whoever read had enough.
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(Exit::Ok),
        other => other.context("could not write the rows").map(|()| Exit::Ok),
    }
}

fn any<T, E>(items: &[T], test: impl Fn(&T) -> Result<bool, E>) -> Result<bool, E> {
    for item in items {
        if test(item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Visits without a network log have no entries and would be pages of nothing: left out.
fn har(store: &Store, rows: Vec<VisitRow>, out: &mut dyn Write) -> std::io::Result<()> {
    let mut har = Har::begin(out, TOOL)?;
    for row in rows {
        let whole = store.whole(row)?;
        if whole.keeps("requests") {
            har.visit(&whole)?;
        }
    }
    har.end()
}
