//! What stands between a browser and a site, and between us and a driver: the SOCKS5 proxy that
//! shapes lines and relays to other proxies, the probe that says what it achieves, robots.txt, beacons.
//!
//! Layer: imports nothing of ours but `model`.

pub mod beacons;
pub mod grid;
mod line;
pub mod probe;
pub mod proxy;
pub mod relay;
pub mod robots;
pub mod trip;
mod upstream;

pub use proxy::{HostMap, LineProxy, Routes};
pub use relay::Relay;
