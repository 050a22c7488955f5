//! The first `targets.toml` of a newcomer: few lines, each with a comment, ready to be edited.
//!
//! Writes text only; asking the questions and writing the file are the command's.

use std::fmt::Write as _;

use url::Url;

use super::values::{self, Problem, Text, slug};

/// The part that nobody can fill in for a newcomer; it begins with an empty line.
const BUSINESS: &str = r#"
# What a second may be worth, for the report: your own figures, and a range with its source.
# Without the whole table nothing is priced.
#[business]
#visits_per_month = 120000   # of customers, to your site
#conversion = 0.024          # share of those visits that order
#order_value = 85.0
#currency = "AUD"
#per_second = [0.01, 0.05]   # share of orders won by a second less, least and most
#cap = "1s"                  # largest difference for which that was measured
#source = "…"
"#;

/// What has to be known for a first file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Starter {
    /// Name of the benchmark.
    pub name: String,
    /// Home page of our own site.
    pub own: Url,
    /// Home pages of rivals.
    pub rivals: Vec<Url>,
    /// Our own market.
    pub home_market: String,
    /// IANA zone.
    pub timezone: String,
    /// Page or mailbox of whoever measures.
    pub contact: Url,
}

/// A commented file that loads without an error.
#[must_use]
pub fn starter(answers: &Starter) -> String {
    let mut out = head(answers);
    let mut ids = Vec::new();
    out.push_str("\n# Our own site. Add the pages that matter: search, product, checkout.\n");
    out.push_str(&target(answers, &answers.own, "own", &mut ids));
    if !answers.rivals.is_empty() {
        out.push_str("\n# Rivals, at home and overseas: the best overseas is the benchmark.\n");
    }
    for (i, rival) in answers.rivals.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        out.push_str(&target(answers, rival, "rival", &mut ids));
    }
    let _ = write!(
        out,
        r#"
# From where. "local" is a browser on this machine; the address of a Selenium Grid is another
# place, its password written "${{NAME}}" and taken from the environment.
[[region]]
id = "local"
name = "This machine"
market = {home}
driver = "local"

# As whom.
[[profile]]
id = "phone"
device = "phone"            # desktop | phone | tablet

# Towards rivals, whose sites are guests' houses. These are the defaults.
[manners]
distance = "60s"            # least time between two loads of one rival
daily_page_views = 500      # most page views of one rival in 24 hours
"#,
        home = quoted(&answers.home_market),
    );
    out.push_str(BUSINESS);
    out
}

fn head(answers: &Starter) -> String {
    format!(
        r#"# What outpace measures. `outpace doctor` says what is wrong with this file, line by line;
# `outpace schema` prints a JSON Schema for editors.

[project]
name = {name}
timezone = {timezone}  # in which nights and months are counted
home_market = {home}  # a target of another market is overseas
database = "outpace.db"  # beside this file
contact = {contact}  # who measures: every request says it

[measure]
rounds = 5                  # visits of every page in a run, after one to warm up
quiet = "2s"                # a page is complete after this long without a request
timeout = "60s"             # a page that takes longer has failed
"#,
        name = quoted(&answers.name),
        timezone = quoted(&answers.timezone),
        home = quoted(&answers.home_market),
        contact = quoted(answers.contact.as_str()),
    )
}

fn target(answers: &Starter, url: &Url, role: &str, ids: &mut Vec<String>) -> String {
    let host = url.host_str().unwrap_or_default();
    let home = &answers.home_market;
    let guess = country(host).filter(|c| c.to_lowercase() != home.to_lowercase());
    let (market, note) = match (role, guess) {
        ("own", _) => (home.clone(), ""),
        (_, Some(country)) => (country, ""),
        (_, None) => (home.clone(), "  # check: where is it at home?"),
    };
    let origin = &url[..url::Position::BeforePath];
    format!(
        r##"[[target]]
id = {id}
name = {name}
role = "{role}"
market = {market}{note}
[target.pages]
home = {home}
# product = {{ url = {product}, expect = "#add-to-cart" }}  # only the right page has it
"##,
        id = quoted(&new_id(host, ids)),
        name = quoted(host.trim_start_matches("www.")),
        market = quoted(&market),
        home = quoted(url.as_str()),
        product = quoted(&format!("{origin}/…")),
    )
}

