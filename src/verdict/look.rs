//! One look at one claim: do the newest readings meet it, contradict it, or say nothing?
//!
//! This is the one predicate behind every expectation and assumption. It knows no deadlines; these
//! are [`super::watch`]'s.

use crate::api::model::{Execution, ExecutionState, Node, NodeState};
use crate::clock::Elapsed;
use crate::journal::{ReadingId, Topic};
use crate::plan::{Claim, Edge, Plan, Who};
use crate::playbook::NodeIs;
use crate::target::matching;

use super::record::{Record, Seen};
use super::rejoin;

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
        let finding = self
            .finding(claim, &mut used)
            .unwrap_or_else(Finding::Absent);
        Look {
            finding,
            sent: used.iter().map(|seen| seen.sent).min().unwrap_or_default(),
            readings: used.iter().map(|seen| seen.id).collect(),
        }
    }

    fn finding(&self, claim: &Claim, used: &mut Vec<&'a Seen>) -> Result<Finding, String> {
        match claim {
            Claim::Nodes { on, are } => self.nodes_are(on, *are, used),
            Claim::Job { job, is } => {
                let seen = self.fresh(&Topic::Job(job.clone()), used)?;
                let Some(found) = self.record.job(job, seen) else {
                    // It took the job; that it does not know it any more is its own doing.
                    let gone = format!("the server knows no job {job} any more");
                    return Ok(Finding::Contrary(vec![gone]));
                };
                match &found.state {
                    None => Err(format!("the server gives no state of job {job}")),
                    Some(state) if state == is => Ok(Finding::Met),
                    Some(state) => Ok(Finding::Contrary(vec![format!("job {job} is {state}")])),
                }
            }
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
        }
    }

    /// The newest reading of a topic, if it counts and is usable.
    fn fresh(&self, topic: &Topic, used: &mut Vec<&'a Seen>) -> Result<&'a Seen, String> {
        let seen = self.record.last(topic).filter(|seen| seen.id > self.after);
        let seen = seen.ok_or_else(|| "nothing was read yet".to_owned())?;
        used.push(seen);
        match self.record.failure(topic, seen) {
            Some(reason) => Err(reason.to_owned()),
            None => Ok(seen),
        }
    }

    fn selected(&self, who: &Who) -> Result<Vec<&'a Edge>, String> {
        let plan = self.plan;
        let edges: Vec<&Edge> = match who {
            Who::All => plan
                .edges
                .iter()
                .filter(|edge| self.record.exists(&edge.container))
                .collect(),
            Who::These(names) => names.iter().filter_map(|name| plan.edge(name)).collect(),
        };
        if edges.is_empty() {
            return Err("no edge is selected, so there is nothing to judge (`all` means the containers that exist now; name them with `as`)".to_owned());
        }
        Ok(edges)
    }

    /// The selected edges with their nodes; every one must be listed.
    fn located(
        &self,
        who: &Who,
        used: &mut Vec<&'a Seen>,
    ) -> Result<Vec<(&'a Edge, &'a Node)>, String> {
        let seen = self.fresh(&Topic::Nodes, used)?;
        let nodes = self.record.nodes(seen).unwrap_or_default();
        self.selected(who)?
            .into_iter()
            .map(|edge| match matching::node_of(edge, nodes) {
                Some(node) => Ok((edge, node)),
                None => Err(format!("the server lists no node of {}", edge.name)),
            })
            .collect()
    }

    fn nodes_are(
        &self,
        who: &Who,
        are: NodeIs,
        used: &mut Vec<&'a Seen>,
    ) -> Result<Finding, String> {
        let located = self.located(who, used)?;
        let mut differ = Vec::new();
        for (edge, node) in located {
            let Some(state) = &node.state else {
                return Err(format!("the server gives no state of {}", edge.name));
            };
            let wanted = match are {
                NodeIs::Connected | NodeIs::Reconnected => NodeState::Connected,
                NodeIs::Disconnected => NodeState::Disconnected,
                NodeIs::Lost => NodeState::Lost,
            };
            if *state != wanted {
                differ.push(format!("{} is {state}", edge.name));
            } else if are == NodeIs::Reconnected
                && !rejoin::seen_since_return(self.record, edge, node)?
            {
                differ.push(format!(
                    "{} is {state}, but not seen since the restore",
                    edge.name
                ));
            }
        }
        Ok(met_unless(differ))
    }

    fn executions_are(
        &self,
        job: &str,
        who: &Who,
        wanted: Wanted<'_>,
        count: Option<u64>,
        used: &mut Vec<&'a Seen>,
    ) -> Result<Finding, String> {
        let located = self.located(who, used)?;
        let seen = self.fresh(&Topic::Executions(job.to_owned()), used)?;
        let all = self.record.executions(job, seen).unwrap_or_default();
        let version = self.record.jobs.get(job).and_then(|(_, version)| *version);
        let current = |execution: &&Execution| {
            version.is_none() || execution.job_version.is_none() || execution.job_version == version
        };
        let mut differ = Vec::new();
        let mut matching = 0;
        for (edge, node) in located {
            let here: Vec<&Execution> = all
                .iter()
                .filter(|execution| execution.node_id == node.id)
                .filter(current)
                .collect();
            let fit = here
                .iter()
                .filter(|execution| wanted.fits(execution))
                .count();
            matching += u64::try_from(fit).unwrap_or(u64::MAX);
            if fit == 0 {
                if let Some(silent) = here.iter().find(|execution| wanted.unsaid(execution)) {
                    return Err(format!(
                        "the server gives no state of execution {}",
                        silent.id
                    ));
                }
                differ.push(describe(edge, &here));
            }
        }
        Ok(match count {
            Some(count) if matching == count => Finding::Met,
            Some(count) => Finding::Contrary(vec![format!("{matching} match, not {count}")]),
            None => met_unless(differ),
        })
    }
}

