//! `[alerts]`: how many false alarms are put up with.

use super::budgets::number;
use super::defaults;
use super::diagnostic::Diagnostic;
use super::keys;
use super::walk::{Table, Walk};
use crate::model::AlertSettings;

/// False alarms a month that may be asked for: two in three years, up to one a night.
const FALSE_A_MONTH: std::ops::RangeInclusive<f64> = 0.05..=30.0;

/// Reads the table.
pub(super) fn read(walk: &mut Walk<'_>, root: &Table<'_>) -> Option<AlertSettings> {
    let table = walk.section(root, &keys::ALERTS)?;
    let false_a_month = match table.get("false_a_month") {
        None => defaults::FALSE_A_MONTH,
        Some(entry) => {
            let given = number(walk, entry, "a number of alerts a month, such as 1.0")?;
            if !FALSE_A_MONTH.contains(&given) {
                let message = format!("`false_a_month` cannot be {given}");
                let (least, most) = (FALSE_A_MONTH.start(), FALSE_A_MONTH.end());
                let label = format!("from {least} to {most}");
                let error = Diagnostic::error(entry.node.span.clone(), message, label);
                let default = defaults::FALSE_A_MONTH;
                walk.push(error.hint(format!(
                    "the default is `{default:?}`; no figure makes false alerts impossible"
                )));
                return None;
            }
            given
        }
    };
    Some(AlertSettings { false_a_month })
}
