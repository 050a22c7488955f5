//! Page 12, how we measured: what a reader needs in order to trust the figures or to dispute them.
//!
//! Only what the input knows is claimed; a lab says that it is one.

use std::collections::BTreeSet;

use crate::model::{ConsentState, HostFacts, LineNumbers, Profile, Region, RunRow, ShapedBy};

use super::super::language::{Arg, Language, Sentence, say, text};
use super::super::more::MarkKind;
use super::super::scene::Scene;
use super::super::sentences::{lab, regions};
use super::super::text::{clean, shorten};

/// What page 12 prints; the glossary under it is the template's.
pub(in super::super) struct MethodPage {
    pub(in super::super) items: Vec<Item>,
    pub(in super::super) contact: String,
}

/// A heading with its text.
pub(in super::super) struct Item {
    pub(in super::super) title: String,
    pub(in super::super) text: String,
}

/// Fills it.
pub(in super::super) fn build(scene: &Scene<'_>) -> MethodPage {
    let lang = scene.lang;
    let mut items = Vec::new();
    if scene.is_external() {
        items.push(Item {
            title: lang.word("method-outside-head"),
            text: text!(
                lang,
                "method-outside",
                contact = text(scene.input.project.contact.to_string())
            ),
        });
    }
    items.extend(own_items(scene));
    MethodPage {
        items,
        contact: scene.input.project.contact.to_string(),
    }
}

/// What is said to any reader.
fn own_items(scene: &Scene<'_>) -> Vec<Item> {
    let lang = scene.lang;
    let item = |title, text| Item { title, text };
    vec![
        item(lang.word("method-visit-head"), visit(scene)),
        item(lang.word("method-comparable-head"), comparable(scene)),
        item(
            lang.word("method-right-page-head"),
            lang.word("method-right-page"),
        ),
        item(lang.word("method-left-out-head"), left_out(scene)),
        item(
            lang.word("method-figures-head"),
            lang.word("method-figures"),
        ),
        item(
            lang.word("method-comparison-head"),
            lang.word("method-comparison"),
        ),
        item(lang.word("method-from-where-head"), from_where(scene)),
        item(lang.word("method-as-whom-head"), as_whom(scene)),
        item(lang.word("method-instrument-head"), instrument(scene)),
        item(lang.word("method-consent-head"), consent(scene)),
        item(lang.word("method-manners-head"), manners(scene)),
    ]
}

/// How every site's banner was answered: the config holds all of them to one state.
fn consent(scene: &Scene<'_>) -> String {
    let state = scene.input.targets.first().map(|t| t.consent.state);
    let state = match state.unwrap_or_default() {
        ConsentState::Untouched => "untouched",
        ConsentState::Accepted => "accepted",
        ConsentState::Rejected => "rejected",
    };
    text!(scene.lang, "method-consent", state = key(state))
}

fn visit(scene: &Scene<'_>) -> String {
    let (lang, m) = (scene.lang, &scene.input.measure);
    let visit = say!(
        lang,
        "method-visit",
        quiet = text(lang.duration(m.quiet)),
        timeout = text(lang.duration(m.timeout))
    );
    let rounds = say!(lang, "method-visit-rounds", rounds = number(m.rounds));
    visit.and(rounds).to_string()
}

fn comparable(scene: &Scene<'_>) -> String {
    let paired = match scene.one_night() {
        true => "by-round",
        false => "by-night",
    };
    text!(scene.lang, "method-comparable", paired = key(paired))
}

fn left_out(scene: &Scene<'_>) -> String {
    let (lang, v) = (scene.lang, scene.input.visits);
    let counts = say!(
        lang,
        "method-left-out",
        visits = number(v.attempted),
        valid = number(v.valid),
        failed = number(v.failed),
        blocked = number(v.blocked),
        missed = number(v.missed)
    );
    let said = match scene.input.more.other_consent {
        0 => counts,
        n => counts.and(say!(lang, "method-left-out-consent", visits = number(n))),
    };
    let said = match scene.input.more.gone {
        0 => said,
        n => said.and(say!(lang, "method-left-out-gone", visits = number(n))),
    };
    said.to_string()
}

