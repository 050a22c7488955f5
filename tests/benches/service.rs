//! What the service takes and finds: deciding on 10,000 starts; false alerts of lane B in years
//! without a change and nights until a change is found, by the scan's own functions on simulated
//! nights; memory and processor of the idle service. `OUTPACE_BENCH_RUNS=20` makes it short.
//! Nothing is asserted.

#![expect(
    clippy::unwrap_used,
    reason = "a bench that cannot go on may panic as tests may"
)]

#[path = "../common/history.rs"]
#[expect(dead_code, reason = "only its noise and its config are used here")]
mod history;

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use history::{Noise, Shape};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use outpace::alerts::{Nights, slower};
use outpace::analysis::trend::{Group, Nightly, trend};
use outpace::commands::slower::budget;
use outpace::config::defaults::FALSE_A_MONTH;
use outpace::model::Overlap;
use outpace::schedule::{Cron, Job, Rules, Timetable, Waiting, decide};

const SITES: usize = 6;
/// Nights before a change that is to be found.
const QUIET: usize = 56;
/// Nights in which it is to be found.
const WITHIN: usize = 10;

fn main() {
    if std::env::args().any(|a| a == "--list" || a == "--test") {
        return;
    }
    let runs = std::env::var("OUTPACE_BENCH_RUNS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(400);
    println!("Service");
    scheduling();
    for own in [1, SITES] {
        let ids: Vec<String> = (0..own).map(|t| format!("t{t}")).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        println!(
            "  60 series, {} of them ours; {runs} cases a line",
            own * 10
        );
        years(&ids, (runs / 20).max(1));
        for (effect, wanted) in [(0.20, 0.90), (0.10, 0.70)] {
            found(&ids, runs, (effect, wanted));
        }
    }
    idle();
}

fn scheduling() {
    let (now, zone) = ("2026-11-23T02:00:05Z".parse().unwrap(), TimeZone::UTC);
    let known = "2026-11-23T01:59:59Z".parse().unwrap();
    let mut table = Timetable::default();
    for i in 0..10_000 {
        let cron = Cron::parse("0 2 * * *", &zone).unwrap();
        table.add(Job::Night, &format!("plan{i}"), cron, known);
    }
    let begun = Instant::now();
    let waiting: Vec<Waiting> = table
        .take(now)
        .into_iter()
        .map(|(job, plan, start)| Waiting {
            job,
            plan,
            local: start.local,
            due: start.at,
        })
        .collect();
    let taken = begun.elapsed();
    let rules = Rules {
        catch_up: Duration::from_secs(6 * 3600),
        overlap: Overlap::Wait,
        blackouts: &[],
    };
    let begun = Instant::now();
    let decided = decide(&waiting, now, None, rules);
    println!(
        "  deciding on {} starts {:.1} ms (wanted: under 10), taking them from the timetable {:.1} ms",
        decided.len(),
        begun.elapsed().as_secs_f64() * 1e3,
        taken.as_secs_f64() * 1e3
    );
}

/// One series as nights give it: its own level with memory, and the chance of five visits.
struct Level(f64);

impl Level {
    fn next(&mut self, noise: &mut Noise, (phi, sd): (f64, f64)) -> f64 {
        self.0 = phi * self.0 + noise.draw(sd * (1.0 - phi * phi).sqrt());
        self.0
    }
}

/// Nights of six sites on some page kinds: own level AR .3 sd 3 %, the region's AR .5 sd 3 %, the
/// median of five visits sd 4 %, 3 % of nights bad by 25 % (as the design of the scan assumed).
fn nights(noise: &mut Noise, pages: usize, count: usize, shift: impl Fn(usize) -> f64) -> Nights {
    let mut all = Nights::new();
    for page in 0..pages {
        let group = Group {
            page: format!("page{page}"),
            region: "r0".to_owned(),
            profile: "f0".to_owned(),
        };
        let (mut region, mut own) = (Level(0.0), [(); SITES].map(|()| Level(0.0)));
        let of = all.entry(group).or_default();
        for t in 0..count {
            let shared = region.next(noise, (0.5, 0.03));
            for (site, level) in own.iter_mut().enumerate() {
                let bad = if noise.uniform() < 0.03 { 0.22 } else { 0.0 };
                let moved = if site == 0 { shift(t) } else { 0.0 };
                let level = level.next(noise, (0.3, 0.03));
                of.push(Nightly {
                    target: format!("t{site}"),
                    night: night(t),
                    n: 5,
                    x: 7.6 + shared + level + noise.draw(0.04) + bad + moved,
                });
            }
        }
    }
    all
}

fn night(t: usize) -> Date {
    date(2026, 1, 1).saturating_add((t as i64).days())
}

/// False alerts a month: shifts of ours that are told in years in which nothing changed.
fn years(own: &[&str], count: usize) {
    let mut noise = Noise(17);
    let mut alerts = 0;
    for _ in 0..count {
        let quiet = nights(&mut noise, 10, 365, |_| 0.0);
        let said = slower(
            &trend(&quiet, budget(FALSE_A_MONTH, &quiet, own)),
            &quiet,
            own,
            1,
        );
        // Cells of one shift are one message.
        let causes: BTreeMap<&str, usize> =
            said.holding.iter().map(|c| (c.cause.as_str(), 1)).collect();
        alerts += causes.len();
    }
    let a_month = alerts as f64 / (count as f64 * 12.0);
    println!("    no change, {count} years: {a_month:.2} false alerts a month (wanted: at most 1)");
}

/// Share of changes found within ten nights, and the nights that half of them take.
fn found(own: &[&str], runs: usize, (effect, wanted): (f64, f64)) {
    let mut noise = Noise(23);
    let (mut within, mut took) = (0, Vec::new());
    for _ in 0..runs {
        let case = nights(&mut noise, 1, QUIET + WITHIN, |t| {
            if t >= QUIET { f64::ln_1p(effect) } else { 0.0 }
        });
        // One page kind of the ten: a tenth of the budget.
        let found = trend(&case, budget(FALSE_A_MONTH, &case, own) / 10.0);
        let said = slower(&found, &case, own, 1);
        let cells = found.events.iter().flat_map(|e| &e.cells);
        let seen = cells.filter(|c| c.night >= night(QUIET - 3) && c.share.point > 0.0);
        let told = said.holding.iter().any(|c| {
            let since: Date = c.facts.since.as_deref().unwrap().parse().unwrap();
            c.facts.target.as_deref() == Some("t0") && since >= night(QUIET - 3)
        });
        if let Some(first) = seen.map(|c| c.seen).min().filter(|_| told) {
            within += 1;
            took.push(night(QUIET).until(first).unwrap().get_days() + 1);
        }
    }
    took.sort_unstable();
    let half = took.get(took.len() / 2).copied().unwrap_or(0);
    println!(
        "    +{:.0} %: {:.3} found within {WITHIN} nights (wanted: at least {wanted}), half of \
         them within {half}",
        effect * 100.0,
        within as f64 / runs as f64
    );
}

fn idle() {
    let shape = Shape {
        targets: 6,
        pages: 5,
        regions: 2,
        profiles: 1,
        nights: 0,
        rounds: 5,
    };
    let dir = tempfile::tempdir().unwrap();
    let more = "[schedule]\nnightly = \"0 2 1 1 *\"\nlisten = \"127.0.0.1:0\"\n";
    let toml = format!("{}{more}", shape.config());
    std::fs::write(dir.path().join("targets.toml"), toml).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_outpace"))
        .arg("schedule")
        .current_dir(dir.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_secs(5));
    let window = Duration::from_secs(30);
    let before = ticks(child.id());
    std::thread::sleep(window);
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
    let used = before.zip(ticks(child.id())).map(|(a, b)| b - a);
    child.kill().unwrap();
    child.wait().unwrap();
    let line = status.ok().and_then(|s| {
        let line = s.lines().find(|l| l.starts_with("VmRSS:"))?;
        line.split_whitespace().nth(1)?.parse::<f64>().ok()
    });
    match (line, used) {
        // A tick is a hundredth of a second on Linux.
        (Some(kb), Some(ticks)) => println!(
            "  idle: {:.1} MB (wanted: under 30), {:.3} % CPU (wanted: under 0.1)",
            kb / 1000.0,
            ticks as f64 / window.as_secs_f64()
        ),
        _ => println!("  idle: this system does not say (no /proc)"),
    }
}

/// Ticks of processor time that a process took.
fn ticks(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let after = stat.rsplit_once(')')?.1;
    let mut fields = after.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + system)
}
