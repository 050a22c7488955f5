//! `outpace init`: asks what has to be known, or takes it from flags, and writes a first
//! `targets.toml` that loads. It never writes over a file.

use std::fs::OpenOptions;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use url::Url;

use crate::cli::Global;
use crate::config::starter::{self, Starter};
use crate::config::{self, Invalid};
use crate::exit::Exit;

/// Flags of `outpace init`.
#[derive(Debug, Clone, Default, Args)]
pub struct InitArgs {
    /// Name of the benchmark; heads the report
    #[arg(long)]
    pub name: Option<String>,
    /// Home page of your own site
    #[arg(long, value_name = "URL")]
    pub own: Option<String>,
    /// Home page of a rival; may be given more than once
    #[arg(long, value_name = "URL")]
    pub rival: Vec<String>,
    /// Your own market, usually a country code such as AU
    #[arg(long, value_name = "MARKET")]
    pub home_market: Option<String>,
    /// Time zone in which nights are counted, such as Australia/Sydney
    #[arg(long, value_name = "ZONE")]
    pub timezone: Option<String>,
    /// Page or mailbox (mailto:) of whoever measures; every request says it
    #[arg(long, value_name = "URL")]
    pub contact: Option<String>,
}

/// Whether there is somebody to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stdin {
    /// A terminal: questions are asked for flags that are missing.
    Terminal,
    /// A pipe or a file: all flags must be there.
    NotTerminal,
}

/// Why there is no new file.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// It is there already.
    #[error("`{}` is there already\nhint: edit it, or name another with `--config FILE`", .0.display())]
    Exists(PathBuf),
    /// Nobody can be asked.
    #[error("missing {}\nhint: give all of them, or start `outpace init` at a terminal to be asked", .0.join(", "))]
    Missing(Vec<&'static str>),
    /// A flag has an unfit value.
    #[error("`{flag}`: {said}")]
    Unfit {
        /// The flag.
        flag: &'static str,
        /// What is wrong, with a hint.
        said: String,
    },
    /// The terminal was closed before the last answer.
    #[error("no answer, so nothing was written")]
    NoAnswer,
    /// The answers do not go together.
    #[error(transparent)]
    Invalid(Box<Invalid>),
    /// The file or the terminal cannot be written or read.
    #[error("cannot write `{}`", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl InitError {
    /// The exit code: 2 for what the user can write differently, 1 for the rest.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            InitError::Io { .. } => Exit::Unexpected,
            _ => Exit::Usage,
        }
    }
}

/// The verb.
///
/// # Errors
/// Exit 2 for what can be written differently, 1 for a file that cannot be written.
pub fn main(global: &Global, args: &InitArgs) -> anyhow::Result<Exit> {
    let stdin = if io::stdin().is_terminal() {
        Stdin::Terminal
    } else {
        Stdin::NotTerminal
    };
    run(
        args,
        &global.config,
        stdin,
        &mut io::stdin().lock(),
        &mut io::stdout().lock(),
    )?;
    Ok(Exit::Ok)
}

/// Writes `path`. Questions and the closing words go to `output`.
///
/// # Errors
/// A file that is there, flags that are missing or unfit, or no place to write to.
pub fn run(
    args: &InitArgs,
    path: &Path,
    stdin: Stdin,
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> Result<(), InitError> {
    if path.exists() {
        return Err(InitError::Exists(path.to_owned()));
    }
    let failed = |source| InitError::Io {
        path: path.to_owned(),
        source,
    };
    let answers = match stdin {
        Stdin::NotTerminal => from_flags(args)?,
        Stdin::Terminal => Questions { input, output }.ask(args).map_err(|e| match e {
            Asked::Ended => InitError::NoAnswer,
            Asked::Unfit(e) => e,
            Asked::Io(e) => failed(e),
        })?,
    };
    let text = starter::starter(&answers);
    let name = path.display().to_string();
    let base_dir = path.parent().unwrap_or(path);
    let loaded = config::parse(&name, &text, base_dir, &|_| None)
        .map_err(|e| InitError::Invalid(Box::new(e)))?;
    write_new(path, &text)?;
    let warnings = loaded.rendered_warnings();
    let gap = if warnings.is_empty() { "" } else { "\n" };
    write!(
        output,
        "{warnings}{gap}wrote {name}\nnext: look through it, then `outpace doctor`, `outpace plan` and `outpace run`\n"
    )
    .map_err(failed)
}

/// Creates the file or leaves the one alone that came in between.
fn write_new(path: &Path, text: &str) -> Result<(), InitError> {
    let created = OpenOptions::new().write(true).create_new(true).open(path);
    let written = created.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => InitError::Exists(path.to_owned()),
        _ => InitError::Io {
            path: path.to_owned(),
            source,
        },
    })
}

