//! How long it takes to connect to a site from here: a round trip, where nothing stands between.

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout};

use super::upstream;
use crate::model::Upstream;

/// Connections that are made, one after the other.
const TRIES: usize = 5;
/// Longest time for one.
const DEADLINE: Duration = Duration::from_secs(10);

/// Median time to connect to a host, of five connections over which nothing is sent. The name is
/// looked up before; through a proxy, its own way and handshake are in the time.
///
/// # Errors
/// When the host or the proxy is not reached.
pub async fn connect(proxy: Option<&Upstream>, host: &str, port: u16) -> io::Result<Duration> {
    let mut took = Vec::with_capacity(TRIES);
    let address = match proxy {
        Some(_) => None,
        None if host == "localhost" || host.ends_with(".localhost") => {
            Some((Ipv4Addr::LOCALHOST, port).into())
        }
        None => lookup_host((host, port)).await?.next(),
    };
    for _ in 0..TRIES {
        let begun = Instant::now();
        let connecting = async {
            match (proxy, address) {
                (Some(proxy), _) => upstream::connect(proxy, host, port).await,
                (None, Some(address)) => TcpStream::connect(address).await,
                (None, None) => Err(io::Error::other("the name has no address")),
            }
        };
        timeout(DEADLINE, connecting).await??;
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    Ok(took[TRIES / 2])
}
