//! Exit codes: a contract with CI and shells, kept complete by the compiler.

use std::process::ExitCode;

/// How the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// 0: done.
    Ok = 0,
    /// 1: something unexpected.
    Unexpected = 1,
    /// 2: the command line or `targets.toml` is wrong; nothing was started.
    Usage = 2,
    /// 3: a regression, or a budget broken.
    Regression = 3,
    /// 4: too little or invalid data.
    CannotTell = 4,
    /// 5: browser, driver or region unavailable.
    Unavailable = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_contract() {
        let codes = [
            Exit::Ok,
            Exit::Unexpected,
            Exit::Usage,
            Exit::Regression,
            Exit::CannotTell,
            Exit::Unavailable,
        ]
        .map(|e| e as u8);
        assert_eq!(codes, [0, 1, 2, 3, 4, 5]);
    }
}
