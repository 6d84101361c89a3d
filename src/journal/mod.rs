//! The journal: the append-only record of a run. Every report is a function of it.
//!
//! The entries stand here; [`mod@file`] writes and reads them as JSON lines, [`folder`] holds what lies beside it.

pub mod file;
pub mod folder;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::api::Traffic;
use crate::api::model::{Evaluation, Execution, ExecutionId, Job, JobId, Node, Transition};
use crate::clock::{Elapsed, Timestamp};
use crate::fault::{ContainerName, Inventory, Lost, Proof};
use crate::plan::Plan;
use crate::playbook::FaultKind;
use crate::target::Truth;

pub use file::JournalError;

/// The version of the entries' shape; a reader refuses a later one.
pub const SCHEMA: u32 = 3;

/// One entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, from 1, without gaps.
    pub seq: u64,
    /// When it was written, by the run's clock.
    pub at: Timestamp,
    /// The same since the run's start.
    pub elapsed: Elapsed,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// Somebody who wants to know how a run goes on: the live report.
pub trait Watcher {
    /// Something was recorded.
    fn entry(&mut self, entry: &Entry);
    /// The run waits for something that is not recorded.
    fn note(&mut self, text: &str);
}

/// What can be recorded. A new kind of event is one variant; the compiler lists its readers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The first entry: what will be done, and to what.
    Header {
        /// [`SCHEMA`].
        schema: u32,
        /// The plan.
        plan: Box<Plan>,
    },
    /// All containers of the target.
    Inventory {
        /// Before the first step or after the last undo.
        when: When,
        /// As they stood.
        containers: Inventory,
    },
    /// The orchestrator was asked for everything that the run follows, once.
    Sweep {
        /// Until when the next sweep was planned, in milliseconds; a longer gap is a gap.
        every: u64,
        /// The answers, in a fixed order.
        readings: Vec<Reading>,
    },
    /// A step begins.
    StepStarted {
        /// Its index in the plan, from 0.
        step: usize,
    },
    /// A step ended.
    StepEnded {
        /// Its index in the plan, from 0.
        step: usize,
        /// How.
        outcome: StepOutcome,
        /// The readings that decided it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        readings: Vec<ReadingId>,
        /// In words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// The orchestrator took a job.
    Deployed {
        /// The job's alias.
        job: String,
        /// Its id on the target.
        id: JobId,
        /// The version that it has now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<u64>,
        /// Whether it was the same specification as before (422).
        unchanged: bool,
    },
    /// The orchestrator started every execution of a job anew, or perhaps did.
    Rerun {
        /// The job's alias.
        job: String,
        /// The version that it has now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<u64>,
        /// Whether the answer got lost, so that nobody knows.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unclear: bool,
    },
    /// A job that other hands deployed was found.
    Adopted {
        /// The alias that it has from now on.
        job: String,
        /// Its name on the target.
        name: String,
        /// Its id on the target.
        id: JobId,
        /// Its version when it was found.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<u64>,
    },
    /// A person was asked to do something.
    Asked {
        /// What.
        text: String,
    },
    /// The person said that it is done.
    Confirmed,
    /// The orchestrator agreed to stop or to delete a job.
    Ended {
        /// The job's alias.
        job: String,
        /// Whether it was deleted; stopped otherwise.
        deleted: bool,
    },
    /// A fault happened, with its proof.
    Injected {
        /// Which.
        fault: FaultKind,
        /// Into what: the name of an edge or a service.
        on: String,
        /// Its container.
        container: ContainerName,
        /// How we know.
        proof: Proof,
    },
    /// A fault did not happen, or nobody can say whether it did.
    NotInjected {
        /// Which.
        fault: FaultKind,
        /// Into what: the name of an edge or a service.
        on: String,
        /// Its container.
        container: ContainerName,
        /// Why.
        reason: String,
    },
    /// An edge was started that was not there before.
    Added {
        /// Its name.
        edge: String,
        /// Its container.
        container: ContainerName,
        /// How we know.
        proof: Proof,
    },
    /// An added edge is gone again.
    Withdrawn {
        /// Its container.
        container: ContainerName,
        /// How we know; `None`: nothing had to be done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proof: Option<Proof>,
    },
    /// A container is again what it was, but for the faults that are `left`.
    Restored {
        /// Which.
        container: ContainerName,
        /// How we know; `None`: nothing had to be done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proof: Option<Proof>,
        /// The faults that are still wanted, in the order in which they were injected.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        left: Vec<FaultKind>,
    },
    /// A container could not be put back.
    NotRestored {
        /// Which.
        container: ContainerName,
        /// Why.
        reason: String,
    },
    /// The engine told that a container changed.
    Container {
        /// When, by the engine's clock.
        when: Timestamp,
        /// Which.
        container: ContainerName,
        /// The engine's word.
        action: String,
        /// The exit code of a `die`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exit: Option<i64>,
        /// Whether the run did this itself.
        ours: bool,
    },
    /// A line of a container's log that says something about the work.
    Line {
        /// When, by the engine's clock.
        when: Timestamp,
        /// Which container.
        container: ContainerName,
        /// The line.
        text: String,
    },
    /// Sightings of containers were lost for a while.
    Gap {
        /// What was lost. A journal of an earlier version does not say.
        #[serde(default)]
        of: Lost,
        /// Why.
        reason: String,
    },
    /// A phase after the last step begins.
    Phase {
        /// Which.
        phase: Phase,
    },
    /// Something of the clean-up went wrong.
    LeftOver {
        /// What is left, and what to do about it.
        what: String,
    },
    /// Something outside the subject ended the run before its last step.
    Halted {
        /// What.
        reason: String,
    },
    /// A signal ended the run.
    Interrupted {
        /// `SIGINT` or `SIGTERM`.
        signal: String,
    },
    /// The harness itself failed.
    Broken {
        /// How.
        reason: String,
    },
    /// How much the orchestrator was asked, by number.
    Traffic {
        /// Since the run's start; the peak may be from before.
        #[serde(flatten)]
        traffic: Traffic,
    },
    /// The last entry.
    End,
}

