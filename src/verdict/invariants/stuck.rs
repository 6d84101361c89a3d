//! `nothing-stuck`: at the end no execution is pending on a connected node for longer than the target's
//! budget for work to start.

use std::time::Duration;

use super::ending::jobs;
use super::standing::{Differences, read, standing};
use super::{Judged, Story};
use crate::api::model::{Execution, ExecutionId, ExecutionState, NodeId, NodeState};
use crate::clock::{Elapsed, brief};
use crate::journal::{Answer, Phase, Topic};
use crate::plan::{Plan, budget};
use crate::playbook::Invariant;
use crate::target::matching;

use super::super::record::{Record, Sweep};

/// An execution that waits: its job, itself and its node.
type Waiting<'a> = (&'a str, &'a ExecutionId, &'a NodeId);

/// Until when settling must go on to tell what is stuck from what still starts; `None` where nothing
/// waits, or nobody asks. What begins to wait ever anew does not prolong it for ever.
pub fn settle_until(plan: &Plan, record: &Record) -> Option<Elapsed> {
    if !plan.invariants.contains(&Invariant::NothingStuck) {
        return None;
    }
    let story = Story::of(plan, record);
    let mut newest = record.sweeps.iter().rev();
    let waiting = newest.find_map(|sweep| waiting(&story, sweep).ok())?;
    let since = waiting.keys().filter_map(|about| since(&story, about));
    let until = since.max()?.plus(patience(plan));
    let begin = record.phases.get(&Phase::Settle).copied();
    let longest = begin
        .unwrap_or(record.now)
        .plus(plan.settle.time + patience(plan));
    Some(until.min(longest))
}

/// Judges what waits at the end.
pub(super) fn judge(story: &Story<'_>) -> Judged {
    let standing = match standing(story, |sweep| waiting(story, sweep)) {
        Err(why) => return Judged::Unknown(why),
        Ok(None) => return Judged::Held,
        Ok(Some(standing)) => standing,
    };
    let (at, patience) = (standing.at(), patience(story.plan));
    let long =
        |about: &Waiting<'_>| since(story, about).is_some_and(|since| at.since(since) >= patience);
    let unclear = standing.names().find(|about| !long(about)).copied();
    match (standing.only(long), unclear) {
        (Some(stuck), _) => Judged::Broken(stuck.breach()),
        (None, Some((job, id, _))) => Judged::Unknown(format!(
            "execution {id} of {job} was still pending, for less than {}",
            brief(patience)
        )),
        (None, None) => Judged::Held,
    }
}

/// How long work may take to start, as for an `expect` of it.
fn patience(plan: &Plan) -> Duration {
    budget::of_work(&plan.timing).time
}

/// The executions that a sweep shows waiting on a connected node. Only nodes that an edge answers for
/// count: of an edge that the run took away the server may say `connected` for long.
fn waiting<'a>(story: &Story<'a>, sweep: &Sweep) -> Result<Differences<Waiting<'a>>, String> {
    let record = story.record;
    let (_, nodes) = read(story, &Topic::Nodes, sweep, |seen| record.nodes(seen))?;
    let jobs = jobs(story, sweep)?;
    let mut found = Differences::new();
    for edge in story.edges() {
        let node = matching::node_of(edge, nodes);
        let Some(node) = node.filter(|node| node.state == Some(NodeState::Connected)) else {
            continue;
        };
        for (job, (reading, executions)) in &jobs {
            let here = executions.iter().filter(|e| e.node_id == node.id);
            for Execution { id, .. } in here.filter(|execution| waits(execution)) {
                let name = &edge.name;
                let text = format!(
                    "execution {id} of {job} on {name} is pending (desired running), and {name} is connected"
                );
                found.insert((*job, id, &node.id), (text, vec![*reading]));
            }
        }
    }
    Ok(found)
}

fn waits(execution: &Execution) -> bool {
    execution.observed == Some(ExecutionState::Pending)
        && execution.desired == Some(ExecutionState::Running)
}

/// Since when an execution has waited on its connected node, counted anew whenever the run brought
/// something back.
fn since(story: &Story<'_>, (job, id, node): &Waiting<'_>) -> Option<Elapsed> {
    let topic = Topic::Executions((*job).to_owned());
    let pending = unbroken(story, &topic, |answer| match answer {
        Answer::Executions(all) => all.iter().any(|e| e.id == **id && waits(e)),
        _ => false,
    })?;
    let connected = unbroken(story, &Topic::Nodes, |answer| match answer {
        Answer::Nodes(nodes) => nodes
            .iter()
            .any(|n| n.id == **node && n.state == Some(NodeState::Connected)),
        _ => false,
    })?;
    let back = story.record.returns.last().map(|back| back.at);
    Some(pending.max(connected).max(back.unwrap_or_default()))
}

/// The time of the earliest reading from which on every usable one up to the last holds.
fn unbroken(story: &Story<'_>, topic: &Topic, holds: impl Fn(&Answer) -> bool) -> Option<Elapsed> {
    let readings = story.readings(topic).iter().rev();
    let answers = readings.map(|seen| (seen, story.record.answer(topic, seen)));
    let usable = answers.filter(|(_, answer)| !matches!(answer, Answer::Failed(_)));
    let held = usable.take_while(|(_, answer)| holds(answer));
    held.last().map(|(seen, _)| seen.received)
}
