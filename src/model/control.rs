//! The control page: our own, static, and in every round. When it moves, the instrument moved.

use super::manners::Consent;
use super::target::{Page, Role, Target};

/// Target id and page kind under which its visits are stored.
pub const ID: &str = "control";

/// The control page as what is visited: ours, at home, and compared with no other.
#[must_use]
pub fn target(page: Page, home_market: &str) -> Target {
    Target {
        id: ID.to_owned(),
        name: "Control page".to_owned(),
        role: Role::Own,
        market: home_market.to_owned(),
        first_party: Vec::new(),
        robots_override: None,
        consent: Consent::default(),
        pages: vec![page],
    }
}
