//! How often a request is tried, and how long is waited in between.
//!
//! The pauses double and are jittered, so that several harnesses which a server turned away do not come
//! back together. The jitter comes from a generator with a fixed beginning: a simulated run that is
//! repeated waits the same.

use std::cell::Cell;
use std::time::Duration;

use rand::{RngExt as _, SeedableRng};
use rand_pcg::Pcg32;

/// How often something is tried in all.
const TRIES: u32 = 4;
/// The longest and the shortest first pause.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);
/// A server may ask for more patience than this; the observer must not starve meanwhile.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// The longest that one try may take, and the shortest that is sensible.
const LONGEST_TRY: Duration = Duration::from_secs(15);
const SHORTEST_TRY: Duration = Duration::from_millis(500);

/// The patience of a client with its server.
#[derive(Debug)]
pub(super) struct Patience {
    /// The longest that one try may take, its answer included.
    pub(super) one_try: Duration,
    first_pause: Duration,
    jitter: Cell<u64>,
}

impl Patience {
    /// With a server of unknown pace.
    pub(super) const fn new() -> Self {
        Self {
            one_try: LONGEST_TRY,
            first_pause: FIRST_PAUSE,
            jitter: Cell::new(0),
        }
    }

    /// With the server of a deployment that has this heartbeat: one that does not answer within five of
    /// them is asked anew, between half a second and 15 seconds. A deployment that is fast is asked again
    /// fast.
    pub(super) fn of_heartbeat(heartbeat: Duration) -> Self {
        Self {
            one_try: (heartbeat * 5).clamp(SHORTEST_TRY, LONGEST_TRY),
            first_pause: (heartbeat / 10).clamp(SHORTEST_PAUSE, FIRST_PAUSE),
            ..Self::new()
        }
    }

    /// The pauses of one request.
    pub(super) fn pauses(&self) -> Pauses {
        let number = self.jitter.get();
        self.jitter.set(number.wrapping_add(1));
        Pauses {
            left: TRIES - 1,
            pause: self.first_pause,
            jitter: Pcg32::seed_from_u64(number),
        }
    }
}

/// The pauses between the tries of one request.
pub(super) struct Pauses {
    left: u32,
    pause: Duration,
    jitter: Pcg32,
}

impl Pauses {
    /// How long to wait before the next try; `None` after the last one. What the server asks for counts,
    /// within reason.
    pub(super) fn next(&mut self, asked_for: Option<Duration>) -> Option<Duration> {
        self.left = self.left.checked_sub(1)?;
        let half = self.pause / 2;
        let pause = half + half.mul_f64(self.jitter.random::<f64>());
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        Some(asked_for.map_or(pause, |asked| asked.clamp(pause, LONGEST_PAUSE)))
    }
}

#[cfg(test)]
mod tests;
