//! What a month's report costs from a database of 12 targets x 5 pages x 3 regions x 9 rounds a night,
//! 50,000 visits a month, with twelve months behind it: time to the page, time more to the PDF, the
//! most memory that the program had, and sizes, each beside its limit. Nothing is asserted.

#![expect(
    clippy::unwrap_used,
    reason = "a bench that cannot go on may panic as tests may"
)]

#[path = "../common/history.rs"]
mod history;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use history::Shape;
use outpace::store::{OpenMode, Store};

/// The thirteenth month of the history.
const MONTH: &str = "2027-01";
const TO_HTML: Duration = Duration::from_secs(2);
const TO_PDF: Duration = Duration::from_secs(5);
const MEMORY_MB: f64 = 300.0;
/// How often memory is looked at; the kernel keeps its peak.
const LOOK: Duration = Duration::from_millis(5);

fn main() {
    if std::env::args().any(|a| a == "--list" || a == "--test") {
        return;
    }
    let shape = Shape {
        targets: 12,
        pages: 5,
        regions: 3,
        profiles: 1,
        nights: 396,
        rounds: 9,
    };
    let dir = tempfile::tempdir().unwrap();
    let database = dir.path().join("outpace.db");
    std::fs::write(dir.path().join("targets.toml"), shape.config()).unwrap();
    Store::open(&database, OpenMode::ReadWrite).unwrap();
    shape.fill(&database, |target, night| {
        if target == 0 && night > 200 { 0.1 } else { 0.0 }
    });
    let cells = shape.targets * shape.pages * shape.regions;
    println!(
        "Report: {} visits in {} nights, {:.0} MB on disk; {} of them in {MONTH}",
        cells * shape.rounds * shape.nights,
        shape.nights,
        megabytes(&database),
        cells * shape.rounds * 31
    );
    // Without a browser the page is all that is made.
    let html = report(dir.path(), Printing::Without);
    let both = report(dir.path(), Printing::With);
    line("to the page", html.took, TO_HTML);
    line(
        "more to the PDF",
        both.took.saturating_sub(html.took),
        TO_PDF,
    );
    let peak = html.peak_mb.max(both.peak_mb);
    println!("  most memory                 {peak:8.0} MB (limit {MEMORY_MB} MB)");
    for (what, file) in [("page", "html"), ("PDF", "pdf")] {
        let path = dir.path().join(format!("reports/{MONTH}.{file}"));
        println!(
            "  size of the {what:4}            {:8.2} MB",
            megabytes(&path)
        );
    }
}

fn line(what: &str, took: Duration, limit: Duration) {
    let (took, limit) = (took.as_millis(), limit.as_millis());
    println!("  {what:20}        {took:8} ms (limit {limit} ms)");
}

fn megabytes(file: &Path) -> f64 {
    std::fs::metadata(file).unwrap().len() as f64 / 1e6
}

/// Whether a browser is there to print.
#[derive(Clone, Copy, PartialEq)]
enum Printing {
    With,
    Without,
}

/// One run of the program.
struct Ran {
    took: Duration,
    peak_mb: f64,
}

fn report(project: &Path, printing: Printing) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_outpace"));
    command
        .args(["report", "--quiet", "--month", MONTH])
        .current_dir(project)
        .stderr(Stdio::null());
    if printing == Printing::Without {
        command.env("PATH", "");
    }
    let begun = Instant::now();
    let mut child = command.spawn().unwrap();
    let mut peak_mb = 0.0;
    let status = loop {
        if let Some(mb) = resident_most(child.id()) {
            peak_mb = mb;
        }
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(LOOK);
    };
    let wanted = if printing == Printing::With { 0 } else { 5 };
    assert_eq!(status.code(), Some(wanted), "the report went wrong");
    Ran {
        took: begun.elapsed(),
        peak_mb,
    }
}

/// `VmHWM` of `/proc/PID/status`; none once the process has ended.
fn resident_most(pid: u32) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let kib = text.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kib: f64 = kib.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}
