//! What a single value may be: durations, addresses, zones, cron expressions, ids, words.
//!
//! Pure functions from what was written to what it means, or to a [`Problem`] that says what to
//! write instead. Places are the walk's; what values mean together is `resolve`'s.

use std::time::Duration;

use url::Url;

use super::secret;
use super::suggest::{nearest, quoted};
use crate::model::{Browser, Device, Network, Role};

/// Longest value that a message repeats, in characters.
const QUOTED_LENGTH: usize = 60;

/// A string as written and as expanded from the environment. Messages show the written one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) raw: String,
    pub(super) value: String,
}

impl Text {
    /// As written, in backticks, cut when long, without a secret.
    pub(super) fn shown(&self) -> String {
        shown(&secret::masked(&self.raw))
    }
}

/// In backticks, cut when long.
pub(super) fn shown(raw: &str) -> String {
    let mut out: String = raw.chars().take(QUOTED_LENGTH).collect();
    if out.len() < raw.len() {
        out.push('…');
    }
    format!("`{out}`")
}

/// What is wrong with a value; its place is known to the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) message: String,
    pub(super) label: String,
    pub(super) hint: Option<String>,
}

impl Problem {
    pub(super) fn new(message: impl Into<String>, label: impl Into<String>) -> Problem {
        Problem {
            message: message.into(),
            label: label.into(),
            hint: None,
        }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Problem {
        self.hint = Some(hint.into());
        self
    }
}

/// Any string that is not empty.
pub(super) fn any(text: &Text) -> Result<String, Problem> {
    Ok(text.value.clone())
}

/// A whole number with `ms`, `s`, `m`, `h` or `d`.
pub(super) fn duration(text: &Text) -> Result<Duration, Problem> {
    let bad = |label: &str| {
        Problem::new(format!("{} is no duration", text.shown()), label)
            .hint("write a whole number and its unit, such as `500ms`, `2s`, `1m` or `6h`")
    };
    let value = text.value.as_str();
    let digits = value
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(value.len());
    let (number, unit) = value.split_at(digits);
    let factor = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "" => return Err(bad("a number without its unit")),
        _ if number.is_empty() => return Err(bad("does not begin with a digit")),
        _ if unit.starts_with('.') => return Err(bad("not a whole number")),
        _ => return Err(bad("not a unit: `ms`, `s`, `m`, `h` and `d` are")),
    };
    number
        .parse::<u64>()
        .ok()
        .and_then(|n| n.checked_mul(factor))
        .map(Duration::from_millis)
        .ok_or_else(|| bad("not a number of this size"))
}

/// A whole number of bytes with `kB`, `MB` or `GB`, decimal as line capacity and traffic are.
pub(super) fn size(text: &Text) -> Result<u64, Problem> {
    let bad = |label: &str| {
        Problem::new(format!("{} is no size", text.shown()), label)
            .hint("write a whole number and its unit, such as `500MB` or `2GB`")
    };
    let value = text.value.as_str();
    let digits = value
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(value.len());
    let (number, unit) = value.split_at(digits);
    let factor = match unit {
        "kB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "" => return Err(bad("a number without its unit")),
        _ if number.is_empty() => return Err(bad("does not begin with a digit")),
        _ => return Err(bad("not a unit: `kB`, `MB` and `GB` are")),
    };
    number
        .parse::<u64>()
        .ok()
        .and_then(|n| n.checked_mul(factor))
        .filter(|n| (1_000..=1_000_000_000_000).contains(n))
        .ok_or_else(|| bad("from `1kB` to `1000GB`"))
}

/// A beacon's host, or a host and the start of a path, such as `stats.example.net/collect`.
pub(super) fn beacon(text: &Text) -> Result<String, Problem> {
    let (name, path) = match text.value.split_once('/') {
        Some((name, path)) => (name, format!("/{path}")),
        None => (text.value.as_str(), String::new()),
    };
    let alone = Text {
        raw: text.raw.clone(),
        value: if text.value.contains("://") {
            text.value.clone()
        } else {
            name.to_owned()
        },
    };
    host(&alone).map(|host| format!("{host}{path}"))
}

