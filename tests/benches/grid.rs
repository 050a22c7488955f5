//! What a visit through a Selenium Grid costs beside one of the same page by the browser of this
//! machine. One run visits one host from both, so that visits take turns and never overlap.
//! Needs the Grid's jar and Java: `.ci/setup-grid`. Nothing is asserted.

#![expect(
    clippy::unwrap_used,
    reason = "a bench that cannot go on may panic as tests may"
)]

#[path = "../common/mod.rs"]
mod common;

use common::Project;
use common::grid::{Grid, jar};
use common::serving::Shops;

/// Visits of each, warm-up left out.
const ROUNDS: u32 = 20;

fn main() {
    if std::env::args().any(|a| a == "--list" || a == "--test") {
        return;
    }
    let java = std::process::Command::new("java").arg("-version").output();
    if !jar().exists() || java.is_err() {
        println!("grid: skipped, no Java or no jar of the Grid here: run .ci/setup-grid first");
        return;
    }
    let shops = Shops::start();
    let rounds = std::env::var("OUTPACE_BENCH_ROUNDS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(ROUNDS);
    let grid = Grid::start(&[("here", 1)]);
    let project = Project::new(&config(shops.port, &grid.url(), rounds));
    project.outpace(&["run", "--quiet"]).code(0);
    let [local, far] = ["local", "grid"].map(|region| durations(&project, region));
    println!(
        "grid: a visit takes {:.0} ms through a Grid and {:.0} ms without (medians of {} and {} in \
         turns): {:+.0} ms (limit +500)",
        median(&far),
        median(&local),
        far.len(),
        local.len(),
        median(&far) - median(&local),
    );
}

fn config(port: u16, grid: &str, rounds: u32) -> String {
    format!(
        r#"
[project]
name = "Grid bench"
timezone = "UTC"
home_market = "AU"
contact = "https://www.example.com/bench"
[measure]
rounds = {rounds}
quiet = "500ms"
[[target]]
id = "own"
name = "Own"
role = "own"
market = "AU"
[target.pages]
home = "http://northfield.localhost:{port}/"
[[region]]
id = "local"
name = "Local"
market = "AU"
driver = "local"
[[region]]
id = "grid"
name = "Grid"
market = "AU"
driver = "{grid}"
[region.capabilities]
"outpace:region" = "here"
"goog:chromeOptions" = {{ args = ["--no-sandbox"] }}
[[profile]]
id = "desktop"
device = "desktop"
"#
    )
}

fn durations(project: &Project, region: &str) -> Vec<f64> {
    let database = project.database();
    let mut read = database
        .prepare("SELECT duration_ms FROM visit WHERE region = ?1 AND state = 'ok' AND NOT warm_up")
        .unwrap();
    let rows = read.query_map([region], |r| r.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}
