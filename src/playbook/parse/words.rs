//! The words of the language: keys, verbs, and the spellings of states.
//!
//! Apart so that the list of what exists is read in one place. The states are the language's own list
//! (the documented ones of the API), since a playbook may be checked with no API anywhere near.

use super::super::{Invariant, NodeIs};

/// The keys that a mapping takes.
pub(super) struct Shape {
    /// What the mapping is, for messages.
    pub(super) what: &'static str,
    /// The keys.
    pub(super) known: &'static [&'static str],
    /// Keys that the language has but this version does not do yet.
    pub(super) later: &'static [&'static str],
}

impl Shape {
    /// What it looks like, for whoever wrote something else; the large ones are in the reference.
    pub(super) fn like(&self) -> Option<String> {
        if self.known.len() > 3 {
            return None;
        }
        let keys: Vec<String> = self.known.iter().map(|key| format!("{key}: ...")).collect();
        Some(format!("like `{{ {} }}`", keys.join(", ")))
    }
}

pub(super) const PLAYBOOK: Shape = Shape {
    what: "a playbook",
    known: &[
        "rejoin", "name", "title", "scenario", "issue", "needs", "jobs", "vars", "steps", "always",
    ],
    later: &["require"],
};

pub(super) const NEEDS: Shape = Shape {
    what: "`needs`",
    known: &["edges"],
    later: &[],
};

/// The verbs of a step.
pub(super) const VERBS: &[&str] = &[
    "deploy", "kill", "remove", "restart", "restore", "wait", "await", "assume", "observe",
    "expect",
];

pub(super) const STEP: Shape = Shape {
    what: "a step",
    known: &[
        "name", "id", "deploy", "kill", "remove", "restart", "restore", "wait", "await", "assume",
        "observe", "expect",
    ],
    later: &[
        "update",
        "rerun",
        "stop",
        "delete",
        "adopt",
        "manual",
        "crash",
        "terminate",
        "pause",
        "partition",
        "add",
        "repeat",
    ],
};

pub(super) const FAULT: Shape = Shape {
    what: "a fault",
    known: &["nodes", "as"],
    later: &["services", "wipe"],
};

pub(super) const RESTORE: Shape = Shape {
    what: "`restore`",
    known: &["nodes"],
    later: &["faults", "services"],
};

pub(super) const SELECTION: Shape = Shape {
    what: "a selection",
    known: &["pick"],
    later: &["hit", "spared"],
};

pub(super) const AWAIT: Shape = Shape {
    what: "`await`",
    known: &["reevaluation", "within"],
    later: &[],
};

pub(super) const REEVALUATION: Shape = Shape {
    what: "`reevaluation`",
    known: &["job", "trigger"],
    later: &[],
};

pub(super) const OBSERVE: Shape = Shape {
    what: "`observe`",
    known: &["nodes", "job", "executions", "evaluations"],
    later: &[],
};

pub(super) const OBSERVED_JOB: Shape = Shape {
    what: "what to observe",
    known: &["job"],
    later: &[],
};

/// What `expect` and `assume` can be about.
pub(super) const CLAIMS: &[&str] = &["nodes", "executions", "job"];

pub(super) const CLAIM: Shape = Shape {
    what: "`expect` or `assume`",
    known: &["nodes", "executions", "job", "within", "hold"],
    later: &[],
};

pub(super) const NODES: Shape = Shape {
    what: "`nodes`",
    known: &["which", "are"],
    later: &[],
};

pub(super) const EXECUTIONS: Shape = Shape {
    what: "`executions`",
    known: &["job", "nodes", "observed", "desired", "count"],
    later: &[],
};

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
];