/// An id from the host's first label, unlike those before it.
fn new_id(host: &str, ids: &mut Vec<String>) -> String {
    let label = host.trim_start_matches("www.").split('.').next();
    let base = match slug(label.unwrap_or_default()) {
        empty if empty.is_empty() => "target".to_owned(),
        base => base,
    };
    let mut id = base.clone();
    let mut n = 2;
    while ids.contains(&id) {
        id = format!("{base}-{n}");
        n += 1;
    }
    ids.push(id.clone());
    id
}

/// The country of a host by its top-level domain (ISO 3166, but for `uk`), where that says
/// anything: some countries sell theirs to everybody.
#[must_use]
pub fn country(host: &str) -> Option<String> {
    const SOLD: &[&str] = &[
        "ai", "cc", "co", "eu", "fm", "io", "ly", "me", "sh", "to", "tv",
    ];
    let (_, last) = host.rsplit_once('.')?;
    let letters = last.len() == 2 && last.chars().all(|c| c.is_ascii_alphabetic());
    match last {
        "uk" => Some("GB".to_owned()),
        last if letters && !SOLD.contains(&last) => Some(last.to_uppercase()),
        _ => None,
    }
}

/// A TOML basic string; `${` is escaped, as nothing here comes from the environment.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.replace("${", "$${").chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// An answer that is an address of a page.
///
/// # Errors
/// What is wrong with it, and what to write instead.
pub fn page(answer: &str) -> Result<Url, String> {
    checked(answer, values::page_url)
}

/// An answer that is a page or a mailbox.
///
/// # Errors
/// What is wrong with it, and what to write instead.
pub fn contact(answer: &str) -> Result<Url, String> {
    checked(answer, values::contact)
}

/// An answer that is a time zone, in the database's own spelling.
///
/// # Errors
/// What is wrong with it, and what to write instead.
pub fn timezone(answer: &str) -> Result<String, String> {
    checked(answer, values::timezone)
}

/// An answer that is any word.
///
/// # Errors
/// That it is empty.
pub fn words(answer: &str) -> Result<String, String> {
    checked(answer, values::any)
}

