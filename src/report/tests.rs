//! What every report must hold, whatever the data: it renders, it says nothing false, it asks
//! nobody for anything, and the same input gives the same bytes.

use super::charts::{Axis, Frame};
use super::fixtures::{cases, hostile, month, night};
use super::scene::Scene;
use super::{build, render};

fn html(input: &super::ReportInput) -> String {
    render(&build(input)).unwrap()
}

/// The text between the tags from one section to another.
fn words(html: &str, from: &str, to: &str) -> String {
    let start = html.find(&format!("id=\"{from}\"")).unwrap();
    let end = html.find(&format!("id=\"{to}\"")).unwrap();
    let mut out = String::new();
    let mut inside = true;
    for c in html[start..end].chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn previews() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/target/report-preview");
    std::fs::create_dir_all(dir).unwrap();
    for (name, input) in cases() {
        let html = html(&input);
        assert!(html.len() < 600_000, "{name}: {} bytes", html.len());
        std::fs::write(format!("{dir}/{name}.html"), html).unwrap();
    }
}
