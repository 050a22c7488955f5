//! The old version is gone: sessions measured since against those that are stored.
//!
//! A session is a run. Each has one number a cell, less what the rivals did in the same session,
//! so that a slow network is no regression. Under 14 stored sessions there is no verdict. The
//! test is `analysis::check`'s.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::CheckArgs;
use super::interleaved::{gates, options};
use super::question::{Baseline, own};
use super::result::{CheckResult, Line, Word};
use crate::analysis::Scale;
use crate::analysis::check::{
    Options, PANEL_FROM, SessionTest, SessionVerdict, panel_shift, session_verdict,
};
use crate::analysis::stats::multiple::benjamini_hochberg;
use crate::analysis::stats::quantile::type7;
use crate::commands::failure::Failure;
use crate::commands::{pins, release};
use crate::config::Config;
use crate::model::{Metric, Point, PointPlace, Points, RunRow, Target, format};
use crate::store::{OpenMode, Store, VisitFilter};

/// Without a later mark, so many of the newest sessions are the new version.
const NEW_SESSIONS: usize = 3;
/// Level of the test over all cells.
const LEVEL: f64 = 0.05;

/// Runs of the baseline and of the new version, oldest first.
pub(super) struct Sessions {
    pub(super) old: Vec<i64>,
    pub(super) new: Vec<i64>,
    pub(super) words: String,
}

/// What to say where the flags leave no page of ours, no region or no profile.
fn nowhere(config: &Config, own: &Target) -> String {
    let pages: Vec<&str> = own.pages.iter().map(|p| p.kind.as_str()).collect();
    let regions: Vec<&str> = config.regions.iter().map(|r| r.id.as_str()).collect();
    let profiles: Vec<&str> = config.profiles.iter().map(|p| p.id.as_str()).collect();
    format!(
        "there is nothing of our site to check in what the flags name\nhint: pages are {}; regions \
         {}; profiles {}",
        format::list(&pages),
        format::list(&regions),
        format::list(&profiles)
    )
}

pub(super) fn answer(
    config: &Config,
    args: &CheckArgs,
    baseline: &Baseline,
    result: &mut CheckResult,
) -> anyhow::Result<()> {
    let zone = crate::commands::zone(config)?;
    let store = Store::open(&config.project.database, OpenMode::ReadOnly)?;
    let sessions = sessions(&store, baseline, &zone)?;
    let own = own(config)?;
    let history = History::read(&store, &zone, &gates(args))?;
    let only = Only {
        pages: &args.page,
        regions: &args.region,
        profiles: &args.profile,
    };
    let cells = history.cells(config, own, &only, &sessions);
    if cells.is_empty() {
        return Err(Failure::Usage(nowhere(config, own)).into());
    }
    result.baseline = Some(sessions.words.clone());
    result.lines = lines(&cells, &options(args));
    let shown = shown(&store, own, &sessions, &result.lines)?;
    let why = format!("check against {}", sessions.words);
    pins::keep(&config.project.database, &shown, &why);
    Ok(())
}

/// The parts of our site that are asked about; all of each kind where it is empty.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Only<'a> {
    pages: &'a [String],
    regions: &'a [String],
    profiles: &'a [String],
}

/// All that is stored of some metrics.
pub(super) struct History {
    points: Vec<Points>,
}

impl History {
    /// # Errors
    /// Exit 2 for a metric that may be 0; what the database says.
    pub(super) fn read(store: &Store, zone: &TimeZone, metrics: &[Metric]) -> anyhow::Result<Self> {
        let read = |metric: &Metric| -> anyhow::Result<Points> {
            if Scale::of(*metric) != Scale::Log {
                return Err(Failure::Usage(format!(
                    "`{metric}` may be 0 and cannot be checked against history\nhint: choose lcp, \
                     ttfb, fcp or another time that is never 0"
                ))
                .into());
            }
            Ok(store.points(&VisitFilter::default(), zone, *metric)?)
        };
        Ok(History {
            points: metrics.iter().map(read).collect::<anyhow::Result<_>>()?,
        })
    }

    /// Every page, region, profile and metric that is asked about.
    pub(super) fn cells(
        &self,
        config: &Config,
        own: &Target,
        only: &Only<'_>,
        sessions: &Sessions,
    ) -> Vec<Cell> {
        let mut cells = Vec::new();
        for page in wanted(only.pages, own.pages.iter().map(|p| &p.kind)) {
            for region in wanted(only.regions, config.regions.iter().map(|r| &r.id)) {
                for profile in wanted(only.profiles, config.profiles.iter().map(|p| &p.id)) {
                    let place = [page, region, profile];
                    let of = self.points.iter();
                    cells.extend(of.map(|p| Cell::gather(config, own, p, place, sessions)));
                }
            }
        }
        cells
    }
}

