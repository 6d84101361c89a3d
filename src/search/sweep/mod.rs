//! One time of a playbook from one value to another: which values are tried, where what comes of them changes, and
//! over which stretches it stays the same.
//!
//! Knows neither playbooks nor deployments: somebody judges values, several at a time, and says which of what came
//! of them are the same. Apart so that it can be tried on what is known beforehand. Times are whole milliseconds.

mod spread;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub use spread::spread;

/// What is to be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sweep {
    /// The first value.
    pub from: u64,
    /// The last value, above the first.
    pub to: u64,
    /// How many values, evenly spaced, both ends among them; two at the least.
    pub points: usize,
    /// How far the two sides of a change may be apart.
    pub within: u64,
    /// The most values that are tried in all; the evenly spaced ones always are.
    pub most: usize,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swept<T> {
    /// Every value that was tried and what came of it, by value.
    pub points: Vec<(u64, T)>,
    /// Why not every change is as narrow as was asked for, where one is not.
    pub end: Option<End>,
}

/// What ends a sweep early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// As many values were tried as may be.
    Most,
    /// Whoever judges gave up.
    GivenUp,
}

impl Sweep {
    /// The evenly spaced values, in order; no value twice, where there are more points than milliseconds.
    pub fn grid(&self) -> Vec<u64> {
        let (span, gaps) = (self.to.abs_diff(self.from), self.points.max(2) - 1);
        let value = |index: usize| {
            let (index, gaps) = (index as u128, gaps as u128);
            let steps = (u128::from(span) * index * 2 + gaps) / (gaps * 2);
            self.from
                .saturating_add(u64::try_from(steps).unwrap_or(u64::MAX))
        };
        let mut grid: Vec<u64> = (0..=gaps).map(value).collect();
        grid.dedup();
        grid
    }

    /// Tries the evenly spaced values, and then the middle of every two neighbours that differ, until those are
    /// close enough. `judge` gets all values that are next at once, so that the order in which it goes through
    /// them changes nothing; fewer answers than values mean that it gave up.
    pub fn run<T, E>(
        &self,
        same: impl Fn(&T, &T) -> bool,
        mut judge: impl FnMut(&[u64]) -> Result<Vec<T>, E>,
    ) -> Result<Swept<T>, E> {
        let mut points: Vec<(u64, T)> = Vec::new();
        let mut next = self.grid();
        loop {
            let judged = judge(&next)?;
            let gave_up = judged.len() < next.len();
            points.extend(next.into_iter().zip(judged));
            points.sort_by_key(|(value, _)| *value);
            next = self.middles(&points, &same);
            let room = self.most.saturating_sub(points.len());
            let end = match (gave_up, next.is_empty(), room) {
                (true, _, _) => Some(End::GivenUp),
                (_, true, _) => None,
                (_, _, 0) => Some(End::Most),
                _ => {
                    next.truncate(room);
                    continue;
                }
            };
            return Ok(Swept { points, end });
        }
    }

    /// The middles of the changes that are still too wide; the widest first, since not all may be tried.
    fn middles<T>(&self, points: &[(u64, T)], same: &impl Fn(&T, &T) -> bool) -> Vec<u64> {
        let mut wide: Vec<(u64, u64)> = points
            .windows(2)
            .filter_map(|pair| match pair {
                [(below, one), (above, other)] if !same(one, other) => Some((*below, *above)),
                _ => None,
            })
            .filter(|(below, above)| above - below > self.within.max(1))
            .collect();
        wide.sort_by_key(|(below, above)| (u64::MAX - (above - below), *below));
        wide.iter()
            .map(|(below, above)| below.midpoint(*above))
            .collect()
    }
}

/// The stretches of neighbours that are the same, as indices.
pub fn windows<T>(points: &[(u64, T)], same: impl Fn(&T, &T) -> bool) -> Vec<Range<usize>> {
    let mut start = 0;
    let stretches = points.chunk_by(|(_, one), (_, other)| same(one, other));
    stretches
        .map(|stretch| {
            let range = start..start + stretch.len();
            start = range.end;
            range
        })
        .collect()
}
