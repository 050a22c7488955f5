//! Visits to the site of known timings, and what came of them beside what is true.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use outpace::browser::{LocalBrowser, LocalDriver, SessionSpec, capabilities, driver::major};
use outpace::measure::probe::plain_spec;
use outpace::measure::visit::{Attempt, Filming, Load, SETTLE, attempt};
use outpace::model::{Device, Measurement, Metric, Outcome, Page, Role, Target};

use super::site::{self, Site};

/// The quiet window: the site is as it is known to be, so a short one will do.
pub(crate) const QUIET: Duration = Duration::from_millis(400);
/// What counts as a long task beyond, ms (Long Tasks API).
const BLOCKING_BEYOND: f64 = 50.0;

/// One visit, measured, with the bytes that the server sent meanwhile.
pub(crate) struct Visit {
    pub(crate) measured: Measurement,
    pub(crate) sent: BTreeMap<&'static str, u64>,
    /// Whether a film is among its evidence.
    pub(crate) has_film: bool,
}

/// All visits of the suite.
pub(crate) struct Visits {
    /// `/plain` on a desktop, before the filmed ones.
    pub(crate) before: Vec<Visit>,
    /// `/plain` on a desktop, filmed.
    pub(crate) filmed: Vec<Visit>,
    /// `/plain` on a desktop, after the filmed ones.
    pub(crate) after: Vec<Visit>,
    /// `/rich` on a desktop.
    pub(crate) rich: Vec<Visit>,
    /// `/rich` on a phone.
    pub(crate) phone: Vec<Visit>,
}

/// How many visits of each sort.
pub(crate) struct Extent {
    pub(crate) each: usize,
    pub(crate) filmed: usize,
    pub(crate) phone: usize,
}

impl Visits {
    /// Makes them; `outpace` is the program, which keeps the driver.
    pub(crate) fn make(outpace: &Path, extent: &Extent) -> Self {
        let runtime = runtime();
        let env = |name: &str| std::env::var(name).ok();
        let browser = LocalBrowser::find(&env).expect("Chromium and ChromeDriver are installed");
        let site = Site::serve();
        runtime.block_on(async {
            let driver = LocalDriver::start(outpace, &browser.driver)
                .await
                .expect("the driver starts");
            let at = Stage {
                site: &site,
                driver: &driver,
                browser: &browser,
            };
            // The first browser of a driver is slower than the rest: nobody counts it.
            at.visit("/plain", &Device::Desktop, Filming::Off).await;
            let half = extent.each.div_ceil(2);
            let (plain, off) = ("/plain", Filming::Off);
            let visits = Visits {
                before: at.visits(half, plain, Device::Desktop, off).await,
                filmed: at
                    .visits(extent.filmed, plain, Device::Desktop, Filming::On)
                    .await,
                after: at.visits(half, plain, Device::Desktop, off).await,
                rich: at.visits(extent.each, "/from", Device::Desktop, off).await,
                phone: at.visits(extent.phone, "/from", Device::Phone, off).await,
            };
            driver.stop().await;
            visits
        })
    }

    /// Unfilmed visits of `/plain`.
    pub(crate) fn plain(&self) -> impl Iterator<Item = &Visit> {
        self.before.iter().chain(&self.after)
    }
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}

/// Where visits are made.
pub(crate) struct Stage<'a> {
    pub(crate) site: &'a Site,
    pub(crate) driver: &'a LocalDriver,
    pub(crate) browser: &'a LocalBrowser,
}

