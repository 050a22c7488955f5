//! What changes: conditions that begin, go on and end, and the messages that tell of it.
//!
//! A condition is told once when it begins and once when it ends. What is muted or falls into a
//! blackout is kept with the reason, and told when the mute ends while it still holds.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::words;
use crate::model::{Condition, Event, Lane, Message};

/// Begins the word of what was not told, in `told`.
const NOT_TOLD: &str = "not sent: ";

/// An alert that is open.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    /// Row.
    pub id: i64,
    /// What was stored of it.
    pub condition: Condition,
    /// Id of its message, or why there was none.
    pub told: String,
}

/// A mute that holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Muted {
    /// Beginning of the keys.
    pub pattern: String,
    /// Why, and until when.
    pub why: String,
}

/// When and where it is decided.
#[derive(Debug, Clone)]
pub struct Setting<'a> {
    /// Name of the benchmark.
    pub project: &'a str,
    /// Now.
    pub now: Timestamp,
    /// When we look again.
    pub next_look: Option<Timestamp>,
    /// Mutes that hold.
    pub mutes: &'a [Muted],
    /// A blackout that keeps alerts from being sent.
    pub blackout: Option<&'a str>,
}

/// All that changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// Begun, with the id of the message or why there is none.
    pub opened: Vec<(Condition, String)>,
    /// Open before, and told only now.
    pub told_late: Vec<(i64, String)>,
    /// Over, with the id of the message or why there is none.
    pub recovered: Vec<(i64, String)>,
    /// Messages.
    pub messages: Vec<Message>,
}

/// Compares what holds with what is open. `judged`: whether a key was looked at this time; an open
/// alert that was not looked at stays open.
#[must_use]
pub fn settle(
    open: &[Open],
    holding: &[Condition],
    judged: &dyn Fn(&str) -> bool,
    setting: &Setting<'_>,
) -> Changes {
    let mut changes = Changes::default();
    let mut begun: Groups<'_, Option<i64>> = Groups::new();
    for condition in holding {
        let known = open.iter().find(|o| o.condition.key == condition.key);
        if known.is_some_and(|k| !k.told.starts_with(NOT_TOLD)) {
            continue;
        }
        match (not_told(&condition.key, setting), known) {
            (Some(_), Some(_)) => {}
            (Some(why), None) => changes.opened.push((condition.clone(), why)),
            (None, known) => begun
                .entry((condition.lane, &condition.cause))
                .or_default()
                .push((condition, known.map(|k| k.id))),
        }
    }
    for group in begun.values() {
        let message = message(Event::Opened, group, setting);
        for (condition, known) in group {
            match known {
                Some(id) => changes.told_late.push((*id, message.id.clone())),
                None => changes
                    .opened
                    .push(((*condition).clone(), message.id.clone())),
            }
        }
        changes.messages.push(message);
    }
    recover(&mut changes, open, (holding, judged), setting);
    changes
}

/// What holds, and which keys were looked at.
type Seen<'s> = (&'s [Condition], &'s dyn Fn(&str) -> bool);
type Groups<'c, T> = BTreeMap<(Lane, &'c String), Vec<(&'c Condition, T)>>;

fn recover(
    changes: &mut Changes,
    open: &[Open],
    (holding, judged): Seen<'_>,
    setting: &Setting<'_>,
) {
    let mut over: Groups<'_, i64> = Groups::new();
    for alert in open {
        let key = &alert.condition.key;
        if !judged(key) || holding.iter().any(|c| &c.key == key) {
            continue;
        }
        if alert.told.starts_with(NOT_TOLD) {
            let why = format!("{NOT_TOLD}its beginning was not either");
            changes.recovered.push((alert.id, why));
        } else if let Some(why) = not_told(key, setting) {
            changes.recovered.push((alert.id, why));
        } else {
            over.entry((alert.condition.lane, &alert.condition.cause))
                .or_default()
                .push((&alert.condition, alert.id));
        }
    }
    for group in over.values() {
        let message = message(Event::Recovered, group, setting);
        let ids = group.iter().map(|(_, id)| (*id, message.id.clone()));
        changes.recovered.extend(ids);
        changes.messages.push(message);
    }
}

/// Why a condition is not told; `None` when it is.
fn not_told(key: &str, setting: &Setting<'_>) -> Option<String> {
    let mute = setting.mutes.iter().find(|m| key.starts_with(&m.pattern));
    match (mute, setting.blackout) {
        (Some(mute), _) => Some(format!("{NOT_TOLD}muted, {}", mute.why)),
        (None, Some(blackout)) => Some(format!("{NOT_TOLD}blackout `{blackout}`")),
        (None, None) => None,
    }
}

fn message<T>(event: Event, group: &[(&Condition, T)], setting: &Setting<'_>) -> Message {
    let conditions: Vec<Condition> = group.iter().map(|(c, _)| (*c).clone()).collect();
    let words = words::of(event, &conditions, setting.next_look);
    Message {
        id: id(event, &conditions, setting.now),
        version: 1,
        lane: conditions[0].lane,
        event,
        project: setting.project.to_owned(),
        at: setting.now,
        title: words.title,
        plain: words.plain,
        technical: words.technical,
        next_look: setting.next_look,
        alerts: conditions,
        attachment: None,
    }
}

fn id(event: Event, conditions: &[Condition], now: Timestamp) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{event:?} {now}"));
    for condition in conditions {
        hash.update(&condition.key);
        hash.update([0]);
    }
    hash.finalize()
        .iter()
        .take(12)
        .map(|b| format!("{b:02x}"))
        .collect()
}
