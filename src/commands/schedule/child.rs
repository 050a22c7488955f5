//! The processes that do the work: this program again, in a process group of its own.
//!
//! A child holds one end of a pipe as its standard input. When the service dies, however it dies,
//! the pipe closes and the child stops after the visit in hand; so nothing goes on unwatched.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::Context;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};

use crate::cli::Global;
use crate::commands::clock;

/// How long a child has to end by itself after it was asked to.
const PATIENCE: Duration = Duration::from_secs(22);

/// A process that works for the service.
#[derive(Debug)]
pub(super) struct Worker {
    child: Child,
    group: Option<Pid>,
}

impl Worker {
    /// Starts this program with a verb and the service's own global flags.
    pub(super) fn start(global: &Global, words: &[String]) -> anyhow::Result<Worker> {
        let mut command = Command::new(crate::commands::own_path()?);
        command.args(words).arg("--quiet");
        command.arg("--config").arg(&global.config);
        if let Some(database) = &global.database {
            command.arg("--database").arg(database);
        }
        for _ in 0..global.verbose {
            command.arg("--verbose");
        }
        if let Some(handed_on) = clock::clock().handed_on() {
            command.env(clock::VARIABLE, handed_on);
        }
        let child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .process_group(0)
            // systemd's own words are for the service alone.
            .env_remove("NOTIFY_SOCKET")
            .env_remove("WATCHDOG_USEC")
            .spawn()
            .with_context(|| format!("could not start `outpace {}`", words.join(" ")))?;
        let group = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw);
        Ok(Worker { child, group })
    }

    /// Waits for its end. May be dropped and called again.
    pub(super) async fn wait(&mut self) -> std::io::Result<ExitStatus> {
        // `Child::wait` closes standard input, which tells the child to stop: kept out of its sight.
        let input = self.child.stdin.take();
        let mut guard = Returned {
            child: &mut self.child,
            input,
        };
        guard.wait().await
    }

    /// Asks it to stop, then makes it. Whatever it had in hand is given back by its absence.
    pub(super) async fn stop(&mut self) -> std::io::Result<ExitStatus> {
        self.signal(Signal::TERM);
        if let Ok(ended) = tokio::time::timeout(PATIENCE, self.child.wait()).await {
            return ended;
        }
        // The second is "at once": the keeper of the drivers ends the browsers.
        self.signal(Signal::TERM);
        if let Ok(ended) = tokio::time::timeout(Duration::from_secs(3), self.child.wait()).await {
            return ended;
        }
        self.signal(Signal::KILL);
        self.child.wait().await
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group {
            // It may have ended this moment.
            let _ = kill_process_group(group, signal);
        }
    }
}

/// Gives standard input back to the child's handle however waiting ends.
struct Returned<'c> {
    child: &'c mut Child,
    input: Option<tokio::process::ChildStdin>,
}

impl Returned<'_> {
    async fn wait(&mut self) -> std::io::Result<ExitStatus> {
        self.child.wait().await
    }
}

impl Drop for Returned<'_> {
    fn drop(&mut self) {
        self.child.stdin = self.input.take();
    }
}
