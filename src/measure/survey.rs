//! From where a region goes out, and how far each site is from there: for `outpace doctor`.
//!
//! On this machine connections are made and nothing is sent over them. A browser elsewhere can make
//! none without a request: it asks each site once for its robots.txt, which a run does as well.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep};
use url::Url;

use super::probe::{Probed, plain_spec};
use super::site::{Place, session_prefix};
use crate::browser::{BrowserError, Session, capabilities};
use crate::model::Region;
use crate::network::trip;

/// Longest time for a page to load.
const DEADLINE: Duration = Duration::from_secs(15);
const POLL: Duration = Duration::from_millis(50);
/// Longest answer that is an address, characters.
const LONGEST: usize = 60;

/// What to ask.
#[derive(Debug, Clone, Copy)]
pub struct Questions<'a> {
    /// Page that answers with the address it was asked from.
    pub egress: Option<&'a Url>,
    /// A page of each site.
    pub sites: &'a [Url],
    /// Who asks: the user agent of a visit.
    pub user_agent: &'a str,
    /// What the name of a session on a Grid begins with.
    pub owner: &'a str,
}

/// What was found out.
#[derive(Debug, Default)]
pub struct Survey {
    /// The address that the region goes out by, or why it is not known; `None`: not asked.
    pub egress: Option<Result<String, String>>,
    /// Milliseconds to connect to each site, or why they are not known.
    pub trips: Vec<Result<f64, String>>,
}

/// Asks a region whose browser answered.
pub async fn ask(region: &Region, probed: &Probed, questions: Questions<'_>) -> Survey {
    let afar = matches!(probed.place, Place::Remote { .. });
    let mut survey = Survey::default();
    if !afar {
        for site in questions.sites {
            survey.trips.push(from_here(region, site).await);
        }
        if questions.egress.is_none() {
            return survey;
        }
    }
    let session = match open(region, probed, &questions).await {
        Ok(session) => session,
        Err(error) => {
            let why = error.to_string();
            survey.egress = questions.egress.map(|_| Err(why.clone()));
            let unknown = questions.sites.len() - survey.trips.len();
            survey.trips.extend(vec![Err(why); unknown]);
            return survey;
        }
    };
    if let Some(url) = questions.egress {
        survey.egress = Some(egress(&session, url).await);
    }
    if afar {
        for site in questions.sites {
            survey.trips.push(from_there(&session, site).await);
        }
    }
    if let Err(error) = session.close().await {
        tracing::warn!(%error, "a session was not closed");
    }
    survey
}

async fn open(
    region: &Region,
    probed: &Probed,
    questions: &Questions<'_>,
) -> Result<Session, BrowserError> {
    let (url, mut spec) = match &probed.place {
        Place::Local { machine, proxy } => {
            let mut spec = plain_spec(Some(machine.browser().browser.clone()));
            let ours = proxy.as_ref().filter(|_| region.proxy.is_some());
            spec.proxy = ours.map(|p| format!("socks5://{}", p.address()));
            (machine.hold().await.url().await?, spec)
        }
        Place::Remote { url, .. } => {
            let mut spec = plain_spec(None);
            spec.extra.clone_from(&region.capabilities);
            spec.proxy = region.proxy.as_ref().map(ToString::to_string);
            let prefix = session_prefix(questions.owner, &region.id);
            spec.name = Some(format!("{prefix}survey"));
            (url.clone(), spec)
        }
    };
    questions.user_agent.clone_into(&mut spec.user_agent);
    Session::open(&url, capabilities::measuring(&spec)).await
}

async fn from_here(region: &Region, site: &Url) -> Result<f64, String> {
    let host = site.host_str().ok_or("its address has no host")?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port = site
        .port_or_known_default()
        .ok_or("its address has no port")?;
    let took = trip::connect(region.proxy.as_ref(), host, port).await;
    took.map(|t| t.as_secs_f64() * 1000.0)
        .map_err(|e| e.to_string())
}

