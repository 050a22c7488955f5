//! The input seen from the report: who is ours, who is the benchmark, what things are called.
//!
//! Look-ups and names only. What is said of them is in `sentences`, how it is drawn in `charts`.

use crate::analysis::types::{ChosenBy, Comparison, Field, Standing};
use crate::model::{Metric, Target};

use super::input::{PageField, PeriodKind, ReportInput};
use super::language::{Language, text};
use super::more::{Mark, MarkKind, Reach, Released};
use super::text::clean;

/// Whose a row is, which decides its colour, weight and mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// Ours.
    Own,
    /// The benchmark.
    Best,
    /// Anyone else.
    Other,
}

impl Who {
    /// Class in the stylesheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Who::Own => "own",
            Who::Best => "best",
            Who::Other => "other",
        }
    }
}

/// The input with what is asked of it again and again.
pub(super) struct Scene<'a> {
    /// The input.
    pub(super) input: &'a ReportInput,
    /// Our target, the first of them.
    pub(super) own: Option<&'a Target>,
    /// The words.
    pub(super) lang: &'a Language,
}

impl<'a> Scene<'a> {
    /// The scene of an input.
    pub(super) fn new(input: &'a ReportInput) -> Self {
        let own = input
            .targets
            .iter()
            .find(|t| t.role == crate::model::Role::Own);
        Scene {
            input,
            own,
            lang: &input.language,
        }
    }

