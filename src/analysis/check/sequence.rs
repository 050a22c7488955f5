//! Several cells looked at in lockstep until each is decided.
//!
//! [`Check::wanted`] says where pairs are needed, [`Check::add`] takes one, [`Check::advance`]
//! makes the looks that are due. Slow-downs of several gating cells are corrected for their number
//! (Benjamini and Hochberg over sequential p-values, a decided cell keeping its own), with a
//! fifth of the level kept for the pooled test. Advisory cells are a family of their own, cause no
//! loads and fail nothing. A decided cell takes no more pairs.

use std::cmp::Ordering;

use serde::Serialize;

use super::cell::{Decision, Look, Rejects, Series};
use super::options::{Options, standard_of};
use super::pooled;
use super::reliability::Reliability;
use super::report::Pairs;
use crate::analysis::scale::Scale;
use crate::analysis::stats::multiple::benjamini_hochberg;
use crate::model::{Metric, Values};

/// Share of the level that the cells have when the pooled test takes the rest.
const SHARE_OF_CELLS: f64 = 0.8;
/// Over one lost pair in so many, nothing is said.
const LOST_ONE_IN: u32 = 5;
/// Over one pair in so many that failed on both sides, likewise.
const BOTH_FAILED_ONE_IN: u32 = 2;

/// Where a pair of loads is made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Place {
    /// Page kind.
    pub page: String,
    /// Region id.
    pub region: String,
    /// Profile id.
    pub profile: String,
}

/// Whether a cell can fail the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// It can.
    Gating,
    /// It is only told.
    Advisory,
}

/// One metric at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// What.
    pub metric: Metric,
    /// Whether it can fail the check.
    pub gate: Gate,
}

/// What became of one load of a pair.
#[derive(Debug, Clone, PartialEq)]
pub enum Load {
    /// It was measured. A gating metric that it lacks (nothing was painted) counts as failed.
    Measured(Box<Values>),
    /// The site failed: timeout, 5xx, navigation error.
    Failed,
    /// We failed (browser, probe, wrong page), also when tried again: the pair is dropped.
    Lost,
}

pub(super) struct State {
    pub(super) cell: Cell,
    pub(super) series: Series,
    pub(super) pairs: Pairs,
    pub(super) reliability: Reliability,
    pub(super) closed: Option<Closed>,
}

/// How a cell was closed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Closed {
    Decided(Decision),
    FailsMore { p: f64 },
    NotMeasured,
    Stopped,
}

impl State {
    fn open(&self) -> bool {
        self.closed.is_none()
    }

    fn gating(&self) -> bool {
        self.cell.gate == Gate::Gating
    }

    fn p_seq(&self) -> f64 {
        self.series.looks.last().map_or(1.0, |l| l.p_seq)
    }

    fn add(&mut self, baseline: &Load, candidate: &Load, first_look: usize) {
        self.pairs.attempted += 1;
        match (self.arm(baseline), self.arm(candidate)) {
            (Arm::Lost, _) | (_, Arm::Lost) => self.pairs.lost += 1,
            (a, b) => {
                let r = &mut self.reliability;
                r.baseline += 1;
                r.candidate += 1;
                r.baseline_failed += u64::from(a == Arm::Failed);
                r.candidate_failed += u64::from(b == Arm::Failed);
                match (a, b) {
                    (Arm::Value(a), Arm::Value(b)) => self.series.differences.push(b - a),
                    (Arm::Value(_), _) => self.series.differences.push(f64::INFINITY),
                    (_, Arm::Value(_)) => self.series.differences.push(f64::NEG_INFINITY),
                    _ => self.pairs.both_failed += 1,
                }
            }
        }
        let p = self.pairs;
        if self.gating()
            && p.attempted as usize >= first_look
            && (p.lost * LOST_ONE_IN > p.attempted
                || p.both_failed * BOTH_FAILED_ONE_IN > p.attempted)
        {
            self.closed = Some(Closed::NotMeasured);
        }
    }

