//! How true each metric is: the table of the trueness suite, with more visits. `make bench` prints
//! it; nothing is asserted, since a busy machine is no defect of the program.

#[path = "../trueness/site.rs"]
mod site;
#[path = "../trueness/visits.rs"]
mod visits;

use std::path::Path;

use outpace::model::Metric;
use visits::{Extent, Visits, quantile, table};

/// Visits of each page; `OUTPACE_BENCH_VISITS` sets another number.
const VISITS: usize = 20;

fn main() {
    // `cargo test --benches` asks for a list of tests: there are none.
    if std::env::args().any(|a| a == "--list" || a == "--test") {
        return;
    }
    let asked = std::env::var("OUTPACE_BENCH_VISITS").ok();
    let each = asked.and_then(|n| n.parse().ok()).unwrap_or(VISITS);
    let extent = Extent {
        each,
        filmed: each.div_ceil(3),
        phone: each.div_ceil(3),
    };
    let visits = Visits::make(Path::new(env!("CARGO_BIN_EXE_outpace")), &extent);
    println!(
        "trueness:\n{:<14} {:<22} {:>10} {:>10} {:>9} {:>9} {:>4}",
        "page", "metric", "true", "median", "bias", "IQR", "n"
    );
    for line in table(&visits) {
        let (bias, spread) = line.bias_and_spread();
        println!(
            "{:<14} {:<22} {:>10.3} {:>10.3} {:>9.3} {:>9.3} {:>4}",
            line.page,
            line.metric,
            line.truth,
            line.truth + bias,
            bias,
            spread,
            line.errors.len()
        );
    }
    filming(&visits);
    println!("quiet window {} ms", visits::QUIET.as_millis());
}

/// Unfilmed visits before and after filmed ones, and the filmed ones themselves.
fn filming(visits: &Visits) {
    println!("filming: medians of /plain in ms, before, while and after filming");
    for metric in [Metric::Ttfb, Metric::Fcp, Metric::Lcp, Metric::Load] {
        let medians = [&visits.before, &visits.filmed, &visits.after].map(|part| {
            let mut values: Vec<f64> = part.iter().map(|v| v.value(metric)).collect();
            values.sort_by(f64::total_cmp);
            quantile(&values, 0.5)
        });
        println!(
            "  {:<8} {:>8.1} {:>8.1} {:>8.1}",
            metric.name(),
            medians[0],
            medians[1],
            medians[2]
        );
    }
    let index: Vec<String> = visits
        .filmed
        .iter()
        .map(|v| format!("{:.0}", v.value(Metric::SpeedIndex)))
        .collect();
    let films = visits.filmed.iter().filter(|v| v.has_film).count();
    println!("  {films} films, speed_index {}", index.join(" "));
}
