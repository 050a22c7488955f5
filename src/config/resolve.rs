//! What the values of a file mean together: ids, roles, markets and page kinds, and then the
//! finished `Config`.
//!
//! Every check is made, whatever the others found; only when nothing is an error is there a
//! `Config`.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use super::Config;
use super::budgets;
use super::consent;
use super::defaults;
use super::diagnostic::Diagnostic;
use super::page_kinds;
use super::places::WrittenRegion;
use super::profiles::WrittenProfile;
use super::raw::{Written, WrittenProject, WrittenTarget};
use super::report;
use super::service;
use super::suggest::{nearest, quoted};
use super::walk::{At, Walk};
use crate::model::{DriverEndpoint, Page, Project, Region, Role, Secret, Target, control};

/// Distance to a rival's public site under which a warning is given.
const POLITE: Duration = Duration::from_secs(10);

/// Makes every check on what was written.
pub(super) fn check(walk: &mut Walk<'_>, written: &Written) {
    let targets = written.targets.as_deref().unwrap_or_default();
    let regions = written.regions.as_deref().unwrap_or_default();
    let profiles = written.profiles.as_deref().unwrap_or_default();
    unique(walk, "targets", targets.iter().map(|t| t.id.as_ref()));
    unique(walk, "regions", regions.iter().map(|r| r.id.as_ref()));
    unique(walk, "profiles", profiles.iter().map(|p| p.id.as_ref()));
    if written.targets.is_none() {
        let missing = Diagnostic::error(walk.end(), "missing `[[target]]`", "the file ends here");
        walk.absent(missing.hint("write one for your own site, and one for each rival"));
    }
    let home = written
        .project
        .as_ref()
        .and_then(|p| p.home_market.as_ref());
    own(walk, targets, home);
    rivals(walk, targets, home);
    markets(walk, targets, regions, home);
    let named = written.project.as_ref().and_then(|p| p.reference.as_ref());
    reference(walk, targets, named.zip(home));
    for region in regions {
        latency(walk, targets, region);
    }
    loss(walk, regions, profiles);
    page_kinds::check(walk, targets);
    consent::check(walk, targets);
    control(walk, targets, written);
    politeness(walk, targets, written.distance.as_ref());
    service::check(walk, written);
    budgets::check(walk, written);
}

pub(super) fn unique<'t>(
    walk: &mut Walk<'_>,
    what: &str,
    ids: impl Iterator<Item = Option<&'t At<String>>>,
) {
    let mut seen: Vec<&At<String>> = Vec::new();
    for id in ids.flatten() {
        match seen.iter().find(|s| s.value == id.value) {
            Some(first) => {
                let line = walk.line(first.span.start);
                let message = format!("two {what} have the id `{}`", id.value);
                let label = format!("first used at line {line}");
                walk.push(Diagnostic::error(id.span.clone(), message, label));
            }
            None => seen.push(id),
        }
    }
}

/// One site is ours: the report is about it.
fn own(walk: &mut Walk<'_>, targets: &[WrittenTarget], home: Option<&At<String>>) {
    let own: Vec<(&WrittenTarget, &At<Role>)> = targets
        .iter()
        .filter_map(|t| Some((t, t.role.as_ref()?)))
        .filter(|(_, role)| role.value == Role::Own)
        .collect();
    let all_known = targets.iter().all(|t| t.role.is_some());
    match (own.as_slice(), targets.first()) {
        ([], Some(first)) if all_known => {
            let message = "no target is our own";
            let label = "none of the targets has `role = \"own\"`";
            let error = Diagnostic::error(first.header.clone(), message, label);
            walk.absent(error.hint("write `role = \"own\"` for the site that the report is about"));
        }
        ([(_, first), others @ ..], _) => {
            let line = walk.line(first.span.start);
            for (_, role) in others {
                let label = format!("the first is at line {line}");
                let error = Diagnostic::error(role.span.clone(), "a second own target", label);
                walk.push(error.hint("a report is about one site: write a file for each"));
            }
        }
        _ => {}
    }
    let abroad = own
        .first()
        .and_then(|(target, _)| target.market.as_ref().zip(home))
        .filter(|(market, home)| market.value != home.value);
    if let Some((market, home)) = abroad.filter(|(m, h)| !same_but_case(&m.value, &h.value)) {
        let message = format!("our own target is not at home in `{}`", home.value);
        let label = format!("`home_market` is `{}`", home.value);
        walk.push(Diagnostic::warning(market.span.clone(), message, label));
    }
}

