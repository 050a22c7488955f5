//! The demo's web shops: six shops, their third parties and a control page, served by the binary
//! itself on loopback with everything compiled in. Which of them answers is decided by the first
//! label of the `Host` header, and each is as fast as [`truth`] says.
//!
//! Knows nothing of measuring; a crawler meets these sites as it meets any other.

mod assets;
mod goods;
pub mod history;
mod pages;
#[cfg(test)]
mod tests;
pub mod truth;

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, CACHE_CONTROL, CONTENT_TYPE, COOKIE, HOST, SERVER,
};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header::HeaderMap};
use axum::response::Response;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use truth::{Expected, Truth};

/// How long answers under way may take to finish after the stop, longer than the slowest of them.
const GRACE: Duration = Duration::from_secs(2);

const HTML: &str = "text/html; charset=utf-8";
const ROBOTS: &str = "User-agent: *\nDisallow: /account\nAllow: /\n";
const HOUSES_OF_OTHERS: [&str; 5] = ["northfield-static", "tags", "cdn", "chat", "img"];

/// The shops and their files, ready to answer.
struct Sites {
    files: HashMap<(&'static str, &'static str), assets::File>,
}

/// Serves the shops on `listener` until `shutdown` is ready. Answers under way are finished,
/// within two seconds.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve(listener: TcpListener, shutdown: impl Future<Output = ()>) -> io::Result<()> {
    let listener = listener.tap_io(|stream| {
        // Small answers must not wait for the other side's acknowledgement; a socket that
        // refuses the option still works.
        let _ = stream.set_nodelay(true);
    });
    let (stop, stopped) = oneshot::channel::<()>();
    let server = axum::serve(listener, router())
        .with_graceful_shutdown(async {
            let _ = stopped.await;
        })
        .into_future();
    tokio::pin!(server);
    tokio::select! {
        ended = &mut server => return ended,
        () = shutdown => drop(stop),
    }
    tokio::time::timeout(GRACE, server).await.unwrap_or(Ok(()))
}

/// The shops as a service, for a server of one's own.
pub fn router() -> Router {
    let sites = Arc::new(Sites {
        files: assets::files(),
    });
    Router::new().fallback(answer).with_state(sites)
}

async fn answer(State(sites): State<Arc<Sites>>, request: Request) -> Response {
    // The body is never read, and holding it would tie the answer to one thread.
    let (request, _) = request.into_parts();
    if request.method != Method::GET && request.method != Method::HEAD {
        let mut response = page(StatusCode::METHOD_NOT_ALLOWED, "<p>method not allowed</p>");
        response
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let (house, port) = visited(&request.headers, &request.uri);
    let shop = truth::truth().iter().find(|t| t.shop == house);
    let third = HOUSES_OF_OTHERS.contains(&house.as_str());
    match (shop, request.uri.path()) {
        (None, _) if !third => page(StatusCode::OK, pages::index(&port)),
        (_, "/robots.txt") => sent("text/plain; charset=utf-8", ROBOTS),
        (Some(shop), _) if shop.expected == Expected::Blocked => guard(shop).await,
        (_, path) => match sites.files.get(&(house.as_str(), path)) {
            Some(file) => send_file(&house, path, file).await,
            None => send_document(&house, &port, &request).await,
        },
    }
}

/// The first label of the host visited, in lower case, and `:PORT` as the visitor sees it. The
/// port must not be the listener's: a proxy in between may show another.
fn visited(headers: &HeaderMap, uri: &Uri) -> (String, String) {
    let host = headers
        .get(HOST)
        .and_then(|h| h.to_str().ok())
        .or_else(|| uri.authority().map(|a| a.as_str()))
        .unwrap_or_default();
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) => (name, port.parse::<u16>().ok()),
        None => (host, None),
    };
    let label = name.split('.').next().unwrap_or_default();
    let port = port.map(|p| format!(":{p}")).unwrap_or_default();
    (label.to_ascii_lowercase(), port)
}

async fn send_file(house: &str, path: &str, file: &assets::File) -> Response {
    wait(file_delay(house, path)).await;
    let mut response = sent(file.mime, file.body.clone());
    let headers = response.headers_mut();
    let keep = match (path, file.mime) {
        ("/static/promo.js", _) | (_, "image/gif") => "no-store",
        _ => "public, max-age=31536000, immutable",
    };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// Wait before a file, ms: late heroes and the late bar.
fn file_delay(house: &str, path: &str) -> u64 {
    let of = |page| truth::of(house, page);
    match path {
        "/img/hero.jpg" => of("home").map_or(0, |t| t.hero_ms),
        "/img/oak-lamp-large.jpg" => of("product").map_or(0, |t| t.hero_ms),
        "/static/promo.js" => of("home").map_or(0, |t| t.jump_ms),
        _ => 0,
    }
}

async fn send_document(house: &str, port: &str, request: &Parts) -> Response {
    let path = request.uri.path();
    let slug = path.strip_prefix("/product/");
    let kind = match path {
        "/" => "home",
        "/search" => "search",
        "/checkout" => "checkout",
        _ if slug.is_some() => "product",
        _ => "",
    };
    let Some(truth) = truth::of(house, kind) else {
        return not_found();
    };
    let query = words(&request.uri);
    let asked = pages::Asked {
        port,
        query: &query,
        slug,
        consent_known: consent_known(&request.headers),
    };
    let body = match house {
        "control" => Some(pages::CONTROL.to_owned()),
        _ => pages::document(truth, &asked),
    };
    let Some(body) = body else {
        return not_found();
    };
    wait(truth.server_ms).await;
    timed(truth, page(StatusCode::OK, body))
}

async fn guard(truth: &Truth) -> Response {
    wait(truth.server_ms).await;
    let mut response = page(StatusCode::FORBIDDEN, pages::GUARD);
    response
        .headers_mut()
        .insert(SERVER, HeaderValue::from_static("guard"));
    timed(truth, response)
}

/// Says in `Server-Timing` how long the document was worked on.
fn timed(truth: &Truth, mut response: Response) -> Response {
    let value = HeaderValue::from_str(&format!("app;dur={}", truth.server_ms))
        .expect("digits and letters make a header value");
    response.headers_mut().insert("server-timing", value);
    response
}

/// The words searched for, cut to what a search field is good for.
fn words(uri: &Uri) -> String {
    url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .find(|(name, _)| name == "q")
        .map(|(_, value)| value.chars().take(80).collect())
        .unwrap_or_default()
}

fn consent_known(headers: &HeaderMap) -> bool {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|c| c.to_str().ok())
        .flat_map(|c| c.split(';'))
        .any(|pair| pair.trim().starts_with("consent="))
}

fn not_found() -> Response {
    page(
        StatusCode::NOT_FOUND,
        "<!doctype html><title>Not found</title><p>not found</p>",
    )
}

fn page(status: StatusCode, body: impl Into<Body>) -> Response {
    let mut response = sent(HTML, body);
    *response.status_mut() = status;
    response
}

/// An answer that the visitor may not keep.
fn sent(mime: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

async fn wait(ms: u64) {
    if ms > 0 {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
}
