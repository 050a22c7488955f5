//! The statistical primitives against golden vectors (`tests/data/stat-vectors.json`), which were
//! checked against SciPy 1.17.1 and published examples; tolerance 1e-9.

#![expect(
    clippy::unwrap_used,
    reason = "a vector of the wrong shape is a failed test"
)]

use std::collections::BTreeSet;

use outpace::analysis::check::{
    Cell, Check, Decision, Gate, Load, Look, Options, Place, session_t,
};
use outpace::analysis::stats::autocorrelation::{
    FOR_INTERVALS, FOR_TESTS, adjusted_p, autocorrelation,
};
use outpace::analysis::stats::distribution::{normal_quantile, normal_sf, t_quantile, t_sf};
use outpace::analysis::stats::hodges_lehmann::{HodgesLehmann, hodges_lehmann};
use outpace::analysis::stats::month::month_summary;
use outpace::analysis::stats::multiple::{benjamini_hochberg, holm};
use outpace::analysis::stats::outlier::outliers;
use outpace::analysis::stats::proportion::{Share, fisher_greater, newcombe};
use outpace::analysis::stats::quantile::{harrell_davis, type7};
use outpace::analysis::stats::rank_sum::{rank_sum, shift};
use outpace::analysis::stats::ranks::{all_pairs, rank_sets};
use outpace::analysis::stats::sequential::Preset;
use outpace::analysis::stats::signed_rank::signed_rank;
use outpace::analysis::trend::{confirms, scan};
use outpace::model::{Metric, Values};
use serde_json::Value;

const COVERED: [&str; 16] = [
    "check_interleaved",
    "session_t_stored_baseline",
    "wilcoxon_signed_rank_hl",
    "mann_whitney_hl_shift",
    "quantiles",
    "autocorrelation_inflation",
    "p_adjust_for_inflation",
    "sequential_min_p",
    "multiple_testing",
    "month_summary",
    "rank_sets",
    "nightly_scan",
    "failure_rates",
    "failures_as_infinite",
    "special_functions",
    "outlier_flags",
];

fn vectors() -> Value {
    serde_json::from_str(include_str!("data/stat-vectors.json")).unwrap()
}

fn group(name: &str) -> Vec<Value> {
    let cases = vectors()[name].as_array().unwrap().clone();
    assert!(!cases.is_empty(), "{name} has no cases");
    cases
}

fn number(v: &Value) -> f64 {
    v.as_f64().unwrap_or_else(|| panic!("{v} is no number"))
}

fn count(v: &Value) -> usize {
    usize::try_from(v.as_u64().unwrap_or_else(|| panic!("{v} is no count"))).unwrap()
}

fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(number).collect()
}

#[track_caller]
fn close(got: f64, expected: &Value, what: &str) {
    let e = number(expected);
    assert!(
        (got - e).abs() <= 1e-9 * e.abs() + 1e-15,
        "{what}: got {got}, expected {e}"
    );
}

/// As [`close`], where the value itself may be a rounding error beside zero.
#[track_caller]
fn close_to_zero_too(got: f64, expected: &Value, what: &str) {
    let e = number(expected);
    assert!((got - e).abs() <= 1e-9, "{what}: got {got}, expected {e}");
}

#[track_caller]
fn all_close(got: &[f64], expected: &Value, what: &str) {
    let e = expected.as_array().unwrap();
    assert_eq!(got.len(), e.len(), "{what}");
    for (g, e) in got.iter().zip(e) {
        close(*g, e, what);
    }
}

#[test]
fn every_group_of_the_file_is_covered() {
    let file = vectors();
    let there: BTreeSet<&str> = file
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .filter(|k| !k.starts_with('_'))
        .collect();
    let named: BTreeSet<&str> = COVERED.into_iter().collect();
    assert_eq!(there, named);
}

#[track_caller]
fn signed_rank_matches(d: &[f64], e: &Value, name: &str) {
    let got = signed_rank(d);
    close(got.w_plus, &e["w_plus"], name);
    close(got.p_greater, &e["p_greater"], name);
    close(got.p_less, &e["p_less"], name);
    close(got.p_two, &e["p_two"], name);
}

#[test]
fn wilcoxon_signed_rank_hl() {
    for case in group("wilcoxon_signed_rank_hl") {
        let (name, e) = (case["name"].as_str().unwrap(), &case["expect"]);
        let d = numbers(&case["d"]);
        signed_rank_matches(&d, e, name);
        assert_eq!(signed_rank(&d).n, count(&e["n"]), "{name}");
        let h = hodges_lehmann(&d, 0.025).unwrap();
        close(h.estimate, &e["hl_est"], name);
        close(h.lower, &e["hl_lo"], name);
        close(h.upper, &e["hl_hi"], name);
        assert_eq!(h.k, count(&e["hl_k"]), "{name}");
        assert_eq!(h.attained, e["hl_attained"].as_bool().unwrap(), "{name}");
    }
}

