//! What a report is called: its period, the flags that make another page of the same data, and the
//! commands that make its figures again.

use super::report::{AudienceArg, PaperArg, ReportArgs};
use crate::report::{Commands, Period, PeriodKind};

/// `2026-10`, `2026-11-23`, `2026-10-05-to-2026-11-02`.
pub(super) fn period_stem(period: &Period) -> String {
    let last = period.until.yesterday().unwrap_or(period.until);
    match period.kind {
        PeriodKind::Month => period.since.strftime("%Y-%m").to_string(),
        PeriodKind::Night => period.since.to_string(),
        PeriodKind::Span => format!("{}-to-{last}", period.since),
    }
}

/// The name of the files: the period, then a word a flag, the target last. `-as-` is no such word,
/// so that a target that is called as one gets no other report's name.
pub(super) fn stem(period: &Period, args: &ReportArgs) -> String {
    let mut stem = period_stem(period);
    match args.audience {
        AudienceArg::Both => {}
        AudienceArg::Marketing => stem.push_str("-marketing"),
        AudienceArg::Engineering => stem.push_str("-engineering"),
    }
    if args.external {
        stem.push_str("-external");
    }
    match args.paper {
        PaperArg::A4 => {}
        PaperArg::Letter => stem.push_str("-letter"),
    }
    if let Some(target) = &args.target {
        stem.push_str(&format!("-as-{target}"));
    }
    stem
}

/// The flags that make another page of the same data, as they are typed; empty without any.
pub(super) fn flags(args: &ReportArgs) -> String {
    let mut flags: Vec<String> = Vec::new();
    flags.extend(args.target.iter().map(|t| format!("--target {t}")));
    match args.audience {
        AudienceArg::Both => {}
        AudienceArg::Marketing => flags.push("--audience marketing".to_owned()),
        AudienceArg::Engineering => flags.push("--audience engineering".to_owned()),
    }
    if args.external {
        flags.push("--external".to_owned());
    }
    match args.paper {
        PaperArg::A4 => {}
        PaperArg::Letter => flags.push("--paper letter".to_owned()),
    }
    flags.join(" ")
}

/// The commands that make this report's figures again.
pub(super) fn commands(period: &Period, args: &ReportArgs) -> Commands {
    let last = period.until.yesterday().unwrap_or(period.until);
    let which = match period.kind {
        PeriodKind::Month => format!("--month {}", period_stem(period)),
        _ => format!("--since {} --until {last}", period.since),
    };
    let report = format!("outpace report {which} {}", flags(args));
    let seen = args.target.iter().map(|t| format!(" --target {t}"));
    let standing = format!("outpace status {which}{}", seen.collect::<String>());
    Commands {
        report: report.trim_end().to_owned(),
        own_market: format!("{standing} --view own-market --format json"),
        standing: format!("{standing} --format json"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::gather::Span;
    use super::*;

    /// The flags of a month without any.
    fn plain() -> ReportArgs {
        ReportArgs {
            span: Span::default(),
            paper: PaperArg::A4,
            audience: AudienceArg::Both,
            external: false,
            target: None,
            verify: None,
            print_language: false,
            out: None,
        }
    }

    fn october() -> Period {
        Period {
            since: jiff::civil::date(2026, 10, 1),
            until: jiff::civil::date(2026, 11, 1),
            before: None,
            kind: PeriodKind::Month,
        }
    }

    #[test]
    fn flags_have_files_of_their_own_and_none_has_the_name_of_another() {
        let of = |args: &ReportArgs| stem(&october(), args);
        assert_eq!(of(&plain()), "2026-10");
        assert_eq!(flags(&plain()), "");
        let mut names = Vec::new();
        for audience in [
            AudienceArg::Both,
            AudienceArg::Marketing,
            AudienceArg::Engineering,
        ] {
            for external in [false, true] {
                for paper in [PaperArg::A4, PaperArg::Letter] {
                    // Ids that would like to be a flag, or a night of the month.
                    for target in ["", "external", "letter", "as-external", "05", "05-to-06"] {
                        let target = Some(target.to_owned()).filter(|t| !t.is_empty());
                        let args = ReportArgs {
                            audience,
                            external,
                            paper,
                            target,
                            ..plain()
                        };
                        names.push((of(&args), flags(&args)));
                    }
                }
            }
        }
        let all = names.len();
        for part in [0, 1] {
            let mut part: Vec<&str> = names
                .iter()
                .map(|(stem, flags)| [stem, flags][part].as_str())
                .collect();
            part.sort_unstable();
            part.dedup();
            assert_eq!(part.len(), all, "{part:?}");
        }
        assert!(names.contains(&(
            "2026-10-marketing-external-letter-as-05".to_owned(),
            "--target 05 --audience marketing --external --paper letter".to_owned()
        )));
    }

    #[test]
    fn commands_are_those_that_were_typed() {
        let args = ReportArgs {
            target: Some("kyoto".to_owned()),
            external: true,
            ..plain()
        };
        let commands = commands(&october(), &args);
        let report = "outpace report --month 2026-10 --target kyoto --external";
        assert_eq!(commands.report, report);
        assert_eq!(
            commands.standing,
            "outpace status --month 2026-10 --target kyoto --format json"
        );
    }
}