fn checked<T>(answer: &str, parse: fn(&Text) -> Result<T, Problem>) -> Result<T, String> {
    let answer = answer.trim();
    if answer.is_empty() {
        return Err("it is empty".to_owned());
    }
    let text = Text {
        raw: answer.to_owned(),
        value: answer.to_owned(),
    };
    parse(&text).map_err(|p| match p.hint {
        Some(hint) => format!("{} ({})\nhint: {hint}", p.message, p.label),
        None => format!("{} ({})", p.message, p.label),
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use insta::assert_snapshot;
    use proptest::prelude::*;

    use super::*;
    use crate::config::parse;

    fn answers() -> Starter {
        Starter {
            name: "Retail".to_owned(),
            own: page("https://www.example.com.au/").unwrap(),
            rivals: vec![
                page("https://www.rival.co.uk/").unwrap(),
                page("https://shop.example.com/au").unwrap(),
            ],
            home_market: "AU".to_owned(),
            timezone: "Australia/Sydney".to_owned(),
            contact: contact("mailto:bench@example.com.au").unwrap(),
        }
    }

    #[test]
    fn a_first_file_explains_itself() {
        let text = starter(&answers());
        let measured = text.strip_suffix(BUSINESS).unwrap();
        assert_snapshot!(measured, @r##"
        # What outpace measures. `outpace doctor` says what is wrong with this file, line by line;
        # `outpace schema` prints a JSON Schema for editors.

        [project]
        name = "Retail"
        timezone = "Australia/Sydney"  # in which nights and months are counted
        home_market = "AU"  # a target of another market is overseas
        database = "outpace.db"  # beside this file
        contact = "mailto:bench@example.com.au"  # who measures: every request says it

        [measure]
        rounds = 5                  # visits of every page in a run, after one to warm up
        quiet = "2s"                # a page is complete after this long without a request
        timeout = "60s"             # a page that takes longer has failed

        # Our own site. Add the pages that matter: search, product, checkout.
        [[target]]
        id = "example"
        name = "example.com.au"
        role = "own"
        market = "AU"
        [target.pages]
        home = "https://www.example.com.au/"
        # product = { url = "https://www.example.com.au/…", expect = "#add-to-cart" }  # only the right page has it

        # Rivals, at home and overseas: the best overseas is the benchmark.
        [[target]]
        id = "rival"
        name = "rival.co.uk"
        role = "rival"
        market = "GB"
        [target.pages]
        home = "https://www.rival.co.uk/"
        # product = { url = "https://www.rival.co.uk/…", expect = "#add-to-cart" }  # only the right page has it

        [[target]]
        id = "shop"
        name = "shop.example.com"
        role = "rival"
        market = "AU"  # check: where is it at home?
        [target.pages]
        home = "https://shop.example.com/au"
        # product = { url = "https://shop.example.com/…", expect = "#add-to-cart" }  # only the right page has it

        # From where. "local" is a browser on this machine; the address of a Selenium Grid is another
        # place, its password written "${NAME}" and taken from the environment.
        [[region]]
        id = "local"
        name = "This machine"
        market = "AU"
        driver = "local"

        # As whom.
        [[profile]]
        id = "phone"
        device = "phone"            # desktop | phone | tablet

        # Towards rivals, whose sites are guests' houses. These are the defaults.
        [manners]
        distance = "60s"            # least time between two loads of one rival
        daily_page_views = 500      # most page views of one rival in 24 hours
        "##);
    }

    #[test]
    fn a_first_file_loads_without_an_error_or_a_warning() {
        let text = starter(&answers());
        let loaded = parse("targets.toml", &text, Path::new("/"), &|_| None);
        let loaded = loaded.unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(loaded.rendered_warnings(), "");
        let markets: Vec<&str> = loaded
            .config
            .targets
            .iter()
            .map(|t| t.market.as_str())
            .collect();
        assert_eq!(markets, ["AU", "GB", "AU"]);
    }

    #[test]
    fn what_is_commented_out_in_a_first_file_is_toml() {
        let text = starter(&answers()).replace("# product", "product");
        let uncommented = |line: &str| match line.strip_prefix('#') {
            Some(code) if !code.starts_with(' ') => format!("{code}\n"),
            _ => format!("{line}\n"),
        };
        let text: String = text.lines().map(uncommented).collect();
        let loaded = parse("targets.toml", &text, Path::new("/"), &|_| None);
        let loaded = loaded.unwrap_or_else(|e| panic!("{e}"));
        assert!(loaded.config.business.is_some());
    }

    #[test]
    fn the_same_host_twice_has_two_ids() {
        let mut answers = answers();
        answers.rivals = vec![answers.own.clone(), answers.own.clone()];
        let text = starter(&answers);
        assert!(text.contains("id = \"example-3\""), "{text}");
    }

    #[test]
    fn a_country_is_read_from_the_top_level_domain_where_it_says_one() {
        assert_eq!(country("www.example.com.au").as_deref(), Some("AU"));
        assert_eq!(country("shop.co.uk").as_deref(), Some("GB"));
        assert_eq!(country("shop.io"), None);
        assert_eq!(country("example.com"), None);
        assert_eq!(country("127.0.0.1"), None);
    }

    proptest! {
        #[test]
        fn whatever_is_answered_the_file_loads(name in ".*\\S.*", market in ".*\\S.*") {
            let starter = starter(&Starter { name, home_market: market, ..answers() });
            let loaded = parse("t.toml", &starter, Path::new("/"), &|_| None);
            prop_assert!(loaded.is_ok(), "{}", loaded.unwrap_err());
        }
    }
}
