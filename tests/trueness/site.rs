//! A site whose every timing is known: a server of its own on a free port, which counts what it
//! sends to the byte.
//!
//! Two pages. `/plain`: first byte after 300 ms, a hero image 700 ms after it is asked for. `/from`
//! leads by a redirect to `/rich`: long tasks before, across and after first content, layout
//! shifts in two session windows, files of every type, a third party, errors.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Delays built into the site, ms.
pub(crate) const FIRST_BYTE: u64 = 300;
pub(crate) const HERO: u64 = 700;
pub(crate) const REDIRECT: u64 = 150;
pub(crate) const RICH_WAIT: u64 = 100;
pub(crate) const RICH_REST: u64 = 120;
pub(crate) const LATE_FETCH: u64 = 1_300;
/// Heights of `/rich` in CSS pixels: the block that is pushed, and by how much each time; the third
/// push is in another session window.
pub(crate) const BLOCK: f64 = 470.0;
pub(crate) const PUSHES: [f64; 3] = [94.0, 47.0, 28.0];
/// What the document of `/rich` says of its server, ms.
pub(crate) const SERVER_TIMING: f64 = 53.2;

const PLAIN: &str = "<!doctype html><title>Plain</title><link rel=icon href='data:,'>\
    <meta name=viewport content='width=device-width'>\
    <h1>Plain</h1><img src=/hero width=400 height=300>";

const RICH_HEAD: &str = "<!doctype html><title>Rich</title><link rel=icon href='data:,'>\
    <meta name=viewport content='width=device-width'>\
    <link rel=stylesheet href=/style.css>";

/// Everything but the block is fixed, so that nothing else moves.
const RICH_BODY: &str = r#"
<script>
function busy(name, ms) {
  const from = performance.now();
  performance.mark(name + '-from', { startTime: from });
  while (performance.now() < from + ms);
  performance.mark(name + '-to', { startTime: performance.now() });
}
busy('before', 120);
</script>
<div id=top style="height:0"></div>
<div id=block>Block</div>
<div id=rest><img src=/small.jpg width=90 height=60><img src=/missing.png width=9 height=9><b>Font</b></div>
<script>
requestAnimationFrame(() => setTimeout(() => busy('across', 200)));
performance.measure('setup', { start: 0, duration: 12.5 });
addEventListener('load', () => {
  const top = document.getElementById('top');
  const push = (px, after) => setTimeout(() => { top.style.height = px + 'px'; }, after);
  push(94, 50); push(141, 250); push(169, 1350);
  setTimeout(() => busy('after', 150), 500);
  setTimeout(() => busy('short', 40), 800);
  setTimeout(() => fetch('/late'));
});
</script>
<script src=/app.js></script>
<script src=//other.localhost:PORT/tag.js></script>
"#;

const STYLE: &str = "@font-face{font-family:F;src:url(/font.woff2)}body{margin:0}\
    #block{height:470px;background:#246;color:#fff}\
    #rest{position:fixed;bottom:0;left:0;font-family:F,sans-serif}";

const APP: &str = "console.error('said aloud');\
    setTimeout(() => { throw new Error('first'); });\
    setTimeout(() => { throw new Error('second'); });";

const TAG: &str = "new Image().src = '//other.localhost:PORT/dot.jpg';";

/// The server, until dropped.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    sent: Sent,
    runtime: Option<tokio::runtime::Runtime>,
}

/// Bytes sent by kind of file, requests, and those that were answered with 404: a browser may ask
/// for a missing picture twice.
type Sent = Arc<Mutex<BTreeMap<&'static str, u64>>>;

/// One answer: status, further headers, kind for the count, and pieces with the wait before each.
struct Answer {
    head: String,
    kind: &'static str,
    pieces: Vec<(u64, Vec<u8>)>,
}

