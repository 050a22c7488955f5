//! What `/metrics` shows, as OpenMetrics 1.0, from the database and the timetable.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::model::{Lane, RunRow, RunState};
use crate::schedule::Timetable;
use crate::store::{NightState, Store};

/// A text in the making.
struct Page(String);

impl Page {
    fn gauge(&mut self, name: &str, help: &str, lines: &[(String, f64)]) {
        let _ = writeln!(
            self.0,
            "# TYPE outpace_{name} gauge\n# HELP outpace_{name} {help}"
        );
        for (labels, value) in lines {
            let _ = writeln!(self.0, "outpace_{name}{labels} {value}");
        }
    }

    fn one(&mut self, name: &str, help: &str, value: f64) {
        self.gauge(name, help, &[(String::new(), value)]);
    }
}

/// The whole page.
///
/// # Errors
/// What the database says.
pub(super) fn page(store: &Store, table: &Timetable, now: Timestamp) -> anyhow::Result<String> {
    let mut page = Page(String::new());
    let runs = store.runs()?;
    let good = runs
        .iter()
        .find(|r| r.state == RunState::Finished && r.ok > 0);
    if let Some(ended) = good.and_then(|r| r.finished_at) {
        let help = "End of the last good run.";
        page.one("last_success_timestamp_seconds", help, seconds(ended));
    }
    if let Some(run) = runs.first() {
        last_run(&mut page, store, run, now)?;
    }
    let nexts: Vec<_> = table
        .nexts()
        .filter_map(|(job, plan, start)| {
            let labels = format!("{{job=\"{}\",plan=\"{}\"}}", job.name(), escaped(plan));
            Some((labels, seconds(start?.at)))
        })
        .collect();
    page.gauge("next_start_timestamp_seconds", "By plan.", &nexts);
    let open = store.open_nights()?;
    let lag = open
        .iter()
        .filter(|n| n.state == NightState::Due)
        .map(|n| now.duration_since(n.due).as_secs_f64())
        .fold(0.0, f64::max);
    page.one("start_lag_seconds", "Of the start that waits longest.", lag);
    let queue = store.queue()?;
    let help = "Messages not sent yet.";
    page.one("outbox_messages", help, queue.waiting.into());
    let alerts = store.open_alerts()?;
    let by_lane: Vec<_> = Lane::ALL
        .iter()
        .map(|l| {
            let n = alerts.iter().filter(|a| a.lane == *l).count();
            (format!("{{lane=\"{}\"}}", l.name()), n as f64)
        })
        .collect();
    page.gauge("open_alerts", "By lane.", &by_lane);
    page.0.push_str("# EOF\n");
    Ok(page.0)
}

fn last_run(page: &mut Page, store: &Store, run: &RunRow, now: Timestamp) -> anyhow::Result<()> {
    let of = |state: &str, n: u32| (format!("{{state=\"{state}\"}}"), f64::from(n));
    let visits = [
        of("ok", run.ok),
        of("failed", run.failed),
        of("blocked", run.blocked),
        of("missed", run.missed),
        of("planned", run.planned),
    ];
    page.gauge("visits", "Visits of the last run by state.", &visits);
    let end = run.finished_at.unwrap_or(now);
    let took = end.duration_since(run.started_at).as_secs_f64();
    page.one("run_duration_seconds", "Of the last run.", took);
    let means: Vec<_> = store
        .run_means(run.id)?
        .iter()
        .map(|(labels, value)| {
            let [target, place, region, profile] = labels.each_ref().map(|l| escaped(l));
            let labels = format!(
                "{{target=\"{target}\",page=\"{place}\",region=\"{region}\",profile=\"{profile}\"}}"
            );
            (labels, value / 1000.0)
        })
        .collect();
    let help = "Mean of main content shown in the last run.";
    page.gauge("lcp_seconds", help, &means);
    Ok(())
}

fn seconds(at: Timestamp) -> f64 {
    at.as_millisecond() as f64 / 1000.0
}

fn escaped(label: &str) -> String {
    label
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}
