//! What the service starts and says, apart from its loop: plans, command lines, messages, metrics,
//! and what `outpace status` shows of it.

use std::fmt::Write as _;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use crate::alerts::slower_cause;
use crate::cli::Global;
use crate::commands::decide::lane_channels;
use crate::commands::gather;
use crate::commands::letter::Letter;
use crate::config::Config;
use crate::model::{Event, Lane, Message, format};
use crate::report::{self, Language};
use crate::schedule::{Cron, Job};
use crate::store::{NightEnd, NightRow, NightState, Store, is_scheduled};

/// Every plan with its expression.
#[must_use]
pub fn plans(config: &Config) -> Vec<(Job, String, String)> {
    let schedule = &config.schedule;
    let nights = config.night_plans().into_iter();
    let mut all: Vec<_> = nights.map(|p| (Job::Night, p.id, p.cron)).collect();
    for (job, cron) in [
        (Job::Report, &schedule.report),
        (Job::Prune, &schedule.prune),
        (Job::Backup, &schedule.backup),
    ] {
        all.extend(cron.clone().map(|c| (job, job.name().to_owned(), c)));
    }
    all
}

/// When the next night of any plan starts.
///
/// # Errors
/// When the zone is not known here.
pub fn next_night(config: &Config, now: Timestamp) -> anyhow::Result<Option<Timestamp>> {
    let zone = crate::commands::zone(config)?;
    let mut starts = Vec::new();
    for plan in config.night_plans() {
        let next = Cron::parse(&plan.cron, &zone)?.next_after(now);
        starts.extend(next.map(|s| s.at));
    }
    Ok(starts.into_iter().min())
}

/// The command line of a start.
pub(super) fn words(night: &NightRow) -> Vec<String> {
    let words: Vec<&str> = match night.job.as_str() {
        "night" => vec!["run", "--plan", &night.plan],
        job => vec![job],
    };
    let mut words: Vec<String> = words.into_iter().map(str::to_owned).collect();
    match night.job.as_str() {
        "night" => words.extend(["--night".to_owned(), night.id.to_string()]),
        "report" => words.extend(["--month".to_owned(), month(night)]),
        _ => {}
    }
    words
}

/// The month that a report is about: the one that was over on the day before its start.
fn month(night: &NightRow) -> String {
    let date = night.local.date();
    let day = date.yesterday().unwrap_or(date);
    day.strftime("%Y-%m").to_string()
}

pub(super) fn said(end: &NightEnd) -> String {
    match end {
        NightEnd::Done(None) => "done".to_owned(),
        NightEnd::Done(Some(note)) => format!("done, {note}"),
        NightEnd::Failed(why) => format!("failed: {why}"),
        NightEnd::Missed(why) => format!("missed: {why}"),
        NightEnd::Again(at, why) | NightEnd::GivenBack(at, why) => {
            format!("again from {at} on: {why}")
        }
    }
}

/// The monthly report as a message of lane C: its letter, the PDF and where the page is.
pub(super) fn report_message(
    global: &Global,
    config: &Config,
    night: &NightRow,
    now: Timestamp,
) -> Message {
    let month = month(night);
    let folder = global.config.parent().unwrap_or(Path::new(""));
    let folder = folder.join("reports");
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    let pdf = folder.join(format!("{month}.pdf"));
    let there = pdf.is_file();
    let letter = Letter::kept(&folder.join(&month)).unwrap_or_else(|error| {
        tracing::warn!("{error:#}");
        Letter {
            subject: format!("{}: report of {month}", config.project.name),
            body: format!("The report of {month} is made."),
        }
    });
    let page = folder.join(format!("{month}.html"));
    let link = link(config, &page);
    let language = gather::language(config).unwrap_or_else(|error| {
        tracing::warn!("{error:#}");
        Language::english()
    });
    Message {
        id: format!("report-{month}-{}", night.id),
        version: 1,
        lane: Lane::C,
        event: Event::Digest,
        project: config.project.name.clone(),
        at: now,
        title: letter.subject,
        plain: format!("{}\n{}", letter.body, report::page_at(&language, &link)),
        technical: String::new(),
        next_look: None,
        alerts: Vec::new(),
        attachment: there.then(|| pdf.display().to_string()),
    }
}

