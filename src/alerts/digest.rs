//! Lane C: once a week, what changed in the field.
//!
//! A rank lost or gained outside its range, the best overseas moved, a rival that refuses, a rival
//! built anew. What held the week before already is not told again.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::analysis::RankRange;
use crate::model::{Condition, Event, Facts, Lane, Message, Metric, format};

/// Share by which the best overseas has to move.
const BEST: f64 = 0.10;
/// Share of refused visits from which a rival is no longer really measured.
const REFUSED: f64 = 0.20;
/// Share by which a total of a page has to move to be another page's.
const REBUILT: f64 = 0.25;
/// Totals that have to have moved.
const REBUILT_TOTALS: usize = 2;

/// One value in the week (or the month up to its end), and before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NowBefore<T> {
    /// Now.
    pub now: T,
    /// Before.
    pub before: T,
}

/// What is known of a page kind in the home market.
#[derive(Debug, Clone, PartialEq)]
pub struct PageWeek {
    /// Page kind.
    pub page: String,
    /// Our place over 28 nights, where both periods have one.
    pub rank: Option<NowBefore<RankRange>>,
    /// The best overseas: target and its medians, ms.
    pub best: Option<(String, NowBefore<f64>)>,
}

/// What is known of a rival.
#[derive(Debug, Clone, PartialEq)]
pub struct RivalWeek {
    /// Target id.
    pub target: String,
    /// Share of visits refused.
    pub refused: NowBefore<f64>,
    /// Totals of its pages, medians.
    pub totals: Vec<(Metric, NowBefore<f64>)>,
}

/// What holds in the field this week.
#[must_use]
pub fn field_week(pages: &[PageWeek], rivals: &[RivalWeek]) -> Vec<Condition> {
    let ranks = pages.iter().filter_map(rank);
    let all = ranks.chain(pages.iter().filter_map(best));
    let all = all.chain(rivals.iter().filter_map(refused));
    all.chain(rivals.iter().filter_map(rebuilt)).collect()
}

/// The digest of the week before `monday`.
#[must_use]
pub fn digest(project: &str, monday: Date, new: &[Condition], now: Timestamp) -> Message {
    let lines = |of: &dyn Fn(&Condition) -> String| -> String {
        let all: Vec<String> = new.iter().map(of).collect();
        all.join("\n")
    };
    Message {
        id: format!("digest-{monday}"),
        version: 1,
        lane: Lane::C,
        event: Event::Digest,
        project: project.to_owned(),
        at: now,
        title: format!(
            "{project}: {} in the field in the week before {monday}",
            format::count(new.len() as u64, "change", "changes")
        ),
        plain: lines(&|c| format!("{}.", c.what)),
        technical: lines(&|c| format!("{}: {}", c.key, c.detail)),
        next_look: None,
        alerts: new.to_vec(),
        attachment: None,
    }
}

fn rank(page: &PageWeek) -> Option<Condition> {
    let NowBefore { now, before } = page.rank?;
    let word = match (now.lo > before.hi, now.hi < before.lo) {
        (true, _) => "lost",
        (_, true) => "gained",
        _ => return None,
    };
    let place = |r: RankRange| match r.lo == r.hi {
        true => format::ordinal(r.lo as usize),
        false => format!(
            "{} to {}",
            format::ordinal(r.lo as usize),
            format::ordinal(r.hi as usize)
        ),
    };
    let what = format!(
        "We {word} places on `{}`: {} of {}, before {}",
        page.page,
        place(now),
        now.of,
        place(before)
    );
    let mut found = condition(&format!("C:rank:{}", page.page), what);
    found.facts.page = Some(page.page.clone());
    found.detail = "28 nights against the 28 before; the ranges do not touch".to_owned();
    Some(found)
}

fn best(page: &PageWeek) -> Option<Condition> {
    let (target, NowBefore { now, before }) = page.best.as_ref()?;
    let share = now / before - 1.0;
    if !share.is_finite() || share.abs() < BEST {
        return None;
    }
    let shown = |v| format::value(Metric::Lcp, v);
    let word = if share < 0.0 { "faster" } else { "slower" };
    let what = format!(
        "The best overseas on `{}`, `{target}`, became {:.0} % {word}: {}, before {}",
        page.page,
        share.abs() * 100.0,
        shown(*now),
        shown(*before)
    );
    let mut found = condition(&format!("C:best:{}", page.page), what);
    found.detail = "median of the week against the 28 nights before".to_owned();
    found.facts = Facts {
        target: Some(target.clone()),
        page: Some(page.page.clone()),
        metric: Some(Metric::Lcp.name().to_owned()),
        value: Some(*now),
        before: Some(*before),
        ..Facts::default()
    };
    Some(found)
}

