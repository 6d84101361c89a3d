//! The places on the picture of a sweep: to the right the time that was swept, upwards how long the work took.

use super::super::super::swept::{Edge, Swept};
use super::super::scale::number;

/// The width of the picture.
pub(super) const WIDTH: f64 = 1_160.0;
/// Where values begin and end.
pub(super) const LEFT: f64 = 76.0;
pub(super) const RIGHT: f64 = WIDTH - 24.0;
/// How high the strip is.
pub(super) const STRIP: f64 = 24.0;
/// How high the plot of recovery times is.
pub(super) const PLOT: f64 = 220.0;
/// The places on the picture.
pub(super) struct Scale<'a> {
    pub(super) swept: &'a Swept,
    /// The top of the strip.
    pub(super) strip: f64,
    /// The longest time that the plot shows.
    pub(super) longest: u64,
}

impl Scale<'_> {
    pub(super) fn x(&self, value: u64) -> f64 {
        let (from, to) = (self.swept.from, self.swept.to);
        let share = number(value.saturating_sub(from)) / number(to.saturating_sub(from).max(1));
        LEFT + share.min(1.0) * (RIGHT - LEFT)
    }

    /// Between the two sides of an edge.
    pub(super) fn edge(&self, edge: &Edge<'_>) -> f64 {
        f64::midpoint(self.x(edge.below.at), self.x(edge.above.at))
    }

    /// The line of what never came back.
    pub(super) fn never(&self) -> f64 {
        self.strip + STRIP + 46.0
    }

    pub(super) fn bottom(&self) -> f64 {
        self.never() + 22.0 + PLOT
    }

    pub(super) fn y(&self, took: u64) -> f64 {
        self.bottom() - number(took) / number(self.longest.max(1)) * PLOT
    }
}
