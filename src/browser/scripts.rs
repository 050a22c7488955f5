//! The in-page scripts, one file a family, and the one script that runs them all.
//!
//! They read what the browser recorded and change nothing. Long tasks come first, since reading
//! may itself be a task.

/// Runs before any script of the page.
pub const PREPARE: &str = include_str!("scripts/prepare.js");

/// The page-complete rule.
pub const WAIT: &str = include_str!("scripts/wait.js");

/// How fast the machine of a browser is.
pub const CALIBRATE: &str = include_str!("scripts/calibrate.js");

/// Clicks on an element.
pub const CLICK: &str = include_str!("scripts/click.js");

/// The signs of a page's text that would be boxes on paper.
pub const BOXES: &str = include_str!("scripts/boxes.js");

/// What the page's origin keeps.
pub const STORAGE: &str = include_str!("scripts/storage.js");

const FAMILIES: &[(&str, &str)] = &[
    ("long_tasks", include_str!("scripts/long_tasks.js")),
    ("navigation", include_str!("scripts/navigation.js")),
    ("fcp", include_str!("scripts/paint.js")),
    ("lcp", include_str!("scripts/largest_contentful_paint.js")),
    ("layout_shifts", include_str!("scripts/layout_shift.js")),
    ("custom", include_str!("scripts/user_timing.js")),
    ("scripts", include_str!("scripts/long_scripts.js")),
    ("identity", include_str!("scripts/identity.js")),
];

/// Entries that a `PerformanceObserver` has buffered, or null where the type is not offered.
const BUFFERED: &str = "const buffered = type => {
  if (!PerformanceObserver.supportedEntryTypes.includes(type)) return null;
  const o = new PerformanceObserver(() => {});
  o.observe({ type, buffered: true });
  const entries = o.takeRecords();
  o.disconnect();
  return entries;
};";

/// One script that returns an object with a key a family. Its first argument is what the right
/// page has (a selector or text), or null.
#[must_use]
pub fn collect() -> String {
    let mut script = format!("const expected = arguments[0];\n{BUFFERED}\nconst out = {{}};\n");
    for (name, body) in FAMILIES {
        script.push_str("out.");
        script.push_str(name);
        script.push_str(" = (() => {\n");
        script.push_str(body);
        script.push_str("})();\n");
    }
    script.push_str("return out;");
    script
}
