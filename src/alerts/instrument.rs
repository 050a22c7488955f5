//! Lane D: the instrument itself. Nights that were not made, regions without a browser, refusals,
//! another browser, a disk that fills.

use crate::model::{Condition, Facts, Lane};

/// Share of refused visits above which a target is no longer really measured.
const REFUSED: f64 = 0.20;

/// The newest start of a plan that has ended.
#[derive(Debug, Clone, PartialEq)]
pub struct LastNight {
    /// Plan id.
    pub plan: String,
    /// Civil time of its start.
    pub local: String,
    /// Why it was not made; absent when it was.
    pub lost: Option<String>,
}

/// What a run's visits from a region came to.
#[derive(Debug, Clone, PartialEq)]
pub struct RegionVisits {
    /// Region id.
    pub region: String,
    /// Visits planned.
    pub planned: u32,
    /// Visits missed because the region was down.
    pub down: u32,
    /// Browser of this run and of the one before, where both are known.
    pub browsers: Option<(String, String)>,
}

/// What a run's visits of a target came to.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetVisits {
    /// Target id.
    pub target: String,
    /// Visits made.
    pub made: u32,
    /// Of these, refused.
    pub blocked: u32,
}

/// The conditions of lane D that hold.
#[must_use]
pub fn instrument(
    nights: &[LastNight],
    regions: &[RegionVisits],
    targets: &[TargetVisits],
    disk: Option<String>,
) -> Vec<Condition> {
    let nights = nights.iter().filter_map(night);
    let all = nights
        .chain(regions.iter().filter_map(region))
        .chain(regions.iter().filter_map(browser))
        .chain(targets.iter().filter_map(target));
    let disk = disk.map(|why| condition("D:disk", "the disk", why.clone(), why));
    all.chain(disk).collect()
}

fn night(night: &LastNight) -> Option<Condition> {
    let why = night.lost.as_ref()?;
    let what = format!(
        "the night `{}` of {} was not measured",
        night.plan, night.local
    );
    let mut lost = condition(
        &format!("D:night:{}", night.plan),
        "the night",
        what,
        why.clone(),
    );
    lost.facts.since = Some(night.local.clone());
    Some(lost)
}

fn region(region: &RegionVisits) -> Option<Condition> {
    if region.down == 0 {
        return None;
    }
    let what = format!("region `{}` gives no browser", region.region);
    let detail = format!("{} of {} visits missed", region.down, region.planned);
    let key = format!("D:region:{}", region.region);
    let mut down = condition(&key, &format!("region {}", region.region), what, detail);
    down.facts.region = Some(region.region.clone());
    Some(down)
}

fn browser(region: &RegionVisits) -> Option<Condition> {
    let (now, before) = region
        .browsers
        .as_ref()
        .filter(|(now, before)| now != before)?;
    let what = format!("the browser in `{}` is another one", region.region);
    let detail = format!("{before} before, {now} now: figures may move without the sites");
    let key = format!("D:browser:{}", region.region);
    let mut changed = condition(&key, "the browser", what, detail);
    changed.facts.region = Some(region.region.clone());
    Some(changed)
}

fn target(target: &TargetVisits) -> Option<Condition> {
    let share = f64::from(target.blocked) / f64::from(target.made.max(1));
    if share <= REFUSED {
        return None;
    }
    let percent = share * 100.0;
    let what = format!("`{}` refuses {percent:.0} % of our visits", target.target);
    let detail = format!("{} of {} visits blocked", target.blocked, target.made);
    let key = format!("D:blocked:{}", target.target);
    let mut refused = condition(&key, &format!("target {}", target.target), what, detail);
    refused.facts.target = Some(target.target.clone());
    Some(refused)
}

fn condition(key: &str, cause: &str, what: String, detail: String) -> Condition {
    Condition {
        key: key.to_owned(),
        lane: Lane::D,
        cause: cause.to_owned(),
        what,
        detail,
        facts: Facts::default(),
    }
}
