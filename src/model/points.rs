//! One metric of many visits, as columns: what a year of nights is read as.
//!
//! A year is hundreds of thousands of visits; a [`VisitRow`](super::VisitRow) each, with its texts
//! and all metrics, would be a gigabyte. Warm-up visits are not in here.

use jiff::civil::Date;

use super::metric::Metric;
use super::visit::VisitState;

/// Where visits were made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PointPlace {
    /// Target id.
    pub target: String,
    /// Page kind.
    pub page: String,
    /// Region id.
    pub region: String,
    /// Profile id.
    pub profile: String,
}

/// One visit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Date on which the run started, in the project's zone.
    pub night: Date,
    /// Run id.
    pub run: i64,
    /// Round, from 1.
    pub round: u32,
    /// What became of it.
    pub state: VisitState,
    /// The metric in its unit; absent unless it was measured.
    pub value: Option<f64>,
}

/// The visits of a period by place, each place in the order of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    /// Of which metric the values are.
    pub metric: Metric,
    /// Places in their order, with their visits.
    pub places: Vec<(PointPlace, Vec<Point>)>,
}

impl Points {
    /// The visits at a place; empty where there are none.
    #[must_use]
    pub fn at(&self, place: &PointPlace) -> &[Point] {
        self.places
            .binary_search_by(|(p, _)| p.cmp(place))
            .map_or(&[], |i| self.places[i].1.as_slice())
    }
}
