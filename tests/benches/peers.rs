//! The same page, in the same hour, by outpace, browsertime (sitespeed.io) and Lighthouse: what each
//! says, how far it spreads, and how long a visit takes. `make peers` brings the peers and runs it;
//! `OUTPACE_BENCH_VISITS` sets another number of visits each.
//!
//! The page is that of the trueness suite: first byte after 300 ms, a hero image 700 ms after it is
//! asked for. The three take turns, in an order that rotates, so that the hour hits all alike.

#[path = "../trueness/site.rs"]
mod site;
#[expect(dead_code, reason = "the trueness suite makes more visits")]
#[path = "../trueness/visits.rs"]
mod visits;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use outpace::browser::{LocalBrowser, LocalDriver};
use outpace::measure::visit::Filming;
use outpace::model::{Device, Metric};
use serde_json::Value;
use site::Site;
use visits::{Stage, quantile, runtime};

/// Visits of each tool.
const VISITS: usize = 9;
const METRICS: [(&str, Metric); 4] = [
    ("ttfb", Metric::Ttfb),
    ("fcp", Metric::Fcp),
    ("lcp", Metric::Lcp),
    ("load", Metric::Load),
];
const TOOLS: [&str; 3] = ["outpace", "browsertime", "lighthouse"];

/// What one visit of a tool said, ms, and how long it took.
struct Said {
    values: BTreeMap<&'static str, f64>,
    took: Duration,
}

fn main() {
    // `cargo test --benches` asks for a list of tests: there are none.
    if std::env::args().any(|a| a == "--list" || a == "--test") {
        return;
    }
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers");
    if !peers.join("node").exists() {
        println!("peers: not measured, since they are not here; `make peers` brings them");
        return;
    }
    let env = |name: &str| std::env::var(name).ok();
    let each = env("OUTPACE_BENCH_VISITS").and_then(|n| n.parse().ok());
    let browser = LocalBrowser::find(&env).expect("Chromium and ChromeDriver are installed");
    let alone = Alone::start(Path::new(env!("CARGO_BIN_EXE_outpace")), &browser);
    // The first browser of a driver is slower than the rest: nobody counts it.
    alone.plain();
    let url = alone.url("/plain");
    let mut all: BTreeMap<&str, Vec<Said>> = BTreeMap::new();
    for round in 0..each.unwrap_or(VISITS) {
        for turn in 0..TOOLS.len() {
            let tool = TOOLS[(round + turn) % TOOLS.len()];
            let begun = Instant::now();
            let values = match tool {
                "outpace" => alone.plain(),
                "browsertime" => browsertime(&peers, &browser, &url),
                _ => lighthouse(&peers, &browser, &url),
            };
            let took = begun.elapsed();
            match values {
                Some(values) => all.entry(tool).or_default().push(Said { values, took }),
                None => println!("peers: {tool} gave no figures in round {}", round + 1),
            }
        }
    }
    print(&all);
}

/// Medians and quartile ranges, one line a tool.
fn print(all: &BTreeMap<&str, Vec<Said>>) {
    println!(
        "peers: medians in ms (IQR) of a page with first byte at 300 and main content at 1000"
    );
    println!(
        "{:<12} {:>3} {:>14} {:>14} {:>14} {:>14} {:>9}",
        "tool", "n", "ttfb", "fcp", "lcp", "load", "visit"
    );
    for tool in TOOLS {
        let said = all.get(tool).map(Vec::as_slice).unwrap_or_default();
        let cells: Vec<String> = METRICS
            .iter()
            .map(|(name, _)| {
                let [low, middle, high] = quartiles(said, |s| s.values.get(name).copied());
                format!("{middle:.0} ({:.0})", high - low)
            })
            .collect();
        let [_, took, _] = quartiles(said, |s| Some(s.took.as_secs_f64()));
        println!(
            "{tool:<12} {:>3} {:>14} {:>14} {:>14} {:>14} {took:>7.1} s",
            said.len(),
            cells[0],
            cells[1],
            cells[2],
            cells[3]
        );
    }
    for (name, _) in METRICS {
        let of = |tool: &str| {
            let said = all.get(tool).map(Vec::as_slice).unwrap_or_default();
            quartiles(said, |s| s.values.get(name).copied())[1]
        };
        let ours = of("outpace");
        let nearest = TOOLS[1..]
            .iter()
            .map(|peer| ours - of(peer))
            .min_by(|a, b| a.abs().total_cmp(&b.abs()));
        if let Some(nearest) = nearest {
            println!("{name}: {nearest:+.0} ms from the nearer peer (limit 10)");
        }
    }
}

