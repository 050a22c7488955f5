//! A DevTools socket to the page of a session, beside the driver's own: for what the driver does
//! not pass on, which is events as they happen.
//!
//! Locally the browser's debugging port has a socket a page; a Grid has one a session (capability
//! `se:cdp`), on which the page is attached to first. Protocol: Chrome DevTools Protocol.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};
use url::Url;

use super::error::{BrowserError, first_line};
use super::session::Session;

const DEADLINE: Duration = Duration::from_secs(5);
/// One message holds one picture at most.
const LARGEST_MESSAGE: usize = 16 << 20;

/// A socket that is attached to the session's page.
#[derive(Debug)]
pub struct DevTools {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    last_id: u64,
    /// Session of the page on a browser's socket.
    attached: Option<String>,
    /// Events that came while an answer was waited for.
    early: VecDeque<Value>,
}

impl DevTools {
    /// Connects to the page of `session`, which was opened at `driver`.
    ///
    /// # Errors
    /// When the session offers no socket, or it does not answer.
    pub async fn connect(session: &Session, driver: &Url) -> Result<Self, BrowserError> {
        let local = session.capability(&["goog:chromeOptions", "debuggerAddress"]);
        let url = match (session.capability(&["se:cdp"]), local) {
            (Some(offered), _) => through(driver, &offered)?.to_string(),
            (None, Some(at)) => {
                let page = session.window().await?;
                return Self::open(&format!("ws://{at}/devtools/page/{page}")).await;
            }
            (None, None) => return Err(failed("the session offers none")),
        };
        let page = session.window().await?;
        let mut devtools = Self::open(&url).await?;
        let attach = json!({ "targetId": page, "flatten": true });
        let answer = devtools.command("Target.attachToTarget", attach).await?;
        devtools.attached = answer["sessionId"].as_str().map(str::to_owned);
        Ok(devtools)
    }

    async fn open(url: &str) -> Result<Self, BrowserError> {
        let mut config = WebSocketConfig::default();
        config.max_message_size = Some(LARGEST_MESSAGE);
        config.max_frame_size = Some(LARGEST_MESSAGE);
        let connecting = connect_async_with_config(request(url)?, Some(config), true);
        let (socket, _) = timeout(DEADLINE, connecting)
            .await
            .map_err(|_| late("connect to the DevTools socket"))?
            .map_err(|e| failed(&e.to_string()))?;
        Ok(DevTools {
            socket,
            last_id: 0,
            attached: None,
            early: VecDeque::new(),
        })
    }

    /// Sends a command and waits for its answer.
    ///
    /// # Errors
    /// When it fails or is not answered within 5 s.
    pub async fn command(
        &mut self,
        method: &'static str,
        params: Value,
    ) -> Result<Value, BrowserError> {
        let answered = async {
            let id = self.send(method, params).await?;
            loop {
                let mut message = self.receive().await?;
                if message["id"] == id {
                    return match message["error"]["message"].as_str() {
                        Some(why) => Err(failed(why)),
                        None => Ok(message["result"].take()),
                    };
                }
                if message["method"].is_string() {
                    self.early.push_back(message);
                }
            }
        };
        timeout(DEADLINE, answered)
            .await
            .map_err(|_| late(method))?
    }

    /// Sends a command whose answer nobody waits for, and gives its number.
    ///
    /// # Errors
    /// When the socket is gone.
    pub async fn send(&mut self, method: &str, params: Value) -> Result<u64, BrowserError> {
        self.last_id += 1;
        let mut message = json!({ "id": self.last_id, "method": method, "params": params });
        if let Some(session) = &self.attached {
            message["sessionId"] = json!(session);
        }
        let sent = self.socket.send(Message::text(message.to_string())).await;
        sent.map_err(|e| failed(&e.to_string()))?;
        Ok(self.last_id)
    }

    /// The next event; waits as long as it takes.
    ///
    /// # Errors
    /// When the socket is gone.
    pub async fn event(&mut self) -> Result<Value, BrowserError> {
        if let Some(event) = self.early.pop_front() {
            return Ok(event);
        }
        loop {
            let message = self.receive().await?;
            if message["method"].is_string() {
                return Ok(message);
            }
        }
    }

    async fn receive(&mut self) -> Result<Value, BrowserError> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    return serde_json::from_str(&text).map_err(|e| failed(&e.to_string()));
                }
                Some(Ok(Message::Close(_))) | None => return Err(failed("the socket was closed")),
                Some(Ok(_)) => {}
                Some(Err(e)) => return Err(failed(&e.to_string())),
            }
        }
    }
}

/// The Grid's socket by the address under which we reach the Grid: it may know itself by another.
fn through(driver: &Url, offered: &str) -> Result<Url, BrowserError> {
    let offered = Url::parse(offered).map_err(|e| failed(&e.to_string()))?;
    let mut url = driver.clone();
    url.set_path(offered.path());
    url.set_query(offered.query());
    let secure = url.scheme() == "https";
    url.set_scheme(if secure { "wss" } else { "ws" })
        .map_err(|()| failed("its address cannot be that of a socket"))?;
    Ok(url)
}

/// The request that opens a socket; a user and password in the address go into its header.
fn request(
    url: &str,
) -> Result<tokio_tungstenite::tungstenite::handshake::client::Request, BrowserError> {
    use base64::Engine;
    let wrong = |e: &dyn std::fmt::Display| failed(&e.to_string());
    let mut plain = Url::parse(url).map_err(|e| wrong(&e))?;
    let user = plain.username().to_owned();
    let password = plain.password().unwrap_or_default().to_owned();
    // Both fail only for addresses that can hold neither.
    let _ = plain.set_username("");
    let _ = plain.set_password(None);
    let mut request = plain
        .as_str()
        .into_client_request()
        .map_err(|e| wrong(&e))?;
    if !user.is_empty() || !password.is_empty() {
        let token = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        let value =
            http::HeaderValue::from_str(&format!("Basic {token}")).map_err(|e| wrong(&e))?;
        request
            .headers_mut()
            .insert(http::header::AUTHORIZATION, value);
    }
    Ok(request)
}

fn failed(why: &str) -> BrowserError {
    BrowserError::Command {
        command: "DevTools socket",
        why: first_line(why),
    }
}

fn late(command: &'static str) -> BrowserError {
    BrowserError::Deadline {
        command,
        deadline: DEADLINE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grids_socket_is_reached_as_the_grid_is_and_its_password_stays_out_of_the_address() {
        let grid = Url::parse("https://me:secret@grid.example:4444/wd/hub/").unwrap();
        let url = through(&grid, "ws://172.17.0.2:4444/session/abc/se/cdp").unwrap();
        assert_eq!(
            url.as_str(),
            "wss://me:secret@grid.example:4444/session/abc/se/cdp"
        );
        let request = request(url.as_str()).unwrap();
        assert_eq!(
            request.uri().to_string(),
            "wss://grid.example:4444/session/abc/se/cdp"
        );
        assert_eq!(request.headers()["authorization"], "Basic bWU6c2VjcmV0");
    }
}
