//! E-mail by SMTP: plain text and HTML, and the monthly report as it is.

use std::fmt::Write as _;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use url::Url;

use super::{Channel, NotSent, Sending, chain};
use crate::model::{Message, Secrets};

/// Answers to a user or a password that is wrong, missing or too weakly asked for (RFC 4954, 6).
const SIGN_IN: [u16; 4] = [530, 534, 535, 538];

/// A mail server, and who is written to.
pub(super) struct Mail {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
    /// What must not be in a message about a failure, whatever the server answers.
    hidden: Secrets,
}

impl Mail {
    pub(super) fn new(
        server: &Url,
        ca: Option<&Path>,
        from: &str,
        to: &[String],
    ) -> Result<Mail, NotSent> {
        let mailbox = |text: &str| {
            text.parse()
                .map_err(|_| NotSent(format!("`{text}` is no mailbox")))
        };
        let hidden = hidden(server);
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(server.as_str())
            .map_err(|e| NotSent(chain(&e)))?
            .timeout(Some(super::PATIENCE));
        if let Some(file) = ca {
            builder = builder.tls(vouched_for(server, file)?);
        }
        Ok(Mail {
            server: builder.build(),
            hidden,
            from: mailbox(from)?,
            to: to.iter().map(|t| mailbox(t)).collect::<Result<_, _>>()?,
        })
    }

    /// Why a letter was not taken, without the password.
    fn why(&self, error: &Error) -> NotSent {
        let said = chain(error);
        let code = error.status().map(u16::from);
        let said = match code.is_some_and(|c| SIGN_IN.contains(&c)) {
            true => format!("the mail server refused user and password: {said}"),
            false => said,
        };
        NotSent(self.hidden.clean(&said).into_owned())
    }

    fn letter(&self, message: &Message) -> Result<lettre::Message, NotSent> {
        let mut letter = lettre::Message::builder()
            .from(self.from.clone())
            .subject(&message.title)
            // The same on every try, so that a mailbox can tell a repeat.
            .message_id(Some(format!("<{}@outpace.invalid>", message.id)));
        for to in &self.to {
            letter = letter.to(to.clone());
        }
        let words = MultiPart::alternative()
            .singlepart(SinglePart::plain(plain(message)))
            .singlepart(SinglePart::html(html(message)));
        let body = match &message.attachment {
            None => words,
            Some(path) => {
                let bytes = std::fs::read(path)
                    .map_err(|e| NotSent(format!("the report could not be read: {e}")))?;
                let name = std::path::Path::new(path).file_name().unwrap_or_default();
                let kind = ContentType::parse("application/pdf").expect("a known type");
                let file = Attachment::new(name.to_string_lossy().into_owned()).body(bytes, kind);
                MultiPart::mixed().multipart(words).singlepart(file)
            }
        };
        letter.multipart(body).map_err(|e| NotSent(chain(&e)))
    }
}

impl Channel for Mail {
    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(async move {
            let letter = self.letter(message)?;
            let sent = self.server.send(letter).await;
            sent.map(|_| ()).map_err(|e| self.why(&e))
        })
    }
}

/// TLS as the address asks for it, with the authorities of a file and no others.
fn vouched_for(server: &Url, file: &Path) -> Result<Tls, NotSent> {
    let bad = |why: String| {
        let file = file.display();
        NotSent(format!(
            "could not read the certificates in `{file}`: {why}\nhint: `ca` names a PEM file"
        ))
    };
    let pem = std::fs::read(file).map_err(|e| bad(e.to_string()))?;
    if !String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----") {
        return Err(bad("there is none".to_owned()));
    }
    let authorities = Certificate::from_pem(&pem).map_err(|e| bad(chain(&e)))?;
    let host = server.host_str().unwrap_or_default().to_owned();
    let parameters = TlsParameters::builder(host)
        .certificate_store(CertificateStore::None)
        .add_root_certificate(authorities)
        .build()
        .map_err(|e| bad(chain(&e)))?;
    let asked = server.query_pairs().find(|(key, _)| key == "tls");
    Ok(match (server.scheme(), asked) {
        ("smtps", _) => Tls::Wrapper(parameters),
        (_, Some((_, word))) if word == "opportunistic" => Tls::Opportunistic(parameters),
        _ => Tls::Required(parameters),
    })
}

/// The password in an address, in the forms in which a server may send it back.
fn hidden(server: &Url) -> Secrets {
    let Some(written) = server.password() else {
        return Secrets::default();
    };
    let user = decoded(server.username());
    let password = decoded(written);
    // As AUTH LOGIN and AUTH PLAIN (RFC 4616) carry it.
    let login = BASE64_STANDARD.encode(&password);
    let plain = BASE64_STANDARD.encode(format!("\0{user}\0{password}"));
    Secrets::new([written.to_owned(), password, login, plain])
}

/// Text of an address without its percent-encoding.
fn decoded(text: &str) -> String {
    // A form has nothing besides that means something, once these are encoded too.
    let form = text
        .replace('+', "%2B")
        .replace('&', "%26")
        .replace('=', "%3D");
    let mut pairs = url::form_urlencoded::parse(form.as_bytes());
    pairs
        .next()
        .map(|(key, _)| key.into_owned())
        .unwrap_or_default()
}

fn plain(message: &Message) -> String {
    let engineers = match message.technical.is_empty() {
        true => String::new(),
        false => format!("For engineers:\n{}\n\n", message.technical),
    };
    format!("{}\n\n{engineers}{}\n", message.plain, foot(message))
}

fn html(message: &Message) -> String {
    let engineers = match message.technical.is_empty() {
        true => String::new(),
        false => format!(
            "<h3>For engineers</h3><pre>{}</pre>",
            escaped(&message.technical)
        ),
    };
    format!(
        "<!DOCTYPE html><html lang=\"en\"><body style=\"font-family:sans-serif\">\
         <h2>{}</h2>{}{engineers}<p style=\"color:#555\">{}</p></body></html>",
        escaped(&message.title),
        paragraphs(&message.plain),
        escaped(&foot(message))
    )
}

/// Lines that begin with `- ` as a list, addresses as links, all of it escaped.
fn paragraphs(text: &str) -> String {
    let mut out = String::new();
    for block in text.split("\n\n") {
        let (items, lines): (Vec<&str>, Vec<&str>) =
            block.lines().partition(|l| l.starts_with("- "));
        let items: String = items
            .iter()
            .map(|i| format!("<li>{}</li>", linked(&i[2..])))
            .collect();
        if !items.is_empty() {
            let _ = write!(out, "<ul>{items}</ul>");
        }
        if !lines.is_empty() {
            let lines: Vec<String> = lines.into_iter().map(linked).collect();
            let _ = write!(out, "<p>{}</p>", lines.join("<br>"));
        }
    }
    out
}

fn linked(line: &str) -> String {
    let is_address = |word: &str| {
        ["https://", "http://", "file://"]
            .iter()
            .any(|scheme| word.starts_with(scheme))
    };
    let words = line.split(' ').map(|word| match is_address(word) {
        true => format!("<a href=\"{0}\">{0}</a>", escaped(word)),
        false => escaped(word),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn foot(message: &Message) -> String {
    format!(
        "{} · lane {} · message {}",
        message.project,
        message.lane.name(),
        message.id
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
