//! What a run causes at a site, and what is remembered of a host between runs.
//!
//! How long that holds and what follows from it is decided by `measure` and `commands`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What one visit caused at its site, whatever came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Caused {
    /// When the site was last asked for the page; `None` when it never was.
    pub asked_at: Option<Timestamp>,
    /// Page views: preparatory loads and second tries count too.
    pub page_views: u32,
    /// Bytes on the wire of every request the page made, by the browser's network log.
    pub bytes: f64,
}

/// What is remembered of a rival's host.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HostMemory {
    /// When it was last loaded.
    pub last_load: Option<Timestamp>,
    /// By what the distance is multiplied, since it told us to wait; 1 as a rule.
    pub factor: u32,
    /// Until when it is left alone, and why.
    pub stopped: Option<(Timestamp, String)>,
}

/// A host that told us to wait.
#[derive(Debug, Clone, PartialEq)]
pub struct HostStop {
    /// The host.
    pub host: String,
    /// Whose it is.
    pub target: String,
    /// When it said so.
    pub at: Timestamp,
    /// Until when it is left alone.
    pub until: Timestamp,
    /// What it said, such as `status: 429`.
    pub reason: String,
}

/// A robots.txt as it was last fetched.
#[derive(Debug, Clone, PartialEq)]
pub struct RobotsCopy {
    /// Scheme, host and port, such as `https://www.example.com`.
    pub origin: String,
    /// When it was asked for.
    pub fetched_at: Timestamp,
    /// HTTP status after redirects; `None` when nobody answered.
    pub status: Option<u16>,
    /// Why nobody answered, or why the answer does not count.
    pub error: Option<String>,
    /// The body, cut at the limit; empty when there was none.
    pub body: Vec<u8>,
}

/// What a site's visitors have answered its consent banner, as far as the browser knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConsentState {
    /// The banner is as a first visitor sees it.
    #[default]
    Untouched,
    /// Everything accepted.
    Accepted,
    /// Everything rejected.
    Rejected,
}

impl ConsentState {
    /// The word in the file and in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ConsentState::Untouched => "untouched",
            ConsentState::Accepted => "accepted",
            ConsentState::Rejected => "rejected",
        }
    }

    /// The environment id of visits in this state: that of the instrument, and the state behind it.
    #[must_use]
    pub fn within(self, instrument: &str) -> String {
        match self {
            ConsentState::Untouched => instrument.to_owned(),
            state => format!("{instrument}-{}", state.name()),
        }
    }

    /// The state that an environment id tells.
    #[must_use]
    pub fn of_environment(id: &str) -> ConsentState {
        let answered = [ConsentState::Accepted, ConsentState::Rejected];
        let told = |s: &ConsentState| id.rsplit_once('-').is_some_and(|(_, w)| w == s.name());
        answered.into_iter().find(told).unwrap_or_default()
    }
}

/// How a target's consent banner is answered before the measured load.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Consent {
    /// What is answered.
    pub state: ConsentState,
    /// Cookies set before the measured load, as name and value.
    pub cookies: Vec<(String, String)>,
    /// CSS selector of the button clicked on a preparatory load.
    pub click: Option<String>,
}
