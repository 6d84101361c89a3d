//! What a hostile network does to an answer: drawn from a seed, so that a run can be repeated.

use std::time::Duration;

use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// What happens to a request or its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trouble {
    /// Turned away, with a request for patience.
    TooMany,
    /// 500, 502 or 503; the request did not get through.
    Broken,
    /// A gateway's page for people, with an error or with status 200.
    Page,
    /// The connection is reset before anybody saw the request.
    ResetBefore,
    /// The request got through, and the connection is reset before the answer.
    ResetAfter,
    /// The answer ends in the middle, and the connection with it.
    Truncated,
    /// The answer ends in the middle, and says that it is whole.
    Cut,
    /// The answer comes in small pieces, over some heartbeats.
    Slow,
    /// No answer comes at all.
    Silent,
    /// An answer of ten gigabytes is announced.
    Huge,
    /// JSON of another shape.
    Shape,
    /// No HTTP.
    Noise,
    /// What was true before, from a cache.
    Stale,
    /// The same from a cache that says how old it is.
    Aged,
}

use Trouble::{
    Aged, Broken, Cut, Huge, Noise, Page, ResetAfter, ResetBefore, Shape, Silent, Slow, Stale,
    TooMany, Truncated,
};

impl Trouble {
    /// All of them.
    pub(crate) const ALL: [Self; 14] = [
        TooMany,
        Broken,
        Page,
        ResetBefore,
        ResetAfter,
        Truncated,
        Cut,
        Slow,
        Silent,
        Huge,
        Shape,
        Noise,
        Stale,
        Aged,
    ];

    /// Whether the orchestrator sees the request.
    pub(crate) const fn arrives(self) -> bool {
        !matches!(
            self,
            Self::TooMany | Self::Broken | Self::ResetBefore | Self::Silent
        )
    }
}

/// Draws what happens.
#[derive(Debug)]
pub(crate) struct Dice {
    random: Pcg64Mcg,
    kinds: &'static [Trouble],
    percent: u32,
}

impl Dice {
    pub(crate) fn new(seed: u64, kinds: &'static [Trouble], percent: u32) -> Self {
        let random = Pcg64Mcg::seed_from_u64(seed);
        Self {
            random,
            kinds,
            percent,
        }
    }

    /// What happens to the next request, if anything.
    pub(crate) fn throw(&mut self) -> Option<Trouble> {
        let hit = self.random.random_range(0..100) < self.percent;
        hit.then(|| self.kinds.choose(&mut self.random).copied())
            .flatten()
    }

    /// One of several.
    pub(crate) fn one_of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        all.choose(&mut self.random).copied()
    }

    /// How long the pieces of a slow answer are apart.
    pub(crate) fn dribble(&mut self) -> Duration {
        Duration::from_millis(self.random.random_range(10..40))
    }

    /// By how much the server's clock is wrong, in seconds: up to two days.
    pub(crate) fn skew(&mut self) -> i64 {
        self.random.random_range(-172_800..172_800)
    }
}