/// A reference is the best overseas that everything is held against, so it is an overseas rival.
fn reference(
    walk: &mut Walk<'_>,
    targets: &[WrittenTarget],
    named: Option<(&At<String>, &At<String>)>,
) {
    let Some((named, home)) = named else { return };
    // What is not readable is told where it stands, and may be what is meant.
    let overseas = targets.iter().filter(|t| {
        t.role.as_ref().is_none_or(|r| r.value == Role::Rival)
            && t.market.as_ref().is_none_or(|m| m.value != home.value)
    });
    let ids: Vec<&str> = overseas
        .filter_map(|t| Some(t.id.as_ref()?.value.as_str()))
        .collect();
    if ids.contains(&named.value.as_str()) {
        return;
    }
    let message = format!("`reference` is no overseas rival: `{}`", named.value);
    let label = match ids.as_slice() {
        [] => format!("no rival is of another market than `{}`", home.value),
        ids => format!("overseas rivals: {}", quoted(ids)),
    };
    let mut error = Diagnostic::error(named.span.clone(), message, label);
    if let Some(name) = nearest(&named.value, ids.iter().copied()) {
        error = error.hint(format!("did you mean `{name}`?"));
    }
    walk.absent(error);
}

fn rivals(walk: &mut Walk<'_>, targets: &[WrittenTarget], home: Option<&At<String>>) {
    if let [only] = targets {
        let message = "only one target";
        let label = "there is nobody to compare it with";
        let warning = Diagnostic::warning(only.header.clone(), message, label);
        walk.absent(warning.hint("write a `[[target]]` with `role = \"rival\"`"));
        return;
    }
    let Some(home) = home else { return };
    let known = targets
        .iter()
        .all(|t| t.market.is_some() && t.role.is_some());
    let mut rivals = targets
        .iter()
        .filter(|t| t.role.as_ref().is_some_and(|r| r.value == Role::Rival))
        .filter_map(|t| t.market.as_ref())
        .peekable();
    let some = rivals.peek().is_some();
    if known && some && rivals.all(|market| market.value == home.value) {
        let message = "no overseas target";
        let label = "every rival is at home in this market";
        let warning = Diagnostic::warning(home.span.clone(), message, label);
        walk.absent(
            warning.hint("add the best site you know in another market: it is the benchmark"),
        );
    }
}

/// `AU` and `au` would be two markets, and a site at home one from overseas.
fn markets(
    walk: &mut Walk<'_>,
    targets: &[WrittenTarget],
    regions: &[WrittenRegion],
    home: Option<&At<String>>,
) {
    let written = home
        .into_iter()
        .chain(targets.iter().filter_map(|t| t.market.as_ref()))
        .chain(regions.iter().filter_map(|r| r.market.as_ref()));
    let mut seen: Vec<&At<String>> = Vec::new();
    for market in written {
        let other = seen.iter().find(|s| same_but_case(&s.value, &market.value));
        match other {
            Some(first) if first.value != market.value => {
                let line = walk.line(first.span.start);
                let message = format!(
                    "market `{}` is also written `{}`",
                    market.value, first.value
                );
                let label = format!("`{}` at line {line}", first.value);
                let error = Diagnostic::error(market.span.clone(), message, label);
                walk.push(error.hint(format!("write `{}` everywhere", first.value)));
            }
            Some(_) => {}
            None => seen.push(market),
        }
    }
}

