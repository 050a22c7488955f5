//! `targets.toml` as users break it: the exact words they get, defaults, order, and no panic.
//!
//! Each test changes one line of a good file. Single values have their tests in `values`.

mod budgets;
mod business;
mod demo;
mod fuzz;
mod meaning;
mod places;
mod service;
mod syntax;
mod tables;
mod together;

use std::path::Path;

use super::{Loaded, parse};

/// A good file with an overseas rival, a remote region and every section.
const GOOD: &str = r##"[project]
name = "Retail benchmark"
timezone = "Australia/Sydney"
home_market = "AU"
contact = "https://www.example.com/bench"

[measure]
rounds = 3
quiet = "1s"
timeout = "20s"

[[target]]
id = "own"
name = "Example Store"
role = "own"
market = "AU"
[target.pages]
home = "https://www.example.com/"
product = { url = "https://www.example.com/p/1", expect = "#add" }

[[target]]
id = "rival"
name = "Rival"
role = "rival"
market = "US"
first_party = ["static.rival.example"]
[target.pages]
home = "https://rival.example/"
product = "https://rival.example/p/9"

[[region]]
id = "sydney"
name = "Sydney"
market = "AU"
driver = "local"
latency = { AU = "8ms", US = "150ms" }

[[region]]
id = "paris"
name = "Paris"
market = "FR"
driver = "https://bench:${GRID_PASSWORD}@grid.example.net:4444"
capabilities = { platformName = "linux" }

[[profile]]
id = "phone"
device = "phone"

[manners]
distance = "60s"

[report]
leaders = "1500ms"
"##;

fn env(name: &str) -> Option<String> {
    (name == "GRID_PASSWORD").then(|| "p/w@x".to_owned())
}

fn read(text: &str) -> Result<Loaded, String> {
    parse("targets.toml", text, Path::new("/srv/bench"), &env).map_err(|e| e.rendered())
}

fn loaded(text: &str) -> Loaded {
    read(text).unwrap_or_else(|e| panic!("{e}"))
}

/// The good file with one thing changed.
fn changed(from: &str, to: &str) -> String {
    assert_eq!(GOOD.matches(from).count(), 1, "`{from}` must be there once");
    GOOD.replace(from, to)
}

/// What is said when one thing is changed for the worse.
fn said(from: &str, to: &str) -> String {
    match read(&changed(from, to)) {
        Ok(loaded) => panic!("accepted, with {}", loaded.rendered_warnings()),
        Err(said) => said,
    }
}

/// What is warned of when one thing is changed.
fn warned(from: &str, to: &str) -> String {
    loaded(&changed(from, to)).rendered_warnings()
}
