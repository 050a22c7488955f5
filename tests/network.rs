//! What a shaped line costs, against arithmetic: connect, look-up, exchange and transfer through
//! the proxy, with servers on its other side.
//!
//! A machine that is busy can only make things slower, so the least of a few tries counts.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

mod common;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use common::tls::{Counting, Tls};
use outpace::model::{LineNumbers, Network, OwnNetwork, ProxyKind, Secret, Upstream};
use outpace::network::probe::{self, open};
use outpace::network::{HostMap, LineProxy, Routes};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::Instant;
use tokio_rustls::client::TlsStream;

/// Timings of two tests at a time would disturb each other.
static ALONE: Mutex<()> = Mutex::const_new(());

async fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().await
}

const TRIES: u32 = 20;

fn millis(d: Duration) -> f64 {
    d.as_secs_f64() * 1000.0
}

/// Within 5 % or 3 ms, whatever is more.
fn near(got: f64, wanted: f64) -> bool {
    (got - wanted).abs() <= (wanted * 0.05).max(3.0)
}

/// Reads a request of 100 bytes, answers with so many bytes, and again.
async fn server(bytes: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut s, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = [0; 100];
                while s.read_exact(&mut request).await.is_ok() {
                    if s.write_all(&vec![7; bytes]).await.is_err() {
                        break;
                    }
                }
            });
        }
    });
    address
}

async fn exchange(stream: &mut TcpStream, bytes: usize) {
    stream.write_all(&[1; 100]).await.unwrap();
    let mut answer = vec![0; bytes];
    stream.read_exact(&mut answer).await.unwrap();
}

/// A connection by name.
async fn open_by_name(proxy: SocketAddr, name: &str, port: u16) -> (u8, TcpStream) {
    let mut s = TcpStream::connect(proxy).await.unwrap();
    s.write_all(&[5, 1, 0]).await.unwrap();
    s.read_exact(&mut [0; 2]).await.unwrap();
    let mut request = vec![5, 1, 0, 3, u8::try_from(name.len()).unwrap()];
    request.extend(name.as_bytes());
    request.extend(port.to_be_bytes());
    s.write_all(&request).await.unwrap();
    let mut answer = [0; 10];
    s.read_exact(&mut answer).await.unwrap();
    (answer[1], s)
}

