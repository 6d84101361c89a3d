//! What must hold: claims about a deployment, invariants, and what a target may be unable to show.

use serde::{Deserialize, Serialize};

use super::{Pattern, Place, Selection, TimeExpr};

/// What not every target can show. A claim about it is *not observable* there, without effect on the
/// verdict unless the playbook requires it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Observable {
    /// What the edges themselves say they run.
    EdgeTruth,
    /// Evaluations.
    Evaluations,
    /// The history of executions.
    History,
    /// Lines of container logs.
    Logs,
}

/// What `expect` and `assume` take.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// The claim.
    pub claim: Claim,
    /// `within:`: until when it may come true; a default of the claim otherwise.
    pub within: Option<TimeExpr>,
    /// `hold:`: for how long it must then stay true.
    pub hold: Option<TimeExpr>,
    /// `recovers: { within: }`: how long after the restore of its node an execution may take to run;
    /// instead of `within`.
    pub recovers: Option<TimeExpr>,
}

/// A claim about the deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Nodes are in a connection state.
    Nodes {
        /// Which.
        which: Selection,
        /// The state.
        are: NodeIs,
    },
    /// Executions of a job, on nodes, are in a state.
    Executions {
        /// The job's alias.
        job: String,
        /// On which nodes.
        nodes: Selection,
        /// The observed state, as the API spells it.
        observed: Option<String>,
        /// The desired state, as the API spells it.
        desired: Option<String>,
        /// How many executions match on those nodes; otherwise at least one on each.
        count: Option<u64>,
    },
    /// A job is in a state.
    Job {
        /// The job's alias.
        job: String,
        /// The state, as the API spells it.
        is: String,
    },
    /// What edges themselves say about a job: edge truth.
    Truth {
        /// The job's alias.
        job: String,
        /// On which nodes.
        nodes: Selection,
        /// The observed state, as the API spells it.
        observed: Option<String>,
        /// How many executions match on those nodes; otherwise at least one on each.
        count: Option<u64>,
    },
    /// Evaluations of a job exist.
    Evaluations {
        /// The job's alias.
        job: String,
        /// Their trigger, as the API spells it.
        trigger: Option<String>,
        /// Their state, as the API spells it.
        state: Option<String>,
        /// How many; otherwise at least one.
        count: Option<u64>,
        /// Only those that were not there when the step with this id ended.
        after: Option<String>,
    },
    /// Executions of a job went through states.
    History {
        /// The job's alias.
        job: String,
        /// On which nodes.
        nodes: Selection,
        /// These, in this order, perhaps with others in between.
        passed: Vec<String>,
        /// None of these.
        never: Vec<String>,
    },
    /// Containers wrote lines.
    Logs {
        /// Which containers.
        of: Place,
        /// What a line must hold.
        pattern: Pattern,
        /// How many lines in all; otherwise at least one of each container.
        count: Option<u64>,
        /// Only lines recorded after the step with this id ended.
        after: Option<String>,
    },
}

/// What a node can be expected to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NodeIs {
    /// The API says `connected`.
    Connected,
    /// The API says `disconnected`.
    Disconnected,
    /// The API says `lost`.
    Lost,
    /// Connected, and seen since the last restore: `last_heartbeat` or `connected_since` differs
    /// from the last reading before it.
    Reconnected,
}

/// What `observe` records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observation {
    /// All nodes.
    Nodes,
    /// The job itself.
    Job {
        /// The job's alias.
        job: String,
    },
    /// The job's executions.
    Executions {
        /// The job's alias.
        job: String,
    },
    /// The job's evaluations.
    Evaluations {
        /// The job's alias.
        job: String,
    },
    /// The history of the job's executions.
    History {
        /// The job's alias.
        job: String,
    },
    /// What the edges say about the job.
    Truth {
        /// The job's alias.
        job: String,
    },
}

/// What must hold all the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Invariant {
    /// No two non-terminal executions of one job version on one node.
    OneExecutionPerNode,
    /// Executions change state only along the table of `docs/playbooks.md`.
    LegalTransitions,
    /// In the end no edge runs what was stopped, deleted or replaced.
    StoppedRunsNowhere,
    /// In the end orchestrator and edges say the same of every execution.
    EdgeAgrees,
    /// In the end no execution is pending on a connected node for longer than the target's budget.
    NothingStuck,
}

impl Invariant {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::OneExecutionPerNode,
        Self::LegalTransitions,
        Self::StoppedRunsNowhere,
        Self::EdgeAgrees,
        Self::NothingStuck,
    ];
}
