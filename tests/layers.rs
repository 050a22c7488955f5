//! The table of layers and the rules that a machine can hold: who may import whom, how long a file
//! may be, and that each says what it is for.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Layer -> layers of ours that it may import. `commands` may import everything, and nothing but
/// the command line imports it.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("config", &["model"]),
    ("plan", &["model", "config"]),
    ("schedule", &["model"]),
    ("browser", &["model"]),
    ("network", &["model"]),
    ("vitals", &["model"]),
    (
        "measure",
        &["model", "plan", "browser", "network", "vitals"],
    ),
    ("store", &["model"]),
    ("analysis", &["model"]),
    ("report", &["model", "analysis"]),
    ("export", &["model", "analysis"]),
    ("sites", &["model"]),
];

/// Files whose imports are not held: the top, where layers meet.
const TOP: &[&str] = &["commands", "cli", "lib", "main", "exit"];

fn sources() -> Vec<PathBuf> {
    fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    found.sort();
    found
}

fn layer(path: &Path) -> String {
    let inside = path
        .strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .unwrap();
    let first = inside.components().next().unwrap().as_os_str();
    first.to_str().unwrap().trim_end_matches(".rs").to_owned()
}

/// Layers named in `crate::` paths of one file's text.
fn imported(text: &str) -> Vec<String> {
    let code = text.lines().filter(|l| !l.trim_start().starts_with("//"));
    let mut found = Vec::new();
    for line in code {
        for (at, _) in line.match_indices("crate::") {
            let rest = &line[at + "crate::".len()..];
            if let Some(list) = rest.strip_prefix('{') {
                let inner = list.split('}').next().unwrap_or_default();
                found.extend(inner.split(',').map(|n| first_word(n.trim())));
            } else {
                found.push(first_word(rest));
            }
        }
    }
    found.retain(|w| !w.is_empty());
    found
}

fn first_word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

#[test]
fn each_layer_imports_only_what_the_table_allows() {
    let table: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let mut wrong = Vec::new();
    for path in sources() {
        let layer = layer(&path);
        let is_test = path.components().any(|c| c.as_os_str() == "tests");
        if TOP.contains(&layer.as_str()) || is_test {
            continue;
        }
        let allowed = table
            .get(layer.as_str())
            .unwrap_or_else(|| panic!("layer `{layer}` is not in the table: add it there"));
        for name in imported(&fs::read_to_string(&path).unwrap()) {
            if name != layer && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{}: imports `{name}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_file_says_what_it_is_for_and_stays_under_500_lines() {
    let mut wrong = Vec::new();
    for path in sources() {
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().count();
        if lines > 500 {
            wrong.push(format!("{}: {lines} lines", path.display()));
        }
        if !text.starts_with("//!") {
            wrong.push(format!("{}: does not open with `//!`", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_imports_sees_all_forms() {
    let text = "use crate::model::{A, B};\nuse crate::{plan, store::Store};\n// crate::report\nlet x = crate::exit::Exit::Ok;";
    assert_eq!(imported(text), ["model", "plan", "store", "exit"]);
}
