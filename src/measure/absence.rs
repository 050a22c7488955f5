//! A region that gives no browser for a while: a Grid that restarts or has not come up yet, nodes
//! that are gone, a queue that is full. Its visits wait for it, and no other region waits with them.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::consent::Answers;
use crate::model::PlannedVisit;

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
    /// Visits that somebody has taken and not ended.
    pub(super) in_hand: AtomicU32,
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
            in_hand: AtomicU32::new(0),
            absence: Absence::default(),
            answers: Answers::default(),
        }
    }

    /// Whether it has visits to make and gives browsers for them.
    pub(super) fn at_work(&self) -> bool {
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let more = !left.is_empty() || self.in_hand.load(Ordering::Relaxed) > 0;
        more && !self.absence.lasts()
    }
}

/// Since when a region is away, shared by its workers.
#[derive(Debug, Default)]
pub(super) struct Absence {
    since: Mutex<Option<(Instant, u32)>>,
}

impl Absence {
    /// Whether the region is away.
    fn lasts(&self) -> bool {
        let since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some()
    }

    /// Takes note of a visit's luck. `patience`: how long the region is waited for before what is
    /// left of its visits is missed.
    pub(super) fn note(&self, browser: Browser, patience: Duration) -> Noted {
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
        if begun.elapsed() >= patience {
            return Noted::TooLong;
        }
        let left = patience.saturating_sub(begun.elapsed());
        let wait = Duration::from_secs(1 << (*tries).min(4)).min(LONGEST);
        let wait = wait.min(left);
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
        let note = |browser| absence.note(browser, Duration::from_secs(300));
        assert_eq!(note(Browser::Given), Noted::There);
        let waits: Vec<(FirstTime, u64)> = (0..6)
            .map(|_| match note(Browser::None) {
                Noted::Away { first, wait } => (first, wait.as_secs()),
                other => panic!("{other:?}"),
            })
            .collect();
        let seconds: Vec<u64> = waits.iter().map(|w| w.1).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 15, 15]);
        let news = waits.iter().filter(|w| w.0 == FirstTime::Yes).count();
        assert_eq!((waits[0].0, news), (FirstTime::Yes, 1));
        assert_eq!(note(Browser::Given), Noted::Back);
        assert_eq!(note(Browser::Given), Noted::There);
    }

    #[test]
    fn an_absence_is_too_long_when_nobody_would_wait_for_it_and_no_wait_is_longer_than_patience() {
        let absence = Absence::default();
        let none = |patience| absence.note(Browser::None, Duration::from_millis(patience));
        assert_eq!(none(0), Noted::TooLong);
        match none(400) {
            Noted::Away { wait, .. } => assert!(wait <= Duration::from_millis(400), "{wait:?}"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_region_that_is_away_is_not_at_work() {
        let region = OfRegion::new(Vec::new());
        assert!(!region.at_work());
        region.in_hand.fetch_add(1, Ordering::Relaxed);
        assert!(region.at_work());
        region.absence.note(Browser::None, Duration::from_secs(1));
        assert!(!region.at_work());
    }
}