impl Site {
    pub(crate) fn serve() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime for the site");
        let listener = runtime
            .block_on(TcpListener::bind("127.0.0.1:0"))
            .expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let sent = Sent::default();
        let counted = Arc::clone(&sent);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let counted = Arc::clone(&counted);
                tokio::spawn(async move { talk(stream, address.port(), counted).await });
            }
        });
        Site {
            address,
            sent,
            runtime: Some(runtime),
        }
    }

    pub(crate) fn url(&self, path: &str) -> url::Url {
        let text = format!("http://own.localhost:{}{path}", self.address.port());
        url::Url::parse(&text).expect("a path of ours")
    }

    /// Bytes sent since this was asked last.
    pub(crate) fn take_sent(&self) -> BTreeMap<&'static str, u64> {
        std::mem::take(&mut self.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Answers requests on one connection until it is closed.
async fn talk(stream: TcpStream, port: u16, sent: Sent) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    loop {
        let first = lines.next_line().await.ok()??;
        let mut host = String::new();
        while let Some(line) = lines.next_line().await.ok()?.filter(|l| !l.is_empty()) {
            if let Some(name) = line.to_ascii_lowercase().strip_prefix("host: ") {
                name.clone_into(&mut host);
            }
        }
        let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
        let third = host.starts_with("other.");
        let answer = answer(&path, port);
        count(&sent, "requests", 1);
        count(&sent, "failed", u64::from(answer.head.contains(" 404 ")));
        let mut head = Some(answer.head);
        for (wait, piece) in answer.pieces {
            tokio::time::sleep(Duration::from_millis(wait)).await;
            let mut bytes = head.take().unwrap_or_default().into_bytes();
            bytes.extend(piece);
            write.write_all(&bytes).await.ok()?;
            for kind in [answer.kind, "all"]
                .into_iter()
                .chain(third.then_some("third"))
            {
                count(&sent, kind, bytes.len() as u64);
            }
        }
    }
}

fn count(sent: &Sent, kind: &'static str, more: u64) {
    let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
    *sent.entry(kind).or_default() += more;
}

fn answer(path: &str, port: u16) -> Answer {
    let text = |body: &str| body.replace("PORT", &port.to_string()).into_bytes();
    let at_once = |mime, kind, body: Vec<u8>| whole("200 OK", mime, kind, vec![(0, body)]);
    match path {
        "/plain" => {
            let body = vec![(FIRST_BYTE, text(PLAIN))];
            whole("200 OK", "text/html", "document", body)
        }
        "/hero" => whole(
            "200 OK",
            "image/jpeg",
            "image",
            vec![(HERO, picture("hero"))],
        ),
        "/from" => {
            let to = "302 Found\r\nLocation: /rich";
            whole(to, "text/html", "document", vec![(REDIRECT, Vec::new())])
        }
        "/rich" => {
            let status = format!("200 OK\r\nServer-Timing: db;dur={SERVER_TIMING}");
            let pieces = vec![(RICH_WAIT, text(RICH_HEAD)), (RICH_REST, text(RICH_BODY))];
            whole(&status, "text/html", "document", pieces)
        }
        "/style.css" => at_once("text/css", "css", text(STYLE)),
        "/app.js" => at_once("text/javascript", "js", text(APP)),
        "/tag.js" => at_once("text/javascript", "js", text(TAG)),
        "/font.woff2" => at_once("font/woff2", "font", font()),
        "/small.jpg" | "/dot.jpg" => at_once("image/jpeg", "image", picture("vase")),
        "/late" => {
            let body = vec![(LATE_FETCH, b"late".to_vec())];
            whole("200 OK", "text/plain", "other", body)
        }
        // Loaded by an `<img>`, so the browser counts it as an image.
        _ => whole(
            "404 Not Found",
            "text/plain",
            "image",
            vec![(0, b"no".to_vec())],
        ),
    }
}

fn whole(status: &str, mime: &str, kind: &'static str, pieces: Vec<(u64, Vec<u8>)>) -> Answer {
    let length: usize = pieces.iter().map(|(_, p)| p.len()).sum();
    Answer {
        head: format!(
            "HTTP/1.1 {status}\r\nContent-Type: {mime}\r\nContent-Length: {length}\r\n\
             Cache-Control: no-store\r\nAccess-Control-Allow-Origin: *\r\n\r\n"
        ),
        kind,
        pieces,
    }
}

/// Pictures and font of the demo's shops: real ones, since an image of little content is no
/// candidate for LCP.
fn asset(path: &str) -> Vec<u8> {
    let assets = concat!(env!("CARGO_MANIFEST_DIR"), "/src/sites/assets/");
    std::fs::read(format!("{assets}{path}")).expect("a file of the demo's shops")
}

fn picture(name: &str) -> Vec<u8> {
    asset(&format!("harbour-home/{name}.jpg"))
}

fn font() -> Vec<u8> {
    asset("fonts/karla.woff2")
}
