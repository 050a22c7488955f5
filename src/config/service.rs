//! The tables about running unattended: `[schedule]` and `[[notify]]`, read like the
//! others and then checked against targets, regions and profiles.

use std::path::Path;
use std::time::Duration;

use url::Url;

use super::defaults;
use super::diagnostic::Diagnostic;
use super::keys;
use super::raw::Written;
use super::resolve::unique;
use super::suggest::{nearest, quoted};
use super::tree::Value;
use super::values::{self, Problem, Text};
use super::walk::{At, Table, Walk};
use crate::model::{
    Blackout, BlackoutEffect, ChannelConfig, ChannelKind, Lane, NightPlan, Overlap, Schedule,
};

/// What was written. What is `None` had a problem, which has been noted.
pub(super) struct WrittenService {
    schedule: Option<Schedule>,
    channels: Option<Vec<ChannelConfig>>,
    /// Names of other tables, with what they must be one of.
    names: Vec<(At<String>, Named)>,
    ids: [Vec<At<String>>; 2],
}

/// What a name must be the name of.
#[derive(Clone, Copy, PartialEq)]
enum Named {
    Target,
    Page,
    Region,
    Profile,
}

impl WrittenService {
    /// The schedule, its folder beside the file.
    pub(super) fn schedule(&self, base_dir: &Path) -> Option<Schedule> {
        let mut schedule = self.schedule.clone()?;
        schedule.backup_to = base_dir.join(&schedule.backup_to);
        Some(schedule)
    }

    /// The channels, their files beside the file.
    pub(super) fn channels(&self, base_dir: &Path) -> Option<Vec<ChannelConfig>> {
        let mut channels = self.channels.clone()?;
        for channel in &mut channels {
            if let ChannelKind::Email { ca: Some(file), .. } = &mut channel.to {
                *file = base_dir.join(&*file);
            }
        }
        Some(channels)
    }
}

/// Reads both.
pub(super) fn read(walk: &mut Walk<'_>, root: &Table<'_>) -> WrittenService {
    let mut written = WrittenService {
        schedule: None,
        channels: None,
        names: Vec::new(),
        ids: Default::default(),
    };
    written.schedule = schedule(walk, root, &mut written);
    let tables = walk.tables(root, &keys::NOTIFY).unwrap_or_default();
    let read: Vec<_> = tables
        .iter()
        .map(|t| channel(walk, t, &mut written))
        .collect();
    written.channels = read.into_iter().collect();
    written
}

/// Ids are unique, and names are names of something.
pub(super) fn check(walk: &mut Walk<'_>, written: &Written) {
    let service = &written.service;
    for (what, ids) in ["plans", "channels"].iter().zip(&service.ids) {
        unique(walk, what, ids.iter().map(Some));
    }
    let targets = written.targets.as_deref().unwrap_or_default();
    let ids = |named: Named| -> Vec<&str> {
        let mut all: Vec<&str> = match named {
            Named::Target => targets
                .iter()
                .flat_map(|t| &t.id)
                .map(|a| a.value.as_str())
                .collect(),
            Named::Page => {
                let pages = targets.iter().flat_map(|t| &t.pages);
                pages.map(|p| p.kind.value.as_str()).collect()
            }
            Named::Region => match &written.regions {
                Some(all) => all
                    .iter()
                    .flat_map(|r| &r.id)
                    .map(|a| a.value.as_str())
                    .collect(),
                None => vec!["local"],
            },
            Named::Profile => match &written.profiles {
                Some(all) => all
                    .iter()
                    .flat_map(|p| &p.id)
                    .map(|a| a.value.as_str())
                    .collect(),
                None => vec!["desktop"],
            },
        };
        all.sort_unstable();
        all.dedup();
        all
    };
    for (name, named) in &service.names {
        let known = ids(*named);
        if known.contains(&name.value.as_str()) {
            continue;
        }
        let what = match named {
            Named::Target => "target",
            Named::Page => "page kind",
            Named::Region => "region",
            Named::Profile => "profile",
        };
        let message = format!("there is no {what} `{}`", name.value);
        let label = format!("known: {}", quoted(&known));
        let mut error = Diagnostic::error(name.span.clone(), message, label);
        if let Some(near) = nearest(&name.value, known.iter().copied()) {
            error = error.hint(format!("did you mean `{near}`?"));
        }
        walk.absent(error);
    }
}

