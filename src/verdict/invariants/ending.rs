//! `stopped-runs-nowhere` and `edge-agrees`: what orchestrator and edges say at the end, side by side.

use std::collections::BTreeMap;

use super::super::look::Says;
use super::super::record::Sweep;
use super::standing::{Differences, read, standing};
use super::story::is_node_of;
use super::{Judged, Story};
use crate::api::model::{Execution, ExecutionId, ExecutionState, JobId, Node, NodeState};
use crate::journal::{ReadingId, Topic};
use crate::plan::Edge;
use crate::target::{Truth, matching};

use ExecutionState as S;

/// The execution that a difference is about, and the edge that it is said of.
pub(super) type About<'a> = (&'a str, &'a ExecutionId);

/// Everything that one sweep shows; the edges that show nothing apart.
pub(super) struct Scene<'a> {
    story: Story<'a>,
    nodes: &'a [Node],
    jobs: BTreeMap<&'a str, (ReadingId, &'a [Execution])>,
    truths: Vec<(&'a Edge, ReadingId, Says<'a>)>,
    silent: Vec<&'a str>,
}

/// Judges what stands at the end.
pub(super) fn judge<'a>(
    story: &Story<'a>,
    differences: impl Fn(&Scene<'a>) -> Differences<About<'a>>,
) -> Judged {
    let mut silent = Vec::new();
    let standing = standing(story, |sweep| {
        let scene = Scene::of(story, sweep)?;
        let found = differences(&scene);
        silent = scene.silent;
        Ok(found)
    });
    match standing {
        Err(why) => Judged::Unknown(why),
        Ok(None) if silent.is_empty() => Judged::Held,
        Ok(None) => Judged::Hidden(match silent.as_slice() {
            [one] => format!("{one} serves no API that says what it runs"),
            more => format!("{} serve no API that says what they run", more.join(", ")),
        }),
        Ok(Some(standing)) => Judged::Broken(standing.breach()),
    }
}

impl<'a> Scene<'a> {
    fn of(story: &Story<'a>, sweep: &Sweep) -> Result<Self, String> {
        let record = story.record;
        let (_, nodes) = read(story, &Topic::Nodes, sweep, |seen| record.nodes(seen))?;
        let mut scene = Self {
            story: *story,
            nodes,
            jobs: jobs(story, sweep)?,
            truths: Vec::new(),
            silent: Vec::new(),
        };
        for edge in story.edges() {
            let topic = Topic::Truth(edge.name.clone());
            let (id, truth) = read(story, &topic, sweep, |seen| record.truth(&edge.name, seen))?;
            match truth {
                Truth::Down => scene.truths.push((edge, id, Says::Down)),
                Truth::Runs(executions) => scene.truths.push((edge, id, Says::Runs(executions))),
                Truth::Silent => scene.silent.push(&edge.name),
            }
        }
        if scene.truths.is_empty() && scene.silent.is_empty() {
            return Err("no edge is there that could be asked".to_owned());
        }
        Ok(scene)
    }

    /// The alias of a job of this run.
    fn alias(&self, job: &JobId) -> Option<&'a str> {
        self.story.record.ids.get(job).map(String::as_str)
    }

    /// What the orchestrator says of an execution of this job.
    fn known(&self, job: &str, id: &ExecutionId) -> Option<&'a Execution> {
        let (_, all) = self.jobs.get(job)?;
        all.iter().find(|execution| execution.id == *id)
    }

    /// What edges say they have and has not ended: the edge, the reading, the job, the execution and
    /// its state. A spelling that is not known proves nothing.
    fn alive(
        &self,
    ) -> Vec<(
        &'a Edge,
        ReadingId,
        &'a str,
        &'a Execution,
        &'a ExecutionState,
    )> {
        let mut found = Vec::new();
        for (edge, reading, says) in &self.truths {
            for execution in says.executions() {
                let state = execution.observed.as_ref();
                let state = state.filter(|state| !state.is_terminal() && !odd(state));
                if let (Some(job), Some(state)) = (self.alias(&execution.job_id), state) {
                    found.push((*edge, *reading, job, execution, state));
                }
            }
        }
        found
    }

    /// The readings that a difference rests on.
    fn decisive(&self, truth: ReadingId, job: &str) -> Vec<ReadingId> {
        let of_job = self.jobs.get(job).map(|(id, _)| *id);
        of_job.into_iter().chain([truth]).collect()
    }
}

/// The executions of every deployed job; the server may say nothing any more of one that was deleted.
pub(super) fn jobs<'a>(
    story: &Story<'a>,
    sweep: &Sweep,
) -> Result<BTreeMap<&'a str, (ReadingId, &'a [Execution])>, String> {
    let record = story.record;
    let mut found = BTreeMap::new();
    for job in record.jobs.keys() {
        let topic = Topic::Executions(job.clone());
        match read(story, &topic, sweep, |seen| record.executions(job, seen)) {
            Ok(executions) => drop(found.insert(job.as_str(), executions)),
            Err(_) if record.ended_jobs.get(job) == Some(&true) => {}
            Err(why) => return Err(why),
        }
    }
    Ok(found)
}

