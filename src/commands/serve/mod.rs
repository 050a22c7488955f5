//! `outpace serve`: reports, nights and visits in a browser, read from the database as it is now.
//!
//! It only reads, knows nobody's password and asks for none: on loopback only pages of this machine
//! could be turned against it, so a request must name a loopback host (which a rebound DNS name does
//! not); on any other address everyone who reaches it can read, which is said.

mod night;
mod pages;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};

use super::failure;
use super::signals;
use crate::cli::{Format, Global};
use crate::exit::Exit;

/// Where it listens unless told otherwise.
const ADDRESS: &str = "127.0.0.1:8700";
/// How long answers under way may take when it is to end.
const GRACE: Duration = Duration::from_secs(5);
/// What a page of ours may load: nothing, and what it carries.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
                      font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Flags of `serve`.
#[derive(Debug, clap::Args)]
pub struct ServeArgs {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = ADDRESS)]
    pub listen: SocketAddr,
}

/// What every request is answered from.
#[derive(Clone)]
struct Served {
    global: Arc<Global>,
    /// One page is made at a time: a report of a year takes a core for a second.
    turn: Arc<Mutex<()>>,
    loopback: bool,
}

/// The verb.
///
/// # Errors
/// Exit 2 for a wrong config, 1 when the address cannot be listened on.
pub fn main(global: &Global, args: &ServeArgs) -> anyhow::Result<Exit> {
    super::load(global)?;
    super::runtime()?.block_on(serve(global, args.listen))
}

async fn serve(global: &Global, address: SocketAddr) -> anyhow::Result<Exit> {
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("could not listen on `{address}`\nhint: `--listen 127.0.0.1:0` takes a free port")
    })?;
    let bound = listener.local_addr()?;
    say(global, bound)?;
    let (stop, mut stopped) = watch::channel(false);
    tokio::spawn(signals::watch(stop));
    let mut ended = stopped.clone();
    let served = Served {
        global: Arc::new(global.clone()),
        turn: Arc::default(),
        loopback: bound.ip().is_loopback(),
    };
    let serving = axum::serve(listener, router(served)).with_graceful_shutdown(async move {
        let _ = stopped.changed().await;
    });
    let too_late = async move {
        let _ = ended.changed().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        result = serving => result.context("could not go on listening")?,
        () = too_late => {}
    }
    Ok(Exit::Ok)
}

fn say(global: &Global, bound: SocketAddr) -> anyhow::Result<Exit> {
    if !bound.ip().is_loopback() && !global.quiet {
        note!("warning: whoever reaches {bound} can read everything here: there is no sign-in");
    }
    if global.format == Format::Json {
        return super::say(
            &json!({ "event": "serve", "url": format!("http://{bound}/") }).to_string(),
        );
    }
    super::say(&format!(
        "Reports, nights and visits until Ctrl-C: http://{bound}/"
    ))
}

fn router(served: Served) -> Router {
    Router::new()
        .route("/", get(overview))
        .route("/report/{month}", get(report))
        .route("/run/{id}", get(run))
        .route("/visit/{id}", get(visit))
        .route("/kept/{name}", get(kept))
        .route("/healthz", get(|| async { "ok\n" }))
        .fallback(|| async { missing("There is no such page.") })
        .layer(middleware::from_fn_with_state(served.clone(), guarded))
        .with_state(served)
}

/// Only who names us is answered, and nobody may frame, guess the type of or keep what is.
async fn guarded(State(served): State<Served>, request: Request, next: Next) -> Response {
    if served.loopback && !is_local(request.headers()) {
        let why = "This server answers to loopback names only.\n";
        return (StatusCode::MISDIRECTED_REQUEST, why).into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed: [(HeaderName, &'static str); 4] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, header::HeaderValue::from_static(value));
    }
    response
}

/// Whether the request names this machine as itself.
fn is_local(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok());
    let Some(url) = host.and_then(|h| url::Url::parse(&format!("http://{h}/")).ok()) else {
        return false;
    };
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

async fn overview(State(served): State<Served>) -> Response {
    html(&served, pages::overview).await
}

async fn report(State(served): State<Served>, Path(month): Path<String>) -> Response {
    html(&served, move |global| pages::report(global, &month)).await
}

async fn run(State(served): State<Served>, Path(id): Path<String>, uri: Uri) -> Response {
    let sight = night::Sight::of(uri.query().unwrap_or_default());
    html(&served, move |global| night::run(global, &id, &sight)).await
}

async fn visit(State(served): State<Served>, Path(id): Path<String>) -> Response {
    html(&served, move |global| pages::visit(global, &id)).await
}

async fn kept(State(served): State<Served>, Path(name): Path<String>) -> Response {
    let is_page = name.ends_with(".html");
    match made(&served, move |global| pages::kept(global, &name)).await {
        Ok(bytes) if is_page => page(bytes),
        Ok(bytes) => ([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response(),
        Err(error) => failed(&served, &error),
    }
}

async fn html(
    served: &Served,
    make: impl FnOnce(&Global) -> anyhow::Result<String> + Send + 'static,
) -> Response {
    match made(served, make).await {
        Ok(text) => page(text.into_bytes()),
        Err(error) => failed(served, &error),
    }
}

/// Makes something where waiting for the database holds nobody up.
async fn made<T: Send + 'static>(
    served: &Served,
    make: impl FnOnce(&Global) -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    let _turn = served.turn.lock().await;
    let global = Arc::clone(&served.global);
    tokio::task::spawn_blocking(move || make(&global))
        .await
        .context("the page could not be made")?
}

fn page(bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, bytes).into_response()
}

fn missing(why: &str) -> Response {
    let text = pages::nothing(why).unwrap_or_else(|_| why.to_owned());
    (StatusCode::NOT_FOUND, page(text.into_bytes())).into_response()
}

/// What was asked for and is not there is no fault of ours; the rest is, and is told as on a
/// terminal, where only this machine asks.
fn failed(served: &Served, error: &anyhow::Error) -> Response {
    if error.downcast_ref::<failure::Failure>().is_some() {
        let said = error.to_string();
        // Hints name verbs, which are of no use on a page.
        return missing(said.lines().next().unwrap_or_default());
    }
    if failure::exit_of(error) == Exit::CannotTell {
        return missing("No night was measured yet");
    }
    let shown = failure::shown(error);
    tracing::error!("{shown}");
    let said = if served.loopback {
        format!("{shown}\n")
    } else {
        "The page could not be made; the log of outpace serve says why.\n".to_owned()
    };
    (StatusCode::INTERNAL_SERVER_ERROR, said).into_response()
}
