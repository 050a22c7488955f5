//! The statistical primitives: pure functions on slices, one subject a file.
//!
//! Nothing here knows of visits, targets or nights; the modules beside this one do. Times come as
//! natural logarithms, or as differences of such. A failed load may come as an infinite value
//! where a function says so. No function draws random numbers: the same data, the same result.

pub mod autocorrelation;
pub mod distribution;
pub mod hodges_lehmann;
pub mod month;
pub mod multiple;
pub mod outlier;
pub mod power;
pub mod proportion;
pub mod quantile;
pub mod rank_sum;
pub mod ranks;
pub mod sequential;
pub mod signed_rank;

/// Mid-ranks of values, doubled so that ties stay whole numbers: the `i`-th smallest value has
/// `2i` (counted from 1), equal values share their mean. Equal infinities are equal.
pub(crate) fn doubled_mid_ranks(x: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&i, &j| x[i].total_cmp(&x[j]));
    let mut ranks = vec![0; x.len()];
    let mut start = 0;
    while start < order.len() {
        let value = x[order[start]];
        let end = order[start..]
            .iter()
            .position(|&i| x[i] != value)
            .map_or(order.len(), |k| start + k);
        // Positions start+1..=end: twice their mean is start + 1 + end.
        for &i in &order[start..end] {
            ranks[i] = start + 1 + end;
        }
        start = end;
    }
    ranks
}

/// A copy in ascending order.
pub(crate) fn sorted(x: &[f64]) -> Vec<f64> {
    let mut s = x.to_vec();
    s.sort_by(f64::total_cmp);
    s
}
