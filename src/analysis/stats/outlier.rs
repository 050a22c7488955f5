//! Values far from their fellows, to be shown and never to be removed.
//!
//! On ln(ms): further from the median than 3.5 robust sigma (Iglewicz and Hoaglin 1993), and by at
//! least 5 %, so that a very quiet series does not flag trifles.

use super::autocorrelation::{MAD_TO_SIGMA, median_and_mad};

/// One mark a value, in the order given. Values that are not positive are never flagged.
#[must_use]
pub fn outliers(ms: &[f64]) -> Vec<bool> {
    let logs: Vec<f64> = ms.iter().map(|v| v.ln()).collect();
    let finite: Vec<f64> = logs.iter().copied().filter(|v| v.is_finite()).collect();
    let Some((median, mad)) = median_and_mad(&finite) else {
        return vec![false; ms.len()];
    };
    let limit = (3.5 * MAD_TO_SIGMA * mad).max(1.05_f64.ln());
    logs.iter()
        .map(|v| v.is_finite() && (v - median).abs() > limit)
        .collect()
}
