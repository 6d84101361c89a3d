//! What a search came to see: in which state an execution was, and how long after what came before, when each fault
//! hit it. What was never seen was not tested.

use std::collections::{BTreeMap, BTreeSet};

use super::schedule::{Gap, Schedule};
use super::trial::Trial;
use crate::api::model::{Execution, ExecutionState, NodeId};
use crate::journal::{Answer, Entry, Event, Topic};
use crate::plan::Plan;
use crate::playbook::FaultKind;

/// What was hit, in which state, and when; how often each.
pub type Hits = BTreeMap<(FaultKind, State, Gap), u64>;

/// The state of an execution when a fault hit its node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nothing was placed there.
    None,
    /// It waits for its edge.
    Pending,
    /// It is on its way.
    Starting,
    /// It runs.
    Running,
    /// It is being stopped.
    Stopping,
    /// It has ended.
    Ended,
}

impl State {
    /// All of them.
    pub const ALL: [State; 6] = [
        State::None,
        State::Pending,
        State::Starting,
        State::Running,
        State::Stopping,
        State::Ended,
    ];

    /// In a word.
    pub const fn word(self) -> &'static str {
        match self {
            State::None => "none",
            State::Pending => "pending",
            State::Starting => "starting",
            State::Running => "running",
            State::Stopping => "stopping",
            State::Ended => "ended",
        }
    }

    fn of(state: &ExecutionState) -> Self {
        match state {
            ExecutionState::Pending => State::Pending,
            ExecutionState::Running | ExecutionState::Degraded => State::Running,
            ExecutionState::Stopping => State::Stopping,
            state if state.is_terminal() => State::Ended,
            _ => State::Starting,
        }
    }
}

/// Everything that was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// The faults of edges.
    pub hits: Hits,
    /// In how many runs an execution was seen in each state.
    pub states: BTreeMap<State, u64>,
}

impl Reach {
    /// Adds what a run showed.
    pub fn take(&mut self, schedule: &Schedule, trial: &Trial) {
        let mut scene = Scene::default();
        let mut seen = BTreeSet::new();
        for entry in &trial.entries {
            scene.take(entry);
            if let Event::Sweep { .. } = entry.event {
                seen.extend(
                    scene
                        .all()
                        .filter_map(|it| it.observed.as_ref())
                        .map(State::of),
                );
            }
            let Event::Injected { fault, on, .. } = &entry.event else {
                continue;
            };
            let gap = scene.step.and_then(|step| gap(schedule, &trial.plan, step));
            let Some(gap) = gap.filter(|_| scene.names.values().any(|name| name == on)) else {
                continue;
            };
            for state in scene.on(on) {
                *self.hits.entry((*fault, state, gap)).or_default() += 1;
            }
        }
        for state in seen {
            *self.states.entry(state).or_default() += 1;
        }
    }

    /// Adds what another part of the search saw.
    pub fn join(&mut self, other: Reach) {
        for (what, count) in other.hits {
            *self.hits.entry(what).or_default() += count;
        }
        for (state, count) in other.states {
            *self.states.entry(state).or_default() += count;
        }
    }
}

/// The gap before the move that this step belongs to.
fn gap(schedule: &Schedule, plan: &Plan, step: usize) -> Option<Gap> {
    let id = plan.steps.get(step)?.id.strip_prefix("move-")?;
    let number: usize = id.split('.').next()?.parse().ok()?;
    Some(schedule.moves.get(number.checked_sub(1)?)?.gap)
}

/// What was read last.
#[derive(Default)]
struct Scene<'a> {
    names: BTreeMap<&'a NodeId, &'a str>,
    executions: BTreeMap<&'a str, &'a [Execution]>,
    step: Option<usize>,
}

impl<'a> Scene<'a> {
    fn take(&mut self, entry: &'a Entry) {
        match &entry.event {
            Event::StepStarted { step } => self.step = Some(*step),
            Event::Sweep { readings, .. } => {
                for reading in readings {
                    match (&reading.of, &reading.answer) {
                        (Topic::Nodes, Answer::Nodes(nodes)) => {
                            let named = nodes.iter();
                            let named =
                                named.filter_map(|node| Some((&node.id, node.name.as_deref()?)));
                            self.names.extend(named);
                        }
                        (Topic::Executions(job), Answer::Executions(all)) => {
                            self.executions.insert(job, all);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn all(&self) -> impl Iterator<Item = &'a Execution> {
        self.executions.values().flat_map(|all| all.iter())
    }

    /// The states of the executions on the node of this name.
    fn on(&self, name: &str) -> BTreeSet<State> {
        let here = self.all();
        let here = here.filter(|it| self.names.get(&it.node_id) == Some(&name));
        let mut states: BTreeSet<State> = here
            .filter_map(|it| it.observed.as_ref())
            .map(State::of)
            .collect();
        if states.is_empty() {
            states.insert(State::None);
        }
        states
    }
}
