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

/// Width of a character outside the tables, in thousandths of an em. Another font will set it;
/// ideographs and pictographs fill the em.
const UNKNOWN: u16 = 1000;
/// Of scripts from the right: in the widest face tried (DejaVu Sans, bold) names come to 600, and
/// words of wide Hebrew letters to 740.
const FROM_THE_RIGHT: u16 = 680;

/// Width of a text in the unit of `size`.
pub(super) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let sum: u32 = text.chars().map(|c| u32::from(advance(c, weight))).sum();
    f64::from(sum) * size / 1000.0
}

fn advance(c: char, weight: Weight) -> u16 {
    let code = u32::from(c);
    // Combining marks sit on the letter before them; what directs the text is not seen.
    let unseen = matches!(code, 0x300..=0x36F | 0x5B0..=0x5BD | 0x64B..=0x65F | 0x670 | 0x200B..=0x200F | 0x202A..=0x202E | 0x2066..=0x2069);
    if unseen {
        return 0;
    }
    // Arabic seen, sheen, sad and dad are the wide ones.
    if runs_from_the_right(c) && !(0x633..=0x636).contains(&code) {
        return FROM_THE_RIGHT;
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

fn runs_from_the_right(c: char) -> bool {
    matches!(u32::from(c), 0x0590..=0x08FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFF | 0x1_0800..=0x1_0FFF | 0x1_E800..=0x1_EFFF)
}

/// A name that stands in one label with a figure or an ellipsis: written from right to left it would
/// take them to its other end, so it is isolated (UAX 9, FSI and PDI).
pub(super) fn isolated(name: &str) -> String {
    if name.contains(runs_from_the_right) && !name.starts_with('\u{2068}') {
        format!("\u{2068}{name}\u{2069}")
    } else {
        name.to_owned()
    }
}

/// The text, or as much of it as fits with an ellipsis, which stands where the text is going.
pub(super) fn fit(text: &str, size: f64, weight: Weight, room: f64) -> String {
    isolated(&cut(text, size, weight, room))
}

/// The text in one line, or in two where one has no room and a space parts it; each fits.
pub(super) fn wrap(text: &str, size: f64, weight: Weight, room: f64) -> Vec<String> {
    let wide = |t: &str| width(t, size, weight);
    if wide(text) <= room {
        return vec![isolated(text)];
    }
    let parts = text.match_indices(' ').map(|(i, _)| text.split_at(i));
    // The first line as full as it can be, so that no more than the end of the second is lost.
    let mut fitting = parts.filter(|(a, _)| wide(a.trim()) <= room);
    match fitting.next_back() {
        Some((a, b)) if !a.trim().is_empty() => {
            let b = fit(b.trim(), size, weight, room);
            vec![isolated(a.trim()), b]
        }
        _ => vec![fit(text, size, weight, room)],
    }
}

fn cut(text: &str, size: f64, weight: Weight, room: f64) -> String {
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

    #[test]
    fn the_ellipsis_of_a_name_from_the_right_stands_at_its_left_end() {
        let text = fit(&"دكان البيت ".repeat(20), 12.0, Weight::Strong, 100.0);
        assert!(
            text.starts_with('\u{2068}') && text.ends_with("…\u{2069}"),
            "{text}"
        );
        assert!(width(&text, 12.0, Weight::Strong) <= 100.0);
        assert_eq!(isolated(&isolated("متجر")), isolated("متجر"));
    }

    #[test]
    fn a_name_goes_on_in_a_second_line_and_is_cut_only_there() {
        let of = |text: &str| wrap(text, 12.0, Weight::Regular, 80.0);
        assert_eq!(of("Inn"), ["Inn"]);
        assert_eq!(
            of("Southern Cross Living"),
            ["Southern", "Cross Living"].map(String::from)
        );
        let long = of("Long and longer still, without end");
        assert_eq!(long.len(), 2, "{long:?}");
        assert!(long[1].ends_with('…'), "{long:?}");
        assert_eq!(of(&"W".repeat(40)).len(), 1);
    }
}
