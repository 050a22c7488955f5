//! `outpace status`: where we stand, on a terminal; the same figures as the report's.

use jiff::Timestamp;
use serde_json::json;

use super::clock;
use super::gather::{self, Span, View};
use super::schedule::view;
use super::table::{self, Side};
use crate::analysis::{self, ChosenBy, Field, NotRanked, Relation, Standing};
use crate::cli::{Format, Global};
use crate::config::Config;
use crate::exit::Exit;
use crate::model::{RunRow, RunState, format};
use crate::report::Period;
use crate::store::{OpenMode, Store};

/// Flags of `status`.
#[derive(Debug, clap::Args)]
pub struct StatusArgs {
    /// From where each site is seen
    #[arg(long, value_enum, default_value_t)]
    pub view: View,
    /// See the field with this target's eyes instead of our own
    #[arg(long, value_name = "ID")]
    pub target: Option<String>,
    /// Which nights; without one, the month of the last night
    #[command(flatten)]
    pub span: Span,
}

/// The verb.
///
/// # Errors
/// Exit 4 when nothing was measured yet or the view has nothing to compare, 5 when the last night
/// of the schedule is missing.
pub fn main(global: &Global, args: &StatusArgs) -> anyhow::Result<Exit> {
    let loaded = super::load(global)?;
    let seen = gather::seen_by(&loaded.config, args.target.as_deref())?;
    let config = seen.as_ref().unwrap_or(&loaded.config);
    let zone = super::zone(config)?;
    // A flag that means no night is said before anything is looked for.
    gather::filter(&args.span, &zone)?;
    let store = Store::open(&config.project.database, OpenMode::ReadOnly)?;
    let mut period = gather::period(&args.span, &store, &zone)?;
    let rows = gather::rows(config, &mut period, &store, &zone)?;
    let input = gather::input(config, &rows);
    let fields: Vec<Field> = gather::page_kinds(config)
        .iter()
        .map(|kind| {
            Ok(analysis::field(
                &input,
                &gather::scope_of(config, kind, args.view)?,
            ))
        })
        .collect::<anyhow::Result<_>>()?;
    let last = store.runs()?.into_iter().next();
    // Of nights that were asked for by name it does not matter how the service is now.
    let (service, missing) = if args.span.is_open() {
        view::status(config, &store, clock::now())?
    } else {
        (String::new(), false)
    };
    let exit = if missing { Exit::Unavailable } else { Exit::Ok };
    if global.format == Format::Json {
        let whole = json!({
            "period": { "since": period.since, "until": period.until, "label": crate::report::Language::english().period(&period) },
            "last_run": last, "fields": fields,
            "nights": store.last_nights(10)?, "open_alerts": store.open_alerts()?,
            "night_missing": args.span.is_open().then_some(missing),
        });
        super::say(&whole.to_string())?;
        return Ok(exit);
    }
    let mut out = head(
        config,
        &period,
        last.as_ref().filter(|_| args.span.is_open()),
    );
    if rows.other_consent > 0 {
        out.push_str(&table::wrapped(&format!(
            "{} with another answer to consent banners are left out: the two are never mixed.",
            format::count(rows.other_consent.into(), "visit", "visits")
        )));
    }
    out.push_str(&service);
    if let Some(field) = fields.first().filter(|_| args.view == View::OwnMarket) {
        out.push('\n');
        out.push_str(&table::wrapped(&seen_from(config, field)));
    }
    for field in &fields {
        out.push('\n');
        out.push_str(&field_text(config, &period, field));
    }
    super::say(out.trim_end())?;
    Ok(exit)
}

/// The benchmark, the last run and what a reader of its figures must know.
fn head(config: &Config, period: &Period, last: Option<&RunRow>) -> String {
    let title = format!(
        "{} · {}",
        config.project.name,
        crate::report::Language::english().period(period)
    );
    let mut out = table::wrapped(&title);
    if let Some(run) = last {
        out.push_str(&table::wrapped(&run_line(run)));
        for line in lines_of_profiles(config, run) {
            out.push_str(&table::wrapped(&line));
        }
        for mark in &run.host.marks {
            out.push_str(&table::wrapped(&format!(
                "Run {} is marked: {mark}",
                run.id
            )));
        }
    }
    out
}

fn run_line(run: &RunRow) -> String {
    let state = match run.state {
        RunState::Unfinished => ", not finished: `outpace run` goes on",
        RunState::Finished => "",
        RunState::Abandoned => ", abandoned",
    };
    let ago = Timestamp::now().duration_since(run.started_at).as_secs();
    format!(
        "Last run {}: {} ago, {} measured, {} blocked, {} failed, {} missed of {}{state}",
        run.id,
        format::span(u64::try_from(ago).unwrap_or(0)),
        run.ok,
        run.blocked,
        run.failed,
        run.missed,
        run.planned,
    )
}

/// Profiles on a shaped line, with their numbers and by what the line was made in a run.
fn lines_of_profiles(config: &Config, run: &RunRow) -> Vec<String> {
    let shaped = config.profiles.iter().filter_map(|p| {
        let by = run.host.shaped(&p.id);
        let made = format!("Profile {}: {}; line made by", p.id, p.described());
        (!by.is_empty()).then(|| format!("{made} {}", format::list(&by)))
    });
    shaped.collect()
}

