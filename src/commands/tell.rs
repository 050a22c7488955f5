//! `outpace notify test`, `outpace budget test` and `outpace mute`: channels, lines and silence.

use serde_json::json;

use super::{clock, decide};
use crate::alerts;
use crate::cli::{Format, Global};
use crate::commands::failure::Failure;
use crate::exit::Exit;
use crate::model::{Event, Lane, Message, format};
use crate::notify::Channels;
use crate::store::{OpenMode, Store};

/// Verbs of `notify`.
#[derive(Debug, clap::Subcommand)]
pub enum NotifyVerb {
    /// Send a test message by every channel, or by one
    Test {
        /// Only this channel
        channel: Option<String>,
    },
    /// Print the JSON Schema of what a webhook gets
    Schema,
}

/// Verbs of `budget`.
#[derive(Debug, clap::Subcommand)]
pub enum BudgetVerb {
    /// Say how often each budget would have fired over the stored nights
    Test,
}

/// Flags of `mute`.
#[derive(Debug, clap::Args)]
pub struct MuteArgs {
    /// Beginning of the alerts' keys, such as `B:` or `D:region:tokyo`
    #[arg(value_parser = key)]
    pub key: String,
    /// For how long
    #[arg(long = "for", value_name = "DURATION", value_parser = hours)]
    pub span: std::time::Duration,
    /// Why: kept and shown
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub reason: String,
}

/// A key begins with its lane.
fn key(text: &str) -> Result<String, String> {
    let lane = text.split(':').next().unwrap_or_default();
    lane.parse::<Lane>()?;
    Ok(text.to_owned())
}

/// Reads `8h`, `3d` or `45m`.
fn hours(text: &str) -> Result<std::time::Duration, String> {
    let wrong = || format!("`{text}` is no duration: write `45m`, `8h` or `3d`");
    let split = text
        .len()
        .checked_sub(1)
        .filter(|i| text.is_char_boundary(*i));
    let (number, unit) = text.split_at(split.ok_or_else(wrong)?);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let unit = match unit {
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(wrong()),
    };
    let seconds = number
        .checked_mul(unit)
        .filter(|s| (1..=366 * 86_400).contains(s));
    seconds
        .map(std::time::Duration::from_secs)
        .ok_or_else(wrong)
}

/// `outpace notify …`.
///
/// # Errors
/// Exit 1 when a channel did not take the message, 2 when there is none.
pub fn notify(global: &Global, verb: &NotifyVerb) -> anyhow::Result<Exit> {
    let NotifyVerb::Test { channel } = verb else {
        return super::say(crate::notify::SCHEMA.trim_end());
    };
    let loaded = super::load(global)?;
    let config = &loaded.config;
    let wanted = |id: &str| channel.as_ref().is_none_or(|c| c == id);
    let ids: Vec<&str> = config.channels.iter().map(|c| c.id.as_str()).collect();
    let ids: Vec<&str> = ids.into_iter().filter(|id| wanted(id)).collect();
    if ids.is_empty() {
        let what = channel.as_ref().map_or_else(
            || "there is no `[[notify]]`".to_owned(),
            |c| format!("there is no channel `{c}`"),
        );
        return Err(Failure::Usage(format!("{what}\nhint: write one in the config")).into());
    }
    let now = clock::now();
    let message = Message {
        id: format!("test-{}", now.as_millisecond()),
        version: 1,
        lane: Lane::D,
        event: Event::Test,
        project: config.project.name.clone(),
        at: now,
        title: format!("{}: a test of outpace", config.project.name),
        plain: "This is a test. Nothing is wrong.".to_owned(),
        technical: "sent by `outpace notify test`".to_owned(),
        next_look: None,
        alerts: Vec::new(),
        attachment: None,
    };
    let channels = Channels::of(&config.channels)?;
    let mut failed = 0;
    for id in ids {
        let sent = super::runtime()?.block_on(channels.send(id, &message));
        failed += u32::from(sent.is_err());
        let word = sent.map_or_else(|e| format!("not sent: {e}"), |()| "sent".to_owned());
        super::say(&format!("{id}: {word}"))?;
    }
    if failed > 0 {
        let n = format::count(failed.into(), "channel", "channels");
        anyhow::bail!("{n} did not take the message\nhint: look at its address and its secret");
    }
    Ok(Exit::Ok)
}

/// `outpace budget test`.
///
/// # Errors
/// Exit 3 when a budget is broken by the last night, 4 when nothing was measured for any.
pub fn budget(global: &Global, _verb: &BudgetVerb) -> anyhow::Result<Exit> {
    let loaded = super::load(global)?;
    let config = &loaded.config;
    if config.budgets.is_empty() {
        let none = "there is no `[[budget]]`\nhint: write one in the config";
        return Err(Failure::Usage(none.to_owned()).into());
    }
    let store = Store::open(&config.project.database, OpenMode::ReadOnly)?;
    let (mut broken, mut told) = (false, false);
    for budget in &decide::budgets(config) {
        let nights = decide::night_medians(config, &store, budget, None)?;
        let firings = alerts::firings(budget, &nights);
        let known = nights.iter().filter(|n| n.own.is_some()).count();
        broken |= alerts::broken(budget, &nights).is_some();
        told |= known > 0;
        if global.format == Format::Json {
            let all: Vec<_> = firings
                .iter()
                .map(|f| json!({ "night": f.night, "value": f.value, "line": f.line }))
                .collect();
            let line =
                json!({ "budget": alerts::budget_key(budget), "nights": known, "fired": all });
            super::say(&line.to_string())?;
            continue;
        }
        let page = budget.page.as_deref().unwrap_or_default();
        let nights = format::count(known as u64, "night", "nights");
        let times = format::count(firings.len() as u64, "time", "times");
        super::say(&format!(
            "{page}: {}: would have fired {times} in {nights}",
            budget.demand()
        ))?;
        for firing in firings.iter().rev().take(3) {
            let shown = |v| format::value(budget.metric, v);
            let (value, line) = (shown(firing.value), shown(firing.line));
            super::say(&format!("  {}: {value}, the line was {line}", firing.night))?;
        }
    }
    Ok(match (told, broken) {
        (false, _) => Exit::CannotTell,
        (true, true) => Exit::Regression,
        (true, false) => Exit::Ok,
    })
}

/// `outpace mute`.
///
/// # Errors
/// What the database says.
pub fn mute(global: &Global, args: &MuteArgs) -> anyhow::Result<Exit> {
    let loaded = super::load(global)?;
    let mut store = Store::open(&loaded.config.project.database, OpenMode::ReadWrite)?;
    let now = clock::now();
    let until = now + jiff::SignedDuration::try_from(args.span)?;
    let zone = super::zone(&loaded.config)?;
    store.mute(&args.key, until, &args.reason, now)?;
    if global.quiet {
        return Ok(Exit::Ok);
    }
    super::say(&format!(
        "alerts that begin with `{}` are kept and not sent until {}",
        args.key,
        until.to_zoned(zone).strftime("%Y-%m-%d %H:%M %Z")
    ))
}