fn schedule(
    walk: &mut Walk<'_>,
    root: &Table<'_>,
    written: &mut WrittenService,
) -> Option<Schedule> {
    let table = walk.section(root, &keys::SCHEDULE)?;
    let [nightly, report, prune, backup] = ["nightly", "report", "prune", "backup"]
        .map(|key| optional(walk, &table, key, values::cron));
    let day = Duration::from_secs(24 * 3600);
    let catch_up = walk.duration_or(
        &table,
        ("catch_up", defaults::CATCH_UP),
        Duration::ZERO..=day,
    );
    let jitter = walk.duration_or(&table, ("jitter", Duration::ZERO), Duration::ZERO..=day);
    let overlap = walk.read_or(&table, ("overlap", Overlap::Skip), overlap);
    let default = ("backup_to", defaults::BACKUP_TO.to_owned());
    let backup_to = walk.read_or(&table, default, values::any);
    let keep = walk.whole_or(&table, ("backup_keep", defaults::BACKUP_KEEP), 1..=1_000);
    let default = ("disk_free_min_mb", defaults::DISK_FREE_MIN_MB);
    let free = walk.whole_or(&table, default, 0..=100_000_000);
    let heartbeat = optional(walk, &table, "heartbeat", values::page_url);
    let listen = optional(walk, &table, "listen", loopback);
    let plans = walk.tables(&table, &keys::PLAN).unwrap_or_default();
    let plans: Vec<_> = plans.iter().map(|t| plan(walk, t, written)).collect();
    let blackouts = walk.tables(&table, &keys::BLACKOUT).unwrap_or_default();
    let blackouts: Vec<_> = blackouts.iter().map(|t| blackout(walk, t)).collect();
    Some(Schedule {
        nightly: nightly?,
        report: report?,
        prune: prune?,
        backup: backup?,
        backup_to: backup_to?.value.into(),
        backup_keep: keep?,
        catch_up: catch_up?.value,
        overlap: overlap?.value,
        jitter: jitter?.value,
        heartbeat: heartbeat?,
        listen: listen?,
        disk_free_min_mb: free?,
        plans: plans.into_iter().collect::<Option<_>>()?,
        blackouts: blackouts.into_iter().collect::<Option<_>>()?,
    })
}

/// `Some(None)`: not written; `None`: written and unfit.
fn optional<T>(
    walk: &mut Walk<'_>,
    table: &Table<'_>,
    key: &str,
    parse: fn(&Text) -> Result<T, Problem>,
) -> Option<Option<T>> {
    match table.get(key) {
        None => Some(None),
        Some(entry) => walk.read(entry, parse).map(|a| Some(a.value)),
    }
}

fn list<T>(
    walk: &mut Walk<'_>,
    table: &Table<'_>,
    key: &str,
    parse: fn(&Text) -> Result<T, Problem>,
) -> Option<Vec<At<T>>> {
    let Some(entry) = table.get(key) else {
        return Some(Vec::new());
    };
    let Value::List(items) = &entry.node.value else {
        let hint = Some(format!("write `{key} = [\"…\"]`"));
        walk.wrong_kind(entry, "a list of strings", hint);
        return None;
    };
    let read: Vec<_> = items
        .iter()
        .map(|item| walk.read_node(key, item, parse))
        .collect();
    read.into_iter().collect()
}

