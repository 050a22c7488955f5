//! `"${NAME}"` in a string: a value that the environment holds, so that the file need not.
//!
//! Splits and puts together; which strings are expanded, and what is said when a variable is not
//! set, is the walk's.

/// A part of a string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Text as it is.
    Literal(&'a str),
    /// `${NAME}`.
    Variable(&'a str),
    /// `${` that no name and brace follow.
    Broken(&'a str),
}

/// The parts of a string, in order. `$${` is a literal `${`.
pub(super) fn pieces(raw: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = raw;
    while let Some(at) = rest.find("${") {
        if rest[..at].ends_with('$') {
            out.push(Piece::Literal(&rest[..at - 1]));
            out.push(Piece::Literal("${"));
            rest = &rest[at + 2..];
            continue;
        }
        out.push(Piece::Literal(&rest[..at]));
        let inner = &rest[at + 2..];
        match inner.find('}') {
            Some(end) if is_name(&inner[..end]) => {
                out.push(Piece::Variable(&inner[..end]));
                rest = &inner[end + 1..];
            }
            found => {
                let end = found.map_or(rest.len(), |end| at + 2 + end + 1);
                out.push(Piece::Broken(&rest[at..end]));
                rest = &rest[end..];
            }
        }
    }
    out.push(Piece::Literal(rest));
    out.retain(|p| *p != Piece::Literal(""));
    out
}

/// What of a string is written in the file itself.
pub(super) fn literal(raw: &str) -> String {
    let parts = pieces(raw).into_iter().map(|p| match p {
        Piece::Literal(text) | Piece::Broken(text) => text,
        Piece::Variable(_) => "",
    });
    parts.collect()
}

/// A name as POSIX has it (XBD 8.1, with small letters allowed too).
fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use Piece::{Broken, Literal, Variable};

    #[test]
    fn a_string_splits_into_text_and_names() {
        assert_eq!(
            pieces("https://${USER_1}:${P}@grid"),
            [
                Literal("https://"),
                Variable("USER_1"),
                Literal(":"),
                Variable("P"),
                Literal("@grid")
            ]
        );
        assert_eq!(pieces("5 $ and {x}"), [Literal("5 $ and {x}")]);
        assert!(pieces("").is_empty());
    }

    #[test]
    fn two_dollars_escape() {
        assert_eq!(literal("a$${B}"), "a${B}");
        assert_eq!(pieces("$${B}")[0], Literal("${"));
    }

    #[test]
    fn a_brace_without_a_name_is_broken() {
        assert_eq!(pieces("${}"), [Broken("${}")]);
        assert_eq!(pieces("x${A-B}y")[1], Broken("${A-B}"));
        assert_eq!(pieces("${A"), [Broken("${A")]);
    }
}
