//! outpace: a synthetic competitive-benchmark crawler.

pub mod analysis;
pub mod browser;
pub mod cli;
pub mod commands;
pub mod config;
pub mod exit;
pub mod export;
pub mod measure;
pub mod model;
pub mod network;
pub mod plan;
pub mod report;
pub mod schedule;
pub mod sites;
pub mod store;
pub mod vitals;
