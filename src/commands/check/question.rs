//! What a check is asked: which pages of which two versions, or which stored baseline.
//!
//! Nothing is loaded here.

use url::Url;

use super::CheckArgs;
use crate::commands::failure::Failure;
use crate::config::Config;
use crate::model::{Page, Role, Target, format};

/// The question.
pub(super) enum Question {
    /// Both versions answer.
    Interleaved(Vec<Versions>),
    /// The old version is only stored.
    History(Baseline),
}

/// One page in two versions.
pub(super) struct Versions {
    pub(super) baseline: Page,
    pub(super) candidate: Page,
}

/// A stored baseline.
pub(super) enum Baseline {
    Release(String),
    Run(i64),
    Since(String),
}

/// Our own target.
///
/// # Errors
/// Never for a config that was loaded: it has one.
pub(in crate::commands) fn own(config: &Config) -> Result<&Target, Failure> {
    config
        .targets
        .iter()
        .find(|t| t.role == Role::Own)
        .ok_or_else(|| Failure::Usage("no target is our own".to_owned()))
}

/// Reads the flags; `None` without a comparison.
pub(super) fn read(config: &Config, args: &CheckArgs) -> Result<Option<Question>, Failure> {
    let known = |what: &str, given: &[String], ids: Vec<&str>| match given
        .iter()
        .find(|g| !ids.contains(&g.as_str()))
    {
        Some(name) => Err(Failure::Usage(format!(
            "there is no {what} `{name}`\nhint: there are {}",
            format::list(&ids)
        ))),
        None => Ok(()),
    };
    let ids = config.regions.iter().map(|r| r.id.as_str()).collect();
    known("region", &args.region, ids)?;
    let ids = config.profiles.iter().map(|p| p.id.as_str()).collect();
    known("profile", &args.profile, ids)?;
    if let Some(map) = &args.origin_map {
        return mapped(config, args, map).map(|p| Some(Question::Interleaved(p)));
    }
    let Some(baseline) = &args.baseline else {
        return Ok(None);
    };
    if let Some(stored) = stored(baseline)? {
        if args.candidate.is_some() {
            return Err(Failure::Usage(
                "a stored baseline is compared with what was measured since\nhint: leave \
                 `--candidate` out, or name an address under `--baseline`"
                    .to_owned(),
            ));
        }
        return Ok(Some(Question::History(stored)));
    }
    let address: Url = baseline.parse().map_err(|_| {
        Failure::Usage(format!(
            "`--baseline {baseline}` is neither an address nor stored\nhint: write \
             `https://…`, `release:VERSION`, `run:ID` or `since:2026-11-01`"
        ))
    })?;
    let Some(candidate) = &args.candidate else {
        return Err(Failure::Usage(
            "a baseline without a candidate\nhint: write `--candidate URL`".to_owned(),
        ));
    };
    Ok(Some(Question::Interleaved(vec![two(
        config,
        args,
        (address, candidate.clone()),
    )?])))
}

fn stored(text: &str) -> Result<Option<Baseline>, Failure> {
    let Some((kind, rest)) = text.split_once(':') else {
        return Ok(None);
    };
    Ok(match kind {
        "release" => Some(Baseline::Release(rest.to_owned())),
        "since" => Some(Baseline::Since(rest.to_owned())),
        "run" => Some(Baseline::Run(rest.parse().map_err(|_| {
            Failure::Usage(format!(
                "`{rest}` is no run\nhint: write its number, such as `run:12`"
            ))
        })?)),
        _ => None,
    })
}

/// Two addresses: the page kind is the one named, or that of our page at the baseline's address.
fn two(config: &Config, args: &CheckArgs, (a, b): (Url, Url)) -> Result<Versions, Failure> {
    for url in [&a, &b] {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Failure::Usage(format!(
                "`{url}` is not loaded over http or https\nhint: write the whole address"
            )));
        }
    }
    let own = own(config)?;
    let page = match args.page.first() {
        Some(kind) => own.page(kind),
        None => own.pages.iter().find(|p| p.url == a),
    };
    let kind = args.page.first().cloned();
    let kind = kind.or_else(|| page.map(|p| p.kind.clone()));
    let of = |url| Page {
        kind: kind.clone().unwrap_or_else(|| "page".to_owned()),
        url,
        expect: page.and_then(|p| p.expect.clone()),
    };
    Ok(Versions {
        baseline: of(a),
        candidate: of(b),
    })
}

/// Our own pages, and the same on another host.
fn mapped(config: &Config, args: &CheckArgs, map: &str) -> Result<Vec<Versions>, Failure> {
    let wrong = || {
        Failure::Usage(format!(
            "`--origin-map {map}` is no pair of hosts\nhint: write \
             `https://www.example.com=https://staging.example.com`"
        ))
    };
    let (old, new) = map.split_once('=').ok_or_else(wrong)?;
    let origin = |text: &str| {
        let whole = if text.contains("://") {
            text.to_owned()
        } else {
            format!("https://{text}")
        };
        Url::parse(&whole).ok().filter(Url::has_host)
    };
    let (old, new) = (
        origin(old).ok_or_else(wrong)?,
        origin(new).ok_or_else(wrong)?,
    );
    let own = own(config)?;
    let kinds: Vec<&str> = own.pages.iter().map(|p| p.kind.as_str()).collect();
    if let Some(kind) = args.page.iter().find(|k| !kinds.contains(&k.as_str())) {
        return Err(Failure::Usage(format!(
            "our site has no page `{kind}`\nhint: there are {}",
            format::list(&kinds)
        )));
    }
    let wanted = |p: &&Page| args.page.is_empty() || args.page.contains(&p.kind);
    let pages: Vec<Versions> = own
        .pages
        .iter()
        .filter(wanted)
        .filter(|p| p.url.origin() == old.origin())
        .map(|p| Versions {
            baseline: p.clone(),
            candidate: Page {
                url: moved(&p.url, &new),
                ..p.clone()
            },
        })
        .collect();
    if pages.is_empty() {
        return Err(Failure::Usage(format!(
            "none of the pages is at `{}`\nhint: write the origin as it stands under `pages` of \
             our target",
            old.origin().ascii_serialization()
        )));
    }
    Ok(pages)
}

/// Scheme, host and port of `to`, everything else of `url`.
fn moved(url: &Url, to: &Url) -> Url {
    let tail = &url[url::Position::BeforePath..];
    Url::parse(&format!("{}{tail}", to.origin().ascii_serialization()))
        .expect("an origin and the rest of an address make an address")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_the_address_stays() {
        let url = "https://www.example.com/p/1?q=a#b".parse().unwrap();
        let to = "http://staging.example.com:8080/".parse().unwrap();
        assert_eq!(
            moved(&url, &to).as_str(),
            "http://staging.example.com:8080/p/1?q=a#b"
        );
    }

    #[test]
    fn a_stored_baseline_is_told_from_an_address() {
        assert!(matches!(stored("release:v1"), Ok(Some(Baseline::Release(v))) if v == "v1"));
        assert!(matches!(stored("run:12"), Ok(Some(Baseline::Run(12)))));
        assert!(matches!(stored("https://a.example/"), Ok(None)));
        assert!(stored("run:last").is_err());
    }
}
