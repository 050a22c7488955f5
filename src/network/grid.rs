//! What a Selenium Grid says of itself, and sessions of ours that a crash left on it.
//!
//! Grid 4's `/status` lists nodes, slots and the sessions in them, with the name that we gave
//! (`se:name`). A single driver has no nodes: nothing is found and nothing is closed there.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

/// Time for one answer of a Grid.
const DEADLINE: Duration = Duration::from_secs(10);
/// Largest answer that is read, bytes.
const LARGEST: usize = 64 * 1024 * 1024;

/// A Grid at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// Whether it says that it takes sessions.
    pub ready: bool,
    /// Nodes that are up.
    pub nodes: usize,
    /// Nodes that drain or are down.
    pub nodes_out: usize,
    /// Slots of all nodes.
    pub slots: usize,
    /// Sessions: id and name.
    pub sessions: Vec<(String, Option<String>)>,
}

/// Asks the driver at `base` (plain HTTP, as a relay offers it) how it is. `None`: no answer, or
/// none in the form of WebDriver.
pub async fn status(base: &Url) -> Option<Status> {
    let answer = ask(base, Method::GET, "status").await?;
    read(&answer["value"])
}

fn read(value: &Value) -> Option<Status> {
    let mut status = Status {
        ready: value["ready"].as_bool()?,
        ..Status::default()
    };
    for node in value["nodes"].as_array().into_iter().flatten() {
        match node["availability"].as_str() {
            Some("UP") => status.nodes += 1,
            _ => status.nodes_out += 1,
        }
        for slot in node["slots"].as_array().into_iter().flatten() {
            status.slots += 1;
            let session = &slot["session"];
            if let Some(id) = session["sessionId"].as_str() {
                let name = session["capabilities"]["se:name"].as_str();
                let session = (id.to_owned(), name.map(str::to_owned));
                status.sessions.push(session);
            }
        }
    }
    Some(status)
}

/// Ends every session whose name begins with `ours`; gives how many there were. Sessions of other
/// people, and those without a name, are left alone.
pub async fn close_left_behind(base: &Url, ours: &str) -> usize {
    let Some(status) = status(base).await else {
        return 0;
    };
    let mut closed = 0;
    for (id, name) in status.sessions {
        if name.is_some_and(|n| n.starts_with(ours)) {
            tracing::info!(session = %id, "a session that was left behind is ended");
            let answer = ask(base, Method::DELETE, &format!("session/{id}")).await;
            closed += usize::from(answer.is_some());
        }
    }
    closed
}

async fn ask(base: &Url, method: Method, path: &str) -> Option<Value> {
    let mut url = base.clone();
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", base.path()));
    }
    let url = url.join(path).ok()?;
    let client: Client<HttpConnector, Body> = Client::builder(TokioExecutor::new()).build_http();
    let request = Request::builder()
        .method(method)
        .uri(url.as_str())
        .body(Body::empty())
        .ok()?;
    let answer = async {
        let answer = client.request(request).await.ok()?;
        let body = axum::body::to_bytes(Body::new(answer.into_body()), LARGEST).await;
        serde_json::from_slice(&body.ok()?).ok()
    };
    timeout(DEADLINE, answer).await.ok()?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_is_read_with_its_slots_and_the_names_of_its_sessions() {
        let named = serde_json::json!({ "sessionId": "a", "capabilities": { "se:name": "mine" } });
        let stranger = serde_json::json!({ "sessionId": "b", "capabilities": {} });
        let value = serde_json::json!({ "ready": true, "nodes": [
            { "availability": "UP", "slots": [{ "session": named }, { "session": null }] },
            { "availability": "DRAINING", "slots": [{ "session": stranger }] },
        ] });
        let status = read(&value).unwrap();
        assert_eq!((status.nodes, status.nodes_out, status.slots), (1, 1, 3));
        let sessions = [
            ("a".to_owned(), Some("mine".to_owned())),
            ("b".to_owned(), None),
        ];
        assert_eq!(status.sessions, sessions);
    }
}
