//! What every report must hold, whatever the data: it renders, it says nothing false, it asks
//! nobody for anything, and the same input gives the same bytes.

use super::fixtures::{cases, hostile, month, night};
use super::{Paper, ReportInput, build, render};

fn html(input: &ReportInput) -> String {
    render(&build(input)).unwrap()
}

/// What a reader reads from one section to another, tags and stylesheet left out.
fn words(html: &str, from: &str, to: &str) -> String {
    let start = html.find(&format!("id=\"{from}\"")).unwrap();
    let end = html.find(&format!("id=\"{to}\"")).unwrap();
    let mut out = String::new();
    let mut inside = true;
    for c in html[start..end].chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    let spaced = out.replace('\u{a0}', " ");
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The `svg` elements of a page.
fn drawings(html: &str) -> Vec<&str> {
    html.match_indices("<svg")
        .map(|(i, _)| {
            let end = html[i..].find("</svg>").unwrap();
            &html[i..i + end + 6]
        })
        .collect()
}

/// Panics unless every tag is closed in its turn and every attribute is quoted.
fn assert_well_formed(svg: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = svg;
    while let Some(i) = rest.find('<') {
        assert!(!rest[..i].contains('>'), "a stray > in {}", &rest[..i]);
        let end = i + rest[i..].find('>').expect("an unclosed tag");
        let tag = &rest[i + 1..end];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{svg}");
        } else if !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().unwrap());
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        assert!(!tag.contains("NaN") && !tag.contains("inf"), "{tag}");
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "{open:?}");
}

/// Every case is rendered and left in `target/report-preview` to be looked at.
#[test]
fn every_case_renders_within_its_weight() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/target/report-preview");
    std::fs::create_dir_all(dir).unwrap();
    for (name, input) in cases() {
        let html = html(&input);
        assert!(html.len() < 600_000, "{name}: {} bytes", html.len());
        for section in ["answer", "standing", "gap", "method", "words", "appendix"] {
            assert!(html.contains(&format!("id=\"{section}\"")), "{name}");
        }
        std::fs::write(format!("{dir}/{name}.html"), html).unwrap();
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(html(&month()), html(&month()));
}

#[test]
fn drawings_are_well_formed_and_say_what_they_show() {
    for (name, input) in cases() {
        let html = html(&input);
        for svg in drawings(&html) {
            assert_well_formed(svg);
            assert!(svg.contains("role=\"img\""), "{name}");
            assert!(svg.contains("<title>") && svg.contains("<desc>"), "{name}");
        }
    }
}

#[test]
fn no_empty_axis_is_drawn() {
    for (name, input) in cases() {
        let html = html(&input);
        for svg in drawings(&html) {
            // A median is a dot or, over its interval, an upright stroke.
            let is_drawn = svg.contains("<circle") || svg.contains("stroke-width=\"26\"");
            assert!(is_drawn, "{name}: nothing is on the scale");
        }
        let drawn = drawings(&html).len();
        match name {
            "all-failed" | "empty" => assert_eq!(drawn, 0, "{name}"),
            _ => assert_eq!(drawn, 6, "{name}"),
        }
    }
}

#[test]
fn nothing_is_asked_of_the_network_and_no_script_runs() {
    for (name, input) in cases() {
        let html = html(&input);
        let contact = format!("href=\"{}\"", input.project.contact);
        let rest = html.replacen(&contact, "", 1);
        for asked in ["href=\"http", "src=", "url(http", "@import", "url(//"] {
            // A hostile name may say so, as text.
            let named =
                usize::from(name == "hostile") * rest.matches(&format!("&#60;img {asked}")).count();
            assert_eq!(
                rest.matches(asked).count() - named.min(rest.matches(asked).count()),
                0,
                "{name}: {asked}"
            );
        }
        assert!(!html.contains("<script"), "{name}");
        assert!(!html.contains("<link"), "{name}");
        assert_eq!(html.matches("</style>").count(), 1, "{name}");
    }
}

