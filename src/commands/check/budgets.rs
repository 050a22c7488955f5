//! The budgets of `targets.toml`, held against the newest night.
//!
//! What a budget means is `analysis::budget`'s.

use jiff::ToSpan;

use super::result::{CheckResult, Held};
use crate::analysis::{self, FieldInput, Ground};
use crate::commands::failure::Failure;
use crate::config::Config;
use crate::model::VisitRow;
use crate::store::{OpenMode, Store, VisitFilter};

/// Days that stand for the month before the newest night.
const MONTH: i64 = 30;

pub(super) fn answer(config: &Config, result: &mut CheckResult) -> anyhow::Result<()> {
    if config.budgets.is_empty() {
        return Err(Failure::Usage(
            "there is no `[[budget]]` in the config\nhint: write one, such as `metric = \"lcp\"` \
             with `at_most = \"3s\"`"
                .to_owned(),
        )
        .into());
    }
    let zone = crate::commands::zone(config)?;
    // Before the first run there is nothing, and that is what each budget says.
    let rows = match Store::open(&config.project.database, OpenMode::ReadOnly) {
        Ok(store) => store.visits(&VisitFilter::default(), &zone)?,
        Err(crate::store::StoreError::NoDatabase { .. }) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let last = rows.iter().map(|r| r.night).max();
    let (mut now, mut before): (Vec<VisitRow>, Vec<VisitRow>) =
        rows.into_iter().partition(|r| Some(r.night) == last);
    now.retain(|r| !r.warm_up);
    if let Some(last) = last {
        let from = last.saturating_sub(MONTH.days());
        before.retain(|r| r.night >= from);
    }
    let profile = config.profiles.first().map_or("", |p| p.id.as_str());
    let ground = Ground {
        targets: &config.targets,
        regions: &config.regions,
        profile,
        home_market: &config.project.home_market,
    };
    let input = FieldInput::new(&now, &before, &config.targets, ground.home_market)
        .with_reference(config.project.reference.as_deref());
    let held = analysis::budget::budgets(&config.budgets, &input, &ground);
    result.budgets.extend(held.into_iter().map(|r| Held {
        sentence: r.sentence(),
        result: r,
    }));
    Ok(())
}
