//! A ChromeDriver of this machine: found, checked against its browser, started on a free port and
//! ended without leaving anything behind.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::timeout;
use url::Url;

use super::error::BrowserError;
use super::keeper;

const START_DEADLINE: Duration = Duration::from_secs(20);
/// How often a driver that ends at once is started, and the pause that grows with each try.
const START_TRIES: u32 = 4;
const START_PAUSE: Duration = Duration::from_millis(100);
const END_DEADLINE: Duration = Duration::from_secs(10);

/// Browser and driver of this machine, with versions that fit each other.
#[derive(Debug, Clone, PartialEq)]
pub struct LocalBrowser {
    /// The browser's program.
    pub browser: PathBuf,
    /// Such as `156.0.8078.79`.
    pub browser_version: String,
    /// ChromeDriver.
    pub driver: PathBuf,
    /// Such as `156.0.8078.79`.
    pub driver_version: String,
}

impl LocalBrowser {
    /// Finds both: first where the environment says (`OUTPACE_CHROME`, `OUTPACE_CHROMEDRIVER`),
    /// then under their usual names on the path.
    ///
    /// # Errors
    /// When one is missing, does not say its version, or their versions do not fit.
    pub fn find(env: &dyn Fn(&str) -> Option<String>) -> Result<Self, BrowserError> {
        let browser = find_program(env, &BROWSER)?;
        let driver = find_program(env, &DRIVER)?;
        let browser_version = version_of(&browser)?;
        let driver_version = version_of(&driver)?;
        if major(&browser_version) != major(&driver_version) {
            return Err(BrowserError::VersionMismatch {
                driver: driver_version,
                browser: browser_version,
            });
        }
        Ok(LocalBrowser {
            browser,
            browser_version,
            driver,
            driver_version,
        })
    }
}

struct Wanted {
    what: &'static str,
    package: &'static str,
    variable: &'static str,
    names: &'static [&'static str],
}

const BROWSER: Wanted = Wanted {
    what: "Chrome or Chromium",
    package: "chromium",
    variable: "OUTPACE_CHROME",
    names: &[
        "chromium",
        "google-chrome",
        "google-chrome-stable",
        "chromium-browser",
        "chrome",
    ],
};

const DRIVER: Wanted = Wanted {
    what: "ChromeDriver",
    package: "chromium-driver",
    variable: "OUTPACE_CHROMEDRIVER",
    names: &[
        "chromedriver",
        "/usr/lib/chromium-browser/chromedriver",
        "/usr/lib/chromium/chromedriver",
    ],
};

fn find_program(
    env: &dyn Fn(&str) -> Option<String>,
    wanted: &Wanted,
) -> Result<PathBuf, BrowserError> {
    let named = env(wanted.variable);
    let search = env("PATH");
    let look = |name: &str| which::which_in(name, search.clone(), "/").ok();
    if let Some(named) = named {
        return look(&named).ok_or(BrowserError::NamedNotFound {
            what: wanted.what,
            variable: wanted.variable,
            named,
        });
    }
    let found = wanted.names.iter().find_map(|name| look(name));
    found.ok_or(BrowserError::NotFound {
        what: wanted.what,
        package: wanted.package,
        variable: wanted.variable,
    })
}

/// The first word of `--version`'s output that starts with a digit.
fn version_of(program: &Path) -> Result<String, BrowserError> {
    let none = || BrowserError::NoVersion {
        program: program.to_owned(),
    };
    let out = std::process::Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .map_err(|_| none())?;
    version_in(&String::from_utf8_lossy(&out.stdout)).ok_or_else(none)
}

fn version_in(output: &str) -> Option<String> {
    output
        .split_whitespace()
        .find(|w| w.starts_with(|c: char| c.is_ascii_digit()) && w.contains('.'))
        .map(str::to_owned)
}

/// `156` of `156.0.8078.79`.
#[must_use]
pub fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or(version)
}

/// A ChromeDriver that runs; dropped or stopped, it and its browsers are ended by its keeper.
#[derive(Debug)]
pub struct LocalDriver {
    url: Url,
    keeper: Child,
    lifeline: Option<ChildStdin>,
}

