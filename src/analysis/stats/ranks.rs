//! Which of several sites are surely slower than which, and the places that this leaves open.
//!
//! Paired signed-rank tests of all pairs, each made humble by the autocorrelation of its
//! differences and by Student's t, then Holm over all of them. The places are the projection
//! construction of Mogstad, Romano, Shaikh and Wilhelm (2024): they hold for all sites at once. So do
//! conclusions from them: who is slower than one that is slower than a third is slower than the third,
//! even where the test of that pair alone could not say so.

use super::autocorrelation::{FOR_INTERVALS, autocorrelation};
use super::distribution::{normal_isf, t_sf};
use super::hodges_lehmann::centre;
use super::multiple::holm;
use super::signed_rank::signed_rank;

/// One pair of sites.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// First site.
    pub first: usize,
    /// Second site.
    pub second: usize,
    /// Hodges-Lehmann centre of first minus second; above 0 the first is the slower.
    pub centre: f64,
    /// Two-sided p, adjusted for autocorrelation. 1 where the pair could not be tested.
    pub p: f64,
}

/// Places of all sites.
#[derive(Debug, Clone, PartialEq)]
pub struct RankSets {
    /// Pairs and their Holm-adjusted p.
    pub pairs: Vec<(Pair, f64)>,
    /// Best place of each site, from 1.
    pub lo: Vec<usize>,
    /// Worst place of each site.
    pub hi: Vec<usize>,
    slower: Vec<Vec<bool>>,
}

impl RankSets {
    /// Whether site `a` is surely slower than site `b`.
    #[must_use]
    pub fn surely_slower(&self, a: usize, b: usize) -> bool {
        self.slower[a][b]
    }

    /// Sites that no other is surely faster than.
    #[must_use]
    pub fn could_be_best(&self) -> Vec<usize> {
        (0..self.lo.len()).filter(|&i| self.lo[i] == 1).collect()
    }
}

/// Centre and adjusted two-sided p of differences in the order of nights.
#[must_use]
pub fn paired_p(d: &[f64]) -> (f64, f64) {
    let Some(centre) = centre(d) else {
        return (0.0, 1.0);
    };
    let p = signed_rank(d).p_two;
    if d.len() < 2 || p >= 1.0 {
        return (centre, 1.0);
    }
    let factor = autocorrelation(d, FOR_INTERVALS).factor;
    let z = normal_isf(p / 2.0) / factor.sqrt();
    (centre, (2.0 * t_sf(z, d.len() - 1)).min(1.0))
}

/// Places of `sites` sites from tests of all their pairs, at simultaneous level `1 - alpha`.
#[must_use]
pub fn rank_sets(sites: usize, pairs: Vec<Pair>, alpha: f64) -> RankSets {
    let adjusted = holm(&pairs.iter().map(|p| p.p).collect::<Vec<_>>());
    let mut slower = vec![vec![false; sites]; sites];
    for (pair, p) in pairs.iter().zip(&adjusted) {
        if *p <= alpha && pair.centre > 0.0 {
            slower[pair.first][pair.second] = true;
        } else if *p <= alpha && pair.centre < 0.0 {
            slower[pair.second][pair.first] = true;
        }
    }
    let slower = concluded(slower);
    let faster_than = |j: usize| (0..sites).filter(|&l| slower[j][l]).count();
    let slower_than = |j: usize| (0..sites).filter(|&l| slower[l][j]).count();
    RankSets {
        lo: (0..sites).map(|j| 1 + faster_than(j)).collect(),
        hi: (0..sites).map(|j| sites - slower_than(j)).collect(),
        pairs: pairs.into_iter().zip(adjusted).collect(),
        slower,
    }
}

/// What follows from who is slower than whom. Where the answers go round in a ring, which true ones
/// cannot, nothing is concluded.
fn concluded(slower: Vec<Vec<bool>>) -> Vec<Vec<bool>> {
    let sites = slower.len();
    let mut all = slower.clone();
    for between in 0..sites {
        for a in 0..sites {
            for b in 0..sites {
                all[a][b] |= all[a][between] && all[between][b];
            }
        }
    }
    match (0..sites).any(|i| all[i][i]) {
        true => slower,
        false => all,
    }
}

/// The tests of all pairs, the differences of each (first minus second) being asked for; an empty
/// answer leaves the pair untested.
pub fn all_pairs(sites: usize, differences: impl Fn(usize, usize) -> Vec<f64>) -> Vec<Pair> {
    let mut pairs = Vec::with_capacity(sites * sites.saturating_sub(1) / 2);
    for first in 1..sites {
        for second in 0..first {
            let (centre, p) = paired_p(&differences(first, second));
            pairs.push(Pair {
                first,
                second,
                centre,
                p,
            });
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sets(nights: &[Vec<f64>]) -> RankSets {
        let sites = nights.first().map_or(0, Vec::len);
        let pairs = all_pairs(sites, |i, j| nights.iter().map(|n| n[i] - n[j]).collect());
        rank_sets(sites, pairs, 0.05)
    }

    #[test]
    fn pairs_that_were_not_tested_leave_all_places_open() {
        let got = rank_sets(3, all_pairs(3, |_, _| Vec::new()), 0.05);
        assert_eq!((got.lo, got.hi), (vec![1, 1, 1], vec![3, 3, 3]));
    }

    /// Pairs (slower, faster) of which the test is sure; all others were not tested.
    fn told(sites: usize, sure: &[(usize, usize)]) -> RankSets {
        let mut pairs = all_pairs(sites, |_, _| Vec::new());
        for pair in &mut pairs {
            let at = |(slower, faster)| (pair.first, pair.second) == (slower, faster);
            let round = |(slower, faster)| (pair.second, pair.first) == (slower, faster);
            if sure.iter().copied().any(at) {
                (pair.centre, pair.p) = (1.0, 0.0);
            } else if sure.iter().copied().any(round) {
                (pair.centre, pair.p) = (-1.0, 0.0);
            }
        }
        rank_sets(sites, pairs, 0.05)
    }

    #[test]
    fn what_follows_from_two_pairs_holds_for_the_third() {
        let got = told(4, &[(2, 1), (1, 0)]);
        assert!(got.surely_slower(2, 0) && !got.surely_slower(0, 2));
        assert_eq!((got.lo, got.hi), (vec![1, 2, 3, 1], vec![2, 3, 4, 4]));
        let apart = told(4, &[(2, 1), (3, 0)]);
        assert!(!apart.surely_slower(2, 0) && !apart.surely_slower(3, 1));
    }

    #[test]
    fn from_a_ring_nothing_follows() {
        let got = told(3, &[(2, 1), (1, 0), (0, 2)]);
        assert!(got.surely_slower(2, 1) && !got.surely_slower(1, 2));
        assert_eq!((got.lo, got.hi), (vec![2, 2, 2], vec![2, 2, 2]));
    }

    proptest! {
        #[test]
        fn the_best_place_is_never_behind_the_worst(
            base in proptest::collection::vec(0.0..1.0f64, 2..6),
            noise in proptest::collection::vec(proptest::collection::vec(0.0..0.3f64, 6), 8..24),
        ) {
            let nights: Vec<Vec<f64>> = noise
                .iter()
                .map(|n| base.iter().zip(n).map(|(b, e)| b + e).collect())
                .collect();
            let got = sets(&nights);
            for (lo, hi) in got.lo.iter().zip(&got.hi) {
                prop_assert!(1 <= *lo && lo <= hi && *hi <= base.len());
            }
        }
    }
}
