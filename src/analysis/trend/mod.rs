//! What changed, and on which night: level shifts of nightly values, sites' own and the region's.
//!
//! Methods and defaults are those of `statistics.md` (b). Pure; nothing is remembered between
//! calls: the whole history is walked night by night, as it would have been watched, so the same
//! nights give the same events. Reading nights and telling people is left to others.

mod events;
mod panel;
mod scan;
mod walk;

pub use events::{Event, Incident, Moved, Suspect, Trend, What};
pub use panel::{PANEL_FROM, WINDOW};
pub use scan::{Budget, MIN_SHIFT, Scan, confirms, least_a_month, p_star, scan};
pub use walk::{Group, NIGHT_FROM, Nightly, groups, last_night, trend};

#[cfg(test)]
mod tests;