fn from_where(scene: &Scene<'_>) -> String {
    let shown: Vec<String> = scene
        .input
        .regions
        .iter()
        .map(|r| region(scene, r))
        .collect();
    let mut said = say!(
        scene.lang,
        "method-from-where",
        regions = text(shown.join("; "))
    );
    if let Some(page) = scene.headline() {
        let seen = regions(scene, &page.field.scope.regions);
        let home = &scene.input.project.home_market;
        said = said.and(
            match scene.input.regions.iter().any(|r| r.market == *home) {
                true => say!(scene.lang, "method-view", regions = text(seen)),
                false => say!(scene.lang, "method-view-all", regions = text(seen)),
            },
        );
    }
    if let Some(lab) = lab(scene) {
        said = said.and(lab);
    }
    said.to_string()
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
    text!(
        scene.lang,
        "method-lab-region",
        region = text(name),
        added = text(scene.lang.list(&added))
    )
}

fn as_whom(scene: &Scene<'_>) -> String {
    let (lang, runs) = (scene.lang, &scene.input.runs);
    let profile = |p: &Profile| {
        let by: BTreeSet<String> = runs
            .iter()
            .flat_map(|r| made_by(lang, &r.host, &p.id))
            .map(|by| shorten(&clean(&by), 60))
            .collect();
        let by: Vec<String> = by.into_iter().collect();
        let told = [
            ("profile", Arg::text(clean(&p.id))),
            ("described", Arg::text(described(lang, p))),
        ];
        match by.is_empty() {
            true => text!(lang, "method-profile", ..told),
            false => text!(
                lang,
                "method-profile-made",
                ..told,
                by = text(lang.list(&by))
            ),
        }
    };
    let shown: Vec<String> = scene.input.profiles.iter().map(profile).collect();
    let mut said = say!(lang, "method-as-whom", profiles = text(shown.join("; ")));
    if let Some(marked) = marked(scene) {
        said = said.and(marked);
    }
    said.to_string()
}

/// The device and the line of a profile with their numbers.
fn described(lang: &Language, profile: &Profile) -> String {
    let n = profile.device.numbers();
    let mut parts = vec![text!(
        lang,
        "profile-device",
        device = text(lang.device(&profile.device)),
        width = text(n.width.to_string()),
        height = text(n.height.to_string()),
        scale = text(lang.figure(&n.scale.to_string()))
    )];
    if n.mobile {
        parts.push(lang.word("profile-touch"));
    }
    parts.push(if n.cpu > 1.0 {
        let factor = lang.figure(&n.cpu.to_string());
        text!(lang, "profile-cpu", factor = text(factor))
    } else {
        lang.word("profile-cpu-as-is")
    });
    parts.push(match profile.network.numbers() {
        None => lang.word("profile-network-none"),
        Some(numbers) => text!(
            lang,
            "profile-network",
            network = text(profile.network.name()),
            line = text(line(lang, numbers))
        ),
    });
    let next = |list, next| text!(lang, "list-next", list = text(list), next = text(next));
    parts.into_iter().reduce(next).unwrap_or_default()
}

fn line(lang: &Language, n: LineNumbers) -> String {
    let figure = |v: f64| lang.figure(&v.to_string());
    let line = text!(
        lang,
        "profile-line",
        rtt = text(format!("{} ms", figure(n.rtt_ms))),
        down = text(format!("{} Mbit/s", figure(n.down_kbps / 1000.0))),
        up = text(figure(n.up_kbps / 1000.0))
    );
    if n.loss > 0.0 {
        let share = format!("{} %", figure(n.loss * 100.0));
        text!(
            lang,
            "profile-line-lost",
            line = text(line),
            share = text(share)
        )
    } else {
        line
    }
}

