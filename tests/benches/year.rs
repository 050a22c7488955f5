//! How long the analysis of a year takes, from the database: 12 targets x 5 pages x 3 regions x 2
//! profiles x 365 nights x 5 rounds, 657,000 visits; and what one more night costs. Two threads.
//! `OUTPACE_BENCH_NIGHTS=30` makes a short year. Nothing is asserted.

#![expect(
    clippy::unwrap_used,
    reason = "a bench that cannot go on may panic as tests may"
)]

#[path = "../common/history.rs"]
mod history;

use std::time::Instant;

use history::Shape;
use jiff::tz::TimeZone;
use outpace::analysis::{PointsInput, Scope, field_of_points, summary_of_points, trend};
use outpace::config::{self, Config};
use outpace::model::{Metric, Points};
use outpace::store::{OpenMode, Store, VisitFilter};

fn main() {
    if std::env::args().any(|a| a == "--list" || a == "--test") {
        return;
    }
    let nights = std::env::var("OUTPACE_BENCH_NIGHTS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(365);
    let shape = Shape {
        targets: 12,
        pages: 5,
        regions: 3,
        profiles: 2,
        nights,
        rounds: 5,
    };
    let dir = tempfile::tempdir().unwrap();
    let (toml, database) = (
        dir.path().join("targets.toml"),
        dir.path().join("outpace.db"),
    );
    std::fs::write(&toml, shape.config()).unwrap();
    Store::open(&database, OpenMode::ReadWrite).unwrap();
    shape.fill(&database, |target, night| {
        if target == 0 && night > 200 { 0.1 } else { 0.0 }
    });
    let config = config::load(&toml, &|_| None, None).unwrap().config;
    let megabytes = std::fs::metadata(&database).unwrap().len() as f64 / 1e6;
    println!("Year: {nights} nights, {megabytes:.0} MB on disk");

    let store = Store::open(&database, OpenMode::ReadOnly).unwrap();
    year(&store, &config);
    one_night(&store, nights);
}

fn year(store: &Store, config: &Config) {
    let all = Instant::now();
    let points = read(store, VisitFilter::default());
    let visits: usize = points.places.iter().map(|(_, p)| p.len()).sum();
    println!("  read {visits} visits            {:8.0} ms", ms(all));
    let none = read(
        store,
        VisitFilter {
            run: Some(-1),
            ..VisitFilter::default()
        },
    );
    std::thread::scope(|threads| {
        threads.spawn(|| {
            let start = Instant::now();
            let found = trend::trend(&trend::groups(&points), 2.0);
            println!(
                "  scan, {} events           {:8.0} ms",
                found.events.len(),
                ms(start)
            );
        });
        let start = Instant::now();
        let n = summaries(config, &points);
        println!("  {n} summaries               {:8.0} ms", ms(start));
        let start = Instant::now();
        let n = ranks(config, &points, &none);
        println!("  {n} fields with ranks        {:8.0} ms", ms(start));
    });
    println!(
        "  all of it                     {:8.0} ms (wanted: under 5000)",
        ms(all)
    );
}

/// What is read and computed after a night: the window of the scan.
fn one_night(store: &Store, nights: usize) {
    let start = Instant::now();
    let first = nights.saturating_sub(trend::WINDOW) as i64;
    let from = jiff::Timestamp::from_millisecond(history::FIRST_MS + first * history::DAY_MS);
    let points = read(
        store,
        VisitFilter {
            since: Some(from.unwrap()),
            ..VisitFilter::default()
        },
    );
    let found = trend::last_night(&trend::groups(&points), 2.0);
    println!(
        "  one night more, {} suspects     {:8.0} ms (wanted: under 200)",
        found.suspects.len(),
        ms(start)
    );
}

fn read(store: &Store, filter: VisitFilter) -> Points {
    store.points(&filter, &TimeZone::UTC, Metric::Lcp).unwrap()
}

fn summaries(config: &Config, points: &Points) -> usize {
    let summed = points.places.iter().map(|(place, _)| {
        let scope = Scope {
            page: place.page.clone(),
            regions: vec![place.region.clone()],
            profile: place.profile.clone(),
            own_market: std::collections::BTreeMap::new(),
            metric: Metric::Lcp,
        };
        summary_of_points(points, &place.target, &scope)
    });
    assert!(!config.targets.is_empty());
    summed.filter(|s| s.median.is_some()).count()
}

fn ranks(config: &Config, points: &Points, before: &Points) -> usize {
    let input = PointsInput {
        now: points,
        before,
        targets: &config.targets,
        home_market: &config.project.home_market,
        incumbent: None,
        reference: None,
    };
    let mut fields = 0;
    for page in &config.targets[0].pages {
        for profile in &config.profiles {
            let scope = Scope {
                page: page.kind.clone(),
                regions: config.regions.iter().map(|r| r.id.clone()).collect(),
                profile: profile.id.clone(),
                own_market: std::collections::BTreeMap::new(),
                metric: Metric::Lcp,
            };
            let field = field_of_points(&input, &scope);
            fields += usize::from(field.not_ranked.is_none());
        }
    }
    fields
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