/// Of each cell that became slower a typical visit before and one since.
fn shown(
    store: &Store,
    own: &Target,
    sessions: &Sessions,
    lines: &[Line],
) -> anyhow::Result<Vec<i64>> {
    let slower: Vec<&Line> = lines
        .iter()
        .filter(|l| l.verdict == Word::Regressed)
        .collect();
    if slower.is_empty() {
        return Ok(Vec::new());
    }
    let rows = store.visits(&VisitFilter::default(), &TimeZone::UTC)?;
    let mut visits = Vec::new();
    for line in slower {
        for runs in [&sessions.old, &sessions.new] {
            let of = rows.iter().filter(|r| {
                (&r.target, &r.page, &r.region, &r.profile)
                    == (&own.id, &line.page, &line.region, &line.profile)
                    && runs.contains(&r.run)
            });
            visits.extend(pins::typical(&of.collect::<Vec<_>>(), line.metric));
        }
    }
    Ok(visits)
}

fn wanted<'a>(given: &[String], ids: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    ids.filter(|id| given.is_empty() || given.contains(id))
        .map(String::as_str)
        .collect()
}

fn sessions(store: &Store, baseline: &Baseline, zone: &TimeZone) -> anyhow::Result<Sessions> {
    let mut runs = store.runs()?;
    runs.reverse();
    let releases = store.releases()?;
    // What is live now is what the newest release made it; releases between the two are neither.
    let mut live = None;
    let (from, to, words): (Timestamp, Option<Timestamp>, String) = match baseline {
        Baseline::Release(version) => {
            let Some(release) = store.release(version)? else {
                return Err(release::unknown(store, version)?.into());
            };
            let next = releases.iter().find(|r| r.at > release.at).map(|r| r.at);
            let newest = releases.last().filter(|r| Some(r.at) > next);
            live = newest.filter(|_| next.is_some()).map(|r| r.at);
            let words = match newest.filter(|_| live.is_some()) {
                Some(newest) => format!("release {version} (now {})", newest.version),
                None => format!("release {version}"),
            };
            (release.at, next, words)
        }
        Baseline::Since(text) => {
            let from = release::read_time(text, zone)?;
            let next = releases.iter().rev().find(|r| r.at > from).map(|r| r.at);
            (from, next, format!("since {text}"))
        }
        Baseline::Run(id) => {
            let Some(run) = runs.iter().find(|r| r.id == *id) else {
                return Err(Failure::Usage(format!(
                    "there is no run `{id}`\nhint: `outpace history` shows what was measured"
                ))
                .into());
            };
            let last = releases.iter().rev().find(|r| r.at <= run.started_at);
            let after = runs.iter().find(|r| r.id > *id).map(|r| r.started_at);
            let from = last.map_or(Timestamp::MIN, |r| r.at);
            let to = after.unwrap_or(run.started_at + jiff::SignedDuration::from_secs(1));
            (from, Some(to), format!("up to run {id}"))
        }
    };
    let inside: Vec<&RunRow> = runs.iter().filter(|r| r.started_at >= from).collect();
    let boundary = to.unwrap_or_else(|| {
        let at = inside.len().saturating_sub(NEW_SESSIONS);
        inside.get(at).map_or(from, |r| r.started_at)
    });
    let ids = |keep: &dyn Fn(&RunRow) -> bool| -> Vec<i64> {
        let kept = inside.iter().filter(|r| keep(r));
        kept.map(|r| r.id).collect()
    };
    Ok(Sessions {
        old: ids(&|r| r.started_at < boundary),
        new: ids(&|r| r.started_at >= live.unwrap_or(boundary)),
        words,
    })
}

/// One page from one region as one profile: a number a session, the panel taken off.
pub(super) struct Cell {
    page: String,
    region: String,
    profile: String,
    metric: Metric,
    old: Vec<f64>,
    new: Vec<f64>,
    /// Rivals in the panel; 0 when there are too few for one.
    panel: usize,
}

impl Cell {
    /// Whether there is a value on either side.
    pub(super) fn is_measured(&self) -> bool {
        !(self.old.is_empty() && self.new.is_empty())
    }

    fn gather(
        config: &Config,
        own: &Target,
        points: &Points,
        [page, region, profile]: [&str; 3],
        sessions: &Sessions,
    ) -> Cell {
        let all: Vec<i64> = sessions.old.iter().chain(&sessions.new).copied().collect();
        let of = |target: &str| {
            let place = PointPlace {
                target: target.to_owned(),
                page: page.to_owned(),
                region: region.to_owned(),
                profile: profile.to_owned(),
            };
            by_session(points.at(&place), Scale::of(points.metric), &all)
        };
        let ours = of(&own.id);
        let controls: Vec<Vec<Option<f64>>> = config
            .targets
            .iter()
            .filter(|t| t.id != own.id)
            .map(|t| of(&t.id))
            .filter(|c| c.iter().any(Option::is_some))
            .collect();
        let panel = if controls.len() >= PANEL_FROM {
            panel_shift(&controls)
        } else {
            vec![Some(0.0); all.len()]
        };
        // A session in which too few rivals were measured has no panel, and is left out.
        let number = |i: usize| Some(ours[i]? - panel.get(i).copied().flatten()?);
        let split = sessions.old.len();
        Cell {
            page: page.to_owned(),
            region: region.to_owned(),
            profile: profile.to_owned(),
            metric: points.metric,
            old: (0..split).filter_map(number).collect(),
            new: (split..all.len()).filter_map(number).collect(),
            panel: if controls.len() >= PANEL_FROM {
                controls.len()
            } else {
                0
            },
        }
    }
}

