//! How a run failed, short enough that two runs with one cause say the same.

use std::collections::BTreeSet;
use std::fmt;

use crate::plan::{Action, Claim, Plan, Who};
use crate::playbook::{Invariant, NodeIs};
use crate::verdict::{Outcome, Part, Verdict, What};

/// What was seen instead of what had to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Symptom {
    /// An execution is pending on a node that could run it.
    Pending,
    /// An execution is pending on a node to which nothing was done, while another one is away.
    HeldUp,
    /// There is no execution where there must be one, or none anew after one that failed.
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
            What::Step(step) => step,
        };
        let Action::Claim { claim, .. } = &plan.steps.get(step)?.action else {
            return None;
        };
        Some(match claim {
            Claim::Nodes { are, .. } if *are == NodeIs::Connected => Self::NotConnected,
            Claim::Nodes { .. } => Self::NotNoticed,
            _ if none(&part.note) => Self::NotPlaced,
            Claim::Executions { on, .. } if part.note.contains("pending on") => {
                if untouched(plan, step, on) {
                    Self::HeldUp
                } else {
                    Self::Pending
                }
            }
            _ => Self::NotRunning,
        })
    }

    /// What was seen, in a sentence.
    pub const fn about(self) -> &'static str {
        self.words().1
    }

    /// What must hold instead, as the title of a playbook.
    pub const fn must(self) -> &'static str {
        self.words().2
    }

    /// A word for files and tables, the same for ever.
    pub const fn id(self) -> &'static str {
        self.words().0
    }

    #[rustfmt::skip]
    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Pending => ("pending",
                "an execution waits for ever on a node that is connected",
                "Work starts on every node that is connected"),
            Self::HeldUp => ("held-up",
                "an execution waits on a node to which nothing was done, as long as another is away",
                "Work on one node does not wait for another"),
            Self::NotPlaced => ("not-placed",
                "a job gets no execution on a node that is connected, or none anew after a failed one",
                "Every node that is connected gets its work"),
            Self::NotRunning => ("not-running",
                "an execution is in another state than it must be",
                "Work runs where it must"),
            Self::NotNoticed => ("not-noticed",
                "a node that is away is not called so",
                "A node that is away is known to be"),
            Self::NotConnected => ("not-connected",
                "a node that is back is not connected",
                "A node that is back is connected"),
            Self::Broken(Invariant::OneExecutionPerNode) => ("one-execution-per-node",
                "a job has two executions on one node",
                "A job has one execution on a node"),
            Self::Broken(Invariant::LegalTransitions) => ("legal-transitions",
                "an execution goes from a state to one that cannot follow",
                "Executions go through states that can follow each other"),
            Self::Broken(Invariant::StoppedRunsNowhere) => ("stopped-runs-nowhere",
                "an edge runs what is not wanted there",
                "What is stopped runs nowhere"),
            Self::Broken(Invariant::EdgeAgrees) => ("edge-agrees",
                "orchestrator and edge say different things in the end",
                "Orchestrator and edge agree in the end"),
            Self::Broken(Invariant::NothingStuck) => ("nothing-stuck",
                "an execution is stuck",
                "Nothing is stuck"),
        }
    }
}

/// Whether that says that there is no execution: what failed with its node is not there any more.
fn none(note: &str) -> bool {
    ["no execution on", "failed on"]
        .iter()
        .any(|words| note.contains(words))
}

/// Whether no fault hit these nodes or a service before this step, and one that hit another node is in force.
fn untouched(plan: &Plan, step: usize, on: &Who) -> bool {
    let Who::These(nodes) = on else { return false };
    let mut away: BTreeSet<&String> = BTreeSet::new();
    for before in plan.steps.iter().take(step) {
        match &before.action {
            Action::Fault { on, .. } => {
                let edges = plan.edges.iter().map(|edge| &edge.name);
                let others: Vec<&String> = edges.filter(|edge| !nodes.contains(edge)).collect();
                if !on.iter().all(|name| others.contains(&name)) {
                    return false;
                }
                away.extend(on);
            }
            Action::Restore { on, .. } => away.retain(|name| !on.contains(name)),
            _ => {}
        }
    }
    !away.is_empty()
}

impl fmt::Display for Symptom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}