fn refused(rival: &RivalWeek) -> Option<Condition> {
    let NowBefore { now, before } = rival.refused;
    if now <= REFUSED || before > REFUSED {
        return None;
    }
    let what = format!(
        "`{}` refuses {:.0} % of our visits, before {:.0} %: its speed is not really known",
        rival.target,
        now * 100.0,
        before * 100.0
    );
    let mut found = condition(&format!("C:blocked:{}", rival.target), what);
    found.facts.target = Some(rival.target.clone());
    Some(found)
}

fn rebuilt(rival: &RivalWeek) -> Option<Condition> {
    let far = rival.totals.iter().filter(|(_, total)| {
        let share = total.now / total.before - 1.0;
        share.is_finite() && share.abs() >= REBUILT
    });
    let far: Vec<String> = far
        .map(|(metric, total)| {
            let shown = |v| format::value(*metric, v);
            format!(
                "{} {}, before {}",
                metric.label(),
                shown(total.now),
                shown(total.before)
            )
        })
        .collect();
    if far.len() < REBUILT_TOTALS {
        return None;
    }
    let what = format!("`{}` looks rebuilt: {}", rival.target, far.join("; "));
    let mut found = condition(&format!("C:rebuilt:{}", rival.target), what);
    found.detail = "medians of the week against the 28 nights before".to_owned();
    found.facts.target = Some(rival.target.clone());
    Some(found)
}

fn condition(key: &str, what: String) -> Condition {
    Condition {
        key: key.to_owned(),
        lane: Lane::C,
        cause: "the field".to_owned(),
        detail: what.clone(),
        what,
        facts: Facts::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(now: (u32, u32), before: (u32, u32), best: (f64, f64)) -> PageWeek {
        let range = |(lo, hi)| RankRange { lo, hi, of: 6 };
        PageWeek {
            page: "home".to_owned(),
            rank: Some(NowBefore {
                now: range(now),
                before: range(before),
            }),
            best: Some((
                "far".to_owned(),
                NowBefore {
                    now: best.0,
                    before: best.1,
                },
            )),
        }
    }

    fn rival(refused: (f64, f64), totals: &[(f64, f64)]) -> RivalWeek {
        let metrics = [Metric::Requests, Metric::TransferBytes, Metric::JsBytes];
        let of = |(now, before): (f64, f64)| NowBefore { now, before };
        RivalWeek {
            target: "far".to_owned(),
            refused: of(refused),
            totals: metrics
                .into_iter()
                .zip(totals.iter().copied().map(of))
                .collect(),
        }
    }

    fn keys(pages: &[PageWeek], rivals: &[RivalWeek]) -> Vec<String> {
        let all = field_week(pages, rivals);
        assert!(all.iter().all(|c| c.lane == Lane::C));
        all.into_iter().map(|c| c.key).collect()
    }

    #[test]
    fn only_ranks_outside_their_range_and_a_best_that_moved_a_tenth_are_told() {
        let quiet = page((2, 4), (2, 3), (1000.0, 1080.0));
        assert_eq!(keys(&[quiet], &[]), [""; 0]);
        let lost = page((4, 5), (2, 3), (1000.0, 1080.0));
        assert_eq!(keys(&[lost], &[]), ["C:rank:home"]);
        let faster = page((1, 1), (2, 3), (890.0, 1000.0));
        assert_eq!(
            keys(std::slice::from_ref(&faster), &[]),
            ["C:rank:home", "C:best:home"]
        );
        let said = field_week(&[faster], &[]);
        assert_eq!(
            said[0].what,
            "We gained places on `home`: 1st of 6, before 2nd to 3rd"
        );
        assert!(
            said[1].what.contains("became 11 % faster: 0.9 s"),
            "{}",
            said[1].what
        );
    }

    #[test]
    fn a_rival_refuses_when_it_did_not_before_and_is_rebuilt_when_two_totals_moved() {
        assert_eq!(keys(&[], &[rival((0.2, 0.0), &[])]), [""; 0]);
        assert_eq!(keys(&[], &[rival((0.5, 0.4), &[])]), [""; 0]);
        assert_eq!(keys(&[], &[rival((0.5, 0.1), &[])]), ["C:blocked:far"]);
        let one = rival((0.0, 0.0), &[(60.0, 40.0), (1e6, 1e6)]);
        assert_eq!(keys(&[], &[one]), [""; 0]);
        let two = rival((0.0, 0.0), &[(60.0, 40.0), (5e5, 1e6)]);
        assert_eq!(keys(&[], &[two]), ["C:rebuilt:far"]);
        let none = rival((0.0, 0.0), &[(60.0, 0.0), (5e5, 0.0)]);
        assert_eq!(keys(&[], &[none]), [""; 0], "nothing before says nothing");
    }
}