fn quartiles(said: &[Said], of: impl Fn(&Said) -> Option<f64>) -> [f64; 3] {
    let mut values: Vec<f64> = said.iter().filter_map(of).collect();
    values.sort_by(f64::total_cmp);
    [0.25, 0.5, 0.75].map(|p| quantile(&values, p))
}

/// One iteration, without video and HAR: what it needs for timings alone.
fn browsertime(
    peers: &Path,
    browser: &LocalBrowser,
    url: &str,
) -> Option<BTreeMap<&'static str, f64>> {
    let out = tempfile::tempdir().ok()?;
    let done = Command::new(peers.join("node"))
        .arg(peers.join("node_modules/browsertime/bin/browsertime.js"))
        .arg("--chrome.chromedriverPath")
        .arg(&browser.driver)
        .arg("--chrome.binaryPath")
        .arg(&browser.browser)
        .args([
            "--headless",
            "-n",
            "1",
            "--skipHar",
            "--chrome.args",
            "no-sandbox",
        ])
        .arg("--resultDir")
        .arg(out.path())
        .arg(url)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .ok()?;
    let text = std::fs::read(out.path().join("browsertime.json")).ok()?;
    let json: Value = serde_json::from_slice(&text).ok()?;
    let timings = &json[0]["browserScripts"][0]["timings"];
    let values = [
        ("ttfb", &timings["ttfb"]),
        ("fcp", &timings["paintTiming"]["first-contentful-paint"]),
        ("lcp", &timings["largestContentfulPaint"]["renderTime"]),
        ("load", &timings["loadEventEnd"]),
    ];
    done.success().then(|| numbers(values))
}

/// As the browser is and without throttling: what was observed, nothing simulated.
fn lighthouse(
    peers: &Path,
    browser: &LocalBrowser,
    url: &str,
) -> Option<BTreeMap<&'static str, f64>> {
    let out = tempfile::tempdir().ok()?;
    let file = out.path().join("report.json");
    let done = Command::new(peers.join("node"))
        .arg(peers.join("node_modules/lighthouse/cli/index.js"))
        .args([url, "--output=json", "--quiet", "--preset=desktop"])
        .args(["--throttling-method=provided", "--only-audits=metrics"])
        .arg("--chrome-flags=--headless=new --no-sandbox")
        .arg(format!("--output-path={}", file.display()))
        .env("CHROME_PATH", &browser.browser)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .ok()?;
    let json: Value = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
    let seen = &json["audits"]["metrics"]["details"]["items"][0];
    let values = [
        ("ttfb", &seen["timeToFirstByte"]),
        ("fcp", &seen["observedFirstContentfulPaint"]),
        ("lcp", &seen["observedLargestContentfulPaint"]),
        ("load", &seen["observedLoad"]),
    ];
    done.success().then(|| numbers(values))
}

fn numbers<const N: usize>(values: [(&'static str, &Value); N]) -> BTreeMap<&'static str, f64> {
    let read = values.into_iter();
    read.filter_map(|(name, value)| Some((name, value.as_f64()?)))
        .collect()
}

/// The site of known timings and a driver of ours.
struct Alone {
    runtime: tokio::runtime::Runtime,
    site: Site,
    driver: Option<LocalDriver>,
    browser: LocalBrowser,
}

impl Alone {
    fn start(outpace: &Path, browser: &LocalBrowser) -> Self {
        let runtime = runtime();
        let driver = runtime
            .block_on(LocalDriver::start(outpace, &browser.driver))
            .expect("the driver starts");
        Alone {
            runtime,
            site: Site::serve(),
            driver: Some(driver),
            browser: browser.clone(),
        }
    }

    fn url(&self, path: &str) -> String {
        self.site.url(path).to_string()
    }

    /// A visit of `/plain` on a desktop: first byte, first content, main content, load.
    fn plain(&self) -> Option<BTreeMap<&'static str, f64>> {
        let at = Stage {
            site: &self.site,
            driver: self.driver.as_ref()?,
            browser: &self.browser,
        };
        let visit = at.visit("/plain", &Device::Desktop, Filming::Off);
        let visit = self.runtime.block_on(visit);
        let metrics = [
            ("ttfb", Metric::Ttfb),
            ("fcp", Metric::Fcp),
            ("lcp", Metric::Lcp),
            ("load", Metric::Load),
        ];
        Some(metrics.map(|(name, m)| (name, visit.value(m))).into())
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        if let Some(driver) = self.driver.take() {
            self.runtime.block_on(driver.stop());
        }
    }
}
