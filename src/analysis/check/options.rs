//! How long a check looks, what counts as slower, and what a pass promises.
//!
//! Relative for times that are never 0. Of metrics that may be 0 the design gives CLS and TBT
//! (suggested there, not simulated); other phases take those of TBT, and bytes and counts take
//! round figures of our own. Such metrics are advisory unless somebody gates on them.

use crate::analysis::scale::Scale;
use crate::analysis::stats::sequential::Preset;
use crate::model::{Metric, Unit};

/// What a check is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Looks and their weights.
    pub preset: Preset,
    /// Level of the whole check: 0.05, or another that the tables of `stats::sequential` have.
    pub alpha: f64,
    /// Least slow-down worth the word, as a share.
    pub min_effect: f64,
    /// Slow-down that a pass rules out, as a share.
    pub margin: f64,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            preset: Preset::Standard,
            alpha: 0.05,
            min_effect: 0.03,
            margin: 0.10,
        }
    }
}

impl Options {
    /// Up to 60 pairs and a margin of 5 %.
    #[must_use]
    pub fn sensitive() -> Self {
        Options {
            preset: Preset::Thorough,
            margin: 0.05,
            ..Options::default()
        }
    }
}

/// Least effect and margin of one metric, on the scale of computation (ln ratio or raw unit).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standard {
    /// Least slow-down worth the word.
    pub min_effect: f64,
    /// Slow-down that a pass rules out.
    pub margin: f64,
}

/// Whether effects of a metric are shares of the baseline.
pub(super) fn is_relative(metric: Metric) -> bool {
    Scale::of(metric) == Scale::Log
}

/// The standard that a metric is held to. Absolute margins shrink and grow with the relative one:
/// half of them when that is 5 % and not 10 %.
#[must_use]
pub fn standard_of(options: &Options, metric: Metric) -> Standard {
    if is_relative(metric) {
        return Standard {
            min_effect: options.min_effect.ln_1p(),
            margin: options.margin.ln_1p(),
        };
    }
    let (min_effect, margin) = match metric.unit() {
        Unit::Score => (0.01, 0.05),
        Unit::Milliseconds => (30.0, 100.0),
        Unit::Bytes => (10_000.0, 100_000.0),
        Unit::Count => (1.0, 5.0),
    };
    let usual = Options::default();
    Standard {
        min_effect: min_effect * options.min_effect / usual.min_effect,
        margin: margin * options.margin / usual.margin,
    }
}
