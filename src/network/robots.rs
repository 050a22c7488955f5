//! robots.txt (RFC 9309): fetched under our own name, and what it says of an address.
//!
//! Fetching follows at most five redirects and reads at most 500 KiB. How old a copy may be, and
//! where it is kept, is left to the caller. Parsing and matching are `texting_robots`'.

use std::net::Ipv4Addr;
use std::time::Duration;

use http::header::{LOCATION, USER_AGENT};
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jiff::Timestamp;
use texting_robots::Robot;
use url::{Host, Url};

use super::HostMap;
use crate::model::RobotsCopy;

/// The name by which a robots.txt may address us.
pub const TOKEN: &str = "outpace";
/// What a crawler must be able to parse at least (RFC 9309, 2.5); what is beyond is not read.
const LIMIT: usize = 500 * 1024;
/// Redirects that are followed (RFC 9309, 2.3.1.2).
const REDIRECTS: usize = 5;
/// Time for the whole fetch.
const DEADLINE: Duration = Duration::from_secs(15);
/// Longest distance that a `Crawl-delay` may ask for: beyond an hour it asks to stay away.
const LONGEST_DELAY: Duration = Duration::from_secs(3600);

/// What a robots.txt says of one address.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It may be loaded.
    Allowed,
    /// It may not, for this reason.
    Refused(String),
}

/// Scheme, host and port: a robots.txt holds for these.
#[must_use]
pub fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Fetches the robots.txt of an origin. `agent` says who asks. Never fails: that nobody answered
/// is part of the copy.
pub async fn fetch(origin: &str, agent: &str, hosts: &HostMap, now: Timestamp) -> RobotsCopy {
    let mut copy = RobotsCopy {
        origin: origin.to_owned(),
        fetched_at: now,
        status: None,
        error: None,
        body: Vec::new(),
    };
    let Ok(url) = Url::parse(&format!("{origin}/robots.txt")) else {
        copy.error = Some("no address".to_owned());
        return copy;
    };
    match tokio::time::timeout(DEADLINE, follow(url, agent, hosts)).await {
        Ok(Ok((status, body))) => {
            copy.status = Some(status);
            copy.body = body;
        }
        Ok(Err(why)) => copy.error = Some(why),
        Err(_) => copy.error = Some(format!("no answer within {} s", DEADLINE.as_secs())),
    }
    copy
}

async fn follow(mut url: Url, agent: &str, hosts: &HostMap) -> Result<(u16, Vec<u8>), String> {
    let tls = hyper_rustls::HttpsConnectorBuilder::new()
        .with_native_roots()
        .map_err(|e| format!("no certificates: {e}"))?
        .https_or_http()
        .enable_http1();
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    let client: Client<_, Empty<hyper::body::Bytes>> =
        Client::builder(TokioExecutor::new()).build(tls.wrap_connector(http));
    for _ in 0..=REDIRECTS {
        let request = http::Request::get(reached(&url, hosts).as_str())
            .header(USER_AGENT, agent)
            .header(http::header::HOST, host_header(&url))
            .body(Empty::new())
            .map_err(|e| e.to_string())?;
        let response = client.request(request).await.map_err(|e| causes(&e))?;
        let status = response.status();
        let next = response
            .headers()
            .get(LOCATION)
            .filter(|_| status.is_redirection());
        match next.and_then(|l| l.to_str().ok()).map(|l| url.join(l)) {
            Some(Ok(to)) if matches!(to.scheme(), "http" | "https") => url = to,
            Some(_) => return Err("redirected to no address".to_owned()),
            None => return Ok((status.as_u16(), read(response.into_body()).await?)),
        }
    }
    // More redirects than five: as if there were none (RFC 9309, 2.3.1.2).
    Ok((404, Vec::new()))
}

/// The first part of a body, up to the limit.
async fn read(mut body: hyper::body::Incoming) -> Result<Vec<u8>, String> {
    let mut all = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|e| causes(&e))?;
        if let Some(data) = frame.data_ref() {
            all.extend_from_slice(data);
        }
        if all.len() >= LIMIT {
            all.truncate(LIMIT);
            break;
        }
    }
    Ok(all)
}

/// Where an address is reached: names under `.localhost` are this machine (RFC 6761, 6.3), and
/// the demo's sites listen on another port than they say.
fn reached(url: &Url, hosts: &HostMap) -> Url {
    let mut to = url.clone();
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        _ => false,
    };
    if local {
        let port = url.port_or_known_default().unwrap_or_default();
        // Both fail only for addresses without a host.
        let _ = to.set_ip_host(Ipv4Addr::LOCALHOST.into());
        let _ = to.set_port(Some(hosts.get(&port).copied().unwrap_or(port)));
    }
    to
}

fn host_header(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text.lines().next().unwrap_or_default().to_owned()
}

/// What a copy says of an address. Missing (4xx): all is allowed. A failing or busy server (5xx,
/// 429) and one that does not answer: nothing is (RFC 9309, 2.3.1; it leaves 429 open).
#[must_use]
pub fn verdict(copy: &RobotsCopy, url: &Url) -> Verdict {
    match (copy.status, &copy.error) {
        (Some(status @ (429 | 500..=599)), _) => {
            Verdict::Refused(format!("robots: status {status} for `/robots.txt`"))
        }
        (Some(300..=499), _) => Verdict::Allowed,
        (Some(_), _) => match parsed(copy) {
            Ok(robot) if robot.allowed(url.as_str()) => Verdict::Allowed,
            Ok(_) => Verdict::Refused("robots: `/robots.txt` disallows this page".to_owned()),
            Err(()) => Verdict::Refused("robots: `/robots.txt` cannot be read".to_owned()),
        },
        (None, error) => {
            let why = error.as_deref().unwrap_or("no answer");
            Verdict::Refused(format!("robots: `/robots.txt` cannot be had: {why}"))
        }
    }
}

