//! Does the mathematics hold? False alarms, power and coverage of our own code by simulation,
//! beside the figures of the design. `OUTPACE_BENCH_RUNS=200` makes it short. Nothing is asserted.

#[path = "../common/history.rs"]
#[expect(dead_code, reason = "only its noise is used here")]
#[expect(clippy::unwrap_used, reason = "helpers may panic as tests may")]
mod history;
mod scenarios;

use std::collections::BTreeMap;

use history::Noise;
use jiff::ToSpan;
use outpace::analysis::check::{
    Cell, Check, Gate, Load, Options, Place, SessionVerdict, Verdict, session_verdict,
};
use outpace::analysis::stats::month::month_summary;
use outpace::analysis::stats::ranks::{all_pairs, rank_sets};
use outpace::analysis::stats::sequential::Preset;
use outpace::analysis::trend::{Group, Nightly, What, trend};
use outpace::model::{Metric, Values};
use scenarios::{Nights, Scenario};

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
    nine(runs / 4);
    sessions(few);
    nightly(few.min(200));
}

/// Each scenario of the design, ours beside what it found: margin 10 %, `standard`.
fn nine(runs: usize) {
    println!("  scenario        ours: no change, +5 %, +10 %, +20 %, pairs | the design's");
    for scenario in scenarios::all() {
        let of = |effect| checks_of(&scenario, Preset::Standard, runs, effect);
        let (none, pairs) = of(0.0);
        let [five, ten, twenty] = [0.05, 0.10, 0.20].map(|effect| of(effect).0);
        let [a, b, c, d, e] = scenario.design;
        println!(
            "  {:<14} {none:.3} {five:.2} {ten:.2} {twenty:.2} {pairs:.0} | {a:.3} {b:.2} {c:.2} {d:.2} {e:.0}",
            scenario.name
        );
    }
}

/// Stored baseline (a2): 14 sessions and 3 new ones, the region's noise 5 %, a site's own 2 %, with
/// and without three controls.
fn sessions(runs: usize) {
    let of = |effect: f64, with_panel: bool| {
        let mut noise = Noise(14);
        let found = (0..runs).filter(|_| {
            let mut one = |shift: f64| {
                let region = noise.draw(0.05);
                let mut controls = [0.0; 3].map(|_: f64| region + noise.draw(0.02));
                controls.sort_by(f64::total_cmp);
                let panel = if with_panel { controls[1] } else { 0.0 };
                7.6 + region + noise.draw(0.02) + shift - panel
            };
            let history: Vec<f64> = (0..14).map(|_| one(0.0)).collect();
            let new: Vec<f64> = (0..3).map(|_| one(effect.ln_1p())).collect();
            let verdict = session_verdict(&history, &new, &Options::default());
            matches!(verdict, Ok(SessionVerdict::Regressed(_)))
        });
        found.count() as f64 / runs as f64
    };
    for (with, design) in [(true, ".053 .54 .96"), (false, "-    .33 .78")] {
        let [none, five, ten] = [0.0, 0.05, 0.10].map(|effect| of(effect, with));
        let panel = if with { "with panel" } else { "without   " };
        println!("  history, {panel}: {none:.3} {five:.2} {ten:.2} | {design} (0, +5, +10 %)");
    }
}

/// Nightly scan (b) of six sites with a panel: a site's own noise 3 % (AR .3), the region's 3 %
/// (AR .5); 120 nights, a step at the 60th has to be found within 21.
fn nightly(runs: usize) {
    let mut noise = Noise(15);
    let mut of = |region: f64, own: f64| {
        let (mut sites, mut found) = (0, 0);
        for _ in 0..runs {
            let events = trend(&fleet(&mut noise, (region, own)), 0.5).events;
            let of_sites = events
                .iter()
                .filter(|e| matches!(e.what, What::Site { .. }));
            let late = |e: &&outpace::analysis::trend::Event| {
                let nights = i64::from(e.seen.since(night(60)).map_or(99, |s| s.get_days()));
                matches!(&e.what, What::Site { target } if target == "s0")
                    && (0..21).contains(&nights)
            };
            sites += of_sites.clone().count();
            found += usize::from(of_sites.clone().any(|e| late(&e)));
        }
        (sites as f64, found as f64 / runs as f64)
    };
    let years = runs as f64 * 6.0 * 95.0 / 365.0;
    println!(
        "  nightly, false alerts a series-year: {:.2} | .74",
        of(0.0, 0.0).0 / years
    );
    println!(
        "  nightly, alert of a site when all moved +12 %: {:.3} | .007",
        of(0.12, 0.0).1
    );
    let [five, ten, twenty] = [0.05, 0.10, 0.20].map(|effect| of(0.0, effect).1);
    println!("  nightly, +5, +10, +20 % found: {five:.2} {ten:.2} {twenty:.2} | .49 .87 .95");
}

fn night(i: i64) -> jiff::civil::Date {
    jiff::civil::date(2026, 1, 1).saturating_add(i.days())
}

/// 120 nights of six sites, from the 60th on with a step of all and one of the first site.
fn fleet(noise: &mut Noise, (region, own): (f64, f64)) -> BTreeMap<Group, Vec<Nightly>> {
    let mut shared = Nights::new(0.5, 0.03, noise);
    let mut sites: Vec<Nights> = (0..6).map(|_| Nights::new(0.3, 0.03, noise)).collect();
    let mut all = Vec::new();
    for t in 0..120 {
        let after = if t >= 60 { 1.0 } else { 0.0 };
        let of_all = shared.next(noise) + after * region.ln_1p();
        for (i, site) in sites.iter_mut().enumerate() {
            let step = if i == 0 { after * own.ln_1p() } else { 0.0 };
            all.push(Nightly {
                target: format!("s{i}"),
                night: night(t),
                n: 10,
                x: 7.6 + of_all + site.next(noise) + step,
            });
        }
    }
    let group = Group {
        page: "home".to_owned(),
        region: "here".to_owned(),
        profile: "phone".to_owned(),
    };
    BTreeMap::from([(group, all)])
}

/// Share of checks that find a regression, and pairs they take on average, on plain noise.
fn checks(preset: Preset, runs: usize, effect: f64) -> (f64, f64) {
    let all = scenarios::all();
    let plain = all.iter().find(|s| s.name == "lognormal");
    plain.map_or((f64::NAN, f64::NAN), |s| checks_of(s, preset, runs, effect))
}

fn checks_of(scenario: &Scenario, preset: Preset, runs: usize, effect: f64) -> (f64, f64) {
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
        let mut loads = scenario.loads(&mut noise);
        while !check.finished() {
            let (old, new) = loads.pair(&mut noise);
            check.add(&place, &load(old), &load(new + effect.ln_1p()));
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
