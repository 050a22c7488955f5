//! What a check found, as one model that every format is made of.
//!
//! `schema.json` beside this file describes it as JSON; a test holds the two together.

use serde::Serialize;

use crate::analysis::causes::Causes;
use crate::analysis::check::{CellReport, Gate, SiteWide, Verdict};
use crate::analysis::{BudgetResult, BudgetState};
use crate::exit::Exit;

/// What may be said, of a line and of the whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Word {
    /// Nothing was asked of it.
    #[default]
    NoRegression,
    Improved,
    CannotTell,
    NotMeasured,
    Regressed,
}

impl Word {
    pub(super) fn words(self) -> &'static str {
        match self {
            Word::NoRegression => "No regression",
            Word::Improved => "Improved",
            Word::CannotTell => "Cannot tell",
            Word::NotMeasured => "Could not measure",
            Word::Regressed => "Regressed",
        }
    }
}

impl From<Verdict> for Word {
    fn from(verdict: Verdict) -> Word {
        match verdict {
            Verdict::Regressed { .. } => Word::Regressed,
            Verdict::Improved => Word::Improved,
            Verdict::NoRegression { .. } => Word::NoRegression,
            Verdict::CannotTell { .. } => Word::CannotTell,
            Verdict::NotMeasured => Word::NotMeasured,
        }
    }
}

/// One metric of one page from one region as one profile.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Line {
    pub(super) page: String,
    pub(super) region: String,
    pub(super) profile: String,
    pub(super) metric: crate::model::Metric,
    /// Whether it can fail the check.
    pub(super) gating: bool,
    pub(super) verdict: Word,
    /// The verdict with its size, interval and pairs.
    pub(super) sentence: String,
    /// Pairs, or new sessions.
    pub(super) n: usize,
    /// Estimate of the change: a share of the baseline if `relative`, else in the metric's unit.
    pub(super) estimate: Option<f64>,
    /// 95 % interval; 90 % against history.
    pub(super) lower: Option<f64>,
    pub(super) upper: Option<f64>,
    pub(super) relative: bool,
    pub(super) p: Option<f64>,
    /// Neighbouring pairs resembled each other; repeat it later before acting on it.
    pub(super) autocorrelated: bool,
}

impl Line {
    /// A line of the interleaved check.
    pub(super) fn of(report: &CellReport) -> Line {
        let effect = report.effect;
        let gating = report.cell.gate == Gate::Gating;
        let open = if gating {
            Word::CannotTell
        } else {
            Word::NoRegression
        };
        Line {
            page: report.cell.place.page.clone(),
            region: report.cell.place.region.clone(),
            profile: report.cell.place.profile.clone(),
            metric: report.cell.metric,
            gating,
            verdict: report.verdict.map_or(open, Word::from),
            sentence: report.sentence(),
            n: report.n,
            estimate: effect.and_then(|e| e.estimate),
            lower: effect.and_then(|e| e.interval95.0),
            upper: effect.and_then(|e| e.interval95.1),
            relative: effect.is_some_and(|e| e.relative),
            p: report.p_seq,
            autocorrelated: report.autocorrelated,
        }
    }

    /// Such as `product, phone, sydney`.
    pub(super) fn place(&self) -> String {
        format!("{}, {}, {}", self.page, self.profile, self.region)
    }
}

/// What changed at a place where something regressed or improved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Explained {
    pub(super) page: String,
    pub(super) region: String,
    pub(super) profile: String,
    /// At most three.
    pub(super) sentences: Vec<String>,
    #[serde(flatten)]
    pub(super) causes: Causes,
}

/// A budget with its sentence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Held {
    pub(super) sentence: String,
    #[serde(flatten)]
    pub(super) result: BudgetResult,
}

/// A whole check.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct CheckResult {
    /// Version of this shape.
    pub(super) version: u32,
    /// The worst of all that gates.
    pub(super) verdict: Word,
    /// The process's exit code.
    pub(super) exit: u8,
    /// One sentence a place, the worst first.
    pub(super) summary: Vec<String>,
    /// Seed of the order, hexadecimal; absent without pairs.
    pub(super) seed: Option<String>,
    /// Against what: `interleaved`, or the stored baseline in words; absent for budgets alone.
    pub(super) baseline: Option<String>,
    pub(super) lines: Vec<Line>,
    /// All gating cells together, with several.
    pub(super) site_wide: Option<SiteWide>,
    pub(super) causes: Vec<Explained>,
    pub(super) budgets: Vec<Held>,
    #[serde(skip)]
    pub(super) code: Option<Exit>,
}

/// Whether a comparison that cannot tell passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inconclusive {
    Fails,
    Passes,
}

impl From<bool> for Inconclusive {
    fn from(allowed: bool) -> Self {
        if allowed {
            Inconclusive::Passes
        } else {
            Inconclusive::Fails
        }
    }
}

