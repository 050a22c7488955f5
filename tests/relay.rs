//! The relay to a remote driver: TLS with an authority of one's own, the log-in, and sockets,
//! against a server that lets nobody in without them.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

mod common;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use common::fake::Fake;
use common::tls::Tls;
use common::{Project, Ran, config};
use outpace::model::{DriverEndpoint, Region, Secret};
use outpace::network::Relay;
use outpace::network::grid;
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// Before a driver: TLS, and no way in but with this `Authorization`.
async fn front(tls: &Tls, driver: SocketAddr, wanted: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = tls.acceptor();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A client that does not trust us ends the handshake.
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                let head = head(&mut stream).await;
                let login = head.lines().find_map(|l| l.strip_prefix("authorization: "));
                if login != Some(wanted) {
                    let answer = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
                    stream.write_all(answer.as_bytes()).await.unwrap();
                    stream.shutdown().await.unwrap();
                    return;
                }
                let mut driver = TcpStream::connect(driver).await.unwrap();
                driver.write_all(head.as_bytes()).await.unwrap();
                // Either side may hang up without a farewell.
                let _ = tokio::io::copy_bidirectional(&mut stream, &mut driver).await;
            });
        }
    });
    address
}

/// A request or an answer up to its empty line.
async fn head(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else {
            break;
        };
        head.push(byte);
    }
    String::from_utf8(head).unwrap()
}

/// Agrees to a socket, and gives back in capitals what it is sent.
async fn shouting() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let asked = head(&mut stream).await;
            assert!(
                asked.starts_with("GET /session/a/se/cdp HTTP/1.1"),
                "{asked}"
            );
            assert!(
                asked.to_lowercase().contains("upgrade: websocket"),
                "{asked}"
            );
            let agreed = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\
                          Upgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n";
            stream.write_all(agreed.as_bytes()).await.unwrap();
            let mut buffer = [0; 64];
            while let Ok(n @ 1..) = stream.read(&mut buffer).await {
                buffer.make_ascii_uppercase();
                stream.write_all(&buffer[..n]).await.unwrap();
            }
        }
    });
    address
}

/// A driver that says that it is ready.
async fn ready() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let status = axum::routing::get(|| async {
        axum::Json(serde_json::json!({ "value": { "ready": true, "nodes": [] } }))
    });
    let app = axum::Router::new().route("/status", status);
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

struct Place {
    dir: tempfile::TempDir,
    tls: Tls,
}

impl Place {
    fn new() -> Self {
        let (dir, tls) = (tempfile::tempdir().unwrap(), Tls::new());
        std::fs::write(dir.path().join("ca.pem"), &tls.authority).unwrap();
        Place { dir, tls }
    }

    fn ca(&self) -> Option<PathBuf> {
        Some(self.dir.path().join("ca.pem"))
    }
}

fn https(address: SocketAddr, login: &str) -> Url {
    format!("https://{login}{address}/").parse().unwrap()
}

async fn relay(url: &Url, ca: Option<PathBuf>, token: Option<&str>) -> Relay {
    let region = Region {
        driver: DriverEndpoint::Remote(url.clone()),
        ca,
        token: token.map(|t| Secret(t.to_owned())),
        ..Region::default()
    };
    assert!(Relay::needed(&region));
    Relay::start(url, &region).await.unwrap()
}