impl Stage<'_> {
    async fn visits(&self, n: usize, path: &str, device: Device, filming: Filming) -> Vec<Visit> {
        let mut all = Vec::new();
        for _ in 0..n {
            all.push(self.visit(path, &device, filming).await);
        }
        all
    }

    pub(crate) async fn visit(&self, path: &str, device: &Device, filming: Filming) -> Visit {
        let target = Target {
            id: "own".into(),
            name: "Own".into(),
            role: Role::Own,
            market: "AU".into(),
            first_party: vec![],
            consent: Default::default(),
            robots_override: None,
            pages: vec![],
        };
        let page = Page {
            kind: "home".into(),
            url: self.site.url(path),
            expect: None,
        };
        let load = Load {
            target: &target,
            page: &page,
            quiet: QUIET,
            timeout: Duration::from_secs(30),
            settle: SETTLE,
            filming,
            answered: None,
        };
        self.site.take_sent();
        let came = attempt(self.driver.url(), &self.spec(device), load).await;
        let Attempt {
            outcome: Outcome::Measured(measured),
            artefacts,
            ..
        } = came
        else {
            panic!("{path} was not measured: {came:?}")
        };
        Visit {
            measured: *measured,
            sent: self.site.take_sent(),
            has_film: artefacts.iter().any(|a| a.kind == "film"),
        }
    }

    fn spec(&self, device: &Device) -> SessionSpec {
        let numbers = device.numbers();
        let contact = url::Url::parse("https://www.example.com/bench").expect("an address");
        let major = major(&self.browser.browser_version);
        SessionSpec {
            device: numbers,
            user_agent: capabilities::user_agent(major, device, "test", &contact),
            ..plain_spec(Some(self.browser.browser.clone()))
        }
    }
}

impl Visit {
    pub(crate) fn value(&self, metric: Metric) -> f64 {
        self.measured.values.get(metric).unwrap_or(f64::NAN)
    }

    /// What the page itself reported.
    pub(crate) fn custom(&self, name: &str) -> f64 {
        let reported = self.measured.attribution.custom.get(name);
        reported.copied().unwrap_or(f64::NAN)
    }

    /// Bytes that the server sent of a kind.
    pub(crate) fn sent(&self, kind: &str) -> f64 {
        self.sent.get(kind).map_or(0.0, |&b| b as f64)
    }

    /// Busy time by what the page noted of its own tasks: those after first content, and of the one
    /// that straddles it the part after it.
    pub(crate) fn true_tbt(&self) -> f64 {
        let fcp = self.value(Metric::Fcp);
        ["before", "across", "after", "short"]
            .iter()
            .map(|task| {
                let from = self.custom(&format!("mark:{task}-from")).max(fcp);
                let to = self.custom(&format!("mark:{task}-to"));
                (to - from - BLOCKING_BEYOND).max(0.0)
            })
            .sum()
    }
}

/// Score of the session window with the first two pushes (Layout Instability): impact fraction
/// times distance fraction of each.
pub(crate) fn true_cls(device: Device) -> f64 {
    let n = device.numbers();
    let (width, height) = (f64::from(n.width), f64::from(n.height));
    let push = |by: f64| (site::BLOCK + by) / height * by / width.max(height);
    push(site::PUSHES[0]) + push(site::PUSHES[1])
}

/// One line of the table: what is true and what was measured.
pub(crate) struct Line {
    pub(crate) page: &'static str,
    pub(crate) metric: String,
    pub(crate) truth: f64,
    /// Measured less true, visit by visit, in order of size.
    pub(crate) errors: Vec<f64>,
}

impl Line {
    fn new(page: &'static str, metric: impl Into<String>, pairs: Vec<(f64, f64)>) -> Self {
        let mut truths: Vec<f64> = pairs.iter().map(|p| p.0).collect();
        let mut errors: Vec<f64> = pairs.iter().map(|p| p.1 - p.0).collect();
        truths.sort_by(f64::total_cmp);
        errors.sort_by(f64::total_cmp);
        Line {
            page,
            metric: metric.into(),
            truth: quantile(&truths, 0.5),
            errors,
        }
    }

    /// Median of the error, and the distance of its quartiles.
    pub(crate) fn bias_and_spread(&self) -> (f64, f64) {
        let at = |p| quantile(&self.errors, p);
        (at(0.5), at(0.75) - at(0.25))
    }
}

/// Linear between neighbours, of values in order.
pub(crate) fn quantile(sorted: &[f64], p: f64) -> f64 {
    let place = (sorted.len().saturating_sub(1)) as f64 * p;
    let at = |i: f64| sorted.get(i as usize).copied().unwrap_or(f64::NAN);
    at(place.floor()) + (at(place.ceil()) - at(place.floor())) * place.fract()
}