fn plan(walk: &mut Walk<'_>, table: &Table<'_>, written: &mut WrittenService) -> Option<NightPlan> {
    let id = walk.need(table, "id", values::id);
    let cron = walk.need(table, "cron", values::cron);
    let [targets, pages, regions, profiles] = [
        ("targets", Named::Target),
        ("pages", Named::Page),
        ("regions", Named::Region),
        ("profiles", Named::Profile),
    ]
    .map(|(key, named)| {
        let names = list(walk, table, key, values::any)?;
        let all = names.iter().map(|n| n.value.clone()).collect::<Vec<_>>();
        written.names.extend(names.into_iter().map(|n| (n, named)));
        Some(all)
    });
    let rounds = match table.get("rounds") {
        None => Some(None),
        Some(_) => walk
            .whole_or(table, ("rounds", defaults::ROUNDS), 1..=1_000)
            .map(Some),
    };
    let id = id?;
    if id.value == "nightly" {
        let message = "`nightly` is the plan of everything";
        let error = Diagnostic::error(id.span.clone(), message, "a plan needs a name of its own");
        walk.push(error);
        return None;
    }
    written.ids[0].push(id.clone());
    Some(NightPlan {
        id: id.value,
        cron: cron?.value,
        targets: targets?,
        pages: pages?,
        regions: regions?,
        profiles: profiles?,
        rounds: rounds?,
    })
}

fn blackout(walk: &mut Walk<'_>, table: &Table<'_>) -> Option<Blackout> {
    let name = walk.need(table, "name", values::any);
    let from = walk.need(table, "from", moment);
    let until = walk.need(table, "until", moment);
    let effect = walk.read_or(table, ("effect", BlackoutEffect::Measuring), effect);
    let (from, until) = (from?, until?);
    if until.value <= from.value {
        let message = "a blackout ends before it begins";
        walk.push(Diagnostic::error(until.span, message, "not after `from`"));
        return None;
    }
    Some(Blackout {
        name: name?.value,
        from: from.value,
        until: until.value,
        effect: effect?.value,
    })
}

fn channel(
    walk: &mut Walk<'_>,
    table: &Table<'_>,
    written: &mut WrittenService,
) -> Option<ChannelConfig> {
    let id = walk.need(table, "id", values::id);
    let kind = walk.need(table, "kind", kind);
    let lanes = list(walk, table, "lanes", lane);
    let id = id?;
    written.ids[1].push(id.clone());
    let needed: &[&str] = match kind.as_ref()?.value {
        "webhook" | "slack" | "teams" => &["url"],
        "email" => &["smtp", "from", "to"],
        _ => &["command"],
    };
    if kind.as_ref()?.value != "email" {
        let message = format!("`ca` of a channel of kind `{}`", kind.as_ref()?.value);
        let label = "only a mail server is asked who vouches for it";
        useless_ca(walk, table, &message, label, "take it out")?;
    }
    let missing: Vec<_> = needed.iter().map(|key| walk.required(table, key)).collect();
    if missing.iter().any(Option::is_none) {
        return None;
    }
    let to = match kind?.value {
        "webhook" => ChannelKind::Webhook {
            url: walk.need(table, "url", values::page_url)?.value,
            secret: optional(walk, table, "secret", values::any)?,
        },
        "slack" => ChannelKind::Slack(walk.need(table, "url", values::page_url)?.value),
        "teams" => ChannelKind::Teams(walk.need(table, "url", values::page_url)?.value),
        "email" => email(walk, table)?,
        _ => {
            let words = list(walk, table, "command", values::any)?;
            ChannelKind::Command(words.into_iter().map(|a| a.value).collect())
        }
    };
    let lanes: Vec<Lane> = lanes?.into_iter().map(|a| a.value).collect();
    Some(ChannelConfig {
        id: id.value,
        lanes: if lanes.is_empty() {
            Lane::ALL.to_vec()
        } else {
            lanes
        },
        to,
    })
}

fn email(walk: &mut Walk<'_>, table: &Table<'_>) -> Option<ChannelKind> {
    let server = walk.need(table, "smtp", smtp);
    let ca = optional(walk, table, "ca", values::any);
    let from = walk.need(table, "from", mailbox);
    let to = list(walk, table, "to", mailbox);
    let server = server?.value;
    if !is_encrypted(&server) {
        let message = "`ca` of a mail server without TLS";
        let label = "nothing would be checked with it";
        let hint = "write `smtp://…?tls=required` or `smtps://…`, or take it out";
        useless_ca(walk, table, message, label, hint)?;
    }
    Some(ChannelKind::Email {
        server,
        ca: ca?.map(Into::into),
        from: from?.value,
        to: to?.into_iter().map(|a| a.value).collect(),
    })
}