fn from_flags(args: &InitArgs) -> Result<Starter, InitError> {
    let flags = [
        ("--name NAME", args.name.is_none()),
        ("--own URL", args.own.is_none()),
        ("--rival URL", args.rival.is_empty()),
        ("--home-market MARKET", args.home_market.is_none()),
        ("--timezone ZONE", args.timezone.is_none()),
        ("--contact URL", args.contact.is_none()),
    ];
    let missing: Vec<&str> = flags
        .into_iter()
        .filter_map(|(flag, missing)| missing.then_some(flag))
        .collect();
    if !missing.is_empty() {
        return Err(InitError::Missing(missing));
    }
    let given = |value: &Option<String>| value.clone().unwrap_or_default();
    Ok(Starter {
        name: fit("--name", &given(&args.name), starter::words)?,
        own: fit("--own", &given(&args.own), starter::page)?,
        rivals: rivals(&args.rival)?,
        home_market: fit("--home-market", &given(&args.home_market), starter::words)?,
        timezone: fit("--timezone", &given(&args.timezone), starter::timezone)?,
        contact: fit("--contact", &given(&args.contact), starter::contact)?,
    })
}

fn rivals(given: &[String]) -> Result<Vec<Url>, InitError> {
    let read = given.iter().map(|r| fit("--rival", r, starter::page));
    read.collect()
}

fn fit<T>(
    flag: &'static str,
    value: &str,
    parse: fn(&str) -> Result<T, String>,
) -> Result<T, InitError> {
    parse(value).map_err(|said| InitError::Unfit { flag, said })
}

/// Why asking came to no end.
enum Asked {
    Ended,
    Unfit(InitError),
    Io(io::Error),
}

impl From<io::Error> for Asked {
    fn from(e: io::Error) -> Asked {
        Asked::Io(e)
    }
}

struct Questions<'a, R, W> {
    input: &'a mut R,
    output: &'a mut W,
}

/// One question: its flag, its words, and what an empty answer stands for.
struct Question<'q> {
    flag: &'static str,
    words: &'q str,
    default: Option<String>,
}

impl<R: BufRead, W: Write> Questions<'_, R, W> {
    /// Asks for what no flag says. An unfit flag is an error, an unfit answer is asked again.
    fn ask(&mut self, args: &InitArgs) -> Result<Starter, Asked> {
        let own = question("--own", "Home page of your own site", None);
        let own = self.one(args.own.as_deref(), own, starter::page)?;
        let host = own.host_str().unwrap_or_default();
        let name = question("--name", "Name of the benchmark", Some(host.to_owned()));
        let market = question(
            "--home-market",
            "Your own market, usually a country code",
            starter::country(host),
        );
        let zone = question(
            "--timezone",
            "Time zone, such as Australia/Sydney",
            Some("UTC".to_owned()),
        );
        let contact = question(
            "--contact",
            "Page or mailbox (mailto:) of whoever measures",
            None,
        );
        Ok(Starter {
            name: self.one(args.name.as_deref(), name, starter::words)?,
            rivals: self.rivals(&args.rival)?,
            home_market: self.one(args.home_market.as_deref(), market, starter::words)?,
            timezone: self.one(args.timezone.as_deref(), zone, starter::timezone)?,
            contact: self.one(args.contact.as_deref(), contact, starter::contact)?,
            own,
        })
    }

    fn one<T>(
        &mut self,
        given: Option<&str>,
        question: Question<'_>,
        parse: fn(&str) -> Result<T, String>,
    ) -> Result<T, Asked> {
        if let Some(given) = given {
            return fit(question.flag, given, parse).map_err(Asked::Unfit);
        }
        loop {
            let answer = self.line(&question)?;
            let answer = match (answer.is_empty(), &question.default) {
                (true, Some(default)) => default.clone(),
                _ => answer,
            };
            match parse(&answer) {
                Ok(value) => return Ok(value),
                Err(said) => writeln!(self.output, "{said}")?,
            }
        }
    }

    fn rivals(&mut self, given: &[String]) -> Result<Vec<Url>, Asked> {
        if !given.is_empty() {
            return rivals(given).map_err(Asked::Unfit);
        }
        let words = "Home page of a rival, an empty line after the last";
        let question = question("--rival", words, None);
        let mut rivals = Vec::new();
        loop {
            let answer = self.line(&question)?;
            if answer.is_empty() {
                return Ok(rivals);
            }
            match starter::page(&answer) {
                Ok(url) => rivals.push(url),
                Err(said) => writeln!(self.output, "{said}")?,
            }
        }
    }

    fn line(&mut self, question: &Question<'_>) -> Result<String, Asked> {
        match &question.default {
            Some(default) => write!(self.output, "{} [{default}]: ", question.words)?,
            None => write!(self.output, "{}: ", question.words)?,
        }
        self.output.flush()?;
        let mut line = String::new();
        if self.input.read_line(&mut line)? == 0 {
            return Err(Asked::Ended);
        }
        Ok(line.trim().to_owned())
    }
}

