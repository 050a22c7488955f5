//! What stands between a browser and a site, and between us and a driver: the SOCKS5 proxy that
//! shapes lines and relays to other proxies, and the probe that says what it achieves.
//!
//! Layer: imports nothing of ours but `model`.

mod line;
pub mod probe;
pub mod proxy;
mod upstream;

pub use proxy::{HostMap, LineProxy, Routes};