/// Everything that is known of the site, beside what was measured.
pub(crate) fn table(visits: &Visits) -> Vec<Line> {
    let mut lines = plain(&visits.plain().collect::<Vec<_>>());
    lines.extend(rich(&visits.rich.iter().collect::<Vec<_>>()));
    let phone = &visits.phone;
    let cls = |v: &Visit| (true_cls(Device::Phone), v.value(Metric::Cls));
    lines.push(Line::new(
        "rich, phone",
        "cls",
        phone.iter().map(cls).collect(),
    ));
    let filmed = &visits.filmed;
    let index = |v: &Visit| (v.value(Metric::Lcp), v.value(Metric::VisualComplete));
    let complete = filmed.iter().map(index).collect();
    lines.push(Line::new("plain, filmed", "visual_complete", complete));
    lines
}

fn fixed(page: &'static str, visits: &[&Visit], known: &[(Metric, f64)]) -> Vec<Line> {
    known
        .iter()
        .map(|&(metric, truth)| {
            let pairs = visits.iter().map(|v| (truth, v.value(metric))).collect();
            Line::new(page, metric.name(), pairs)
        })
        .collect()
}

fn bytes(page: &'static str, visits: &[&Visit], kinds: &[(Metric, &str)]) -> Vec<Line> {
    kinds
        .iter()
        .map(|&(metric, kind)| {
            let pairs = visits.iter().map(|v| (v.sent(kind), v.value(metric)));
            Line::new(page, metric.name(), pairs.collect())
        })
        .collect()
}

fn plain(visits: &[&Visit]) -> Vec<Line> {
    let (first, hero) = (site::FIRST_BYTE as f64, site::HERO as f64);
    let known = [
        (Metric::Ttfb, first),
        (Metric::Redirect, 0.0),
        (Metric::Wait, first),
        (Metric::Download, 0.0),
        (Metric::Fcp, first),
        (Metric::Lcp, first + hero),
        (Metric::LcpTtfb, first),
        (Metric::LcpLoadDelay, 0.0),
        (Metric::LcpLoadTime, hero),
        (Metric::LcpRenderDelay, 0.0),
        (Metric::Load, first + hero),
        (Metric::FullyLoaded, first + hero),
        (Metric::Cls, 0.0),
        (Metric::Tbt, 0.0),
        (Metric::ThirdPartyRequests, 0.0),
        (Metric::JsErrors, 0.0),
        (Metric::ConsoleErrors, 0.0),
    ];
    let mut lines = fixed("plain", visits, &known);
    let kinds = [
        (Metric::Requests, "requests"),
        (Metric::FailedRequests, "failed"),
        (Metric::TransferBytes, "all"),
        (Metric::ImageBytes, "image"),
    ];
    lines.extend(bytes("plain", visits, &kinds));
    lines
}

fn rich(visits: &[&Visit]) -> Vec<Line> {
    let (redirect, wait) = (site::REDIRECT as f64, site::RICH_WAIT as f64);
    let known = [
        (Metric::Ttfb, redirect + wait),
        (Metric::Redirect, redirect),
        (Metric::Wait, wait),
        (Metric::Download, site::RICH_REST as f64),
        (Metric::Cls, true_cls(Device::Desktop)),
        (Metric::ThirdPartyRequests, 2.0),
        (Metric::JsErrors, 2.0),
        (Metric::ConsoleErrors, 1.0),
    ];
    let mut lines = fixed("rich", visits, &known);
    let kinds = [
        (Metric::Requests, "requests"),
        (Metric::FailedRequests, "failed"),
        (Metric::TransferBytes, "all"),
        (Metric::JsBytes, "js"),
        (Metric::CssBytes, "css"),
        (Metric::ImageBytes, "image"),
        (Metric::FontBytes, "font"),
        (Metric::ThirdPartyBytes, "third"),
    ];
    lines.extend(bytes("rich", visits, &kinds));
    let busy = visits.iter().map(|v| (v.true_tbt(), v.value(Metric::Tbt)));
    lines.push(Line::new("rich", "tbt", busy.collect()));
    let late = site::LATE_FETCH as f64;
    let fully = |v: &&Visit| (v.value(Metric::Load) + late, v.value(Metric::FullyLoaded));
    lines.push(Line::new(
        "rich",
        "fully_loaded",
        visits.iter().map(fully).collect(),
    ));
    for (name, truth) in [
        ("server_timing:db", site::SERVER_TIMING),
        ("measure:setup", 12.5),
    ] {
        let reported = visits.iter().map(|v| (truth, v.custom(name)));
        lines.push(Line::new("rich", name, reported.collect()));
    }
    lines
}