/// By what the line of a profile was made on a host: `our proxy in sydney`.
fn made_by(lang: &Language, host: &HostFacts, profile: &str) -> Vec<String> {
    let said = host.shaped_by(profile).into_iter();
    said.filter_map(|(by, regions)| {
        let by = match by {
            ShapedBy::Nothing => return None,
            ShapedBy::Proxy => "proxy",
            ShapedBy::DevTools => "devtools",
        };
        Some(match regions.is_empty() {
            true => text!(lang, "line-by", by = key(by)),
            false => text!(
                lang,
                "line-by-in",
                by = key(by),
                regions = text(lang.list(&regions))
            ),
        })
    })
    .collect()
}

/// Runs whose line was not what was asked of it.
fn marked(scene: &Scene<'_>) -> Option<Sentence> {
    let runs = &scene.input.runs;
    let marked: Vec<&RunRow> = runs.iter().filter(|r| !r.host.marks.is_empty()).collect();
    let mark = marked.first().and_then(|r| r.host.marks.first())?;
    let mark = shorten(&clean(mark), 120);
    // An id is no number to be grouped.
    let id = |run: &RunRow| run.id.to_string();
    match marked.as_slice() {
        [] => None,
        [one] => Some(say!(
            scene.lang,
            "method-marked-one",
            run = text(id(one)),
            mark = text(mark)
        )),
        [first, ..] => Some(say!(
            scene.lang,
            "method-marked",
            marked = number(marked.len()),
            runs = number(runs.len()),
            first = text(id(first)),
            mark = text(mark)
        )),
    }
}

/// Versions over all runs; a change among them is said.
fn instrument(scene: &Scene<'_>) -> String {
    let (lang, runs) = (scene.lang, &scene.input.runs);
    if runs.is_empty() {
        return lang.word("method-instrument-none");
    }
    let all = |pick: &dyn Fn(&RunRow) -> Vec<String>| -> Vec<String> {
        let set: BTreeSet<String> = runs.iter().flat_map(pick).collect();
        set.into_iter().map(|s| shorten(&clean(&s), 60)).collect()
    };
    // A simulated night ran on no machine.
    let is_simulated = |r: &RunRow| r.host.cores == 0;
    let host = |r: &RunRow| {
        if is_simulated(r) {
            return Vec::new();
        }
        let (platform, cores) = (r.host.platform.clone(), r.host.cores);
        vec![text!(
            lang,
            "method-host",
            platform = text(platform),
            cores = number(cores)
        )]
    };
    let tools = all(&|r| match is_simulated(r) {
        true => vec![lang.word("method-simulated")],
        false => vec![format!("outpace {}", r.host.tool)],
    });
    let browsers = all(&|r| r.host.browsers.values().cloned().collect());
    let drivers = all(&|r| r.host.drivers.values().cloned().collect());
    let kinds = [tools, browsers, drivers, all(&host)];
    let parts: Vec<String> = kinds
        .iter()
        .filter(|s| !s.is_empty())
        .map(|s| lang.list(s))
        .collect();
    let said = say!(
        lang,
        "method-instrument",
        runs = number(runs.len()),
        parts = text(parts.join("; "))
    );
    let nights = scene.headline().map(|f| &f.field.nights.dates);
    let first = nights.and_then(|n| n.first());
    // The first night of the period begins nothing within it.
    let marked = scene.input.more.marks.iter().any(|m| {
        m.kind == MarkKind::Method
            && first.is_none_or(|f| m.date > *f)
            && m.date < scene.input.period.until
    });
    let said = match marked || kinds.iter().any(|s| s.len() > 1) {
        true => said.and(say!(lang, "method-instrument-changed")),
        false => said,
    };
    let said = match scene.other_settings() {
        0 => said,
        n => said.and(say!(
            lang,
            "method-settings-changed",
            n = number(n),
            runs = number(runs.len())
        )),
    };
    said.to_string()
}

fn manners(scene: &Scene<'_>) -> String {
    let (lang, m) = (scene.lang, &scene.input.manners);
    text!(
        lang,
        "method-manners",
        distance = text(lang.duration(m.distance)),
        views = number(m.daily_page_views)
    )
}