#[test]
fn mann_whitney_hl_shift() {
    for case in group("mann_whitney_hl_shift") {
        let (name, e) = (case["name"].as_str().unwrap(), &case["expect"]);
        let (new, base) = (numbers(&case["new"]), numbers(&case["base"]));
        let got = rank_sum(&new, &base).unwrap();
        close(got.u, &e["U"], name);
        close(got.z, &e["z"], name);
        close(normal_sf(got.z), &e["p_greater_normal"], name);
        close(got.p_greater, &e["p_greater_exact"], name);
        close(got.p_two, &e["p_two_exact"], name);
        close(got.cliffs_delta, &e["cliffs_delta"], name);
        let s: HodgesLehmann = shift(&new, &base, 0.025).unwrap();
        close(s.estimate, &e["hl_shift"], name);
        all_close(&[s.lower, s.upper], &e["hl_ci95"], name);
        assert_eq!(s.k, count(&e["hl_k"]), "{name}");
    }
}

#[test]
fn quantiles() {
    for case in group("quantiles") {
        let (name, x) = (case["name"].as_str().unwrap(), numbers(&case["x"]));
        let p = numbers(&case["p"]);
        let hd: Vec<f64> = p.iter().map(|p| harrell_davis(&x, *p).unwrap()).collect();
        let seven: Vec<f64> = p.iter().map(|p| type7(&x, *p).unwrap()).collect();
        all_close(&hd, &case["hd"], name);
        all_close(&seven, &case["type7"], name);
    }
}

#[test]
fn autocorrelation_inflation() {
    for case in group("autocorrelation_inflation") {
        let (name, x) = (case["name"].as_str().unwrap(), numbers(&case["x"]));
        for (key, threshold) in [("thr0", FOR_INTERVALS), ("thr1", FOR_TESTS)] {
            let got = autocorrelation(&x, threshold);
            close(got.r, &case["expect"][key]["r_corrected"], name);
            close(got.factor, &case["expect"][key]["factor"], name);
        }
    }
}

#[test]
fn p_adjust_for_inflation() {
    for case in group("p_adjust_for_inflation") {
        let got = adjusted_p(number(&case["p"]), number(&case["factor"]));
        close(got, &case["expect"], "adjusted p");
    }
}

fn preset(name: &Value) -> Preset {
    Preset::ALL
        .into_iter()
        .find(|p| p.name() == name.as_str().unwrap())
        .unwrap()
}

#[test]
fn sequential_min_p() {
    let g = &vectors()["sequential_min_p"];
    for (name, e) in g["tables"].as_object().unwrap() {
        let table = preset(&Value::from(name.as_str())).table();
        let looks: Vec<usize> = e["looks"].as_array().unwrap().iter().map(count).collect();
        assert_eq!(table.looks, looks, "{name}");
        all_close(&table.weights, &e["weights"], name);
        all_close(&table.m_alpha, &e["m_alpha"], name);
        for (m, f) in numbers(&e["m_grid"])
            .iter()
            .zip(e["F_M"].as_array().unwrap())
            .filter(|(m, _)| **m < 1.0)
        {
            close(table.p_seq(*m), f, name);
        }
    }
    for case in g["cases"].as_array().unwrap() {
        let table = preset(&case["preset"]).table();
        let m = table.min_p(&numbers(&case["look_p"])).unwrap();
        close(m, &case["expect"]["M"], "M");
        close(table.p_seq(m), &case["expect"]["p_seq"], "p_seq");
    }
}

#[test]
fn multiple_testing() {
    for case in group("multiple_testing") {
        let p = numbers(&case["p"]);
        all_close(&benjamini_hochberg(&p), &case["bh"], "BH");
        all_close(&holm(&p), &case["holm"], "Holm");
    }
}

#[test]
fn months() {
    for case in group("month_summary") {
        let name = case["name"].as_str().unwrap();
        let nights: Vec<Vec<f64>> = case["nights"]
            .as_array()
            .unwrap()
            .iter()
            .map(numbers)
            .collect();
        for (p, e) in case["expect"].as_object().unwrap() {
            let got = month_summary(&nights, p.parse().unwrap()).unwrap();
            let spread = got.spread.unwrap();
            close(got.estimate, &e["est"], name);
            close(spread.se, &e["se_jack"], name);
            close(spread.nightly.r, &e["r1"], name);
            close(spread.nightly.factor, &e["ar_factor"], name);
            let (lower, upper) = got.interval(0.025).unwrap();
            close(lower, &e["lo"], name);
            close(upper, &e["hi"], name);
        }
    }
}

