//! Turns of phrase that several rules share: ranges, reasons, differences.

use std::time::Duration;

use super::{Arg, Language, Sentence, say, text};
use crate::analysis::types::{Counts, Interval, NotRanked, Relation};
use crate::model::{Device, Metric, Unit, format};

use super::super::text::clean;

/// What stands between the two ends of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Between {
    /// `1.8 to 2.0 s`, for sentences.
    Word,
    /// `1.8–2.0 s`, for tables.
    Dash,
}

impl Arg {
    /// The variant of a relation: a message says "faster" in no other than `[faster]`.
    pub(in super::super) fn relation(relation: Relation) -> Self {
        Arg::Key(match relation {
            Relation::Faster => "faster",
            Relation::Slower => "slower",
            Relation::Level => "level",
            Relation::CannotTell => "unknown",
        })
    }
}

/// What rounds to a tenth of a second, ms.
const TENTH: f64 = 50.0;

impl Language {
    /// Both ends of an interval with the unit once where both have the same.
    pub(in super::super) fn between(
        &self,
        metric: Metric,
        interval: Interval,
        how: Between,
    ) -> String {
        let [lower, upper] = self.ends(metric, [interval.lower, interval.upper]);
        let lower = match (lower.split_once(' '), upper.split_once(' ')) {
            (Some((figure, a)), Some((_, b))) if a == b => figure.to_owned(),
            _ => lower,
        };
        match how {
            Between::Word => text!(self, "between", lower = text(lower), upper = text(upper)),
            Between::Dash => format!("{lower}–{upper}"),
        }
    }

    /// Both ends of a range with their units: milliseconds beside seconds are told in seconds, unless
    /// they would round to nothing.
    pub(in super::super) fn ends(&self, metric: Metric, ends: [f64; 2]) -> [String; 2] {
        let in_ms =
            |v: f64| metric.unit() == Unit::Milliseconds && format::seconds(v).ends_with("ms");
        let mixed = in_ms(ends[0]) != in_ms(ends[1]);
        ends.map(|v| {
            let figure = match mixed && in_ms(v) && v.abs() >= TENTH {
                true => self.figure(&format!("{:.1} s", v / 1000.0)),
                false => self.value(metric, v),
            };
            figure.replace('-', "−")
        })
    }

    /// `+1.2 s`, `−0.3 s`; nothing before a figure that rounds to nothing.
    pub(in super::super) fn signed(&self, metric: Metric, difference: f64) -> String {
        let figure = self.value(metric, difference.abs());
        let is_nothing = !figure.contains(|c: char| ('1'..='9').contains(&c));
        match is_nothing {
            true => figure,
            false if difference < 0.0 => format!("−{figure}"),
            false => format!("+{figure}"),
        }
    }

    /// Why there is no rank, after "not ranked yet: ".
    pub(in super::super) fn not_ranked(&self, why: &NotRanked) -> String {
        match *why {
            NotRanked::TooFewNights { nights, needed } => text!(
                self,
                "not-ranked-nights",
                nights = number(nights),
                needed = number(needed)
            ),
            NotRanked::TooFewVisits { valid, needed } => text!(
                self,
                "not-ranked-visits",
                valid = number(valid),
                needed = number(needed)
            ),
            NotRanked::TooManyLost { lost, attempted } => text!(
                self,
                "not-ranked-lost",
                lost = number(lost),
                attempted = number(attempted)
            ),
            NotRanked::NoData => text!(self, "not-ranked-no-data"),
            NotRanked::Alone => text!(self, "not-ranked-alone"),
            NotRanked::NoOther => text!(self, "not-ranked-no-other"),
        }
    }

    /// The same in a word or two, for a narrow cell.
    pub(in super::super) fn not_ranked_short(&self, why: &NotRanked) -> String {
        match why {
            NotRanked::TooFewNights { .. } | NotRanked::TooFewVisits { .. } => {
                text!(self, "not-ranked-short-few")
            }
            NotRanked::TooManyLost { .. } => text!(self, "not-ranked-short-lost"),
            NotRanked::NoData => "–".to_owned(),
            NotRanked::Alone | NotRanked::NoOther => text!(self, "not-ranked-short-alone"),
        }
    }

    /// Why a target has no figures, from its counts: `blocked on all 10 visits`.
    pub(in super::super) fn unmeasured(&self, counts: Counts) -> String {
        let Counts {
            attempted,
            valid,
            failed,
            blocked,
            missed,
        } = counts;
        if valid > 0 {
            return text!(self, "lost-no-value-of", n = number(valid));
        }
        let parts: Vec<Sentence> = [(blocked, "blocked"), (failed, "failed"), (missed, "missed")]
            .into_iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, state)| match n == attempted {
                true => say!(self, "lost-all", state = key(state), n = number(n)),
                false => say!(
                    self,
                    "lost-some",
                    state = key(state),
                    n = number(n),
                    attempted = number(attempted)
                ),
            })
            .collect();
        match parts.is_empty() {
            true => text!(self, "lost-no-value"),
            false => self.listed(parts).to_string(),
        }
    }

    /// `phone`; one of the file's own by its id.
    pub(in super::super) fn device(&self, device: &Device) -> String {
        let known = match device {
            Device::Phone => "phone",
            Device::Tablet => "tablet",
            Device::Desktop => "desktop",
            Device::Own(own) => return clean(&own.id),
        };
        text!(self, "device", device = key(known))
    }

    /// `60 s`, `500 ms`.
    pub(in super::super) fn duration(&self, d: Duration) -> String {
        if d.subsec_millis() == 0 {
            format!("{} s", d.as_secs())
        } else if d.as_secs() == 0 {
            format!("{} ms", d.subsec_millis())
        } else {
            self.figure(&format!("{:.1} s", d.as_secs_f64()))
        }
    }
}
