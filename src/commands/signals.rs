//! Ctrl-C and SIGTERM during a run: the first asks it to stop after the visits in hand, the second
//! ends it at once.

use tokio::sync::watch;

/// First Ctrl-C: stop after the visits in hand. Second: at once; the keeper ends the browsers.
pub(super) async fn watch(stop: watch::Sender<bool>) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return;
    };
    let mut asked = false;
    loop {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        if asked {
            std::process::exit(1);
        }
        asked = true;
        // Nobody listening means that the run is over anyway.
        let _ = stop.send(true);
    }
}
