//! A site's consent banner, answered before the measured load: by cookies that the file gives, or by
//! a click on a load of its own, whose cookies and storage later visits start with.
//!
//! One such load answers for all visits of a target from a region in a profile: every visit still
//! has a fresh browser with an empty cache, and a rival is asked for one page more a run. What was
//! learnt stays in memory; it is written nowhere.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use url::Url;

use super::visit::{Load, awaited, instrument_failure, prepare};
use crate::browser::capabilities::{self, SessionSpec};
use crate::browser::{BrowserError, Session, complete, scripts};
use crate::model::{Consent, ConsentState, Failure, FailureKind, Page, Target};
use crate::vitals::{self, Evidence};

/// How long a banner may take to come up once its page is complete.
const BANNER: Duration = Duration::from_secs(5);
/// How often it is looked for.
const LOOK: Duration = Duration::from_millis(200);

/// What a browser is given before the measured load.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answered {
    /// Cookies in DevTools' terms.
    cookies: Vec<Value>,
    /// What the page's origin keeps in `localStorage`.
    storage: Option<(String, Value)>,
}

impl Answered {
    /// The cookies of a recipe, for the host of a page.
    #[must_use]
    pub fn given(consent: &Consent, page: &Page) -> Self {
        let cookie = |(name, value): &(String, String)| json!({ "name": name, "value": value, "url": page.url });
        Answered {
            cookies: consent.cookies.iter().map(cookie).collect(),
            storage: None,
        }
    }

    /// Gives it to a browser that has loaded nothing yet.
    ///
    /// # Errors
    /// What the driver says.
    pub async fn apply(&self, session: &Session) -> Result<(), BrowserError> {
        if !self.cookies.is_empty() {
            let cookies = json!({ "cookies": self.cookies });
            session.cdp("Network.setCookies", cookies).await?;
        }
        if let Some((origin, entries)) = &self.storage {
            let source = format!(
                "if (location.origin === {}) for (const [k, v] of {entries}) \
                 if (localStorage.getItem(k) === null) localStorage.setItem(k, v);",
                json!(origin)
            );
            let prepare = json!({ "source": source });
            session
                .cdp("Page.addScriptToEvaluateOnNewDocument", prepare)
                .await?;
        }
        Ok(())
    }
}

/// What a load that answers a banner came to.
#[derive(Debug)]
pub struct Lesson {
    /// What later visits start with, or why there is none.
    pub answer: Result<Answered, Failure>,
    /// When the site was asked for its page; `None` when it never was.
    pub asked: Option<Instant>,
    /// Bytes on the wire.
    pub bytes: f64,
}

impl Lesson {
    fn nothing_yet() -> Self {
        Lesson {
            answer: Ok(Answered::default()),
            asked: None,
            bytes: 0.0,
        }
    }

    /// One that asked nothing of the site.
    #[must_use]
    pub fn not_made(failure: Failure) -> Self {
        Lesson {
            answer: Err(failure),
            ..Self::nothing_yet()
        }
    }
}

/// Loads a page, clicks on its banner and reads what the browser keeps of the answer.
pub async fn learn(driver: &Url, spec: &SessionSpec, load: Load<'_>) -> Lesson {
    let session = match Session::open(driver, capabilities::measuring(spec)).await {
        Ok(session) => session,
        Err(error) => return Lesson::not_made(instrument_failure(&error)),
    };
    let mut lesson = Lesson::nothing_yet();
    let answer = answer(&session, spec, load, &mut lesson).await;
    let closed = session.close().await;
    lesson.answer = match (answer, closed) {
        (Err(error), _) | (_, Err(error)) => Err(instrument_failure(&error)),
        (Ok(answer), Ok(())) => answer,
    };
    lesson
}

async fn answer(
    session: &Session,
    spec: &SessionSpec,
    load: Load<'_>,
    lesson: &mut Lesson,
) -> Result<Result<Answered, Failure>, BrowserError> {
    prepare(session, spec).await?;
    let sent = session.goto(&load.page.url).await;
    lesson.asked = Some(Instant::now());
    sent?;
    let first = complete::wait(session, load.quiet, load.timeout, awaited).await?;
    let mut log = first.network_log;
    let selector = load.target.consent.click.as_deref().unwrap_or_default();
    let clicked = click(session, selector).await?;
    if clicked.is_ok() {
        let then = complete::wait(session, load.quiet, load.timeout, awaited).await?;
        log.extend(then.network_log);
    }
    let evidence = Evidence {
        network_log: log,
        ..Evidence::default()
    };
    let (_, requests) = vitals::measure(&evidence, load.target, load.page);
    lesson.bytes = requests.iter().map(|r| r.bytes).sum();
    match clicked {
        Ok(()) => Ok(Ok(kept(session).await?)),
        Err(why) => Ok(Err(Failure::new(FailureKind::Blocked, why))),
    }
}

