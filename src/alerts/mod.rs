//! What is worth a message: conditions in four lanes, and what changes when they begin and end.
//!
//! Pure. Each file finds the conditions of one lane in what was measured; `settle` compares them
//! with what is open, so that only a change is told, and one cause is one message.

mod budget;
mod digest;
mod instrument;
mod outage;
mod settle;
mod slower;
#[cfg(test)]
mod tests;
mod words;

pub use budget::{Broken, NightMedians, broken, firings, key as budget_key};
pub use digest::{NowBefore, PageWeek, RivalWeek, digest, field_week};
pub use instrument::{ControlMoved, LastNight, RegionVisits, TargetVisits, instrument};
pub use outage::{OwnVisit, Verdict, outages};
pub use settle::{Changes, Muted, Open, Setting, settle};
pub use slower::{Nights, Slower, is_over, is_slower_key, slower, slower_cause};
