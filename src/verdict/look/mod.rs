//! One look at one claim: do the newest readings meet it, contradict it, or say nothing?
//!
//! This is the one predicate behind every expectation and assumption. It knows no deadlines; these
//! are [`super::watch`]'s. Here stands what all claims share; each theme has a file of its own.

mod evaluations;
mod executions;
mod history;
mod logs;
mod nodes;
mod tally;
mod truth;

use crate::api::model::{Execution, ExecutionId, ExecutionState, Node, NodeId};
use crate::clock::Elapsed;
use crate::journal::{ReadingId, Topic};
use crate::plan::{Claim, Edge, Plan, Who};
use crate::playbook::Observable;
use crate::target::matching;

use super::record::{Record, Seen};
use super::rejoin;

pub use executions::contrary_executions;
pub use truth::contrary_edges;

pub(super) use truth::Says;

use executions::newest;
use tally::{Tally, Wanted, met_unless};

/// What the newest readings say about a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The finding.
    pub finding: Finding,
    /// The readings it rests on.
    pub readings: Vec<ReadingId>,
    /// When the earliest of their requests was sent.
    pub sent: Elapsed,
}

/// The finding of a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The claim holds.
    Met,
    /// It does not, and this is what is there instead, one phrase for each thing that differs.
    Contrary(Vec<String>),
    /// Nobody can tell, and why.
    Absent(String),
    /// This target cannot show it, and why.
    Hidden(String),
}

/// What a step of a look comes to; the error is the finding that ends it.
type Found<T> = Result<T, Finding>;

fn absent<T>(why: impl Into<String>) -> Found<T> {
    Err(Finding::Absent(why.into()))
}

fn hidden<T>(why: impl Into<String>) -> Found<T> {
    Err(Finding::Hidden(why.into()))
}

/// What a claim needs that not every target can show.
pub fn observable(claim: &Claim) -> Option<Observable> {
    match claim {
        Claim::Nodes { .. } | Claim::Executions { .. } | Claim::Job { .. } => None,
        Claim::Truth { .. } => Some(Observable::EdgeTruth),
        Claim::Evaluations { .. } => Some(Observable::Evaluations),
        Claim::History { .. } => Some(Observable::History),
        Claim::Logs { .. } => Some(Observable::Logs),
    }
}

/// Where a look may look: readings requested after a step began, in the run so far.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// What was seen.
    pub record: &'a Record,
    /// Only readings after this one count.
    pub after: ReadingId,
}

impl<'a> View<'a> {
    /// Looks once.
    pub fn look(&self, claim: &Claim) -> Look {
        let mut used = Vec::new();
        let finding = self.finding(claim, &mut used).unwrap_or_else(|early| early);
        Look {
            finding,
            sent: used.iter().map(|seen| seen.sent).min().unwrap_or_default(),
            readings: used.iter().map(|seen| seen.id).collect(),
        }
    }

    fn finding(&self, claim: &Claim, used: &mut Vec<&'a Seen>) -> Found<Finding> {
        match claim {
            Claim::Nodes { on, are } => self.nodes_are(on, *are, used),
            Claim::Job { job, is } => self.job_is(job, is, used),
            Claim::Executions {
                job,
                on,
                observed,
                desired,
                count,
            } => {
                let wanted = Wanted {
                    observed: observed.as_ref(),
                    desired: desired.as_ref(),
                };
                self.executions_are(job, on, wanted, *count, used)
            }
            Claim::Truth {
                job,
                on,
                observed,
                count,
            } => {
                let wanted = Wanted {
                    observed: observed.as_ref(),
                    desired: None,
                };
                self.truth_is(job, on, wanted, *count, used)
            }
            Claim::Evaluations {
                job,
                trigger,
                state,
                count,
                after,
            } => {
                let wanted = evaluations::Wanted {
                    trigger: trigger.as_deref(),
                    state: state.as_ref(),
                };
                self.evaluations_are(job, wanted, *count, *after, used)
            }
            Claim::History {
                job,
                on,
                passed,
                never,
            } => self.history_is(job, on, passed, never, used),
            Claim::Logs {
                of,
                pattern,
                count,
                after,
            } => self.logs_are(of, pattern, *count, *after, used),
        }
    }

    /// The newest reading of a topic, if it counts and is usable.
    fn fresh(&self, topic: &Topic, used: &mut Vec<&'a Seen>) -> Found<&'a Seen> {
        let seen = self.record.last(topic).filter(|seen| seen.id > self.after);
        let Some(seen) = seen else {
            return absent("nothing was read yet");
        };
        used.push(seen);
        match self.record.failure(topic, seen) {
            Some(reason) => absent(reason),
            None => Ok(seen),
        }
    }

    /// The selected edges; an empty selection is nothing to judge.
    pub(super) fn selected(&self, who: &Who) -> Found<Vec<&'a Edge>> {
        let plan = self.plan;
        let edges: Vec<&Edge> = match who {
            Who::All => plan
                .edges
                .iter()
                .filter(|edge| self.record.exists(edge))
                .collect(),
            Who::These(names) => names.iter().filter_map(|name| plan.edge(name)).collect(),
        };
        if edges.is_empty() {
            return absent(
                "no edge is selected, so there is nothing to judge (`all` means the containers that exist now; name them with `as`)",
            );
        }
        Ok(edges)
    }

