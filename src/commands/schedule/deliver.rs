//! Carries messages from the outbox to their channels, one at a time for each channel.
//!
//! Tasks do the talking; only the service touches the database. A channel that fails three times in
//! a row is lane D on the others, until it takes something again.

use std::collections::HashSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use url::Url;

use crate::commands::decide;
use crate::config::Config;
use crate::model::{Condition, Facts, Lane};
use crate::notify::{Channels, NotSent};
use crate::store::{Outgoing, Store};

/// Wait before the second try; it doubles, up to [`LONGEST`].
const FIRST: Duration = Duration::from_secs(30);
/// Longest wait between two tries.
const LONGEST: Duration = Duration::from_secs(3600);
/// Tries in a row after which the others are told.
const BROKEN: u32 = 3;

/// What is on its way.
pub(super) struct Deliveries {
    channels: std::sync::Arc<Channels>,
    under_way: HashSet<String>,
    done: mpsc::UnboundedReceiver<(Outgoing, Result<(), NotSent>)>,
    tell: mpsc::UnboundedSender<(Outgoing, Result<(), NotSent>)>,
}

impl Deliveries {
    pub(super) fn new(config: &Config) -> anyhow::Result<Deliveries> {
        let (tell, done) = mpsc::unbounded_channel();
        Ok(Deliveries {
            channels: std::sync::Arc::new(Channels::of(&config.channels)?),
            under_way: HashSet::new(),
            done,
            tell,
        })
    }

    /// Takes the channels of a new config; what is on its way comes in all the same.
    pub(super) fn adopt(&mut self, new: Deliveries) {
        self.channels = new.channels;
    }

    pub(super) fn is_idle(&self) -> bool {
        self.under_way.is_empty() && self.done.is_empty()
    }

    /// Starts sending what is due.
    pub(super) fn send(&mut self, store: &Store, now: Timestamp) -> anyhow::Result<()> {
        for outgoing in store.to_send(now, 50)? {
            if !self.under_way.insert(outgoing.channel.clone()) {
                continue;
            }
            let (channels, tell) = (self.channels.clone(), self.tell.clone());
            tokio::spawn(async move {
                let sent = channels.send(&outgoing.channel, &outgoing.message).await;
                // Nobody listening means that the service is ending: it is sent again.
                let _ = tell.send((outgoing, sent));
            });
        }
        Ok(())
    }

    /// Notes what came of it.
    pub(super) fn take_results(
        &mut self,
        config: &Config,
        store: &mut Store,
        now: Timestamp,
    ) -> anyhow::Result<()> {
        while let Ok((outgoing, sent)) = self.done.try_recv() {
            self.under_way.remove(&outgoing.channel);
            let channel = outgoing.channel.as_str();
            match sent {
                Ok(()) => {
                    store.sent(outgoing.id, now)?;
                    tracing::info!(channel, message = outgoing.message.id, "sent");
                    decide::channel_works(config, store, channel, now)?;
                }
                Err(error) => {
                    let why = error.to_string();
                    let tries = outgoing.tries + 1;
                    tracing::warn!(
                        channel,
                        message = outgoing.message.id,
                        tries,
                        "not sent: {why}"
                    );
                    store.not_sent(outgoing.id, now + wait(tries), &why)?;
                    if tries == BROKEN {
                        decide::channel_fails(config, store, &condition(channel, &why), now)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Asks for the heartbeat address, thrice at most.
    pub(super) fn beat(&self, url: Url) {
        let channels = self.channels.clone();
        tokio::spawn(async move {
            for wait in [0, 10, 60] {
                tokio::time::sleep(Duration::from_secs(wait)).await;
                match channels.get(&url).await {
                    Ok(()) => return,
                    Err(why) => tracing::warn!("heartbeat: {why}"),
                }
            }
        });
    }
}

fn wait(tries: u32) -> SignedDuration {
    let doubled = FIRST.saturating_mul(2_u32.saturating_pow(tries.saturating_sub(1)));
    SignedDuration::try_from(doubled.min(LONGEST)).unwrap_or(SignedDuration::MAX)
}

fn condition(channel: &str, why: &str) -> Condition {
    Condition {
        key: format!("D:channel:{channel}"),
        lane: Lane::D,
        cause: format!("channel {channel}"),
        what: format!("messages do not get through channel `{channel}`"),
        detail: why.to_owned(),
        facts: Facts::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_an_hour() {
        let seconds: Vec<i64> = (1..=9).map(|n| wait(n).as_secs()).collect();
        assert_eq!(seconds, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
        assert_eq!(wait(u32::MAX).as_secs(), 3600);
    }
}