    fn arm(&self, load: &Load) -> Arm {
        let metric = self.cell.metric;
        match load {
            Load::Measured(values) => match values.get(metric) {
                Some(v) => Arm::Value(Scale::of(metric).apply(v)),
                None if self.gating() => Arm::Failed,
                None => Arm::Lost,
            },
            Load::Failed => Arm::Failed,
            Load::Lost => Arm::Lost,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Arm {
    Value(f64),
    Failed,
    Lost,
}

/// A check under way.
pub struct Check {
    pub(super) options: Options,
    pub(super) states: Vec<State>,
    /// The pooled test, where there are cells enough for one.
    pub(super) pooled: Option<Series>,
    /// Whether the pooled test has rejected.
    pub(super) site_wide_slower: bool,
    looks_made: usize,
}

impl Check {
    /// A check of some cells, of which none has a pair yet.
    #[must_use]
    pub fn new(options: Options, cells: Vec<Cell>) -> Self {
        let states: Vec<State> = cells
            .into_iter()
            .map(|cell| State {
                series: Series::new(standard_of(&options, cell.metric)),
                cell,
                pairs: Pairs::default(),
                reliability: Reliability::default(),
                closed: None,
            })
            .collect();
        let pooled = states.iter().filter(|s| pools(s)).count() > 1;
        Check {
            pooled: pooled.then(|| pooled::series(&options)),
            options,
            states,
            site_wide_slower: false,
            looks_made: 0,
        }
    }

    /// Places that need another pair before the next look, in the order of the cells.
    #[must_use]
    pub fn wanted(&self) -> Vec<Place> {
        let Some(n) = self.next_look() else {
            return Vec::new();
        };
        let mut places: Vec<Place> = Vec::new();
        for s in &self.states {
            let short = s.open() && s.gating() && s.series.differences.len() < n;
            if short && !places.contains(&s.cell.place) {
                places.push(s.cell.place.clone());
            }
        }
        places
    }

    /// Takes one pair of loads.
    pub fn add(&mut self, place: &Place, baseline: &Load, candidate: &Load) {
        let first_look = self.options.preset.table().looks[0];
        for s in self.states.iter_mut().filter(|s| s.open()) {
            if s.cell.place == *place {
                s.add(baseline, candidate, first_look);
            }
        }
        self.close_when_over();
    }

    /// Makes the look that is due, if one is: that of all open gating cells together. Its number
    /// of pairs.
    pub fn advance(&mut self) -> Option<usize> {
        let n = self.next_look()?;
        let waiting = |s: &State| s.open() && s.gating() && s.series.differences.len() < n;
        if self.states.iter().any(waiting) {
            return None;
        }
        let (options, at) = (self.options, self.looks_made);
        for s in self.states.iter_mut().filter(|s| s.open()) {
            let looks = &options.preset.table().looks;
            while s.series.looks.len() <= at
                && s.series.differences.len() >= looks[s.series.looks.len()]
            {
                s.series.look(&options);
            }
        }
        self.looks_made += 1;
        self.judge_failures();
        self.judge_pooled(n);
        self.judge(Gate::Gating);
        self.judge(Gate::Advisory);
        self.close_when_over();
        Some(n)
    }

    /// Ends the check before its time: what is open cannot be told.
    pub fn stop(&mut self) {
        for s in self.states.iter_mut().filter(|s| s.open()) {
            s.closed = Some(Closed::Stopped);
        }
    }

    /// Whether every gating cell is decided.
    #[must_use]
    pub fn finished(&self) -> bool {
        !self.states.iter().any(|s| s.gating() && s.open())
    }

    /// The looks made so far at each cell, in the order of the cells.
    pub fn looks(&self) -> impl Iterator<Item = (&Cell, &[Look])> {
        self.states
            .iter()
            .map(|s| (&s.cell, s.series.looks.as_slice()))
    }

    /// What the last look at each cell decided, in the order of the cells; `None` while it is open
    /// or when something other than its times closed it.
    pub fn decisions(&self) -> impl Iterator<Item = Option<Decision>> {
        self.states.iter().map(|s| match s.closed {
            Some(Closed::Decided(d)) => Some(d),
            _ => None,
        })
    }

    fn next_look(&self) -> Option<usize> {
        if self.finished() {
            return None;
        }
        self.options
            .preset
            .table()
            .looks
            .get(self.looks_made)
            .copied()
    }

    fn close_when_over(&mut self) {
        if self.finished() {
            self.stop();
        }
    }

    fn judge_failures(&mut self) {
        let p: Vec<f64> = self.of(Gate::Gating).map(|s| s.reliability.p()).collect();
        let adjusted = benjamini_hochberg(&p);
        let gating = self.states.iter_mut().filter(|s| s.gating());
        for (s, p) in gating.zip(adjusted) {
            if s.open() && s.reliability.worse_at(p) {
                s.closed = Some(Closed::FailsMore { p });
            }
        }
    }

    fn judge_pooled(&mut self, n: usize) {
        let cells: Vec<&[f64]> = self
            .states
            .iter()
            .filter(|s| pools(s))
            .map(|s| s.series.differences.as_slice())
            .collect();
        let Some(pooled) = &mut self.pooled else {
            return;
        };
        let blocks = pooled::blocks(&cells);
        if blocks.len() < n {
            return;
        }
        pooled.differences = blocks;
        let look = pooled.look(&pooled::options(&self.options));
        self.site_wide_slower |=
            look.p_regress <= look.limit_regress && look.estimate >= pooled.standard.min_effect;
    }

    fn judge(&mut self, gate: Gate) {
        let table = self.options.preset.table();
        let p: Vec<f64> = self.of(gate).map(State::p_seq).collect();
        let alone = p.len() == 1;
        let q = match (alone, &self.pooled, gate) {
            (false, Some(_), Gate::Gating) => self.options.alpha * SHARE_OF_CELLS,
            _ => self.options.alpha,
        };
        let adjusted = benjamini_hochberg(&p);
        let states = self.states.iter_mut().filter(|s| s.cell.gate == gate);
        for (s, p) in states.zip(adjusted).filter(|(s, _)| s.open()) {
            let Some(look) = s.series.looks.last() else {
                continue;
            };
            let rejects = Rejects::when(if alone {
                order(look.p_regress, look.limit_regress)
            } else {
                order(p, q)
            });
            match s.series.decide(table, rejects) {
                Decision::Continue => {}
                decision => s.closed = Some(Closed::Decided(decision)),
            }
        }
    }

    fn of(&self, gate: Gate) -> impl Iterator<Item = &State> {
        self.states.iter().filter(move |s| s.cell.gate == gate)
    }
}

fn order(p: f64, limit: f64) -> Ordering {
    p.total_cmp(&limit)
}

/// Whether a cell takes part in the pooled test: ratios only, so that all are of one kind.
fn pools(s: &State) -> bool {
    s.gating() && Scale::of(s.cell.metric) == Scale::Log
}
