//! What stands between a browser and a site: the lab's delaying SOCKS5 proxy.
//!
//! Layer: imports nothing of ours but `model`. Shaping by bandwidth, robots.txt and preflight
//! probes belong here too when they come.

pub mod lab;

pub use lab::{HostMap, LabProxy};
