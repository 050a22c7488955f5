//! Web servers of a test on a thread of their own, each on a free port of loopback, until dropped.

use std::future::{Future, pending};

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// The thread that they run on.
pub(crate) struct Serving {
    runtime: Option<Runtime>,
}

impl Serving {
    pub(crate) fn new() -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        Serving {
            runtime: Some(runtime),
        }
    }

    /// Starts one more; its port.
    pub(crate) fn start<S>(&self, serve: impl FnOnce(TcpListener) -> S) -> u16
    where
        S: Future<Output: Send + 'static> + Send + 'static,
    {
        let runtime = self.runtime.as_ref().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        runtime.spawn(serve(listener));
        port
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The demo's shops.
pub(crate) struct Shops {
    pub(crate) port: u16,
    _serving: Serving,
}

impl Shops {
    pub(crate) fn start() -> Self {
        let serving = Serving::new();
        Shops {
            port: serving.start(|listener| outpace::sites::serve(listener, pending())),
            _serving: serving,
        }
    }
}