#[test]
fn hostile_names_stay_text() {
    let html = html(&hostile());
    for tag in ["<script", "<img", "<svg onload", "<b>cause", "</title></"] {
        assert!(!html.contains(tag), "{tag}");
    }
    assert!(
        html.contains("svg onload=alert(1)&#62;"),
        "the name is not shown"
    );
    assert!(!html.contains('\u{202e}') && !html.contains('\u{0}'));
    assert!(html.contains("دكان"));
}

#[test]
fn too_little_data_allows_no_comparative() {
    let report = html(&night());
    // Named with what it rests on, and with those who are not ruled out, it may be named.
    let said = words(&report, "answer", "method")
        .replace("best overseas so far", "")
        .replace("not ruled out as the best", "");
    for word in ["faster", "slower", "beats", "best", "ahead", "behind"] {
        assert!(!said.contains(word), "`{word}` in: {said}");
    }
    for word in [
        "Not ranked yet",
        "too few rounds to tell",
        "1 of the 14 nights needed",
        "lab",
    ] {
        assert!(said.contains(word), "no `{word}` in: {said}");
    }
    let said = words(&html(&month()), "answer", "method");
    assert!(said.contains("faster") && said.contains("The best overseas site"));
}

#[test]
fn letter_is_by_option() {
    let mut input = month();
    assert!(html(&input).contains("@page{size:A4"));
    input.paper = Paper::Letter;
    assert!(html(&input).contains("@page{size:Letter"));
}

#[test]
fn the_appendix_has_every_row_and_says_how_to_get_it_again() {
    let input = night();
    let html = html(&input);
    let (_, appendix) = html.split_once("id=\"appendix\"").unwrap();
    let (numbers, _) = appendix.split_once("</table>").unwrap();
    let rows = numbers.matches("data-label=\"Tried\"").count();
    assert_eq!(rows, input.appendix.len());
    assert!(
        html.contains("2026-09-30T14:00:00Z"),
        "midnight in Sydney, as UTC"
    );
    assert!(html.contains(&input.data_hash));
    assert!(html.contains("status 403"));
}

#[test]
fn a_changed_instrument_is_told() {
    let mut input = month();
    assert!(!html(&input).contains("The instrument changed"));
    input.runs[20].host.tool = "0.2.0".to_owned();
    assert!(html(&input).contains("The instrument changed"));
}

#[test]
fn the_page_on_how_we_measured_says_what_made_a_line_and_that_a_run_is_marked() {
    use crate::model::{AppliedProfile, ShapedBy};
    let mut input = month();
    let said = words(&html(&input), "method", "words");
    assert!(
        !said.contains("marked") && !said.contains("line made by"),
        "{said}"
    );
    let profile = input.profiles[0].clone();
    for run in &mut input.runs {
        run.host.applied = vec![AppliedProfile {
            profile: profile.id.clone(),
            device: profile.device.numbers(),
            user_agent: String::new(),
            added_rtt_ms: 0.0,
            network: String::new(),
            shaped_by: ShapedBy::DevTools,
            region: "sydney".to_owned(),
        }];
    }
    let mark = "network 4g is off: down 8000 kbit/s where 9000 were asked";
    input.runs[3].host.marks = vec![mark.to_owned()];
    let id = input.runs[3].id;
    let said = words(&html(&input), "method", "words");
    let made = format!("({}; line made by DevTools in sydney)", profile.described());
    assert!(said.contains(&made), "{said}");
    let marked = format!("Run {id} is marked: a probe found the line more than 10 %");
    assert!(said.contains(&marked) && said.contains(mark), "{said}");
}

