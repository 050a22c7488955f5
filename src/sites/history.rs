//! Twelve simulated months before tonight, for the demo: what the shops would have measured while
//! they drifted, released, were redesigned, refused and lost a region.
//!
//! Nothing here is measured, and whoever stores it says so (environment [`ENVIRONMENT`]). The same
//! seed and night give the same visits: no clock, no random state, and no function of the
//! platform's mathematics library. Storing is left to the caller.

mod noise;
mod shops;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::model::{
    Failure, FailureKind, Measurement, Metric, Outcome, PlannedVisit, Profile, Region, Role, Target,
};

use noise::{Chain, Noise};
use shops::Shop;

/// Environment of every simulated visit.
pub const ENVIRONMENT: &str = "simulated";
/// Nights of the history.
pub const NIGHTS: i32 = 365;
/// First and last night of the fortnight on which Kyoto Loft refused, before tonight.
const REFUSED: (i32, i32) = (112, 99);
/// First and last night without the second region.
const REGION_DOWN: (i32, i32) = (12, 10);
/// The night on which our server failed.
const OUTAGE: i32 = 75;

/// What a history is made of.
#[derive(Debug, Clone, Copy)]
pub struct Story<'a> {
    /// Same seed, same history.
    pub seed: u64,
    /// Targets of the demo's config.
    pub targets: &'a [Target],
    /// Its regions, with the round trips that they add.
    pub regions: &'a [Region],
    /// Its profiles.
    pub profiles: &'a [Profile],
    /// Rounds a night.
    pub rounds: u32,
    /// The night that is measured; the history ends on the night before.
    pub tonight: Date,
}

/// One simulated night.
#[derive(Debug, Clone, PartialEq)]
pub struct Night {
    /// Its date in the project's zone.
    pub date: Date,
    /// What was planned.
    pub plan: Vec<PlannedVisit>,
    /// What came of it, in the same order, with the visit's duration in milliseconds.
    pub outcomes: Vec<(Outcome, f64)>,
}

/// A release of ours within the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    /// First night with it.
    pub date: Date,
    /// Version.
    pub version: &'static str,
    /// What it was.
    pub note: &'static str,
}

/// Our releases: one that changed nothing, one that hurt, two that helped.
#[must_use]
pub fn releases(tonight: Date) -> Vec<Release> {
    shops::RELEASES
        .iter()
        .map(|&(before, version, note)| Release {
            date: tonight.saturating_sub(before.days()),
            version,
            note,
        })
        .collect()
}

/// The nights of a story, oldest first.
pub fn nights(story: Story<'_>) -> impl Iterator<Item = Night> + '_ {
    let noise = Noise::new(story.seed);
    let mut weather = Chain::new(0.5, 0.02);
    let mut moods: Vec<Chain> = story
        .targets
        .iter()
        .map(|_| Chain::new(0.3, 0.02))
        .collect();
    (0..NIGHTS).map(move |i| {
        let before = NIGHTS - i;
        let key = u64::try_from(i).unwrap_or_default();
        let tonight = weather.next(noise.normal(&[key, 1]));
        let levels: Vec<f64> = moods
            .iter_mut()
            .zip(0u64..)
            .map(|(mood, t)| 1.0 + tonight + mood.next(noise.normal(&[key, 2, t])))
            .collect();
        night(&story, &noise, before, &levels)
    })
}

fn night(story: &Story<'_>, noise: &Noise, before: i32, levels: &[f64]) -> Night {
    let mut plan = Vec::new();
    let mut outcomes = Vec::new();
    for round in 1..=story.rounds {
        for (target, level) in story.targets.iter().zip(levels) {
            for (r, region) in story.regions.iter().enumerate() {
                for page in &target.pages {
                    for profile in story.profiles {
                        let seq = u32::try_from(plan.len()).unwrap_or(u32::MAX);
                        plan.push(PlannedVisit {
                            seq,
                            round,
                            target: target.id.clone(),
                            page: page.kind.clone(),
                            region: region.id.clone(),
                            profile: profile.id.clone(),
                            url: page.url.clone(),
                        });
                        let draw = Draw {
                            noise,
                            key: [u64::from(before.unsigned_abs()), 3, u64::from(seq)],
                        };
                        let fate = fate(target, r, before, draw);
                        outcomes.push(match fate {
                            Some(failure) => lost(failure),
                            None => measured(target, region, (&page.kind, before), *level, draw),
                        });
                    }
                }
            }
        }
    }
    Night {
        date: story.tonight.saturating_sub(before.days()),
        plan,
        outcomes,
    }
}

/// The chance of one visit.
#[derive(Clone, Copy)]
struct Draw<'a> {
    noise: &'a Noise,
    key: [u64; 3],
}

