//! From a path or a text to a `Config`, or to every problem of the file at once.

use std::io;
use std::path::{Path, PathBuf};

use super::diagnostic::{Diagnostic, Severity, Source, render_all};
use super::walk::{Env, Walk};
use super::{Config, raw, resolve, secret, tree};
use crate::model::format;

/// A file that can be used.
#[derive(Debug)]
pub struct Loaded {
    /// What it means.
    pub config: Config,
    /// What is likely to disappoint, in the order of the file.
    pub warnings: Vec<Diagnostic>,
    /// The text, for rendering the warnings.
    pub source: Source,
}

impl Loaded {
    /// The warnings as people read them; empty when there are none.
    #[must_use]
    pub fn rendered_warnings(&self) -> String {
        render_all(&self.warnings, &self.source)
    }
}

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.rendered())]
pub struct Invalid {
    /// Errors and warnings, in the order of the file; at least one is an error.
    pub diagnostics: Vec<Diagnostic>,
    /// The text, for rendering them.
    pub file: Source,
}

impl Invalid {
    /// Every problem as people read it, and how many there are.
    #[must_use]
    pub fn rendered(&self) -> String {
        let all = render_all(&self.diagnostics, &self.file);
        format!("{all}\n{} in {}\n", self.counts(), self.file.name)
    }

    fn counts(&self) -> String {
        let of = |severity| {
            let found = self.diagnostics.iter().filter(|d| d.severity == severity);
            found.count() as u64
        };
        let errors = format::count(of(Severity::Error), "error", "errors");
        match of(Severity::Warning) {
            0 => errors,
            n => format!("{errors} and {}", format::count(n, "warning", "warnings")),
        }
    }
}

/// Why there is no config.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// There is no such file.
    #[error("no file `{}`\nhint: {hint}", path.display())]
    NotFound {
        /// The file that was asked for.
        path: PathBuf,
        /// The next step.
        hint: &'static str,
    },
    /// The file is there and cannot be read.
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        /// The file that was asked for.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file has errors; displayed, it is all of them, rendered.
    #[error(transparent)]
    Invalid(Box<Invalid>),
}

/// Reads `path`. The environment comes in as a function; `database_override`, which is relative
/// to the current directory and not to the file, takes the place of `[project] database`.
///
/// # Errors
/// No such file, an unreadable file, or a file with errors.
pub fn load(
    path: &Path,
    env: Env<'_>,
    database_override: Option<&Path>,
) -> Result<Loaded, LoadError> {
    let unreadable = |source| LoadError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let bytes = std::fs::read(path).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => LoadError::NotFound {
            path: path.to_owned(),
            hint: "`outpace init` writes one, and `--config FILE` names another",
        },
        _ => unreadable(e),
    })?;
    let absolute = std::path::absolute(path).map_err(unreadable)?;
    let base_dir = absolute.parent().unwrap_or(&absolute);
    let name = path.display().to_string();
    let invalid = |invalid| LoadError::Invalid(Box::new(invalid));
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => return Err(invalid(not_utf8(name, &e))),
    };
    let mut loaded = parse(&name, &text, base_dir, env).map_err(invalid)?;
    if let Some(database) = database_override {
        loaded.config.project.database = std::path::absolute(database).map_err(unreadable)?;
    }
    Ok(loaded)
}

fn not_utf8(name: String, error: &std::string::FromUtf8Error) -> Invalid {
    let at = error.utf8_error().valid_up_to();
    let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
    let message = "the file is not UTF-8";
    let found = Diagnostic::error(at..at + 1, message, "the first byte that is not");
    Invalid {
        diagnostics: vec![found.hint("save it as UTF-8, as TOML asks")],
        file: Source::new(name, text),
    }
}

/// Reads a text. `name` is what messages call it; a relative database is relative to `base_dir`.
///
/// # Errors
/// Every problem of the text, if one of them is an error.
pub fn parse(name: &str, text: &str, base_dir: &Path, env: Env<'_>) -> Result<Loaded, Invalid> {
    let mut source = Source::new(name, text);
    let document = tree::parse(&source);
    let secrets = secret::scan(&document.root, text);
    source.hidden = secrets.hidden;
    let torn: Vec<usize> = document
        .syntax
        .iter()
        .map(|d| source.place(d.span.start).line)
        .collect();
    let syntax = document.syntax.clone();
    let mut walk = Walk::new(text, env, document.syntax);
    let written = raw::read(&mut walk, &document.root);
    resolve::check(&mut walk, &written);
    let expanded = walk.expanded().to_vec();
    let mut found = walk.into_found();
    found.extend(secrets.found);
    // What a line that is no TOML seems to say is not worth a second message.
    found.retain(|d| syntax.contains(d) || !torn.contains(&source.place(d.span.start).line));
    found.sort_by_key(|d| (d.span.start, d.span.end));
    found.dedup();
    let config = resolve::config(written, base_dir);
    match config.filter(|_| found.iter().all(|d| d.severity == Severity::Warning)) {
        Some(config) => Ok(Loaded {
            config: Config {
                secrets: secret::unknown_to(&config, expanded),
                ..config
            },
            warnings: found,
            source,
        }),
        None => Err(Invalid {
            diagnostics: found,
            file: source,
        }),
    }
}
