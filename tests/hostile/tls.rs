//! Pages over TLS: HTTP/2 with bodies packed by gzip and Brotli, and a certificate that nobody
//! signed. Each server has a key of its own; the browser is told to trust one of them.

use axum::body::Body;
use base64::Engine;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A heading of 4,000 letters, packed.
pub(crate) const BROTLI: &str = "1bd40f80a54f58747c80430ed8df2289a8252e79ca4293654190ccf7c5be03c1cff85c8024c939f474ea520700500f04";
/// The same.
pub(crate) const GZIP: &str = "1f8b0800000000000203edd7310e80200c05d0abd4c9c5c4b89ac2ec3508d440ac60b08bb7d75bb8fce99de1f1905ab4e712ca76aa672df5a02eea4a6c957297dd8d295858a7d1735efcd66e2b2a042184104208218410c2ffe4f94bfa0b5518f10ed50f0000";
/// How long it is unpacked.
pub(crate) const UNPACKED: usize = 4053;

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap())
        .collect()
}

/// A server on a free port that speaks HTTP/2 over TLS alone.
pub(crate) struct Secure {
    pub(crate) port: u16,
    /// Its key, as `--ignore-certificate-errors-spki-list` wants it.
    pub(crate) spki: String,
}

impl Secure {
    pub(crate) fn serve(runtime: &tokio::runtime::Runtime) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["own.localhost".to_owned()]).unwrap();
        let public = rcgen::PublicKeyData::subject_public_key_info(&made.signing_key);
        let spki = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(public));
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let chain = vec![CertificateDer::from(made.cert.der().to_vec())];
        let mut config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let acceptor = TlsAcceptor::from(std::sync::Arc::new(config));
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let port = listener.local_addr().unwrap().port();
        runtime.spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // A browser that trusts us not goes away here.
                    let Ok(stream) = acceptor.accept(socket).await else {
                        return;
                    };
                    let _ = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(stream), service_fn(answer))
                        .await;
                });
            }
        });
        Secure { port, spki }
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Body>, std::convert::Infallible> {
    let (status, packed, body) = match request.uri().path() {
        "/gzip" => (200, Some("gzip"), bytes(GZIP)),
        "/brotli" => (200, Some("br"), bytes(BROTLI)),
        "/robots.txt" => (404, None, Vec::new()),
        _ => (200, None, super::body("/plain").into_bytes()),
    };
    let mut response = Response::builder()
        .status(status)
        .header("content-type", "text/html; charset=utf-8");
    if let Some(packed) = packed {
        response = response.header("content-encoding", packed);
    }
    Ok(response.body(Body::from(body)).unwrap())
}
