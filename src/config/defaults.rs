//! What holds where `targets.toml` says nothing.
//!
//! Each default stands here once; the schema for editors repeats it, and a test compares.

use std::time::Duration;

use crate::model::{Browser, Device, Network, Profile, Region};

/// `[project] database`, beside `targets.toml`.
pub const DATABASE: &str = "outpace.db";
/// `[measure] rounds`.
pub const ROUNDS: u32 = 5;
/// `[measure] quiet`.
pub const QUIET: Duration = Duration::from_secs(2);
/// `[measure] timeout`.
pub const TIMEOUT: Duration = Duration::from_secs(60);
/// `[measure] calm`.
pub const CALM: Duration = Duration::from_secs(30);
/// `[manners] distance`.
pub const DISTANCE: Duration = Duration::from_secs(60);
/// `[manners] daily_page_views`.
pub const DAILY_PAGE_VIEWS: u32 = 500;
/// `[manners] daily_bytes`.
pub const DAILY_BYTES: u64 = 2_000_000_000;
/// `[manners] block_beacons`.
pub const BLOCK_BEACONS: bool = true;
/// `[alerts] false_a_month`.
pub const FALSE_A_MONTH: f64 = 1.0;
/// `[evidence] keep`.
pub const KEEP: Duration = Duration::from_secs(30 * 24 * 3600);
/// `[report] expectation`.
pub const EXPECTATION: Duration = Duration::from_secs(3);
/// `[report] leaders`.
pub const LEADERS: Duration = Duration::from_secs(2);

/// `[[region]] wait`.
pub const REGION_WAIT: Duration = Duration::from_secs(300);

/// `[schedule] catch_up`.
pub const CATCH_UP: Duration = Duration::from_secs(6 * 3600);
/// `[schedule] backup_to`, beside `targets.toml`.
pub const BACKUP_TO: &str = "backups";
/// `[schedule] backup_keep`.
pub const BACKUP_KEEP: u32 = 7;
/// `[schedule] disk_free_min_mb`.
pub const DISK_FREE_MIN_MB: u32 = 1024;

/// Without a `[[region]]`: this machine, standing for customers of the home market.
#[must_use]
pub fn region(home_market: &str) -> Region {
    Region {
        id: "local".to_owned(),
        name: "This machine".to_owned(),
        market: home_market.to_owned(),
        sessions: 1,
        wait: REGION_WAIT,
        ..Region::default()
    }
}

/// Without a `[[profile]]`: Chrome on a desktop, the line as it is.
#[must_use]
pub fn profile() -> Profile {
    Profile {
        id: "desktop".to_owned(),
        browser: Browser::Chrome,
        device: Device::Desktop,
        network: Network::None,
    }
}
