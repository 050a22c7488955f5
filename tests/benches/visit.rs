//! What a visit costs beyond the page itself, what the demo takes, and how large the process gets.
//! `make bench` prints it; nothing is asserted, since a busy machine is no defect of the program.
//!
//! Cost of a visit: the whole visit (session start to session end), less the page's own load (the
//! later of its load event and its last response) and less the quiet window.

use std::path::Path;
use std::process::{Child, Command, Stdio};

#[path = "shops.rs"]
mod shops;

use shops::Shops;

/// Visits of the first table, warm-up left out.
const ROUNDS: u32 = 20;
const QUIET_MS: f64 = 500.0;

fn main() {
    // `cargo test --benches` asks for a list of tests: there are none.
    if std::env::args().any(|a| a == "--list" || a == "--test") {
        return;
    }
    let dir = tempfile::tempdir().expect("a temporary folder");
    visits(dir.path());
    demo(dir.path());
}

/// One page, twenty visits.
fn visits(dir: &Path) {
    let mut shops = Shops::serve();
    for device in ["desktop", "phone"] {
        let config = dir.join(format!("{device}.toml"));
        std::fs::write(&config, config_text(&shops.url, device)).expect("config is written");
        outpace(dir, &["run", "--quiet", "--config"], &config);
        print_cost(&dir.join(format!("{device}.db")), device);
    }
    shops.stop();
}

fn config_text(url: &str, device: &str) -> String {
    format!(
        r#"
[project]
name = "Bench"
timezone = "UTC"
home_market = "US"
database = "{device}.db"
contact = "https://www.example.com/bench"
[measure]
rounds = {ROUNDS}
quiet = "500ms"
calm = "0s"
[[target]]
id = "own"
name = "Own"
role = "own"
market = "US"
[target.pages]
home = "{url}"
[[region]]
id = "here"
name = "Here"
market = "US"
driver = "local"
[[profile]]
id = "{device}"
browser = "chrome"
device = "{device}"
network = "none"
"#
    )
}

fn print_cost(database: &Path, device: &str) {
    let db = rusqlite::Connection::open(database).expect("the run made it");
    let mut read = db
        .prepare(
            "SELECT duration_ms, max(load, fully_loaded) FROM visit
             WHERE state = 'ok' AND NOT warm_up GROUP BY id",
        )
        .expect("view `visit`");
    let rows: Vec<(f64, f64)> = read
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))
        .expect("rows")
        .map(|r| r.expect("a row"))
        .collect();
    let (mut costs, mut loads): (Vec<f64>, Vec<f64>) = rows
        .iter()
        .map(|(whole, load)| (whole - load - QUIET_MS, *load))
        .unzip();
    let (cost, load) = (quartiles(&mut costs), quartiles(&mut loads));
    println!(
        "visit, {device}, {} visits: page load {:.0} ms; cost beyond load and quiet window \
         {:.0} ms (quartiles {:.0} to {:.0}), {:.2} x the load",
        rows.len(),
        load[1],
        cost[1],
        cost[0],
        cost[2],
        cost[1] / load[1],
    );
}

/// The whole demo, with the largest memory of the process.
fn demo(dir: &Path) {
    let started = std::time::Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_outpace"))
        .args(["demo", "--quiet"])
        .current_dir(dir)
        .stdout(Stdio::null())
        .spawn()
        .expect("outpace starts");
    let peak = watch_memory(&mut child);
    let took = started.elapsed().as_secs_f64();
    println!(
        "demo: {took:.0} s, the process itself at most {:.1} MB",
        peak / 1e6
    );
}

/// VmHWM of `/proc/PID/status`, bytes: the most that was resident, kept by the kernel.
fn watch_memory(child: &mut Child) -> f64 {
    let status = format!("/proc/{}/status", child.id());
    let mut peak: f64 = 0.0;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let kib = text
            .lines()
            .find_map(|l| l.strip_prefix("VmHWM:"))
            .and_then(|l| l.trim().trim_end_matches(" kB").parse::<f64>().ok());
        peak = peak.max(kib.unwrap_or_default() * 1024.0);
        if child.try_wait().expect("the child is ours").is_some() {
            return peak;
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
}

fn quartiles(values: &mut [f64]) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    let at = |p: f64| {
        let index = (values.len().saturating_sub(1) as f64 * p).round() as usize;
        values.get(index).copied().unwrap_or(f64::NAN)
    };
    [at(0.25), at(0.5), at(0.75)]
}

fn outpace(dir: &Path, args: &[&str], config: &Path) {
    let done = Command::new(env!("CARGO_BIN_EXE_outpace"))
        .args(args)
        .arg(config)
        .current_dir(dir)
        .status()
        .expect("outpace starts");
    assert!(done.success(), "the run failed");
}
