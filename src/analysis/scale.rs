//! On which scale the figures of a metric are computed.
//!
//! Times that are never 0 are multiplicative: they are pooled, paired and averaged as ln(ms), and
//! a difference is a ratio. Metrics that may rightly be 0 (layout jumps, busy time, bytes, counts,
//! and phases such as a connection that was already open) have no logarithm: all of their figures
//! are computed on the raw scale, and a difference is a difference in the metric's unit.

use crate::model::Metric;

/// Resolution of a browser's clock without cross-origin isolation (W3C High Resolution Time 3,
/// 100 microseconds). A time under it cannot be told from it.
const CLOCK_MS: f64 = 0.1;

/// Scale of computation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Natural logarithm.
    Log,
    /// As it is.
    Raw,
}

impl Scale {
    /// The scale of a metric.
    #[must_use]
    pub fn of(metric: Metric) -> Scale {
        match metric {
            Metric::Ttfb
            | Metric::Fcp
            | Metric::Lcp
            | Metric::Inp
            | Metric::SpeedIndex
            | Metric::VisualComplete
            | Metric::DomContentLoaded
            | Metric::Load
            | Metric::FullyLoaded => Scale::Log,
            _ => Scale::Raw,
        }
    }

    /// From the metric's unit to the scale.
    #[must_use]
    pub fn apply(self, value: f64) -> f64 {
        match self {
            Scale::Log => value.max(CLOCK_MS).ln(),
            Scale::Raw => value,
        }
    }

    /// From the scale back to the metric's unit.
    #[must_use]
    pub fn undo(self, x: f64) -> f64 {
        match self {
            Scale::Log => x.exp(),
            Scale::Raw => x,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_survives_the_way_there_and_back() {
        for &metric in Metric::ALL {
            let scale = Scale::of(metric);
            assert!((scale.undo(scale.apply(1_234.5)) - 1_234.5).abs() < 1e-9);
        }
    }

    #[test]
    fn nought_has_a_place_on_both_scales() {
        assert!(Scale::Log.apply(0.0).is_finite());
        assert_eq!(Scale::Raw.apply(0.0), 0.0);
        assert_eq!(Scale::of(Metric::Tbt), Scale::Raw);
        assert_eq!(Scale::of(Metric::Lcp), Scale::Log);
    }
}
