//! Adjusting p-values for the number of questions asked.
//!
//! Benjamini and Hochberg 1995 (share of false discoveries), Holm 1979 (no false one at all).

/// Benjamini-Hochberg adjusted p-values, in the order given.
#[must_use]
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let m = p.len() as f64;
    let mut least = 1.0_f64;
    let mut adjusted = vec![1.0; p.len()];
    for (rank, &i) in ascending(p).iter().enumerate().rev() {
        least = least.min(p[i] * m / (rank + 1) as f64);
        adjusted[i] = least;
    }
    adjusted
}

/// Holm adjusted p-values, in the order given.
#[must_use]
pub fn holm(p: &[f64]) -> Vec<f64> {
    let m = p.len();
    let mut most = 0.0_f64;
    let mut adjusted = vec![1.0; m];
    for (rank, &i) in ascending(p).iter().enumerate() {
        most = most.max((p[i] * (m - rank) as f64).min(1.0));
        adjusted[i] = most;
    }
    adjusted
}

fn ascending(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&i, &j| p[i].total_cmp(&p[j]));
    order
}