/// Refuses a `ca` that would be without effect.
fn useless_ca(
    walk: &mut Walk<'_>,
    table: &Table<'_>,
    message: &str,
    label: &str,
    hint: &str,
) -> Option<()> {
    let Some(entry) = table.get("ca") else {
        return Some(());
    };
    walk.push(Diagnostic::error(entry.key_span.clone(), message, label).hint(hint));
    None
}

/// What the address of a mail server says about TLS, as lettre reads it.
fn tls(server: &Url) -> Option<String> {
    let mut pairs = server.query_pairs();
    pairs.find(|(k, _)| k == "tls").map(|(_, v)| v.into_owned())
}

fn is_encrypted(server: &Url) -> bool {
    server.scheme() == "smtps" || tls(server).is_some()
}

fn overlap(text: &Text) -> Result<Overlap, Problem> {
    let known = [("skip", Overlap::Skip), ("wait", Overlap::Wait)];
    values::word(text, "overlap", &known, &[])
}

fn effect(text: &Text) -> Result<BlackoutEffect, Problem> {
    let known = [
        ("measuring", BlackoutEffect::Measuring),
        ("alerts", BlackoutEffect::Alerts),
    ];
    values::word(text, "effect", &known, &[])
}

fn kind(text: &Text) -> Result<&'static str, Problem> {
    let known = ["webhook", "slack", "teams", "email", "command"].map(|k| (k, k));
    values::word(text, "kind", &known, &[])
}

fn lane(text: &Text) -> Result<Lane, Problem> {
    let known = Lane::ALL.map(|l| (l.name(), l));
    values::word(text, "lane", &known, &[])
}

fn moment(text: &Text) -> Result<jiff::civil::DateTime, Problem> {
    text.value.parse().map_err(|_| {
        Problem::new(
            format!("{} is no date and time", text.shown()),
            "cannot be read",
        )
        .hint("write it as `2026-11-27T00:00`, in the project's zone")
    })
}

fn loopback(text: &Text) -> Result<std::net::SocketAddr, Problem> {
    let bad = |label: &str| {
        Problem::new(format!("{} cannot be listened on", text.shown()), label)
            .hint("write a loopback address and a port: `127.0.0.1:9464`")
    };
    let address: std::net::SocketAddr = text
        .value
        .parse()
        .map_err(|_| bad("no address with a port"))?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err(bad("it could be reached from outside"))
    }
}

fn smtp(text: &Text) -> Result<Url, Problem> {
    let hint = "write `smtp://user:${SMTP_PASSWORD}@mail.example.net:587?tls=required`";
    let bad = |label: String| {
        Problem::new(format!("{} is no mail server", text.shown()), label).hint(hint)
    };
    let url = Url::parse(&text.value).map_err(|e| bad(e.to_string()))?;
    if !matches!(url.scheme(), "smtp" | "smtps") {
        return Err(bad(format!("its scheme is `{}`", url.scheme())));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(bad("no host".to_owned()));
    }
    let tls = tls(&url);
    match tls.as_deref() {
        None | Some("required" | "opportunistic") => {}
        Some(other) => {
            return Err(bad(format!(
                "`tls` is `{other}`, and neither `required` nor `opportunistic`"
            )));
        }
    }
    let sure = url.scheme() == "smtps" || tls.as_deref() == Some("required");
    if url.password().is_some() && !sure && !is_this_machine(&url) {
        return Err(Problem::new(
            format!("{} may send its password in the clear", text.shown()),
            "TLS is not required",
        )
        .hint(hint));
    }
    Ok(url)
}

/// Whether what is sent there stays on this machine.
fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|a| a.is_loopback())
}

fn mailbox(text: &Text) -> Result<String, Problem> {
    text.value
        .parse::<lettre::message::Mailbox>()
        .map(|m| m.to_string())
        .map_err(|_| {
            Problem::new(format!("{} is no mailbox", text.shown()), "cannot be read")
                .hint("write `bench@example.com` or `Bench <bench@example.com>`")
        })
}
