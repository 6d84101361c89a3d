//! The playbook language: what a playbook says, independent of any deployment.
//!
//! The types stand here; [`parse`] reads them from YAML, `check` judges them as a whole,
//! [`time`] holds durations and expressions over them, [`pattern`] what log lines are compared with.

mod check;
pub mod parse;
pub mod pattern;
pub mod time;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use pattern::Pattern;
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
    /// `require:`, what the target must be able to show.
    pub require: BTreeSet<Observable>,
}

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
    /// `update: { job: ALIAS, to: OTHER }`: deploy another specification under the job's name.
    Update {
        /// The alias of the job that is deployed.
        job: String,
        /// The alias whose file it becomes.
        to: String,
    },
    /// `stop: ALIAS`: ask the orchestrator to stop the job.
    Stop {
        /// The job's alias.
        job: String,
    },
    /// `delete: ALIAS`: ask the orchestrator to delete the job, by force.
    Delete {
        /// The job's alias.
        job: String,
    },
    /// `kill:`, `crash:`, `terminate:`, `remove:`, `pause:`, `partition:`, `restart:`: inject a fault.
    Fault {
        /// Which fault.
        kind: FaultKind,
        /// Into what.
        on: Place,
        /// `networks:` of a partition, as the compose file calls them; those that lead to NATS where
        /// none is named.
        networks: BTreeSet<String>,
        /// `as:`, the name under which later steps find the same nodes.
        bind: Option<String>,
    },
    /// `add: { edges: N, as: NAME }`: start edges that were not there before.
    Add {
        /// How many; at least one.
        edges: usize,
        /// The labels of their nodes.
        labels: BTreeMap<String, String>,
        /// `as:`, the name of the selection; the edges are called `NAME-1`, `NAME-2`, ...
        bind: String,
    },
    /// `restore: { nodes | services: ..., faults: [...] }`: undo faults of these.
    Restore {
        /// Of what.
        on: Place,
        /// Which faults; all of them where none is named.
        faults: BTreeSet<FaultKind>,
    },
    /// `repeat: { times: N, steps: [...] }`: the same steps several times; never nested.
    Repeat {
        /// How often; at least once.
        times: u32,
        /// The steps of one round; never empty.
        steps: Vec<Step>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The engine kills the container, and does not restart it whatever its restart policy says.
    Kill,
    /// The process dies by itself, as far as the engine can tell: the restart policy reacts.
    Crash,
    /// The engine asks the process to end (SIGTERM), as `docker stop` does.
    Terminate,
    /// The container is killed and removed; its named volumes stay.
    Remove,
    /// The same (`remove: { wipe: true }`), and its volumes are removed too: it comes back as somebody
    /// else. A lasting effect: the old identity cannot be restored.
    Wipe,
    /// The process is frozen; what is sent to it waits.
    Pause,
    /// The container is taken off networks: those that it shares with NATS, or those named.
    Partition,
    /// The container is restarted by the engine; its own undo.
    Restart,
}

/// What a fault, a restore or a claim about logs is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// `nodes:`, the edges of nodes.
    Nodes(Selection),
    /// `services:`, in the order given, each once.
    Services(Vec<Service>),
}

/// The services of a deployment that are no edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Service {
    /// The orchestrator.
    Orchestrator,
    /// The message bus.
    Nats,
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
    /// `{ spared: NAME }`: every edge but those of an earlier selection. (`{ hit: NAME }` and
    /// `{ added: NAME }` are `Names`.)
    Spared(String),
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
