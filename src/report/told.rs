//! The steps and the executions of a run as the journal has them, arranged for the formats that show them.

use crate::api::model::{Execution, Node};
use crate::clock::{Elapsed, brief};
use crate::journal::{Answer, Entry, Event, Phase, ReadingId, StepOutcome, Topic};
use crate::plan::{Edge, Plan};
use crate::target::matching;
use crate::verdict::evidence;
use crate::verdict::look::View;
use crate::verdict::record::Record;
use crate::verdict::{Recovered, recovered};

use super::words;

/// One step as the journal has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// When it began; `None`: it was not reached.
    pub started: Option<Elapsed>,
    /// When it ended.
    pub ended: Option<Elapsed>,
    /// How.
    pub outcome: Option<StepOutcome>,
    /// In words.
    pub note: Option<String>,
    /// The readings that decided it.
    pub readings: Vec<ReadingId>,
}

impl Told {
    /// How long it took, where it ended.
    pub fn took(&self) -> Option<std::time::Duration> {
        Some(self.ended?.since(self.started?))
    }
}

/// What became of every step of the plan, in order.
pub fn steps(plan: &Plan, entries: &[Entry]) -> Vec<Told> {
    let mut told: Vec<Told> = plan.steps.iter().map(|_| Told::default()).collect();
    for entry in entries {
        match &entry.event {
            Event::StepStarted { step } => {
                if let Some(told) = told.get_mut(*step) {
                    told.started = Some(entry.elapsed);
                }
            }
            Event::StepEnded {
                step,
                outcome,
                note,
                readings,
            } => {
                if let Some(told) = told.get_mut(*step) {
                    told.ended = Some(entry.elapsed);
                    told.outcome = Some(*outcome);
                    told.note.clone_from(note);
                    told.readings.clone_from(readings);
                }
            }
            _ => {}
        }
    }
    told
}

/// The word for how a step ended.
pub fn result(plan: &Plan, index: usize, told: &Told) -> String {
    let step = plan.steps.get(index);
    match (step, told.outcome, told.started) {
        (Some(step), Some(outcome), _) => {
            words::result(&step.action, outcome, told.note.as_deref()).to_owned()
        }
        (_, _, Some(_)) => "not ended".to_owned(),
        _ => "not reached".to_owned(),
    }
}

/// Where an execution stood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standing {
    /// The job's alias.
    pub job: String,
    /// The edge, or `left-behind` and whose it was where nobody answers for its node any more.
    pub place: String,
    /// Its id.
    pub execution: String,
    /// The desired state.
    pub desired: String,
    /// The observed state.
    pub observed: String,
    /// Since when it had been so, at the latest.
    pub since: Option<Elapsed>,
    /// When it was last read.
    pub read: Elapsed,
    /// When the server says that it changed last.
    pub changed: Option<String>,
    /// How it came back with its edge, where that was brought back.
    pub recovery: Option<String>,
}

/// Where the executions of the run's jobs stood when they were last read before the clean-up, by job and edge.
pub fn executions(plan: &Plan, entries: &[Entry]) -> Vec<Standing> {
    let mut record = Record::default();
    let cleanup = |entry: &&Entry| {
        !matches!(
            entry.event,
            Event::Phase {
                phase: Phase::Cleanup
            }
        )
    };
    for entry in entries.iter().take_while(cleanup) {
        record.take(entry);
    }
    let view = View {
        plan,
        record: &record,
        after: ReadingId(0),
    };
    let recovered = recovered(plan, entries);
    let mut all = Vec::new();
    for job in plan.jobs.keys() {
        let mut rows = of_job(&view, job, &recovered);
        rows.sort();
        all.extend(rows);
    }
    all
}

/// The executions of one job, in the order of their edges.
fn of_job(view: &View<'_>, job: &str, recovered: &[Recovered]) -> Vec<Standing> {
    let record = view.record;
    let nodes = record.usable_up_to(&Topic::Nodes, ReadingId(u64::MAX));
    let nodes = nodes
        .and_then(|seen| record.nodes(seen))
        .unwrap_or_default();
    let topic = Topic::Executions(job.to_owned());
    let Some(last) = record.usable_up_to(&topic, ReadingId(u64::MAX)) else {
        return Vec::new();
    };
    let Answer::Executions(executions) = record.answer(&topic, last) else {
        return Vec::new();
    };
    let standing = |execution: &Execution| {
        let state = |state: &Option<_>| {
            state
                .as_ref()
                .map_or_else(|| "?".to_owned(), ToString::to_string)
        };
        let mut recovered = recovered.iter();
        let recovery = recovered.find(|it| it.job == job && it.execution == execution.id);
        Standing {
            job: job.to_owned(),
            place: place(view, nodes, execution),
            execution: execution.id.0.clone(),
            desired: state(&execution.desired),
            observed: state(&execution.observed),
            since: evidence::unchanged_since(view, job, execution),
            read: last.received,
            changed: execution.updated_at.clone(),
            recovery: recovery.map(recovery_words),
        }
    };
    executions.iter().map(standing).collect()
}

/// How long an execution took to run again, in words.
pub fn recovery_words(recovered: &Recovered) -> String {
    match recovered.ran {
        Some(ran) => brief(ran.by.since(recovered.restored)),
        None => "never".to_owned(),
    }
}

/// Where an execution is: its edge, or `left-behind` where nobody answers for its node any more.
fn place(view: &View<'_>, nodes: &[Node], execution: &Execution) -> String {
    let id = &execution.node_id;
    let mut edges = view.plan.edges.iter();
    let here = |edge: &&Edge| matching::node_of(edge, nodes).is_some_and(|node| node.id == *id);
    match edges.find(here) {
        Some(edge) if view.record.exists(edge) => edge.name.clone(),
        Some(edge) => format!("left-behind {}", edge.name),
        // An edge that came back as somebody else has left a namesake behind.
        None => {
            let node = nodes.iter().find(|node| node.id == *id);
            let name = node.and_then(|node| node.name.as_ref());
            format!("left-behind {}", name.unwrap_or(&id.0))
        }
    }
}