impl LocalDriver {
    /// Starts a driver on a free port, kept by `outpace` (this program's own path).
    ///
    /// The driver looks for a port that is free for IPv4 and then takes the same one for IPv6; when
    /// something else has that one it ends. So a driver that ends is started again, a few times.
    ///
    /// # Errors
    /// When it cannot be started, ends each time or does not say its port within 20 s.
    pub async fn start(outpace: &Path, driver: &Path) -> Result<Self, BrowserError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match Self::start_once(outpace, driver).await? {
                Ok(runs) => return Ok(runs),
                Err(Ended(last)) if tries < START_TRIES => {
                    tracing::debug!(last, tries, "the driver ended at once; once more");
                    tokio::time::sleep(START_PAUSE * tries).await;
                }
                Err(Ended(last)) => {
                    let said = if last.is_empty() {
                        "and said nothing".to_owned()
                    } else {
                        format!("and said `{last}`")
                    };
                    return Err(BrowserError::DriverStart {
                        program: driver.to_owned(),
                        why: format!("it ended before it listened, {tries} times, {said}"),
                    });
                }
            }
        }
    }

    async fn start_once(
        outpace: &Path,
        driver: &Path,
    ) -> Result<Result<Self, Ended>, BrowserError> {
        let failed = |why: String| BrowserError::DriverStart {
            program: driver.to_owned(),
            why,
        };
        let temporary = tempfile::Builder::new()
            .prefix("outpace-")
            .tempdir()
            .map_err(|source| BrowserError::Io {
                what: "make a temporary folder for the browser".to_owned(),
                source,
            })?;
        let mut keeper = Command::new(outpace)
            .arg(keeper::VERB)
            .arg(temporary.path())
            .arg(driver)
            .arg("--port=0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Its own group: Ctrl-C at the terminal is ours to answer, not the browser's.
            .process_group(0)
            .spawn()
            .map_err(|e| failed(e.to_string()))?;
        // From here on the keeper removes the folder.
        let _ = temporary.keep();
        let lifeline = keeper.stdin.take();
        let stdout = keeper.stdout.take().expect("standard output is piped");
        let port = match timeout(START_DEADLINE, read_port(stdout)).await {
            Err(_) => return Err(failed("it did not say its port within 20 s".to_owned())),
            Ok(Err(last)) => {
                // The keeper removes its folder and goes, as its driver has gone.
                let _ = timeout(END_DEADLINE, keeper.wait()).await;
                return Ok(Err(Ended(last)));
            }
            Ok(Ok(port)) => port,
        };
        let url = Url::parse(&format!("http://127.0.0.1:{port}/"))
            .expect("an address with a port is a URL");
        Ok(Ok(LocalDriver {
            url,
            keeper,
            lifeline,
        }))
    }

    /// Where it answers.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Ends the driver and its browsers, and waits until they are gone.
    pub async fn stop(mut self) {
        drop(self.lifeline.take());
        if timeout(END_DEADLINE, self.keeper.wait()).await.is_err() {
            let _ = self.keeper.kill().await;
        }
    }
}

/// A driver that ended before it listened; the last line that it printed.
struct Ended(String);

/// The port from `ChromeDriver was started successfully on port N.`, or the last line of a driver
/// that ended without it; the rest of the output is read and dropped, so that the driver never
/// waits for a reader.
async fn read_port(stdout: tokio::process::ChildStdout) -> Result<u16, String> {
    let mut lines = BufReader::new(stdout).lines();
    let mut last = String::new();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(port) = port_in(&line) {
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(port);
        }
        if !line.trim().is_empty() {
            last = line;
        }
    }
    Err(last)
}

fn port_in(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("started successfully on port ")?;
    rest.trim_end_matches('.').trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_ports_are_read_from_what_the_programs_print() {
        let chromium = "Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)\n";
        assert_eq!(version_in(chromium).as_deref(), Some("156.0.8078.79"));
        assert_eq!(major("156.0.8078.79"), "156");
        assert_eq!(
            port_in("ChromeDriver was started successfully on port 40321."),
            Some(40_321)
        );
        assert_eq!(port_in("Starting ChromeDriver 156 on port 0"), None);
    }

    #[test]
    fn a_missing_driver_is_named_with_its_package() {
        let env = |name: &str| (name == "PATH").then(|| "/nowhere".to_owned());
        let error = LocalBrowser::find(&env).unwrap_err().to_string();
        insta::assert_snapshot!(error, @r"
        no `Chrome or Chromium` on this machine
        hint: install it (on Debian and Ubuntu: `apt-get install chromium`), or name it in the environment variable `OUTPACE_CHROME`
        ");
        let named = |name: &str| (name == "OUTPACE_CHROME").then(|| "/nowhere/chrome".to_owned());
        let error = LocalBrowser::find(&named).unwrap_err().to_string();
        insta::assert_snapshot!(error, @r"
        `OUTPACE_CHROME` names `/nowhere/chrome`, which is no program
        hint: correct it, or leave it out to take Chrome or Chromium from the path
        ");
    }
}
