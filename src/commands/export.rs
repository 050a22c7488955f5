//! `outpace export`: the rows of view `visit`, for other programs.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::ValueEnum;

use super::gather::{self, Span};
use crate::cli::Global;
use crate::exit::Exit;
use crate::export::{Csv, Format, Json};
use crate::store::{OpenMode, Store};

/// File formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Comma-separated values with a header.
    Csv,
    /// An array of objects.
    Json,
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
    let filter = gather::filter(&args.span, &zone)?;
    let store = Store::open(&loaded.config.project.database, OpenMode::ReadOnly)?;
    let mut table = store.visit_table(&filter)?;
    let format: &dyn Format = match args.kind {
        Kind::Csv => &Csv,
        Kind::Json => &Json,
    };
    let written = match &args.out {
        None => format.write(&mut table, &mut std::io::stdout().lock()),
        Some(path) => {
            let file = File::create(path)
                .with_context(|| format!("could not write `{}`", path.display()))?;
            let mut out = BufWriter::new(file);
            format
                .write(&mut table, &mut out)
                .and_then(|()| out.flush())
        }
    };
    match written {
        // Whoever read had enough.
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(Exit::Ok),
        other => other.context("could not write the rows").map(|()| Exit::Ok),
    }
}
