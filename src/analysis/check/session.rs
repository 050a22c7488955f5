//! New sessions against stored ones, for when the old version can no longer be reached.
//!
//! One number a session (the median of its ln values), less what the control targets did in that
//! session, and a prediction t-test of the new sessions' mean: more loads cannot make a session's
//! own shift go away, more sessions can. Student's t for the mean of `S` future values (Hahn and
//! Meeker, *Statistical Intervals*, section 4.7).

use serde::Serialize;

use super::options::Options;
use crate::analysis::sample::mean;
use crate::analysis::stats::distribution::{t_quantile, t_sf};
use crate::analysis::stats::quantile::type7;

/// Stored sessions needed for a verdict.
pub const HISTORY_FROM: usize = 14;
/// Control targets needed for a panel.
pub const PANEL_FROM: usize = 3;
/// Level of the test.
const LEVEL: f64 = 0.05;

/// The figures of the test, on the scale of computation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SessionTest {
    /// Mean of the new sessions less that of the stored ones, in standard errors.
    pub t: f64,
    /// Degrees of freedom: stored sessions less one.
    pub df: usize,
    /// One-sided p of "slower".
    pub p_greater: f64,
    /// Mean of the new sessions less that of the stored ones.
    pub shift: f64,
    /// Lower end of the 90 % interval of the shift: it rules out less with 95 %.
    pub lo90: f64,
    /// Upper end of it.
    pub hi90: f64,
}

/// The test of new sessions against stored ones. `None` with under two stored sessions, without
/// new ones, or where the stored ones do not differ at all.
#[must_use]
pub fn session_t(history: &[f64], new: &[f64]) -> Option<SessionTest> {
    if history.len() < 2 || new.is_empty() {
        return None;
    }
    let (n, s) = (history.len() as f64, new.len() as f64);
    let centre = mean(history);
    let square: f64 = history.iter().map(|y| (y - centre).powi(2)).sum();
    let se = (square / (n - 1.0)).sqrt() * (1.0 / s + 1.0 / n).sqrt();
    if se.is_nan() || se <= 0.0 {
        return None;
    }
    let (shift, df) = (mean(new) - centre, history.len() - 1);
    let half = t_quantile(1.0 - LEVEL, df) * se;
    Some(SessionTest {
        t: shift / se,
        df,
        p_greater: t_sf(shift / se, df),
        shift,
        lo90: shift - half,
        hi90: shift + half,
    })
}

/// What the control targets did in each session: the median over them of the session's value less
/// the target's own median over all sessions. `controls` holds a target a row, a session a column;
/// `None` where it was not measured. `None` for a session with under [`PANEL_FROM`] of them.
#[must_use]
pub fn panel_shift(controls: &[Vec<Option<f64>>]) -> Vec<Option<f64>> {
    let own: Vec<Option<f64>> = controls
        .iter()
        .map(|c| type7(&c.iter().copied().flatten().collect::<Vec<_>>(), 0.5))
        .collect();
    let sessions = controls.iter().map(Vec::len).max().unwrap_or(0);
    (0..sessions)
        .map(|session| {
            let moved: Vec<f64> = controls
                .iter()
                .zip(&own)
                .filter_map(|(c, own)| Some(c.get(session).copied().flatten()? - (*own)?))
                .collect();
            (moved.len() >= PANEL_FROM)
                .then(|| type7(&moved, 0.5))
                .flatten()
        })
        .collect()
}

/// What may be said of new sessions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum SessionVerdict {
    /// Slower than what is stored.
    Regressed(SessionTest),
    /// Faster, likewise.
    Improved(SessionTest),
    /// A slow-down of the margin is ruled out.
    NoRegression(SessionTest),
    /// Neither.
    CannotTell(SessionTest),
}

/// Why there is no verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum SessionRefusal {
    /// Too few stored sessions.
    #[error(
        "the baseline has {have} sessions, and a verdict needs {HISTORY_FROM}: with fewer, how much a session differs from the next by itself is not known\nhint: measure on further nights, or compare both versions side by side with `--baseline URL --candidate URL`"
    )]
    TooFewSessions {
        /// Stored sessions there are.
        have: usize,
    },
    /// Nothing new.
    #[error(
        "there is no session of the new version\nhint: `outpace run` measures one; three give a firm answer"
    )]
    NothingNew,
    /// All stored sessions are equal.
    #[error(
        "all sessions of the baseline have the same value, so their scatter is not known\nhint: take a longer baseline"
    )]
    NoScatter,
}

/// The verdict on new sessions (panel already taken off), values as natural logarithms.
///
/// # Errors
/// With under [`HISTORY_FROM`] stored sessions, without new ones, or without any scatter.
pub fn session_verdict(
    history: &[f64],
    new: &[f64],
    options: &Options,
) -> Result<SessionVerdict, SessionRefusal> {
    if new.is_empty() {
        return Err(SessionRefusal::NothingNew);
    }
    if history.len() < HISTORY_FROM {
        return Err(SessionRefusal::TooFewSessions {
            have: history.len(),
        });
    }
    let test = session_t(history, new).ok_or(SessionRefusal::NoScatter)?;
    let least = options.min_effect.ln_1p();
    Ok(if test.p_greater <= LEVEL && test.shift >= least {
        SessionVerdict::Regressed(test)
    } else if test.hi90 < 0.0 && test.shift <= -least {
        SessionVerdict::Improved(test)
    } else if test.hi90 < options.margin.ln_1p() {
        SessionVerdict::NoRegression(test)
    } else {
        SessionVerdict::CannotTell(test)
    })
}
