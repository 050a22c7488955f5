//! Analytics beacons of rivals' pages that are dropped, as the browser is told them.
//!
//! The known ones stand in `beacons.txt`, one a line; `[manners] beacons` adds to them. Whether
//! they are dropped is the config's to say.

const KNOWN: &str = include_str!("beacons.txt");

/// Patterns for DevTools' `Network.setBlockedURLs`, where `*` stands for anything: the known
/// beacons and those of the file.
#[must_use]
pub fn patterns(more: &[String]) -> Vec<String> {
    let known = KNOWN.lines().map(str::trim);
    known
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .chain(more.iter().map(String::as_str))
        .flat_map(|beacon| {
            let (host, path) = beacon.split_once('/').unwrap_or((beacon, ""));
            [
                format!("*://{host}/{path}*"),
                format!("*://*.{host}/{path}*"),
                // A port is part of what the pattern is held against.
                format!("*://{host}:*/{path}*"),
            ]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_takes_those_below_it_and_a_path_what_begins_with_it() {
        let all = patterns(&["own.example".to_owned()]);
        for wanted in [
            "*://own.example/*",
            "*://*.own.example/*",
            "*://google-analytics.com/g/collect*",
            "*://*.google-analytics.com/g/collect*",
        ] {
            assert!(all.iter().any(|p| p == wanted), "{wanted}");
        }
        assert!(!all.iter().any(|p| p.contains('#') || p.contains(' ')));
    }

    #[test]
    fn scripts_that_a_customer_waits_for_are_none() {
        assert!(!KNOWN.contains("gtag/js") && !KNOWN.contains(".js"));
    }
}
