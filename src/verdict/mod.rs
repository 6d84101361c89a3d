//! The verdict: from the plan's expectations and the journal's entries to pass, fail or unknown, each
//! with the entries that decided it. Pure.
//!
//! [`record`] arranges what was seen, [`look`] is the predicate, [`watch`] puts it under a deadline
//! (the engine asks the same machine when to end a step), [`mod@judge`] computes the verdict anew from the
//! journal alone, [`invariants`] judges what must always hold, [`evidence`] finds what else the
//! journal says about a failure, [`mod@recovery`] how long the work took to come back, [`mod@recovered`] each execution of it.

mod custody;
pub mod evidence;
pub mod invariants;
pub mod judge;
pub mod look;
pub mod record;
pub mod recovered;
pub mod recovery;
pub mod rejoin;
#[cfg(test)]
mod tests;
mod timeliness;
pub mod watch;

use std::fmt;

use crate::clock::Elapsed;
use crate::exit::Exit;
use crate::journal::ReadingId;
use crate::playbook::Invariant;

pub use judge::judge;
pub use recovered::{Recovered, recovered};
pub use recovery::{Recovery, recovery};

/// What can be said of a playbook or of one part of it; the worst part wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The target cannot show it, and nobody requires that it does; only ever of a part.
    Unobservable,
    /// Shown to hold.
    Pass,
    /// Neither shown nor refuted.
    Unknown,
    /// Shown not to hold.
    Fail,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Outcome::Unobservable => "NOT OBSERVABLE",
            Outcome::Pass => "PASS",
            Outcome::Unknown => "UNKNOWN",
            Outcome::Fail => "FAIL",
        })
    }
}

/// The verdict on one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The worst of the parts.
    pub outcome: Outcome,
    /// Every part, in the order of the playbook, then the invariants, then the environment.
    pub parts: Vec<Part>,
    /// The index of the part that decides: the earliest of the worst that the run came to.
    pub cause: Option<usize>,
    /// What could not be put back.
    pub left_over: Vec<String>,
    /// The signal that ended the run.
    pub interrupted: Option<String>,
    /// How the harness itself failed.
    pub broken: Option<String>,
}

impl Verdict {
    /// The part that decides.
    pub fn deciding(&self) -> Option<&Part> {
        self.parts.get(self.cause?)
    }

    /// The exit code of this run alone.
    pub fn exit(&self) -> Exit {
        if self.broken.is_some() {
            return Exit::Internal;
        }
        match (self.interrupted.as_deref(), self.outcome) {
            (Some("SIGTERM" | "SIGHUP"), _) => Exit::Terminated,
            (Some(_), _) => Exit::Interrupted,
            (None, Outcome::Fail) => Exit::Failed,
            (None, Outcome::Unknown | Outcome::Unobservable) => Exit::Unknown,
            (None, Outcome::Pass) if !self.left_over.is_empty() => Exit::NotRestored,
            (None, Outcome::Pass) => Exit::Passed,
        }
    }
}

/// One part of the verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What is judged.
    pub what: What,
    /// The finding.
    pub outcome: Outcome,
    /// Whether the run came that far; a step that was not reached is a consequence of what ended it.
    pub reached: bool,
    /// What was seen instead, or why nothing can be said; empty for a pass.
    pub note: String,
    /// The readings that decided it.
    pub readings: Vec<ReadingId>,
    /// Since when, at the latest, what was seen had been so.
    pub since: Option<Elapsed>,
    /// When it was decided.
    pub decided: Elapsed,
    /// What else the journal says about it, a sentence each.
    pub evidence: Vec<String>,
}

/// What a part judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A step, by its index in the plan.
    Step(usize),
    /// An invariant.
    Invariant(Invariant),
    /// The run as a whole: its target, its containers, the harness.
    Run,
}
