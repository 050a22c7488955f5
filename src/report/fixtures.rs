//! Inputs for tests and for looking at: months, single nights and the awkward cases.
//!
//! Figures are invented, relations and places follow from them by a simple rule, so that a fixture
//! cannot contradict itself.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::{Date, date};
use url::Url;

use crate::analysis::types::{
    Benchmark, ChosenBy, Comparison, Counts, Field, Interval, Nights, NotRanked, RankRange,
    Relation, Scope, Standing, Summary,
};
use crate::model::{
    Browser, Device, Measure, Metric, Network, Page, Profile, Project, Region, ReportSettings,
    Role, Series, Target, VisitState,
};

mod cases;
mod runs;

pub(super) use cases::{cases, hostile, month, moved, night, one_page, twelve};

use super::input::{
    AppendixRow, Commands, Lost, PageField, Paper, Period, PeriodKind, ReportInput,
};
use super::language::Language;
use runs::runs;

/// Id, name, market; the first is ours.
pub(super) const SEVEN: [(&str, &str, &str); 7] = [
    ("own", "Harbour Home", "AU"),
    ("northfield", "Northfield", "US"),
    ("claire", "Maison Claire", "FR"),
    ("kyoto", "Kyoto Loft", "JP"),
    ("southern", "Southern Cross Living", "AU"),
    ("alder", "Alder & Pine UK", "GB"),
    ("kookaburra", "Kookaburra & Sons", "AU"),
];

/// How much data there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Data {
    /// Thirty nights of five rounds.
    Month,
    /// One night of two rounds, too few for any interval.
    Night,
    /// Nine nights: intervals, and no rank.
    Week,
}

impl Data {
    fn nights(self) -> u32 {
        match self {
            Data::Month => 30,
            Data::Night => 1,
            Data::Week => 9,
        }
    }

    fn attempted(self) -> u32 {
        match self {
            Data::Month => 150,
            Data::Night => 2,
            Data::Week => 45,
        }
    }
}

fn interval(point: f64, share: f64, level: f64) -> Interval {
    Interval {
        point,
        lower: point - point.abs() * share,
        upper: point + point.abs() * share,
        level,
    }
}

fn summary(median: Option<f64>, data: Data) -> Summary {
    let attempted = data.attempted();
    let valid = median.map_or(0, |_| attempted - attempted / 25);
    let with_interval = median.filter(|_| data != Data::Night);
    Summary {
        counts: Counts {
            attempted,
            valid,
            failed: if median.is_some() {
                attempted - valid
            } else {
                0
            },
            blocked: if median.is_some() { 0 } else { attempted },
            missed: 0,
        },
        n: valid,
        nights: median.map_or(0, |_| data.nights()),
        median,
        p75: median.map(|m| m * 1.2),
        p95: median.map(|m| m * 1.6),
        interval95: with_interval.map(|m| interval(m, 0.045, 0.95)),
        interval80: with_interval.map(|m| interval(m, 0.028, 0.80)),
    }
}

/// Candidate against baseline by the rule of 5 % and 100 ms.
pub(super) fn compare(candidate: f64, baseline: f64, data: Data) -> Comparison {
    let difference = candidate - baseline;
    let large = difference.abs() >= 100.0 && difference.abs() >= 0.05 * baseline;
    let relation = match data {
        Data::Night => Relation::CannotTell,
        _ if !large => Relation::Level,
        _ if difference < 0.0 => Relation::Faster,
        _ => Relation::Slower,
    };
    let arm = 0.04 * baseline;
    Comparison {
        pairs: data.nights().max(2),
        difference,
        relative: Some(difference / baseline),
        relative95: None,
        difference95: (data != Data::Night).then_some(Interval {
            point: difference,
            lower: difference - arm,
            upper: difference + arm,
            level: 0.95,
        }),
        relation,
    }
}

fn rank(median: Option<f64>, all: &[f64], data: Data) -> Result<RankRange, NotRanked> {
    let Some(median) = median else {
        return Err(NotRanked::NoData);
    };
    if data != Data::Month {
        return Err(NotRanked::TooFewNights {
            nights: data.nights(),
            needed: 14,
        });
    }
    let count = |wanted: Relation| {
        let n = all
            .iter()
            .filter(|m| compare(**m, median, data).relation == wanted);
        u32::try_from(n.count()).unwrap()
    };
    let of = u32::try_from(all.len()).unwrap();
    Ok(RankRange {
        lo: 1 + count(Relation::Faster),
        hi: of - count(Relation::Slower),
        of,
    })
}

fn overseas(targets: &[Target], id: &str) -> bool {
    targets.iter().any(|t| t.id == id && t.is_overseas("AU"))
}

