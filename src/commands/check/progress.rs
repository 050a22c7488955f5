//! What a check shows while it works: pairs so far, and the interval so far.
//!
//! On standard error; results are `show`'s.

use indicatif::ProgressBar;

use super::interleaved::{Asked, Going, options};
use crate::analysis::check::Gate;
use crate::cli::{Global, Shape};

/// What is shown while it works, on standard error.
pub(super) struct Shown {
    bar: Option<ProgressBar>,
    lines: bool,
}

impl Shown {
    pub(super) fn new(global: &Global, shape: Shape, asked: &Asked<'_>, going: &Going) -> Shown {
        use std::io::IsTerminal;
        let silent = global.quiet || shape == Shape::Json;
        if !silent {
            let from = match going.loads.len() / 2 {
                0 => String::new(),
                n => format!(" · goes on after {n} pairs"),
            };
            note!(
                "Check {} · {} places · {} · seed {:04x}{from}",
                going.id,
                asked.places.len(),
                options(asked.args).preset.name(),
                asked.seed
            );
        }
        let bars = !silent && std::io::stderr().is_terminal();
        Shown {
            bar: bars.then(ProgressBar::new_spinner),
            lines: !silent && !bars,
        }
    }

    pub(super) fn after(&self, going: &Going) {
        let Some(last) = going.loads.last() else {
            return;
        };
        let outcome = going.check.outcome();
        let here = |c: &&crate::analysis::check::CellReport| {
            c.cell.gate == Gate::Gating
                && c.cell.place.page == last.page
                && c.cell.place.region == last.region
                && c.cell.place.profile == last.profile
        };
        let Some(report) = outcome.cells.iter().find(here) else {
            return;
        };
        let text = format!(
            "pair {} · {}, {}, {} · {}",
            going.loads.len() / 2,
            last.page,
            last.profile,
            last.region,
            report.sentence()
        );
        if let Some(bar) = &self.bar {
            bar.set_message(text);
            bar.tick();
        } else if self.lines {
            note!("{text}");
        }
    }

    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
