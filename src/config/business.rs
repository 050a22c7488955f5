//! `[business]`: what a second may be worth, by the user's own figures. All of it or nothing.
//!
//! There are no defaults: a number that nobody answers for is not printed beside a currency.

use std::time::Duration;

use super::diagnostic::Diagnostic;
use super::keys;
use super::tree::{Entry, Node, Value};
use super::values::{self, Problem, Text};
use super::walk::{Table, Walk};
use crate::model::Business;

/// Most visits a month.
const MOST_VISITS: i64 = 1_000_000_000_000;
/// Highest value of an order, in any currency.
const MOST_VALUE: f64 = 1e9;
/// Longest currency, in characters.
const CURRENCY_LENGTH: usize = 8;
/// Differences for which an effect on orders can have been measured.
const LEAST_CAP: Duration = Duration::from_millis(1);
const MOST_CAP: Duration = Duration::from_secs(60);

/// Reads the table. `Some(None)`: there is none.
pub(super) fn read(walk: &mut Walk<'_>, root: &Table<'_>) -> Option<Option<Business>> {
    let Some(entry) = root.get("business") else {
        return Some(None);
    };
    let table = walk.table(entry, &keys::BUSINESS)?;
    let visits = walk
        .required(&table, "visits_per_month")
        .and_then(|e| visits(walk, e));
    let conversion = walk
        .required(&table, "conversion")
        .and_then(|e| conversion(walk, e));
    let order_value = walk
        .required(&table, "order_value")
        .and_then(|e| order_value(walk, e));
    let currency = walk.need(&table, "currency", currency);
    let per_second = walk
        .required(&table, "per_second")
        .and_then(|e| per_second(walk, e));
    let cap = walk.required(&table, "cap").and_then(|e| cap(walk, e));
    let source = walk.need(&table, "source", values::any);
    Some(Some(Business {
        visits_per_month: visits?,
        conversion: conversion?,
        order_value: order_value?,
        currency: currency?.value,
        per_second: per_second?,
        cap: cap?,
        source: source?.value,
    }))
}

fn visits(walk: &mut Walk<'_>, entry: &Entry) -> Option<u64> {
    let Value::Integer(n) = entry.node.value else {
        walk.wrong_kind(entry, "an integer", None);
        return None;
    };
    let fits = n.filter(|n| (1..=MOST_VISITS).contains(n));
    if fits.is_none() {
        let written = n.map_or_else(|| "so large".to_owned(), |n| n.to_string());
        let label = format!("from 1 to {MOST_VISITS}");
        unfit(walk, entry, (&written, &label), None);
    }
    u64::try_from(fits?).ok()
}

fn conversion(walk: &mut Walk<'_>, entry: &Entry) -> Option<f64> {
    let share = number(walk, entry)?;
    if share > 0.0 && share <= 1.0 {
        return Some(share);
    }
    let label = "a share is above 0 and at most 1";
    unfit(walk, entry, (&share.to_string(), label), percent(share));
    None
}

fn order_value(walk: &mut Walk<'_>, entry: &Entry) -> Option<f64> {
    let value = number(walk, entry)?;
    if value > 0.0 && value <= MOST_VALUE {
        return Some(value);
    }
    let label = format!("above 0 and up to {MOST_VALUE}");
    unfit(walk, entry, (&value.to_string(), &label), None);
    None
}

fn currency(text: &Text) -> Result<String, Problem> {
    if text.value.chars().count() <= CURRENCY_LENGTH {
        return Ok(text.value.clone());
    }
    let label = format!("at most {CURRENCY_LENGTH} characters");
    let problem = Problem::new(format!("{} is too long", text.shown()), label);
    Err(problem.hint("write it as it stands before an amount, such as `AUD` or `€`"))
}

/// Two shares, the smaller first, the larger above nothing.
fn per_second(walk: &mut Walk<'_>, entry: &Entry) -> Option<(f64, f64)> {
    let wanted = "a list of two shares";
    let hint = || Some("write the least and the most, such as `[0.01, 0.05]`".to_owned());
    let Value::List(items) = &entry.node.value else {
        walk.wrong_kind(entry, wanted, hint());
        return None;
    };
    let [least, most] = items.as_slice() else {
        let label = format!("{} in the list", items.len());
        let error = Diagnostic::error(
            entry.node.span.clone(),
            format!("`per_second` must be {wanted}"),
            label,
        );
        walk.push(Diagnostic {
            hint: hint(),
            ..error
        });
        return None;
    };
    let (least, most) = (share(walk, least), share(walk, most));
    let (least, most) = (least?, most?);
    if least > most {
        let label = "the least stands first";
        let hint = format!("write `[{most}, {least}]`");
        unfit(
            walk,
            entry,
            (&format!("[{least}, {most}]"), label),
            Some(hint),
        );
        return None;
    }
    if most == 0.0 {
        let label = "a second that wins nothing needs no price";
        let hint = "leave `[business]` out".to_owned();
        unfit(walk, entry, ("[0, 0]", label), Some(hint));
        return None;
    }
    Some((least, most))
}

fn share(walk: &mut Walk<'_>, node: &Node) -> Option<f64> {
    let Some(share) = plain(&node.value) else {
        walk.wrong_node("per_second", node, "a list of two shares", None);
        return None;
    };
    if (0.0..=1.0).contains(&share) {
        return Some(share);
    }
    let message = format!("a share in `per_second` cannot be {share}");
    let error = Diagnostic::error(node.span.clone(), message, "from 0 to 1");
    walk.push(Diagnostic {
        hint: percent(share),
        ..error
    });
    None
}

fn cap(walk: &mut Walk<'_>, entry: &Entry) -> Option<Duration> {
    let read = walk.duration(entry)?;
    let hint = "the effect of a second is not known beyond what was measured";
    walk.bounded("cap", read, LEAST_CAP..=MOST_CAP, Some(hint.to_owned()))
        .map(|cap| cap.value)
}

fn number(walk: &mut Walk<'_>, entry: &Entry) -> Option<f64> {
    let read = plain(&entry.node.value);
    if read.is_none() {
        let hint = match &entry.node.value {
            Value::Text(s) if s.parse::<f64>().is_ok() => {
                Some(format!("write `{s}` without quotes"))
            }
            _ => None,
        };
        walk.wrong_kind(entry, "a number", hint);
    }
    read
}

fn plain(value: &Value) -> Option<f64> {
    match *value {
        // Exact for anything within the bounds.
        Value::Integer(Some(n)) => Some(n as f64),
        Value::Float(f) if f.is_finite() => Some(f),
        _ => None,
    }
}

/// Percent where a share is wanted.
fn percent(written: f64) -> Option<String> {
    let meant = written > 1.0 && written <= 100.0;
    meant.then(|| format!("{written} % is `{}`", trimmed(written / 100.0)))
}

/// Without the noise of a division by a hundred.
fn trimmed(share: f64) -> String {
    let text = format!("{share:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn unfit(walk: &mut Walk<'_>, entry: &Entry, (written, label): (&str, &str), hint: Option<String>) {
    let message = format!("`{}` cannot be {written}", entry.key);
    let error = Diagnostic::error(entry.node.span.clone(), message, label);
    walk.push(Diagnostic { hint, ..error });
}
