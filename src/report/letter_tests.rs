//! A letter says its figures in few words, and nothing that the data do not hold.

use jiff::civil::date;

use super::super::fixtures;
use super::super::input::PageField;
use super::super::more::Marked;
use super::*;
use crate::analysis::Effect;
use crate::analysis::types::{Benchmark, Nights, NotRanked, RankRange, Scope, Summary};
use crate::model::{Metric, Page, Role, Target};

fn target(id: &str, name: &str, role: Role) -> Target {
    let page = |kind: &str| Page {
        kind: kind.to_owned(),
        url: "https://a.example/".parse().unwrap(),
        expect: None,
    };
    Target {
        id: id.to_owned(),
        name: name.to_owned(),
        role,
        market: "AU".to_owned(),
        first_party: Vec::new(),
        robots_override: None,
        consent: crate::model::Consent::default(),
        pages: vec![page("home"), page("product")],
    }
}

fn targets() -> Vec<Target> {
    vec![
        target("own", "Own Store", Role::Own),
        target("far", "Northfield", Role::Rival),
    ]
}

fn compared(difference: f64, relation: Relation) -> Comparison {
    Comparison {
        pairs: 28,
        difference,
        relative: None,
        relative95: None,
        difference95: None,
        relation,
    }
}

/// A page of ours with 3.1 s, 1.2 s behind, 0.3 s faster than before.
fn field(page: &str) -> Field {
    let summary = |median| Summary {
        counts: Counts::default(),
        n: 140,
        nights: 28,
        median: Some(median),
        p75: None,
        p95: None,
        interval95: None,
        interval80: None,
    };
    let standing = |target: &str, median, place, versus_best| Standing {
        target: target.to_owned(),
        summary: summary(median),
        rank: Ok(RankRange {
            lo: place,
            hi: place,
            of: 7,
        }),
        could_be_best: target == "far",
        versus_own: None,
        versus_best,
    };
    let gap = compared(1200.0, Relation::Slower);
    Field {
        scope: Scope {
            page: page.to_owned(),
            regions: vec!["sydney".to_owned()],
            own_market: std::collections::BTreeMap::new(),
            profile: "phone".to_owned(),
            metric: Metric::Lcp,
        },
        nights: Nights {
            dates: vec![date(2026, 10, 1)],
        },
        standings: vec![
            standing("far", 1900.0, 1, None),
            standing("own", 3100.0, 3, Some(gap)),
        ],
        benchmark: Some(Benchmark {
            target: "far".to_owned(),
            chosen_by: ChosenBy::PreviousMonth,
            instead_of: None,
            could_be_best: vec!["far".to_owned()],
        }),
        not_ranked: None,
        own_change: Some(compared(-300.0, Relation::Faster)),
        gap_change: None,
    }
}

fn ours(field: &mut Field) -> &mut Standing {
    &mut field.standings[1]
}

fn released(version: &str, effect: Comparison) -> Released {
    Released {
        marked: vec![Marked {
            date: date(2026, 10, 9),
            version: version.to_owned(),
            note: String::new(),
        }],
        effect: Some(Effect {
            change: effect,
            is_adjusted: true,
        }),
        visits: (40, 40),
        across_method: false,
    }
}

fn input(targets: Vec<Target>, fields: &[Field], releases: &[Released]) -> ReportInput {
    let mut input = fixtures::month();
    input.targets = targets;
    let fields = fields.iter().cloned();
    input.fields = fields
        .map(|field| PageField {
            field,
            values: std::collections::BTreeMap::new(),
        })
        .collect();
    input.more.releases = releases.to_vec();
    input.visits = Counts {
        attempted: 4200,
        valid: 4120,
        failed: 50,
        blocked: 30,
        missed: 0,
    };
    input
}

fn letter(fields: &[Field], releases: &[Released]) -> Letter {
    super::letter(&input(targets(), fields, releases))
}

