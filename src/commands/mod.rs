//! One file a verb; the only place where the layers meet. Nothing imports it but the command line.

/// A line on standard error. Nobody reading it is no reason to stop: `eprintln!` would end a night
/// because a pager was closed.
macro_rules! note {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(anstream::stderr(), $($words)*);
    }};
}

pub mod archive;
pub mod background;
pub mod backup;
pub mod basis;
mod book;
pub mod changes;
pub mod check;
pub mod clock;
mod control;
pub mod decide;
pub mod demo;
pub mod diff;
mod digest;
pub mod disk;
pub mod doctor;
mod doctor_database;
pub mod export;
pub mod failure;
pub mod files;
pub mod gather;
pub mod history;
pub mod init;
mod instrument;
mod letter;
mod lines;
mod manners;
pub mod night;
pub mod period;
pub mod pins;
pub mod plan;
pub mod progress;
pub mod prune;
pub mod release;
mod released;
pub mod report;
mod report_names;
pub mod restate;
pub mod run;
pub mod schedule;
pub mod serve;
mod signals;
pub mod simulated;
pub mod slower;
pub mod status;
pub mod steps;
pub mod table;
pub mod tell;
mod verified;
pub mod verify;
pub mod views;
pub mod visit;

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use crate::browser::{LocalBrowser, keeper};
use crate::cli::{Cli, Global, SchemaOf, Verb};
use crate::config::{self, Config, Loaded};
use crate::exit::Exit;
use crate::measure::probe::Surroundings;
use crate::network::HostMap;

/// Does what the command line says.
///
/// # Errors
/// Whatever the verb could not do; see [`failure::exit_of`] for what becomes of it.
pub fn dispatch(cli: Cli) -> anyhow::Result<Exit> {
    let shape = cli.global.format;
    let global = cli.global.meaning();
    if let (Some(name), false) = (shape.of_check(), matches!(cli.verb, Verb::Check(_))) {
        return Err(failure::Failure::Usage(format!(
            "`--format {name}` is for `outpace check` only\nhint: write `text` or `json`"
        ))
        .into());
    }
    match cli.verb {
        Verb::Init(args) => init::main(&global, &args),
        Verb::Doctor(args) => doctor::main(&global, &args),
        Verb::Plan(args) => plan::main(&global, &args),
        Verb::Run(args) => run::main(&global, &args),
        Verb::Schedule(args) => schedule::main(&global, &args),
        Verb::Check(args) => check::main((&global, shape), &args),
        Verb::Diff(args) => diff::main(&global, &args),
        Verb::Status(args) => status::main(&global, &args),
        Verb::History(args) => history::main(&global, &args),
        Verb::Release(args) => release::main(&global, &args),
        Verb::Visit(args) => visit::main(&global, &args),
        Verb::Report(args) => report::main(&global, &args),
        Verb::Serve(args) => serve::main(&global, &args),
        Verb::Export(args) => export::main(&global, &args),
        Verb::Prune(args) => prune::main(&global, &args),
        Verb::Demo(args) => demo::main(&global, &args),
        Verb::Backup(args) => backup::main(&global, &args),
        Verb::Notify(verb) => tell::notify(&global, &verb),
        Verb::Budget(verb) => tell::budget(&global, &verb),
        Verb::Mute(args) => tell::mute(&global, &args),
        Verb::Decide => decide::main(&global),
        Verb::Schema { of } => say(match of {
            SchemaOf::Config => config::SCHEMA.trim_end(),
            SchemaOf::Check => check::SCHEMA.trim_end(),
        }),
        Verb::Completions { shell } => {
            clap_complete::generate(shell, &mut for_people(), "outpace", &mut std::io::stdout());
            Ok(Exit::Ok)
        }
        Verb::Keep {
            temporary,
            program,
            args,
        } => {
            keeper::keep(&program, &args, temporary, std::io::stdin())?;
            Ok(Exit::Ok)
        }
    }
}

/// The command line without what is hidden: completions would offer it.
fn for_people() -> clap::Command {
    let whole = <Cli as clap::CommandFactory>::command();
    let shown = whole.get_subcommands().filter(|v| !v.is_hide_set());
    clap::Command::new("outpace")
        .args(whole.get_arguments().cloned())
        .subcommands(shown.cloned())
}

/// The environment, as config and browser ask for it.
#[must_use]
pub fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Reads the config that the flags name; its warnings go to standard error unless quiet.
///
/// # Errors
/// When there is no config, or it is wrong: exit 2.
pub fn load(global: &Global) -> anyhow::Result<Loaded> {
    let loaded = config::load(&global.config, &env, global.database.as_deref())?;
    let warnings = loaded.rendered_warnings();
    if !global.quiet && !warnings.is_empty() {
        // With the empty line that stands between two warnings after the last one too.
        note!("{warnings}");
    }
    Ok(loaded)
}

/// The zone in which nights are counted.
///
/// # Errors
/// When the system's zone data no longer know the zone.
pub fn zone(config: &Config) -> anyhow::Result<TimeZone> {
    let name = &config.project.timezone;
    TimeZone::get(name).with_context(|| format!("time zone `{name}` is not known here"))
}

/// This program's own path, for the keeper of drivers.
///
/// # Errors
/// When the system does not say.
pub fn own_path() -> anyhow::Result<PathBuf> {
    std::env::current_exe().context("could not find this program's own path")
}

/// The runtime that browsers, drivers and the demo's shops are talked to with.
///
/// # Errors
/// When the system gives no threads.
pub fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("could not start the runtime")
}

/// What the names of our sessions on a Grid begin with: the project, and a mark of its database on
/// this machine, so that two outpaces that share a Grid never end each other's sessions.
#[must_use]
pub fn owner(config: &Config) -> String {
    let host = rustix::system::uname();
    let mut hash = Sha256::new();
    hash.update(host.nodename().to_bytes());
    hash.update(config.project.database.as_os_str().as_encoded_bytes());
    let mark: String = hash
        .finalize()
        .iter()
        .take(4)
        .map(|b| format!("{b:02x}"))
        .collect();
    format!("outpace {} [{mark}]", config.project.name)
}

/// What probing regions needs to know of this machine. `hosts`: where the demo's sites listen.
///
/// # Errors
/// When the system does not say where this program is.
pub fn surroundings(hosts: HostMap, config: &Config) -> anyhow::Result<Surroundings> {
    Ok(Surroundings {
        outpace: own_path()?,
        hosts,
        owner: owner(config),
        alone: false,
        networks: config.profiles.iter().map(|p| p.network.clone()).collect(),
        local: LocalBrowser::find(&env).map_err(|e| e.to_string()),
    })
}

/// Writes a line to standard output; a reader that went away is no error.
///
/// # Errors
/// When standard output cannot be written for another reason.
pub fn say(text: &str) -> anyhow::Result<Exit> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(e).context("could not write to standard output")
        }
        _ => Ok(Exit::Ok),
    }
}
