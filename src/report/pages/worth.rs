//! Page 11's revenue panel and its lines in the appendix: only with the user's own `[business]`.
//!
//! The range never goes beyond the difference in which it was measured, and what failed visits may
//! cost stands apart from it: the two rest on different assumptions and are not to be added up.

use crate::analysis::types::{Counts, Relation};
use crate::model::Business;

use super::super::grid::Grid;
use super::super::language::{Language, say, text};
use super::super::more::{Audience, Worth};
use super::super::scene::{Scene, Who};
use super::super::sentences::{Block, Sentence};
use super::super::text::{capital, clean, shorten};

/// Fewest visits that could tell whose failed share is priced.
const ENOUGH: u32 = 30;

/// The panel; none for engineers, and none for eyes outside, whom our orders do not concern.
pub(super) fn block(scene: &Scene<'_>) -> Option<Block> {
    if !shown(scene) {
        return None;
    }
    let lang = scene.lang;
    let sentences = match &scene.input.more.worth {
        Worth::NotGiven => vec![say!(lang, "worth-not-given")],
        Worth::OfAnother => vec![say!(lang, "worth-of-another")],
        Worth::Given(b) => said(scene, b),
    };
    Some(Block {
        title: lang.word("worth-title"),
        sentences,
    })
}

fn shown(scene: &Scene<'_>) -> bool {
    scene.input.more.audience != Audience::Engineering && !scene.is_external()
}

fn said(scene: &Scene<'_>, b: &Business) -> Vec<Sentence> {
    let lang = scene.lang;
    let mut sentences = match gap_s(scene) {
        Some(gap) => priced(lang, b, gap),
        None => vec![say!(lang, "worth-no-gap")],
    };
    sentences.push(failed(lang, b, &failures(scene)));
    sentences
}

/// The proven gap of the headline, in seconds.
fn gap_s(scene: &Scene<'_>) -> Option<f64> {
    let gap = scene.headline().and_then(|p| scene.gap(&p.field))?;
    (gap.relation == Relation::Slower).then_some(gap.difference / 1000.0)
}

/// The gap up to the cap, and the least and most that closing it may be worth a month.
fn range(b: &Business, gap_s: f64) -> (f64, [f64; 2]) {
    let counted = gap_s.min(b.cap.as_secs_f64());
    let (least, most) = b.per_second;
    (counted, [least, most].map(|s| orders(b) * s * counted))
}

/// What all orders of a month are worth.
fn orders(b: &Business) -> f64 {
    b.visits_per_month as f64 * b.conversion * b.order_value
}

/// The sentences of a proven gap in seconds.
fn priced(lang: &Language, b: &Business, gap_s: f64) -> Vec<Sentence> {
    let (counted, worth) = range(b, gap_s);
    let [least, most] = worth.map(|v| money(lang, b, v));
    let gap = say!(
        lang,
        "worth-gap",
        range = key(if least == most { "one" } else { "two" }),
        gap = text(seconds(lang, gap_s)),
        least = text(least),
        most = text(most),
        visits = number(b.visits_per_month),
        conversion = text(format!("{} %", trimmed(lang, b.conversion * 100.0))),
        order = text(exact(lang, b))
    );
    let gap = if counted < gap_s {
        let counted = format!("{} s", trimmed(lang, counted));
        gap.and(say!(lang, "worth-gap-capped", counted = text(counted)))
    } else {
        gap
    };
    let [least, most] = [b.per_second.0, b.per_second.1].map(|s| trimmed(lang, s * 100.0));
    let range = say!(
        lang,
        "worth-range",
        range = key(if b.per_second.0 == b.per_second.1 {
            "one"
        } else {
            "two"
        }),
        least = text(least),
        most = text(format!("{most} %")),
        source = name(shorten(&clean(&b.source), 120))
    );
    vec![gap, range]
}

/// What became of our visits to each of our page kinds, over the scope of the fields.
fn failures(scene: &Scene<'_>) -> Vec<(String, Counts)> {
    let fields = scene.input.fields.iter().map(|f| &f.field);
    fields
        .filter_map(|f| {
            let counts = scene.own_standing(f)?.summary.counts;
            Some((scene.lang.page(&f.scope.page), counts))
        })
        .collect()
}

/// Failed visits of those that could tell; absent where they are too few for a share.
fn share(c: Counts) -> Option<f64> {
    let told = c.valid + c.failed;
    (told >= ENOUGH).then(|| f64::from(c.failed) / f64::from(told))
}

/// At most this a month is lost where visits fail: as if each failed one were an order lost.
fn lost(b: &Business, share: f64) -> f64 {
    orders(b) * share
}

/// The sentence on the page that failed most.
fn failed(lang: &Language, b: &Business, pages: &[(String, Counts)]) -> Sentence {
    let told = pages.iter().filter_map(|(p, c)| Some((p, c, share(*c)?)));
    let worst = told.reduce(|a, b| if b.2 > a.2 { b } else { a });
    match worst {
        None => say!(lang, "worth-failed-too-few", enough = number(ENOUGH)),
        Some((_, _, share)) if share <= 0.0 => say!(lang, "worth-failed-none"),
        Some((page, c, share)) => say!(
            lang,
            "worth-failed",
            failed = number(c.failed),
            visits = number(c.valid + c.failed),
            page = text(page),
            share = text(percent(lang, share)),
            cost = text(money(lang, b, lost(b, share)))
        ),
    }
}

