//! How people and other systems are told: one file a channel, behind one method.
//!
//! A channel is given a message and says whether it was taken; keeping messages, trying again and
//! choosing channels are left to the outbox and the service. The JSON of a message is described by
//! `message.schema.json` beside this file.

mod chat;
mod command;
mod mail;
#[cfg(test)]
mod mail_tests;
#[cfg(test)]
mod tests;
mod webhook;

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use url::Url;

use crate::model::{ChannelConfig, ChannelKind, Message};

/// Longest time that one try may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// JSON Schema, draft 2020-12, of what a webhook and a command get.
pub const SCHEMA: &str = include_str!("message.schema.json");

/// Why a message was not taken. Holds no address and no password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotSent(pub String);

/// What a try comes to.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), NotSent>> + Send + 'a>>;

/// A way to tell somebody.
pub trait Channel: Send + Sync {
    /// Hands a message over.
    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a>;
}

/// All channels by their ids, and the client that they share.
pub struct Channels {
    by_id: BTreeMap<String, Box<dyn Channel>>,
    client: reqwest::Client,
    /// Longest time that one try may take.
    patience: Duration,
}

impl Channels {
    /// The channels of a config.
    ///
    /// # Errors
    /// When TLS or a mail server's address cannot be set up.
    pub fn of(configs: &[ChannelConfig]) -> Result<Channels, NotSent> {
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            // A redirect would carry the message somewhere that nobody wrote down.
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("outpace/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|e| NotSent(chain(&e)))?;
        let mut by_id = BTreeMap::new();
        for config in configs {
            let made = channel(&config.to, &client)
                .map_err(|e| NotSent(format!("channel `{}`: {e}", config.id)))?;
            by_id.insert(config.id.clone(), made);
        }
        Ok(Channels {
            by_id,
            client,
            patience: PATIENCE,
        })
    }

    /// Sends by the channel of this id.
    ///
    /// # Errors
    /// When it is not there, did not take the message, or not in time.
    pub async fn send(&self, channel: &str, message: &Message) -> Result<(), NotSent> {
        let known = self.by_id.get(channel);
        let known = known.ok_or_else(|| NotSent("the config has no such channel".to_owned()))?;
        match tokio::time::timeout(self.patience, known.send(message)).await {
            Ok(sent) => sent,
            Err(_) => Err(NotSent(format!(
                "no answer within {} s",
                self.patience.as_secs_f64()
            ))),
        }
    }

    /// Asks for an address, as a heartbeat.
    ///
    /// # Errors
    /// When it does not answer with success.
    pub async fn get(&self, url: &Url) -> Result<(), NotSent> {
        answered(self.client.get(url.clone()).send().await)
    }
}

fn channel(to: &ChannelKind, client: &reqwest::Client) -> Result<Box<dyn Channel>, NotSent> {
    Ok(match to {
        ChannelKind::Webhook { url, secret } => Box::new(webhook::Webhook {
            client: client.clone(),
            url: url.clone(),
            secret: secret.clone(),
        }),
        ChannelKind::Slack(url) => Box::new(chat::Chat {
            client: client.clone(),
            url: url.clone(),
            words: chat::slack,
        }),
        ChannelKind::Teams(url) => Box::new(chat::Chat {
            client: client.clone(),
            url: url.clone(),
            words: chat::teams,
        }),
        ChannelKind::Email {
            server,
            ca,
            from,
            to,
        } => Box::new(mail::Mail::new(server, ca.as_deref(), from, to)?),
        ChannelKind::Command(words) => Box::new(command::Program {
            words: words.clone(),
        }),
    })
}

fn answered(answer: Result<reqwest::Response, reqwest::Error>) -> Result<(), NotSent> {
    match answer {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(NotSent(format!("answered with {}", answer.status()))),
        Err(error) => Err(NotSent(chain(&error.without_url()))),
    }
}

/// An error with its causes. Addresses are taken out before: they may hold secrets.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
