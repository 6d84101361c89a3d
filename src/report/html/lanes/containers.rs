//! Containers, as the hands and the engine show them.

use std::collections::BTreeMap;

use super::super::mark::{Group, Lane, Moment, Shape, Tone};
use super::super::states::States;
use super::bounded;
use crate::fault::{ContainerName, Lost, RunState};
use crate::journal::{Entry, Event};
use crate::playbook::FaultKind;

/// What became of each container.
#[derive(Debug, Default)]
pub(super) struct Containers<'a> {
    known: BTreeMap<&'a ContainerName, Known>,
}

/// A container: its states, and the faults that are on it.
#[derive(Debug)]
struct Known {
    states: States,
    faults: Vec<FaultKind>,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            states: States::drawn(Shape::Bar),
            faults: Vec::new(),
        }
    }
}

const UP: (Tone, &str) = (Tone::Good, "up");
const STOPPED: (Tone, &str) = (Tone::Off, "stopped");
const PAUSED: (Tone, &str) = (Tone::Held, "paused");
const GONE: (Tone, &str) = (Tone::Bad, "gone");
const CUT: (Tone, &str) = (Tone::Held, "cut off");

impl<'a> Containers<'a> {
    pub(super) fn take(&mut self, entry: &'a Entry) {
        let at = Moment::from(entry);
        match &entry.event {
            Event::Inventory { containers, .. } => {
                for (name, container) in containers {
                    let state = match container.state {
                        RunState::Running => UP,
                        RunState::Paused => PAUSED,
                        RunState::Exited => STOPPED,
                    };
                    self.put(at, name, state, || vec!["as the inventory has it".into()]);
                }
                for (name, known) in &mut self.known {
                    if !containers.contains_key(*name) {
                        known.states.seen(at, GONE.0, GONE.1, Vec::new);
                    }
                }
            }
            Event::Injected {
                fault,
                container,
                proof,
                ..
            } => {
                let known = self.known.entry(container).or_default();
                if !proof.came_back() {
                    known.faults.push(*fault);
                }
                let state = under(&known.faults);
                self.put(at, container, state, || super::proof(proof));
            }
            Event::Restored {
                container,
                proof,
                left,
            } => {
                self.known
                    .entry(container)
                    .or_default()
                    .faults
                    .clone_from(left);
                let says = || proof.as_ref().map_or_else(Vec::new, super::proof);
                self.put(at, container, under(left), says);
            }
            Event::Added {
                container, proof, ..
            } => self.put(at, container, UP, || super::proof(proof)),
            Event::Withdrawn { container, .. } => {
                self.put(at, container, GONE, || vec!["taken away by the run".into()]);
            }
            Event::Container {
                container,
                action,
                ours: false,
                ..
            } => self.foreign(at, container, action),
            Event::Gap {
                of: Lost::Events,
                reason,
            } => {
                for known in self.known.values_mut() {
                    known.states.unseen(at, reason);
                }
            }
            _ => {}
        }
    }

    /// What others did; what the run did itself is told with its proof.
    fn foreign(&mut self, at: Moment, container: &'a ContainerName, action: &str) {
        let state = match action {
            "start" | "unpause" => UP,
            "die" | "create" => STOPPED,
            "pause" => PAUSED,
            "destroy" => GONE,
            _ => return,
        };
        let says = || vec![format!("the engine told: {action}, not by this run")];
        self.put(at, container, state, says);
    }

    fn put(
        &mut self,
        at: Moment,
        container: &'a ContainerName,
        (tone, label): (Tone, &str),
        says: impl FnOnce() -> Vec<String>,
    ) {
        let known = self.known.entry(container).or_default();
        known.states.seen(at, tone, label, says);
    }

    /// The lanes by name; what is known holds to the end of the record.
    pub(super) fn group(self, end: Moment) -> Group {
        let lanes = self.known.into_iter().map(|(name, mut known)| {
            known.states.until(end);
            Lane::of(name.to_string(), known.states.marks())
        });
        bounded("Containers", lanes.collect())
    }
}

/// The state of a container under these faults: the one that leaves least of it.
fn under(faults: &[FaultKind]) -> (Tone, &'static str) {
    let state = |fault: &FaultKind| match fault {
        FaultKind::Remove | FaultKind::Wipe => (4, GONE),
        FaultKind::Kill | FaultKind::Crash | FaultKind::Terminate => (3, STOPPED),
        FaultKind::Pause => (2, PAUSED),
        FaultKind::Partition => (1, CUT),
        FaultKind::Restart => (0, UP),
    };
    let worst = faults.iter().map(state).max_by_key(|(rank, _)| *rank);
    worst.map_or(UP, |(_, state)| state)
}