/// Which inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Before the first step.
    Before,
    /// After the last undo.
    After,
}

/// The phases after the steps, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Undoing every fault.
    Heal,
    /// Watching what can still act.
    Settle,
    /// Deleting the run's jobs.
    Cleanup,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepOutcome {
    /// It did what it says; a claim: met.
    Done,
    /// A claim is contradicted.
    Contradicted,
    /// Nobody can say: no deciding reading, no proof, no answer.
    Undecided,
    /// A claim about something that this target cannot show.
    NotObservable,
    /// The orchestrator refused.
    Refused,
    /// Something ended the run meanwhile.
    Interrupted,
}

/// The number of a reading within its run, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReadingId(pub u64);

/// One answer, or the lack of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Its number.
    pub id: ReadingId,
    /// What was asked for.
    pub of: Topic,
    /// When the request was sent, since the run's start. The answers came until the entry was written.
    pub sent: Elapsed,
    /// What came.
    pub answer: Answer,
}

/// What can be asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// All nodes.
    Nodes,
    /// A job, by alias.
    Job(String),
    /// A job's executions, by the job's alias.
    Executions(String),
    /// A job's evaluations, by the job's alias.
    Evaluations(String),
    /// The history of a job's executions, by the job's alias; read where somebody needs it.
    History(String),
    /// What an edge says it runs, by the edge's name; read where somebody needs it.
    Truth(String),
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Nodes.
    Nodes(Vec<Node>),
    /// The job; `None`: the server knows no such job.
    Job(Option<Job>),
    /// Executions.
    Executions(Vec<Execution>),
    /// Evaluations; `None`: the server has no such endpoint.
    Evaluations(Option<Vec<Evaluation>>),
    /// The transitions of each execution; `None`: the server has no such endpoint.
    History(Option<BTreeMap<ExecutionId, Vec<Transition>>>),
    /// What an edge says.
    Truth(Truth),
    /// The same as in that reading.
    Same(ReadingId),
    /// Nothing usable.
    Failed(String),
}
