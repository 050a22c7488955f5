//! "Did you mean": the nearest of the names that are known.

/// The known name that a typist most likely meant; none when nothing is near.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    known
        .into_iter()
        .map(|name| {
            let far = strsim::damerau_levenshtein(&word, &name.to_lowercase());
            (far, name)
        })
        .filter(|(far, name)| *far <= allowed(name))
        .min_by_key(|(far, _)| *far)
        .map(|(_, name)| name)
}

/// A third of the letters may be wrong, and one always may in a name of more than two.
fn allowed(name: &str) -> usize {
    let letters = name.chars().count();
    if letters > 2 { (letters / 3).max(1) } else { 0 }
}

/// The names in backticks, as a sentence has them.
pub(super) fn quoted<S: AsRef<str>>(names: &[S]) -> String {
    let names: Vec<String> = names.iter().map(|n| format!("`{}`", n.as_ref())).collect();
    crate::model::format::list(&names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_a_stranger_is_not() {
        let known = ["home", "product", "checkout"];
        assert_eq!(nearest("prodcut", known), Some("product"));
        assert_eq!(nearest("Home", known), Some("home"));
        assert_eq!(nearest("search", known), None);
        assert_eq!(nearest("US", ["AU", "us"]), Some("us"));
        assert_eq!(nearest("UK", ["AU", "US"]), None);
    }
}
