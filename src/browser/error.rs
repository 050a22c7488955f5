//! What can go wrong between us and a browser, in words that say the next step.

use std::path::PathBuf;
use std::time::Duration;

/// A browser, driver or session did not do its part.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// No browser or driver on this machine.
    #[error(
        "no `{what}` on this machine\nhint: install it (on Debian and Ubuntu: `apt-get install {package}`), or name it in the environment variable `{variable}`"
    )]
    NotFound {
        /// `ChromeDriver` or `Chrome or Chromium`.
        what: &'static str,
        /// Debian package.
        package: &'static str,
        /// Variable that names the program.
        variable: &'static str,
    },
    /// What the environment names is no program.
    #[error(
        "`{variable}` names `{named}`, which is no program\nhint: correct it, or leave it out to take {what} from the path"
    )]
    NamedNotFound {
        /// `ChromeDriver` or `Chrome or Chromium`.
        what: &'static str,
        /// The variable.
        variable: &'static str,
        /// What it says.
        named: String,
    },
    /// A program would not say its version.
    #[error("`{program}` does not say its version\nhint: run `{program} --version` to see why", program = .program.display())]
    NoVersion {
        /// The program.
        program: PathBuf,
    },
    /// Driver and browser of different major versions do not talk to each other.
    #[error(
        "ChromeDriver is of version {driver} and the browser of version {browser}; they must have the same first number\nhint: install both from one source, or point `OUTPACE_CHROMEDRIVER` and `OUTPACE_CHROME` at a pair that fits"
    )]
    VersionMismatch {
        /// Driver version.
        driver: String,
        /// Browser version.
        browser: String,
    },
    /// The driver ended or never said its port.
    #[error("`{program}` did not start: {why}", program = .program.display())]
    DriverStart {
        /// The program.
        program: PathBuf,
        /// What was seen.
        why: String,
    },
    /// A WebDriver server that is not there.
    #[error(
        "no WebDriver answers at `{url}`: {why}\nhint: is it running, and does `{url}status` answer?"
    )]
    Unreachable {
        /// Address without its secret.
        url: String,
        /// What was seen.
        why: String,
    },
    /// The driver refused a session.
    #[error(
        "the driver at `{url}` gave no session: {why}\nhint: can a browser start there? On a Grid: is a node free that fits `capabilities`?"
    )]
    NoSession {
        /// Address without its secret.
        url: String,
        /// The driver's own words.
        why: String,
    },
    /// A command was not answered in time.
    #[error("the driver did not answer `{command}` within {} s", .deadline.as_secs_f64())]
    Deadline {
        /// WebDriver command.
        command: &'static str,
        /// What it was given.
        deadline: Duration,
    },
    /// A command failed.
    #[error("the driver failed at `{command}`: {why}")]
    Command {
        /// WebDriver command.
        command: &'static str,
        /// The driver's own words, first line.
        why: String,
    },
    /// The tab or browser is gone.
    #[error("the browser was lost at `{command}`: {why}")]
    Lost {
        /// WebDriver command.
        command: &'static str,
        /// The driver's own words, first line.
        why: String,
    },
    /// Files that could not be written or read on the way.
    #[error("could not {what}")]
    Io {
        /// What was tried.
        what: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
}

/// The first line of a driver's message, at most 200 characters: drivers append stack traces.
#[must_use]
pub fn first_line(message: &str) -> String {
    message
        .lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(200)
        .collect()
}
