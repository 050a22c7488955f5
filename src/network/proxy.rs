//! The SOCKS5 proxy on loopback through which the browser of this machine goes out, where a line
//! is shaped, a region has lab latency or an upstream proxy, or the demo's sites are to be found.
//!
//! The answer to CONNECT comes one round trip later (the TCP handshake with the far end), names
//! cost one more, and data go at the pace of the visit's `Line`. Names under `.localhost` are
//! loopback (RFC 6761), and a [`HostMap`] may send their port elsewhere, so that the demo's sites
//! can live on a free port. Protocol: RFC 1928, CONNECT without authentication.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::line::{Line, Way, pump};
use super::upstream;
use crate::model::{LineNumbers, Upstream};

/// Port on which a `.localhost` name is addressed -> where it really listens on loopback.
pub type HostMap = BTreeMap<u16, u16>;

/// Where connections go.
#[derive(Debug, Clone, Default)]
pub struct Routes {
    /// The demo's sites.
    pub hosts: HostMap,
    /// Proxy for everything else; none is directly.
    pub upstream: Option<Upstream>,
}

/// A running proxy; it stops when dropped.
#[derive(Debug)]
pub struct LineProxy {
    address: SocketAddr,
    line: Arc<Mutex<Arc<Line>>>,
    accept: JoinHandle<()>,
}

impl LineProxy {
    /// Starts a proxy on a free port of loopback, at first without a shaped line.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(routes: Routes) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let line = Arc::new(Mutex::new(Arc::new(Line::new(None, Duration::ZERO))));
        let accept = tokio::spawn(accept(listener, Arc::clone(&line), Arc::new(routes)));
        Ok(LineProxy {
            address,
            line,
            accept,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A fresh line for the connections that are opened from now on: a visit begins. `beyond`:
    /// round trip from the line's far end to the site.
    pub fn set_line(&self, numbers: Option<LineNumbers>, beyond: Duration) {
        let line = Arc::new(Line::new(numbers, beyond));
        *self.line.lock().unwrap_or_else(PoisonError::into_inner) = line;
    }
}

impl Drop for LineProxy {
    fn drop(&mut self) {
        self.accept.abort();
    }
}

async fn accept(listener: TcpListener, line: Arc<Mutex<Arc<Line>>>, routes: Arc<Routes>) {
    loop {
        let Ok((client, _)) = listener.accept().await else {
            // Out of file descriptors: let some connections end first.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let line = Arc::clone(&line.lock().unwrap_or_else(PoisonError::into_inner));
        let routes = Arc::clone(&routes);
        tokio::spawn(async move {
            if let Err(error) = serve(client, &line, &routes).await {
                tracing::debug!(%error, "proxy: connection ended");
            }
        });
    }
}

async fn serve(mut client: TcpStream, line: &Line, routes: &Routes) -> io::Result<()> {
    client.set_nodelay(true)?;
    greet(&mut client).await?;
    let (host, port) = read_request(&mut client).await?;
    if host.parse::<std::net::IpAddr>().is_err() {
        line.look_up(&host).await;
    }
    let begun = Instant::now();
    let upstream = connect(&host, port, routes).await;
    // The far end's handshake takes a round-trip, less what the real one took.
    super::line::until(begun + line.round_trip()).await;
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
    tokio::try_join!(
        pump(client_read, up_write, (line, Way::Up)),
        pump(up_read, client_write, (line, Way::Down))
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

async fn connect(host: &str, port: u16, routes: &Routes) -> io::Result<TcpStream> {
    if host == "localhost" || host.ends_with(".localhost") {
        let port = routes.hosts.get(&port).copied().unwrap_or(port);
        return TcpStream::connect(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)).await;
    }
    match &routes.upstream {
        Some(proxy) => upstream::connect(proxy, host, port).await,
        None => TcpStream::connect((host, port)).await,
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

    async fn through(proxy: &LineProxy, host: &str, port: u16) -> (u8, TcpStream) {
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
        let proxy = LineProxy::start(Routes {
            hosts: HostMap::from([(80, target.port())]),
            upstream: None,
        })
        .await
        .unwrap();
        let rtt = Duration::from_millis(60);
        proxy.set_line(None, rtt);
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
        let proxy = LineProxy::start(Routes::default()).await.unwrap();
        let (code, _) = through(&proxy, "127.0.0.1", closed).await;
        assert_eq!(code, 5);
    }

    #[tokio::test]
    async fn the_end_of_one_direction_reaches_the_other_side() {
        let target = echo().await;
        let proxy = LineProxy::start(Routes::default()).await.unwrap();
        let (_, mut s) = through(&proxy, "127.0.0.1", target.port()).await;
        s.write_all(b"bye").await.unwrap();
        s.shutdown().await.unwrap();
        let mut all = Vec::new();
        s.read_to_end(&mut all).await.unwrap();
        assert_eq!(all, b"bye");
    }
}
