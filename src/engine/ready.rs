//! Whether a target is fit for a run: looked at before anything is touched.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::stop::{Reason, Stop};
use crate::api::model::{Execution, ExecutionState, Job, JobState, Node, NodeState};
use crate::api::{ApiError, Orchestrator};
use crate::fault::{ADDED_LABEL, Inventory, RunState};
use crate::journal::Watcher;
use crate::plan::{Edge, Plan};
use crate::target::{RUN_LABEL, matching};

/// How often to look while waiting.
const LOOK: Duration = Duration::from_millis(250);
/// So many looks in a row may get no answer, each with all its tries.
const MISSES: u32 = 3;

/// Why a target is not fit.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// The API does not answer.
    #[error("{0}")]
    Api(#[from] ApiError),
    /// Somebody's leftovers, or nodes that do not connect.
    #[error("the target is not clean, so nothing was touched:\n{}", .0.iter().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n"))]
    Dirty(Vec<String>),
    /// Stopped while waiting.
    #[error("stopped while waiting for the target")]
    Stopped(Reason),
}

/// Waits until every edge's node is connected, was heard of, and nothing half-done is on them, at most as long as the
/// plan says. Leftovers of earlier runs do not go away by waiting.
pub async fn wait(
    eyes: &impl Orchestrator,
    plan: &Plan,
    stop: &mut Stop,
    watcher: &mut dyn Watcher,
) -> Result<(), NotReady> {
    let deadline = Instant::now() + plan.ready.time;
    // Those that the run adds are not there yet.
    let edges = plan.edges.iter().filter(|edge| !edge.added);
    let edges: Vec<Edge> = edges.cloned().collect();
    let mut told = false;
    let mut missed = 0;
    let mut first: Option<Vec<Node>> = None;
    loop {
        let seen = tokio::select! {
            biased;
            reason = stop.next() => return Err(NotReady::Stopped(reason)),
            seen = look(eyes) => seen,
        };
        let Seen {
            nodes,
            jobs,
            executions,
        } = match seen {
            Ok(seen) => seen,
            Err(error) if error.may_pass() && missed + 1 < MISSES => {
                missed += 1;
                pause(stop).await?;
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        missed = 0;
        let mut leftovers: Vec<String> = jobs.iter().filter_map(leftover).collect();
        leftovers.extend(taken(plan, &jobs));
        if !leftovers.is_empty() {
            return Err(NotReady::Dirty(leftovers));
        }
        let mut waiting = unconnected(&edges, &nodes);
        if waiting.is_empty() {
            let first = first.get_or_insert_with(|| nodes.clone());
            let unheard = unheard(&edges, first, &nodes);
            if !unheard.is_empty() {
                waiting.push(format!("no heartbeat of {} yet", unheard.join(", ")));
            }
        }
        waiting.extend(half_done(&edges, &nodes, &jobs, &executions));
        if waiting.is_empty() {
            return Ok(());
        }
        if Instant::now() >= deadline {
            return Err(NotReady::Dirty(waiting));
        }
        if !told {
            told = true;
            watcher.note(&format!("waiting: {}", waiting.join("; ")));
        }
        pause(stop).await?;
    }
}

/// What a look shows.
struct Seen {
    nodes: Vec<Node>,
    jobs: Vec<Job>,
    executions: Vec<Execution>,
}

async fn look(eyes: &impl Orchestrator) -> Result<Seen, ApiError> {
    Ok(Seen {
        nodes: eyes.nodes().await?,
        jobs: eyes.jobs().await?,
        executions: eyes.executions(None).await?,
    })
}

async fn pause(stop: &mut Stop) -> Result<(), NotReady> {
    tokio::select! {
        biased;
        reason = stop.next() => Err(NotReady::Stopped(reason)),
        () = tokio::time::sleep(LOOK) => Ok(()),
    }
}

/// Whether every container of the target runs, and none is left over from another run: inside the disconnect window the API would not tell.
pub fn running(containers: &Inventory, target: &str) -> Result<(), NotReady> {
    let down: Vec<String> = containers
        .values()
        .filter(|container| {
            container.state != RunState::Running || container.labels.contains_key(ADDED_LABEL)
        })
        .map(|container| {
            if let Some(run) = container.labels.get(ADDED_LABEL) {
                let name = &container.name;
                return format!("{name} was added by run {run} and left; rejoin down --target {target}");
            }
            let state = format!("{:?}", container.state).to_lowercase();
            let name = &container.name;
            format!("{name} is {state}; start it, or bring the stack up again: rejoin up --target {target}")
        })
        .collect();
    if down.is_empty() {
        Ok(())
    } else {
        Err(NotReady::Dirty(down))
    }
}

/// Jobs of others under a name that this run would deploy: a deploy would change them.
fn taken(plan: &Plan, jobs: &[Job]) -> Vec<String> {
    let alive = jobs
        .iter()
        .filter(|job| job.state != Some(JobState::Deleted));
    let adopted = plan.adopted();
    let own = plan.jobs.iter();
    let own = own.filter(|(alias, _)| !adopted.contains_key(alias.as_str()));
    let own: BTreeSet<&String> = own.map(|(_, name)| name).collect();
    let same = alive.filter(|job| own.contains(&job.name));
    let foreign = same.filter(|job| !job.labels.contains_key(RUN_LABEL));
    let words = |job: &Job| {
        format!(
            "job {} ({}) is somebody else's and has the name that this run would deploy; run without --keep-names, or delete it",
            job.name, job.id
        )
    };
    foreign.map(words).collect()
}

/// A job that an earlier run left.
pub fn leftover(job: &Job) -> Option<String> {
    let run = job.labels.get(RUN_LABEL)?;
    if job.state == Some(JobState::Deleted) {
        return None;
    }
    Some(format!(
        "job {} ({}) is left over from run {run}; delete it: expanso-cli job delete {} --yes --force",
        job.name, job.id, job.id
    ))
}

fn unconnected(edges: &[Edge], nodes: &[Node]) -> Vec<String> {
    let mut waiting = Vec::new();
    for edge in edges {
        match matching::node_of(edge, nodes) {
            None => {
                let known: Vec<&str> = nodes.iter().filter_map(|n| n.name.as_deref()).collect();
                waiting.push(format!(
                    "{} ({}) has no node: if it could not enrol, its log says why: docker logs {}; the server lists: {}",
                    edge.name,
                    edge.container,
                    edge.container,
                    if known.is_empty() {
                        "none".to_owned()
                    } else {
                        known.join(", ")
                    }
                ));
            }
            Some(node) if node.state != Some(NodeState::Connected) => {
                let state = node
                    .state
                    .as_ref()
                    .map_or("without a state", NodeState::as_str);
                waiting.push(format!("{}: its node {} is {state}", edge.name, node.id));
            }
            Some(_) => {}
        }
    }
    waiting
}

/// Edges whose node says `connected` but was not heard of while we waited: the one that the API still
/// believes in may be gone, and the one that runs now may not have come yet. Judged where the API
/// gives the last heartbeat.
fn unheard<'a>(edges: &'a [Edge], first: &[Node], nodes: &[Node]) -> Vec<&'a str> {
    let silent = |edge: &&Edge| {
        let said =
            |nodes| matching::node_of(edge, nodes).map(|node| (&node.id, &node.last_heartbeat));
        let (was, is) = (said(first), said(nodes));
        is.is_some_and(|(_, heartbeat)| heartbeat.is_some()) && was == is
    };
    edges
        .iter()
        .filter(silent)
        .map(|edge| edge.name.as_str())
        .collect()
}

/// Executions on the edges' nodes that are neither running nor over: whatever they wait for would mix
/// with what the run does.
fn half_done(
    edges: &[Edge],
    nodes: &[Node],
    jobs: &[Job],
    executions: &[Execution],
) -> Vec<String> {
    let mut found = Vec::new();
    for execution in executions {
        let settled = execution
            .observed
            .as_ref()
            .is_none_or(|state| state.is_terminal() || *state == ExecutionState::Running);
        let edge = edges.iter().find(|edge| {
            matching::node_of(edge, nodes).is_some_and(|node| node.id == execution.node_id)
        });
        let Some(edge) = edge.filter(|_| !settled) else {
            continue;
        };
        let state = execution
            .observed
            .as_ref()
            .map_or("?", ExecutionState::as_str);
        let job = jobs.iter().find(|job| job.id == execution.job_id);
        found.push(format!(
            "{}: execution {} of job {} is {state}",
            edge.name,
            execution.id,
            job.map_or(execution.job_id.0.as_str(), |job| job.name.as_str()),
        ));
    }
    found
}
