//! The shops as a plain HTTP client meets them, on a port of the system's choosing.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use url::Url;

use super::truth::{Expected, Largest, Truth, of, truth};

/// The port that addresses show, as behind a proxy: never the listener's own.
const SHOWN: u16 = 4711;

struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
    took: Duration,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

struct Served {
    addr: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

async fn served() -> Served {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let addr = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(super::serve(listener, async {
        let _ = stopped.await;
    }));
    Served { addr, stop, task }
}

async fn exchange(addr: SocketAddr, request: &[u8]) -> Answer {
    let began = Instant::now();
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await.unwrap();
    let end = all
        .windows(4)
        .position(|w| w == b"\r\n\r\n")
        .expect("an answer has a head");
    let head = String::from_utf8_lossy(&all[..end]).into_owned();
    Answer {
        status: head[9..12].parse().unwrap(),
        head,
        body: all[end + 4..].to_vec(),
        took: began.elapsed(),
    }
}

async fn get(addr: SocketAddr, url: &str, more: &str) -> Answer {
    let url = Url::parse(url).unwrap();
    let host = url.host_str().unwrap();
    let port = url.port().unwrap();
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n{more}\r\n");
    exchange(addr, request.as_bytes()).await
}

/// What stands between `from` and the next `to`, everywhere in `text`.
fn between<'a>(text: &'a str, from: &str, to: char) -> Vec<&'a str> {
    text.split(from)
        .skip(1)
        .filter_map(|rest| rest.split(to).next())
        .collect()
}

fn join(base: &str, found: &str) -> Option<String> {
    let url = Url::parse(base)
        .unwrap()
        .join(&found.replace("&amp;", "&"))
        .unwrap();
    (url.scheme() == "http").then(|| url.to_string())
}

/// What a browser asks for besides the document: pictures, scripts, styles, fonts, and what the
/// scripts insert.
async fn resources(addr: SocketAddr, base: &str, html: &str) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = ["src=\"", "data-pixel=\"", "data-gallery=\""]
        .iter()
        .flat_map(|attribute| between(html, attribute, '"'))
        .chain(between(html, "url(", ')'))
        .filter_map(|u| join(base, u))
        .collect();
    for link in between(html, "<link ", '>') {
        if link.contains("rel=\"stylesheet\"") || link.contains("rel=\"preload\"") {
            found.extend(
                between(link, "href=\"", '"')
                    .iter()
                    .filter_map(|u| join(base, u)),
            );
        }
    }
    for sheet in found
        .clone()
        .iter()
        .filter(|u| u.contains("/css") || u.ends_with(".css"))
    {
        let css = get(addr, sheet, "").await.text();
        found.extend(
            between(&css, "url(", ')')
                .iter()
                .filter_map(|u| join(sheet, u)),
        );
    }
    if html.contains("/tag.js") {
        found.insert(format!("http://tags.metricsly.localhost:{SHOWN}/collect"));
    }
    found
}

fn is_third_party(truth: &Truth, url: &str) -> bool {
    let host = Url::parse(url).unwrap().host_str().unwrap().to_owned();
    host != truth.host && host != format!("{}-static.localhost", truth.shop)
}