/// Words that a report in another language may have as they are: names, ids and reasons of the
/// input, and the zone that times of runs are in.
fn from_outside(input: &ReportInput) -> std::collections::BTreeSet<String> {
    let mut texts = vec![
        "UTC outpace".to_owned(),
        input.project.name.clone(),
        input.project.timezone.clone(),
        input.project.contact.to_string(),
        input.data_hash.clone(),
        input.config_hash.clone(),
    ];
    for t in &input.targets {
        texts.extend([t.id.clone(), t.name.clone(), t.market.clone()]);
        texts.extend(t.pages.iter().map(|p| p.kind.clone()));
    }
    texts.extend(
        input
            .regions
            .iter()
            .flat_map(|r| [r.id.clone(), r.name.clone()]),
    );
    texts.extend(input.profiles.iter().map(|p| p.id.clone()));
    texts.extend(input.fields.iter().map(|f| f.field.scope.page.clone()));
    let lost = input.lost.values().flatten();
    texts.extend(lost.map(|l| l.reason.clone()));
    texts.extend(input.appendix.iter().flat_map(|r| r.causes.keys().cloned()));
    texts.extend(input.more.marks.iter().map(|m| m.label.clone()));
    let releases = input.more.releases.iter().flat_map(|r| &r.marked);
    texts.extend(releases.flat_map(|r| [r.version.clone(), r.note.clone()]));
    for run in &input.runs {
        texts.extend([run.host.tool.clone(), run.host.platform.clone()]);
        texts.extend(
            run.host
                .browsers
                .values()
                .chain(run.host.drivers.values())
                .cloned(),
        );
    }
    let switches = input.runs.iter().flat_map(|r| r.host.switches.values());
    texts.extend(switches.flatten().cloned());
    let mut words = std::collections::BTreeSet::new();
    for text in texts {
        let text = format!("{text} {}", super::text::clean(&text));
        let parts = text.split(|c: char| !c.is_alphanumeric());
        words.extend(parts.flat_map(|w| [w.to_owned(), super::text::capital(w)]));
    }
    words
}

/// Words of a page: three letters and more, vowels among them, outside tags, styles and code.
fn english(html: &str) -> Vec<String> {
    let body = &html[html.find("<body").unwrap()..];
    let mut text = String::new();
    let mut rest = body;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        let (inside, after) = tag.split_once('>').unwrap_or((tag, ""));
        for attribute in ["alt=\"", "aria-label=\"", "title=\"", "data-label=\""] {
            if let Some((_, said)) = inside.split_once(attribute) {
                text.push_str(said.split('"').next().unwrap_or_default());
                text.push(' ');
            }
        }
        rest = match inside.split([' ', '>']).next() {
            Some("code" | "pre") => {
                let end = format!("</{}", inside.split(' ').next().unwrap_or_default());
                after.split_once(&end).map_or("", |(_, after)| after)
            }
            _ => after,
        };
    }
    text.push_str(rest);
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '&' && c != '#');
    let vowel = |w: &str| w.contains(['a', 'e', 'i', 'o', 'u', 'y', 'A', 'E', 'I', 'O', 'U']);
    words
        .filter(|w| w.len() >= 3 && w.chars().all(|c| c.is_ascii_alphabetic()) && vowel(w))
        .map(str::to_owned)
        .collect()
}

#[test]
fn in_another_language_no_english_is_left() {
    let mut left = std::collections::BTreeMap::new();
    for (name, mut input) in cases() {
        input.language = super::language::pseudo::pseudo();
        let html = html(&input);
        assert!(html.contains("<html lang=\"eo\">"));
        let known = from_outside(&input);
        let letter = super::letter(&input);
        let letter = format!("<body>{}\n{}", letter.subject, letter.body);
        let said = english(&html).into_iter().chain(english(&letter));
        // A name that has no room is cut short.
        let is_known = |word: &String| known.iter().any(|k| k.starts_with(word.as_str()));
        left.extend(said.filter(|w| !is_known(w)).map(|w| (w, name)));
    }
    assert!(left.is_empty(), "{left:?}");
}
