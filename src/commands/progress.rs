//! What a run shows while it works: bars at a terminal, plain lines in a log, JSON lines for
//! programs, nothing when quiet.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::cli::{Format, Global};
use crate::model::{
    Metric, Outcome, PlannedVisit, Region, Target, VisitRecord, VisitState, format,
};

/// Columns for the site and page under visit.
const WHAT: usize = 21;

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Bars, at a terminal.
    Bars,
    /// A line a visit.
    Lines,
    /// A JSON object a line, on standard output.
    Json,
    /// Not at all.
    Silent,
}

impl Style {
    /// The style that flags and terminal ask for.
    #[must_use]
    pub fn of(global: &Global) -> Self {
        match (global.format, global.quiet) {
            (Format::Json, _) => Style::Json,
            (Format::Text, true) => Style::Silent,
            (Format::Text, false) if std::io::stderr().is_terminal() => Style::Bars,
            (Format::Text, false) => Style::Lines,
        }
    }
}

/// Progress of one run.
pub struct Progress {
    style: Style,
    begun: Instant,
    names: BTreeMap<String, String>,
    total: u64,
    done: u64,
    /// Done before this process took the run up: no measure of its pace.
    before: u64,
    bars: BTreeMap<String, Bar>,
    foot: Option<ProgressBar>,
    /// All bars together; what is said above them has to go through it.
    all: MultiProgress,
}

struct Bar {
    bar: ProgressBar,
    blocked: u32,
    failed: u32,
    missed: u32,
}

impl Progress {
    /// Begins to show a run. `planned`: visits of each region, (all, done before).
    #[must_use]
    pub fn new(
        style: Style,
        targets: &[Target],
        regions: &[Region],
        planned: &BTreeMap<String, (u64, u64)>,
    ) -> Self {
        let before = planned.values().map(|p| p.1).sum();
        let mut progress = Progress {
            style,
            begun: Instant::now(),
            names: targets
                .iter()
                .map(|t| (t.id.clone(), t.name.clone()))
                .collect(),
            total: planned.values().map(|p| p.0).sum(),
            done: before,
            before,
            bars: BTreeMap::new(),
            foot: None,
            all: MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(5)),
        };
        if style == Style::Bars {
            progress.draw_bars(regions, planned);
        }
        progress
    }

    fn draw_bars(&mut self, regions: &[Region], planned: &BTreeMap<String, (u64, u64)>) {
        let style =
            ProgressStyle::with_template(" {prefix:<10.10} {bar:16} {pos:>3}/{len:<3}  {wide_msg}")
                .expect("the template is fixed and right")
                .progress_chars("━╸─");
        for region in regions {
            let Some(&(total, before)) = planned.get(&region.id) else {
                continue;
            };
            let bar = self.all.add(ProgressBar::new(total));
            bar.set_style(style.clone());
            bar.set_prefix(region.id.clone());
            bar.set_position(before);
            let counted = Bar {
                bar,
                blocked: 0,
                failed: 0,
                missed: 0,
            };
            self.bars.insert(region.id.clone(), counted);
        }
        let foot = self.all.add(ProgressBar::new_spinner());
        foot.set_style(
            ProgressStyle::with_template(" {msg}").expect("the template is fixed and right"),
        );
        self.foot = Some(foot);
        self.draw_foot();
    }

    /// A visit begins.
    pub fn started(&mut self, visit: &PlannedVisit) {
        let what = self.what(visit);
        if let Some(bar) = self.bars.get(&visit.region) {
            bar.bar.set_message(format!("{what}  …{}", bar.losses()));
        }
        self.draw_foot();
    }

    /// A visit has ended.
    pub fn finished(&mut self, visit: &PlannedVisit, record: &VisitRecord) {
        self.done += 1;
        match self.style {
            Style::Bars => self.bar_finished(visit, record),
            Style::Lines => self.line(visit, record),
            Style::Json => say_json(visit, record),
            Style::Silent => {}
        }
    }

    /// Something that has to be said above the bars.
    pub fn say(&self, text: &str) {
        match self.style {
            Style::Bars => self.all.suspend(|| note!("{text}")),
            Style::Lines => note!("{text}"),
            Style::Json => println!("{}", json!({ "event": "note", "text": text })),
            Style::Silent => {}
        }
    }

    /// Ends the show; bars stay as they stand.
    pub fn end(&mut self) {
        for bar in self.bars.values() {
            bar.bar.abandon();
        }
        if let Some(foot) = self.foot.take() {
            foot.finish_and_clear();
        }
    }

    fn bar_finished(&mut self, visit: &PlannedVisit, record: &VisitRecord) {
        let what = self.what(visit);
        if let Some(bar) = self.bars.get_mut(&visit.region) {
            match record.outcome.state() {
                VisitState::Ok => {}
                VisitState::Blocked => bar.blocked += 1,
                VisitState::Failed => bar.failed += 1,
                VisitState::Missed => bar.missed += 1,
            }
            let message = format!("{what} {:>7}{}", result(record), bar.losses());
            bar.bar.set_message(message);
            bar.bar.inc(1);
        }
        self.draw_foot();
    }

    fn line(&self, visit: &PlannedVisit, record: &VisitRecord) {
        let warm_up = if visit.warm_up() { ", warm-up" } else { "" };
        let why = match &record.outcome {
            Outcome::Measured(_) => String::new(),
            Outcome::NotMeasured(failure, _) => format!(" ({})", failure.reason),
        };
        note!(
            "[{}/{}] {}: {}: {}{why}{warm_up}",
            self.done,
            self.total,
            visit.region,
            self.what(visit).trim_end(),
            result(record),
        );
    }

    /// `Northfield product`, to a fixed width, so that columns stand still.
    fn what(&self, visit: &PlannedVisit) -> String {
        let name = self.names.get(&visit.target).unwrap_or(&visit.target);
        if self.style != Style::Bars {
            return format!("{name} {}", visit.page);
        }
        // The page kind stays whole where it can; the name gives way.
        let room = WHAT.saturating_sub(visit.page.width() + 1).max(8);
        let name = clip(name, room);
        clip(&format!("{} {}", name.trim_end(), visit.page), WHAT)
    }

    fn draw_foot(&self) {
        let Some(foot) = &self.foot else { return };
        let gone = self.begun.elapsed();
        let mut text = format!("{} gone", format::span(gone.as_secs()));
        if let Some(left) = self.left(gone) {
            text.push_str(&format!(", about {} left", format::span(left.as_secs())));
        }
        text.push_str(" · Ctrl-C stops after the visits in hand");
        foot.set_message(text);
    }

    /// From the pace so far, once there is one.
    fn left(&self, gone: Duration) -> Option<Duration> {
        let done = self.done.checked_sub(self.before).filter(|&n| n >= 3)?;
        let left = self.total.saturating_sub(self.done);
        Some(gone.mul_f64(left as f64 / done as f64))
    }
}

