//! The other sites of the same night as a control group.
//!
//! What most sites did that night is the region's or the probe's doing and is taken off. Windows
//! are the last 56 nights; a site's own level is its median over the window.

use crate::analysis::stats::quantile::{type7, type7_sorted};

/// Nights of a window.
pub const WINDOW: usize = 56;
/// Other sites needed.
pub const PANEL_FROM: usize = 3;

/// Values of the sites (rows) in the nights of a window (columns), each less its own median.
pub(super) struct Panel {
    centred: Vec<Vec<Option<f64>>>,
    /// Centred values of each night in ascending order.
    by_night: Vec<Vec<f64>>,
}

impl Panel {
    pub(super) fn of(sites: &[&[Option<f64>]]) -> Self {
        let centred: Vec<Vec<Option<f64>>> = sites
            .iter()
            .map(|x| {
                let there: Vec<f64> = x.iter().copied().flatten().collect();
                let own = type7(&there, 0.5).unwrap_or(0.0);
                x.iter().map(|v| v.map(|v| v - own)).collect()
            })
            .collect();
        let nights = sites.iter().map(|x| x.len()).max().unwrap_or(0);
        let by_night = (0..nights)
            .map(|t| {
                let mut all: Vec<f64> = centred.iter().filter_map(|c| c[t]).collect();
                all.sort_by(f64::total_cmp);
                all
            })
            .collect();
        Panel { centred, by_night }
    }

    /// Whether sites enough stand beside each one.
    pub(super) fn enough(&self) -> bool {
        let there = |c: &&Vec<Option<f64>>| c.iter().any(Option::is_some);
        self.centred.iter().filter(there).count() > PANEL_FROM
    }

    /// What the sites other than `site` did on a night; `None` with under [`PANEL_FROM`] of them.
    pub(super) fn others(&self, site: usize, night: usize) -> Option<f64> {
        let all = &self.by_night[night];
        let Some(own) = self.centred[site][night] else {
            return (all.len() >= PANEL_FROM)
                .then(|| type7_sorted(all, 0.5))
                .flatten();
        };
        if all.len() <= PANEL_FROM {
            return None;
        }
        // The median of the sorted values without one of them.
        let at = all.partition_point(|v| *v < own);
        let rest = |i: usize| all[i + usize::from(i >= at)];
        let n = all.len() - 1;
        Some(f64::midpoint(rest((n - 1) / 2), rest(n / 2)))
    }

    /// What all sites did, of the nights that have sites enough: (night, median).
    pub(super) fn whole(&self) -> Vec<(usize, f64)> {
        self.by_night
            .iter()
            .enumerate()
            .filter(|(_, all)| all.len() > PANEL_FROM)
            .filter_map(|(t, all)| Some((t, type7_sorted(all, 0.5)?)))
            .collect()
    }
}