/// Clicks on what the recipe names as soon as it is there.
async fn click(session: &Session, selector: &str) -> Result<Result<(), String>, BrowserError> {
    let until = Instant::now() + BANNER;
    loop {
        let answer = session
            .execute(scripts::CLICK, vec![json!(selector)])
            .await?;
        match answer.as_str() {
            Some("clicked") => return Ok(Ok(())),
            Some("no selector") => {
                return Ok(Err(format!("consent: `{selector}` is no CSS selector")));
            }
            _ if Instant::now() >= until => {
                return Ok(Err(format!("consent: the page has no `{selector}`")));
            }
            _ => tokio::time::sleep(LOOK).await,
        }
    }
}

/// What the browser keeps of an answer.
async fn kept(session: &Session) -> Result<Answered, BrowserError> {
    let all = session.cdp("Network.getAllCookies", json!({})).await?;
    let cookies = all["cookies"].as_array().map(Vec::as_slice);
    let cookies = cookies.unwrap_or_default().iter().map(settable).collect();
    let storage = session.execute(scripts::STORAGE, Vec::new()).await?;
    let origin = storage["origin"].as_str().map(str::to_owned);
    let entries = &storage["entries"];
    let some = entries.as_array().is_some_and(|e| !e.is_empty());
    Ok(Answered {
        cookies,
        storage: origin.filter(|_| some).map(|o| (o, entries.clone())),
    })
}

/// A cookie as it is read, in the terms in which one is set.
fn settable(cookie: &Value) -> Value {
    let mut out = serde_json::Map::new();
    let keys = [
        "name", "value", "domain", "path", "secure", "httpOnly", "sameSite",
    ];
    for key in keys {
        if let Some(value) = cookie.get(key) {
            out.insert(key.to_owned(), value.clone());
        }
    }
    // One that ends with the session is read as expiring at -1.
    if let Some(expires) = cookie["expires"].as_f64().filter(|e| *e > 0.0) {
        out.insert("expires".to_owned(), json!(expires));
    }
    Value::Object(out)
}

/// What a target's banner was answered with from a region, by target and profile.
#[derive(Debug, Default)]
pub(super) struct Answers(Mutex<BTreeMap<(String, String), Told>>);

#[derive(Debug, Default)]
struct Told {
    /// `None`: not yet.
    answer: Option<Result<Answered, Failure>>,
    /// Loads and bytes that no visit has been charged with yet.
    debt: (u32, f64),
}

/// What there is to be done about a target's banner before a visit.
#[derive(Debug, PartialEq)]
pub(super) enum Banner {
    /// Nothing: it is left as a first visitor meets it.
    Untouched,
    /// The browser starts with this.
    Known(Answered),
    /// A load has to answer it first.
    ToLearn,
    /// It cannot be answered.
    Unanswerable(Failure),
}

impl Answers {
    /// What to do before a visit of this page.
    pub(super) fn banner(&self, target: &Target, page: &Page, profile: &str) -> Banner {
        let consent = &target.consent;
        if consent.state == ConsentState::Untouched {
            return Banner::Untouched;
        }
        if consent.click.is_none() {
            return Banner::Known(Answered::given(consent, page));
        }
        match self.lock().get(&key(target, profile)) {
            None => Banner::ToLearn,
            Some(told) => match &told.answer {
                None => Banner::ToLearn,
                Some(Ok(answered)) => {
                    let mut answered = answered.clone();
                    let given = Answered::given(consent, page);
                    answered.cookies.extend(given.cookies);
                    Banner::Known(answered)
                }
                Some(Err(failure)) => Banner::Unanswerable(failure.clone()),
            },
        }
    }

