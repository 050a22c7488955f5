//! Page 12, how we measured: what a reader needs in order to trust the figures or to dispute them.
//!
//! Only what the input knows is claimed; a lab says that it is one.

use std::collections::BTreeSet;

use crate::model::format::{count, list, thousands};
use crate::model::{ConsentState, Region};

use super::super::more::Reach;
use super::super::scene::Scene;
use super::super::sentences::{duration, lab, regions};
use super::super::text::{clean, shorten};

/// What page 12 prints.
pub(in super::super) struct MethodPage {
    pub(in super::super) items: Vec<Item>,
    pub(in super::super) contact: String,
    pub(in super::super) glossary: Vec<(&'static str, &'static str)>,
}

/// A heading with its text.
pub(in super::super) struct Item {
    pub(in super::super) title: &'static str,
    pub(in super::super) text: String,
}

/// Fills it.
pub(in super::super) fn build(scene: &Scene<'_>) -> MethodPage {
    let item = |title, text| Item { title, text };
    let mut items = Vec::new();
    if scene.input.more.reach == Reach::External {
        items.push(item("For readers outside", EXTERNAL.to_owned()));
    }
    items.extend(own_items(scene));
    MethodPage {
        items,
        contact: scene.input.project.contact.to_string(),
        glossary: GLOSSARY.to_vec(),
    }
}

const EXTERNAL: &str = "Laboratory measurements by the publisher named above, of public pages, in \
    the period, from the places and with the instrument described here. They are no statement on \
    how any site serves its customers elsewhere or at other times. Sites are named to identify \
    them; none has taken part in or endorsed this. Names are their owners’.";

/// What is said to any reader.
fn own_items(scene: &Scene<'_>) -> Vec<Item> {
    let item = |title, text| Item { title, text };
    vec![
        item("A visit", visit(scene)),
        item("Like with like", comparable(scene)),
        item("The right page", RIGHT_PAGE.to_owned()),
        item("Left out", left_out(scene)),
        item("Figures", FIGURES.to_owned()),
        item("Words of comparison", COMPARISON.to_owned()),
        item("From where", from_where(scene)),
        item("As whom", as_whom(scene)),
        item("Instrument", instrument(scene)),
        item("Consent", consent(scene)),
        item("Manners", manners(scene)),
    ]
}

const RIGHT_PAGE: &str = "A visit is blocked, not measured, when the answer is a refusal (401, \
    403, 429, 503), a challenge announces itself by its header, the address leaves the page’s own, or what the \
    page must hold is missing. Blocked is unknown: a refusal in 50 ms must not win the table.";

const FIGURES: &str = "Headline: median of cold visits (Harrell-Davis). Second: 75th percentile. \
    Nothing is trimmed. Intervals: leaving out one night at a time, from 6 nights on. Places: \
    signed-rank tests of nightly pairs, corrected for all pairs of sites (Holm), from 14 nights \
    and 30 valid visits on with at most 20 % lost; they hold for all sites at once with 95 %. \
    These are lab figures: they say nothing of Core Web Vitals in the field.";

const COMPARISON: &str = "Faster or slower is said only where the 95 % interval of the paired \
    difference excludes zero and the difference is at least 5 % and 100 ms. Otherwise it is \
    level; where there are too few pairs for an interval, we cannot tell.";

/// How every site's banner was answered: the config holds all of them to one state.
fn consent(scene: &Scene<'_>) -> String {
    let state = scene.input.targets.first().map(|t| t.consent.state);
    match state.unwrap_or_default() {
        ConsentState::Untouched => {
            "No consent banner was answered: each site is met as a \
            first-time visitor meets it, untouched."
        }
        ConsentState::Accepted => {
            "Consent banners were accepted before the measured load, where a \
            site has one: each site is met as a visitor who agreed to everything."
        }
        ConsentState::Rejected => {
            "Consent banners were rejected before the measured load, where a \
            site has one: each site is met as a visitor who agreed to nothing."
        }
    }
    .to_owned()
}

/// At most fourteen words.
const GLOSSARY: [(&str, &str); 14] = [
    (
        "Main content shown (LCP)",
        "time until the largest image or text in view is painted",
    ),
    ("Visit", "one load of one page in a fresh browser"),
    ("Round", "one visit to every site and page, in random order"),
    (
        "Night",
        "all rounds begun on one date, in the project’s zone",
    ),
    ("Region", "the place from which a browser visits"),
    (
        "Profile",
        "the device and network that a browser stands for",
    ),
    (
        "Page kind",
        "what is compared like for like: home, product, checkout",
    ),
    ("Median", "half of the visits took less, half more"),
    (
        "p75",
        "three quarters of the visits took less: a slow visit",
    ),
    (
        "95 % interval",
        "where the true figure lies, wrong one time in twenty",
    ),
    (
        "Benchmark",
        "the overseas site that we hold ourselves against: the best, as far as the data can tell",
    ),
    ("Place", "a range: all places that the data leave open"),
    ("Level", "no difference that is both sure and large enough"),
    (
        "Blocked",
        "refused or not the right page: unknown, not a speed",
    ),
];

fn visit(scene: &Scene<'_>) -> String {
    let m = &scene.input.measure;
    format!(
        "Each visit starts a fresh browser with an empty profile and loads one page. It ends when, \
         after the load event, nothing has been in flight for {}, at the latest after {}. \
         {} a night count; the round before them warms up.",
        duration(m.quiet),
        duration(m.timeout),
        count(u64::from(m.rounds), "round", "rounds")
    )
}

