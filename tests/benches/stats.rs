//! Does the mathematics hold? False alarms, power and coverage of our own code by simulation,
//! beside the figures of the design. `OUTPACE_BENCH_RUNS=200` makes it short. Nothing is asserted.

#[path = "../common/history.rs"]
#[expect(dead_code, reason = "only its noise is used here")]
#[expect(clippy::unwrap_used, reason = "helpers may panic as tests may")]
mod history;

use history::Noise;
use outpace::analysis::check::{Cell, Check, Gate, Load, Options, Place, Verdict};
use outpace::analysis::stats::month::month_summary;
use outpace::analysis::stats::ranks::{all_pairs, rank_sets};
use outpace::analysis::stats::sequential::Preset;
use outpace::model::{Metric, Values};

fn main() {
    if std::env::args().any(|a| a == "--list" || a == "--test") {
        return;
    }
    let runs = std::env::var("OUTPACE_BENCH_RUNS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(20_000);
    println!("Statistics, {runs} simulated checks a line, noise 12 %");
    for preset in Preset::ALL {
        let (found, pairs) = checks(preset, runs, 0.0);
        println!(
            "  {:<9} no change: {found:.4} found (wanted: at most .055), {pairs:.1} pairs",
            preset.name()
        );
    }
    let (found, pairs) = checks(Preset::Standard, runs, 0.10);
    println!("  standard  +10 %:     {found:.4} found (wanted: at least .90), {pairs:.1} pairs");
    let few = (runs / 20).max(1);
    println!(
        "  month, 30 nights x 10: {:.3} covered (wanted: .91 to .97)",
        months(few)
    );
    println!(
        "  ranks of 8 equal sites: {:.3} covered (wanted: at least .94)",
        ranks(few)
    );
}

/// Share of checks that find a regression, and pairs they take on average.
fn checks(preset: Preset, runs: usize, effect: f64) -> (f64, f64) {
    let mut noise = Noise(11);
    let place = Place {
        page: "home".to_owned(),
        region: "here".to_owned(),
        profile: "phone".to_owned(),
    };
    let (mut found, mut pairs) = (0, 0);
    for _ in 0..runs {
        let cell = Cell {
            place: place.clone(),
            metric: Metric::Lcp,
            gate: Gate::Gating,
        };
        let options = Options {
            preset,
            ..Options::default()
        };
        let mut check = Check::new(options, vec![cell]);
        while !check.finished() {
            let baseline = load(noise.draw(0.12));
            check.add(&place, &baseline, &load(noise.draw(0.12) + effect.ln_1p()));
            check.advance();
        }
        let outcome = check.outcome();
        found += usize::from(matches!(outcome.verdict, Verdict::Regressed { .. }));
        pairs += outcome.cells[0].n;
    }
    (found as f64 / runs as f64, pairs as f64 / runs as f64)
}

fn load(ln: f64) -> Load {
    let mut values = Values::default();
    values.set(Metric::Lcp, Some(2_000.0 * ln.exp()));
    Load::Measured(Box::new(values))
}

/// Share of months whose interval covers the true median 0.
fn months(runs: usize) -> f64 {
    let mut noise = Noise(12);
    let covered = (0..runs).filter(|_| {
        let nights: Vec<Vec<f64>> = (0..30)
            .map(|_| {
                let shared = noise.draw(0.05);
                (0..10).map(|_| shared + noise.draw(0.12)).collect()
            })
            .collect();
        let interval = month_summary(&nights, 0.5).and_then(|m| m.interval(0.025));
        interval.is_some_and(|(lower, upper)| lower <= 0.0 && 0.0 <= upper)
    });
    covered.count() as f64 / runs as f64
}

/// Share of months of 8 equal sites in which nobody is called slower than another.
fn ranks(runs: usize) -> f64 {
    let mut noise = Noise(13);
    let covered = (0..runs).filter(|_| {
        let nights: Vec<Vec<f64>> = (0..30)
            .map(|_| (0..8).map(|_| noise.draw(0.03)).collect())
            .collect();
        let pairs = all_pairs(8, |i, j| nights.iter().map(|n| n[i] - n[j]).collect());
        rank_sets(8, pairs, 0.05).lo.iter().all(|lo| *lo == 1)
    });
    covered.count() as f64 / runs as f64
}
