//! What black-box tests share: a folder of their own, the program, and a WebDriver that is a stub.

#![expect(dead_code, reason = "each test binary uses its own part of this")]

pub(crate) mod fake;
pub(crate) mod grid;
pub(crate) mod october;
pub(crate) mod server;
pub(crate) mod serving;
pub(crate) mod tls;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder with a `targets.toml` in which the program is run.
pub(crate) struct Project {
    dir: tempfile::TempDir,
}

impl Project {
    /// Writes `targets.toml`.
    pub(crate) fn new(config: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("targets.toml"), config).unwrap();
        Project { dir }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap()
    }

    /// The program with its arguments, in this folder.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_outpace"));
        command
            .args(args)
            .current_dir(self.path())
            .stdin(Stdio::null())
            .env_remove("OUTPACE_LOG");
        command
    }

    pub(crate) fn outpace(&self, args: &[&str]) -> Ran {
        Ran::from(self.command(args).output().unwrap())
    }

    /// The database, read as an analyst would.
    pub(crate) fn database(&self) -> rusqlite::Connection {
        rusqlite::Connection::open_with_flags(
            self.file("outpace.db"),
            rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY,
        )
        .unwrap()
    }

    /// Names of what is in the folder, in order.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// One value by SQL.
    pub(crate) fn ask<T: rusqlite::types::FromSql>(&self, sql: &str) -> T {
        self.database().query_row(sql, [], |r| r.get(0)).unwrap()
    }
}

/// What a program left.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// Fails the test unless the program ended with this code.
    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "standard output:\n{}\nstandard error:\n{}",
            self.out, self.err
        );
        self
    }
}

/// A config with two sites of two pages each, served nowhere, measured through `driver`.
pub(crate) fn config(driver: &str, rounds: u32) -> String {
    format!(
        r#"
[project]
name = "Test"
timezone = "UTC"
home_market = "AU"
contact = "https://www.example.com/bench"
[measure]
calm = "0s"
rounds = {rounds}
quiet = "100ms"
timeout = "2s"

[[target]]
id = "own"
name = "Own Store"
role = "own"
market = "AU"
[target.pages]
home = "http://own.example/"
product = "http://own.example/product"

[[target]]
id = "far"
name = "Far Store"
role = "rival"
market = "US"
robots_override = "a made-up site, served nowhere"
[target.pages]
home = "http://far.example/"
product = "http://far.example/product"
[[region]]
id = "sydney"
name = "Sydney"
market = "AU"
driver = "{driver}"

[[profile]]
id = "phone"
browser = "chrome"
device = "phone"
network = "none"

[manners]
distance = "0s"
"#
    )
}

/// A command or a query of the appendix, as it is typed.
pub(crate) fn again(html: &str, title: &str) -> String {
    let head = format!("<h3>{title}</h3>\n<pre>");
    let (_, rest) = html
        .split_once(&head)
        .unwrap_or_else(|| panic!("no `{title}`"));
    let text = rest.split_once("</pre>").unwrap().0;
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
}

/// Rows of texts, as any client of the database gets them.
pub(crate) fn ask(db: &rusqlite::Connection, query: &str) -> Vec<Vec<String>> {
    let mut query = db
        .prepare(query)
        .unwrap_or_else(|e| panic!("{e} in\n{query}"));
    let columns = query.column_count();
    let text = |value: rusqlite::types::Value| match value {
        rusqlite::types::Value::Null => String::new(),
        rusqlite::types::Value::Integer(i) => i.to_string(),
        rusqlite::types::Value::Real(r) => r.to_string(),
        rusqlite::types::Value::Text(t) => t,
        rusqlite::types::Value::Blob(_) => panic!("a blob"),
    };
    let rows = query.query_map([], |r| (0..columns).map(|i| Ok(text(r.get(i)?))).collect());
    rows.unwrap().map(Result::unwrap).collect()
}
