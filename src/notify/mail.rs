//! E-mail by SMTP: plain text and HTML, and the monthly report as it is.

use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use url::Url;

use super::{Channel, NotSent, Sending, chain};
use crate::model::Message;

/// A mail server, and who is written to.
pub(super) struct Mail {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
}

impl Mail {
    pub(super) fn new(server: &Url, from: &str, to: &[String]) -> Result<Mail, NotSent> {
        let mailbox = |text: &str| {
            text.parse()
                .map_err(|_| NotSent(format!("`{text}` is no mailbox")))
        };
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(server.as_str())
            .map_err(|e| NotSent(chain(&e)))?
            .timeout(Some(super::PATIENCE))
            .build();
        Ok(Mail {
            server,
            from: mailbox(from)?,
            to: to.iter().map(|t| mailbox(t)).collect::<Result<_, _>>()?,
        })
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
            sent.map(|_| ()).map_err(|e| NotSent(chain(&e)))
        })
    }
}

fn plain(message: &Message) -> String {
    format!(
        "{}\n\nFor engineers:\n{}\n\n{}\n",
        message.plain,
        message.technical,
        foot(message)
    )
}

fn html(message: &Message) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><body style=\"font-family:sans-serif\">\
         <h2>{}</h2><p>{}</p><h3>For engineers</h3><pre>{}</pre>\
         <p style=\"color:#555\">{}</p></body></html>",
        escaped(&message.title),
        escaped(&message.plain).replace('\n', "<br>"),
        escaped(&message.technical),
        escaped(&foot(message))
    )
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
}
