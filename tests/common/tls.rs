//! A TLS server of a test: an authority made for it, and a certificate for loopback.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// An authority, and what a server needs that it vouches for.
pub(crate) struct Tls {
    /// The authority's certificate, PEM.
    pub(crate) authority: String,
    root: CertificateDer<'static>,
    server: Arc<rustls::ServerConfig>,
}

impl Tls {
    /// For `127.0.0.1` and `localhost`.
    pub(crate) fn new() -> Self {
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let root = authority.self_signed(&key).unwrap();
        let issuer = Issuer::new(authority, key);
        let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(names).unwrap();
        let certificate = certificate.signed_by(&key, &issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let server = rustls::ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        Tls {
            authority: root.pem(),
            root: root.der().clone(),
            server: Arc::new(server),
        }
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.server))
    }

    /// A client that trusts the authority and remembers no session: each handshake is a whole one.
    pub(crate) fn connector(&self) -> TlsConnector {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(self.root.clone()).unwrap();
        let mut client = rustls::ClientConfig::builder()
            .with_root_certificates(roots)
            .with_no_client_auth();
        client.resumption = rustls::client::Resumption::disabled();
        TlsConnector::from(Arc::new(client))
    }
}

/// Bytes on the wire of a connection.
#[derive(Debug, Default)]
pub(crate) struct Wire {
    read: AtomicUsize,
    written: AtomicUsize,
    before_first_read: AtomicUsize,
}

impl Wire {
    pub(crate) fn read(&self) -> usize {
        self.read.load(Ordering::SeqCst)
    }

    pub(crate) fn written(&self) -> usize {
        self.written.load(Ordering::SeqCst)
    }

    /// What was written before anything was read.
    pub(crate) fn before_first_read(&self) -> usize {
        self.before_first_read.load(Ordering::SeqCst)
    }
}

/// A connection that counts.
pub(crate) struct Counting {
    stream: TcpStream,
    wire: Arc<Wire>,
}

impl Counting {
    pub(crate) fn new(stream: TcpStream) -> (Self, Arc<Wire>) {
        let wire = Arc::new(Wire::default());
        let counting = Counting {
            stream,
            wire: Arc::clone(&wire),
        };
        (counting, wire)
    }
}

impl AsyncRead for Counting {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let done = Pin::new(&mut self.stream).poll_read(cx, buffer);
        let n = buffer.filled().len() - before;
        if n > 0 && self.wire.read.fetch_add(n, Ordering::SeqCst) == 0 {
            let written = self.wire.written();
            self.wire.before_first_read.store(written, Ordering::SeqCst);
        }
        done
    }
}

impl AsyncWrite for Counting {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if let Poll::Ready(Ok(n)) = done {
            self.wire.written.fetch_add(n, Ordering::SeqCst);
        }
        done
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
