//! outpace: a synthetic competitive-benchmark crawler.

pub mod analysis;
pub mod commands;
pub mod config;
pub mod model;
