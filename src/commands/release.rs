//! `outpace release`: marks releases of our own site, lists them, takes a mistaken mark back.
//!
//! A mark changes no measurement; `check`, the charts and the alerts use it as a before and after.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::check::{self, Judged};
use super::failure::Failure;
use super::released::{self, Followed};
use super::table::{self, Side};
use crate::analysis::{Effect, Relation};
use crate::cli::{Format, Global};
use crate::exit::Exit;
use crate::model::{Metric, Release, format};
use crate::store::{NewRelease, OpenMode, Store};

/// A clock may be this much ahead of ours and a release still not be "in the future".
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// Flags of `release`.
#[derive(Debug, clap::Args)]
pub struct ReleaseArgs {
    #[command(subcommand)]
    verb: ReleaseVerb,
}

/// What to do with releases.
#[derive(Debug, clap::Subcommand)]
enum ReleaseVerb {
    /// Mark a release of your own site
    Mark(MarkArgs),
    /// The releases that are marked, each with what the nights since say of it: of main content on
    /// the first page kind as the report has it, and whether any page became slower
    List,
    /// Take a mark back that was a mistake
    Remove {
        /// The version, as it was marked
        version: String,
    },
}

/// Flags of `release mark`.
#[derive(Debug, clap::Args)]
struct MarkArgs {
    /// The version, such as v1.4
    version: String,
    /// When it went live: `2026-11-25 14:30` in the project's zone, or ISO 8601 with an offset;
    /// now by default
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// The commit it was built from
    #[arg(long, value_name = "SHA")]
    commit: Option<String>,
    /// A word on it
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// The verb.
///
/// # Errors
/// Exit 2 for a version that is marked already or a time that is none.
pub fn main(global: &Global, args: &ReleaseArgs) -> anyhow::Result<Exit> {
    let loaded = super::load(global)?;
    let zone = super::zone(&loaded.config)?;
    let database = &loaded.config.project.database;
    match &args.verb {
        ReleaseVerb::Mark(mark) => {
            let new = read_mark(mark, &zone, Timestamp::now())?;
            let mut store = Store::open(database, OpenMode::ReadWrite)?;
            let release = store.mark_release(&new, Timestamp::now())?;
            marked(global, &release, &zone)
        }
        ReleaseVerb::List => {
            let store = Store::open(database, OpenMode::ReadOnly)?;
            let releases = store.releases()?;
            let judged = check::judged(&loaded.config, &store, (&releases, &zone))?;
            let followed = released::all(&loaded.config, &store, (&releases, &zone))?;
            let listed: Vec<Listed<'_>> = releases
                .iter()
                .zip(&judged)
                .map(|(release, judged)| Listed {
                    release,
                    judged,
                    effect: effect_of(&followed, release),
                })
                .collect();
            list(global, &listed, &zone)
        }
        ReleaseVerb::Remove { version } => {
            let mut store = Store::open(database, OpenMode::ReadWrite)?;
            if !store.remove_release(version)? {
                return Err(unknown(&store, version)?.into());
            }
            if global.format == Format::Json {
                return super::say(&json!({ "version": version, "removed": true }).to_string());
            }
            if global.quiet {
                return Ok(Exit::Ok);
            }
            super::say(&format!("Release `{version}` is no longer marked"))
        }
    }
}

/// What to say of a version that is not marked.
///
/// # Errors
/// What the database says.
pub(super) fn unknown(store: &Store, version: &str) -> anyhow::Result<Failure> {
    let known: Vec<String> = store.releases()?.into_iter().map(|r| r.version).collect();
    let hint = if known.is_empty() {
        "none is marked yet; `outpace release mark VERSION` marks one".to_owned()
    } else {
        format!("there are {}", format::list(&known))
    };
    Ok(Failure::Usage(format!(
        "no release `{version}` is marked\nhint: {hint}"
    )))
}

fn read_mark(mark: &MarkArgs, zone: &TimeZone, now: Timestamp) -> anyhow::Result<NewRelease> {
    let version = mark.version.trim();
    if version.is_empty() || version.chars().any(char::is_control) {
        return Err(Failure::Usage(
            "a release needs a version\nhint: write `outpace release mark v1.4`".to_owned(),
        )
        .into());
    }
    let at = match &mark.at {
        None => now,
        Some(text) => read_time(text, zone)?,
    };
    if at > now + AHEAD {
        return Err(Failure::Usage(format!(
            "`--at {}` is in the future\nhint: mark a release once it is live",
            mark.at.as_deref().unwrap_or_default()
        ))
        .into());
    }
    Ok(NewRelease {
        version: version.to_owned(),
        at,
        commit_id: mark.commit.clone(),
        note: mark.note.clone(),
    })
}

/// A moment as people write it: with an offset, or in the project's zone; a date is its midnight.
///
/// # Errors
/// Exit 2 for what is none.
pub(super) fn read_time(text: &str, zone: &TimeZone) -> anyhow::Result<Timestamp> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let local = text
        .parse::<DateTime>()
        .ok()
        .or_else(|| text.parse::<Date>().ok().map(DateTime::from));
    local
        .and_then(|t| t.to_zoned(zone.clone()).ok())
        .map(|z| z.timestamp())
        .ok_or_else(|| {
            Failure::Usage(format!(
                "`{text}` is no time\nhint: write `2026-11-25 14:30` (in the project's zone) or \
                 `2026-11-25T03:30:00Z`"
            ))
            .into()
        })
}

