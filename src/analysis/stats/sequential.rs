//! Looking several times at a growing sample without paying with false alarms: min-p.
//!
//! At look `k` the p of all pairs so far is divided by the look's weight; `M` is the least of
//! these. Under no change the joint law of the signed-rank p-values does not depend on the data's
//! distribution, so that of `M` is a table: `min_p.json`, 5 million replicates a preset. What a
//! verdict makes of it is not said here.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// How many pairs a comparison may take, and when it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Preset {
    /// 8 to 20 pairs.
    Quick,
    /// 10 to 40 pairs.
    Standard,
    /// 10 to 60 pairs.
    Thorough,
}

impl Preset {
    /// All of them.
    pub const ALL: [Preset; 3] = [Preset::Quick, Preset::Standard, Preset::Thorough];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Preset::Quick => "quick",
            Preset::Standard => "standard",
            Preset::Thorough => "thorough",
        }
    }

    /// Its table.
    #[must_use]
    pub fn table(self) -> &'static Table {
        TABLES
            .get(self.name())
            .expect("the embedded file has a table for each preset, as a test holds")
    }
}

/// Looks, weights and the null distribution of `M`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Table {
    /// Pairs at each look.
    pub looks: Vec<usize>,
    /// Weight of each look; their sum is 1.
    pub weights: Vec<f64>,
    /// Levels for which `m_alpha` is tabled.
    pub alpha: Vec<f64>,
    /// Critical value of `M` at each of these levels.
    pub m_alpha: Vec<f64>,
    /// Grid of `M`, ascending to 1.
    m_grid: Vec<f64>,
    /// `P(M <= m)` under no change.
    #[serde(rename = "F_M")]
    f_m: Vec<f64>,
}

static TABLES: LazyLock<BTreeMap<String, Table>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("min_p.json"))
        .expect("the embedded file is checked by a test")
});

impl Table {
    /// Critical value of `M` at a tabled level.
    #[must_use]
    pub fn critical(&self, alpha: f64) -> Option<f64> {
        let at = self.alpha.iter().position(|a| (a - alpha).abs() < 1e-12)?;
        Some(self.m_alpha[at])
    }

    /// The p that look `look` (from 0) has to reach for rejection at a tabled level.
    #[must_use]
    pub fn limit(&self, look: usize, alpha: f64) -> Option<f64> {
        Some(self.weights.get(look)? * self.critical(alpha)?)
    }

    /// Least of `p / weight` over the looks so far, `None` before the first look.
    #[must_use]
    pub fn min_p(&self, look_p: &[f64]) -> Option<f64> {
        look_p
            .iter()
            .zip(&self.weights)
            .map(|(p, w)| p / w)
            .min_by(f64::total_cmp)
    }

    /// Sequential p of an `M`: ln F interpolated on ln M; under the table `M` itself (Bonferroni),
    /// from 1 on 1.
    #[must_use]
    pub fn p_seq(&self, m: f64) -> f64 {
        let grid = &self.m_grid;
        if m >= 1.0 || m.is_nan() {
            return 1.0;
        }
        if m < grid[0] {
            return m;
        }
        let hi = grid.partition_point(|g| *g <= m).min(grid.len() - 1);
        let lo = hi - 1;
        let share = (m.ln() - grid[lo].ln()) / (grid[hi].ln() - grid[lo].ln());
        let (a, b) = (self.f_m[lo].ln(), self.f_m[hi].ln());
        (a + share * (b - a)).exp()
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::*;
    use crate::analysis::stats::signed_rank::{signed_rank, subset_sums};

    #[test]
    fn every_preset_has_a_whole_table() {
        for preset in Preset::ALL {
            let t = preset.table();
            assert_eq!(t.looks.len(), t.weights.len());
            assert!((t.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            assert_eq!(t.m_grid.len(), t.f_m.len());
            assert!(t.m_grid.is_sorted() && t.f_m.is_sorted());
            assert_eq!(t.m_grid.last(), Some(&1.0));
            assert!(t.critical(0.05).is_some() && t.critical(0.01).is_some());
        }
    }

    #[test]
    fn under_the_table_it_is_bonferroni_and_above_it_certain() {
        let t = Preset::Standard.table();
        assert_eq!(t.p_seq(1e-5), 1e-5);
        assert_eq!(t.p_seq(1.0), 1.0);
        assert_eq!(t.min_p(&[]), None);
    }

    /// One-sided p of every signed-rank sum of `n` differences without ties.
    fn tails(n: usize) -> Vec<f64> {
        let mut tail = subset_sums(&(1..=n).collect::<Vec<_>>());
        let mut above = 0.0;
        for p in tail.iter_mut().rev() {
            above += *p;
            *p = above;
        }
        tail
    }

    /// Signed-rank sum of differences without ties.
    fn sum(d: &[f64]) -> usize {
        let mut order: Vec<f64> = d.to_vec();
        order.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
        let ranked = order.iter().zip(1..).filter(|(v, _)| **v > 0.0);
        ranked.map(|(_, rank)| rank).sum()
    }

    #[test]
    fn twenty_thousand_checks_of_no_change_reject_at_most_five_and_a_half_percent() {
        let mut rng = ChaCha8Rng::seed_from_u64(20_000);
        let mut draw = || f64::from(rng.next_u32()) / 4_294_967_296.0 - 0.5;
        for preset in Preset::ALL {
            let table = preset.table();
            let tails: Vec<Vec<f64>> = table.looks.iter().map(|n| tails(*n)).collect();
            let most = *table.looks.last().unwrap();
            let mut rejected = 0;
            for run in 0..20_000 {
                // The law of M is the same for all symmetric differences.
                let d: Vec<f64> = (0..most).map(|_| draw()).collect();
                let looks = table.looks.iter().zip(&tails).enumerate();
                rejected += usize::from(looks.into_iter().any(|(k, (n, tail))| {
                    let p = tail[sum(&d[..*n])];
                    if run == 0 {
                        assert!((p - signed_rank(&d[..*n]).p_greater).abs() < 1e-12);
                    }
                    p <= table.limit(k, 0.05).unwrap()
                }));
            }
            let size = f64::from(u32::try_from(rejected).unwrap()) / 20_000.0;
            // Under .045 the limits would not be those of the table.
            assert!((0.045..=0.055).contains(&size), "{}: {size}", preset.name());
        }
    }
}
