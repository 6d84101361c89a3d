//! From time to place. A run may do all that matters in its first second and then wait for minutes, so
//! the axis is not true to scale: between two moments at which something changed it is, but of two such
//! stretches the long one is drawn less than so many times wider. Order is always kept.

use std::collections::BTreeMap;

use super::mark::{Group, Moment, Shape};
use super::stages::Stage;

/// What a stage has at the least, so that it can be seen and hit.
const LEAST: f64 = 19.0;

/// A moment with a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Knot {
    pub(super) moment: Moment,
    pub(super) x: f64,
}

/// The axis.
#[derive(Debug)]
pub(super) struct Scale {
    pub(super) knots: Vec<Knot>,
}

impl Scale {
    /// An axis from `left` to `right` on which every stage and every change has its place.
    pub(super) fn new(
        stages: &[Stage],
        groups: &[Group],
        (first, last): (Moment, Moment),
        (left, right): (f64, f64),
    ) -> Self {
        let bounds = stages.iter().flat_map(|stage| [stage.from, stage.to]);
        let marks = groups.iter().flat_map(|group| &group.lanes);
        let marks = marks.flat_map(|lane| &lane.marks);
        let changes = marks.filter(|mark| matches!(mark.shape, Shape::Bar | Shape::Gap));
        let changes = changes.map(|mark| mark.from);
        let mut moments: Vec<Moment> = [first, last]
            .into_iter()
            .chain(bounds)
            .chain(changes)
            .filter(|moment| *moment >= first && *moment <= last)
            .collect();
        moments.sort_unstable();
        moments.dedup();
        let floor = least(stages, &moments);
        let weights = weights(&moments);
        let (all, fixed): (f64, f64) = (weights.iter().sum(), floor.iter().sum());
        // Where the stages alone are too many, each has less than it should.
        let shrink = (0.8 * (right - left) / fixed).min(1.0);
        let rest = (right - left) - fixed * shrink;
        let mut x = left;
        let mut knots = Vec::with_capacity(moments.len());
        for (index, moment) in moments.iter().enumerate() {
            knots.push(Knot { moment: *moment, x });
            if let (Some(least), Some(weight)) = (floor.get(index), weights.get(index)) {
                x += least * shrink + rest * weight / all;
            }
        }
        Self { knots }
    }

    /// The place of a moment.
    pub(super) fn x(&self, moment: Moment) -> f64 {
        let next = self.knots.partition_point(|knot| knot.moment <= moment);
        let Some(before) = next.checked_sub(1).and_then(|last| self.knots.get(last)) else {
            return self.knots.first().map_or(0.0, |knot| knot.x);
        };
        let Some(after) = self.knots.get(next) else {
            return before.x;
        };
        let (from, to) = (before.moment, after.moment);
        let share = if to.at > from.at {
            number(moment.at.0 - from.at.0) / number(to.at.0 - from.at.0)
        } else {
            // Of one millisecond: by their order.
            number(moment.seq - from.seq) / number(to.seq - from.seq)
        };
        before.x + share.min(1.0) * (after.x - before.x)
    }
}

/// How wide each stretch is at the least: a stage's share, where it is of one.
fn least(stages: &[Stage], moments: &[Moment]) -> Vec<f64> {
    let mut least = vec![0.0_f64; moments.len().saturating_sub(1)];
    let place: BTreeMap<Moment, usize> = moments
        .iter()
        .enumerate()
        .map(|(index, moment)| (*moment, index))
        .collect();
    for stage in stages {
        let (Some(from), Some(to)) = (place.get(&stage.from), place.get(&stage.to)) else {
            continue;
        };
        let parts = number(u64::try_from(to.saturating_sub(*from)).unwrap_or(u64::MAX));
        for part in least.iter_mut().take(*to).skip(*from) {
            *part = part.max(LEAST / parts);
        }
    }
    least
}

/// How much each stretch gets of what is left: less and less for more and more time.
fn weights(moments: &[Moment]) -> Vec<f64> {
    let whole = match moments {
        [first, .., last] => number(last.at.0 - first.at.0),
        _ => 0.0,
    };
    let unit = (whole / 2_000.0).max(1.0);
    let weight = |pair: &[Moment]| 0.02 + (number(pair[1].at.0 - pair[0].at.0) / unit).ln_1p();
    moments.windows(2).map(weight).collect()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "no run is so long that a millisecond of it would be lost on a screen"
)]
pub(super) fn number(of: u64) -> f64 {
    of as f64
}
