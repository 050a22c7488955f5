//! What becomes of each start that has come: made, held back, or missed with the reason.
//!
//! Pure decisions over what is waiting, what is running and what the rules say. Recording them and
//! starting anything are left to the service.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::cron::{Cron, Start};
use crate::model::{Blackout, BlackoutEffect, Overlap};

/// Starts of one plan that are recorded after a long time down: a year of nights and more.
const MOST_RECORDED: usize = 400;

/// What is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Job {
    /// A night of measuring.
    Night,
    /// The monthly report.
    Report,
    /// Dropping evidence.
    Prune,
    /// Copying the database.
    Backup,
}

impl Job {
    /// All of them.
    pub const ALL: [Job; 4] = [Job::Night, Job::Report, Job::Prune, Job::Backup];

    /// The word in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Job::Night => "night",
            Job::Report => "report",
            Job::Prune => "prune",
            Job::Backup => "backup",
        }
    }

    /// The job of a word in the database.
    #[must_use]
    pub fn of(name: &str) -> Option<Job> {
        Job::ALL.into_iter().find(|j| j.name() == name)
    }
}

/// A plan's own line in the timetable.
#[derive(Debug, Clone)]
struct Line {
    job: Job,
    plan: String,
    cron: Cron,
    next: Option<Start>,
}

/// All plans with the next start of each, worked out once and kept.
#[derive(Debug, Clone, Default)]
pub struct Timetable {
    lines: Vec<Line>,
}

impl Timetable {
    /// Adds a plan whose starts up to and including `known` are known already.
    pub fn add(&mut self, job: Job, plan: &str, cron: Cron, known: Timestamp) {
        let next = cron.next_after(known);
        self.lines.push(Line {
            job,
            plan: plan.to_owned(),
            cron,
            next,
        });
    }

    /// Takes every start that has come by `now`, oldest first for each plan.
    pub fn take(&mut self, now: Timestamp) -> Vec<(Job, String, Start)> {
        let mut taken = Vec::new();
        for line in &mut self.lines {
            let mut of_line = Vec::new();
            while let Some(start) = line.next.filter(|s| s.at <= now) {
                of_line.push((line.job, line.plan.clone(), start));
                line.next = line.cron.next_after(start.at);
            }
            let old = of_line.len().saturating_sub(MOST_RECORDED);
            taken.extend(of_line.drain(old..));
        }
        taken
    }

    /// The next start of all, and of which plan.
    #[must_use]
    pub fn next(&self) -> Option<(Job, &str, Start)> {
        let all = self.lines.iter();
        all.filter_map(|l| Some((l.job, l.plan.as_str(), l.next?)))
            .min_by_key(|(_, _, start)| start.at)
    }

    /// The next start of every plan.
    pub fn nexts(&self) -> impl Iterator<Item = (Job, &str, Option<Start>)> {
        self.lines.iter().map(|l| (l.job, l.plan.as_str(), l.next))
    }
}

/// A start that has come and was neither made nor missed.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// What.
    pub job: Job,
    /// Plan id; for a job that is no night, its own name.
    pub plan: String,
    /// The civil time that names it.
    pub local: DateTime,
    /// When it was to be made, jitter included.
    pub due: Timestamp,
}

/// What becomes of a start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It is made now.
    Start,
    /// It is looked at again later.
    Hold,
    /// It will not be made, and why.
    Miss(String),
}

/// The rules of `[schedule]`.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// How late a start may be made.
    pub catch_up: Duration,
    /// What becomes of a night while another runs.
    pub overlap: Overlap,
    /// When nothing is measured.
    pub blackouts: &'a [Blackout],
}

/// Decides on every waiting start, in the order given. `running`: what runs at this moment.
#[must_use]
pub fn decide(
    waiting: &[Waiting],
    now: Timestamp,
    running: Option<&str>,
    rules: Rules<'_>,
) -> Vec<Decision> {
    let newest = newest_due(waiting, now);
    let mut running = running.map(str::to_owned);
    waiting
        .iter()
        .map(|start| {
            let is_newest = newest.get(&(start.job, start.plan.as_str())) == Some(&start.due);
            let decision = one(start, now, is_newest, (running.as_deref(), rules));
            if decision == Decision::Start {
                running = Some(start.plan.clone());
            }
            decision
        })
        .collect()
}

type Newest<'w> = std::collections::HashMap<(Job, &'w str), Timestamp>;

fn newest_due(waiting: &[Waiting], now: Timestamp) -> Newest<'_> {
    let mut newest = Newest::new();
    for start in waiting.iter().filter(|w| w.due <= now) {
        let known = newest.entry((start.job, &start.plan)).or_insert(start.due);
        *known = start.due.max(*known);
    }
    newest
}

fn one(
    start: &Waiting,
    now: Timestamp,
    is_newest: bool,
    (running, rules): (Option<&str>, Rules<'_>),
) -> Decision {
    if start.due > now {
        return Decision::Hold;
    }
    if !is_newest {
        return Decision::Miss("a later start of the same plan has come".to_owned());
    }
    if start.job == Job::Night
        && let Some(blackout) = covering(rules.blackouts, BlackoutEffect::Measuring, start.local)
    {
        return Decision::Miss(format!("blackout `{}`", blackout.name));
    }
    let late = now.duration_since(start.due);
    if late > signed(rules.catch_up) {
        let hours = late.as_secs_f64() / 3600.0;
        return Decision::Miss(format!("nothing could start it for {hours:.1} h"));
    }
    match (running, start.job, rules.overlap) {
        (None, _, _) => Decision::Start,
        (Some(plan), Job::Night, Overlap::Skip) => {
            Decision::Miss(format!("`{plan}` was still running"))
        }
        (Some(_), _, _) => Decision::Hold,
    }
}

/// The blackout with this effect that holds at a civil time.
#[must_use]
pub fn covering(
    blackouts: &[Blackout],
    effect: BlackoutEffect,
    local: DateTime,
) -> Option<&Blackout> {
    blackouts
        .iter()
        .find(|b| b.effect == effect && b.from <= local && local < b.until)
}

/// When a start is made: up to `jitter` later, the same for the same start on every machine.
#[must_use]
pub fn jittered(plan: &str, start: Start, jitter: Duration) -> Timestamp {
    if jitter.is_zero() {
        return start.at;
    }
    let digest = Sha256::digest(format!("{plan} {}", start.local));
    let mut eight = [0; 8];
    eight.copy_from_slice(&digest[..8]);
    let share = u64::from_be_bytes(eight) as f64 / u64::MAX as f64;
    start.at + signed(jitter.mul_f64(share))
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}