impl Draw<'_> {
    /// Between 0 and 1.
    fn uniform(self, what: u64) -> f64 {
        let [a, b, c] = self.key;
        self.noise.uniform(&[a, b, c, what])
    }

    /// Of mean 0 and variance 1.
    fn normal(self, what: u64) -> f64 {
        let [a, b, c] = self.key;
        self.noise.normal(&[a, b, c, what])
    }
}

/// Why a visit gives no values, if it gives none.
fn fate(target: &Target, region: usize, before: i32, draw: Draw<'_>) -> Option<Failure> {
    let within = |(first, last): (i32, i32)| before <= first && before >= last;
    if region == 1 && within(REGION_DOWN) {
        return Some(Failure::new(
            FailureKind::Missed,
            "region: no session could be opened",
        ));
    }
    if target.id == "kyoto" && within(REFUSED) {
        return Some(Failure::new(FailureKind::Blocked, "status: 403"));
    }
    let failing = match (target.role, before) {
        (Role::Own, OUTAGE) => 0.7,
        _ => 0.006,
    };
    (draw.uniform(1) < failing).then(|| match target.role {
        Role::Own if before == OUTAGE => Failure::new(FailureKind::Site, "status: 500"),
        _ => Failure::new(
            FailureKind::Site,
            "timeout: no load event within the time allowed",
        ),
    })
}

fn lost(failure: Failure) -> (Outcome, f64) {
    let duration = if failure.reason.starts_with("timeout") {
        30_000.0
    } else {
        900.0
    };
    (Outcome::failed(failure), duration)
}

/// The values of a visit: parts that add up, times the level of its night, and its own chance.
fn measured(
    target: &Target,
    region: &Region,
    (page, before): (&str, i32),
    level: f64,
    draw: Draw<'_>,
) -> (Outcome, f64) {
    let shop = Shop::on(&target.id, before);
    let rtt = region
        .latency
        .get(&target.market)
        .map_or(0.0, |d| d.as_secs_f64() * 1000.0);
    let mut chance = (1.0 + 0.07 * draw.normal(2)).max(0.8);
    if draw.uniform(3) < 0.04 {
        chance *= 1.25 + 0.5 * draw.uniform(4);
    }
    let scale = level * chance * shops::page_factor(page);
    let connect = rtt + 1.0;
    let wait = rtt + shop.server * level * chance;
    let (delay, load) = (shop.delay * scale, rtt + shop.load * scale);
    let render = shop.render * scale;
    let ttfb = connect + wait;
    let lcp = ttfb + delay + load + render;
    let fcp = ttfb + delay * 0.5 + render * 0.6;
    let complete = lcp + 350.0 * scale + rtt;
    let mut m = Measurement::default();
    let mut set = |metric, v: f64| m.values.set(metric, Some((v * 10.0).round() / 10.0));
    set(Metric::Ttfb, ttfb);
    set(Metric::Connect, connect);
    set(Metric::Wait, wait);
    set(Metric::Download, 12.0 * scale);
    set(Metric::Fcp, fcp);
    set(Metric::Lcp, lcp);
    set(Metric::LcpTtfb, ttfb);
    set(Metric::LcpLoadDelay, delay);
    set(Metric::LcpLoadTime, load);
    set(Metric::LcpRenderDelay, render);
    set(Metric::Tbt, shop.busy * level * chance);
    set(Metric::SpeedIndex, f64::midpoint(fcp, lcp));
    set(Metric::VisualComplete, lcp + 60.0 * scale);
    set(Metric::DomContentLoaded, fcp + 40.0 * scale);
    set(Metric::Load, complete - 100.0 * scale);
    set(Metric::FullyLoaded, complete);
    let mut whole = |metric, v: f64| m.values.set(metric, Some(v.round()));
    whole(Metric::Requests, shop.requests + shop.third);
    whole(Metric::FailedRequests, 0.0);
    whole(Metric::ThirdPartyRequests, shop.third);
    whole(Metric::ThirdPartyBytes, shop.third * 9_000.0);
    whole(Metric::JsBytes, shop.script * 1_000.0);
    whole(Metric::ImageBytes, shop.images * 1_000.0);
    whole(Metric::CssBytes, 28_000.0);
    whole(Metric::FontBytes, shop.fonts * 1_000.0);
    whole(
        Metric::TransferBytes,
        (shop.script + shop.images + shop.fonts + 28.0 + 18.0 + shop.third * 9.0) * 1_000.0,
    );
    whole(Metric::JsErrors, shop.errors);
    whole(Metric::ConsoleErrors, shop.errors);
    m.values.set(Metric::Cls, Some(shop.jump));
    (Outcome::Measured(Box::new(m)), complete + 1_400.0)
}

#[cfg(test)]
mod tests;
