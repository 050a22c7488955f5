//! Lane D: the instrument itself. Nights that were not made, regions without a browser, refusals,
//! another browser, a disk that fills.

use crate::model::{Calibration, Condition, Facts, Lane};

/// Share of refused visits above which a target is no longer really measured.
const REFUSED: f64 = 0.20;

/// Share by which a machine's calibration lies away from its usual, two runs running, when it has
/// moved: one busy minute is no other machine.
const CALIBRATION_MOVED: f64 = 0.25;
/// Runs that a usual calibration is at least of.
const CALIBRATED: usize = 5;

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
    /// Calibrations of this run and of the one before, where both are known.
    pub calibrations: Option<(Calibration, Calibration)>,
}

/// A move of the control page.
#[derive(Debug, Clone, PartialEq)]
pub struct ControlMoved {
    /// Region id.
    pub region: String,
    /// Profile id.
    pub profile: String,
    /// What is said of it.
    pub what: String,
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
    (targets, control): (&[TargetVisits], &[ControlMoved]),
    disk: Option<String>,
) -> Vec<Condition> {
    let nights = nights.iter().filter_map(night);
    let all = nights
        .chain(regions.iter().filter_map(region))
        .chain(regions.iter().filter_map(browser))
        .chain(regions.iter().filter_map(calibration))
        .chain(control.iter().map(control_page))
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

fn calibration(region: &RegionVisits) -> Option<Condition> {
    let (now, before) = region.calibrations?;
    let away = |c: Calibration| {
        let share = c.measured_ms / c.used_ms - 1.0;
        (c.of >= CALIBRATED && share.abs() > CALIBRATION_MOVED).then_some(share)
    };
    let (share, earlier) = (away(now)?, away(before)?);
    if share.signum() != earlier.signum() {
        return None;
    }
    let word = if share > 0.0 { "slower" } else { "faster" };
    let what = format!("the machine in `{}` became {word}", region.region);
    let detail = format!(
        "its fixed computation took {:.1} ms, usually {:.1} ms, two runs running: figures may move \
         without the sites",
        now.measured_ms, now.used_ms
    );
    let key = format!("D:calibration:{}", region.region);
    let mut moved = condition(&key, &format!("region {}", region.region), what, detail);
    moved.facts.region = Some(region.region.clone());
    Some(moved)
}

fn control_page(moved: &ControlMoved) -> Condition {
    let key = format!("D:control:{}:{}", moved.region, moved.profile);
    let what = format!("the instrument moved in `{}`", moved.region);
    let cause = format!("region {}", moved.region);
    let mut said = condition(&key, &cause, what, moved.what.clone());
    said.facts.region = Some(moved.region.clone());
    said.facts.profile = Some(moved.profile.clone());
    said
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