/// `stopped-runs-nowhere`: what edges run that the orchestrator does not want there.
pub(super) fn unwanted<'a>(scene: &Scene<'a>) -> Differences<About<'a>> {
    let mut found = Differences::new();
    for (edge, reading, job, execution, state) in scene.alive() {
        let Some(why) = why_unwanted(scene, job, execution) else {
            continue;
        };
        let (name, id) = (&edge.name, &execution.id);
        let text = format!("{name} says {state} of execution {id} of {job}, but {why}");
        let readings = scene.decisive(reading, job);
        found.insert((name.as_str(), id), (text, readings));
    }
    found
}

fn why_unwanted(scene: &Scene<'_>, job: &str, execution: &Execution) -> Option<String> {
    let record = scene.story.record;
    let (current, version) = record.jobs.get(job)?;
    if *current != execution.job_id {
        return Some(format!(
            "that {job} was ended before the present one was deployed"
        ));
    }
    match record.ended_jobs.get(job) {
        Some(true) => return Some(format!("{job} was deleted")),
        Some(false) => return Some(format!("{job} was stopped")),
        None => {}
    }
    let Some(known) = scene.known(job, &execution.id) else {
        return Some("the orchestrator does not know it".to_owned());
    };
    if known.desired == Some(S::Stopped) {
        return Some("the orchestrator wants it stopped".to_owned());
    }
    if let Some(state) = known.observed.as_ref().filter(|state| state.is_terminal()) {
        return Some(format!("the orchestrator says {state}"));
    }
    let (own, current) = (execution.job_version.or(known.job_version)?, (*version)?);
    (own < current).then(|| format!("it is of version {own} and {job} is at version {current}"))
}

/// `edge-agrees`: where the orchestrator's word of an execution and the edge's differ.
pub(super) fn disagreements<'a>(scene: &Scene<'a>) -> Differences<About<'a>> {
    let mut found = Differences::new();
    for (edge, reading, job, execution, state) in scene.alive() {
        let (name, id) = (&edge.name, &execution.id);
        let other = match scene.known(job, id) {
            None => "does not know it".to_owned(),
            Some(known) => match known.observed.as_ref().filter(|state| state.is_terminal()) {
                Some(state) => format!("says {state}"),
                None => continue,
            },
        };
        let text =
            format!("{name} says {state} of execution {id} of {job}, the orchestrator {other}");
        found.insert((name.as_str(), id), (text, scene.decisive(reading, job)));
    }
    for (job, (_, executions)) in &scene.jobs {
        for execution in *executions {
            let state = execution.observed.as_ref().filter(|state| works(state));
            let Some((state, (edge, reading, says))) = state.zip(scene.edge_of(execution)) else {
                continue;
            };
            let Some(other) = scene.otherwise(edge, says, execution, state) else {
                continue;
            };
            let (name, id) = (&edge.name, &execution.id);
            let text =
                format!("the orchestrator says {state} of execution {id} of {job}, {name} {other}");
            found.insert((name.as_str(), id), (text, scene.decisive(reading, job)));
        }
    }
    found
}

impl<'a> Scene<'a> {
    /// The edge that an execution is placed on, if it says anything.
    fn edge_of(&self, execution: &Execution) -> Option<(&'a Edge, ReadingId, Says<'a>)> {
        let here = |edge: &Edge| is_node_of(edge, &execution.node_id, self.nodes);
        self.truths.iter().find(|(edge, ..)| here(edge)).copied()
    }

    /// What the edge says instead of this state; `None` where it says the same or nothing clear.
    fn otherwise(
        &self,
        edge: &Edge,
        says: Says<'_>,
        execution: &Execution,
        state: &ExecutionState,
    ) -> Option<String> {
        let Says::Runs(all) = says else {
            let node = matching::node_of(edge, self.nodes)?;
            // Of a node that it knows to be away the orchestrator cannot know better.
            let believed = node.state == Some(NodeState::Connected);
            return believed.then(|| "is down and runs nothing".to_owned());
        };
        let Some(own) = all.iter().find(|own| own.id == execution.id) else {
            return Some("does not know it".to_owned());
        };
        let own = own.observed.as_ref().filter(|own| !odd(own))?;
        (own != state).then(|| format!("says {own}"))
    }
}

/// Whether somebody must be at work on an execution in this state.
fn works(state: &ExecutionState) -> bool {
    matches!(
        state,
        S::Starting | S::Validating | S::Running | S::Degraded
    )
}

fn odd(state: &ExecutionState) -> bool {
    matches!(state, S::Other(_))
}