/// Least times of: look-up and connect, connect, exchange of one byte, transfer. Enough tries were
/// made when all are near what is wanted.
async fn times(
    numbers: LineNumbers,
    (small, large): (SocketAddr, SocketAddr),
    bytes: usize,
    wanted: [f64; 4],
) -> [f64; 4] {
    let proxy = LineProxy::start(Routes::default()).await.unwrap();
    let mut least = [f64::INFINITY; 4];
    for _ in 0..TRIES {
        proxy.set_line(Some(numbers), Duration::ZERO);
        let begun = Instant::now();
        let named = open_by_name(proxy.address(), "shop.localhost", small.port()).await;
        let by_name = millis(begun.elapsed());
        assert_eq!(named.0, 0);
        let begun = Instant::now();
        let mut stream = open(proxy.address(), small).await.unwrap();
        let connect = millis(begun.elapsed());
        let begun = Instant::now();
        exchange(&mut stream, 1).await;
        let one = millis(begun.elapsed());
        let mut stream = open(proxy.address(), large).await.unwrap();
        let begun = Instant::now();
        exchange(&mut stream, bytes).await;
        let all = millis(begun.elapsed());
        for (least, got) in least.iter_mut().zip([by_name, connect, one, all]) {
            *least = least.min(got);
        }
        if least
            .iter()
            .zip(wanted)
            .all(|(got, wanted)| near(*got, wanted))
        {
            break;
        }
    }
    least
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_profile_costs_what_the_arithmetic_says() {
    let _alone = alone().await;
    let small = server(1).await;
    let own = Network::Own(Box::new(OwnNetwork {
        id: "office".to_owned(),
        numbers: LineNumbers {
            rtt_ms: 12.0,
            down_kbps: 20_000.0,
            up_kbps: 5_000.0,
            loss: 0.0,
        },
    }));
    for network in Network::KNOWN.iter().chain([&own]) {
        let Some(n) = network.numbers() else { continue };
        // Worth a quarter of a second.
        let bytes = (n.down_kbps * 1000.0 / 8.0 * 0.25) as usize;
        let large = server(bytes).await;
        let sent = 100.0 * 8.0 / n.up_kbps;
        let wanted = [
            2.0 * n.rtt_ms,
            n.rtt_ms,
            n.rtt_ms + sent + 8.0 / n.down_kbps,
            n.rtt_ms + sent + 250.0,
        ];
        let found = times(n, (small, large), bytes, wanted).await;
        let parts = ["look-up and connect", "connect", "exchange", "transfer"];
        for ((part, got), wanted) in parts.into_iter().zip(found).zip(wanted) {
            let name = network.name();
            assert!(
                near(got, wanted),
                "{name}: {part} took {got:.1} ms, not {wanted:.1}"
            );
        }
    }
}

/// Answers a request of 100 bytes with so many, over TLS.
async fn tls_server(tls: &Tls, bytes: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = tls.acceptor();
    tokio::spawn(async move {
        while let Ok((s, _)) = listener.accept().await {
            s.set_nodelay(true).unwrap();
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut s = acceptor.accept(s).await.unwrap();
                let mut request = [0; 100];
                while s.read_exact(&mut request).await.is_ok() {
                    s.write_all(&vec![7; bytes]).await.unwrap();
                    s.flush().await.unwrap();
                }
            });
        }
    });
    address
}

/// Took and should have taken, milliseconds.
type Timed = (f64, f64);

/// A handshake with what it took, milliseconds.
async fn shake(tls: &Tls, stream: TcpStream) -> (TlsStream<Counting>, Arc<common::tls::Wire>, f64) {
    let (stream, wire) = Counting::new(stream);
    let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
    let connector = tls.connector();
    let begun = Instant::now();
    let stream = connector.connect(name, stream).await.unwrap();
    (stream, wire, millis(begun.elapsed()))
}

/// What both sides compute in a handshake, and no line has a part in: the least of a few without
/// one, milliseconds.
async fn computing(tls: &Tls, server: SocketAddr) -> f64 {
    let mut least = f64::INFINITY;
    for _ in 0..TRIES {
        let stream = TcpStream::connect(server).await.unwrap();
        stream.set_nodelay(true).unwrap();
        least = least.min(shake(tls, stream).await.2);
    }
    least
}

