//! When the work on each edge ran again after the edge was brought back.
//!
//! Nobody sees the moment itself: it lies between the last reading that shows the work not running, or its
//! node not back, and the first one that shows both.

use super::look::View;
use super::record::{Record, Return};
use super::rejoin;
use crate::api::model::{Execution, ExecutionId, ExecutionState};
use crate::clock::Elapsed;
use crate::journal::{Entry, Event, Phase, ReadingId, Topic};
use crate::plan::{Edge, Plan};
use crate::target::matching;

/// One execution on an edge that was brought back, and how it went on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// The job's alias.
    pub job: String,
    /// The edge's name.
    pub edge: String,
    /// The execution: the one that ran, or the one that was last seen not to.
    pub execution: ExecutionId,
    /// When its edge was brought back.
    pub restored: Elapsed,
    /// When it was first seen running on the node that is back; `None`: never while the run looked.
    pub ran: Option<Ran>,
}

/// When something ran again: not before the one, by the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ran {
    /// When the last request was sent that shows that it did not; the restore itself where there is none.
    pub not_before: Elapsed,
    /// When the first answer was recorded that shows that it did.
    pub by: Elapsed,
    /// The reading of executions that shows it.
    pub reading: ReadingId,
}

/// Every execution on every edge that the steps brought back, by the last time that each was; by job and edge.
pub fn recovered(plan: &Plan, entries: &[Entry]) -> Vec<Recovered> {
    let mut record = Record::default();
    let of_run = |entry: &&Entry| {
        let Event::Phase { phase } = entry.event else {
            return true;
        };
        phase < Phase::Settle
    };
    // What settling still shows is no recovery by itself: nobody asked for it in time.
    for entry in entries.iter().take_while(of_run) {
        record.take(entry);
    }
    let healed = record.phases.get(&Phase::Heal).copied();
    let view = View {
        plan,
        record: &record,
        after: ReadingId(0),
    };
    let mut found = Vec::new();
    for job in plan.jobs.keys() {
        for edge in &plan.edges {
            let back = rejoin::last_return(&record, Some(&edge.container));
            let back = back.filter(|back| healed.is_none_or(|healed| back.at < healed));
            found.extend(back.and_then(|back| one(&view, job, edge, back)));
        }
    }
    found
}

fn one(view: &View<'_>, job: &str, edge: &Edge, back: &Return) -> Option<Recovered> {
    let ran = ran_again(view, job, edge, back);
    let topic = Topic::Executions(job.to_owned());
    let shown = ran.map_or(ReadingId(u64::MAX), |ran| ran.reading);
    let seen = view.record.usable_up_to(&topic, shown)?;
    let here = here(view, job, edge, seen.id);
    let is_it = |execution: &&&Execution| ran.is_none() || runs(execution);
    // What is over, or is to be, does not come back.
    let over =
        |state: &Option<ExecutionState>| state.as_ref().is_some_and(ExecutionState::is_terminal);
    let wanted = |execution: &&&Execution| !over(&execution.observed) && !over(&execution.desired);
    let execution = here.iter().filter(is_it).rfind(wanted)?;
    Some(Recovered {
        job: job.to_owned(),
        edge: edge.name.clone(),
        execution: execution.id.clone(),
        restored: back.at,
        ran,
    })
}

/// When a job ran again on an edge after that return; `None`: not as far as the record goes.
pub(super) fn ran_again(view: &View<'_>, job: &str, edge: &Edge, back: &Return) -> Option<Ran> {
    let topic = Topic::Executions(job.to_owned());
    let mut not_before = back.at;
    let all = view.record.readings(&topic).iter();
    for seen in all.filter(|seen| seen.id > back.after && seen.sent >= back.at) {
        if view.record.executions(job, seen).is_none() {
            continue; // no answer says nothing
        }
        let running = here(view, job, edge, seen.id).into_iter().any(runs);
        if running && is_back(view, edge, seen.id) {
            return Some(Ran {
                not_before,
                by: seen.received,
                reading: seen.id,
            });
        }
        not_before = not_before.max(seen.sent);
    }
    None
}

fn runs(execution: &Execution) -> bool {
    execution.observed == Some(ExecutionState::Running)
}

/// The executions of a job on an edge's node, as that reading has them.
fn here<'a>(view: &View<'a>, job: &str, edge: &Edge, reading: ReadingId) -> Vec<&'a Execution> {
    let topic = Topic::Executions(job.to_owned());
    let seen = view.record.usable_up_to(&topic, reading);
    let all = seen.and_then(|seen| view.record.executions(job, seen));
    view.placed_on(job, edge, all.unwrap_or_default())
}

/// Whether the server had heard of the edge's node again by that reading; where nobody can tell, what it says
/// of the work is all there is.
fn is_back(view: &View<'_>, edge: &Edge, reading: ReadingId) -> bool {
    let seen = view.record.usable_up_to(&Topic::Nodes, reading);
    let nodes = seen.and_then(|seen| view.record.nodes(seen));
    let node = nodes.and_then(|nodes| matching::node_of(edge, nodes));
    node.is_some_and(|node| rejoin::seen_since_return(view.record, edge, node).unwrap_or(true))
}
