//! How wide a label will be, and what of it fits.

use super::advances::{
    CYRILLIC_400, CYRILLIC_650, CYRILLIC_FROM, GREEK_400, GREEK_650, GREEK_FROM, LATIN_400,
    LATIN_650, LATIN_FROM, PUNCTUATION_400, PUNCTUATION_650, PUNCTUATION_FROM,
};

/// Weight of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// 400.
    Regular,
    /// 650.
    Strong,
}

/// Width of a character outside the table, in thousandths of an em. Another font will set it;
/// ideographs and pictographs fill the em, most other scripts stay under it.
const UNKNOWN: u16 = 1000;

/// Width of a text in the unit of `size`.
pub(super) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let sum: u32 = text.chars().map(|c| u32::from(advance(c, weight))).sum();
    f64::from(sum) * size / 1000.0
}

fn advance(c: char, weight: Weight) -> u16 {
    let code = u32::from(c);
    // Combining marks sit on the letter before them.
    if (0x300..0x370).contains(&code) || c == '\u{200b}' {
        return 0;
    }
    let tables: [(u32, &[u16], &[u16]); 4] = [
        (LATIN_FROM, &LATIN_400, &LATIN_650),
        (GREEK_FROM, &GREEK_400, &GREEK_650),
        (CYRILLIC_FROM, &CYRILLIC_400, &CYRILLIC_650),
        (PUNCTUATION_FROM, &PUNCTUATION_400, &PUNCTUATION_650),
    ];
    for (from, regular, strong) in tables {
        let table = match weight {
            Weight::Regular => regular,
            Weight::Strong => strong,
        };
        let found = code
            .checked_sub(from)
            .and_then(|i| table.get(i as usize))
            .filter(|w| **w > 0);
        if let Some(w) = found {
            return *w;
        }
    }
    UNKNOWN
}

/// The text, or as much of it as fits with an ellipsis.
pub(super) fn fit(text: &str, size: f64, weight: Weight, room: f64) -> String {
    if width(text, size, weight) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if width(&kept, size, weight) + width("…", size, weight) > room {
            kept.pop();
            break;
        }
    }
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strong_is_wider_and_wide_scripts_fill_the_em() {
        let regular = width("Harbour Home", 10.0, Weight::Regular);
        assert!(width("Harbour Home", 10.0, Weight::Strong) > regular);
        assert!((50.0..80.0).contains(&regular), "{regular}");
        assert!((width("京都", 10.0, Weight::Regular) - 20.0).abs() < 1e-9);
    }

    #[test]
    fn what_does_not_fit_ends_in_an_ellipsis_within_the_room() {
        let text = fit(&"Wide ".repeat(60), 12.0, Weight::Strong, 100.0);
        assert!(text.ends_with('…'));
        assert!(width(&text, 12.0, Weight::Strong) <= 100.0);
        assert_eq!(fit("Inn", 12.0, Weight::Regular, 100.0), "Inn");
    }
}