/// Who stands where, by median.
fn standings(
    targets: &[Target],
    medians: &[(&str, Option<f64>)],
    best: Option<(&str, f64)>,
    data: Data,
) -> Vec<Standing> {
    let all: Vec<f64> = medians.iter().filter_map(|(_, m)| *m).collect();
    let own_id = targets[0].id.as_str();
    let own = medians
        .iter()
        .find(|(i, _)| *i == own_id)
        .and_then(|(_, m)| *m);
    let mut standings: Vec<Standing> = medians
        .iter()
        .map(|(id, median)| Standing {
            target: (*id).to_owned(),
            summary: summary(*median, data),
            rank: rank(*median, &all, data),
            could_be_best: best.is_some_and(|(b, m)| {
                *id == b
                    || overseas(targets, id)
                        && median.is_some_and(|x| compare(x, m, data).relation != Relation::Slower)
            }),
            versus_own: match (median, own) {
                (Some(m), Some(o)) if *id != own_id => Some(compare(*m, o, data)),
                _ => None,
            },
            versus_best: match (median, best) {
                (Some(m), Some((b, x))) if *id != b => Some(compare(*m, x, data)),
                _ => None,
            },
        })
        .collect();
    standings.sort_by(|a, b| {
        let key = |s: &Standing| s.summary.median.unwrap_or(f64::INFINITY);
        key(a).total_cmp(&key(b))
    });
    standings
}

/// A field of a page kind from medians by target id; the first target is ours.
pub(super) fn field(
    targets: &[Target],
    page: &str,
    medians: &[(&str, Option<f64>)],
    data: Data,
) -> PageField {
    let all: Vec<f64> = medians.iter().filter_map(|(_, m)| *m).collect();
    let best = medians
        .iter()
        .filter(|(id, _)| overseas(targets, id))
        .filter_map(|(id, m)| Some((*id, (*m)?)))
        .min_by(|a, b| a.1.total_cmp(&b.1));
    let standings = standings(targets, medians, best, data);
    let could: Vec<String> = standings
        .iter()
        .filter(|s| s.could_be_best)
        .map(|s| s.target.clone())
        .collect();
    let nights = data.nights();
    PageField {
        values: match data {
            Data::Night => medians
                .iter()
                .filter_map(|(id, m)| {
                    let m = (*m)?;
                    Some(((*id).to_owned(), vec![m * 0.94, m * 1.06]))
                })
                .collect(),
            _ => BTreeMap::new(),
        },
        field: Field {
            scope: Scope {
                page: page.to_owned(),
                regions: vec!["sydney".to_owned()],
                profile: "phone".to_owned(),
                own_market: BTreeMap::new(),
                metric: Metric::Lcp,
            },
            nights: Nights {
                dates: days(nights),
            },
            benchmark: best.map(|(id, _)| Benchmark {
                target: id.to_owned(),
                chosen_by: match data {
                    Data::Month => ChosenBy::PreviousMonth,
                    _ => ChosenBy::LowestMedian,
                },
                instead_of: None,
                could_be_best: could,
            }),
            not_ranked: not_ranked(&all, medians.len(), data),
            standings,
            own_change: None,
            gap_change: None,
        },
    }
}

fn not_ranked(all: &[f64], sites: usize, data: Data) -> Option<NotRanked> {
    if all.is_empty() {
        Some(NotRanked::NoData)
    } else if sites == 1 {
        Some(NotRanked::Alone)
    } else if data == Data::Month {
        None
    } else {
        Some(NotRanked::TooFewNights {
            nights: data.nights(),
            needed: 14,
        })
    }
}

fn days(n: u32) -> Vec<Date> {
    (0..n)
        .map(|d| date(2026, 10, 1 + i8::try_from(d).unwrap()))
        .collect()
}

/// Targets with these pages; the first is ours.
pub(super) fn targets(sites: &[(&str, &str, &str)], pages: &[&str]) -> Vec<Target> {
    sites
        .iter()
        .enumerate()
        .map(|(i, (id, name, market))| Target {
            id: (*id).to_owned(),
            name: (*name).to_owned(),
            role: if i == 0 { Role::Own } else { Role::Rival },
            market: (*market).to_owned(),
            first_party: Vec::new(),
            robots_override: None,
            consent: Default::default(),
            pages: pages
                .iter()
                .map(|kind| Page {
                    kind: (*kind).to_owned(),
                    url: Url::parse("https://site.example/").unwrap(),
                    expect: None,
                })
                .collect(),
        })
        .collect()
}

fn visits(fields: &[PageField]) -> Counts {
    fields
        .iter()
        .flat_map(|f| &f.field.standings)
        .fold(Counts::default(), |mut sum, s| {
            sum.attempted += s.summary.counts.attempted;
            sum.valid += s.summary.counts.valid;
            sum.failed += s.summary.counts.failed;
            sum.blocked += s.summary.counts.blocked;
            sum
        })
}

