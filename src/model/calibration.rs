//! How fast the machine of a region's browser is, so that a phone is the same phone everywhere.

use serde::{Deserialize, Serialize};

/// Milliseconds that the fixed computation of `browser/scripts/calibrate.js` takes on the machine
/// for which the devices' processor figures hold: there, a phone is a desktop 4 times slower.
pub const REFERENCE_MS: f64 = 6.5;

/// How many runs' calibrations count: one run on a busy machine shall not move the next.
pub const LAST: usize = 9;

/// The calibration of a region's machine, as stored with a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Median of nine computations before this run, milliseconds.
    pub measured_ms: f64,
    /// Median of the last nine runs' figures with the same machine, browser and driver, this run's
    /// included, milliseconds. What is scaled is scaled by this.
    pub used_ms: f64,
    /// How many runs' figures that median is of.
    pub of: usize,
}

impl Calibration {
    /// The calibration of a run: `earlier` are the figures of the runs before, the newest first.
    #[must_use]
    pub fn of(measured_ms: f64, earlier: &[f64]) -> Self {
        let mut all: Vec<f64> = std::iter::once(measured_ms)
            .chain(earlier.iter().copied())
            .take(LAST)
            .collect();
        all.sort_by(f64::total_cmp);
        let middle = all.len() / 2;
        let used_ms = if all.len() % 2 == 1 {
            all[middle]
        } else {
            f64::midpoint(all[middle - 1], all[middle])
        };
        Calibration {
            measured_ms,
            used_ms,
            of: all.len(),
        }
    }

    /// By how much the processor is to be slowed here for what `asked` is on the reference machine:
    /// more on a faster machine, less on a slower one, and never less than not at all. A device
    /// that is not slowed down is as fast as the machine.
    #[must_use]
    pub fn throttle(&self, asked: f64) -> f64 {
        if asked <= 1.0 {
            return 1.0;
        }
        let scaled = asked * REFERENCE_MS / self.used_ms;
        // Two digits: a machine's figure is no more certain than that.
        ((scaled * 20.0).round() / 20.0).clamp(1.0, 100.0)
    }

    /// Whether this machine is too slow to be the device at all.
    #[must_use]
    pub fn too_slow(&self, asked: f64) -> bool {
        asked > 1.0 && asked * REFERENCE_MS < self.used_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_run_on_a_busy_machine_does_not_move_the_next() {
        let calm = [10.0, 10.2, 9.9, 10.1];
        let busy = Calibration::of(25.0, &calm);
        assert!((busy.used_ms - 10.1).abs() < 1e-9, "{busy:?}");
        assert_eq!(busy.of, 5);
        let many = [10.0; 20];
        assert_eq!(Calibration::of(25.0, &many).of, LAST);
        let even = Calibration::of(12.0, &[10.0]);
        assert!((even.used_ms - 11.0).abs() < 1e-9);
    }

    #[test]
    fn a_phone_is_the_same_phone_on_every_machine() {
        let at = |ms| Calibration::of(ms, &[]);
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
        near(at(REFERENCE_MS).throttle(4.0), 4.0);
        near(at(REFERENCE_MS / 2.0).throttle(4.0), 8.0);
        near(at(REFERENCE_MS * 2.0).throttle(4.0), 2.0);
        near(at(REFERENCE_MS * 8.0).throttle(4.0), 1.0);
        near(at(REFERENCE_MS / 2.0).throttle(1.0), 1.0);
        assert!(at(REFERENCE_MS * 5.0).too_slow(4.0));
        assert!(!at(REFERENCE_MS * 3.0).too_slow(4.0));
        assert!(!at(REFERENCE_MS * 9.0).too_slow(1.0));
    }
}
