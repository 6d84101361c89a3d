//! How many requests a server gets in a second, and whether it wants any at all.
//!
//! The subject of a test must not be brought down by being watched: a bound keeps the pace, and a server
//! that asks to be left alone (429 with `Retry-After`) is.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// What a second is here.
const SECOND: Duration = Duration::from_secs(1);
/// The longest that a request waits until the server wants it; before a longer time it is not sent.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// The longest that a server is taken at its word.
const LONGEST_REST: Duration = Duration::from_secs(600);

/// What a server was asked, by number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traffic {
    /// Requests that were sent, repetitions included.
    pub requests: u64,
    /// Requests that were sent again because something went wrong.
    #[serde(default)]
    pub repeated: u64,
    /// The most that were sent within one second.
    pub peak: usize,
    /// The most that may be sent within one second; `None`: any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<usize>,
}

impl Traffic {
    /// What came after `earlier` was taken down; the peak is that of all the time.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Self {
        Self {
            requests: self.requests.saturating_sub(earlier.requests),
            repeated: self.repeated.saturating_sub(earlier.repeated),
            ..self
        }
    }
}

/// Gives every request its turn.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    traffic: Cell<Traffic>,
    /// When the requests of the last second were sent.
    last: RefCell<VecDeque<Instant>>,
    /// Before this the server wants to hear nothing.
    not_before: Cell<Option<Instant>>,
}

impl Throttle {
    /// At most so many in any one second; at least one.
    pub(super) fn at_most(per_second: usize) -> Self {
        let throttle = Self::default();
        throttle.note(|traffic| traffic.bound = Some(per_second.max(1)));
        throttle
    }

    /// Waits until a request may be sent, and counts it. An error is how much longer the server wants to
    /// be left alone; then it must not be sent.
    pub(super) async fn turn(&self) -> Result<(), Duration> {
        loop {
            let now = Instant::now();
            let rest = self.not_before.get().map(|at| at.duration_since(now));
            let until = match rest.filter(|rest| !rest.is_zero()) {
                Some(rest) if rest > LONGEST_WAIT => return Err(rest),
                Some(rest) => Some(now + rest),
                None => self.enter(now),
            };
            match until {
                Some(until) => tokio::time::sleep_until(until).await,
                None => return Ok(()),
            }
        }
    }

    /// Takes a place in this second; where there is none, says when there will be.
    fn enter(&self, now: Instant) -> Option<Instant> {
        let mut last = self.last.borrow_mut();
        while last.front().is_some_and(|sent| *sent + SECOND <= now) {
            last.pop_front();
        }
        let bound = self.traffic.get().bound.unwrap_or(usize::MAX);
        if last.len() >= bound {
            return last.front().map(|sent| *sent + SECOND);
        }
        last.push_back(now);
        self.note(|traffic| {
            traffic.requests += 1;
            traffic.peak = traffic.peak.max(last.len());
        });
        None
    }

    /// The server asks to be left alone for so long.
    pub(super) fn rest(&self, asked_for: Duration) {
        let until = Instant::now() + asked_for.min(LONGEST_REST);
        self.not_before.set(self.not_before.get().max(Some(until)));
    }

    /// A request is sent again.
    pub(super) fn repeated(&self) {
        self.note(|traffic| traffic.repeated += 1);
    }

    pub(super) const fn traffic(&self) -> Traffic {
        self.traffic.get()
    }

    fn note(&self, change: impl FnOnce(&mut Traffic)) {
        let mut traffic = self.traffic.get();
        change(&mut traffic);
        self.traffic.set(traffic);
    }
}

#[cfg(test)]
mod tests;
