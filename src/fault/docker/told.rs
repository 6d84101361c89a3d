//! Which events were told already: what a reopened stream repeats, and whether it misses any. Pure.
//!
//! The engine numbers nothing, and events of parallel changes come out of order by microseconds. So an
//! event is known by its time, its container and its word together, never by its time alone.

use std::collections::BTreeSet;
use std::time::Duration;

use super::time::EngineTime;

/// How far out of order events may come. Generous: they differ by microseconds.
const DISORDER: Duration = Duration::from_secs(1);

/// One event: when, which container, what.
pub(super) type Key = (EngineTime, String, String);

/// The latest events, and those that a reopened stream is expected to repeat.
#[derive(Debug, Default)]
pub(super) struct Told {
    latest: BTreeSet<Key>,
    repeats: BTreeSet<Key>,
}

impl Told {
    /// A new stream begins: from when on it has to be asked for; `None` where nothing was told yet.
    pub(super) fn reopen(&mut self) -> Option<EngineTime> {
        self.repeats.clone_from(&self.latest);
        self.latest.last().map(|(time, ..)| time.earlier(DISORDER))
    }

    /// Takes an event; false for a repeated one.
    ///
    /// An engine keeps only its latest events, all filters aside. So a reopened stream that begins with
    /// a repeated one has every later one, too, and one that begins with a new one may miss some.
    pub(super) fn is_new(&mut self, key: Key) -> bool {
        if self.repeats.remove(&key) {
            return false;
        }
        self.latest.insert(key);
        if let Some((time, ..)) = self.latest.last() {
            let oldest = (time.earlier(DISORDER), String::new(), String::new());
            self.latest = self.latest.split_off(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(millis: u64, id: &str, action: &str) -> Key {
        let time = EngineTime((100_000 + millis) * 1_000_000);
        (time, id.to_owned(), action.to_owned())
    }

    #[test]
    fn nothing_is_dropped_for_being_late_and_only_repeats_are_known() {
        let mut told = Told::default();
        assert_eq!(told.reopen(), None);
        assert!(told.is_new(key(20, "a", "die")));
        assert!(told.is_new(key(19, "b", "die")), "late, not repeated");
        assert!(told.is_new(key(20, "b", "die")), "at the same time");
        assert_eq!(told.reopen(), Some(key(20, "", "").0.earlier(DISORDER)));
        assert!(!told.is_new(key(19, "b", "die")));
        assert!(!told.is_new(key(20, "a", "die")));
        assert!(told.is_new(key(21, "a", "destroy")));
        told.reopen();
        assert!(
            !told.is_new(key(20, "b", "die")),
            "repeated by the third stream"
        );
    }

    #[test]
    fn what_is_long_past_is_forgotten() {
        let mut told = Told::default();
        for second in 0..100 {
            assert!(told.is_new(key(second * 1000, "a", "die")));
        }
        assert!(told.latest.len() <= 2, "{told:?}");
    }
}