/// A duration as the file would have it.
pub(super) fn written(duration: Duration) -> String {
    let ms = duration.as_millis();
    match ms {
        0 => "0s".to_owned(),
        _ if ms.is_multiple_of(86_400_000) && ms > 172_800_000 => format!("{}d", ms / 86_400_000),
        _ if ms.is_multiple_of(3_600_000) => format!("{}h", ms / 3_600_000),
        _ if ms.is_multiple_of(60_000) && ms > 60_000 => format!("{}m", ms / 60_000),
        _ if ms.is_multiple_of(1_000) => format!("{}s", ms / 1_000),
        _ => format!("{ms}ms"),
    }
}

/// An address that a browser can load, without user and password.
pub(super) fn page_url(text: &Text) -> Result<Url, Problem> {
    let url = web_url(text)?;
    if url.username().is_empty() && url.password().is_none() {
        Ok(url)
    } else {
        Err(Problem::new(
            "a page behind a user and password is not built yet",
            "addresses are stored and shown as they are",
        )
        .hint("measure a page that needs no log-in"))
    }
}

/// The page or mailbox of whoever measures.
pub(super) fn contact(text: &Text) -> Result<Url, Problem> {
    let hint = "write a page or a mailbox, such as `https://www.example.com/bench` or `mailto:bench@example.com`";
    if text.value.starts_with("mailto:") {
        return match Url::parse(&text.value) {
            Ok(url) if url.path().contains('@') => Ok(url),
            _ => Err(
                Problem::new(format!("{} is no mailbox", text.shown()), "no `@` in it").hint(hint),
            ),
        };
    }
    page_url(text).map_err(|p| p.hint(hint))
}

/// `local`, or the address of a WebDriver; `None` is local.
pub(super) fn driver(text: &Text) -> Result<Option<Url>, Problem> {
    if text.value == "local" {
        return Ok(None);
    }
    let hint = "write `local` for a browser on this machine, or the address of a driver, such as `https://grid.example.net:4444`";
    web_url(text).map(Some).map_err(|p| p.hint(hint))
}

fn web_url(text: &Text) -> Result<Url, Problem> {
    let hint = "write the whole address, such as `https://www.example.com/`";
    let url = Url::parse(&text.value).map_err(|e| {
        let label = match e {
            url::ParseError::RelativeUrlWithoutBase => "no `https://` before it".to_owned(),
            e => e.to_string(),
        };
        Problem::new(format!("{} is no address", text.shown()), label).hint(hint)
    })?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        scheme => Err(Problem::new(
            format!("{} is not loaded over http or https", text.shown()),
            format!("its scheme is `{}`", scheme),
        )
        .hint(hint)),
    }
}

/// A host, such as `static.example.com`, without scheme, port and path.
pub(super) fn host(text: &Text) -> Result<String, Problem> {
    let bad = |label: &str| {
        Problem::new(format!("{} is no host", text.shown()), label)
            .hint("write the host alone, such as `static.example.com`")
    };
    if text.value.contains("://") {
        return Err(bad("a whole address"));
    }
    match url::Host::parse(&text.value) {
        Ok(host) => Ok(host.to_string()),
        Err(_) => Err(bad("not the name of a host")),
    }
}

/// A name of the IANA time zone database, in its own spelling.
pub(super) fn timezone(text: &Text) -> Result<String, Problem> {
    if let Ok(zone) = jiff::tz::TimeZone::get(&text.value) {
        return Ok(zone.iana_name().unwrap_or(&text.value).to_owned());
    }
    // Abbreviations are left out: `AEST` is not meant to be `EST`.
    let names: Vec<String> = jiff::tz::db()
        .available()
        .map(|n| n.to_string())
        .filter(|n| n.contains('/'))
        .collect();
    let problem = Problem::new(
        format!("unknown time zone {}", text.shown()),
        "not in the IANA time zone database",
    );
    Err(
        match nearest(&text.value, names.iter().map(String::as_str)) {
            Some(name) => problem.hint(format!("did you mean `{name}`?")),
            None => problem.hint("write continent and city, such as `Australia/Sydney`, or `UTC`"),
        },
    )
}

