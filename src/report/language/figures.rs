//! How a language writes figures, dates, lists and places: on top of `model::format`, which says
//! how they are rounded.

use jiff::civil::Date;

use super::{Arg, Language, Sentence, say, text};
use crate::analysis::types::RankRange;
use crate::model::Metric;
use crate::model::format;

use super::super::input::{Before, Period, PeriodKind};
use super::super::text::clean;

/// How much of a date is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Dated {
    /// `23 November 2026`.
    Whole,
    /// `23 November`.
    Day,
    /// `23 Nov`.
    DayShort,
    /// `November 2026`.
    MonthYear,
    /// `November`.
    Month,
    /// `Nov`.
    MonthShort,
}

impl Language {
    /// A value of a metric with its unit.
    pub(in super::super) fn value(&self, metric: Metric, v: f64) -> String {
        self.figure(&format::value(metric, v))
    }

    /// Seconds with one decimal from milliseconds.
    pub(in super::super) fn seconds(&self, ms: f64) -> String {
        self.figure(&format::seconds(ms))
    }

    /// Digits in groups of three.
    pub(in super::super) fn thousands(&self, n: impl Into<u64>) -> String {
        self.figure(&format::thousands(n.into()))
    }

    /// The digits of a number, in groups of three.
    pub(super) fn grouped(&self, n: &str) -> String {
        n.parse()
            .map_or_else(|_| self.figure(n), |n: u64| self.thousands(n))
    }

    /// A figure as Rust and `model::format` write it, with this language's marks in it.
    pub(in super::super) fn figure(&self, figure: &str) -> String {
        let mut out = String::with_capacity(figure.len());
        for c in figure.chars() {
            match c {
                '.' => out.push_str(&self.0.decimal),
                ',' => out.push_str(&self.0.group),
                c => out.push(c),
            }
        }
        out
    }

    /// `main content shown (LCP)`.
    pub(in super::super) fn metric(&self, metric: Metric) -> String {
        self.word(&format!("metric-{}", metric.name().replace('_', "-")))
    }

    /// `1st`, `2nd`.
    pub(in super::super) fn ordinal(&self, n: usize) -> String {
        text!(self, "ordinal", n = number(n))
    }

    /// `4th or 5th`, `2nd to 4th`, `1st`.
    pub(in super::super) fn range(&self, rank: RankRange) -> String {
        let (lo, hi) = (
            self.ordinal(rank.lo as usize),
            self.ordinal(rank.hi as usize),
        );
        match rank.hi.saturating_sub(rank.lo) {
            0 => lo,
            1 => text!(self, "rank-either", lo = text(lo), hi = text(hi)),
            _ => text!(self, "rank-range", lo = text(lo), hi = text(hi)),
        }
    }

    /// One to twelve in words, as sentences have them; figures above.
    pub(in super::super) fn number_word(&self, n: usize) -> String {
        text!(self, "number-word", n = number(n))
    }

    /// A page kind as words: `home`, `order status`.
    pub(in super::super) fn kind(&self, kind: &str) -> String {
        clean(&kind.replace(['_', '-'], " "))
    }

    /// `home page`, `order status page`; a kind that says so itself is left alone.
    pub(in super::super) fn page(&self, kind: &str) -> String {
        let kind = self.kind(kind);
        let page = self.word("page");
        if kind == page || kind.ends_with(&format!(" {page}")) {
            return kind;
        }
        text!(self, "page-kind", kind = text(kind))
    }

    /// Country of a market code (ISO 3166-1 alpha-2) where it is a common one, else as written.
    pub(in super::super) fn market(&self, market: &str) -> String {
        let id = format!("market-{market}");
        match self.has(&id) {
            true => self.word(&id),
            false => clean(market),
        }
    }

    /// A date.
    pub(in super::super) fn date(&self, date: Date, dated: Dated) -> String {
        let id = match dated {
            Dated::Whole => "date-whole",
            Dated::Day => "date-day",
            Dated::DayShort => "date-day-short",
            Dated::MonthYear => "date-month-year",
            Dated::Month => "month",
            Dated::MonthShort => "month-short",
        };
        // A year is no number to be grouped, and a day none to be counted.
        let args = [
            ("day", Arg::text(date.day().to_string())),
            ("month", Arg::number(i64::from(date.month()))),
            ("year", Arg::text(date.year().to_string())),
        ];
        self.say(id, &args).to_string()
    }

    /// A period's name: `October 2026`, `night of 23 November 2026`.
    #[must_use]
    pub fn period(&self, period: &Period) -> String {
        let first = self.date(period.since, Dated::Whole);
        match period.kind {
            PeriodKind::Month => self.date(period.since, Dated::MonthYear),
            PeriodKind::Night => text!(self, "period-night", night = text(first)),
            PeriodKind::Span => {
                let last = period.until.yesterday().unwrap_or(period.until);
                let last = self.date(last, Dated::Whole);
                text!(self, "period-span", first = text(first), last = text(last))
            }
        }
    }

    /// The name of the period before, if there is one in the data: `September`.
    pub(in super::super) fn before(&self, period: &Period) -> Option<String> {
        Some(match period.before? {
            Before::Month(first) => self.date(first, Dated::Month),
            Before::Nights(n) => text!(self, "period-nights-before", n = number(n)),
        })
    }

    /// A list as a sentence has it: `a`, `a and b`, `a, b and c`.
    pub(in super::super) fn list<S: AsRef<str>>(&self, items: &[S]) -> String {
        let items = items.iter().map(|s| Sentence::new(s.as_ref()));
        self.listed(items.collect()).to_string()
    }

    /// The same of names from outside.
    pub(in super::super) fn names(&self, names: &[String]) -> Sentence {
        let names = names.iter().map(|n| Sentence::default().name(n));
        self.listed(names.collect())
    }

    /// The same of sentences.
    pub(in super::super) fn listed(&self, items: Vec<Sentence>) -> Sentence {
        let count = items.len();
        let mut out = Sentence::default();
        for (i, item) in items.into_iter().enumerate() {
            out = match i {
                0 => item,
                i if i + 1 == count => say!(self, "list-last", list = said(out), last = said(item)),
                _ => say!(self, "list-next", list = said(out), next = said(item)),
            };
        }
        out
    }
}
