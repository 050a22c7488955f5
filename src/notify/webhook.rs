//! JSON by POST, signed, so that a customer-care or incident system can act on it.
//!
//! `X-Outpace-Signature: sha256=<hex>` is HMAC-SHA256 (RFC 2104) of the body with the shared secret;
//! `Idempotency-Key` is the id of the message, the same on every try.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use url::Url;

use super::{Channel, Sending, answered};
use crate::model::Message;

/// A webhook.
pub(super) struct Webhook {
    pub(super) client: reqwest::Client,
    pub(super) url: Url,
    pub(super) secret: Option<String>,
}

impl Channel for Webhook {
    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(async move {
            let body = body(message);
            let mut request = self
                .client
                .post(self.url.clone())
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", &message.id);
            if let Some(secret) = &self.secret {
                let signature = format!("sha256={}", signature(secret, &body));
                request = request.header("X-Outpace-Signature", signature);
            }
            answered(request.body(body).send().await)
        })
    }
}

/// The message as JSON; a path of this machine is nobody's business elsewhere.
pub(super) fn body(message: &Message) -> String {
    let sent = Message {
        attachment: None,
        ..message.clone()
    };
    serde_json::to_string(&sent).expect("a message is plain data")
}

/// HMAC-SHA256 in hexadecimal.
pub(super) fn signature(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key will do");
    mac.update(body.as_bytes());
    let mut hex = String::with_capacity(64);
    for byte in mac.finalize().into_bytes() {
        write!(hex, "{byte:02x}").expect("a String takes any text");
    }
    hex
}