    /// The field of the first page kind of our own target, or the first that has values.
    pub(super) fn headline(&self) -> Option<&'a PageField> {
        let kind = self.own.and_then(|t| t.pages.first()).map(|p| &p.kind);
        self.input
            .fields
            .iter()
            .find(|f| Some(&f.field.scope.page) == kind)
            .or_else(|| self.input.fields.first())
    }

    /// The metric of the headline.
    pub(super) fn metric(&self) -> Metric {
        self.headline()
            .map_or(Metric::Lcp, |f| f.field.scope.metric)
    }

    /// Runs of the period that were made under other measuring settings than today's.
    pub(super) fn other_settings(&self) -> usize {
        let today = &self.input.config_hash;
        let runs = self.input.runs.iter();
        runs.filter(|r| r.config_hash != *today).count()
    }

    /// Whether all that there is comes from one night.
    pub(super) fn one_night(&self) -> bool {
        self.input.period.kind == PeriodKind::Night
            || self
                .input
                .fields
                .iter()
                .all(|f| f.field.nights.dates.len() == 1)
                && !self.input.fields.is_empty()
    }

    /// Whether any region adds latency of its own making.
    pub(super) fn is_lab(&self) -> bool {
        self.input.regions.iter().any(|r| !r.latency.is_empty())
    }

    /// Whether it is made for eyes outside.
    pub(super) fn is_external(&self) -> bool {
        self.input.more.reach == Reach::External
    }

    /// Releases of ours; none for eyes outside, whom what we change does not concern.
    pub(super) fn releases(&self) -> &'a [Released] {
        match self.is_external() {
            true => &[],
            false => &self.input.more.releases,
        }
    }

    /// Marks on our line, likewise.
    pub(super) fn marks(&self) -> impl Iterator<Item = &'a Mark> {
        let external = self.is_external();
        let marks = self.input.more.marks.iter();
        marks.filter(move |m| !external || m.kind != MarkKind::Release)
    }

    /// Our own target's id.
    pub(super) fn own_id(&self) -> Option<&'a str> {
        self.own.map(|t| t.id.as_str())
    }

    /// A target's name for people.
    pub(super) fn name(&self, id: &str) -> String {
        self.target(id)
            .map_or_else(|| clean(id), |t| clean(&t.name))
    }

    /// The country of a target's market.
    pub(super) fn market(&self, id: &str) -> String {
        self.target(id)
            .map_or_else(String::new, |t| self.lang.market(&t.market))
    }

    /// A target by id.
    pub(super) fn target(&self, id: &str) -> Option<&'a Target> {
        self.input.targets.iter().find(|t| t.id == id)
    }

    /// A region's name.
    pub(super) fn region(&self, id: &str) -> String {
        self.input
            .regions
            .iter()
            .find(|r| r.id == id)
            .map_or_else(|| clean(id), |r| clean(&r.name))
    }

    /// Whether there is any overseas target at all.
    pub(super) fn has_overseas(&self) -> bool {
        let home = &self.input.project.home_market;
        self.input.targets.iter().any(|t| t.is_overseas(home))
    }

    /// Whose a target is in a field.
    pub(super) fn who(&self, field: &Field, id: &str) -> Who {
        if self.own_id() == Some(id) {
            Who::Own
        } else if field.benchmark.as_ref().is_some_and(|b| b.target == id) {
            Who::Best
        } else {
            Who::Other
        }
    }

    /// Which variant of a message tells what the ringed site of a field is: the benchmark, or no
    /// more than the lowest median so far.
    pub(super) fn best_key(field: Option<&Field>) -> &'static str {
        let benchmark = field.and_then(|f| f.benchmark.as_ref());
        match benchmark.map(|b| b.chosen_by) {
            Some(ChosenBy::LowestMedian) => "so-far",
            _ => "benchmark",
        }
    }

    /// `benchmark`, or `best overseas so far`.
    pub(super) fn best_word(&self, field: Option<&Field>) -> String {
        text!(self.lang, "best-word", best = key(Scene::best_key(field)))
    }

    /// The same for all page kinds together: `so-far` where no benchmark of any is more.
    pub(super) fn best_key_of_all(&self) -> &'static str {
        let mut fields = self.input.fields.iter().map(|f| &f.field);
        let more = fields.find(|f| f.benchmark.is_some() && Scene::best_key(Some(f)) != "so-far");
        Scene::best_key(more.or_else(|| self.headline().map(|f| &f.field)))
    }

    /// Those measured beside the benchmark of a field that may be the best overseas.
    pub(super) fn other_bests(&self, field: &'a Field) -> Vec<&'a Standing> {
        self.open(field, true)
    }

    /// Those that may be the best overseas for all that is known, since they were not measured.
    pub(super) fn unknown_bests(&self, field: &'a Field) -> Vec<&'a Standing> {
        self.open(field, false)
    }

    fn open(&self, field: &'a Field, measured: bool) -> Vec<&'a Standing> {
        let benchmark = field.benchmark.iter();
        benchmark
            .flat_map(|b| b.could_be_best.iter().filter(|id| **id != b.target))
            .filter_map(|id| standing(field, id))
            .filter(|s| s.summary.median.is_some() == measured)
            .collect()
    }

    /// Names of some standings.
    pub(super) fn names(&self, standings: &[&Standing]) -> Vec<String> {
        standings.iter().map(|s| self.name(&s.target)).collect()
    }

    /// Our standing in a field.
    pub(super) fn own_standing(&self, field: &'a Field) -> Option<&'a Standing> {
        standing(field, self.own_id()?)
    }

    /// Our median in a field.
    pub(super) fn own_median(&self, field: &'a Field) -> Option<f64> {
        self.own_standing(field)?.summary.median
    }

    /// Ours against the benchmark in a field.
    pub(super) fn gap(&self, field: &'a Field) -> Option<Comparison> {
        self.own_standing(field)?.versus_best
    }
}

/// A target's standing in a field.
pub(super) fn standing<'f>(field: &'f Field, id: &str) -> Option<&'f Standing> {
    field.standings.iter().find(|s| s.target == id)
}

/// The benchmark's standing in a field.
pub(super) fn best_standing(field: &Field) -> Option<&Standing> {
    standing(field, &field.benchmark.as_ref()?.target)
}

/// The others that have values, in the order of the field.
pub(super) fn measured(field: &Field) -> impl Iterator<Item = &Standing> {
    field
        .standings
        .iter()
        .filter(|s| s.summary.median.is_some())
}