/// Five fields of a cron expression, read in the project's zone.
pub(super) fn cron(text: &Text) -> Result<String, Problem> {
    let hint = "minute, hour, day of month, month, day of week: `0 2 * * *` is every night at two";
    let fields: Vec<&str> = text.value.split_whitespace().collect();
    if fields.len() != 5 {
        let label = match fields.len() {
            1 => "one field where five are needed".to_owned(),
            n => format!("{n} fields where five are needed"),
        };
        let problem = Problem::new(format!("{} is no cron expression", text.shown()), label);
        return Err(problem.hint(hint));
    }
    let normal = fields.join(" ");
    match cronexpr::parse_crontab(&format!("{normal} UTC")) {
        Ok(_) => Ok(normal),
        Err(e) => {
            // The crate prints the expression and a caret of its own above its reason.
            let said = e.to_string();
            let reason = said.rsplit("^ ").next().unwrap_or_default().to_owned();
            let message = format!("{} is no cron expression", text.shown());
            Err(Problem::new(message, reason).hint(hint))
        }
    }
}

/// A short id: small letters, digits, `-` and `_`.
pub(super) fn id(text: &Text) -> Result<String, Problem> {
    match text.value.chars().find(|&c| !is_id_char(c)) {
        None => Ok(text.value.clone()),
        Some(_) => Err(bad_id("id", &text.value, &text.shown())),
    }
}

/// The key of a page, which is an id too.
pub(super) fn page_kind(key: &str) -> Result<(), Problem> {
    if !key.is_empty() && key.chars().all(is_id_char) {
        return Ok(());
    }
    Err(bad_id("page kind", key, &shown(key)))
}

fn is_id_char(c: char) -> bool {
    matches!(c, 'a'..='z' | '0'..='9' | '-' | '_')
}

fn bad_id(what: &str, value: &str, shown: &str) -> Problem {
    let label = match value.chars().find(|&c| !is_id_char(c)) {
        Some(' ') => "a space may not be in it".to_owned(),
        Some(c) => format!("`{c}` may not be in it"),
        None => "it is empty".to_owned(),
    };
    let problem = Problem::new(format!("{shown} is no {what}"), label);
    let better = slug(value);
    problem.hint(if better.is_empty() {
        "use small letters, digits, `-` and `_`".to_owned()
    } else {
        format!("use small letters, digits, `-` and `_`, such as `{better}`")
    })
}

