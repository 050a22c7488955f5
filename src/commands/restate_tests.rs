//! When an earlier report is told to have said otherwise, and when nothing is: the data went on,
//! nothing changed, or only how the page is made.

use jiff::civil::date;

use super::super::archive::Behind;
use super::*;

/// A visit of a night: the night's number of October, its own in it, and what it measured.
fn row(night: i8, visit: i64, value: u8) -> RowHash {
    RowHash {
        visit: i64::from(night) * 100 + visit,
        run: i64::from(night),
        hash: [value; 32],
    }
}

/// A report on finished nights of four visits each.
fn nights(numbers: &[i8]) -> Basis {
    let mut basis = Basis::default();
    basis.targets.push("own".to_owned());
    for n in numbers {
        let rows = (0..4).map(|i| row(*n, i, 1)).collect();
        put(&mut basis, *n, rows);
    }
    basis
}

/// Puts a night's visits, which are valid where they measured 1, in their place.
fn put(basis: &mut Basis, n: i8, rows: Vec<RowHash>) {
    let day = date(2026, 10, n);
    let valid = rows.iter().filter(|r| r.hash[0] == 1).count() as u32;
    let counts = [valid, 0, rows.len() as u32 - valid, 0];
    let ids: Vec<i64> = rows.iter().map(|r| r.visit).collect();
    let runs = rows.iter().map(|r| (r.run, Some("done".to_owned())));
    let night = Night {
        hash: of_rows(rows.iter()),
        ids: ids
            .first()
            .copied()
            .zip(ids.last().copied())
            .into_iter()
            .collect(),
        runs: runs.collect(),
        sites: BTreeMap::from([("own".to_owned(), counts)]),
    };
    basis.entry.nights.insert(day, night);
    basis.rows.insert(day, rows);
    basis.entry.data = short(format!("{:?}", basis.rows).as_bytes());
    let last = basis.entry.nights.keys().next_back();
    basis.entry.until = last.map(ToString::to_string).unwrap_or_default();
    let last = last.map(|d| format!("{d}T02:00:00Z").parse().unwrap());
    basis.entry.last = last;
}

fn reclassified(basis: &Basis, n: i8) -> Basis {
    let mut other = basis.clone();
    let rows = (0..4).map(|i| row(n, i, if i == 0 { 9 } else { 1 }));
    put(&mut other, n, rows.collect());
    other
}

fn unfinished(basis: &mut Basis, n: i8, visits: i64) {
    put(basis, n, (0..visits).map(|i| row(n, i, 1)).collect());
    let night = basis.entry.nights.get_mut(&date(2026, 10, n)).unwrap();
    night.runs = BTreeMap::from([(i64::from(n), None)]);
}

fn told(before: &[&Basis], now: &Basis) -> Vec<Reason> {
    let entries: Vec<Entry> = before.iter().map(|b| b.entry.clone()).collect();
    let note = restated(&entries, now).map_or_else(Vec::new, |r| r.told);
    note.into_iter().flat_map(|e| e.reasons).collect()
}

fn counts(reasons: &[Reason]) -> Option<([u32; 4], [u32; 4])> {
    match reasons {
        [Reason::Data { before, now, .. }] => Some((*before, *now)),
        _ => None,
    }
}

#[test]
fn the_same_nights_told_otherwise_are_a_restatement_and_nothing_is_none() {
    let october = nights(&[1, 2, 3]);
    assert_eq!(told(&[], &october), []);
    assert_eq!(told(&[&october], &october), []);
    let other = reclassified(&october, 2);
    let note = told(&[&october], &other);
    assert_eq!(counts(&note), Some(([12, 0, 0, 0], [11, 0, 1, 0])));
    let [Reason::Data { sites, .. }] = note.as_slice() else {
        panic!("{note:?}");
    };
    assert_eq!(sites, &[("own".to_owned(), [12, 0, 0, 0], [11, 0, 1, 0])]);
    // Made again, it says the same again.
    assert_eq!(told(&[&october, &other], &other), note);
}

#[test]
fn a_change_that_was_taken_back_is_told_again() {
    let first = nights(&[1, 2]);
    let other = reclassified(&first, 1);
    let note = told(&[&first, &other], &first);
    assert_eq!(counts(&note), Some(([7, 0, 1, 0], [8, 0, 0, 0])));
    assert_eq!(told(&[&first, &other, &first], &first), note, "and again");
}

