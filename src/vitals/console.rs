//! Uncaught exceptions and other errors from the driver's `browser` log.
//!
//! Lines that only repeat a failed request (`source: network`) are not counted here: they are
//! `failed_requests`.

use serde_json::Value;

use super::redact;
use crate::model::ConsoleLine;

/// Messages that are kept of one visit for ever.
const KEPT: usize = 20;
/// Lines that are kept as evidence.
const LINES: usize = 500;

/// Errors of one visit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Errors {
    /// Uncaught exceptions.
    pub script: u32,
    /// Other error-level messages, such as `console.error`.
    pub other: u32,
    /// The messages, shortened and redacted.
    pub messages: Vec<String>,
}

/// Reads log entries of the shape `{level, message, source, timestamp}`.
#[must_use]
pub fn read(entries: &[Value]) -> Errors {
    let mut errors = Errors::default();
    for entry in entries.iter().filter(|e| e["level"] == "SEVERE") {
        match entry["source"].as_str() {
            Some("network") => continue,
            Some("javascript") => errors.script += 1,
            _ => errors.other += 1,
        }
        if errors.messages.len() < KEPT {
            let message = entry["message"].as_str().unwrap_or_default();
            errors.messages.push(redact::text(message));
        }
    }
    errors
}

/// Every line as evidence, whatever its level, redacted; the first of them where there are many.
#[must_use]
pub fn lines(entries: &[Value]) -> Vec<ConsoleLine> {
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    entries
        .iter()
        .take(LINES)
        .map(|entry| ConsoleLine {
            level: text(&entry["level"]),
            source: text(&entry["source"]),
            wall_ms: entry["timestamp"].as_f64(),
            text: redact::text(entry["message"].as_str().unwrap_or_default()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn exceptions_console_errors_and_failed_requests_are_told_apart() {
        let log = [
            json!({"level": "SEVERE", "source": "javascript", "message": "http://a.example/?k=v 1:2 Uncaught Error: x"}),
            json!({"level": "SEVERE", "source": "console-api", "message": "oops"}),
            json!({"level": "SEVERE", "source": "network", "message": "404"}),
            json!({"level": "WARNING", "source": "console-api", "message": "careful"}),
        ];
        let errors = read(&log);
        assert_eq!((errors.script, errors.other), (1, 1));
        assert_eq!(
            errors.messages,
            ["http://a.example/?k=* 1:2 Uncaught Error: x", "oops"]
        );
    }
}
