//! Secrets that stand in the file, where they end up in version control and in chats.
//!
//! Looks at the whole tree, known keys or not, and says where a secret is, so that it is refused
//! and never printed. What the environment holds (`"${NAME}"`) is no secret of the file.

use std::ops::Range;

use super::Config;
use super::diagnostic::Diagnostic;
use super::tree::{Entry, Node, Span, Value};
use super::variables::literal;

/// Parts of a key, without `-` and `_`, that name a secret.
const SECRET_NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "accesskey",
    "apikey",
    "privatekey",
    "credential",
];
/// Length from which an unbroken run of letters and digits may be a token.
const TOKEN_LENGTH: usize = 20;
/// Bits a character from which such a run does not look written by a person. English words have
/// about 3 over their letters; random hexadecimal of this length 3.4 and more.
const TOKEN_BITS: f64 = 3.2;

/// What was found, and the bytes that must not be printed.
#[derive(Default)]
pub(super) struct Secrets {
    pub(super) found: Vec<Diagnostic>,
    pub(super) hidden: Vec<Span>,
}

/// Every secret that stands in the file.
pub(super) fn scan(root: &[Entry], text: &str) -> Secrets {
    let mut scan = Scan {
        text,
        secrets: Secrets::default(),
    };
    for entry in root {
        scan.entry(entry, Place::Elsewhere);
    }
    scan.secrets
}

/// Whether a value is looked at for tokens too.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Elsewhere,
    Driver,
    Capabilities,
    /// Where a key is a page kind, such as `password-reset`, and names no secret.
    Pages,
}

struct Scan<'a> {
    text: &'a str,
    secrets: Secrets,
}

impl Scan<'_> {
    fn entry(&mut self, entry: &Entry, place: Place) {
        let place = match entry.key.as_str() {
            "pages" => Place::Pages,
            "capabilities" => Place::Capabilities,
            "driver" if place == Place::Elsewhere => Place::Driver,
            _ => place,
        };
        let named = names_secret(&entry.key) && place != Place::Pages;
        if let (Value::Text(raw), true) = (&entry.node.value, named) {
            if !literal(raw).is_empty() {
                let message = format!("`{}` is a secret written in the file", entry.key);
                let hint = format!(
                    "put it in the environment and write `{} = \"${{{}}}\"`",
                    entry.key,
                    variable_name(&entry.key)
                );
                self.push(entry.node.span.clone(), message, hint);
            }
            return;
        }
        self.node(&entry.node, place);
    }

    fn node(&mut self, node: &Node, place: Place) {
        match &node.value {
            Value::Text(raw) => self.string(raw, &node.span, place),
            Value::List(items) => items.iter().for_each(|n| self.node(n, place)),
            Value::Table(entries) => entries.iter().for_each(|e| self.entry(e, place)),
            _ => {}
        }
    }

    fn string(&mut self, raw: &str, span: &Span, place: Place) {
        if let Some(password) = password(raw) {
            if !literal(&raw[password.clone()]).is_empty() {
                let span = self.inside(&raw[password], span);
                let hint = "put it in the environment: `https://user:${GRID_PASSWORD}@…`";
                self.push(span, "a password is written in the file".to_owned(), hint);
            }
            return;
        }
        let suspect = match place {
            Place::Elsewhere | Place::Pages => None,
            Place::Driver => query_secret(raw),
            Place::Capabilities => looks_random(&literal(raw)).then_some(raw),
        };
        if let Some(part) = suspect {
            let span = self.inside(part, span);
            let hint = "put it in the environment, such as `\"${GRID_TOKEN}\"`";
            let message = "this looks like a secret written in the file";
            self.push(span, message.to_owned(), hint);
        }
    }

    fn push(&mut self, span: Span, message: String, hint: impl Into<String>) {
        let label = "whoever reads the file can use it";
        let diagnostic = Diagnostic::error(span.clone(), message, label);
        self.secrets.found.push(diagnostic.hint(hint));
        self.secrets.hidden.push(span);
    }

    fn inside(&self, part: &str, span: &Span) -> Span {
        match self.text.get(span.clone()).and_then(|s| s.rfind(part)) {
            Some(at) => span.start + at..span.start + at + part.len(),
            None => span.clone(),
        }
    }
}

/// Secrets among the values that came from the environment: all but those that name what is
/// measured, such as the host of a page, which are stored and shown as they are.
pub(super) fn unknown_to(config: &Config, values: Vec<String>) -> crate::model::Secrets {
    let project = &config.project;
    let mut named = vec![
        project.name.clone(),
        project.timezone.clone(),
        project.home_market.clone(),
        project.reference.clone().unwrap_or_default(),
        project.contact.to_string(),
        project.database.display().to_string(),
    ];
    for target in &config.targets {
        named.extend([&target.id, &target.name, &target.market].map(String::clone));
        named.extend(target.first_party.iter().cloned());
        for page in &target.pages {
            // A query may be a key to a page that is not public yet.
            let mut url = page.url.clone();
            url.set_query(None);
            named.extend([page.kind.clone(), url.to_string()]);
        }
    }
    let regions = config.regions.iter();
    named.extend(regions.flat_map(|r| [&r.id, &r.name, &r.market].map(String::clone)));
    named.extend(config.profiles.iter().map(|p| p.id.clone()));
    let hidden = values
        .into_iter()
        .filter(|v| !named.iter().any(|n| n.contains(v.as_str())));
    crate::model::Secrets::new(hidden)
}

