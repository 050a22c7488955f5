//! Secrets do not reach what is stored: user names and passwords in addresses, fragments, values of
//! queries, of secret headers, and what a message calls a secret or what looks like one are
//! replaced before anything is written.
//!
//! Rules only. Secrets that the config knows are found by their value: see `model::Secrets`.

use url::Url;

/// What stands where something was.
const GONE: &str = "*";

/// The longest text kept of anything that a page can choose.
const LONGEST: usize = 500;

/// Parts of a name, without `-` and `_`, that name a secret. `auth` is one too, `author` is not.
const SECRET_NAMES: &[&str] = &[
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "apikey",
    "accesskey",
    "privatekey",
    "credential",
    "cookie",
    "session",
    "csrf",
    "xsrf",
    "jwt",
    "signature",
];

/// Headers whose values a server makes up and that are no secret, however random they look.
const HARMLESS: &[&str] = &[
    "etag",
    "if-none-match",
    "date",
    "user-agent",
    "content-type",
    "content-security-policy",
    "permissions-policy",
    "accept",
    "accept-ch",
    "vary",
    "alt-svc",
    "server-timing",
    "strict-transport-security",
];

/// Length from which a run of letters and digits of both kinds may be a token.
const TOKEN_LENGTH: usize = 20;

/// An address without user, password and fragment, every query value and path parameter replaced.
/// What is no URL is cut at its `?`; a `data:` URL keeps its media type only.
#[must_use]
pub fn url(text: &str) -> String {
    let Ok(mut parsed) = Url::parse(text) else {
        return shortened(text.split(['?', '#', ';']).next().unwrap_or_default());
    };
    if parsed.cannot_be_a_base() {
        let head = text.split([',', '?', '#']).next().unwrap_or_default();
        return shortened(head);
    }
    // Both fail only for URLs that can hold neither.
    let _ = parsed.set_username("");
    let _ = parsed.set_password(None);
    parsed.set_fragment(None);
    if parsed.path().contains(';') {
        let path = replaced(parsed.path(), '/', |segment| {
            match segment.split_once(';') {
                Some((name, _)) => format!("{name};{GONE}"),
                None => segment.to_owned(),
            }
        });
        parsed.set_path(&path);
    }
    if let Some(query) = parsed.query() {
        let kept = query_keys(query);
        parsed.set_query(Some(&kept));
    }
    shortened(parsed.as_str())
}

/// `a=1&b` as `a=*&*`.
fn query_keys(query: &str) -> String {
    replaced(query, '&', |pair| match pair.split_once('=') {
        Some((key, _)) => format!("{key}={GONE}"),
        None => GONE.to_owned(),
    })
}

fn replaced(text: &str, separator: char, each: impl Fn(&str) -> String) -> String {
    let parts: Vec<String> = text.split(separator).map(each).collect();
    parts.join(&separator.to_string())
}

/// The value of a header as it may be kept: nothing of one whose name is that of a secret or whose
/// value looks like a token, and no query value of an address in it.
#[must_use]
pub fn header(name: &str, value: &str) -> String {
    let name = name.to_ascii_lowercase();
    if names_secret(&name) || name.ends_with("-authenticate") {
        return GONE.to_owned();
    }
    let address = value.starts_with('/') && !value.contains(char::is_whitespace);
    if address || matches!(name.as_str(), "location" | "content-location" | "referer") {
        return url(value);
    }
    let keep_random = HARMLESS.contains(&name.as_str());
    let mut out = String::new();
    for (i, word) in value.split(' ').enumerate() {
        if i > 0 {
            out.push(' ');
        }
        let word = addresses(word);
        out.push_str(if !keep_random && looks_random(&word) {
            GONE
        } else {
            &word
        });
    }
    shortened(&out)
}

/// A message with every address in it redacted, and what it calls a secret, or what looks like one,
/// replaced.
#[must_use]
pub fn text(message: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut hide = false;
    for word in message.split_whitespace() {
        let bare: String = word.to_ascii_lowercase();
        let bare = bare.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let scheme = matches!(bare, "bearer" | "basic");
        let (shown, next) = match (hide, scheme) {
            (_, true) => (word.to_owned(), true),
            (true, false) => (GONE.to_owned(), false),
            (false, false) => one_word(word),
        };
        words.push(shown);
        hide = next;
    }
    shortened(&words.join(" "))
}

/// A title with every address in it redacted; what looks like a token is replaced.
#[must_use]
pub fn title(title: &str) -> String {
    let words = title.split_whitespace().map(|word| {
        let word = addresses(word);
        if looks_random(&word) {
            GONE.to_owned()
        } else {
            word
        }
    });
    shortened(&words.collect::<Vec<_>>().join(" "))
}

/// A word of a message, and whether the next word is a secret.
fn one_word(word: &str) -> (String, bool) {
    if word.contains("://") {
        return (addresses(word), false);
    }
    if let Some((path, query)) = word.split_once('?').filter(|(_, q)| q.contains('=')) {
        return (format!("{path}?{}", query_keys(query)), false);
    }
    if let Some(at) = word.find([':', '=']) {
        let (key, value) = (&word[..at], &word[at + 1..]);
        if names_secret(key) {
            let empty = value.trim_matches(['"', '\'', '\\', '{']).is_empty();
            let shown = if empty { "" } else { GONE };
            return (format!("{key}{}{shown}", &word[at..=at]), empty);
        }
    }
    if looks_random(word) {
        return (GONE.to_owned(), false);
    }
    (word.to_owned(), false)
}