fn comparable(scene: &Scene<'_>) -> String {
    let pairs = if scene.one_night() {
        "by round and region"
    } else {
        "by night"
    };
    format!(
        "Each round visits every site and page once in random order, so that drift of host, network \
         and hour hits all alike. Comparisons are paired {pairs}. The order can be drawn again from \
         the seeds in the appendix."
    )
}

fn left_out(scene: &Scene<'_>) -> String {
    let v = scene.input.visits;
    let consent = match scene.input.more.other_consent {
        0 => String::new(),
        n => format!(
            " {} with another answer to consent banners than the one below are left out: the two \
             are never mixed.",
            count(n.into(), "visit", "visits")
        ),
    };
    let counts = format!(
        "Warm-up visits. Of {} planned besides, {} valid; {} failed, {} blocked and {} not made are \
         counted and shown, and never averaged in.",
        count(u64::from(v.attempted), "visit", "visits"),
        thousands(v.valid.into()),
        thousands(v.failed.into()),
        thousands(v.blocked.into()),
        thousands(v.missed.into())
    );
    counts + &consent
}

fn from_where(scene: &Scene<'_>) -> String {
    let shown: Vec<String> = scene
        .input
        .regions
        .iter()
        .map(|r| region(scene, r))
        .collect();
    let view = scene.headline().map_or_else(String::new, |f| {
        format!(
            " Pages 1 to 3 show {}, the view of customers at home.",
            regions(scene, &f.field.scope.regions)
        )
    });
    let lab = lab(scene).map_or_else(String::new, |s| format!(" {s}"));
    format!("{}.{view}{lab}", shown.join("; "))
}

fn region(scene: &Scene<'_>, r: &Region) -> String {
    let name = scene.region(&r.id);
    if r.latency.is_empty() {
        return name;
    }
    let added: Vec<String> = r
        .latency
        .iter()
        .map(|(market, d)| format!("{} {} ms", clean(market), d.as_millis()))
        .collect();
    format!("{name} (lab; added round-trip time: {})", list(&added))
}

fn as_whom(scene: &Scene<'_>) -> String {
    let shown: Vec<String> = scene
        .input
        .profiles
        .iter()
        .map(|p| {
            let by: BTreeSet<String> = scene
                .input
                .runs
                .iter()
                .flat_map(|r| r.host.shaped(&p.id))
                .map(|by| shorten(&clean(&by), 60))
                .collect();
            let by: Vec<String> = by.into_iter().collect();
            let made = match by.as_slice() {
                [] => String::new(),
                by => format!("; line made by {}", list(by)),
            };
            format!("{} ({}{made})", clean(&p.id), p.described())
        })
        .collect();
    format!("{}.{}", shown.join("; "), marked(scene))
}

/// Runs whose line was not what was asked of it.
fn marked(scene: &Scene<'_>) -> String {
    let runs = &scene.input.runs;
    let marked: Vec<_> = runs.iter().filter(|r| !r.host.marks.is_empty()).collect();
    let Some(mark) = marked.first().and_then(|r| r.host.marks.first()) else {
        return String::new();
    };
    let which = match marked.as_slice() {
        [one] => format!("Run {} is marked", one.id),
        [first, ..] => format!(
            "{} of {} are marked, run {} first",
            marked.len(),
            count(runs.len() as u64, "run", "runs"),
            first.id
        ),
        [] => String::new(),
    };
    format!(
        " {which}: a probe found the line more than 10 % from what was asked ({}).",
        shorten(&clean(mark), 120)
    )
}

/// Versions over all runs; a change among them is said.
fn instrument(scene: &Scene<'_>) -> String {
    let runs = &scene.input.runs;
    if runs.is_empty() {
        return "No run in this period.".to_owned();
    }
    let all = |pick: &dyn Fn(&crate::model::RunRow) -> Vec<String>| -> Vec<String> {
        let set: BTreeSet<String> = runs.iter().flat_map(pick).collect();
        set.into_iter().map(|s| shorten(&clean(&s), 60)).collect()
    };
    let tools = all(&|r| vec![format!("outpace {}", r.host.tool)]);
    let browsers = all(&|r| r.host.browsers.values().cloned().collect());
    let drivers = all(&|r| r.host.drivers.values().cloned().collect());
    let hosts = all(&|r| vec![format!("{}, {} cores", r.host.platform, r.host.cores)]);
    let mixed = [&tools, &browsers, &drivers, &hosts]
        .into_iter()
        .any(|s| s.len() > 1);
    let warning = if mixed {
        " The instrument changed within the period: differences across the change may be its own."
    } else {
        ""
    };
    let parts: Vec<String> = [tools, browsers, drivers, hosts]
        .iter()
        .filter(|s| !s.is_empty())
        .map(|s| list(s))
        .collect();
    format!(
        "{}: {}.{warning}",
        count(runs.len() as u64, "run", "runs"),
        parts.join("; ")
    )
}

fn manners(scene: &Scene<'_>) -> String {
    let m = &scene.input.manners;
    format!(
        "Loads of one rival’s host are at least {} apart, with at most {} page views a rival in 24 \
         hours. No disguise: the browser’s name says who measures, and where to ask:",
        duration(m.distance),
        m.daily_page_views
    )
}
