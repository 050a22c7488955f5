//! What people and sites wrote stays text, and every row has its columns.

use super::*;

#[test]
fn hostile_words_stay_text_and_links_lead_where_they_say() {
    let hostile = "<script>alert(1)</script>\u{202e}";
    let page = page(&Browse {
        kicker: Words::linked(hostile, "/"),
        heading: hostile.to_owned(),
        ledes: vec![hostile.to_owned()],
        sights: vec![vec![Words::from(hostile), Words::linked("all", "/run/1")]],
        tables: vec![Table {
            title: hostile.to_owned(),
            columns: vec![("Site", Holds::Words), ("Median", Holds::Figures)],
            rows: vec![Row {
                whose: Whose::Own,
                cells: vec![Words::linked(hostile, "/visit/7"), "1.2 s".into()],
            }],
            note: hostile.to_owned(),
        }],
    })
    .unwrap();
    assert!(!page.contains("<script") && !page.contains('\u{202e}'));
    assert!(page.contains("<a href=\"/visit/7\">") && page.contains("<a href=\"/run/1\">"));
    assert!(page.contains("<tr class=\"own\">"));
    assert!(page.contains("<td class=\"n\" data-label=\"Median\"><bdi>1.2 s</bdi></td>"));
}
