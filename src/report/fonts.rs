//! Inter (SIL Open Font License 1.1, see `fonts/LICENSE`) inside the page, so that it looks the
//! same everywhere and asks nobody for anything.
//!
//! The files and their ranges are those of `@fontsource-variable/inter` 5.3.0.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A subset of the family.
struct Subset {
    bytes: &'static [u8],
    range: &'static str,
}

const SUBSETS: [Subset; 6] = [
    Subset {
        bytes: include_bytes!("fonts/inter-cyrillic-ext-wght-normal.woff2"),
        range: "U+0460-052F,U+1C80-1C8A,U+20B4,U+2DE0-2DFF,U+A640-A69F,U+FE2E-FE2F",
    },
    Subset {
        bytes: include_bytes!("fonts/inter-cyrillic-wght-normal.woff2"),
        range: "U+0301,U+0400-045F,U+0490-0491,U+04B0-04B1,U+2116",
    },
    Subset {
        bytes: include_bytes!("fonts/inter-greek-ext-wght-normal.woff2"),
        range: "U+1F00-1FFF",
    },
    Subset {
        bytes: include_bytes!("fonts/inter-greek-wght-normal.woff2"),
        range: "U+0370-0377,U+037A-037F,U+0384-038A,U+038C,U+038E-03A1,U+03A3-03FF",
    },
    Subset {
        bytes: include_bytes!("fonts/inter-latin-ext-wght-normal.woff2"),
        range: "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+0304,U+0308,U+0329,\
                U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,\
                U+2C60-2C7F,U+A720-A7FF",
    },
    Subset {
        bytes: include_bytes!("fonts/inter-latin-wght-normal.woff2"),
        range: "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,\
                U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD",
    },
];

/// `@font-face` rules with the files in them.
pub(super) fn faces() -> String {
    let mut out = String::new();
    for subset in &SUBSETS {
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "@font-face{{font-family:Inter;font-style:normal;font-weight:100 900;font-display:block;\
             src:url(data:font/woff2;base64,{}) format(\"woff2\");unicode-range:{}}}",
            STANDARD.encode(subset.bytes),
            subset.range
        );
    }
    out
}