#[test]
fn nights_that_came_are_no_restatement_and_hide_none() {
    let (two, three) = (nights(&[1, 2]), nights(&[1, 2, 3]));
    assert_eq!(told(&[&two], &three), [], "the data went on");
    let other = reclassified(&three, 1);
    let note = told(&[&two], &other);
    assert_eq!(
        counts(&note),
        Some(([8, 0, 0, 0], [7, 0, 1, 0])),
        "of the nights that both have"
    );
    // Whoever read the first is told so to the end of the month.
    let more = reclassified(&nights(&[1, 2, 3, 4]), 1);
    assert_eq!(told(&[&two, &other], &more), note);
}

#[test]
fn a_night_that_is_gone_or_was_put_between_others_is_a_restatement() {
    let three = nights(&[1, 2, 3]);
    let gone = told(&[&three], &nights(&[1, 2]));
    assert_eq!(counts(&gone), Some(([12, 0, 0, 0], [8, 0, 0, 0])));
    let put_between = told(&[&nights(&[1, 3])], &three);
    assert_eq!(counts(&put_between), Some(([8, 0, 0, 0], [12, 0, 0, 0])));
}

#[test]
fn an_unfinished_night_that_went_on_is_no_restatement() {
    let mut cut_off = nights(&[1]);
    unfinished(&mut cut_off, 2, 3);
    let whole = nights(&[1, 2]);
    assert_eq!(told(&[&cut_off], &whole), [], "it went on");
    assert_eq!(told(&[&cut_off], &nights(&[1, 2, 3])), [], "and further");
    let other = told(&[&cut_off], &reclassified(&whole, 2));
    assert_eq!(counts(&other), Some(([7, 0, 0, 0], [7, 0, 1, 0])));
    // A finished night does not go on.
    let mut more = whole.clone();
    put(&mut more, 2, (0..5).map(|i| row(2, i, 1)).collect());
    let more = told(&[&whole], &more);
    assert_eq!(counts(&more), Some(([8, 0, 0, 0], [9, 0, 0, 0])));
}

#[test]
fn a_second_run_of_the_last_night_is_no_restatement_and_one_of_an_earlier_night_is() {
    let before = nights(&[1, 2]);
    let with = |n: i8| {
        let mut now = before.clone();
        let second = RowHash {
            run: 7,
            ..row(n, 50, 1)
        };
        let rows = (0..4).map(|i| row(n, i, 1)).chain([second]);
        put(&mut now, n, rows.collect());
        now
    };
    assert_eq!(told(&[&before], &with(2)), []);
    assert!(counts(&told(&[&before], &with(1))).is_some());
}

#[test]
fn another_seed_of_a_finished_run_is_told() {
    let before = nights(&[1, 2]);
    let mut now = before.clone();
    let night = now.entry.nights.get_mut(&date(2026, 10, 1)).unwrap();
    night.runs.insert(1, Some("other".to_owned()));
    assert_eq!(
        counts(&told(&[&before], &now)),
        Some(([8, 0, 0, 0], [8, 0, 0, 0])),
        "the same counts"
    );
}

#[test]
fn what_lies_behind_is_told_by_month_and_releases_up_to_the_last_night() {
    let with = |numbers: &[i8], september: &str, releases: &[&str]| {
        let mut basis = nights(numbers);
        let release = |at: &&str| (at.parse().unwrap(), "hash".to_owned());
        basis.entry.behind = Behind {
            scope: "home".to_owned(),
            months: BTreeMap::from([(date(2026, 9, 1), september.to_owned())]),
            releases: releases.iter().map(release).collect(),
        };
        basis
    };
    let before = with(&[1, 2], "a", &["2026-10-01T09:00:00Z"]);
    let september = with(&[1, 2], "b", &["2026-10-01T09:00:00Z"]);
    let month = Reason::Months(vec![date(2026, 9, 1)]);
    assert_eq!(told(&[&before], &september), [month]);
    let later = ["2026-10-01T09:00:00Z", "2026-10-02T09:00:00Z"];
    let marked = with(&[1, 2], "a", &later);
    assert_eq!(told(&[&before], &marked), [Reason::Releases]);
    let went_on = with(&[1, 2, 3], "a", &later);
    assert_eq!(told(&[&before], &went_on), [], "marked as it went on");
    let earlier = with(&[1, 2, 3], "a", &["2026-10-01T08:00:00Z", later[0]]);
    assert_eq!(told(&[&before], &earlier), [Reason::Releases]);
    let mut elsewhere = with(&[1, 2], "b", &[later[0]]);
    elsewhere.entry.behind.scope = "product".to_owned();
    assert_eq!(told(&[&before], &elsewhere), [], "other visits altogether");
}

