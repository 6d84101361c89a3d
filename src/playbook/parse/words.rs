//! The words of the language: the spellings of states, triggers, services, invariants.
//!
//! Apart so that the list of what exists is read in one place. The states are the language's own list
//! (the documented ones of the API), since a playbook may be checked with no API anywhere near.

use super::super::{FaultKind, Invariant, NodeIs, Observable, Service};

/// Observed states of executions (generations B and C of the API).
pub(super) const OBSERVED: &[&str] = &[
    "pending",
    "starting",
    "validating",
    "running",
    "degraded",
    "completed",
    "failed",
    "lost",
    "stopping",
    "stopped",
];

/// Desired states of executions.
pub(super) const DESIRED: &[&str] = &["pending", "running", "stopped"];

/// States of jobs.
pub(super) const JOB_STATES: &[&str] = &[
    "pending",
    "queued",
    "deploying",
    "running",
    "rollout_paused",
    "rollout_failed",
    "degraded",
    "completed",
    "failed",
    "stopped",
    "deleted",
];

/// What triggers an evaluation: the documented words, and what generation B likely calls the
/// `deployment` ones.
pub(super) const TRIGGERS: &[&str] = &[
    "job-create",
    "job-update",
    "job-delete",
    "job-cancel",
    "job-rerun",
    "job-queue",
    "job-timeout",
    "exec-failure",
    "exec-update",
    "exec-timeout",
    "exec-limit",
    "node-update",
    "node-join",
    "node-leave",
    "deployment",
    "deployment-start",
    "deployment-rollback",
    "deployment-resume",
    "rollout",
    "rollout-start",
    "rollout-rollback",
    "rollout-resume",
    "periodic",
    "failure",
    "manual",
];

/// States of evaluations.
pub(super) const EVALUATION_STATES: &[&str] =
    &["blocked", "pending", "complete", "failed", "canceled"];

/// What nodes can be expected to be.
pub(super) const NODE_STATES: &[(&str, NodeIs)] = &[
    ("connected", NodeIs::Connected),
    ("disconnected", NodeIs::Disconnected),
    ("lost", NodeIs::Lost),
    ("reconnected", NodeIs::Reconnected),
];

/// The invariants.
pub(super) const INVARIANTS: &[(&str, Invariant)] = &[
    ("one-execution-per-node", Invariant::OneExecutionPerNode),
    ("legal-transitions", Invariant::LegalTransitions),
    ("stopped-runs-nowhere", Invariant::StoppedRunsNowhere),
    ("edge-agrees", Invariant::EdgeAgrees),
    ("nothing-stuck", Invariant::NothingStuck),
];

/// What not every target can show.
pub(super) const OBSERVABLES: &[(&str, Observable)] = &[
    ("edge-truth", Observable::EdgeTruth),
    ("evaluations", Observable::Evaluations),
    ("history", Observable::History),
    ("logs", Observable::Logs),
];

/// The faults that `restore` undoes; a restart is its own undo. `remove` stands for a wipe, too.
pub(super) const UNDOABLE: &[(&str, FaultKind)] = &[
    ("kill", FaultKind::Kill),
    ("crash", FaultKind::Crash),
    ("terminate", FaultKind::Terminate),
    ("remove", FaultKind::Remove),
    ("pause", FaultKind::Pause),
    ("partition", FaultKind::Partition),
];

/// The services that are no edges.
pub(super) const SERVICES: &[(&str, Service)] = &[
    ("orchestrator", Service::Orchestrator),
    ("nats", Service::Nats),
];
