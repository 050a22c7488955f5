//! A SOCKS5 proxy on loopback that adds a round-trip to every connection, for demo and lab.
//!
//! It delays the answer to CONNECT by one round-trip (the TCP handshake with the far end) and
//! every chunk of data by half of one in each direction; it shapes no bandwidth. Names under
//! `.localhost` are loopback (RFC 6761), and a [`HostMap`] may send their port elsewhere, so that
//! the demo's sites can live on a free port. Protocol: RFC 1928, CONNECT without authentication.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// Port on which a `.localhost` name is addressed -> where it really listens on loopback.
pub type HostMap = BTreeMap<u16, u16>;

/// Bytes that may be on their way in one direction of a connection: about a large TCP window.
const IN_FLIGHT_CHUNKS: usize = 256;
const CHUNK: usize = 16 * 1024;

/// A running proxy; it stops when dropped.
#[derive(Debug)]
pub struct LabProxy {
    address: SocketAddr,
    rtt_micros: Arc<AtomicU64>,
    accept: JoinHandle<()>,
}

impl LabProxy {
    /// Starts a proxy on a free port of loopback, at first without delay.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(hosts: HostMap) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let rtt_micros = Arc::new(AtomicU64::new(0));
        let accept = tokio::spawn(accept(listener, Arc::clone(&rtt_micros), Arc::new(hosts)));
        Ok(LabProxy {
            address,
            rtt_micros,
            accept,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Round-trip added to connections that are opened from now on.
    pub fn set_rtt(&self, rtt: Duration) {
        let micros = u64::try_from(rtt.as_micros()).unwrap_or(u64::MAX);
        self.rtt_micros.store(micros, Ordering::Relaxed);
    }
}

impl Drop for LabProxy {
    fn drop(&mut self) {
        self.accept.abort();
    }
}

async fn accept(listener: TcpListener, rtt_micros: Arc<AtomicU64>, hosts: Arc<HostMap>) {
    loop {
        let Ok((client, _)) = listener.accept().await else {
            // Out of file descriptors: let some connections end first.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let rtt = Duration::from_micros(rtt_micros.load(Ordering::Relaxed));
        let hosts = Arc::clone(&hosts);
        tokio::spawn(async move {
            if let Err(error) = serve(client, rtt, &hosts).await {
                tracing::debug!(%error, "lab proxy: connection ended");
            }
        });
    }
}

async fn serve(mut client: TcpStream, rtt: Duration, hosts: &HostMap) -> io::Result<()> {
    client.set_nodelay(true)?;
    greet(&mut client).await?;
    let (host, port) = read_request(&mut client).await?;
    let begun = Instant::now();
    let upstream = connect(&host, port, hosts).await;
    // The far end's handshake takes a round-trip, less what the real one took.
    tokio::time::sleep_until(begun + rtt).await;
    let upstream = match upstream {
        Ok(upstream) => upstream,
        Err(error) => {
            client.write_all(&reply(reply_code(&error))).await?;
            return Err(error);
        }
    };
    upstream.set_nodelay(true)?;
    client.write_all(&reply(0)).await?;
    let (client_read, client_write) = client.into_split();
    let (up_read, up_write) = upstream.into_split();
    let one_way = rtt / 2;
    tokio::try_join!(
        pump(client_read, up_write, one_way),
        pump(up_read, client_write, one_way)
    )?;
    Ok(())
}

/// Method negotiation: version 5, "no authentication".
async fn greet(client: &mut TcpStream) -> io::Result<()> {
    let mut head = [0_u8; 2];
    client.read_exact(&mut head).await?;
    let mut methods = vec![0_u8; usize::from(head[1])];
    client.read_exact(&mut methods).await?;
    if head[0] != 5 || !methods.contains(&0) {
        client.write_all(&[5, 0xff]).await?;
        return Err(bad("not SOCKS5 without authentication"));
    }
    client.write_all(&[5, 0]).await
}

async fn read_request(client: &mut TcpStream) -> io::Result<(String, u16)> {
    let mut head = [0_u8; 4];
    client.read_exact(&mut head).await?;
    if head[0] != 5 || head[1] != 1 {
        client.write_all(&reply(7)).await?;
        return Err(bad("only CONNECT is known"));
    }
    let host = match head[3] {
        1 => {
            let mut v4 = [0_u8; 4];
            client.read_exact(&mut v4).await?;
            Ipv4Addr::from(v4).to_string()
        }
        3 => {
            let len = client.read_u8().await?;
            let mut name = vec![0_u8; usize::from(len)];
            client.read_exact(&mut name).await?;
            String::from_utf8(name).map_err(|_| bad("host name is not UTF-8"))?
        }
        4 => {
            let mut v6 = [0_u8; 16];
            client.read_exact(&mut v6).await?;
            std::net::Ipv6Addr::from(v6).to_string()
        }
        _ => return Err(bad("unknown address type")),
    };
    let port = client.read_u16().await?;
    Ok((host, port))
}

async fn connect(host: &str, port: u16, hosts: &HostMap) -> io::Result<TcpStream> {
    if host == "localhost" || host.ends_with(".localhost") {
        let port = hosts.get(&port).copied().unwrap_or(port);
        TcpStream::connect(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)).await
    } else {
        TcpStream::connect((host, port)).await
    }
}

/// A SOCKS5 reply with an empty bound address.
fn reply(code: u8) -> [u8; 10] {
    [5, code, 0, 1, 0, 0, 0, 0, 0, 0]
}

fn reply_code(error: &io::Error) -> u8 {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => 5,
        io::ErrorKind::HostUnreachable => 4,
        io::ErrorKind::NetworkUnreachable => 3,
        _ => 1,
    }
}

fn bad(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

/// Copies one direction; each chunk is delivered `delay` after it was read, in order.
async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    delay: Duration,
) -> io::Result<()> {
    let (queue, mut due) = mpsc::channel::<(Instant, Vec<u8>)>(IN_FLIGHT_CHUNKS);
    let read = async move {
        loop {
            let mut chunk = vec![0_u8; CHUNK];
            let n = from.read(&mut chunk).await?;
            chunk.truncate(n);
            let end = n == 0;
            if queue.send((Instant::now() + delay, chunk)).await.is_err() || end {
                return Ok::<(), io::Error>(());
            }
        }
    };
    let write = async move {
        while let Some((at, chunk)) = due.recv().await {
            tokio::time::sleep_until(at).await;
            if chunk.is_empty() {
                break;
            }
            to.write_all(&chunk).await?;
        }
        to.shutdown().await
    };
    tokio::try_join!(read, write)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut s, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut r, mut w) = s.split();
                    tokio::io::copy(&mut r, &mut w).await
                });
            }
        });
        address
    }

    async fn through(proxy: &LabProxy, host: &str, port: u16) -> (u8, TcpStream) {
        let mut s = TcpStream::connect(proxy.address()).await.unwrap();
        s.write_all(&[5, 1, 0]).await.unwrap();
        let mut two = [0; 2];
        s.read_exact(&mut two).await.unwrap();
        assert_eq!(two, [5, 0]);
        let mut request = vec![5, 1, 0, 3, u8::try_from(host.len()).unwrap()];
        request.extend(host.as_bytes());
        request.extend(port.to_be_bytes());
        s.write_all(&request).await.unwrap();
        let mut answer = [0; 10];
        s.read_exact(&mut answer).await.unwrap();
        (answer[1], s)
    }

    #[tokio::test]
    async fn connect_costs_one_round_trip_and_an_exchange_another() {
        let target = echo().await;
        let proxy = LabProxy::start(HostMap::from([(80, target.port())]))
            .await
            .unwrap();
        let rtt = Duration::from_millis(60);
        proxy.set_rtt(rtt);
        let t = Instant::now();
        let (code, mut s) = through(&proxy, "shop.localhost", 80).await;
        assert_eq!(code, 0);
        let connected = t.elapsed();
        s.write_all(b"hello").await.unwrap();
        let mut back = [0; 5];
        s.read_exact(&mut back).await.unwrap();
        let exchanged = t.elapsed() - connected;
        assert_eq!(&back, b"hello");
        // Lower bounds are exact; above them the scheduler of a busy machine may add.
        assert!(connected >= rtt, "{connected:?}");
        assert!(exchanged >= rtt, "{exchanged:?}");
        assert!(
            connected + exchanged < rtt * 20,
            "{connected:?} {exchanged:?}"
        );
    }

    #[tokio::test]
    async fn a_refused_connection_is_said_so() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let closed = listener.local_addr().unwrap().port();
        drop(listener);
        let proxy = LabProxy::start(HostMap::new()).await.unwrap();
        let (code, _) = through(&proxy, "127.0.0.1", closed).await;
        assert_eq!(code, 5);
    }

    #[tokio::test]
    async fn the_end_of_one_direction_reaches_the_other_side() {
        let target = echo().await;
        let proxy = LabProxy::start(HostMap::new()).await.unwrap();
        let (_, mut s) = through(&proxy, "127.0.0.1", target.port()).await;
        s.write_all(b"bye").await.unwrap();
        s.shutdown().await.unwrap();
        let mut all = Vec::new();
        s.read_to_end(&mut all).await.unwrap();
        assert_eq!(all, b"bye");
    }
}
