//! `outpace check`: did this release make it slower, and are the budgets kept?
//!
//! Reads what is asked, hands it to the interleaved check, to the one against history or to the
//! budgets, and ends with the worst of their exit codes. How each is answered and shown is in the
//! files beside this one.

mod budgets;
mod history;
mod interleaved;
mod progress;
mod question;
mod releases;
mod result;
mod show;

use super::failure::Failure;
use crate::analysis::stats::sequential::Preset;
use crate::cli::{Global, Shape};
use crate::exit::Exit;
use crate::model::Metric;
use question::Question;
pub(super) use question::own;
pub(super) use releases::{Judged, judged};
use result::CheckResult;
pub(super) use show::rows_of as explain_rows;

/// JSON Schema of what `outpace check --format json` prints.
pub const SCHEMA: &str = include_str!("schema.json");

/// Flags of `check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Besides text and json, --format knows junit, markdown and github.")]
pub struct CheckArgs {
    /// The version to compare with: an address that still answers, or `release:VERSION`, `run:ID`
    /// or `since:DATE` for what is stored
    #[arg(long, value_name = "URL|release:V|run:ID|since:DATE")]
    pub baseline: Option<String>,
    /// Address of the version in question
    #[arg(long, value_name = "URL", requires = "baseline")]
    pub candidate: Option<url::Url>,
    /// Compare our own pages with the same pages on another host, such as
    /// `https://www.example.com=https://staging.example.com`
    #[arg(long, value_name = "OLD=NEW", conflicts_with_all = ["baseline", "candidate"])]
    pub origin_map: Option<String>,
    /// Only this page kind; may be given more than once
    #[arg(long, value_name = "KIND")]
    pub page: Vec<String>,
    /// Only from this region; may be given more than once
    #[arg(long, value_name = "ID")]
    pub region: Vec<String>,
    /// Only as this profile; may be given more than once
    #[arg(long, value_name = "ID")]
    pub profile: Vec<String>,
    /// How long to look: quick (8 to 20 pairs), standard (10 to 40) or thorough (10 to 60)
    #[arg(long, value_parser = preset, default_value = "standard")]
    pub preset: Preset,
    /// Slow-down that a pass rules out, in percent [default: 10]
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub margin: Option<f64>,
    /// Least slow-down that is worth the word, in percent [default: 3]
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub min_effect: Option<f64>,
    /// A margin of 5 % and the preset thorough
    #[arg(long, conflicts_with_all = ["margin", "preset"])]
    pub sensitive: bool,
    /// Metric that can fail the check; lcp and ttfb by default
    #[arg(long, value_name = "METRIC")]
    pub metric: Vec<Metric>,
    /// Hold our own site to `[[budget]]`; alone, or beside a comparison
    #[arg(long)]
    pub budgets: bool,
    /// Seed of the order
    #[arg(long, value_name = "HEX", value_parser = super::run::seed)]
    pub seed: Option<u64>,
    /// Least wait between two loads, up to two and a half times as long at random
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = crate::config::duration)]
    pub gap: std::time::Duration,
    /// Exit with 0 when a comparison cannot tell
    #[arg(long)]
    pub allow_inconclusive: bool,
    /// Begin anew even if an interrupted check could be gone on with
    #[arg(long)]
    pub fresh: bool,
}

fn preset(text: &str) -> Result<Preset, String> {
    Preset::ALL
        .into_iter()
        .find(|p| p.name() == text)
        .ok_or_else(|| "there are quick, standard and thorough".to_owned())
}

fn percent(text: &str) -> Result<f64, String> {
    match text.trim_end_matches('%').trim().parse::<f64>() {
        Ok(v) if v > 0.0 && v <= 100.0 => Ok(v / 100.0),
        _ => Err("write a number of percent above 0, such as 5".to_owned()),
    }
}

/// The verb.
///
/// # Errors
/// Exit 2 for a wrong question, 4 and 5 as the contract has them; 1 when it was stopped.
pub fn main((global, shape): (&Global, Shape), args: &CheckArgs) -> anyhow::Result<Exit> {
    let loaded = super::load(global)?;
    let config = &loaded.config;
    let options = interleaved::options(args);
    if options.min_effect > options.margin {
        return Err(Failure::Usage(format!(
            "a slow-down worth the word ({} %) cannot be above what a pass rules out ({} %)\nhint: \
             lower `--min-effect` or raise `--margin`",
            options.min_effect * 100.0,
            options.margin * 100.0
        ))
        .into());
    }
    let question = question::read(config, args)?;
    let mut result = CheckResult::default();
    match &question {
        Some(Question::Interleaved(pages)) => {
            interleaved::answer((global, shape), config, args, pages, &mut result)?;
        }
        Some(Question::History(baseline)) => {
            history::answer(config, args, baseline, &mut result)?;
        }
        None if args.budgets => {}
        None => {
            return Err(Failure::Usage(
                "nothing to compare\nhint: write `--baseline URL --candidate URL`, `--origin-map \
                 OLD=NEW`, `--baseline release:VERSION`, or `--budgets`"
                    .to_owned(),
            )
            .into());
        }
    }
    if args.budgets {
        budgets::answer(config, &mut result)?;
    }
    result.close(args.allow_inconclusive.into());
    show::show(shape, global, &result)?;
    Ok(result.exit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_read_as_a_share() {
        assert_eq!(percent("5"), Ok(0.05));
        assert_eq!(percent("7.5%"), Ok(0.075));
        assert!(percent("0").is_err());
        assert!(percent("lots").is_err());
    }
}