/// One page kind: a table of the sites, and what the figures do not say.
fn field_text(config: &Config, period: &Period, field: &Field) -> String {
    let mut out = table::wrapped(&format!(
        "{}, {}, {} ({})",
        field.scope.page,
        field.scope.metric.label(),
        from(config, field),
        field.scope.profile,
    ));
    if field
        .standings
        .iter()
        .all(|s| s.summary.counts.attempted == 0)
    {
        out.push_str("No visit that counts yet: the first round is warm-up.\n");
        return out;
    }
    let header = [
        ("site", Side::Left),
        ("median", Side::Right),
        ("p75", Side::Right),
        ("behind best", Side::Right),
        ("against us", Side::Left),
        ("place", Side::Right),
        ("valid", Side::Right),
    ];
    let rows: Vec<Vec<String>> = field
        .standings
        .iter()
        .map(|s| standing_row(config, field, s))
        .collect();
    out.push_str(&table::set(&header, &rows));
    if let Some(why) = &field.not_ranked {
        out.push_str(&table::wrapped(&format!(
            "Not ranked yet: {}.",
            why_not(why)
        )));
    }
    if let Some(benchmark) = &field.benchmark {
        out.push_str(match benchmark.chosen_by {
            ChosenBy::Reference => "best: the overseas site that `reference` names.\n",
            ChosenBy::LowestMedian => "best: the best overseas site so far.\n",
            _ if benchmark.is_the_best() => "best: the best overseas site.\n",
            _ => "best: the overseas benchmark; others may be faster.\n",
        });
    } else {
        let none = format!(
            "No overseas site was measured in the {}.",
            crate::report::Language::english().period(period)
        );
        out.push_str(&table::wrapped(&none));
    }
    out
}

fn from(config: &Config, field: &Field) -> String {
    if field.scope.own_market.is_empty() {
        format!("from {}", regions(config, &field.scope.regions))
    } else {
        "each in its own market".to_owned()
    }
}

fn regions(config: &Config, ids: &[String]) -> String {
    let names: Vec<&str> = ids.iter().map(|id| region(config, id)).collect();
    format::list(&names)
}

/// Which site is seen from where in the own-market view.
fn seen_from(config: &Config, field: &Field) -> String {
    let each: Vec<String> = field
        .standings
        .iter()
        .map(|s| {
            let target = config.targets.iter().find(|t| t.id == s.target);
            let name = target.map_or(s.target.as_str(), |t| t.name.as_str());
            match field.scope.regions_of(&s.target) {
                [] => format!("{name} from nowhere (no region in its market)"),
                ids => format!("{name} from {}", regions(config, ids)),
            }
        })
        .collect();
    format!("Seen in its own market: {}.", format::list(&each))
}

/// A site's cells as both `status` and `serve` show them; `-` where there is nothing.
pub(super) fn standing_row(config: &Config, field: &Field, s: &Standing) -> Vec<String> {
    let seconds = |v: Option<f64>| v.map_or_else(|| "-".to_owned(), format::seconds);
    let best = field.benchmark.as_ref().map(|b| b.target.as_str());
    let target = config.targets.iter().find(|t| t.id == s.target);
    let own = target.is_some_and(|t| t.role == crate::model::Role::Own);
    let behind = match s.versus_best {
        _ if best == Some(s.target.as_str()) => "best".to_owned(),
        Some(c) => format!("{:+.1} s", c.difference / 1000.0),
        None => "-".to_owned(),
    };
    let place = s.rank.as_ref().ok().map(|r| {
        if r.lo == r.hi {
            format::ordinal(r.lo as usize)
        } else {
            format!(
                "{}–{}",
                format::ordinal(r.lo as usize),
                format::ordinal(r.hi as usize)
            )
        }
    });
    let c = &s.summary.counts;
    let against = match s.versus_own {
        _ if own => "us",
        _ if c.valid == 0 && c.blocked > 0 => "blocked",
        Some(c) => relation(c.relation),
        None => "-",
    };
    vec![
        target.map_or_else(|| s.target.clone(), |t| t.name.clone()),
        seconds(s.summary.median),
        seconds(s.summary.p75),
        behind,
        against.to_owned(),
        place.unwrap_or_else(|| "-".to_owned()),
        format!("{} of {}", c.valid, c.attempted),
    ]
}

fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Faster => "faster",
        Relation::Slower => "slower",
        Relation::Level => "level",
        Relation::CannotTell => "cannot tell",
    }
}

/// Why there is no rank, in words.
#[must_use]
pub fn why_not(why: &NotRanked) -> String {
    match why {
        NotRanked::TooFewNights { nights, needed } => {
            let nights = format::count((*nights).into(), "night", "nights");
            format!("{nights} so far, {needed} are needed")
        }
        NotRanked::TooFewVisits { valid, needed } => {
            let visits = format::count((*valid).into(), "valid visit", "valid visits");
            format!("{visits} so far, {needed} are needed")
        }
        NotRanked::TooManyLost { lost, attempted } => {
            format!("{lost} of {attempted} visits were blocked or failed")
        }
        NotRanked::NoData => "nothing was measured".to_owned(),
        NotRanked::Alone => "only one site has this page".to_owned(),
        NotRanked::NoOther => "no other site has data enough".to_owned(),
    }
}

fn region<'a>(config: &'a Config, id: &'a str) -> &'a str {
    let found = config.regions.iter().find(|r| r.id == id);
    found.map_or(id, |r| r.name.as_str())
}
