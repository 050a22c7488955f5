//! What a check says of made-up loads: failures, several cells, stopping, invariance.

use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::*;
use crate::model::{Metric, Values};

fn place(page: &str) -> Place {
    Place {
        page: page.to_owned(),
        region: "sydney".to_owned(),
        profile: "phone".to_owned(),
    }
}

fn cell(page: &str, metric: Metric, gate: Gate) -> Cell {
    Cell {
        place: place(page),
        metric,
        gate,
    }
}

fn measured(metric: Metric, value: f64) -> Load {
    let mut values = Values::default();
    values.set(metric, Some(value));
    Load::Measured(Box::new(values))
}

/// Loads in the order they are asked for: baseline and candidate of pair `i` on a page.
fn run(check: &mut Check, mut pair: impl FnMut(&str, usize) -> (Load, Load)) -> Outcome {
    let mut made = std::collections::BTreeMap::new();
    while !check.finished() {
        for place in check.wanted() {
            let i: &mut usize = made.entry(place.page.clone()).or_default();
            let (a, b) = pair(&place.page, *i);
            check.add(&place, &a, &b);
            *i += 1;
        }
        check.advance();
    }
    check.outcome()
}

/// Reproducible noise around zero with a standard deviation of about `sd`.
fn noise(seed: u64, sd: f64) -> impl FnMut() -> f64 {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    move || {
        let sum: f64 = (0..12)
            .map(|_| f64::from(rng.next_u32()) / 4294967296.0)
            .sum();
        (sum - 6.0) * sd
    }
}

fn lcp(ln_shift: f64) -> Load {
    measured(Metric::Lcp, 2_000.0 * ln_shift.exp())
}

fn one_cell(options: Options) -> Check {
    Check::new(options, vec![cell("home", Metric::Lcp, Gate::Gating)])
}

#[test]
fn a_candidate_that_fails_more_often_is_found_by_its_failures() {
    let mut e = noise(1, 0.12);
    let outcome = run(&mut one_cell(Options::default()), |_, i| {
        let b = if i % 2 == 0 { Load::Failed } else { lcp(e()) };
        (lcp(e()), b)
    });
    let Verdict::Regressed { grounds } = outcome.verdict else {
        panic!("{:?}", outcome.verdict);
    };
    // Ranks see half of the loads as infinitely slower too; which of both comes first is no matter.
    assert!(grounds == Grounds::FailsMore || grounds == Grounds::Slower);
}

#[test]
fn pairs_that_we_lost_are_counted_and_too_many_are_no_verdict() {
    let mut e = noise(2, 0.03);
    let outcome = run(&mut one_cell(Options::default()), |_, i| {
        let b = if i % 6 == 0 { Load::Lost } else { lcp(e()) };
        (lcp(e()), b)
    });
    assert!(matches!(outcome.verdict, Verdict::NoRegression { .. }));
    let pairs = outcome.cells[0].pairs;
    assert_eq!((pairs.attempted, pairs.lost), (12, 2));

    let outcome = run(&mut one_cell(Options::default()), |_, i| {
        let b = if i % 3 == 0 { Load::Lost } else { lcp(e()) };
        (lcp(e()), b)
    });
    assert_eq!(outcome.verdict, Verdict::NotMeasured);
    let outcome = run(&mut one_cell(Options::default()), |_, _| {
        (Load::Failed, Load::Failed)
    });
    assert_eq!(outcome.verdict, Verdict::NotMeasured);
}

#[test]
fn noise_ends_in_what_it_would_take() {
    let mut e = noise(3, 0.30);
    let outcome = run(&mut one_cell(Options::sensitive()), |_, _| {
        (lcp(e()), lcp(e()))
    });
    let Verdict::CannotTell { why, takes_pairs } = outcome.verdict else {
        panic!("{:?}", outcome.verdict);
    };
    assert_eq!(why, WhyNot::Noise);
    assert!(takes_pairs.unwrap() > 60);
    let sentence = outcome.cells[0].sentence();
    assert!(
        sentence.contains("60 pairs see") && sentence.contains("5 % needs about"),
        "{sentence}"
    );
}

#[test]
fn one_slower_page_of_six_is_named_and_the_others_pass() {
    let mut e = noise(4, 0.06);
    let pages = ["a", "b", "c", "d", "e", "f"];
    let cells = pages.map(|p| cell(p, Metric::Lcp, Gate::Gating));
    let mut check = Check::new(Options::default(), cells.to_vec());
    let outcome = run(&mut check, |page, _| {
        let shift = if page == "c" { 0.2 } else { 0.0 };
        (lcp(e()), lcp(e() + shift))
    });
    let slower: Vec<&str> = outcome
        .cells
        .iter()
        .filter(|c| matches!(c.verdict, Some(Verdict::Regressed { .. })))
        .map(|c| c.cell.place.page.as_str())
        .collect();
    assert_eq!(slower, ["c"]);
    let passed = |c: &CellReport| matches!(c.verdict, Some(Verdict::NoRegression { .. }));
    assert_eq!(outcome.cells.iter().filter(|c| passed(c)).count(), 5);
    let sentence = outcome.cells[2].sentence();
    assert!(
        sentence.contains("95 % CI +") && sentence.contains("p_seq"),
        "{sentence}"
    );
}