#[test]
fn ranks() {
    for case in group("rank_sets") {
        let (name, e) = (case["name"].as_str().unwrap(), &case["expect"]);
        let nights: Vec<Vec<f64>> = case["Y"].as_array().unwrap().iter().map(numbers).collect();
        let sites = nights[0].len();
        let pairs = all_pairs(sites, |i, j| nights.iter().map(|n| n[i] - n[j]).collect());
        let got = rank_sets(sites, pairs, 0.05);
        let expected = e["pairs"].as_array().unwrap();
        assert_eq!(got.pairs.len(), expected.len(), "{name}");
        for ((pair, p_holm), e) in got.pairs.iter().zip(expected) {
            assert_eq!((pair.first, pair.second), (count(&e["i"]), count(&e["j"])));
            close(pair.centre, &e["hl"], name);
            close(pair.p, &e["p"], name);
            close(*p_holm, &e["p_holm"], name);
        }
        assert_eq!(Value::from(got.lo.clone()), e["rank_lo"], "{name}");
        assert_eq!(Value::from(got.hi.clone()), e["rank_hi"], "{name}");
        assert_eq!(
            Value::from(got.could_be_best()),
            e["could_be_best"],
            "{name}"
        );
    }
}

#[test]
fn failure_rates() {
    for case in group("failure_rates") {
        let share = |hits: &str, of: &str| Share {
            hits: case[hits].as_u64().unwrap(),
            of: case[of].as_u64().unwrap(),
        };
        let (one, two, e) = (share("x1", "n1"), share("x2", "n2"), &case["expect"]);
        for (got, e) in [
            (one.wilson(0.025), &e["wilson1"]),
            (two.wilson(0.025), &e["wilson2"]),
            (newcombe(one, two, 0.025), &e["newcombe_diff"]),
        ] {
            close_to_zero_too(got.0, &e[0], "lower");
            close_to_zero_too(got.1, &e[1], "upper");
        }
        close(fisher_greater(one, two), &e["fisher_greater"], "Fisher");
    }
}

/// ln differences of pairs; a failed load (null) is infinite, a pair that failed twice is dropped.
fn differences(case: &Value) -> Vec<f64> {
    let arm = |name: &str| case[name].as_array().unwrap().clone();
    arm("base")
        .iter()
        .zip(&arm("new"))
        .filter_map(|(a, b)| match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => Some(b.ln() - a.ln()),
            (Some(_), None) => Some(f64::INFINITY),
            (None, Some(_)) => Some(f64::NEG_INFINITY),
            (None, None) => None,
        })
        .collect()
}

#[test]
fn failures_as_infinite() {
    for case in group("failures_as_infinite") {
        let (name, e) = (case["name"].as_str().unwrap(), &case["expect"]);
        let d = differences(&case);
        assert_eq!(d.len(), count(&e["pairs_used"]), "{name}");
        signed_rank_matches(&d, e, name);
        match hodges_lehmann(&d, 0.025).unwrap().finite_estimate() {
            Some(h) => close(h, &e["hl"], name),
            None => assert!(e["hl"].is_null(), "{name}"),
        }
    }
}

#[test]
fn special_functions() {
    let g = &vectors()["special_functions"];
    let rows = |name: &str| -> Vec<Value> { g[name].as_array().unwrap().clone() };
    for r in rows("norm_ppf") {
        close(normal_quantile(number(&r[0])), &r[1], "norm_ppf");
    }
    for r in rows("norm_sf") {
        close(normal_sf(number(&r[0])), &r[1], "norm_sf");
    }
    for r in rows("t_ppf") {
        close(t_quantile(number(&r[0]), count(&r[1])), &r[2], "t_ppf");
    }
    for r in rows("t_sf") {
        close(t_sf(number(&r[0]), count(&r[1])), &r[2], "t_sf");
    }
    for r in rows("betainc") {
        let [a, b, x] = [0, 1, 2].map(|i| number(&r[i]));
        close(statrs::function::beta::beta_reg(a, b, x), &r[3], "betainc");
    }
}

#[test]
fn outlier_flags() {
    for case in group("outlier_flags") {
        assert_eq!(Value::from(outliers(&numbers(&case["ms"]))), case["expect"]);
    }
}

