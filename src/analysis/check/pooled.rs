//! One test of all cells together, for a small slow-down everywhere.
//!
//! The mean over cells of the differences of block `i`, in the same sequential test at .01. Failed
//! loads are left out of the mean: each cell's own test and the failure rate speak for them, and
//! one failure would drown the others. Its least size is half of the least effect of a cell, since
//! a slow-down too small for any one cell is what it is for.

use super::cell::Series;
use super::options::{Options, Standard};
use crate::analysis::sample::mean;

/// Level of the test.
pub(super) const ALPHA: f64 = 0.01;

/// Mean differences of the blocks that some cells have, until the first block that none has.
pub(super) fn blocks(cells: &[&[f64]]) -> Vec<f64> {
    let mut means = Vec::new();
    for block in 0.. {
        let all: Vec<f64> = cells.iter().filter_map(|d| d.get(block)).copied().collect();
        if all.is_empty() {
            break;
        }
        let finite: Vec<f64> = all.iter().copied().filter(|v| v.is_finite()).collect();
        means.push(if finite.is_empty() {
            0.0
        } else {
            mean(&finite)
        });
    }
    means
}

/// A series for the pooled differences.
pub(super) fn series(options: &Options) -> Series {
    Series::new(Standard {
        min_effect: options.min_effect.ln_1p() / 2.0,
        margin: options.margin.ln_1p(),
    })
}

/// The options of the pooled test.
pub(super) fn options(options: &Options) -> Options {
    Options {
        alpha: ALPHA,
        ..*options
    }
}
