//! The command line: verbs, global flags, and how errors reach the user.
//!
//! What a verb does is in `commands`, one file each.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::commands;
use crate::exit::Exit;

/// Know, every night, how fast customers find you against your rivals and the best overseas.
#[derive(Debug, Parser)]
#[command(name = "outpace", version, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 ok, 1 unexpected, 2 usage or config, 3 regression or budget \
broken, 4 cannot tell, 5 browser, driver or region unavailable."
)]
pub struct Cli {
    /// Flags that every verb knows.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// Flags that every verb knows, as typed.
#[derive(Debug, Clone, clap::Args)]
pub struct GlobalArgs {
    /// The file that says what is measured
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        default_value = "targets.toml"
    )]
    pub config: PathBuf,
    /// Use this SQLite file instead of the one the config names
    #[arg(long, global = true, value_name = "FILE")]
    pub database: Option<PathBuf>,
    /// Say only what went wrong
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// `text` for people, `json` for programs
    #[arg(long, global = true, value_enum, default_value_t = Shape::Text, hide_possible_values = true)]
    pub format: Shape,
    /// Log to standard error: -v info, -vv debug
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// Flags that every verb knows.
#[derive(Debug, Clone)]
pub struct Global {
    /// The file that says what is measured.
    pub config: PathBuf,
    /// SQLite file instead of the one the config names.
    pub database: Option<PathBuf>,
    /// Say only what went wrong.
    pub quiet: bool,
    /// For people or for programs.
    pub format: Format,
    /// How much is logged.
    pub verbose: u8,
}

impl GlobalArgs {
    /// What was typed, as most verbs take it.
    #[must_use]
    pub fn meaning(&self) -> Global {
        Global {
            config: self.config.clone(),
            database: self.database.clone(),
            quiet: self.quiet,
            format: match self.format {
                Shape::Text => Format::Text,
                // None of these may be mixed with lines for people.
                Shape::Json | Shape::Junit | Shape::Markdown | Shape::Github => Format::Json,
            },
            verbose: self.verbose,
        }
    }
}

/// `--format`, with those that only `check` has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shape {
    /// Tables and sentences.
    #[value(alias = "table")]
    Text,
    /// JSON.
    Json,
    /// JUnit XML, for CI servers.
    Junit,
    /// Markdown, for a comment.
    Markdown,
    /// Annotations and the step summary of GitHub Actions.
    Github,
}

impl Shape {
    /// Its name, if only `check` has it.
    #[must_use]
    pub fn of_check(self) -> Option<&'static str> {
        match self {
            Shape::Text | Shape::Json => None,
            Shape::Junit => Some("junit"),
            Shape::Markdown => Some("markdown"),
            Shape::Github => Some("github"),
        }
    }
}

/// What a schema is of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// Of `targets.toml`.
    #[default]
    Config,
    /// Of what `outpace check --format json` prints.
    Check,
}

/// How results are written to standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tables and sentences.
    Text,
    /// One JSON document, or one JSON object a line for what goes on for long.
    Json,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Write a starter targets.toml (never overwrites)
    Init(commands::init::InitArgs),
    /// Check config, database, browser, driver and every region
    Doctor(commands::doctor::DoctorArgs),
    /// Print what a night costs us and every rival, without starting a browser
    Plan(commands::plan::PlanArgs),
    /// Measure one night now; goes on with an interrupted run
    Run(commands::run::RunArgs),
    /// Run what targets.toml schedules, for years: nights, reports, copies, alerts
    Schedule(commands::schedule::ScheduleArgs),
    /// Did this release make it slower? And are the budgets kept?
    Check(commands::check::CheckArgs),
    /// What changed between two visits, runs or releases
    Diff(commands::diff::DiffArgs),
    /// Where we stand after the last night, and what is next; exit 5 if the last night is missing
    Status(commands::status::StatusArgs),
    /// The nights so far
    History(commands::history::HistoryArgs),
    /// Mark releases of your own site, and list them
    Release(commands::release::ReleaseArgs),
    /// One visit whole; without an id, the newest visits
    Visit(commands::visit::VisitArgs),
    /// Write the report: HTML and PDF
    Report(commands::report::ReportArgs),
    /// Show reports, nights and visits in a browser, as the database has them now
    Serve(commands::serve::ServeArgs),
    /// Write the stored visits as CSV or JSON, or their requests as HAR
    Export(commands::export::ExportArgs),
    /// End evidence that is older than it is kept for
    Prune(commands::prune::PruneArgs),
    /// Measure the shops that come with outpace, and report
    Demo(commands::demo::DemoArgs),
    /// Copy the database while it is in use, and check the copy
    Backup(commands::backup::BackupArgs),
    /// Try the channels of alerts
    #[command(subcommand)]
    Notify(commands::tell::NotifyVerb),
    /// Try the lines of the budgets on the stored nights
    #[command(subcommand)]
    Budget(commands::tell::BudgetVerb),
    /// Keep alerts from being sent for a while
    Mute(commands::tell::MuteArgs),
    /// Print the JSON Schema of targets.toml, for editors, or of the result of a check
    Schema {
        /// `config` or `check`
        #[arg(value_enum, default_value_t, hide_possible_values = true)]
        of: SchemaOf,
    },
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Decides on alerts after a night. Not for people.
    #[command(name = "__decide", hide = true)]
    Decide,
    /// Keeps a browser driver, so that nothing outlives outpace. Not for people.
    #[command(name = "__keep", hide = true)]
    Keep {
        /// Its temporary folder
        temporary: PathBuf,
        /// The driver
        program: PathBuf,
        /// Its arguments
        #[arg(allow_hyphen_values = true)]
        args: Vec<String>,
    },
}

/// Reads the command line, does what it says, and says how it went.
#[must_use]
pub fn main() -> Exit {
    let cli = Cli::parse();
    start_log(cli.global.verbose);
    match commands::dispatch(cli) {
        Ok(exit) => exit,
        Err(error) => {
            // Whoever does not listen still gets the exit code.
            let _ = writeln!(anstream::stderr(), "{}", commands::failure::shown(&error));
            commands::failure::exit_of(&error)
        }
    }
}

fn start_log(verbose: u8) {
    let level = match verbose {
        0 => "warn",
        1 => "info",
        _ => "debug",
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("OUTPACE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(format!("outpace={level}")));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match std::env::var("OUTPACE_LOG_FORMAT").as_deref() {
        Ok("json") => log.json().flatten_event(true).init(),
        _ => log.init(),
    }
}
