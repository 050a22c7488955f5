//! A verdict in one sentence: size, interval, pairs.

use super::report::{CellReport, Effect, Grounds, Verdict, WhyNot};
use crate::model::{Metric, Unit, format};

impl CellReport {
    /// Such as `LCP +6.2 % (95 % CI +3.1..+9.4), 20 pairs, p_seq .004`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let metric = self.cell.metric;
        let name = metric.label();
        let pairs = format::count(self.n as u64, "pair", "pairs");
        match self.verdict {
            None => format!("{name}: not decided yet, {pairs}{}", self.so_far()),
            Some(Verdict::Regressed {
                grounds: Grounds::FailsMore,
            }) => {
                let r = self.reliability;
                format!(
                    "{name}: the candidate fails more often, {} of {} loads against {} of {} (p {})",
                    r.candidate_failed,
                    r.candidate,
                    r.baseline_failed,
                    r.baseline,
                    p_value(r.p())
                )
            }
            Some(Verdict::Regressed { .. } | Verdict::Improved) => format!(
                "{name} {}, {pairs}{}",
                self.sized(),
                self.p_seq
                    .filter(|_| !matches!(self.verdict, Some(Verdict::Improved)))
                    .map_or_else(String::new, |p| format!(", p_seq {}", p_value(p)))
            ),
            Some(Verdict::NoRegression { margin }) => format!(
                "{name}: no regression of {} or more{}, {pairs}",
                plain(margin, metric),
                self.upper()
            ),
            Some(Verdict::CannotTell { why, takes_pairs }) => format!(
                "{name}: inconclusive, {}{}",
                self.reason(why),
                self.takes(takes_pairs)
            ),
            Some(Verdict::NotMeasured) => format!(
                "{name}: could not measure, of {} {} were lost on our side and {} failed on both",
                format::count(u64::from(self.pairs.attempted), "pair", "pairs"),
                self.pairs.lost,
                self.pairs.both_failed
            ),
        }
    }

    /// What it would take to tell.
    fn takes(&self, pairs: Option<usize>) -> String {
        match pairs {
            // More of the same does not settle what a state of the moment does to every pair.
            Some(n) if n <= self.n && self.autocorrelated => "; neighbouring pairs resemble each \
                 other, so more of them would not settle it: repeat it in 10 minutes or later"
                .to_owned(),
            Some(n) => format!(
                "; {} needs about {}",
                plain(self.margin, self.cell.metric),
                format::count(n as u64, "pair", "pairs")
            ),
            None => String::new(),
        }
    }

    fn so_far(&self) -> String {
        match self.effect {
            Some(_) => format!(", so far {}", self.sized()),
            None => String::new(),
        }
    }

    /// `+6.2 % (95 % CI +3.1..+9.4)`.
    fn sized(&self) -> String {
        let Some(effect) = self.effect else {
            return "no size".to_owned();
        };
        let metric = self.cell.metric;
        match effect.estimate {
            Some(estimate) => format!(
                "{} (95 % CI {})",
                signed(estimate, metric),
                bounds(&effect, metric)
            ),
            None => "fails too often to time".to_owned(),
        }
    }

    fn upper(&self) -> String {
        let upper = self.effect.and_then(|e| e.repeated.1);
        upper.map_or_else(String::new, |u| {
            format!(" (upper bound {})", signed(u, self.cell.metric))
        })
    }

    fn reason(&self, why: WhyNot) -> String {
        match why {
            WhyNot::Noise => {
                let seen = self.effect.and_then(|e| e.detectable).map(|d| {
                    format!(
                        "; {} see {}",
                        format::count(self.n as u64, "pair", "pairs"),
                        plain(d, self.cell.metric)
                    )
                });
                format!("{}{}", self.sized(), seen.unwrap_or_default())
            }
            WhyNot::FailsTooOften => "it fails too often to time".to_owned(),
            WhyNot::StoppedEarly => format!(
                "stopped after {}{}",
                format::count(self.n as u64, "pair", "pairs"),
                self.so_far()
            ),
            WhyNot::Disagree => "two sessions do not agree".to_owned(),
            WhyNot::NothingGates => "nothing gates".to_owned(),
        }
    }
}

fn bounds(effect: &Effect, metric: Metric) -> String {
    let end = |x: Option<f64>, open: &str| x.map_or_else(|| open.to_owned(), |v| bare(v, metric));
    format!(
        "{}..{}",
        end(effect.interval95.0, "open"),
        end(effect.interval95.1, "open")
    )
}

/// Signed, without the unit: `+3.1`.
fn bare(x: f64, metric: Metric) -> String {
    if super::options::is_relative(metric) {
        return format!("{:+.1}", x * 100.0);
    }
    match metric.unit() {
        Unit::Score => format!("{x:+.3}"),
        _ => format!("{x:+.0}"),
    }
}

/// Signed, with the unit: `+3.1 %`.
fn signed(x: f64, metric: Metric) -> String {
    format!("{}{}", bare(x, metric), unit(metric))
}

/// Without a sign: `10 %`.
fn plain(x: f64, metric: Metric) -> String {
    if super::options::is_relative(metric) {
        let percent = (x * 1000.0).round() / 10.0;
        return format!("{percent} %");
    }
    match metric.unit() {
        Unit::Score => format!("{x:.2}"),
        _ => format!("{x:.0}{}", unit(metric)),
    }
}

fn unit(metric: Metric) -> &'static str {
    if super::options::is_relative(metric) {
        return " %";
    }
    match metric.unit() {
        Unit::Milliseconds => " ms",
        Unit::Bytes => " bytes",
        Unit::Count | Unit::Score => "",
    }
}

/// `.004`, `<.001`.
fn p_value(p: f64) -> String {
    if p < 0.001 {
        return "<.001".to_owned();
    }
    let text = format!("{p:.3}");
    text.strip_prefix('0').map_or(text.clone(), str::to_owned)
}
