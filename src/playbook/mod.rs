//! The playbook language: what a playbook says, independent of any deployment.
//!
//! The types stand here; [`parse`] reads them from YAML, `check` judges them as a whole,
//! [`time`] holds durations and expressions over them.

mod check;
pub mod parse;
pub mod time;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use time::TimeExpr;

/// A whole playbook, read and checked.
#[derive(Debug, Clone)]
pub struct Playbook {
    /// The file it was read from, as given.
    pub path: PathBuf,
    /// `name:`, a short word for tables and run directories.
    pub name: String,
    /// `title:`, the sentence that it proves.
    pub title: String,
    /// `scenario:`, the row of the seeds' matrix that it covers.
    pub scenario: Option<String>,
    /// `issue:`, documentation only.
    pub issue: Option<String>,
    /// `needs:`, what the target must have at least.
    pub needs: Needs,
    /// `jobs:`, by alias.
    pub jobs: BTreeMap<String, JobFile>,
    /// `vars:`, by name, with the overrides of `--set` applied.
    pub vars: BTreeMap<String, TimeExpr>,
    /// `steps:`, in order; never empty.
    pub steps: Vec<Step>,
    /// `always:`, the invariants.
    pub always: Vec<Invariant>,
}

/// `needs:`: the least that a target must have.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// Edges.
    pub edges: usize,
}

/// A job of the playbook: its file and what the file says.
#[derive(Debug, Clone)]
pub struct JobFile {
    /// The path, resolved against the playbook's folder.
    pub path: PathBuf,
    /// The job's own `name:`.
    pub name: String,
    /// The whole specification, as JSON.
    pub spec: serde_json::Value,
}

/// A place in the playbook's file; lines and columns count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

impl Position {
    /// The place so many characters further to the right.
    #[must_use]
    pub fn right(self, by: usize) -> Self {
        let by = u32::try_from(by).unwrap_or(u32::MAX);
        Self {
            column: self.column.saturating_add(by),
            ..self
        }
    }
}

/// One step: at most a name and an id, and exactly one verb.
#[derive(Debug, Clone)]
pub struct Step {
    /// `id:`, or `step-N` (counted from 1).
    pub id: String,
    /// `name:`, in the words of the author.
    pub name: Option<String>,
    /// Where the verb stands in the file.
    pub at: Position,
    /// What to do.
    pub verb: Verb,
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum Verb {
    /// `deploy: ALIAS`: hand the job to the orchestrator.
    Deploy {
        /// The job's alias.
        job: String,
    },
    /// `kill:`, `remove:`, `restart:`: inject a fault into the edges of some nodes.
    Fault {
        /// Which fault.
        kind: FaultKind,
        /// On which nodes.
        nodes: Selection,
        /// `as:`, the name under which later steps find the same nodes.
        bind: Option<String>,
    },
    /// `restore: { nodes: ... }`: undo all faults of these nodes.
    Restore {
        /// Of which nodes.
        nodes: Selection,
    },
    /// `wait: TIME`: let time pass.
    Wait(TimeExpr),
    /// `await:`: wait for something, judge nothing.
    Await {
        /// For what.
        what: Awaited,
        /// `within:`, how long at the most; a default otherwise.
        within: Option<TimeExpr>,
    },
    /// `assume:`: what must hold for the playbook to mean anything.
    Assume(Expectation),
    /// `observe:`: record only.
    Observe(Observation),
    /// `expect:`: a requirement.
    Expect(Expectation),
}

/// The faults of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The engine kills the container; the engine does not restart it.
    Kill,
    /// The container is killed and removed; its named volumes stay.
    Remove,
    /// The container is restarted by the engine.
    Restart,
}

/// A selection of nodes, by the names of their edges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// `all`: every edge container at the moment of judging.
    All,
    /// Names of edges or of earlier selections, in the order given, not resolved yet.
    Names(Vec<String>),
    /// `{ pick: N }`: N edges drawn with the run's seed.
    Pick(usize),
}

/// What `await` waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Awaited {
    /// An evaluation of this job with this trigger, completed, that was not there before the restore.
    Reevaluation {
        /// The job's alias.
        job: String,
        /// The trigger as the API spells it, such as `node-join`.
        trigger: String,
    },
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
}

/// What must hold all the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Invariant {
    /// No two non-terminal executions of one job version on one node.
    OneExecutionPerNode,
    /// Executions change state only along the table of `docs/playbooks.md`.
    LegalTransitions,
}
