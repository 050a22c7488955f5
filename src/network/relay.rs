//! A relay on loopback to a remote driver: plain HTTP on our side, TLS and the log-in on the other.
//!
//! So a WebDriver client, which knows neither bearer tokens nor authorities of one's own, can talk
//! to any Grid, and no secret is in an address. What the other side says is passed on as it is; a
//! socket (DevTools, for films) is passed through byte by byte once both sides have agreed on it.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, HOST, HeaderValue, UPGRADE};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use hyper::upgrade::OnUpgrade;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use crate::model::{DriverEndpoint, Region, Secret};

/// Why a relay could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// Loopback or the system's authorities.
    #[error("could not make the relay to the driver: {0}")]
    Io(#[from] io::Error),
    /// The authority's file.
    #[error("could not read the certificates in `{file}`: {why}\nhint: `ca` names a PEM file", file = .file.display())]
    Authority {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A token or password that no header can carry.
    #[error("the token or password of the driver has characters that no header can carry")]
    Login,
}

/// A running relay; it stops when dropped.
#[derive(Debug)]
pub struct Relay {
    url: Url,
    serve: JoinHandle<()>,
}

#[derive(Clone)]
struct Far {
    base: Url,
    login: Option<HeaderValue>,
    client: Client<HttpsConnector<HttpConnector>, Body>,
}

impl Relay {
    /// Whether a region's driver cannot be talked to without one.
    #[must_use]
    pub fn needed(region: &Region) -> bool {
        match &region.driver {
            DriverEndpoint::Local => false,
            DriverEndpoint::Remote(url) => {
                url.scheme() == "https" || !url.username().is_empty() || region.token.is_some()
            }
        }
    }

    /// Starts a relay to the driver of a region.
    ///
    /// # Errors
    /// When the authority's file cannot be read or no port can be had.
    pub async fn start(url: &Url, region: &Region) -> Result<Self, RelayError> {
        let far = Far {
            base: url.clone(),
            login: login(url, region.token.as_ref())?,
            client: Client::builder(TokioExecutor::new()).build(connector(region.ca.clone())?),
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let app = Router::new().fallback(forward).with_state(Arc::new(far));
        let serve = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, app).await {
                tracing::error!(%error, "the relay to a driver ended");
            }
        });
        let url = Url::parse(&format!("http://{address}/")).expect("an address is a URL");
        Ok(Relay { url, serve })
    }

    /// Where the driver is found.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.serve.abort();
    }
}

fn login(url: &Url, token: Option<&Secret>) -> Result<Option<HeaderValue>, RelayError> {
    let text = match token {
        Some(Secret(token)) => format!("Bearer {token}"),
        None if url.username().is_empty() => return Ok(None),
        None => {
            let password = url.password().unwrap_or_default();
            let pair = [url.username(), password].map(decoded).join(":");
            let pair = base64::engine::general_purpose::STANDARD.encode(pair);
            format!("Basic {pair}")
        }
    };
    let mut value = HeaderValue::from_str(&text).map_err(|_| RelayError::Login)?;
    value.set_sensitive(true);
    Ok(Some(value))
}

/// Percent-decoded: a `+` stays one, unlike in forms.
fn decoded(text: &str) -> String {
    let form = text.replace('+', "%2B");
    let mut pairs = url::form_urlencoded::parse(form.as_bytes());
    pairs
        .next()
        .map(|(k, _)| k.into_owned())
        .unwrap_or_default()
}

fn connector(ca: Option<PathBuf>) -> Result<HttpsConnector<HttpConnector>, RelayError> {
    let builder = HttpsConnectorBuilder::new();
    let builder = match ca {
        None => builder.with_native_roots()?,
        Some(file) => {
            let bad = |why: String| RelayError::Authority {
                file: file.clone(),
                why,
            };
            let mut roots = rustls::RootCertStore::empty();
            let certificates =
                CertificateDer::pem_file_iter(&file).map_err(|e| bad(e.to_string()))?;
            for certificate in certificates {
                let certificate = certificate.map_err(|e| bad(e.to_string()))?;
                roots.add(certificate).map_err(|e| bad(e.to_string()))?;
            }
            if roots.is_empty() {
                return Err(bad("no certificate in it".to_owned()));
            }
            let config = rustls::ClientConfig::builder()
                .with_root_certificates(roots)
                .with_no_client_auth();
            builder.with_tls_config(config)
        }
    };
    Ok(builder.https_or_http().enable_http1().build())
}

