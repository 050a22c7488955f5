//! What README.md shows is what the program is: usage, keys, columns, metrics, queries. What the
//! files under `deploy` call is what the program knows.

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

fn deployed(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("deploy")
        .join(file);
    std::fs::read_to_string(path).unwrap()
}

/// Whether the program knows these words: the parser refuses an unknown one before it comes to help.
fn knows(words: &[String]) -> bool {
    let mut command = Command::new(env!("CARGO_BIN_EXE_outpace"));
    let out = command.args(words).arg("--help").output().unwrap();
    out.status.success()
}

/// The value of the only line of a unit that sets this.
fn setting<'t>(unit: &'t str, name: &str) -> &'t str {
    let mut values = unit.lines().filter_map(|l| l.strip_prefix(name));
    let value = values.next().unwrap_or_else(|| panic!("no {name}"));
    assert_eq!(values.next(), None, "{name}");
    value
}

/// The words of a JSON array at the end of a Dockerfile's only such line.
fn array(dockerfile: &str, begins: &str) -> Vec<String> {
    let mut lines = dockerfile.lines().filter(|l| l.starts_with(begins));
    let line = lines.next().unwrap_or_else(|| panic!("no {begins}"));
    assert_eq!(lines.next(), None, "{begins}");
    serde_json::from_str(&line[line.find('[').unwrap()..]).unwrap()
}

#[test]
fn what_a_unit_and_an_image_start_is_what_the_program_knows() {
    let no_flag = ["schedule".to_owned(), "--twice".to_owned()];
    assert!(!knows(&no_flag), "an unknown flag would not be seen");
    let unit = deployed("systemd/outpace.service");
    let mut words = setting(&unit, "ExecStart=")
        .split_whitespace()
        .map(str::to_owned);
    assert_eq!(words.next().as_deref(), Some("/usr/local/bin/outpace"));
    let words: Vec<String> = words.collect();
    assert!(knows(&words), "{words:?}");
    // Where the state is kept is where the program is started.
    let folder = format!("/var/lib/{}", setting(&unit, "StateDirectory="));
    assert_eq!(setting(&unit, "WorkingDirectory="), folder);
    assert_eq!(setting(&unit, "Environment=HOME="), folder);

    let image = deployed("docker/Dockerfile");
    let entry = array(&image, "ENTRYPOINT ");
    assert_eq!(entry, ["tini", "--", "outpace"]);
    let service = array(&image, "CMD ");
    assert!(knows(&service), "{service:?}");
    assert_eq!(service, words, "the image starts what the unit starts");
    let health = array(&image, "HEALTHCHECK ");
    let (program, asked) = health.split_first().unwrap();
    assert!(program == "outpace" && knows(asked), "{health:?}");
    let rust = image
        .lines()
        .find_map(|l| l.strip_prefix("FROM rust:"))
        .unwrap();
    let oldest = env!("CARGO_PKG_RUST_VERSION");
    assert!(
        rust.starts_with(oldest),
        "built with {rust}, needs {oldest}"
    );
}

/// In the unit and in the image alike, and it does what it is there for.
#[test]
fn the_log_of_a_unit_and_an_image_is_json() {
    let name = "OUTPACE_LOG_FORMAT";
    let unit = deployed("systemd/outpace.service");
    let image = deployed("docker/Dockerfile");
    assert_eq!(setting(&unit, "Environment=OUTPACE_LOG_FORMAT="), "json");
    assert_eq!(setting(&image, "ENV OUTPACE_LOG_FORMAT="), "json");
    let dir = tempfile::tempdir().unwrap();
    let backup = "\n[schedule]\nbackup = \"0 2 * * *\"\ndisk_free_min_mb = 0\n";
    let config = format!("{}{backup}", include_str!("../targets.toml"));
    std::fs::write(dir.path().join("targets.toml"), config).unwrap();
    let at = |moment: &str| {
        let out = Command::new(env!("CARGO_BIN_EXE_outpace"))
            .args(["schedule", "--once", "-v"])
            .env(name, "json")
            .env("OUTPACE_CLOCK", format!("{moment}@1"))
            .env_remove("OUTPACE_LOG")
            .current_dir(dir.path())
            .output()
            .unwrap();
        String::from_utf8(out.stderr).unwrap()
    };
    // From the first call on it is watched what comes due; the second one makes the copy.
    at("2026-11-23T00:00:00Z");
    let said = at("2026-11-24T00:00:00Z");
    assert!(!said.is_empty());
    for line in said.lines() {
        let line: Result<Value, _> = serde_json::from_str(line);
        assert!(line.is_ok_and(|l| l["level"].is_string()), "{said}");
    }
}