    /// Remembers a lesson; of one that the instrument spoilt only what it cost. Gives the failure
    /// of the latter.
    pub(super) fn note(&self, target: &Target, profile: &str, lesson: Lesson) -> Option<Failure> {
        let mut all = self.lock();
        let told = all.entry(key(target, profile)).or_default();
        told.debt.0 += u32::from(lesson.asked.is_some());
        told.debt.1 += lesson.bytes;
        match lesson.answer {
            Err(failure) if failure.kind == FailureKind::Instrument => Some(failure),
            answer => {
                told.answer = Some(answer);
                None
            }
        }
    }

    /// Loads and bytes that the next visit of a target is charged with.
    pub(super) fn take_debt(&self, target: &Target, profile: &str) -> (u32, f64) {
        let mut all = self.lock();
        let told = all.get_mut(&key(target, profile));
        told.map_or((0, 0.0), |t| std::mem::take(&mut t.debt))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<(String, String), Told>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(target: &Target, profile: &str) -> (String, String) {
    (target.id.clone(), profile.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Role;

    fn target(consent: Consent) -> Target {
        let page = Page {
            kind: "home".into(),
            url: "https://shop.example/".parse().unwrap(),
            expect: None,
        };
        Target {
            id: "shop".into(),
            name: "Shop".into(),
            role: Role::Rival,
            market: "FR".into(),
            first_party: vec![],
            robots_override: None,
            consent,
            pages: vec![page],
        }
    }

    #[test]
    fn a_banner_is_answered_by_one_load_whose_cost_is_charged_once() {
        let shop = target(Consent {
            state: ConsentState::Accepted,
            cookies: vec![("lang".into(), "fr".into())],
            click: Some("#yes".into()),
        });
        let answers = Answers::default();
        let banner = || answers.banner(&shop, &shop.pages[0], "phone");
        assert_eq!(banner(), Banner::ToLearn);
        let learnt = settable(&json!({
            "name": "consent", "value": "all", "domain": "shop.example", "path": "/",
            "expires": -1, "size": 10, "session": true, "httpOnly": false,
        }));
        assert_eq!(
            learnt,
            json!({ "name": "consent", "value": "all", "domain": "shop.example", "path": "/",
                    "httpOnly": false })
        );
        let answered = Answered {
            cookies: vec![learnt.clone()],
            storage: None,
        };
        let lesson = Lesson {
            answer: Ok(answered),
            asked: Some(Instant::now()),
            bytes: 900.0,
        };
        assert_eq!(answers.note(&shop, "phone", lesson), None);
        let Banner::Known(known) = banner() else {
            panic!("it was learnt")
        };
        assert_eq!(known.cookies.len(), 2, "the file's cookie as well");
        assert_eq!(answers.take_debt(&shop, "phone"), (1, 900.0));
        assert_eq!(answers.take_debt(&shop, "phone"), (0, 0.0));
    }

    #[test]
    fn what_the_instrument_spoilt_is_tried_again_and_a_missing_banner_is_not() {
        let shop = target(Consent {
            state: ConsentState::Rejected,
            cookies: vec![],
            click: Some("#no".into()),
        });
        let answers = Answers::default();
        let lesson = |kind| Lesson {
            answer: Err(Failure::new(kind, "why")),
            asked: Some(Instant::now()),
            bytes: 10.0,
        };
        let banner = |profile| answers.banner(&shop, &shop.pages[0], profile);
        let missing = lesson(FailureKind::Blocked);
        assert_eq!(answers.note(&shop, "a", missing), None);
        assert!(matches!(banner("a"), Banner::Unanswerable(_)));
        let spoilt = lesson(FailureKind::Instrument);
        assert!(answers.note(&shop, "b", spoilt).is_some());
        assert_eq!(banner("b"), Banner::ToLearn);
        assert_eq!(answers.take_debt(&shop, "b"), (1, 10.0), "it was asked");
    }

    #[test]
    fn without_a_click_nothing_has_to_be_learnt() {
        let untouched = target(Consent::default());
        let answers = Answers::default();
        let page = &untouched.pages[0];
        assert_eq!(answers.banner(&untouched, page, "a"), Banner::Untouched);
        let cookies = target(Consent {
            state: ConsentState::Rejected,
            cookies: vec![("c".into(), "no".into())],
            click: None,
        });
        let Banner::Known(known) = answers.banner(&cookies, page, "a") else {
            panic!("cookies are a recipe")
        };
        assert_eq!(
            known.cookies,
            [json!({ "name": "c", "value": "no", "url": "https://shop.example/" })]
        );
    }
}
