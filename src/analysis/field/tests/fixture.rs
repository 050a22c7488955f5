//! Hand-made targets and visits for the tests of fields.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::analysis::types::{Scope, Standing};
use crate::analysis::{Field, FieldInput, field};
use crate::model::{Metric, Page, Role, Target, Values, VisitRow, VisitState};

pub(super) const REGIONS: [&str; 3] = ["sydney", "frankfurt", "oregon"];

/// Ours (AU), a rival at home, two overseas, in this order; all have `home`, ours `club` too.
pub(super) fn targets() -> Vec<Target> {
    let mut all: Vec<Target> = [
        ("own", Role::Own, "AU"),
        ("near", Role::Rival, "AU"),
        ("far", Role::Rival, "US"),
        ("farther", Role::Rival, "DE"),
    ]
    .into_iter()
    .map(|(id, role, market)| Target {
        id: id.to_owned(),
        name: id.to_uppercase(),
        role,
        market: market.to_owned(),
        first_party: Vec::new(),
        robots_override: None,
        consent: Default::default(),
        pages: vec![page("home")],
    })
    .collect();
    all[0].pages.push(page("club"));
    all
}

fn page(kind: &str) -> Page {
    Page {
        kind: kind.to_owned(),
        url: "https://site.example/".parse().unwrap(),
        expect: None,
    }
}

pub(super) fn scope(kind: &str) -> Scope {
    Scope {
        page: kind.to_owned(),
        regions: REGIONS.map(str::to_owned).into(),
        profile: "phone".to_owned(),
        own_market: std::collections::BTreeMap::new(),
        metric: Metric::Lcp,
    }
}

pub(super) fn first_night() -> Date {
    date(2026, 3, 1)
}

/// A measured visit to `home`.
pub(super) fn visit(target: &str, night: i64, round: u32, region: &str, lcp: f64) -> VisitRow {
    let mut values = Values::default();
    values.set(Metric::Lcp, Some(lcp));
    values.set(Metric::Tbt, Some((lcp - 2_000.0).max(0.0)));
    VisitRow {
        id: 0,
        run: night,
        round,
        warm_up: round == 0,
        target: target.to_owned(),
        page: "home".to_owned(),
        region: region.to_owned(),
        profile: "phone".to_owned(),
        night: first_night() + night.days(),
        started_at: None,
        duration_ms: None,
        state: VisitState::Ok,
        reason: None,
        flags: Vec::new(),
        environment: None,
        values,
    }
}

pub(super) fn without_values(mut row: VisitRow, state: VisitState) -> VisitRow {
    row.state = state;
    row.values = Values::default();
    row
}

/// A number from -1 to 1 that looks random and is the same every time (splitmix64).
pub(super) fn noise(seed: u64) -> f64 {
    let mut z = seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) as f64 / u64::MAX as f64 * 2.0 - 1.0
}

/// A month of two rounds a night in three regions for each site, around its level in ms, with a
/// few percent of weather shared by all sites and a few of each visit's own.
pub(super) fn month(nights: std::ops::Range<i64>, sites: &[(&str, f64)]) -> Vec<VisitRow> {
    let mut rows = Vec::new();
    for night in nights {
        for round in 0..=2_u32 {
            for (r, region) in REGIONS.iter().enumerate() {
                for (s, (site, level)) in sites.iter().enumerate() {
                    let shared = noise(7_000_000 + night.unsigned_abs() * 10 + r as u64);
                    let seed = night.unsigned_abs() * 1_000 + u64::from(round) * 100;
                    let own = noise(seed + r as u64 * 10 + s as u64);
                    let warm = if round == 0 { 3.0 } else { 1.0 };
                    let distance = 1.0 + r as f64 * 0.2;
                    let lcp = level * warm * distance * (1.0 + 0.04 * shared + 0.03 * own);
                    rows.push(visit(site, night, round, region, lcp));
                }
            }
        }
    }
    rows
}

/// A single night: for each site its level in each of the pairs (round, region).
pub(super) fn night(pairs: &[(u32, &str)], sites: &[(&str, &[f64])]) -> Vec<VisitRow> {
    sites
        .iter()
        .flat_map(|(site, values)| {
            pairs
                .iter()
                .zip(*values)
                .map(move |((round, region), v)| visit(site, 0, *round, region, *v))
        })
        .collect()
}

pub(super) fn home_field(rows: &[VisitRow], previous: &[VisitRow]) -> Field {
    field(
        &FieldInput::new(rows, previous, &targets(), "AU"),
        &scope("home"),
    )
}

pub(super) fn standing<'f>(field: &'f Field, target: &str) -> &'f Standing {
    field
        .standings
        .iter()
        .find(|s| s.target == target)
        .unwrap_or_else(|| panic!("no standing of {target}"))
}

pub(super) fn order(field: &Field) -> Vec<&str> {
    field.standings.iter().map(|s| s.target.as_str()).collect()
}

/// `1-1 of 4` or the reason in debug form.
pub(super) fn places(field: &Field) -> Vec<String> {
    field
        .standings
        .iter()
        .map(|s| match &s.rank {
            Ok(r) => format!("{} {}-{} of {}", s.target, r.lo, r.hi, r.of),
            Err(why) => format!("{} {why:?}", s.target),
        })
        .collect()
}