/// A word with the address in it, if there is one, redacted.
fn addresses(word: &str) -> String {
    let Some(at) = word.find("://") else {
        return word.to_owned();
    };
    let scheme = word[..at]
        .rfind(|c: char| !c.is_ascii_alphanumeric())
        .map_or(0, |i| i + 1);
    // What is quoted or in brackets ends before the sign that closes it.
    let rest = &word[scheme..];
    let end = rest
        .find(['"', '\'', '<', '>', ')', ','])
        .unwrap_or(rest.len());
    format!(
        "{}{}{}",
        &word[..scheme],
        url(&rest[..end]),
        addresses(&rest[end..])
    )
}

/// Whether a name is that of a secret.
fn names_secret(name: &str) -> bool {
    let plain: String = name
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    let auth = plain.contains("auth") && !plain.contains("author") || plain.contains("authoriz");
    auth || SECRET_NAMES.iter().any(|s| plain.contains(s))
}

/// Whether a word has a run that only a machine would write: long, and of letters and digits in
/// turn. A JSON Web Token is three of them.
fn looks_random(word: &str) -> bool {
    word.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|run| run.len() >= TOKEN_LENGTH)
        .any(|run| {
            let kinds: Vec<bool> = run.chars().map(|c| c.is_ascii_digit()).collect();
            kinds.windows(2).filter(|w| w[0] != w[1]).count() >= 4
        })
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
        assert_eq!(
            url("https://shop.example/a;jsessionid=1/b;x=2"),
            "https://shop.example/a;*/b;*"
        );
        assert_eq!(url("data:image/png;base64,AAAA"), "data:image/png;base64");
        assert_eq!(url("/relative?key=v"), "/relative");
        assert_eq!(
            text("GET https://a.example/x?sid=9 failed"),
            "GET https://a.example/x?sid=* failed"
        );
        assert_eq!(url(&"x".repeat(10_000)).len(), LONGEST);
    }

    #[test]
    fn a_message_keeps_its_sense_and_loses_its_secrets() {
        for (said, kept) in [
            (
                "(https://u:p@a.example/x?s=9) at",
                "(https://a.example/x?s=*) at",
            ),
            (
                r#"{"to":"https://a.example/?s=9","n":1}"#,
                r#"{"to":"https://a.example/?s=*","n":1}"#,
            ),
            ("POST /api?key=9&b=2 401", "POST /api?key=*&b=* 401"),
            ("token=hunter2 used", "token=* used"),
            ("Password: hunter2 used", "Password: * used"),
            (
                "Authorization: Bearer abc def",
                "Authorization: Bearer * def",
            ),
            (r#"{"apiKey":"hunter2"}"#, r#"{"apiKey":*"#),
            (
                "got eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30 back",
                "got * back",
            ),
            (
                "author: Ann, 1:2 Uncaught Error: x",
                "author: Ann, 1:2 Uncaught Error: x",
            ),
            ("token is undefined", "token is undefined"),
        ] {
            assert_eq!(text(said), kept);
        }
        assert_eq!(
            title("Password: how to choose one"),
            "Password: how to choose one"
        );
        assert_eq!(
            title("Order https://a.example/?id=7"),
            "Order https://a.example/?id=*"
        );
    }

    #[test]
    fn headers_of_secrets_have_no_value() {
        for name in [
            "Authorization",
            "cookie",
            "Set-Cookie",
            "Proxy-Authorization",
            "Proxy-Authenticate",
            "X-Api-Key",
            "x-auth-token",
            "X-CSRF-Token",
            "X-XSRF",
            "x-amz-security-token",
            "Session-Id",
        ] {
            assert_eq!(header(name, "planted"), "*", "{name}");
        }
        for (name, value, kept) in [
            ("Location", "/next?code=1", "/next"),
            (
                "location",
                "https://u:p@a.example/n?c=1#f",
                "https://a.example/n?c=*",
            ),
            (
                "Referer",
                "https://a.example/?q=shoes",
                "https://a.example/?q=*",
            ),
            (
                "Link",
                "<https://a.example/f.woff2?v=1>; rel=preload",
                "<https://a.example/f.woff2?v=*>; rel=preload",
            ),
            ("X-Trace", "9f86d081884c7d659a2feaa0c55ad015", "*"),
            (
                "ETag",
                "\"9f86d081884c7d659a2feaa0c55ad015\"",
                "\"9f86d081884c7d659a2feaa0c55ad015\"",
            ),
            (
                "Content-Type",
                "text/html; charset=utf-8",
                "text/html; charset=utf-8",
            ),
            ("Cache-Control", "max-age=31536000", "max-age=31536000"),
        ] {
            assert_eq!(header(name, value), kept, "{name}");
        }
    }
}
