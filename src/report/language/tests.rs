//! A language file is whole or refused, a language writes as it does, and rules and file agree.

use super::*;
use crate::model::Metric;

/// A file with one line of the English one written otherwise.
fn with(from: &str, to: &str) -> String {
    assert_eq!(ENGLISH.matches(from).count(), 1, "{from}");
    ENGLISH.replace(from, to)
}

fn problems(file: &str) -> String {
    Language::read(file).map_or_else(|p| p.to_string(), |_| "none".to_owned())
}

#[test]
fn english_is_whole_and_calls_metrics_what_the_terminal_calls_them() {
    assert_eq!(problems(ENGLISH), "none");
    let english = Language::english();
    for metric in Metric::ALL {
        assert_eq!(english.metric(*metric), metric.label());
    }
    assert_eq!(BUILT_IN.map(|(tag, _)| tag), ReportLanguage::BUILT_IN);
    for (tag, file) in BUILT_IN {
        assert_eq!(Language::read(file).unwrap().tag(), tag);
    }
}

#[test]
fn a_file_is_told_what_it_lacks_and_where() {
    let missing = with("between = { $lower } to { $upper }\n", "");
    assert_eq!(problems(&missing), "message `between` is missing");
    let dropped = with("headline-end = { $ours }.", "headline-end = Ours.");
    let said = problems(&dropped);
    assert!(said.starts_with("line "), "{said}");
    assert!(
        said.ends_with("`headline-end` leaves out `$ours`"),
        "{said}"
    );
    let more = with(
        "headline-end = { $ours }.",
        "headline-end = { $ours } { $x }.",
    );
    let said = problems(&more);
    assert!(said.contains("`headline-end` is not given `$x`"), "{said}");
    assert!(said.contains("hint: it is given $ours"), "{said}");
    let unknown = format!("{ENGLISH}\nheadline-ende = .\n");
    assert!(problems(&unknown).contains("nothing asks for message `headline-ende`"));
    let lost = with(
        "headline-end = { $ours }.",
        "headline-end = { $ours }{ nowhere }",
    );
    assert!(problems(&lost).contains("refers to `nowhere`"));
    let twice = format!("{ENGLISH}\nheadline-end = {{ $ours }}!\n");
    assert!(problems(&twice).contains("`headline-end` is there twice"));
    let tag = with("\nlanguage = en\n", "\nlanguage = 7 of 9\n");
    assert!(problems(&tag).contains("is no language tag"));
    let broken = with("headline-end = { $ours }.", "headline-end = { $ours .");
    assert!(
        problems(&broken).starts_with("line "),
        "{}",
        problems(&broken)
    );
}

#[test]
fn another_language_writes_its_own_figures_dates_and_plurals() {
    let file = with("\nlanguage = en\n", "\nlanguage = pl\n")
        .replace("\ndecimal = .\n", "\ndecimal = ,\n")
        .replace("\ngroup = ,\n", "\ngroup = { \"\\u00A0\" }\n")
        .replace(
            "period-nights-before = the { $n } nights before",
            "period-nights-before = { $n ->\n  [one] { $n } noc\n  [few] { $n } noce\n *[other] { $n } nocy\n }",
        );
    let polish = Language::read(&file).unwrap();
    assert_eq!(polish.value(Metric::Lcp, 2_149.0), "2,1 s");
    assert_eq!(polish.thousands(1_234_567u32), "1\u{a0}234\u{a0}567");
    let said = |n: u64| text!(polish, "period-nights-before", n = number(n));
    assert_eq!(
        [1, 3, 5, 1_500].map(said).join("; "),
        "1 noc; 3 noce; 5 nocy; 1\u{a0}500 nocy"
    );
}