/// One connection over TLS: handshake and transfer, each with what the bytes on its wire should have
/// taken. A whole handshake of TLS 1.3 is one exchange: the client's first flight up, the server's
/// down; what the client sends last is not waited for.
async fn over_tls(
    tls: &Tls,
    (proxy, server): (SocketAddr, SocketAddr),
    numbers: LineNumbers,
    bytes: usize,
) -> [Timed; 2] {
    let (rtt, up, down) = (numbers.rtt_ms, numbers.up_kbps, numbers.down_kbps);
    let arithmetic =
        |sent: usize, got: usize| rtt + sent as f64 * 8.0 / up + got as f64 * 8.0 / down;
    let stream = open(proxy, server).await.unwrap();
    let (mut stream, wire, shaken) = shake(tls, stream).await;
    assert_eq!(
        stream.get_ref().1.protocol_version(),
        Some(rustls::ProtocolVersion::TLSv1_3)
    );
    let handshake = (shaken, arithmetic(wire.before_first_read(), wire.read()));
    // What the server sends after a handshake is out of the way before the transfer.
    tokio::time::sleep(Duration::from_secs_f64(rtt * 2.5 / 1000.0)).await;
    let (sent, got) = (wire.written(), wire.read());
    let begun = Instant::now();
    stream.write_all(&[1; 100]).await.unwrap();
    stream.flush().await.unwrap();
    let mut answer = vec![0; bytes];
    stream.read_exact(&mut answer).await.unwrap();
    let took = millis(begun.elapsed());
    let transfer = arithmetic(wire.written() - sent, wire.read() - got);
    [handshake, (took, transfer)]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_costs_each_profile_one_exchange_of_what_it_sends() {
    let _alone = alone().await;
    let tls = Tls::new();
    for network in &Network::KNOWN {
        let Some(n) = network.numbers() else { continue };
        // Worth a quarter of a second.
        let bytes = (n.down_kbps * 1000.0 / 8.0 * 0.25) as usize;
        let server = tls_server(&tls, bytes).await;
        let proxy = LineProxy::start(Routes::default()).await.unwrap();
        let computing = computing(&tls, server).await;
        let mut best = [(f64::INFINITY, 0.0); 2];
        for _ in 0..TRIES {
            proxy.set_line(Some(n), Duration::ZERO);
            let mut found = over_tls(&tls, (proxy.address(), server), n, bytes).await;
            found[0].1 += computing;
            for (best, got) in best.iter_mut().zip(found) {
                if got.0 - got.1 < best.0 - best.1 {
                    *best = got;
                }
            }
            if best.iter().all(|(got, wanted)| near(*got, *wanted)) {
                break;
            }
        }
        for (part, (got, wanted)) in ["handshake", "transfer"].into_iter().zip(best) {
            let name = network.name();
            assert!(wanted > n.rtt_ms, "{name}: {part} sends something");
            assert!(
                near(got, wanted),
                "{name}: {part} over TLS took {got:.1} ms, not {wanted:.1}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_of_a_visit_share_the_rate_and_take_turns() {
    let _alone = alone().await;
    let numbers = Network::ThreeG.numbers().unwrap();
    let bytes = 30_000;
    let large = server(bytes).await;
    let small = server(1000).await;
    let proxy = LineProxy::start(Routes::default()).await.unwrap();
    proxy.set_line(Some(numbers), Duration::ZERO);
    let mut streams = Vec::new();
    for _ in 0..2 {
        streams.push(open(proxy.address(), large).await.unwrap());
    }
    let mut late = open(proxy.address(), small).await.unwrap();
    let begun = Instant::now();
    let mut all = tokio::task::JoinSet::new();
    for mut stream in streams {
        all.spawn(async move {
            exchange(&mut stream, bytes).await;
            millis(begun.elapsed())
        });
    }
    let small = async {
        exchange(&mut late, 1000).await;
        millis(begun.elapsed())
    };
    let (small, both) = tokio::join!(small, all.join_all());
    let last = both.iter().copied().fold(0.0, f64::max);
    let first = both.iter().copied().fold(f64::INFINITY, f64::min);
    // 61,000 bytes at 1.6 Mbit/s take 305 ms, half as long for each alone.
    let wanted = numbers.rtt_ms + 305.0;
    assert!((wanted * 0.95..wanted * 1.3).contains(&last), "{last}");
    assert!(
        first > numbers.rtt_ms + 200.0,
        "nobody was served first: {first}"
    );
    assert!(
        small < numbers.rtt_ms + 100.0,
        "the small one had its turn: {small}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_lost_comes_a_round_trip_later_and_in_order() {
    let _alone = alone().await;
    let lossy = LineNumbers {
        rtt_ms: 40.0,
        down_kbps: 50_000.0,
        up_kbps: 50_000.0,
        loss: 0.5,
    };
    let address = server(1).await;
    let proxy = LineProxy::start(Routes::default()).await.unwrap();
    proxy.set_line(Some(lossy), Duration::ZERO);
    let mut stream = open(proxy.address(), address).await.unwrap();
    let mut times = Vec::new();
    for _ in 0..24 {
        let begun = Instant::now();
        exchange(&mut stream, 1).await;
        times.push(millis(begun.elapsed()));
    }
    // None, one or two of the two packets of an exchange are lost: 40, 80 or 120 ms.
    let slow = times.iter().filter(|t| **t > 75.0).count();
    let fast = times.iter().filter(|t| **t < 75.0).count();
    assert!(slow >= 4 && fast >= 1, "{times:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_probe_of_a_run_finds_the_line_it_was_given() {
    let _alone = alone().await;
    for network in [Network::Cable, Network::Slow3g] {
        let mut off = Vec::new();
        for _ in 0..TRIES {
            let found = probe::line(&network, Duration::from_millis(8))
                .await
                .unwrap();
            off = found.off();
            if off.is_empty() {
                break;
            }
        }
        assert!(off.is_empty(), "{}: {off:?}", network.name());
    }
}

/// A proxy that wants user and password, by hand: it tells whom it let in, and connects.
async fn guarded(kind: ProxyKind, target: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut s, _)) = listener.accept().await {
            let admitted = match kind {
                ProxyKind::Socks5 => admit_socks(&mut s).await,
                ProxyKind::Http => admit_http(&mut s).await,
            };
            if admitted {
                let mut to = TcpStream::connect(target).await.unwrap();
                tokio::spawn(async move { tokio::io::copy_bidirectional(&mut s, &mut to).await });
            }
        }
    });
    address
}

async fn admit_socks(s: &mut TcpStream) -> bool {
    let mut greeting = [0; 3];
    s.read_exact(&mut greeting).await.unwrap();
    if greeting[2] != 2 {
        s.write_all(&[5, 255]).await.unwrap();
        return false;
    }
    s.write_all(&[5, 2]).await.unwrap();
    let mut login = vec![0; 3 + "me".len() + "pa:ss".len()];
    s.read_exact(&mut login).await.unwrap();
    let right = login == b"\x01\x02me\x05pa:ss";
    s.write_all(&[1, u8::from(!right)]).await.unwrap();
    if !right {
        return false;
    }
    let mut request = vec![0; 5 + "far.example".len() + 2];
    s.read_exact(&mut request).await.unwrap();
    assert_eq!(&request[5..16], b"far.example", "the name goes on as it is");
    s.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
    true
}

async fn admit_http(s: &mut TcpStream) -> bool {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(s.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    assert!(
        head.starts_with("CONNECT far.example:80 HTTP/1.1\r\n"),
        "{head}"
    );
    // `me:pa:ss` in base 64.
    let right = head.contains("Proxy-Authorization: Basic bWU6cGE6c3M=\r\n");
    let answer = if right { "200 OK" } else { "407 Who?" };
    let answer = format!("HTTP/1.1 {answer}\r\n\r\n");
    s.write_all(answer.as_bytes()).await.unwrap();
    right
}

#[tokio::test]
async fn a_proxy_that_wants_a_login_gets_it_from_us_and_a_wrong_one_is_refused() {
    let target = server(4).await;
    for kind in [ProxyKind::Socks5, ProxyKind::Http] {
        let guard = guarded(kind, target).await;
        for (password, wanted) in [("pa:ss", 0), ("false", 1)] {
            let upstream = Upstream {
                kind,
                host: guard.ip().to_string(),
                port: guard.port(),
                login: Some(("me".to_owned(), Secret(password.to_owned()))),
            };
            let proxy = LineProxy::start(Routes {
                hosts: HostMap::new(),
                upstream: Some(upstream),
            })
            .await
            .unwrap();
            let (code, mut stream) = open_by_name(proxy.address(), "far.example", 80).await;
            assert_eq!(code, wanted, "{kind:?} {password}");
            if code == 0 {
                exchange(&mut stream, 4).await;
            }
        }
    }
}
