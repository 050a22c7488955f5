//! From visits to what may be said: summaries, comparisons, the benchmark, ranks.

pub mod stats;
pub mod types;

pub use types::{
    Benchmark, ChosenBy, Comparison, Counts, Field, Interval, Nights, NotRanked, RankRange,
    Relation, Scope, Standing, Summary,
};
