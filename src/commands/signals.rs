//! Asked to stop: by Ctrl-C, by SIGTERM, or because the service that watches over a run has gone.

use std::io::Read as _;

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

/// The service holds the other end of standard input: when it is gone, so is the reason to go on.
/// A thread of its own, since a read that never ends would keep the runtime from ending.
pub(super) fn watch_service(stop: watch::Sender<bool>) {
    std::thread::spawn(move || {
        let mut nothing = [0; 1];
        while matches!(std::io::stdin().read(&mut nothing), Ok(n) if n > 0) {}
        let _ = stop.send(true);
        // The visit in hand is given back if it takes longer than a service may take to stop.
        std::thread::sleep(std::time::Duration::from_secs(25));
        std::process::exit(1);
    });
}