/// Median of the logarithms of each session.
fn by_session(points: &[Point], scale: Scale, sessions: &[i64]) -> Vec<Option<f64>> {
    let known: BTreeSet<i64> = sessions.iter().copied().collect();
    let mut values: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for point in points.iter().filter(|p| known.contains(&p.run)) {
        if let Some(v) = point.value {
            values.entry(point.run).or_default().push(scale.apply(v));
        }
    }
    sessions
        .iter()
        .map(|s| values.get(s).and_then(|v| type7(v, 0.5)))
        .collect()
}

/// A line a cell, corrected for their number.
pub(super) fn lines(cells: &[Cell], options: &Options) -> Vec<Line> {
    let verdicts: Vec<_> = cells
        .iter()
        .map(|c| session_verdict(&c.old, &c.new, options))
        .collect();
    // Several cells are several chances of a false alarm.
    let p: Vec<f64> = verdicts
        .iter()
        .map(|v| v.as_ref().map_or(1.0, |v| test_of(v).p_greater))
        .collect();
    let adjusted = benjamini_hochberg(&p);
    cells
        .iter()
        .zip(verdicts)
        .zip(adjusted)
        .map(|((cell, verdict), p)| line(cell, verdict.map_err(|e| e.to_string()), p))
        .collect()
}

fn test_of(verdict: &SessionVerdict) -> SessionTest {
    match *verdict {
        SessionVerdict::Regressed(t)
        | SessionVerdict::Improved(t)
        | SessionVerdict::NoRegression(t)
        | SessionVerdict::CannotTell(t) => t,
    }
}

fn line(cell: &Cell, verdict: Result<SessionVerdict, String>, adjusted: f64) -> Line {
    let (word, sentence, test) = match verdict {
        Err(why) => {
            let why = why.replace("\nhint: ", "; ");
            (
                Word::CannotTell,
                format!("{}: {why}", cell.metric.label()),
                None,
            )
        }
        Ok(verdict) => {
            let word = match verdict {
                SessionVerdict::Regressed(_) if adjusted <= LEVEL => Word::Regressed,
                SessionVerdict::Regressed(_) | SessionVerdict::CannotTell(_) => Word::CannotTell,
                SessionVerdict::Improved(_) => Word::Improved,
                SessionVerdict::NoRegression(_) => Word::NoRegression,
            };
            let test = test_of(&verdict);
            (word, sized(cell, &test), Some(test))
        }
    };
    Line {
        page: cell.page.clone(),
        region: cell.region.clone(),
        profile: cell.profile.clone(),
        metric: cell.metric,
        gating: true,
        verdict: word,
        sentence,
        n: cell.new.len(),
        estimate: test.map(|t| t.shift.exp_m1()),
        lower: test.map(|t| t.lo90.exp_m1()),
        upper: test.map(|t| t.hi90.exp_m1()),
        relative: true,
        p: test.map(|_| adjusted),
        autocorrelated: false,
    }
}

fn sized(cell: &Cell, test: &SessionTest) -> String {
    let percent = |x: f64| x.exp_m1() * 100.0;
    let panel = match cell.panel {
        0 => "no panel: under three rivals have this page".to_owned(),
        n => format!("less what {n} rivals did"),
    };
    format!(
        "{} {:+.1} % (90 % interval {:+.1}..{:+.1}), {} against {} stored, {panel}",
        cell.metric.label(),
        percent(test.shift),
        percent(test.lo90),
        percent(test.hi90),
        format::count(cell.new.len() as u64, "new session", "new sessions"),
        cell.old.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(old: Vec<f64>, new: Vec<f64>) -> Cell {
        Cell {
            page: "home".into(),
            region: "here".into(),
            profile: "phone".into(),
            metric: Metric::Lcp,
            old,
            new,
            panel: 4,
        }
    }

    fn said(cell: &Cell) -> Line {
        let verdict = session_verdict(&cell.old, &cell.new, &Options::default());
        let p = verdict.as_ref().map_or(1.0, |v| test_of(v).p_greater);
        line(cell, verdict.map_err(|e| e.to_string()), p)
    }

    #[test]
    fn a_short_history_is_refused_and_a_long_one_answers() {
        let wave = |n: usize| (0..n).map(|i| 7.0 + 0.02 * ((i * 7) % 5) as f64).collect();
        let short = said(&cell(wave(13), vec![7.0, 7.1, 7.05]));
        assert_eq!(short.verdict, Word::CannotTell);
        assert!(short.sentence.contains("13 sessions"), "{}", short.sentence);
        let slower = said(&cell(wave(20), vec![7.25, 7.24, 7.26]));
        assert_eq!(slower.verdict, Word::Regressed, "{}", slower.sentence);
        assert!(slower.sentence.contains("3 new sessions against 20 stored"));
        let same = said(&cell(wave(20), vec![7.03, 7.04, 7.05]));
        assert_eq!(same.verdict, Word::NoRegression, "{}", same.sentence);
    }
}
