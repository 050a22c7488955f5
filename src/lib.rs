//! outpace: a synthetic competitive-benchmark crawler.

pub mod analysis;
pub mod browser;
pub mod config;
pub mod measure;
pub mod model;
pub mod network;
pub mod plan;
pub mod vitals;