async fn check_page(addr: SocketAddr, truth: &'static Truth) {
    let url = truth.url(SHOWN);
    let answer = get(addr, &url, "").await;
    let html = answer.text();
    let marker = format!("data-page=\"{}\"", truth.page);
    assert_eq!(
        answer.header("content-type"),
        Some("text/html; charset=utf-8"),
        "{url}"
    );
    let least = Duration::from_millis(truth.server_ms);
    assert!(answer.took >= least, "{url} came early: {:?}", answer.took);
    assert!(answer.took < least + Duration::from_secs(10), "{url}");
    assert_eq!(
        answer.header("server-timing"),
        Some(format!("app;dur={}", truth.server_ms).as_str())
    );
    assert_eq!(
        answer.header("content-length"),
        Some(answer.body.len().to_string().as_str())
    );
    match truth.expected {
        Expected::Ok => {
            assert_eq!(answer.status, 200, "{url}");
            assert!(html.contains(&marker), "{url} lacks {marker}");
        }
        Expected::Blocked => {
            assert_eq!(answer.status, 403, "{url}");
            assert_eq!(answer.header("server"), Some("guard"));
            assert!(!html.contains("data-page"), "{url} must not look right");
        }
    }
    let asked = resources(addr, &url, &html).await;
    let third = asked.iter().filter(|u| is_third_party(truth, u)).count();
    assert_eq!(asked.len() as u32 + 1, truth.requests, "{url}: {asked:#?}");
    assert_eq!(third as u32, truth.third_party, "{url}: {asked:#?}");
    assert_eq!(
        html.contains("data-hero") || html.contains("data-gallery"),
        { truth.largest == Largest::Hero && truth.expected == Expected::Ok }
    );
    assert_eq!(html.contains("/static/promo.js"), truth.layout_shift());
    assert_eq!(html.contains("/static/reviews.js"), truth.script_errors > 0);
}

#[tokio::test]
async fn every_page_is_as_the_table_of_truths_says() {
    let site = served().await;
    let mut checks = JoinSet::new();
    for t in truth() {
        checks.spawn(check_page(site.addr, t));
    }
    while let Some(check) = checks.join_next().await {
        check.unwrap();
    }
}

#[tokio::test]
async fn every_address_that_a_page_names_answers() {
    let site = served().await;
    let mut all = BTreeSet::new();
    for t in truth().iter().filter(|t| t.expected == Expected::Ok) {
        let url = t.url(SHOWN);
        let html = get(site.addr, &url, "").await.text();
        all.extend(resources(site.addr, &url, &html).await);
        for attribute in ["href=\"", "action=\""] {
            let found = between(&html, attribute, '"');
            all.extend(found.iter().filter_map(|u| join(&url, u)));
        }
    }
    assert!(all.len() > 100, "only {} addresses", all.len());
    let mut visits = JoinSet::new();
    for url in all {
        let port = Url::parse(&url).unwrap().port();
        assert_eq!(port, Some(SHOWN), "{url} lost the port of the visitor");
        let addr = site.addr;
        visits.spawn(async move { (get(addr, &url, "").await, url) });
    }
    while let Some(visit) = visits.join_next().await {
        let (answer, url) = visit.unwrap();
        assert_eq!(answer.status, 200, "{url}");
        assert!(!answer.body.is_empty(), "{url}");
        let end = url.split('?').next().unwrap().rsplit('.').next().unwrap();
        let mime = answer.header("content-type").unwrap();
        match end {
            "jpg" => assert_eq!(mime, "image/jpeg"),
            "webp" => assert_eq!(mime, "image/webp"),
            "gif" => assert_eq!(mime, "image/gif"),
            "woff2" => assert_eq!(mime, "font/woff2"),
            "js" => assert_eq!(mime, "text/javascript; charset=utf-8"),
            "css" => assert_eq!(mime, "text/css; charset=utf-8"),
            _ => assert!(mime.starts_with("text/") || mime == "image/gif", "{url}"),
        }
    }
}

