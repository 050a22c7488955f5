//! Normal and Student's t in the few forms that the other files ask for.
//!
//! Computed by `statrs`; its results agree with SciPy's to the tolerance of the vectors. No other
//! file names that crate's distributions.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// Upper tail of the standard normal distribution.
#[must_use]
pub fn normal_sf(z: f64) -> f64 {
    Normal::standard().sf(z)
}

/// The `z` with `normal_cdf(z) = p`, for `0 <= p <= 1`.
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    Normal::standard().inverse_cdf(p)
}

/// The `z` with `normal_sf(z) = p`. By symmetry, so that a small `p` keeps its digits.
#[must_use]
pub fn normal_isf(p: f64) -> f64 {
    // `0.0 -` and not a minus sign, so that p = 0.5 gives 0 and not -0.
    0.0 - normal_quantile(p)
}

/// Upper tail of Student's t with `df` degrees of freedom, `df` at least 1.
#[must_use]
pub fn t_sf(t: f64, df: usize) -> f64 {
    student(df).sf(t)
}

/// The `t` below which Student's t with `df` degrees of freedom lies with probability `p`.
#[must_use]
pub fn t_quantile(p: f64, df: usize) -> f64 {
    student(df).inverse_cdf(p)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "degrees of freedom are counts of nights"
)]
fn student(df: usize) -> StudentsT {
    StudentsT::new(0.0, 1.0, df.max(1) as f64).expect("location, scale and df are positive")
}