#[tokio::test]
async fn a_driver_behind_tls_is_reached_with_basic_and_bearer_and_not_without() {
    let place = Place::new();
    let driver = ready().await;
    // `me:pa:ss wörd` in base 64.
    let basic = front(&place.tls, driver, "Basic bWU6cGE6c3Mgd8O2cmQ=").await;
    let bearer = front(&place.tls, driver, "Bearer to.ken").await;
    for (address, login, token, reached) in [
        (basic, "me:pa%3Ass%20w%C3%B6rd@", None, true),
        (basic, "me:another@", None, false),
        (basic, "", None, false),
        (bearer, "", Some("to.ken"), true),
        // A token goes before a password.
        (bearer, "me:pa%3Ass@", Some("to.ken"), true),
        (bearer, "", Some("an.other"), false),
    ] {
        let relay = relay(&https(address, login), place.ca(), token).await;
        let status = grid::status(relay.url()).await;
        assert_eq!(status.is_some(), reached, "{login} {token:?}");
        assert!(!relay.url().as_str().contains("pa"), "no secret in it");
    }
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_refused_and_said_so() {
    let (place, other) = (Place::new(), Place::new());
    let address = front(&place.tls, ready().await, "Bearer t").await;
    // Another authority, and the system's.
    for ca in [other.ca(), None] {
        let relay = relay(&https(address, ""), ca, Some("t")).await;
        assert_eq!(grid::status(relay.url()).await, None);
        let said = ask(
            &relay,
            "GET /status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        )
        .await;
        assert!(said.starts_with("HTTP/1.1 502"), "{said}");
        assert!(said.contains("no WebDriver answers: "), "{said}");
        assert!(said.contains("invalid peer certificate"), "{said}");
    }
}

async fn ask(relay: &Relay, request: &str) -> String {
    let address = relay.url().socket_addrs(|| None).unwrap()[0];
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    said
}

#[tokio::test]
async fn a_file_that_is_no_authority_is_named() {
    let place = Place::new();
    let file = place.dir.path().join("notes.pem");
    std::fs::write(&file, "no certificate").unwrap();
    let missing = place.dir.path().join("missing.pem");
    for (ca, why) in [(file, "no certificate in it"), (missing, "No such file")] {
        let url = https(([127, 0, 0, 1], 9).into(), "");
        let region = Region {
            ca: Some(ca.clone()),
            ..Region::default()
        };
        let error = Relay::start(&url, &region).await.unwrap_err().to_string();
        assert!(error.contains(&ca.display().to_string()), "{error}");
        assert!(error.contains(why), "{error}");
    }
}

#[tokio::test]
async fn a_socket_goes_through_tls_and_login_in_both_directions_and_ends() {
    let place = Place::new();
    let address = front(&place.tls, shouting().await, "Bearer t").await;
    let relay = relay(&https(address, ""), place.ca(), Some("t")).await;
    let near = relay.url().socket_addrs(|| None).unwrap()[0];
    let mut stream = TcpStream::connect(near).await.unwrap();
    let request = "GET /session/a/se/cdp HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n\
                   Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let agreed = head(&mut stream).await;
    assert!(agreed.starts_with("HTTP/1.1 101"), "{agreed}");
    for word in ["one", "another"] {
        say(&mut stream, word).await;
        let mut back = vec![0; word.len()];
        stream.read_exact(&mut back).await.unwrap();
        assert_eq!(back, word.to_uppercase().as_bytes());
    }
    stream.shutdown().await.unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(10), stream.read_u8()).await;
    assert!(
        ended.unwrap().is_err(),
        "the other side's end comes through"
    );
}

async fn say(stream: &mut (impl AsyncWrite + Unpin), word: &str) {
    stream.write_all(word.as_bytes()).await.unwrap();
}

#[test]
fn a_run_is_made_through_tls_with_a_token_from_the_environment() {
    let place = Place::new();
    let fake = Fake::start(&[], Duration::from_millis(5));
    let driver = Url::parse(&fake.url()).unwrap();
    let driver = driver.socket_addrs(|| None).unwrap()[0];
    // It works on while the program runs.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let address = runtime.block_on(front(&place.tls, driver, "Bearer to.ken"));
    let text = config(https(address, "").as_str(), 1).replace(
        "[[profile]]",
        "ca = \"ca.pem\"\ntoken = \"${GRID_TOKEN}\"\n[[profile]]",
    );
    let project = Project::new(&text);
    std::fs::copy(place.ca().unwrap(), project.file("ca.pem")).unwrap();
    let run = |token: &str| {
        let mut command = project.command(&["run"]);
        Ran::from(command.env("GRID_TOKEN", token).output().unwrap())
    };
    run("an.other").code(5);
    run("to.ken").code(0);
    let ok: i64 = project.ask("SELECT count(*) FROM visit WHERE state = 'ok'");
    assert_eq!(ok, 8);
    assert_eq!(fake.open_sessions(), 0);
}