fn met_unless(differ: Vec<String>) -> Finding {
    if differ.is_empty() {
        Finding::Met
    } else {
        Finding::Contrary(differ)
    }
}

/// The states that an execution must have.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    observed: Option<&'a ExecutionState>,
    desired: Option<&'a ExecutionState>,
}

impl Wanted<'_> {
    fn fits(self, execution: &Execution) -> bool {
        self.observed
            .is_none_or(|state| execution.observed.as_ref() == Some(state))
            && self
                .desired
                .is_none_or(|state| execution.desired.as_ref() == Some(state))
    }

    /// Whether the answer depends on a state that the server did not give.
    fn unsaid(self, execution: &Execution) -> bool {
        self.observed.is_some() && execution.observed.is_none()
            || self.desired.is_some() && execution.desired.is_none()
    }
}

/// What is on an edge instead: the last execution, since a terminal one before it is history.
fn describe(edge: &Edge, here: &[&Execution]) -> String {
    let newest = here
        .iter()
        .max_by_key(|execution| (&execution.created_at, &execution.id));
    match newest {
        None => format!("no execution on {}", edge.name),
        Some(execution) => {
            let state = |state: &Option<ExecutionState>| {
                state.as_ref().map_or("?".to_owned(), ToString::to_string)
            };
            format!(
                "{} on {} (desired {})",
                state(&execution.observed),
                edge.name,
                state(&execution.desired)
            )
        }
    }
}

/// The executions that a look found contrary: those of the job on the selected edges that do not fit.
pub fn contrary_executions<'a>(view: &View<'a>, claim: &Claim) -> Vec<(&'a Edge, &'a Execution)> {
    let Claim::Executions {
        job,
        on,
        observed,
        desired,
        ..
    } = claim
    else {
        return Vec::new();
    };
    let wanted = Wanted {
        observed: observed.as_ref(),
        desired: desired.as_ref(),
    };
    let mut used = Vec::new();
    let Ok(located) = view.located(on, &mut used) else {
        return Vec::new();
    };
    let topic = Topic::Executions(job.clone());
    let Ok(seen) = view.fresh(&topic, &mut used) else {
        return Vec::new();
    };
    let all = view.record.executions(job, seen).unwrap_or_default();
    let mut found = Vec::new();
    for (edge, node) in located {
        let here = all.iter().filter(|execution| execution.node_id == node.id);
        found.extend(
            here.filter(|execution| !wanted.fits(execution))
                .map(|execution| (edge, execution)),
        );
    }
    found
}
