//! Page 1's note where an earlier report told the same nights otherwise: by what, and at which
//! sites. What the reasons are is for whoever gathers the input.

use super::super::language::{Dated, Sentence, say};
use super::super::more::Reason;
use super::super::scene::Scene;
use super::super::text::clean;
use super::Block;

/// Sites that are named before the rest is counted only.
const NAMED: usize = 3;
/// The counts of an entry, in its order.
const STATES: [&str; 4] = ["valid", "failed", "blocked", "missed"];

/// The note; none where nothing was told otherwise.
pub(in super::super) fn restated(scene: &Scene<'_>) -> Option<Block> {
    let lang = scene.lang;
    let restated = scene.input.more.restated.as_ref()?;
    let mut sentences = Vec::new();
    for earlier in &restated.told {
        let kept = clean(&earlier.kept);
        sentences.push(say!(lang, "restated", kept = text(kept)));
        let reasons = earlier.reasons.iter();
        sentences.extend(reasons.flat_map(|reason| reason_words(scene, reason)));
    }
    if restated.more > 0 {
        sentences.push(say!(lang, "restated-others", n = number(restated.more)));
    }
    Some(Block {
        title: lang.word("restated-title"),
        sentences,
    })
}

fn reason_words(scene: &Scene<'_>, reason: &Reason) -> Vec<Sentence> {
    let lang = scene.lang;
    match reason {
        Reason::Data { before, now, sites } => data(scene, (*before, *now), sites),
        Reason::Months(months) => {
            let months = months.iter().map(|m| lang.date(*m, Dated::MonthYear));
            let months = lang.list(&months.collect::<Vec<_>>());
            vec![say!(lang, "restated-months", months = text(months))]
        }
        Reason::Releases => vec![say!(lang, "restated-releases")],
        Reason::Settings(parts) => {
            let parts: Vec<String> = parts.iter().map(|p| clean(p)).collect();
            let parts = lang.list(&parts);
            vec![say!(lang, "restated-settings", parts = text(parts))]
        }
        Reason::Version(version) => {
            let version = clean(version);
            vec![say!(lang, "restated-version", version = text(version))]
        }
    }
}

/// What was counted then and is now, at which sites, and at how many more.
fn data(
    scene: &Scene<'_>,
    (before, now): ([u32; 4], [u32; 4]),
    sites: &[(String, [u32; 4], [u32; 4])],
) -> Vec<Sentence> {
    let lang = scene.lang;
    let what = match counts(scene, before, now) {
        Some(counts) => counts,
        None => say!(lang, "restated-same-counts"),
    };
    let mut sentences = vec![say!(lang, "restated-data", what = said(what))];
    let sites = sites.iter();
    let changed: Vec<(&String, Sentence)> = sites
        .filter_map(|(id, before, now)| Some((id, counts(scene, *before, *now)?)))
        .collect();
    let more = changed.len().saturating_sub(NAMED);
    sentences.extend(changed.into_iter().take(NAMED).map(|(id, counts)| {
        say!(
            lang,
            "restated-site",
            site = name(scene.name(id)),
            counts = said(counts)
        )
    }));
    if more > 0 {
        sentences.push(say!(lang, "restated-more", n = number(more)));
    }
    sentences
}

/// `valid 100, now 98 and blocked 0, now 2`.
fn counts(scene: &Scene<'_>, before: [u32; 4], now: [u32; 4]) -> Option<Sentence> {
    let lang = scene.lang;
    let changed: Vec<Sentence> = STATES
        .into_iter()
        .zip(before.into_iter().zip(now))
        .filter(|(_, (a, b))| a != b)
        .map(|(state, (a, b))| {
            say!(
                lang,
                "restated-count",
                state = key(state),
                before = number(a),
                now = number(b)
            )
        })
        .collect();
    (!changed.is_empty()).then(|| lang.listed(changed))
}

