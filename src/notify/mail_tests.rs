//! E-mail against a real SMTP server: with TLS and without, that asks for a password, refuses,
//! fails, hangs and comes back.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::tests::{channels, message};
use super::*;
use tls::Tls;

#[expect(dead_code, reason = "tests of the network use the rest of it")]
#[path = "../../tests/common/tls.rs"]
mod tls;

/// `bench` and `pass word`, as the address carries them.
const LOGIN: &str = "bench:pass%20word";
/// The same as AUTH PLAIN carries them (RFC 4616: `\0user\0password`).
const PLAIN: &str = "AGJlbmNoAHBhc3Mgd29yZA==";
/// The password as AUTH LOGIN carries it.
const WORD: &str = "cGFzcyB3b3Jk";

/// What becomes of a connection.
#[derive(Clone, Copy, PartialEq)]
enum Does {
    /// Answers a whole letter with this.
    Answers(&'static str),
    /// Closes instead of answering a whole letter.
    Closes,
    /// Says nothing from the beginning on.
    Hangs,
    /// Says nothing more once it has a whole letter.
    HangsOnLetter,
}

const TAKES: Does = Does::Answers("250 taken");

/// How a server is reached and what it wants.
#[derive(Clone)]
struct Manner {
    /// Offered by STARTTLS.
    starttls: Option<TlsAcceptor>,
    /// From the first byte on.
    wrapped: Option<TlsAcceptor>,
    mechanisms: &'static str,
    /// What the password has to be, as each mechanism carries it.
    expects: [&'static str; 2],
    /// One for each connection; the last one holds on.
    turns: &'static [Does],
}

impl Manner {
    fn plain(turns: &'static [Does]) -> Self {
        Manner {
            starttls: None,
            wrapped: None,
            mechanisms: "PLAIN LOGIN",
            expects: [PLAIN, WORD],
            turns,
        }
    }
}

/// What a server saw.
#[derive(Default)]
struct Seen {
    /// Lines that anybody on the way could read, and those that nobody could.
    clear: Vec<String>,
    sealed: Vec<String>,
    letters: Vec<String>,
}

struct Server {
    port: u16,
    seen: Arc<Mutex<Seen>>,
}

impl Server {
    async fn start(manner: Manner) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::<Mutex<Seen>>::default();
        let taken = Arc::clone(&seen);
        tokio::spawn(async move {
            let mut turns = manner.turns.iter();
            let mut does = TAKES;
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                does = turns.next().copied().unwrap_or(does);
                let talk = Talk {
                    manner: manner.clone(),
                    does,
                    seen: Arc::clone(&taken),
                };
                tokio::spawn(talk.begin(stream));
            }
        });
        Server { port, seen }
    }

    fn url(&self, scheme: &str, query: &str) -> Url {
        let text = format!("{scheme}://{LOGIN}@127.0.0.1:{}{query}", self.port);
        text.parse().unwrap()
    }

    fn channels(&self, scheme: &str, query: &str, ca: Option<&std::path::Path>) -> Channels {
        channels(email(self.url(scheme, query), ca))
    }

    fn verbs(of: &[String]) -> Vec<&str> {
        of.iter()
            .filter_map(|l| l.split_whitespace().next())
            .collect()
    }
}

fn email(server: Url, ca: Option<&std::path::Path>) -> ChannelKind {
    ChannelKind::Email {
        server,
        ca: ca.map(Into::into),
        from: "Bench <bench@example.com>".to_owned(),
        to: vec!["a@example.com".to_owned(), "b@example.com".to_owned()],
    }
}

/// One connection.
struct Talk {
    manner: Manner,
    does: Does,
    seen: Arc<Mutex<Seen>>,
}

/// Why a stretch of a connection ended.
#[derive(PartialEq)]
enum End {
    StartTls,
    Over,
}