/// The panel's figures for the appendix.
pub(super) fn grid(scene: &Scene<'_>) -> Option<Grid> {
    let Worth::Given(b) = &scene.input.more.worth else {
        return None;
    };
    if !shown(scene) {
        return None;
    }
    let lang = scene.lang;
    let heads = [
        lang.word("worth-column-given"),
        lang.word("worth-column-least"),
        lang.word("worth-column-most"),
        "n".to_owned(),
    ];
    let mut grid = Grid::new(
        lang.word("worth-table"),
        lang.word("worth-column-figure"),
        &heads,
    );
    for (name, figure) in given(lang, b) {
        grid.row(Who::Other, name, vec![figure, dash(), dash(), dash()]);
    }
    if let Some(gap) = gap_s(scene) {
        let (_, worth) = range(b, gap);
        let [least, most] = worth.map(|v| money(lang, b, v));
        grid.row(
            Who::Other,
            lang.word("worth-row-gap"),
            vec![seconds(lang, gap), least, most, dash()],
        );
    }
    for (page, c) in failures(scene) {
        let Some(share) = share(c) else { continue };
        let cost = money(lang, b, lost(b, share));
        let told = lang.thousands(c.valid + c.failed);
        let name = text!(lang, "worth-row-failed", page = text(capital(&page)));
        let cells = vec![percent(lang, share), dash(), cost, told];
        grid.row(Who::Other, name, cells);
    }
    Some(grid)
}

/// What the table gives, a name and a figure each.
fn given(lang: &Language, b: &Business) -> [(String, String); 5] {
    let [least, most] =
        [b.per_second.0, b.per_second.1].map(|s| format!("{} %", trimmed(lang, s * 100.0)));
    let per_second = text!(lang, "between", lower = text(least), upper = text(most));
    [
        (
            lang.word("worth-row-visits"),
            lang.thousands(b.visits_per_month),
        ),
        (
            lang.word("worth-row-conversion"),
            format!("{} %", trimmed(lang, b.conversion * 100.0)),
        ),
        (lang.word("worth-row-order"), exact(lang, b)),
        (lang.word("worth-row-per-second"), per_second),
        (
            lang.word("worth-row-cap"),
            format!("{} s", trimmed(lang, b.cap.as_secs_f64())),
        ),
    ]
}

fn dash() -> String {
    "–".to_owned()
}

fn seconds(lang: &Language, s: f64) -> String {
    lang.figure(&format!("{s:.1} s"))
}

/// A share in percent that is not rounded to none where there was one.
fn percent(lang: &Language, share: f64) -> String {
    if share > 0.0 && share < 0.001 {
        let least = lang.figure("0.1 %");
        text!(lang, "worth-share-under", share = text(least))
    } else {
        lang.figure(&format!("{:.1} %", share * 100.0))
    }
}

/// As given, without trailing noughts.
fn trimmed(lang: &Language, v: f64) -> String {
    let text = format!("{v:.3}");
    lang.figure(text.trim_end_matches('0').trim_end_matches('.'))
}

/// The value of an order as it was given, to the hundredth.
fn exact(lang: &Language, b: &Business) -> String {
    let cents = (b.order_value * 100.0).round() as u64;
    let whole = lang.thousands(cents / 100);
    let amount = match cents % 100 {
        0 => whole,
        rest => format!("{whole}{}", lang.figure(&format!(".{rest:02}"))),
    };
    of_currency(lang, b, amount)
}

/// Two figures that count, no more: the range is wider than that.
fn money(lang: &Language, b: &Business, v: f64) -> String {
    let v = v.abs();
    let magnitude = 10f64.powf((v.max(1.0)).log10().floor() - 1.0).max(1.0);
    let rounded = (v / magnitude).round() * magnitude;
    of_currency(lang, b, lang.thousands(rounded as u64))
}

