//! From visits to what may be said: summaries, comparisons, the benchmark, ranks.

mod benchmark;
pub mod budget;
pub mod causes;
pub mod check;
mod compare;
pub mod control;
pub mod field;
mod parallel;
mod ranking;
mod release;
mod sample;
mod scale;
pub mod stats;
pub mod summary;
pub mod trend;
pub mod types;
pub mod visits;

pub use budget::{BudgetResult, BudgetState, Ground};
pub use field::{FieldInput, PointsInput, field, field_of_points, leader_of_points};
pub use release::{Effect, release_effect};
pub use scale::Scale;
pub use summary::{quartiles, series_table, summary, summary_of_points};
pub use types::{
    Benchmark, ChosenBy, Comparison, Counts, Field, Incumbent, Interval, Nights, NotRanked,
    RankRange, Relation, Scope, Standing, Summary,
};
pub use visits::{Visits, scope_counts};
