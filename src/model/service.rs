//! What `targets.toml` says of running unattended: when, what, whom to tell, and which limits hold.
//!
//! Times of day are civil times in the project's zone; turning them into instants is for `schedule`.

use std::time::Duration;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use url::Url;

/// `[schedule]`: cron expressions, read in the project's zone, and how starts are treated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// When nights of everything start.
    pub nightly: Option<String>,
    /// When the monthly report is made.
    pub report: Option<String>,
    /// When evidence that need not be kept is dropped.
    pub prune: Option<String>,
    /// When the database is copied.
    pub backup: Option<String>,
    /// Folder of the copies; absolute.
    pub backup_to: std::path::PathBuf,
    /// Copies that are kept.
    pub backup_keep: u32,
    /// How late a start may be and still be made.
    pub catch_up: Duration,
    /// What becomes of a start while another is running.
    pub overlap: Overlap,
    /// Starts are delayed by up to this much, the same for the same start.
    pub jitter: Duration,
    /// Asked for after each good night. It may hold a secret: never written anywhere.
    #[serde(skip)]
    pub heartbeat: Option<Url>,
    /// Loopback address of `/healthz` and `/metrics`.
    pub listen: Option<std::net::SocketAddr>,
    /// Free space below which evidence is dropped, then measuring stops; megabytes, 0 for no limit.
    pub disk_free_min_mb: u32,
    /// `[[schedule.plan]]`.
    pub plans: Vec<NightPlan>,
    /// `[[schedule.blackout]]`.
    pub blackouts: Vec<Blackout>,
}

impl Default for Schedule {
    fn default() -> Self {
        Schedule {
            nightly: None,
            report: None,
            prune: None,
            backup: None,
            backup_to: std::path::PathBuf::from("backups"),
            backup_keep: 7,
            catch_up: Duration::from_secs(6 * 3600),
            overlap: Overlap::Skip,
            jitter: Duration::ZERO,
            heartbeat: None,
            listen: None,
            disk_free_min_mb: 1024,
            plans: Vec::new(),
            blackouts: Vec::new(),
        }
    }
}

/// What becomes of a start while another is running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Overlap {
    /// It is missed, and recorded so.
    Skip,
    /// It is made when the other has ended, within `catch_up`.
    Wait,
}

/// `[[schedule.plan]]`: a part of everything at its own times. An empty list means all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NightPlan {
    /// Id.
    pub id: String,
    /// When it starts.
    pub cron: String,
    /// Target ids.
    pub targets: Vec<String>,
    /// Page kinds.
    pub pages: Vec<String>,
    /// Region ids.
    pub regions: Vec<String>,
    /// Profile ids.
    pub profiles: Vec<String>,
    /// Rounds besides the warm-up round; those of `[measure]` when absent.
    pub rounds: Option<u32>,
}

impl NightPlan {
    /// Everything, under the name `nightly`.
    #[must_use]
    pub fn nightly(cron: &str) -> NightPlan {
        NightPlan {
            id: "nightly".to_owned(),
            cron: cron.to_owned(),
            targets: Vec::new(),
            pages: Vec::new(),
            regions: Vec::new(),
            profiles: Vec::new(),
            rounds: None,
        }
    }
}

/// `[[schedule.blackout]]`: a time in which nothing is measured or nobody is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Blackout {
    /// Why, for people.
    pub name: String,
    /// First moment, civil time in the project's zone.
    pub from: DateTime,
    /// First moment after it.
    pub until: DateTime,
    /// What it keeps from happening.
    pub effect: BlackoutEffect,
}

/// What a blackout keeps from happening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BlackoutEffect {
    /// No night starts.
    Measuring,
    /// Alerts are kept and not sent.
    Alerts,
}

/// `[[notify]]`: one way to tell somebody. Holds secrets: it is never serialized.
#[derive(Clone, PartialEq)]
pub struct ChannelConfig {
    /// Id.
    pub id: String,
    /// Which lanes it is told of.
    pub lanes: Vec<Lane>,
    /// Where to.
    pub to: ChannelKind,
}

/// Only the id: addresses and passwords are nobody's business in a log.
impl std::fmt::Debug for ChannelConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "channel `{}`", self.id)
    }
}

/// Where a channel leads to.
#[derive(Clone, PartialEq)]
pub enum ChannelKind {
    /// JSON by POST, signed with HMAC-SHA256 when there is a secret.
    Webhook {
        /// Address.
        url: Url,
        /// Key of the signature.
        secret: Option<String>,
    },
    /// A webhook that takes Slack's `{"text": …}`.
    Slack(Url),
    /// A webhook that takes an Adaptive Card, as Teams does.
    Teams(Url),
    /// E-mail by SMTP.
    Email {
        /// `smtp://user:password@host:587?tls=required` or `smtps://…`, as lettre reads it.
        server: Url,
        /// PEM file of the authorities that vouch for the server, instead of this machine's.
        ca: Option<std::path::PathBuf>,
        /// Sender.
        from: String,
        /// Receivers.
        to: Vec<String>,
    },
    /// A program that gets the JSON of the webhook on standard input.
    Command(Vec<String>),
}

/// What a message is about; each channel says which it wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Lane {
    /// Our own pages cannot be used.
    A,
    /// Our own site became slower, or a budget is broken.
    B,
    /// The field: ranks, the best overseas, rivals.
    C,
    /// The instrument itself.
    D,
}

impl Lane {
    /// All of them.
    pub const ALL: [Lane; 4] = [Lane::A, Lane::B, Lane::C, Lane::D];

    /// The letter.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Lane::A => "A",
            Lane::B => "B",
            Lane::C => "C",
            Lane::D => "D",
        }
    }
}

impl std::str::FromStr for Lane {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        Lane::ALL
            .into_iter()
            .find(|l| l.name() == s)
            .ok_or_else(|| format!("`{s}` is no lane: A, B, C or D"))
    }
}