#[tokio::test]
async fn late_files_are_late_and_others_are_not_made_to_wait() {
    let site = served().await;
    let base = format!("http://kookaburra.localhost:{SHOWN}/img");
    let product = of("kookaburra", "product").unwrap();
    let late = get(site.addr, &format!("{base}/oak-lamp-large.jpg"), "").await;
    assert!(late.took >= Duration::from_millis(product.hero_ms));
    let card = get(site.addr, &format!("{base}/vase.jpg"), "").await;
    assert!(card.took < Duration::from_millis(product.hero_ms));
    let home = of("southern-cross", "home").unwrap();
    let bar = format!("http://southern-cross.localhost:{SHOWN}/static/promo.js");
    let bar = get(site.addr, &bar, "").await;
    assert!(bar.took >= Duration::from_millis(home.jump_ms));
    assert_eq!(bar.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn the_same_bytes_come_each_time() {
    let site = served().await;
    for path in ["/", "/static/stock.js", "/img/hero.webp"] {
        let url = format!("http://maison-claire.localhost:{SHOWN}{path}");
        let first = get(site.addr, &url, "").await;
        assert_eq!(first.status, 200);
        assert_eq!(first.body, get(site.addr, &url, "").await.body, "{path}");
    }
}

#[tokio::test]
async fn the_banner_stays_away_once_consent_is_known() {
    let site = served().await;
    let url = format!("http://maison-claire.localhost:{SHOWN}/");
    let fresh = get(site.addr, &url, "").await.text();
    assert!(fresh.contains("role=\"dialog\""));
    let known = get(site.addr, &url, "Cookie: a=b; consent=refuse\r\n").await;
    assert!(!known.text().contains("role=\"dialog\""));
}

#[tokio::test]
async fn a_search_finds_what_it_says_and_is_written_safely() {
    let site = served().await;
    let ask = |q: &str| format!("http://northfield.localhost:{SHOWN}/search?q={q}");
    let vases = get(site.addr, &ask("VASE"), "").await.text();
    assert!(vases.contains("Plain vase") && !vases.contains("Spindle chair"));
    let hostile = get(site.addr, &ask("%22%3E%3Cscript%3Ealert(1)"), "")
        .await
        .text();
    assert!(!hostile.contains("<script>alert"), "{hostile}");
    let nothing = get(site.addr, &ask("submarine"), "").await.text();
    assert!(nothing.contains("No matches"));
}

#[tokio::test]
async fn what_is_not_there_is_404_and_robots_are_let_in() {
    let site = served().await;
    let northfield = format!("http://northfield.localhost:{SHOWN}");
    for path in ["/product/submarine", "/nowhere", "/static/../Cargo.toml"] {
        let answer = get(site.addr, &format!("{northfield}{path}"), "").await;
        assert_eq!(answer.status, 404, "{path}");
    }
    for host in ["northfield", "kyoto-loft"] {
        let robots = format!("http://{host}.localhost:{SHOWN}/robots.txt");
        let answer = get(site.addr, &robots, "").await;
        assert_eq!(answer.status, 200);
        assert!(answer.text().contains("Allow: /"));
    }
}

#[tokio::test]
async fn an_unknown_host_lists_the_shops() {
    let site = served().await;
    let answer = get(site.addr, &format!("http://nobody.localhost:{SHOWN}/"), "").await;
    assert_eq!(answer.status, 200);
    let html = answer.text();
    for t in truth() {
        assert!(
            html.contains(&format!("http://{}:{SHOWN}", t.host)),
            "{}",
            t.shop
        );
    }
}

#[tokio::test]
async fn a_hostile_host_or_method_does_no_harm() {
    let site = served().await;
    let hosts: [&[u8]; 6] = [
        b"<script>alert(1)</script>:99999",
        b"harbour-home.localhost:80\"><script>",
        b"[::1]:8080",
        b"\xff\xfe",
        b"",
        b"../../etc/passwd",
    ];
    for host in hosts {
        let mut request = b"GET / HTTP/1.1\r\nConnection: close\r\nHost: ".to_vec();
        request.extend_from_slice(host);
        request.extend_from_slice(b"\r\n\r\n");
        let answer = exchange(site.addr, &request).await;
        assert!(matches!(answer.status, 200 | 400), "{}", answer.head);
        assert!(!answer.text().contains("<script>alert"));
        assert!(!answer.text().contains("80\"><script>"));
    }
    let post = b"POST / HTTP/1.1\r\nHost: northfield.localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    assert_eq!(exchange(site.addr, post).await.status, 405);
}

#[tokio::test]
async fn the_stop_ends_the_server() {
    let site = served().await;
    let url = format!("http://northfield.localhost:{SHOWN}/");
    assert_eq!(get(site.addr, &url, "").await.status, 200);
    // A connection that says nothing must not hold the server up.
    let silent = TcpStream::connect(site.addr).await.unwrap();
    site.stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(20), site.task)
        .await
        .expect("the server ends")
        .unwrap()
        .unwrap();
    drop(silent);
    assert!(TcpStream::connect(site.addr).await.is_err());
}
