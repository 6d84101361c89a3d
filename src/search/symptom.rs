//! How a run failed, short enough that two runs with one cause say the same.

use std::collections::BTreeSet;
use std::fmt;

use crate::plan::{Action, Claim, Plan};
use crate::playbook::Invariant;
use crate::verdict::{Outcome, Part, Verdict, What};

/// What was seen instead of what had to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Symptom {
    /// An execution is pending on a node that could run it.
    Pending,
    /// There is no execution where there must be one.
    NotPlaced,
    /// There is one, in another state than `pending`.
    NotRunning,
    /// A node that is away is not called so.
    NotNoticed,
    /// A node that is back is not connected.
    NotConnected,
    /// An invariant is broken.
    Broken(Invariant),
}

impl Symptom {
    /// Every symptom that a run shows.
    pub fn all(plan: &Plan, verdict: &Verdict) -> BTreeSet<Self> {
        let failed = verdict.parts.iter();
        let failed = failed.filter(|part| part.outcome == Outcome::Fail);
        failed.filter_map(|part| Self::of(plan, part)).collect()
    }

    /// What a failed part shows; `None` of the run as a whole.
    pub fn of(plan: &Plan, part: &Part) -> Option<Self> {
        let step = match part.what {
            What::Run => return None,
            What::Invariant(Invariant::NothingStuck) => return Some(Self::Pending),
            What::Invariant(invariant) => return Some(Self::Broken(invariant)),
            What::Step(step) => plan.steps.get(step)?,
        };
        let Action::Claim { claim, .. } = &step.action else {
            return None;
        };
        Some(match claim {
            Claim::Nodes { are, .. } if *are == crate::playbook::NodeIs::Connected => {
                Self::NotConnected
            }
            Claim::Nodes { .. } => Self::NotNoticed,
            _ if part.note.contains("no execution on") => Self::NotPlaced,
            _ if part.note.contains("pending on") => Self::Pending,
            _ => Self::NotRunning,
        })
    }

    /// What was seen, in a sentence.
    pub const fn about(self) -> &'static str {
        match self {
            Symptom::Pending => "an execution waits for ever on a node that is connected",
            Symptom::NotPlaced => "a job gets no execution on a node that is connected",
            Symptom::NotRunning => "an execution is in another state than it must be",
            Symptom::NotNoticed => "a node that is away is not called so",
            Symptom::NotConnected => "a node that is back is not connected",
            Symptom::Broken(invariant) => match invariant {
                Invariant::OneExecutionPerNode => "a job has two executions on one node",
                Invariant::LegalTransitions => {
                    "an execution goes from a state to one that cannot follow"
                }
                Invariant::StoppedRunsNowhere => "an edge runs what is not wanted there",
                Invariant::EdgeAgrees => "orchestrator and edge say different things in the end",
                Invariant::NothingStuck => "an execution is stuck",
            },
        }
    }

    /// What must hold instead, as the title of a playbook.
    pub const fn must(self) -> &'static str {
        match self {
            Symptom::Pending => "Work starts on every node that is connected",
            Symptom::NotPlaced => "Every node that is connected gets its work",
            Symptom::NotRunning => "Work runs where it must",
            Symptom::NotNoticed => "A node that is away is known to be",
            Symptom::NotConnected => "A node that is back is connected",
            Symptom::Broken(invariant) => match invariant {
                Invariant::OneExecutionPerNode => "A job has one execution on a node",
                Invariant::LegalTransitions => {
                    "Executions go through states that can follow each other"
                }
                Invariant::StoppedRunsNowhere => "What is stopped runs nowhere",
                Invariant::EdgeAgrees => "Orchestrator and edge agree in the end",
                Invariant::NothingStuck => "Nothing is stuck",
            },
        }
    }

    /// A word for files and tables, the same for ever.
    pub const fn id(self) -> &'static str {
        match self {
            Symptom::Pending => "pending",
            Symptom::NotPlaced => "not-placed",
            Symptom::NotRunning => "not-running",
            Symptom::NotNoticed => "not-noticed",
            Symptom::NotConnected => "not-connected",
            Symptom::Broken(invariant) => match invariant {
                Invariant::OneExecutionPerNode => "one-execution-per-node",
                Invariant::LegalTransitions => "legal-transitions",
                Invariant::StoppedRunsNowhere => "stopped-runs-nowhere",
                Invariant::EdgeAgrees => "edge-agrees",
                Invariant::NothingStuck => "nothing-stuck",
            },
        }
    }
}

impl fmt::Display for Symptom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}
