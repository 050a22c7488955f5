//! What README.md shows is what the program is: usage, keys, columns, metrics, queries.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

use std::path::Path;
use std::process::Command;

use outpace::model::{Metric, Unit};
use serde_json::Value;

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// What stands between `<!-- name -->` and `<!-- /name -->`.
fn part(name: &str) -> String {
    let text = readme();
    let (_, after) = text.split_once(&format!("<!-- {name} -->\n")).unwrap();
    let (part, _) = after.split_once(&format!("<!-- /{name} -->")).unwrap();
    part.to_owned()
}

/// The words of a text in backticks, in order.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

fn columns(view: &str) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("outpace.db");
    drop(outpace::store::Store::open(&path, outpace::store::OpenMode::ReadWrite).unwrap());
    let database = rusqlite::Connection::open(path).unwrap();
    let statement = database.prepare(&format!("SELECT * FROM {view}")).unwrap();
    let names = statement.column_names();
    names.into_iter().map(str::to_owned).collect()
}

#[test]
fn the_usage_is_what_help_prints() {
    let help = Command::new(env!("CARGO_BIN_EXE_outpace"))
        .arg("--help")
        .env_remove("COLUMNS")
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    assert_eq!(
        part("usage"),
        format!("```text\n{}\n```\n", help.trim_end())
    );
}

#[test]
fn the_columns_are_those_of_the_views() {
    let metrics = Metric::ALL.iter().map(|m| m.name());
    let visit = part("visit");
    let shown: Vec<&str> = quoted(&visit).into_iter().chain(metrics).collect();
    assert_eq!(shown, columns("visit"));
    assert_eq!(quoted(&part("run")), columns("run"));
    assert_eq!(quoted(&part("release")), columns("release"));
}

#[test]
fn every_metric_is_listed_with_its_words_and_its_unit() {
    let part = part("metrics");
    let rows: Vec<&str> = part.lines().skip(2).collect();
    assert_eq!(rows.len(), Metric::COUNT);
    for (row, metric) in rows.iter().zip(Metric::ALL) {
        let unit = match metric.unit() {
            Unit::Milliseconds => "ms",
            Unit::Bytes => "bytes",
            Unit::Count => "count",
            Unit::Score => "score",
        };
        let begins = format!("| `{}` | {} | {unit} | ", metric.name(), metric.label());
        assert!(
            row.starts_with(&begins),
            "{row}\nshould begin with\n{begins}"
        );
    }
}

/// Every key of a table of the schema, with the default that the schema gives it.
fn keys(table: &Value) -> Vec<(String, Option<String>)> {
    let table = table.get("items").unwrap_or(table);
    let properties = table["properties"].as_object().unwrap();
    properties
        .iter()
        .map(|(key, about)| (key.clone(), about.get("default").map(Value::to_string)))
        .collect()
}

#[test]
fn every_key_of_targets_toml_is_listed_with_its_default() {
    let schema: Value = serde_json::from_str(outpace::config::SCHEMA).unwrap();
    let part = part("keys");
    for (name, table) in schema["properties"].as_object().unwrap() {
        let title = if table.get("items").is_some() {
            format!("**`[[{name}]]`**")
        } else {
            format!("**`[{name}]`**")
        };
        let (_, rows) = part.split_once(&title).unwrap_or_else(|| panic!("{title}"));
        let rows = rows.split("| **`").next().unwrap();
        for (key, default) in keys(&resolved(&schema, table)) {
            let row = rows
                .lines()
                .find(|r| quoted(r.split('|').nth(1).unwrap_or_default()).contains(&key.as_str()));
            let row = row.unwrap_or_else(|| panic!("`{key}` of {title} is not listed"));
            let shown = row.split('|').nth(3).unwrap().trim();
            if let Some(default) = default.filter(|d| d != "{}") {
                assert_eq!(shown, format!("`{default}`"), "{title} {key}");
            }
        }
    }
}

/// A table, or what its `$ref` means.
fn resolved(schema: &Value, table: &Value) -> Value {
    let of = table.get("items").unwrap_or(table);
    match of.get("$ref").and_then(Value::as_str) {
        Some(path) => schema
            .pointer(path.trim_start_matches('#'))
            .unwrap()
            .clone(),
        None => of.clone(),
    }
}

#[test]
fn the_example_loads_without_a_warning_and_the_queries_are_the_tested_ones() {
    let text = readme();
    let (_, after) = text.split_once("```toml\n").unwrap();
    let (example, _) = after.split_once("```").unwrap();
    let loaded = outpace::config::parse("README.md", example, Path::new("/"), &|_| None);
    let loaded = loaded.unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(loaded.rendered_warnings(), "");
    let queries = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/queries");
    let mut seen = 0;
    for entry in std::fs::read_dir(queries).unwrap() {
        let sql = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(
            text.contains(&format!("```sql\n{}\n```", sql.trim_end())),
            "{sql}"
        );
        seen += 1;
    }
    assert_eq!(text.matches("```sql\n").count(), seen);
}
