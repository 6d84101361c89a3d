//! The end of a run at the orchestrator: its jobs are deleted, and the records of nodes that there are
//! only because of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use super::Run;
use crate::api::model::{Job, JobId, Node, NodeId};
use crate::api::{ApiError, Orchestrator};
use crate::journal::{Event, Phase, Topic};
use crate::plan::Edge;
use crate::playbook::FaultKind;
use crate::target::{RUN_LABEL, Target, matching};
use crate::verdict::record::Record;

/// How long an orchestrator that the run itself took away may take until it answers again.
const BACK: Duration = Duration::from_secs(15);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(500);

impl<T: Target> Run<'_, T> {
    /// Deletes this run's jobs and the node records that only this run made.
    pub(super) async fn clean_up(&mut self) {
        if self.recorder.record().started.is_empty() {
            return;
        }
        self.recorder.put(Event::Phase {
            phase: Phase::Cleanup,
        });
        let jobs = self.jobs_left().await;
        let nodes = self.nodes_left().await;
        let eyes = self.target.eyes();
        let reason = format!("rejoin run {} is over", self.prepared.plan.run);
        for (id, name) in jobs {
            if let Err(error) = eyes.delete_job(&id, &reason).await {
                self.left_over(format!("job {name} ({id}) could not be deleted: {error}"));
            }
        }
        // After the jobs, so that nothing is placed anew because a node went.
        for (id, edge) in nodes {
            if let Err(error) = eyes.delete_node(&id, &reason).await {
                self.left_over(format!(
                    "the record of node {id} ({edge}) could not be deleted: {error}"
                ));
            }
        }
    }

    /// The jobs that this run knows, and those that carry its label because the answer to their deploy
    /// was lost; not those that it deleted itself or that other hands deployed.
    async fn jobs_left(&mut self) -> BTreeMap<JobId, String> {
        let record = self.recorder.record();
        let deleted = |alias: &String| record.ended_jobs.get(alias) == Some(&true);
        let theirs = |alias: &String| record.adopted.contains(alias);
        let known = record.jobs.iter();
        let known = known.filter(|(alias, _)| !deleted(alias) && !theirs(alias));
        let mut jobs: BTreeMap<JobId, String> = known
            .map(|(alias, (id, _))| (id.clone(), alias.clone()))
            .collect();
        let run = self.prepared.plan.run.clone();
        let not_ours = self.not_ours.clone();
        let labelled =
            |job: &Job| job.labels.get(RUN_LABEL) == Some(&run.0) && !not_ours.contains(&job.id);
        match self.answered(async |eyes| eyes.jobs().await).await {
            Ok(all) => {
                for job in all.into_iter().filter(labelled) {
                    jobs.entry(job.id).or_insert(job.name);
                }
            }
            Err(error) => self.left_over(format!(
                "whether jobs with the label {RUN_LABEL}={run} are left is not known: {error}"
            )),
        }
        jobs
    }

    /// The records of added edges, and those of edges that came back as somebody else because this run removed
    /// or wiped them, with the edge's name.
    async fn nodes_left(&mut self) -> BTreeMap<NodeId, String> {
        let edges = &self.prepared.plan.edges;
        // One that could not be taken away would only enrol again.
        let gone = |edge: &&Edge| edge.added && !self.recorder.record().exists(edge);
        let added: Vec<&Edge> = edges.iter().filter(gone).collect();
        let stayed = edges.iter().filter(|edge| !edge.added);
        let changed = stayed.filter_map(|edge| Some((edge, self.former.get(&edge.name)?.clone())));
        let changed: Vec<(&Edge, BTreeSet<NodeId>)> = changed.collect();
        if changed.is_empty() && added.is_empty() {
            return BTreeMap::new();
        }
        let nodes = match self.answered(async |eyes| eyes.nodes().await).await {
            Ok(nodes) => nodes,
            Err(error) => {
                self.left_over(format!(
                    "whether records of nodes that are no more are left is not known: {error}"
                ));
                return BTreeMap::new();
            }
        };
        let mut left = BTreeMap::new();
        let before = first_nodes(self.recorder.record());
        for edge in added {
            let its = nodes
                .iter()
                .filter(|node| answers_for(node, edge) && !before.contains(&node.id));
            left.extend(its.map(|node| (node.id.clone(), edge.name.clone())));
        }
        for (edge, former) in changed {
            let current = matching::node_of(edge, &nodes).map(|node| &node.id);
            if let Some(current) = current.filter(|id| former.contains(id)) {
                self.still_old(edge, current);
                continue;
            }
            let old = nodes.iter().filter(|node| {
                let ours = former.contains(&node.id) || !before.contains(&node.id);
                // Inside the disconnect window it may still be called connected.
                answers_for(node, edge) && ours && Some(&node.id) != current
            });
            left.extend(old.map(|node| (node.id.clone(), edge.name.clone())));
        }
        left
    }

    /// An edge is still who it was. Where its data is gone that cannot stay so.
    fn still_old(&mut self, edge: &Edge, current: &NodeId) {
        let hits = self.recorder.record().hits.iter();
        let mut of_it = hits.filter(|hit| hit.on == edge.name);
        let wiped = of_it.any(|hit| hit.fault == FaultKind::Wipe);
        if wiped || edge.volatile {
            let how = if wiped { "wiped" } else { "removed" };
            self.left_over(format!(
                "{} was {how} and has not come back under a new identity; once it has, delete the old one: \
                 expanso-cli node delete {current} --yes --force",
                edge.name
            ));
        }
    }

    /// Asks the orchestrator; where the run itself had taken the services away, until they are back.
    async fn answered<A>(
        &self,
        ask: impl AsyncFn(&T::Eyes) -> Result<A, ApiError>,
    ) -> Result<A, ApiError> {
        let services = &self.prepared.plan.services;
        let mut hits = self.recorder.record().hits.iter();
        let ours = hits.any(|hit| services.iter().any(|service| service.name == hit.on));
        let deadline = Instant::now() + BACK;
        loop {
            match ask(self.target.eyes()).await {
                Err(ApiError::Unreachable { .. }) if ours && Instant::now() < deadline => {
                    tokio::time::sleep(PAUSE).await;
                }
                answer => return answer,
            }
        }
    }
}

/// Whether this record is of that edge, the newest or an older one.
fn answers_for(node: &Node, edge: &Edge) -> bool {
    matching::node_of(edge, std::slice::from_ref(node)).is_some()
}

/// The nodes that there were before the first step.
fn first_nodes(record: &Record) -> BTreeSet<NodeId> {
    let mut readings = record.readings(&Topic::Nodes).iter();
    let nodes = readings.find_map(|seen| record.nodes(seen));
    let nodes = nodes.unwrap_or_default().iter();
    nodes.map(|node| node.id.clone()).collect()
}
