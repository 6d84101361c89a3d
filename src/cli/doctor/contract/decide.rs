//! What can be decided on a deployment that serves this much: each claim of the language, each invariant.

use serde::Serialize;

use super::digest::Facts;
#[cfg(test)]
use crate::playbook::Claim;
use crate::playbook::Invariant;

/// Whether something can be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Can {
    /// Yes.
    Yes,
    /// No: it is not served.
    No,
    /// Nothing of the kind was there to be seen.
    NotSeen,
}

/// One thing that a playbook may claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Decidable {
    pub(super) what: &'static str,
    pub(super) can: Can,
    /// The field or endpoint that it hangs on.
    pub(super) by: &'static str,
}

/// The claims, by their words in playbooks. Exhaustive: a new one does not compile without a word here, and
/// the tests ask for its row below.
#[cfg(test)]
pub(super) const fn word(claim: &Claim) -> &'static str {
    match claim {
        Claim::Nodes { .. } => "nodes",
        Claim::Executions { .. } => "executions",
        Claim::Job { .. } => "job",
        Claim::Truth { .. } => "truth",
        Claim::Evaluations { .. } => "evaluations",
        Claim::History { .. } => "history",
        Claim::Logs { .. } => "logs",
    }
}

/// What an invariant hangs on, besides its word. Exhaustive, too.
fn invariant(which: Invariant, facts: Facts) -> (&'static str, Can, &'static str) {
    let executions = facts.executions;
    match which {
        Invariant::OneExecutionPerNode => (
            "one-execution-per-node",
            executions,
            "executions: node_id, observed state",
        ),
        Invariant::LegalTransitions => (
            "legal-transitions",
            executions,
            "executions: observed state; history where it is served",
        ),
        Invariant::StoppedRunsNowhere => {
            ("stopped-runs-nowhere", facts.truth, "the edges' own APIs")
        }
        Invariant::EdgeAgrees => ("edge-agrees", facts.truth, "the edges' own APIs"),
        Invariant::NothingStuck => (
            "nothing-stuck",
            executions,
            "executions: desired and observed state",
        ),
    }
}

/// Every claim.
pub(super) fn claims(facts: Facts) -> Vec<Decidable> {
    [
        ("nodes", facts.nodes, "nodes: connection_state"),
        (
            "reconnected",
            facts.heartbeat,
            "nodes: last_heartbeat or connected_since; else the orchestrator's log",
        ),
        (
            "executions",
            facts.executions,
            "executions: observed_state or compute_state",
        ),
        ("job", facts.jobs, "jobs: state"),
        ("truth", facts.truth, "the edges' own APIs"),
        (
            "evaluations",
            facts.evaluations,
            "GET /jobs/{id}/evaluations",
        ),
        ("history", facts.history, "GET /executions/{id}/history"),
        (
            "logs",
            facts.logs,
            "containers of the orchestrator on this engine; of edges always",
        ),
        (
            "await reevaluation",
            facts.evaluations,
            "evaluations; else the log; else the timing profile",
        ),
        ("recovery", facts.executions, "executions: observed state"),
    ]
    .map(|(what, can, by)| Decidable { what, can, by })
    .into()
}

/// Every invariant.
pub(super) fn invariants(facts: Facts) -> Vec<Decidable> {
    let all = Invariant::ALL.iter().map(|which| invariant(*which, facts));
    all.map(|(what, can, by)| Decidable { what, can, by })
        .collect()
}
