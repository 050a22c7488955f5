//! Layout jumps (CLS): the largest session window of layout shifts.
//!
//! Definition: web.dev "Evolving the CLS metric": shifts less than 1 s apart form a window of at
//! most 5 s; the score is the largest sum.

/// Longest time between two shifts of one window, ms.
const GAP: f64 = 1_000.0;
/// Longest window, ms.
const CAP: f64 = 5_000.0;

/// `shifts`: (time in ms, value), without recent input, in order of time.
#[must_use]
pub fn cumulative(shifts: &[(f64, f64)]) -> f64 {
    let mut worst = 0.0_f64;
    let mut window = 0.0;
    let mut first = f64::NEG_INFINITY;
    let mut previous = f64::NEG_INFINITY;
    for &(at, value) in shifts {
        if at - previous > GAP || at - first > CAP {
            window = 0.0;
            first = at;
        }
        window += value;
        previous = at;
        worst = worst.max(window);
    }
    worst
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_over_one_second_or_five_seconds_in_all_begin_a_new_window() {
        assert!((cumulative(&[]) - 0.0).abs() < 1e-12);
        let close = [(100.0, 0.1), (900.0, 0.1), (1_800.0, 0.1)];
        assert!((cumulative(&close) - 0.3).abs() < 1e-12);
        let apart = [(100.0, 0.1), (1_101.0, 0.15)];
        assert!((cumulative(&apart) - 0.15).abs() < 1e-12);
        let long: Vec<(f64, f64)> = (0..8).map(|i| (f64::from(i) * 900.0, 0.1)).collect();
        // 0 to 4,500 ms are one window of six; 5,400 ms is over the cap.
        assert!((cumulative(&long) - 0.6).abs() < 1e-12);
    }
}
