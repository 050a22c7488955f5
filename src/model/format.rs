//! Figures for people: units, rounding and plurals, the same on a terminal, a page and in the PDF.

use super::metric::{Metric, Unit};

/// Seconds with one decimal from milliseconds: `2.1 s`. Under 100 ms the milliseconds: `42 ms`.
#[must_use]
pub fn seconds(ms: f64) -> String {
    // No minus before nothing.
    let ms = if ms.abs() < 0.5 { 0.0 } else { ms };
    if ms.abs() < 99.5 {
        format!("{ms:.0} ms")
    } else {
        format!("{:.1} s", ms / 1000.0)
    }
}

/// A value of a metric with its unit.
#[must_use]
pub fn value(metric: Metric, v: f64) -> String {
    match metric.unit() {
        Unit::Milliseconds => seconds(v),
        Unit::Bytes => bytes(v),
        Unit::Count => format!("{v:.0}"),
        Unit::Score => format!("{v:.2}"),
    }
}

/// Decimal bytes: `212 kB`, `1.4 MB`.
#[must_use]
pub fn bytes(v: f64) -> String {
    if v < 999.5 {
        format!("{v:.0} B")
    } else if v < 999_500.0 {
        format!("{:.0} kB", v / 1e3)
    } else if v < 999_500_000.0 {
        format!("{:.1} MB", v / 1e6)
    } else {
        format!("{:.1} GB", v / 1e9)
    }
}

/// `1 visit`, `2 visits`.
#[must_use]
pub fn count(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(n), if n == 1 { one } else { many })
}

/// `4,410`.
#[must_use]
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// `1st`, `2nd`, `3rd`, `4th`, `11th`.
#[must_use]
pub fn ordinal(n: usize) -> String {
    let suffix = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{suffix}")
}

/// A list as a sentence has it: `a`, `a and b`, `a, b and c`.
#[must_use]
pub fn list<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [head @ .., last] => {
            let head: Vec<&str> = head.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", head.join(", "), last.as_ref())
        }
    }
}

/// A span of time, roughly: `40 s`, `3 min 12 s`, `2 h 05 min`, `26 days`.
#[must_use]
pub fn span(secs: u64) -> String {
    const TWO_DAYS: u64 = 2 * 86_400;
    match secs {
        0..60 => format!("{secs} s"),
        60..3600 => format!("{} min {:02} s", secs / 60, secs % 60),
        3600..TWO_DAYS => format!("{} h {:02} min", secs / 3600, secs % 3600 / 60),
        _ => format!("{} days", secs / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_people_write_them() {
        assert_eq!(seconds(2_149.0), "2.1 s");
        assert_eq!(seconds(42.4), "42 ms");
        assert_eq!(seconds(99.6), "0.1 s");
        assert_eq!(bytes(999.6), "1 kB");
        assert_eq!(bytes(1_400_000.0), "1.4 MB");
        assert_eq!(thousands(4_410), "4,410");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(count(1, "visit", "visits"), "1 visit");
        assert_eq!(span(192), "3 min 12 s");
        assert_eq!(span(47 * 3600), "47 h 00 min");
        assert_eq!(span(627 * 3600), "26 days");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
    }

    #[test]
    fn ordinals_of_the_teens_end_in_th() {
        let got: Vec<String> = [1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(ordinal).into();
        assert_eq!(
            got.join(" "),
            "1st 2nd 3rd 4th 11th 12th 13th 21st 102nd 111th"
        );
    }
}
