//! `/healthz` and `/metrics` on a loopback port, from a text that the service writes now and then.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;

/// What is shown; shared with the service.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    watched: bool,
    metrics: String,
    /// What is wrong; empty when nothing is.
    wrong: String,
}

impl Shown {
    /// Whether anybody can look.
    pub(super) fn is_watched(&self) -> bool {
        self.inner().watched
    }

    /// Shows metrics, and what is wrong.
    pub(super) fn set(&self, (metrics, wrong): (String, String)) {
        let mut inner = self.inner();
        inner.metrics = metrics;
        inner.wrong = wrong;
    }

    /// Texts are whole at any moment, also after a panic elsewhere.
    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves in the background; gives the address that was bound.
pub(super) async fn serve(address: SocketAddr, shown: Shown) -> anyhow::Result<SocketAddr> {
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .with_context(|| format!("could not listen on `{address}`"))?;
    let bound = listener.local_addr()?;
    shown.inner().watched = true;
    let metrics = shown.clone();
    let router = Router::new()
        .route(
            "/healthz",
            get(move || async move {
                let wrong = shown.inner().wrong.clone();
                if wrong.is_empty() {
                    (StatusCode::OK, "ok\n".to_owned())
                } else {
                    (StatusCode::SERVICE_UNAVAILABLE, wrong)
                }
            }),
        )
        .route(
            "/metrics",
            get(move || async move {
                let text = metrics.inner().metrics.clone();
                let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
                ([(header::CONTENT_TYPE, kind)], text).into_response()
            }),
        );
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(bound)
}