fn marked(global: &Global, release: &Release, zone: &TimeZone) -> anyhow::Result<Exit> {
    match global.format {
        Format::Json => super::say(&json!(release).to_string()),
        Format::Text if global.quiet => Ok(Exit::Ok),
        Format::Text => super::say(&format!(
            "Release `{}` is marked at {}",
            release.version,
            local(release.at, zone)
        )),
    }
}

fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone())
        .strftime("%Y-%m-%d %H:%M %Z")
        .to_string()
}

/// A release with what is known of it.
struct Listed<'a> {
    release: &'a Release,
    /// Whether any page became slower.
    judged: &'a Judged,
    /// What followed on the headline's page.
    effect: Option<Effect>,
}

fn effect_of(followed: &[Followed], release: &Release) -> Option<Effect> {
    let with = |f: &&Followed| f.releases.iter().any(|r| r.id == release.id);
    followed.iter().find(with)?.effect
}

fn list(global: &Global, listed: &[Listed<'_>], zone: &TimeZone) -> anyhow::Result<Exit> {
    if global.format == Format::Json {
        let all = listed.iter().map(|l| {
            let mut line = json!(l.release);
            line["judged"] = json!(l.judged);
            line["effect"] = json!(l.effect);
            line
        });
        return super::say(&json!(all.collect::<Vec<_>>()).to_string());
    }
    if listed.is_empty() {
        return super::say("No release is marked yet; `outpace release mark VERSION` marks one");
    }
    let mut header = vec![
        ("release", Side::Left),
        ("live since", Side::Left),
        ("main content", Side::Left),
        ("any page slower?", Side::Left),
        ("note", Side::Left),
    ];
    let has_commits = listed.iter().any(|l| l.release.commit_id.is_some());
    if has_commits {
        header.push(("commit", Side::Left));
    }
    let row = |l: &Listed<'_>| {
        let live = l.release.at.to_zoned(zone.clone());
        let mut row = vec![
            l.release.version.clone(),
            live.strftime("%Y-%m-%d %H:%M").to_string(),
            l.effect.map_or_else(|| "–".to_owned(), effect_words),
            l.judged.words.clone(),
            l.release.note.clone().unwrap_or_default(),
        ];
        row.extend(has_commits.then(|| l.release.commit_id.clone().unwrap_or_default()));
        row
    };
    let rows: Vec<Vec<String>> = listed.iter().map(row).collect();
    super::say(table::set(&header, &rows).trim_end())
}

/// `0.2 s faster`, as the report says it of the headline's page.
fn effect_words(effect: Effect) -> String {
    let change = effect.change;
    let size = format::value(Metric::Lcp, change.difference.abs());
    match change.relation {
        Relation::Faster => format!("{size} faster"),
        Relation::Slower => format!("{size} slower"),
        Relation::Level => "level".to_owned(),
        Relation::CannotTell => "cannot tell".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_in_the_projects_zone_unless_it_has_an_offset() {
        let sydney = TimeZone::get("Australia/Sydney").unwrap();
        let read = |text: &str| read_time(text, &sydney).map(|t| t.to_string());
        assert_eq!(read("2026-11-25 14:30").unwrap(), "2026-11-25T03:30:00Z");
        assert_eq!(
            read("2026-11-25T14:30:05+01:00").unwrap(),
            "2026-11-25T13:30:05Z"
        );
        assert_eq!(read("2026-11-25").unwrap(), "2026-11-24T13:00:00Z");
        let error = read("yesterday").unwrap_err();
        insta::assert_snapshot!(error, @r"
        `yesterday` is no time
        hint: write `2026-11-25 14:30` (in the project's zone) or `2026-11-25T03:30:00Z`
        ");
    }

    #[test]
    fn a_release_of_the_future_is_refused() {
        let mark = MarkArgs {
            version: "v2".to_owned(),
            at: Some("2026-12-01".to_owned()),
            commit: None,
            note: None,
        };
        let now = "2026-11-25T00:00:00Z".parse().unwrap();
        let error = read_mark(&mark, &TimeZone::UTC, now).unwrap_err();
        assert!(error.to_string().contains("in the future"), "{error}");
    }
}