#[test]
fn a_little_everywhere_is_seen_by_all_cells_together() {
    let mut e = noise(5, 0.08);
    let names: Vec<String> = (0..15).map(|i| format!("p{i}")).collect();
    let cells = names.iter().map(|p| cell(p, Metric::Lcp, Gate::Gating));
    let mut check = Check::new(Options::default(), cells.collect());
    let outcome = run(&mut check, |_, _| (lcp(e()), lcp(e() + 0.04)));
    assert!(outcome.site_wide.unwrap().slower);
    assert!(matches!(outcome.verdict, Verdict::Regressed { .. }));
}

#[test]
fn an_advisory_cell_never_fails_the_check_and_asks_for_no_loads() {
    let mut e = noise(6, 0.03);
    let cells = vec![
        cell("home", Metric::Lcp, Gate::Gating),
        cell("home", Metric::Tbt, Gate::Advisory),
    ];
    let mut check = Check::new(Options::default(), cells);
    let outcome = run(&mut check, |_, i| {
        let load = |tbt: f64, x: f64| {
            let mut values = Values::default();
            values.set(Metric::Lcp, Some(2_000.0 * x.exp()));
            values.set(Metric::Tbt, Some(tbt + i as f64));
            Load::Measured(Box::new(values))
        };
        (load(100.0, e()), load(500.0, e()))
    });
    assert!(matches!(outcome.verdict, Verdict::NoRegression { .. }));
    let tbt = &outcome.cells[1];
    assert!(matches!(tbt.verdict, Some(Verdict::Regressed { .. })));
    assert!(tbt.sentence().contains("+400 ms"), "{}", tbt.sentence());
}

#[test]
fn a_faster_candidate_is_told_and_passes() {
    let mut e = noise(7, 0.05);
    let outcome = run(&mut one_cell(Options::default()), |_, _| {
        (lcp(e()), lcp(e() - 0.2))
    });
    assert_eq!(outcome.verdict, Verdict::Improved);
}

#[test]
fn the_verdict_of_several_is_the_worst() {
    let slower = Verdict::Regressed {
        grounds: Grounds::Slower,
    };
    let pass = Verdict::NoRegression { margin: 0.1 };
    assert_eq!(overall(&[pass, Verdict::NotMeasured, slower]), slower);
    assert_eq!(overall(&[pass, pass]), pass);
    assert!(matches!(overall(&[]), Verdict::CannotTell { .. }));
    assert_eq!(agreed(slower, slower), slower);
    assert!(matches!(
        agreed(slower, pass),
        Verdict::CannotTell {
            why: WhyNot::Disagree,
            ..
        }
    ));
}

#[test]
fn a_stopped_check_says_so() {
    let mut check = one_cell(Options::default());
    check.add(&place("home"), &lcp(0.0), &lcp(0.0));
    check.stop();
    assert!(check.finished() && check.wanted().is_empty());
    let sentence = check.outcome().cells[0].sentence();
    assert!(sentence.contains("stopped after 1 pair"), "{sentence}");
}

#[test]
fn few_sessions_are_refused_with_the_reason() {
    let options = Options::default();
    let history = [7.6, 7.61, 7.59, 7.6];
    let refused = session_verdict(&history, &[7.7], &options).unwrap_err();
    assert!(refused.to_string().contains("has 4 sessions"), "{refused}");
    let history: Vec<f64> = (0..14).map(|i| 7.6 + f64::from(i % 3) * 0.01).collect();
    let of = |new: f64| session_verdict(&history, &[new; 3], &options).unwrap();
    assert!(matches!(of(7.75), SessionVerdict::Regressed(_)));
    assert!(matches!(of(7.45), SessionVerdict::Improved(_)));
    assert!(matches!(of(7.61), SessionVerdict::NoRegression(_)));
    assert!(session_verdict(&history, &[], &options).is_err());
}

#[test]
fn the_panel_takes_off_what_all_controls_did() {
    let control =
        |base: f64, last: f64| vec![Some(base), Some(base + 0.01), Some(base), Some(base + last)];
    let controls = [control(7.0, 0.2), control(7.5, 0.21), control(6.9, 0.19)];
    let panel = panel_shift(&controls);
    assert!((panel[3].unwrap() - 0.195).abs() < 0.011, "{panel:?}");
    assert_eq!(panel_shift(&controls[..2]), vec![None; 4]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_faster_or_slower_machine_for_both_changes_nothing(
        seed in 0u64..1000, scale in 0.2..5.0f64, effect in -0.1..0.2f64,
    ) {
        let of = |scale: f64| {
            let mut e = noise(seed, 0.1);
            run(&mut one_cell(Options::default()), |_, _| {
                let a = 2_000.0 * e().exp();
                let b = 2_000.0 * (e() + effect).exp();
                (measured(Metric::Lcp, a * scale), measured(Metric::Lcp, b * scale))
            })
        };
        let (one, other) = (of(1.0), of(scale));
        prop_assert_eq!(one.verdict, other.verdict);
        prop_assert_eq!(one.cells[0].n, other.cells[0].n);
    }
}
