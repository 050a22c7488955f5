//! Channels against real receivers: an HTTP server that fails, hangs and comes back, and programs.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::*;
use crate::model::{Condition, Event, Facts, Lane};

pub(super) fn message() -> Message {
    Message {
        id: "0a1b".to_owned(),
        version: 1,
        lane: Lane::A,
        event: Event::Opened,
        project: "Test".to_owned(),
        at: "2026-11-23T02:00:00Z".parse().unwrap(),
        title: "Customers <cannot> use `home`".to_owned(),
        plain: "Please look.".to_owned(),
        technical: "status: 500 & more".to_owned(),
        next_look: Some("2026-11-24T02:00:00Z".parse().unwrap()),
        alerts: vec![Condition {
            key: "A:home".to_owned(),
            lane: Lane::A,
            cause: "the site".to_owned(),
            what: "home is out".to_owned(),
            detail: "500".to_owned(),
            facts: Facts {
                page: Some("home".to_owned()),
                change: Some([0.2, 0.1, 0.3]),
                ..Facts::default()
            },
        }],
        attachment: None,
    }
}

pub(super) fn channels(to: ChannelKind) -> Channels {
    Channels::of(&[ChannelConfig {
        id: "c".to_owned(),
        lanes: Lane::ALL.to_vec(),
        to,
    }])
    .unwrap()
}

/// What an HTTP server does with each request in turn.
#[derive(Clone, Copy)]
enum Does {
    Takes,
    Fails,
    Closes,
}

type Requests = Arc<Mutex<Vec<(String, String)>>>;

/// Head and body of every request, answered as told.
async fn http(does: &'static [Does]) -> (Url, Requests) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let requests = Requests::default();
    let taken = Arc::clone(&requests);
    tokio::spawn(async move {
        for does in does {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(stream);
            let (mut head, mut line, mut length) = (String::new(), String::new(), 0);
            loop {
                line.clear();
                stream.read_line(&mut line).await.unwrap();
                if line.trim().is_empty() {
                    break;
                }
                if let Some(n) = line.to_lowercase().strip_prefix("content-length:") {
                    length = n.trim().parse().unwrap();
                }
                head.push_str(&line);
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).await.unwrap();
            taken
                .lock()
                .unwrap()
                .push((head, String::from_utf8(body).unwrap()));
            let status = match does {
                Does::Takes => "200 OK",
                Does::Fails => "503 Service Unavailable",
                Does::Closes => continue,
            };
            let reply =
                format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(reply.as_bytes()).await.unwrap();
        }
    });
    (url.parse().unwrap(), requests)
}

#[tokio::test]
async fn a_webhook_that_fails_and_comes_back_gets_the_same_signed_body_each_time() {
    let (url, requests) = http(&[Does::Fails, Does::Closes, Does::Takes]).await;
    let secret = Some("key".to_owned());
    let channels = channels(ChannelKind::Webhook { url, secret });
    let failed = channels.send("c", &message()).await.unwrap_err();
    assert_eq!(failed.0, "answered with 503 Service Unavailable");
    let closed = channels.send("c", &message()).await.unwrap_err();
    assert!(!closed.0.contains("127.0.0.1"), "{closed}");
    channels.send("c", &message()).await.unwrap();
    let requests = requests.lock().unwrap();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|r| r.1 == requests[0].1));
    let (head, body) = &requests[2];
    assert!(head.contains("idempotency-key: 0a1b"), "{head}");
    let signature = format!(
        "x-outpace-signature: sha256={}",
        webhook::signature("key", body)
    );
    assert!(head.contains(&signature), "{head}");
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&body)
        .map(|e| e.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
}

/// Test case 2 of RFC 4231.
#[test]
fn the_signature_is_that_of_rfc_4231() {
    assert_eq!(
        webhook::signature("Jefe", "what do ya want for nothing?"),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
}

#[tokio::test]
async fn chats_get_their_own_words() {
    let (url, requests) = http(&[Does::Takes, Does::Takes]).await;
    channels(ChannelKind::Slack(url.clone()))
        .send("c", &message())
        .await
        .unwrap();
    channels(ChannelKind::Teams(url))
        .send("c", &message())
        .await
        .unwrap();
    let requests = requests.lock().unwrap();
    let slack: serde_json::Value = serde_json::from_str(&requests[0].1).unwrap();
    let text = slack["text"].as_str().unwrap();
    assert!(
        text.contains("&lt;cannot&gt;") && text.contains("500 &amp; more"),
        "{text}"
    );
    let teams: serde_json::Value = serde_json::from_str(&requests[1].1).unwrap();
    let card = &teams["attachments"][0]["content"];
    assert_eq!(card["type"], "AdaptiveCard");
    assert_eq!(card["body"][0]["text"], "Customers <cannot> use `home`");
}

#[tokio::test]
async fn a_receiver_that_hangs_is_given_up_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("http://{}/", listener.local_addr().unwrap())
        .parse()
        .unwrap();
    let hold = tokio::spawn(async move {
        let held = listener.accept().await;
        std::future::pending::<()>().await;
        drop(held);
    });
    let mut channels = channels(ChannelKind::Webhook { url, secret: None });
    channels.patience = Duration::from_millis(100);
    let failed = channels.send("c", &message()).await.unwrap_err();
    assert_eq!(failed.0, "no answer within 0.1 s");
    hold.abort();
}

#[tokio::test]
async fn a_command_gets_the_json_and_its_code_decides() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("got.json");
    let script = format!("cat > '{}'", file.display());
    let run = |script: &str| {
        let words = ["sh", "-c", script].map(str::to_owned).to_vec();
        channels(ChannelKind::Command(words))
    };
    run(&script).send("c", &message()).await.unwrap();
    let got: Message = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(got, message());
    let failed = run("exit 3").send("c", &message()).await.unwrap_err();
    assert_eq!(failed.0, "the command ended with exit status: 3");
    let missing = channels(ChannelKind::Command(vec!["no-such-program".to_owned()]));
    assert!(missing.send("c", &message()).await.is_err());
    assert!(missing.send("other", &message()).await.is_err());
}
