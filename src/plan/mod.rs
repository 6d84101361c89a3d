//! The plan: a playbook made concrete for one target, before anything is touched. Pure.
//!
//! Names are resolved to containers, times to durations, selections to edges; what cannot be
//! resolved is an error here, so that a run never stops half-way for a reason that was known before.
//! [`mod@make`] builds it out of steps (`resolve`), claims (`claims`), selections (`select`, `whom`) and
//! `networks`; `guard` says what no playbook may do, `warnings` what should be known beforehand, [`budget`] knows the default deadlines, [`error`] what
//! can be wrong.

pub mod budget;
mod claims;
pub mod error;
mod guard;
pub mod make;
mod networks;
mod resolve;
mod select;
#[cfg(test)]
mod tests;
mod warnings;
mod whom;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::api::model::{EvaluationState, ExecutionState, JobState};
use crate::clock::millis;
use crate::fault::{ContainerName, Role};
use crate::playbook::{FaultKind, Invariant, NodeIs, Observable, Pattern, Position};
use crate::settings::Timing;
use crate::target::Subject;

pub use crate::target::matching::Edge;
pub use budget::Budget;
pub use error::PlanError;
pub use guard::Guard;
pub use make::{make, services};
pub use networks::{Networks, networks};

/// What a run will do, to whom, and until when. Written whole into the journal's header, so it
/// holds nothing secret: job specifications travel apart, in [`Prepared`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The playbook.
    pub playbook: About,
    /// What is under test.
    pub subject: Subject,
    /// The run's id: the label and the suffix of its jobs.
    pub run: RunId,
    /// The seed of every choice.
    pub seed: u64,
    /// The target's timings.
    pub timing: Timing,
    /// The edges that are there, in the order of their names, then those that the run adds.
    pub edges: Vec<Edge>,
    /// The containers that are no edges.
    pub services: Vec<ServiceContainer>,
    /// The jobs by alias, as they will be named on the target; adopted ones by the name that they have.
    pub jobs: BTreeMap<String, String>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// What must hold all the time.
    pub invariants: Vec<Invariant>,
    /// What the target must be able to show: a claim about it that cannot be observed is unknown.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub require: BTreeSet<Observable>,
    /// How long the target must be connected and clean before step 1, at the latest.
    pub ready: Budget,
    /// How long the target is watched after everything was healed.
    pub settle: Budget,
}

/// A plan and what it needs that the journal must not hold.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The plan.
    pub plan: Plan,
    /// The specifications to deploy, by alias: renamed and labelled for this run.
    pub specs: BTreeMap<String, serde_json::Value>,
    /// What the run must keep to.
    pub guard: Guard,
}

/// What a reader must know of the playbook; no path, so that the same playbook gives the same
/// record wherever it lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The file's name without its folder.
    pub file: String,
    /// Its short name.
    pub name: String,
    /// What it proves.
    pub title: String,
    /// The row of the seeds' matrix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// The issue that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue: Option<String>,
}

/// A container that is no edge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceContainer {
    /// Its name in steps and reports: the compose service.
    pub name: String,
    /// What it does.
    pub role: Role,
    /// The container.
    pub container: ContainerName,
}

/// The id of a run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub String);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A step, resolved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Its id.
    pub id: String,
    /// Its name, in the author's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it stands in the playbook.
    pub at: Position,
    /// What to do.
    pub action: Action,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "do")]
pub enum Action {
    /// Hand a job to the orchestrator.
    Deploy {
        /// Its alias.
        job: String,
    },
    /// Deploy another specification under the name of a job.
    Update {
        /// The job's alias.
        job: String,
        /// The alias of the specification that it becomes.
        to: String,
    },
    /// Start every execution of a job anew.
    Rerun {
        /// The job's alias.
        job: String,
    },
    /// Find a job that somebody else deployed.
    Adopt {
        /// The alias that it gets.
        job: String,
        /// Its whole name on the target.
        name: String,
        /// How long it may take to appear.
        within: Budget,
    },
    /// Tell a person what to do, and wait until they confirm it.
    Manual {
        /// What to do.
        text: String,
        /// How long they may take.
        within: Budget,
    },
    /// Stop a job.
    Stop {
        /// Its alias.
        job: String,
    },
    /// Delete a job.
    Delete {
        /// Its alias.
        job: String,
    },
    /// Inject a fault.
    Fault {
        /// Which.
        fault: FaultKind,
        /// Into what, by the names of edges or services.
        on: Vec<String>,
        /// For a partition: the networks to leave, as the engine calls them; each container leaves those
        /// of them that it is in.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        networks: BTreeSet<String>,
    },
    /// Undo faults.
    Restore {
        /// Of what, by the names of edges or services.
        on: Vec<String>,
        /// Which; all of them where none is named.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        faults: BTreeSet<FaultKind>,
    },
    /// Start edges that were not there before.
    Add {
        /// Their names.
        edges: Vec<String>,
        /// The labels of their nodes.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        labels: BTreeMap<String, String>,
    },
    /// Let time pass.
    Wait {
        /// How much.
        #[serde(with = "millis")]
        time: Duration,
    },
    /// Wait for a re-evaluation after the last restore.
    Await {
        /// Of which job.
        job: String,
        /// With which trigger.
        trigger: String,
        /// How long at the most.
        within: Budget,
    },
    /// Hold a claim against the deployment.
    Claim {
        /// How seriously.
        mode: Mode,
        /// The claim.
        claim: Claim,
        /// Until when it may come true.
        within: Budget,
        /// For how long it must then stay true.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hold: Option<Budget>,
        /// Whether `within` counts from when each node was brought back, instead of from the step's start.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        recovers: bool,
    },
    /// Record once.
    Observe {
        /// What the step is about, for the reader: everything is read anyway.
        what: String,
    },
}

