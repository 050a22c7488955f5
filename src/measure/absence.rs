//! A region that gives no browser for a while: a Grid that restarts, nodes that are gone, a queue
//! that is full. Its visits wait for it, and no other region waits with them.

use std::sync::atomic::AtomicU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::consent::Answers;
use crate::model::PlannedVisit;

/// How long a region is waited for before what is left of its visits is missed.
const PATIENCE: Duration = Duration::from_secs(300);
/// Longest wait between two tries.
const LONGEST: Duration = Duration::from_secs(15);

/// Whether a visit got a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Browser {
    /// It did.
    Given,
    /// It did not.
    None,
}

/// Whether something is heard of for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FirstTime {
    /// It is.
    Yes,
    /// It is known.
    No,
}

/// What a visit's luck says of its region.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Noted {
    /// Nothing new.
    There,
    /// It was away and is back.
    Back,
    /// It is away.
    Away {
        /// Whether this is news.
        first: FirstTime,
        /// Until the next try.
        wait: Duration,
    },
    /// It has been away for longer than anybody waits.
    TooLong,
}

/// What the workers of one region share.
pub(super) struct OfRegion {
    /// Visits that nobody has taken.
    pub(super) left: Mutex<Vec<PlannedVisit>>,
    /// Visits in a row that their browsers spoilt.
    pub(super) failures: AtomicU32,
    /// Whether it gives browsers.
    pub(super) absence: Absence,
    /// What consent banners were answered with.
    pub(super) answers: Answers,
}

impl OfRegion {
    /// A region with these visits to make.
    pub(super) fn new(left: Vec<PlannedVisit>) -> Self {
        OfRegion {
            left: Mutex::new(left),
            failures: AtomicU32::new(0),
            absence: Absence::default(),
            answers: Answers::default(),
        }
    }
}

/// Since when a region is away, shared by its workers.
#[derive(Debug, Default)]
pub(super) struct Absence {
    since: Mutex<Option<(Instant, u32)>>,
}

impl Absence {
    /// Takes note of a visit's luck.
    pub(super) fn note(&self, browser: Browser) -> Noted {
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        if browser == Browser::Given {
            return match since.take() {
                Some(_) => Noted::Back,
                None => Noted::There,
            };
        }
        let first = match *since {
            None => FirstTime::Yes,
            Some(_) => FirstTime::No,
        };
        let (begun, tries) = since.get_or_insert((Instant::now(), 0));
        if begun.elapsed() > PATIENCE {
            return Noted::TooLong;
        }
        let wait = Duration::from_secs(1 << (*tries).min(4)).min(LONGEST);
        *tries += 1;
        Noted::Away { first, wait }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absence_is_news_once_waits_grow_and_it_ends_with_a_browser() {
        let absence = Absence::default();
        assert_eq!(absence.note(Browser::Given), Noted::There);
        let waits: Vec<(FirstTime, u64)> = (0..6)
            .map(|_| match absence.note(Browser::None) {
                Noted::Away { first, wait } => (first, wait.as_secs()),
                other => panic!("{other:?}"),
            })
            .collect();
        let seconds: Vec<u64> = waits.iter().map(|w| w.1).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 15, 15]);
        let news = waits.iter().filter(|w| w.0 == FirstTime::Yes).count();
        assert_eq!((waits[0].0, news), (FirstTime::Yes, 1));
        assert_eq!(absence.note(Browser::Given), Noted::Back);
        assert_eq!(absence.note(Browser::Given), Noted::There);
    }
}
