//! One WebDriver session: a fresh browser, and a deadline on every answer.
//!
//! Commands are those of W3C WebDriver, plus ChromeDriver's `goog/cdp/execute` and Selenium's
//! `se/log`. A session must be closed by [`Session::close`]; a driver that does not answer is for
//! its owner to end.

use std::future::Future;
use std::time::Duration;

use fantoccini::error::{CmdError, ErrorStatus, NewSessionError};
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use serde_json::{Map, Value, json};
use tokio::time::timeout;
use url::Url;

use super::error::{BrowserError, first_line};

/// Time for a browser to start, a Grid's queue not counted.
pub const OPEN_DEADLINE: Duration = Duration::from_secs(40);
/// The same on a Grid, whose queue keeps a request for five minutes by default: to go away before
/// it answers would leave it with a session that nobody wants.
pub const QUEUE_DEADLINE: Duration = Duration::from_secs(330);
/// Time for a command that does not wait for the page.
pub const COMMAND_DEADLINE: Duration = Duration::from_secs(15);
/// Time for a question that is only asked to hear whether anybody answers.
const PING_DEADLINE: Duration = Duration::from_secs(5);

/// A browser in our hands.
#[derive(Debug)]
pub struct Session {
    client: Client,
}

impl Session {
    /// Asks the driver at `url` for a session.
    ///
    /// # Errors
    /// [`BrowserError::Unreachable`], [`BrowserError::NoSession`] or [`BrowserError::Deadline`].
    pub async fn open(url: &Url, capabilities: Map<String, Value>) -> Result<Self, BrowserError> {
        // Only sessions that are asked of a Grid have a name.
        let deadline = if capabilities.contains_key("se:name") {
            QUEUE_DEADLINE
        } else {
            OPEN_DEADLINE
        };
        let connect = async {
            if url.scheme() == "https" {
                let mut builder = ClientBuilder::rustls().map_err(|e| unreachable(url, &e))?;
                builder.capabilities(capabilities);
                builder
                    .connect(url.as_str())
                    .await
                    .map_err(|e| refused(url, e))
            } else {
                let connector = hyper_util::client::legacy::connect::HttpConnector::new();
                let mut builder = ClientBuilder::new(connector);
                builder.capabilities(capabilities);
                builder
                    .connect(url.as_str())
                    .await
                    .map_err(|e| refused(url, e))
            }
        };
        let client = timeout(deadline, connect)
            .await
            .map_err(|_| BrowserError::Deadline {
                command: "new session",
                deadline,
            })??;
        Ok(Session { client })
    }

    /// A capability that the driver answered with, by the keys that lead to it.
    #[must_use]
    pub fn capability(&self, path: &[&str]) -> Option<String> {
        let (first, rest) = path.split_first()?;
        let response = self.client.session_creation_response()?;
        let mut value = response.capabilities()?.get(*first)?;
        for key in rest {
            value = value.get(*key)?;
        }
        value.as_str().map(str::to_owned)
    }

    /// The handle of the session's window; with Chromium it is the DevTools id of its page.
    ///
    /// # Errors
    /// When the driver fails or does not answer.
    pub async fn window(&self) -> Result<String, BrowserError> {
        let handle = self.within("get window", COMMAND_DEADLINE, self.client.window());
        Ok(String::from(handle.await?))
    }

    /// Starts a navigation. With page load strategy `none` the driver answers at once. (Sent by
    /// hand: the client's own `goto` first asks where it is, to resolve relative addresses.)
    ///
    /// # Errors
    /// When the driver fails or does not answer.
    pub async fn goto(&self, url: &Url) -> Result<(), BrowserError> {
        let run = self.client.issue_cmd(Extension {
            path: "url",
            body: json!({ "url": url.as_str() }),
        });
        self.within("navigate", COMMAND_DEADLINE, run)
            .await
            .map(drop)
    }

    /// Runs a script that returns.
    ///
    /// # Errors
    /// When the driver fails or does not answer.
    pub async fn execute(&self, script: &str, args: Vec<Value>) -> Result<Value, BrowserError> {
        let run = self.client.execute(script, args);
        self.within("execute script", COMMAND_DEADLINE, run).await
    }

    /// Runs a script that calls back. `Ok(None)`: the page went away under it, or it did not call
    /// back within the session's script timeout; neither is the driver's fault.
    ///
    /// # Errors
    /// When the driver fails or does not answer within `deadline`.
    pub async fn execute_async(
        &self,
        script: &str,
        args: Vec<Value>,
        deadline: Duration,
    ) -> Result<Option<Value>, BrowserError> {
        let run = async {
            match self.client.execute_async(script, args).await {
                Ok(value) => Ok(Some(value)),
                Err(CmdError::Standard(e)) if page_went_away(&e.error) => Ok(None),
                Err(e) => Err(e),
            }
        };
        self.within("execute async script", deadline, run).await
    }

