//! Webhooks of chats: Slack's `text` in its own markup, and the Adaptive Card that Teams takes.

use std::fmt::Write as _;

use serde_json::{Value, json};
use url::Url;

use super::{Channel, Sending, answered};
use crate::model::Message;

/// A chat.
pub(super) struct Chat {
    pub(super) client: reqwest::Client,
    pub(super) url: Url,
    /// The message as this chat takes it.
    pub(super) words: fn(&Message) -> Value,
}

impl Channel for Chat {
    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(async move {
            let request = self
                .client
                .post(self.url.clone())
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", &message.id);
            let body = (self.words)(message).to_string();
            answered(request.body(body).send().await)
        })
    }
}

/// `{"text": …}`; `&`, `<` and `>` are Slack's own signs.
pub(super) fn slack(message: &Message) -> Value {
    let plain = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    };
    let mut text = format!("*{}*\n{}", plain(&message.title), plain(&message.plain));
    if !message.technical.is_empty() {
        let _ = write!(text, "\n```\n{}\n```", plain(&message.technical));
    }
    json!({ "text": text })
}

/// A message with one Adaptive Card 1.4.
pub(super) fn teams(message: &Message) -> Value {
    let block = |text: &str, weight: &str, font: &str| {
        json!({
            "type": "TextBlock", "text": text, "wrap": true, "weight": weight, "fontType": font,
        })
    };
    let mut body = vec![
        block(&message.title, "Bolder", "Default"),
        block(&message.plain, "Default", "Default"),
    ];
    if !message.technical.is_empty() {
        body.push(block(&message.technical, "Default", "Monospace"));
    }
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": body,
            },
        }],
    })
}
