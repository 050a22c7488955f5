//! Page 1's note where an earlier report told the same nights otherwise, and at which sites.

use super::super::language::{Sentence, say};
use super::super::scene::Scene;
use super::Block;

/// Sites that are named before the rest is left to the two reports.
const NAMED: usize = 3;
/// The counts of an entry, in its order.
const STATES: [&str; 4] = ["valid", "failed", "blocked", "missed"];

/// The note; none where nothing was told otherwise.
pub(in super::super) fn restated(scene: &Scene<'_>) -> Option<Block> {
    let lang = scene.lang;
    let restated = scene.input.more.restated.as_ref()?;
    let short = restated.data.get(..12).unwrap_or(&restated.data);
    let what = match counts(scene, restated.before, restated.now) {
        Some(counts) => counts,
        None => say!(lang, "restated-same-counts"),
    };
    let mut sentences = vec![say!(
        lang,
        "restated",
        data = text(short),
        what = said(what)
    )];
    let sites = restated.sites.iter();
    let sites = sites.filter_map(|(id, before, now)| Some((id, counts(scene, *before, *now)?)));
    sentences.extend(sites.take(NAMED).map(|(id, counts)| {
        say!(
            lang,
            "restated-site",
            site = name(scene.name(id)),
            counts = said(counts)
        )
    }));
    Some(Block {
        title: lang.word("restated-title"),
        sentences,
    })
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
    use super::super::super::more::Restated;
    use super::*;

    #[test]
    fn a_restatement_says_what_was_counted_otherwise_and_where() {
        let mut input = month();
        let said = |input: &crate::report::ReportInput| {
            let block = restated(&Scene::new(input))?;
            let said: Vec<String> = block.sentences.iter().map(ToString::to_string).collect();
            Some(said.join(" "))
        };
        assert_eq!(said(&input), None);
        let mut note = Restated {
            data: "0123456789abcdef".to_owned(),
            before: [1_000, 2, 0, 0],
            now: [998, 2, 2, 0],
            sites: vec![
                ("own".to_owned(), [100, 0, 0, 0], [100, 0, 0, 0]),
                ("kyoto".to_owned(), [100, 0, 0, 0], [98, 0, 2, 0]),
            ],
        };
        input.more.restated = Some(note.clone());
        assert_eq!(
            said(&input).unwrap(),
            "An earlier report of these nights (data 0123456789ab) counted otherwise: valid 1,000, \
             now 998 and blocked 0, now 2. The earlier one is kept in the archive. Kyoto Loft: valid \
             100, now 98 and blocked 0, now 2."
        );
        note.now = note.before;
        note.sites.clear();
        input.more.restated = Some(note);
        assert!(
            said(&input)
                .unwrap()
                .contains("the same counts, other values")
        );
    }
}
