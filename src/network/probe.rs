//! What a line that our proxy makes really is: measured through the proxy, with a small server of
//! our own on its other side.
//!
//! It takes four round trips and a good third of a second for each rate, on a quiet machine.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::proxy::{LineProxy, Routes};
use crate::model::{LineNumbers, LineProbe, Network};

/// For how long a rate is measured.
const RATE_TIME: Duration = Duration::from_millis(350);
/// Longest time for a whole probe.
const DEADLINE: Duration = Duration::from_secs(60);

/// Measures the line of a network with so much more round trip beyond it.
///
/// # Errors
/// When loopback cannot be used.
pub async fn line(network: &Network, beyond: Duration) -> io::Result<LineProbe> {
    let server = Server::start().await?;
    let proxy = LineProxy::start(Routes::default()).await?;
    let numbers = network.numbers();
    proxy.set_line(numbers, beyond);
    let asked = numbers.unwrap_or(LineNumbers {
        rtt_ms: 0.0,
        down_kbps: 0.0,
        up_kbps: 0.0,
        loss: 0.0,
    });
    let probed = timeout(DEADLINE, async {
        let (connect_ms, rtt_ms) = times(proxy.address(), server.address).await?;
        let mut rates = [0.0; 2];
        if numbers.is_some() {
            rates = [
                down(proxy.address(), server.address, asked.down_kbps).await?,
                up(proxy.address(), server.address, asked.up_kbps).await?,
            ];
        }
        Ok::<_, io::Error>((connect_ms, rtt_ms, rates))
    });
    let (connect_ms, rtt_ms, [down_kbps, up_kbps]) = probed.await??;
    Ok(LineProbe {
        network: network.name().to_owned(),
        added_rtt_ms: millis(beyond),
        asked,
        connect_ms,
        rtt_ms,
        down_kbps,
        up_kbps,
    })
}

/// Time to connect and time of an exchange of one byte: the least of two, as only the scheduler
/// can add.
async fn times(proxy: SocketAddr, server: SocketAddr) -> io::Result<(f64, f64)> {
    let mut least = (f64::INFINITY, f64::INFINITY);
    for _ in 0..2 {
        let begun = Instant::now();
        let mut stream = open(proxy, server).await?;
        let connect = millis(begun.elapsed());
        let begun = Instant::now();
        ask(&mut stream, 1).await?;
        stream.read_u8().await?;
        least = (least.0.min(connect), least.1.min(millis(begun.elapsed())));
    }
    Ok(least)
}

/// Rate from the first to the last byte of an answer, kbit/s.
async fn down(proxy: SocketAddr, server: SocketAddr, kbps: f64) -> io::Result<f64> {
    let bytes = worth(kbps);
    let mut stream = open(proxy, server).await?;
    ask(&mut stream, bytes).await?;
    let mut buffer = vec![0_u8; 16 * 1024];
    let first = stream.read(&mut buffer).await?;
    let begun = Instant::now();
    let mut left = usize::try_from(bytes).unwrap_or(usize::MAX) - first;
    let counted = left;
    while left > 0 {
        let n = stream.read(&mut buffer).await?;
        if n == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        left = left.saturating_sub(n);
    }
    Ok(rate(counted, begun.elapsed()))
}

/// Rate of an upload by the server's own clock, which it answers with, kbit/s.
async fn up(proxy: SocketAddr, server: SocketAddr, kbps: f64) -> io::Result<f64> {
    let bytes = worth(kbps);
    let mut stream = open(proxy, server).await?;
    stream.write_all(b"u").await?;
    stream.write_all(&bytes.to_be_bytes()).await?;
    let body = vec![0_u8; usize::try_from(bytes).unwrap_or(usize::MAX)];
    stream.write_all(&body).await?;
    let counted = stream.read_u64().await?;
    let micros = stream.read_u64().await?;
    let counted = usize::try_from(counted).unwrap_or(usize::MAX);
    Ok(rate(counted, Duration::from_micros(micros)))
}

/// A connection to the server through the proxy.
///
/// # Errors
/// When the proxy or the server refuses.
pub async fn open(proxy: SocketAddr, server: SocketAddr) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(proxy).await?;
    stream.set_nodelay(true)?;
    let SocketAddr::V4(v4) = server else {
        return Err(io::ErrorKind::Unsupported.into());
    };
    let mut request = vec![5, 1, 0];
    stream.write_all(&request).await?;
    let mut chosen = [0_u8; 2];
    stream.read_exact(&mut chosen).await?;
    request = vec![5, 1, 0, 1];
    request.extend(v4.ip().octets());
    request.extend(v4.port().to_be_bytes());
    stream.write_all(&request).await?;
    let mut answer = [0_u8; 10];
    stream.read_exact(&mut answer).await?;
    if answer[1] != 0 {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    Ok(stream)
}

async fn ask(stream: &mut TcpStream, bytes: u64) -> io::Result<()> {
    stream.write_all(b"d").await?;
    stream.write_all(&bytes.to_be_bytes()).await
}

/// Bytes that a rate sends in [`RATE_TIME`].
fn worth(kbps: f64) -> u64 {
    let bytes = kbps * 1000.0 / 8.0 * RATE_TIME.as_secs_f64();
    // A handful of packets at least, and no fraction of a byte.
    bytes.clamp(8_000.0, 64e6) as u64
}

fn rate(bytes: usize, took: Duration) -> f64 {
    bytes as f64 * 8.0 / took.as_secs_f64() / 1000.0
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Sends so many bytes, or takes them and says how long that took from the first read on.
struct Server {
    address: SocketAddr,
    accept: JoinHandle<()>,
}

impl Server {
    async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let accept = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream));
            }
        });
        Ok(Server { address, accept })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accept.abort();
    }
}

async fn answer(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let what = stream.read_u8().await?;
    let bytes = stream.read_u64().await?;
    let mut buffer = vec![0_u8; 16 * 1024];
    if what == b'd' {
        let mut left = usize::try_from(bytes).unwrap_or(usize::MAX);
        while left > 0 {
            let n = left.min(buffer.len());
            stream.write_all(&buffer[..n]).await?;
            left -= n;
        }
        return Ok(());
    }
    let mut left = usize::try_from(bytes).unwrap_or(usize::MAX);
    let first = stream.read(&mut buffer).await?;
    let begun = Instant::now();
    left = left.saturating_sub(first);
    let counted = left as u64;
    while left > 0 {
        let n = stream.read(&mut buffer).await?;
        if n == 0 {
            return Ok(());
        }
        left = left.saturating_sub(n);
    }
    let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    stream.write_all(&counted.to_be_bytes()).await?;
    stream.write_all(&micros.to_be_bytes()).await
}