impl Talk {
    async fn begin(self, mut stream: TcpStream) -> Option<()> {
        if self.does == Does::Hangs {
            return std::future::pending().await;
        }
        if let Some(acceptor) = self.manner.wrapped.clone() {
            let mut stream = BufReader::new(acceptor.accept(stream).await.ok()?);
            stream.write_all(b"220 mail.test ESMTP\r\n").await.ok()?;
            self.converse(stream, true).await?;
            return Some(());
        }
        stream.write_all(b"220 mail.test ESMTP\r\n").await.ok()?;
        let mut plain = BufReader::new(stream);
        if self.converse(&mut plain, false).await? == End::StartTls {
            let acceptor = self.manner.starttls.clone()?;
            let sealed = acceptor.accept(plain.into_inner()).await.ok()?;
            self.converse(BufReader::new(sealed), true).await?;
        }
        Some(())
    }

    /// Answers line by line. `None`: the other side is gone.
    async fn converse<S>(&self, mut stream: S, sealed: bool) -> Option<End>
    where
        S: AsyncBufReadExt + AsyncRead + AsyncWrite + Unpin,
    {
        let mut signed_in = false;
        loop {
            let line = self.line(&mut stream, sealed).await?;
            let verb = line.split_whitespace().next().unwrap_or_default();
            let reply = match verb {
                "EHLO" => self.offers(sealed),
                "STARTTLS" => {
                    stream.write_all(b"220 go on\r\n").await.ok()?;
                    return Some(End::StartTls);
                }
                "AUTH" => {
                    let given = self.password(&mut stream, &line, sealed).await?;
                    signed_in = self.manner.expects.contains(&given.as_str());
                    match signed_in {
                        true => "235 ok".to_owned(),
                        // Some servers do say it again.
                        false => format!("535 5.7.8 no such user: pass word {given}"),
                    }
                }
                "MAIL" if !signed_in => "530 sign in".to_owned(),
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await.ok()?;
                    self.letter(&mut stream).await?;
                    match self.does {
                        Does::Answers(reply) => reply.to_owned(),
                        Does::Closes => return Some(End::Over),
                        _ => return std::future::pending().await,
                    }
                }
                "QUIT" => "221 bye".to_owned(),
                _ => "250 ok".to_owned(),
            };
            let reply = format!("{reply}\r\n");
            stream.write_all(reply.as_bytes()).await.ok()?;
        }
    }

    fn offers(&self, sealed: bool) -> String {
        let starttls = match self.manner.starttls.is_some() && !sealed {
            true => "250-STARTTLS\r\n",
            false => "",
        };
        format!(
            "250-mail.test\r\n{starttls}250 AUTH {}",
            self.manner.mechanisms
        )
    }

    async fn line<S: AsyncBufReadExt + Unpin>(
        &self,
        stream: &mut S,
        sealed: bool,
    ) -> Option<String> {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_owned();
        let mut seen = self.seen.lock().unwrap();
        let lines = match sealed {
            true => &mut seen.sealed,
            false => &mut seen.clear,
        };
        lines.push(line.clone());
        Some(line)
    }

    /// The secret part of AUTH PLAIN or AUTH LOGIN, as it is carried.
    async fn password<S>(&self, stream: &mut S, auth: &str, sealed: bool) -> Option<String>
    where
        S: AsyncBufReadExt + AsyncWrite + Unpin,
    {
        if let Some(given) = auth.strip_prefix("AUTH PLAIN ") {
            return Some(given.to_owned());
        }
        stream.write_all(b"334 VXNlcm5hbWU6\r\n").await.ok()?;
        self.line(stream, sealed).await?;
        stream.write_all(b"334 UGFzc3dvcmQ6\r\n").await.ok()?;
        self.line(stream, sealed).await
    }

    async fn letter<S: AsyncBufReadExt + Unpin>(&self, stream: &mut S) -> Option<()> {
        let mut text = String::new();
        while !text.ends_with("\r\n.\r\n") {
            if stream.read_line(&mut text).await.ok()? == 0 {
                return None;
            }
        }
        self.seen.lock().unwrap().letters.push(text);
        Some(())
    }
}