fn same_but_case(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// Round trips are given by the market of a target.
fn latency(walk: &mut Walk<'_>, targets: &[WrittenTarget], region: &WrittenRegion) {
    let Some(latency) = &region.latency else {
        return;
    };
    if targets.iter().any(|t| t.market.is_none()) {
        return;
    }
    let markets: BTreeSet<&str> = targets
        .iter()
        .filter_map(|t| t.market.as_ref())
        .map(|m| m.value.as_str())
        .collect();
    let names: Vec<&str> = markets.iter().copied().collect();
    for (market, _) in &latency.value {
        if !markets.contains(market.value.as_str()) {
            let message = format!("no target is at home in market `{}`", market.value);
            let label = format!("markets of the targets: {}", quoted(&names));
            let mut error = Diagnostic::error(market.span.clone(), message, label);
            if let Some(name) = nearest(&market.value, names.iter().copied()) {
                error = error.hint(format!("did you mean `{name}`?"));
            }
            walk.absent(error);
        }
    }
    let given = region.round_trips();
    let left: Vec<&str> = names
        .into_iter()
        .filter(|m| !given.contains_key(*m))
        .collect();
    if !left.is_empty() && !latency.value.is_empty() {
        let message = format!("no round trip to {}", quoted(&left));
        let label = "their targets get none, and look faster than the others";
        walk.absent(Diagnostic::warning(latency.span.clone(), message, label));
    }
}

/// DevTools shapes the line of a remote browser, and cannot lose packets.
fn loss(walk: &mut Walk<'_>, regions: &[WrittenRegion], profiles: &[WrittenProfile]) {
    if !regions.iter().any(|r| matches!(r.driver, Some(Some(_)))) {
        return;
    }
    let networks = profiles.iter().filter_map(|p| p.network.as_ref());
    for network in networks {
        if network.value.numbers().is_some_and(|n| n.loss > 0.0) {
            let message = format!("network `{}` loses packets", network.value.name());
            let label = "not with a remote driver, whose browser shapes the line itself";
            walk.push(Diagnostic::warning(network.span.clone(), message, label));
        }
    }
}

fn politeness(walk: &mut Walk<'_>, targets: &[WrittenTarget], distance: Option<&At<Duration>>) {
    let Some(distance) = distance.filter(|d| d.value < POLITE) else {
        return;
    };
    let public = targets
        .iter()
        .filter(|t| t.role.as_ref().is_some_and(|r| r.value == Role::Rival))
        .flat_map(|t| &t.pages)
        .filter_map(|p| p.url.as_ref()?.host())
        .find(|host| !is_this_machine(host));
    if let Some(host) = public {
        let message = "a rival's public site would be loaded in quick succession";
        let label = format!("`{host}` is not on this machine");
        let warning = Diagnostic::warning(distance.span.clone(), message, label);
        walk.push(warning.hint("the default is `\"60s\"`, and good manners"));
    }
}

/// The control page is stored under a name of its own.
fn control(walk: &mut Walk<'_>, targets: &[WrittenTarget], written: &Written) {
    if !matches!(written.control, Some(Some(_))) {
        return;
    }
    let taken = targets.iter().filter_map(|t| t.id.as_ref());
    for id in taken.filter(|id| id.value == control::ID) {
        let message = format!("a target has the id `{}`", id.value);
        let label = "the page of `[control]` is stored under this id";
        let problem = Diagnostic::error(id.span.clone(), message, label);
        walk.push(problem.hint("give the target another id"));
    }
}

fn is_this_machine(host: &url::Host<&str>) -> bool {
    match host {
        // RFC 6761, 6.3: `localhost` and all names below it are the loopback.
        url::Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        url::Host::Ipv4(ip) => ip.is_loopback(),
        url::Host::Ipv6(ip) => ip.is_loopback(),
    }
}

/// The finished meaning; `None` when a part of it was unfit, which has then been noted.
pub(super) fn config(written: Written, base_dir: &Path) -> Option<Config> {
    let project = project(written.project?, base_dir)?;
    let regions: Option<Vec<Region>> = match written.regions {
        Some(regions) => regions.into_iter().map(|r| region(r, base_dir)).collect(),
        None => Some(vec![defaults::region(&project.home_market)]),
    };
    let profiles = match written.profiles {
        Some(profiles) => profiles.iter().map(|p| p.profile()).collect(),
        None => Some(vec![defaults::profile()]),
    };
    let targets: Option<Vec<Target>> = written.targets?.into_iter().map(target).collect();
    let control = written
        .control?
        .map(|page| control::target(page, &project.home_market));
    let budgets: Option<Vec<_>> = written.budgets.into_iter().map(|b| b.budget()).collect();
    Some(Config {
        project,
        measure: written.measure?,
        targets: targets?,
        regions: regions?,
        profiles: profiles?,
        manners: written.manners?,
        schedule: written.service.schedule(base_dir)?,
        report: report::beside(written.report?, base_dir),
        business: written.business?,
        channels: written.service.channels(base_dir)?,
        budgets: budgets?,
        alerts: written.alerts?,
        evidence: written.evidence?,
        control,
        secrets: crate::model::Secrets::default(),
    })
}

fn project(written: WrittenProject, base_dir: &Path) -> Option<Project> {
    Some(Project {
        name: written.name?,
        timezone: written.timezone?,
        home_market: written.home_market?.value,
        reference: written.reference.map(|r| r.value),
        database: base_dir.join(written.database?),
        contact: written.contact?,
        egress: written.egress?,
    })
}

fn target(written: WrittenTarget) -> Option<Target> {
    let pages: Option<Vec<Page>> = written
        .pages
        .into_iter()
        .map(|page| {
            Some(Page {
                kind: page.kind.value,
                url: page.url?,
                expect: page.expect,
            })
        })
        .collect();
    Some(Target {
        id: written.id?.value,
        name: written.name?,
        role: written.role?.value,
        market: written.market?.value,
        first_party: written.first_party?,
        robots_override: written.robots_override?,
        consent: written.consent?.value,
        pages: pages?,
    })
}

fn region(written: WrittenRegion, base_dir: &Path) -> Option<Region> {
    let latency = written.round_trips();
    Some(Region {
        id: written.id?.value,
        name: written.name?,
        market: written.market?.value,
        driver: match written.driver? {
            None => DriverEndpoint::Local,
            Some(url) => DriverEndpoint::Remote(url),
        },
        capabilities: written.capabilities?,
        latency,
        sessions: written.sessions?,
        wait: written.wait?,
        proxy: written.proxy?,
        ca: written.ca?.map(|file| base_dir.join(file)),
        token: written.token?.map(Secret),
    })
}
