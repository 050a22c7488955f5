//! Inter (SIL Open Font License 1.1, see `fonts/LICENSE`) inside the page, so that it looks the
//! same everywhere and asks nobody for anything.
//!
//! The files are instances, at the three weights that the stylesheet uses, of the variable files of
//! `@fontsource-variable/inter` 5.3.0 (fontTools' `varLib.instancer`, `wght` pinned, names and weight
//! class set); ranges are that package's. Of a variable font Chromium writes drawings without a name
//! into a PDF (Type 3); of these it embeds the outlines under their name.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Text, table heads, and what is strong (`font-weight`).
const WEIGHTS: [u16; 3] = [400, 560, 650];

/// The files of a subset, a weight each.
macro_rules! files {
    ($name:literal) => {
        [
            include_bytes!(concat!("fonts/inter-", $name, "-400-normal.woff2")),
            include_bytes!(concat!("fonts/inter-", $name, "-560-normal.woff2")),
            include_bytes!(concat!("fonts/inter-", $name, "-650-normal.woff2")),
        ]
    };
}

/// A subset of the family.
struct Subset {
    /// A file for each of [`WEIGHTS`].
    files: [&'static [u8]; WEIGHTS.len()],
    range: &'static str,
}

const SUBSETS: [Subset; 6] = [
    Subset {
        files: files!("cyrillic-ext"),
        range: "U+0460-052F,U+1C80-1C8A,U+20B4,U+2DE0-2DFF,U+A640-A69F,U+FE2E-FE2F",
    },
    Subset {
        files: files!("cyrillic"),
        range: "U+0301,U+0400-045F,U+0490-0491,U+04B0-04B1,U+2116",
    },
    Subset {
        files: files!("greek-ext"),
        range: "U+1F00-1FFF",
    },
    Subset {
        files: files!("greek"),
        range: "U+0370-0377,U+037A-037F,U+0384-038A,U+038C,U+038E-03A1,U+03A3-03FF",
    },
    Subset {
        files: files!("latin-ext"),
        range: "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+0304,U+0308,U+0329,\
                U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,\
                U+2C60-2C7F,U+A720-A7FF",
    },
    Subset {
        files: files!("latin"),
        range: "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,\
                U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD",
    },
];

/// `@font-face` rules with the files in them.
pub(super) fn faces() -> String {
    let mut out = String::new();
    for subset in &SUBSETS {
        for (weight, file) in WEIGHTS.iter().zip(subset.files) {
            // Writing to a string cannot fail.
            let _ = writeln!(
                out,
                "@font-face{{font-family:Inter;font-style:normal;font-weight:{weight};font-display:block;\
                 src:url(data:font/woff2;base64,{}) format(\"woff2\");unicode-range:{}}}",
                STANDARD.encode(file),
                subset.range
            );
        }
    }
    out
}
