//! `outpace schedule`: the service that runs what `[schedule]` says, for years.
//!
//! It measures nothing itself: nights, reports and copies are processes of this program, so that
//! nothing they do can harm the service, and the service stays small. What is due is decided in
//! `schedule`; what is told, in `alerts`.

mod child;
mod deliver;
mod http;
mod metrics;
mod reload;
mod service;
pub mod view;

use anyhow::Context;

use crate::cli::Global;
use crate::exit::Exit;
use crate::store::{self, OpenMode, Store};

/// Flags of `schedule`.
#[derive(Debug, clap::Args)]
pub struct ScheduleArgs {
    /// Do what has come due since the last call, then end: for cron
    #[arg(long)]
    pub once: bool,
}

/// The verb.
///
/// # Errors
/// Exit 2 for a wrong config or one that schedules nothing; 1 when another service has the database.
pub fn main(global: &Global, args: &ScheduleArgs) -> anyhow::Result<Exit> {
    let loaded = super::load(global)?;
    let database = loaded.config.project.database.clone();
    super::disk::make_directory(&database)?;
    let _lock = store::schedule_lock(&database, jiff::Timestamp::now())?;
    let store = Store::open(&database, OpenMode::ReadWrite)?;
    let service = service::Service::new(global.clone(), loaded.config, store)?;
    // One thread: the service waits, and does little else.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("could not start the runtime")?;
    if args.once {
        runtime.block_on(service.once())
    } else {
        runtime.block_on(service.forever())
    }
}
