//! Page kinds are what is compared: one that a single target has is compared with nothing.
//!
//! A slip of the pen in a key is an error, as the page that was meant would go missing from every
//! table; a page that really is alone is a warning.

use super::diagnostic::Diagnostic;
use super::raw::WrittenTarget;
use super::suggest::nearest;
use super::values;
use super::walk::{At, Walk};

struct Lone<'t> {
    target: &'t WrittenTarget,
    kind: &'t At<String>,
    meant: Option<&'t str>,
}

/// Notes every page kind that no second target has.
pub(super) fn check(walk: &mut Walk<'_>, targets: &[WrittenTarget]) {
    if targets.len() < 2 {
        return;
    }
    let mut lone: Vec<Lone<'_>> = Vec::new();
    for target in targets {
        for page in &target.pages {
            if holders(targets, &page.kind.value) == 1 {
                lone.push(Lone {
                    target,
                    kind: &page.kind,
                    meant: meant(targets, target, &page.kind),
                });
            }
        }
    }
    // Where a kind or all pages of a target are wrong, another may be alone for that only.
    let clear = targets.iter().all(|t| {
        let kinds = || t.pages.iter().map(|p| p.kind.value.as_str());
        !t.pages.is_empty() && kinds().all(|k| values::page_kind(k).is_ok())
    });
    for found in &lone {
        // The other half of a pair such as `product` and `prodcut` is right as it is.
        let right = lone
            .iter()
            .any(|other| other.meant == Some(found.kind.value.as_str()));
        let wrong = values::page_kind(&found.kind.value).is_err();
        if right || wrong || (found.meant.is_none() && !clear) {
            continue;
        }
        report(walk, found);
    }
}

fn report(walk: &mut Walk<'_>, lone: &Lone<'_>) {
    let (span, kind) = (lone.kind.span.clone(), &lone.kind.value);
    let label = "no other target has it, so it would be compared with nothing";
    if let Some(meant) = lone.meant {
        let error = Diagnostic::error(span, format!("unknown page kind `{kind}`"), label);
        walk.push(error.hint(format!("did you mean `{meant}`?")));
        return;
    }
    let name = lone.target.name.as_deref().unwrap_or("one target");
    let message = format!("only {name} has a page of kind `{kind}`");
    let warning = Diagnostic::warning(span, message, label);
    walk.absent(warning.hint("give another target a page of this kind, or take it out"));
}

fn holders(targets: &[WrittenTarget], kind: &str) -> usize {
    targets.iter().filter(|t| has(t, kind)).count()
}

fn has(target: &WrittenTarget, kind: &str) -> bool {
    target.pages.iter().any(|p| p.kind.value == kind)
}

/// The kind that was most likely meant: near in spelling, not already there in this target, and
/// shared by others or written first.
fn meant<'t>(
    targets: &'t [WrittenTarget],
    target: &WrittenTarget,
    kind: &At<String>,
) -> Option<&'t str> {
    let candidates = targets
        .iter()
        .flat_map(|t| &t.pages)
        .map(|p| &p.kind)
        .filter(|k| !has(target, &k.value))
        .filter(|k| k.span.start < kind.span.start || holders(targets, &k.value) > 1)
        .map(|k| k.value.as_str());
    nearest(&kind.value, candidates)
}