fn load(ms: &Value) -> Load {
    match ms.as_f64() {
        Some(ms) => {
            let mut values = Values::default();
            values.set(Metric::Lcp, Some(ms));
            Load::Measured(Box::new(values))
        }
        None => Load::Failed,
    }
}

/// The transcript of a check of one cell to which the pairs of a case are fed until it is decided.
fn transcript(case: &Value) -> (Vec<Look>, Vec<&'static str>) {
    let params = &case["params"];
    let options = Options {
        preset: preset(&params["preset"]),
        alpha: number(&params["alpha"]),
        min_effect: number(&params["min_effect"]),
        margin: number(&params["margin"]),
    };
    let place = Place {
        page: "home".to_owned(),
        region: "sydney".to_owned(),
        profile: "phone".to_owned(),
    };
    let cell = Cell {
        place: place.clone(),
        metric: Metric::Lcp,
        gate: Gate::Gating,
    };
    let mut check = Check::new(options, vec![cell]);
    let mut verdicts = Vec::new();
    let arm = |name: &str| case[name].as_array().unwrap().clone();
    for (a, b) in arm("base").iter().zip(&arm("new")) {
        if check.wanted().is_empty() {
            break;
        }
        check.add(&place, &load(a), &load(b));
        if check.advance().is_some() {
            verdicts.push(match check.decisions().next().unwrap() {
                None => "continue",
                Some(Decision::Regression) => "regression",
                Some(Decision::Pass | Decision::Improvement) => "pass",
                Some(Decision::Inconclusive) => "inconclusive",
                Some(Decision::Continue) => panic!("a closed cell goes on"),
            });
        }
    }
    assert!(check.finished());
    let looks = check.looks().next().unwrap().1.to_vec();
    (looks, verdicts)
}

#[test]
fn check_interleaved() {
    for case in group("check_interleaved") {
        let name = case["name"].as_str().unwrap();
        let (looks, verdicts) = transcript(&case);
        let expected = case["expect"].as_array().unwrap();
        assert_eq!(looks.len(), expected.len(), "{name}");
        for ((look, verdict), e) in looks.iter().zip(verdicts).zip(expected) {
            assert_eq!(look.n, count(&e["n"]), "{name}");
            close(look.factor, &e["ar_factor"], name);
            close(look.p_regress, &e["p_regress"], name);
            close(look.p_pass, &e["p_pass"], name);
            // The transcripts start from M = 9, which like any M over 1 says nothing.
            close(look.m.min(9.0), &e["M"], name);
            close(look.p_seq, &e["p_seq"], name);
            close(look.limit_regress, &e["limit_regress"], name);
            close(look.limit_pass, &e["limit_pass"], name);
            close(look.estimate, &e["hl"], name);
            all_close(&[look.ci95.0, look.ci95.1], &e["ci95"], name);
            let mde = look.detectable.unwrap().exp_m1();
            close(100.0 * mde, &e["mde80_pct"], name);
            assert_eq!(verdict, e["verdict"].as_str().unwrap(), "{name}");
        }
    }
}

#[test]
fn session_t_stored_baseline() {
    for case in group("session_t_stored_baseline") {
        let (history, new) = (numbers(&case["hist"]), numbers(&case["new"]));
        let (got, e) = (session_t(&history, &new).unwrap(), &case["expect"]);
        close(got.t, &e["t"], "t");
        assert_eq!(got.df, count(&e["df"]));
        close(got.p_greater, &e["p_greater"], "p");
        close(got.shift, &e["shift"], "shift");
        close(got.lo90, &e["lo90"], "lo90");
    }
}

#[test]
fn nightly_scan() {
    for case in group("nightly_scan") {
        let (name, e) = (case["name"].as_str().unwrap(), &case["expect"]);
        let (z, params) = (numbers(&case["z"]), &case["params"]);
        let found = scan(&z, count(&params["last"]), 1.1).unwrap();
        assert_eq!(found.tau, count(&e["tau"]), "{name}");
        assert_eq!(found.post, count(&e["m"]), "{name}");
        assert_eq!(found.pre, count(&e["k"]), "{name}");
        close(found.u, &e["U"], name);
        close(found.p, &e["p"], name);
        close(found.factor, &e["ar_factor"], name);
        let size = found.size(&z).unwrap().estimate;
        close_to_zero_too(size, &e["hl"], name);
        close_to_zero_too(100.0 * size.exp_m1(), &e["hl_pct"], name);
        assert_eq!(size > 0.0, number(&e["dir"]) > 0.0, "{name}");
        let alert = confirms(&found, &z, number(&params["pstar"]));
        assert_eq!(alert, e["alert"].as_bool().unwrap(), "{name}");
    }
}
