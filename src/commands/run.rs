//! `outpace run`: measures one night now, or goes on with one that was interrupted.

use std::fmt::Write as _;

use serde_json::json;

use super::failure::Failure;
use super::night::{self, Ended, Night};
use crate::cli::{Format, Global};
use crate::config::Config;
use crate::exit::Exit;
use crate::model::format;
use crate::network::HostMap;

/// Flags of `run`.
#[derive(Debug, clap::Args)]
pub struct RunArgs {
    /// Begin a new run even if an interrupted one could be gone on with
    #[arg(long)]
    pub fresh: bool,
    /// Seed of the visiting order, as `plan` and `run` print it
    #[arg(long, value_name = "HEX", value_parser = seed)]
    pub seed: Option<u64>,
    /// Measure only what this `[[schedule.plan]]` says
    #[arg(long, value_name = "ID")]
    pub plan: Option<String>,
    /// The night of the schedule that this is. Not for people.
    #[arg(long, hide = true)]
    pub night: Option<i64>,
}

/// Reads a seed as it is printed.
///
/// # Errors
/// When it is no hexadecimal number of at most 16 digits.
pub fn seed(text: &str) -> Result<u64, String> {
    u64::from_str_radix(text, 16).map_err(|_| {
        format!("`{text}` is no seed: write up to 16 hexadecimal digits, such as 8a41")
    })
}

/// The verb.
///
/// # Errors
/// Exit 2 for a wrong config, 5 without any browser, 1 for what is unexpected.
pub fn main(global: &Global, args: &RunArgs) -> anyhow::Result<Exit> {
    let loaded = super::load(global)?;
    let config = part(&loaded.config, args.plan.as_deref())?;
    let ended = night::measure(&Night {
        global,
        config: &config,
        hosts: HostMap::new(),
        fresh: args.fresh,
        seed: args.seed,
        night: args.night,
    })?;
    say_end(global, &ended)?;
    exit(&ended, "outpace run")
}

/// The config of a plan, or the whole one.
fn part(config: &Config, plan: Option<&str>) -> anyhow::Result<Config> {
    let Some(id) = plan.filter(|id| *id != "nightly") else {
        return Ok(config.clone());
    };
    let plans = &config.schedule.plans;
    let found = plans.iter().find(|p| p.id == id);
    let plan = found.ok_or_else(|| {
        let known: Vec<String> = plans.iter().map(|p| format!("`{}`", p.id)).collect();
        let known = match known.as_slice() {
            [] => "there is no `[[schedule.plan]]`".to_owned(),
            known => format!("known: {}", format::list(known)),
        };
        Failure::Usage(format!("there is no plan `{id}`\nhint: {known}"))
    })?;
    Ok(config.narrowed(plan))
}

/// What the end of a run means for whoever started it by `command`.
///
/// # Errors
/// An interrupted run is exit 1; one that lost a region, or measured nothing for want of a
/// browser, is exit 5. What was measured is stored all the same.
pub fn exit(ended: &Ended, command: &str) -> anyhow::Result<Exit> {
    if ended.left > 0 {
        let left = format::count(ended.left.into(), "visit is", "visits are");
        anyhow::bail!(
            "run {} was stopped; {left} left\nhint: `{command}` goes on with it within 12 hours",
            ended.run
        );
    }
    if !ended.down.is_empty() {
        let list: Vec<String> = ended
            .down
            .iter()
            .map(|(region, why)| format!("`{region}` ({})", why.lines().next().unwrap_or_default()))
            .collect();
        return Err(Failure::Unavailable(format!(
            "region {} could not be used; its visits are missed\nhint: `outpace doctor` says what each region lacks",
            format::list(&list)
        ))
        .into());
    }
    Ok(Exit::Ok)
}

/// The closing lines of a run.
///
/// # Errors
/// When standard output cannot be written.
pub fn say_end(global: &Global, ended: &Ended) -> anyhow::Result<()> {
    if global.format == Format::Json {
        let line = json!({
            "event": "end", "run": ended.run, "ok": ended.ok, "failed": ended.failed,
            "blocked": ended.blocked, "missed": ended.missed, "left": ended.left,
            "seconds": ended.seconds, "regions_down": ended.down,
        });
        super::say(&line.to_string())?;
        return Ok(());
    }
    if global.quiet {
        return Ok(());
    }
    let mut text = format!(
        "Run {}: {} measured in {}",
        ended.run,
        format::count(ended.ok.into(), "visit", "visits"),
        format::span(ended.seconds)
    );
    for (n, word) in [
        (ended.blocked, "blocked (unknown, never fast)"),
        (ended.failed, "failed"),
        (ended.missed, "missed"),
    ] {
        if n > 0 {
            write!(text, ", {n} {word}").expect("a String takes any text");
        }
    }
    super::say(&text)?;
    for (reason, n) in &ended.reasons {
        super::say(&format!("  {n} x {reason}"))?;
    }
    Ok(())
}