    /// Whether the browser is still there, asked without the page: its windows. A driver that takes
    /// its time may be held up by the page and is taken for there.
    ///
    /// # Errors
    /// [`BrowserError::Lost`] when there is no such session any more.
    pub async fn still_there(&self) -> Result<(), BrowserError> {
        const COMMAND: &str = "get window handles";
        match self
            .within(COMMAND, PING_DEADLINE, self.client.windows())
            .await
        {
            Ok(_) | Err(BrowserError::Deadline { .. }) => Ok(()),
            // A Grid whose node has vanished knows nothing better to say than "unknown error".
            Err(BrowserError::Command { command, why }) => Err(BrowserError::Lost { command, why }),
            Err(error) => Err(error),
        }
    }

    /// Sends a DevTools command through the driver.
    ///
    /// # Errors
    /// When the driver fails or does not answer.
    pub async fn cdp(&self, command: &'static str, params: Value) -> Result<Value, BrowserError> {
        self.cdp_within(command, params, COMMAND_DEADLINE).await
    }

    /// The same for a command that may take its time.
    ///
    /// # Errors
    /// When the driver fails or does not answer within `deadline`.
    pub async fn cdp_within(
        &self,
        command: &'static str,
        params: Value,
        deadline: Duration,
    ) -> Result<Value, BrowserError> {
        let body = json!({ "cmd": command, "params": params });
        let run = self.client.issue_cmd(Extension {
            path: "goog/cdp/execute",
            body,
        });
        self.within(command, deadline, run).await
    }

    /// Reads and empties one of the driver's logs (`performance` or `browser`).
    ///
    /// # Errors
    /// When the driver fails or does not answer.
    pub async fn log(&self, kind: &'static str) -> Result<Vec<Value>, BrowserError> {
        let run = self.client.issue_cmd(Extension {
            path: "se/log",
            body: json!({ "type": kind }),
        });
        match self.within("read log", COMMAND_DEADLINE, run).await? {
            Value::Array(entries) => Ok(entries),
            _ => Ok(Vec::new()),
        }
    }

    /// Ends the session and its browser.
    ///
    /// # Errors
    /// When the driver fails or does not answer.
    pub async fn close(self) -> Result<(), BrowserError> {
        match timeout(COMMAND_DEADLINE, self.client.close()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(e)) => Err(command_error("close session", &e)),
            Err(_) => Err(BrowserError::Deadline {
                command: "close session",
                deadline: COMMAND_DEADLINE,
            }),
        }
    }

    async fn within<T>(
        &self,
        command: &'static str,
        deadline: Duration,
        run: impl Future<Output = Result<T, CmdError>>,
    ) -> Result<T, BrowserError> {
        match timeout(deadline, run).await {
            Ok(result) => result.map_err(|e| command_error(command, &e)),
            Err(_) => Err(BrowserError::Deadline { command, deadline }),
        }
    }
}

/// A POST to a path under the session: commands that the client does not offer as they are.
#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.path
        ))
    }

    fn method_and_body(&self, _: &Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}

/// The states in which a script was cut off by what the page did.
fn page_went_away(status: &ErrorStatus) -> bool {
    matches!(
        status,
        ErrorStatus::JavascriptError
            | ErrorStatus::ScriptTimeout
            | ErrorStatus::UnexpectedAlertOpen
            | ErrorStatus::NoSuchFrame
            | ErrorStatus::StaleElementReference
            | ErrorStatus::UnknownError
    )
}

fn command_error(command: &'static str, error: &CmdError) -> BrowserError {
    let why = first_line(&error.to_string());
    let lost = match error {
        CmdError::Standard(e) => matches!(
            e.error,
            ErrorStatus::NoSuchWindow | ErrorStatus::InvalidSessionId
        ),
        CmdError::Failed(_) | CmdError::FailedC(_) | CmdError::Lost(_) => true,
        _ => false,
    };
    if lost {
        BrowserError::Lost { command, why }
    } else {
        BrowserError::Command { command, why }
    }
}

fn shown(url: &Url) -> String {
    crate::model::DriverEndpoint::Remote(url.clone()).shown()
}

fn unreachable(url: &Url, error: &dyn std::error::Error) -> BrowserError {
    let mut why = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        why = format!("{why}: {next}");
        cause = next.source();
    }
    BrowserError::Unreachable {
        url: shown(url),
        why: first_line(&why),
    }
}

fn refused(url: &Url, error: NewSessionError) -> BrowserError {
    match error {
        NewSessionError::SessionNotCreated(e) => BrowserError::NoSession {
            url: shown(url),
            why: first_line(&e.message),
        },
        NewSessionError::NotW3C(value) => BrowserError::NoSession {
            url: shown(url),
            why: value["message"]
                .as_str()
                .map_or_else(|| first_line(&value.to_string()), first_line),
        },
        NewSessionError::UnexpectedError(e) => BrowserError::NoSession {
            url: shown(url),
            why: first_line(&e.to_string()),
        },
        other => unreachable(url, &other),
    }
}
