//! Pages of ours that fail too often to speak of their speed first.

use crate::analysis::stats::proportion::Share;
use crate::analysis::types::{Counts, Field};

use super::super::scene::Scene;

/// Share of failed visits that the interval's lower end has to reach.
const TOO_OFTEN: f64 = 0.05;
/// Share left at each side of a 95 % interval.
const TAIL: f64 = 0.025;

/// The page of ours of whose visits surely more than a twentieth failed, the worst of several.
/// Blocked and not made visits say nothing of it.
pub(in super::super) fn failing<'a>(scene: &Scene<'a>) -> Option<(&'a Field, Counts)> {
    let fields = scene.input.fields.iter().map(|f| &f.field);
    let failing = fields.filter_map(|f| {
        let counts = scene.own_standing(f)?.summary.counts;
        let share = Share {
            hits: counts.failed.into(),
            of: (counts.failed + counts.valid).into(),
        };
        let (least, _) = share.wilson(TAIL);
        (least >= TOO_OFTEN).then_some((f, counts, least))
    });
    failing
        .max_by(|a, b| a.2.total_cmp(&b.2))
        .map(|(f, counts, _)| (f, counts))
}