/// How seriously a claim is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// A requirement: unmet is a failure of the subject.
    Expect,
    /// A precondition: unmet makes the playbook unknown and ends it.
    Assume,
}

/// A claim about the deployment, resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "about")]
pub enum Claim {
    /// Nodes are in a connection state.
    Nodes {
        /// Which.
        on: Who,
        /// The state.
        are: NodeIs,
    },
    /// Executions of a job are in a state.
    Executions {
        /// The job's alias.
        job: String,
        /// On which nodes.
        on: Who,
        /// The observed state.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        observed: Option<ExecutionState>,
        /// The desired state.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        desired: Option<ExecutionState>,
        /// How many in all; otherwise at least one on each node.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        count: Option<u64>,
    },
    /// A job is in a state.
    Job {
        /// Its alias.
        job: String,
        /// The state.
        is: JobState,
    },
    /// What edges themselves say about a job.
    Truth {
        /// The job's alias.
        job: String,
        /// On which nodes.
        on: Who,
        /// The observed state.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        observed: Option<ExecutionState>,
        /// How many in all; otherwise at least one on each node.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        count: Option<u64>,
    },
    /// Evaluations of a job exist.
    Evaluations {
        /// The job's alias.
        job: String,
        /// Their trigger.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trigger: Option<String>,
        /// Their state.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<EvaluationState>,
        /// How many; otherwise at least one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        count: Option<u64>,
        /// Only those that were not there when this step ended (its index in the plan).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<usize>,
    },
    /// Executions of a job went through states.
    History {
        /// The job's alias.
        job: String,
        /// On which nodes.
        on: Who,
        /// These, in this order, perhaps with others in between.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        passed: Vec<ExecutionState>,
        /// None of these.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        never: Vec<ExecutionState>,
    },
    /// Containers wrote lines.
    Logs {
        /// Which containers.
        of: Writers,
        /// What a line must hold.
        pattern: Pattern,
        /// How many lines in all; otherwise at least one of each container.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        count: Option<u64>,
        /// Only lines recorded after this step ended (its index in the plan).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<usize>,
    },
}

/// Whose log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Writers {
    /// Of edges.
    Edges(Who),
    /// Of services, by name.
    Services(Vec<String>),
}

/// Edges, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// Those that exist at the moment of judging.
    All,
    /// These.
    These(Vec<String>),
}

impl Plan {
    /// The longest that the run can take: every wait and every deadline, used up.
    pub fn worst_case(&self) -> Duration {
        let steps: Duration = self.steps.iter().map(|step| step.action.longest()).sum();
        self.ready.time + steps + self.longest_settling()
    }

    /// The containers that the run may touch: every edge, and the services that a fault is for.
    pub fn touched(&self) -> BTreeSet<&ContainerName> {
        let edges = self.edges.iter().map(|edge| &edge.container);
        edges.chain(self.hit()).collect()
    }

    /// The containers that the run hits with faults, without the edges that it adds itself.
    pub fn hit(&self) -> BTreeSet<&ContainerName> {
        let faults = self.steps.iter().filter_map(|step| match &step.action {
            Action::Fault { on, .. } => Some(on),
            _ => None,
        });
        let added = |name: &&String| self.edge(name).is_some_and(|edge| edge.added);
        let hit = faults.flatten().filter(|name| !added(name));
        hit.filter_map(|name| self.container(name)).collect()
    }

    /// How long settling takes at the most: what is pending at its end may yet turn out to be stuck.
    pub fn longest_settling(&self) -> Duration {
        let settle = self.settle.time;
        if self.invariants.contains(&Invariant::NothingStuck) {
            settle + budget::of_work(&self.timing).time
        } else {
            settle
        }
    }

    /// The jobs of other hands, by alias: never changed, ended or counted as left over.
    pub fn adopted(&self) -> BTreeMap<&str, &str> {
        let adopted = self.steps.iter().filter_map(|step| match &step.action {
            Action::Adopt { job, name, .. } => Some((job.as_str(), name.as_str())),
            _ => None,
        });
        adopted.collect()
    }

    /// The edge of that name.
    pub fn edge(&self, name: &str) -> Option<&Edge> {
        self.edges.iter().find(|edge| edge.name == name)
    }

    /// The container of the edge or service of that name.
    pub fn container(&self, name: &str) -> Option<&ContainerName> {
        let service = || self.services.iter().find(|service| service.name == name);
        self.edge(name)
            .map(|edge| &edge.container)
            .or_else(|| service().map(|service| &service.container))
    }
}

impl Action {
    /// The longest that this step waits; the engine's own work is not counted.
    pub fn longest(&self) -> Duration {
        match self {
            Action::Deploy { .. }
            | Action::Update { .. }
            | Action::Rerun { .. }
            | Action::Stop { .. }
            | Action::Delete { .. }
            | Action::Fault { .. }
            | Action::Restore { .. }
            | Action::Add { .. }
            | Action::Observe { .. } => Duration::ZERO,
            Action::Wait { time } => *time,
            Action::Await { within, .. }
            | Action::Adopt { within, .. }
            | Action::Manual { within, .. } => within.time,
            Action::Claim { within, hold, .. } => {
                within.time + hold.as_ref().map_or(Duration::ZERO, |hold| hold.time)
            }
        }
    }
}