/// Time to connect, without TLS, by the browser's own clock.
async fn from_there(session: &Session, site: &Url) -> Result<f64, String> {
    let mut url = site.clone();
    url.set_path("/robots.txt");
    url.set_query(None);
    let loaded = load(session, &url).await?;
    connect_ms(&loaded, &url)
}

fn connect_ms(loaded: &Value, asked: &Url) -> Result<f64, String> {
    let at = |name: &str| loaded[name].as_f64().unwrap_or_default();
    let host = loaded["host"].as_str().unwrap_or_default();
    if Some(host) != asked.host_str() {
        return Err(format!(
            "it answers from `{host}`: cannot be told from there"
        ));
    }
    let end = match at("secure") {
        0.0 => at("end"),
        secure => secure,
    };
    let took = end - at("start");
    if took > 0.0 {
        Ok(took)
    } else {
        Err("the browser does not say how long it took to connect".to_owned())
    }
}

async fn egress(session: &Session, url: &Url) -> Result<String, String> {
    let loaded = load(session, url).await?;
    address(loaded["text"].as_str().unwrap_or_default())
}

/// What the page answered, if it may be an address.
fn address(text: &str) -> Result<String, String> {
    let line = text.trim().lines().next().unwrap_or_default().trim();
    let short: String = line.chars().take(LONGEST).collect();
    if line.parse::<std::net::IpAddr>().is_ok() {
        Ok(line.to_owned())
    } else if line.is_empty() {
        Err("the page answered nothing\nhint: `egress` is a page that answers with the address alone".to_owned())
    } else {
        Err(format!(
            "the page answered no address: `{short}`\nhint: `egress` is a page that answers with the address alone"
        ))
    }
}

const LOADED: &str = "const n = performance.getEntriesByType('navigation')[0] || {}; return {
    ready: document.readyState === 'complete' && location.href !== 'about:blank'
        && location.href !== 'data:,',
    href: location.href, host: location.hostname, text: document.body ? document.body.innerText : '',
    start: n.connectStart, end: n.connectEnd, secure: n.secureConnectionStart };";

/// Loads a page, and gives what it says of itself.
async fn load(session: &Session, url: &Url) -> Result<Value, String> {
    let first_line = |e: BrowserError| crate::browser::error::first_line(&e.to_string());
    // The page before must not be taken for this one.
    let blank = Url::parse("about:blank").expect("it is an address");
    session.goto(&blank).await.map_err(first_line)?;
    session.goto(url).await.map_err(first_line)?;
    let begun = Instant::now();
    while begun.elapsed() < DEADLINE {
        // A page that is being left cannot be asked: the next try finds the new one.
        let said = session.execute(LOADED, Vec::new()).await;
        let said = said.unwrap_or_default();
        let href = said["href"].as_str().unwrap_or_default();
        if href.starts_with("chrome-error:") {
            return Err(format!(
                "`{}` cannot be reached from there",
                url.host_str().unwrap_or_default()
            ));
        }
        if said["ready"] == true {
            return Ok(said);
        }
        sleep(POLL).await;
    }
    Err(format!("no answer within {} s", DEADLINE.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_an_address_is_an_address() {
        assert_eq!(address(" 203.0.113.7\n").as_deref(), Ok("203.0.113.7"));
        assert_eq!(address("2001:db8::1").as_deref(), Ok("2001:db8::1"));
        assert!(address("").is_err());
        let page = address(&"<html>".repeat(40)).unwrap_err();
        assert!(page.len() < 200, "{page}");
    }

    #[test]
    fn tls_and_another_host_are_no_part_of_the_way() {
        let url = Url::parse("https://own.example/robots.txt").unwrap();
        let mut said = json!({ "host": "own.example", "start": 5.0, "end": 60.0, "secure": 25.0 });
        assert_eq!(connect_ms(&said, &url), Ok(20.0));
        said["secure"] = json!(0);
        assert_eq!(connect_ms(&said, &url), Ok(55.0));
        said["end"] = json!(5.0);
        assert!(
            connect_ms(&said, &url).is_err(),
            "an old connection was used"
        );
        said["host"] = json!("www.own.example");
        assert!(connect_ms(&said, &url).is_err());
    }
}