async fn forward(State(far): State<Arc<Far>>, mut request: Request) -> Response {
    let path = request.uri().path_and_query().map_or("/", |p| p.as_str());
    let Some(uri) = there(&far.base, path) else {
        return failed("its address cannot be asked");
    };
    *request.uri_mut() = uri;
    let ours = request
        .headers()
        .contains_key(UPGRADE)
        .then(|| hyper::upgrade::on(&mut request));
    request.headers_mut().remove(HOST);
    if let Some(login) = &far.login {
        request.headers_mut().insert(AUTHORIZATION, login.clone());
    }
    match far.client.request(request).await {
        Ok(mut answer) => {
            if let (Some(ours), StatusCode::SWITCHING_PROTOCOLS) = (ours, answer.status()) {
                tokio::spawn(tunnel(ours, hyper::upgrade::on(&mut answer)));
            }
            answer.map(Body::new).into_response()
        }
        Err(error) => {
            let mut why = error.to_string();
            let mut cause = std::error::Error::source(&error);
            while let Some(next) = cause {
                why = format!("{why}: {next}");
                cause = next.source();
            }
            failed(&why)
        }
    }
}

/// The address of a path on the other side, without the log-in, which travels in a header. A Grid
/// below a path of its own (`--sub-path`) names its sockets with that path, its commands without.
fn there(base: &Url, path: &str) -> Option<Uri> {
    let mut url = base.clone();
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    let below = base.path().trim_end_matches('/');
    let path = match path.strip_prefix(below) {
        Some(rest) if rest.starts_with('/') => rest,
        _ => path,
    };
    url.set_path(&format!("{below}/"));
    url.set_query(None);
    let url = url.join(path.trim_start_matches('/')).ok()?;
    url.as_str().parse().ok()
}

/// Copies a socket both ways until either side ends it.
async fn tunnel(ours: OnUpgrade, theirs: OnUpgrade) {
    let (ours, theirs) = match tokio::try_join!(ours, theirs) {
        Ok(both) => both,
        Err(error) => {
            tracing::debug!(%error, "relay: no socket came of it");
            return;
        }
    };
    let (mut ours, mut theirs) = (TokioIo::new(ours), TokioIo::new(theirs));
    // Either side may go away at any time: that is the end, and no error.
    let copied = tokio::io::copy_bidirectional(&mut ours, &mut theirs).await;
    tracing::debug!(?copied, "relay: a socket ended");
}

/// In WebDriver's own form, so that the client passes the words on.
fn failed(why: &str) -> Response {
    let value = serde_json::json!({ "value": {
        "error": "session not created",
        "message": format!("no WebDriver answers: {why}"),
        "stacktrace": "",
    } });
    let headers = [("content-type", "application/json; charset=utf-8")];
    (StatusCode::BAD_GATEWAY, headers, value.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_below_a_path_is_asked_below_it_once_and_never_by_its_password() {
        let base = Url::parse("https://me:secret@grid.example:4444/wd/hub").unwrap();
        for (path, wanted) in [
            ("/session", "/wd/hub/session"),
            ("/wd/hub/session/a/se/cdp", "/wd/hub/session/a/se/cdp"),
            ("/wd/hubs?x=1", "/wd/hub/wd/hubs?x=1"),
        ] {
            let uri = there(&base, path).unwrap().to_string();
            assert_eq!(uri, format!("https://grid.example:4444{wanted}"));
        }
        let plain = Url::parse("http://grid.example/").unwrap();
        assert_eq!(
            there(&plain, "/status").unwrap().to_string(),
            "http://grid.example/status"
        );
    }
}
