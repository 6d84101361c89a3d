//! The playbook language: what a playbook says, independent of any deployment.
//!
//! The types stand here, whom it names in `place` and what must hold in `expectation`; [`parse`] reads them
//! from YAML, `check` judges them as a whole, [`time`] holds durations and expressions over them, [`pattern`]
//! what log lines are compared with.

mod check;
mod expectation;
pub mod parse;
pub mod pattern;
mod place;
pub mod time;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use expectation::{Claim, Expectation, Invariant, NodeIs, Observable, Observation};
pub use pattern::Pattern;
pub use place::{Place, Selection, Service};
pub use time::TimeExpr;

/// A whole playbook, read and checked.
#[derive(Debug, Clone)]
pub struct Playbook {
    /// The file it was read from, as given.
    pub path: PathBuf,
    /// Its text, as it was read.
    pub text: String,
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

impl Playbook {
    /// Whether a run of it judges something of this name: a step, by its id, or an invariant. The steps of a
    /// `repeat` have their round behind the id.
    pub fn judges(&self, name: &str) -> bool {
        fn has(step: &Step, name: &str) -> bool {
            let same = |id: &str| {
                id == name || name.strip_prefix(id).is_some_and(|it| it.starts_with('.'))
            };
            match &step.verb {
                Verb::Repeat { steps, .. } => steps.iter().any(|step| has(step, name)),
                _ => same(&step.id),
            }
        }
        let invariants = parse::invariants();
        let mut always = invariants
            .iter()
            .filter(|(_, invariant)| self.always.contains(invariant));
        self.steps.iter().any(|step| has(step, name)) || always.any(|(word, _)| *word == name)
    }

    /// Whether it asks a person for something.
    pub fn asks(&self) -> bool {
        fn asks(step: &Step) -> bool {
            match &step.verb {
                Verb::Manual { .. } => true,
                Verb::Repeat { steps, .. } => steps.iter().any(asks),
                _ => false,
            }
        }
        self.steps.iter().any(asks)
    }
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
    /// `rerun: ALIAS`: ask the orchestrator to start every execution of the job anew.
    Rerun {
        /// The job's alias.
        job: String,
    },
    /// `adopt: { job: ALIAS, name: NAME }`: find a job that somebody else deployed.
    Adopt {
        /// The alias that it gets.
        job: String,
        /// Its whole name on the target.
        name: String,
        /// `within:`, how long it may take to appear; looked for at once otherwise.
        within: Option<TimeExpr>,
    },
    /// `manual: { do: TEXT, within: TIME }`: tell a person what to do, and wait until they confirm it.
    Manual {
        /// What to do, on one line.
        text: String,
        /// How long they may take.
        within: TimeExpr,
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