impl Bar {
    fn losses(&self) -> String {
        let mut out = String::new();
        for (n, word) in [
            (self.blocked, "blocked"),
            (self.failed, "failed"),
            (self.missed, "missed"),
        ] {
            if n > 0 {
                out.push_str(&format!("  {n} {word}"));
            }
        }
        out
    }
}

fn result(record: &VisitRecord) -> String {
    match &record.outcome {
        Outcome::Measured(m) => m
            .values
            .get(Metric::Lcp)
            .or_else(|| m.values.get(Metric::Load))
            .map_or_else(|| "ok".to_owned(), format::seconds),
        Outcome::NotMeasured(failure, _) => failure.kind.state().to_string(),
    }
}

fn say_json(visit: &PlannedVisit, record: &VisitRecord) {
    let (reason, values) = match &record.outcome {
        Outcome::Measured(m) => (None, Some(&m.values)),
        Outcome::NotMeasured(f, _) => (Some(f.reason.as_str()), None),
    };
    let line = json!({
        "event": "visit", "seq": visit.seq, "round": visit.round, "target": visit.target,
        "page": visit.page, "region": visit.region, "profile": visit.profile,
        "state": record.outcome.state(), "reason": reason, "values": values,
        "duration_ms": record.duration_ms,
    });
    // A reader that went away is no reason to stop measuring.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Cuts or pads to a display width.
#[must_use]
pub fn clip(text: &str, width: usize) -> String {
    if text.width() <= width {
        return format!("{text}{}", " ".repeat(width - text.width()));
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let w = c.width().unwrap_or(0);
        if used + w + 1 > width {
            break;
        }
        out.push(c);
        used += w;
    }
    out.push('…');
    used += 1;
    format!("{out}{}", " ".repeat(width.saturating_sub(used)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_keep_their_width_whatever_the_name() {
        for name in [
            "Own",
            "A very long shop name of thirty",
            "東京のとても長い店の名前です",
        ] {
            assert_eq!(clip(name, 12).width(), 12, "{name}");
        }
        assert_eq!(clip("abc", 5), "abc  ");
        assert_eq!(clip("abcdef", 5), "abcd…");
    }
}