/// The `Crawl-delay` that a copy asks of us.
#[must_use]
pub fn delay(copy: &RobotsCopy) -> Option<Duration> {
    if copy.status != Some(200) {
        return None;
    }
    let seconds = parsed(copy).ok()?.delay?;
    let asked = Duration::try_from_secs_f32(seconds).ok()?;
    Some(asked.min(LONGEST_DELAY))
}

fn parsed(copy: &RobotsCopy) -> Result<Robot, ()> {
    // A cut line says less than it meant.
    let whole = if copy.body.len() >= LIMIT {
        let end = copy.body.iter().rposition(|&b| b == b'\n').unwrap_or(0);
        &copy.body[..end]
    } else {
        copy.body.as_slice()
    };
    Robot::new(TOKEN, whole).map_err(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(status: u16, body: &str) -> RobotsCopy {
        RobotsCopy {
            origin: "https://shop.example".to_owned(),
            fetched_at: Timestamp::UNIX_EPOCH,
            status: Some(status),
            error: None,
            body: body.as_bytes().to_vec(),
        }
    }

    fn allowed(body: &str, path: &str) -> bool {
        let url = Url::parse(&format!("https://shop.example{path}")).unwrap();
        verdict(&copy(200, body), &url) == Verdict::Allowed
    }

    #[test]
    fn our_token_goes_before_everybodys() {
        let body = "User-agent: *\nDisallow: /\n\nUser-agent: Outpace\nDisallow: /private\n";
        assert!(allowed(body, "/p/1"));
        assert!(!allowed(body, "/private/x"));
        let body = "User-agent: *\nAllow: /\n\nUser-agent: outpace\nDisallow: /\n";
        assert!(!allowed(body, "/p/1"));
        let body = "User-agent: googlebot\nDisallow: /\n";
        assert!(allowed(body, "/p/1"));
    }

    #[test]
    fn wildcards_and_the_longest_match_decide() {
        let body = "User-agent: *\nDisallow: /*?sort=\nDisallow: /checkout$\nDisallow: /p/\nAllow: /p/open\n";
        assert!(!allowed(body, "/list?sort=price"));
        assert!(!allowed(body, "/checkout"));
        assert!(allowed(body, "/checkout/help"));
        assert!(!allowed(body, "/p/9"));
        assert!(allowed(body, "/p/open/9"));
    }

    #[test]
    fn missing_is_allowed_and_failing_or_unreachable_is_not() {
        let url = Url::parse("https://shop.example/").unwrap();
        assert_eq!(verdict(&copy(404, ""), &url), Verdict::Allowed);
        assert_eq!(verdict(&copy(403, ""), &url), Verdict::Allowed);
        assert_eq!(verdict(&copy(200, ""), &url), Verdict::Allowed);
        let refused = |c: &RobotsCopy| match verdict(c, &url) {
            Verdict::Refused(why) => why,
            Verdict::Allowed => panic!("{c:?} allows"),
        };
        assert_eq!(
            refused(&copy(503, "")),
            "robots: status 503 for `/robots.txt`"
        );
        refused(&copy(429, ""));
        let nobody = RobotsCopy {
            status: None,
            error: Some("connection refused".to_owned()),
            ..copy(200, "")
        };
        assert!(refused(&nobody).ends_with("cannot be had: connection refused"));
    }

    #[test]
    fn what_is_no_robots_txt_forbids_nothing() {
        assert!(allowed("<!doctype html><title>Home</title>", "/"));
        assert!(allowed("\u{feff}User-agent: *\nDisallow: /x\n", "/"));
    }

    #[test]
    fn only_the_first_500_kib_count() {
        let mut body = "User-agent: *\nDisallow: /early\n".to_owned();
        while body.len() < LIMIT {
            body.push_str("# a comment that fills the file\n");
        }
        body.truncate(LIMIT);
        body.push_str("\nDisallow: /late\n");
        let mut cut = copy(200, &body);
        cut.body.truncate(LIMIT);
        let url = |path: &str| Url::parse(&format!("https://shop.example{path}")).unwrap();
        assert_ne!(verdict(&cut, &url("/early")), Verdict::Allowed);
        assert_eq!(verdict(&cut, &url("/late")), Verdict::Allowed);
    }

    #[test]
    fn a_crawl_delay_is_read_and_bounded() {
        let with = |d: &str| delay(&copy(200, &format!("User-agent: *\nCrawl-delay: {d}\n")));
        assert_eq!(with("90"), Some(Duration::from_secs(90)));
        assert_eq!(with("0.5"), Some(Duration::from_millis(500)));
        assert_eq!(with("999999"), Some(LONGEST_DELAY));
        assert_eq!(delay(&copy(200, "User-agent: *\nDisallow:\n")), None);
        assert_eq!(delay(&copy(404, "Crawl-delay: 5")), None);
    }
}