#[test]
fn settings_are_told_by_their_table_and_another_zone_has_other_nights() {
    let with = |basis: &Basis, part: &str, value: &str| {
        let mut basis = basis.clone();
        let settings = &mut basis.entry.settings;
        settings.insert(part.to_owned(), value.to_owned());
        basis
    };
    let nights = nights(&[1, 2]);
    let before = with(&nights, "[report]", "3s");
    let other = with(&nights, "[report]", "1s");
    let note = vec![Reason::Settings(vec!["[report]".to_owned()])];
    assert_eq!(told(&[&before], &other), note);
    let newer = with(&before, "[later]", "1");
    assert_eq!(told(&[&before], &newer), [], "no version knew it");
    let zone = vec![Reason::Settings(vec![ZONE.to_owned()])];
    let before = with(&nights, ZONE, "Australia/Sydney");
    let moved = with(&reclassified(&nights, 1), ZONE, "UTC");
    assert_eq!(told(&[&before], &moved), zone);
}

#[test]
fn a_later_change_of_settings_or_of_little_hides_no_change_of_counts() {
    let first = nights(&[1, 2, 3]);
    let mut second = reclassified(&first, 1);
    let settings = &mut second.entry.settings;
    settings.insert("[report]".to_owned(), "3s".to_owned());
    let mut now = second.clone();
    now.entry.settings = BTreeMap::from([("[report]".to_owned(), "1s".to_owned())]);
    let entries = [first.entry.clone(), second.entry.clone()];
    let note = restated(&entries, &now).unwrap();
    assert_eq!(note.more, 0);
    let [settings, data] = note.told.as_slice() else {
        panic!("{note:?}");
    };
    assert!(matches!(settings.reasons.as_slice(), [Reason::Settings(_)]));
    assert_eq!(counts(&data.reasons), Some(([12, 0, 0, 0], [11, 0, 1, 0])));
    // Nor does another change of counts hide that there was one before it.
    let third = reclassified(&second, 2);
    let note = restated(&entries, &third).unwrap();
    assert_eq!((note.told.len(), note.more), (1, 1));
    assert_eq!(
        counts(&note.told[0].reasons),
        Some(([11, 0, 1, 0], [10, 0, 2, 0]))
    );
}

#[test]
fn another_version_is_told_where_it_made_other_figures_of_the_same_data() {
    let with = |version: &str, median: &str| {
        let mut basis = nights(&[1, 2]);
        basis.entry.version = version.to_owned();
        let figures = &mut basis.entry.figures;
        figures.insert("home own".to_owned(), median.to_owned());
        basis
    };
    let before = with("0.0.9", "1600 1-2");
    assert_eq!(told(&[&before], &with("0.1.0", "1600 1-2")), []);
    let version = Reason::Version("0.0.9".to_owned());
    assert_eq!(told(&[&before], &with("0.1.0", "1500 1-2")), [version]);
}

#[test]
fn reports_of_other_flags_say_nothing_of_each_other() {
    let before = nights(&[1, 2]);
    let mut now = reclassified(&before, 1);
    now.entry.flags = "--external".to_owned();
    assert_eq!(told(&[&before], &now), []);
}

#[test]
fn an_entry_of_a_list_of_before_is_compared_where_it_ends_with_the_same_night() {
    let old = |until: &str| Entry {
        data: "0123456789abcdef".to_owned(),
        until: until.to_owned(),
        visits: [8, 0, 0, 0],
        sites: BTreeMap::from([("own".to_owned(), [8, 0, 0, 0])]),
        ..Entry::default()
    };
    let mut now = reclassified(&nights(&[1, 2]), 1);
    now.entry.visits = [7, 0, 1, 0];
    now.entry.sites = BTreeMap::from([("own".to_owned(), [7, 0, 1, 0])]);
    let note = restated(&[old("2026-10-02")], &now).unwrap();
    assert_eq!((note.told[0].kept.as_str(), note.more), ("0123456789ab", 0));
    assert_eq!(
        counts(&note.told[0].reasons),
        Some(([8, 0, 0, 0], [7, 0, 1, 0]))
    );
    assert_eq!(restated(&[old("2026-10-01")], &now), None, "it went on");
}

#[test]
fn the_site_that_changed_most_comes_first() {
    let site = |id: &str, valid: u32| (id.to_owned(), [90, 0, 0, 0], [valid, 0, 90 - valid, 0]);
    let sites = vec![site("a", 89), site("b", 90), site("c", 40), site("d", 80)];
    let sorted = largest_first(sites);
    let ids: Vec<&str> = sorted.iter().map(|(id, ..)| id.as_str()).collect();
    assert_eq!(ids, ["c", "d", "a"]);
}
