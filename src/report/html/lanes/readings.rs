//! Nodes and executions, as the answers of the orchestrator show them.

use std::collections::BTreeMap;

use super::super::mark::{Group, Lane, Moment, Shape, Tone};
use super::super::states::States;
use super::bounded;
use crate::api::model::{Execution, ExecutionId, ExecutionState, Node, NodeId, NodeState};
use crate::clock::Elapsed;
use crate::journal::{Answer, Entry, Event, ReadingId, Topic};

/// What the orchestrator showed.
#[derive(Debug, Default)]
pub(super) struct Readings<'a> {
    answers: BTreeMap<ReadingId, &'a Answer>,
    nodes: BTreeMap<NodeId, (String, States)>,
    executions: BTreeMap<(&'a str, ExecutionId), Work>,
}

/// An execution: where, since when, and its two states.
#[derive(Debug)]
struct Work {
    node: NodeId,
    first: Moment,
    observed: States,
    desired: States,
}

impl<'a> Readings<'a> {
    pub(super) fn take(&mut self, entry: &'a Entry) {
        let Event::Sweep { readings, .. } = &entry.event else {
            return;
        };
        let at = Moment::from(entry);
        for reading in readings {
            let answer = match &reading.answer {
                Answer::Same(id) => self.answers.get(id).copied(),
                answer => {
                    self.answers.insert(reading.id, answer);
                    Some(answer)
                }
            };
            let failed = match answer {
                Some(Answer::Failed(reason)) => Some(reason.as_str()),
                None => Some("the reading that it repeats is not in this record"),
                Some(_) => None,
            };
            match (&reading.of, answer) {
                (Topic::Nodes, Some(Answer::Nodes(nodes))) => self.nodes(at, reading.id, nodes),
                (Topic::Executions(job), Some(Answer::Executions(all))) => {
                    self.executions(at, reading.id, job, all);
                }
                (Topic::Nodes | Topic::Executions(_), _) => {
                    let why = format!("{}: {}", number(reading.id), failed.unwrap_or("no list"));
                    self.unseen(at, &reading.of, &why);
                }
                _ => {}
            }
        }
    }

    fn nodes(&mut self, at: Moment, id: ReadingId, nodes: &[Node]) {
        for (known, (_, states)) in &mut self.nodes {
            if !nodes.iter().any(|node| node.id == *known) {
                states.absent(at);
            }
        }
        for node in nodes {
            let name = node.name.as_ref().unwrap_or(&node.id.0).clone();
            let new = || (name.clone(), States::drawn(Shape::Bar));
            let (_, states) = self.nodes.entry(node.id.clone()).or_insert_with(new);
            let state = node.state.as_ref();
            let word = state.map_or("not said", NodeState::as_str);
            states.seen(at, node_tone(state), word, || {
                let mut says = vec![format!("node {}", node.id), number(id)];
                says.extend(told("connected since", node.connected_since.as_ref()));
                says.extend(told("last heartbeat", node.last_heartbeat.as_ref()));
                says
            });
        }
    }

    fn executions(&mut self, at: Moment, id: ReadingId, job: &'a str, all: &[Execution]) {
        for ((of, known), work) in &mut self.executions {
            if *of == job && !all.iter().any(|execution| execution.id == *known) {
                work.observed.absent(at);
                work.desired.absent(at);
            }
        }
        for execution in all {
            let new = || Work {
                node: execution.node_id.clone(),
                first: at,
                observed: States::drawn(Shape::Bar),
                desired: States::drawn(Shape::Strip),
            };
            let key = (job, execution.id.clone());
            let work = self.executions.entry(key).or_insert_with(new);
            let says = || {
                let mut says = vec![format!("execution {}", execution.id), number(id)];
                says.extend(told("message", execution.message.as_ref()));
                says.extend(told("updated at", execution.updated_at.as_ref()));
                says
            };
            let said = |state: Option<&'_ ExecutionState>| {
                state.map_or("not said", ExecutionState::as_str).to_owned()
            };
            let (observed, desired) = (execution.observed.as_ref(), execution.desired.as_ref());
            work.observed
                .seen(at, work_tone(observed), &said(observed), says);
            let label = format!("desired {}", said(desired));
            work.desired.seen(at, work_tone(desired), &label, says);
        }
    }

    fn unseen(&mut self, at: Moment, topic: &Topic, why: &str) {
        if let Topic::Executions(job) = topic {
            for ((of, _), work) in &mut self.executions {
                if of == job {
                    work.observed.unseen(at, why);
                    work.desired.unseen(at, why);
                }
            }
            return;
        }
        for (_, states) in self.nodes.values_mut() {
            states.unseen(at, why);
        }
    }

    /// The lanes: nodes by name; executions by job, node and age.
    pub(super) fn groups(self) -> [Group; 2] {
        let names: BTreeMap<NodeId, String> = self
            .nodes
            .iter()
            .map(|(id, (name, _))| (id.clone(), name.clone()))
            .collect();
        let mut nodes: Vec<_> = self.nodes.into_values().collect();
        nodes.sort_by(|one, other| one.0.cmp(&other.0));
        let nodes = nodes.into_iter();
        let nodes = nodes.map(|(name, states)| Lane::of(name, states.marks()));
        let mut work: Vec<(&str, String, Elapsed, Work)> = Vec::new();
        for ((job, _), one) in self.executions {
            let place = names.get(&one.node).unwrap_or(&one.node.0).clone();
            work.push((job, place, one.first.at, one));
        }
        work.sort_by(|one, other| (one.0, &one.1, one.2).cmp(&(other.0, &other.1, other.2)));
        let work = work.into_iter().map(|(job, place, _, work)| {
            let mut lane = Lane::of(format!("{job} on {place}"), work.observed.marks());
            let desired = Lane::of(String::new(), work.desired.marks());
            lane.marks.extend(desired.marks);
            lane.more += desired.more;
            lane
        });
        [
            bounded("Nodes, as the orchestrator shows them", nodes.collect()),
            bounded("Executions: observed, and below it desired", work.collect()),
        ]
    }
}

fn number(id: ReadingId) -> String {
    format!("first in reading {}", id.0)
}

fn told(what: &str, value: Option<&String>) -> Option<String> {
    value.map(|value| format!("{what} {value}"))
}

fn node_tone(state: Option<&NodeState>) -> Tone {
    match state {
        Some(NodeState::Connected) => Tone::Good,
        Some(NodeState::Connecting) => Tone::Busy,
        Some(NodeState::Disconnected) => Tone::Off,
        Some(NodeState::Lost) => Tone::Bad,
        _ => Tone::Plain,
    }
}

fn work_tone(state: Option<&ExecutionState>) -> Tone {
    use ExecutionState as State;
    match state {
        Some(State::Running) => Tone::Good,
        Some(State::Pending) => Tone::Wait,
        Some(State::Starting | State::Validating | State::Stopping) => Tone::Busy,
        Some(State::Failed | State::Lost | State::Degraded) => Tone::Bad,
        Some(State::Stopped | State::Completed) => Tone::Off,
        _ => Tone::Plain,
    }
}
