//! `outpace demo`: the shops that come with outpace, served on loopback, measured and reported on.

use std::path::Path;

use anyhow::Context;
use jiff::ToSpan;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::gather::Span;
use super::night::{self, Night};
use super::report::{self, AudienceArg, PaperArg, ReportArgs};
use super::run;
use super::simulated;
use crate::cli::{Format, Global};
use crate::config::{self, Config, LoadError};
use crate::exit::Exit;
use crate::model::format;
use crate::network::HostMap;
use crate::sites;
use crate::store::{OpenMode, Store};

/// The example config, for a binary that stands alone.
const EXAMPLE: &str = include_str!("../../targets.toml");
/// What the short demo leaves out, to be done in under five minutes.
const NOT_IN_SHORT_TARGETS: &[&str] = &["southern"];
const SHORT_PAGES: &[&str] = &["home", "product"];
/// The port in the example's addresses.
const PORT: u16 = 4780;

/// Flags of `demo`.
#[derive(Debug, clap::Args)]
pub struct DemoArgs {
    /// All six shops and four pages instead of five and two; takes more than twice as long
    #[arg(long, conflicts_with = "serve")]
    pub full: bool,
    /// Tonight alone, without the simulated year before it
    #[arg(long, conflicts_with = "serve")]
    pub no_history: bool,
    /// Only serve the shops, for a look at them, until Ctrl-C
    #[arg(long)]
    pub serve: bool,
    /// Port to serve the shops on with --serve
    #[arg(long, value_name = "PORT", default_value_t = PORT, requires = "serve")]
    pub port: u16,
    /// Only store the simulated year; measures nothing and reports nothing
    #[arg(long, hide = true, conflicts_with = "serve")]
    pub history_only: bool,
    /// The night after the simulated year, instead of today
    #[arg(long, hide = true, value_name = "DATE", requires = "history_only")]
    pub tonight: Option<jiff::civil::Date>,
}

/// The verb.
///
/// # Errors
/// As `run` and `report`.
pub fn main(global: &Global, args: &DemoArgs) -> anyhow::Result<Exit> {
    if args.serve {
        return serve(args.port);
    }
    let mut config = example(global)?;
    if !args.full {
        shorten(&mut config);
    }
    if !args.no_history {
        tell_history(global, &config, args)?;
    }
    if args.history_only {
        return Ok(Exit::Ok);
    }
    let served = Served::start()?;
    let hosts = HostMap::from([(PORT, served.port)]);
    if !global.quiet && global.format == Format::Text {
        note!("Six shops of the demo are served on this machine only; nothing else is visited.");
    }
    let ended = night::measure(&Night {
        global,
        config: &config,
        hosts,
        fresh: false,
        seed: None,
        night: None,
    })?;
    drop(served);
    run::say_end(global, &ended)?;
    let command = if args.full {
        "outpace demo --full"
    } else {
        "outpace demo"
    };
    run::exit(&ended, command)?;
    let report = ReportArgs {
        print_language: false,
        span: nights(&config)?,
        paper: PaperArg::A4,
        audience: AudienceArg::Both,
        external: false,
        target: None,
        verify: None,
        out: None,
    };
    let written = report::write(global, &config, &report)?;
    report::say(global, &written)?;
    match written.pdf {
        Ok(_) => Ok(Exit::Ok),
        Err(error) => Err(error.into()),
    }
}

/// Stores the simulated year, once, and says so.
fn tell_history(global: &Global, config: &Config, args: &DemoArgs) -> anyhow::Result<()> {
    let stored = simulated::store(config, args.tonight)?;
    if let (Some(visits), false) = (stored, global.quiet || global.format == Format::Json) {
        note!(
            "{} simulated visits of the year before tonight are stored, marked as such.",
            format::thousands(visits.into())
        );
    }
    Ok(())
}

/// Tonight and the nights of a month before it, or tonight alone where there are none: so that the
/// demo shows the same whatever day of the month it is.
fn nights(config: &Config) -> anyhow::Result<Span> {
    let store = Store::open(&config.project.database, OpenMode::ReadOnly)?;
    let zone = super::zone(config)?;
    let runs = store.runs()?;
    let [last, _, ..] = runs.as_slice() else {
        return Ok(Span::default());
    };
    let last = zone.to_datetime(last.started_at).date();
    Ok(Span {
        month: None,
        since: Some(last.saturating_sub(29.days())),
        until: Some(last),
    })
}

/// The config that the flags name, or the example that is compiled in.
fn example(global: &Global) -> anyhow::Result<Config> {
    match super::load(global) {
        Ok(loaded) => Ok(loaded.config),
        Err(error) if not_there(&error, &global.config) => {
            let here = std::env::current_dir().context("could not find the current folder")?;
            let loaded = config::parse("targets.toml", EXAMPLE, &here, &super::env)
                .map_err(|e| LoadError::Invalid(Box::new(e)))?;
            let mut config = loaded.config;
            if let Some(database) = &global.database {
                config.project.database = std::path::absolute(database)?;
            }
            Ok(config)
        }
        Err(error) => Err(error),
    }
}

/// Whether it is only the default config that is missing.
fn not_there(error: &anyhow::Error, path: &Path) -> bool {
    path == Path::new("targets.toml")
        && matches!(
            error.downcast_ref::<LoadError>(),
            Some(LoadError::NotFound { .. })
        )
}

fn shorten(config: &mut Config) {
    config
        .targets
        .retain(|t| !NOT_IN_SHORT_TARGETS.contains(&t.id.as_str()));
    for target in &mut config.targets {
        target
            .pages
            .retain(|p| SHORT_PAGES.contains(&p.kind.as_str()));
    }
}

/// The shops on a free port, in a thread of their own; stopped when dropped.
struct Served {
    port: u16,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Served {
    fn start() -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let listener = runtime
            .block_on(TcpListener::bind(("127.0.0.1", 0)))
            .context("could not serve the shops on loopback")?;
        let port = listener.local_addr()?.port();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let until = async {
                // A dropped sender means the same.
                let _ = stopped.await;
            };
            if let Err(error) = runtime.block_on(sites::serve(listener, until)) {
                tracing::error!(%error, "the shops are not served any more");
            }
        });
        Ok(Served {
            port,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(port: u16) -> anyhow::Result<Exit> {
    let runtime = super::runtime()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", port))
            .await
            .with_context(|| {
                format!("could not serve on port {port}\nhint: `--port 0` takes a free one")
            })?;
        let port = listener.local_addr()?.port();
        super::say("The shops of the demo, until Ctrl-C:")?;
        for truth in sites::truth::truth().iter().filter(|t| t.path == "/") {
            super::say(&format!("  {:<40} {}", truth.url(port), truth.reason))?;
        }
        let until = async {
            let _ = tokio::signal::ctrl_c().await;
        };
        sites::serve(listener, until).await?;
        Ok(Exit::Ok)
    })
}
