//! Page 8: what the view of each site's own home market says beside that of our customers.

use crate::analysis::types::{ChosenBy, Comparison, Field, Relation};
use crate::model::format::value;

use super::super::scene::{Scene, best_standing};
use super::words::{Between, between};
use super::{Sentence, toward};

/// How we stand against the best overseas site when each is seen at home, and whether that is
/// another site than the one our customers would name.
pub(in super::super) fn own_market_notes(scene: &Scene<'_>) -> Vec<Sentence> {
    let Some(field) = &scene.input.more.own_market else {
        return vec![Sentence::new(
            "No two sites have a region in their own markets, so there is one view: our customers'.",
        )];
    };
    let Some(benchmark) = &field.benchmark else {
        return vec![Sentence::new(
            "No overseas site could be measured from its own market.",
        )];
    };
    let Some((best, own)) = best_standing(field)
        .and_then(|s| s.summary.median)
        .zip(scene.own_median(field))
    else {
        return vec![Sentence::new(
            "Our own site could not be measured from its own market.",
        )];
    };
    let metric = field.scope.metric;
    let role = match benchmark.chosen_by {
        ChosenBy::Reference => "the benchmark that the settings name",
        ChosenBy::LowestMedian => "the best overseas so far",
        ChosenBy::PreviousMonth | ChosenBy::CrossFit => "the best overseas",
    };
    let said = Sentence::new("For customers at home in each market ")
        .best(scene.name(&benchmark.target))
        .text(format!(" is {role}: "))
        .best(value(metric, best))
        .text(" there against ")
        .own(value(metric, own))
        .text(" of ours here");
    let mut notes = vec![said.text(match scene.gap(field) {
        Some(c) => told(field, c),
        None => ".".to_owned(),
    })];
    notes.extend(other_than_ours_see(scene, field));
    notes
}

/// `, so we are slower by 0.8 s (0.5 to 1.1 s).`; no comparative without its relation.
fn told(field: &Field, c: Comparison) -> String {
    let metric = field.scope.metric;
    let range = c.difference95.map_or_else(String::new, |i| {
        let i = between(metric, toward(c.relation, i), Between::Word);
        format!(" ({i})")
    });
    match (c.relation, super::comparative(c.relation)) {
        (_, Some(word)) => format!(
            ", so we are {word} by {}{range}.",
            value(metric, c.difference.abs())
        ),
        (Relation::Level, _) => ", which is level.".to_owned(),
        _ => "; too little data to call it a difference.".to_owned(),
    }
}

/// Said where the two views name different sites.
fn other_than_ours_see(scene: &Scene<'_>, field: &Field) -> Option<Sentence> {
    let home = &scene.headline()?.field;
    let (here, there) = (home.benchmark.as_ref()?, field.benchmark.as_ref()?);
    (here.target != there.target).then(|| {
        Sentence::new("Our own customers would name another: seen from here it is ")
            .best(scene.name(&here.target))
            .text(".")
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::fixtures;
    use super::*;
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
    }
}
