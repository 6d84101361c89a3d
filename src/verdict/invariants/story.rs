//! The readings that invariants are judged over: those up to the clean-up, which ends what it finds.

use std::collections::BTreeMap;

use super::super::record::{Record, Seen, Sweep};
use crate::api::model::{Execution, ExecutionId, Node, NodeId, Transition};
use crate::clock::Elapsed;
use crate::journal::{Answer, Phase, ReadingId, Topic};
use crate::plan::{Edge, Plan};
use crate::target::matching;

/// A run up to its clean-up.
#[derive(Clone, Copy)]
pub(super) struct Story<'a> {
    pub(super) plan: &'a Plan,
    pub(super) record: &'a Record,
    until: ReadingId,
}

impl<'a> Story<'a> {
    pub(super) fn of(plan: &'a Plan, record: &'a Record) -> Self {
        let until = record.phase_after.get(&Phase::Cleanup).copied();
        Self {
            plan,
            record,
            until: until.unwrap_or(ReadingId(u64::MAX)),
        }
    }

    /// The readings of a topic.
    pub(super) fn readings(self, topic: &Topic) -> &'a [Seen] {
        let all = self.record.readings(topic);
        let count = all.partition_point(|seen| seen.id <= self.until);
        all.get(..count).unwrap_or_default()
    }

    /// Those that say something new.
    fn news(self, topic: &Topic) -> impl Iterator<Item = &'a Seen> + use<'a> {
        let all = self.readings(topic).iter();
        all.filter(|seen| !matches!(seen.answer, Answer::Same(_)))
    }

    /// Every usable reading of a job's executions that says something new.
    pub(super) fn executions(
        self,
        job: &str,
    ) -> impl Iterator<Item = (&'a Seen, &'a [Execution])> + use<'a> {
        let news = self.news(&Topic::Executions(job.to_owned()));
        news.filter_map(move |seen| match &seen.answer {
            Answer::Executions(executions) => Some((seen, executions.as_slice())),
            _ => None,
        })
    }

    /// Every usable reading of the history of a job's executions that says something new.
    pub(super) fn histories(
        self,
        job: &str,
    ) -> impl Iterator<Item = (&'a Seen, &'a BTreeMap<ExecutionId, Vec<Transition>>)> + use<'a>
    {
        let news = self.news(&Topic::History(job.to_owned()));
        news.filter_map(move |seen| match &seen.answer {
            Answer::History(Some(history)) => Some((seen, history)),
            _ => None,
        })
    }

    /// Whether any execution of this run was ever seen.
    pub(super) fn saw_any(self) -> bool {
        let mut jobs = self.plan.jobs.keys();
        jobs.any(|job| self.executions(job).any(|(_, all)| !all.is_empty()))
    }

    /// The node that an execution was placed on.
    pub(super) fn node_of(self, job: &str, id: &ExecutionId) -> Option<&'a NodeId> {
        let mut all = self.executions(job).flat_map(|(_, all)| all);
        Some(&all.find(|execution| execution.id == *id)?.node_id)
    }

    /// What a node is called in reports: its edge, or its own id where no edge answers for it.
    pub(super) fn place(self, node: &NodeId) -> String {
        let seen = self.record.usable_up_to(&Topic::Nodes, self.until);
        let nodes = seen.and_then(|seen| self.record.nodes(seen));
        let nodes = nodes.unwrap_or_default();
        let mut edges = self.plan.edges.iter();
        match edges.find(|edge| is_node_of(edge, node, nodes)) {
            Some(edge) => edge.name.clone(),
            None => format!("node {node}"),
        }
    }

    /// The edges whose container exists.
    pub(super) fn edges(self) -> impl Iterator<Item = &'a Edge> {
        let record = self.record;
        let edges = self.plan.edges.iter();
        edges.filter(move |edge| record.exists(edge))
    }

    /// The end of the run as far as it counts: where the clean-up began.
    pub(super) fn end(self) -> Elapsed {
        let cleanup = self.record.phases.get(&Phase::Cleanup).copied();
        cleanup.unwrap_or(self.record.now)
    }

    /// The sweeps while nothing was done any more; the error is why there is no such time.
    pub(super) fn settled(self) -> Result<&'a [Sweep], String> {
        if let Some(container) = self.record.not_restored.first() {
            return Err(format!("{container} could not be put back"));
        }
        let begin = self.record.phases.get(&Phase::Settle);
        let after = self.record.phase_after.get(&Phase::Settle);
        let (Some(begin), Some(after)) = (begin, after) else {
            return Err("the run was ended before it settled".to_owned());
        };
        if self.end().since(*begin) < self.plan.settle.time {
            return Err("the run was ended before it settled".to_owned());
        }
        let sweeps = &self.record.sweeps;
        let from = sweeps.partition_point(|sweep| sweep.first <= *after);
        let to = sweeps.partition_point(|sweep| sweep.last <= self.until);
        Ok(sweeps.get(from..to).unwrap_or_default())
    }
}

/// Whether this is the node that an edge answers for.
pub(super) fn is_node_of(edge: &Edge, node: &NodeId, nodes: &[Node]) -> bool {
    matching::node_of(edge, nodes).is_some_and(|own| own.id == *node)
}
