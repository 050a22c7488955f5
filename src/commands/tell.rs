//! `outpace notify test`, `outpace budget test` and `outpace mute`: channels, lines and silence.

use serde_json::json;

use super::table::{self, Side};
use super::{clock, decide};
use crate::alerts;
use crate::cli::{Format, Global};
use crate::commands::failure::Failure;
use crate::exit::Exit;
use crate::model::{Event, Lane, Message, format};
use crate::notify::Channels;
use crate::store::{Mute, OpenMode, Store};

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
#[command(group(clap::ArgGroup::new("what").args(["span", "end"])))]
pub struct MuteArgs {
    /// Beginning of the alerts' keys, such as `B:` or `D:region:tokyo`; without one, the mutes that
    /// hold are listed
    #[arg(value_parser = key, requires = "what")]
    pub key: Option<String>,
    /// For how long
    #[arg(long = "for", value_name = "DURATION", value_parser = hours, requires_all = ["key", "reason"])]
    pub span: Option<std::time::Duration>,
    /// Why: kept and shown
    #[arg(long, value_name = "TEXT", requires = "span", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub reason: Option<String>,
    /// End the mutes of this key now
    #[arg(long, requires = "key")]
    pub end: bool,
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
        if global.format == Format::Json {
            let why = sent.as_ref().err().map(ToString::to_string);
            let line = json!({ "channel": id, "sent": sent.is_ok(), "why": why });
            super::say(&line.to_string())?;
            continue;
        }
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
/// Exit 2 where there is no mute of that key to end; what the database says.
pub fn mute(global: &Global, args: &MuteArgs) -> anyhow::Result<Exit> {
    let loaded = super::load(global)?;
    let database = &loaded.config.project.database;
    let (now, zone) = (clock::now(), super::zone(&loaded.config)?);
    let Some(key) = &args.key else {
        let mutes = Store::open(database, OpenMode::ReadOnly)?.mutes(now)?;
        return list_mutes(global, &mutes, &zone);
    };
    let mut store = Store::open(database, OpenMode::ReadWrite)?;
    let until = match (args.span, &args.reason) {
        (Some(span), Some(reason)) => {
            let until = now + jiff::SignedDuration::try_from(span)?;
            store.mute(key, until, reason, now)?;
            until
        }
        _ if store.end_mutes(key, now)? > 0 => now,
        _ => {
            return Err(Failure::Usage(format!(
                "no mute of `{key}` holds\nhint: `outpace mute` lists those that do"
            ))
            .into());
        }
    };
    if global.format == Format::Json {
        return super::say(
            &json!({ "key": key, "until": until, "reason": args.reason }).to_string(),
        );
    }
    if global.quiet {
        return Ok(Exit::Ok);
    }
    super::say(&match args.end {
        true => format!("alerts that begin with `{key}` are sent again"),
        false => format!(
            "alerts that begin with `{key}` are kept and not sent until {}",
            until.to_zoned(zone).strftime("%Y-%m-%d %H:%M %Z")
        ),
    })
}

/// The mutes that hold, those that end first at the top.
fn list_mutes(global: &Global, mutes: &[Mute], zone: &jiff::tz::TimeZone) -> anyhow::Result<Exit> {
    if global.format == Format::Json {
        let all = mutes
            .iter()
            .map(|m| json!({ "key": m.pattern, "until": m.until, "reason": m.reason }));
        return super::say(&json!(all.collect::<Vec<_>>()).to_string());
    }
    if mutes.is_empty() {
        return super::say(
            "No alert is muted; `outpace mute KEY --for 8h --reason TEXT` mutes some",
        );
    }
    let header = [
        ("alerts that begin with", Side::Left),
        ("not sent until", Side::Left),
        ("why", Side::Left),
    ];
    let row = |m: &Mute| {
        let until = m.until.to_zoned(zone.clone());
        let until = until.strftime("%Y-%m-%d %H:%M %Z").to_string();
        vec![m.pattern.clone(), until, m.reason.clone()]
    };
    let rows: Vec<Vec<String>> = mutes.iter().map(row).collect();
    super::say(table::set(&header, &rows).trim_end())
}
