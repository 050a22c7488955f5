//! Page 8: what the view of each site's own home market says beside that of our customers.

use crate::analysis::types::{ChosenBy, Comparison, Field};

use super::super::language::{Arg, Between, Sentence, say};
use super::super::scene::{Scene, best_standing};
use super::benchmark::how_sure;
use super::toward;

/// How we stand against the best overseas site when each is seen at home, and whether that is
/// another site than the one our customers would name.
pub(in super::super) fn own_market_notes(scene: &Scene<'_>) -> Vec<Sentence> {
    let lang = scene.lang;
    let Some(field) = &scene.input.more.own_market else {
        return vec![match same_view(scene) {
            true => say!(lang, "own-market-same-view"),
            false => say!(lang, "own-market-one-view"),
        }];
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
        _ if benchmark.is_the_best() => "best",
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
    notes.extend(how_sure(scene, field));
    notes.extend(other_than_ours_see(scene, field));
    notes
}

/// Whether two sites at least have a region in their own markets: there is no view of its own then
/// because theirs is that of the first pages.
fn same_view(scene: &Scene<'_>) -> bool {
    let (page, regions) = match scene.headline() {
        Some(f) => (&f.field.scope.page, &scene.input.regions),
        None => return false,
    };
    let having = scene
        .input
        .targets
        .iter()
        .filter(|t| t.page(page).is_some());
    having
        .filter(|t| regions.iter().any(|r| r.market == t.market))
        .count()
        >= 2
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
    let site = scene.name(&here.target);
    // A benchmark need not be the best: it may be named, or overtaken.
    let both_best = here.is_the_best() && there.is_the_best();
    (here.target != there.target).then(|| match both_best {
        true => say!(scene.lang, "own-market-another", site = best(site)),
        false => say!(
            scene.lang,
            "own-market-another-benchmark",
            site = best(site)
        ),
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
            best.could_be_best = vec![best.target.clone()];
        });
        assert!(said(&other).contains("would name another"));
    }

    #[test]
    fn what_could_not_be_seen_is_said() {
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

    #[test]
    fn the_best_is_said_only_of_one_that_nobody_else_may_be() {
        let of = |open: &[&str], by: ChosenBy| {
            said(&with(|f| {
                let best = f.benchmark.as_mut().unwrap();
                best.could_be_best = open.iter().map(|id| (*id).to_owned()).collect();
                best.chosen_by = by;
            }))
        };
        let best = "Northfield is the best overseas:";
        let alone = of(&["northfield"], ChosenBy::PreviousMonth);
        assert!(alone.contains(best), "{alone}");
        let tied = of(&["northfield", "claire"], ChosenBy::PreviousMonth);
        assert!(
            tied.contains("Northfield is the overseas benchmark:"),
            "{tied}"
        );
        assert!(
            tied.contains("Maison Claire may be the best as well."),
            "{tied}"
        );
        let overtaken = of(&["claire"], ChosenBy::CrossFit);
        assert!(!overtaken.contains(best), "{overtaken}");
        assert!(overtaken.contains("it is not the best overseas: Maison Claire is."));
        let named = of(&["claire"], ChosenBy::Reference);
        assert!(named.contains("the benchmark that the settings name"));
        assert!(named.contains("it is not the best overseas: Maison Claire is."));
    }

    #[test]
    fn another_site_from_here_is_called_the_best_only_where_it_is() {
        let mut input = with(|f| {
            let best = f.benchmark.as_mut().unwrap();
            best.target = "claire".to_owned();
            best.could_be_best = vec!["claire".to_owned()];
        });
        assert!(said(&input).contains("would name another: seen from here it is Northfield."));
        let here = input.fields[0].field.benchmark.as_mut().unwrap();
        here.could_be_best = vec!["kyoto".to_owned()];
        let told = said(&input);
        assert!(!told.contains("would name another"), "{told}");
        assert!(told.contains("Seen from here the benchmark is another: Northfield."));
    }

    #[test]
    fn without_a_view_of_its_own_it_is_said_whether_that_view_is_the_same_or_none() {
        let mut input = fixtures::month();
        let told = said(&input);
        assert!(told.contains("has the places of pages 1 to 3"), "{told}");
        for t in input.targets.iter_mut().skip(1) {
            t.market = "US".to_owned();
        }
        let told = said(&input);
        assert!(told.contains("No two sites have a region"), "{told}");
    }
}
