//! The pages, a file each: what of the scene goes where.
//!
//! They choose and order; words come from `sentences`, drawings from `charts`, looks from the
//! stylesheet.

pub(super) mod again;
pub(super) mod answer;
pub(super) mod appendix;
pub(super) mod causes;
mod counted;
pub(super) mod film;
pub(super) mod gap;
mod ledger;
pub(super) mod method;
pub(super) mod places;
pub(super) mod plate;
pub(super) mod standing;
mod worth;
pub(super) mod year;
