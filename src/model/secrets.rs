//! Values that must not be written anywhere: what `${NAME}` stood for in the config.
//!
//! Finds them in every form in which a text can carry them. Secrets that nobody told us of are
//! found by their names and looks in `vitals::redact`.

use std::borrow::Cow;
use std::fmt;

use super::visit::{Outcome, VisitRecord};

/// What stands where a secret was.
const GONE: &str = "*";
/// Shorter values occur in any text by chance: replaced, they would only damage it.
const SHORTEST: usize = 4;

/// The forms of all secrets, longest first. Shown by nobody, not even by `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    forms: Vec<String>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({} forms)", self.forms.len())
    }
}

impl Secrets {
    /// Secrets of these values: plain, percent-encoded, as a form, in JSON and in HTML.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = String>) -> Self {
        let mut forms: Vec<String> = values
            .into_iter()
            .filter(|v| v.chars().count() >= SHORTEST)
            .flat_map(|v| forms(&v))
            .collect();
        forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        forms.dedup();
        Secrets { forms }
    }

    /// A text without them.
    #[must_use]
    pub fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut out = Cow::Borrowed(text);
        for form in &self.forms {
            if out.contains(form.as_str()) {
                out = Cow::Owned(out.replace(form.as_str(), GONE));
            }
        }
        out
    }

    /// A visit without them: reason, title, addresses, explanations, flags, and every piece of
    /// evidence that is text.
    pub fn clean_record(&self, record: &mut VisitRecord) {
        if self.forms.is_empty() {
            return;
        }
        let measurement = match &mut record.outcome {
            Outcome::Measured(m) => m,
            Outcome::NotMeasured(failure, m) => {
                self.replace(&mut failure.reason);
                m
            }
        };
        let said = &mut measurement.attribution;
        let custom = std::mem::take(&mut said.custom);
        said.custom = custom
            .into_iter()
            .map(|(name, v)| (self.clean(&name).into_owned(), v))
            .collect();
        let texts = [
            &mut measurement.final_url,
            &mut measurement.title,
            &mut said.lcp_element,
            &mut said.lcp_url,
        ];
        texts.into_iter().flatten().for_each(|t| self.replace(t));
        let lists = said.errors.iter_mut().chain(&mut measurement.flags);
        lists.for_each(|t| self.replace(t));
        // Pictures carry no text, and their base64 could hold a short secret by chance.
        let texts =
            |a: &&mut super::Artefact| a.media_type == "application/json" && a.kind != "film";
        for artefact in record.artefacts.iter_mut().filter(texts) {
            if let Ok(text) = std::str::from_utf8(&artefact.body) {
                artefact.body = self.clean(text).into_owned().into_bytes();
            }
        }
    }

    fn replace(&self, text: &mut String) {
        if let Cow::Owned(clean) = self.clean(text) {
            *text = clean;
        }
    }
}

fn forms(value: &str) -> Vec<String> {
    let encoded: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let percent = encoded.replace('+', "%20");
    // As a browser writes a path or a query: fewer characters are encoded there.
    let in_query = url::Url::parse("http://h/").map_or_else(
        |_| value.to_owned(),
        |mut u| {
            u.set_query(Some(value));
            u.query().unwrap_or_default().to_owned()
        },
    );
    let json = serde_json::Value::from(value).to_string();
    let html = value
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    vec![
        value.to_owned(),
        encoded,
        percent.to_lowercase(),
        percent,
        in_query,
        json[1..json.len() - 1].to_owned(),
        html,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_in_every_form() {
        let secrets = Secrets::new(["p&ss \"w/ord".to_owned(), "abc".to_owned()]);
        for text in [
            "p&ss \"w/ord",
            "p%26ss%20%22w%2Ford",
            "p%26ss+%22w%2Ford",
            "p&amp;ss \"w/ord",
            r#"p&ss \"w/ord"#,
            "p&ss%20%22w/ord",
        ] {
            assert_eq!(secrets.clean(&format!("<{text}>")), "<*>", "{text}");
        }
        // Too short to be looked for.
        assert_eq!(secrets.clean("abc"), "abc");
        assert!(!format!("{secrets:?}").contains("w/ord"));
    }
}
