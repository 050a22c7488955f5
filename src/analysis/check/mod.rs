//! Did the new version make it slower? The sequential check of interleaved pairs, and the test of
//! new sessions against a stored baseline.
//!
//! Pure: pairs of loads go in, looks and verdicts come out; the same pairs in the same order give
//! the same verdict, so an interrupted check goes on by adding its stored pairs again. Loading
//! pages, the order of a pair's two loads and printing are left to others. Methods and defaults
//! are those of `statistics.md` (a1), (a2), (e) and (f).

mod cell;
mod options;
mod pooled;
mod reliability;
mod report;
mod sequence;
mod session;
mod wording;

pub use cell::{Decision, Look};
pub use options::{Options, Standard, standard_of};
pub use reliability::Reliability;
pub use report::{
    CellReport, Effect, Grounds, Outcome, Pairs, SiteWide, Verdict, WhyNot, agreed, overall,
};
pub use sequence::{Cell, Check, Gate, Load, Place};
pub use session::{
    HISTORY_FROM, PANEL_FROM, SessionRefusal, SessionTest, SessionVerdict, panel_shift, session_t,
    session_verdict,
};

#[cfg(test)]
mod tests;