fn of_currency(lang: &Language, b: &Business, amount: String) -> String {
    text!(
        lang,
        "worth-money",
        currency = text(shorten(&clean(&b.currency), 8)),
        amount = text(amount)
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::super::fixtures::month;
    use super::super::super::input::ReportInput;
    use super::super::super::more::Reach;
    use super::*;

    fn business() -> Business {
        Business {
            visits_per_month: 120_000,
            conversion: 0.024,
            order_value: 125.5,
            currency: "AUD".to_owned(),
            per_second: (0.01, 0.05),
            cap: Duration::from_secs(1),
            source: "our own test".to_owned(),
        }
    }

    fn told(sentences: &[Sentence]) -> String {
        let all: Vec<String> = sentences.iter().map(ToString::to_string).collect();
        all.join(" ").replace('\u{a0}', " ")
    }

    fn counts(valid: u32, failed: u32) -> Counts {
        Counts {
            attempted: valid + failed + 7,
            valid,
            failed,
            blocked: 7,
            missed: 0,
        }
    }

    fn cost(pages: &[(u32, u32)]) -> String {
        let pages: Vec<(String, Counts)> = pages
            .iter()
            .zip(["home page", "checkout"])
            .map(|((valid, failed), page)| (page.to_owned(), counts(*valid, *failed)))
            .collect();
        told(&[failed(&Language::english(), &business(), &pages)])
    }

    fn panel(input: &ReportInput) -> Option<String> {
        block(&Scene::new(input)).map(|b| told(&b.sentences))
    }

    #[test]
    fn a_gap_is_priced_up_to_the_cap_and_no_further() {
        // 120,000 visits, 2.4 % of them orders of 125.50: 361,440 a month; 1 % and 5 % of it.
        let at_cap = told(&priced(&Language::english(), &business(), 1.0));
        assert!(
            at_cap.starts_with("Closing the gap of 1.0 s may be worth AUD 3,600 to AUD 18,000 a month, on 120,000 visits, 2.4 % conversion and AUD 125.50 an order. The range, 1 to 5 %"),
            "{at_cap}"
        );
        let even = Business {
            per_second: (0.02, 0.02),
            ..business()
        };
        let even = told(&priced(&Language::english(), &even, 1.0));
        assert!(even.contains("may be worth AUD 7,200 a month"), "{even}");
        assert!(
            even.contains("The figure, 2 % of orders a second, is our own input"),
            "{even}"
        );
        let half = told(&priced(&Language::english(), &business(), 0.5));
        assert!(half.contains("AUD 1,800 to AUD 9,000 a month"), "{half}");
        let beyond = told(&priced(&Language::english(), &business(), 2.5));
        assert!(
            beyond.contains("gap of 2.5 s may be worth AUD 3,600 to AUD 18,000 a month"),
            "{beyond}"
        );
        assert!(
            beyond.contains("No more than 1 s of it are counted"),
            "{beyond}"
        );
        assert!(!at_cap.contains("No more than"), "{at_cap}");
    }

    #[test]
    fn failed_visits_are_priced_from_thirty_on_and_only_where_some_failed() {
        assert!(cost(&[(28, 1)]).contains("is not said"), "29 could tell");
        assert_eq!(
            cost(&[(29, 1)]),
            "Apart from that, and not to be added to it: 1 of 30 visits to our home page failed, 3.3 %. If as many customers meet that and each is an order lost, it is at most AUD 12,000 a month."
        );
        assert!(cost(&[(30, 0)]).contains("no failure is priced"));
        assert!(cost(&[]).contains("is not said"));
    }

    #[test]
    fn the_page_that_failed_most_is_told_and_a_thin_one_is_left_out() {
        let said = cost(&[(99, 1), (98, 2)]);
        assert!(
            said.contains("2 of 100 visits to our checkout failed, 2.0 %"),
            "{said}"
        );
        let said = cost(&[(99, 1), (99, 1)]);
        assert!(
            said.contains("our home page"),
            "the first of equals: {said}"
        );
        let said = cost(&[(99, 1), (1, 28)]);
        assert!(
            said.contains("our home page"),
            "29 cannot tell a share: {said}"
        );
        let said = cost(&[(9_999, 1)]);
        assert!(said.contains("under 0.1 %"), "{said}");
    }

    #[test]
    fn only_a_proven_gap_is_priced_and_only_with_the_table() {
        let mut input = month();
        let said = panel(&input).unwrap();
        assert!(
            said.starts_with("Not said: that takes our own visits"),
            "{said}"
        );
        assert!(grid(&Scene::new(&input)).is_none());
        input.more.worth = Worth::Given(business());
        let said = panel(&input).unwrap();
        assert!(said.contains("Closing the gap of"), "{said}");
        let own = input.fields[0]
            .field
            .standings
            .iter_mut()
            .find(|s| s.target == "own");
        own.unwrap().versus_best.as_mut().unwrap().relation = Relation::Level;
        let said = panel(&input).unwrap();
        assert!(said.contains("No gap to the benchmark is proven"), "{said}");
        assert!(
            said.contains("no failure is priced"),
            "apart from the gap: {said}"
        );
    }

    #[test]
    fn others_eyes_see_no_orders_of_ours() {
        let mut input = month();
        input.more.worth = Worth::Given(business());
        assert!(grid(&Scene::new(&input)).is_some());
        input.more.reach = Reach::External;
        assert_eq!(panel(&input), None);
        assert!(grid(&Scene::new(&input)).is_none());
        input.more.reach = Reach::Internal;
        input.more.audience = Audience::Engineering;
        assert_eq!(panel(&input), None);
        input.more.audience = Audience::Marketing;
        input.more.worth = Worth::OfAnother;
        assert!(panel(&input).unwrap().contains("another’s eyes"));
        assert!(grid(&Scene::new(&input)).is_none());
    }
}
