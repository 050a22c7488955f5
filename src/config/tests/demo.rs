//! The example at the root of the repository, which newcomers read and `outpace demo` runs.

use std::path::Path;

use crate::config::parse;
use crate::model::Role;

pub(super) const EXAMPLE: &str = include_str!("../../../targets.toml");

#[test]
fn the_example_loads_without_a_warning() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    let loaded = parse("targets.toml", EXAMPLE, dir, &|_| None).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(loaded.rendered_warnings(), "");
    let config = loaded.config;
    let kinds = ["home", "search", "product", "checkout"];
    for target in &config.targets {
        let written: Vec<&str> = target.pages.iter().map(|p| p.kind.as_str()).collect();
        assert_eq!(written, kinds, "{}", target.id);
        for page in &target.pages {
            let expected = format!("main[data-page={}]", page.kind);
            assert_eq!(page.expect.as_deref(), Some(expected.as_str()));
        }
    }
    let overseas = config.targets.iter().filter(|t| t.is_overseas("AU"));
    assert_eq!(overseas.count(), 3);
    let own = config.targets.iter().filter(|t| t.role == Role::Own);
    assert_eq!(own.count(), 1);
    assert_eq!(config.project.database, dir.join("reports/demo.db"));
}

#[test]
fn what_is_commented_out_in_the_example_would_load_too() {
    let text: String = EXAMPLE
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(code) if !code.starts_with(' ') => format!("{code}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let loaded = parse("targets.toml", &text, Path::new("/"), &|_| None);
    let loaded = loaded.unwrap_or_else(|e| panic!("{e}"));
    assert!(loaded.config.schedule.nightly.is_some());
    assert_eq!(loaded.rendered_warnings(), "");
}
