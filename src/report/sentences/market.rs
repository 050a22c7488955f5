//! Page 8: what the view of each site's own home market says beside that of our customers.

use crate::analysis::types::{ChosenBy, Comparison, Field};

use super::super::language::{Arg, Between, Sentence, say};
use super::super::scene::{Scene, best_standing};
use super::toward;

/// How we stand against the best overseas site when each is seen at home, and whether that is
/// another site than the one our customers would name.
pub(in super::super) fn own_market_notes(scene: &Scene<'_>) -> Vec<Sentence> {
    let lang = scene.lang;
    let Some(field) = &scene.input.more.own_market else {
        return vec![one_view(scene)];
    };
    let Some(benchmark) = &field.benchmark else {
        return vec![say!(lang, "own-market-no-overseas")];
    };
    let Some((best, own)) = best_standing(field)
        .and_then(|s| s.summary.median)
        .zip(scene.own_median(field))
    else {
        return vec![say!(lang, "own-market-ours-unmeasured")];
    };
    let role = match benchmark.chosen_by {
        ChosenBy::Reference => "reference",
        ChosenBy::LowestMedian => "so-far",
        ChosenBy::PreviousMonth | ChosenBy::CrossFit if benchmark.is_surely_best() => "best",
        ChosenBy::PreviousMonth | ChosenBy::CrossFit => "benchmark",
    };
    let with = [
        ("site", Arg::best(scene.name(&benchmark.target))),
        ("role", Arg::key(role)),
        ("best", Arg::best(lang.value(field.scope.metric, best))),
        ("own", Arg::own(lang.value(field.scope.metric, own))),
    ];
    let mut notes = vec![match scene.gap(field) {
        Some(c) => say!(
            lang,
            "own-market-compared",
            ..with,
            relation = relation(c.relation),
            size = text(size(scene, field, c))
        ),
        None => say!(lang, "own-market-alone", ..with),
    }];
    notes.extend(other_than_ours_see(scene, field));
    notes
}

/// There is no other view than that from home: either no two sites have a region in their own
/// markets, or all of them have the same.
fn one_view(scene: &Scene<'_>) -> Sentence {
    let has_region = |market: &str| scene.input.regions.iter().any(|r| r.market == market);
    let seen = scene.input.targets.iter().filter(|t| has_region(&t.market));
    match seen.count() {
        0 | 1 => say!(scene.lang, "own-market-one-view"),
        _ => say!(scene.lang, "own-market-same-view"),
    }
}

/// `0.8 s (0.5 to 1.1 s)`.
fn size(scene: &Scene<'_>, field: &Field, c: Comparison) -> String {
    let (lang, metric) = (scene.lang, field.scope.metric);
    let size = lang.value(metric, c.difference.abs());
    match c.difference95 {
        Some(i) => {
            let interval = lang.between(metric, toward(c.relation, i), Between::Word);
            format!("{size} ({interval})")
        }
        None => size,
    }
}

/// Said where the two views name different sites.
fn other_than_ours_see(scene: &Scene<'_>, field: &Field) -> Option<Sentence> {
    let home = &scene.headline()?.field;
    let (here, there) = (home.benchmark.as_ref()?, field.benchmark.as_ref()?);
    let sure = here.is_surely_best() && there.is_surely_best();
    (sure && here.target != there.target).then(|| {
        say!(
            scene.lang,
            "own-market-another",
            site = best(scene.name(&here.target))
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::fixtures;
    use super::*;
    use crate::analysis::types::Relation;
    use crate::report::ReportInput;

    /// The month of the fixtures, where each site is also seen from its own market.
    fn with(change: impl FnOnce(&mut Field)) -> ReportInput {
        let mut input = fixtures::month();
        let mut field = input.fields[0].field.clone();
        let markets = input.targets.iter();
        field.scope.own_market = markets
            .map(|t| (t.id.clone(), vec!["sydney".to_owned()]))
            .collect();
        change(&mut field);
        input.more.own_market = Some(field);
        input
    }

    fn said(input: &ReportInput) -> String {
        let notes = own_market_notes(&Scene::new(input));
        let notes: Vec<String> = notes.iter().map(ToString::to_string).collect();
        notes.join(" ")
    }

    fn ours(field: &mut Field) -> &mut Comparison {
        let own = field.standings.iter_mut().find(|s| s.target == "own");
        own.unwrap().versus_best.as_mut().unwrap()
    }

    #[test]
    fn a_comparative_is_said_with_its_relation_only() {
        let slower = said(&with(|f| ours(f).relation = Relation::Slower));
        assert!(slower.contains("so we are slower by"), "{slower}");
        let level = said(&with(|f| ours(f).relation = Relation::Level));
        assert!(level.contains("which is level."), "{level}");
        let unsure = said(&with(|f| ours(f).relation = Relation::CannotTell));
        assert!(unsure.contains("too little data"), "{unsure}");
        for words in [level, unsure] {
            assert!(
                !words.contains("slower") && !words.contains("faster"),
                "{words}"
            );
        }
    }

    #[test]
    fn another_best_site_than_our_customers_see_is_named_and_the_same_is_not() {
        assert!(!said(&with(|_| ())).contains("would name another"));
        let other = with(|f| {
            let best = f.benchmark.as_mut().unwrap();
            let mut targets = f.standings.iter().map(|s| s.target.clone());
            best.target = targets.find(|t| *t != best.target && t != "own").unwrap();
        });
        assert!(said(&other).contains("would name another"));
    }

    #[test]
    fn what_could_not_be_seen_is_said() {
        assert!(said(&fixtures::month()).contains("there is one view"));
        assert!(said(&with(|f| f.benchmark = None)).contains("No overseas site"));
        let ours_lost = with(|f| {
            let own = f.standings.iter_mut().find(|s| s.target == "own").unwrap();
            own.summary.median = None;
        });
        assert!(said(&ours_lost).contains("Our own site could not"));
        let not_compared = with(|f| {
            let own = f.standings.iter_mut().find(|s| s.target == "own").unwrap();
            own.versus_best = None;
        });
        assert!(said(&not_compared).ends_with(" of ours here."));
    }
}
