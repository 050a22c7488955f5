//! How an error is shown, and which exit code it becomes.

use anyhow::Error;

use super::init::InitError;
use crate::browser::BrowserError;
use crate::config::LoadError;
use crate::exit::Exit;
use crate::store::StoreError;

/// An error whose exit code its maker knows.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command line is wrong, or what it names is not there.
    #[error("{0}")]
    Usage(String),
    /// No browser, driver or region.
    #[error("{0}")]
    Unavailable(String),
    /// Too little data to say what was asked.
    #[error("{0}")]
    CannotTell(String),
}

/// The exit code of an error.
#[must_use]
pub fn exit_of(error: &Error) -> Exit {
    if let Some(failure) = error.downcast_ref::<Failure>() {
        return match failure {
            Failure::Usage(_) => Exit::Usage,
            Failure::Unavailable(_) => Exit::Unavailable,
            Failure::CannotTell(_) => Exit::CannotTell,
        };
    }
    if let Some(init) = error.downcast_ref::<InitError>() {
        return init.exit();
    }
    if let Some(StoreError::ReleaseKnown(_)) = error.downcast_ref::<StoreError>() {
        return Exit::Usage;
    }
    if let Some(StoreError::NoDatabase { .. }) = error.downcast_ref::<StoreError>() {
        // Nothing was measured yet.
        return Exit::CannotTell;
    }
    if error.downcast_ref::<LoadError>().is_some() {
        Exit::Usage
    } else if error.downcast_ref::<BrowserError>().is_some() {
        Exit::Unavailable
    } else {
        Exit::Unexpected
    }
}

/// `error: ` with the message, its causes, and hints last. Config errors come as they are: each
/// problem already has its place and its hint.
#[must_use]
pub fn shown(error: &Error) -> String {
    if let Some(LoadError::Invalid(invalid)) = error.downcast_ref::<LoadError>() {
        return invalid.to_string().trim_end().to_owned();
    }
    let whole = error.to_string();
    let (message, hint) = match whole.split_once("\nhint: ") {
        Some((message, hint)) => (message, Some(hint)),
        None => (whole.as_str(), None),
    };
    let mut out = format!("error: {message}");
    for cause in error.chain().skip(1) {
        out.push_str(&format!("\n  because: {cause}"));
    }
    if let Some(hint) = hint {
        out.push_str(&format!("\n  hint: {hint}"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_come_before_the_hint() {
        let error = Error::new(Failure::Usage("no such thing\nhint: try another".into()));
        assert_eq!(shown(&error), "error: no such thing\n  hint: try another");
        assert_eq!(exit_of(&error), Exit::Usage);
        let chained = Error::new(std::io::Error::other("disk gone")).context("could not write `x`");
        assert_eq!(
            shown(&chained),
            "error: could not write `x`\n  because: disk gone"
        );
        assert_eq!(exit_of(&chained), Exit::Unexpected);
    }
}
