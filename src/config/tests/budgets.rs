//! `[[budget]]`: what it means, and what is said of one that means nothing.

use insta::assert_snapshot;

use super::{GOOD, loaded, read};
use crate::model::{Limit, Metric};

fn with(budget: &str) -> String {
    format!("{GOOD}\n[[budget]]\n{budget}\n")
}

fn unfit(budget: &str) -> String {
    read(&with(budget)).expect_err("must be refused")
}

#[test]
fn limits_are_in_the_unit_of_the_metric() {
    let limit = |text: &str| {
        let budgets = loaded(&with(text)).config.budgets;
        assert_eq!(budgets.len(), 1);
        budgets[0].limit
    };
    assert_eq!(
        limit("metric = \"lcp\"\nat_most = \"3s\""),
        Limit::AtMost(3_000.0)
    );
    assert_eq!(
        limit("metric = \"lcp\"\nbehind_best = \"1s\""),
        Limit::BehindBest(1_000.0)
    );
    assert_eq!(limit("metric = \"cls\"\nat_most = 0.1"), Limit::AtMost(0.1));
    assert_eq!(
        limit("metric = \"js_bytes\"\nover_last_month = 10"),
        Limit::OverLastMonth(10.0)
    );
    let whole = "metric = \"ttfb\"\npage = \"product\"\nregion = \"paris\"\nprofile = \"phone\"\nat_most = \"800ms\"";
    let budget = &loaded(&with(whole)).config.budgets[0];
    assert_eq!(budget.metric, Metric::Ttfb);
    assert_eq!(budget.page.as_deref(), Some("product"));
    assert_eq!(budget.demand(), "server reply (TTFB) at most 0.8 s");
}

#[test]
fn a_budget_that_means_nothing_is_refused() {
    for (text, said) in [
        ("metric = \"lcp\"", "a budget without a limit"),
        (
            "metric = \"lcp\"\nat_most = \"3s\"\nbehind_best = \"1s\"",
            "a budget with two limits",
        ),
        (
            "metric = \"cls\"\nat_most = \"1s\"",
            "`at_most` must be a number",
        ),
        (
            "metric = \"lcp\"\nat_most = 3",
            "`at_most` must be a duration",
        ),
        (
            "metric = \"lcp\"\nat_most = \"0s\"",
            "`at_most` cannot be 0",
        ),
        (
            "metric = \"lcp\"\nover_last_month = -1",
            "`over_last_month` cannot be -1",
        ),
        (
            "metric = \"lcp\"\nregion = \"rome\"\nat_most = \"3s\"",
            "there is no region `rome`",
        ),
    ] {
        let error = unfit(text);
        assert!(error.contains(said), "{text}\n{error}");
    }
    assert_snapshot!(unfit("metric = \"lpc\"\npage = \"prodcut\"\nat_most = \"3s\""), @r#"
    error: unknown metric `lpc`
      --> targets.toml:56:10
       |
    56 | metric = "lpc"
       |          ^^^^^ the README lists them all
       = hint: did you mean `lcp`?

    error: there is no page of ours `prodcut`
      --> targets.toml:57:8
       |
    57 | page = "prodcut"
       |        ^^^^^^^^^ known: `home` and `product`
       = hint: did you mean `product`?

    2 errors in targets.toml
    "#);
}

#[test]
fn a_reference_is_an_overseas_rival_of_the_file() {
    let with = |id: &str| {
        let line = format!("home_market = \"AU\"\nreference = \"{id}\"");
        GOOD.replace("home_market = \"AU\"", &line)
    };
    let project = loaded(&with("rival")).config.project;
    assert_eq!(project.reference.as_deref(), Some("rival"));
    assert_eq!(loaded(GOOD).config.project.reference, None);
    for id in ["own", "rivla"] {
        let said = read(&with(id)).expect_err("must be refused");
        let wanted = format!("`reference` is no overseas rival: `{id}`");
        assert!(said.contains(&wanted) && said.contains("`rival`"), "{said}");
    }
}
