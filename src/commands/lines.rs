//! The lines of a night's profiles: measured before its first visit, and what is to be said of them.

use anyhow::Context;

use super::night::Night;
use crate::measure;
use crate::model::LineProbe;

/// Measures the lines that our proxy makes, and says which is not what was asked.
pub(super) async fn probe(night: &Night<'_>) -> anyhow::Result<Vec<LineProbe>> {
    let config = night.config;
    let lines = measure::probe::lines(&config.regions, &config.profiles, &config.targets)
        .await
        .context("could not measure the lines of the profiles on loopback")?;
    if !night.global.quiet {
        for mark in lines.iter().filter_map(off) {
            note!("warning: {mark}; the run is marked");
        }
    }
    Ok(lines)
}

/// How a line is not what was asked of it.
pub(super) fn off(line: &LineProbe) -> Option<String> {
    let off = line.off();
    let beyond = if line.added_rtt_ms > 0.0 {
        format!(" with {} ms more", line.added_rtt_ms)
    } else {
        String::new()
    };
    let which = format!("network {}{beyond}", line.network);
    (!off.is_empty()).then(|| format!("{which} is off: {}", off.join(", ")))
}