#[test]
fn english_counts_dates_and_lists_as_before() {
    let english = Language::english();
    let ordinals = [1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(|n| english.ordinal(n));
    assert_eq!(
        ordinals.join(" "),
        "1st 2nd 3rd 4th 11th 12th 13th 21st 102nd 111th"
    );
    let date = jiff::civil::date(2026, 9, 3);
    for (dated, pattern) in [
        (Dated::Whole, "%-d %B %Y"),
        (Dated::Day, "%-d %B"),
        (Dated::DayShort, "%-d %b"),
        (Dated::MonthYear, "%B %Y"),
        (Dated::Month, "%B"),
        (Dated::MonthShort, "%b"),
    ] {
        assert_eq!(
            english.date(date, dated),
            date.strftime(pattern).to_string()
        );
    }
    assert_eq!(english.list(&["a", "b", "c"]), "a, b and c");
    assert_eq!(english.list::<&str>(&[]), "");
    assert_eq!(english.number_word(12), "twelve");
    assert_eq!(english.number_word(13), "13");
    assert_eq!(english.page("order_status"), "order status page");
    assert_eq!(english.page("landing-page"), "landing page");
    assert_eq!(english.market("JP"), "Japan");
    assert_eq!(english.market("Moon"), "Moon");
}

#[test]
fn both_ends_of_a_range_have_one_unit_unless_an_end_would_be_nothing_in_it() {
    let english = Language::english();
    let ends = |a, b| english.ends(Metric::Lcp, [a, b]).join(" to ");
    assert_eq!(ends(71.0, 314.0), "0.1 s to 0.3 s");
    assert_eq!(ends(-314.0, -71.0), "−0.3 s to −0.1 s");
    assert_eq!(ends(50.0, 314.0), "0.1 s to 0.3 s");
    assert_eq!(ends(49.0, 314.0), "49 ms to 0.3 s");
    assert_eq!(ends(-20.0, 314.0), "−20 ms to 0.3 s");
    assert_eq!(ends(20.0, 71.0), "20 ms to 71 ms");
    assert_eq!(
        english.ends(Metric::JsBytes, [400.0, 5_000.0]).join(" to "),
        "400 B to 5 kB"
    );
}

#[test]
fn a_name_is_put_in_its_place_and_nothing_in_it_is_taken_for_a_message() {
    let english = Language::english();
    let hostile = "{ $ours } \u{e000}0\u{e001} { language }";
    let said = say!(
        english,
        "list-last",
        list = name(hostile),
        last = own("1.2 s")
    );
    let parts = vec![
        Piece::Name(hostile.to_owned()),
        Piece::Text(" and ".to_owned()),
        Piece::Own("1.2 s".to_owned()),
    ];
    assert_eq!(said, Sentence(parts));
}

/// Every message that is asked for is there, with what it is given; and every one is asked for.
#[test]
fn the_rules_and_the_english_file_agree() {
    let mut asked = std::collections::BTreeSet::new();
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        for call in calls(&text) {
            let id = call.0;
            match check::takes(id) {
                None => wrong.push(format!("{path}: `{id}` is not in the file")),
                // What shared arguments bring is not seen here; `say` itself complains in tests.
                Some(takes) => wrong.extend(
                    call.1
                        .iter()
                        .filter(|arg| !takes.contains(**arg))
                        .map(|arg| format!("{path}: `{id}` does not take `{arg}`")),
                ),
            }
            asked.insert(id.to_owned());
        }
    }
    let looked_up = |id: &str| {
        [
            "market-", "metric-", "language", "decimal", "group", "date-", "month",
        ]
        .iter()
        .any(|p| id.starts_with(p))
    };
    let idle = check::ids(ENGLISH).into_iter();
    let referred = check::referred();
    let idle = idle.filter(|id| !asked.contains(id) && !looked_up(id) && !referred.contains(id));
    wrong.extend(idle.map(|id| format!("nothing asks for `{id}`")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every source and template of the report.
fn sources() -> Vec<(String, String)> {
    let not_rules = ["language/mod.rs", "language/tests.rs", "language/pseudo.rs"];
    let mut out = Vec::new();
    let mut ahead = vec![std::path::PathBuf::from("src/report")];
    while let Some(folder) = ahead.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let is = |end: &str| path.extension().is_some_and(|e| e == end);
            if path.is_dir() {
                ahead.push(path);
            } else if (is("rs") && !not_rules.iter().any(|f| path.ends_with(f))) || is("html") {
                let text = std::fs::read_to_string(&path).unwrap();
                out.push((path.display().to_string(), text));
            }
        }
    }
    assert!(out.len() > 40);
    out
}

/// Each message that a source asks for by name, with the arguments it is given there.
fn calls(text: &str) -> Vec<(&str, Vec<&str>)> {
    let mut out = Vec::new();
    for begin in ["say!(", "text!(", ".word("] {
        for (at, _) in text.match_indices(begin) {
            let rest = &text[at + begin.len()..];
            let inside = &rest[..closing(rest)];
            // After the language comes the name, as a literal; a name that is made is not seen.
            let Some((_, after)) = inside.split_once('"') else {
                continue;
            };
            let Some((id, args)) = after.split_once('"') else {
                continue;
            };
            if id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
                out.push((id, names(args)));
            }
        }
    }
    out
}

/// Where the bracket that is open at the beginning is closed.
fn closing(text: &str) -> usize {
    let mut depth = 1;
    for (i, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return i;
        }
    }
    text.len()
}

/// The names before a `=` at the top level of arguments.
fn names(args: &str) -> Vec<&str> {
    let (mut depth, mut begin, mut out) = (0, 0, Vec::new());
    for (i, c) in args.char_indices().chain([(args.len(), ',')]) {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                if let Some((name, _)) = args[begin..i].split_once(" = ") {
                    out.push(name.trim());
                }
                begin = i + 1;
            }
            _ => {}
        }
    }
    out
}
