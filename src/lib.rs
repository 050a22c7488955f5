//! outpace: a synthetic competitive-benchmark crawler.

pub mod analysis;
pub mod config;
pub mod model;
pub mod report;
