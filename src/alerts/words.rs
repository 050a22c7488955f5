//! The words of a message: for marketing and for engineers, from the same conditions.

use jiff::Timestamp;

use crate::model::{Condition, Event, Lane, format};

/// A message's texts.
pub(super) struct Words {
    pub(super) title: String,
    pub(super) plain: String,
    pub(super) technical: String,
}

/// Texts for conditions of one cause.
pub(super) fn of(event: Event, conditions: &[Condition], next_look: Option<Timestamp>) -> Words {
    let first = &conditions[0];
    let over = event == Event::Recovered;
    let whats: Vec<&str> = conditions.iter().map(|c| c.what.as_str()).collect();
    let mut title = match over {
        true => format!("Over: {}", first.what),
        false => capital(&first.what),
    };
    if let more @ 1.. = conditions.len() - 1 {
        title.push_str(&format!(" (and {more} more)"));
    }
    let mut plain: Vec<String> = whats.iter().map(|w| format!("{}.", capital(w))).collect();
    if over {
        plain.insert(0, "This is over:".to_owned());
    } else {
        plain.extend(meaning(first).map(str::to_owned));
        plain.extend(common(conditions));
        plain.extend(next_look.map(|next| format!("We look again at {next}.")));
    }
    let technical: Vec<String> = conditions.iter().map(technical).collect();
    let mut technical = technical.join("\n");
    if let Some(next) = next_look {
        technical.push_str(&format!("\nnext look: {next}"));
    }
    Words {
        title,
        plain: plain.join("\n"),
        technical,
    }
}

fn meaning(condition: &Condition) -> Option<&'static str> {
    match condition.lane {
        Lane::A => Some("Whoever comes now is likely to leave. Please look at once."),
        Lane::B if super::is_slower_key(&condition.key) => {
            Some("It is ours: what moved the other sites as well is taken off.")
        }
        Lane::B => Some("A limit that you set for this page is not kept."),
        Lane::C => None,
        Lane::D => Some("This is about our measuring, not about the shops."),
    }
}

/// Since when, nearest release, who else.
fn common(conditions: &[Condition]) -> Vec<String> {
    let facts = &conditions[0].facts;
    let mut lines = Vec::new();
    if let Some([change, lower, upper]) = facts.change {
        lines.push(format!(
            "It is {:.0} % slower; the figures allow {:.0} to {:.0} %.",
            change * 100.0,
            lower * 100.0,
            upper * 100.0
        ));
    }
    if let Some(since) = &facts.since {
        lines.push(format!("Since {since}."));
    }
    if let Some(release) = &facts.release {
        lines.push(format!("The nearest release before it is {release}."));
    }
    if !facts.also_moved.is_empty() {
        lines.push(format!(
            "Moved as well: {}.",
            format::list(&facts.also_moved)
        ));
    }
    if !facts.suspects.is_empty() {
        lines.push(format!("Suspected: {}.", facts.suspects.join("; ")));
    }
    lines
}

fn technical(condition: &Condition) -> String {
    let mut line = format!("{}: {}", condition.key, condition.detail);
    let facts = &condition.facts;
    if let Some([change, lower, upper]) = facts.change {
        line.push_str(&format!(
            "; {:+.1} % (95 % interval {:+.1} to {:+.1} %)",
            change * 100.0,
            lower * 100.0,
            upper * 100.0
        ));
    }
    if let Some(release) = &facts.release {
        line.push_str(&format!("; release {release}"));
    }
    if !facts.suspects.is_empty() {
        line.push_str(&format!("; suspects: {}", facts.suspects.join(", ")));
    }
    if let Some(run) = facts.run {
        line.push_str(&format!("; run {run}"));
    }
    line
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|c| c.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}