fn question<'q>(flag: &'static str, words: &'q str, default: Option<String>) -> Question<'q> {
    Question {
        flag,
        words,
        default,
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn flags() -> InitArgs {
        InitArgs {
            name: Some("Retail".to_owned()),
            own: Some("https://www.example.com.au/".to_owned()),
            rival: vec!["https://www.rival.co.uk/".to_owned()],
            home_market: Some("AU".to_owned()),
            timezone: Some("Australia/Sydney".to_owned()),
            contact: Some("mailto:bench@example.com.au".to_owned()),
        }
    }

    /// What is said, and what is in the file.
    fn init(
        args: &InitArgs,
        stdin: Stdin,
        answers: &str,
    ) -> (Result<(), InitError>, String, String) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("targets.toml");
        let mut said = Vec::new();
        let end = run(args, &path, stdin, &mut answers.as_bytes(), &mut said);
        let said = String::from_utf8(said).unwrap();
        let said = said.replace(&path.display().to_string(), "targets.toml");
        (
            end,
            said,
            std::fs::read_to_string(&path).unwrap_or_default(),
        )
    }

    #[test]
    fn flags_alone_write_a_file() {
        let (end, said, file) = init(&flags(), Stdin::NotTerminal, "");
        end.unwrap();
        assert_snapshot!(said, @"
        wrote targets.toml
        next: look through it, then `outpace doctor`, `outpace plan` and `outpace run`
        ");
        assert!(file.contains("https://www.rival.co.uk/"));
    }

    #[test]
    fn without_a_terminal_missing_flags_are_listed() {
        let args = InitArgs {
            name: None,
            rival: Vec::new(),
            contact: None,
            ..flags()
        };
        let (end, _, file) = init(&args, Stdin::NotTerminal, "");
        let error = end.unwrap_err();
        assert_eq!(error.exit(), Exit::Usage);
        assert_snapshot!(error, @"
        missing --name NAME, --rival URL, --contact URL
        hint: give all of them, or start `outpace init` at a terminal to be asked
        ");
        assert_eq!(file, "");
    }

    #[test]
    fn an_unfit_flag_is_named() {
        let args = InitArgs {
            timezone: Some("Sydney".to_owned()),
            ..flags()
        };
        for stdin in [Stdin::NotTerminal, Stdin::Terminal] {
            let error = init(&args, stdin, "").0.unwrap_err();
            assert_eq!(error.exit(), Exit::Usage);
            assert!(
                error
                    .to_string()
                    .starts_with("`--timezone`: unknown time zone"),
                "{error}"
            );
        }
    }

    #[test]
    fn at_a_terminal_questions_are_asked_until_the_answer_is_fit() {
        let answers = "www.example.com.au\nhttps://www.example.com.au/\n\n\
                       https://www.rival.co.uk/\nnonsense\n\n\nAustralia/Sidney\n\
                       Australia/Sydney\nmailto:bench@example.com.au\n";
        let (end, said, file) = init(&InitArgs::default(), Stdin::Terminal, answers);
        end.unwrap();
        assert_snapshot!(said, @"
        Home page of your own site: `www.example.com.au` is no address (no `https://` before it)
        hint: write the whole address, such as `https://www.example.com/`
        Home page of your own site: Name of the benchmark [www.example.com.au]: Home page of a rival, an empty line after the last: Home page of a rival, an empty line after the last: `nonsense` is no address (no `https://` before it)
        hint: write the whole address, such as `https://www.example.com/`
        Home page of a rival, an empty line after the last: Your own market, usually a country code [AU]: Time zone, such as Australia/Sydney [UTC]: unknown time zone `Australia/Sidney` (not in the IANA time zone database)
        hint: did you mean `Australia/Sydney`?
        Time zone, such as Australia/Sydney [UTC]: Page or mailbox (mailto:) of whoever measures: wrote targets.toml
        next: look through it, then `outpace doctor`, `outpace plan` and `outpace run`
        ");
        assert!(file.contains("home_market = \"AU\""), "{file}");
    }

    #[test]
    fn a_terminal_that_is_closed_writes_nothing() {
        let (end, _, file) = init(
            &InitArgs::default(),
            Stdin::Terminal,
            "https://a.example/\n",
        );
        assert!(matches!(end, Err(InitError::NoAnswer)));
        assert_eq!(file, "");
    }

    #[test]
    fn a_file_is_never_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("targets.toml");
        std::fs::write(&path, "mine").unwrap();
        let end = run(
            &flags(),
            &path,
            Stdin::NotTerminal,
            &mut io::empty(),
            &mut io::sink(),
        );
        assert!(matches!(end, Err(InitError::Exists(_))));
        assert!(matches!(write_new(&path, "new"), Err(InitError::Exists(_))));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    }
}