/// The nearest id: small letters and digits, everything else a single `-`.
pub(super) fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.to_lowercase().chars() {
        if is_id_char(c) {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_owned()
}

/// `own` or `rival`.
pub(super) fn role(text: &Text) -> Result<Role, Problem> {
    let known = [("own", Role::Own), ("rival", Role::Rival)];
    word(text, "role", &known, &[])
}

/// The browser of a profile.
pub(super) fn browser(text: &Text) -> Result<Browser, Problem> {
    let later = ["firefox", "edge", "safari"];
    word(text, "browser", &[("chrome", Browser::Chrome)], &later)
}

/// The device of a profile: built in, or one of the file's own.
pub(super) fn device(text: &Text, own: &[Device]) -> Result<Device, Problem> {
    let built_in = [Device::Desktop, Device::Phone, Device::Tablet];
    let all: Vec<(String, Device)> = built_in
        .iter()
        .chain(own)
        .map(|d| (d.to_string(), d.clone()))
        .collect();
    let known: Vec<(&str, Device)> = all.iter().map(|(n, d)| (n.as_str(), d.clone())).collect();
    word(text, "device", &known, &[])
}

/// The network of a profile: built in, or one of the file's own.
pub(super) fn network(text: &Text, own: &[Network]) -> Result<Network, Problem> {
    let all: Vec<&Network> = Network::KNOWN.iter().chain(own).collect();
    let known: Vec<(&str, Network)> = all.iter().map(|n| (n.name(), (*n).clone())).collect();
    word(text, "network", &known, &[])
}

pub(super) fn word<T: Clone>(
    text: &Text,
    what: &str,
    known: &[(&str, T)],
    later: &[&str],
) -> Result<T, Problem> {
    let value = text.value.as_str();
    if let Some((_, meaning)) = known.iter().find(|(name, _)| *name == value) {
        return Ok(meaning.clone());
    }
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    let list = match names.as_slice() {
        [one] => format!("`{one}` is the only one"),
        many => format!("known: {}", quoted(many)),
    };
    if later.contains(&value.to_lowercase().as_str()) {
        let instead: Vec<String> = names
            .iter()
            .map(|n| format!("`{what} = \"{n}\"`"))
            .collect();
        return Err(
            Problem::new(format!("{what} {} is not built yet", text.shown()), list)
                .hint(format!("write {}", instead.join(" or "))),
        );
    }
    let problem = Problem::new(format!("unknown {what} {}", text.shown()), list);
    Err(match nearest(value, names.iter().copied()) {
        Some(name) => problem.hint(format!("did you mean `{name}`?")),
        None => problem,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Text {
        Text {
            raw: value.to_owned(),
            value: value.to_owned(),
        }
    }

    #[test]
    fn durations_are_a_number_and_a_unit() {
        let ms = |s: &str| duration(&text(s)).ok().map(|d| d.as_millis());
        assert_eq!(ms("500ms"), Some(500));
        assert_eq!(ms("2s"), Some(2_000));
        assert_eq!(ms("1m"), Some(60_000));
        assert_eq!(ms("6h"), Some(21_600_000));
        for bad in [
            "",
            "2",
            "s",
            "2.5s",
            "2 s",
            "-2s",
            "2w",
            "2S",
            "99999999999999999999s",
        ] {
            assert_eq!(ms(bad), None, "{bad}");
        }
    }

    #[test]
    fn sizes_are_a_number_and_a_unit() {
        let bytes = |s: &str| size(&text(s)).ok();
        assert_eq!(bytes("500MB"), Some(500_000_000));
        assert_eq!(bytes("2GB"), Some(2_000_000_000));
        for bad in ["", "2", "GB", "2gb", "0MB", "2 GB", "9999999GB"] {
            assert_eq!(bytes(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_beacon_is_a_host_or_the_start_of_a_path_on_one() {
        assert_eq!(beacon(&text("B.example")).unwrap(), "b.example");
        assert_eq!(beacon(&text("b.example/c")).unwrap(), "b.example/c");
        assert!(beacon(&text("https://b.example/c")).is_err());
    }

    #[test]
    fn a_contact_is_a_page_or_a_mailbox() {
        assert!(contact(&text("https://www.example.com/bench")).is_ok());
        assert!(contact(&text("mailto:a@example.com")).is_ok());
        assert!(contact(&text("mailto:nobody")).is_err());
        assert!(contact(&text("a@example.com")).is_err());
        assert!(contact(&text("https://u:p@example.com")).is_err());
    }

    #[test]
    fn a_time_zone_comes_back_in_its_own_spelling() {
        assert_eq!(
            timezone(&text("australia/sydney")).unwrap(),
            "Australia/Sydney"
        );
        assert!(timezone(&text("AEST")).is_err());
    }

    #[test]
    fn a_cron_expression_has_five_fields_and_no_zone() {
        assert_eq!(cron(&text("0  2 * * *")).unwrap(), "0 2 * * *");
        for bad in [
            "* * * *",
            "0 2 * * * UTC",
            "61 * * * *",
            "nightly",
            "0 2 * * Q",
        ] {
            assert!(cron(&text(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_slug_is_an_id() {
        assert_eq!(slug("Kookaburra & Sons"), "kookaburra-sons");
        assert_eq!(slug("東京"), "");
    }

    #[test]
    fn a_host_has_no_scheme_port_or_path() {
        assert_eq!(
            host(&text("Static.Example.com")).unwrap(),
            "static.example.com"
        );
        for bad in ["https://a.b", "a.b/c", "a.b:80", "a b"] {
            assert!(host(&text(bad)).is_err(), "{bad}");
        }
    }
}
