//! The mail that carries the monthly report: subject, three bullets, what was measured, the page.
//!
//! Words only, from the figures that the report itself is made from. "Faster", "slower", "behind"
//! and "ahead" are said where a [`Relation`] says so, a place where there is a rank, a cause where
//! a release of ours was followed by the same proven change.

use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::files;
use crate::analysis::{Benchmark, ChosenBy, Comparison, Counts, Field, Relation, Standing};
use crate::model::format::{ordinal, thousands, value};
use crate::model::{Role, Target};
use crate::report::ReportInput;
use crate::report::more::Released;

/// Its name in the archive of its report.
const FILE: &str = "letter.json";
/// Characters of a name: a letter is read at a glance.
const LONGEST: usize = 28;

/// What is written to people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Letter {
    /// Place and gap in one line.
    pub(super) subject: String,
    /// Three bullets, and what was measured of what was planned.
    pub(super) body: String,
}

/// What a letter is made from.
struct Ground<'a> {
    project: &'a str,
    period: String,
    /// The period before, if there is one in the data.
    before: Option<String>,
    targets: &'a [Target],
    fields: Vec<&'a Field>,
    releases: &'a [Released],
    visits: Counts,
}

impl Letter {
    /// The letter of a report.
    pub(super) fn of(input: &ReportInput) -> Letter {
        Ground {
            project: &input.project.name,
            period: input.language.period(&input.period),
            before: input.language.before(&input.period),
            targets: &input.targets,
            fields: input.fields.iter().map(|f| &f.field).collect(),
            releases: &input.more.releases,
            visits: input.visits,
        }
        .letter()
    }

    /// Keeps it for whoever sends it.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub(super) fn keep(&self, archive: &Path) -> anyhow::Result<()> {
        files::write(&archive.join(FILE), serde_json::to_string_pretty(self)?)
    }

    /// The one that was kept.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub(super) fn kept(archive: &Path) -> anyhow::Result<Letter> {
        let path = archive.join(FILE);
        let read =
            || -> anyhow::Result<Letter> { Ok(serde_json::from_slice(&std::fs::read(&path)?)?) };
        read().with_context(|| format!("could not read `{}`", path.display()))
    }
}

impl<'a> Ground<'a> {
    fn letter(&self) -> Letter {
        let bullets = [self.position(), self.moved(), self.decision()];
        let body: Vec<String> = bullets.iter().map(|b| format!("- {b}")).collect();
        let project = short(self.project);
        Letter {
            subject: format!("{project}, {}: {}", self.period, self.rank_and_gap()),
            body: format!("{}\n\n{}", body.join("\n"), self.measured()),
        }
    }