/// Where a page of the folder `reports` is read: under `[report] url`, or as a file.
fn link(config: &Config, page: &Path) -> String {
    let name = page.file_name().and_then(|name| name.to_str());
    let served = config.report.url.clone().zip(name).and_then(|(url, name)| {
        // A folder's address ends in a slash, or the last part of it would be replaced.
        let folder = format!("{}/", url.as_str().trim_end_matches('/'));
        url::Url::parse(&folder).ok()?.join(name).ok()
    });
    let file = || url::Url::from_file_path(page).ok();
    served
        .or_else(file)
        .map_or_else(|| page.display().to_string(), |link| link.to_string())
}

/// Channels that take a lane.
pub(super) fn channels(config: &Config, lane: Lane) -> Vec<String> {
    lane_channels(config, lane)
}

/// Channels of a message: those of its lane, without one that it says is broken.
#[must_use]
pub fn channels_for(config: &Config, message: &Message) -> Vec<String> {
    let mut channels = lane_channels(config, message.lane);
    channels.retain(|c| {
        let broken = format!("D:channel:{c}");
        !message.alerts.iter().any(|a| a.key == broken)
    });
    channels
}

/// The cause of an open alert, by its key: conditions of one cause are one message.
#[must_use]
pub fn cause(key: &str) -> String {
    match key.split_once(':') {
        Some(("A", _)) => "the site".to_owned(),
        _ => slower_cause(key).unwrap_or_else(|| key.to_owned()),
    }
}

/// Whether an ended start says anything about whether nights are made.
#[must_use]
pub fn tells(night: &NightRow) -> bool {
    let reason = night.reason.as_deref().unwrap_or_default();
    let meant = reason.starts_with("blackout") || reason.starts_with("a later start");
    match night.state {
        NightState::Done | NightState::Failed => true,
        NightState::Missed => !meant,
        NightState::Due | NightState::Running => false,
    }
}

/// Why a night was not made; `None` when it was.
#[must_use]
pub fn lost(night: &NightRow) -> Option<String> {
    let why = night.reason.clone().unwrap_or_default();
    match night.state {
        NightState::Failed | NightState::Missed => Some(why),
        _ => None,
    }
}

/// What is wrong with the nights, a line each; nothing when nothing is.
///
/// # Errors
/// What the database says.
pub fn wrong(config: &Config, store: &Store, now: Timestamp) -> anyhow::Result<Vec<String>> {
    let mut lines = Vec::new();
    let rows = store.last_nights(500)?;
    let catch_up = SignedDuration::try_from(config.schedule.catch_up)?;
    let serviced = is_scheduled(&config.project.database);
    for plan in config.night_plans() {
        let of = |n: &&NightRow| n.job == "night" && n.plan == plan.id;
        if let Some(row) = rows.iter().filter(of).find(|n| tells(n))
            && let Some(why) = lost(row)
        {
            lines.push(format!("night `{}` of {}: {why}", plan.id, row.local));
        }
        // A service that was killed could not write that its night was cut off.
        let running = rows.iter().filter(of);
        let running = running.filter(|n| n.state == NightState::Running);
        if let Some(row) = running.take(1).find(|_| !serviced) {
            lines.push(format!(
                "night `{}` of {} was cut off, and no service is running: `outpace schedule` goes on with it",
                plan.id, row.local
            ));
        }
        let late = rows
            .iter()
            .filter(of)
            .find(|n| n.state == NightState::Due && now.duration_since(n.due) > catch_up);
        if let Some(row) = late {
            lines.push(format!(
                "night `{}` of {} has not begun",
                plan.id, row.local
            ));
        }
        if let Some(since) = unseen(config, store, (&plan.id, &plan.cron), now)? {
            lines.push(format!(
                "night `{}` of {since} is missing: is the service running?",
                plan.id
            ));
        }
    }
    let queue = store.queue()?;
    if queue.failing > 0 {
        let n = format::count(queue.failing.into(), "message does", "messages do");
        lines.push(format!("{n} not get through"));
    }
    Ok(lines)
}

/// A start that came more than `catch_up` ago and that nobody recorded.
fn unseen(
    config: &Config,
    store: &Store,
    (plan, cron): (&str, &str),
    now: Timestamp,
) -> anyhow::Result<Option<String>> {
    let Some(known) = store.known_until("night", plan)? else {
        return Ok(None);
    };
    let zone = crate::commands::zone(config)?;
    let next = Cron::parse(cron, &zone)?.next_after(known);
    let limit = now - SignedDuration::try_from(config.schedule.catch_up)?;
    Ok(next.filter(|s| s.at < limit).map(|s| s.local.to_string()))
}

