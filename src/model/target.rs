//! Sites under comparison and their pages.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use super::manners::Consent;

/// Whose site a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Ours.
    Own,
    /// A rival's, at home or overseas.
    Rival,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Role::Own => "own",
            Role::Rival => "rival",
        })
    }
}

/// A site under comparison: ours or a rival's, with the market it is at home in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// Short id, unique in the file.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Ours or a rival's.
    pub role: Role,
    /// Market it is at home in, as written (usually an ISO 3166 country code).
    pub market: String,
    /// Registrable domains or hosts besides the page's own that count as first party.
    pub first_party: Vec<String>,
    /// Why its robots.txt is not obeyed; `None`: it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub robots_override: Option<String>,
    /// How its consent banner is answered.
    #[serde(default)]
    pub consent: Consent,
    /// Its pages, in the order of the file.
    pub pages: Vec<Page>,
}

impl Target {
    /// Whether it is at home in another market than `home`.
    #[must_use]
    pub fn is_overseas(&self, home: &str) -> bool {
        self.role == Role::Rival && self.market != home
    }

    /// The page of a kind, if the target has one.
    #[must_use]
    pub fn page(&self, kind: &str) -> Option<&Page> {
        self.pages.iter().find(|p| p.kind == kind)
    }
}

/// A URL with its page kind (what is compared: same kind, like for like) and its sign of being
/// the right page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Page kind, the key under `[target.pages]`.
    pub kind: String,
    /// Address that is loaded.
    pub url: Url,
    /// CSS selector, or else text, that the right page has.
    pub expect: Option<String>,
}