#[test]
fn a_letter_has_rank_gap_change_cause_decision_and_what_was_measured() {
    let helped = released("v7", compared(-310.0, Relation::Faster));
    let mut product = field("product");
    ours(&mut product).versus_best = Some(compared(1700.0, Relation::Slower));
    product.own_change = Some(compared(-40.0, Relation::Level));
    let letter = letter(&[field("home"), product], &[helped]);
    assert_eq!(
        letter.subject,
        "Retail benchmark, October 2026: 3rd of 7, 1.2 s behind Northfield"
    );
    insta::assert_snapshot!(letter.body, @r"
    - Our home page: main content shown (LCP) 3.1 s, 3rd of 7; 1.2 s behind Northfield; 0.3 s faster than September.
    - Better: home page, 0.3 s faster than September; likely cause: release v7, 0.3 s faster since.
    - To decide: work on the product page first? It is 1.7 s behind Northfield.

    Measured 4,120 of 4,200 planned visits: 50 failed, 30 blocked.
    ");
}

#[test]
fn an_order_is_said_only_where_its_relation_says_so() {
    let claims = ["faster", "slower", "behind", "ahead", "Better", "Worse"];
    for relation in [Relation::Level, Relation::CannotTell] {
        let mut home = field("home");
        ours(&mut home).versus_best = Some(compared(1200.0, relation));
        home.own_change = Some(compared(-300.0, relation));
        let release = released("v7", compared(-300.0, relation));
        let said = letter(&[home], &[release]);
        let said = format!("{}\n{}", said.subject, said.body);
        for claim in claims {
            assert!(!said.contains(claim), "`{claim}` in\n{said}");
        }
        assert!(!said.contains("v7"), "{said}");
        assert!(said.contains("Nothing became provably better or worse."));
        assert!(said.contains("Nothing is proven that asks for a decision."));
    }
    let mut ahead = field("home");
    ours(&mut ahead).versus_best = Some(compared(-400.0, Relation::Faster));
    ahead.own_change = Some(compared(500.0, Relation::Slower));
    let said = letter(&[ahead], &[]);
    assert!(
        said.subject.ends_with("0.4 s ahead of Northfield"),
        "{}",
        said.subject
    );
    assert!(
        said.body
            .contains("Worse: home page, 0.5 s slower than September")
    );
    assert!(said.body.contains("no cause is proven"), "{}", said.body);
}

#[test]
fn a_release_is_a_cause_only_of_the_same_move_on_the_page_that_it_was_compared_on() {
    let helped = released("v7", compared(-310.0, Relation::Faster));
    let hurt = released("v8", compared(900.0, Relation::Slower));
    let releases = [helped, hurt];
    let of = |fields: &[Field]| letter(fields, &releases).body;
    assert!(of(&[field("home")]).contains("likely cause: release v7"));
    // The product page moved the most, and what followed a release is known of the home page.
    let mut still = field("home");
    still.own_change = Some(compared(0.0, Relation::Level));
    let said = of(&[still, field("product")]);
    assert!(said.contains("Better: product page"), "{said}");
    assert!(said.contains("no cause is proven"), "{said}");
}

#[test]
fn what_releases_did_is_told_where_the_period_as_a_whole_is_level() {
    let mut home = field("home");
    home.own_change = Some(compared(-60.0, Relation::Level));
    let of = |releases: &[Released]| letter(&[home.clone()], releases).body;
    let level = released("v6", compared(-300.0, Relation::Level));
    assert!(of(&[level]).contains("- Nothing became provably better or worse.\n"));
    let hurt = released("v7", compared(900.0, Relation::Slower));
    let said = of(std::slice::from_ref(&hurt));
    assert!(
        said.contains(
            "- As a whole nothing became provably better or worse; one release moved the home \
             page: v7 (0.9 s slower).\n"
        ),
        "{said}"
    );
    let mut both = released("v8", compared(-840.0, Relation::Faster));
    both.marked.push(Marked {
        version: "v9".to_owned(),
        ..both.marked[0].clone()
    });
    let small = released("v10", compared(-110.0, Relation::Faster));
    let said = of(&[small, hurt, both]);
    assert!(
        said.contains(
            "worse; releases moved the home page: v7 (0.9 s slower) and v8 and v9 (0.8 s faster)."
        ),
        "the largest two: {said}"
    );
}

#[test]
fn a_release_is_to_be_decided_on_until_a_later_one_is_seen_to_have_mended_it() {
    let mut home = field("home");
    ours(&mut home).versus_best = Some(compared(0.0, Relation::Level));
    let of = |releases: &[Released]| letter(&[home.clone()], releases).body;
    let hurt = |version, by| released(version, compared(by, Relation::Slower));
    let helped = |by| released("v9", compared(by, Relation::Faster));
    let nothing = "Nothing is proven that asks for a decision.";
    let all = [hurt("v7", 300.0), hurt("v8", 900.0)];
    let said = of(&all);
    assert!(said.contains("take back or mend release v8?"), "{said}");
    let said = of(&[hurt("v7", 300.0), hurt("v8", 900.0), helped(-900.0)]);
    assert!(said.contains("take back or mend release v7?"), "{said}");
    let said = of(&[hurt("v7", 300.0), helped(-299.0)]);
    assert!(said.contains("take back or mend release v7?"), "{said}");
    let said = of(&[hurt("v7", 300.0), helped(-300.0)]);
    assert!(said.contains(nothing), "{said}");
    let mut both = hurt("v7", 300.0);
    both.marked.push(both.marked[0].clone());
    let said = of(&[both]);
    assert!(
        said.contains("take back or mend releases v7 and v7?"),
        "{said}"
    );
}

#[test]
fn no_rank_no_gap_and_no_decision_without_data_enough() {
    let few = NotRanked::TooFewNights {
        nights: 9,
        needed: 14,
    };
    let mut home = field("home");
    ours(&mut home).rank = Err(few);
    home.benchmark.as_mut().unwrap().chosen_by = ChosenBy::LowestMedian;
    let said = letter(&[home.clone()], &[]);
    let tail = "not ranked yet, 1.2 s behind Northfield (best overseas so far)";
    assert!(said.subject.ends_with(tail), "{}", said.subject);
    assert!(!said.body.contains("To decide"), "{}", said.body);
    ours(&mut home).summary.median = None;
    ours(&mut home).versus_best = None;
    home.own_change = None;
    let said = letter(&[home], &[]);
    assert!(said.subject.ends_with("our page could not be measured"));
    assert!(said.body.contains("why our pages could not be measured"));
    let nothing = letter(&[], &[]);
    assert!(nothing.body.contains("Nothing could be compared."));
}

#[test]
fn a_first_month_has_nothing_to_compare_with() {
    let mut input = input(targets(), &[field("home")], &[]);
    input.period.before = None;
    let said = super::letter(&input).body;
    assert!(said.contains("nothing earlier to compare with"), "{said}");
    assert!(!said.contains("faster"), "{said}");
}

#[test]
fn the_longest_names_leave_it_under_120_words() {
    let long = "a b c d e f g h i j k l m n o p q r s t u v w x y z";
    let targets = vec![
        target("own", long, Role::Own),
        target("far", long, Role::Rival),
    ];
    let fields = [field("home"), field(&long.replace(' ', "-"))];
    let release = [released(long, compared(-310.0, Relation::Faster))];
    let level = fields.clone().map(|f| Field {
        own_change: Some(compared(0.0, Relation::Level)),
        ..f
    });
    let two = [
        release[0].clone(),
        released(long, compared(310.0, Relation::Slower)),
    ];
    for (fields, releases) in [(&fields, &release[..]), (&level, &two[..])] {
        let mut input = input(targets.clone(), fields, releases);
        long.clone_into(&mut input.project.name);
        let letter = super::letter(&input);
        assert_eq!(letter.body.matches("\n- ").count(), 2, "{}", letter.body);
        let words = letter.body.split_whitespace().count();
        // The link to the page is the rest of it.
        assert!(words <= 118, "{words}: {}", letter.body);
        assert!(letter.subject.chars().count() <= 120, "{}", letter.subject);
    }
}