/// The lines of `status` about the schedule, and whether the last night is missing.
///
/// # Errors
/// What the database says.
pub fn status(config: &Config, store: &Store, now: Timestamp) -> anyhow::Result<(String, bool)> {
    let plans = config.night_plans();
    let mut out = String::new();
    if plans.is_empty() {
        return Ok((out, false));
    }
    let zone = crate::commands::zone(config)?;
    if let Some(next) = next_night(config, now)? {
        let local = zone
            .to_datetime(next)
            .strftime("%Y-%m-%d %H:%M")
            .to_string();
        let _ = writeln!(out, "Next night: {local}");
    }
    let nights = store.last_nights(200)?;
    for night in nights.iter().filter(|n| n.job == "night").take(3) {
        let reason = night
            .reason
            .as_ref()
            .map_or(String::new(), |r| format!(", {r}"));
        let run = night.run.map_or(String::new(), |r| format!(", run {r}"));
        let start = night.local.strftime("%Y-%m-%d %H:%M");
        let _ = writeln!(
            out,
            "Night {start} {}: {}{run}{reason}",
            night.plan,
            night.state.name()
        );
    }
    for alert in store.open_alerts()? {
        let _ = writeln!(
            out,
            "Open since {}: {} ({})",
            alert.opened, alert.what, alert.told
        );
    }
    let wrong = wrong(config, store, now)?;
    for line in &wrong {
        let _ = writeln!(out, "Wrong: {line}");
    }
    Ok((out, wrong.iter().any(|l| l.starts_with("night"))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Format;

    fn night() -> NightRow {
        let at: Timestamp = "2026-11-01T07:00:00Z".parse().unwrap();
        NightRow {
            id: 9,
            job: "report".to_owned(),
            plan: "report".to_owned(),
            local: "2026-11-01T07:00:00".parse().unwrap(),
            due: at,
            state: NightState::Running,
            started: Some(at),
            ended: None,
            run: None,
            tries: 1,
            reason: None,
        }
    }

    #[test]
    fn the_message_of_a_report_is_its_letter_with_the_pdf_and_the_page() {
        let dir = tempfile::tempdir().unwrap();
        let text = include_str!("../../../targets.toml");
        let loaded = crate::config::parse("targets.toml", text, dir.path(), &|_| None);
        let mut config = loaded.unwrap_or_else(|e| panic!("{e}")).config;
        let global = Global {
            config: dir.path().join("targets.toml"),
            database: None,
            quiet: false,
            format: Format::Text,
            verbose: 0,
        };
        let message = |config: &Config| report_message(&global, config, &night(), night().due);
        let bare = message(&config);
        assert!(bare.title.ends_with(": report of 2026-10"), "{bare:?}");
        assert_eq!(bare.attachment, None);

        let archive = dir.path().join("reports/2026-10");
        std::fs::create_dir_all(&archive).unwrap();
        let letter = Letter {
            subject: "Shops, October 2026: 3rd of 7, 1.2 s behind Northfield".to_owned(),
            body: "- One.\n- Two.\n- Three.\n\nMeasured 4 of 5 planned visits.".to_owned(),
        };
        letter.keep(&archive).unwrap();
        let pdf = dir.path().join("reports/2026-10.pdf");
        std::fs::write(&pdf, "%PDF-1.7").unwrap();
        let told = message(&config);
        assert_eq!(told.title, letter.subject);
        let (words, link) = told.plain.split_once("\nPage: ").unwrap();
        assert_eq!(words, letter.body);
        let page = url::Url::parse(link).unwrap().to_file_path().unwrap();
        assert_eq!(page, pdf.with_extension("html"));
        assert_eq!(told.attachment, Some(pdf.display().to_string()));
        assert_eq!((told.technical.as_str(), told.id), ("", bare.id));

        for url in [
            "https://bench.example/reports",
            "https://bench.example/reports/",
        ] {
            config.report.url = Some(url.parse().unwrap());
            let link = "\nPage: https://bench.example/reports/2026-10.html";
            assert!(message(&config).plain.ends_with(link), "{url}");
        }
    }
}
