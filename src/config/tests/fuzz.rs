//! Whatever stands in the file, reading it ends in a config or in at least one error.

use std::path::Path;

use proptest::prelude::*;

use super::{GOOD, env};
use crate::config::{Severity, parse};

/// Ends in a config or in errors that can be rendered.
fn survives(text: &str) -> Result<(), TestCaseError> {
    match parse("t.toml", text, Path::new("/"), &env) {
        Ok(loaded) => {
            let _ = loaded.rendered_warnings();
            prop_assert!(
                loaded
                    .warnings
                    .iter()
                    .all(|d| d.severity == Severity::Warning)
            );
        }
        Err(invalid) => {
            prop_assert!(
                invalid
                    .diagnostics
                    .iter()
                    .any(|d| d.severity == Severity::Error)
            );
            prop_assert!(invalid.rendered().contains("t.toml:"));
            let starts: Vec<usize> = invalid.diagnostics.iter().map(|d| d.span.start).collect();
            prop_assert!(starts.is_sorted());
        }
    }
    Ok(())
}

/// A piece that is likely to hurt.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        proptest::sample::select(vec![
            "[",
            "]",
            "[[",
            "]]",
            "{",
            "}",
            "\"",
            "'",
            "\"\"\"",
            "=",
            ".",
            ",",
            "#",
            "\n",
            "\r",
            "\u{feff}",
            "東",
            "${",
            "$${",
            "0",
            "[target]",
            "[[target]]",
            "target.pages = 1\n",
            "https://a:b@c",
            "[target.pages]\n",
            "[[region.latency]]\n",
            "\0",
            "1979-05-27",
            "nan",
        ])
        .prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_mutated_file_never_panics(
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0usize..20, piece()), 1..6),
    ) {
        let mut text = GOOD.to_owned();
        for (at, length, piece) in edits {
            let start = text.floor_char_boundary(at.index(text.len() + 1));
            let end = text.floor_char_boundary((start + length).min(text.len())).max(start);
            text.replace_range(start..end, &piece);
        }
        survives(&text)?;
    }

    #[test]
    fn any_text_never_panics(pieces in proptest::collection::vec(piece(), 0..30)) {
        survives(&pieces.concat())?;
    }

    #[test]
    fn lines_in_any_order_never_panic(lines in Just(GOOD.lines().collect::<Vec<_>>()).prop_shuffle()) {
        survives(&lines.join("\n"))?;
    }
}
