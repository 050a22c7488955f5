//! Secrets do not reach what is stored: user names and passwords in addresses, fragments, and the
//! values of queries are replaced before anything is written.

use url::Url;

/// What stands where something was.
const GONE: &str = "*";

/// The longest text kept of anything that a page can choose.
const LONGEST: usize = 500;

/// An address without user, password and fragment, every query value replaced. What is no URL is
/// cut at its `?`; a `data:` URL keeps its media type only.
#[must_use]
pub fn url(text: &str) -> String {
    let Ok(mut parsed) = Url::parse(text) else {
        return shortened(text.split(['?', '#']).next().unwrap_or_default());
    };
    if parsed.cannot_be_a_base() {
        let head = text.split([',', '?', '#']).next().unwrap_or_default();
        return shortened(head);
    }
    // Both fail only for URLs that can hold neither.
    let _ = parsed.set_username("");
    let _ = parsed.set_password(None);
    parsed.set_fragment(None);
    if let Some(query) = parsed.query() {
        let kept: Vec<String> = query
            .split('&')
            .map(|pair| match pair.split_once('=') {
                Some((key, _)) => format!("{key}={GONE}"),
                None => GONE.to_owned(),
            })
            .collect();
        parsed.set_query(Some(&kept.join("&")));
    }
    shortened(parsed.as_str())
}

/// A message with every address in it redacted.
#[must_use]
pub fn text(message: &str) -> String {
    let words: Vec<String> = message
        .split_whitespace()
        .map(|word| {
            if word.contains("://") {
                url(word)
            } else {
                word.to_owned()
            }
        })
        .collect();
    shortened(&words.join(" "))
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_and_keys_stay() {
        assert_eq!(
            url("https://me:secret@shop.example/p?token=abc&x=1&flag#frag"),
            "https://shop.example/p?token=*&x=*&*"
        );
        assert_eq!(url("data:image/png;base64,AAAA"), "data:image/png;base64");
        assert_eq!(url("/relative?key=v"), "/relative");
        assert_eq!(
            text("GET https://a.example/x?sid=9 failed"),
            "GET https://a.example/x?sid=* failed"
        );
        assert_eq!(url(&"x".repeat(10_000)).len(), LONGEST);
    }
}
