//! Answers that came from a cache between the browser and the server, where their headers say so.

use super::{Cause, CauseKind, Seen, grown};
use crate::model::{Metric, RequestFact};

/// A share of hits has to move by this to be told.
const MOVED: f64 = 0.25;
/// Answers that say what a cache did, on each side, to make a share.
const ANSWERS: usize = 3;

/// Whether an answer came from a cache on the way; `None` where no header tells.
///
/// `Cache-Status` is RFC 9211, `Age` RFC 9111 section 5.1; the others are what the large networks
/// send. Where several caches speak, one hit is a hit: the server was not asked.
pub(super) fn hit(request: &RequestFact) -> Option<bool> {
    let headers = &request.detail.as_ref()?.response_headers;
    let value = |name: &str| {
        let of = headers.iter().find(|h| h.name.eq_ignore_ascii_case(name));
        of.map(|h| h.value.to_ascii_lowercase())
    };
    if let Some(status) = value("cache-status") {
        let is_hit = |member: &str| member.split(';').any(|p| p.trim() == "hit");
        return Some(status.split(',').any(is_hit));
    }
    let words = ["cf-cache-status", "x-vercel-cache", "x-cache"];
    if let Some(said) = words.iter().find_map(|name| value(name)) {
        let hits = ["hit", "stale", "updating", "revalidated"];
        return Some(hits.iter().any(|word| said.contains(word)));
    }
    let age: u64 = value("age")?.trim().parse().ok()?;
    Some(age > 0)
}

/// What caches on the way did otherwise: for the document, and for everything else together.
pub(super) fn causes(a: &[Seen], b: &[Seen]) -> Vec<Cause> {
    let document = |r: &RequestFact| r.kind == "Document";
    let mut found = Vec::new();
    if let Some((old, new)) = shares(a, b, document) {
        let change = format!(
            "answered {} of documents instead of {}",
            percent(new),
            percent(old)
        );
        // What a cache answers takes no time of the server: the growth of the wait is its own.
        found.push(cause(change, grown(a, b, Metric::Wait)));
    }
    if let Some((old, new)) = shares(a, b, |r| !document(r)) {
        let change = format!(
            "answered {} of the other requests instead of {}",
            percent(new),
            percent(old)
        );
        found.push(cause(change, 0.0));
    }
    found
}

fn cause(change: String, explains_ms: f64) -> Cause {
    Cause {
        kind: CauseKind::CacheHits,
        what: "caches before the server".to_owned(),
        change,
        explains_ms,
        share: None,
        bytes: 0.0,
        busy_ms: 0.0,
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// Shares of hits among the answers that tell, where they moved.
fn shares(a: &[Seen], b: &[Seen], of: impl Fn(&RequestFact) -> bool) -> Option<(f64, f64)> {
    let share = |side: &[Seen]| {
        let all = side.iter().flat_map(|s| &s.requests).filter(|r| of(r));
        let told: Vec<bool> = all.filter_map(hit).collect();
        let hits = told.iter().filter(|h| **h).count();
        (told.len() >= ANSWERS).then(|| hits as f64 / told.len() as f64)
    };
    let (old, new) = (share(a)?, share(b)?);
    ((new - old).abs() >= MOVED).then_some((old, new))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Header, RequestDetail, Values};

    fn answer(kind: &str, headers: &[(&str, &str)]) -> RequestFact {
        let header = |(name, value): &(&str, &str)| Header {
            name: (*name).to_owned(),
            value: (*value).to_owned(),
        };
        RequestFact {
            kind: kind.to_owned(),
            detail: Some(Box::new(RequestDetail {
                response_headers: headers.iter().map(header).collect(),
                ..RequestDetail::default()
            })),
            ..RequestFact::default()
        }
    }

    #[test]
    fn hits_are_read_as_the_networks_write_them() {
        let of = |name: &str, value: &str| hit(&answer("Script", &[(name, value)]));
        assert_eq!(
            of("Cache-Status", "Origin; fwd=miss, Edge; hit; ttl=30"),
            Some(true)
        );
        assert_eq!(of("cache-status", "Edge; fwd=uri-miss"), Some(false));
        assert_eq!(of("CF-Cache-Status", "DYNAMIC"), Some(false));
        assert_eq!(of("X-Cache", "Hit from cloudfront"), Some(true));
        assert_eq!(of("X-Cache", "MISS, HIT"), Some(true));
        assert_eq!(of("Age", "0"), Some(false));
        assert_eq!(of("Age", "312"), Some(true));
        assert_eq!(of("Server", "hit"), None, "no header tells");
        assert_eq!(hit(&RequestFact::default()), None);
    }

    fn side(state: &str, wait: f64) -> Vec<Seen> {
        let mut values = Values::default();
        values.set(Metric::Wait, Some(wait));
        values.set(Metric::Lcp, Some(1_000.0 + wait));
        let seen = Seen {
            values,
            requests: vec![answer("Document", &[("x-cache", state)])],
            ..Seen::default()
        };
        vec![seen; 4]
    }

    #[test]
    fn a_document_that_the_cache_no_longer_answers_is_the_cause() {
        let found = super::super::causes(&side("HIT", 40.0), &side("MISS", 340.0), Metric::Lcp);
        let first = &found.causes[0];
        assert_eq!(first.kind, CauseKind::CacheHits, "{found:#?}");
        assert_eq!(first.change, "answered 0 % of documents instead of 100 %");
        assert_eq!((first.explains_ms, first.share), (300.0, Some(1.0)));
        // The same state on both sides explains nothing, whatever the server took.
        let same = super::super::causes(&side("MISS", 40.0), &side("MISS", 340.0), Metric::Lcp);
        assert_eq!(same.causes[0].kind, CauseKind::ServerTime);
        assert!(same.causes.iter().all(|c| c.kind != CauseKind::CacheHits));
    }
}
