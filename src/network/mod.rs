//! What stands between a browser and a site: the lab's delaying SOCKS5 proxy, robots.txt and beacons.
//!
//! Layer: imports nothing of ours but `model`. Shaping by bandwidth and preflight
//! probes belong here too when they come.

pub mod beacons;
pub mod lab;
pub mod robots;

pub use lab::{HostMap, LabProxy};