/// Whether a key is that of a secret: such values never go into a hash either.
pub(super) fn names_secret(key: &str) -> bool {
    let plain: String = key
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    SECRET_NAMES.iter().any(|name| plain.contains(name))
}

fn variable_name(key: &str) -> String {
    let upper = key.to_uppercase();
    let name = upper
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' });
    format!("GRID_{}", name.collect::<String>())
}

/// Whether a string has a run that only a machine would write: a key, a token, a UUID.
pub(super) fn looks_random(text: &str) -> bool {
    is_uuid(text)
        || text
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|run| run.len() >= TOKEN_LENGTH && is_mixed(run) && bits(run) >= TOKEN_BITS)
}

fn is_mixed(run: &str) -> bool {
    run.contains(|c: char| c.is_ascii_digit()) && run.contains(|c: char| c.is_ascii_alphabetic())
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|g| g.len()).collect();
    lengths == [8, 4, 4, 4, 12] && groups.concat().chars().all(|c| c.is_ascii_hexdigit())
}

/// Shannon entropy, bits a character: -sum p log2 p over the characters' shares.
fn bits(run: &str) -> f64 {
    let mut counts = [0u32; 128];
    run.bytes().for_each(|b| counts[usize::from(b & 127)] += 1);
    let total = run.len() as f64;
    counts
        .iter()
        .filter(|&&n| n > 0)
        .map(|&n| f64::from(n) / total)
        .map(|p| -p * p.log2())
        .sum()
}

/// The first value of an address's query that is a secret by its name or its look.
fn query_secret(raw: &str) -> Option<&str> {
    let (_, query) = raw.split_once('?')?;
    let query = query.split('#').next().unwrap_or_default();
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(_, value)| !literal(value).is_empty())
        .find(|(key, value)| names_secret(key) || looks_random(&literal(value)))
        .map(|(_, value)| value)
}

/// The bytes of `user:password` in an address (RFC 3986, 3.2: up to the last `@` before the path).
/// A password that is not encoded may hold a slash, and is a secret all the same.
pub(super) fn userinfo(raw: &str) -> Option<Range<usize>> {
    let start = raw.find("://")? + 3;
    let rest = &raw[start..];
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    if let Some(end) = authority.rfind('@') {
        return Some(start..start + end);
    }
    let (host, port) = authority.split_once(':')?;
    let is_port = host.starts_with('[') || port.chars().all(|c| c.is_ascii_digit());
    let end = rest.rfind('@').filter(|_| !is_port)?;
    Some(start..start + end)
}

/// An address without the secret that stands in it.
pub(super) fn masked(raw: &str) -> String {
    let range = match password(raw) {
        Some(range) => Some(range),
        None => query_secret(raw).and_then(|part| {
            let at = raw.rfind(part)?;
            Some(at..at + part.len())
        }),
    };
    match range.filter(|r| !literal(&raw[r.clone()]).is_empty()) {
        Some(range) => format!("{}***{}", &raw[..range.start], &raw[range.end..]),
        None => raw.to_owned(),
    }
}

fn password(raw: &str) -> Option<Range<usize>> {
    let user = userinfo(raw)?;
    let colon = raw[user.clone()].find(':')?;
    let range = user.start + colon + 1..user.end;
    (!range.is_empty()).then_some(range)
}

/// The opposite of [`percent_encoded`]; bytes that are no UTF-8 are replaced.
pub(super) fn percent_decoded(value: &str) -> String {
    let mut out = Vec::new();
    let mut rest = value.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = tail.get(..2).and_then(|d| std::str::from_utf8(d).ok());
        match code.and_then(|d| u8::from_str_radix(d, 16).ok()) {
            Some(byte) if first == b'%' => {
                out.push(byte);
                rest = &tail[2..];
            }
            _ => {
                out.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// All but the unreserved characters of RFC 3986, 2.3, encoded.
pub(super) fn percent_encoded(value: &str) -> String {
    value
        .bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(b).to_string()
            }
            b => format!("%{b:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_writes_is_no_token() {
        for plain in [
            "windows-11-chrome-latest-stable-2026",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
            "internationalisation",
            "https://grid.example.net:4444/wd/hub",
            "00000000000000000001a",
            "2026-11-23T01:12:56Z",
        ] {
            assert!(!looks_random(plain), "{plain}");
        }
    }

    #[test]
    fn what_a_machine_writes_is_one() {
        for token in [
            "9f86d081884c7d659a2feaa0c55ad015",
            "ghp_k3JmQ9xT2vLpR8sWn5YbZc7Hd",
            "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30",
            "123e4567-e89b-12d3-a456-426614174000",
        ] {
            assert!(looks_random(token), "{token}");
        }
    }

    #[test]
    fn user_and_password_end_before_the_path() {
        let user = |raw: &str| userinfo(raw).map(|r| raw[r].to_owned());
        assert_eq!(user("https://a:b@c@host/x@y"), Some("a:b@c".to_owned()));
        assert_eq!(user("https://host:80/p/@user"), None);
        assert_eq!(user("mailto:a@b"), None);
        assert_eq!(user("https://a:b/c@host/"), Some("a:b/c".to_owned()));
        assert_eq!(user("https://[::1]:80/@x"), None);
    }

    #[test]
    fn an_encoded_password_reads_back() {
        let url = format!("https://u:{}@host/", percent_encoded("p/w@x:ü%"));
        assert_eq!(
            url::Url::parse(&url).unwrap().password(),
            Some("p%2Fw%40x%3A%C3%BC%25")
        );
    }
}