impl CheckResult {
    /// Draws the conclusion from lines and budgets.
    pub(super) fn close(&mut self, inconclusive: Inconclusive) {
        self.version = 1;
        let gating = self.lines.iter().filter(|l| l.gating);
        let mut worst = gating.map(|l| l.verdict).max().unwrap_or_default();
        if self.baseline.is_some() && !self.lines.iter().any(|l| l.gating) {
            worst = Word::CannotTell;
        }
        if self.site_wide.is_some_and(|s| s.slower) {
            worst = Word::Regressed;
        }
        let broken = |b: &Held| b.result.state == BudgetState::Broken;
        let unknown = |b: &Held| matches!(b.result.state, BudgetState::CannotTell { .. });
        let code = if worst == Word::Regressed || self.budgets.iter().any(broken) {
            Exit::Regression
        } else if worst == Word::NotMeasured {
            Exit::Unavailable
        } else if (worst == Word::CannotTell && inconclusive == Inconclusive::Fails)
            || self.budgets.iter().any(unknown)
        {
            Exit::CannotTell
        } else {
            Exit::Ok
        };
        self.verdict = match code {
            // A broken budget is no regression, and still the worst news.
            Exit::Regression => Word::Regressed,
            Exit::CannotTell => worst.max(Word::CannotTell),
            _ => worst,
        };
        self.exit = code as u8;
        self.code = Some(code);
        self.summary = self.sentences();
    }

    pub(super) fn exit(&self) -> Exit {
        self.code.unwrap_or(Exit::Unexpected)
    }

    fn sentences(&self) -> Vec<String> {
        let mut lines: Vec<&Line> = self.lines.iter().filter(|l| l.gating).collect();
        lines.sort_by_key(|l| std::cmp::Reverse(l.verdict));
        let mut out: Vec<String> = lines
            .iter()
            .map(|l| format!("{}: {}: {}", l.verdict.words(), l.place(), l.sentence))
            .collect();
        if let Some(site) = self.site_wide.filter(|s| s.slower) {
            out.insert(
                0,
                format!(
                    "Regressed: the site as a whole, by {:+.1} %, {} blocks of pairs",
                    site.effect.estimate.unwrap_or_default() * 100.0,
                    site.n
                ),
            );
        }
        out.extend(self.budgets.iter().map(|b| {
            let mut s = b.sentence.clone();
            s[..1].make_ascii_uppercase();
            s
        }));
        out
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::model::{Budget, Limit, Metric};

    pub(in crate::commands::check) fn line(verdict: Word) -> Line {
        Line {
            page: "home".into(),
            region: "sydney".into(),
            profile: "phone".into(),
            metric: Metric::Lcp,
            gating: true,
            verdict,
            sentence: "main content shown (LCP) +14.0 % (95 % CI +9.0..+19.0), 20 pairs".into(),
            n: 20,
            estimate: Some(0.14),
            lower: Some(0.09),
            upper: Some(0.19),
            relative: true,
            p: Some(0.001),
            autocorrelated: false,
        }
    }

    pub(in crate::commands::check) fn held(state: BudgetState) -> Held {
        let result = BudgetResult {
            budget: Budget {
                metric: Metric::Lcp,
                page: None,
                region: None,
                profile: None,
                limit: Limit::AtMost(3_000.0),
            },
            page: "home".into(),
            regions: vec!["sydney".into()],
            profile: "phone".into(),
            actual: Some(3_200.0),
            limit: 3_000.0,
            best: None,
            visits: 10,
            state,
        };
        Held {
            sentence: result.sentence(),
            result,
        }
    }

    fn code(lines: &[Word], budgets: &[BudgetState], inconclusive: Inconclusive) -> u8 {
        let mut result = CheckResult {
            baseline: (!lines.is_empty()).then(|| "interleaved".to_owned()),
            lines: lines.iter().map(|w| line(*w)).collect(),
            budgets: budgets.iter().cloned().map(held).collect(),
            ..CheckResult::default()
        };
        result.close(inconclusive);
        result.exit
    }

    #[test]
    fn the_worst_decides_and_missing_data_never_pass() {
        use Inconclusive::{Fails, Passes};
        let unknown = BudgetState::CannotTell {
            why: "no visit was measured".into(),
        };
        assert_eq!(code(&[Word::NoRegression, Word::Improved], &[], Fails), 0);
        assert_eq!(code(&[Word::CannotTell], &[], Fails), 4);
        assert_eq!(code(&[Word::CannotTell], &[], Passes), 0);
        assert_eq!(code(&[Word::NotMeasured, Word::CannotTell], &[], Passes), 5);
        assert_eq!(code(&[Word::Regressed, Word::NotMeasured], &[], Fails), 3);
        assert_eq!(code(&[], &[BudgetState::Held], Fails), 0);
        assert_eq!(code(&[], std::slice::from_ref(&unknown), Passes), 4);
        assert_eq!(code(&[], &[BudgetState::Broken, unknown], Fails), 3);
    }
}