#[tokio::test]
async fn a_letter_has_text_page_and_report() {
    let server = Server::start(Manner::plain(&[TAKES])).await;
    let dir = tempfile::tempdir().unwrap();
    let pdf = dir.path().join("2026-10.pdf");
    std::fs::write(&pdf, b"%PDF-1.7 test").unwrap();
    let letter = Message {
        attachment: Some(pdf.display().to_string()),
        ..message()
    };
    let channels = server.channels("smtp", "", None);
    channels.send("c", &letter).await.unwrap();
    let seen = server.seen.lock().unwrap();
    let text = &seen.letters[0];
    for part in [
        "Message-ID: <0a1b@outpace.invalid>",
        "To: a@example.com, b@example.com",
        "text/plain",
        "text/html",
        "Customers &lt;cannot&gt; use",
        "filename=\"2026-10.pdf\"",
        "application/pdf",
    ] {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
}

#[tokio::test]
async fn a_server_that_fails_and_comes_back_gets_the_same_id_on_each_try() {
    const TURNS: &[Does] = &[
        Does::Answers("451 try again"),
        Does::Answers("554 not now"),
        Does::Closes,
        TAKES,
    ];
    let server = Server::start(Manner::plain(TURNS)).await;
    let channels = server.channels("smtp", "", None);
    let mut said = Vec::new();
    for _ in 0..3 {
        said.push(channels.send("c", &message()).await.unwrap_err().0);
    }
    assert!(said[0].contains("451"), "{said:?}");
    assert!(said[1].contains("554"), "{said:?}");
    channels.send("c", &message()).await.unwrap();
    let seen = server.seen.lock().unwrap();
    let ids: Vec<&str> = seen
        .letters
        .iter()
        .flat_map(|l| l.lines().filter(|l| l.starts_with("Message-ID: ")))
        .collect();
    assert_eq!(ids, ["Message-ID: <0a1b@outpace.invalid>"; 4]);
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_in_time() {
    for turns in [&[Does::Hangs], &[Does::HangsOnLetter]] {
        let server = Server::start(Manner::plain(turns)).await;
        let mut channels = server.channels("smtp", "", None);
        channels.patience = Duration::from_millis(500);
        let failed = channels.send("c", &message()).await.unwrap_err();
        assert_eq!(failed.0, "no answer within 0.5 s");
        let letters = server.seen.lock().unwrap().letters.len();
        assert_eq!(letters, usize::from(turns[0] == Does::HangsOnLetter));
    }
}

#[tokio::test]
async fn a_password_is_given_as_the_server_asks_and_a_wrong_one_is_said_without_it() {
    for mechanisms in ["PLAIN", "LOGIN"] {
        let mut manner = Manner::plain(&[TAKES]);
        manner.mechanisms = mechanisms;
        let server = Server::start(manner.clone()).await;
        let channels = server.channels("smtp", "", None);
        channels.send("c", &message()).await.unwrap();
        let auth = format!("AUTH {mechanisms}");
        let used = |l: &String| l.starts_with(&auth);
        assert!(server.seen.lock().unwrap().clear.iter().any(used));

        manner.expects = ["another", "another"];
        let server = Server::start(manner).await;
        let channels = server.channels("smtp", "", None);
        let refused = channels.send("c", &message()).await.unwrap_err().0;
        let words = "the mail server refused user and password: ";
        assert!(refused.starts_with(words), "{refused}");
        assert!(refused.contains("535"), "{refused}");
        for secret in ["pass word", "pass%20word", PLAIN, WORD] {
            assert!(!refused.contains(secret), "{refused}");
        }
        let seen = server.seen.lock().unwrap();
        assert!(!Server::verbs(&seen.clear).contains(&"MAIL"));
    }
}

#[tokio::test]
async fn an_authority_of_ones_own_vouches_for_the_server_and_all_but_the_greeting_is_sealed() {
    let authority = Tls::new();
    let dir = tempfile::tempdir().unwrap();
    let pem = dir.path().join("mail.pem");
    std::fs::write(&pem, &authority.authority).unwrap();
    for (scheme, query) in [
        ("smtp", "?tls=required"),
        ("smtp", "?tls=opportunistic"),
        ("smtps", ""),
    ] {
        let mut manner = Manner::plain(&[TAKES]);
        match scheme {
            "smtps" => manner.wrapped = Some(authority.acceptor()),
            _ => manner.starttls = Some(authority.acceptor()),
        }
        let server = Server::start(manner).await;
        let channels = server.channels(scheme, query, Some(&pem));
        channels.send("c", &message()).await.unwrap();
        let seen = server.seen.lock().unwrap();
        assert_eq!(seen.letters.len(), 1);
        let begins: &[&str] = match scheme {
            "smtps" => &[],
            _ => &["EHLO", "STARTTLS"],
        };
        assert_eq!(Server::verbs(&seen.clear), begins, "{scheme}{query}");
        assert!(Server::verbs(&seen.sealed).contains(&"AUTH"));
    }
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_is_sent_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let pem = dir.path().join("other.pem");
    std::fs::write(&pem, &Tls::new().authority).unwrap();
    for ca in [Some(pem.as_path()), None] {
        let mut manner = Manner::plain(&[TAKES]);
        manner.starttls = Some(Tls::new().acceptor());
        let server = Server::start(manner).await;
        let channels = server.channels("smtp", "?tls=required", ca);
        let failed = channels.send("c", &message()).await.unwrap_err().0;
        assert!(failed.contains("certificate"), "{failed}");
        let seen = server.seen.lock().unwrap();
        assert_eq!(Server::verbs(&seen.clear), ["EHLO", "STARTTLS"]);
        assert!(seen.sealed.is_empty() && seen.letters.is_empty());
    }
}

#[tokio::test]
async fn a_server_without_the_tls_that_is_required_is_sent_nothing() {
    let server = Server::start(Manner::plain(&[TAKES])).await;
    let channels = server.channels("smtp", "?tls=required", None);
    let failed = channels.send("c", &message()).await.unwrap_err().0;
    assert!(failed.contains("STARTTLS is not supported"), "{failed}");
    let seen = server.seen.lock().unwrap();
    let after: Vec<&str> = Server::verbs(&seen.clear);
    assert_eq!(after.first(), Some(&"EHLO"));
    let nothing = after.iter().all(|v| ["EHLO", "QUIT"].contains(v));
    assert!(nothing && seen.letters.is_empty(), "{after:?}");
}

#[test]
fn a_file_without_authorities_is_said_with_its_channel() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("ca.pem");
    let server: Url = "smtps://bench:pass@mail.example.net".parse().unwrap();
    let said = || {
        let config = ChannelConfig {
            id: "post".to_owned(),
            lanes: Vec::new(),
            to: email(server.clone(), Some(&file)),
        };
        let failed = Channels::of(&[config]).err().unwrap().0;
        assert!(
            failed.starts_with("channel `post`: could not read"),
            "{failed}"
        );
        assert!(failed.ends_with("hint: `ca` names a PEM file"), "{failed}");
        failed
    };
    assert!(said().contains("No such file"));
    std::fs::write(&file, "nothing").unwrap();
    assert!(said().contains("there is none"));
}

#[tokio::test]
async fn a_report_comes_as_a_list_with_a_link_and_no_empty_part_for_engineers() {
    let server = Server::start(Manner::plain(&[TAKES])).await;
    let letter = Message {
        plain: "- Our <home> page.\n- Better.\n- To decide.\n\nMeasured 4 of 5.\n\
                Page: file:///srv/reports/2026-10.html"
            .to_owned(),
        technical: String::new(),
        ..message()
    };
    server
        .channels("smtp", "", None)
        .send("c", &letter)
        .await
        .unwrap();
    let seen = server.seen.lock().unwrap();
    // Lines that were too long for a mail are joined again (RFC 2045, 6.7).
    let text = seen.letters[0].replace("=\r\n", "").replace("=3D", "=");
    for part in [
        "\r\n- Better.\r\n",
        "<ul><li>Our &lt;home&gt; page.</li><li>Better.</li><li>To decide.</li></ul>",
        "<p>Measured 4 of 5.<br>Page: ",
        "<a href=\"file:///srv/reports/2026-10.html\">file:///srv/reports/2026-10.html</a>",
    ] {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
    assert!(!text.contains("For engineers"), "{text}");
}
