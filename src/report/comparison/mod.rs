//! The same playbooks against several subjects: what a table of them holds, and what changed from the
//! first subject to the last.
//!
//! [`variants`] shows many subjects by one word per cell, [`subjects`] a few with all that decided,
//! [`formats`] the same for documents and as a file of expectations.

pub mod formats;
pub mod subjects;
#[cfg(test)]
mod tests;
pub mod variants;

use std::collections::BTreeSet;
use std::fmt;

use super::ending::{self, Ending};
use crate::plan::Plan;
use crate::verdict::{Outcome, Verdict};

/// All runs of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The subjects by name, in the order of the columns.
    pub subjects: Vec<String>,
    /// The playbooks, in order.
    pub rows: Vec<Row>,
}

/// One playbook against every subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The playbook's short name.
    pub playbook: String,
    /// One cell for each subject, in their order.
    pub cells: Vec<Cell>,
}

/// One playbook against one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// How the run ended.
    pub ending: Ending,
    /// Whether there was a run.
    pub ran: bool,
    /// What decided, in words; empty for a pass.
    pub note: String,
    /// The steps and invariants that were shown to hold.
    pub held: BTreeSet<String>,
    /// The steps and invariants that were shown not to hold.
    pub failed: BTreeSet<String>,
}

impl Cell {
    /// A run that was judged.
    pub fn of(plan: &Plan, verdict: &Verdict) -> Self {
        let those = |outcome| {
            let parts = verdict.parts.iter();
            let parts = parts.filter(|part| part.outcome == outcome && part.reached);
            parts.map(|part| ending::name(plan, part)).collect()
        };
        let note = verdict.broken.clone();
        let note = note.or_else(|| verdict.deciding().map(|part| part.note.clone()));
        Self {
            ending: Ending::of(plan, verdict),
            ran: true,
            note: note.unwrap_or_default(),
            held: those(Outcome::Pass),
            failed: those(Outcome::Fail),
        }
    }

    /// A playbook that was not run.
    pub fn not_run(why: impl fmt::Display) -> Self {
        Self {
            ending: Ending::not_run(),
            ran: false,
            note: why.to_string(),
            held: BTreeSet::new(),
            failed: BTreeSet::new(),
        }
    }
}

/// What changed from the first subject to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It ends as before.
    Same,
    /// It passes now.
    Fixed,
    /// It failed before and fails now, of what failed before or was not reached.
    Elsewhere,
    /// One of the two runs could not be decided, and nothing is known to be lost.
    Undecided,
    /// It passed before and fails now, or something that held before fails now.
    Regression,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Change::Same => "same",
            Change::Fixed => "fixed",
            Change::Elsewhere => "fails elsewhere",
            Change::Undecided => "undecided",
            Change::Regression => "REGRESSION",
        })
    }
}

/// What changed between two runs of the same playbook.
pub fn change(before: &Cell, after: &Cell) -> Change {
    if !before.ran || !after.ran {
        return Change::Undecided; // nothing was shown about the subject
    }
    if lost(before, after).next().is_some() {
        return Change::Regression;
    }
    match (before.ending.outcome, after.ending.outcome) {
        (Outcome::Pass, Outcome::Fail) => Change::Regression,
        (Outcome::Unknown, _) | (_, Outcome::Unknown) => Change::Undecided,
        _ if before.ending == after.ending => Change::Same,
        (_, Outcome::Fail) => Change::Elsewhere,
        _ => Change::Fixed,
    }
}

/// The steps and invariants that held before and fail now.
pub fn lost<'a>(before: &'a Cell, after: &'a Cell) -> impl Iterator<Item = &'a str> {
    after.failed.intersection(&before.held).map(String::as_str)
}

impl Row {
    /// What changed from the first subject to the last; [`Change::Same`] where there is only one.
    pub fn change(&self) -> Change {
        match (self.cells.first(), self.cells.last()) {
            (Some(first), Some(last)) => change(first, last),
            _ => Change::Same,
        }
    }
}
