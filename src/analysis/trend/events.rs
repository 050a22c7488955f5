//! What a walk through the nights found, and cells that moved together made one event.

use jiff::civil::Date;
use serde::Serialize;

use crate::analysis::stats::quantile::type7;
use crate::analysis::types::Interval;

/// Nights within which shifts of one site are one event.
const TOGETHER_DAYS: i32 = 2;

/// Who moved.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum What {
    /// A site by itself: most others did not move that night.
    Site {
        /// Target id.
        target: String,
    },
    /// Most sites together: the region, the probe or the browser, no site.
    Region {
        /// Region id.
        region: String,
    },
}

/// One cell that moved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moved {
    /// Page kind.
    pub page: String,
    /// Region id.
    pub region: String,
    /// Profile id.
    pub profile: String,
    /// First night at the new level.
    pub night: Date,
    /// Night on which it could be seen.
    pub seen: Date,
    /// Share by which it moved, with its 95 % interval: 0.12 is 12 % slower.
    pub share: Interval,
    /// Median of the nights before, milliseconds; of a region event 1 is the usual level.
    pub before: f64,
    /// Median of the nights since, likewise.
    pub after: f64,
    /// p of the split.
    pub p: f64,
}

/// One change: the cells of a site, or of a region, that moved the same way within two nights.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Event {
    /// Who moved.
    #[serde(flatten)]
    pub what: What,
    /// First night at the new level, of the cell that moved first.
    pub night: Date,
    /// Night on which it could first be seen.
    pub seen: Date,
    /// Median share over the cells.
    pub share: f64,
    /// The cells, in the order of their nights.
    pub cells: Vec<Moved>,
}

/// One night far from its neighbours, with no change of level.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Incident {
    /// Target id.
    pub target: String,
    /// Page kind.
    pub page: String,
    /// Region id.
    pub region: String,
    /// Profile id.
    pub profile: String,
    /// The night.
    pub night: Date,
    /// Share by which it stood off.
    pub share: f64,
    /// The same in robust sigma of the nights before.
    pub sigma: f64,
}

/// A series whose last night hints at a change that is not certain yet: worth more loads.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suspect {
    /// Target id.
    pub target: String,
    /// Page kind.
    pub page: String,
    /// Region id.
    pub region: String,
    /// Profile id.
    pub profile: String,
    /// First night at what may be a new level.
    pub night: Date,
    /// p of the split.
    pub p: f64,
}

/// Everything that a walk found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Trend {
    /// Changes, newest first.
    pub events: Vec<Event>,
    /// Single nights, newest first.
    pub incidents: Vec<Incident>,
    /// Series under suspicion on the last night.
    pub suspects: Vec<Suspect>,
    /// Limit on p that was used.
    pub p_star: f64,
    /// False alerts a month to expect with it.
    pub false_a_month: f64,
}

/// Makes events of single shifts.
pub(super) fn grouped(mut shifts: Vec<(What, Moved)>) -> Vec<Event> {
    shifts.sort_by(|a, b| {
        let key = |s: &(What, Moved)| (s.0.clone(), s.1.share.point > 0.0, s.1.night);
        key(a).cmp(&key(b))
    });
    let mut events: Vec<Event> = Vec::new();
    for (what, moved) in shifts {
        let joins = events.last().is_some_and(|e: &Event| {
            let same_way = (e.share > 0.0) == (moved.share.point > 0.0);
            e.what == what && same_way && days(e.night, moved.night) <= TOGETHER_DAYS
        });
        match events.last_mut().filter(|_| joins) {
            Some(event) => event.cells.push(moved),
            None => events.push(Event {
                what,
                night: moved.night,
                seen: moved.seen,
                share: moved.share.point,
                cells: vec![moved],
            }),
        }
    }
    for event in &mut events {
        let shares: Vec<f64> = event.cells.iter().map(|c| c.share.point).collect();
        event.share = type7(&shares, 0.5).unwrap_or(event.share);
        event.seen = event
            .cells
            .iter()
            .map(|c| c.seen)
            .min()
            .unwrap_or(event.seen);
    }
    events.sort_by(|a, b| (b.night, &a.what).cmp(&(a.night, &b.what)));
    events
}

/// Days from one date to a later one.
pub(super) fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |s| s.get_days())
}
