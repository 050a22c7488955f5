//! outpace: a synthetic competitive-benchmark crawler.

pub mod analysis;
pub mod config;
pub mod export;
pub mod model;
pub mod store;
