//! The pace of the observer: soon again after a change, less and less often while nothing changes.

use std::time::Duration;

use tokio::time::Instant;

use crate::settings::Timing;

/// The pace of polling.
pub(super) struct Pace {
    /// In which an orchestrator that is there answers.
    pub(super) moment: Duration,
    shortest: Duration,
    longest: Duration,
    wait: Duration,
    /// When to ask again.
    pub(super) next: Instant,
}

impl Pace {
    /// Between a tenth and a third of a heartbeat: nothing in the deployment is faster. Where hints
    /// come, polling is only the net under them: a heartbeat, and several where nothing happens at all.
    pub(super) fn of(timing: &Timing, hinted: bool) -> Self {
        let beat = timing.heartbeat;
        let clamp = |time: Duration, least, most| {
            time.clamp(Duration::from_millis(least), Duration::from_millis(most))
        };
        let moment = clamp(beat / 10, 20, 250);
        let (shortest, longest) = if hinted {
            (beat, beat * 8)
        } else {
            (moment, clamp(beat / 3, 50, 2000))
        };
        Self {
            moment,
            shortest,
            longest,
            wait: shortest,
            next: Instant::now(),
        }
    }

    /// The time until the next sweep, which begins now.
    pub(super) fn after(&mut self, changed: bool) -> Duration {
        self.wait = if changed {
            self.shortest
        } else {
            (self.wait * 3 / 2).min(self.longest)
        };
        self.next = Instant::now() + self.wait;
        self.wait
    }
}
