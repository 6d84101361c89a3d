//! The keys of the language: which mapping takes which.
//!
//! Apart so that the list of what exists is read in one place.

/// The keys that a mapping takes.
pub(super) struct Shape {
    /// What the mapping is, for messages.
    pub(super) what: &'static str,
    /// The keys.
    pub(super) known: &'static [&'static str],
    /// The keys of an example, for whoever wrote something else; the large ones are in the reference.
    example: &'static [&'static str],
}

impl Shape {
    /// A mapping that takes these keys and looks like this.
    const fn of(
        what: &'static str,
        known: &'static [&'static str],
        example: &'static [&'static str],
    ) -> Self {
        Self {
            what,
            known,
            example,
        }
    }

    /// What it looks like.
    pub(super) fn like(&self) -> Option<String> {
        let keys = self.example.iter().map(|key| format!("{key}: ..."));
        let keys: Vec<String> = keys.collect();
        (!keys.is_empty()).then(|| format!("like `{{ {} }}`", keys.join(", ")))
    }
}

pub(super) const PLAYBOOK: Shape = Shape::of(
    "a playbook",
    &[
        "rejoin", "name", "title", "scenario", "issue", "needs", "require", "jobs", "vars",
        "steps", "always",
    ],
    &[],
);

pub(super) const NEEDS: Shape = Shape::of("`needs`", &["edges"], &["edges"]);

/// The verbs of a step.
pub(super) const VERBS: &[&str] = &[
    "deploy",
    "update",
    "rerun",
    "adopt",
    "stop",
    "delete",
    "kill",
    "crash",
    "terminate",
    "remove",
    "pause",
    "partition",
    "restart",
    "add",
    "restore",
    "repeat",
    "manual",
    "wait",
    "await",
    "assume",
    "observe",
    "expect",
];

pub(super) const STEP: Shape = Shape::of(
    "a step",
    &[
        "name",
        "id",
        "deploy",
        "update",
        "rerun",
        "adopt",
        "stop",
        "delete",
        "kill",
        "crash",
        "terminate",
        "remove",
        "pause",
        "partition",
        "restart",
        "add",
        "restore",
        "repeat",
        "manual",
        "wait",
        "await",
        "assume",
        "observe",
        "expect",
    ],
    &[],
);

pub(super) const UPDATE: Shape = Shape::of("`update`", &["job", "to"], &["job", "to"]);

pub(super) const ADOPT: Shape = Shape::of("`adopt`", &["job", "name", "within"], &["job", "name"]);

pub(super) const MANUAL: Shape = Shape::of("`manual`", &["do", "within"], &["do", "within"]);

pub(super) const FAULT: Shape =
    Shape::of("a fault", &["nodes", "services", "as"], &["nodes", "as"]);

pub(super) const REMOVE: Shape = Shape::of(
    "`remove`",
    &["nodes", "services", "as", "wipe"],
    &["nodes", "as"],
);

pub(super) const PARTITION: Shape = Shape::of(
    "`partition`",
    &["nodes", "services", "as", "networks"],
    &["nodes", "as"],
);

pub(super) const ADD: Shape = Shape::of("`add`", &["edges", "as", "labels"], &["edges", "as"]);

pub(super) const RESTORE: Shape =
    Shape::of("`restore`", &["nodes", "services", "faults"], &["nodes"]);

pub(super) const REPEAT: Shape = Shape::of("`repeat`", &["times", "steps"], &["times", "steps"]);

/// What a fault, a restore or a claim about logs is about.
pub(super) const PLACES: &[&str] = &["nodes", "services"];

pub(super) const SELECTION: Shape = Shape::of(
    "a selection",
    &["pick", "hit", "spared", "added"],
    &["pick"],
);

pub(super) const AWAIT: Shape = Shape::of(
    "`await`",
    &["reevaluation", "within"],
    &["reevaluation", "within"],
);

pub(super) const REEVALUATION: Shape =
    Shape::of("`reevaluation`", &["job", "trigger"], &["job", "trigger"]);

pub(super) const OBSERVE: Shape = Shape::of(
    "`observe`",
    &[
        "nodes",
        "job",
        "executions",
        "evaluations",
        "history",
        "truth",
    ],
    &[],
);

pub(super) const OBSERVED_JOB: Shape = Shape::of("what to observe", &["job"], &["job"]);

/// What `expect` and `assume` can be about.
pub(super) const CLAIMS: &[&str] = &[
    "nodes",
    "executions",
    "job",
    "truth",
    "evaluations",
    "history",
    "logs",
];

pub(super) const CLAIM: Shape = Shape::of(
    "`expect` or `assume`",
    &[
        "nodes",
        "executions",
        "job",
        "truth",
        "evaluations",
        "history",
        "logs",
        "within",
        "hold",
        "recovers",
    ],
    &[],
);

pub(super) const RECOVERS: Shape = Shape::of("`recovers`", &["within"], &["within"]);

pub(super) const NODES: Shape = Shape::of("`nodes`", &["which", "are"], &["which", "are"]);

pub(super) const EXECUTIONS: Shape = Shape::of(
    "`executions`",
    &["job", "nodes", "observed", "desired", "count"],
    &["job", "observed"],
);

pub(super) const TRUTH: Shape = Shape::of(
    "`truth`",
    &["job", "nodes", "observed", "count"],
    &["job", "observed"],
);

pub(super) const EVALUATIONS: Shape = Shape::of(
    "`evaluations`",
    &["job", "trigger", "state", "count", "after"],
    &["job", "trigger"],
);

pub(super) const HISTORY: Shape = Shape::of(
    "`history`",
    &["job", "nodes", "passed", "never"],
    &["job", "passed"],
);

pub(super) const LOGS: Shape = Shape::of(
    "`logs`",
    &["nodes", "services", "pattern", "count", "after"],
    &["services", "pattern"],
);

/// Every shape that there is.
#[cfg(test)]
pub(super) const ALL: &[&Shape] = &[
    &PLAYBOOK,
    &NEEDS,
    &STEP,
    &UPDATE,
    &ADOPT,
    &MANUAL,
    &FAULT,
    &REMOVE,
    &PARTITION,
    &ADD,
    &RESTORE,
    &REPEAT,
    &SELECTION,
    &AWAIT,
    &REEVALUATION,
    &OBSERVE,
    &OBSERVED_JOB,
    &CLAIM,
    &RECOVERS,
    &NODES,
    &EXECUTIONS,
    &TRUTH,
    &EVALUATIONS,
    &HISTORY,
    &LOGS,
];