    /// The selected edges with their nodes; every one must be listed.
    fn located(&self, who: &Who, used: &mut Vec<&'a Seen>) -> Found<Vec<(&'a Edge, &'a Node)>> {
        let seen = self.fresh(&Topic::Nodes, used)?;
        let nodes = self.record.nodes(seen).unwrap_or_default();
        self.selected(who)?
            .into_iter()
            .map(|edge| match matching::node_of(edge, nodes) {
                Some(node) if rejoin::not_enrolled(self.record, edge, node) => {
                    absent(outside(edge))
                }
                Some(node) => Ok((edge, node)),
                None => absent(format!("the server lists no node of {}", edge.name)),
            })
            .collect()
    }

    /// Refuses to say anything of edges that have to enrol anew and have not.
    fn joined(&self, edges: &[&Edge]) -> Found<()> {
        let last = ReadingId(u64::MAX);
        let seen = self.record.usable_up_to(&Topic::Nodes, last);
        let nodes = seen.and_then(|seen| self.record.nodes(seen));
        let nodes = nodes.unwrap_or_default();
        let waits = |edge: &&&Edge| {
            let node = matching::node_of(edge, nodes);
            node.is_some_and(|node| rejoin::not_enrolled(self.record, edge, node))
        };
        match edges.iter().find(waits) {
            Some(edge) => absent(outside(edge)),
            None => Ok(()),
        }
    }

    /// The newest reading of nodes, used only for its place in time: it may have failed.
    fn moment(&self, used: &mut Vec<&'a Seen>) -> Found<()> {
        let seen = self.record.last(&Topic::Nodes);
        match seen.filter(|seen| seen.id > self.after) {
            Some(seen) => used.push(seen),
            None => return absent("nothing was read yet"),
        }
        Ok(())
    }

    /// Whether an execution is of the version of its job that was deployed last, where versions are
    /// said, and of its last rerun.
    fn is_current(&self, job: &str, execution: &Execution) -> bool {
        let deployed = self.record.jobs.get(job);
        let version = deployed.and_then(|(_, version)| *version);
        let same = version.is_none()
            || execution.job_version.is_none()
            || execution.job_version == version;
        same && !self.is_outrun(job, &execution.id)
    }

    /// Whether an execution is one that a rerun left behind: it was there before, and the orchestrator
    /// still says the same of it, or wants it stopped, or speaks of it no more. One that is started anew
    /// under its own id has changed since.
    fn is_outrun(&self, job: &str, id: &ExecutionId) -> bool {
        let reruns = self.record.reruns.get(job).into_iter().flatten();
        let mut before = reruns.filter_map(|before| before.get(id)).peekable();
        if before.peek().is_none() {
            return false;
        }
        let topic = Topic::Executions(job.to_owned());
        let last = self.record.usable_up_to(&topic, ReadingId(u64::MAX));
        let all = last.and_then(|seen| self.record.executions(job, seen));
        let mut all = all.unwrap_or_default().iter();
        let Some(now) = all.find(|execution| execution.id == *id) else {
            return true;
        };
        now.desired == Some(ExecutionState::Stopped) || before.any(|was| said(was) == said(now))
    }

    /// What to add where no execution of a job is found, since a rerun leaves some out.
    pub(super) fn since_rerun(&self, job: &str) -> &'static str {
        match self.record.reruns.get(job) {
            Some(_) => " since the rerun",
            None => "",
        }
    }

    /// The current executions of a job on an edge's node, as it was last listed.
    pub(super) fn placed_on<'e>(
        &self,
        job: &str,
        edge: &Edge,
        all: &'e [Execution],
    ) -> Vec<&'e Execution> {
        let node = self.node_of(&edge.name);
        node.map_or_else(Vec::new, |node| self.current_on(job, all, node))
    }

    /// The id of an edge's node in the last usable reading.
    fn node_of(&self, edge: &str) -> Option<&'a NodeId> {
        let edge = self.plan.edge(edge)?;
        let last = ReadingId(u64::MAX);
        let seen = self.record.usable_up_to(&Topic::Nodes, last)?;
        Some(&matching::node_of(edge, self.record.nodes(seen)?)?.id)
    }

    /// The current executions of a job on a node.
    fn current_on<'e>(&self, job: &str, all: &'e [Execution], node: &NodeId) -> Vec<&'e Execution> {
        let here = all.iter().filter(|execution| execution.node_id == *node);
        here.filter(|execution| self.is_current(job, execution))
            .collect()
    }
}

/// Why nothing can be said of an edge that has to enrol anew.
fn outside(edge: &Edge) -> String {
    format!(
        "{} lost its identity with the fault and has not joined as a new node; whether it could enrol, its log says: docker logs {}",
        edge.name, edge.container
    )
}

/// What changes when something happens to an execution.
fn said(execution: &Execution) -> impl PartialEq {
    let states = (execution.observed.clone(), execution.desired.clone());
    let marks = (execution.revision, execution.updated_at.clone());
    (states, marks)
}