    fn own(&self) -> Option<&'a Target> {
        self.targets.iter().find(|t| t.role == Role::Own)
    }

    /// The field of our first page, as the report's first page has it.
    fn headline(&self) -> Option<&'a Field> {
        let kind = self.own().and_then(|t| t.pages.first()).map(|p| &p.kind);
        let of = |f: &&&'a Field| Some(&f.scope.page) == kind;
        let first = self.fields.iter().find(of);
        first.or(self.fields.first()).copied()
    }

    fn standing(&self, field: &'a Field) -> Option<&'a Standing> {
        let own = &self.own()?.id;
        field.standings.iter().find(|s| s.target == *own)
    }

    fn name(&self, id: &str) -> String {
        let target = self.targets.iter().find(|t| t.id == id);
        short(target.map_or(id, |t| &t.name))
    }

    /// `3rd of 7, 1.2 s behind Northfield`.
    fn rank_and_gap(&self) -> String {
        let Some((field, standing)) = self
            .headline()
            .and_then(|f| Some((f, self.standing(f)?)))
            .filter(|(_, s)| s.summary.median.is_some())
        else {
            return "our page could not be measured".to_owned();
        };
        let gap = self.gap(field, standing);
        format!("{}, {gap}", rank(standing))
    }

    /// `1.2 s behind Northfield`, in the words that the relation allows.
    fn gap(&self, field: &Field, standing: &Standing) -> String {
        let Some(benchmark) = &field.benchmark else {
            return "no overseas site measured".to_owned();
        };
        let best = self.best(benchmark);
        let Some(c) = standing.versus_best else {
            return format!("gap to {best} unknown");
        };
        let size = value(field.scope.metric, c.difference.abs());
        match c.relation {
            Relation::Slower => format!("{size} behind {best}"),
            Relation::Faster => format!("{size} ahead of {best}"),
            Relation::Level => format!("level with {best}"),
            Relation::CannotTell => format!("gap to {best} not yet sure"),
        }
    }

    /// The name, and that more nights may name another one.
    fn best(&self, benchmark: &Benchmark) -> String {
        let name = self.name(&benchmark.target);
        match benchmark.chosen_by {
            ChosenBy::LowestMedian => format!("{name} (best overseas so far)"),
            _ => name,
        }
    }

    /// The first bullet: where we are, and what became of it.
    fn position(&self) -> String {
        let Some(field) = self.headline() else {
            return "Nothing could be compared.".to_owned();
        };
        let page = page(field);
        let ours = self.standing(field);
        let Some((standing, median)) = ours.and_then(|s| Some((s, s.summary.median?))) else {
            return format!("Our {page} could not be measured.");
        };
        let metric = field.scope.metric;
        let change = match (self.before.as_deref(), field.own_change) {
            (None, _) => "nothing earlier to compare with".to_owned(),
            (Some(before), None) => format!("not measured in {before}"),
            (Some(before), Some(c)) => format!("{} {before}", change(field, &c)),
        };
        format!(
            "Our {page}: {} {}, {}; {}; {change}.",
            metric.label(),
            value(metric, median),
            rank(standing),
            self.gap(field, standing)
        )
    }

    /// The second bullet: the largest proven change, and what it follows.
    fn moved(&self) -> String {
        let moved = self
            .fields
            .iter()
            .filter_map(|f| Some((*f, f.own_change?)))
            .filter(|(_, c)| is_proven(c.relation))
            .max_by(|(_, a), (_, b)| a.difference.abs().total_cmp(&b.difference.abs()));
        let (Some((field, c)), Some(before)) = (moved, self.before.as_deref()) else {
            return "Nothing became provably better or worse.".to_owned();
        };
        let word = match c.relation {
            Relation::Faster => "Better",
            _ => "Worse",
        };
        let cause = match self.cause(field, c.relation) {
            Some((release, c)) => format!(
                "likely cause: release {}, {} it",
                short(&release.version),
                after(field, &c)
            ),
            None => "no cause is proven".to_owned(),
        };
        format!(
            "{word}: {}, {} {before}; {cause}.",
            page(field),
            change(field, &c)
        )
    }

    /// The release after which the headline's page moved the same way, proven, and the most. What
    /// followed a release is known for that page alone.
    fn cause(&self, field: &Field, relation: Relation) -> Option<(&'a Released, Comparison)> {
        let page = &self.headline()?.scope.page;
        self.releases
            .iter()
            .filter(|_| field.scope.page == *page)
            .filter_map(|r| Some((r, r.effect?)))
            .filter(|(_, c)| c.relation == relation)
            .max_by(|(_, a), (_, b)| a.difference.abs().total_cmp(&b.difference.abs()))
    }

    /// The third bullet: the widest proven gap of a ranked page, then a release that slowed us.
    fn decision(&self) -> String {
        let own = |f: &&'a Field| self.standing(f);
        let measured = |f: &&'a Field| own(f).is_some_and(|s| s.summary.median.is_some());
        if !self.fields.iter().any(measured) {
            return "First comes the question why our pages could not be measured.".to_owned();
        }
        let behind = self
            .fields
            .iter()
            .filter_map(|f| Some((*f, own(f).filter(|s| s.rank.is_ok())?.versus_best?)))
            .filter(|(_, c)| c.relation == Relation::Slower)
            .max_by(|(_, a), (_, b)| a.difference.total_cmp(&b.difference));
        if let Some((field, c)) = behind {
            let best = field.benchmark.as_ref().map(|b| self.name(&b.target));
            return format!(
                "To decide: work on the {} first? It is {} behind {}.",
                page(field),
                value(field.scope.metric, c.difference),
                best.unwrap_or_else(|| "the best overseas".to_owned())
            );
        }
        let slowed = |r: &&Released| r.effect.is_some_and(|c| c.relation == Relation::Slower);
        match self.releases.iter().find(slowed) {
            Some(r) => format!(
                "To decide: take back or mend release {}?",
                short(&r.version)
            ),
            None => "Nothing is proven that asks for a decision.".to_owned(),
        }
    }

    fn measured(&self) -> String {
        let n = |n: u32| thousands(n.into());
        let Counts {
            attempted,
            valid,
            failed,
            blocked,
            missed,
        } = self.visits;
        let lost = [
            (failed, "failed"),
            (blocked, "blocked"),
            (missed, "not made"),
        ];
        let lost = lost.iter().filter(|(count, _)| *count > 0);
        let lost: Vec<String> = lost
            .map(|(count, word)| format!("{} {word}", n(*count)))
            .collect();
        let tail = match lost.is_empty() {
            true => ".".to_owned(),
            false => format!(": {}.", lost.join(", ")),
        };
        format!(
            "Measured {} of {} planned visits{tail}",
            n(valid),
            n(attempted)
        )
    }
}

fn is_proven(relation: Relation) -> bool {
    matches!(relation, Relation::Faster | Relation::Slower)
}

/// `0.3 s faster than`, before the name of the period before.
fn change(field: &Field, c: &Comparison) -> String {
    let size = value(field.scope.metric, c.difference.abs());
    match c.relation {
        Relation::Faster => format!("{size} faster than"),
        Relation::Slower => format!("{size} slower than"),
        Relation::Level => "level with".to_owned(),
        Relation::CannotTell => "too few nights to compare with".to_owned(),
    }
}

/// `0.3 s faster after`, of nights with a release against those before.
fn after(field: &Field, c: &Comparison) -> String {
    change(field, c).replace(" than", " after")
}

/// `3rd of 7`, `2nd to 4th of 7`.
fn rank(standing: &Standing) -> String {
    let Ok(rank) = &standing.rank else {
        return "not ranked yet".to_owned();
    };
    let (lo, hi) = (ordinal(rank.lo as usize), ordinal(rank.hi as usize));
    match lo == hi {
        true => format!("{lo} of {}", rank.of),
        false => format!("{lo} to {hi} of {}", rank.of),
    }
}

fn page(field: &Field) -> String {
    let kind = field.scope.page.replace(['_', '-'], " ");
    match kind.ends_with("page") {
        true => short(&kind),
        false => format!("{} page", short(&kind)),
    }
}

/// One line of no great length.
fn short(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let name: String = words
        .join(" ")
        .chars()
        .filter(|c| !c.is_control())
        .collect();
    if name.chars().count() <= LONGEST {
        return name;
    }
    let head: String = name.chars().take(LONGEST - 1).collect();
    format!("{}…", head.trim_end())
}

#[cfg(test)]
#[path = "letter_tests.rs"]
mod tests;
