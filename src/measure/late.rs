//! A region that gave no browser before the run: tried again while the run goes on, until it is
//! there, nobody waits for it any more, or the run is asked to stop.

use std::time::Duration;

use super::absence::{Absence, Browser, Noted};
use super::job::Stop;
use super::probe::{self, Probed, Surroundings};
use crate::model::Region;

/// What came of the wait.
pub(super) enum Late {
    /// It is there.
    There(Box<Probed>),
    /// It was waited for long enough; why it still gives no browser.
    Gone(String),
    /// The run was asked to stop.
    Stopped,
}

/// Waits for the browser of a region. `patience` is asked before each try: how long it is waited
/// for depends on what the other regions do. `why`: why there was none before.
pub(super) async fn browser(
    region: &Region,
    around: &Surroundings,
    (absence, patience): (&Absence, impl Fn() -> Duration),
    mut stop: Stop,
    mut why: String,
) -> Late {
    while let Noted::Away { wait, .. } = absence.note(Browser::None, patience()) {
        let tried = async {
            tokio::time::sleep(wait).await;
            probe::remote(region, around).await
        };
        let tried = tokio::select! {
            tried = tried => tried,
            _ = stop.wait_for(|&s| s) => return Late::Stopped,
        };
        match tried {
            Ok(probed) => {
                absence.note(Browser::Given, patience());
                return Late::There(Box::new(probed));
            }
            Err(error) => why = error.to_string(),
        }
    }
    Late::Gone(why)
}