#[cfg(test)]
mod tests {
    use super::super::super::fixtures::month;
    use super::super::super::more::{Earlier, Restated};
    use super::*;

    /// What page 1 says of reasons.
    fn told(reasons: Vec<Reason>) -> String {
        let kept = "An earlier report of these nights is kept in the archive \
                    (0123456789ab-fedcba987654). ";
        let said = said(vec![reasons], 0);
        said.strip_prefix(kept).unwrap().to_owned()
    }

    fn said(reasons: Vec<Vec<Reason>>, more: u32) -> String {
        let mut input = month();
        assert!(restated(&Scene::new(&input)).is_none());
        input.more.restated = Some(Restated {
            told: reasons
                .into_iter()
                .map(|reasons| Earlier {
                    kept: "0123456789ab-fedcba987654".to_owned(),
                    reasons,
                })
                .collect(),
            more,
        });
        let block = restated(&Scene::new(&input)).unwrap();
        let said: Vec<String> = block.sentences.iter().map(ToString::to_string).collect();
        said.join(" ")
    }

    #[test]
    fn a_restatement_says_what_was_counted_otherwise_and_where() {
        let sites = vec![
            ("kyoto".to_owned(), [100, 0, 0, 0], [98, 0, 2, 0]),
            ("own".to_owned(), [100, 0, 0, 0], [100, 0, 0, 0]),
        ];
        let (before, now) = ([1_000, 2, 0, 0], [998, 2, 2, 0]);
        assert_eq!(
            told(vec![Reason::Data { before, now, sites }]),
            "It counted otherwise: valid 1,000, now 998 and blocked 0, now 2. Kyoto Loft: valid \
             100, now 98 and blocked 0, now 2."
        );
        let (now, sites) = (before, Vec::new());
        assert_eq!(
            told(vec![Reason::Data { before, now, sites }]),
            "It counted otherwise: the same counts, other values."
        );
    }

    #[test]
    fn sites_beyond_the_third_are_counted() {
        let of = |sites: &[&str]| {
            let site = |id: &&str| (id.to_string(), [9, 0, 0, 0], [8, 1, 0, 0]);
            told(vec![Reason::Data {
                before: [90, 0, 0, 0],
                now: [80, 10, 0, 0],
                sites: sites.iter().map(site).collect(),
            }])
        };
        let three = of(&["kyoto", "own", "a"]);
        assert!(!three.contains("more site"), "{three}");
        let four = of(&["kyoto", "own", "a", "b"]);
        assert!(
            four.ends_with(" At one more site the counts are others."),
            "{four}"
        );
        let five = of(&["kyoto", "own", "a", "b", "c"]);
        assert!(
            five.ends_with(" At 2 more sites the counts are others."),
            "{five}"
        );
    }

    #[test]
    fn more_than_one_report_is_told_and_the_rest_counted() {
        let settings = vec![Reason::Settings(vec!["[report]".to_owned()])];
        let one = said(vec![settings.clone(), vec![Reason::Releases]], 1);
        assert_eq!(one.matches("is kept in the archive").count(), 2, "{one}");
        assert!(one.ends_with("releases. One more report in the archive differs from this one."));
        let many = said(vec![settings], 4);
        assert!(many.ends_with("4 more reports in the archive differ from this one."));
    }

    #[test]
    fn each_reason_has_its_sentence() {
        let month = |m| jiff::civil::date(2026, m, 1);
        assert_eq!(
            told(vec![
                Reason::Months(vec![month(8), month(9)]),
                Reason::Releases,
                Reason::Settings(vec!["[report]".to_owned(), "[[target]]".to_owned()]),
                Reason::Version("0.0.9".to_owned()),
            ]),
            "It looked back on other visits of August 2026 and September 2026. It knew other \
             releases. It had other settings in targets.toml: [report] and [[target]]. Version 0.0.9 \
             of outpace made other figures of the same data."
        );
    }
}
