//! How the proxy reaches a site: directly, or through the user's own SOCKS5 or HTTP proxy, with
//! user and password.
//!
//! Protocols: RFC 1928 and 1929 (SOCKS5 and its login), RFC 9110, 9.3.6 (CONNECT).

use std::io;

use base64::Engine;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::model::{ProxyKind, Secret, Upstream};

/// Longest answer of an HTTP proxy to CONNECT, bytes.
const LONGEST_ANSWER: usize = 16 * 1024;

/// A connection to `host` through `proxy`.
pub(super) async fn connect(proxy: &Upstream, host: &str, port: u16) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect((proxy.host.as_str(), proxy.port)).await?;
    stream.set_nodelay(true)?;
    match proxy.kind {
        ProxyKind::Socks5 => socks5(&mut stream, proxy.login.as_ref(), (host, port)).await?,
        ProxyKind::Http => http(&mut stream, proxy.login.as_ref(), (host, port)).await?,
    }
    Ok(stream)
}

fn bad(message: impl Into<String>) -> io::Error {
    io::Error::other(message.into())
}

async fn socks5(
    stream: &mut TcpStream,
    login: Option<&(String, Secret)>,
    (host, port): (&str, u16),
) -> io::Result<()> {
    let method = if login.is_some() { 2 } else { 0 };
    stream.write_all(&[5, 1, method]).await?;
    let mut answer = [0_u8; 2];
    stream.read_exact(&mut answer).await?;
    if answer != [5, method] {
        return Err(bad("the proxy wants another log-in"));
    }
    if let Some((user, Secret(password))) = login {
        let mut request = vec![1];
        for part in [user, password] {
            request.push(short(part)?);
            request.extend(part.as_bytes());
        }
        stream.write_all(&request).await?;
        stream.read_exact(&mut answer).await?;
        if answer[1] != 0 {
            return Err(bad("the proxy refused user and password"));
        }
    }
    let mut request = vec![5, 1, 0, 3, short(host)?];
    request.extend(host.as_bytes());
    request.extend(port.to_be_bytes());
    stream.write_all(&request).await?;
    let mut head = [0_u8; 4];
    stream.read_exact(&mut head).await?;
    let rest = match head[3] {
        1 => 4,
        4 => 16,
        _ => usize::from(stream.read_u8().await?),
    };
    let mut bound = vec![0_u8; rest + 2];
    stream.read_exact(&mut bound).await?;
    match head[1] {
        0 => Ok(()),
        5 => Err(io::ErrorKind::ConnectionRefused.into()),
        4 => Err(io::ErrorKind::HostUnreachable.into()),
        3 => Err(io::ErrorKind::NetworkUnreachable.into()),
        code => Err(bad(format!("the proxy answered {code}"))),
    }
}

/// The length of what SOCKS sends with one byte of length.
fn short(text: &str) -> io::Result<u8> {
    u8::try_from(text.len()).map_err(|_| bad("longer than 255 bytes"))
}

async fn http(
    stream: &mut TcpStream,
    login: Option<&(String, Secret)>,
    (host, port): (&str, u16),
) -> io::Result<()> {
    let host = if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    };
    let login = login.map_or(String::new(), |(user, Secret(password))| {
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        format!("Proxy-Authorization: Basic {pair}\r\n")
    });
    let request = format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n{login}\r\n");
    stream.write_all(request.as_bytes()).await?;
    // Byte by byte: what follows the head belongs to the site.
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > LONGEST_ANSWER {
            return Err(bad("the proxy's answer has no end"));
        }
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head);
    let status = head.split_whitespace().nth(1).unwrap_or_default();
    match status {
        "200" => Ok(()),
        "407" => Err(bad("the proxy refused user and password")),
        status => Err(bad(format!("the proxy answered {status}"))),
    }
}