/// The input around some fields.
pub(super) fn input(targets: Vec<Target>, fields: Vec<PageField>, data: Data) -> ReportInput {
    let appendix = appendix(&fields);
    let visits = visits(&fields);
    ReportInput {
        project: Project {
            name: "Retail benchmark".to_owned(),
            timezone: "Australia/Sydney".to_owned(),
            home_market: "AU".to_owned(),
            reference: None,
            database: "/nowhere/outpace.db".into(),
            contact: Url::parse("https://www.example.com.au/bench").unwrap(),
            egress: None,
        },
        regions: vec![
            region("sydney", "Sydney", "AU"),
            region("frankfurt", "Frankfurt", "DE"),
        ],
        profiles: vec![Profile {
            id: "phone".to_owned(),
            browser: Browser::Chrome,
            device: Device::Phone,
            network: Network::None,
        }],
        measure: Measure {
            rounds: if data == Data::Night { 2 } else { 5 },
            quiet: Duration::from_secs(2),
            timeout: Duration::from_secs(60),
            calm: Duration::ZERO,
        },
        manners: cases::manners(),
        settings: ReportSettings {
            expectation: Duration::from_secs(3),
            leaders: Duration::from_secs(2),
            language: crate::model::ReportLanguage::default(),
            url: None,
        },
        period: period(data),
        lost: lost(&targets, &fields),
        more: super::more::More::default(),
        targets,
        fields,
        appendix,
        runs: runs(data),
        visits,
        config_hash: "8a41f09c2be7d3516f0a9d8c7b6e5f40".to_owned(),
        data_hash: "51c0b7d1e94f6a83027cde95ab314f6852c0b7d1e94f6a83027cde95ab314f68".to_owned(),
        data_until: date(2026, 10, i8::try_from(data.nights()).unwrap()),
        commands: Commands {
            report: "outpace report --month 2026-10".to_owned(),
            standing: "outpace status --month 2026-10 --format json".to_owned(),
            own_market: "outpace status --month 2026-10 --view own-market --format json".to_owned(),
        },
        language: Language::english(),
        paper: Paper::A4,
    }
}

fn region(id: &str, name: &str, market: &str) -> Region {
    Region {
        id: id.to_owned(),
        name: name.to_owned(),
        market: market.to_owned(),
        ..Region::default()
    }
}

fn period(data: Data) -> Period {
    let (kind, until) = match data {
        Data::Month => (PeriodKind::Month, date(2026, 11, 1)),
        Data::Night => (PeriodKind::Night, date(2026, 10, 2)),
        Data::Week => (PeriodKind::Span, date(2026, 10, 10)),
    };
    Period {
        since: date(2026, 10, 1),
        until,
        before: None,
        kind,
    }
}

fn lost(targets: &[Target], fields: &[PageField]) -> BTreeMap<String, Vec<Lost>> {
    let mut lost = BTreeMap::new();
    for t in targets {
        let all = fields
            .iter()
            .flat_map(|f| &f.field.standings)
            .filter(|s| s.target == t.id);
        let (blocked, failed) = all.fold((0, 0), |(b, f), s| {
            (b + s.summary.counts.blocked, f + s.summary.counts.failed)
        });
        let cause = |state, reason: &str, visits| Lost {
            state,
            reason: reason.to_owned(),
            visits,
        };
        lost.insert(
            t.id.clone(),
            vec![
                cause(VisitState::Blocked, "status: 403", blocked),
                cause(
                    VisitState::Failed,
                    "timeout: no load event within 60 s",
                    failed,
                ),
            ],
        );
    }
    lost
}

fn appendix(fields: &[PageField]) -> Vec<AppendixRow> {
    let mut rows: Vec<AppendixRow> = Vec::new();
    let mut ids: Vec<&str> = Vec::new();
    for s in fields.iter().flat_map(|f| &f.field.standings) {
        if !ids.contains(&s.target.as_str()) {
            ids.push(&s.target);
        }
    }
    for id in ids {
        for f in fields {
            for (s, region) in f
                .field
                .standings
                .iter()
                .filter(|s| s.target == id)
                .flat_map(|s| [(s, "sydney"), (s, "frankfurt")])
            {
                let c = s.summary.counts;
                let causes = [
                    ("status: 403", c.blocked),
                    ("timeout: no load event within 60 s", c.failed),
                ];
                rows.push(AppendixRow {
                    series: Series {
                        target: id.to_owned(),
                        page: f.field.scope.page.clone(),
                        region: region.to_owned(),
                        profile: "phone".to_owned(),
                        metric: Metric::Lcp,
                    },
                    summary: s.summary.clone(),
                    causes: causes
                        .into_iter()
                        .filter(|(_, n)| *n > 0)
                        .map(|(reason, n)| (reason.to_owned(), n))
                        .collect(),
                });
            }
        }
    }
    rows
}
