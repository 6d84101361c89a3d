//! What came of one playbook over one of its times: the verdict over that time, where it changes, and how long
//! the work took to come back.
//!
//! `point` is one run of it, `spread` how long several took. `table` is for people on a terminal, `data` for programs; the page for a browser is in `html`.

mod data;
mod exact;
mod point;
mod spread;
mod table;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::formats::Format;
use super::html;
use super::style::Style;
use crate::plan::About;
use crate::target::Subject;
use crate::verdict::Outcome;

pub use data::SCHEMA;
pub use exact::exact;
pub use point::{Point, Took};
pub use spread::{Spread, spreads};

/// A sweep that is over, ready to be told. Times are milliseconds.
#[derive(Debug, Clone)]
pub struct Swept {
    /// The playbook.
    pub about: About,
    /// What was under test.
    pub subject: Subject,
    /// The seed of every run.
    pub seed: u64,
    /// The name of the time.
    pub var: String,
    /// Its first value.
    pub from: u64,
    /// Its last value.
    pub to: u64,
    /// How many evenly spaced values were asked for.
    pub asked: usize,
    /// How far the two sides of a change may be apart.
    pub within: u64,
    /// What was tried, by value; never empty.
    pub points: Vec<Point>,
    /// The stretches of points with one outcome.
    pub windows: Vec<Range<usize>>,
    /// Why not every change is as narrow as it should be, or not every value was tried.
    pub cut_off: Option<String>,
    /// The command that repeats one point.
    pub again: String,
}

/// Where the outcome changes: somewhere between two values.
#[derive(Debug, Clone, Copy)]
pub struct Edge<'a> {
    /// The last value with the outcome before.
    pub below: &'a Point,
    /// The first value with the outcome after.
    pub above: &'a Point,
}

impl Swept {
    /// The points of each window.
    pub fn windows(&self) -> impl Iterator<Item = &[Point]> {
        let windows = self.windows.iter();
        windows.filter_map(|window| self.points.get(window.clone()).filter(|it| !it.is_empty()))
    }

    /// The changes, in order.
    pub fn edges(&self) -> impl Iterator<Item = Edge<'_>> {
        let starts = self.windows.iter().skip(1).map(|window| window.start);
        starts.filter_map(|start| {
            let below = self.points.get(start.checked_sub(1)?)?;
            let above = self.points.get(start)?;
            Some(Edge { below, above })
        })
    }

    /// The worst outcome of all.
    pub fn worst(&self) -> Outcome {
        let outcomes = self.points.iter().map(|point| point.ending.outcome);
        outcomes.max().unwrap_or(Outcome::Unknown)
    }

    /// How many ended like this.
    pub fn count(&self, outcome: Outcome) -> usize {
        let those = self.points.iter();
        those
            .filter(|point| point.ending.outcome == outcome)
            .count()
    }

    /// What is to be said first.
    pub fn sentence(&self) -> String {
        let Self { var, .. } = self;
        let range = format!("{} to {}", exact(self.from), exact(self.to));
        if let ([_], Some(point)) = (&self.windows[..], self.points.first()) {
            return format!(
                "nothing changes: {} for every {var} from {range}",
                point.label()
            );
        }
        let of = |outcome: Outcome| {
            let windows = self.windows();
            let windows =
                windows.filter(|it| it.first().is_some_and(|it| it.ending.outcome == outcome));
            let ranges: Vec<String> = windows.map(stretch).collect();
            (!ranges.is_empty()).then(|| ranges.join(", "))
        };
        let fails = of(Outcome::Fail).map(|at| format!("fails for {var} = {at}"));
        let unknown = of(Outcome::Unknown).map(|at| format!("unknown for {var} = {at}"));
        let passes = of(Outcome::Pass).map(|at| format!("passes for {var} = {at}"));
        let all = [fails, unknown, passes].into_iter().flatten();
        all.collect::<Vec<_>>().join("; ")
    }

    /// How it was done, in a sentence.
    pub fn method(&self) -> String {
        format!(
            "{} from {} to {}: {} points, edges within {}",
            self.var,
            exact(self.from),
            exact(self.to),
            self.asked,
            exact(self.within)
        )
    }

    /// How many runs there were, and how they ended.
    pub fn counts(&self) -> String {
        format!(
            "{}: {} passed, {} failed, {} unknown; each with seed {}",
            self.points.len(),
            self.count(Outcome::Pass),
            self.count(Outcome::Fail),
            self.count(Outcome::Unknown),
            self.seed
        )
    }
}

/// From the first to the last value of a window.
fn stretch(window: &[Point]) -> String {
    match window {
        [only] => exact(only.at),
        [first, .., last] => format!("{} to {}", exact(first.at), exact(last.at)),
        [] => String::new(),
    }
}

/// The report in one of the formats that a sweep has; it ends with a line break.
pub fn render(format: Format, swept: &Swept, style: Style) -> String {
    let text = match format {
        Format::Json => data::render(swept),
        Format::Html => html::swept(swept),
        _ => table::render(swept, style),
    };
    format!("{}\n", text.trim_end())
}
