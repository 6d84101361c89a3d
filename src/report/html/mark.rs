//! What can stand on the timeline: marks, gathered in lanes.

use crate::clock::Elapsed;
use crate::journal::Entry;

/// The most marks that one lane draws: beyond that nobody can tell them apart, and the page becomes slow.
pub(super) const MOST_MARKS: usize = 2_000;

/// A place in the record. Entries of one millisecond keep their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    /// When.
    pub(super) at: Elapsed,
    /// After which entry.
    pub(super) seq: u64,
}

impl From<&Entry> for Moment {
    fn from(entry: &Entry) -> Self {
        Self {
            at: entry.elapsed,
            seq: entry.seq,
        }
    }
}

/// How a mark is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A state, or what lasted.
    Bar,
    /// What goes with the bar above it.
    Strip,
    /// The time until a deadline.
    Band,
    /// Nobody knows.
    Gap,
    /// Something at one moment.
    Tick,
}

/// What a mark means, and with it its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// As it should be.
    Good,
    /// Waiting for somebody.
    Wait,
    /// On its way.
    Busy,
    /// Broken, or a failure.
    Bad,
    /// Not there, or over.
    Off,
    /// Held: frozen, cut off.
    Held,
    /// No judgement.
    Plain,
}

impl Tone {
    /// Its class in the style sheet.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Tone::Good => "good",
            Tone::Wait => "wait",
            Tone::Busy => "busy",
            Tone::Bad => "bad",
            Tone::Off => "off",
            Tone::Held => "held",
            Tone::Plain => "plain",
        }
    }
}

/// Something on the timeline.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub(super) shape: Shape,
    pub(super) tone: Tone,
    pub(super) from: Moment,
    /// The same as `from` for what has no length.
    pub(super) to: Moment,
    /// In a word or two.
    pub(super) label: String,
    /// What else is known of it, a line each.
    pub(super) says: Vec<String>,
}

impl Mark {
    /// Something at the moment of this entry.
    pub(super) fn tick(entry: &Entry, tone: Tone, label: String, says: Vec<String>) -> Self {
        Self {
            shape: Shape::Tick,
            tone,
            from: entry.into(),
            to: entry.into(),
            label,
            says,
        }
    }
}

/// A row of the timeline.
#[derive(Debug, Clone)]
pub(super) struct Lane {
    pub(super) name: String,
    pub(super) marks: Vec<Mark>,
    /// How many marks were left out.
    pub(super) more: usize,
}

impl Lane {
    /// A lane of these marks, the first of them where they are too many.
    pub(super) fn of(name: String, mut marks: Vec<Mark>) -> Self {
        let more = marks.len().saturating_sub(MOST_MARKS);
        marks.truncate(MOST_MARKS);
        Self { name, marks, more }
    }
}

/// Lanes of one kind.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) name: &'static str,
    pub(super) lanes: Vec<Lane>,
    /// How many lanes were left out.
    pub(super) more: usize,
}
